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

/// A VPC to try things in.
async fn vpc(cloud: &Cloud) -> Value {
    cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await
}

#[tokio::test]
async fn routes_of_a_table() {
    let Some(cloud) = Cloud::open("ap-northeast-1").await else { return };
    let vpc = vpc(&cloud).await;
    let id = text(&vpc, "id");
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": id})).await;
    let igw = text(&gateway, "id");
    let config = json!({"vpc_id": id, "tags": {"Name": "a"}});
    let table = cloud.create("aws_route_table", config).await;
    assert!(text(&table, "arn").ends_with(&format!(":route-table/{}", text(&table, "id"))));
    // The route within the VPC is not shown.
    assert_eq!(get(&table, "route"), json!([]));
    cloud.import("aws_route_table", &text(&table, "id"), &table, &[]).await;

    let config = json!({"vpc_id": id, "route": [
        {"cidr_block": "0.0.0.0/0", "gateway_id": igw},
        {"cidr_block": "192.168.0.0/16", "gateway_id": igw},
        {"ipv6_cidr_block": "::/0", "gateway_id": igw},
    ]});
    let (action, table) = cloud.apply("aws_route_table", &table, config).await;
    assert_eq!((action, get(&table, "route").as_array().map(Vec::len)), (Action::Update, Some(3)));
    cloud.import("aws_route_table", &text(&table, "id"), &table, &[]).await;
    let config = json!({"vpc_id": id, "route": [{"cidr_block": "192.168.0.0/16", "gateway_id": igw}]});
    let (action, table) = cloud.apply("aws_route_table", &table, config).await;
    assert_eq!((action, get(&table, "route").as_array().map(Vec::len)), (Action::Update, Some(1)));
    for (wrong, summary) in [
        (json!([{"cidr_block": "10.9.0.0/16"}]), "Missing target of a route"),
        (json!([{"gateway_id": igw}]), "Missing destination of a route"),
        (json!([{"cidr_block": "10.9.0.1/16", "gateway_id": igw}]), "Invalid network"),
        (
            json!([{"cidr_block": "10.9.0.0/16", "ipv6_cidr_block": "::/0", "gateway_id": igw}]),
            "Conflicting destination of a route",
        ),
    ] {
        let problems = cloud.problems("aws_route_table", &json!({"vpc_id": id, "route": wrong}));
        assert_eq!(problems, [summary]);
    }
    // No word of routes leaves them alone; an empty set removes them.
    let (action, table) = cloud.apply("aws_route_table", &table, json!({"vpc_id": id})).await;
    assert_eq!((action, get(&table, "route").as_array().map(Vec::len)), (Action::Nothing, Some(1)));
    let (action, table) = cloud.apply("aws_route_table", &table, json!({"vpc_id": id, "route": []})).await;
    assert_eq!((action, get(&table, "route")), (Action::Update, json!([])));

    let other = cloud.create("aws_vpc", json!({"cidr_block": "10.1.0.0/16"})).await;
    let (action, table) = cloud.apply("aws_route_table", &table, json!({"vpc_id": text(&other, "id")})).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy("aws_route_table", &table).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
    cloud.destroy("aws_vpc", &other).await;
}

