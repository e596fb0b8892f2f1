//! A stack of 60 objects of 15 types, and whether what exists is what the state says, object by
//! object.

use crate::{Aws, TestContext};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many objects [`STACK`] has.
pub const STACK_SIZE: usize = 60;

/// The stack. Its objects repeat safely in different ways: some have no client token and no name of
/// their own, some a natural key, some are made in several steps. `stage` changes most of them.
pub const STACK: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

variable "stage" {
  default = "one"
}

resource "aws_vpc" "net" {
  count                = 4
  cidr_block           = "10.${count.index}.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "net-${count.index}", Stage = var.stage }
}

resource "aws_internet_gateway" "gate" {
  count  = 4
  vpc_id = aws_vpc.net[count.index].id
  tags   = { Name = "gate-${count.index}", Stage = var.stage }
}

resource "aws_subnet" "part" {
  count      = 8
  vpc_id     = aws_vpc.net[count.index % 4].id
  cidr_block = cidrsubnet(aws_vpc.net[count.index % 4].cidr_block, 8, count.index)
  tags       = { Name = "part-${count.index}", Stage = var.stage }
}

resource "aws_eip" "address" {
  count  = 4
  domain = "vpc"
  tags   = { Name = "address-${count.index}", Stage = var.stage }
}

resource "aws_route_table" "table" {
  count  = 4
  vpc_id = aws_vpc.net[count.index].id
  tags   = { Name = "table-${count.index}", Stage = var.stage }
}

resource "aws_route_table_association" "table" {
  count          = 4
  route_table_id = aws_route_table.table[count.index].id
  subnet_id      = aws_subnet.part[count.index].id
}

resource "aws_route" "out" {
  count                  = 4
  route_table_id         = aws_route_table.table[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.gate[count.index].id
}

resource "aws_security_group" "web" {
  count  = 4
  name   = "web-${count.index}"
  vpc_id = aws_vpc.net[count.index].id
  tags   = { Name = "web-${count.index}", Stage = var.stage }
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  count             = 6
  security_group_id = aws_security_group.web[count.index % 4].id
  description       = "port ${8000 + count.index} in stage ${var.stage}"
  ip_protocol       = "tcp"
  from_port         = 8000 + count.index
  to_port           = 8000 + count.index
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_iam_group" "team" {
  count = 4
  name  = "team-${count.index}"
  path  = "/${var.stage}/"
}

resource "aws_iam_user" "person" {
  count = 4
  name  = "person-${count.index}"
  tags  = { Stage = var.stage }
}

resource "aws_iam_policy" "may" {
  count = 3
  name  = "may-${count.index}"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*", Sid = "stage${var.stage}" }]
  })
}

resource "aws_iam_role" "machine" {
  count = 2
  name  = "machine-${count.index}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
  tags = { Stage = var.stage }
}

resource "aws_iam_group_policy_attachment" "may" {
  count      = 3
  group      = aws_iam_group.team[count.index].name
  policy_arn = aws_iam_policy.may[count.index].arn
}

resource "aws_iam_role_policy" "machine" {
  count = 2
  name  = "own-${count.index}"
  role  = aws_iam_role.machine[count.index].name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:Get*", Resource = "*", Sid = "stage${var.stage}" }]
  })
}
"#;

/// What exists: by resource type, the key of each object and the name it was given.
pub type Existing = BTreeMap<String, BTreeMap<String, String>>;

/// Everything in the account that could be an object of the stack.
pub fn existing(aws: &Aws) -> Existing {
    let found = aws.ask(EVERYTHING);
    serde_json::from_value(found).expect("keys and names by type")
}

