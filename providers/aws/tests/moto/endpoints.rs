//! Endpoints of VPCs and what is attached to them, and services for endpoints.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}"#;
const SAME: &str = r#"{"Statement":{"Action":["s3:GetObject"],"Effect":"Allow","Principal":"*","Resource":["*"]},"Version":"2012-10-17"}"#;

#[tokio::test]
async fn gateway() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let service = "com.amazonaws.us-west-1.s3";
    let config = |policy: &str, tags: serde_json::Value| json!({"vpc_id": text(&vpc, "id"), "service_name": service, "policy": policy, "tags": tags});
    let endpoint = cloud.create_twice("aws_vpc_endpoint", config(POLICY, json!({"Name": "a"}))).await;
    assert_eq!(text(&endpoint, "vpc_endpoint_type"), "Gateway");
    assert!(text(&endpoint, "prefix_list_id").starts_with("pl-"));
    cloud.import("aws_vpc_endpoint", &text(&endpoint, "id"), &endpoint, &[]).await;
    let (action, endpoint) =
        cloud.apply("aws_vpc_endpoint", &endpoint, config(SAME, json!({"Name": "a"}))).await;
    assert_eq!(action, Action::Nothing, "the same policy in other words");
    let other = POLICY.replace("GetObject", "PutObject");
    let (action, endpoint) = cloud.apply("aws_vpc_endpoint", &endpoint, config(&other, json!({}))).await;
    assert_eq!((action, get(&endpoint, "tags_all")), (Action::Update, json!({})));
    let (none, two) = (
        json!({"vpc_id": "vpc-1"}),
        json!({"vpc_id": "vpc-1", "service_name": "a", "service_network_arn": "b"}),
    );
    assert_eq!(cloud.problems("aws_vpc_endpoint", &none), ["Missing goal of the endpoint"]);
    assert_eq!(cloud.problems("aws_vpc_endpoint", &two), ["Conflicting goal of the endpoint"]);
    cloud.destroy("aws_vpc_endpoint", &endpoint).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn interface_endpoint_and_its_parts() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let subnet = |n: u8, zone: &str| {
        json!({"vpc_id": text(&vpc, "id"), "cidr_block": format!("10.0.{n}.0/24"),
        "availability_zone": zone})
    };
    let one = cloud.create("aws_subnet", subnet(1, "us-west-2a")).await;
    let two = cloud.create("aws_subnet", subnet(2, "us-west-2b")).await;
    let group = |name: &str| json!({"vpc_id": text(&vpc, "id"), "name": name});
    let first = cloud.create("aws_security_group", group("first")).await;
    let second = cloud.create("aws_security_group", group("second")).await;
    let config = |subnets: &[&terrane_value::Value]| {
        let ids: Vec<String> = subnets.iter().map(|s| text(s, "id")).collect();
        json!({"vpc_id": text(&vpc, "id"), "service_name": "com.amazonaws.us-west-2.sqs",
            "vpc_endpoint_type": "Interface", "subnet_ids": ids, "security_group_ids": [text(&first, "id")],
            "private_dns_enabled": true})
    };
    let endpoint = cloud.create("aws_vpc_endpoint", config(&[&one])).await;
    assert_eq!(get(&endpoint, "network_interface_ids").as_array().unwrap().len(), 1);
    let (action, endpoint) = cloud.apply("aws_vpc_endpoint", &endpoint, config(&[&one, &two])).await;
    assert_eq!(action, Action::Update);
    let (action, endpoint) = cloud.apply("aws_vpc_endpoint", &endpoint, config(&[&one])).await;
    assert_eq!((action, get(&endpoint, "subnet_ids")), (Action::Update, json!([text(&one, "id")])));

    let id = text(&endpoint, "id");
    let name = "aws_vpc_endpoint_subnet_association";
    let association =
        cloud.create_twice(name, json!({"vpc_endpoint_id": id, "subnet_id": text(&two, "id")})).await;
    cloud.import(name, &format!("{id}/{}", text(&two, "id")), &association, &["timeouts"]).await;
    cloud.destroy(name, &association).await;
    let name = "aws_vpc_endpoint_security_group_association";
    let config = json!({"vpc_endpoint_id": id, "security_group_id": text(&second, "id")});
    let association = cloud.create_twice(name, config).await;
    cloud.import(name, &format!("{id}/{}", text(&second, "id")), &association, &[]).await;
    cloud.destroy(name, &association).await;
    let name = "aws_vpc_endpoint_policy";
    let policy = cloud.create_twice(name, json!({"vpc_endpoint_id": id, "policy": POLICY})).await;
    cloud.import(name, &id, &policy, &["timeouts"]).await;
    let (action, _) = cloud.apply(name, &policy, json!({"vpc_endpoint_id": id, "policy": SAME})).await;
    assert_eq!(action, Action::Nothing);

    let gateway = json!({"vpc_id": text(&vpc, "id"), "service_name": "com.amazonaws.us-west-2.s3"});
    let gateway = cloud.create("aws_vpc_endpoint", gateway).await;
    let table = cloud.create("aws_route_table", json!({"vpc_id": text(&vpc, "id")})).await;
    let name = "aws_vpc_endpoint_route_table_association";
    let config = json!({"vpc_endpoint_id": text(&gateway, "id"), "route_table_id": text(&table, "id")});
    let association = cloud.create_twice(name, config).await;
    let import = format!("{}/{}", text(&gateway, "id"), text(&table, "id"));
    cloud.import(name, &import, &association, &[]).await;
    cloud.destroy(name, &association).await;
}

