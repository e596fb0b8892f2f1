//! Client VPN, against the stub: moto has nothing of it.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};

const ENDPOINT: &str = "aws_ec2_client_vpn_endpoint";
const NETWORK: &str = "aws_ec2_client_vpn_network_association";
const RULE: &str = "aws_ec2_client_vpn_authorization_rule";
const ROUTE: &str = "aws_ec2_client_vpn_route";
const CERTIFICATE: &str =
    "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";

fn endpoint() -> Json {
    json!({
        "client_cidr_block": "10.100.0.0/22", "server_certificate_arn": CERTIFICATE,
        "authentication_options": [{"type": "certificate-authentication", "root_certificate_chain_arn": CERTIFICATE}],
        "connection_log_options": [{"enabled": false}],
    })
}

fn with(more: Json) -> Json {
    let mut base = endpoint();
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

#[tokio::test]
async fn endpoints() {
    let Some(cloud) = Cloud::open_stub("ap-southeast-1", json!({})).await else { return };
    let made = cloud.create_twice(ENDPOINT, with(json!({"tags": {"Name": "e"}}))).await;
    assert_eq!((get(&made, "vpn_port"), get(&made, "session_timeout_hours")), (json!(443), json!(24)));
    assert_eq!(get(&made, "client_login_banner_options"), json!([{"banner_text": null, "enabled": false}]));
    cloud.import(ENDPOINT, &text(&made, "id"), &made, &[]).await;
    let data = cloud.read_data(ENDPOINT, json!({"tags": {"Name": "e"}})).await.unwrap();
    assert_eq!((get(&data, "id"), get(&data, "tags")), (get(&made, "id"), json!({"Name": "e"})));
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let group =
        cloud.create("aws_security_group", json!({"name": "clients", "vpc_id": text(&vpc, "id")})).await;
    let full = with(json!({
        "description": "d", "dns_servers": ["10.0.0.2"], "self_service_portal": "enabled", "session_timeout_hours": 8,
        "split_tunnel": true, "vpn_port": 1194, "vpc_id": text(&vpc, "id"), "security_group_ids": [text(&group, "id")],
        "disconnect_on_session_timeout": false,
        "client_connect_options": [{"enabled": true, "lambda_function_arn": "arn:aws:lambda:us-east-1:1:function:AWSClientVPN-f"}],
        "client_login_banner_options": [{"enabled": true, "banner_text": "hello"}],
        "client_route_enforcement_options": [{"enforced": true}],
        "connection_log_options": [{"enabled": true, "cloudwatch_log_group": "g", "cloudwatch_log_stream": "s"}],
    }));
    let (action, all) = cloud.apply(ENDPOINT, &made, full).await;
    assert_eq!((action, get(&all, "security_group_ids")), (Action::Update, json!([text(&group, "id")])));
    assert!(text(&all, "self_service_portal_url").starts_with("https://"));
    let data = cloud.read_data(ENDPOINT, json!({"client_vpn_endpoint_id": text(&all, "id")})).await.unwrap();
    for name in [
        "id",
        "arn",
        "authentication_options",
        "client_cidr_block",
        "client_connect_options",
        "description",
        "client_login_banner_options",
        "client_route_enforcement_options",
        "connection_log_options",
        "dns_name",
        "dns_servers",
        "security_group_ids",
        "self_service_portal_url",
        "session_timeout_hours",
        "vpc_id",
        "vpn_port",
    ] {
        assert_eq!(get(&data, name), get(&all, name), "{name}");
    }
    let none = json!({"tags": {"Name": "none"}});
    assert!(cloud.not_found(ENDPOINT, none).await.contains("No Client VPN endpoint matches"));
    let off = with(json!({
        "client_login_banner_options": [{"enabled": false}], "client_connect_options": [{"enabled": false}],
    }));
    let (action, off) = cloud.apply(ENDPOINT, &all, off).await;
    assert_eq!(
        (action, get(&off, "dns_servers"), get(&off, "description")),
        (Action::Update, Json::Null, Json::Null)
    );
    assert_eq!(text(&off, "self_service_portal_url"), "");
    let (action, other) = cloud.apply(ENDPOINT, &off, with(json!({"transport_protocol": "tcp"}))).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy(ENDPOINT, &other).await;
    let bad = with(json!({"vpn_port": 80, "session_timeout_hours": 25}));
    assert_eq!(cloud.problems(ENDPOINT, &bad).len(), 2);
}

#[tokio::test]
async fn networks_rules_and_routes() {
    let Some(cloud) = Cloud::open_stub("ap-southeast-2", json!({})).await else { return };
    let id = text(&cloud.create(ENDPOINT, endpoint()).await, "id");
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let mut networks = Vec::new();
    for (number, zone) in ["a", "b"].iter().enumerate() {
        let config = json!({
            "vpc_id": text(&vpc, "id"), "cidr_block": format!("10.0.{number}.0/24"),
            "availability_zone": format!("ap-southeast-2{zone}"),
        });
        let subnet = text(&cloud.create("aws_subnet", config).await, "id");
        networks.push(
            cloud.create_twice(NETWORK, json!({"client_vpn_endpoint_id": id, "subnet_id": subnet})).await,
        );
    }
    assert_eq!(text(&networks[0], "vpc_id"), text(&vpc, "id"));
    cloud.import(NETWORK, &format!("{id},{}", text(&networks[0], "id")), &networks[0], &[]).await;
    let (requests, read) = cloud.requests(cloud.read_all(NETWORK, &networks)).await;
    assert_eq!((requests, read.into_iter().flatten().count()), (1, 2));

    let all = json!({"client_vpn_endpoint_id": id, "target_network_cidr": "10.0.0.0/16", "authorize_all_groups": true, "description": "d"});
    let everybody = cloud.create_twice(RULE, all).await;
    cloud.import(RULE, &format!("{id},10.0.0.0/16"), &everybody, &[]).await;
    let some = json!({"client_vpn_endpoint_id": id, "target_network_cidr": "10.0.0.0/16", "access_group_id": "people"});
    let group = cloud.create_twice(RULE, some).await;
    cloud.import(RULE, &format!("{id},10.0.0.0/16,people"), &group, &["authorize_all_groups"]).await;
    let neither = json!({"client_vpn_endpoint_id": id, "target_network_cidr": "10.0.0.0/16"});
    assert_eq!(cloud.problems(RULE, &neither), ["Missing group of people"]);

    let subnet = text(&networks[0], "subnet_id");
    let config = json!({
        "client_vpn_endpoint_id": id, "destination_cidr_block": "0.0.0.0/0", "target_vpc_subnet_id": subnet, "description": "out",
    });
    let route = cloud.create_twice(ROUTE, config).await;
    assert_eq!((text(&route, "origin"), text(&route, "type")), ("add-route".into(), "Nat".into()));
    cloud.import(ROUTE, &format!("{id},{subnet},0.0.0.0/0"), &route, &[]).await;
    cloud.destroy(ROUTE, &route).await;
    cloud.destroy(RULE, &group).await;
    cloud.destroy(RULE, &everybody).await;
    for network in &networks {
        cloud.destroy(NETWORK, network).await;
    }
}
