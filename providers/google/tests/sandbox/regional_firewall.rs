//! Firewall policies of one region.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_firewall_policy_of_one_region() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let network = json!({"name": "hub", "auto_create_subnetworks": false});
    let network = driver.create("google_compute_network", network).await;
    let ty = "google_compute_region_network_firewall_policy";
    let policy = driver.create_twice(ty, json!({"name": "base", "description": "d"})).await;
    assert_eq!(text(&policy, "id"), "projects/host-prj/regions/europe-west1/firewallPolicies/base");
    let rules = "google_compute_region_network_firewall_policy_rule";
    let rule = |priority: i64, more: Json| {
        let mut config = json!({"firewall_policy": "base", "priority": priority, "action": "allow", "direction": "INGRESS",
            "match": [{"src_ip_ranges": ["10.0.0.0/8"], "layer4_configs": [{"ip_protocol": "tcp", "ports": ["443"]}]}]});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let (one, two) = tokio::join!(
        driver.create(rules, rule(1000, json!({"description": "web"}))),
        driver.create(rules, rule(2000, json!({"action": "deny"}))),
    );
    let (action, one) = driver.apply(rules, &one, rule(1000, json!({"disabled": true}))).await;
    assert_eq!((action, get(&one, "description")), (Action::Update, Json::Null));
    let unknown = ["firewall_policy", "disabled", "enable_logging"];
    driver.import(rules, "europe-west1/base/1000", &one, &unknown).await;
    let associations = "google_compute_region_network_firewall_policy_association";
    let association = json!({"name": "hub", "firewall_policy": text(&policy, "id"), "attachment_target": text(&network, "id")});
    let association = driver.create(associations, association).await;
    let unknown = ["attachment_target", "firewall_policy"];
    driver.import(associations, "host-prj/europe-west1/base/hub", &association, &unknown).await;
    let policy = driver.read(ty, &policy).await.unwrap();
    let (action, policy) = driver.apply(ty, &policy, json!({"name": "base", "description": "e"})).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, "europe-west1/base", &policy, &[]).await;
    let why = driver.refused_deletion(ty, &policy).await;
    assert!(why.contains("hub"), "{why}");
    driver.destroy(associations, &association).await;
    driver.destroy(rules, &two).await;
    driver.destroy(rules, &one).await;
    driver.destroy(ty, &policy).await;
}
