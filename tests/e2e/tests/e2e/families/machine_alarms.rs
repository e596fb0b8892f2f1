//! Alarms and a dashboard for machines that are found by their names.

use serde_json::json;
use terrane_e2e::{Family, Imports};

/// Python: makes a machine of a name.
fn machine(name: &str) -> String {
    format!(
        "ec2.run_instances(ImageId=ec2.describe_images(Owners=['amazon'])['Images'][0]['ImageId'], MinCount=1, MaxCount=1, \
         InstanceType='t3.micro', TagSpecifications=[{{'ResourceType': 'instance', 'Tags': [{{'Key': 'Name', 'Value': '{name}'}}]}}])"
    )
}

#[test]
fn machine_alarms() {
    let family = Family::start("machine_alarms");
    for name in ["shop", "shop", "ads", "somebody else's"] {
        family.aws.tamper(&machine(name).replace("else's", "elses"));
    }
    family.create();
    let alarms = "{a['AlarmName']: [a['Threshold'], a['AlarmDescription'], a['DatapointsToAlarm']] \
                   for a in cloudwatch.describe_alarms()['MetricAlarms']}";
    let alarm = |threshold: f64| json!([threshold, "t3.micro in eu-west-1a", 2]);
    family.witness(
        alarms,
        json!({"ads-1-cpu": alarm(90.0), "shop-1-cpu": alarm(90.0), "shop-2-cpu": alarm(90.0)}),
    );
    let widgets = "[[w['type'], w['properties']['title'], len(w['properties']['metrics'])] for w in __import__('json').loads(\
                   cloudwatch.get_dashboard(DashboardName='machines')['DashboardBody'])['widgets']]";
    family.witness(widgets, json!([["metric", "CPUUtilization", 3], ["metric", "NetworkIn", 3]]));
    family.import(&Imports::default());

    // A name of its own: machines of one name are told apart by their ids, which are anybody's guess.
    family.tamper(
        &machine("pay"),
        &[
            ("aws_cloudwatch_metric_alarm.cpu[\"pay-1\"]", "create"),
            ("aws_cloudwatch_dashboard.machines", "update"),
        ],
    );
    family.step(
        "another threshold",
        &[("threshold           = 90", "threshold           = 80")],
        &[
            ("aws_cloudwatch_metric_alarm.cpu[\"ads-1\"]", "update"),
            ("aws_cloudwatch_metric_alarm.cpu[\"pay-1\"]", "update"),
            ("aws_cloudwatch_metric_alarm.cpu[\"shop-1\"]", "update"),
            ("aws_cloudwatch_metric_alarm.cpu[\"shop-2\"]", "update"),
        ],
    );
    family.tamper(
        "ec2.terminate_instances(InstanceIds=[i['InstanceId'] for r in ec2.describe_instances(Filters=[\
         {'Name': 'tag:Name', 'Values': ['pay']}])['Reservations'] for i in r['Instances']])",
        &[
            ("aws_cloudwatch_metric_alarm.cpu[\"pay-1\"]", "delete"),
            ("aws_cloudwatch_dashboard.machines", "update"),
        ],
    );
    family.witness(widgets, json!([["metric", "CPUUtilization", 3], ["metric", "NetworkIn", 3]]));
    family.destroy(
        "cloudwatch.describe_alarms()['MetricAlarms'] + cloudwatch.list_dashboards()['DashboardEntries']",
    );
}
