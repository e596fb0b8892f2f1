//! CloudWatch Logs.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_group_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let config = json!({"name": "/tr/app", "retention_in_days": 14, "tags": {"a": "1"}});
    let group = cloud.create_twice("aws_cloudwatch_log_group", config).await;
    assert!(text(&group, "arn").ends_with(":log-group:/tr/app"));
    let config = json!({"name": "/tr/app", "retention_in_days": 30, "tags": {"b": "2"}});
    let (action, group) = cloud.apply("aws_cloudwatch_log_group", &group, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_cloudwatch_log_group", "/tr/app", &group, &[]).await;
    let (action, group) = cloud.apply("aws_cloudwatch_log_group", &group, json!({"name": "/tr/app"})).await;
    assert_eq!((action, get(&group, "retention_in_days")), (Action::Update, json!(0)));
    assert_eq!(cloud.problems("aws_cloudwatch_log_group", &json!({"retention_in_days": 2})).len(), 1);

    let stream = json!({"log_group_name": "/tr/app", "name": "one"});
    let stream = cloud.create_twice("aws_cloudwatch_log_stream", stream).await;
    cloud.import("aws_cloudwatch_log_stream", "/tr/app:one", &stream, &[]).await;

    let filter = |pattern: &str, metric: serde_json::Value| {
        json!({
            "log_group_name": "/tr/app", "name": "errors", "pattern": pattern,
            "metric_transformation": [metric],
        })
    };
    let plain = json!({"name": "Errors", "namespace": "App", "value": "1"});
    let metric = cloud.create_twice("aws_cloudwatch_log_metric_filter", filter("ERROR", plain)).await;
    let zero = json!({"name": "Errors", "namespace": "App", "value": "1", "default_value": "0"});
    let (action, metric) =
        cloud.apply("aws_cloudwatch_log_metric_filter", &metric, filter("ERROR -DEBUG", zero)).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_cloudwatch_log_metric_filter", "/tr/app:errors", &metric, &[]).await;

    let found = cloud.read_data("aws_cloudwatch_log_group", json!({"name": "/tr/app"})).await.unwrap();
    assert_eq!(get(&found, "arn"), get(&group, "arn"));
    let found = cloud.read_data("aws_cloudwatch_log_groups", json!({"log_group_name_prefix": "/tr/"})).await;
    assert_eq!(get(&found.unwrap(), "log_group_names"), json!(["/tr/app"]));
    cloud.destroy("aws_cloudwatch_log_metric_filter", &metric).await;
    cloud.destroy("aws_cloudwatch_log_stream", &stream).await;
    cloud.destroy("aws_cloudwatch_log_group", &group).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_log_groups_are_read_from_a_listing() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let mut groups = Vec::new();
    for i in 0..8 {
        groups.push(cloud.create("aws_cloudwatch_log_group", json!({"name": format!("tr-many-{i}")})).await);
    }
    let (requests, read) = cloud.requests(cloud.read_all("aws_cloudwatch_log_group", &groups)).await;
    // One listing, and the tags of each.
    assert_eq!((requests, read.iter().flatten().count()), (9, 8));
    for group in &groups {
        cloud.destroy("aws_cloudwatch_log_group", group).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_may_write_logs() {
    let Some(cloud) = Cloud::open("us-east-2").await else { return };
    let policy = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "route53.amazonaws.com"}, "Action": action,
            "Resource": "arn:aws:logs:us-east-2:123456789012:log-group:/tr/*",
        }]})
        .to_string()
    };
    let config = json!({"policy_name": "tr-dns", "policy_document": policy("logs:PutLogEvents")});
    let own = cloud.create_twice("aws_cloudwatch_log_resource_policy", config).await;
    let config = json!({"policy_name": "tr-dns", "policy_document": policy("logs:CreateLogStream")});
    let (action, own) = cloud.apply("aws_cloudwatch_log_resource_policy", &own, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_cloudwatch_log_resource_policy", "tr-dns", &own, &[]).await;
    cloud.destroy("aws_cloudwatch_log_resource_policy", &own).await;
}
