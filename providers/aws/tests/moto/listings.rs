//! What there is, whoever made it: each of these types can be listed, and lists what was just made.

use crate::cloud::{Cloud, text};
use serde_json::{Value as Json, json};

/// Makes an object, finds it in the listing of its type, and destroys it.
async fn lists(cloud: &Cloud, type_name: &str, config: Json) {
    let made = cloud.create(type_name, config).await;
    let found = cloud.provider.list(&cloud.client, type_name).await.expect("the listing is answered");
    let found = found.unwrap_or_else(|| panic!("{type_name} cannot be listed"));
    let id = text(&made, "id");
    let ids: Vec<_> = found.iter().map(|object| text(&object.state, "id")).collect();
    assert!(ids.contains(&id), "{type_name} {id} is not among {ids:?}");
    assert!(!ids.iter().any(|id| id.starts_with("alias/aws/")), "AWS's own are nobody's to manage: {ids:?}");
    cloud.destroy(type_name, &made).await;
    let left = cloud.provider.list(&cloud.client, type_name).await.unwrap().unwrap();
    assert!(!left.iter().any(|object| text(&object.state, "id") == id), "{type_name} {id} is still listed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_is_listed() {
    let Some(cloud) = Cloud::open("ca-central-1").await else { return };
    let alarm = json!({
        "alarm_name": "tr-listed", "comparison_operator": "GreaterThanThreshold", "evaluation_periods": 1,
        "metric_name": "CPUUtilization", "namespace": "AWS/EC2", "period": 60, "statistic": "Average", "threshold": 80,
    });
    lists(&cloud, "aws_cloudwatch_metric_alarm", alarm).await;
    let body = json!({"widgets": []}).to_string();
    let board = json!({"dashboard_name": "tr-listed", "dashboard_body": body});
    lists(&cloud, "aws_cloudwatch_dashboard", board).await;

    let group = cloud.create("aws_cloudwatch_log_group", json!({"name": "/tr/listed"})).await;
    let metric = json!({"name": "n", "namespace": "tr", "value": "1"});
    let filter = json!({
        "name": "tr-listed", "log_group_name": "/tr/listed", "pattern": "ERROR", "metric_transformation": [metric],
    });
    lists(&cloud, "aws_cloudwatch_log_metric_filter", filter).await;
    cloud.destroy("aws_cloudwatch_log_group", &group).await;

    let key = cloud.create("aws_kms_key", json!({})).await;
    let alias = json!({"name": "alias/tr-listed", "target_key_id": text(&key, "key_id")});
    lists(&cloud, "aws_kms_alias", alias).await;
    cloud.destroy("aws_kms_key", &key).await;

    let parameter = json!({"name": "/tr/listed", "type": "SecureString", "value": "hidden"});
    lists(&cloud, "aws_ssm_parameter", parameter).await;

    let user = cloud.create("aws_iam_user", json!({"name": "tr-listed"})).await;
    lists(&cloud, "aws_iam_access_key", json!({"user": "tr-listed"})).await;
    cloud.destroy("aws_iam_user", &user).await;

    let topic = cloud.create("aws_sns_topic", json!({"name": "tr-listed"})).await;
    let queue = cloud.create("aws_sqs_queue", json!({"name": "tr-listed"})).await;
    let subscription =
        json!({"topic_arn": text(&topic, "arn"), "protocol": "sqs", "endpoint": text(&queue, "arn")});
    lists(&cloud, "aws_sns_topic_subscription", subscription).await;
    cloud.destroy("aws_sns_topic", &topic).await;
    cloud.destroy("aws_sqs_queue", &queue).await;

    let bucket = cloud.create("aws_s3_bucket", json!({"bucket": "tr-listed-calls"})).await;
    lists(&cloud, "aws_cloudtrail", json!({"name": "tr-listed", "s3_bucket_name": "tr-listed-calls"})).await;
    cloud.destroy("aws_s3_bucket", &bucket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_of_one_name_are_told_apart_by_their_groups() {
    let Some(cloud) = Cloud::open("ap-south-2").await else { return };
    let type_name = "aws_cloudwatch_log_metric_filter";
    let mut made = Vec::new();
    for group in ["/tr/one", "/tr/two"] {
        made.push((
            "aws_cloudwatch_log_group",
            cloud.create("aws_cloudwatch_log_group", json!({"name": group})).await,
        ));
        let metric = json!({"name": "n", "namespace": "tr", "value": "1"});
        let filter = json!({"name": "errors", "log_group_name": group, "pattern": "ERROR", "metric_transformation": [metric]});
        made.push((type_name, cloud.create(type_name, filter).await));
    }
    let found = cloud.provider.list(&cloud.client, type_name).await.unwrap().expect("they can be listed");
    let mut ids: Vec<_> = found.iter().map(|o| cloud.provider.import_id(type_name, &o.state)).collect();
    ids.sort();
    assert_eq!(ids, [Some("/tr/one:errors".to_owned()), Some("/tr/two:errors".to_owned())]);
    for (type_name, object) in made.iter().rev() {
        cloud.destroy(type_name, object).await;
    }
}
