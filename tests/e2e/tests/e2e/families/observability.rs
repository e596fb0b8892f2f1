//! Alarms, dashboards, logs, topics and queues.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[("aws_cloudwatch_log_metric_filter", "{log_group_name}:{name}")],
    never: &[],
    unseen: &[],
};

#[test]
fn observability() {
    let family = Family::start("observability");
    family.create();
    let alarms = "{a['AlarmName']: [a['Threshold'], a['Dimensions'][0]['Value']] \
                   for a in cloudwatch.describe_alarms()['MetricAlarms']}";
    family.witness(alarms, json!({"web-1-cpu": [80.0, "i-0a1"], "web-2-cpu": [80.0, "i-0a2"]}));
    family.witness(
        "len(__import__('json').loads(cloudwatch.get_dashboard(DashboardName='machines')['DashboardBody'])['widgets'])",
        json!(2),
    );
    family.witness("logs.describe_log_groups()['logGroups'][0]['retentionInDays']", json!(14));
    family.import(&IMPORTS);

    family.step(
        "a machine comes, and thresholds and retention change",
        &[
            ("web-2 = \"i-0a2\"", "web-2 = \"i-0a2\", web-3 = \"i-0a3\""),
            ("threshold           = 80", "threshold           = 90"),
            ("retention_in_days = 14", "retention_in_days = 30"),
        ],
        &[
            ("aws_cloudwatch_dashboard.machines", "update"),
            ("aws_cloudwatch_log_group.app", "update"),
            ("aws_cloudwatch_metric_alarm.cpu[\"web-1\"]", "update"),
            ("aws_cloudwatch_metric_alarm.cpu[\"web-2\"]", "update"),
            ("aws_cloudwatch_metric_alarm.cpu[\"web-3\"]", "create"),
        ],
    );
    family.witness(
        alarms,
        json!({"web-1-cpu": [90.0, "i-0a1"], "web-2-cpu": [90.0, "i-0a2"], "web-3-cpu": [90.0, "i-0a3"]}),
    );
    family.tamper(
        "cloudwatch.delete_alarms(AlarmNames=['web-1-cpu'])\ncloudwatch.delete_dashboards(DashboardNames=['machines'])",
        &[
            ("aws_cloudwatch_metric_alarm.cpu[\"web-1\"]", "create"),
            ("aws_cloudwatch_dashboard.machines", "create"),
        ],
    );
    family.destroy("cloudwatch.describe_alarms()['MetricAlarms'] + logs.describe_log_groups()['logGroups'] + sns.list_topics()['Topics']");
}
