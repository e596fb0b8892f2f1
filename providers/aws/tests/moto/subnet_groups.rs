//! Groups of subnets for databases, caches and warehouses, and what keeps an account's buckets from being public:
//! calls of services that have no SDK crate here.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

/// Two VPCs' worth of subnets, of which groups take two.
async fn subnets(cloud: &Cloud) -> Vec<String> {
    let vpc = cloud.create("aws_vpc", json!({"cidr_block": "10.70.0.0/16"})).await;
    let mut ids = Vec::new();
    for (number, zone) in ["a", "b", "c"].iter().enumerate() {
        let config = json!({
            "vpc_id": text(&vpc, "id"), "cidr_block": format!("10.70.{number}.0/24"),
            "availability_zone": format!("us-west-2{zone}"),
        });
        ids.push(text(&cloud.create("aws_subnet", config).await, "id"));
    }
    ids
}

#[tokio::test]
async fn databases() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let all = subnets(&cloud).await;
    let group = "aws_db_subnet_group";
    let config = json!({"name": "data", "subnet_ids": &all[..2], "tags": {"Name": "data"}});
    let made = cloud.create_twice(group, config).await;
    assert_eq!(
        (text(&made, "id"), text(&made, "description")),
        ("data".into(), "Managed by Terraform".into())
    );
    assert!(text(&made, "arn").ends_with(":subgrp:data"), "{}", text(&made, "arn"));
    cloud.import(group, "data", &made, &[]).await;
    // Moto loses a group whose description or subnets are changed.
    let config = json!({"name": "data", "subnet_ids": &all[..2], "tags": {"Owner": "me"}});
    let (action, made) = cloud.apply(group, &made, config).await;
    assert_eq!((action, get(&made, "tags_all")), (Action::Update, json!({"Owner": "me"})));
    let read = cloud.read(group, &made).await.expect("it is there");
    assert_eq!(get(&read, "subnet_ids"), get(&made, "subnet_ids"));
    let other = cloud.create(group, json!({"name_prefix": "more-", "subnet_ids": &all[..2]})).await;
    assert!(text(&other, "name").starts_with("more-"));
    let (requests, found) = cloud.requests(cloud.read_all(group, &[made.clone(), other.clone()])).await;
    assert_eq!((requests, found.into_iter().flatten().count()), (3, 2), "a listing, and tags of each");
    assert_eq!(cloud.problems(group, &json!({"name": "Data", "subnet_ids": &all[..2]})).len(), 1);
    cloud.undo(group, &made).await;
    cloud.destroy(group, &other).await;
    cloud.destroy(group, &made).await;
    assert!(cloud.read(group, &made).await.is_none());
}

#[tokio::test]
async fn warehouses_and_caches() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let all = subnets(&cloud).await;
    let group = "aws_redshift_subnet_group";
    let made = cloud
        .create_twice(group, json!({"name": "stock", "subnet_ids": &all[..2], "tags": {"a": "b"}}))
        .await;
    cloud.import(group, "stock", &made, &[]).await;
    cloud.destroy(group, &made).await;
    assert!(cloud.read(group, &made).await.is_none());

    // Moto neither changes nor deletes those of caches.
    let group = "aws_elasticache_subnet_group";
    let config = json!({"name": "Fast", "description": "d", "subnet_ids": &all[..2], "tags": {"a": "b"}});
    let made = cloud.create(group, config.clone()).await;
    assert_eq!((text(&made, "id"), text(&made, "name")), ("fast".into(), "Fast".into()));
    let read = cloud.read(group, &made).await.expect("it is there");
    assert_eq!((get(&read, "subnet_ids"), get(&read, "tags")), (get(&made, "subnet_ids"), json!({"a": "b"})));
    let (action, _) = cloud.plan(group, &read, &cloud.config(group, &config)).await;
    assert_eq!(action, Action::Nothing);
}

#[tokio::test]
async fn accounts() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let block = "aws_s3_account_public_access_block";
    let made =
        cloud.create_twice(block, json!({"block_public_acls": true, "ignore_public_acls": true})).await;
    assert_eq!((text(&made, "id"), get(&made, "block_public_policy")), ("123456789012".into(), json!(false)));
    cloud.import(block, "123456789012", &made, &[]).await;
    let (action, made) = cloud.apply(block, &made, json!({"restrict_public_buckets": true})).await;
    assert_eq!(action, Action::Update);
    let read = cloud.read(block, &made).await.expect("it is there");
    assert_eq!(
        (get(&read, "restrict_public_buckets"), get(&read, "block_public_acls")),
        (json!(true), json!(false))
    );
    let said = cloud.read_data(block, json!({})).await.unwrap();
    for name in ["id", "block_public_acls", "block_public_policy", "restrict_public_buckets"] {
        assert_eq!(get(&said, name), get(&read, name), "{name}");
    }
    cloud.destroy(block, &made).await;
    assert!(cloud.not_found(block, json!({})).await.contains("has no such setting"));
    assert!(cloud.read(block, &made).await.is_none());

    let contact = "aws_account_alternate_contact";
    let config = json!({
        "alternate_contact_type": "SECURITY", "email_address": "security@example.com", "name": "On call",
        "phone_number": "+1 555 0100", "title": "Security",
    });
    let made = cloud.create_twice(contact, config.clone()).await;
    assert_eq!(text(&made, "id"), "SECURITY");
    cloud.import(contact, "SECURITY", &made, &[]).await;
    let mut changed = config;
    changed["title"] = json!("Safety");
    let (action, made) = cloud.apply(contact, &made, changed.clone()).await;
    assert_eq!(
        (action, text(&cloud.read(contact, &made).await.unwrap(), "title")),
        (Action::Update, "Safety".into())
    );
    changed["alternate_contact_type"] = json!("NOBODY");
    changed["email_address"] = json!("nowhere");
    assert_eq!(cloud.problems(contact, &changed).len(), 2);
    cloud.destroy(contact, &made).await;
    assert!(cloud.read(contact, &made).await.is_none());
}
