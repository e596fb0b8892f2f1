//! Each argument changed and cleared. The configurations under `families/arguments` have arguments
//! that are absent at stage 0, have a value at stage 1 and another at stage 2; then comes stage 0 again.

use serde_json::{Value, json};
use terrane_e2e::{Aws, Family, Imports, TestContext};

/// The addresses of the resources that are not the same at all stages.
fn staged(family: &Family) -> Vec<String> {
    let text = family.context.read("main.tf");
    let blocks = text.split("\nresource \"").skip(1).filter(|block| block.contains("local.stage"));
    blocks
        .map(|block| {
            let mut words = block.split('"');
            format!("{}.{}", words.next().unwrap(), words.nth(1).unwrap())
        })
        .collect()
}

/// Goes from a stage to another: every resource that has a stage is updated, and no other.
/// `but` are those for which the two are the same.
#[track_caller]
pub(super) fn go(family: &Family, from: u8, to: u8, but: &[&str]) {
    let addresses = staged(family);
    assert!(but.iter().all(|kept| addresses.iter().any(|a| a == kept)), "{but:?} in {addresses:?}");
    let changed = addresses.iter().filter(|address| !but.contains(&address.as_str()));
    let actions: Vec<_> = changed.map(|address| (address.as_str(), "update")).collect();
    family.step(&format!("stage {to}"), &[(&format!("stage = {from}"), &format!("stage = {to}"))], &actions);
}

/// Goes through all stages, and asks the witness at each of the last three. Cleared arguments that AWS
/// chooses where nobody does stay as they are, so that nothing is planned for resources that have no other: `kept`.
#[track_caller]
pub(super) fn try_all(family: &Family, kept: &[&str], expression: &str, expected: [Value; 3]) {
    let [first, second, cleared] = expected;
    family.create();
    go(family, 0, 1, &[]);
    family.witness(expression, first);
    go(family, 1, 2, &[]);
    family.witness(expression, second);
    go(family, 2, 0, kept);
    family.witness(expression, cleared);
}

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
    try_all(&family, &["aws_sqs_queue.dead", "aws_sqs_queue.sse"], told, expected);
    family.destroy("sqs.list_queues().get('QueueUrls', []) + sns.list_topics()['Topics']");
}

#[test]
fn arguments_of_alarms_logs_and_trails() {
    let family = Family::start("arguments/observability");
    let told = "[[a.get('Unit'), a['TreatMissingData'], a.get('DatapointsToAlarm'), len(a['AlarmActions']), a['ActionsEnabled']] \
                  for a in cloudwatch.describe_alarms(AlarmNames=['a'])['MetricAlarms']][0] + \
                [f['metricTransformations'][0].get('defaultValue') \
                  for f in logs.describe_metric_filters(filterNamePrefix='f')['metricFilters'] if f['filterName'] == 'f'] + \
                [cloudtrail.describe_trails()['trailList'][0][n] for n in ['LogFileValidationEnabled', 'IsMultiRegionTrail']] + \
                [cloudtrail.get_trail_status(Name='ttt')['IsLogging']]";
    let expected = [
        json!(["Count", "breaching", 1, 1, false, 0.0, true, true, false]),
        json!(["Bytes", "ignore", 2, 1, true, 2.5, false, false, true]),
        json!([null, "missing", null, 0, true, null, false, false, true]),
    ];
    try_all(&family, &[], told, expected);
    family.destroy("cloudwatch.describe_alarms()['MetricAlarms'] + logs.describe_log_groups()['logGroups'] + cloudtrail.describe_trails()['trailList']");
}

#[test]
fn arguments_of_an_organization_and_of_parameters() {
    let family = Family::start("arguments/account");
    let told = "[[p.get('Description'), p.get('AllowedPattern')] for p in ssm.describe_parameters()['Parameters'] if p['Name'] == 'p'][0] + \
                [p['Description'] for p in organizations.list_policies(Filter='SERVICE_CONTROL_POLICY')['Policies'] if not p['AwsManaged']] + \
                [t['Type'] for t in organizations.list_roots()['Roots'][0]['PolicyTypes']]";
    let expected = [
        json!(["a", ".*", "a", "SERVICE_CONTROL_POLICY"]),
        json!(["b", "[a-z]", "b", "TAG_POLICY"]),
        json!([null, null, ""]),
    ];
    let kept = ["aws_ebs_encryption_by_default.e", "aws_kms_alias.a", "aws_s3_account_public_access_block.a"];
    try_all(&family, &kept, told, expected);
    family.destroy("ssm.describe_parameters()['Parameters']");
}

