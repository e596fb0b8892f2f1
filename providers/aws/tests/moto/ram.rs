//! Shares, against the stub: moto has no associations of their own.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

const SHARE: &str = "aws_ram_resource_share";
const RESOURCE: &str = "aws_ram_resource_association";
const PRINCIPAL: &str = "aws_ram_principal_association";
const ACCEPTER: &str = "aws_ram_resource_share_accepter";
const WITH_ORGANIZATION: &str = "aws_ram_sharing_with_organization";

#[tokio::test]
async fn a_share_between_accounts() {
    let Some(cloud) = Cloud::open_account("eu-north-1", "555500000001").await else { return };
    let Some(other) = Cloud::open_account("eu-north-1", "555500000002").await else { return };
    let config = json!({"name": "network", "allow_external_principals": true, "tags": {"a": "1"}});
    let share = cloud.create_twice(SHARE, config).await;
    let arn = text(&share, "arn");
    cloud.import(SHARE, &arn, &share, &[]).await;
    let config = json!({"name": "net", "allow_external_principals": true, "tags": {"b": "2"}});
    let (action, share) = cloud.apply(SHARE, &share, config).await;
    assert_eq!((action, get(&share, "tags")), (Action::Update, json!({"b": "2"})));

    let gateway = cloud.create("aws_ec2_transit_gateway", json!({})).await;
    let config = json!({"resource_share_arn": arn, "resource_arn": text(&gateway, "arn")});
    let resource = cloud.create_twice(RESOURCE, config).await;
    cloud.import(RESOURCE, &text(&resource, "id"), &resource, &[]).await;
    let config = json!({"resource_share_arn": arn, "principal": "555500000002"});
    let principal = cloud.create_twice(PRINCIPAL, config).await;
    cloud.import(PRINCIPAL, &text(&principal, "id"), &principal, &[]).await;

    let accepter = other.create_twice(ACCEPTER, json!({"share_arn": arn})).await;
    assert_eq!(get(&accepter, "resources"), json!([text(&gateway, "arn")]));
    assert_eq!(text(&accepter, "receiver_account_id"), "555500000002");
    assert_eq!(text(&accepter, "sender_account_id"), "555500000001");
    other.import(ACCEPTER, &arn, &accepter, &[]).await;
    let here =
        json!({"resource_owner": "SELF", "name": "net", "filter": [{"name": "b", "values": ["2", "3"]}]});
    let found = cloud.read_data(SHARE, here).await.unwrap();
    assert_eq!(
        (text(&found, "arn"), get(&found, "resource_arns")),
        (arn.clone(), json!([text(&gateway, "arn")]))
    );
    let there =
        other.read_data(SHARE, json!({"resource_owner": "OTHER-ACCOUNTS", "name": "net"})).await.unwrap();
    assert_eq!((text(&there, "id"), text(&there, "status")), (arn.clone(), "ACTIVE".into()));
    assert!(cloud.read_data(SHARE, json!({"resource_owner": "SELF", "name": "none"})).await.is_err());

    // Many shares are one listing, but for their permissions; many associations are one listing.
    let second = cloud
        .create(
            SHARE,
            json!({"name": "second", "permission_arns": [
                "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionTransitGateway",
            ]}),
        )
        .await;
    let (requests, read) = cloud.requests(cloud.read_all(SHARE, &[share.clone(), second.clone()])).await;
    assert_eq!((requests, read.iter().flatten().count()), (3, 2));
    let (action, second) = cloud
        .apply(
            SHARE,
            &second,
            json!({"name": "second", "permission_arns": [
                "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionSubnet",
            ]}),
        )
        .await;
    assert_eq!(action, Action::Replace);
    let config = json!({"resource_share_arn": text(&second, "arn"), "resource_arn": text(&gateway, "arn")});
    let also = cloud.create(RESOURCE, config).await;
    let (requests, read) = cloud.requests(cloud.read_all(RESOURCE, &[resource.clone(), also.clone()])).await;
    assert_eq!((requests, read.iter().flatten().count()), (1, 2));

    other.destroy(ACCEPTER, &accepter).await;
    cloud.destroy(RESOURCE, &also).await;
    cloud.destroy(SHARE, &second).await;
    cloud.destroy(RESOURCE, &resource).await;
    cloud.destroy(SHARE, &share).await;
    cloud.destroy(PRINCIPAL, &principal).await;
    cloud.destroy("aws_ec2_transit_gateway", &gateway).await;
}

#[tokio::test]
async fn sharing_in_an_organization() {
    let Some(cloud) = Cloud::open_account("eu-north-1", "555500000003").await else { return };
    let organization = cloud.create("aws_organizations_organization", json!({})).await;
    let account =
        cloud.create("aws_organizations_account", json!({"name": "a", "email": "ram@example.com"})).await;
    let sharing = cloud.create_twice(WITH_ORGANIZATION, json!({})).await;
    assert_eq!(text(&sharing, "id"), "555500000003");
    cloud.import(WITH_ORGANIZATION, "555500000003", &sharing, &[]).await;
    let share = cloud.create(SHARE, json!({"name": "inside"})).await;
    for principal in [text(&account, "id"), text(&organization, "arn")] {
        let config = json!({"resource_share_arn": text(&share, "arn"), "principal": principal});
        let association = cloud.create(PRINCIPAL, config).await;
        cloud.destroy(PRINCIPAL, &association).await;
    }
    let config = cloud
        .config(PRINCIPAL, &json!({"resource_share_arn": text(&share, "arn"), "principal": "999999999999"}));
    let (_, planned) = cloud.plan(PRINCIPAL, &terrane_value::Value::NULL, &config).await;
    let error = cloud.attempt(PRINCIPAL, &planned, &config).await.unwrap_err();
    assert!(error.contains("does not allow external principals"), "{error}");
    cloud.destroy(SHARE, &share).await;
    cloud.destroy(WITH_ORGANIZATION, &sharing).await;
    cloud.destroy("aws_organizations_account", &account).await;
    cloud.destroy("aws_organizations_organization", &organization).await;
}