/// One expression, so that it is one Python process.
const EVERYTHING: &str = r#"(lambda name: {
 'aws_vpc': {v['VpcId']: name(v) for v in ec2.describe_vpcs()['Vpcs']},
 'aws_internet_gateway': {g['InternetGatewayId']: name(g) for g in ec2.describe_internet_gateways()['InternetGateways']},
 'aws_subnet': {s['SubnetId']: name(s) for s in ec2.describe_subnets()['Subnets']},
 'aws_eip': {a['AllocationId']: name(a) for a in ec2.describe_addresses()['Addresses']},
 'aws_security_group': {g['GroupId']: g['VpcId'] + ' ' + g['GroupName'] for g in ec2.describe_security_groups()['SecurityGroups'] if g['GroupName'] != 'default'},
 'aws_vpc_security_group_ingress_rule': {r['SecurityGroupRuleId']: r['GroupId'] + ' ' + str(r.get('FromPort')) for r in ec2.describe_security_group_rules()['SecurityGroupRules'] if not r['IsEgress']},
 **(lambda tables: {
  'aws_route_table': {t['RouteTableId']: name(t) for t in tables},
  'aws_route_table_association': {a['RouteTableAssociationId']: a.get('SubnetId', '') for t in tables for a in t['Associations']},
  'aws_route': {t['RouteTableId'] + ' ' + r['DestinationCidrBlock']: t['RouteTableId'] for t in tables for r in t['Routes'] if r.get('GatewayId') != 'local'},
 })([t for t in ec2.describe_route_tables()['RouteTables'] if not any(a.get('Main') for a in t['Associations'])]),
 'aws_iam_group': {g['GroupName']: g['GroupName'] for g in iam.list_groups()['Groups']},
 'aws_iam_user': {u['UserName']: u['UserName'] for u in iam.list_users()['Users']},
 'aws_iam_policy': {p['Arn']: p['PolicyName'] for p in iam.list_policies(Scope='Local')['Policies']},
 'aws_iam_role': {r['RoleName']: r['RoleName'] for r in iam.list_roles()['Roles']},
 'aws_iam_group_policy_attachment': {g['GroupName'] + ' ' + p['PolicyArn']: '' for g in iam.list_groups()['Groups'] for p in iam.list_attached_group_policies(GroupName=g['GroupName'])['AttachedPolicies']},
 'aws_iam_role_policy': {r['RoleName'] + ' ' + p: '' for r in iam.list_roles()['Roles'] for p in iam.list_role_policies(RoleName=r['RoleName'])['PolicyNames']},
})(lambda o: next((t['Value'] for t in o.get('Tags', []) if t['Key'] == 'Name'), ''))"#;

/// How what exists differs from what the state says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Objects that exist and are not in the state.
    pub orphans: Vec<String>,
    /// Objects in the state that do not exist.
    pub missing: Vec<String>,
    /// Objects with the name of another one of the same type.
    pub duplicates: Vec<String>,
}

/// Compares the state with what exists and was not there at the start.
pub fn difference(context: &TestContext, start: &Existing, now: &Existing) -> Difference {
    let mut stated: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for resource in context.state()["resources"].as_array().into_iter().flatten() {
        let kind = text(&resource["type"]);
        for instance in resource["instances"].as_array().into_iter().flatten() {
            stated.entry(kind.clone()).or_default().insert(key(&kind, &instance["attributes"]));
        }
    }
    let mut found = Difference::default();
    for (kind, objects) in now {
        let before = start.get(kind);
        let mut names = BTreeSet::new();
        for (key, name) in objects {
            if before.is_some_and(|b| b.contains_key(key)) {
                continue;
            }
            if !stated.get(kind).is_some_and(|s| s.contains(key)) {
                found.orphans.push(format!("{kind} {key} {name}"));
            }
            if !name.is_empty() && kind != "aws_route" && !names.insert(name) {
                found.duplicates.push(format!("{kind} {key} {name}"));
            }
        }
    }
    for (kind, keys) in &stated {
        let exists = |key: &&String| !now.get(kind).is_some_and(|o| o.contains_key(*key));
        found.missing.extend(keys.iter().filter(exists).map(|key| format!("{kind} {key}")));
    }
    found
}

/// What tells an object from others of its type.
fn key(kind: &str, attributes: &Value) -> String {
    let two = |a: &str, b: &str| format!("{} {}", text(&attributes[a]), text(&attributes[b]));
    match kind {
        "aws_route" => two("route_table_id", "destination_cidr_block"),
        "aws_iam_group_policy_attachment" => two("group", "policy_arn"),
        "aws_iam_role_policy" => two("role", "name"),
        _ => text(&attributes["id"]),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
