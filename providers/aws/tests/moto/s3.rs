//! Buckets and objects.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_lives() {
    let Some(cloud) = Cloud::open("eu-west-1").await else { return };
    let bucket =
        cloud.create_twice("aws_s3_bucket", json!({"bucket": "tr-life", "tags": {"env": "test"}})).await;
    assert_eq!(text(&bucket, "arn"), "arn:aws:s3:::tr-life");
    assert_eq!(text(&bucket, "bucket_regional_domain_name"), "tr-life.s3.eu-west-1.amazonaws.com");
    assert_eq!(text(&bucket, "hosted_zone_id"), "Z1BKCTXD74EZPE");

    let config = json!({"bucket": "tr-life", "tags": {"env": "prod", "team": "net"}, "force_destroy": true});
    let (action, bucket) = cloud.apply("aws_s3_bucket", &bucket, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_s3_bucket", "tr-life", &bucket, &["force_destroy"]).await;
    let (action, bucket) =
        cloud.apply("aws_s3_bucket", &bucket, json!({"bucket": "tr-life", "force_destroy": true})).await;
    assert_eq!((action, get(&bucket, "tags_all")), (Action::Update, json!({})));

    // Its versions go with it.
    let parts = json!({"bucket": "tr-life", "versioning_configuration": [{"status": "Enabled"}]});
    cloud.create("aws_s3_bucket_versioning", parts).await;
    for content in ["one", "two"] {
        let config = json!({"bucket": "tr-life", "key": "a", "content": content});
        let config = cloud.config("aws_s3_object", &config);
        let (_, planned) = cloud.plan("aws_s3_object", &terrane_value::Value::NULL, &config).await;
        let null = terrane_value::Value::NULL;
        cloud.change("aws_s3_object", &null, &planned, &config, cloud.token(), false).await;
    }
    cloud.destroy("aws_s3_bucket", &bucket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_buckets_are_made_up_and_checked() {
    let Some(cloud) = Cloud::open("us-east-1").await else { return };
    let bucket = cloud.create("aws_s3_bucket", json!({"bucket_prefix": "tr-made-"})).await;
    assert!(text(&bucket, "bucket").starts_with("tr-made-"));
    // In the first region a second creation succeeds, so that the provider must look first.
    let config = cloud.config("aws_s3_bucket", &json!({"bucket": text(&bucket, "bucket")}));
    let (_, planned) = cloud.plan("aws_s3_bucket", &terrane_value::Value::NULL, &config).await;
    let refused = cloud.attempt("aws_s3_bucket", &planned, &config).await;
    assert!(refused.unwrap_err().contains("You have a bucket"));
    cloud.destroy("aws_s3_bucket", &bucket).await;

    let problems = cloud.problems("aws_s3_bucket", &json!({"bucket": "Upper"}));
    assert_eq!(problems.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_of_buckets_are_one_request_each() {
    let Some(cloud) = Cloud::open("eu-west-2").await else { return };
    let mut buckets = Vec::new();
    for i in 0..4 {
        // What is not said is not asked for.
        let versioning = if i == 3 { json!([{"enabled": true}]) } else { json!([]) };
        let bucket = json!({"bucket": format!("tr-count-{i}"), "versioning": versioning});
        buckets.push(cloud.create("aws_s3_bucket", bucket).await);
    }
    let (requests, read) = cloud.requests(cloud.read_all("aws_s3_bucket", &buckets)).await;
    assert_eq!((requests, read.iter().flatten().count()), (5, 4));
    for bucket in &buckets {
        cloud.destroy("aws_s3_bucket", bucket).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_lives() {
    let Some(cloud) = Cloud::open("eu-west-3").await else { return };
    let bucket = cloud.create("aws_s3_bucket", json!({"bucket": "tr-objects", "force_destroy": true})).await;
    let config = json!({
        "bucket": "tr-objects", "key": "docs/read me.txt", "content": "hello",
        "content_type": "text/plain", "metadata": {"author": "me"}, "tags": {"a b": "x=1:y/z"},
    });
    let object = cloud.create("aws_s3_object", config).await;
    assert_eq!(text(&object, "etag"), "5d41402abc4b2a76b9719d911017c592");
    let config = json!({
        "bucket": "tr-objects", "key": "docs/read me.txt", "content": "hello again",
        "content_type": "text/plain", "metadata": {"author": "me"}, "tags": {"a b": "x=1:y/z"},
    });
    let (action, object) = cloud.apply("aws_s3_object", &object, config).await;
    assert_eq!(action, Action::Update);
    assert_ne!(text(&object, "etag"), "5d41402abc4b2a76b9719d911017c592");
    let config = json!({
        "bucket": "tr-objects", "key": "docs/read me.txt", "content": "hello again",
        "content_type": "text/plain", "cache_control": "no-store",
    });
    let (action, object) = cloud.apply("aws_s3_object", &object, config).await;
    assert_eq!((action, get(&object, "tags_all")), (Action::Update, json!({})));
    cloud.import("aws_s3_object", "s3://tr-objects/docs/read me.txt", &object, &["content"]).await;

    let found = cloud
        .read_data("aws_s3_object", json!({"bucket": "tr-objects", "key": "docs/read me.txt"}))
        .await
        .unwrap();
    assert_eq!(text(&found, "body"), "hello again");
    let found = cloud.read_data("aws_s3_objects", json!({"bucket": "tr-objects", "prefix": "docs/"})).await;
    assert_eq!(get(&found.unwrap(), "keys"), json!(["docs/read me.txt"]));
    cloud.destroy("aws_s3_object", &object).await;

    let file = std::env::temp_dir().join(format!("terrane-object-{}", std::process::id()));
    std::fs::write(&file, "from a file").unwrap();
    let path = file.to_str().unwrap();
    let config = json!({"bucket": "tr-objects", "key": "f", "source": path, "source_hash": "1"});
    let object = cloud.create("aws_s3_object", config).await;
    std::fs::write(&file, "from the same file").unwrap();
    let config = json!({"bucket": "tr-objects", "key": "f", "source": path, "source_hash": "2"});
    let (action, changed) = cloud.apply("aws_s3_object", &object, config).await;
    assert_eq!(action, Action::Update);
    assert_ne!(text(&changed, "etag"), text(&object, "etag"));
    std::fs::remove_file(&file).unwrap();
    cloud.destroy("aws_s3_object", &changed).await;
    let config = json!({"bucket": "tr-objects", "key": "b", "content_base64": "AAEC"});
    let object = cloud.create("aws_s3_object", config).await;
    cloud.destroy("aws_s3_object", &object).await;
    cloud.destroy("aws_s3_bucket", &bucket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_about_buckets() {
    let Some(cloud) = Cloud::open("eu-north-1").await else { return };
    let bucket = cloud.create("aws_s3_bucket", json!({"bucket": "tr-data"})).await;
    let found = cloud.read_data("aws_s3_bucket", json!({"bucket": "tr-data"})).await.unwrap();
    assert_eq!(text(&found, "bucket_region"), "eu-north-1");
    assert_eq!(text(&found, "website_endpoint"), "");
    let missing = cloud.read_data("aws_s3_bucket", json!({"bucket": "tr-no-such"})).await.unwrap_err();
    assert!(missing.iter().any(|d| d.summary.contains("does not exist")));
    let id = cloud.read_data("aws_canonical_user_id", json!({})).await.unwrap();
    assert!(!text(&id, "id").is_empty());
    cloud.destroy("aws_s3_bucket", &bucket).await;
}
