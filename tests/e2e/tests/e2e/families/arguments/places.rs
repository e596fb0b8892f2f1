//! Where things are put: on Outposts and network cards, into default networks that are made anew, at the ends of
//! endpoints and peering connections, and on private lines.

use super::*;

#[test]
fn arguments_of_what_is_on_outposts() {
    let family = Family::start("arguments/outposts");
    let made = "(lambda vpc: {'vpc': vpc, 'carrier': ec2.create_carrier_gateway(VpcId=vpc)['CarrierGateway']['CarrierGatewayId']})\
                (ec2.create_vpc(CidrBlock='10.0.0.0/16')['Vpc']['VpcId'])";
    family.context.write("terraform.tfvars.json", &family.aws.ask(made).to_string());
    let told = "[[s['OutpostArn'][-1], s['MapCustomerOwnedIpOnLaunch'], s.get('CustomerOwnedIpv4Pool'), s.get('EnableLniAtDeviceIndex')] \
                  for s in ec2.describe_subnets(Filters=[{'Name': 'cidrBlock', 'Values': ['10.0.1.0/24']}])['Subnets']] + \
                sorted(' '.join([r['DestinationCidrBlock'][3:5], *(v[-1] if v[0] != 'c' else 'carrier' for k, v in sorted(r.items()) \
                  if k in ('CarrierGatewayId', 'CoreNetworkArn', 'LocalGatewayId', 'OdbNetworkArn'))]) \
                  for t in ec2.describe_route_tables()['RouteTables'] for r in t['Routes'] if r['DestinationCidrBlock'][:4] in ('10.5', '10.6'))";
    let expected = [
        json!([["a", true, "ipv4pool-coip-a", 1], "50 a", "51 b", "52 b", "53 b", "60 a", "61 b"]),
        json!([["a", true, "ipv4pool-coip-b", 2], "50 a", "51 a", "52 b", "53 carrier", "60 b", "61 a"]),
        json!([["a", false, null, null], "50 carrier", "51 a", "52 a", "53 a", "60 carrier", "61 a"]),
    ];
    let imports = Imports {
        ids: &[("aws_route", "{route_table_id}_{destination_cidr_block}")],
        unseen: &[("aws_ebs_volume.final_snapshot", OURS)],
        ..Imports::default()
    };
    let lost = "[ec2.delete_volume(VolumeId=v['VolumeId']) for v in ec2.describe_volumes()['Volumes']]; \
                [ec2.delete_route(RouteTableId=t['RouteTableId'], DestinationCidrBlock=r['DestinationCidrBlock']) \
                  for t in ec2.describe_route_tables()['RouteTables'] for r in t['Routes'] if r['DestinationCidrBlock'][:4] in ('10.5', '10.6')]";
    let made = [
        ("aws_ebs_volume.v", "create"),
        ("aws_route.carrier", "create"),
        ("aws_route.core", "create"),
        ("aws_route.local", "create"),
        ("aws_route.odb", "create"),
        ("aws_route_table.inline", "update"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    family.step("another Outpost", &[TURN], &[("aws_ebs_volume.v", "replace"), ("aws_subnet.s", "replace")]);
    family.witness(
        "[v['OutpostArn'][-1] for v in ec2.describe_volumes()['Volumes']] + [s.get('OutpostArn', '-')[-1] \
                   for s in ec2.describe_subnets()['Subnets'] if not s['DefaultForAz']]",
        json!(["b", "b"]),
    );
    family.destroy("ec2.describe_volumes()['Volumes'] + [s for s in ec2.describe_subnets()['Subnets'] if not s['DefaultForAz']]");
}

#[test]
fn arguments_of_default_networks_that_are_made_anew() {
    let family = Family::start("arguments/again");
    family.aws.tamper(
        "two = client('ec2', 'eu-west-2')\n\
         for s in two.describe_subnets()['Subnets']: two.delete_subnet(SubnetId=s['SubnetId'])\n\
         for v in two.describe_vpcs()['Vpcs']: two.delete_vpc(VpcId=v['VpcId'])\n\
         three = client('ec2', 'eu-west-3')\n\
         for s in three.describe_subnets()['Subnets']:\n\
         \x20   if s['AvailabilityZone'] == 'eu-west-3a': three.delete_subnet(SubnetId=s['SubnetId'])\n",
    );
    let pool = "(lambda two, pool: [two.provision_ipam_pool_cidr(IpamPoolId=pool, Cidr='2001:db8:10::/44'), pool][1])(\
                  client('ec2', 'eu-west-2'), client('ec2', 'eu-west-2').create_ipam_pool(IpamScopeId='ipam-scope-1', AddressFamily='ipv6')['IpamPool']['IpamPoolId'])";
    let pool = json!({ "pool": family.aws.ask(pool) });
    family.context.write("terraform.tfvars.json", &pool.to_string());
    let told = "[[v['IsDefault'], [[a['Ipv6CidrBlock'].split('/')[1], a['Ipv6Pool'], a['NetworkBorderGroup']] for a in v.get('Ipv6CidrBlockAssociationSet', []) \
                  if a['Ipv6CidrBlockState']['State'] == 'associated']] for region in ['eu-west-2', 'eu-north-1'] for v in client('ec2', region).describe_vpcs()['Vpcs']]";
    let expected = [
        json!([[true, [["56", "IPAM Managed", "eu-west-2"]]], [true, [["56", "Amazon", "eu-north-1"]]]]),
        json!([
            [true, [["56", "IPAM Managed", "eu-west-2"]]],
            [true, [["56", "Amazon", "eu-north-1-hel-1"]]]
        ]),
        json!([[true, []], [true, []]]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_default_vpc.bordered", "{id}@{region}"),
            ("aws_default_vpc.six", "{id}@{region}"),
            ("aws_default_subnet.native", "{id}@{region}"),
        ],
        unseen: &[
            ("aws_default_vpc.force_destroy", OURS),
            ("aws_default_vpc.existing_default_vpc", OURS),
            ("aws_default_subnet.force_destroy", OURS),
            ("aws_default_subnet.existing_default_subnet", OURS),
        ],
        never: &[(
            "aws_default_vpc.pooled",
            "IPAM's pool is not told, so that the range would be taken anew",
        )],
    };
    let lost = "[client('ec2', 'eu-west-3').delete_subnet(SubnetId=s['SubnetId']) for s in client('ec2', 'eu-west-3').describe_subnets()['Subnets'] if s['Ipv6Native']]";
    try_all(&family, &[], (told, expected), &imports, (lost, &[("aws_default_subnet.native", "create")]));
    assert_eq!(family.attribute("aws_default_vpc.pooled", "existing_default_vpc"), json!(false));
    assert_eq!(family.attribute("aws_default_subnet.native", "existing_default_subnet"), json!(false));
    let native = "[[s['Ipv6Native'], len(s['Ipv6CidrBlockAssociationSet'])] for s in client('ec2', 'eu-west-3').describe_subnets()['Subnets'] if s['AvailabilityZone'] == 'eu-west-3a']";
    family.witness(native, json!([[true, 1]]));
    family.step("with IPv4, too", &[TURN], &[("aws_default_subnet.native", "replace")]);
    family.witness(native, json!([[false, 0]]));
    // EC2 deletes no VPC with subnets.
    family.aws.tamper("[client('ec2', 'eu-west-2').delete_subnet(SubnetId=s['SubnetId']) for s in client('ec2', 'eu-west-2').describe_subnets()['Subnets']]");
    family.destroy(
        "client('ec2', 'eu-west-2').describe_vpcs()['Vpcs'] + [s for s in client('ec2', 'eu-west-3').describe_subnets()['Subnets'] \
         if s['AvailabilityZone'] == 'eu-west-3a']",
    );
}

#[test]
fn arguments_of_places_of_ones_own_choice() {
    let family = Family::start("arguments/places");
    let made = "(lambda image: [[ec2.create_launch_template(LaunchTemplateName=n, LaunchTemplateData={'ImageId': image, 'InstanceType': t}) for n, t in [('a', 't3.micro'), ('b', 't3.small')]], \
                  {'snapshots': [ec2.create_snapshot(VolumeId=ec2.create_volume(AvailabilityZone='eu-west-1a', Size=n)['VolumeId'])['SnapshotId'] for n in [1, 2]]}][1])\
                (ec2.describe_images()['Images'][0]['ImageId'])";
    family.context.write("terraform.tfvars.json", &family.aws.ask(made).to_string());
    let told = "[sorted([i['Attachment']['DeviceIndex'], i['Attachment']['NetworkCardIndex']] for i in ec2.describe_network_interfaces()['NetworkInterfaces'] \
                  if i.get('Attachment') and i['Attachment'].get('NetworkCardIndex'))]";
    let expected = [
        json!([[[1, 1], [2, 1], [3, 1]]]),
        json!([[[1, 1], [2, 1], [3, 3]]]),
        json!([[[1, 1], [2, 1], [3, 3]]]),
    ];
    let imports = Imports {
        ids: &[("aws_ec2_subnet_cidr_reservation", "{subnet_id}:{id}")],
        unseen: &[
            ("aws_instance.ebs_block_device", "volumes that others have attached are told, too"),
            ("aws_instance.force_destroy", OURS),
            ("aws_instance.user_data_replace_on_change", OURS),
            ("aws_instance.get_password_data", OURS),
            ("aws_instance.volume_tags", "none are told where none were given"),
        ],
        never: &[
            ("aws_instance.other", "what it was launched with is not told"),
            ("aws_instance.templated", "what it was launched with is not told"),
            ("aws_instance.wired", "what it was launched with is not told"),
        ],
    };
    let lost = "[ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=r['SubnetCidrReservationId']) for s in ec2.describe_subnets()['Subnets'] \
                  for r in ec2.get_subnet_cidr_reservations(SubnetId=s['SubnetId'])['SubnetIpv4CidrReservations']]; \
                [ec2.delete_nat_gateway(NatGatewayId=g['NatGatewayId']) for g in ec2.describe_nat_gateways()['NatGateways']]; \
                [ec2.detach_network_interface(AttachmentId=i['Attachment']['AttachmentId']) for i in ec2.describe_network_interfaces()['NetworkInterfaces'] \
                  if i.get('Attachment', {}).get('DeviceIndex') == 2]";
    let gone = [
        ("aws_ec2_subnet_cidr_reservation.r", "create"),
        ("aws_nat_gateway.g", "create"),
        ("aws_network_interface_attachment.a", "create"),
    ];
    let kept = ["aws_network_interface.attached"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &gone));
    let others = [
        ("aws_ec2_subnet_cidr_reservation.r", "replace"),
        ("aws_instance.other", "replace"),
        ("aws_instance.templated", "replace"),
        ("aws_instance.wired", "replace"),
        ("aws_nat_gateway.g", "replace"),
        ("aws_network_interface.attached", "update"),
        ("aws_network_interface_attachment.a", "replace"),
    ];
    family.step("other places", &[TURN], &others);
    family.witness(
        "[[r['Description'] for s in ec2.describe_subnets()['Subnets'] for r in ec2.get_subnet_cidr_reservations(SubnetId=s['SubnetId'])['SubnetIpv4CidrReservations']], \
          [a['PrivateIp'] for g in ec2.describe_nat_gateways(Filter=[{'Name': 'state', 'Values': ['available']}])['NatGateways'] for a in g['NatGatewayAddresses']], \
          sorted(i['InstanceType'] for r in ec2.describe_instances(Filters=[{'Name': 'instance-state-name', 'Values': ['running']}])['Reservations'] for i in r['Instances']), \
          [v['Size'] for v in ec2.describe_volumes()['Volumes'] if v.get('SnapshotId') and v['Attachments'] and v['Attachments'][0]['Device'] == '/dev/sdb'], \
          sorted([i['Attachment']['DeviceIndex'], i['Attachment']['NetworkCardIndex']] for i in ec2.describe_network_interfaces()['NetworkInterfaces'] \
            if i.get('Attachment') and i['Attachment'].get('NetworkCardIndex'))]",
        json!([["b"], ["10.0.1.41"], ["p4d.24xlarge", "p4d.24xlarge", "t3.small"], [2], [[1, 2], [2, 2], [3, 1]]]),
    );
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_ends() {
    let family = Family::start("arguments/ends");
    let told = "[[e['DnsOptions'].get('PrivateDnsPreference'), e['DnsOptions'].get('PrivateDnsSpecifiedDomains', [])] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['VpcEndpointType'] == 'Resource'] + \
                [e['DnsOptions'].get('PrivateDnsOnlyForInboundResolverEndpoint') for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['VpcEndpointType'] == 'Interface' and e['ServiceName'].endswith('s3')] + \
                [[i['PrivateIpAddress'], [a['Ipv6Address'][-1] for a in i['Ipv6Addresses']]] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if (e.get('ServiceName') or '').endswith('sqs') \
                  for i in ec2.describe_network_interfaces(NetworkInterfaceIds=e['NetworkInterfaceIds'])['NetworkInterfaces']] + \
                [[l['PrefixListName'], r.get('Description') or None] for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('PrefixListId') \
                  for l in ec2.describe_managed_prefix_lists(PrefixListIds=[r['PrefixListId']])['PrefixLists']] + \
                [c['RequesterVpcInfo']['PeeringOptions']['AllowDnsResolutionFromRemoteVpc'] for c in ec2.describe_vpc_peering_connections()['VpcPeeringConnections'] \
                  if c['AccepterVpcInfo']['Region'] == 'eu-west-1']";
    let expected = [
        json!([["SPECIFIED_DOMAINS_ONLY", ["a.example.com"]], true, ["10.0.1.8", ["8"]], ["b", null], true]),
        json!([
            ["VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS", ["a.example.com", "b.example.com"]],
            false,
            ["10.0.1.9", ["9"]],
            ["a", "c"],
            false
        ]),
        json!([["ALL_DOMAINS", []], false, ["10.0.1.7", ["7"]], ["a", null], false]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_vpc_dhcp_options_association", "{vpc_id}"),
            ("aws_vpc_endpoint_security_group_association", "{vpc_endpoint_id}/{security_group_id}"),
            ("aws_vpc.far[\"a\"]", "{id}@{region}"),
            ("aws_vpc.far[\"b\"]", "{id}@{region}"),
            ("aws_vpc_peering_connection_accepter.far", "{id}@{region}"),
        ],
        unseen: &[
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_vpc_peering_connection_accepter.auto_accept", OURS),
        ],
        ..Imports::default()
    };
    let lost = "ec2.delete_vpc_endpoints(VpcEndpointIds=[e['VpcEndpointId'] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['VpcEndpointType'] in ('Resource', 'ServiceNetwork')]); \
                [ec2.disassociate_vpc_cidr_block(AssociationId=a['AssociationId']) for v in ec2.describe_vpcs()['Vpcs'] for a in v.get('Ipv6CidrBlockAssociationSet', []) if a['Ipv6Pool'] != 'Amazon']; \
                [ec2.revoke_security_group_egress(GroupId=r['GroupId'], SecurityGroupRuleIds=[r['SecurityGroupRuleId']]) for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if r.get('PrefixListId')]";
    let gone = [
        ("aws_vpc_endpoint.network", "create"),
        ("aws_vpc_endpoint.resource", "create"),
        ("aws_vpc_ipv6_cidr_block_association.own", "create"),
        ("aws_vpc_security_group_egress_rule.r", "create"),
    ];
    let kept = [
        "aws_ec2_managed_prefix_list.six",
        "aws_vpc_dhcp_options_association.d",
        "aws_vpc_endpoint.inbound",
        "aws_vpc_peering_connection_accepter.near",
    ];
    try_all(&family, &kept, (told, expected), &imports, (lost, &gone));
    let groups = "[[g['GroupName'] for g in e['Groups']] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if (e.get('ServiceName') or '').endswith('sns')]";
    family.witness(groups, json!([["default", "g"]]));
    let others = [
        ("aws_vpc_endpoint.network", "replace"),
        ("aws_vpc_endpoint.resource", "replace"),
        ("aws_vpc_endpoint_security_group_association.a", "replace"),
        ("aws_vpc_ipv6_cidr_block_association.own", "replace"),
        ("aws_vpc_peering_connection.far", "replace"),
        ("aws_vpc_peering_connection_accepter.far", "replace"),
    ];
    family.step("other ends", &[TURN], &others);
    family.witness(groups, json!([["g"]]));
    family.witness(
        "sorted((e.get('ResourceConfigurationArn') or e.get('ServiceNetworkArn'))[-19:] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if not e.get('ServiceName') and e['State'] == 'available') + \
         [a['Ipv6Pool'][-1] for v in ec2.describe_vpcs()['Vpcs'] for a in v.get('Ipv6CidrBlockAssociationSet', []) \
           if a['Ipv6Pool'] != 'Amazon' and a['Ipv6CidrBlockState']['State'] == 'associated'] + \
         sorted(c['AccepterVpcInfo']['Region'] for c in ec2.describe_vpc_peering_connections()['VpcPeeringConnections'] if c['Status']['Code'] == 'active')",
        json!(["g-0000000000000000b", "n-0000000000000000b", "b", "eu-north-1", "eu-west-1"]),
    );
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_private_lines() {
    let family = Family::start_with_stub("arguments/private_lines");
    let made = "(lambda gateway: {'concentrators': [ec2.create_vpn_concentrator(Type='ipsec.1', TransitGatewayId=gateway)['VpnConcentrator']['VpnConcentratorId'] for _ in 'ab']})\
                ([ec2.create_transit_gateway()['TransitGateway']['TransitGatewayId'], ec2.describe_transit_gateways(), \
                  ec2.describe_transit_gateways()][0])";
    family.context.write("terraform.tfvars.json", &family.aws.ask(made).to_string());
    let told = "sorted(len(t['PropagatingVgws']) for t in ec2.describe_route_tables()['RouteTables']) + \
                [sorted(r['ResourceType'] for t in pages(ec2.describe_transit_gateway_route_tables, 'TransitGatewayRouteTables') if not t['DefaultAssociationRouteTable'] for r in f(t)) \
                  for f in [lambda t: ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=t['TransitGatewayRouteTableId'])['Associations'], \
                            lambda t: ec2.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=t['TransitGatewayRouteTableId'])['TransitGatewayRouteTablePropagations']]]";
    let expected = [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
        .map(|[a, b, c]| json!([a, b, c, ["vpn"], ["direct-connect-gateway"]]));
    let imports = Imports {
        ids: &[
            ("aws_default_route_table", "{vpc_id}"),
            ("aws_dx_gateway_association", "{dx_gateway_id}/{associated_gateway_id}"),
            ("aws_route_table_association", "{gateway_id}/{route_table_id}"),
        ],
        unseen: &[
            ("aws_dx_connection.skip_destroy", OURS),
            ("aws_ec2_transit_gateway_route_table_association.replace_existing_association", OURS),
        ],
        never: &[("aws_dx_lag", "the connection that it was made with is not told")],
    };
    let lost = "[ec2.delete_vpn_connection(VpnConnectionId=c['VpnConnectionId']) for c in ec2.describe_vpn_connections()['VpnConnections']]; \
                [ec2.delete_client_vpn_route(ClientVpnEndpointId=e['ClientVpnEndpointId'], DestinationCidrBlock='10.0.0.0/8') for e in ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints']]";
    let gone = [
        ("aws_ec2_client_vpn_route.r", "create"),
        ("aws_ec2_transit_gateway_route_table_association.vpn", "create"),
        ("aws_vpn_connection.gathered", "create"),
        ("aws_vpn_connection.private", "create"),
    ];
    try_all(
        &family,
        &["aws_default_route_table.d", "aws_route_table.r"],
        (told, expected),
        &imports,
        (lost, &gone),
    );
    let told = "sorted([o['OutsideIpAddressType'], bool(o.get('TransportTransitGatewayAttachmentId')), bool(c.get('VpnConcentratorId'))] \
                  for c in ec2.describe_vpn_connections(Filters=[{'Name': 'state', 'Values': ['available']}])['VpnConnections'] for o in [c['Options']]) + \
                [e['TransitGatewayConfiguration']['AvailabilityZones'] for e in ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints']] + \
                [[c['connectionName'] for c in l['connections']] for l in directconnect.describe_lags()['lags'] if l['lagState'] == 'available']";
    family.witness(
        told,
        json!([
            ["PrivateIpv4", true, false],
            ["PublicIpv4", false, true],
            ["eu-west-1a", "eu-west-1b"],
            ["a"]
        ]),
    );
    let others = [
        ("aws_dx_lag.l", "replace"),
        ("aws_ec2_client_vpn_endpoint.e", "replace"),
        ("aws_ec2_client_vpn_route.r", "replace"),
        ("aws_ec2_transit_gateway_route_table_association.vpn", "replace"),
        ("aws_vpn_connection.gathered", "replace"),
        ("aws_vpn_connection.private", "replace"),
    ];
    family.step("other lines", &[TURN], &others);
    family.witness(
        told,
        json!([["PublicIpv4", false, false], ["PublicIpv4", false, true], ["eu-west-1b"], ["b"]]),
    );
    family.destroy("[c for c in ec2.describe_vpn_connections()['VpnConnections'] if c['State'] != 'deleted'] + ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints']");
}