#[test]
fn arguments_of_users_roles_and_policies() {
    let family = Family::start("arguments/identity");
    let told = "[[r.get('Description'), r['MaxSessionDuration'], r.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn', '')[-1:]] \
                  for r in [iam.get_role(RoleName='r')['Role']]][0] + \
                [u['Path'] + u['UserName'] for u in iam.list_users()['Users'] if u['UserName'] != 'x'] + \
                [iam.get_account_password_policy()['PasswordPolicy']['MinimumPasswordLength']]";
    let expected = [
        json!(["a", 7200, "p", "/a/v", 20]),
        json!(["b", 10800, "q", "/b/w", 21]),
        json!(["", 3600, "", "/u", 6]),
    ];
    let kept = [
        "aws_iam_access_key.x",
        "aws_iam_group_membership.g",
        "aws_iam_group_policy.g",
        "aws_iam_policy_attachment.a",
        "aws_iam_role.inline",
        "aws_iam_user_group_membership.g",
    ];
    try_all(&family, &kept, told, expected);
    family.destroy("iam.list_users()['Users'] + iam.list_groups()['Groups']");
}

#[test]
fn arguments_of_buckets_and_objects() {
    let family = Family::start("arguments/storage");
    let told = "[[r['Expiration'].get('Days'), r.get('NoncurrentVersionExpiration', {}).get('NoncurrentDays'), len(r.get('Transitions', []))] \
                  for r in s3.get_bucket_lifecycle_configuration(Bucket='bbb')['Rules']][0] + \
                [s3.get_bucket_cors(Bucket='bbb')['CORSRules'][0].get('MaxAgeSeconds')] + \
                [len(s3.get_bucket_notification_configuration(Bucket='bbb').get('QueueConfigurations', []))] + \
                [s3.head_object(Bucket='logs', Key='o').get(n) for n in ['CacheControl', 'ServerSideEncryption', 'WebsiteRedirectLocation']]";
    let expected = [
        json!([20, 5, 1, 5, 1, "a", "aws:kms", "/a"]),
        json!([null, 6, 1, 6, 1, "b", "AES256", "/b"]),
        json!([10, null, 0, null, 0, null, "AES256", null]),
    ];
    let kept = [
        "aws_s3_bucket_accelerate_configuration.b",
        "aws_s3_bucket_public_access_block.b",
        "aws_s3_bucket_versioning.b",
    ];
    try_all(&family, &kept, told, expected);
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_networks() {
    let family = Family::start("arguments/network");
    let told = "[s['MapPublicIpOnLaunch'] for s in ec2.describe_subnets(Filters=[{'Name': 'cidrBlock', 'Values': ['10.0.1.0/24']}])['Subnets']] + \
                [[p['FromPort'] for p in g['IpPermissions']] for g in ec2.describe_security_groups(GroupNames=['a'])['SecurityGroups']] + \
                [len(l) for l in [ec2.get_managed_prefix_list_entries(PrefixListId=ec2.describe_managed_prefix_lists( \
                  Filters=[{'Name': 'owner-id', 'Values': ['123456789012']}])['PrefixLists'][0]['PrefixListId'])['Entries']]] + \
                [e.get('SubnetIds') and len(e['SubnetIds']) for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['VpcEndpointType'] == 'Interface']";
    let expected = [json!([true, [80], 1, 2]), json!([false, [22, 443], 2, 1]), json!([false, [], 2, 1])];
    try_all(&family, &["aws_subnet.t", "aws_vpc.six"], told, expected);
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']] + ec2.describe_nat_gateways(Filter=[{'Name': 'state', 'Values': ['available']}])['NatGateways']");
}

#[test]
fn arguments_of_machines() {
    let family = Family::start("arguments/machines");
    let told = "[[i['InstanceType'], i['SourceDestCheck'], i['MetadataOptions']['HttpTokens'], i['SecurityGroups'][0]['GroupName']] \
                  for r in ec2.describe_instances()['Reservations'] for i in r['Instances']][0] + \
                [t['Key'] for v in ec2.describe_volumes()['Volumes'] for t in v.get('Tags', [])]";
    let expected = [
        json!(["t3.small", false, "required", "a", "a"]),
        json!(["t3.medium", true, "optional", "b", "b"]),
        json!(["t3.micro", true, "optional", "b"]),
    ];
    try_all(&family, &["aws_volume_attachment.a"], told, expected);
    family.destroy("[i for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['State']['Name'] != 'terminated']");
}

#[test]
fn arguments_of_transit_and_hybrid_networks() {
    let family = Family::start_with_stub("arguments/hybrid");
    let told = "[g['Options']['AmazonSideAsn'] for g in ec2.describe_transit_gateways()['TransitGateways'] if g['Options']['AmazonSideAsn'] != 64512 or \
                  not ec2.describe_transit_gateway_vpc_attachments(Filters=[{'Name': 'transit-gateway-id', 'Values': [g['TransitGatewayId']]}])['TransitGatewayVpcAttachments']] + \
                [t.get(n) for t in ec2.describe_vpn_connections()['VpnConnections'][0]['Options']['TunnelOptions'] if t['TunnelInsideCidr'].startswith('169.254.10.') \
                  for n in ['DpdTimeoutAction', 'Phase1LifetimeSeconds', 'ReplayWindowSize']] + \
                [c.get(n) for c in ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints'] for n in ['SessionTimeoutHours', 'SplitTunnel', 'VpnPort']] + \
                [g['directConnectGatewayName'] for g in directconnect.describe_direct_connect_gateways()['directConnectGateways']]";
    let expected = [
        json!([64513, "none", 3600, 128, 8, true, 1194, "b"]),
        json!([64514, "restart", 7200, 256, 12, false, 443, "c"]),
        json!([64512, "clear", 28800, 1024, 24, false, 443, "a"]),
    ];
    try_all(&family, &["aws_ec2_transit_gateway_prefix_list_reference.p"], told, expected);
    family.destroy("ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints']");
}

#[test]
fn arguments_at_the_edges_of_networks() {
    let family = Family::start("arguments/edges");
    let told = "[[o['AccepterVpcInfo']['PeeringOptions']['AllowDnsResolutionFromRemoteVpc'], o['RequesterVpcInfo']['PeeringOptions']['AllowDnsResolutionFromRemoteVpc']] \
                  for o in ec2.describe_vpc_peering_connections()['VpcPeeringConnections']][0] + \
                [[v['Size'], v['VolumeType']] for v in ec2.describe_volumes()['Volumes']][0] + \
                [sorted(t['Key'] for f in ec2.describe_flow_logs()['FlowLogs'] for t in f.get('Tags', []))] + \
                [r.get('Description') for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('CidrIpv6') and r['FromPort'] == 1]";
    let expected = [
        json!([true, false, 2, "gp3", ["a", "a"], "a"]),
        json!([true, true, 3, "gp3", ["b", "b"], "b"]),
        json!([false, true, 1, "gp2", [], ""]),
    ];
    try_all(&family, &[], told, expected);
    let peers = [("cidr_ipv6         = \"::/0\"", "cidr_ipv4         = \"10.0.0.0/8\"")];
    family.step("another kind of peers", &peers, &[("aws_vpc_security_group_egress_rule.r", "replace")]);
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_locked_and_copied_buckets() {
    let family = Family::start("arguments/buckets");
    let told = "[s3.get_object_lock_configuration(Bucket='empty')['ObjectLockConfiguration'].get('Rule', {}).get('DefaultRetention', {}).get(n) or None \
                  for n in ['Mode', 'Days', 'Years']] + \
                [r[n] for r in s3.get_bucket_replication(Bucket='from')['ReplicationConfiguration']['Rules'] for n in ['ID', 'Status', 'Priority']] + \
                [s3.head_object(Bucket='from', Key='o').get(n) for n in ['ContentLanguage', 'ContentDisposition', 'ObjectLockLegalHoldStatus']] + \
                [s3.head_object(Bucket='from', Key='locked').get('ObjectLockMode')] + \
                [s3.get_bucket_website(Bucket='web').get('RedirectAllRequestsTo', {}).get('HostName')]";
    let expected = [
        json!(["GOVERNANCE", 5, null, "one", "Disabled", 1, "en", "inline", "ON", "GOVERNANCE", "a.example"]),
        json!(["COMPLIANCE", null, 1, "two", "Enabled", 2, "de", "attachment", "OFF", "GOVERNANCE", null]),
        json!([null, null, null, "one", "Enabled", 0, null, null, null, null, "c.example"]),
    ];
    try_all(&family, &[], told, expected);
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_lines_and_of_what_an_account_has_once() {
    let family = Family::start_with_stub("arguments/lines");
    let told = "[l['lagName'] for l in directconnect.describe_lags()['lags']] + \
                sorted([v['virtualInterfaceName'], v.get('mtu'), v.get('siteLinkEnabled')] \
                  for v in directconnect.describe_virtual_interfaces()['virtualInterfaces'] if v['virtualInterfaceName'] in ['p', 't']) + \
                [ec2.get_snapshot_block_public_access_state()['State'], ec2.get_serial_console_access_status()['SerialConsoleAccessEnabled']]";
    let expected = [
        json!(["a", ["p", 9001, true], ["t", 8500, true], "block-new-sharing", false]),
        json!(["b", ["p", 1500, false], ["t", 1500, false], "unblocked", true]),
        json!(["c", ["p", 1500, false], ["t", 1500, false], "block-all-sharing", true]),
    ];
    let kept = ["aws_ec2_serial_console_access.s", "aws_ec2_image_block_public_access.s"];
    try_all(&family, &kept, told, expected);
    family.destroy("[l for l in directconnect.describe_lags()['lags'] if l['lagState'] != 'deleted']");
}

#[test]
fn arguments_of_ways_in_and_out() {
    let family = Family::start_with_stub("arguments/access");
    let told = "[ec2.describe_vpc_block_public_access_options()['VpcBlockPublicAccessOptions']['InternetGatewayBlockMode']] + \
                sorted(len(g['NatGatewayAddresses']) for g in ec2.describe_nat_gateways()['NatGateways']) + \
                [e['InternetGatewayExclusionMode'] for e in ec2.describe_vpc_block_public_access_exclusions()['VpcBlockPublicAccessExclusions'] if ':vpc/' in e['ResourceArn']]";
    let expected = [
        json!(["block-bidirectional", 2, 3, 3, "allow-bidirectional"]),
        json!(["block-ingress", 2, 2, 2, "allow-egress"]),
        json!(["off", 1, 1, 1, "allow-egress"]),
    ];
    try_all(&family, &[], told, expected);
    family.import(&Imports {
        ids: &[
            ("aws_vpc_security_group_vpc_association", "{security_group_id},{vpc_id}"),
            ("aws_vpc_block_public_access_options", "eu-west-1"),
        ],
        ..Imports::default()
    });
    family.witness(
        "len(ec2.describe_security_group_vpc_associations()['SecurityGroupVpcAssociations'])",
        json!(1),
    );
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_parts_of_buckets() {
    let family = Family::start_with_stub("arguments/parts");
    let told = "[s3.get_bucket_request_payment(Bucket='bucket')['Payer']] + \
                [sorted(m.get('Filter', {})) for m in s3.list_bucket_metrics_configurations(Bucket='bucket')['MetricsConfigurationList']] + \
                [c['StorageClassAnalysis'].get('DataExport', {}).get('Destination', {}).get('S3BucketDestination', {}).get('Prefix') \
                  for c in s3.list_bucket_analytics_configurations(Bucket='bucket')['AnalyticsConfigurationList']] + \
                [[t['Days'] for t in c['Tierings']] for c in s3.list_bucket_intelligent_tiering_configurations(Bucket='bucket')['IntelligentTieringConfigurationList']] + \
                [[c['IsEnabled'], c.get('OptionalFields'), sorted(c['Destination']['S3BucketDestination'].get('Encryption', {}))] \
                  for c in s3.list_bucket_inventory_configurations(Bucket='bucket')['InventoryConfigurationList']]";
    let expected = [
        json!(["Requester", ["Prefix"], ["And"], "a", [100, 200], [false, ["Size"], ["SSES3"]]]),
        json!(["BucketOwner", ["And"], ["Prefix"], "b", [125, 300], [true, ["ETag", "Size"], ["SSEKMS"]]]),
        json!(["BucketOwner", [], ["Tag"], null, [90], [true, null, []]]),
    ];
    try_all(&family, &["aws_s3_bucket_request_payment_configuration.b"], told, expected);
    family.import(&Imports {
        never: &[("aws_kms_key", "days of its deletion are not told")],
        ..Imports::default()
    });
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn a_user_is_known_by_its_new_name_when_what_comes_after_fails() {
    let aws = Aws::start();
    let config = "resource \"aws_iam_user\" \"u\" {\n  name = \"old\"\n}\n";
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    context.edit("main.tf", "\"old\"", "\"new\"\n  tags = { a = 1 }");
    aws.proxy().refuse("TagUser", 400, "InvalidInput", "Not today.");
    context.run(&["apply", "-auto-approve"]).expect_code(1);
    assert_eq!(aws.ask("[u['UserName'] for u in iam.list_users()['Users']]"), json!(["new"]));
    context.good(&["plan"]).expect_text("0 to add, 1 to change, 0 to destroy");
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(aws.ask("iam.list_user_tags(UserName='new')['Tags']"), json!([{"Key": "a", "Value": "1"}]));
}
