//! A VPC with all that belongs to one.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_ec2_managed_prefix_list_entry", "{prefix_list_id},{cidr}"),
        ("aws_default_route_table", "{vpc_id}"),
        ("aws_key_pair", "{key_name}"),
        ("aws_network_acl_rule", "{network_acl_id}:{rule_number}:{protocol}:{egress}"),
        ("aws_route", "{route_table_id}_{destination_cidr_block}"),
        ("aws_route_table_association", "{subnet_id}/{route_table_id}"),
        ("aws_main_route_table_association", "{vpc_id}"),
        ("aws_vpc_dhcp_options_association", "{vpc_id}"),
        ("aws_vpc_endpoint_route_table_association", "{vpc_endpoint_id}/{route_table_id}"),
        ("aws_vpc_endpoint_security_group_association", "{vpc_endpoint_id}/{security_group_id}"),
        ("aws_vpc_endpoint_subnet_association", "{vpc_endpoint_id}/{subnet_id}"),
    ],
    never: &[],
    unseen: &[
        ("aws_default_network_acl.ingress", "no ICMP is told as type and code 0"),
        ("aws_instance.ebs_block_device", "moto's machine has its root elsewhere than its image says"),
        ("aws_instance.network_interface", "told where nothing is known yet"),
        ("aws_main_route_table_association.original_route_table_id", "it is not told"),
        ("aws_network_acl.egress", "protocols are told as numbers"),
        ("aws_vpc_peering_connection_accepter.auto_accept", "an instruction for the provider"),
    ],
};

#[test]
fn network() {
    let family = Family::start("network");
    family.create();
    family.witness(
        "sorted(r['DestinationCidrBlock'] + (' by NAT' if r.get('NatGatewayId') else '') for t in ec2.describe_route_tables()['RouteTables'] \
         for r in t['Routes'] if r.get('DestinationCidrBlock') == '0.0.0.0/0')",
        json!(["0.0.0.0/0", "0.0.0.0/0 by NAT"]),
    );
    family.witness(
        "[[e['RuleNumber'], e['CidrBlock']] for a in ec2.describe_network_acls()['NetworkAcls'] for e in a['Entries'] if e['RuleNumber'] == 110]",
        json!([[110, "10.0.0.0/8"]]),
    );
    family.witness(
        "[i['KeyName'] for r in ec2.describe_instances()['Reservations'] for i in r['Instances']]",
        json!(["machines"]),
    );
    family.witness(
        "ec2.describe_vpc_peering_connections()['VpcPeeringConnections'][0]['Status']['Code']",
        json!("active"),
    );
    family.import(&IMPORTS);

    family.aws.proxy().forget();
    family.step(
        "tags, sizes, rules and policies change, and what was set is cleared",
        &[
            ("Owner = \"network\"", "Owner = \"platform\""),
            ("  map_public_ip_on_launch = true\n", ""),
            ("from_port      = 80\n  to_port        = 80", "from_port      = 8080\n  to_port        = 8080"),
            ("    from_port  = 443\n    to_port    = 443", "    from_port  = 8443\n    to_port    = 8443"),
            ("description = \"first\"", "description = \"second\""),
            ("  description    = \"partner\"", "  description    = \"vendor\""),
            ("Name = \"machine\"", "Name = \"web\""),
            ("s3:Get*", "s3:List*"),
        ],
        &[
            ("aws_vpc.this", "update"),
            ("aws_subnet.public[\"eu-west-1a\"]", "update"),
            ("aws_subnet.public[\"eu-west-1b\"]", "update"),
            ("aws_internet_gateway.this", "update"),
            ("aws_egress_only_internet_gateway.this", "update"),
            ("aws_eip.nat", "update"),
            ("aws_nat_gateway.this", "update"),
            ("aws_route_table.public", "update"),
            ("aws_network_acl.private", "update"),
            ("aws_network_acl_rule.web", "replace"),
            ("aws_vpc_dhcp_options.this", "update"),
            ("aws_ec2_managed_prefix_list.offices", "update"),
            ("aws_ec2_managed_prefix_list_entry.partner", "replace"),
            ("aws_instance.this", "update"),
            ("aws_vpc_peering_connection.this", "update"),
            ("aws_vpc_peering_connection_accepter.this", "update"),
            ("aws_vpc_endpoint_policy.objects", "update"),
        ],
    );
    // What has not changed is not written again.
    let calls = |operation: &str| family.aws.proxy().count(operation);
    assert_eq!((calls("ModifySubnetAttribute"), calls("ModifyVpcAttribute")), (2, 0));
    assert_eq!(
        (calls("ReplaceNetworkAclEntry"), calls("ModifyInstanceAttribute"), calls("CreateRoute")),
        (0, 0, 0)
    );
    family.witness(
        "[s['MapPublicIpOnLaunch'] for s in ec2.describe_subnets(Filters=[{'Name': 'tag:Owner', 'Values': ['platform']}])['Subnets']]",
        json!([false, false]),
    );
    family.tamper(
        "table = [t for t in ec2.describe_route_tables()['RouteTables'] if any(r.get('GatewayId', '').startswith('igw-') for r in t['Routes'])][0]\n\
         ec2.delete_route(RouteTableId=table['RouteTableId'], DestinationCidrBlock='0.0.0.0/0')\n\
         ec2.delete_key_pair(KeyName='machines')\n\
         ec2.terminate_instances(InstanceIds=[i['InstanceId'] for r in ec2.describe_instances()['Reservations'] for i in r['Instances']])",
        &[
            ("aws_route.out", "create"),
            ("aws_key_pair.this", "create"),
            ("aws_instance.this", "create"),
        ],
    );
    family.destroy("[v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']] + ec2.describe_addresses()['Addresses']");
    family.expect_order(&["DeleteNatGateway", "DetachInternetGateway", "DeleteInternetGateway"]);
    family.expect_order(&["DeleteVpcPeeringConnection", "DeleteVpc"]);
    family.expect_order(&["TerminateInstances", "DeleteKeyPair"]);
    family.expect_order(&["DeleteNetworkInterface", "DeleteSecurityGroup"]);
}
