//! Topics.

use crate::Cloud;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::testing::{Action, get, text};

const PATH: &str = "projects/host-prj/topics/logs";

#[tokio::test]
async fn a_topic() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ring = json!({"name": "r", "location": "europe-west1"});
    driver.create("google_kms_key_ring", ring).await;
    let ring = "projects/host-prj/locations/europe-west1/keyRings/r";
    for name in ["k", "l"] {
        driver.create("google_kms_crypto_key", json!({"name": name, "key_ring": ring})).await;
    }
    let schema = json!({"type": "AVRO", "definition": "{}"});
    cloud.send("POST", "/v1/projects/host-prj/schemas?schemaId=s", schema).await;
    let ty = "google_pubsub_topic";
    let config = |more: Json| {
        let mut config = json!({"name": "logs"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let topic = driver.create_twice(ty, config(json!({}))).await;
    assert_eq!(text(&topic, "id"), PATH);
    let unknown = ["labels", "terraform_labels", "message_storage_policy", "schema_settings"];
    for id in [PATH, "host-prj/logs", "logs"] {
        driver.import(ty, id, &topic, &unknown).await;
    }
    let udf =
        |code: &str| json!([{"disabled": false, "javascript_udf": [{"code": code, "function_name": "f"}]}]);
    let full = |key: &str, label: &str, duration: &str, regions: Json, source: Json| {
        json!({
            "kms_key_name": format!("{ring}/cryptoKeys/{key}"), "labels": {"a": label}, "message_retention_duration": duration,
            "message_storage_policy": [{"allowed_persistence_regions": regions, "enforce_in_transit": true}],
            "message_transforms": udf(label), "schema_settings": [{"schema": "projects/host-prj/schemas/s", "encoding": "JSON"}],
            "ingestion_data_source_settings": [source],
        })
    };
    let bucket = json!({"cloud_storage": [{"bucket": "b", "match_glob": "**.txt", "text_format": [{"delimiter": "|"}],
        "minimum_object_create_time": "2026-01-01T00:00:00Z"}], "platform_logs_settings": [{"severity": "WARNING"}]});
    let first = full("k", "b", "86400s", json!(["europe-west1"]), bucket);
    let (action, topic) = driver.apply(ty, &topic, config(first)).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, PATH, &topic, &[]).await;
    let path = format!("/v1/{PATH}");
    let told = cloud.send("GET", &path, Json::Null).await;
    assert_eq!(told["ingestionDataSourceSettings"]["cloudStorage"]["textFormat"], json!({"delimiter": "|"}));
    assert_eq!(told["messageTransforms"][0]["javascriptUdf"]["code"], "b");
    assert_eq!(told["schemaSettings"], json!({"schema": "projects/host-prj/schemas/s", "encoding": "JSON"}));
    let avro = json!({"cloud_storage": [{"bucket": "b", "avro_format": [{}]}]});
    let second = full("l", "c", "3600s", json!(["europe-west1", "europe-west4"]), avro);
    let (action, topic) = driver.apply(ty, &topic, config(second)).await;
    assert_eq!(action, Action::Update);
    driver.import(ty, PATH, &topic, &[]).await;
    let told = cloud.send("GET", &path, Json::Null).await;
    assert_eq!(told["kmsKeyName"], format!("{ring}/cryptoKeys/l"));
    assert_eq!(told["ingestionDataSourceSettings"]["cloudStorage"]["avroFormat"], json!({}));
    let (action, topic) = driver.apply(ty, &topic, config(json!({}))).await;
    assert_eq!(action, Action::Update);
    let told = cloud.send("GET", &path, Json::Null).await;
    for gone in [
        "kmsKeyName",
        "labels",
        "messageRetentionDuration",
        "messageTransforms",
        "ingestionDataSourceSettings",
    ] {
        assert_eq!(told[gone], Json::Null, "{told}");
    }
    assert_eq!(get(&topic, "effective_labels"), json!({}));
    let (action, _) = driver.plan(ty, &topic, &driver.config(ty, &json!({"name": "other"}))).await;
    assert_eq!(action, Action::Replace);
    driver.destroy(ty, &topic).await;
}

#[tokio::test]
async fn every_source_of_messages() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_pubsub_topic";
    let account = "x@host-prj.iam.gserviceaccount.com";
    let sources = json!({
        "aws_kinesis": [{"aws_role_arn": "arn:aws:iam::1:role/r", "consumer_arn": "c", "stream_arn": "s", "gcp_service_account": account}],
        "aws_msk": [{"aws_role_arn": "arn:aws:iam::1:role/r", "cluster_arn": "c", "topic": "t", "gcp_service_account": account}],
        "azure_event_hubs": [{"client_id": "c", "event_hub": "h", "namespace": "n", "resource_group": "g", "subscription_id": "s",
            "tenant_id": "t", "gcp_service_account": account}],
        "cloud_storage": [{"bucket": "b", "pubsub_avro_format": [{}]}],
        "confluent_cloud": [{"bootstrap_server": "b:9092", "cluster_id": "c", "identity_pool_id": "p", "topic": "t",
            "gcp_service_account": account}],
    });
    for (name, source) in sources.as_object().unwrap() {
        let dashed = name.replace('_', "-");
        let config = json!({"name": dashed, "ingestion_data_source_settings": [{name: source}]});
        let topic = driver.create(ty, config).await;
        let unknown = ["labels", "terraform_labels", "message_storage_policy", "schema_settings"];
        driver.import(ty, &dashed, &topic, &unknown).await;
        driver.destroy(ty, &topic).await;
    }
    let two = json!({"name": "two", "ingestion_data_source_settings":
        [{"aws_msk": sources["aws_msk"], "cloud_storage": sources["cloud_storage"]}]});
    let said = driver.refusal(ty, two).await;
    assert!(said.contains("from one source"), "{said}");
}

