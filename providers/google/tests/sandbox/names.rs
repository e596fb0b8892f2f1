//! Zones and records.

use crate::Cloud;
use terrane_sdk::Value;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_private_zone_with_records() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    for name in ["hub", "spoke"] {
        driver
            .create("google_compute_network", json!({"name": name, "auto_create_subnetworks": false}))
            .await;
    }
    let ty = "google_dns_managed_zone";
    let network = |name: &str| json!({"network_url": format!("projects/host-prj/global/networks/{name}")});
    let config = |networks: Json, more: Json| {
        let mut config = json!({"name": "inside", "dns_name": "corp.example.com.", "visibility": "private",
            "private_visibility_config": [{"networks": networks}]});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let zone = driver.create(ty, config(json!([network("hub")]), json!({"labels": {"a": "b"}}))).await;
    assert_eq!(text(&zone, "id"), "projects/host-prj/managedZones/inside");
    assert_eq!(get(&zone, "effective_labels"), json!({"a": "b"}));
    let both = config(json!([network("hub"), network("spoke")]), json!({"description": "names"}));
    let (action, zone) = driver.apply(ty, &zone, both).await;
    assert_eq!((action, text(&zone, "description")), (Action::Update, "names".into()));
    driver.import(ty, "host-prj/inside", &zone, &["force_destroy", "private_visibility_config"]).await;

    let ty = "google_dns_record_set";
    let record = |name: &str, kind: &str, data: Json, ttl: i64| json!({"managed_zone": "inside", "name": name, "type": kind, "rrdatas": data, "ttl": ttl});
    let www = driver.create(ty, record("www.corp.example.com.", "A", json!(["10.0.0.1"]), 300)).await;
    let mail = driver
        .create(ty, record("mail.corp.example.com.", "CNAME", json!(["www.corp.example.com."]), 60))
        .await;
    let (action, www) = driver
        .apply(ty, &www, record("www.corp.example.com.", "A", json!(["10.0.0.1", "10.0.0.2"]), 60))
        .await;
    assert_eq!((action, get(&www, "ttl")), (Action::Update, json!(60)));
    driver.import(ty, "inside/www.corp.example.com./A", &www, &[]).await;
    cloud.requests().await;
    assert!(driver.read_all(ty, &[www.clone(), mail.clone()]).await.iter().all(Option::is_some));
    assert_eq!(cloud.requests().await, json!({"dns.resourceRecordSets.list": 1}));
    driver.destroy(ty, &mail).await;
    // The zone's own name servers are taken over, and left.
    let servers = record("corp.example.com.", "NS", json!(["ns.corp.example.com."]), 300);
    let servers = driver.create(ty, servers).await;
    let nothing = Value::null(servers.ty());
    driver.change(ty, &servers, &nothing, &Value::NULL, driver.token(), false).await;
    assert!(driver.read(ty, &servers).await.is_some());
    let why = driver.refused_deletion("google_dns_managed_zone", &zone).await;
    assert!(why.contains("resource records"), "{why}");
    let all = config(
        json!([network("hub"), network("spoke")]),
        json!({"description": "names", "force_destroy": true}),
    );
    let (_, zone) = driver.apply("google_dns_managed_zone", &zone, all).await;
    driver.destroy("google_dns_managed_zone", &zone).await;
    assert!(driver.read(ty, &www).await.is_none());
    let problems = driver.problems(ty, &json!({"managed_zone": "inside", "name": "www", "type": "A"}));
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[tokio::test]
async fn policies_of_an_organization() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_org_policy_policy";
    let config = |rules: Json| {
        json!({"name": "projects/host-prj/policies/gcp.resourceLocations", "parent": "projects/host-prj",
            "spec": [{"inherit_from_parent": true, "rules": rules}]})
    };
    let allowed = json!([{"values": [{"allowed_values": ["in:eu-locations"]}]}]);
    let policy = driver.create(ty, config(allowed)).await;
    assert_eq!(text(&policy, "id"), "projects/host-prj/policies/gcp.resourceLocations");
    let (action, policy) = driver.apply(ty, &policy, config(json!([{"deny_all": "TRUE"}]))).await;
    assert_eq!(
        (action, get(&policy, "spec")[0]["rules"][0]["deny_all"].clone()),
        (Action::Update, json!("TRUE"))
    );
    driver.import(ty, "projects/host-prj/policies/gcp.resourceLocations", &policy, &[]).await;
    driver.destroy(ty, &policy).await;
    let onoff = json!({"name": "organizations/1234/policies/compute.requireOsLogin", "parent": "organizations/1234",
        "spec": [{"rules": [{"enforce": "TRUE"}]}]});
    let onoff = driver.create(ty, onoff).await;
    driver.destroy(ty, &onoff).await;
}
