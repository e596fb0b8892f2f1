//! What needs another object where it changes, of networks and of what leads out of them.

use super::*;

#[test]
fn arguments_of_networks_from_pools() {
    let family = Family::start("arguments/pools");
    let made = "(lambda make: {'pool': {name: make(kind, network) for name, kind, network in [('four', 'ipv4', '10.20.0.0/14'), ('six', 'ipv6', '2001:db8::/32'), \
                  ('subnet_four', 'ipv4', '10.20.8.0/22'), ('subnet_six', 'ipv6', '2001:db8::/60')]}}) \
                (lambda kind, network: (lambda pool: [pool, ec2.provision_ipam_pool_cidr(IpamPoolId=pool, Cidr=network)][0]) \
                  (ec2.create_ipam_pool(IpamScopeId='ipam-scope-1', AddressFamily=kind)['IpamPool']['IpamPoolId']))";
    family.context.write("terraform.tfvars.json", &family.aws.ask(made).to_string());
    let told = "sorted([[a['CidrBlock'].split('/')[1] for a in v['CidrBlockAssociationSet'] if a['CidrBlockState']['State'] == 'associated'], \
                  [a['Ipv6CidrBlock'].split('/')[1] for a in v.get('Ipv6CidrBlockAssociationSet', []) if a['Ipv6CidrBlockState']['State'] == 'associated' and a['Ipv6Pool'] != 'Amazon']] \
                  for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']) + \
                sorted([s.get('CidrBlock', '')[-3:], s['AvailabilityZoneId'] if s['Ipv6Native'] else '', [a['Ipv6CidrBlock'].split(':')[3] for a in s['Ipv6CidrBlockAssociationSet']]] \
                  for s in ec2.describe_subnets()['Subnets'] if not s['DefaultForAz'] or s['Ipv6Native'])";
    family.create();
    family.witness(
        told,
        json!([
            [["16"], []],
            [["16"], []],
            [["16"], ["52"]],
            [["16"], ["56"]],
            [["16", "24"], ["56"]],
            [["16", "24"], ["56"]],
            [["20"], ["56"]],
            ["", "euw1-az3", ["c8"]],
            ["/24", "", ["/64"]]
        ]),
    );
    let untold = "the pool and the size are not told";
    let others = "what another resource has associated is taken for its own";
    let imports = Imports {
        ids: &[
            ("aws_vpc_ipv4_cidr_block_association.sized", "{id},{ipv4_ipam_pool_id},{ipv4_netmask_length}"),
            ("aws_vpc_ipv4_cidr_block_association.named", "{id},{ipv4_ipam_pool_id}"),
            ("aws_vpc_ipv6_cidr_block_association.sized", "{id},{ipv6_ipam_pool_id},{ipv6_netmask_length}"),
            ("aws_vpc_ipv6_cidr_block_association.named", "{id},{ipv6_ipam_pool_id}"),
        ],
        unseen: &[
            ("aws_vpc.four[\"a\"].ipv6_association_id", others),
            ("aws_vpc.four[\"a\"].ipv6_cidr_block", others),
            ("aws_vpc.four[\"a\"].ipv6_cidr_block_network_border_group", others),
        ],
        never: &[
            ("aws_vpc.first", untold),
            ("aws_vpc.sized", untold),
            ("aws_vpc.six", untold),
            ("aws_vpc.named", untold),
            ("aws_vpc.given", others),
            ("aws_subnet.sized", untold),
        ],
    };
    family.import(&imports);
    let lost = "[ec2.disassociate_vpc_cidr_block(AssociationId=a['AssociationId']) for v in ec2.describe_vpcs()['Vpcs'] \
                  for a in v['CidrBlockAssociationSet'] if a['CidrBlock'].endswith('/24')]";
    let made = [
        ("aws_vpc_ipv4_cidr_block_association.named", "create"),
        ("aws_vpc_ipv4_cidr_block_association.sized", "create"),
    ];
    family.tamper(lost, &made);
    let others = [
        ("aws_subnet.native", "replace"),
        ("aws_subnet.sized", "replace"),
        ("aws_vpc.named", "update"),
        ("aws_vpc.six", "update"),
        ("aws_vpc.sized", "replace"),
        ("aws_vpc_ipv4_cidr_block_association.named", "replace"),
        ("aws_vpc_ipv4_cidr_block_association.sized", "replace"),
        ("aws_vpc_ipv6_cidr_block_association.named", "replace"),
        ("aws_vpc_ipv6_cidr_block_association.sized", "replace"),
    ];
    family.step("other networks", &[("turn = 0", "turn = 1")], &others);
    family.witness(
        told,
        json!([
            [["16"], []],
            [["16"], []],
            [["16"], ["56"]],
            [["16"], ["56"]],
            [["16", "24"], ["56"]],
            [["16", "25"], ["60"]],
            [["21"], ["56"]],
            ["", "euw1-az1", ["c8"]],
            ["/25", "", ["1"]]
        ]),
    );
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']]");
}

