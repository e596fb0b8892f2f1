//! Instances, network interfaces, volumes, keys, and tags of their own.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

const KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD3F6tyPEFEzV0LX3X8BsXdMsQz1x2cEikKDEY0aIj41qgxMCP/iteneqXSIFZBp5vizPvaoIR3Um9xK7PGoW8giupGn+EPuxIA4cDM4vzOqOkiMPhz5XK0whEjkVzTo4+S0puvDZuwIsdiW9mxhJc7tgBNL0cYlWSYVkz4G/fslNfRPW5mYAM49f4fhtxPb5ok4Q2Lg9dPKVHO/Bgeu5woMc7RY0p1ej6D4CKFE6lymSDJpW0YHX/wqE9+cfEauh7xZcG0q9t2ta6F6fmX0agvpFyZo8aFbXeUBr7osSCJNgvavWbM/06niWrOvYX2xwWdhXmXSrbX8ZbabVohBK41";

/// A subnet of a VPC.
async fn subnet(cloud: &Cloud, zone: &str) -> (Value, Value) {
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let config = json!({"vpc_id": text(&vpc, "id"), "cidr_block": "10.0.1.0/24", "availability_zone": zone});
    let subnet = cloud.create("aws_subnet", config).await;
    (vpc, subnet)
}

#[tokio::test]
async fn key_pair() {
    let Some(cloud) = Cloud::open("ap-southeast-1").await else { return };
    let config = |key: &str, tags: Json| json!({"key_name_prefix": "team-", "public_key": key, "tags": tags});
    let key = cloud.create("aws_key_pair", config(&format!("{KEY} me@here"), json!({"Name": "a"}))).await;
    assert!(text(&key, "key_name").starts_with("team-"));
    let (action, key) = cloud.apply("aws_key_pair", &key, config(&format!("{KEY} other"), json!({}))).await;
    assert_eq!((action, get(&key, "tags_all")), (Action::Update, json!({})));
    cloud.destroy("aws_key_pair", &key).await;
    let named = cloud.create_twice("aws_key_pair", json!({"key_name": "team", "public_key": KEY})).await;
    cloud.import("aws_key_pair", "team", &named, &["public_key", "key_name_prefix"]).await;
    cloud.destroy("aws_key_pair", &named).await;
}

#[tokio::test]
async fn network_interface_and_its_groups() {
    let Some(cloud) = Cloud::open("ap-southeast-2").await else { return };
    let (vpc, subnet) = subnet(&cloud, "ap-southeast-2a").await;
    let group = |name: &str| json!({"vpc_id": text(&vpc, "id"), "name": name});
    let first = cloud.create("aws_security_group", group("first")).await;
    let second = cloud.create("aws_security_group", group("second")).await;
    let name = "aws_network_interface";
    let config = |description: &str, check: bool| {
        json!({"subnet_id": text(&subnet, "id"), "private_ips": ["10.0.1.10"], "description": description,
            "security_groups": [text(&first, "id")], "source_dest_check": check, "tags": {"Name": "a"}})
    };
    let interface = cloud.create_twice(name, config("one", true)).await;
    cloud.import(name, &text(&interface, "id"), &interface, &[]).await;
    let (action, interface) = cloud.apply(name, &interface, config("one", false)).await;
    assert_eq!((action, get(&interface, "source_dest_check")), (Action::Update, json!(false)));

    let attachment = "aws_network_interface_sg_attachment";
    let config =
        json!({"network_interface_id": text(&interface, "id"), "security_group_id": text(&second, "id")});
    let attached = cloud.create_twice(attachment, config).await;
    let import = format!("{}_{}", text(&interface, "id"), text(&second, "id"));
    cloud.import(attachment, &import, &attached, &["timeouts"]).await;
    cloud.destroy(attachment, &attached).await;
    let there = cloud.read(name, &interface).await.unwrap();
    assert_eq!(get(&there, "security_groups"), json!([text(&first, "id")]));
    cloud.destroy(name, &interface).await;
}

