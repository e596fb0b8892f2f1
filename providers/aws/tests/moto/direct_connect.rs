//! Direct Connect, against the stub: moto has connections only.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

const CONNECTION: &str = "aws_dx_connection";
const GATEWAY: &str = "aws_dx_gateway";
const ASSOCIATION: &str = "aws_dx_gateway_association";
const PROPOSAL: &str = "aws_dx_gateway_association_proposal";
const GUEST: &str = "210987654321";

async fn guest(region: &str) -> Option<Cloud> {
    let role = json!({"assume_role": [{"role_arn": format!("arn:aws:iam::{GUEST}:role/guest")}]});
    Cloud::open_stub(region, role).await
}

/// Orders a connection, twice, and looks at it until it is there: its state is an attribute.
async fn order(cloud: &Cloud, json: Json) -> Value {
    let config = cloud.config(CONNECTION, &json);
    let (_, planned) = cloud.plan(CONNECTION, &Value::NULL, &config).await;
    let token = cloud.token();
    let first = cloud.change(CONNECTION, &Value::NULL, &planned, &config, token.clone(), false).await;
    let second = cloud.change(CONNECTION, &Value::NULL, &planned, &config, token, true).await;
    assert_eq!(text(&first, "id"), text(&second, "id"), "it is ordered once");
    cloud.settled(CONNECTION, &second).await;
    let mut now = second;
    for _ in 0..3 {
        now = cloud.read(CONNECTION, &now).await.unwrap();
    }
    assert_eq!(text(&now, "state"), "available");
    let (action, _) = cloud.plan(CONNECTION, &now, &config).await;
    assert_eq!(action, Action::Nothing);
    now
}

async fn line(cloud: &Cloud) -> Value {
    order(cloud, json!({"name": "line", "bandwidth": "10Gbps", "location": "EqDC2"})).await
}

#[tokio::test]
async fn connections_and_groups() {
    let Some(cloud) = Cloud::open_stub("af-south-1", json!({})).await else { return };
    let config = json!({
        "name": "c", "bandwidth": "10Gbps", "location": "EqDC2", "request_macsec": true, "encryption_mode": "should_encrypt",
        "provider_name": "Example Networks", "tags": {"Name": "c"},
    });
    let made = order(&cloud, config.clone()).await;
    cloud.import(CONNECTION, &text(&made, "id"), &made, &["skip_destroy"]).await;
    let data = cloud.read_data(CONNECTION, json!({"name": "c"})).await.unwrap();
    for name in ["id", "arn", "bandwidth", "location", "owner_account_id", "provider_name", "state", "tags"] {
        assert_eq!(get(&data, name), get(&made, name), "{name}");
    }
    assert!(cloud.not_found(CONNECTION, json!({"name": "none"})).await.contains("Exactly one connection"));
    let places = cloud.read_data("aws_dx_locations", json!({})).await.unwrap();
    let codes = get(&places, "location_codes");
    assert!(codes.as_array().unwrap().contains(&json!("EqDC2")), "{codes}");
    let place = cloud.read_data("aws_dx_location", json!({"location_code": "EqDC2"})).await.unwrap();
    let speeds = get(&place, "available_port_speeds");
    assert!(speeds.as_array().unwrap().contains(&json!("10G")), "{speeds}");
    let nowhere = json!({"location_code": "Nowhere"});
    assert!(cloud.not_found("aws_dx_location", nowhere).await.contains("does not exist"));
    let mut must = config;
    must["encryption_mode"] = json!("must_encrypt");
    must["tags"] = json!({});
    must["skip_destroy"] = json!(true);
    let (action, made) = cloud.apply(CONNECTION, &made, must.clone()).await;
    assert_eq!((action, text(&made, "encryption_mode")), (Action::Update, "must_encrypt".into()));
    cloud.undo(CONNECTION, &made).await;
    must["skip_destroy"] = json!(false);
    let (_, made) = cloud.apply(CONNECTION, &made, must).await;
    cloud.destroy(CONNECTION, &made).await;

    let lag = "aws_dx_lag";
    let config =
        json!({"name": "l", "connections_bandwidth": "10Gbps", "location": "EqDC2", "tags": {"Name": "l"}});
    let group = cloud.create_twice(lag, config).await;
    cloud
        .import(
            lag,
            &text(&group, "id"),
            &cloud.read(lag, &group).await.unwrap(),
            &["force_destroy", "connection_id"],
        )
        .await;
    let config =
        json!({"name": "m", "connections_bandwidth": "10Gbps", "location": "EqDC2", "force_destroy": true});
    let (action, group) = cloud.apply(lag, &group, config).await;
    assert_eq!((action, text(&group, "name")), (Action::Update, "m".into()));
    let member = line(&cloud).await;
    let config = json!({"connection_id": text(&member, "id"), "lag_id": text(&group, "id")});
    let membership = cloud.create_twice("aws_dx_connection_association", config.clone()).await;
    cloud.destroy("aws_dx_connection_association", &membership).await;
    cloud.create("aws_dx_connection_association", config).await;
    cloud.destroy(lag, &group).await;
    assert!(cloud.read(CONNECTION, &member).await.is_none(), "it went with the group");
}

