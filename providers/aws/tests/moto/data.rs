//! Data sources.

use crate::cloud::{Cloud, get, text};
use serde_json::json;
use terrane_sdk::testing::object;

#[tokio::test]
async fn data_sources() {
    let Some(cloud) = Cloud::open("eu-central-1").await else { return };
    let read = async |type_name: &str, config: serde_json::Value| {
        let schema = cloud.provider.schema();
        let config = object(&schema.data_sources[type_name].block, &config).unwrap();
        let found = cloud.provider.read_data(&cloud.client, type_name, config).await;
        found.unwrap_or_else(|e| panic!("{type_name}: {e:?}"))
    };
    assert_eq!(text(&read("aws_caller_identity", json!({})).await, "account_id"), "123456789012");
    let partition = read("aws_partition", json!({})).await;
    assert_eq!(text(&partition, "reverse_dns_prefix"), "com.amazonaws");
    let region = read("aws_region", json!({})).await;
    assert_eq!(text(&region, "description"), "Europe (Frankfurt)");
    let zones =
        read("aws_availability_zones", json!({"state": "available", "exclude_names": ["eu-central-1b"]}))
            .await;
    assert_eq!(get(&zones, "names"), json!(["eu-central-1a", "eu-central-1c"]));

    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.77.0.0/16", "tags": {"find": "me"}})).await;
    let id = text(&vpc, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": id, "cidr_block": "10.77.1.0/24"})).await;
    for config in [
        json!({"id": id}),
        json!({"tags": {"find": "me"}}),
        json!({"filter": [{"name": "cidr", "values": ["10.77.0.0/16"]}]}),
    ] {
        let found = read("aws_vpc", config).await;
        assert_eq!(text(&found, "main_route_table_id"), text(&vpc, "main_route_table_id"));
        assert_eq!(text(&found, "id"), id);
    }
    let subnets = read("aws_subnets", json!({"filter": [{"name": "vpc-id", "values": [id]}]})).await;
    assert_eq!(get(&subnets, "ids"), json!([text(&subnet, "id")]));
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}
