//! Data sources that look up one object, or the ids of many: each finds what a resource has just made, by its id,
//! by a filter or by its tags, and none finds what is not there.

use crate::cloud::{Cloud, get, text};
use serde_json::{Value as Json, json};
use terrane_value::Value;

/// Reads a data source that must find something.
async fn found(cloud: &Cloud, type_name: &str, config: Json) -> Value {
    let asked = config.to_string();
    cloud.read_data(type_name, config).await.unwrap_or_else(|e| panic!("{type_name} {asked}: {e:?}"))
}

/// The attributes of two objects that have the same names must have the same values.
fn agree(data: &Value, resource: &Value, names: &[&str]) {
    for name in names {
        assert_eq!(get(data, name), get(resource, name), "{name}");
    }
}

#[tokio::test]
async fn gateways_and_addresses() {
    let Some(cloud) = Cloud::open("eu-south-1").await else { return };
    let tags = json!({"find": "gateways"});
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.60.0.0/16", "tags": tags})).await;
    let vpc_id = text(&vpc, "id");
    let subnet = cloud
        .create("aws_subnet", json!({"vpc_id": vpc_id, "cidr_block": "10.60.1.0/24", "tags": tags}))
        .await;
    let subnet_id = text(&subnet, "id");
    let data = found(&cloud, "aws_subnet", json!({"id": subnet_id})).await;
    agree(&data, &subnet, &["arn", "availability_zone", "cidr_block", "vpc_id", "tags"]);
    let found_vpcs = found(&cloud, "aws_vpcs", json!({"tags": tags})).await;
    assert_eq!(get(&found_vpcs, "ids"), json!([vpc_id]));

    let internet = cloud.create("aws_internet_gateway", json!({"vpc_id": vpc_id})).await;
    let by_vpc = json!({"filter": [{"name": "attachment.vpc-id", "values": [vpc_id]}]});
    let data = found(&cloud, "aws_internet_gateway", by_vpc).await;
    agree(&data, &internet, &["id", "arn", "owner_id"]);
    assert_eq!(get(&data, "attachments")[0]["vpc_id"], json!(vpc_id));

    let address = cloud.create("aws_eip", json!({"domain": "vpc", "tags": tags})).await;
    let data = found(&cloud, "aws_eip", json!({"tags": tags})).await;
    agree(&data, &address, &["id", "arn", "public_ip", "public_dns", "domain"]);
    let all = found(&cloud, "aws_eips", json!({"tags": tags})).await;
    assert_eq!(get(&all, "public_ips"), json!([text(&address, "public_ip")]));

    let config = json!({"subnet_id": subnet_id, "allocation_id": text(&address, "id"), "tags": tags});
    let nat = cloud.create("aws_nat_gateway", config).await;
    let data = found(&cloud, "aws_nat_gateway", json!({"subnet_id": subnet_id, "state": "available"})).await;
    agree(&data, &nat, &["id", "allocation_id", "network_interface_id", "public_ip", "private_ip", "tags"]);
    let all = found(&cloud, "aws_nat_gateways", json!({"vpc_id": vpc_id})).await;
    assert_eq!(get(&all, "ids"), json!([text(&nat, "id")]));

    let config = json!({"bgp_asn": "65001", "ip_address": "192.0.2.1", "type": "ipsec.1"});
    let customer = cloud.create("aws_customer_gateway", config).await;
    let data = found(&cloud, "aws_customer_gateway", json!({"id": text(&customer, "id")})).await;
    agree(&data, &customer, &["arn", "ip_address", "type"]);
    assert_eq!(get(&data, "bgp_asn"), json!(65001));
    let private = cloud.create("aws_vpn_gateway", json!({"vpc_id": vpc_id})).await;
    let data = found(&cloud, "aws_vpn_gateway", json!({"attached_vpc_id": vpc_id})).await;
    agree(&data, &private, &["id", "arn", "amazon_side_asn"]);

    for (name, config) in [
        ("aws_internet_gateway", json!({"internet_gateway_id": "igw-0123456789abcdef0"})),
        ("aws_customer_gateway", json!({"id": "cgw-0123456789abcdef0"})),
        ("aws_subnet", json!({"tags": {"find": "nothing"}})),
        ("aws_eip", json!({"tags": {"find": "nothing"}})),
    ] {
        assert!(cloud.read_data(name, config).await.is_err(), "{name} finds nothing");
    }
    cloud.destroy("aws_vpn_gateway", &private).await;
    cloud.destroy("aws_customer_gateway", &customer).await;
    cloud.destroy("aws_nat_gateway", &nat).await;
    cloud.destroy("aws_eip", &address).await;
    cloud.destroy("aws_internet_gateway", &internet).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn routes_groups_and_interfaces() {
    let Some(cloud) = Cloud::open("eu-south-2").await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.61.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": vpc_id, "cidr_block": "10.61.1.0/24"})).await;
    let subnet_id = text(&subnet, "id");
    let internet = cloud.create("aws_internet_gateway", json!({"vpc_id": vpc_id})).await;
    let route = json!({"cidr_block": "0.0.0.0/0", "gateway_id": text(&internet, "id")});
    let table = cloud.create("aws_route_table", json!({"vpc_id": vpc_id, "route": [route]})).await;
    let table_id = text(&table, "id");
    let association = json!({"route_table_id": table_id, "subnet_id": subnet_id});
    let association = cloud.create("aws_route_table_association", association).await;

    let data = found(&cloud, "aws_route_table", json!({"subnet_id": subnet_id})).await;
    agree(&data, &table, &["id", "arn", "vpc_id", "owner_id"]);
    assert_eq!(text(&data, "route_table_id"), table_id);
    let routes = get(&data, "routes");
    assert_eq!(routes.as_array().map(Vec::len), Some(1), "the one inside of the VPC is not shown: {routes}");
    assert_eq!(routes[0]["gateway_id"], json!(text(&internet, "id")));
    assert_eq!(get(&data, "associations")[0]["subnet_id"], json!(subnet_id));
    let data = found(
        &cloud,
        "aws_route",
        json!({"route_table_id": table_id, "destination_cidr_block": "0.0.0.0/0"}),
    )
    .await;
    assert_eq!(text(&data, "gateway_id"), text(&internet, "id"));
    let nowhere = json!({"route_table_id": table_id, "destination_cidr_block": "10.0.0.0/8"});
    assert!(cloud.read_data("aws_route", nowhere).await.is_err());
    let by_vpc = json!({"vpc_id": vpc_id});
    let tables = found(&cloud, "aws_route_tables", by_vpc.clone()).await;
    assert_eq!(get(&tables, "ids").as_array().map(Vec::len), Some(2), "the main one, too");
    let lists = found(&cloud, "aws_network_acls", by_vpc).await;
    assert_eq!(get(&lists, "ids"), json!([text(&vpc, "default_network_acl_id")]));

    let group = cloud.create("aws_security_group", json!({"name": "look", "vpc_id": vpc_id})).await;
    let data = found(&cloud, "aws_security_group", json!({"name": "look", "vpc_id": vpc_id})).await;
    agree(&data, &group, &["id", "arn", "description", "vpc_id"]);
    let filter = json!({"filter": [{"name": "group-name", "values": ["look"]}, {"name": "vpc-id", "values": [vpc_id]}]});
    let groups = found(&cloud, "aws_security_groups", filter).await;
    assert_eq!(
        (get(&groups, "ids"), get(&groups, "vpc_ids")),
        (json!([text(&group, "id")]), json!([vpc_id]))
    );

    let config = json!({
        "security_group_id": text(&group, "id"), "ip_protocol": "tcp", "from_port": 443, "to_port": 443,
        "cidr_ipv4": "10.0.0.0/8", "description": "web", "tags": {"find": "rule"},
    });
    let rule = cloud.create("aws_vpc_security_group_ingress_rule", config).await;
    let by_id = json!({"security_group_rule_id": text(&rule, "id")});
    let data = found(&cloud, "aws_vpc_security_group_rule", by_id).await;
    agree(
        &data,
        &rule,
        &["id", "arn", "cidr_ipv4", "description", "from_port", "ip_protocol", "tags", "to_port"],
    );
    assert_eq!((get(&data, "is_egress"), text(&data, "cidr_ipv6")), (json!(false), String::new()));
    let by_group = json!({"filter": [{"name": "group-id", "values": [text(&group, "id")]}]});
    let rules = get(&found(&cloud, "aws_vpc_security_group_rules", by_group.clone()).await, "ids");
    assert!(rules.as_array().is_some_and(|ids| ids.contains(&json!(text(&rule, "id")))), "{rules}");
    cloud.destroy("aws_vpc_security_group_ingress_rule", &rule).await;

    let config = json!({"subnet_id": subnet_id, "security_groups": [text(&group, "id")]});
    let interface = cloud.create("aws_network_interface", config).await;
    let data = found(&cloud, "aws_network_interface", json!({"id": text(&interface, "id")})).await;
    agree(&data, &interface, &["arn", "private_ip", "security_groups", "mac_address", "interface_type"]);
    assert_eq!(get(&data, "private_ips"), json!([text(&interface, "private_ip")]));
    let by_subnet = json!({"filter": [{"name": "subnet-id", "values": [subnet_id]}]});
    let interfaces = found(&cloud, "aws_network_interfaces", by_subnet).await;
    assert_eq!(get(&interfaces, "ids"), json!([text(&interface, "id")]));

    let config = json!({"vpc_id": vpc_id, "service_name": "com.amazonaws.eu-south-2.s3", "route_table_ids": [table_id]});
    let endpoint = cloud.create("aws_vpc_endpoint", config).await;
    let service =
        found(&cloud, "aws_vpc_endpoint_service", json!({"service": "s3", "service_type": "Gateway"})).await;
    assert_eq!(text(&service, "service_name"), "com.amazonaws.eu-south-2.s3");
    let by_service = json!({"vpc_id": vpc_id, "service_name": text(&service, "service_name")});
    let data = found(&cloud, "aws_vpc_endpoint", by_service).await;
    agree(
        &data,
        &endpoint,
        &["id", "arn", "route_table_ids", "vpc_endpoint_type", "state", "prefix_list_id"],
    );
    let list = found(&cloud, "aws_prefix_list", json!({"name": text(&service, "service_name")})).await;
    assert_eq!(text(&list, "id"), text(&data, "prefix_list_id"));

    cloud.destroy("aws_vpc_endpoint", &endpoint).await;
    cloud.destroy("aws_network_interface", &interface).await;
    cloud.destroy("aws_security_group", &group).await;
    cloud.destroy("aws_route_table_association", &association).await;
    cloud.destroy("aws_route_table", &table).await;
    cloud.destroy("aws_internet_gateway", &internet).await;
    cloud.destroy("aws_subnet", &subnet).await;
    cloud.destroy("aws_vpc", &vpc).await;
}

#[tokio::test]
async fn machines_lists_and_places() {
    let Some(cloud) =
        Cloud::open_with("eu-north-1", json!({"default_tags": [{"tags": {"Team": "net"}}]})).await
    else {
        return;
    };
    assert_eq!(get(&found(&cloud, "aws_default_tags", json!({})).await, "tags"), json!({"Team": "net"}));
    let regions = found(&cloud, "aws_regions", json!({})).await;
    assert!(get(&regions, "names").as_array().is_some_and(|names| names.contains(&json!("eu-north-1"))));
    let zone = found(&cloud, "aws_availability_zone", json!({"name": "eu-north-1a"})).await;
    assert_eq!((text(&zone, "name_suffix"), text(&zone, "state")), ("a".into(), "available".into()));

    let some = json!({"filter": [{"name": "instance-type", "values": ["t3.micro", "t3.small"]}]});
    let types = get(&found(&cloud, "aws_ec2_instance_types", some.clone()).await, "instance_types");
    assert!(types.as_array().is_some_and(|all| all.contains(&json!("t3.micro"))), "{types}");
    let offered = found(&cloud, "aws_ec2_instance_type_offerings", some.clone()).await;
    let [names, places, kinds] = ["instance_types", "locations", "location_types"].map(|n| get(&offered, n));
    assert_eq!((places[0].clone(), kinds[0].clone()), (json!("eu-north-1"), json!("region")));
    assert_eq!(names.as_array().map(Vec::len), places.as_array().map(Vec::len));
    let mut preferring = some.clone();
    preferring["preferred_instance_types"] = json!(["t9.none", "t3.small", "t3.micro"]);
    let best = found(&cloud, "aws_ec2_instance_type_offering", preferring).await;
    assert_eq!(text(&best, "instance_type"), "t3.small");
    let several = cloud.not_found("aws_ec2_instance_type_offering", some).await;
    assert!(several.contains("Several instance types match"), "{several}");

    let owners = json!({"owners": ["amazon"], "most_recent": true, "filter": [{"name": "name", "values": ["amzn2-ami-hvm-*"]}]});
    let image = found(&cloud, "aws_ami", owners).await;
    let ids =
        found(&cloud, "aws_ami_ids", json!({"owners": ["amazon"], "name_regex": "^amzn2-ami-hvm-"})).await;
    assert!(get(&ids, "ids").as_array().is_some_and(|ids| ids.contains(&json!(text(&image, "id")))));
    let anybodys = json!({"most_recent": true});
    assert!(cloud.read_data("aws_ami", anybodys).await.is_err(), "of no certain owner");

    let config = json!({"ami": text(&image, "id"), "instance_type": "t3.micro", "user_data": "hello", "tags": {"Name": "look"}});
    let machine = cloud.create("aws_instance", config).await;
    let by_name = json!({"instance_tags": {"Name": "look"}, "get_user_data": true});
    let data = found(&cloud, "aws_instance", by_name).await;
    agree(&data, &machine, &["id", "arn", "ami", "private_ip", "instance_state", "availability_zone"]);
    assert_eq!(
        (text(&data, "user_data"), text(&data, "user_data_base64")),
        ("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d".into(), "aGVsbG8=".into())
    );
    let running = found(&cloud, "aws_instances", json!({"instance_tags": {"Name": "look"}})).await;
    assert_eq!(get(&running, "ids"), json!([text(&machine, "id")]));
    let stopped = json!({"instance_tags": {"Name": "look"}, "instance_state_names": ["stopped"]});
    assert_eq!(get(&found(&cloud, "aws_instances", stopped).await, "ids"), json!([]));

    let config = json!({"availability_zone": "eu-north-1a", "size": 8, "tags": {"Name": "look"}});
    let volume = cloud.create("aws_ebs_volume", config).await;
    let data = found(&cloud, "aws_ebs_volume", json!({"most_recent": true, "tags": {"Name": "look"}})).await;
    agree(&data, &volume, &["id", "arn", "size", "encrypted", "availability_zone"]);
    let volumes = found(&cloud, "aws_ebs_volumes", json!({"tags": {"Name": "look"}})).await;
    assert_eq!(get(&volumes, "ids"), json!([text(&volume, "id")]));

    let entry = json!({"cidr": "10.0.0.0/8", "description": "ten"});
    let config = json!({"name": "look", "address_family": "IPv4", "max_entries": 2, "entry": [entry]});
    let list = cloud.create("aws_ec2_managed_prefix_list", config).await;
    let data = found(&cloud, "aws_ec2_managed_prefix_list", json!({"id": text(&list, "id")})).await;
    agree(&data, &list, &["arn", "max_entries", "version", "name"]);
    assert_eq!(get(&data, "entries"), json!([entry]));
    let lists = found(&cloud, "aws_ec2_managed_prefix_lists", json!({})).await;
    assert!(get(&lists, "ids").as_array().is_some_and(|ids| ids.contains(&json!(text(&list, "id")))));

    let config = json!({"domain_name": "example.org", "domain_name_servers": ["AmazonProvidedDNS"], "tags": {"find": "dhcp"}});
    let options = cloud.create("aws_vpc_dhcp_options", config).await;
    assert_eq!(get(&options, "tags"), json!({"find": "dhcp"}), "also where they are lost at first");
    let data = found(&cloud, "aws_vpc_dhcp_options", json!({"dhcp_options_id": text(&options, "id")})).await;
    agree(&data, &options, &["arn", "domain_name", "domain_name_servers"]);
    assert_eq!(get(&data, "tags"), get(&options, "tags_all"), "the default ones, too");

    cloud.destroy("aws_vpc_dhcp_options", &options).await;
    cloud.destroy("aws_ec2_managed_prefix_list", &list).await;
    cloud.destroy("aws_ebs_volume", &volume).await;
    cloud.destroy("aws_instance", &machine).await;
}

#[tokio::test]
async fn transit_gateways() {
    let Some(cloud) = Cloud::open_stub("eu-central-2", json!({})).await else { return };
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.62.0.0/16"})).await;
    let vpc_id = text(&vpc, "id");
    let subnet = cloud.create("aws_subnet", json!({"vpc_id": vpc_id, "cidr_block": "10.62.1.0/24"})).await;
    let gateway = cloud.create("aws_ec2_transit_gateway", json!({"amazon_side_asn": 64533})).await;
    let gateway_id = text(&gateway, "id");
    let data = found(&cloud, "aws_ec2_transit_gateway", json!({"id": gateway_id})).await;
    agree(
        &data,
        &gateway,
        &["arn", "amazon_side_asn", "association_default_route_table_id", "dns_support", "owner_id"],
    );

    let config = json!({"transit_gateway_id": gateway_id, "vpc_id": vpc_id, "subnet_ids": [text(&subnet, "id")], "tags": {"find": "it"}});
    let attachment = cloud.create("aws_ec2_transit_gateway_vpc_attachment", config).await;
    let id = text(&attachment, "id");
    let data = found(&cloud, "aws_ec2_transit_gateway_vpc_attachment", json!({"id": id})).await;
    agree(&data, &attachment, &["subnet_ids", "vpc_id", "vpc_owner_id", "dns_support", "tags"]);
    let by_gateway = json!({"filter": [{"name": "transit-gateway-id", "values": [gateway_id]}]});
    for type_name in ["aws_ec2_transit_gateway_vpc_attachments", "aws_ec2_transit_gateway_attachments"] {
        assert_eq!(
            get(&found(&cloud, type_name, by_gateway.clone()).await, "ids"),
            json!([id]),
            "{type_name}"
        );
    }
    let any =
        found(&cloud, "aws_ec2_transit_gateway_attachment", json!({"transit_gateway_attachment_id": id}))
            .await;
    assert_eq!((text(&any, "resource_id"), text(&any, "resource_type")), (vpc_id.clone(), "vpc".into()));

    let table =
        cloud.create("aws_ec2_transit_gateway_route_table", json!({"transit_gateway_id": gateway_id})).await;
    let table_id = text(&table, "id");
    let data = found(&cloud, "aws_ec2_transit_gateway_route_table", json!({"id": table_id})).await;
    agree(&data, &table, &["arn", "transit_gateway_id", "default_association_route_table"]);
    let tables = found(&cloud, "aws_ec2_transit_gateway_route_tables", by_gateway).await;
    assert_eq!(get(&tables, "ids").as_array().map(Vec::len), Some(2));
    let of = json!({"transit_gateway_route_table_id": text(&gateway, "association_default_route_table_id")});
    for type_name in [
        "aws_ec2_transit_gateway_route_table_associations",
        "aws_ec2_transit_gateway_route_table_propagations",
    ] {
        assert_eq!(get(&found(&cloud, type_name, of.clone()).await, "ids"), json!([id]), "{type_name}");
    }
    let config = json!({"destination_cidr_block": "10.9.0.0/16", "blackhole": true, "transit_gateway_route_table_id": table_id});
    let route = cloud.create("aws_ec2_transit_gateway_route", config).await;
    let config = json!({"transit_gateway_route_table_id": table_id, "filter": [{"name": "type", "values": ["static"]}]});
    let routes = get(&found(&cloud, "aws_ec2_transit_gateway_route_table_routes", config).await, "routes");
    assert_eq!(
        (&routes[0]["destination_cidr_block"], &routes[0]["state"], &routes[0]["type"]),
        (&json!("10.9.0.0/16"), &json!("blackhole"), &json!("static"))
    );
    cloud.destroy("aws_ec2_transit_gateway_route", &route).await;
    cloud.destroy("aws_ec2_transit_gateway_route_table", &table).await;
    cloud.destroy("aws_ec2_transit_gateway_vpc_attachment", &attachment).await;
    cloud.destroy("aws_ec2_transit_gateway", &gateway).await;
}