#[tokio::test]
async fn peering() {
    let Some(cloud) = Cloud::open("eu-north-1").await else { return };
    let vpc = |n: u8| json!({"cidr_block": format!("10.{n}.0.0/16")});
    let one = cloud.create("aws_vpc", vpc(1)).await;
    let two = cloud.create("aws_vpc", vpc(2)).await;
    let name = "aws_vpc_peering_connection";
    let config = |tags: serde_json::Value| json!({"vpc_id": text(&one, "id"), "peer_vpc_id": text(&two, "id"), "tags": tags});
    let connection = cloud.create_twice(name, config(json!({"Name": "a"}))).await;
    assert_eq!(text(&connection, "accept_status"), "pending-acceptance");
    cloud.import(name, &text(&connection, "id"), &connection, &["timeouts"]).await;

    let accepter = "aws_vpc_peering_connection_accepter";
    let id = text(&connection, "id");
    let accept = |resolves: bool| {
        json!({"vpc_peering_connection_id": id, "auto_accept": true, "tags": {"Name": "a"},
            "accepter": [{"allow_remote_vpc_dns_resolution": resolves}]})
    };
    let accepted = cloud.create_twice(accepter, accept(true)).await;
    assert_eq!(text(&accepted, "accept_status"), "active");
    cloud.import(accepter, &id, &accepted, &["timeouts", "auto_accept"]).await;
    let (action, accepted) = cloud.apply(accepter, &accepted, accept(false)).await;
    assert_eq!(action, Action::Update);
    assert_eq!(get(&accepted, "accepter"), json!([{"allow_remote_vpc_dns_resolution": false}]));

    let options = "aws_vpc_peering_connection_options";
    let config_options = |resolves: bool| json!({"vpc_peering_connection_id": id, "requester": [{"allow_remote_vpc_dns_resolution": resolves}]});
    let set = cloud.create_twice(options, config_options(true)).await;
    cloud.import(options, &id, &set, &[]).await;
    let (action, _) = cloud.apply(options, &set, config_options(false)).await;
    assert_eq!(action, Action::Update);

    let connection = cloud.read(name, &connection).await.unwrap();
    let (action, connection) = cloud.apply(name, &connection, config(json!({"Name": "b"}))).await;
    assert_eq!((action, get(&connection, "tags_all")), (Action::Update, json!({"Name": "b"})));
    cloud.destroy(name, &connection).await;
    cloud.destroy("aws_vpc", &two).await;
    cloud.destroy("aws_vpc", &one).await;
}

#[tokio::test]
async fn peering_within_an_account_accepts_itself() {
    let Some(cloud) = Cloud::open("eu-south-1").await else { return };
    let vpc = |n: u8| json!({"cidr_block": format!("10.{n}.0.0/16")});
    let one = cloud.create("aws_vpc", vpc(1)).await;
    let two = cloud.create("aws_vpc", vpc(2)).await;
    let name = "aws_vpc_peering_connection";
    let config = |block: bool| {
        let mut config =
            json!({"vpc_id": text(&one, "id"), "peer_vpc_id": text(&two, "id"), "auto_accept": true});
        if block {
            config["requester"] = json!([{"allow_remote_vpc_dns_resolution": true}]);
        }
        config
    };
    let connection = cloud.create(name, config(true)).await;
    assert_eq!(text(&connection, "accept_status"), "active");
    assert_eq!(get(&connection, "requester"), json!([{"allow_remote_vpc_dns_resolution": true}]));
    let (action, connection) = cloud.apply(name, &connection, config(false)).await;
    assert_eq!(action, Action::Nothing, "options that are no longer configured stay");
    cloud.destroy(name, &connection).await;
}
