//! Transit gateways together with others: peerings, Connect, prefix lists, default route tables, and
//! accepters, against the stub.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::{Value as Json, json};

const GATEWAY: &str = "aws_ec2_transit_gateway";
const TABLE: &str = "aws_ec2_transit_gateway_route_table";
const PEERING: &str = "aws_ec2_transit_gateway_peering_attachment";
const ACCEPTER: &str = "aws_ec2_transit_gateway_peering_attachment_accepter";
const REFERENCE: &str = "aws_ec2_transit_gateway_prefix_list_reference";

#[tokio::test]
async fn peering() {
    let Some(here) = Cloud::open_stub("eu-north-1", json!({})).await else { return };
    let Some(there) = Cloud::open_stub("eu-south-1", json!({})).await else { return };
    let near = here.create(GATEWAY, json!({})).await;
    let far = there.create(GATEWAY, json!({})).await;
    let config = json!({
        "peer_region": "eu-south-1", "peer_transit_gateway_id": text(&far, "id"), "transit_gateway_id": text(&near, "id"),
        "tags": {"Name": "p"},
    });
    let peering = here.create_twice(PEERING, config.clone()).await;
    assert_eq!(
        (text(&peering, "state"), text(&peering, "peer_account_id")),
        ("pendingAcceptance".into(), "123456789012".into())
    );
    here.import(PEERING, &text(&peering, "id"), &peering, &[]).await;
    let accept = json!({"transit_gateway_attachment_id": text(&peering, "id"), "tags": {"Name": "q"}});
    let accepted = there.create_twice(ACCEPTER, accept).await;
    assert_eq!(
        (text(&accepted, "peer_transit_gateway_id"), text(&accepted, "peer_region")),
        (text(&near, "id"), "eu-north-1".into())
    );
    there.import(ACCEPTER, &text(&peering, "id"), &accepted, &[]).await;
    let accept = json!({"transit_gateway_attachment_id": text(&peering, "id")});
    let (action, accepted) = there.apply(ACCEPTER, &accepted, accept).await;
    assert_eq!(action, Action::Update);
    // The other side's acceptance arrives in its own time: after some looks, here.
    let mut now = here.read(PEERING, &peering).await.unwrap();
    for _ in 0..10 {
        if text(&now, "state") == "available" {
            break;
        }
        now = here.read(PEERING, &now).await.unwrap();
    }
    assert_eq!(text(&now, "state"), "available");
    let (action, _) = here.apply(PEERING, &now, config.clone()).await;
    assert_eq!(action, Action::Nothing);
    let mut with_options = config;
    with_options["options"] = json!([{"dynamic_routing": "disable"}]);
    let (action, _) = here.plan(PEERING, &now, &here.config(PEERING, &with_options)).await;
    assert_eq!(action, Action::Nothing, "AWS does so anyway");
    with_options["options"] = json!([{"dynamic_routing": "enable"}]);
    let (action, _) = here.plan(PEERING, &now, &here.config(PEERING, &with_options)).await;
    assert_eq!(action, Action::Replace);

    let lists = here.prefix_list().await;
    let table = text(&near, "association_default_route_table_id");
    let hole = json!({"prefix_list_id": lists, "transit_gateway_route_table_id": table, "blackhole": true});
    let reference = here.create_twice(REFERENCE, hole).await;
    here.import(REFERENCE, &format!("{table}_{lists}"), &reference, &[]).await;
    let way = json!({
        "prefix_list_id": lists, "transit_gateway_route_table_id": table,
        "transit_gateway_attachment_id": text(&peering, "id"),
    });
    let (action, reference) = here.apply(REFERENCE, &reference, way).await;
    assert_eq!((action, get(&reference, "blackhole")), (Action::Update, json!(false)));
    here.destroy(REFERENCE, &reference).await;

    there.destroy(ACCEPTER, &accepted).await;
    assert!(here.read(PEERING, &now).await.is_none(), "it is gone on both sides");
    here.destroy(PEERING, &now).await;
    here.destroy(GATEWAY, &near).await;
    there.destroy(GATEWAY, &far).await;
}

#[tokio::test]
async fn default_route_tables() {
    let Some(cloud) = Cloud::open_stub("eu-south-2", json!({})).await else { return };
    let gateway = cloud.create(GATEWAY, json!({})).await;
    let id = text(&gateway, "id");
    let first = cloud.create(TABLE, json!({"transit_gateway_id": id})).await;
    let second = cloud.create(TABLE, json!({"transit_gateway_id": id, "tags": {"Name": "second"}})).await;
    for word in ["association", "propagation"] {
        let kind = format!("aws_ec2_transit_gateway_default_route_table_{word}");
        let before = text(&gateway, &format!("{word}_default_route_table_id"));
        let config = json!({"transit_gateway_id": id, "transit_gateway_route_table_id": text(&first, "id")});
        let choice = cloud.create(&kind, config).await;
        assert_eq!(
            (text(&choice, "id"), text(&choice, "original_default_route_table_id")),
            (id.clone(), before.clone())
        );
        let config = json!({"transit_gateway_id": id, "transit_gateway_route_table_id": text(&second, "id")});
        let (action, choice) = cloud.apply(&kind, &choice, config).await;
        assert_eq!(
            (action, text(&choice, "original_default_route_table_id")),
            (Action::Update, before.clone())
        );
        cloud.import(&kind, &id, &choice, &["original_default_route_table_id"]).await;
        cloud.undo(&kind, &choice).await;
        let now = cloud.read(GATEWAY, &gateway).await.unwrap();
        assert_eq!(text(&now, &format!("{word}_default_route_table_id")), before, "it is as it was");
    }
    cloud.destroy(TABLE, &first).await;
    cloud.destroy(TABLE, &second).await;
    cloud.destroy(GATEWAY, &gateway).await;
}

