//! VPCs and subnets.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;
use terrane_value::Value;

#[tokio::test]
async fn vpc() {
    let Some(cloud) = Cloud::open("eu-west-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    assert_eq!(get(&vpc, "enable_dns_support"), true);
    assert_eq!(get(&vpc, "enable_dns_hostnames"), false);
    assert_eq!(get(&vpc, "region"), "eu-west-1");
    assert!(text(&vpc, "main_route_table_id").starts_with("rtb-"));
    assert!(text(&vpc, "default_network_acl_id").starts_with("acl-"));
    assert!(text(&vpc, "default_security_group_id").starts_with("sg-"));
    assert_eq!(text(&vpc, "arn"), format!("arn:aws:ec2:eu-west-1:123456789012:vpc/{}", text(&vpc, "id")));
    cloud.import("aws_vpc", &text(&vpc, "id"), &vpc, &["assign_generated_ipv6_cidr_block"]).await;

    let config =
        json!({"cidr_block": "10.0.0.0/16", "enable_dns_hostnames": true, "tags": {"Name": "a", "x": "1"}});
    let (action, vpc) = cloud.apply("aws_vpc", &vpc, config).await;
    assert_eq!((action, get(&vpc, "tags")), (Action::Update, json!({"Name": "a", "x": "1"})));
    let config = json!({"cidr_block": "10.0.0.0/16", "enable_dns_support": false, "enable_dns_hostnames": false,
        "assign_generated_ipv6_cidr_block": true, "tags": {"Name": "b"}});
    let (action, vpc) = cloud.apply("aws_vpc", &vpc, config).await;
    assert_eq!((action, get(&vpc, "tags_all")), (Action::Update, json!({"Name": "b"})));
    assert!(text(&vpc, "ipv6_cidr_block").ends_with("/56"));
    let id = text(&vpc, "id");
    let (action, vpc) = cloud.apply("aws_vpc", &vpc, json!({"cidr_block": "10.1.0.0/16"})).await;
    assert_eq!(action, Action::Replace);
    assert_ne!(id, text(&vpc, "id"));
    let unknown = &["assign_generated_ipv6_cidr_block"];
    cloud.import("aws_vpc", &format!("{}@eu-west-1", text(&vpc, "id")), &vpc, unknown).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn subnet() {
    let Some(cloud) = Cloud::open("eu-west-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let id = text(&vpc, "id");
    let config = json!({"vpc_id": id, "cidr_block": "10.0.1.0/24", "tags": {"Name": "a"}});
    let subnet = cloud.create("aws_subnet", config).await;
    assert!(text(&subnet, "availability_zone").starts_with("eu-west-2"));
    assert_eq!(get(&subnet, "ipv6_cidr_block"), "");
    // An import tells false where nothing is set.
    let unset = ["map_customer_owned_ip_on_launch"];
    cloud.import("aws_subnet", &text(&subnet, "id"), &subnet, &unset).await;
    let config = json!({"vpc_id": id, "cidr_block": "10.0.1.0/24", "map_public_ip_on_launch": true});
    let (action, subnet) = cloud.apply("aws_subnet", &subnet, config).await;
    assert_eq!((action, get(&subnet, "map_public_ip_on_launch")), (Action::Update, json!(true)));
    assert_eq!(get(&subnet, "tags_all"), json!({}));
    let config = json!({"vpc_id": id, "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-2b"});
    let zone = text(&subnet, "availability_zone");
    let (action, subnet) = cloud.apply("aws_subnet", &subnet, config).await;
    assert_eq!(action, if zone == "eu-west-2b" { Action::Update } else { Action::Replace });
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn many_subnets_take_few_requests() {
    let Some(cloud) = Cloud::open("eu-west-3").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let config = json!({"vpc_id": text(&vpc, "id"), "cidr_block": "10.0.1.0/24"});
    let subnet = cloud.create("aws_subnet", config).await;
    let absent = |i: usize| subnet.with_attribute("id", Value::from(format!("subnet-{i:017x}")));
    let states: Vec<Value> = std::iter::once(subnet.clone()).chain((1..800).map(absent)).collect();
    let (requests, read) = cloud.requests(cloud.read_all("aws_subnet", &states)).await;
    assert_eq!(requests, 4);
    assert_eq!(read[0].as_ref(), Some(&subnet));
    assert!(read[1..].iter().all(Option::is_none));
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

/// A create that is repeated after a crash adopts what the first attempt made.
#[tokio::test]
async fn a_repeated_create_adopts() {
    let Some(cloud) = Cloud::open("eu-north-1").await else { return };
    let config = cloud.config("aws_vpc", &json!({"cidr_block": "10.0.0.0/16", "tags": {"Name": "a"}}));
    let (_, planned) = cloud.plan("aws_vpc", &Value::NULL, &config).await;
    let token = cloud.token();
    // The first attempt got as far as the call that creates.
    let id = cloud.create_vpc_with_token(&token).await;
    let vpc = cloud.change("aws_vpc", &Value::NULL, &planned, &config, token, true).await;
    assert_eq!(text(&vpc, "id"), id);
    assert_eq!(cloud.operation_tags(&id).await, 1, "until the outcome is recorded, the object can be found");
    cloud.settled("aws_vpc", &vpc).await;
    assert_eq!(cloud.operation_tags(&id).await, 0, "the mark of the operation is gone");
    cloud.destroy("aws_vpc", &vpc).await;
}

/// Default tags are in `tags_all` and on the object, not in `tags`; ignored tags are nowhere.
#[tokio::test]
async fn default_and_ignored_tags() {
    let settings = json!({
        "default_tags": [{"tags": {"owner": "net", "env": "prod"}}],
        "ignore_tags": [{"keys": ["patched"]}],
    });
    let Some(cloud) = Cloud::open_with("eu-south-1", settings).await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16", "tags": {"env": "test"}})).await;
    assert_eq!(get(&vpc, "tags"), json!({"env": "test"}));
    assert_eq!(get(&vpc, "tags_all"), json!({"env": "test", "owner": "net"}));
    cloud.tag(&text(&vpc, "id"), "patched", "yes").await;
    let read = cloud.read("aws_vpc", &vpc).await;
    assert_eq!(read.as_ref(), Some(&vpc));
    let (action, vpc) = cloud.apply("aws_vpc", &vpc, json!({"cidr_block": "10.0.0.0/16"})).await;
    assert_eq!((action, get(&vpc, "tags")), (Action::Update, json!(null)));
    assert_eq!(get(&vpc, "tags_all"), json!({"env": "prod", "owner": "net"}));
    assert_eq!(cloud.tags(&text(&vpc, "id")).await, json!({"env": "prod", "owner": "net", "patched": "yes"}));
    cloud.destroy("aws_vpc", &vpc).await;
}

/// Each object can be in a region of its own, under one provider configuration.
#[tokio::test]
async fn region_of_a_resource() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16", "region": "us-west-2"})).await;
    assert!(text(&vpc, "arn").starts_with("arn:aws:ec2:us-west-2:"));
    let (action, vpc) = cloud.apply("aws_vpc", &vpc, json!({"cidr_block": "10.0.0.0/16"})).await;
    assert_eq!((action, text(&vpc, "region")), (Action::Replace, "us-east-1".into()));
    cloud.destroy("aws_vpc", &vpc).await;
}