#[tokio::test]
async fn gateways_and_associations() {
    let Some(cloud) = Cloud::open_stub("ap-east-1", json!({})).await else { return };
    let config = json!({"name": "g1", "amazon_side_asn": "64600", "tags": {"Name": "g"}});
    let gateway = cloud.create_twice(GATEWAY, config).await;
    cloud.import(GATEWAY, &text(&gateway, "id"), &gateway, &[]).await;
    let (action, gateway) =
        cloud.apply(GATEWAY, &gateway, json!({"name": "g2", "amazon_side_asn": "64600"})).await;
    assert_eq!((action, text(&gateway, "name")), (Action::Update, "g2".into()));
    let found = cloud.read_data(GATEWAY, json!({"name": "g2"})).await.unwrap();
    assert_eq!((text(&found, "id"), text(&found, "arn")), (text(&gateway, "id"), text(&gateway, "arn")));
    assert!(cloud.read_data(GATEWAY, json!({"name": "g3"})).await.is_err());

    let id = text(&gateway, "id");
    let transit = cloud.create("aws_ec2_transit_gateway", json!({})).await;
    let transit_id = text(&transit, "id");
    let config = json!({"dx_gateway_id": id, "associated_gateway_id": transit_id, "allowed_prefixes": ["10.0.0.0/8", "10.1.0.0/16"]});
    let association = cloud.create_twice(ASSOCIATION, config).await;
    assert_eq!(
        (text(&association, "id"), text(&association, "associated_gateway_type")),
        (format!("ga-{id}{transit_id}"), "transitGateway".into())
    );
    assert!(text(&association, "transit_gateway_attachment_id").starts_with("tgw-attach-"));
    cloud.import(ASSOCIATION, &format!("{id}/{transit_id}"), &association, &[]).await;
    let config = json!({"dx_gateway_id": id, "associated_gateway_id": transit_id, "allowed_prefixes": ["10.1.0.0/16", "10.2.0.0/16"]});
    let (action, association) = cloud.apply(ASSOCIATION, &association, config).await;
    assert_eq!(action, Action::Update);
    cloud.destroy(ASSOCIATION, &association).await;
    cloud.destroy("aws_ec2_transit_gateway", &transit).await;

    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.3.0.0/16"})).await;
    let private = cloud.create("aws_vpn_gateway", json!({"vpc_id": text(&vpc, "id")})).await;
    let config = json!({"dx_gateway_id": id, "associated_gateway_id": text(&private, "id")});
    let association = cloud.create(ASSOCIATION, config).await;
    assert_eq!(get(&association, "allowed_prefixes"), json!(["10.3.0.0/16"]));
    cloud.destroy(ASSOCIATION, &association).await;
    cloud.destroy("aws_vpn_gateway", &private).await;
    cloud.destroy(GATEWAY, &gateway).await;
    assert_eq!(cloud.problems(ASSOCIATION, &json!({"dx_gateway_id": id})), ["Missing gateway"]);
}

#[tokio::test]
async fn proposals() {
    let region = "ap-south-2";
    let (Some(owner), Some(guest)) = (Cloud::open_stub(region, json!({})).await, guest(region).await) else {
        return;
    };
    let gateway = text(&owner.create(GATEWAY, json!({"name": "p", "amazon_side_asn": "64601"})).await, "id");
    let vpc = guest.create("aws_vpc", json!({"cidr_block": "10.4.0.0/16"})).await;
    let private = guest.create("aws_vpn_gateway", json!({"vpc_id": text(&vpc, "id")})).await;
    let config = json!({
        "dx_gateway_id": gateway, "dx_gateway_owner_account_id": "123456789012",
        "associated_gateway_id": text(&private, "id"), "allowed_prefixes": ["10.4.0.0/16"],
    });
    let proposal = guest.create_twice(PROPOSAL, config.clone()).await;
    guest.import(PROPOSAL, &text(&proposal, "id"), &proposal, &[]).await;
    let accept = json!({
        "dx_gateway_id": gateway, "proposal_id": text(&proposal, "id"), "associated_gateway_owner_account_id": GUEST,
        "allowed_prefixes": ["10.4.1.0/24"],
    });
    let association = owner.create_twice(ASSOCIATION, accept).await;
    assert_eq!(
        (text(&association, "associated_gateway_id"), get(&association, "allowed_prefixes")),
        (text(&private, "id"), json!(["10.4.1.0/24"]))
    );
    let (action, _) = guest.apply(PROPOSAL, &guest.read(PROPOSAL, &proposal).await.unwrap(), config).await;
    assert_eq!(action, Action::Nothing, "other networks were allowed than proposed");
    let forgotten = format!("{}/{gateway}/{}", "11111111-2222-3333-4444-555555555555", text(&private, "id"));
    guest.import(PROPOSAL, &forgotten, &proposal, &["id", "allowed_prefixes"]).await;
    owner.destroy(ASSOCIATION, &association).await;
    guest.destroy(PROPOSAL, &proposal).await;
}

