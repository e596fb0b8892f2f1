//! Service accounts, their keys and policies, and roles.

use super::Client;
use base64::Engine;
use serde_json::{Value, json};

const ACCOUNTS: &str = "/v1/projects/host-prj/serviceAccounts";
const EMAIL: &str = "robot-1@host-prj.iam.gserviceaccount.com";

async fn robot(client: &Client) -> Value {
    client
        .ok("POST", ACCOUNTS, json!({"accountId": "robot-1", "serviceAccount": {"displayName": "Robot"}}))
        .await
}

#[tokio::test]
async fn accounts_are_found_by_address_and_by_number() {
    let client = Client::start().await;
    let made = robot(&client).await;
    assert_eq!(made["email"], EMAIL);
    assert_eq!(client.refused("POST", ACCOUNTS, json!({"accountId": "robot-1"})).await.0, 409);
    assert_eq!(client.refused("POST", ACCOUNTS, json!({"accountId": "r"})).await.0, 400);
    let number = made["uniqueId"].as_str().unwrap();
    for path in [format!("{ACCOUNTS}/{EMAIL}"), format!("/v1/projects/-/serviceAccounts/{number}")] {
        assert_eq!(client.get(&path).await, made, "{path}");
    }
    let change = json!({"serviceAccount": {"description": "Works.", "displayName": "ignored"}, "updateMask": "description"});
    let seen = client.ok("PATCH", &format!("{ACCOUNTS}/{EMAIL}"), change).await;
    assert_eq!(seen, json!({"name": made["name"], "description": "Works."}));
    client.ok("POST", &format!("{ACCOUNTS}/{EMAIL}:disable"), json!({})).await;
    let shown = client.get(&format!("{ACCOUNTS}/{EMAIL}")).await;
    assert_eq!((&shown["displayName"], &shown["disabled"]), (&json!("Robot"), &json!(true)));
    assert_eq!(client.get(ACCOUNTS).await["accounts"][0]["email"], EMAIL);
    let nobody = format!("{ACCOUNTS}/nobody@host-prj.iam.gserviceaccount.com");
    let missing = client.refused("GET", &nobody, Value::Null).await;
    assert_eq!(missing, (404, "Unknown service account".to_owned()));
}

#[tokio::test]
async fn policies_name_accounts_that_exist_and_say_when_they_are_gone() {
    let client = Client::start().await;
    let made = robot(&client).await;
    let number = made["uniqueId"].as_str().unwrap();
    let policy = json!({"policy": {"bindings": [{"role": "roles/viewer", "members": [format!("serviceAccount:{EMAIL}")]}]}});
    client.ok("POST", "/v1/projects/host-prj:setIamPolicy", policy.clone()).await;
    client.ok("POST", &format!("{ACCOUNTS}/{EMAIL}:setIamPolicy"), policy.clone()).await;
    client.ok("DELETE", &format!("{ACCOUNTS}/{EMAIL}"), Value::Null).await;
    let read = async || client.ok("POST", "/v1/projects/host-prj:getIamPolicy", json!({})).await;
    let gone = format!("deleted:serviceAccount:{EMAIL}?uid={number}");
    assert_eq!(read().await["bindings"][0]["members"], json!([gone]));
    assert_eq!(client.refused("POST", "/v1/projects/host-prj:setIamPolicy", policy).await.0, 400);
    let again =
        client.ok("POST", &format!("/v1/projects/-/serviceAccounts/{number}:undelete"), json!({})).await;
    assert_eq!(again["restoredAccount"]["email"], EMAIL);
    assert_eq!(read().await["bindings"][0]["members"], json!([format!("serviceAccount:{EMAIL}")]));
}

