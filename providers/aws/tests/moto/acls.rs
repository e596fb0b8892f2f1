//! Network ACLs and their rules; what a VPC is made with: its default ACL, security group and
//! route table; the default VPC.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;
use terrane_value::Value;

/// Destroys what only the state forgets: the object stays.
async fn forget(cloud: &Cloud, type_name: &str, state: &Value) {
    let null = Value::null(state.ty());
    cloud.change(type_name, state, &null, &Value::NULL, cloud.token(), false).await;
    assert!(cloud.read(type_name, state).await.is_some(), "{type_name} is the VPC's and stays");
}

#[tokio::test]
async fn network_acl() {
    let Some(cloud) = Cloud::open("eu-west-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": vpc_id, "cidr_block": "10.0.1.0/24"})).await;
    let rule = |number: i64, port: i64| {
        json!({"rule_no": number, "action": "allow", "protocol": "tcp", "from_port": port, "to_port": port,
            "cidr_block": "0.0.0.0/0"})
    };
    let config = json!({"vpc_id": vpc_id, "ingress": [rule(100, 80), rule(110, 443)], "tags": {"Name": "a"}});
    let acl = cloud.create_twice("aws_network_acl", config).await;
    cloud.import("aws_network_acl", &text(&acl, "id"), &acl, &["ingress"]).await;
    assert_eq!(get(&acl, "egress"), json!([]));
    let config = json!({"vpc_id": vpc_id, "ingress": [rule(100, 8080)], "egress": [rule(100, 443)],
        "subnet_ids": [text(&subnet, "id")]});
    let (action, acl) = cloud.apply("aws_network_acl", &acl, config).await;
    assert_eq!(action, Action::Update);
    assert_eq!(get(&acl, "ingress").as_array().map(Vec::len), Some(1));
    assert_eq!(get(&acl, "subnet_ids"), json!([text(&subnet, "id")]));
    // No rules at all is not the same as not to say.
    let config = json!({"vpc_id": vpc_id, "ingress": [], "egress": [], "subnet_ids": []});
    let (action, acl) = cloud.apply("aws_network_acl", &acl, config).await;
    assert_eq!((action, get(&acl, "ingress")), (Action::Update, json!([])));
    assert_eq!(get(&acl, "subnet_ids"), json!([]));
    let config = json!({"vpc_id": vpc_id, "subnet_ids": [text(&subnet, "id")]});
    let (_, acl) = cloud.apply("aws_network_acl", &acl, config).await;
    // It can be deleted although a subnet uses it.
    cloud.destroy("aws_network_acl", &acl).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn network_acl_rules_and_association() {
    let Some(cloud) = Cloud::open("eu-west-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": vpc_id, "cidr_block": "10.0.1.0/24"})).await;
    let acl = cloud.create("aws_network_acl", json!({"vpc_id": vpc_id})).await;
    let config = |port: i64| {
        json!({"network_acl_id": text(&acl, "id"), "rule_number": 200, "egress": false, "protocol": "tcp",
            "rule_action": "allow", "cidr_block": "10.0.0.0/8", "from_port": port, "to_port": port})
    };
    let rule = cloud.create_twice("aws_network_acl_rule", config(22)).await;
    let id = format!("{}:200:tcp:false", text(&acl, "id"));
    cloud.import("aws_network_acl_rule", &id, &rule, &["protocol", "icmp_code", "icmp_type"]).await;
    let changed = cloud.config("aws_network_acl_rule", &config(23));
    let (action, _) = cloud.plan("aws_network_acl_rule", &rule, &changed).await;
    assert_eq!(action, Action::Replace);
    let all = json!({"network_acl_id": text(&acl, "id"), "rule_number": 200, "egress": true, "protocol": "-1",
        "rule_action": "deny", "ipv6_cidr_block": "::/0", "from_port": 0, "to_port": 0});
    let all = cloud.create("aws_network_acl_rule", all).await;
    assert_ne!(text(&all, "id"), text(&rule, "id"), "directions number their rules apart");

    let config = json!({"network_acl_id": text(&acl, "id"), "subnet_id": text(&subnet, "id")});
    let association = cloud.create_twice("aws_network_acl_association", config).await;
    cloud.import("aws_network_acl_association", &text(&association, "id"), &association, &[]).await;
    cloud.destroy("aws_network_acl_association", &association).await;
    // Once only: moto answers the second time with an error of its own.
    for rule in [all, rule] {
        let null = Value::null(rule.ty());
        cloud.change("aws_network_acl_rule", &rule, &null, &Value::NULL, cloud.token(), false).await;
        assert!(cloud.read("aws_network_acl_rule", &rule).await.is_none());
    }
    cloud.destroy("aws_network_acl", &acl).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