#[tokio::test]
async fn topics_that_google_would_refuse() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_pubsub_topic";
    for (config, want) in [
        (json!({"name": "1"}), "Invalid resource name"),
        (json!({"name": "logs", "message_retention_duration": "60s"}), "from 10 minutes"),
        (
            json!({"name": "logs", "message_storage_policy": [{"allowed_persistence_regions": ["mars"]}]}),
            "no region",
        ),
        (
            json!({"name": "logs", "schema_settings": [{"schema": "projects/host-prj/schemas/none"}]}),
            "not found",
        ),
        (
            json!({"name": "logs", "kms_key_name": "projects/host-prj/locations/global/keyRings/r/cryptoKeys/k"}),
            "not found",
        ),
    ] {
        let said = driver.refusal(ty, config).await;
        assert!(said.contains(want), "{said}");
    }
    assert!(!driver.problems(ty, &json!({"name": "logs", "message_retention_duration": "1h"})).is_empty());
}

#[tokio::test]
async fn many_topics_are_read_in_one_request() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    let ty = "google_pubsub_topic";
    let mut topics = Vec::new();
    for name in ["one", "two", "three"] {
        topics.push(driver.create(ty, json!({"name": name})).await);
    }
    cloud.send("DELETE", "/v1/projects/host-prj/topics/two", Json::Null).await;
    cloud.requests().await;
    let read = driver.read_all(ty, &topics).await;
    assert_eq!(read.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(cloud.requests().await, json!({"pubsub.projects.topics.list": 1}));
}

#[tokio::test]
async fn who_may_publish() {
    let cloud = Cloud::open().await;
    let driver = &cloud.driver;
    driver.create("google_pubsub_topic", json!({"name": "logs"})).await;
    let (role, writer) =
        ("roles/pubsub.publisher", "serviceAccount:service-1@gcp-sa-logging.iam.gserviceaccount.com");
    let ty = "google_pubsub_topic_iam_member";
    let config = |topic: &str, member: &str| json!({"topic": topic, "role": role, "member": member});
    let (one, two) = tokio::join!(
        driver.create(ty, config("logs", writer)),
        driver.create(ty, config(PATH, "group:g@example.com"))
    );
    assert_eq!(text(&one, "id"), format!("{PATH}/{role}/{writer}"));
    driver.import(ty, &format!("{PATH} {role} {writer}"), &one, &["etag"]).await;
    let binding = json!({"topic": "logs", "role": role, "members": [writer]});
    let ty_binding = "google_pubsub_topic_iam_binding";
    let said = driver.warnings(ty_binding, &terrane_sdk::Value::NULL, &binding).await;
    assert!(said.len() == 1 && said[0].contains("group:g@example.com"), "{said:?}");
    driver.destroy(ty, &two).await;
    driver.destroy(ty, &one).await;
    let bound = driver.create(ty_binding, binding).await;
    driver.import(ty_binding, &format!("logs {role}"), &bound, &[]).await;
    let told = cloud.send("GET", &format!("/v1/{PATH}:getIamPolicy"), Json::Null).await;
    assert_eq!(told["bindings"], json!([{"role": role, "members": [writer]}]));
    driver.destroy(ty_binding, &bound).await;
    let data = json!({"bindings": [{"role": role, "members": ["user:u@example.com"]}]}).to_string();
    let ty = "google_pubsub_topic_iam_policy";
    let policy = driver.create(ty, json!({"topic": "logs", "policy_data": data})).await;
    driver.import(ty, PATH, &policy, &["policy_data"]).await;
}
