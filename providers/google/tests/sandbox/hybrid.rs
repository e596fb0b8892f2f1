//! VPN and Shared VPC.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_vpn_with_bgp() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let router = driver
        .create("google_compute_router", json!({"name": "r", "network": "hub", "bgp": [{"asn": 64514}]}))
        .await;
    let gateway = |labels: Json| json!({"name": "gw", "network": "hub", "labels": labels});
    let ty = "google_compute_ha_vpn_gateway";
    let ours = driver.create(ty, gateway(json!({"a": "b"}))).await;
    assert_eq!(get(&ours, "vpn_interfaces").as_array().map(Vec::len), Some(2));
    let (action, ours) = driver.apply(ty, &ours, gateway(json!({"a": "c"}))).await;
    assert_eq!((action, get(&ours, "effective_labels")), (Action::Update, json!({"a": "c"})));
    driver.import(ty, "europe-west1/gw", &ours, &["network"]).await;
    let theirs = json!({"name": "onprem", "redundancy_type": "TWO_IPS_REDUNDANCY",
        "interface": [{"id": 0, "ip_address": "198.51.100.1"}, {"id": 1, "ip_address": "198.51.100.2"}]});
    let theirs = driver.create("google_compute_external_vpn_gateway", theirs).await;
    driver.import("google_compute_external_vpn_gateway", "onprem", &theirs, &[]).await;
    let tunnel = |labels: Json| {
        json!({"name": "t0", "vpn_gateway": text(&ours, "id"), "vpn_gateway_interface": 0,
        "peer_external_gateway": text(&theirs, "id"), "peer_external_gateway_interface": 0, "shared_secret": "s3cr3t",
        "router": text(&router, "id"), "labels": labels})
    };
    let ty = "google_compute_vpn_tunnel";
    let tunnel_state = driver.create(ty, tunnel(json!({}))).await;
    let (action, tunnel_state) = driver.apply(ty, &tunnel_state, tunnel(json!({"x": "y"}))).await;
    assert_eq!(action, Action::Update);
    driver
        .import(
            ty,
            "europe-west1/t0",
            &tunnel_state,
            &["shared_secret", "vpn_gateway", "peer_external_gateway", "router"],
        )
        .await;

    let interface = json!({"name": "if0", "router": "r", "ip_range": "169.254.0.1/30", "vpn_tunnel": "t0"});
    let interface = driver.create("google_compute_router_interface", interface).await;
    assert_eq!(text(&interface, "id"), "europe-west1/r/if0");
    driver.import("google_compute_router_interface", "europe-west1/r/if0", &interface, &["vpn_tunnel"]).await;
    let peer = |priority: i64| {
        json!({"name": "peer0", "router": "r", "interface": "if0", "peer_asn": 65010,
        "peer_ip_address": "169.254.0.2", "advertised_route_priority": priority})
    };
    let ty = "google_compute_router_peer";
    let state = driver.create(ty, peer(100)).await;
    let (action, state) = driver.apply(ty, &state, peer(200)).await;
    assert_eq!((action, get(&state, "advertised_route_priority")), (Action::Update, json!(200)));
    driver
        .import(
            ty,
            "europe-west1/r/peer0",
            &state,
            &["zero_advertised_route_priority", "zero_custom_learned_route_priority"],
        )
        .await;
    driver.destroy(ty, &state).await;
    driver.destroy("google_compute_router_interface", &interface).await;
    driver.destroy("google_compute_vpn_tunnel", &tunnel_state).await;
    driver.destroy("google_compute_external_vpn_gateway", &theirs).await;
    driver.destroy("google_compute_ha_vpn_gateway", &ours).await;
}

#[tokio::test]
async fn addresses() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_compute_network", json!({"name": "hub", "auto_create_subnetworks": false})).await;
    let ty = "google_compute_address";
    let address = driver.create(ty, json!({"name": "nat", "labels": {"a": "b"}})).await;
    let (action, address) = driver.apply(ty, &address, json!({"name": "nat"})).await;
    assert_eq!((action, get(&address, "effective_labels")), (Action::Update, json!({})));
    driver.import(ty, "nat", &address, &[]).await;
    driver.destroy(ty, &address).await;
    let ty = "google_compute_global_address";
    let range = json!({"name": "services", "purpose": "VPC_PEERING", "address_type": "INTERNAL", "prefix_length": 16,
        "network": "projects/host-prj/global/networks/hub"});
    let range = driver.create(ty, range).await;
    assert!(!text(&range, "address").is_empty());
    driver.import(ty, "host-prj/services", &range, &["network"]).await;
    driver.destroy(ty, &range).await;
}

#[tokio::test]
async fn a_shared_vpc() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let project =
        |id: &str| json!({"name": id, "project_id": id, "org_id": "1234", "deletion_policy": "DELETE"});
    for id in ["service-one", "service-two"] {
        driver.create("google_project", project(id)).await;
    }
    let host = driver.create("google_compute_shared_vpc_host_project", json!({"project": "host-prj"})).await;
    driver.import("google_compute_shared_vpc_host_project", "host-prj", &host, &[]).await;
    let ty = "google_compute_shared_vpc_service_project";
    let attach = |id: &str| json!({"host_project": "host-prj", "service_project": id});
    let (one, two) =
        tokio::join!(driver.create(ty, attach("service-one")), driver.create(ty, attach("service-two")));
    driver.import(ty, "host-prj/service-one", &one, &[]).await;
    driver.destroy(ty, &one).await;
    assert!(driver.read(ty, &two).await.is_some());
    driver.destroy(ty, &two).await;
    driver.destroy("google_compute_shared_vpc_host_project", &host).await;
}
