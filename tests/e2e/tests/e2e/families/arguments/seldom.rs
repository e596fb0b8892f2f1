//! Arguments that are seldom set, and those that make another object where they change.

use super::*;

/// Goes from a stage to another where every resource that has a stage is replaced but those that are updated: `but`.
#[track_caller]
fn replace(family: &Family, local: &str, from: u8, to: u8, but: &[(&str, &str)]) {
    let addresses = mentioning(family, &format!("local.{local}"));
    let actions: Vec<_> = addresses
        .iter()
        .map(String::as_str)
        .map(|address| but.iter().find(|(kept, _)| *kept == address).copied().unwrap_or((address, "replace")))
        .filter(|(_, action)| !action.is_empty())
        .collect();
    let edit = (format!("{local} = {from}\n"), format!("{local} = {to}\n"));
    family.step(&format!("{local} {to}"), &[(&edit.0, &edit.1)], &actions);
}

#[test]
fn arguments_that_make_another_object() {
    let family = Family::start_with_stub("arguments/replaced");
    family.aws.tamper(
        "kms.create_custom_key_store(CustomKeyStoreName='cluster', CustomKeyStoreType='AWS_CLOUDHSM'); \
         kms.create_custom_key_store(CustomKeyStoreName='outside', CustomKeyStoreType='EXTERNAL_KEY_STORE')",
    );
    let told = "[[k['Origin'], k.get('XksKeyConfiguration')] for p in kms.list_keys()['Keys'] \
                  for k in [kms.describe_key(KeyId=p['KeyId'])['KeyMetadata']] if 'CustomKeyStoreId' in k and k['KeyState'] == 'Enabled'] + \
                [f.get('DestinationOptions') for f in ec2.describe_flow_logs()['FlowLogs'] if f['TrafficType'] == 'ALL'] + \
                [[f.get('DeliverCrossAccountRole'), f.get('TagFieldSpecifications')] for f in ec2.describe_flow_logs()['FlowLogs'] if f['TrafficType'] == 'REJECT'] + \
                [[c['Path'], 'CertificateChain' in iam.get_server_certificate(ServerCertificateName=c['ServerCertificateName'])['ServerCertificate']] \
                  for c in iam.list_server_certificates()['ServerCertificateMetadataList']] + \
                [d['SerialNumber'].split(':')[-1] for d in iam.list_virtual_mfa_devices()['VirtualMFADevices']] + \
                [iam.get_login_profile(UserName='user')['LoginProfile']['PasswordResetRequired']] + \
                [g['logGroupClass'] for g in logs.describe_log_groups()['logGroups'] if not g['logGroupName'].startswith('group')] + \
                [s['logStreamName'] for n in '01' for s in logs.describe_log_streams(logGroupName='group-' + n)['logStreams']] + \
                [p['policyName'] for p in logs.describe_resource_policies()['resourcePolicies']] + \
                [p['Tier'] for p in ssm.describe_parameters()['Parameters']] + \
                [s3.head_bucket(Bucket=b['Name']).get('BucketLocationType') for b in s3.list_directory_buckets()['Buckets']]";
    let plain =
        json!({ "FileFormat": "plain-text", "HiveCompatiblePartitions": false, "PerHourPartition": false });
    let parquet =
        json!({ "FileFormat": "parquet", "HiveCompatiblePartitions": true, "PerHourPartition": false });
    let hourly =
        json!({ "FileFormat": "plain-text", "HiveCompatiblePartitions": false, "PerHourPartition": true });
    let first = json!([
        plain,
        [null, []],
        ["/", false],
        "mfa/phone",
        false,
        "STANDARD",
        "a",
        "Advanced",
        "AvailabilityZone"
    ]);
    family.create();
    family.witness(told, first.clone());
    replace(&family, "stage", 0, 1, &[]);
    let role = "arn:aws:iam::123456789012:role/a";
    let fields = json!([{ "ResourceType": "vpc", "TagKeys": ["a"] }]);
    family.witness(
        told,
        json!([
            ["AWS_CLOUDHSM", null],
            parquet,
            [role, fields],
            ["/cloudfront/a/", true],
            "mfa/a/watch",
            true,
            "DELIVERY",
            "b",
            "region",
            "Standard",
            "LocalZone"
        ]),
    );
    family.import(&Imports {
        ids: &[
            ("aws_cloudwatch_log_stream", "{log_group_name}:{name}"),
            ("aws_iam_server_certificate", "{name}"),
        ],
        never: &[
            ("aws_iam_server_certificate.c", "private keys are not told, and would replace it"),
            ("aws_kms_grant.g", "tokens are not told, and would replace it"),
        ],
        unseen: &[
            ("aws_iam_user_login_profile.password", "told once"),
            ("aws_iam_virtual_mfa_device.base_32_string_seed", "told once"),
            ("aws_iam_virtual_mfa_device.qr_code_png", "told once"),
            KEY_WINDOW,
            EMPTY_BUCKET,
            FORCE_DESTROY,
        ],
    });
    replace(&family, "stage", 1, 2, &[("aws_ssm_parameter.tier", "")]);
    let role = "arn:aws:iam::123456789012:role/b";
    let fields = json!([{ "ResourceType": "subnet", "TagKeys": ["a", "b"] }]);
    family.witness(
        told,
        json!([
            ["EXTERNAL_KEY_STORE", { "Id": "outside" }],
            hourly,
            [role, fields],
            ["/b/", true],
            "mfa/b/phone",
            false,
            "INFREQUENT_ACCESS",
            "c",
            "Standard",
            "AvailabilityZone"
        ]),
    );
    let same = ["aws_cloudwatch_composite_alarm.c", "aws_ebs_default_kms_key.k", "aws_flow_log.gateway"];
    let but: Vec<_> =
        same.map(|address| (address, "")).into_iter().chain([("aws_ssm_parameter.tier", "update")]).collect();
    replace(&family, "stage", 2, 0, &but);
    family.witness(told, first);
    family.destroy("iam.list_users()['Users']");
}

