//! Buckets.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

#[tokio::test]
async fn a_bucket() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_storage_bucket";
    let config = |more: Json| {
        let mut config = json!({"name": "audit-logs", "location": "eu"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let rules = json!([{"action": [{"type": "SetStorageClass", "storage_class": "NEARLINE"}],
            "condition": [{"age": 30, "matches_storage_class": ["STANDARD"]}]},
        {"action": [{"type": "Delete"}], "condition": [{"num_newer_versions": 3, "with_state": "ARCHIVED"}]}]);
    let first = json!({"lifecycle_rule": rules, "labels": {"a": "b", "c": "d"}, "uniform_bucket_level_access": true,
        "versioning": [{"enabled": true}], "retention_policy": [{"retention_period": 3600}],
        "cors": [{"origin": ["https://example.com"], "method": ["GET"], "max_age_seconds": 60}]});
    let bucket = driver.create(ty, config(first)).await;
    assert_eq!((text(&bucket, "id"), text(&bucket, "url")), ("audit-logs".into(), "gs://audit-logs".into()));
    driver
        .import(
            ty,
            "audit-logs",
            &bucket,
            &["force_destroy", "location", "lifecycle_rule", "default_event_based_hold", "requester_pays"],
        )
        .await;
    let second = json!({"labels": {"a": "x"}, "uniform_bucket_level_access": true, "public_access_prevention": "enforced",
        "force_destroy": true, "versioning": [{"enabled": false}]});
    let (action, bucket) = driver.apply(ty, &bucket, config(second)).await;
    assert_eq!((action, get(&bucket, "lifecycle_rule")), (Action::Update, json!([])));
    assert_eq!(get(&bucket, "effective_labels"), json!({"a": "x"}));
    assert_eq!(get(&bucket, "retention_policy"), json!([]));
    let upload = "/upload/storage/v1/b/audit-logs/o?uploadType=media&name=a%2Fb";
    cloud.send("POST", upload, json!({"some": "object"})).await;
    let member =
        json!({"bucket": "audit-logs", "role": "roles/storage.objectViewer", "member": "user:a@example.com"});
    let member = driver.create("google_storage_bucket_iam_member", member).await;
    driver.destroy("google_storage_bucket_iam_member", &member).await;
    driver.destroy(ty, &bucket).await;
    let why = driver.refusal(ty, json!({"name": "Not A Name", "location": "EU"})).await;
    assert!(why.contains("storage.buckets.insert"), "{why}");
}
