//! Networks and what is in them.

use super::{Client, compute};
use serde_json::{Value, json};

const SUBNETS: &str = "regions/us-central1/subnetworks";

fn subnet(name: &str, range: &str) -> Value {
    json!({"name": name, "network": "global/networks/n1", "ipCidrRange": range})
}

#[tokio::test]
async fn operations_pass_through_their_states_and_what_is_not_ready_cannot_be_used() {
    let client = Client::start().await;
    client.ok("PUT", "/_sandbox/settings", json!({"operation_polls": 3})).await;
    let operation = client
        .ok("POST", &compute("global/networks"), json!({"name": "n1", "autoCreateSubnetworks": false}))
        .await;
    assert_eq!(operation["status"], "PENDING");
    let (code, message) = client.refused("POST", &compute(SUBNETS), subnet("s1", "10.0.0.0/24")).await;
    assert_eq!((code, message.contains("is not ready")), (400, true), "{message}");
    let path = operation["selfLink"].as_str().unwrap().replace("https://www.googleapis.com", "");
    let mut states = Vec::new();
    for _ in 0..3 {
        states.push(client.get(&path).await["status"].as_str().unwrap().to_owned());
    }
    assert_eq!(states, ["RUNNING", "RUNNING", "DONE"]);
    client.done("POST", SUBNETS, subnet("s1", "10.0.0.0/24")).await;
}

#[tokio::test]
async fn ranges_do_not_overlap_and_references_are_written_in_full() {
    let client = Client::start().await;
    client.network("n1").await;
    client.done("POST", SUBNETS, subnet("s1", "10.0.0.0/24")).await;
    let shown = client.get(&compute(&format!("{SUBNETS}/s1"))).await;
    assert_eq!(
        shown["network"],
        "https://www.googleapis.com/compute/v1/projects/host-prj/global/networks/n1"
    );
    assert_eq!(shown["gatewayAddress"], "10.0.0.1");
    for (range, part) in [
        ("10.0.0.128/25", "conflicts"),
        ("10.1.0.1/24", "not the first"),
        ("10.1.0.0/30", "between 4 and 29"),
    ] {
        let (code, message) = client.refused("POST", &compute(SUBNETS), subnet("s2", range)).await;
        assert_eq!((code, message.contains(part)), (400, true), "{message}");
    }
    let elsewhere = json!({"name": "s2", "network": "global/networks/none", "ipCidrRange": "10.2.0.0/24"});
    assert_eq!(client.refused("POST", &compute(SUBNETS), elsewhere).await.0, 404);
    let (code, message) = client.refused("DELETE", &compute("global/networks/n1"), Value::Null).await;
    assert_eq!((code, message.contains("already being used by")), (400, true), "{message}");
}

#[tokio::test]
async fn changes_need_the_fingerprint() {
    let client = Client::start().await;
    client.network("n1").await;
    client.done("POST", SUBNETS, subnet("s1", "10.0.0.0/24")).await;
    let path = compute(&format!("{SUBNETS}/s1"));
    let change = |fingerprint: &Value| json!({"fingerprint": fingerprint, "secondaryIpRanges": [{"rangeName": "pods", "ipCidrRange": "10.4.0.0/16"}]});
    assert_eq!(client.refused("PATCH", &path, json!({"privateIpGoogleAccess": true})).await.0, 412);
    let before = client.get(&path).await["fingerprint"].clone();
    let operation = client.ok("PATCH", &path, change(&before)).await;
    client.wait(&operation).await;
    assert_ne!(client.get(&path).await["fingerprint"], before);
    assert_eq!(client.refused("PATCH", &path, change(&before)).await.0, 412);
}

#[tokio::test]
async fn an_ha_tunnel_is_established_once_it_is_complete() {
    let client = Client::start().await;
    client.network("n1").await;
    let region = |path: &str| format!("regions/us-central1/{path}");
    client
        .done(
            "POST",
            &region("routers"),
            json!({"name": "r1", "network": "global/networks/n1", "bgp": {"asn": 64512}}),
        )
        .await;
    client.done("POST", &region("vpnGateways"), json!({"name": "g1", "network": "global/networks/n1"})).await;
    let outside = json!({"name": "e1", "redundancyType": "SINGLE_IP_INTERNALLY_REDUNDANT", "interfaces": [{"id": 0, "ipAddress": "203.0.113.1"}]});
    client.done("POST", "global/externalVpnGateways", outside).await;
    let tunnel = json!({
        "name": "t1", "vpnGateway": "regions/us-central1/vpnGateways/g1", "vpnGatewayInterface": 0, "sharedSecret": "s3cret",
        "peerExternalGateway": "global/externalVpnGateways/e1", "peerExternalGatewayInterface": 0, "router": "regions/us-central1/routers/r1",
    });
    client.done("POST", &region("vpnTunnels"), tunnel).await;
    let path = compute(&region("vpnTunnels/t1"));
    let shown = client.get(&path).await;
    assert_eq!(shown["status"], "WAITING_FOR_FULL_CONFIG");
    assert!(!shown.to_string().contains("s3cret"));
    let router = json!({
        "interfaces": [{"name": "i0", "ipRange": "169.254.0.1/30", "linkedVpnTunnel": "regions/us-central1/vpnTunnels/t1"}],
        "bgpPeers": [{"name": "p0", "interfaceName": "i0", "peerIpAddress": "169.254.0.2", "peerAsn": 65001}],
    });
    client.done("PATCH", &region("routers/r1"), router).await;
    assert_eq!(client.get(&path).await["status"], "ESTABLISHED");
    let peers = client.get(&compute(&region("routers/r1"))).await["bgpPeers"].clone();
    assert_eq!(peers[0]["ipAddress"], "169.254.0.1");
    assert_eq!(client.refused("DELETE", &compute(&region("vpnGateways/g1")), Value::Null).await.0, 400);
}

#[tokio::test]
async fn a_network_in_auto_mode_comes_and_goes_with_its_subnets() {
    let client = Client::start().await;
    client.done("POST", "global/networks", json!({"name": "auto"})).await;
    let subnets = client.get(&compute("global/networks/auto")).await["subnetworks"].as_array().unwrap().len();
    assert!(subnets > 30, "{subnets}");
    client.done("DELETE", "global/networks/auto", Value::Null).await;
    let left = client.get(&compute("aggregated/subnetworks?returnPartialSuccess=true")).await;
    assert_eq!(left["items"], json!({}));
}

#[tokio::test]
async fn service_projects_are_attached_to_hosts_only() {
    let client = Client::start().await;
    client.ok("POST", "/v3/projects", json!({"projectId": "svc-prj", "parent": "organizations/1234"})).await;
    let attach = json!({"xpnResource": {"id": "svc-prj", "type": "PROJECT"}});
    let (code, message) = client.refused("POST", &compute("enableXpnResource"), attach.clone()).await;
    assert_eq!((code, message.contains("not a shared VPC host")), (400, true), "{message}");
    client.done("POST", "enableXpnHost", Value::Null).await;
    client.done("POST", "enableXpnResource", attach.clone()).await;
    assert_eq!(client.get("/compute/v1/projects/svc-prj/getXpnHost").await["name"], "host-prj");
    assert_eq!(client.refused("POST", &compute("disableXpnHost"), Value::Null).await.0, 400);
    client.done("POST", "disableXpnResource", attach).await;
    client.done("POST", "disableXpnHost", Value::Null).await;
}