fn interface(connection: &str, vlan: i64, more: Json) -> Json {
    let mut config = json!({
        "name": "v", "vlan": vlan, "address_family": "ipv4", "bgp_asn": 65000, "connection_id": connection,
    });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

#[tokio::test]
async fn interfaces() {
    let Some(cloud) = Cloud::open_stub("ap-southeast-4", json!({})).await else { return };
    let line = text(&line(&cloud).await, "id");
    let gateway = text(&cloud.create(GATEWAY, json!({"name": "i", "amazon_side_asn": "64602"})).await, "id");
    for (vlan, kind) in [(11, "private"), (12, "transit")] {
        let kind = format!("aws_dx_{kind}_virtual_interface");
        let config = interface(&line, vlan, json!({"dx_gateway_id": gateway, "tags": {"Name": "i"}}));
        let made = cloud.create_twice(&kind, config).await;
        assert_eq!((text(&made, "amazon_side_asn"), get(&made, "mtu")), ("64602".into(), json!(1500)));
        cloud.import(&kind, &text(&made, "id"), &made, &[]).await;
        let config =
            interface(&line, vlan, json!({"dx_gateway_id": gateway, "mtu": 8500, "sitelink_enabled": true}));
        let (action, made) = cloud.apply(&kind, &made, config).await;
        assert_eq!((action, get(&made, "tags_all")), (Action::Update, json!({})));
        let config = interface(&line, vlan, json!({"dx_gateway_id": gateway}));
        let (action, made) = cloud.apply(&kind, &made, config).await;
        assert_eq!(
            (action, get(&made, "mtu"), get(&made, "sitelink_enabled")),
            (Action::Update, json!(1500), json!(false))
        );
        let mut long =
            interface(&line, vlan, json!({"dx_gateway_id": gateway, "bgp_asn_long": "4200000001"}));
        long.as_object_mut().unwrap().remove("bgp_asn");
        let (action, made) = cloud.apply(&kind, &made, long).await;
        assert_eq!((action, get(&made, "bgp_asn")), (Action::Replace, Json::Null));
        cloud.destroy(&kind, &made).await;
    }
    let public = "aws_dx_public_virtual_interface";
    let config = interface(
        &line,
        13,
        json!({
            "amazon_address": "198.51.100.1/30", "customer_address": "198.51.100.2/30", "route_filter_prefixes": ["203.0.113.0/24"],
        }),
    );
    let made = cloud.create_twice(public, config).await;
    cloud.import(public, &text(&made, "id"), &made, &[]).await;
    cloud.destroy(public, &made).await;
    let neither = interface(&line, 11, json!({"bgp_asn_long": "4200000001"}));
    let problems = cloud.problems("aws_dx_private_virtual_interface", &neither);
    assert_eq!(problems, ["Conflicting number of an autonomous system", "Missing gateway"]);
}

#[tokio::test]
async fn hosted_interfaces() {
    let region = "ca-west-1";
    let (Some(owner), Some(guest)) = (Cloud::open_stub(region, json!({})).await, guest(region).await) else {
        return;
    };
    let line = text(&line(&owner).await, "id");
    let gateway = text(&guest.create(GATEWAY, json!({"name": "h", "amazon_side_asn": "64603"})).await, "id");
    for (vlan, kind) in [(21, "private"), (22, "transit"), (23, "public")] {
        let kind = format!("aws_dx_hosted_{kind}_virtual_interface");
        let more = match vlan {
            23 => json!({
                "owner_account_id": GUEST, "amazon_address": "198.51.100.5/30", "customer_address": "198.51.100.6/30",
                "route_filter_prefixes": ["203.0.113.0/24"],
            }),
            _ => json!({"owner_account_id": GUEST}),
        };
        let offered = owner.create_twice(&kind, interface(&line, vlan, more)).await;
        owner.import(&kind, &text(&offered, "id"), &offered, &[]).await;
        let accepter = format!("{kind}_accepter");
        let mut config = json!({"virtual_interface_id": text(&offered, "id"), "tags": {"Name": "mine"}});
        if vlan != 23 {
            config["dx_gateway_id"] = json!(gateway);
        }
        let accepted = guest.create_twice(&accepter, config.clone()).await;
        guest.import(&accepter, &text(&offered, "id"), &accepted, &[]).await;
        config["tags"] = json!({});
        let (action, accepted) = guest.apply(&accepter, &accepted, config).await;
        assert_eq!(action, Action::Update);
        guest.undo(&accepter, &accepted).await;
        let now = owner.read(&kind, &offered).await.unwrap();
        owner.destroy(&kind, &now).await;
        assert!(guest.read(&accepter, &accepted).await.is_none());
    }
}
