//! Route tables, routes and associations.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;
use terrane_value::Value;

#[tokio::test]
async fn route_table_with_routes() {
    let Some(cloud) = Cloud::open("ca-central-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": text(&vpc, "id")})).await;
    let (vpc_id, gateway_id) = (text(&vpc, "id"), text(&gateway, "id"));
    let route = |cidr: &str| json!({"cidr_block": cidr, "gateway_id": gateway_id});
    let config = json!({"vpc_id": vpc_id, "route": [route("0.0.0.0/0"), route("192.168.0.0/16")]});
    let table = cloud.create("aws_route_table", config).await;
    assert_eq!(get(&table, "route").as_array().map(Vec::len), Some(2));
    cloud.import("aws_route_table", &text(&table, "id"), &table, &[]).await;
    let config =
        json!({"vpc_id": vpc_id, "route": [route("0.0.0.0/0"), route("172.16.0.0/12")], "tags": {"a": "b"}});
    let (action, table) = cloud.apply("aws_route_table", &table, config).await;
    assert_eq!(action, Action::Update);
    let cidrs: Vec<_> =
        get(&table, "route").as_array().unwrap().iter().map(|r| r["cidr_block"].clone()).collect();
    assert_eq!(cidrs, ["0.0.0.0/0", "172.16.0.0/12"]);
    let (action, table) =
        cloud.apply("aws_route_table", &table, json!({"vpc_id": vpc_id, "route": []})).await;
    assert_eq!((action, get(&table, "route")), (Action::Update, json!([])));
    cloud.destroy("aws_route_table", &table).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn route_and_association() {
    let Some(cloud) = Cloud::open("sa-east-1").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": vpc_id})).await;
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": vpc_id, "cidr_block": "10.0.1.0/24"})).await;
    let table = cloud.create("aws_route_table", json!({"vpc_id": vpc_id})).await;
    let second = cloud.create("aws_route_table", json!({"vpc_id": vpc_id})).await;
    let table_id = text(&table, "id");

    let config = json!({"route_table_id": table_id, "destination_cidr_block": "0.0.0.0/0",
        "gateway_id": text(&gateway, "id")});
    let route = cloud.create("aws_route", config.clone()).await;
    assert_eq!((text(&route, "state"), text(&route, "origin")), ("active".into(), "CreateRoute".into()));
    cloud.import("aws_route", &format!("{table_id}_0.0.0.0/0"), &route, &[]).await;
    // A repeat finds the route by its destination.
    let (_, planned) = cloud.plan("aws_route", &Value::NULL, &cloud.config("aws_route", &config)).await;
    let value = cloud.config("aws_route", &config);
    let again = cloud.change("aws_route", &Value::NULL, &planned, &value, cloud.token(), true).await;
    assert_eq!(again, route);
    let config = json!({"route_table_id": table_id, "destination_cidr_block": "10.9.0.0/16",
        "gateway_id": text(&gateway, "id")});
    let (action, route) = cloud.apply("aws_route", &route, config).await;
    assert_eq!(action, Action::Replace);

    let config = json!({"route_table_id": table_id, "subnet_id": text(&subnet, "id")});
    let association = cloud.create("aws_route_table_association", config).await;
    let id = format!("{}/{table_id}", text(&subnet, "id"));
    cloud.import("aws_route_table_association", &id, &association, &[]).await;
    let config = json!({"route_table_id": text(&second, "id"), "subnet_id": text(&subnet, "id")});
    let (action, association) = cloud.apply("aws_route_table_association", &association, config).await;
    assert_eq!((action, text(&association, "route_table_id")), (Action::Update, text(&second, "id")));

    cloud.destroy("aws_route_table_association", &association).await;
    cloud.destroy("aws_route", &route).await;
    for (type_name, state) in [
        ("aws_route_table", &second),
        ("aws_route_table", &table),
        ("aws_subnet", &subnet),
        ("aws_internet_gateway", &gateway),
        ("aws_vpc", &vpc),
    ] {
        cloud.destroy(type_name, state).await;
    }
}
