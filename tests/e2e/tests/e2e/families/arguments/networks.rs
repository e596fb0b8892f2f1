//! Networks and the machines in them.

use super::*;

#[test]
fn arguments_of_networks() {
    let family = Family::start("arguments/network");
    let told = "[s['MapPublicIpOnLaunch'] for s in ec2.describe_subnets(Filters=[{'Name': 'cidrBlock', 'Values': ['10.0.1.0/24']}])['Subnets']] + \
                [[p['FromPort'] for p in g['IpPermissions']] for g in ec2.describe_security_groups(GroupNames=['a'])['SecurityGroups']] + \
                [len(l) for l in [ec2.get_managed_prefix_list_entries(PrefixListId=ec2.describe_managed_prefix_lists( \
                  Filters=[{'Name': 'owner-id', 'Values': ['123456789012']}])['PrefixLists'][0]['PrefixListId'])['Entries']]] + \
                [e.get('SubnetIds') and len(e['SubnetIds']) for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['ServiceName'].endswith('sqs')] + \
                [[e['PrivateDnsEnabled'], e['IpAddressType'], e['DnsOptions']['DnsRecordIpType']] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['ServiceName'].endswith('sns')] + \
                [l['MaxEntries'] for l in ec2.describe_managed_prefix_lists()['PrefixLists'] if l['OwnerId'] != 'AWS'] + \
                [[s['EnableDns64'], s['PrivateDnsNameOptionsOnLaunch']['HostnameType'], s['PrivateDnsNameOptionsOnLaunch']['EnableResourceNameDnsAAAARecord'], \
                  [a['Ipv6CidrBlock'].split(':')[3][-1] for a in s['Ipv6CidrBlockAssociationSet']]] for s in ec2.describe_subnets()['Subnets'] if s['CidrBlock'] == '10.2.1.0/24']";
    let expected = [
        json!([true, [80], 1, 2, [true, "dualstack", "dualstack"], 7, [true, "resource-name", true, ["2"]]]),
        json!([false, [22, 443], 2, 1, [false, "ipv4", "ipv4"], 6, [false, "ip-name", false, ["3"]]]),
        json!([false, [], 2, 1, [false, "ipv4", "ipv4"], 5, [false, "ip-name", false, ["1"]]]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_route", "{route_table_id}_{destination_cidr_block}"),
            (
                "aws_security_group_rule",
                "{security_group_id}_{type}_{protocol}_{from_port}_{to_port}_10.0.0.0/8",
            ),
            ("aws_default_route_table", "{vpc_id}"),
        ],
        unseen: &[
            ("aws_default_network_acl.ingress", "protocols are told by number"),
            ("aws_network_acl.ingress", "protocols are told by number"),
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_default_security_group.revoke_rules_on_delete", OURS),
            ("aws_ebs_volume.final_snapshot", OURS),
            ("aws_vpc_peering_connection.auto_accept", OURS),
        ],
        never: &[("aws_key_pair", "its public key is not told, so that it would be made once more")],
    };
    let lost = "[ec2.delete_route(RouteTableId=t['RouteTableId'], DestinationCidrBlock='10.99.0.0/16') for t in ec2.describe_route_tables( \
                  Filters=[{'Name': 'route.destination-cidr-block', 'Values': ['10.99.0.0/16']}])['RouteTables']]; \
                [ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=g['EgressOnlyInternetGatewayId']) \
                  for g in ec2.describe_egress_only_internet_gateways()['EgressOnlyInternetGateways']]; \
                ec2.delete_vpc_endpoints(VpcEndpointIds=[e['VpcEndpointId'] for e in ec2.describe_vpc_endpoints()['VpcEndpoints']]); \
                ec2.delete_key_pair(KeyName='k'); \
                [ec2.delete_dhcp_options(DhcpOptionsId=o['DhcpOptionsId']) for o in ec2.describe_dhcp_options()['DhcpOptions']]; \
                [ec2.delete_volume(VolumeId=v['VolumeId']) for v in ec2.describe_volumes()['Volumes']]; \
                [ec2.revoke_security_group_ingress(GroupId=r['GroupId'], SecurityGroupRuleIds=[r['SecurityGroupRuleId']]) \
                  for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('CidrIpv4') == '10.2.0.0/16' and not r['IsEgress']]";
    let made = [
        ("aws_ebs_volume.v", "create"),
        ("aws_egress_only_internet_gateway.e", "create"),
        ("aws_key_pair.k", "create"),
        ("aws_route.r", "create"),
        ("aws_vpc_dhcp_options.d", "create"),
        ("aws_vpc_endpoint.d", "create"),
        ("aws_vpc_endpoint.g", "create"),
        ("aws_vpc_endpoint.i", "create"),
        ("aws_vpc_security_group_ingress_rule.r", "create"),
    ];
    try_all(&family, &["aws_vpc.six", "aws_vpc_endpoint.d"], (told, expected), &imports, (lost, &made));
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']] + ec2.describe_nat_gateways(Filter=[{'Name': 'state', 'Values': ['available']}])['NatGateways']");
}