#[test]
fn arguments_of_trails_logs_and_alarms() {
    let family = Family::start_with_stub("arguments/trails");
    let told = "[[t.get(n) for n in ['CloudWatchLogsLogGroupArn', 'CloudWatchLogsRoleArn', 'IsOrganizationTrail']] \
                  for t in cloudtrail.describe_trails(trailNameList=['trail'])['trailList'] if t['Name'] == 'trail'] + \
                [[s.get('ExcludeManagementEventSources'), s.get('DataResources')] for s in cloudtrail.get_event_selectors(TrailName='trail')['EventSelectors']] + \
                [[sorted(k for f in s['FieldSelectors'] for k in f if f['Field'] in ('resources.ARN', 'eventName'))] \
                  for s in cloudtrail.get_event_selectors(TrailName='fields').get('AdvancedEventSelectors', [])] + \
                [json.loads(p['policyDocument'])['Statement'][0]['Sid'] for p in logs.describe_resource_policies(policyScope='RESOURCE', \
                  resourceArn='arn:aws:logs:eu-west-1:123456789012:log-group:group-a')['resourcePolicies']] + \
                [[a.get('ThresholdMetricId'), a.get('EvaluationInterval'), a.get('EvaluationCriteria', {}).get('PromQLCriteria'), \
                  [m.get('AccountId') or m.get('Period') for m in a.get('Metrics', []) if m['Id'] in ('load', 'q')]] \
                  for a in sorted(cloudwatch.describe_alarms()['MetricAlarms'], key=lambda a: a['AlarmName'])] + \
                [g.get('retentionInDays') for g in logs.describe_log_groups(logGroupNamePrefix='rare')['logGroups']]";
    let at = |group: &str| {
        json!([
            format!("arn:aws:logs:eu-west-1:123456789012:log-group:group-{group}:*"),
            format!("arn:aws:iam::123456789012:role/trail-{group}"),
            group == "a"
        ])
    };
    let promql = |query: &str, pending: Option<u32>, recovery: Option<u32>| {
        let all =
            [("Query", json!(query)), ("PendingPeriod", json!(pending)), ("RecoveryPeriod", json!(recovery))];
        Value::from_iter(all.into_iter().filter(|(_, value)| !value.is_null()))
    };
    let expected = [
        json!([
            at("a"),
            [["kms.amazonaws.com"], [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::trail/"] }]],
            [["EndsWith", "Field", "Field", "StartsWith"]],
            "b",
            ["other", null, null, ["123456789012"]],
            [null, null, null, [120]],
            [null, 120, promql("up == 1", Some(120), Some(60)), []],
            7
        ]),
        json!([
            at("b"),
            [["rdsdata.amazonaws.com"], [{ "Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"] }]],
            [["Field", "Field", "NotEndsWith", "NotEquals", "NotStartsWith"]],
            "c",
            ["band", null, null, [null]],
            [null, null, null, [300]],
            [null, 300, promql("up == 2", Some(180), Some(240)), []],
            30
        ]),
        json!([
            ["", "", false],
            [null, []],
            "a",
            ["band", null, null, [null]],
            [null, null, null, [60]],
            [null, 60, promql("up == 0", None, None), []],
            null
        ]),
    ];
    let imports = Imports {
        ids: &[("aws_cloudwatch_log_stream", "{log_group_name}:{name}")],
        unseen: &[EMPTY_BUCKET, FORCE_DETACH],
        ..Imports::default()
    };
    let lost = "cloudtrail.delete_trail(Name='fields'); cloudwatch.delete_alarms(AlarmNames=['promql', 'insights']); \
                logs.delete_log_stream(logGroupName='group-a', logStreamName='stream'); \
                r = logs.describe_resource_policies(policyScope='RESOURCE', resourceArn='arn:aws:logs:eu-west-1:123456789012:log-group:group-a'); \
                logs.delete_resource_policy(resourceArn='arn:aws:logs:eu-west-1:123456789012:log-group:group-a', \
                  expectedRevisionId=r['resourcePolicies'][0]['revisionId'])";
    let made = [
        ("aws_cloudtrail.fields", "create"),
        ("aws_cloudwatch_log_resource_policy.g", "create"),
        ("aws_cloudwatch_log_stream.s", "create"),
        ("aws_cloudwatch_metric_alarm.insights", "create"),
        ("aws_cloudwatch_metric_alarm.promql", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("cloudtrail.describe_trails()['trailList']");
}

#[test]
fn arguments_of_who_is_told_and_of_what_is_kept() {
    let family = Family::start_with_stub("arguments/keepers");
    let told = "[a.get(n) for s in sorted(sns.list_subscriptions()['Subscriptions'], key=lambda s: s['Protocol']) for a in [sns.get_subscription_attributes(SubscriptionArn=s['SubscriptionArn'])['Attributes']] \
                  for n in ['SubscriptionRoleArn', 'ReplayPolicy'] if (n == 'ReplayPolicy') == (s['Protocol'] == 'sqs')] + \
                [[p.get(n) for n in ['Type', 'Tier', 'AllowedPattern', 'Description', 'DataType']] for p in sorted(ssm.describe_parameters()['Parameters'], key=lambda p: p['Name'])]";
    let replay = |month: &str| {
        format!("{{\"PointType\":\"Timestamp\",\"StartingPoint\":\"2030-{month}-01T00:00:00.000Z\"}}")
    };
    let image = json!(["String", "Standard", null, null, "aws:ec2:image"]);
    let secret = json!(["SecureString", "Standard", null, null, "text"]);
    let expected = [
        json!([
            "arn:aws:iam::123456789012:role/firehose-b",
            replay("01"),
            image,
            ["SecureString", "Intelligent-Tiering", "^[a-z]$", "a", "text"],
            secret
        ]),
        json!([
            "arn:aws:iam::123456789012:role/firehose-a",
            replay("02"),
            image,
            ["StringList", "Standard", "^[a-z,]*$", "b", "text"],
            secret
        ]),
        json!([
            "arn:aws:iam::123456789012:role/firehose-a",
            null,
            image,
            ["String", "Standard", null, null, "text"],
            secret
        ]),
    ];
    let imports = Imports {
        unseen: &[KEY_WINDOW, FORCE_DETACH, ("aws_ssm_parameter.overwrite", OURS)],
        ..Imports::default()
    };
    let lost = "ssm.delete_parameter(Name='parameter'); ssm.delete_parameter(Name='image'); \
                [sns.unsubscribe(SubscriptionArn=s['SubscriptionArn']) for s in sns.list_subscriptions()['Subscriptions']]";
    let made = [
        ("aws_sns_topic_subscription.again", "create"),
        ("aws_sns_topic_subscription.firehose", "create"),
        ("aws_ssm_parameter.image", "create"),
        ("aws_ssm_parameter.p", "create"),
    ];
    let kept = ["aws_sns_topic_subscription.firehose", "aws_ssm_parameter.image", "aws_ssm_parameter.secret"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("ssm.describe_parameters()['Parameters']");
}

#[test]
fn arguments_of_what_proves_who_somebody_is() {
    let family = Family::start("arguments/certificates");
    let told = "[{t['Key']: t['Value'] for t in tags} for tags in [ \
                  iam.get_saml_provider(SAMLProviderArn='arn:aws:iam::123456789012:saml-provider/saml')['Tags'], \
                  iam.get_server_certificate(ServerCertificateName='certificate')['ServerCertificate']['Tags'], \
                  iam.list_mfa_device_tags(SerialNumber='arn:aws:iam::123456789012:mfa/phone')['Tags']]]";
    let all = |tags: Value| json!([tags, tags, tags]);
    let expected = [all(json!({ "a": "1", "b": "1" })), all(json!({ "b": "2" })), all(json!({}))];
    let imports = Imports {
        ids: &[("aws_iam_server_certificate", "{name}")],
        never: &[("aws_iam_server_certificate", "private keys are not told, and would replace it")],
        unseen: &[
            FORCE_DESTROY,
            ("aws_iam_virtual_mfa_device.base_32_string_seed", "told once"),
            ("aws_iam_virtual_mfa_device.qr_code_png", "told once"),
        ],
    };
    let lost = "iam.delete_saml_provider(SAMLProviderArn='arn:aws:iam::123456789012:saml-provider/saml'); \
                iam.delete_server_certificate(ServerCertificateName='certificate'); \
                iam.delete_virtual_mfa_device(SerialNumber='arn:aws:iam::123456789012:mfa/phone')";
    let made = [
        ("aws_iam_saml_provider.s", "create"),
        ("aws_iam_server_certificate.c", "create"),
        ("aws_iam_virtual_mfa_device.d", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    // What the user has got meanwhile goes with the user.
    family.aws.tamper(
        "iam.create_access_key(UserName='user'); iam.create_login_profile(UserName='user', Password='Secret-12345'); \
         d = iam.create_virtual_mfa_device(VirtualMFADeviceName='mine')['VirtualMFADevice']['SerialNumber']; \
         iam.enable_mfa_device(UserName='user', SerialNumber=d, AuthenticationCode1='123456', AuthenticationCode2='654321')",
    );
    family.destroy("iam.list_users()['Users'] + iam.list_virtual_mfa_devices(AssignmentStatus='Assigned')['VirtualMFADevices']");
}

#[test]
fn arguments_of_a_company() {
    let family = Family::start_with_stub("arguments/company");
    let told = "[s.get('resourceShareConfiguration', {}).get('retainSharingOnAccountLeaveOrganization') \
                  for s in ram.get_resource_shares(resourceOwner='SELF')['resourceShares'] if s['status'] == 'ACTIVE']";
    let title = |name: &str| {
        format!(
            "client('account').get_alternate_contact(AlternateContactType='BILLING', \
              AccountId=next(a['Id'] for a in organizations.list_accounts()['Accounts'] if a['Name'] == '{name}'))['AlternateContact']['Title']"
        )
    };
    let members =
        "sorted([a['Status'] for a in organizations.list_accounts()['Accounts'] if a['Name'] == 'member'])";
    family.create();
    family.witness(told, json!([true]));
    family.witness(&title("other"), json!("Accountant"));
    assert!(family.attribute("aws_organizations_account.a", "govcloud_id").is_string());
    go(&family, 0, 1, &[]);
    replace(&family, "made", 0, 1, &[]);
    family.witness(told, json!([false]));
    family.witness(&title("third"), json!("Accountant"));
    family.witness(members, json!(["ACTIVE", "SUSPENDED"]));
    go(&family, 1, 2, &[]);
    replace(&family, "made", 1, 2, &[("aws_account_alternate_contact.c", "")]);
    family.witness(told, json!([null]));
    family.witness(members, json!(["ACTIVE", "SUSPENDED"]));
    family.import(&Imports {
        unseen: &[
            ("aws_organizations_organization.return_organization_only", OURS),
            ("aws_organizations_account.close_on_deletion", OURS),
            ("aws_organizations_policy.skip_destroy", OURS),
            ("aws_organizations_policy_attachment.skip_destroy", OURS),
        ],
        ..Imports::default()
    });
    // Closed accounts stay for ninety days, in which their organization cannot be deleted.
    family.aws.tamper(
        "[organizations.remove_account_from_organization(AccountId=a['Id']) for a in organizations.list_accounts()['Accounts'] if a['Status'] == 'SUSPENDED']",
    );
    family.destroy("[]");
}

#[test]
fn features_of_an_organization() {
    let family = Family::start_with_stub("arguments/features");
    let features = "organizations.describe_organization()['Organization']['FeatureSet']";
    family.create();
    family.context.edit("main.tf", "\"CONSOLIDATED_BILLING\"", "\"ALL\"");
    family.context.good(&["apply", "-auto-approve"]);
    // The management account has the last word; until then they are asked for again.
    family.witness(features, json!("CONSOLIDATED_BILLING"));
    assert_eq!(family.plan()["aws_organizations_organization.o"], "update");
    family.context.good(&["apply", "-auto-approve"]);
    family.aws.tamper(
        "organizations.accept_handshake(HandshakeId=organizations.list_handshakes_for_organization()['Handshakes'][0]['Id'])",
    );
    family.witness(features, json!("ALL"));
    assert!(family.plan().is_empty());
    family.import(&Imports {
        unseen: &[("aws_organizations_organization.return_organization_only", OURS)],
        ..Imports::default()
    });
    let replaced = [("aws_organizations_organization.o", "replace")];
    family.step("bills alone", &[("\"ALL\"", "\"CONSOLIDATED_BILLING\"")], &replaced);
    family.witness(features, json!("CONSOLIDATED_BILLING"));
    let updated = [("aws_organizations_organization.o", "update")];
    family.step("nothing else is asked for", &[("= false", "= true")], &updated);
    assert_eq!(family.attribute("aws_organizations_organization.o", "accounts"), json!([]));
    family.step("all is", &[("= true", "= false")], &updated);
    assert_ne!(family.attribute("aws_organizations_organization.o", "accounts"), json!([]));
    family.destroy("[]");
}

#[test]
fn rules_of_security_groups_with_several_peers() {
    let family = Family::start("arguments/rule_lists");
    family.create();
    let list = family.text("aws_ec2_managed_prefix_list.l", "id");
    let out = format!("{{security_group_id}}_egress_udp_53_53_10.0.0.0/8_{list}");
    family.import(&Imports {
        ids: &[
            (
                "aws_security_group_rule.in",
                "{security_group_id}_ingress_tcp_80_443_10.0.0.0/8_192.168.0.0/16_fd00::/8",
            ),
            ("aws_security_group_rule.out", &out),
            ("aws_security_group_rule.self", "{security_group_id}_ingress_all_0_0_self"),
        ],
        unseen: &[("aws_security_group.revoke_rules_on_delete", OURS)],
        ..Imports::default()
    });
    family.destroy("ec2.describe_managed_prefix_lists(Filters=[{'Name': 'prefix-list-name', 'Values': ['list']}])['PrefixLists']");
}

#[test]
fn data_sources_of_contacts_policies_certificates_and_services() {
    let family = Family::start_with_stub("arguments/sources");
    family.create();
    let told = &family.context.json(&["output", "-json"])["told"]["value"];
    let chain = "-----BEGIN CERTIFICATE-----\nc\n-----END CERTIFICATE-----";
    let expected = json!([
        [["own", "City", "", "https://a.example"], ["other", "City", "", "https://a.example"]],
        "a",
        true,
        ["certificate-b", "/b/", chain],
        "arn:aws:iam::859597730677:root",
        "127311923021",
        [
            ["s3.eu-west-1.amazonaws.com", "s3.amazonaws.com", "amazonaws.com"],
            ["ec2.cn-north-1.amazonaws.com.cn", "ec2.amazonaws.com.cn", "amazonaws.com.cn"]
        ]
    ]);
    assert_eq!(told, &expected);
    family.context.edit("main.tf", "  latest      = true\n", "");
    family.context.run(&["plan"]).expect_code(1).expect_text("Several IAM server certificates found");
    family.context.edit(
        "main.tf",
        "  name_prefix = \"certificate-\"\n",
        "  name_prefix = \"certificate-a\"\n",
    );
    assert!(family.plan().is_empty());
    family.destroy("s3.list_buckets()['Buckets']");
}

#[test]
fn alarms_policies_contacts_and_buckets_in_a_zone_are_found() {
    let aws = Aws::start_with_stub();
    let made = r#"
        provider "aws" {
          region            = "eu-west-1"
          s3_use_path_style = true
        }
        resource "aws_cloudwatch_metric_alarm" "m" {
          alarm_name          = "load"
          comparison_operator = "GreaterThanThreshold"
          evaluation_periods  = 1
          metric_name         = "Load"
          namespace           = "App"
          period              = 60
          statistic           = "Average"
          threshold           = 5
        }
        resource "aws_cloudwatch_composite_alarm" "c" {
          alarm_name = "both"
          alarm_rule = "ALARM(${aws_cloudwatch_metric_alarm.m.alarm_name})"
        }
        resource "aws_cloudwatch_log_resource_policy" "p" {
          policy_name     = "region"
          policy_document = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*", Principal = { Service = "es.amazonaws.com" } }] })
        }
        resource "aws_s3_account_public_access_block" "a" {
          block_public_acls = true
        }
        resource "aws_account_alternate_contact" "c" {
          alternate_contact_type = "SECURITY"
          email_address          = "a@example.com"
          name                   = "a"
          phone_number           = "+1"
          title                  = "a"
        }
        resource "aws_s3_directory_bucket" "d" {
          bucket = "data--euw1-az1--x-s3"
          tags   = { a = 1 }
          location {
            name = "euw1-az1"
          }
        }
        resource "aws_s3_bucket" "b" {
          bucket = "bucket"
        }
    "#;
    let found = [
        ("aws_cloudwatch_composite_alarm", "both"),
        ("aws_cloudwatch_log_resource_policy", "region"),
        ("aws_s3_account_public_access_block", "123456789012"),
        ("aws_account_alternate_contact", "SECURITY"),
        ("aws_s3_directory_bucket", "data--euw1-az1--x-s3"),
    ];
    let context = TestContext::with_config(made).using(&aws);
    let blocks =
        found.map(|(kind, _)| format!("list \"{kind}\" \"all\" {{\n  provider = aws\n}}\n")).concat();
    context.write("all.tfquery.hcl", &blocks);
    context.good(&["init"]);
    assert!(context.good(&["query"]).stdout.lines().all(|line| !line.starts_with("list.")));
    context.good(&["apply", "-auto-approve"]);
    let told = context.good(&["query"]).stdout;
    let told: Vec<Vec<&str>> = told.lines().map(|line| line.split_whitespace().take(2).collect()).collect();
    let lines = found.map(|(kind, id)| [format!("list.{kind}.all"), format!("id={id}")]);
    assert_eq!(told, lines);
}
