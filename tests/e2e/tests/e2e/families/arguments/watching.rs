//! Queues and topics, logs, alarms and trails.

use super::*;

#[test]
fn arguments_of_queues_topics_and_keys() {
    let family = Family::start("arguments/messaging");
    let told = "[sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName='q')['QueueUrl'], AttributeNames=['All'])['Attributes'].get(n) \
                  for n in ['DelaySeconds', 'MessageRetentionPeriod', 'VisibilityTimeout', 'KmsDataKeyReusePeriodSeconds']] + \
                [a.get(n) for a in [sns.get_topic_attributes(TopicArn='arn:aws:sns:eu-west-1:123456789012:t')['Attributes']] \
                  for n in ['DisplayName', 'SignatureVersion', 'TracingConfig', 'LambdaSuccessFeedbackSampleRate']] + \
                [r.rsplit('/')[-1] for r in [sns.get_topic_attributes(TopicArn='arn:aws:sns:eu-west-1:123456789012:t')['Attributes'] \
                  .get('HTTPFailureFeedbackRoleArn', '')]]";
    let expected = [
        json!(["5", "100", "50", "600", "a", "2", "Active", "10", "r"]),
        json!(["6", "200", "0", "700", "b", "1", "PassThrough", "20", "r2"]),
        json!(["0", "345600", "30", null, "", "1", "PassThrough", "0", ""]),
    ];
    let imports = Imports {
        unseen: &[
            FORCE_DETACH,
            KEY_WINDOW,
            ("aws_sns_topic_subscription.confirmation_timeout_in_minutes", OURS),
            ("aws_sns_topic_subscription.endpoint_auto_confirms", OURS),
        ],
        ..Imports::default()
    };
    let lost = "sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName='sse')['QueueUrl']); \
                sns.delete_topic(TopicArn='arn:aws:sns:eu-west-1:123456789012:t.fifo'); \
                [sns.unsubscribe(SubscriptionArn=s['SubscriptionArn']) for s in sns.list_subscriptions()['Subscriptions'] if s['Protocol'] == 'sqs']";
    let made = [
        ("aws_sns_topic.fifo", "create"),
        ("aws_sns_topic_subscription.s", "create"),
        ("aws_sqs_queue.sse", "create"),
    ];
    try_all(&family, &["aws_sqs_queue.dead", "aws_sqs_queue.sse"], (told, expected), &imports, (lost, &made));
    family.destroy("sqs.list_queues().get('QueueUrls', []) + sns.list_topics()['Topics']");
}

