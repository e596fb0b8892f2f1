//! Site-to-site VPN, against the stub: moto loses the options of connections and knows no routes.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

const CUSTOMER: &str = "aws_customer_gateway";
const GATEWAY: &str = "aws_vpn_gateway";
const ATTACHMENT: &str = "aws_vpn_gateway_attachment";
const PROPAGATION: &str = "aws_vpn_gateway_route_propagation";
const CONNECTION: &str = "aws_vpn_connection";
const ROUTE: &str = "aws_vpn_connection_route";

#[tokio::test]
async fn customer_gateways() {
    let Some(cloud) = Cloud::open_stub("us-west-1", json!({})).await else { return };
    let config = json!({
        "bgp_asn": "65010", "ip_address": "192.0.2.10", "type": "ipsec.1", "device_name": "d", "tags": {"Name": "c"},
    });
    let gateway = cloud.create_twice(CUSTOMER, config).await;
    assert!(text(&gateway, "arn").ends_with(&format!(":customer-gateway/{}", text(&gateway, "id"))));
    cloud.import(CUSTOMER, &text(&gateway, "id"), &gateway, &[]).await;
    let config =
        json!({"bgp_asn": "65010", "ip_address": "192.0.2.10", "type": "ipsec.1", "device_name": "d"});
    let (action, gateway) = cloud.apply(CUSTOMER, &gateway, config).await;
    assert_eq!(action, Action::Update);
    let config = json!({"bgp_asn_extended": "4200000000", "ip_address": "192.0.2.10", "type": "ipsec.1"});
    let (action, gateway) = cloud.apply(CUSTOMER, &gateway, config).await;
    assert_eq!((action, get(&gateway, "bgp_asn")), (Action::Replace, Json::Null));
    let both = json!({"bgp_asn": "1", "bgp_asn_extended": "4200000000", "type": "ipsec.1"});
    assert_eq!(cloud.problems(CUSTOMER, &both), ["Conflicting configuration arguments"]);
    let bad = json!({"bgp_asn": "4200000000", "type": "ipsec.2"});
    assert_eq!(cloud.problems(CUSTOMER, &bad), ["Invalid attribute value", "Invalid attribute value"]);
    cloud.destroy(CUSTOMER, &gateway).await;
}

#[tokio::test]
async fn gateways() {
    let Some(cloud) = Cloud::open_stub("us-west-2", json!({})).await else { return };
    let one = cloud.create("aws_vpc", json!({"cidr_block": "10.1.0.0/16"})).await;
    let two = cloud.create("aws_vpc", json!({"cidr_block": "10.2.0.0/16"})).await;
    let config = json!({"amazon_side_asn": "64600", "vpc_id": text(&one, "id"), "tags": {"Name": "g"}});
    let gateway = cloud.create_twice(GATEWAY, config).await;
    cloud.import(GATEWAY, &text(&gateway, "id"), &gateway, &[]).await;
    let config = json!({"amazon_side_asn": "64600", "vpc_id": text(&two, "id")});
    let (action, gateway) = cloud.apply(GATEWAY, &gateway, config).await;
    assert_eq!((action, text(&gateway, "vpc_id")), (Action::Update, text(&two, "id")));

    let table = cloud.create("aws_route_table", json!({"vpc_id": text(&two, "id")})).await;
    let config = json!({"route_table_id": text(&table, "id"), "vpn_gateway_id": text(&gateway, "id")});
    let propagation = cloud.create_twice(PROPAGATION, config).await;
    let id = format!("{}_{}", text(&gateway, "id"), text(&table, "id"));
    assert_eq!(text(&propagation, "id"), id);
    cloud.import(PROPAGATION, &id, &propagation, &[]).await;
    cloud.destroy(PROPAGATION, &propagation).await;
    cloud.destroy("aws_route_table", &table).await;
    cloud.destroy(GATEWAY, &gateway).await;

    let gateway = cloud.create(GATEWAY, json!({})).await;
    assert_eq!(text(&gateway, "vpc_id"), "");
    let config = json!({"vpc_id": text(&one, "id"), "vpn_gateway_id": text(&gateway, "id")});
    let attachment = cloud.create_twice(ATTACHMENT, config).await;
    let attached = cloud.read(GATEWAY, &gateway).await.unwrap();
    assert_eq!(text(&attached, "vpc_id"), text(&one, "id"));
    // The gateway does not take the attachment away that somebody else made.
    let (action, _) = cloud.apply(GATEWAY, &attached, json!({})).await;
    assert_eq!(action, Action::Nothing);
    cloud.destroy(ATTACHMENT, &attachment).await;
    cloud.destroy(GATEWAY, &gateway).await;
    cloud.destroy("aws_vpc", &one).await;
    cloud.destroy("aws_vpc", &two).await;
}

