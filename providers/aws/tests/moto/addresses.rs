//! Internet gateways, addresses and NAT gateways.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

#[tokio::test]
async fn internet_gateway() {
    let Some(cloud) = Cloud::open("ap-south-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let other = cloud.create("aws_vpc", json!({"cidr_block": "10.1.0.0/16"})).await;
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": text(&vpc, "id")})).await;
    cloud.import("aws_internet_gateway", &text(&gateway, "id"), &gateway, &[]).await;
    let config = json!({"vpc_id": text(&other, "id"), "tags": {"Name": "g"}});
    let (action, gateway) = cloud.apply("aws_internet_gateway", &gateway, config).await;
    assert_eq!((action, text(&gateway, "vpc_id")), (Action::Update, text(&other, "id")));
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &other).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn eip() {
    let Some(cloud) = Cloud::open("ap-southeast-1").await else { return };
    let eip = cloud.create("aws_eip", json!({"domain": "vpc", "tags": {"Name": "a"}})).await;
    assert!(text(&eip, "id").starts_with("eipalloc-"));
    assert_eq!(text(&eip, "id"), text(&eip, "allocation_id"));
    let name =
        format!("ec2-{}.ap-southeast-1.compute.amazonaws.com", text(&eip, "public_ip").replace('.', "-"));
    assert_eq!(text(&eip, "public_dns"), name);
    cloud.import("aws_eip", &text(&eip, "id"), &eip, &[]).await;
    let (action, eip) = cloud.apply("aws_eip", &eip, json!({"domain": "vpc"})).await;
    assert_eq!((action, get(&eip, "tags_all")), (Action::Update, json!({})));
    cloud.destroy("aws_eip", &eip).await;
}

#[tokio::test]
async fn nat_gateway() {
    let Some(cloud) = Cloud::open("ap-southeast-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let subnet = json!({"vpc_id": text(&vpc, "id"), "cidr_block": "10.0.1.0/24"});
    let subnet = cloud.create("aws_subnet", subnet).await;
    let eip = cloud.create("aws_eip", json!({"domain": "vpc"})).await;
    let config = json!({"subnet_id": text(&subnet, "id"), "allocation_id": text(&eip, "id")});
    let nat = cloud.create("aws_nat_gateway", config).await;
    assert_eq!(text(&nat, "public_ip"), text(&eip, "public_ip"));
    cloud.import("aws_nat_gateway", &text(&nat, "id"), &nat, &[]).await;
    let config =
        json!({"subnet_id": text(&subnet, "id"), "allocation_id": text(&eip, "id"), "tags": {"Name": "n"}});
    let (action, nat) = cloud.apply("aws_nat_gateway", &nat, config).await;
    assert_eq!(action, Action::Update);
    cloud.destroy("aws_nat_gateway", &nat).await;
    let read = cloud.read("aws_eip", &eip).await.expect("the address outlives the gateway");
    cloud.destroy("aws_eip", &read).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

/// An address follows the network interface that the configuration names.
#[tokio::test]
async fn eip_of_an_interface() {
    let Some(cloud) = Cloud::open("ap-southeast-3").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": text(&vpc, "id")})).await;
    let config = json!({"vpc_id": text(&vpc, "id"), "cidr_block": "10.0.1.0/24"});
    let subnet = cloud.create("aws_subnet", config).await;
    let (one, two) = (
        cloud.create_interface(&text(&subnet, "id"), "10.0.1.10").await,
        cloud.create_interface(&text(&subnet, "id"), "10.0.1.11").await,
    );
    let address = cloud.create("aws_eip", json!({"domain": "vpc", "network_interface": one})).await;
    assert!(text(&address, "association_id").starts_with("eipassoc-"));
    assert_eq!(text(&address, "private_ip"), "10.0.1.10");
    assert_eq!(text(&address, "private_dns"), "ip-10-0-1-10.ap-southeast-3.compute.internal");
    cloud.import("aws_eip", &text(&address, "id"), &address, &[]).await;
    let config = json!({"domain": "vpc", "network_interface": two});
    let (action, address) = cloud.apply("aws_eip", &address, config).await;
    assert_eq!((action, text(&address, "private_ip")), (Action::Update, "10.0.1.11".into()));
    cloud.destroy("aws_eip", &address).await;
    cloud.delete_interface(&one).await;
    cloud.delete_interface(&two).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
}
