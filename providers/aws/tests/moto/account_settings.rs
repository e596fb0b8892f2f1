//! What an account says once for a region, against the stub: moto knows the encryption of volumes alone.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;
use terrane_value::Value;

#[tokio::test]
async fn settings_are_made_changed_and_taken_back() {
    let Some(cloud) = Cloud::open_account("ap-south-1", "666600000001").await else { return };
    let null = |state: &Value| Value::null(state.ty());

    let type_name = "aws_ebs_encryption_by_default";
    let on = cloud.create_twice(type_name, json!({})).await;
    assert_eq!((text(&on, "id"), get(&on, "enabled")), ("ap-south-1".into(), json!(true)));
    cloud.import(type_name, "default", &on, &[]).await;
    let said = cloud.read_data(type_name, json!({})).await.unwrap();
    assert_eq!((text(&said, "id"), get(&said, "enabled")), ("ap-south-1".into(), json!(true)));
    let (action, off) = cloud.apply(type_name, &on, json!({"enabled": false})).await;
    assert_eq!(action, Action::Update);
    cloud.apply(type_name, &off, json!({})).await;
    cloud.change(type_name, &on, &null(&on), &Value::NULL, cloud.token(), false).await;
    assert_eq!(get(&cloud.read(type_name, &on).await.unwrap(), "enabled"), json!(false));

    let type_name = "aws_ec2_serial_console_access";
    let on = cloud.create_twice(type_name, json!({})).await;
    cloud.import(type_name, "default", &on, &[]).await;
    let (action, _) = cloud.apply(type_name, &on, json!({"enabled": false})).await;
    assert_eq!(action, Action::Update);
    let said = cloud.read_data(type_name, json!({})).await.unwrap();
    assert_eq!(get(&said, "enabled"), json!(false));

    let type_name = "aws_ebs_snapshot_block_public_access";
    let all = cloud.create_twice(type_name, json!({"state": "block-all-sharing"})).await;
    cloud.import(type_name, "default", &all, &[]).await;
    let (_, new) = cloud.apply(type_name, &all, json!({"state": "block-new-sharing"})).await;
    let (action, none) = cloud.apply(type_name, &new, json!({"state": "unblocked"})).await;
    assert_eq!((action, text(&none, "state")), (Action::Update, "unblocked".into()));
    cloud.apply(type_name, &none, json!({"state": "block-all-sharing"})).await;
    cloud.change(type_name, &all, &null(&all), &Value::NULL, cloud.token(), false).await;
    assert_eq!(text(&cloud.read(type_name, &all).await.unwrap(), "state"), "unblocked");

    let type_name = "aws_ec2_image_block_public_access";
    let blocked = cloud.create_twice(type_name, json!({"state": "block-new-sharing"})).await;
    let (action, _) = cloud.apply(type_name, &blocked, json!({"state": "unblocked"})).await;
    assert_eq!(action, Action::Update);

    let type_name = "aws_ec2_instance_metadata_defaults";
    let config = json!({"http_tokens": "required", "http_put_response_hop_limit": 2});
    let defaults = cloud.create_twice(type_name, config).await;
    assert_eq!(get(&defaults, "http_endpoint"), json!("no-preference"));
    let config =
        json!({"http_tokens": "required", "http_endpoint": "enabled", "instance_metadata_tags": "disabled"});
    let (action, defaults) = cloud.apply(type_name, &defaults, config).await;
    assert_eq!((action, get(&defaults, "http_put_response_hop_limit")), (Action::Update, json!(-1)));
    cloud.change(type_name, &defaults, &null(&defaults), &Value::NULL, cloud.token(), false).await;
    let read = cloud.read(type_name, &defaults).await.unwrap();
    assert_eq!(get(&read, "http_tokens"), json!("no-preference"));

    let key = cloud.create("aws_kms_key", json!({})).await;
    let type_name = "aws_ebs_default_kms_key";
    let own = cloud.create_twice(type_name, json!({"key_arn": text(&key, "arn")})).await;
    cloud.import(type_name, &text(&key, "arn"), &own, &[]).await;
    let said = cloud.read_data(type_name, json!({})).await.unwrap();
    assert_eq!(get(&said, "key_arn"), get(&key, "arn"));
    let other = cloud.create("aws_kms_key", json!({})).await;
    let (action, _) = cloud.apply(type_name, &own, json!({"key_arn": text(&other, "arn")})).await;
    assert_eq!(action, Action::Replace);
    assert!(cloud.read(type_name, &own).await.is_none(), "another key has taken its place");
}