async fn customer(cloud: &Cloud, address: &str) -> String {
    let config = json!({"bgp_asn": "65020", "ip_address": address, "type": "ipsec.1"});
    text(&cloud.create(CUSTOMER, config).await, "id")
}

/// Everything that can be set of a tunnel.
fn options(prefix: &str) -> Json {
    let all = json!({
        "dpd_timeout_action": "restart", "dpd_timeout_seconds": 60, "enable_tunnel_lifecycle_control": true,
        "ike_versions": ["ikev2"], "phase1_dh_group_numbers": [20, 21],
        "phase1_encryption_algorithms": ["AES256"], "phase1_integrity_algorithms": ["SHA2-256", "SHA2-384"],
        "phase1_lifetime_seconds": 14400, "phase2_dh_group_numbers": [20],
        "phase2_encryption_algorithms": ["AES256", "AES256-GCM-16"], "phase2_integrity_algorithms": ["SHA2-512"],
        "phase2_lifetime_seconds": 1800, "preshared_key": format!("key.of_{prefix}"),
        "rekey_fuzz_percentage": 50, "rekey_margin_time_seconds": 300, "replay_window_size": 512,
        "startup_action": "start",
        "log_options": [{"cloudwatch_log_options": [{
            "log_enabled": true, "log_group_arn": "arn:aws:logs:us-east-2:123456789012:log-group:vpn",
            "log_output_format": "text",
        }]}],
    });
    let named = all.as_object().unwrap().iter().map(|(k, v)| (format!("{prefix}_{k}"), v.clone()));
    Json::Object(named.collect())
}

fn with(mut base: Json, more: Json) -> Json {
    base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    base
}

/// What an import cannot tell: AWS does not say which tunnel is the first one.
const WHICH: [&str; 10] = [
    "tunnel1_address",
    "tunnel1_cgw_inside_address",
    "tunnel1_inside_cidr",
    "tunnel1_preshared_key",
    "tunnel1_vgw_inside_address",
    "tunnel2_address",
    "tunnel2_cgw_inside_address",
    "tunnel2_inside_cidr",
    "tunnel2_preshared_key",
    "tunnel2_vgw_inside_address",
];

