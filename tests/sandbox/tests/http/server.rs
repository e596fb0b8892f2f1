//! What the server does for every method: honesty, faults, repeated requests, the state file.

use super::{Client, compute};
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_not_modelled_is_said() {
    let client = Client::start().await;
    let (code, message) = client.refused("POST", &compute("moveInstance"), json!({})).await;
    assert_eq!(
        (code, message.contains("compute.projects.moveInstance exists at Google, but is not modelled")),
        (400, true)
    );
    let (code, message) = client.refused("GET", "/v9/things", Value::Null).await;
    assert_eq!((code, message.contains("no document")), (404, true));
    let (_, body) = client.send("GET", &compute("global/networks/none"), Value::Null).await;
    assert_eq!(body["error"]["errors"][0]["reason"], "notFound");
    assert!(body["error"].get("status").is_none());
}

#[tokio::test]
async fn faults_happen_as_often_as_asked() {
    let client = Client::start().await;
    let fault = json!({"method": "compute.networks.*", "times": 2, "code": 429, "message": "Slow down."});
    client.ok("POST", "/_sandbox/faults", fault).await;
    for _ in 0..2 {
        assert_eq!(
            client.refused("GET", &compute("global/networks"), Value::Null).await,
            (429, "Slow down.".to_owned())
        );
    }
    client.get(&compute("global/networks")).await;
    let fault = json!({"method": "compute.networks.insert", "code": 403, "reason": "QUOTA_EXCEEDED", "message": "Quota.", "operation": true});
    client.ok("POST", "/_sandbox/faults", fault).await;
    let operation = client.done("POST", "global/networks", json!({"name": "n1"})).await;
    assert_eq!(operation["error"]["errors"][0]["code"], "QUOTA_EXCEEDED");
    assert_eq!(client.refused("GET", &compute("global/networks/n1"), Value::Null).await.0, 404);
    let counts = client.get("/_sandbox/requests").await;
    assert_eq!(counts["methods"]["compute.networks.list"], 3);
}

#[tokio::test]
async fn a_repeated_request_does_nothing_twice() {
    let client = Client::start().await;
    let path = compute("global/networks?requestId=11111111-1111-4111-8111-111111111111");
    let first = client.ok("POST", &path, json!({"name": "n1"})).await;
    let second = client.ok("POST", &path, json!({"name": "n1"})).await;
    assert_eq!(first["name"], second["name"]);
    assert_eq!(client.refused("POST", &compute("global/networks"), json!({"name": "n1"})).await.0, 409);
}

#[tokio::test]
async fn the_state_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let client = Client::with_state(Some(file.clone())).await;
    client.ok("POST", "/v1/projects", json!({"projectId": "kept-prj"})).await;
    let again = Client::with_state(Some(file)).await;
    assert_eq!(again.get("/v1/projects/kept-prj").await["projectId"], "kept-prj");
}

#[tokio::test]
async fn only_this_machine_is_answered() {
    let options = terrane_sandbox::Options::default();
    assert!(terrane_sandbox::Sandbox::bind("0.0.0.0:0".parse().unwrap(), options).await.is_err());
}