#[test]
fn arguments_of_what_networks_have_by_default() {
    let family = Family::start("arguments/defaults");
    let told = "[[s['AssignIpv6AddressOnCreation'], s['EnableDns64'], s['MapPublicIpOnLaunch'], s['PrivateDnsNameOptionsOnLaunch']['HostnameType'], \
                  s['PrivateDnsNameOptionsOnLaunch']['EnableResourceNameDnsARecord'], [a['Ipv6CidrBlock'].split(':')[3][-1] for a in s['Ipv6CidrBlockAssociationSet']]] \
                  for s in ec2.describe_subnets()['Subnets'] if s['DefaultForAz'] and s['AvailabilityZone'] == 'eu-west-1a' and s['Ipv6CidrBlockAssociationSet']] + \
                (lambda far: [far.describe_vpc_attribute(VpcId=v['VpcId'], Attribute=n)[n[0].upper() + n[1:]]['Value'] for v in far.describe_vpcs()['Vpcs'] \
                  for n in ['enableDnsSupport', 'enableDnsHostnames']])(client('ec2', 'eu-west-3')) + \
                sorted([a['IsDefault'], len(a['Associations']), sorted([e['Protocol'], *e.get('IcmpTypeCode', {}).values()] for e in a['Entries'] if 9 < e['RuleNumber'] < 300 and not e['Egress'])] \
                  for a in ec2.describe_network_acls()['NetworkAcls'] if any(9 < e['RuleNumber'] < 300 and e['Protocol'] != '-1' for e in a['Entries'])) + \
                [sorted([[p['IpProtocol'], p['FromPort'], p['ToPort'], len(p['IpRanges']), len(p['Ipv6Ranges']), len(p['PrefixListIds']), len(p['UserIdGroupPairs'])] \
                  for p in g['IpPermissionsEgress']]) for g in ec2.describe_security_groups()['SecurityGroups'] if g['GroupName'] == 'inline']";
    let entries = json!([["1", 4, 3], ["58", 0, 128], ["6"]]);
    let others = json!([["1", -1, -1], ["17"]]);
    let expected = [
        json!([
            [true, true, false, "resource-name", true, ["2"]],
            false,
            false,
            [false, 1, entries],
            [true, 1, entries],
            [["icmp", 8, 0, 0, 1, 0, 0], ["tcp", 80, 81, 1, 0, 0, 1]]
        ]),
        json!([
            [false, false, true, "ip-name", false, ["3"]],
            true,
            true,
            [false, 1, others],
            [true, 1, others],
            [["icmp", -1, -1, 1, 0, 0, 1], ["udp", 53, 53, 0, 0, 1, 0]]
        ]),
        json!([[false, false, true, "ip-name", false, ["1"]], true, true, []]),
    ];
    let imports = Imports {
        ids: &[
            ("aws_network_acl_rule", "{network_acl_id}:{rule_number}:{protocol}:{egress}"),
            ("aws_default_vpc.far", "{id}@{region}"),
            ("aws_default_subnet.far", "{id}@{region}"),
        ],
        unseen: &[
            ("aws_default_network_acl.ingress", "protocols are told by number"),
            ("aws_default_network_acl.egress", "protocols are told by number"),
            ("aws_network_acl.ingress", "protocols are told by number"),
            ("aws_network_acl.egress", "protocols are told by number"),
            ("aws_default_vpc.force_destroy", OURS),
            ("aws_default_subnet.force_destroy", OURS),
            ("aws_default_security_group.revoke_rules_on_delete", OURS),
            ("aws_security_group.revoke_rules_on_delete", OURS),
        ],
        ..Imports::default()
    };
    let lost = "[ec2.delete_network_acl_entry(NetworkAclId=a['NetworkAclId'], RuleNumber=e['RuleNumber'], Egress=e['Egress']) \
                  for a in ec2.describe_network_acls()['NetworkAcls'] for e in a['Entries'] if e.get('IcmpTypeCode') and e['Protocol'] == '1']; \
                [ec2.delete_dhcp_options(DhcpOptionsId=o['DhcpOptionsId']) for o in ec2.describe_dhcp_options()['DhcpOptions'] \
                  if any(c['Key'] == 'ipv6-address-preferred-lease-time' for c in o['DhcpConfigurations'])]";
    let made = [
        ("aws_default_network_acl.d", "update"),
        ("aws_network_acl.a", "update"),
        ("aws_network_acl_rule.four", "create"),
        ("aws_vpc_dhcp_options.d", "create"),
    ];
    try_all(&family, &[], (told, expected), &imports, (lost, &made));
    let others = [
        ("aws_default_subnet.d", "replace"),
        ("aws_network_acl_rule.four", "replace"),
        ("aws_network_acl_rule.six", "replace"),
        ("aws_vpc_dhcp_options.d", "replace"),
    ];
    family.step("what needs another object", &[TURN], &others);
    let told = "sorted([e['IcmpTypeCode'][n] for n in ('Type', 'Code')] for a in ec2.describe_network_acls()['NetworkAcls'] for e in a['Entries'] if e['RuleNumber'] == 7) + \
                [len([c for c in o['DhcpConfigurations'] if [v['Value'] for v in c['Values']] in (['1440'], ['10.0.0.5'], ['4'], ['10.0.0.7'])]) \
                  for o in ec2.describe_dhcp_options()['DhcpOptions'] if len(o['DhcpConfigurations']) == 6]";
    family.witness(told, json!([[-1, -1], [129, 0], 4]));
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']] + \
                    [s for s in client('ec2', 'eu-west-3').describe_subnets()['Subnets'] if s['AvailabilityZone'] == 'eu-west-3a']");
}

