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
        "force_destroy": true, "versioning": [{"enabled": false}], "autoclass": [{"enabled": false}]});
    let (action, bucket) = driver.apply(ty, &bucket, config(second)).await;
    assert_eq!(get(&bucket, "autoclass"), json!([{"enabled": false, "terminal_storage_class": null}]));
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

#[tokio::test]
async fn objects() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_storage_bucket", json!({"name": "scripts", "location": "EU"})).await;
    let ty = "google_storage_bucket_object";
    let config = |more: Json| {
        let mut config = json!({"bucket": "scripts", "name": "a/start.sh"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let hello =
        config(json!({"content": "hello", "content_type": "text/x-sh", "metadata": {"by": "terrane"}}));
    let object = driver.create(ty, hello.clone()).await;
    assert_eq!(
        (text(&object, "id"), text(&object, "md5hash")),
        ("scripts-a/start.sh".into(), "XUFAKrxLKna5cZ2REBfFkg==".into())
    );
    assert_eq!(text(&object, "md5hexhash"), "5d41402abc4b2a76b9719d911017c592");
    let there = cloud.send("GET", "/storage/v1/b/scripts/o/a%2Fstart.sh", Json::Null).await;
    assert_eq!(
        (&there["size"], &there["contentType"], &there["metadata"]["by"]),
        (&json!("5"), &json!("text/x-sh"), &json!("terrane"))
    );
    driver.import(ty, "scripts/a/start.sh", &object, &["content"]).await;
    let mut held = hello.clone();
    held["temporary_hold"] = json!(true);
    let (action, object) = driver.apply(ty, &object, held).await;
    assert_eq!((action, get(&object, "generation")), (Action::Update, get(&object, "generation")));
    let (_, object) = driver.apply(ty, &object, hello.clone()).await;

    // Somebody else writes other contents.
    cloud
        .send("POST", "/upload/storage/v1/b/scripts/o?uploadType=media&name=a%2Fstart.sh", json!("other"))
        .await;
    let changed = driver.read(ty, &object).await.unwrap();
    let (action, _) = driver.plan(ty, &changed, &driver.config(ty, &hello)).await;
    assert_ne!(action, Action::Nothing);
    let (action, object) =
        driver.apply(ty, &object, config(json!({"content": "bye", "content_type": "text/x-sh"}))).await;
    assert_eq!(action, Action::Replace);

    let file = std::env::temp_dir().join(format!("terrane-object-{}", std::process::id()));
    std::fs::write(&file, "one").unwrap();
    let from_file = json!({"bucket": "scripts", "name": "file", "source": file.to_str().unwrap()});
    let second = driver.create(ty, from_file.clone()).await;
    std::fs::write(&file, "two").unwrap();
    let (action, second) = driver.apply(ty, &second, from_file.clone()).await;
    assert_eq!(action, Action::Update);
    let about = cloud.send("GET", "/storage/v1/b/scripts/o/file", Json::Null).await;
    assert_eq!(about["md5Hash"], json!(text(&second, "md5hash")));
    std::fs::remove_file(&file).unwrap();
    driver.destroy(ty, &second).await;
    driver.destroy(ty, &object).await;
    let problem = driver.refusal(ty, from_file).await;
    assert!(problem.contains("cannot be read"), "{problem}");
}

#[tokio::test]
async fn many_buckets_are_read_together() {
    let cloud = Cloud::open().await;
    let ty = "google_storage_bucket";
    let mut all = Vec::new();
    for name in ["one", "two", "three", "four"] {
        all.push(cloud.driver.create(ty, json!({"name": format!("bucket-{name}"), "location": "EU"})).await);
    }
    cloud.requests().await;
    assert_eq!(cloud.driver.read_all(ty, &all).await, all.iter().cloned().map(Some).collect::<Vec<_>>());
    assert_eq!(cloud.requests().await, json!({"storage.buckets.list": 1}));
    cloud.send("DELETE", "/storage/v1/b/bucket-two", Json::Null).await;
    assert!(cloud.driver.read_all(ty, &all).await[1].is_none());
}

#[tokio::test]
async fn a_retention_policy_that_is_locked() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_storage_bucket";
    let config = |seconds: u32, locked: Json| json!({"name": "kept-1", "location": "EU", "retention_policy": [{"retention_period": seconds, "is_locked": locked}]});
    let bucket = driver.create(ty, config(60, json!(false))).await;
    let (action, bucket) = driver.apply(ty, &bucket, config(60, json!(true))).await;
    assert_eq!(action, Action::Update);
    let told = cloud.send("GET", "/storage/v1/b/kept-1", Json::Null).await;
    assert_eq!(told["retentionPolicy"]["isLocked"], true);
    let (action, bucket) = driver.apply(ty, &bucket, config(120, json!(true))).await;
    assert_eq!(
        (action, get(&bucket, "retention_policy")[0]["retention_period"].clone()),
        (Action::Update, json!(120))
    );
    let unknown = [
        "force_destroy",
        "location",
        "labels",
        "terraform_labels",
        "default_event_based_hold",
        "requester_pays",
    ];
    driver.import(ty, "kept-1", &bucket, &unknown).await;
    // It cannot be taken back: only another bucket is without it.
    let without = json!({"name": "kept-1", "location": "EU"});
    for other in [config(120, json!(false)), without] {
        assert_eq!(driver.plan(ty, &bucket, &driver.config(ty, &other)).await.0, Action::Replace, "{other}");
    }
    let (shorter, planned) = driver.plan(ty, &bucket, &driver.config(ty, &config(60, json!(true)))).await;
    assert_eq!(shorter, Action::Update);
    let said = driver.attempt(ty, &planned, &driver.config(ty, &config(60, json!(true)))).await;
    assert!(said.is_err(), "{said:?}");
    let locked_at_once = json!({"name": "kept-2", "location": "EU", "retention_policy": [{"retention_period": 60, "is_locked": true}]});
    driver.create(ty, locked_at_once).await;
    assert_eq!(
        cloud.send("GET", "/storage/v1/b/kept-2", Json::Null).await["retentionPolicy"]["isLocked"],
        true
    );
}

#[tokio::test]
async fn an_object_with_a_key_of_ones_own() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let bucket =
        json!({"name": "keys-1", "location": "EU", "enable_object_retention": true, "force_destroy": true});
    driver.create("google_storage_bucket", bucket).await;
    let ty = "google_storage_bucket_object";
    let key = |letter: &str| json!([{"encryption_key": format!("{}E=", letter.repeat(42))}]);
    let config = |content: &str, key: Json| json!({"bucket": "keys-1", "name": "o", "content": content, "customer_encryption": key});
    let object = driver.create(ty, config("one", key("Q"))).await;
    assert!(!text(&object, "md5hash").is_empty());
    // Who has no key sees no sums, and none of the contents.
    let path = "/storage/v1/b/keys-1/o/o";
    let told = cloud.send("GET", path, Json::Null).await;
    assert_eq!(
        (&told["md5Hash"], &told["customerEncryption"]["encryptionAlgorithm"]),
        (&Json::Null, &json!("AES256"))
    );
    let told = cloud.send("GET", &format!("{path}?alt=media"), Json::Null).await;
    assert!(
        told["error"]["message"].as_str().is_some_and(|said| said.contains("customer-supplied")),
        "{told}"
    );
    let (action, object) = driver.apply(ty, &object, config("two", key("Q"))).await;
    assert_eq!(action, Action::Replace);
    let (action, _) = driver.plan(ty, &object, &driver.config(ty, &config("two", key("R")))).await;
    assert_eq!(action, Action::Replace);
    driver.destroy(ty, &object).await;
    let kept = |until: Json| json!({"bucket": "keys-1", "name": "kept", "content": "x", "retention": until});
    let until =
        |year: u16| json!([{"mode": "Unlocked", "retain_until_time": format!("{year}-01-01T00:00:00.000Z")}]);
    let object = driver.create(ty, kept(until(2030))).await;
    let said = driver.refused_deletion(ty, &object).await;
    assert!(said.contains("retention"), "{said}");
    for other in [until(2031), until(2029), json!([])] {
        let (action, _) = driver.apply(ty, &object, kept(other)).await;
        assert_eq!(action, Action::Update);
    }
    driver.destroy(ty, &object).await;
}