#[tokio::test]
async fn the_private_half_of_a_key_is_shown_once() {
    let client = Client::start().await;
    robot(&client).await;
    let keys = format!("{ACCOUNTS}/{EMAIL}/keys");
    let made = client.ok("POST", &keys, json!({"privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE"})).await;
    let decode =
        |value: &Value| base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap();
    let file: Value = serde_json::from_slice(&decode(&made["privateKeyData"])).unwrap();
    assert_eq!(file["client_email"], EMAIL);
    let path = format!("/v1/{}", made["name"].as_str().unwrap());
    assert!(path.ends_with(file["private_key_id"].as_str().unwrap()), "{path}");
    let shown = client.get(&path).await;
    assert_eq!((shown.get("privateKeyData"), shown.get("publicKeyData")), (None, None));
    let shown = client.get(&format!("{path}?publicKeyType=TYPE_X509_PEM_FILE")).await;
    assert!(decode(&shown["publicKeyData"]).starts_with(b"-----BEGIN CERTIFICATE-----"));
    client.ok("POST", &format!("{path}:disable"), json!({})).await;
    assert_eq!(client.get(&keys).await["keys"][0]["disabled"], true);
    client.ok("DELETE", &path, Value::Null).await;
    assert_eq!(client.get(&keys).await, json!({}));
    for _ in 0..10 {
        client.ok("POST", &keys, json!({})).await;
    }
    assert_eq!(client.refused("POST", &keys, json!({})).await.0, 400);
    let other = client.refused("POST", &keys, json!({"privateKeyType": "TYPE_PKCS12_FILE"})).await;
    assert_eq!((other.0, other.1.contains("not modelled")), (400, true), "{}", other.1);
}

#[tokio::test]
async fn roles_can_be_bound_and_stay_for_a_while() {
    let client = Client::start().await;
    let roles = "/v1/organizations/1234/roles";
    let role =
        json!({"title": "Reader", "includedPermissions": ["compute.networks.list", "compute.networks.get"]});
    let made = client.ok("POST", roles, json!({"roleId": "reader", "role": role})).await;
    assert_eq!(made["includedPermissions"], json!(["compute.networks.get", "compute.networks.list"]));
    let name = made["name"].as_str().unwrap();
    let bind =
        |role: &str| json!({"policy": {"bindings": [{"role": role, "members": ["user:a@example.com"]}]}});
    client.ok("POST", "/v1/projects/host-prj:setIamPolicy", bind(name)).await;
    let unknown = bind("organizations/1234/roles/none");
    assert_eq!(client.refused("POST", "/v1/projects/host-prj:setIamPolicy", unknown).await.0, 400);
    let path = format!("/v1/{name}");
    client.ok("PATCH", &format!("{path}?updateMask=stage"), json!({"stage": "GA", "title": "no"})).await;
    client.ok("DELETE", &path, Value::Null).await;
    let shown = client.get(&path).await;
    assert_eq!(
        (&shown["deleted"], &shown["title"], &shown["stage"]),
        (&json!(true), &json!("Reader"), &json!("GA"))
    );
    assert_eq!(client.get(roles).await, json!({}));
    assert_eq!(client.refused("POST", roles, json!({"roleId": "reader"})).await.0, 409);
    client.ok("POST", &format!("{path}:undelete"), json!({})).await;
    assert!(client.get(roles).await["roles"][0].get("includedPermissions").is_none());
    let wrong = json!({"roleId": "other", "role": {"includedPermissions": ["everything"]}});
    assert_eq!(client.refused("POST", roles, wrong).await.0, 400);
}

#[tokio::test]
async fn compute_engine_brings_its_default_account() {
    let client = Client::start().await;
    client.ok("POST", "/v1/projects/host-prj/services/compute.googleapis.com:enable", json!({})).await;
    let accounts = client.get(ACCOUNTS).await;
    let email = accounts["accounts"][0]["email"].as_str().unwrap();
    assert!(email.ends_with("-compute@developer.gserviceaccount.com"), "{email}");
    let names = "names=projects/host-prj/services/compute.googleapis.com&names=projects/host-prj/services/dns.googleapis.com";
    let services = client.get(&format!("/v1/projects/host-prj/services:batchGet?{names}")).await;
    assert_eq!(services["services"][0]["state"], "ENABLED");
    assert_eq!(services["services"][1]["state"], "DISABLED");
}
