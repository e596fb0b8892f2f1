//! Alarms, dashboards and trails.

use crate::cloud::{Action, Cloud, get, text};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let config = json!({
        "alarm_name": "tr-cpu", "comparison_operator": "GreaterThanThreshold", "evaluation_periods": 2,
        "metric_name": "CPUUtilization", "namespace": "AWS/EC2", "period": 60, "statistic": "Average",
        "threshold": 80.5, "dimensions": {"InstanceId": "i-1"}, "tags": {"a": "1"},
        "alarm_actions": ["arn:aws:sns:us-west-1:123456789012:tr"],
    });
    let alarm = cloud.create_twice("aws_cloudwatch_metric_alarm", config.clone()).await;
    assert_eq!(text(&alarm, "arn"), "arn:aws:cloudwatch:us-west-1:123456789012:alarm:tr-cpu");
    let mut changed = config.clone();
    changed["threshold"] = json!(90);
    changed["alarm_description"] = json!("too busy");
    changed["alarm_actions"] = json!([]);
    changed["treat_missing_data"] = json!("breaching");
    changed["tags"] = json!({"b": "2"});
    let (action, alarm) = cloud.apply("aws_cloudwatch_metric_alarm", &alarm, changed).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_cloudwatch_metric_alarm", "tr-cpu", &alarm, &["alarm_actions"]).await;
    cloud.destroy("aws_cloudwatch_metric_alarm", &alarm).await;

    let config = json!({
        "alarm_name": "tr-errors", "comparison_operator": "GreaterThanThreshold", "evaluation_periods": 1,
        "threshold": 1,
        "metric_query": [
            {"id": "rate", "expression": "errors / requests", "label": "Rate", "return_data": true},
            {"id": "errors", "metric": [{
                "metric_name": "Errors", "namespace": "App", "period": 60, "stat": "Sum",
                "dimensions": {"Service": "a"},
            }]},
            {"id": "requests", "metric": [{
                "metric_name": "Requests", "namespace": "App", "period": 60, "stat": "Sum",
            }]},
        ],
    });
    let alarm = cloud.create("aws_cloudwatch_metric_alarm", config).await;
    cloud.import("aws_cloudwatch_metric_alarm", "tr-errors", &alarm, &[]).await;
    cloud.destroy("aws_cloudwatch_metric_alarm", &alarm).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn alarms_are_read_in_one_request_but_for_their_tags() {
    let Some(cloud) = Cloud::open("us-west-2").await else { return };
    let mut alarms = Vec::new();
    for i in 0..5 {
        let config = json!({
            "alarm_name": format!("tr-many-{i}"), "comparison_operator": "LessThanThreshold",
            "evaluation_periods": 1, "metric_name": "M", "namespace": "N", "period": 60, "statistic": "Sum",
            "threshold": 1,
        });
        alarms.push(cloud.create("aws_cloudwatch_metric_alarm", config).await);
    }
    let (requests, read) = cloud.requests(cloud.read_all("aws_cloudwatch_metric_alarm", &alarms)).await;
    assert_eq!((requests, read.iter().flatten().count()), (6, 5));
    for alarm in &alarms {
        cloud.destroy("aws_cloudwatch_metric_alarm", alarm).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let body = |text: &str| {
        json!({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 3, "height": 3,
            "properties": {"markdown": text}}]})
    };
    let config = json!({"dashboard_name": "tr-board", "dashboard_body": body("one").to_string()});
    let board = cloud.create_twice("aws_cloudwatch_dashboard", config).await;
    // Another spelling of the same page is no change.
    let spaced = serde_json::to_string_pretty(&body("one")).unwrap();
    let config = json!({"dashboard_name": "tr-board", "dashboard_body": spaced});
    let (action, board) = cloud.apply("aws_cloudwatch_dashboard", &board, config).await;
    assert_eq!(action, Action::Nothing);
    let config = json!({"dashboard_name": "tr-board", "dashboard_body": body("two").to_string()});
    let (action, board) = cloud.apply("aws_cloudwatch_dashboard", &board, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_cloudwatch_dashboard", "tr-board", &board, &[]).await;
    cloud.destroy("aws_cloudwatch_dashboard", &board).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trail_lives() {
    let Some(cloud) = Cloud::open("us-west-1").await else { return };
    let bucket = cloud.create("aws_s3_bucket", json!({"bucket": "tr-trail", "force_destroy": true})).await;
    let config = json!({"name": "tr-trail", "s3_bucket_name": "tr-trail", "tags": {"a": "1"}});
    let trail = cloud.create_twice("aws_cloudtrail", config).await;
    assert_eq!(get(&trail, "enable_logging"), json!(true));
    let config = json!({
        "name": "tr-trail", "s3_bucket_name": "tr-trail", "s3_key_prefix": "trail", "tags": {"b": "2"},
        "is_multi_region_trail": true, "enable_log_file_validation": true, "enable_logging": false,
        "event_selector": [{
            "read_write_type": "WriteOnly",
            "data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3:::tr-trail/"]}],
        }],
    });
    let (action, trail) = cloud.apply("aws_cloudtrail", &trail, config).await;
    assert_eq!(action, Action::Update);
    cloud.import("aws_cloudtrail", &text(&trail, "arn"), &trail, &[]).await;
    let config = json!({
        "name": "tr-trail", "s3_bucket_name": "tr-trail", "is_multi_region_trail": true,
        "advanced_event_selector": [{
            "name": "writes", "field_selector": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
            ],
        }],
    });
    let (action, trail) = cloud.apply("aws_cloudtrail", &trail, config).await;
    assert_eq!(action, Action::Update);
    cloud.destroy("aws_cloudtrail", &trail).await;
    cloud.destroy("aws_s3_bucket", &bucket).await;
}
