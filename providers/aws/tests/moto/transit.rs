//! Transit gateways, against the stub: moto drops tags of attachments, shows no association and
//! lets nobody share.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

const GATEWAY: &str = "aws_ec2_transit_gateway";
const TABLE: &str = "aws_ec2_transit_gateway_route_table";
const ATTACHMENT: &str = "aws_ec2_transit_gateway_vpc_attachment";
const ROUTE: &str = "aws_ec2_transit_gateway_route";
const ASSOCIATION: &str = "aws_ec2_transit_gateway_route_table_association";
const PROPAGATION: &str = "aws_ec2_transit_gateway_route_table_propagation";

/// A gateway, a VPC with two subnets, and the attachment's configuration.
async fn attached(cloud: &Cloud, region: &str) -> (Value, Value, Value, Json) {
    let gateway = cloud.create(GATEWAY, json!({})).await;
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let mut subnets = Vec::new();
    for (number, zone) in ["a", "b"].iter().enumerate() {
        let config = json!({
            "vpc_id": text(&vpc, "id"), "cidr_block": format!("10.0.{number}.0/24"),
            "availability_zone": format!("{region}{zone}"),
        });
        subnets.push(text(&cloud.create("aws_subnet", config).await, "id"));
    }
    let config = json!({
        "transit_gateway_id": text(&gateway, "id"), "vpc_id": text(&vpc, "id"), "subnet_ids": [subnets[0]],
    });
    let attachment = cloud.create(ATTACHMENT, config.clone()).await;
    let both = json!({
        "transit_gateway_id": text(&gateway, "id"), "vpc_id": text(&vpc, "id"), "subnet_ids": subnets,
        "appliance_mode_support": "enable", "tags": {"Name": "a"},
        "transit_gateway_default_route_table_association": false,
        "transit_gateway_default_route_table_propagation": false,
    });
    (gateway, vpc, attachment, both)
}

#[tokio::test]
async fn gateway() {
    let Some(cloud) = Cloud::open_stub("eu-west-2", json!({})).await else { return };
    let gateway = cloud.create_twice(GATEWAY, json!({"description": "d", "tags": {"Name": "t"}})).await;
    assert_eq!(text(&gateway, "dns_support"), "enable");
    assert!(text(&gateway, "association_default_route_table_id").starts_with("tgw-rtb-"));
    cloud.import(GATEWAY, &text(&gateway, "id"), &gateway, &[]).await;
    let config = json!({
        "description": "e", "amazon_side_asn": 64600, "auto_accept_shared_attachments": "enable",
        "dns_support": "disable", "security_group_referencing_support": "enable", "vpn_ecmp_support": "disable",
        "encryption_support": "enable", "transit_gateway_cidr_blocks": ["10.99.0.0/24", "10.98.0.0/24"],
    });
    let (action, gateway) = cloud.apply(GATEWAY, &gateway, config).await;
    assert_eq!((action, get(&gateway, "tags_all")), (Action::Update, json!({})));
    let (action, gateway) = cloud.apply(GATEWAY, &gateway, json!({"encryption_support": "disable"})).await;
    assert_eq!((action, get(&gateway, "transit_gateway_cidr_blocks")), (Action::Update, Json::Null));
    let (action, gateway) = cloud.apply(GATEWAY, &gateway, json!({"multicast_support": "enable"})).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy(GATEWAY, &gateway).await;
}

#[tokio::test]
async fn attachment_and_tables() {
    let Some(cloud) = Cloud::open_stub("eu-west-3", json!({})).await else { return };
    let (gateway, vpc, attachment, both) = attached(&cloud, "eu-west-3").await;
    assert_eq!(get(&attachment, "transit_gateway_default_route_table_association"), json!(true));
    cloud.import(ATTACHMENT, &text(&attachment, "id"), &attachment, &[]).await;
    let (action, attachment) = cloud.apply(ATTACHMENT, &attachment, both).await;
    assert_eq!(action, Action::Update);
    assert_eq!(get(&attachment, "transit_gateway_default_route_table_association"), json!(false));
    let id = text(&attachment, "id");

    let config = json!({"transit_gateway_id": text(&gateway, "id"), "tags": {"Name": "r"}});
    let table = cloud.create_twice(TABLE, config).await;
    cloud.import(TABLE, &text(&table, "id"), &table, &[]).await;
    let config = json!({"transit_gateway_id": text(&gateway, "id")});
    let (_, table) = cloud.apply(TABLE, &table, config).await;
    let table_id = text(&table, "id");

    let key = json!({"transit_gateway_attachment_id": id, "transit_gateway_route_table_id": table_id});
    let import = format!("{table_id}_{id}");
    let association = cloud.create_twice(ASSOCIATION, key.clone()).await;
    assert_eq!(text(&association, "resource_id"), text(&vpc, "id"));
    cloud.import(ASSOCIATION, &import, &association, &[]).await;
    let propagation = cloud.create_twice(PROPAGATION, key).await;
    assert_eq!(text(&propagation, "resource_type"), "vpc");
    cloud.import(PROPAGATION, &import, &propagation, &[]).await;

    let config = json!({
        "destination_cidr_block": "10.9.0.0/16", "transit_gateway_attachment_id": id,
        "transit_gateway_route_table_id": table_id,
    });
    let route = cloud.create_twice(ROUTE, config).await;
    cloud.import(ROUTE, &format!("{table_id}_10.9.0.0/16"), &route, &[]).await;
    let config = json!({
        "destination_cidr_block": "10.9.0.0/16", "blackhole": true, "transit_gateway_route_table_id": table_id,
    });
    let (action, route) = cloud.apply(ROUTE, &route, config).await;
    assert_eq!(action, Action::Replace);
    let neither =
        json!({"destination_cidr_block": "10.9.0.0/16", "transit_gateway_route_table_id": table_id});
    assert_eq!(cloud.problems(ROUTE, &neither), ["Exactly one target is needed"]);

    let here = cloud.create("aws_route_table", json!({"vpc_id": text(&vpc, "id")})).await;
    let config = json!({
        "route_table_id": text(&here, "id"), "destination_cidr_block": "10.0.0.0/8",
        "transit_gateway_id": text(&gateway, "id"),
    });
    let way = cloud.create("aws_route", config).await;
    cloud.destroy("aws_route", &way).await;
    cloud.destroy("aws_route_table", &here).await;
    cloud.destroy(ROUTE, &route).await;
    cloud.destroy(PROPAGATION, &propagation).await;
    cloud.destroy(ASSOCIATION, &association).await;
    cloud.destroy(TABLE, &table).await;
    cloud.destroy(ATTACHMENT, &attachment).await;
    cloud.destroy(GATEWAY, &gateway).await;
}

/// Many routes of a table are one request for each page.
#[tokio::test]
async fn routes_in_batches() {
    let Some(cloud) = Cloud::open_stub("ca-central-1", json!({})).await else { return };
    let gateway = cloud.create(GATEWAY, json!({})).await;
    let table = text(&gateway, "association_default_route_table_id");
    let mut routes = Vec::new();
    for n in 0..6 {
        let config = json!({
            "destination_cidr_block": format!("10.{n}.0.0/16"), "blackhole": true,
            "transit_gateway_route_table_id": table,
        });
        routes.push(cloud.create(ROUTE, config).await);
    }
    let (requests, read) = cloud.requests(cloud.read_all(ROUTE, &routes)).await;
    assert_eq!(read.into_iter().flatten().count(), 6);
    assert_eq!(requests, 2, "the stub gives five to a page");
}