#[test]
fn arguments_of_machines() {
    let family = Family::start("arguments/machines");
    let told = "[[i['InstanceType'], i['SourceDestCheck'], i['MetadataOptions']['HttpTokens'], i['SecurityGroups'][0]['GroupName'], i['Monitoring']['State'], \
                   i['MaintenanceOptions']['AutoRecovery'], i['PrivateDnsNameOptions']['EnableResourceNameDnsARecord'], i['IamInstanceProfile']['Arn'][-1]] + \
                  [ec2.describe_instance_attribute(InstanceId=i['InstanceId'], Attribute=n).get(n[0].upper() + n[1:], {}).get('Value') \
                    for n in ['instanceInitiatedShutdownBehavior', 'userData']] + \
                  [c['CpuCredits'] for c in ec2.describe_instance_credit_specifications(InstanceIds=[i['InstanceId']])['InstanceCreditSpecifications']] \
                  for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['InstanceType'] != 't3.nano'][0] + \
                [t['Key'] for v in ec2.describe_volumes()['Volumes'] for t in v.get('Tags', [])] + \
                [[g[d], len(g['Subnets'])] for g, d in [(client('rds').describe_db_subnet_groups()['DBSubnetGroups'][0], 'DBSubnetGroupDescription'), \
                  (client('redshift').describe_cluster_subnet_groups()['ClusterSubnetGroups'][0], 'Description'), \
                  (client('elasticache').describe_cache_subnet_groups()['CacheSubnetGroups'][0], 'CacheSubnetGroupDescription')]]";
    let expected = [
        json!([
            "t3.small",
            false,
            "required",
            "a",
            "enabled",
            "disabled",
            true,
            "a",
            "terminate",
            "YQ==",
            "standard",
            "a",
            ["a", 3],
            ["a", 3],
            ["a", 3]
        ]),
        json!([
            "t3.medium",
            true,
            "optional",
            "b",
            "disabled",
            "default",
            false,
            "b",
            "stop",
            "Yg==",
            "unlimited",
            "b",
            ["b", 2],
            ["b", 2],
            ["b", 2]
        ]),
        json!([
            "t3.micro",
            true,
            "optional",
            "b",
            "disabled",
            "default",
            false,
            "b",
            "stop",
            "Yg==",
            "unlimited",
            ["Managed by Terraform", 2],
            ["Managed by Terraform", 2],
            ["Managed by Terraform", 2]
        ]),
    ];
    let imports = Imports {
        ids: &[("aws_volume_attachment", "{device_name}:{volume_id}:{instance_id}")],
        unseen: &[
            FORCE_DETACH,
            ("aws_instance.ebs_block_device", "volumes that others have attached are told, too"),
            ("aws_instance.force_destroy", OURS),
            ("aws_instance.network_interface", "told where nothing is known yet"),
            ("aws_instance.user_data_replace_on_change", OURS),
            ("aws_instance.get_password_data", OURS),
            ("aws_instance.volume_tags", "none are told where none were given"),
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_volume_attachment.force_detach", OURS),
            ("aws_volume_attachment.stop_instance_before_detaching", OURS),
        ],
        ..Imports::default()
    };
    let lost = "[ec2.detach_volume(VolumeId=v['VolumeId'], InstanceId=a['InstanceId'], Device=a['Device']) \
                  for v in ec2.describe_volumes()['Volumes'] if v['Size'] == 1 for a in v['Attachments']]; \
                iam.remove_role_from_instance_profile(InstanceProfileName='a', RoleName='r')";
    let made = [("aws_iam_instance_profile.p[\"a\"]", "update"), ("aws_volume_attachment.a", "create")];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("[i for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['State']['Name'] != 'terminated']");
}