#[test]
fn arguments_of_crossings_into_other_networks() {
    let family = Family::start_with_stub("arguments/crossings");
    let told = "[[c['encryptionMode'] for c in pages(directconnect.describe_connections, 'connections') if c['macSecCapable']][0]] + \
                [[t.get('LogOptions', {}).get('CloudWatchLogOptions', {}).get(n) for n in ['BgpLogEnabled', 'BgpLogOutputFormat']] \
                  for c in ec2.describe_vpn_connections()['VpnConnections'] for t in c['Options']['TunnelOptions'] if t.get('LogOptions')] + \
                [[e['ConnectionLogOptions']['Enabled'], e['ConnectionLogOptions'].get('CloudwatchLogGroup')] \
                  for e in pages(ec2.describe_client_vpn_endpoints, 'ClientVpnEndpoints') if e['AuthenticationOptions'][0]['Type'] == 'federated-authentication']";
    let expected = [
        json!(["must_encrypt", [true, "json"], [true, "g0"]]),
        json!(["no_encrypt", [true, "text"], [true, "g1"]]),
        json!(["no_encrypt", [true, "text"], [false, null]]),
    ];
    let untold = "the account that asked and its proposal are not told";
    let imports = Imports {
        ids: &[
            ("aws_cloudwatch_log_stream", "{log_group_name}:{name}"),
            ("aws_dx_connection_association", "{connection_id}/{lag_id}"),
            ("aws_ec2_client_vpn_network_association", "{client_vpn_endpoint_id},{id}"),
        ],
        unseen: &[(
            "aws_ec2_transit_gateway_peering_attachment.options",
            "that nothing is on says the same as nothing",
        )],
        never: &[("aws_dx_gateway_association.p", untold)],
    };
    let lost = "[directconnect.disassociate_connection_from_lag(connectionId=c['connectionId'], lagId=c['lagId']) \
                  for c in pages(directconnect.describe_connections, 'connections') if c.get('lagId')]; \
                [ec2.revoke_client_vpn_ingress(ClientVpnEndpointId=e['ClientVpnEndpointId'], TargetNetworkCidr='10.0.1.0/24', AccessGroupId='g-a') \
                  for e in pages(ec2.describe_client_vpn_endpoints, 'ClientVpnEndpoints') if e['AuthenticationOptions'][0]['Type'] == 'federated-authentication']";
    let made = [
        ("aws_dx_connection_association.a", "create"),
        ("aws_ec2_client_vpn_authorization_rule.group", "create"),
    ];
    let kept = ["aws_dx_connection.c", "aws_vpn_connection.logged"];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    let replaced = [
        "aws_customer_gateway.certified",
        "aws_dx_connection_association.a",
        "aws_dx_hosted_private_virtual_interface.p",
        "aws_dx_hosted_private_virtual_interface_accepter.p",
        "aws_dx_hosted_public_virtual_interface.u",
        "aws_dx_hosted_transit_virtual_interface.t",
        "aws_dx_private_virtual_interface.p",
        "aws_dx_public_virtual_interface.u",
        "aws_dx_transit_virtual_interface.t",
        "aws_ec2_client_vpn_authorization_rule.everybody",
        "aws_ec2_client_vpn_authorization_rule.group",
        "aws_ec2_client_vpn_endpoint.directory",
        "aws_ec2_client_vpn_endpoint.federated",
        "aws_ec2_client_vpn_network_association.a",
        "aws_ec2_transit_gateway.many",
        "aws_ec2_transit_gateway.plain",
        "aws_ec2_transit_gateway_connect_peer.p",
        "aws_ec2_transit_gateway_peering_attachment.p",
        "aws_vpn_connection.fast",
        "aws_vpn_gateway.zoned",
    ];
    let actions: Vec<_> = replaced.iter().map(|address| (*address, "replace")).collect();
    let others = [&actions[..], &[("aws_vpn_connection.logged", "update")]].concat();
    family.step("what needs another object", &[TURN], &others);
    let told = "[[g.get('BgpAsnExtended'), g['DeviceName'], g['CertificateArn'][-1]] for g in ec2.describe_customer_gateways()['CustomerGateways'] if g.get('DeviceName') and g['State'] == 'available'] + \
                sorted([v['virtualInterfaceName'], v['asnLong'], v['authKey'], v['amazonAddress'], v['customerAddress'], v['mtu']] \
                  for v in pages(directconnect.describe_virtual_interfaces, 'virtualInterfaces') if v['virtualInterfaceState'] != 'deleted') + \
                sorted([g['Options']['MulticastSupport'], g['Options']['DefaultRouteTableAssociation']] for g in pages(ec2.describe_transit_gateways, 'TransitGateways') if g['State'] == 'available') + \
                [[p['ConnectPeerConfiguration'][n] for n in ['TransitGatewayAddress', 'PeerAddress']] for p in pages(ec2.describe_transit_gateway_connect_peers, 'TransitGatewayConnectPeers') if p['State'] == 'available'] + \
                sorted([c['Options']['EnableAcceleration'], c['Options']['TunnelBandwidth']] for c in ec2.describe_vpn_connections()['VpnConnections'] if c['State'] == 'available') + \
                [p['Options']['DynamicRouting'] for p in pages(ec2.describe_transit_gateway_peering_attachments, 'TransitGatewayPeeringAttachments') if p['State'] != 'deleted'] + \
                sorted([e['TransportProtocol'], e['TrafficIpAddressType'], ' '.join(v.split(':')[-1] for o in e['AuthenticationOptions'][0].values() if isinstance(o, dict) for v in o.values())] for e in pages(ec2.describe_client_vpn_endpoints, 'ClientVpnEndpoints') \
                  if e['Status']['Code'] in ('available', 'pending-associate'))";
    let interface = |name, asn, addresses: &str, mtu| {
        let [amazon, customer] = [0, 1].map(|i| format!("{}/30", addresses.split(' ').nth(i).unwrap()));
        json!([name, asn, "hgfedcba", amazon, customer, mtu])
    };
    let asn = 4_200_000_001_u32;
    let expected = json!([
        ["4200000001", "b", "b"],
        interface("hp", asn, "169.254.255.21 169.254.255.22", 9001),
        interface("ht", asn, "169.254.255.29 169.254.255.30", 8500),
        interface("hu", asn, "175.45.176.6 175.45.176.5", 1500),
        interface("p", asn - 1, "169.254.255.5 169.254.255.6", 1500),
        interface("t", asn, "169.254.255.13 169.254.255.14", 1500),
        interface("u", asn, "175.45.176.2 175.45.176.1", 1500),
        ["disable", "disable"],
        ["disable", "enable"],
        ["enable", "enable"],
        ["10.9.0.8", "10.0.1.8"],
        [false, "large"],
        [false, "standard"],
        "enable",
        ["udp", "dual-stack", "d-9876543210"],
        ["udp", "ipv4", "saml-provider/b saml-provider/d"]
    ]);
    family.witness(told, expected);
    family.destroy("pages(ec2.describe_client_vpn_endpoints, 'ClientVpnEndpoints')");
}