#[tokio::test]
async fn instance_with_interface_volume_and_address() {
    let Some(cloud) = Cloud::open("ap-south-1").await else { return };
    let (vpc, subnet) = subnet(&cloud, "ap-south-1a").await;
    let group = cloud.create("aws_security_group", json!({"vpc_id": text(&vpc, "id"), "name": "g"})).await;
    let config = |kind: &str, more: Json| {
        let mut config = json!({"ami": "ami-12c6146b", "instance_type": kind, "subnet_id": text(&subnet, "id"),
            "vpc_security_group_ids": [text(&group, "id")], "user_data": "#!/bin/sh\necho hello\n",
            "metadata_options": [{"http_tokens": "required"}], "tags": {"Name": "a"}});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let name = "aws_instance";
    let instance = cloud.create(name, config("t3.micro", json!({}))).await;
    assert_eq!(text(&instance, "instance_state"), "running");
    assert_eq!(text(&instance, "user_data"), "#!/bin/sh\necho hello\n");
    let (action, instance) = cloud.apply(name, &instance, config("t3.small", json!({}))).await;
    assert_eq!((action, text(&instance, "instance_state")), (Action::Update, "running".into()));
    let more = json!({"disable_api_termination": true, "tags": {}});
    let (action, instance) = cloud.apply(name, &instance, config("t3.small", more)).await;
    assert_eq!((action, get(&instance, "disable_api_termination")), (Action::Update, json!(true)));
    let more = json!({"disable_api_termination": false, "tags": {}});
    let (_, instance) = cloud.apply(name, &instance, config("t3.small", more)).await;

    let id = text(&instance, "id");
    let volume = json!({"availability_zone": "ap-south-1a", "size": 8, "type": "gp3", "tags": {"Name": "v"}});
    let volume = cloud.create_twice("aws_ebs_volume", volume).await;
    cloud.import("aws_ebs_volume", &text(&volume, "id"), &volume, &["timeouts"]).await;
    let attachment = "aws_volume_attachment";
    let config = json!({"device_name": "/dev/sdh", "instance_id": id, "volume_id": text(&volume, "id")});
    let attached = cloud.create_twice(attachment, config).await;
    let import = format!("/dev/sdh:{}:{id}", text(&volume, "id"));
    cloud.import(attachment, &import, &attached, &["timeouts"]).await;

    let eip = cloud.create("aws_eip", json!({"domain": "vpc"})).await;
    let association = json!({"allocation_id": text(&eip, "id"), "instance_id": id});
    let association = cloud.create("aws_eip_association", association).await;
    cloud.import("aws_eip_association", &text(&association, "id"), &association, &[]).await;
    cloud.destroy("aws_eip_association", &association).await;

    let interface = cloud.create("aws_network_interface", json!({"subnet_id": text(&subnet, "id")})).await;
    let config =
        json!({"network_interface_id": text(&interface, "id"), "instance_id": id, "device_index": 1});
    let plugged = cloud.create_twice("aws_network_interface_attachment", config).await;
    cloud.import("aws_network_interface_attachment", &text(&plugged, "id"), &plugged, &[]).await;
    cloud.destroy("aws_network_interface_attachment", &plugged).await;
    cloud.destroy("aws_network_interface", &interface).await;
    cloud.destroy(attachment, &attached).await;
    cloud.destroy("aws_ebs_volume", &volume).await;
    cloud.destroy(name, &instance).await;
}

#[tokio::test]
async fn a_tag_by_itself() {
    let Some(cloud) = Cloud::open("ap-east-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let id = text(&vpc, "id");
    let config = |value: &str| json!({"resource_id": id, "key": "Team", "value": value});
    let tag = cloud.create_twice("aws_ec2_tag", config("a")).await;
    cloud.import("aws_ec2_tag", &format!("{id},Team"), &tag, &[]).await;
    let (action, tag) = cloud.apply("aws_ec2_tag", &tag, config("b")).await;
    assert_eq!(action, Action::Update);
    cloud.destroy("aws_ec2_tag", &tag).await;
}

#[tokio::test]
async fn prefix_list_and_entry() {
    let Some(cloud) = Cloud::open("me-south-1").await else { return };
    let name = "aws_ec2_managed_prefix_list";
    let config = |entries: Json, tags: Json| json!({"name": "offices", "address_family": "IPv4", "max_entries": 5, "entry": entries, "tags": tags});
    let one = json!({"cidr": "10.0.0.0/8", "description": "all"});
    let two = json!({"cidr": "192.168.0.0/16"});
    let list = cloud.create_twice(name, config(json!([one]), json!({"Name": "a"}))).await;
    cloud.import(name, &text(&list, "id"), &list, &[]).await;
    let (action, list) = cloud.apply(name, &list, config(json!([one, two]), json!({"Name": "a"}))).await;
    assert_eq!(action, Action::Update);
    cloud.destroy(name, &list).await;

    let bare = json!({"name": "bare", "address_family": "IPv4", "max_entries": 5});
    let list = cloud.create(name, bare).await;
    let id = text(&list, "id");
    let entry = "aws_ec2_managed_prefix_list_entry";
    let config = |cidr: &str| json!({"prefix_list_id": id, "cidr": cidr, "description": "x"});
    let first = cloud.create_twice(entry, config("10.1.0.0/16")).await;
    cloud.import(entry, &format!("{id},10.1.0.0/16"), &first, &[]).await;
    cloud.destroy(entry, &first).await;
    cloud.destroy(name, &list).await;
}

#[tokio::test]
async fn main_route_table_default_subnet_and_reservation() {
    let Some(cloud) = Cloud::open("sa-east-1").await else { return };
    let (vpc, subnet) = subnet(&cloud, "sa-east-1a").await;
    let table = cloud.create("aws_route_table", json!({"vpc_id": text(&vpc, "id")})).await;
    let other = cloud.create("aws_route_table", json!({"vpc_id": text(&vpc, "id")})).await;
    let name = "aws_main_route_table_association";
    let config = |table: &Value| json!({"vpc_id": text(&vpc, "id"), "route_table_id": text(table, "id")});
    let main = cloud.create(name, config(&table)).await;
    let (action, main) = cloud.apply(name, &main, config(&other)).await;
    assert_eq!(action, Action::Update);
    cloud.destroy(name, &main).await;

    let name = "aws_ec2_subnet_cidr_reservation";
    let config =
        json!({"subnet_id": text(&subnet, "id"), "cidr_block": "10.0.1.16/28", "reservation_type": "prefix"});
    let reservation = cloud.create_twice(name, config).await;
    let import = format!("{}:{}", text(&subnet, "id"), text(&reservation, "id"));
    cloud.import(name, &import, &reservation, &[]).await;
    cloud.destroy(name, &reservation).await;

    let name = "aws_default_subnet";
    let config = |tags: Json| json!({"availability_zone": "sa-east-1b", "tags": tags});
    let adopted = cloud.create(name, config(json!({"Name": "a"}))).await;
    assert_eq!(get(&adopted, "existing_default_subnet"), json!(true));
    let (action, _) = cloud.apply(name, &adopted, config(json!({}))).await;
    assert_eq!(action, Action::Update);
}
