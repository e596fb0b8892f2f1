//! Each argument changed and cleared, then imported with its first value, and some objects lost.

use super::arguments::{go, try_all};
use serde_json::{Value, json};
use terrane_e2e::{Family, Imports};

/// Goes through all stages as [`try_all`] does, imports everything as it is at stage 1, and loses objects by
/// `statements`, after which `actions` are planned.
#[track_caller]
fn try_import_and_lose(
    family: &Family,
    kept: &[&str],
    told: (&str, [Value; 3]),
    imports: &Imports<'_>,
    lost: (&str, &[(&str, &str)]),
) {
    try_all(family, kept, told.0, told.1);
    go(family, 0, 1, &[]);
    family.import(imports);
    family.tamper(lost.0, lost.1);
}

const FORCE_DESTROY: (&str, &str) = ("aws_iam_user.force_destroy", "of Terrane alone");
const FORCE_DETACH: (&str, &str) = ("aws_iam_role.force_detach_policies", "of Terrane alone");

#[test]
fn arguments_of_policies_and_documents() {
    let family = Family::start("arguments/policies");
    let told = "[json.loads(sns.get_topic_attributes(TopicArn='arn:aws:sns:eu-west-1:123456789012:t')['Attributes']['Policy'])['Statement'][0]['Sid'], \
                iam.list_ssh_public_keys(UserName='u')['SSHPublicKeys'][0]['Status'], \
                json.loads(cloudwatch.get_dashboard(DashboardName='d')['DashboardBody'])['widgets'][0]['properties']['markdown'], \
                json.loads(sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName='q')['QueueUrl'], AttributeNames=['All'])['Attributes']['RedrivePolicy'])['maxReceiveCount'], \
                iam.get_user_policy(UserName='u', PolicyName='p')['PolicyDocument']['Statement'][0]['Action']]";
    let expected = [
        json!(["b", "Inactive", "b", 5, "s3:Put*"]),
        json!(["c", "Active", "c", 6, "s3:List*"]),
        json!(["a", "Active", "a", 4, "s3:Get*"]),
    ];
    let imports = Imports {
        ids: &[("aws_iam_user_ssh_key", "{username}:{ssh_public_key_id}:SSH")],
        unseen: &[FORCE_DESTROY, FORCE_DETACH],
        ..Imports::default()
    };
    let lost = "iam.delete_role_policy(RoleName='r', PolicyName='p'); iam.delete_user_policy(UserName='u', PolicyName='p'); \
                s3.delete_bucket_policy(Bucket='policies'); cloudwatch.delete_dashboards(DashboardNames=['d']); \
                logs.delete_resource_policy(policyName='p'); iam.delete_ssh_public_key(UserName='u', \
                  SSHPublicKeyId=iam.list_ssh_public_keys(UserName='u')['SSHPublicKeys'][0]['SSHPublicKeyId'])";
    let made = [
        ("aws_cloudwatch_dashboard.d", "create"),
        ("aws_cloudwatch_log_resource_policy.p", "create"),
        ("aws_iam_role_policy.p", "create"),
        ("aws_iam_user_policy.p", "create"),
        ("aws_iam_user_ssh_key.k", "create"),
        ("aws_s3_bucket_policy.b", "create"),
    ];
    let kept = ["aws_iam_user_ssh_key.k"];
    try_import_and_lose(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_users()['Users'] + s3.list_buckets()['Buckets']");
}

#[test]
fn arguments_of_alarms_of_alarms_and_subscriptions_to_logs() {
    let family = Family::start("arguments/alarms");
    family.aws.tamper("[client('kinesis').create_stream(StreamName=name, ShardCount=1) for name in 'ab']");
    let told = "[[a.get(n) for n in ['AlarmRule', 'AlarmDescription', 'ActionsSuppressor', 'ActionsSuppressorWaitPeriod']] + \
                  [len(a['AlarmActions']), len(a['OKActions'])] \
                  for a in cloudwatch.describe_alarms(AlarmTypes=['CompositeAlarm'])['CompositeAlarms']] + \
                [[f.get(n) for n in ['filterPattern', 'distribution', 'applyOnTransformedLogs', 'emitSystemFields']] \
                  for f in logs.describe_subscription_filters(logGroupName='g')['subscriptionFilters']]";
    let expected = [
        json!([
            ["ALARM(a0) AND ALARM(a1)", "a", "a0", 60, 1, 2],
            ["ERROR", "Random", true, ["@aws.account"]]
        ]),
        json!([
            ["ALARM(a0) OR OK(a1)", "b", "a1", 90, 2, 1],
            ["[a, b]", "ByLogStream", false, ["@aws.account", "@aws.region"]]
        ]),
        json!([["ALARM(a0)", null, null, null, 0, 0], ["", "ByLogStream", false, null]]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_cloudwatch_log_subscription_filter", "{log_group_name}|{name}"),
            ("aws_cloudwatch_log_metric_filter", "{log_group_name}:{name}"),
        ],
        unseen: &[FORCE_DETACH],
        ..Imports::default()
    };
    let lost = "cloudwatch.delete_alarms(AlarmNames=['c', 'a1']); logs.delete_subscription_filter(logGroupName='g', filterName='f')";
    let made = [
        ("aws_cloudwatch_composite_alarm.c", "create"),
        ("aws_cloudwatch_log_subscription_filter.f", "create"),
        ("aws_cloudwatch_metric_alarm.b", "create"),
    ];
    try_import_and_lose(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("cloudwatch.describe_alarms()['MetricAlarms'] + logs.describe_log_groups()['logGroups']");
}

#[test]
fn arguments_of_what_bounds_permissions() {
    let family = Family::start("arguments/limits");
    let told = "[o.get('PermissionsBoundary', {}).get('PermissionsBoundaryArn', '')[-2:] \
                  for o in [iam.get_user(UserName='u')['User'], iam.get_user(UserName='bound')['User'], iam.get_role(RoleName='r')['Role']]] + \
                [len(iam.list_attached_user_policies(UserName='only')['AttachedPolicies']), \
                 len(iam.list_attached_role_policies(RoleName='only')['AttachedPolicies'])]";
    let expected =
        [json!(["p0", "p1", "p1", 0, 1]), json!(["p1", "", "", 3, 0]), json!(["", "p0", "p0", 1, 3])];
    let imports = Imports {
        ids: &[
            ("aws_iam_group_policies_exclusive", "{group_name}"),
            ("aws_iam_group_policy_attachments_exclusive", "{group_name}"),
            ("aws_iam_role_policies_exclusive", "{role_name}"),
            ("aws_iam_role_policy_attachments_exclusive", "{role_name}"),
            ("aws_iam_user_policies_exclusive", "{user_name}"),
            ("aws_iam_user_policy_attachments_exclusive", "{user_name}"),
        ],
        never: &[("aws_iam_policy_attachment", "it may be one of many")],
        unseen: &[
            FORCE_DESTROY,
            FORCE_DETACH,
            ("aws_iam_policy.delay_after_policy_creation_in_ms", "of Terrane alone"),
        ],
    };
    let lost = "iam.put_user_policy(UserName='u', PolicyName='other', PolicyDocument=json.dumps({'Version': '2012-10-17', \
                  'Statement': [{'Effect': 'Deny', 'Action': 's3:*', 'Resource': '*'}]})); \
                iam.delete_group_policy(GroupName='g', PolicyName='p1'); \
                iam.attach_role_policy(RoleName='only', PolicyArn='arn:aws:iam::123456789012:policy/p1'); \
                iam.delete_saml_provider(SAMLProviderArn='arn:aws:iam::123456789012:saml-provider/s'); \
                iam.delete_user_permissions_boundary(UserName='bound')";
    let made = [
        ("aws_iam_group_policies_exclusive.g", "update"),
        ("aws_iam_group_policy.p[1]", "create"),
        ("aws_iam_role_policy_attachments_exclusive.r", "update"),
        ("aws_iam_saml_provider.s", "create"),
        ("aws_iam_user.bound", "update"),
        ("aws_iam_user_policies_exclusive.u", "update"),
    ];
    try_import_and_lose(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_users()['Users'] + iam.list_groups()['Groups']");
}

#[test]
fn arguments_of_transit_gateways_that_others_use() {
    let family = Family::start_with_stub("arguments/transit");
    let told = "[g['Options']['EncryptionSupport']['EncryptionState'] for g in ec2.describe_transit_gateways()['TransitGateways'] \
                  if g['Options'].get('TransitGatewayCidrBlocks')] + \
                [sorted(t['Key'] for t in p['Tags']) for p in ec2.describe_transit_gateway_connect_peers()['TransitGatewayConnectPeers']] + \
                [sorted(t['Key'] for t in p['Tags']) for p in client('ec2', 'eu-north-1').describe_transit_gateway_peering_attachments()['TransitGatewayPeeringAttachments']] + \
                [sorted(t['Key'] for t in p['Tags']) for p in ec2.describe_transit_gateway_vpc_attachments()['TransitGatewayVpcAttachments'] if p['VpcOwnerId'] == '222222222222']";
    let expected = [
        json!(["enabled", ["a"], ["c"], ["c"]]),
        json!(["disabled", ["b"], ["d"], ["d"]]),
        json!(["disabled", [], [], []]),
    ];
    let original = "the table that it had before is not told";
    let imports = Imports {
        unseen: &[
            (
                "aws_ec2_transit_gateway_default_route_table_association.original_default_route_table_id",
                original,
            ),
            (
                "aws_ec2_transit_gateway_default_route_table_propagation.original_default_route_table_id",
                original,
            ),
            (
                "aws_ec2_transit_gateway_route_table_association.replace_existing_association",
                "of Terrane alone",
            ),
        ],
        ..Imports::default()
    };
    let lost = "[ec2.delete_transit_gateway_route(TransitGatewayRouteTableId=t['TransitGatewayRouteTableId'], DestinationCidrBlock='2001:db8::/32') \
                  for t in ec2.get_paginator('describe_transit_gateway_route_tables').paginate().build_full_result()['TransitGatewayRouteTables'] \
                  if ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=t['TransitGatewayRouteTableId'], \
                    Filters=[{'Name': 'route-search.exact-match', 'Values': ['2001:db8::/32']}])['Routes']]; \
                [ec2.delete_transit_gateway_connect_peer(TransitGatewayConnectPeerId=p['TransitGatewayConnectPeerId']) \
                  for p in ec2.describe_transit_gateway_connect_peers()['TransitGatewayConnectPeers']]; \
                [ec2.delete_transit_gateway_peering_attachment(TransitGatewayAttachmentId=p['TransitGatewayAttachmentId']) \
                  for p in ec2.describe_transit_gateway_peering_attachments()['TransitGatewayPeeringAttachments']]";
    let made = [
        ("aws_ec2_transit_gateway_connect_peer.p", "create"),
        ("aws_ec2_transit_gateway_peering_attachment.north", "create"),
        ("aws_ec2_transit_gateway_peering_attachment_accepter.north", "create"),
        ("aws_ec2_transit_gateway_route.six", "create"),
    ];
    let kept = ["aws_ec2_transit_gateway.t", "aws_ec2_transit_gateway_route_table_association.v"];
    try_import_and_lose(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("[g for g in ec2.describe_transit_gateways()['TransitGateways'] if g['State'] not in ('deleting', 'deleted')]");
}

#[test]
fn arguments_of_services_for_endpoints() {
    let family = Family::start_with_stub("arguments/services");
    let made = "(lambda subnets: {n: client('elbv2').create_load_balancer(Name=n, Type=t, Subnets=subnets, Scheme='internal')\
                  ['LoadBalancers'][0]['LoadBalancerArn'] for n, t in [('a', 'network'), ('b', 'network'), ('c', 'gateway'), ('d', 'gateway')]})\
                ((lambda vpc: [ec2.create_subnet(VpcId=vpc, CidrBlock=f'10.0.{i}.0/24', AvailabilityZone='eu-west-1' + z)['Subnet']['SubnetId'] \
                  for i, z in enumerate('ab')])(ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId']))";
    let balancers = json!({ "balancers": family.aws.ask(made) });
    family.context.write("terraform.tfvars.json", &balancers.to_string());
    let told = "sorted([s['ServiceType'][0]['ServiceType'], s['AcceptanceRequired'], s.get('PrivateDnsName'), s['SupportedIpAddressTypes'], \
                  len(s.get('NetworkLoadBalancerArns', []) + s.get('GatewayLoadBalancerArns', [])), [r['Region'] for r in s['SupportedRegions']], \
                  len(ec2.describe_vpc_endpoint_service_permissions(ServiceId=s['ServiceId'])['AllowedPrincipals'])] \
                  for s in ec2.describe_vpc_endpoint_service_configurations()['ServiceConfigurations'])";
    let gateway =
        |balancers| json!(["GatewayLoadBalancer", false, null, ["ipv4"], balancers, ["eu-west-1"], 2]);
    let expected = [
        json!([
            gateway(2),
            ["Interface", false, "a.example.com", ["ipv4", "ipv6"], 2, ["eu-west-1", "eu-central-1"], 1]
        ]),
        json!([gateway(1), ["Interface", true, "b.example.com", ["ipv6"], 1, ["eu-west-1", "us-east-1"], 2]]),
        json!([gateway(1), ["Interface", true, null, ["ipv4"], 1, ["eu-west-1"], 0]]),
    ];
    let imports = Imports {
        never: &[("aws_vpc_endpoint_service_allowed_principal", "AWS provider has no import of it")],
        ..Imports::default()
    };
    let lost = "[ec2.modify_vpc_endpoint_service_permissions(ServiceId=s['ServiceId'], RemoveAllowedPrincipals=['*']) \
                  for s in ec2.describe_vpc_endpoint_service_configurations()['ServiceConfigurations'] if s.get('GatewayLoadBalancerArns')]; \
                ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[s['ServiceId'] \
                  for s in ec2.describe_vpc_endpoint_service_configurations()['ServiceConfigurations'] if s.get('NetworkLoadBalancerArns')])";
    let made = [
        ("aws_vpc_endpoint_service.s", "create"),
        ("aws_vpc_endpoint_service_allowed_principal.p[\"*\"]", "create"),
    ];
    try_import_and_lose(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("ec2.describe_vpc_endpoint_service_configurations()['ServiceConfigurations']");
}

#[test]
fn arguments_of_what_an_account_keeps() {
    let family = Family::start_with_stub("arguments/standing");
    let told = "[client('account').get_contact_information()['ContactInformation'].get(n) for n in ['FullName', 'AddressLine3', 'WebsiteUrl', 'StateOrRegion']] + \
                [client('account').get_region_opt_status(RegionName='eu-south-2')['RegionOptStatus'], \
                 iam.get_account_summary()['SummaryMap']['GlobalEndpointTokenVersion'], iam.list_organizations_features()['EnabledFeatures']]";
    let expected = [
        json!(["b", "a", "https://a.example", "WA", "ENABLED", 1, ["RootCredentialsManagement"]]),
        json!([
            "c",
            "b",
            "https://b.example",
            "b",
            "DISABLED",
            2,
            ["RootCredentialsManagement", "RootSessions"]
        ]),
        json!(["a", null, null, null, "DISABLED", 2, ["RootSessions"]]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_account_region.a", "{account_id},{region_name}"),
            ("aws_account_region.r", "{region_name}"),
        ],
        unseen: &[
            ("aws_account_primary_contact.account_id", "an import names the provider's own, too"),
            ("aws_organizations_account.close_on_deletion", "of Terrane alone"),
            ("aws_organizations_account.create_govcloud", "of Terrane alone"),
        ],
        ..Imports::default()
    };
    let lost = "iam.disable_organizations_root_credentials_management(); organizations.delete_resource_policy(); \
                client('account').enable_region(RegionName='me-south-1'); client('account').disable_region(RegionName='eu-south-2')";
    let made = [
        ("aws_account_region.r", "update"),
        ("aws_iam_organizations_features.f", "create"),
        ("aws_organizations_resource_policy.p", "create"),
    ];
    let kept =
        ["aws_account_region.a", "aws_account_region.r", "aws_iam_security_token_service_preferences.p"];
    try_import_and_lose(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("iam.list_saml_providers()['SAMLProviderList']");
}

#[test]
fn arguments_of_both_tunnels_and_of_moving_connections() {
    let family = Family::start_with_stub("arguments/tunnels");
    let told = "sorted(str([c.get('VpnGatewayId', '')[:3], c['Options'].get('LocalIpv6NetworkCidr'), \
                  [t['Phase1LifetimeSeconds'] for t in c['Options']['TunnelOptions'] if 'Phase1LifetimeSeconds' in t]]) \
                  for c in ec2.describe_vpn_connections()['VpnConnections'])";
    let fixed = "['vgw', None, []]";
    let expected = [
        json!(["['', '2001:db8:1::/48', []]", "['', None, [3600]]", "['', None, []]", fixed]),
        json!(["['', '2001:db8:2::/48', []]", "['', None, [7200]]", fixed, fixed]),
        json!(["['', '2001:db8:2::/48', []]", "['', None, [28800]]", fixed, fixed]),
    ];
    let imports = Imports {
        ids: &[("aws_vpn_connection_route", "{destination_cidr_block}:{vpn_connection_id}")],
        ..Imports::default()
    };
    let lost = "[ec2.delete_vpn_connection(VpnConnectionId=c['VpnConnectionId']) \
                  for c in ec2.describe_vpn_connections()['VpnConnections'] if c['Options'].get('LocalIpv6NetworkCidr')]; \
                [ec2.delete_vpn_connection_route(VpnConnectionId=c['VpnConnectionId'], DestinationCidrBlock='192.168.0.0/24') \
                  for c in ec2.describe_vpn_connections()['VpnConnections'] if c.get('Routes')]";
    let made = [("aws_vpn_connection.six", "create"), ("aws_vpn_connection_route.r", "create")];
    let kept = ["aws_vpn_connection.six"];
    try_import_and_lose(&family, &kept, (told, expected), &imports, (lost, &made));
    family
        .destroy("[c for c in ec2.describe_vpn_connections()['VpnConnections'] if c['State'] != 'deleted']");
}

#[test]
fn arguments_of_what_ties_networks_together() {
    let family = Family::start("arguments/ties");
    let told = "sorted([r['IpProtocol'], r['FromPort'], r['ToPort'], r.get('CidrIpv6', ''), r.get('PrefixListId', '')[:3]] \
                  for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r['FromPort'] > 0 or r.get('CidrIpv6', '').startswith('2001'))";
    let rule = |protocol, from, to, six, list| json!([protocol, from, to, six, list]);
    let expected = [
        json!([
            rule("-1", -1, -1, "2001:db8:1::/48", ""),
            rule("tcp", 1, 8, "", ""),
            rule("tcp", 2, 9, "", "pl-")
        ]),
        json!([rule("tcp", 1, 7, "", ""), rule("tcp", 3, 9, "", "pl-"), rule("udp", 2, 2, "::/0", "")]),
        json!([
            rule("tcp", 1, 1, "2001:db8::/32", ""),
            rule("tcp", 1, 9, "", ""),
            rule("tcp", 1, 9, "", "pl-")
        ]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_route_table_association.s", "{subnet_id}/{route_table_id}"),
            ("aws_route_table_association.g", "{gateway_id}/{route_table_id}"),
        ],
        never: &[("aws_main_route_table_association", "AWS provider has no import of it")],
        unseen: &[
            ("aws_security_group.revoke_rules_on_delete", "of Terrane alone"),
            ("aws_vpc_peering_connection_accepter.auto_accept", "of Terrane alone"),
        ],
    };
    let lost = "[ec2.delete_tags(Resources=[o['DhcpOptionsId']], Tags=[{'Key': 'ours'}]) for o in ec2.describe_dhcp_options()['DhcpOptions']]; \
                [ec2.revoke_security_group_egress(GroupId=r['GroupId'], SecurityGroupRuleIds=[r['SecurityGroupRuleId']]) \
                  for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('CidrIpv6', '').startswith('2001')]";
    let made = [("aws_ec2_tag.t", "create"), ("aws_vpc_security_group_egress_rule.six", "create")];
    let kept = ["aws_vpc_peering_connection_accepter.o"];
    try_import_and_lose(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_objects_and_whom_buckets_serve() {
    let family = Family::start("arguments/objects");
    let told = "[s3.head_object(Bucket='bucket', Key='encrypted').get('BucketKeyEnabled'), \
                 [r['AllowedMethods'] for r in s3.get_bucket_cors(Bucket='bucket')['CORSRules']], \
                 s3.get_bucket_ownership_controls(Bucket='bucket')['OwnershipControls']['Rules'][0]['ObjectOwnership'], \
                 s3.get_bucket_website(Bucket='logs-b')['IndexDocument']['Suffix'], \
                 s3.get_bucket_encryption(Bucket='logs-a')['ServerSideEncryptionConfiguration']['Rules'][0]['ApplyServerSideEncryptionByDefault']['SSEAlgorithm']]";
    let expected = [
        json!([true, [["GET", "PUT"], ["HEAD"]], "BucketOwnerPreferred", "b.html", "aws:kms"]),
        json!([null, [["DELETE"], ["HEAD"], ["HEAD"]], "ObjectWriter", "c.html", "aws:kms"]),
        json!([null, [["GET"]], "BucketOwnerEnforced", "a.html", "AES256"]),
    ];
    let imports = Imports {
        ids: &[("aws_s3_object", "{bucket}/{key}")],
        never: &[("aws_kms_key", "days of its deletion are not told")],
        unseen: &[
            ("aws_s3_object.content", "objects are not read"),
            ("aws_s3_object.source", "objects are not read"),
            ("aws_s3_object.source_hash", "of Terrane alone"),
            ("aws_s3_object.version_id", "the object is written once more"),
            ("aws_s3_object.force_destroy", "of Terrane alone"),
            ("aws_s3_bucket.force_destroy", "of Terrane alone"),
        ],
    };
    let lost = "s3.delete_object(Bucket='bucket', Key='plain'); s3.delete_bucket_cors(Bucket='bucket'); s3.delete_bucket_website(Bucket='logs-b')";
    let made = [
        ("aws_s3_bucket_cors_configuration.b", "create"),
        ("aws_s3_bucket_website_configuration.b", "create"),
        ("aws_s3_object.plain", "create"),
    ];
    let kept = ["aws_s3_object.encrypted"];
    try_import_and_lose(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("s3.list_buckets()['Buckets']");
}