#[tokio::test]
async fn route_leads_elsewhere() {
    let Some(cloud) = Cloud::open("ap-northeast-2").await else { return };
    let vpc = vpc(&cloud).await;
    let id = text(&vpc, "id");
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": id})).await;
    let igw = text(&gateway, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": id, "cidr_block": "10.0.1.0/24"})).await;
    let interface = cloud.create_interface(&text(&subnet, "id"), "10.0.1.10").await;
    let own = cloud.create("aws_route_table", json!({"vpc_id": id})).await;
    let table = text(&own, "id");
    let config =
        json!({"route_table_id": table, "destination_cidr_block": "192.168.0.0/16", "gateway_id": igw});
    let route = cloud.create("aws_route", config.clone()).await;
    assert_eq!((text(&route, "origin"), text(&route, "state")), ("CreateRoute".into(), "active".into()));
    cloud.import("aws_route", &format!("{table}_192.168.0.0/16"), &route, &[]).await;

    // Another target is led to in place.
    let made = text(&route, "id");
    let other = json!({"route_table_id": table, "destination_cidr_block": "192.168.0.0/16",
        "network_interface_id": interface});
    let (action, route) = cloud.apply("aws_route", &route, other).await;
    assert_eq!((action, text(&route, "network_interface_id")), (Action::Update, interface.clone()));
    assert_eq!((text(&route, "id"), get(&route, "gateway_id")), (made, json!(null)));
    let (action, route) = cloud.apply("aws_route", &route, config).await;
    assert_eq!((action, text(&route, "gateway_id")), (Action::Update, igw.clone()));
    // Another destination is another route.
    let config = json!({"route_table_id": table, "destination_ipv6_cidr_block": "2001:DB8:0::/32",
        "gateway_id": igw});
    let (action, route) = cloud.apply("aws_route", &route, config).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy("aws_route", &route).await;

    cloud.delete_interface(&interface).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_route_table", &own).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn association_moves() {
    let Some(cloud) = Cloud::open("ap-northeast-3").await else { return };
    let vpc = vpc(&cloud).await;
    let id = text(&vpc, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": id, "cidr_block": "10.0.1.0/24"})).await;
    let second = cloud.create("aws_subnet", json!({"vpc_id": id, "cidr_block": "10.0.2.0/24"})).await;
    let one = cloud.create("aws_route_table", json!({"vpc_id": id})).await;
    let two = cloud.create("aws_route_table", json!({"vpc_id": id})).await;
    let config = |subnet: &Value, table: &Value| json!({"subnet_id": text(subnet, "id"), "route_table_id": text(table, "id")});
    let association = cloud.create("aws_route_table_association", config(&subnet, &one)).await;
    assert!(text(&association, "id").starts_with("rtbassoc-"));
    let import = format!("{}/{}", text(&subnet, "id"), text(&one, "id"));
    cloud.import("aws_route_table_association", &import, &association, &[]).await;
    let (action, association) =
        cloud.apply("aws_route_table_association", &association, config(&subnet, &two)).await;
    assert_eq!((action, text(&association, "route_table_id")), (Action::Update, text(&two, "id")));
    let (action, association) =
        cloud.apply("aws_route_table_association", &association, config(&second, &two)).await;
    assert_eq!((action, text(&association, "subnet_id")), (Action::Replace, text(&second, "id")));
    cloud.destroy("aws_route_table_association", &association).await;
    // A table that is still in use lets its subnets go.
    cloud.create("aws_route_table_association", config(&subnet, &one)).await;
    for table in [&one, &two] {
        cloud.destroy("aws_route_table", table).await;
    }
    for subnet in [&subnet, &second] {
        cloud.destroy("aws_subnet", subnet).await;
    }
    cloud.destroy("aws_vpc", &vpc).await;
}

/// All routes, and all associations, of 200 tables come from one request.
#[tokio::test]
async fn many_routes_take_few_requests() {
    let Some(cloud) = Cloud::open("me-south-1").await else { return };
    let vpc = vpc(&cloud).await;
    let id = text(&vpc, "id");
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": id})).await;
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": id, "cidr_block": "10.0.1.0/24"})).await;
    let table = cloud.create("aws_route_table", json!({"vpc_id": id})).await;
    let config = json!({"route_table_id": text(&table, "id"), "destination_cidr_block": "0.0.0.0/0",
        "gateway_id": text(&gateway, "id")});
    let route = cloud.create("aws_route", config).await;
    let config = json!({"subnet_id": text(&subnet, "id"), "route_table_id": text(&table, "id")});
    let association = cloud.create("aws_route_table_association", config).await;
    let absent = |state: &Value, name: &str, prefix: &str| {
        let others = (1..200).map(|i| state.with_attribute(name, Value::from(format!("{prefix}-{i:017x}"))));
        std::iter::once(state.clone()).chain(others).collect::<Vec<Value>>()
    };
    for (type_name, states) in [
        ("aws_route", absent(&route, "route_table_id", "rtb")),
        ("aws_route_table_association", absent(&association, "id", "rtbassoc")),
    ] {
        let (requests, read) = cloud.requests(cloud.read_all(type_name, &states)).await;
        assert_eq!(requests, 1, "{type_name}");
        assert_eq!(read[0].as_ref(), Some(&states[0]));
        assert!(read[1..].iter().all(Option::is_none), "{type_name}");
    }
    cloud.destroy("aws_route_table_association", &association).await;
    cloud.destroy("aws_route", &route).await;
    cloud.destroy("aws_route_table", &table).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

/// What earlier attempts made is adopted: routes and associations by what they are about.
#[tokio::test]
async fn repeated_creates_adopt() {
    let Some(cloud) = Cloud::open("me-central-1").await else { return };
    let vpc = vpc(&cloud).await;
    let id = text(&vpc, "id");
    let gateway = cloud.create("aws_internet_gateway", json!({"vpc_id": id})).await;
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": id, "cidr_block": "10.0.1.0/24"})).await;
    let table = cloud.create("aws_route_table", json!({"vpc_id": id})).await;
    let config = json!({"route_table_id": text(&table, "id"), "destination_cidr_block": "0.0.0.0/0",
        "gateway_id": text(&gateway, "id")});
    let route = cloud.create_twice("aws_route", config).await;
    let config = json!({"subnet_id": text(&subnet, "id"), "route_table_id": text(&table, "id")});
    let association = cloud.create_twice("aws_route_table_association", config).await;
    cloud.destroy("aws_route_table_association", &association).await;
    cloud.destroy("aws_route", &route).await;
    cloud.destroy("aws_route_table", &table).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_internet_gateway", &gateway).await;
    cloud.destroy("aws_vpc", &vpc).await;
}