#[test]
fn arguments_of_alarms_logs_and_trails() {
    let family = Family::start("arguments/observability");
    let told = "[[a.get('Unit'), a['TreatMissingData'], a.get('DatapointsToAlarm'), len(a['AlarmActions']), a['ActionsEnabled']] \
                  for a in cloudwatch.describe_alarms(AlarmNames=['a'])['MetricAlarms']][0] + \
                [f['metricTransformations'][0].get('defaultValue') \
                  for f in logs.describe_metric_filters(filterNamePrefix='f')['metricFilters'] if f['filterName'] == 'f'] + \
                [t[n] for t in cloudtrail.describe_trails()['trailList'] if t['Name'] == 'ttt' for n in ['LogFileValidationEnabled', 'IsMultiRegionTrail', 'HasInsightSelectors']] + \
                [[s['Name'] for s in cloudtrail.get_event_selectors(TrailName='advanced').get('AdvancedEventSelectors') or []]] + \
                [[g.get('kmsKeyId', '')[:7], g['deletionProtectionEnabled']] for g in logs.describe_log_groups()['logGroups']] + \
                [f.get('applyOnTransformedLogs') for f in logs.describe_metric_filters(filterNamePrefix='f')['metricFilters'] if f['filterName'] == 'f'] + \
                [cloudtrail.get_trail_status(Name='ttt')['IsLogging']]";
    let expected = [
        json!([
            "Count",
            "breaching",
            1,
            1,
            false,
            0.0,
            true,
            true,
            true,
            ["Management"],
            ["arn:aws", false],
            true,
            false
        ]),
        json!(["Bytes", "ignore", 2, 1, true, 2.5, false, false, true, ["Data"], ["", true], false, true]),
        json!([null, "missing", null, 0, true, null, false, false, false, [], ["", false], false, true]),
    ];
    let imports = Imports {
        ids: &[("aws_cloudwatch_log_metric_filter", "{log_group_name}:{name}")],
        unseen: &[EMPTY_BUCKET, KEY_WINDOW, ("aws_cloudwatch_log_group.skip_destroy", OURS)],
        ..Imports::default()
    };
    let lost = "cloudwatch.delete_alarms(AlarmNames=['m']); cloudtrail.delete_trail(Name='ttt'); \
                logs.delete_metric_filter(logGroupName='g', filterName='f2'); sns.delete_topic(TopicArn='arn:aws:sns:eu-west-1:123456789012:u')";
    let made = [
        ("aws_cloudtrail.t", "create"),
        ("aws_cloudwatch_log_metric_filter.f2", "create"),
        ("aws_cloudwatch_metric_alarm.m", "create"),
        ("aws_sns_topic.u", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("cloudwatch.describe_alarms()['MetricAlarms'] + logs.describe_log_groups()['logGroups'] + cloudtrail.describe_trails()['trailList']");
}

#[test]
fn arguments_of_alarms_of_alarms_and_subscriptions_to_logs() {
    let family = Family::start("arguments/alarms");
    family.aws.tamper("[client('kinesis').create_stream(StreamName=name, ShardCount=1) for name in 'ab']");
    let told = "[[a.get(n) for n in ['AlarmRule', 'AlarmDescription', 'ActionsSuppressor', 'ActionsSuppressorWaitPeriod']] + \
                  [len(a['AlarmActions']), len(a['OKActions'])] \
                  for a in cloudwatch.describe_alarms(AlarmTypes=['CompositeAlarm'])['CompositeAlarms'] if a['AlarmName'] == 'c'] + \
                [a['AlarmRule'] for a in cloudwatch.describe_alarms(AlarmTypes=['CompositeAlarm'])['CompositeAlarms'] if a['AlarmName'] == 'd'] + \
                [[f.get(n) for n in ['filterPattern', 'distribution', 'applyOnTransformedLogs', 'emitSystemFields']] \
                  for f in logs.describe_subscription_filters(logGroupName='g')['subscriptionFilters'] if f['filterName'] == 'f'] + \
                [len(logs.describe_subscription_filters(logGroupName='g')['subscriptionFilters'])]";
    let expected = [
        json!([
            ["ALARM(a0) AND ALARM(a1)", "a", "a0", 60, 1, 2],
            "OK(c)",
            ["ERROR", "Random", true, ["@aws.account"]],
            2
        ]),
        json!([
            ["ALARM(a0) OR OK(a1)", "b", "a1", 90, 2, 1],
            "INSUFFICIENT_DATA(c)",
            ["[a, b]", "ByLogStream", false, ["@aws.account", "@aws.region"]],
            2
        ]),
        json!([["ALARM(a0)", null, null, null, 0, 0], "ALARM(c)", ["", "ByLogStream", false, null], 2]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_cloudwatch_log_subscription_filter", "{log_group_name}|{name}"),
            ("aws_cloudwatch_log_metric_filter", "{log_group_name}:{name}"),
        ],
        unseen: &[FORCE_DETACH],
        ..Imports::default()
    };
    let lost = "cloudwatch.delete_alarms(AlarmNames=['d', 'c', 'a1']); logs.delete_subscription_filter(logGroupName='g', filterName='f')";
    let made = [
        ("aws_cloudwatch_composite_alarm.c", "create"),
        ("aws_cloudwatch_composite_alarm.d", "create"),
        ("aws_cloudwatch_log_subscription_filter.f", "create"),
        ("aws_cloudwatch_metric_alarm.b", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("cloudwatch.describe_alarms()['MetricAlarms'] + logs.describe_log_groups()['logGroups']");
}
