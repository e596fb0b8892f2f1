//! Configurations of buckets: each is created, read back, changed, cleared, imported and deleted
//! twice.

use crate::cloud::{Action, Cloud, get};
use serde_json::{Value as Json, json};

/// A bucket for a test, and the configurations of one type that it is to have one after the other.
async fn lives(cloud: &Cloud, bucket: &str, type_name: &str, steps: Vec<Json>) -> terrane_value::Value {
    lives_with(cloud, bucket, type_name, bucket, steps).await
}

async fn lives_with(
    cloud: &Cloud,
    bucket: &str,
    type_name: &str,
    import: &str,
    steps: Vec<Json>,
) -> terrane_value::Value {
    let mut steps = steps.into_iter().map(|mut step| {
        step["bucket"] = bucket.into();
        step
    });
    let mut state = cloud.create_twice(type_name, steps.next().unwrap()).await;
    for step in steps {
        let (action, changed) = cloud.apply(type_name, &state, step).await;
        assert_eq!(action, Action::Update, "{type_name}");
        state = changed;
    }
    cloud.import(type_name, import, &state, &[]).await;
    state
}

async fn bucket(cloud: &Cloud, name: &str) -> terrane_value::Value {
    cloud.create("aws_s3_bucket", json!({"bucket": name, "force_destroy": true})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn access_to_buckets() {
    let Some(cloud) = Cloud::open("ap-south-1").await else { return };
    let name = "tr-access";
    let own = bucket(&cloud, name).await;
    let policy = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": format!("arn:aws:s3:::{name}/*"),
        }]})
        .to_string()
    };
    let steps = vec![json!({"policy": policy("s3:PutObject")}), json!({"policy": policy("s3:*")})];
    let state = lives(&cloud, name, "aws_s3_bucket_policy", steps).await;
    cloud.destroy("aws_s3_bucket_policy", &state).await;

    let steps = vec![
        json!({"block_public_acls": true, "block_public_policy": true}),
        json!({"block_public_acls": true, "ignore_public_acls": true, "restrict_public_buckets": true}),
        json!({}),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_public_access_block", steps).await;
    cloud.destroy("aws_s3_bucket_public_access_block", &state).await;

    let rule = |ownership: &str| json!({"rule": [{"object_ownership": ownership}]});
    let steps = vec![rule("BucketOwnerPreferred"), rule("ObjectWriter")];
    let state = lives(&cloud, name, "aws_s3_bucket_ownership_controls", steps).await;

    let steps = vec![json!({"acl": "private"}), json!({"acl": "public-read"})];
    let acl = lives_with(&cloud, name, "aws_s3_bucket_acl", &format!("{name},public-read"), steps).await;
    let grants = get(&acl, "access_control_policy")[0]["grant"].as_array().unwrap().len();
    assert_eq!(grants, 2);
    let owner = get(&acl, "access_control_policy")[0]["owner"][0]["id"].clone();
    let list = json!({"bucket": name, "access_control_policy": [{
        "owner": [{"id": owner}],
        "grant": [{"permission": "READ", "grantee": [{"type": "CanonicalUser", "id": owner}]}],
    }]});
    let (action, _) = cloud.apply("aws_s3_bucket_acl", &acl, list).await;
    assert_eq!(action, Action::Update);
    cloud.destroy("aws_s3_bucket_ownership_controls", &state).await;
    cloud.destroy("aws_s3_bucket", &own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lifecycle_of_objects() {
    let Some(cloud) = Cloud::open("ap-northeast-1").await else { return };
    let name = "tr-lifecycle";
    let own = bucket(&cloud, name).await;
    let steps = vec![
        json!({"rule": [{"id": "all", "status": "Enabled", "expiration": [{"days": 30}], "filter": [{}]}]}),
        json!({"rule": [
            {
                "id": "logs", "status": "Enabled",
                "filter": [{"prefix": "logs/"}],
                "transition": [
                    {"days": 30, "storage_class": "STANDARD_IA"},
                    {"days": 90, "storage_class": "GLACIER"},
                ],
                "noncurrent_version_transition": [{"noncurrent_days": 30, "storage_class": "GLACIER"}],
                "noncurrent_version_expiration": [{"noncurrent_days": 90}],
                "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
            },
            {
                "id": "tagged", "status": "Disabled",
                "filter": [{"and": [{"prefix": "tmp/", "tags": {"a": "1", "b": "2"}}]}],
                "expiration": [{"date": "2030-01-01T00:00:00Z"}],
            },
            {
                "id": "one-tag", "status": "Enabled",
                "filter": [{"tag": [{"key": "a", "value": "1"}]}],
                "expiration": [{"days": 1}],
            },
        ]}),
        json!({"rule": [{
            "id": "markers", "status": "Enabled", "filter": [{"prefix": "x"}],
            "expiration": [{"expired_object_delete_marker": true}],
        }]}),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_lifecycle_configuration", steps).await;
    cloud.destroy("aws_s3_bucket_lifecycle_configuration", &state).await;
    cloud.destroy("aws_s3_bucket", &own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_locks_and_encryption() {
    let Some(cloud) = Cloud::open("ap-northeast-2").await else { return };
    let name = "tr-versions";
    let config = json!({"bucket": name, "force_destroy": true, "object_lock_enabled": true});
    let own = cloud.create("aws_s3_bucket", config).await;
    let status = |s: &str| json!({"versioning_configuration": [{"status": s}]});
    let state = lives(&cloud, name, "aws_s3_bucket_versioning", vec![status("Enabled")]).await;
    // Versioning outlives its resource, as suspended; a bucket always has the one or the other.
    let null = terrane_value::Value::null(state.ty());
    let nothing = terrane_value::Value::NULL;
    let rule = |rule: Json| json!({"rule": [{"default_retention": [rule]}]});
    let steps = vec![
        rule(json!({"mode": "GOVERNANCE", "days": 5})),
        rule(json!({"mode": "COMPLIANCE", "years": 1})),
        json!({}),
    ];
    let lock = lives(&cloud, name, "aws_s3_bucket_object_lock_configuration", steps).await;
    cloud
        .change("aws_s3_bucket_object_lock_configuration", &lock, &null, &nothing, cloud.token(), false)
        .await;

    let by_default = |rule: Json| json!({"rule": [rule]});
    let steps = vec![
        by_default(json!({"apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}]})),
        by_default(json!({
            "apply_server_side_encryption_by_default": [{
                "sse_algorithm": "aws:kms", "kms_master_key_id": "arn:aws:kms:ap-northeast-2:123456789012:key/1",
            }],
            "bucket_key_enabled": true,
        })),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_server_side_encryption_configuration", steps).await;
    cloud.destroy("aws_s3_bucket_server_side_encryption_configuration", &state).await;
    cloud.destroy("aws_s3_bucket", &own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn web_sites() {
    let Some(cloud) = Cloud::open("ap-southeast-1").await else { return };
    let name = "tr-website";
    let own = bucket(&cloud, name).await;
    let steps = vec![
        json!({"index_document": [{"suffix": "index.html"}]}),
        json!({
            "index_document": [{"suffix": "index.html"}], "error_document": [{"key": "error.html"}],
            "routing_rule": [{
                "condition": [{"key_prefix_equals": "docs/"}],
                "redirect": [{"replace_key_prefix_with": "documents/"}],
            }],
        }),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_website_configuration", steps).await;
    assert_eq!(get(&state, "website_endpoint"), json!("tr-website.s3-website-ap-southeast-1.amazonaws.com"));
    let rules = r#"[{"Condition":{"KeyPrefixEquals":"a/"},"Redirect":{"ReplaceKeyPrefixWith":"b/"}}]"#;
    let config = json!({
        "bucket": name, "index_document": [{"suffix": "index.html"}], "routing_rules": rules,
    });
    let (action, state) = cloud.apply("aws_s3_bucket_website_configuration", &state, config).await;
    assert_eq!(action, Action::Update);
    cloud.destroy("aws_s3_bucket_website_configuration", &state).await;

    let cors = |methods: Json| json!({"cors_rule": [{"allowed_methods": methods, "allowed_origins": ["*"]}]});
    let steps = vec![
        cors(json!(["GET"])),
        json!({"cors_rule": [{
            "id": "one", "allowed_methods": ["GET", "PUT"], "allowed_origins": ["https://a.example"],
            "allowed_headers": ["*"], "expose_headers": ["ETag"], "max_age_seconds": 60,
        }]}),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_cors_configuration", steps).await;
    cloud.destroy("aws_s3_bucket_cors_configuration", &state).await;
    cloud.destroy("aws_s3_bucket", &own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_and_notifications() {
    let Some(cloud) = Cloud::open("ap-southeast-2").await else { return };
    let (name, target) = ("tr-logged", "tr-log-target");
    let own = bucket(&cloud, name).await;
    let logs = bucket(&cloud, target).await;
    let acl = cloud.create("aws_s3_bucket_acl", json!({"bucket": target, "acl": "log-delivery-write"})).await;
    drop(acl);
    let steps = vec![
        json!({"target_bucket": target, "target_prefix": "a/"}),
        json!({"target_bucket": target, "target_prefix": "b/"}),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_logging", steps).await;
    cloud.destroy("aws_s3_bucket_logging", &state).await;

    let queue = cloud.create("aws_sqs_queue", json!({"name": "tr-notified"})).await;
    let arn = get(&queue, "arn");
    let steps = vec![
        json!({"queue": [{"queue_arn": arn, "events": ["s3:ObjectCreated:*"]}]}),
        json!({"queue": [{
            "queue_arn": arn, "events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
            "filter_prefix": "in/", "filter_suffix": ".csv", "id": "mine",
        }]}),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_notification", steps).await;
    cloud.destroy("aws_s3_bucket_notification", &state).await;
    cloud.destroy("aws_sqs_queue", &queue).await;
    cloud.destroy("aws_s3_bucket", &own).await;
    cloud.destroy("aws_s3_bucket", &logs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn speed_and_payment() {
    let Some(cloud) = Cloud::open("sa-east-1").await else { return };
    let name = "tr-speed";
    let own = bucket(&cloud, name).await;
    let status = |s: &str| json!({"status": s});
    let steps = vec![status("Enabled"), status("Suspended")];
    let state = lives(&cloud, name, "aws_s3_bucket_accelerate_configuration", steps).await;
    let null = terrane_value::Value::null(state.ty());
    let nothing = terrane_value::Value::NULL;
    cloud
        .change("aws_s3_bucket_accelerate_configuration", &state, &null, &nothing, cloud.token(), false)
        .await;
    cloud.destroy("aws_s3_bucket", &own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_in_other_buckets() {
    let Some(cloud) = Cloud::open("ca-central-1").await else { return };
    let (name, target) = ("tr-source", "tr-copies");
    let own = bucket(&cloud, name).await;
    let copies = bucket(&cloud, target).await;
    let on = json!([{"status": "Enabled"}]);
    for bucket in [name, target] {
        let config = json!({"bucket": bucket, "versioning_configuration": on});
        cloud.create("aws_s3_bucket_versioning", config).await;
    }
    let role = "arn:aws:iam::123456789012:role/copy";
    let destination = json!([{"bucket": format!("arn:aws:s3:::{target}"), "storage_class": "STANDARD_IA"}]);
    let steps = vec![
        json!({"role": role, "rule": [{"status": "Enabled", "destination": destination}]}),
        json!({"role": role, "rule": [{
            "id": "docs", "status": "Enabled", "priority": 1, "filter": [{}],
            "delete_marker_replication": [{"status": "Disabled"}], "destination": destination,
        }]}),
    ];
    let state = lives(&cloud, name, "aws_s3_bucket_replication_configuration", steps).await;
    cloud.destroy("aws_s3_bucket_replication_configuration", &state).await;
    cloud.destroy("aws_s3_bucket", &own).await;
    cloud.destroy("aws_s3_bucket", &copies).await;
}
