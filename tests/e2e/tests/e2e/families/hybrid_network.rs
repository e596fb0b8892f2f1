//! A company's network over several accounts: a transit gateway that one account shares and others attach to, routes by
//! zones, Direct Connect, VPN, and people who come in by Client VPN.

use serde_json::json;
use terrane_e2e::Family;

const NETWORK: &str = "111111111111";

/// Python: `expression` with `c` as EC2 of an account.
fn ec2(account: &str, expression: &str) -> String {
    format!("(lambda c: {expression})(client('ec2', 'eu-west-1', '{account}'))")
}

/// Python: the networks that the route table of a zone knows, and whether they lead anywhere.
fn routes(zone: &str) -> String {
    ec2(
        NETWORK,
        &format!(
            "sorted([r['DestinationCidrBlock'], r['State'], r['Type']] for r in c.search_transit_gateway_routes(\
             TransitGatewayRouteTableId=next(t['TransitGatewayRouteTableId'] for t in c.describe_transit_gateway_route_tables()\
             ['TransitGatewayRouteTables'] if {{'Key': 'Name', 'Value': '{zone}'}} in t['Tags']), \
             Filters=[{{'Name': 'state', 'Values': ['active', 'blackhole']}}])['Routes'])"
        ),
    )
}

#[test]
fn hybrid_network() {
    let family = Family::start_with_stub("hybrid_network");
    family.create();
    let core = family.context.json(&["output", "-json", "core"]);
    let owners = json!({"ads": "333333333333", "shop": "222222222222"});
    assert_eq!(core, json!({"asn": 64512, "owner": NETWORK, "office": true, "attachments": owners}));
    let office = |state| json!(["192.168.0.0/16", state, "static"]);
    family.witness(&routes("trusted"), json!([["10.16.0.0/16", "active", "propagated"], office("active")]));
    family.witness(&routes("other"), json!([["10.0.0.0/8", "blackhole", "static"], office("active")]));
    let out = "sorted(r['DestinationCidrBlock'] for t in c.describe_route_tables()['RouteTables'] for r in t['Routes'] \
               if r.get('TransitGatewayId'))";
    for account in ["222222222222", "333333333333"] {
        family.witness(&ec2(account, out), json!(["10.0.0.0/8", "192.168.0.0/16"]));
    }
    let rules = ec2(
        NETWORK,
        "[[r['Description'], r['DestinationCidr'], r['GroupId']] for r in sorted(c.describe_client_vpn_authorization_rules(\
         ClientVpnEndpointId=c.describe_client_vpn_endpoints()['ClientVpnEndpoints'][0]['ClientVpnEndpointId'])\
         ['AuthorizationRules'], key=lambda r: r['Description'])]",
    );
    family.witness(
        &rules,
        json!([
            ["00-administrators", "10.0.0.0/8", "administrators"],
            ["01-developers", "10.16.0.0/16", "developers"]
        ]),
    );

    family.step(
        "a service is trusted now, and people come to it",
        &[
            ("network = \"10.17.0.0/16\", trusted = false", "network = \"10.17.0.0/16\", trusted = true"),
            (
                "    { group = \"developers\", network = \"10.16.0.0/16\" },",
                "    { group = \"developers\", network = \"10.16.0.0/16\" },\n    { group = \"sellers\", network = \"10.17.0.0/16\" },",
            ),
        ],
        &[
            ("aws_ec2_transit_gateway_route_table_association.service[\"ads\"]", "replace"),
            ("aws_ec2_transit_gateway_route_table_propagation.service[\"trusted/ads\"]", "create"),
            ("aws_ec2_client_vpn_authorization_rule.people[\"02-sellers\"]", "create"),
        ],
    );
    family.witness(
        &routes("trusted"),
        json!([
            ["10.16.0.0/16", "active", "propagated"],
            ["10.17.0.0/16", "active", "propagated"],
            office("active")
        ]),
    );
    family.step(
        "a new service in an account of its own",
        &[(
            "    ads  = {",
            "    pay  = { account = \"444444444444\", network = \"10.18.0.0/16\", trusted = true }\n    ads  = {",
        )],
        &[
            ("aws_dx_gateway_association.centre", "update"),
            ("aws_ec2_transit_gateway_route_table_association.service[\"pay\"]", "create"),
            ("aws_ec2_transit_gateway_route_table_propagation.service[\"office/pay\"]", "create"),
            ("aws_ec2_transit_gateway_route_table_propagation.service[\"trusted/pay\"]", "create"),
            ("aws_ec2_transit_gateway_vpc_attachment_accepter.service[\"pay\"]", "create"),
            ("aws_ram_principal_association.service[\"pay\"]", "create"),
            ("module.service[\"pay\"].aws_ec2_transit_gateway_vpc_attachment.this", "create"),
            ("module.service[\"pay\"].aws_ram_resource_share_accepter.core", "create"),
            ("module.service[\"pay\"].aws_route_table.this", "create"),
            ("module.service[\"pay\"].aws_subnet.transit[\"a\"]", "create"),
            ("module.service[\"pay\"].aws_subnet.transit[\"b\"]", "create"),
            ("module.service[\"pay\"].aws_vpc.this", "create"),
            ("module.way[\"pay\"].aws_route.others[\"10.0.0.0/8\"]", "create"),
            ("module.way[\"pay\"].aws_route.others[\"192.168.0.0/16\"]", "create"),
        ],
    );
    family.witness(&ec2("444444444444", out), json!(["10.0.0.0/8", "192.168.0.0/16"]));
    // Somebody takes a route out of the network of a service.
    let taken = ec2(
        "222222222222",
        "[c.delete_route(RouteTableId=t['RouteTableId'], DestinationCidrBlock='10.0.0.0/8') \
         for t in c.describe_route_tables()['RouteTables'] if any(r.get('TransitGatewayId') for r in t['Routes'])]",
    );
    family.tamper(&taken, &[("module.way[\"shop\"].aws_route.others[\"10.0.0.0/8\"]", "create")]);
    let left = "[g['TransitGatewayId'] for g in c.describe_transit_gateways()['TransitGateways'] if g['State'] != 'deleted'] + \
                [v['VpnConnectionId'] for v in c.describe_vpn_connections()['VpnConnections'] if v['State'] != 'deleted'] + \
                c.describe_client_vpn_endpoints()['ClientVpnEndpoints']";
    family.destroy(&ec2(NETWORK, left));
    family.expect_order(&["DeleteTransitGatewayVpcAttachment", "DeleteTransitGateway"]);
    family.expect_order(&["DeleteVpnConnection", "DeleteCustomerGateway"]);
    family.expect_order(&["DisassociateClientVpnTargetNetwork", "DeleteClientVpnEndpoint"]);
}
