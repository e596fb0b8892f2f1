//! Endpoints, flow logs and a shared transit gateway, put together as public modules do.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[
        ("aws_ec2_tag", "{resource_id},{key}"),
        (
            "aws_ec2_transit_gateway_route_table_association",
            "{transit_gateway_route_table_id}_{transit_gateway_attachment_id}",
        ),
        (
            "aws_ec2_transit_gateway_route_table_propagation",
            "{transit_gateway_route_table_id}_{transit_gateway_attachment_id}",
        ),
        ("aws_iam_role_policy_attachment", "{role}/{policy_arn}"),
        ("aws_route", "{route_table_id}_{destination_cidr_block}"),
    ],
    never: &[("aws_security_group_rule", "its import ids are tried elsewhere")],
    unseen: &[
        ("aws_ec2_transit_gateway.timeouts", "an instruction for the provider"),
        ("aws_iam_role.force_detach_policies", "an instruction for the provider"),
        ("aws_iam_role_policy_attachment.id", "made up by whoever creates the object"),
        ("aws_security_group.revoke_rules_on_delete", "an instruction for the provider"),
        ("aws_vpc_endpoint.timeouts", "an instruction for the provider"),
    ],
};

#[test]
fn network_services() {
    let family = Family::start_with_stub("network_services");
    family.create();
    family.witness(
        "sorted(e['ServiceName'] for e in ec2.describe_vpc_endpoints()['VpcEndpoints'])",
        json!(["com.amazonaws.eu-west-1.ec2", "com.amazonaws.eu-west-1.kms", "com.amazonaws.eu-west-1.s3"]),
    );
    let table = "{'Owner': 'network', 'Name': 'services'} in [{t['Key']: t['Value'] for t in x['Tags']} \
                 for x in ec2.describe_transit_gateway_route_tables()['TransitGatewayRouteTables'] if x['DefaultAssociationRouteTable']]";
    family.witness(table, json!(true));
    assert_eq!(family.context.json(&["output", "-json"])["rules"]["value"], json!(2), "none out of it");
    family.import(&IMPORTS);

    family.step(
        "a route more, other tags, and an endpoint less",
        &[
            ("{ destination_cidr_block = \"0.0.0.0/0\", blackhole = true },", "{ destination_cidr_block = \"0.0.0.0/0\", blackhole = true },\n        { destination_cidr_block = \"10.30.0.0/16\" },"),
            ("ec2.regional\" = { service", "ec2.regional\" = { create = false, service"),
            ("tags = { Name = \"objects\" }", "tags = { Name = \"files\" }"),
        ],
        &[
            ("aws_ec2_transit_gateway_route.this[2]", "create"),
            ("aws_vpc_endpoint.this[\"ec2.regional\"]", "delete"),
            ("aws_vpc_endpoint.this[\"s3\"]", "update"),
        ],
    );
    family.tamper(
        "ec2.delete_flow_logs(FlowLogIds=[f['FlowLogId'] for f in ec2.describe_flow_logs()['FlowLogs']])",
        &[("aws_flow_log.this", "create")],
    );
    family.destroy("[e for e in ec2.describe_vpc_endpoints()['VpcEndpoints'] if e['State'] != 'deleted'] + ec2.describe_flow_logs()['FlowLogs']");
    family.expect_order(&["DeleteTransitGatewayVpcAttachment", "DeleteTransitGateway"]);
}