/// What a VPC is made with is adopted, emptied, filled and left.
#[tokio::test]
async fn defaults_of_a_vpc() {
    let Some(cloud) = Cloud::open("eu-central-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");

    let config =
        json!({"default_network_acl_id": text(&vpc, "default_network_acl_id"), "tags": {"Name": "d"}});
    let acl = cloud.create("aws_default_network_acl", config).await;
    assert_eq!((get(&acl, "ingress"), get(&acl, "egress")), (json!([]), json!([])));
    let config = json!({"default_network_acl_id": text(&vpc, "default_network_acl_id"), "ingress": [
        {"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0,
            "cidr_block": "0.0.0.0/0"},
        {"rule_no": 101, "action": "allow", "protocol": "tcp", "from_port": 1, "to_port": 2,
            "ipv6_cidr_block": "::/0"}]});
    let (action, acl) = cloud.apply("aws_default_network_acl", &acl, config).await;
    assert_eq!((action, get(&acl, "ingress").as_array().map(Vec::len)), (Action::Update, Some(2)));
    forget(&cloud, "aws_default_network_acl", &acl).await;

    let group = cloud.create("aws_default_security_group", json!({"vpc_id": vpc_id})).await;
    assert_eq!(text(&group, "id"), text(&vpc, "default_security_group_id"));
    assert_eq!((get(&group, "ingress"), get(&group, "egress")), (json!([]), json!([])));
    let config = json!({"vpc_id": vpc_id, "tags": {"Name": "d"},
        "egress": [{"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}]});
    let (action, group) = cloud.apply("aws_default_security_group", &group, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_default_security_group", &text(&group, "id"), &group, &[]).await;
    forget(&cloud, "aws_default_security_group", &group).await;

    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": vpc_id})).await;
    let table_id = text(&vpc, "default_route_table_id");
    let config = json!({"default_route_table_id": table_id,
        "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": text(&gateway, "id")}]});
    let table = cloud.create("aws_default_route_table", config).await;
    assert_eq!((text(&table, "id"), text(&table, "vpc_id")), (table_id.clone(), vpc_id.clone()));
    cloud.import("aws_default_route_table", &vpc_id, &table, &[]).await;
    let config = json!({"default_route_table_id": table_id, "route": [], "tags": {"Name": "d"}});
    let (action, table) = cloud.apply("aws_default_route_table", &table, config).await;
    assert_eq!((action, get(&table, "route")), (Action::Update, json!([])));
    forget(&cloud, "aws_default_route_table", &table).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn default_vpc() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let vpc = cloud.create("aws_default_vpc", json!({"tags": {"Name": "default"}})).await;
    assert_eq!(get(&vpc, "existing_default_vpc"), json!(true));
    let unset = ["assign_generated_ipv6_cidr_block"];
    cloud.import("aws_default_vpc", &text(&vpc, "id"), &vpc, &unset).await;
    let (action, vpc) = cloud.apply("aws_default_vpc", &vpc, json!({"enable_dns_hostnames": false})).await;
    assert_eq!((action, get(&vpc, "enable_dns_hostnames")), (Action::Update, json!(false)));
    forget(&cloud, "aws_default_vpc", &vpc).await;
}

#[tokio::test]
async fn rules_are_checked() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let rule = json!({"network_acl_id": "acl-1", "rule_number": 1, "protocol": "tcp", "rule_action": "permit",
        "cidr_block": "10.0.0.0/8"});
    assert_eq!(cloud.problems("aws_network_acl_rule", &rule).len(), 1);
    let acl = json!({"vpc_id": "vpc-1", "ingress": [{"rule_no": 1, "action": "allow", "protocol": "-1",
        "from_port": 1, "to_port": 2, "cidr_block": "10.0.0.1/8"}]});
    assert_eq!(cloud.problems("aws_network_acl", &acl), ["Invalid ports", "Invalid network"]);
}