#[tokio::test]
async fn connect() {
    let Some(cloud) = Cloud::open_stub("il-central-1", json!({})).await else { return };
    let gateway = cloud.create(GATEWAY, json!({"transit_gateway_cidr_blocks": ["10.200.0.0/24"]})).await;
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.0.0.0/16"})).await;
    let subnet = json!({"vpc_id": text(&vpc, "id"), "cidr_block": "10.0.0.0/24", "availability_zone": "il-central-1a"});
    let subnet = text(&cloud.create("aws_subnet", subnet).await, "id");
    let config = json!({"transit_gateway_id": text(&gateway, "id"), "vpc_id": text(&vpc, "id"), "subnet_ids": [subnet]});
    let carrier = cloud.create("aws_ec2_transit_gateway_vpc_attachment", config).await;
    let connect = "aws_ec2_transit_gateway_connect";
    let base =
        json!({"transit_gateway_id": text(&gateway, "id"), "transport_attachment_id": text(&carrier, "id")});
    let mut config = base.clone();
    config["tags"] = json!({"Name": "c"});
    let made = cloud.create_twice(connect, config).await;
    cloud.import(connect, &text(&made, "id"), &made, &[]).await;
    let mut config = base;
    config["transit_gateway_default_route_table_propagation"] = json!(false);
    let (action, made) = cloud.apply(connect, &made, config).await;
    assert_eq!((action, get(&made, "tags_all")), (Action::Update, json!({})));
    let peer = "aws_ec2_transit_gateway_connect_peer";
    let config = json!({
        "peer_address": "10.0.0.9", "inside_cidr_blocks": ["169.254.200.0/29"],
        "transit_gateway_attachment_id": text(&made, "id"), "bgp_asn": "65099", "tags": {"Name": "p"},
    });
    let tunnel = cloud.create_twice(peer, config.clone()).await;
    assert_eq!(text(&tunnel, "bgp_peer_address"), "169.254.200.1");
    assert_eq!(get(&tunnel, "bgp_transit_gateway_addresses"), json!(["169.254.200.2", "169.254.200.3"]));
    cloud.import(peer, &text(&tunnel, "id"), &tunnel, &[]).await;
    let mut other = config;
    other["bgp_asn"] = json!("65098");
    let (action, tunnel) = cloud.apply(peer, &tunnel, other).await;
    assert_eq!(action, Action::Replace);
    cloud.destroy(peer, &tunnel).await;
    cloud.destroy(connect, &made).await;
    cloud.destroy("aws_ec2_transit_gateway_vpc_attachment", &carrier).await;
    cloud.destroy(GATEWAY, &gateway).await;
}

/// A gateway that another account shares, as far as two types of resources make it so.
#[tokio::test]
async fn another_accounts_vpc() {
    let region = "me-south-1";
    let Some(owner) = Cloud::open_stub(region, json!({})).await else { return };
    let role = json!({"assume_role": [{"role_arn": "arn:aws:iam::210987654321:role/guest"}]});
    let Some(guest) = Cloud::open_stub(region, role).await else { return };
    let gateway = owner.create(GATEWAY, json!({})).await;
    owner.share(&text(&gateway, "arn"), "210987654321").await;
    let vpc = guest.create("aws_vpc", json!({"cidr_block": "10.8.0.0/16"})).await;
    let subnet = json!({"vpc_id": text(&vpc, "id"), "cidr_block": "10.8.0.0/24"});
    let subnet = text(&guest.create("aws_subnet", subnet).await, "id");
    let kind = "aws_ec2_transit_gateway_vpc_attachment";
    let config = json!({"transit_gateway_id": text(&gateway, "id"), "vpc_id": text(&vpc, "id"), "subnet_ids": [subnet]});
    let asked = guest.create_twice(kind, config).await;
    let accepter = "aws_ec2_transit_gateway_vpc_attachment_accepter";
    let config = json!({"transit_gateway_attachment_id": text(&asked, "id"), "tags": {"Name": "guest"}});
    let accepted = owner.create_twice(accepter, config).await;
    assert_eq!(
        (text(&accepted, "vpc_owner_id"), get(&accepted, "transit_gateway_default_route_table_association")),
        ("210987654321".into(), json!(true))
    );
    owner.import(accepter, &text(&asked, "id"), &accepted, &[]).await;
    let config = json!({
        "transit_gateway_attachment_id": text(&asked, "id"),
        "transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false,
    });
    let (action, accepted) = owner.apply(accepter, &accepted, config).await;
    assert_eq!((action, get(&accepted, "tags_all")), (Action::Update, json!({})));
    let asked = guest.read(kind, &asked).await.unwrap();
    assert_eq!(get(&asked, "tags"), Json::Null, "each account has its own tags");
    owner.destroy(accepter, &accepted).await;
    guest.destroy(kind, &asked).await;
    owner.destroy(GATEWAY, &gateway).await;
}
