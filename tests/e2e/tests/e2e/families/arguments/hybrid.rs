//! What ties networks to others: transit gateways, VPN and Direct Connect.

use super::*;

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
    let imports = Imports {
        ids: &[
            (
                "aws_ec2_transit_gateway_prefix_list_reference",
                "{transit_gateway_route_table_id}_{prefix_list_id}",
            ),
            ("aws_dx_gateway_association", "{dx_gateway_id}/{associated_gateway_id}"),
        ],
        unseen: &[
            ("aws_security_group.revoke_rules_on_delete", OURS),
            ("aws_dx_connection.skip_destroy", OURS),
        ],
        ..Imports::default()
    };
    let lost = "[ec2.delete_transit_gateway_prefix_list_reference(TransitGatewayRouteTableId=r['TransitGatewayRouteTableId'], PrefixListId=r['PrefixListId']) \
                  for t in ec2.describe_transit_gateway_route_tables()['TransitGatewayRouteTables'] \
                  for r in ec2.get_transit_gateway_prefix_list_references(TransitGatewayRouteTableId=t['TransitGatewayRouteTableId'])['TransitGatewayPrefixListReferences']]; \
                [ec2.delete_vpn_connection(VpnConnectionId=c['VpnConnectionId']) for c in ec2.describe_vpn_connections()['VpnConnections']]; \
                [ec2.delete_client_vpn_endpoint(ClientVpnEndpointId=c['ClientVpnEndpointId']) for c in ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints']]; \
                [directconnect.delete_virtual_interface(virtualInterfaceId=v['virtualInterfaceId']) for v in pages(directconnect.describe_virtual_interfaces, 'virtualInterfaces')]; \
                [ram.delete_resource_share(resourceShareArn=s['resourceShareArn']) for s in ram.get_resource_shares(resourceOwner='SELF')['resourceShares']]";
    let made = [
        ("aws_dx_private_virtual_interface.p", "create"),
        ("aws_ec2_client_vpn_endpoint.c", "create"),
        ("aws_ec2_transit_gateway_prefix_list_reference.p", "create"),
        ("aws_ram_resource_share.s", "create"),
        ("aws_vpn_connection.v", "create"),
    ];
    try_all(
        &family,
        &["aws_ec2_transit_gateway_prefix_list_reference.p"],
        (told, expected),
        &imports,
        (lost, &made),
    );
    family.destroy("ec2.describe_client_vpn_endpoints()['ClientVpnEndpoints']");
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
    let (original, spelled) = ("the table that it had before is not told", "told in small letters");
    let imports = Imports {
        ids: &[(
            "aws_ec2_transit_gateway_route.nowhere[\"2001:DB8:0:1::/64\"]",
            "{transit_gateway_route_table_id}_2001:db8:0:1::/64",
        )],
        unseen: &[
            (
                "aws_ec2_transit_gateway_default_route_table_association.original_default_route_table_id",
                original,
            ),
            (
                "aws_ec2_transit_gateway_default_route_table_propagation.original_default_route_table_id",
                original,
            ),
            ("aws_ec2_transit_gateway_route_table_association.replace_existing_association", OURS),
            ("aws_ec2_transit_gateway_route.nowhere[\"2001:DB8:0:1::/64\"].destination_cidr_block", spelled),
            ("aws_ec2_transit_gateway_route.nowhere[\"2001:DB8:0:1::/64\"].id", spelled),
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
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("[g for g in ec2.describe_transit_gateways()['TransitGateways'] if g['State'] not in ('deleting', 'deleted')]");
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
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family
        .destroy("[c for c in ec2.describe_vpn_connections()['VpnConnections'] if c['State'] != 'deleted']");
}

#[test]
fn arguments_of_lines_and_of_what_an_account_has_once() {
    let family = Family::start_with_stub("arguments/lines");
    let made = "(lambda partner: [partner.allocate_hosted_connection(connectionId=c, ownerAccount='123456789012', bandwidth='50Mbps', \
                  connectionName='h', vlan=7)['connectionId'] for c in [partner.create_connection(location='EqDC2', bandwidth='1Gbps', \
                  connectionName='p')['connectionId']]])(client('directconnect', account='333333333333'))";
    let hosted = json!({ "hosted": family.aws.ask(made) });
    family.context.write("terraform.tfvars.json", &hosted.to_string());
    let told = "[c['connectionState'] for c in directconnect.describe_connections()['connections'] if c.get('vlan')] + \
                [l['lagName'] for l in directconnect.describe_lags()['lags']] + \
                sorted([v['virtualInterfaceName'], v.get('mtu'), v.get('siteLinkEnabled')] \
                  for v in pages(directconnect.describe_virtual_interfaces, 'virtualInterfaces') if v['virtualInterfaceName'] in ['p', 't']) + \
                [ec2.get_snapshot_block_public_access_state()['State'], ec2.get_serial_console_access_status()['SerialConsoleAccessEnabled']]";
    let expected = [
        json!(["available", "a", ["p", 9001, true], ["t", 8500, true], "block-new-sharing", false]),
        json!(["available", "b", ["p", 1500, false], ["t", 1500, false], "unblocked", true]),
        json!(["available", "c", ["p", 1500, false], ["t", 1500, false], "block-all-sharing", true]),
    ];
    let kept = ["aws_ec2_serial_console_access.s", "aws_ec2_image_block_public_access.s"];
    let imports = Imports {
        ids: &[("aws_account_alternate_contact", "{alternate_contact_type}")],
        unseen: &[("aws_dx_lag.force_destroy", OURS)],
        ..Imports::default()
    };
    let lost = "[directconnect.delete_virtual_interface(virtualInterfaceId=v['virtualInterfaceId']) \
                  for v in pages(directconnect.describe_virtual_interfaces, 'virtualInterfaces') if v['virtualInterfaceName'] in ['p', 'h']]; \
                [directconnect.delete_lag(lagId=l['lagId']) for l in directconnect.describe_lags()['lags']]; \
                client('account').delete_alternate_contact(AlternateContactType='BILLING')";
    let made = [
        ("aws_account_alternate_contact.b", "create"),
        ("aws_dx_hosted_private_virtual_interface.h", "create"),
        ("aws_dx_hosted_private_virtual_interface_accepter.h", "create"),
        ("aws_dx_lag.l", "create"),
        ("aws_dx_private_virtual_interface.p", "create"),
    ];
    try_all(&family, &kept, (told, expected), &imports, (lost, &made));
    family.destroy("[l for l in directconnect.describe_lags()['lags'] if l['lagState'] != 'deleted']");
}
