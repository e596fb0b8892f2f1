//! Security groups and their rules.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

fn rule(protocol: &str, port: u16, cidrs: &[&str]) -> Json {
    json!({"protocol": protocol, "from_port": port, "to_port": port, "cidr_blocks": cidrs})
}

#[tokio::test]
async fn security_group_with_rules() {
    let Some(cloud) = Cloud::open("us-east-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");
    let own = json!({"protocol": "-1", "from_port": 0, "to_port": 0, "self": true, "description": "own"});
    let config = json!({"name": "web", "vpc_id": vpc_id,
        "ingress": [rule("tcp", 443, &["192.168.0.0/16", "10.0.0.0/8"]), own],
        "egress": [rule("-1", 0, &["0.0.0.0/0"])]});
    let group = cloud.create("aws_security_group", config).await;
    assert_eq!(text(&group, "description"), "Managed by Terraform");
    assert_eq!(get(&group, "ingress").as_array().map(Vec::len), Some(2));
    let config = json!({"name": "web", "vpc_id": vpc_id, "ingress": [rule("tcp", 80, &["10.0.0.0/8"])],
        "egress": [], "tags": {"a": "b"}, "revoke_rules_on_delete": true});
    let (action, group) = cloud.apply("aws_security_group", &group, config).await;
    assert_eq!((action, get(&group, "egress")), (Action::Update, json!([])));
    let unknown = &["revoke_rules_on_delete", "name_prefix"];
    cloud.import("aws_security_group", &text(&group, "id"), &group, unknown).await;
    let id = text(&group, "id");
    let config = json!({"name_prefix": "web-", "vpc_id": vpc_id});
    let (action, group) = cloud.apply("aws_security_group", &group, config).await;
    assert_eq!(action, Action::Replace);
    assert_ne!(text(&group, "id"), id);
    assert!(text(&group, "name").starts_with("web-20"));
    cloud.destroy("aws_security_group", &group).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn rules_of_their_own() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let group = |name: &str| json!({"name": name, "vpc_id": text(&vpc, "id")});
    let group_a = cloud.create("aws_security_group", group("a")).await;
    let group_b = cloud.create("aws_security_group", group("b")).await;
    let (a, b) = (text(&group_a, "id"), text(&group_b, "id"));

    let ingress = "aws_vpc_security_group_ingress_rule";
    let config = |port: u16| {
        json!({"security_group_id": a, "ip_protocol": "tcp", "from_port": port, "to_port": port,
            "cidr_ipv4": "10.0.0.0/8", "tags": {"n": port.to_string()}})
    };
    let in_rule = cloud.create(ingress, config(80)).await;
    cloud.import(ingress, &text(&in_rule, "id"), &in_rule, &[]).await;
    let (action, in_rule) = cloud.apply(ingress, &in_rule, config(81)).await;
    assert_eq!((action, get(&in_rule, "from_port")), (Action::Update, json!(81)));

    let egress = "aws_vpc_security_group_egress_rule";
    let config = json!({"security_group_id": a, "ip_protocol": "all", "referenced_security_group_id": b});
    let out_rule = cloud.create(egress, config).await;
    assert_eq!((text(&out_rule, "ip_protocol"), get(&out_rule, "from_port")), ("all".into(), json!(null)));

    let classic = "aws_security_group_rule";
    let config = |description: &str| {
        json!({"security_group_id": b, "type": "ingress", "protocol": "udp", "from_port": 53, "to_port": 53,
            "cidr_blocks": ["172.16.0.0/12", "10.0.0.0/8"], "description": description})
    };
    let rule = cloud.create(classic, config("dns")).await;
    let id = format!("{b}_ingress_udp_53_53_172.16.0.0/12_10.0.0.0/8");
    cloud.import(classic, &id, &rule, &[]).await;
    let (action, rule) = cloud.apply(classic, &rule, config("names")).await;
    assert_eq!((action, text(&rule, "description")), (Action::Update, "names".into()));

    cloud.destroy(classic, &rule).await;
    cloud.destroy(egress, &out_rule).await;
    cloud.destroy(ingress, &in_rule).await;
    cloud.destroy("aws_security_group", &group_a).await;
    cloud.destroy("aws_security_group", &group_b).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

/// The module for security groups lists the rules it makes, and wants no others.
#[tokio::test]
async fn no_rules_but_the_listed_ones() {
    let Some(cloud) = Cloud::open("ca-central-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let make = |name: &str| json!({"name": name, "vpc_id": text(&vpc, "id")});
    let group = cloud.create("aws_security_group", make("only")).await;
    let other = cloud.create("aws_security_group", make("other")).await;
    let id = text(&group, "id");
    let rule = |port: u16| {
        json!({"security_group_id": id, "ip_protocol": "tcp", "from_port": port, "to_port": port,
            "cidr_ipv4": "10.0.0.0/8"})
    };
    let (ingress, egress) = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule");
    let first = cloud.create(ingress, rule(80)).await;
    let second = cloud.create(ingress, rule(81)).await;
    let out = cloud.create(egress, rule(443)).await;
    let elsewhere =
        json!({"security_group_id": text(&other, "id"), "ip_protocol": "-1", "cidr_ipv4": "10.0.0.0/8"});
    let elsewhere = cloud.create(ingress, elsewhere).await;

    let only = "aws_vpc_security_group_rules_exclusive";
    let config = |ingress: &[&Value], egress: &[&Value]| {
        let ids = |rules: &[&Value]| rules.iter().map(|r| text(r, "id")).collect::<Vec<_>>();
        json!({"security_group_id": id, "ingress_rule_ids": ids(ingress), "egress_rule_ids": ids(egress)})
    };
    let all = cloud.create(only, config(&[&first, &second], &[&out])).await;
    cloud.import(only, &id, &all, &[]).await;
    let (action, fewer) = cloud.apply(only, &all, config(&[&second], &[])).await;
    assert_eq!(action, Action::Update);
    assert!(cloud.read(ingress, &first).await.is_none() && cloud.read(egress, &out).await.is_none());
    assert!(cloud.read(ingress, &second).await.is_some() && cloud.read(ingress, &elsewhere).await.is_some());

    let third = cloud.create(ingress, rule(82)).await;
    let now = cloud.read(only, &fewer).await.expect("the group is there");
    assert_eq!(get(&now, "ingress_rule_ids").as_array().map(Vec::len), Some(2), "the new rule is drift");
    let (_, fewer) = cloud.apply(only, &now, config(&[&second], &[])).await;
    assert!(cloud.read(ingress, &third).await.is_none());

    // Destroyed, it leaves the rules.
    cloud.change(only, &fewer, &Value::null(fewer.ty()), &Value::NULL, cloud.token(), false).await;
    assert!(cloud.read(ingress, &second).await.is_some() && cloud.read(only, &fewer).await.is_some());
    for (kind, object) in [(ingress, &second), (ingress, &elsewhere)] {
        cloud.destroy(kind, object).await;
    }
    cloud.destroy("aws_security_group", &group).await;
    assert!(cloud.read(only, &all).await.is_none(), "without its group there is none");
    cloud.destroy("aws_security_group", &other).await;
    cloud.destroy("aws_vpc", &vpc).await;
}
