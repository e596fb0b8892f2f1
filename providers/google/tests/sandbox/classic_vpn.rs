//! Classic VPN, as sites that speak no BGP need it, and interconnect attachments.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_classic_vpn() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let ty = "google_compute_vpn_gateway";
    let gateway = driver.create_twice(ty, json!({"name": "classic", "network": "hub"})).await;
    assert_eq!(text(&gateway, "id"), "projects/host-prj/regions/europe-west1/targetVpnGateways/classic");
    driver.import(ty, "europe-west1/classic", &gateway, &["network"]).await;
    let address = driver.create("google_compute_address", json!({"name": "vpn"})).await;

    let ty = "google_compute_forwarding_rule";
    let rule = |name: &str, protocol: &str, ports: &str, labels: Json| {
        let mut rule = json!({"name": name, "ip_protocol": protocol, "ip_address": text(&address, "address"),
            "target": text(&gateway, "self_link"), "labels": labels});
        if !ports.is_empty() {
            rule["port_range"] = ports.into();
        }
        rule
    };
    let esp = driver.create(ty, rule("esp", "ESP", "", json!({}))).await;
    let ike = driver.create(ty, rule("ike", "UDP", "500", json!({"a": "b"}))).await;
    let nat = driver.create(ty, rule("nat", "UDP", "4500", json!({}))).await;
    cloud.requests().await;
    assert!(driver.read_all(ty, &[esp.clone(), ike.clone(), nat.clone()]).await.iter().all(Option::is_some));
    assert_eq!(cloud.requests().await, json!({"compute.forwardingRules.list": 1}));
    let (action, ike) = driver.apply(ty, &ike, rule("ike", "UDP", "500", json!({"a": "c"}))).await;
    assert_eq!((action, get(&ike, "effective_labels")), (Action::Update, json!({"a": "c"})));
    let (action, _) = driver.plan(ty, &ike, &driver.config(ty, &rule("ike", "UDP", "4500", json!({})))).await;
    assert_eq!(action, Action::Replace);
    driver.import(ty, "ike", &ike, &["ip_address", "target", "port_range", "recreate_closed_psc"]).await;
    let why = driver.refusal(ty, rule("tcp", "TCP", "80", json!({}))).await;
    assert!(why.contains("compute.forwardingRules.insert"), "{why}");

    let tunnel = json!({"name": "site", "target_vpn_gateway": text(&gateway, "id"), "peer_ip": "198.51.100.7",
        "shared_secret": "s3cr3t", "local_traffic_selector": ["10.0.0.0/15"], "remote_traffic_selector": ["192.168.0.0/24"]});
    let tunnel = driver.create("google_compute_vpn_tunnel", tunnel).await;
    let route = json!({"name": "site", "network": "hub", "dest_range": "192.168.0.0/24", "next_hop_vpn_tunnel": text(&tunnel, "id")});
    let route = driver.create("google_compute_route", route).await;
    let why = driver.refused_deletion("google_compute_vpn_gateway", &gateway).await;
    assert!(why.contains("already being used"), "{why}");
    driver.destroy("google_compute_route", &route).await;
    driver.destroy("google_compute_vpn_tunnel", &tunnel).await;
    for rule in [esp, ike, nat] {
        driver.destroy(ty, &rule).await;
    }
    driver.destroy("google_compute_vpn_gateway", &gateway).await;
}

#[tokio::test]
async fn interconnect_attachments() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    driver
        .create("google_compute_router", json!({"name": "r", "network": "hub", "bgp": [{"asn": 16550}]}))
        .await;
    let ty = "google_compute_interconnect_attachment";
    let config = |more: Json| {
        let mut config = json!({"name": "site", "router": "r", "type": "PARTNER",
            "edge_availability_domain": "AVAILABILITY_DOMAIN_1"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let attachment = driver.create_twice(ty, config(json!({"mtu": "1500", "labels": {"a": "b"}}))).await;
    assert_eq!(text(&attachment, "state"), "PENDING_PARTNER");
    assert!(!text(&attachment, "pairing_key").is_empty());
    driver
        .import(ty, "host-prj/europe-west1/site", &attachment, &["router", "labels", "terraform_labels"])
        .await;
    let second = json!({"mtu": "1440", "admin_enabled": false, "description": "d", "labels": {"a": "c"}});
    let (action, attachment) = driver.apply(ty, &attachment, config(second)).await;
    assert_eq!(
        (action, text(&attachment, "mtu"), get(&attachment, "admin_enabled")),
        (Action::Update, "1440".into(), json!(false))
    );
    assert_eq!(get(&attachment, "effective_labels"), json!({"a": "c"}));
    driver.destroy(ty, &attachment).await;
}
