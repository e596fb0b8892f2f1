//! The edges of a network: peers in another region, a private gateway with a VPN, Direct Connect and people's VPN.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_vpn_gateway_attachment", "{vpn_gateway_id}:{vpc_id}"),
        ("aws_ec2_client_vpn_network_association", "{client_vpn_endpoint_id},{id}"),
        (
            "aws_ec2_client_vpn_route",
            "{client_vpn_endpoint_id},{target_vpc_subnet_id},{destination_cidr_block}",
        ),
    ],
    never: &[],
    unseen: &[],
};

#[test]
fn network_edges() {
    let family = Family::start_with_stub("network_edges");
    family.create();
    family.witness(
        "[a['State'] for a in client('ec2', 'eu-north-1').describe_transit_gateway_peering_attachments()['TransitGatewayPeeringAttachments']]",
        json!(["available"]),
    );
    family.witness(
        "[r['DestinationCidrBlock'] for c in ec2.describe_vpn_connections()['VpnConnections'] for r in c['Routes']]",
        json!(["172.16.0.0/24"]),
    );
    let outputs = family.context.json(&["output", "-json"]);
    assert_eq!(
        (&outputs["people"]["value"], &outputs["ports"]["value"]),
        (&json!("10.100.0.0/22"), &json!(true))
    );
    family.import(&IMPORTS);

    family.step(
        "names, destinations and what is let through change",
        &[
            ("Name = \"to the north\"", "Name = \"northern\""),
            ("  blackhole                      = true", "  transit_gateway_attachment_id  = aws_ec2_transit_gateway_peering_attachment_accepter.this.id"),
            ("mtu            = 1500", "mtu            = 9001"),
            ("name            = \"centre\"", "name            = \"middle\""),
            ("description            = \"out\"", "description            = \"everywhere\""),
            ("172.16.0.0/24", "172.16.1.0/24"),
            ("allowed_prefixes            = [\"10.50.0.0/16\"]", "allowed_prefixes            = [\"10.50.0.0/17\"]"),
        ],
        &[
            ("aws_ec2_transit_gateway_peering_attachment.this", "update"),
            ("aws_ec2_transit_gateway_prefix_list_reference.bad", "update"),
            ("aws_dx_private_virtual_interface.this", "update"),
            ("aws_dx_gateway.this", "update"),
            ("aws_ec2_client_vpn_route.people", "replace"),
            ("aws_vpn_connection_route.branch", "replace"),
            ("aws_dx_gateway_association_proposal.partner", "replace"),
        ],
    );
    family.witness("directconnect.describe_virtual_interfaces()['virtualInterfaces'][0]['mtu']", json!(9001));
    family.tamper(
        "table = ec2.describe_transit_gateways()['TransitGateways'][0]['Options']['AssociationDefaultRouteTableId']\n\
         ec2.delete_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock='10.40.0.0/16')\n\
         line = ec2.describe_vpn_connections()['VpnConnections'][0]['VpnConnectionId']\n\
         ec2.delete_vpn_connection_route(VpnConnectionId=line, DestinationCidrBlock='172.16.1.0/24')",
        &[("aws_ec2_transit_gateway_route.north", "create"), ("aws_vpn_connection_route.branch", "create")],
    );
    family.destroy(
        "[g['State'] for r in ['eu-west-1', 'eu-north-1'] for g in client('ec2', r).describe_transit_gateways()['TransitGateways'] if g['State'] != 'deleted'] \
         + [c['State'] for c in ec2.describe_vpn_connections()['VpnConnections'] if c['State'] != 'deleted']",
    );
    family.expect_order(&["DeleteTransitGatewayPeeringAttachment", "DeleteTransitGateway"]);
    family.expect_order(&["DeleteVpnConnectionRoute", "DeleteVpnConnection", "DeleteCustomerGateway"]);
    family.expect_order(&["DeleteVirtualInterface", "DeleteDirectConnectGateway"]);
    family.expect_order(&[
        "DeleteClientVpnRoute",
        "DisassociateClientVpnTargetNetwork",
        "DeleteClientVpnEndpoint",
    ]);
}
