//! What belongs to a VPC: further ranges, DHCP options, flow logs, egress-only gateways.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

#[tokio::test]
async fn further_ipv4_range() {
    let Some(cloud) = Cloud::open("ap-northeast-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let config = |range: &str| json!({"vpc_id": text(&vpc, "id"), "cidr_block": range});
    let name = "aws_vpc_ipv4_cidr_block_association";
    let range = cloud.create_twice(name, config("10.1.0.0/16")).await;
    cloud.import(name, &text(&range, "id"), &range, &[]).await;
    let (action, range) = cloud.apply(name, &range, config("10.2.0.0/16")).await;
    assert_eq!((action, text(&range, "cidr_block")), (Action::Replace, "10.2.0.0/16".into()));
    cloud.destroy(name, &range).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn egress_only_internet_gateway() {
    let Some(cloud) = Cloud::open("ap-northeast-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let name = "aws_egress_only_internet_gateway";
    let config = json!({"vpc_id": text(&vpc, "id"), "tags": {"Name": "a"}});
    let gateway = cloud.create_twice(name, config).await;
    cloud.import(name, &text(&gateway, "id"), &gateway, &[]).await;
    let (action, gateway) = cloud.apply(name, &gateway, json!({"vpc_id": text(&vpc, "id")})).await;
    assert_eq!((action, get(&gateway, "tags_all")), (Action::Update, json!({})));
    cloud.destroy(name, &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn dhcp_options() {
    let Some(cloud) = Cloud::open("ap-northeast-3").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let config = json!({"domain_name": "example.org", "domain_name_servers": ["10.0.0.2", "10.0.0.3"]});
    let options = cloud.create("aws_vpc_dhcp_options", config).await;
    cloud.import("aws_vpc_dhcp_options", &text(&options, "id"), &options, &[]).await;
    let config = json!({"domain_name": "example.org", "domain_name_servers": ["10.0.0.2", "10.0.0.3"],
        "tags": {"Name": "a"}});
    let (action, options) = cloud.apply("aws_vpc_dhcp_options", &options, config).await;
    assert_eq!(action, Action::Update);
    let other = cloud.create("aws_vpc_dhcp_options", json!({"ntp_servers": ["10.0.0.4"]})).await;

    let name = "aws_vpc_dhcp_options_association";
    let config =
        |id: &terrane_value::Value| json!({"vpc_id": text(&vpc, "id"), "dhcp_options_id": text(id, "id")});
    let association = cloud.create_twice(name, config(&options)).await;
    cloud.import(name, &text(&vpc, "id"), &association, &[]).await;
    // Moto holds a set that a VPC has left for another one to be in use for ever.
    let moved = cloud.config(name, &config(&other));
    let (action, planned) = cloud.plan(name, &association, &moved).await;
    assert_eq!(action, Action::Update);
    assert!(!planned.is_wholly_known(), "the id is another one then");
    cloud.destroy(name, &association).await;
    cloud.destroy("aws_vpc_dhcp_options", &other).await;
    cloud.destroy("aws_vpc_dhcp_options", &options).await;
    cloud.destroy("aws_vpc", &vpc).await;
    let none = cloud.problems("aws_vpc_dhcp_options", &json!({}));
    assert_eq!(none, ["A set of DHCP options without options"]);
}

#[tokio::test]
async fn flow_log() {
    let Some(cloud) = Cloud::open("ca-central-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let config = |traffic: &str| {
        json!({"vpc_id": text(&vpc, "id"), "traffic_type": traffic, "tags": {"Name": "f"},
            "iam_role_arn": "arn:aws:iam::123456789012:role/flow",
            "log_destination": "arn:aws:logs:ca-central-1:123456789012:log-group:flow"})
    };
    let log = cloud.create_twice("aws_flow_log", config("ALL")).await;
    cloud.import("aws_flow_log", &text(&log, "id"), &log, &[]).await;
    let (action, log) = cloud.apply("aws_flow_log", &log, config("REJECT")).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy("aws_flow_log", &log).await;
    cloud.destroy("aws_vpc", &vpc).await;
    let problems = cloud.problems("aws_flow_log", &json!({"vpc_id": "vpc-1", "subnet_id": "subnet-1"}));
    assert_eq!(problems.len(), 2, "{problems:?}");
}
