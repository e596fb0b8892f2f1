//! Queues and topics.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let queue = cloud.create_twice("aws_sqs_queue", json!({"name": "tr-queue", "tags": {"a": "1"}})).await;
    assert!(text(&queue, "arn").ends_with(":tr-queue"));
    let failed = cloud.create("aws_sqs_queue", json!({"name_prefix": "tr-failed-"})).await;
    assert!(text(&failed, "name").starts_with("tr-failed-"));
    let redrive = json!({"maxReceiveCount": 3, "deadLetterTargetArn": text(&failed, "arn")}).to_string();
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": text(&queue, "arn"),
    }]})
    .to_string();
    let config = json!({
        "name": "tr-queue", "delay_seconds": 5, "max_message_size": 2048, "message_retention_seconds": 86400,
        "receive_wait_time_seconds": 10, "visibility_timeout_seconds": 60, "redrive_policy": redrive,
        "policy": policy, "tags": {"b": "2"},
    });
    let (action, queue) = cloud.apply("aws_sqs_queue", &queue, config).await;
    assert_eq!(action, Action::Update);
    let url = text(&queue, "url");
    // The emulator answers JSON with other spaces.
    cloud.import("aws_sqs_queue", &url, &queue, &["policy", "redrive_policy"]).await;
    let (action, queue) = cloud.apply("aws_sqs_queue", &queue, json!({"name": "tr-queue"})).await;
    assert_eq!((action, get(&queue, "delay_seconds")), (Action::Update, json!(0)));

    let ours = json!({"queue_name_prefix": "tr-queue"});
    let found = cloud.read_data("aws_sqs_queues", ours).await.unwrap();
    assert_eq!(get(&found, "queue_urls"), json!([url]));
    let none = json!({"queue_name_prefix": "tr-none"});
    let found = cloud.read_data("aws_sqs_queues", none).await.unwrap();
    assert_eq!(get(&found, "queue_urls"), json!([]));

    // The policies as resources of their own.
    let config = json!({"queue_url": text(&failed, "url"), "policy": policy});
    let own = cloud.create("aws_sqs_queue_policy", config).await;
    cloud.import("aws_sqs_queue_policy", &text(&failed, "url"), &own, &["policy"]).await;
    let found = cloud.read_data("aws_sqs_queue", json!({"name": "tr-queue"})).await.unwrap();
    assert_eq!(get(&found, "url"), get(&queue, "url"));
    let allowed =
        json!({"redrivePermission": "byQueue", "sourceQueueArns": [text(&queue, "arn")]}).to_string();
    let config = json!({"queue_url": text(&failed, "url"), "redrive_allow_policy": allowed});
    let kind = "aws_sqs_queue_redrive_allow_policy";
    let allowed = cloud.create_twice(kind, config).await;
    cloud.import(kind, &text(&failed, "url"), &allowed, &[]).await;
    cloud.destroy(kind, &allowed).await;
    cloud.destroy("aws_sqs_queue_policy", &own).await;
    cloud.destroy("aws_sqs_queue", &queue).await;
    cloud.destroy("aws_sqs_queue", &failed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifo_queues_are_checked() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let config = json!({"name": "tr-fifo.fifo", "fifo_queue": true, "content_based_deduplication": true});
    let queue = cloud.create("aws_sqs_queue", config).await;
    cloud.destroy("aws_sqs_queue", &queue).await;
    let queue = cloud.create("aws_sqs_queue", json!({"fifo_queue": true})).await;
    assert!(text(&queue, "name").ends_with(".fifo"));
    cloud.destroy("aws_sqs_queue", &queue).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let topic = cloud.create_twice("aws_sns_topic", json!({"name": "tr-topic", "tags": {"a": "1"}})).await;
    let arn = text(&topic, "arn");
    let config = json!({"name": "tr-topic", "display_name": "Topic", "tags": {"b": "2"}});
    let (action, topic) = cloud.apply("aws_sns_topic", &topic, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_sns_topic", &arn, &topic, &[]).await;
    let (action, topic) = cloud.apply("aws_sns_topic", &topic, json!({"name": "tr-topic"})).await;
    assert_eq!(action, Action::Update);

    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}, "Action": "SNS:Publish",
        "Resource": arn,
    }]})
    .to_string();
    let own = cloud.create("aws_sns_topic_policy", json!({"arn": arn, "policy": policy})).await;
    cloud.import("aws_sns_topic_policy", &arn, &own, &[]).await;

    let queue = cloud.create("aws_sqs_queue", json!({"name": "tr-subscriber"})).await;
    let config = json!({"topic_arn": arn, "protocol": "sqs", "endpoint": text(&queue, "arn")});
    let told = cloud.create_twice("aws_sns_topic_subscription", config.clone()).await;
    assert_eq!(get(&told, "pending_confirmation"), json!(false));
    let mut filtered = config.clone();
    filtered["filter_policy"] = json!({"kind": ["a", "b"]}).to_string().into();
    filtered["raw_message_delivery"] = true.into();
    let (action, told) = cloud.apply("aws_sns_topic_subscription", &told, filtered).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_sns_topic_subscription", &text(&told, "arn"), &told, &[]).await;
    let found = cloud.read_data("aws_sns_topic", json!({"name": "tr-topic"})).await.unwrap();
    assert_eq!(text(&found, "arn"), arn);
    cloud.destroy("aws_sns_topic_subscription", &told).await;
    cloud.destroy("aws_sns_topic_policy", &own).await;
    cloud.destroy("aws_sns_topic", &topic).await;
    cloud.destroy("aws_sqs_queue", &queue).await;
}