#[tokio::test]
async fn connections() {
    let Some(cloud) = Cloud::open_stub("us-east-2", json!({})).await else { return };
    let customer = customer(&cloud, "192.0.2.20").await;
    let gateway = cloud.create("aws_ec2_transit_gateway", json!({})).await;
    let plain = json!({
        "customer_gateway_id": customer, "transit_gateway_id": text(&gateway, "id"), "type": "ipsec.1",
        "tunnel1_inside_cidr": "169.254.100.0/30", "tunnel2_inside_cidr": "169.254.99.0/30",
    });
    let tagged = with(plain.clone(), json!({"tags": {"Name": "v"}}));
    let made = cloud.create_twice(CONNECTION, tagged.clone()).await;
    assert_eq!(text(&made, "tunnel1_vgw_inside_address"), "169.254.100.1");
    assert_eq!(text(&made, "tunnel2_cgw_inside_address"), "169.254.99.2");
    assert_eq!(
        (text(&made, "tunnel1_bgp_asn"), get(&made, "tunnel1_bgp_holdtime")),
        ("64512".into(), json!(30))
    );
    assert!(text(&made, "transit_gateway_attachment_id").starts_with("tgw-attach-"));
    assert!(text(&made, "customer_gateway_configuration").contains(&text(&made, "tunnel1_preshared_key")));
    assert_eq!(get(&made, "tunnel1_dpd_timeout_seconds"), Json::Null);
    let telemetry = get(&made, "vgw_telemetry");
    assert_eq!((telemetry.as_array().unwrap().len(), &telemetry[0]["status"]), (2, &json!("DOWN")));
    cloud.import(CONNECTION, &text(&made, "id"), &made, &WHICH).await;

    // Tags alone are one change, and options of both tunnels are changed in place.
    let (_, made) = cloud.apply(CONNECTION, &made, plain.clone()).await;
    let full = with(with(plain.clone(), options("tunnel1")), options("tunnel2"));
    let (action, all) = cloud.apply(CONNECTION, &made, full.clone()).await;
    assert_eq!(action, Action::Update);
    assert_eq!(text(&all, "tunnel2_preshared_key"), "key.of_tunnel2");
    assert!(text(&all, "customer_gateway_configuration").contains("key.of_tunnel1"));
    assert_eq!(text(&all, "tunnel1_address"), text(&made, "tunnel1_address"));
    let (action, cleared) = cloud.apply(CONNECTION, &all, plain.clone()).await;
    assert_eq!((action, get(&cleared, "tunnel1_startup_action")), (Action::Update, Json::Null));

    // What AWS assumes anyway is no change.
    let same = with(
        plain.clone(),
        json!({"tunnel1_dpd_timeout_seconds": 30, "tunnel2_ike_versions": ["ikev1", "ikev2"]}),
    );
    let (action, _) = cloud.plan(CONNECTION, &cleared, &cloud.config(CONNECTION, &same)).await;
    assert_eq!(action, Action::Nothing);

    let networks = json!({
        "local_ipv4_network_cidr": "10.50.0.0/16", "remote_ipv4_network_cidr": "10.0.0.0/8", "tunnel_bandwidth": "large",
    });
    let (action, moved) = cloud.apply(CONNECTION, &cleared, with(plain.clone(), networks.clone())).await;
    assert_eq!((action, text(&moved, "tunnel_bandwidth")), (Action::Update, "large".into()));

    let other = cloud
        .create(CUSTOMER, json!({"bgp_asn": "65021", "ip_address": "192.0.2.21", "type": "ipsec.1"}))
        .await;
    let config = with(with(plain.clone(), networks), json!({"customer_gateway_id": text(&other, "id")}));
    let (action, moved) = cloud.apply(CONNECTION, &moved, config.clone()).await;
    assert_eq!((action, text(&moved, "customer_gateway_id")), (Action::Update, text(&other, "id")));
    let (action, _) = cloud
        .plan(
            CONNECTION,
            &moved,
            &cloud.config(CONNECTION, &with(config, json!({"static_routes_only": true}))),
        )
        .await;
    assert_eq!(action, Action::Replace);

    let bad = with(
        plain,
        json!({
            "tunnel1_inside_cidr": "10.0.0.0/30", "tunnel1_preshared_key": "0short", "tunnel1_ike_versions": ["ikev3"],
            "tunnel1_phase1_dh_group_numbers": [3], "vpn_gateway_id": "vgw-1",
        }),
    );
    assert_eq!(cloud.problems(CONNECTION, &bad).len(), 5);
    cloud.destroy(CONNECTION, &moved).await;
    cloud.destroy("aws_ec2_transit_gateway", &gateway).await;
}

#[tokio::test]
async fn static_routes() {
    let Some(cloud) = Cloud::open_stub("ap-south-1", json!({})).await else { return };
    let customer = customer(&cloud, "192.0.2.30").await;
    let gateway = cloud.create(GATEWAY, json!({})).await;
    let config = json!({
        "customer_gateway_id": customer, "vpn_gateway_id": text(&gateway, "id"), "type": "ipsec.1",
        "static_routes_only": true, "tunnel1_preshared_key": "abcdefgh", "tunnel2_preshared_key": "ijklmnop",
    });
    let connection = cloud.create(CONNECTION, config.clone()).await;
    assert_eq!(text(&connection, "tunnel1_preshared_key"), "abcdefgh");
    assert_eq!(
        (text(&connection, "tunnel1_bgp_asn"), get(&connection, "tunnel1_bgp_holdtime")),
        (String::new(), json!(0))
    );
    let mut routes: Vec<Value> = Vec::new();
    for n in 0..3 {
        let config = json!({"destination_cidr_block": format!("10.{n}.0.0/16"), "vpn_connection_id": text(&connection, "id")});
        routes.push(cloud.create_twice(ROUTE, config).await);
    }
    let id = format!("10.0.0.0/16:{}", text(&connection, "id"));
    assert_eq!(text(&routes[0], "id"), id);
    cloud.import(ROUTE, &id, &routes[0], &[]).await;
    let (requests, read) = cloud.requests(cloud.read_all(ROUTE, &routes)).await;
    assert_eq!((requests, read.into_iter().flatten().count()), (1, 3));
    let now = cloud.read(CONNECTION, &connection).await.unwrap();
    assert_eq!(get(&now, "routes").as_array().unwrap().len(), 3);
    for route in &routes {
        cloud.destroy(ROUTE, route).await;
    }
    cloud.destroy(CONNECTION, &connection).await;
    cloud.destroy(GATEWAY, &gateway).await;
}