#[test]
fn arguments_at_the_edges_of_networks() {
    let family = Family::start("arguments/edges");
    let told = "[[o['AccepterVpcInfo']['PeeringOptions']['AllowDnsResolutionFromRemoteVpc'], o['RequesterVpcInfo']['PeeringOptions']['AllowDnsResolutionFromRemoteVpc']] \
                  for o in ec2.describe_vpc_peering_connections()['VpcPeeringConnections']][0] + \
                [[v['Size'], v['VolumeType']] for v in ec2.describe_volumes()['Volumes']][0] + \
                [sorted(t['Key'] for f in ec2.describe_flow_logs()['FlowLogs'] for t in f.get('Tags', []))] + \
                [r.get('Description') for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('CidrIpv6') and r['FromPort'] == 1] + \
                sorted([len(n.get('Ipv4Prefixes', [])), len(n.get('Ipv6Prefixes', [])), n['Description']] for n in ec2.describe_network_interfaces()['NetworkInterfaces'] if n.get('Ipv4Prefixes')) + \
                [a['Ipv6Address'][-2:] for n in ec2.describe_network_interfaces()['NetworkInterfaces'] for a in n.get('Ipv6Addresses', []) if a['Ipv6Address'][-4:] in ('::50', '::51')]";
    let expected = [
        json!([true, false, 2, "gp3", ["a", "a"], "a", [1, 0, "a"], [1, 2, ""], "50"]),
        json!([true, true, 3, "gp3", ["b", "b"], "b", [2, 0, "b"], [2, 1, ""], "51"]),
        json!([false, true, 1, "gp2", [], "", [2, 0, ""], [2, 1, ""], "51"]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_route.six", "{route_table_id}_{destination_ipv6_cidr_block}"),
            ("aws_route.prefixes", "{route_table_id}_{destination_prefix_list_id}"),
            ("aws_ec2_subnet_cidr_reservation", "{subnet_id}:{id}"),
            ("aws_network_interface_sg_attachment", "{network_interface_id}_{security_group_id}"),
            ("aws_network_acl_rule", "{network_acl_id}:{rule_number}:{protocol}:{egress}"),
        ],
        never: &[("aws_key_pair", "its public key is not told, so that it would be made once more")],
        unseen: &[
            EMPTY_BUCKET,
            ("aws_default_vpc.force_destroy", OURS),
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_ebs_volume.final_snapshot", OURS),
            ("aws_vpc_peering_connection.auto_accept", OURS),
        ],
    };
    let lost = "ec2.delete_flow_logs(FlowLogIds=[f['FlowLogId'] for f in ec2.describe_flow_logs()['FlowLogs']]); \
                [ec2.delete_route(RouteTableId=t['RouteTableId'], DestinationIpv6CidrBlock='::/0') for t in ec2.describe_route_tables()['RouteTables'] \
                  if any(r.get('DestinationIpv6CidrBlock') == '::/0' for r in t['Routes'])]; \
                [ec2.delete_network_acl_entry(NetworkAclId=a['NetworkAclId'], RuleNumber=10, Egress=False) \
                  for a in ec2.describe_network_acls()['NetworkAcls'] if any(e['RuleNumber'] == 10 for e in a['Entries'])]; \
                [ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=p['VpcPeeringConnectionId']) for p in ec2.describe_vpc_peering_connections()['VpcPeeringConnections']]";
    let made = [
        ("aws_flow_log.bucket", "create"),
        ("aws_flow_log.subnet", "create"),
        ("aws_network_acl_rule.r", "create"),
        ("aws_route.prefixes", "update"),
        ("aws_route.six", "create"),
        ("aws_vpc_peering_connection.p", "create"),
        ("aws_vpc_peering_connection_options.p", "create"),
    ];
    try_all(
        &family,
        &["aws_network_interface.counted", "aws_network_interface.named"],
        (told, expected),
        &imports,
        (lost, &made),
    );
    let peers = [("cidr_ipv6         = \"::/0\"", "cidr_ipv4         = \"10.0.0.0/8\"")];
    family.step("another kind of peers", &peers, &[("aws_vpc_security_group_egress_rule.r", "replace")]);
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_ways_in_and_out() {
    let family = Family::start_with_stub("arguments/access");
    let told = "[ec2.describe_vpc_block_public_access_options()['VpcBlockPublicAccessOptions']['InternetGatewayBlockMode']] + \
                sorted(len(g['NatGatewayAddresses']) for g in ec2.describe_nat_gateways()['NatGateways'] if g['AvailabilityMode'] == 'zonal') + \
                sorted([g['AutoScalingIps'], sorted(a['AvailabilityZone'][-1] for a in g['NatGatewayAddresses']), ''.join(t['Key'] for t in g['Tags'])] \
                  for g in ec2.describe_nat_gateways()['NatGateways'] if g['AvailabilityMode'] == 'regional') + \
                [e['InternetGatewayExclusionMode'] for e in ec2.describe_vpc_block_public_access_exclusions()['VpcBlockPublicAccessExclusions'] if ':vpc/' in e['ResourceArn']]";
    let expected = [
        json!([
            "block-bidirectional",
            2,
            3,
            3,
            ["disabled", ["a", "b", "b"], "a"],
            ["enabled", [], "a"],
            "allow-bidirectional"
        ]),
        json!([
            "block-ingress",
            2,
            2,
            2,
            ["disabled", ["a", "a", "b"], "b"],
            ["enabled", [], "b"],
            "allow-egress"
        ]),
        json!(["off", 1, 1, 1, ["disabled", ["a", "a", "b"], ""], ["enabled", [], ""], "allow-egress"]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_vpc_security_group_vpc_association", "{security_group_id},{vpc_id}"),
            ("aws_vpc_block_public_access_options", "eu-west-1"),
        ],
        unseen: &[("aws_security_group.revoke_rules_on_delete", OURS)],
        ..Imports::default()
    };
    let lost = "[ec2.delete_vpc_block_public_access_exclusion(ExclusionId=e['ExclusionId']) \
                  for e in ec2.describe_vpc_block_public_access_exclusions()['VpcBlockPublicAccessExclusions']]; \
                [ec2.disassociate_security_group_vpc(GroupId=a['GroupId'], VpcId=a['VpcId']) \
                  for a in ec2.describe_security_group_vpc_associations()['SecurityGroupVpcAssociations']]; \
                ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode='off'); \
                [(ec2.describe_vpc_block_public_access_exclusions(), ec2.describe_security_group_vpc_associations()) for _ in range(2)]";
    let made = [
        ("aws_vpc_block_public_access_exclusion.subnet", "create"),
        ("aws_vpc_block_public_access_exclusion.vpc", "create"),
        ("aws_vpc_block_public_access_options.o", "update"),
        ("aws_vpc_security_group_vpc_association.g", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.witness(
        "len(ec2.describe_security_group_vpc_associations()['SecurityGroupVpcAssociations'])",
        json!(1),
    );
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
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
        ids: &[("aws_vpc_endpoint_service_allowed_principal", "{vpc_endpoint_service_id}/{principal_arn}")],
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
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("ec2.describe_vpc_endpoint_service_configurations()['ServiceConfigurations']");
}

#[test]
fn arguments_of_what_ties_networks_together() {
    let family = Family::start("arguments/ties");
    let told = "sorted([r['IpProtocol'], r['FromPort'], r['ToPort'], r.get('CidrIpv6', ''), r.get('PrefixListId', '')[:3]] \
                  for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if 0 < r['FromPort'] < 8 or r.get('CidrIpv6') in ('2001:db8::/32', '2001:db8:1::/48')) + \
                [''.join(r.get('Description', '') or '-' for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r['FromPort'] > 10 or r['IpProtocol'] == 'icmp')] + \
                [''.join(t['Key'] for p in c.describe_vpc_peering_connections()['VpcPeeringConnections'] for t in p['Tags']) \
                  for c in [ec2, client('ec2', account='222222222222')]]";
    let rule = |protocol, from, to, six, list| json!([protocol, from, to, six, list]);
    let expected = [
        json!([
            rule("-1", -1, -1, "2001:db8:1::/48", ""),
            rule("tcp", 1, 8, "", ""),
            rule("tcp", 2, 9, "", "pl-"),
            json!("aaaaaaaaaaa"),
            json!("c"),
            json!("a")
        ]),
        json!([
            rule("tcp", 1, 7, "", ""),
            rule("tcp", 3, 9, "", "pl-"),
            rule("udp", 2, 2, "::/0", ""),
            json!("bbbbbbbbbbbb"),
            json!("d"),
            json!("b")
        ]),
        json!([
            rule("tcp", 1, 1, "2001:db8::/32", ""),
            rule("tcp", 1, 9, "", ""),
            rule("tcp", 1, 9, "", "pl-"),
            json!("-------"),
            json!(""),
            json!("")
        ]),
    ];
    let imports = Imports {
        ids: &[
            (
                "aws_security_group_rule.self",
                "{security_group_id}_{type}_{protocol}_{from_port}_{to_port}_self",
            ),
            (
                "aws_security_group_rule.group",
                "{security_group_id}_{type}_{protocol}_{from_port}_{to_port}_{source_security_group_id}",
            ),
            ("aws_security_group_rule.six", "{security_group_id}_{type}_all_{from_port}_{to_port}_::/0"),
            ("aws_main_route_table_association", "{vpc_id}"),
            ("aws_route_table_association.s", "{subnet_id}/{route_table_id}"),
            ("aws_route_table_association.g", "{gateway_id}/{route_table_id}"),
        ],
        never: &[
            ("aws_security_group_rule.list", "the id names a list that is another one at each run"),
            ("aws_security_group_rule.many", "the id names a list that is another one at each run"),
        ],
        unseen: &[
            ("aws_main_route_table_association.original_route_table_id", "it is not told"),
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_vpc_peering_connection_accepter.auto_accept", OURS),
        ],
    };
    let lost = "[ec2.delete_tags(Resources=[o['DhcpOptionsId']], Tags=[{'Key': 'ours'}]) for o in ec2.describe_dhcp_options()['DhcpOptions']]; \
                [ec2.revoke_security_group_egress(GroupId=r['GroupId'], SecurityGroupRuleIds=[r['SecurityGroupRuleId']]) \
                  for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('CidrIpv6') == '2001:db8:1::/48']; \
                [ec2.revoke_security_group_ingress(GroupId=r['GroupId'], SecurityGroupRuleIds=[r['SecurityGroupRuleId']]) \
                  for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('PrefixListId') and r['FromPort'] in (21, 31) or r['FromPort'] == 11 and r['IpProtocol'] == 'tcp']";
    let made = [
        ("aws_ec2_tag.t", "create"),
        ("aws_security_group.inline", "update"),
        ("aws_security_group_rule.many", "replace"),
        ("aws_security_group_rule.self", "create"),
        ("aws_vpc_security_group_egress_rule.six", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_routes_to_all_targets() {
    let family = Family::start_with_stub("arguments/routes");
    let made = "(lambda vpc: client('elbv2').create_load_balancer(Name='g', Type='gateway', \
                  Subnets=[ec2.create_subnet(VpcId=vpc, CidrBlock='10.9.0.0/24')['Subnet']['SubnetId']])['LoadBalancers'][0]['LoadBalancerArn'])\
                (ec2.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId'])";
    let balancer = json!({ "balancer": family.aws.ask(made) });
    family.context.write("terraform.tfvars.json", &balancer.to_string());
    let told = "sorted(' '.join([str(d)[:12], *sorted(v.split('-')[0] for k, v in r.items() if k.endswith('Id') and 'List' not in k and k != 'InstanceOwnerId')]) \
                  for t in ec2.describe_route_tables()['RouteTables'] for r in t['Routes'] \
                  for d in [r.get('DestinationCidrBlock') or r.get('DestinationIpv6CidrBlock') or 'list'] if r.get('GatewayId') != 'local' and r['Origin'] == 'CreateRoute')";
    let expected = [
        json!([
            "0.0.0.0/0 vpce",
            "10.0.0.0/16 eni",
            "10.50.0.0/16 nat",
            "10.50.0.0/16 pcx",
            "10.51.0.0/16 tgw",
            "10.52.0.0/16 tgw",
            "64:ff9b::/96 igw",
            "::/0 eigw",
            "::/0 tgw",
            "list nat",
            "list nat",
            "list pcx",
            "list vpce",
            "list vpce"
        ]),
        json!([
            "0.0.0.0/0 eni",
            "10.0.0.0/16 vpce",
            "10.50.0.0/16 pcx",
            "10.50.0.0/16 tgw",
            "10.51.0.0/16 eni",
            "10.52.0.0/16 nat",
            "64:ff9b::/96 pcx",
            "::/0 vpce",
            "::/0 vpce",
            "list pcx",
            "list vgw",
            "list vgw",
            "list vpce",
            "list vpce"
        ]),
        json!([
            "0.0.0.0/0 vgw",
            "10.50.0.0/16 nat",
            "64:ff9b::/96 nat",
            "::/0 eigw",
            "list tgw",
            "list vpce",
            "list vpce"
        ]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_route.near", "{route_table_id}_{destination_cidr_block}"),
            ("aws_route.far", "{route_table_id}_{destination_cidr_block}"),
            ("aws_route.list", "{route_table_id}_{destination_prefix_list_id}"),
            ("aws_route", "{route_table_id}_{destination_ipv6_cidr_block}"),
            ("aws_default_route_table", "{vpc_id}"),
        ],
        unseen: &[("aws_vpc_peering_connection.auto_accept", OURS)],
        ..Imports::default()
    };
    let lost = "[ec2.delete_route(RouteTableId=t['RouteTableId'], DestinationCidrBlock='10.50.0.0/16') for t in ec2.describe_route_tables()['RouteTables'] \
                  if any(r.get('DestinationCidrBlock') == '10.50.0.0/16' for r in t['Routes'])]; \
                [ec2.delete_route(RouteTableId=t['RouteTableId'], DestinationCidrBlock='10.52.0.0/16') for t in ec2.describe_route_tables()['RouteTables'] \
                  if any(r.get('DestinationCidrBlock') == '10.52.0.0/16' for r in t['Routes'])]";
    let made = [
        ("aws_default_route_table.d", "update"),
        ("aws_route.near", "create"),
        ("aws_route_table.inline", "update"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.destroy("[e for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['State'] != 'deleted']");
}
