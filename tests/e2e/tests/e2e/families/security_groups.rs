//! What the public module for security groups is made of.

use serde_json::json;
use terrane_e2e::{Family, Imports};

const IMPORTS: Imports<'_> = Imports {
    ids: &[("aws_vpc_security_group_rules_exclusive", "{security_group_id}")],
    never: &[],
    unseen: &[
        ("aws_security_group.revoke_rules_on_delete", "an instruction for the provider"),
        ("aws_security_group.timeouts", "an instruction for the provider"),
    ],
};

/// Python: the service's group.
const GROUP: &str = "[g['GroupId'] for g in ec2.describe_security_groups()['SecurityGroups'] if g['GroupName'].startswith('service')][0]";

/// Python: from where to where its rules let traffic in, and how many let it out.
fn rules() -> String {
    format!(
        "(lambda all: [sorted([r['FromPort'], r['ToPort']] for r in all if not r['IsEgress']), \
         sum(r['IsEgress'] for r in all)])(ec2.describe_security_group_rules(Filters=[\
         {{'Name': 'group-id', 'Values': [{GROUP}]}}])['SecurityGroupRules'])"
    )
}

#[test]
fn security_groups() {
    let family = Family::start("security_groups");
    family.create();
    let made = json!([[[-1, -1], [80, 80], [443, 443], [443, 443], [32768, 60999]], 1]);
    family.witness(&rules(), made.clone());
    family.import(&IMPORTS);

    // A rule that somebody adds goes, one that somebody takes away comes back.
    family.tamper(
        &format!(
            "ec2.authorize_security_group_ingress(GroupId={GROUP}, IpPermissions=[{{'IpProtocol': 'tcp', 'FromPort': 22, \
             'ToPort': 22, 'IpRanges': [{{'CidrIp': '0.0.0.0/0'}}]}}])"
        ),
        &[("aws_vpc_security_group_rules_exclusive.this", "update")],
    );
    family.witness(&rules(), made.clone());
    let web = family.text("aws_vpc_security_group_ingress_rule.this[\"web\"]", "id");
    family.tamper(
        &format!("ec2.revoke_security_group_ingress(GroupId={GROUP}, SecurityGroupRuleIds=['{web}'])"),
        &[
            ("aws_vpc_security_group_ingress_rule.this[\"web\"]", "create"),
            ("aws_vpc_security_group_rules_exclusive.this", "update"),
        ],
    );
    family.witness(&rules(), made);

    family.step(
        "a rule changes, one goes, one comes",
        &[
            ("last_port = 60999", "last_port = 60998"),
            ("    six  = { port = 80, network = \"2001:db8::/64\" }\n", ""),
            ("    all  = {", "    dns  = { direction = \"out\", protocol = \"udp\", port = 53, network = \"10.0.0.2/32\" }\n    all  = {"),
        ],
        &[
            ("aws_vpc_security_group_ingress_rule.this[\"high\"]", "update"),
            ("aws_vpc_security_group_ingress_rule.this[\"six\"]", "delete"),
            ("aws_vpc_security_group_egress_rule.this[\"dns\"]", "create"),
            ("aws_vpc_security_group_rules_exclusive.this", "update"),
        ],
    );
    family.witness(&rules(), json!([[[-1, -1], [443, 443], [443, 443], [32768, 60998]], 2]));
    family.step(
        "the group gets another name, and its rules with it",
        &[("\"service\"", "\"services\"")],
        &[
            ("aws_security_group.this", "replace"),
            ("aws_vpc_security_group_ingress_rule.this[\"high\"]", "replace"),
            ("aws_vpc_security_group_ingress_rule.this[\"own\"]", "replace"),
            ("aws_vpc_security_group_ingress_rule.this[\"peer\"]", "replace"),
            ("aws_vpc_security_group_ingress_rule.this[\"web\"]", "replace"),
            ("aws_vpc_security_group_egress_rule.this[\"all\"]", "replace"),
            ("aws_vpc_security_group_egress_rule.this[\"dns\"]", "replace"),
            ("aws_vpc_security_group_rules_exclusive.this", "replace"),
        ],
    );
    family.witness(&rules(), json!([[[-1, -1], [443, 443], [443, 443], [32768, 60998]], 2]));
    family.destroy(
        "[g for g in ec2.describe_security_groups()['SecurityGroups'] if g['GroupName'] != 'default']",
    );
}
