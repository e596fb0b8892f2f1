//! `drift` against AWS: what people do outside of Terrane is found, with who it was, by reading alone.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use terrane_e2e::{Aws, TestContext};

const CONFIG: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "net" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = "net", Owner = "platform" }
}

resource "aws_subnet" "part" {
  count      = 2
  vpc_id     = aws_vpc.net.id
  cidr_block = cidrsubnet(aws_vpc.net.cidr_block, 8, count.index)
}

resource "aws_internet_gateway" "gate" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route_table" "table" {
  vpc_id = aws_vpc.net.id
}

resource "aws_route" "out" {
  route_table_id         = aws_route_table.table.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.gate.id
}

resource "aws_security_group" "web" {
  name   = "web"
  vpc_id = aws_vpc.net.id
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  security_group_id = aws_security_group.web.id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_ipv4         = "10.0.0.0/8"
}

resource "aws_iam_group" "team" {
  name = "team"
}

resource "aws_iam_user" "person" {
  name = "person"
}

resource "aws_iam_policy" "may" {
  name = "may"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "ec2:Describe*", Resource = "*" }]
  })
}

resource "aws_iam_group_policy_attachment" "may" {
  group      = aws_iam_group.team.name
  policy_arn = aws_iam_policy.may.arn
}

resource "aws_iam_role" "machine" {
  name = "machine"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_sqs_queue" "jobs" {
  name                       = "jobs"
  visibility_timeout_seconds = 60
}
"#;

/// What people do, the address that it shows at, and what is found there.
const TAMPERED: [(&str, &str, &str); 10] = [
    (
        "ec2.create_tags(Resources=[VPC], Tags=[{'Key': 'Owner', 'Value': 'mallory'}])",
        "aws_vpc.net",
        "tags[\"Owner\"]",
    ),
    (
        "ec2.modify_subnet_attribute(SubnetId=SUBNET, MapPublicIpOnLaunch={'Value': True})",
        "aws_subnet.part[0]",
        "map_public_ip_on_launch",
    ),
    ("ec2.delete_subnet(SubnetId=OTHER)", "aws_subnet.part[1]", "vanished"),
    ("ec2.delete_route(RouteTableId=TABLE, DestinationCidrBlock='0.0.0.0/0')", "aws_route.out", "vanished"),
    (
        "ec2.revoke_security_group_ingress(GroupId=GROUP, SecurityGroupRuleIds=[RULE])",
        "aws_vpc_security_group_ingress_rule.web",
        "vanished",
    ),
    ("iam.delete_user(UserName='person')", "aws_iam_user.person", "vanished"),
    (
        "iam.detach_group_policy(GroupName='team', PolicyArn=POLICY)",
        "aws_iam_group_policy_attachment.may",
        "vanished",
    ),
    (
        "iam.create_policy_version(PolicyArn=POLICY, SetAsDefault=True, PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))",
        "aws_iam_policy.may",
        "policy",
    ),
    (
        "iam.update_assume_role_policy(RoleName='machine', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': 'sts:AssumeRole', 'Principal': {'AWS': '*'}}]}))",
        "aws_iam_role.machine",
        "assume_role_policy",
    ),
    (
        "sqs.set_queue_attributes(QueueUrl=QUEUE, Attributes={'VisibilityTimeout': '5'})",
        "aws_sqs_queue.jobs",
        "visibility_timeout_seconds",
    ),
];

#[test]
fn ten_kinds_of_outside_changes_are_found_and_attributed_by_reading_alone() {
    let aws = Aws::start_with_stub();
    let context = TestContext::with_config(CONFIG).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    // What the apply did to objects through others, such as a role through its policies, is no drift of anybody's.
    context.run(&["drift", "-type=x", "-unmanaged"]).expect_code(0).expect_text("no drift");

    let state = context.state();
    let names = names(&state);
    for (statement, ..) in TAMPERED {
        aws.tamper(&format!("{names}{statement}"));
    }
    aws.tamper("ec2.create_security_group(GroupName='stray', Description='x', VpcId=ec2.describe_vpcs()['Vpcs'][0]['VpcId'])");
    aws.tamper("iam.create_user(UserName='stray')");
    aws.proxy().forget();
    let before = context.read("terraform.tfstate");
    let ran =
        context.run(&["drift", "-unmanaged", "-type=aws_iam_user", "-type=aws_security_group", "-json"]);
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    ran.expect_code(2);

    // Nothing but reading, and little of that.
    let operations: BTreeSet<String> = aws.proxy().calls().into_iter().map(|c| c.operation).collect();
    let reads = ["Describe", "Get", "List", "Lookup"];
    let others: Vec<_> = operations.iter().filter(|o| !reads.iter().any(|r| o.starts_with(r))).collect();
    assert!(others.is_empty(), "drift called {others:?}");
    assert!(operations.len() > 10, "{operations:?}");
    assert_eq!(context.read("terraform.tfstate"), before);
    assert!(!context.files().iter().any(|f| f.contains("lock.info") || f.contains("journal")));

    let findings = report["stacks"][0]["findings"].as_array().unwrap();
    for (statement, address, what) in TAMPERED {
        let finding = findings.iter().find(|f| f["address"] == *address);
        let finding = finding.unwrap_or_else(|| panic!("{statement} was not found in {findings:#?}"));
        let differs = |d: &Value| d["path"].as_str().is_some_and(|path| path == what);
        let found = match what {
            "vanished" => finding["kind"] == "vanished",
            _ => finding["differences"].as_array().unwrap().iter().any(differs),
        };
        assert!(found, "{statement}: {finding:#}");
        assert_eq!(finding["account"], "123456789012");
        let call = statement.split(['.', '(']).nth(1).unwrap().replace('_', "").to_lowercase();
        let events = finding["history"]["events"].as_array().unwrap();
        let event = events.iter().find(|e| e["operation"].as_str().unwrap().to_lowercase().ends_with(&call));
        let event = event.unwrap_or_else(|| panic!("{address} was not attributed: {events:#?}"));
        assert_eq!(event["principal"], "arn:aws:iam::123456789012:user/testing");
        assert!(event["tool"].as_str().unwrap().contains("Boto3"), "{event:#}");
        assert!(!event["request_id"].as_str().unwrap().is_empty());
        assert_eq!(event["source_address"], "127.0.0.1");
        assert!(event["time"].as_str().unwrap().starts_with("20"), "{event:#}");
    }
    let unmanaged: Vec<String> = (report["accounts"].as_array().unwrap().iter())
        .flat_map(|a| a["unmanaged"].as_array().unwrap())
        .map(|u| format!("{} {}", u["type"].as_str().unwrap(), u["name"].as_str().unwrap()))
        .collect();
    assert!(unmanaged.contains(&"aws_iam_user stray".to_owned()), "{unmanaged:?}");
    assert!(unmanaged.contains(&"aws_security_group stray".to_owned()), "{unmanaged:?}");
    assert!(!unmanaged.iter().any(|u| u.ends_with(" web") || u.ends_with(" default")), "{unmanaged:?}");
}

/// Statements that give the objects names.
fn names(state: &Value) -> String {
    let attribute = |kind: &str, n: usize, name: &str| -> String {
        let resources = state["resources"].as_array().unwrap();
        let resource = resources.iter().find(|r| r["type"] == kind && r["mode"] == "managed").unwrap();
        resource["instances"][n]["attributes"][name].as_str().unwrap().to_owned()
    };
    [
        ("VPC", attribute("aws_vpc", 0, "id")),
        ("SUBNET", attribute("aws_subnet", 0, "id")),
        ("OTHER", attribute("aws_subnet", 1, "id")),
        ("TABLE", attribute("aws_route_table", 0, "id")),
        ("GROUP", attribute("aws_security_group", 0, "id")),
        ("RULE", attribute("aws_vpc_security_group_ingress_rule", 0, "id")),
        ("POLICY", attribute("aws_iam_policy", 0, "arn")),
        ("QUEUE", attribute("aws_sqs_queue", 0, "id")),
    ]
    .iter()
    .map(|(name, value)| format!("{name} = {value:?}; "))
    .collect()
}

/// Fifty accounts, one stack in each, through roles in one process.
#[test]
fn fifty_accounts_of_which_two_fail() {
    let aws = Aws::start();
    let context = TestContext::empty().using(&aws);
    let groups = aws.ask(
        "{a: client('iam', None, a).create_group(GroupName='team', Path='/')['Group'] \
         for a in ('%012d' % (210000000000 + n) for n in range(50))}",
    );
    for (n, (account, group)) in groups.as_object().unwrap().iter().enumerate() {
        // Two say that they are for another account than the one that they reach.
        let expected = if n == 7 || n == 31 { "999999999999" } else { account };
        let config = format!(
            "provider \"aws\" {{\n  region = \"eu-west-1\"\n  allowed_account_ids = [\"{expected}\"]\n  assume_role {{\n    \
             role_arn = \"arn:aws:iam::{account}:role/Drift\"\n  }}\n}}\nresource \"aws_iam_group\" \"team\" {{\n  name = \
             \"team\"\n}}\n"
        );
        let directory = format!("live/{n:02}");
        std::fs::create_dir_all(context.path().join(&directory)).unwrap();
        context.write(&format!("{directory}/main.tf"), &config);
        context.write(&format!("{directory}/terraform.tfstate"), &state(group).to_string());
    }
    let lost = groups.as_object().unwrap().keys().nth(20).unwrap();
    aws.tamper(&format!("client('iam', None, {lost:?}).delete_group(GroupName='team')"));
    let ran = context.run(&["drift", "-recursive=live", "-who=false", "-json"]);
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    ran.expect_code(3);
    let with = |status: &str| -> Vec<&str> {
        let stacks = report["stacks"].as_array().unwrap().iter();
        stacks.filter(|s| s["status"] == status).map(|s| s["name"].as_str().unwrap()).collect()
    };
    assert_eq!(with("failed"), ["live/07", "live/31"]);
    assert_eq!(with("drifted"), ["live/20"]);
    assert_eq!(with("clean").len(), 47, "{report:#}");
    assert_eq!(report["stacks"][20]["findings"][0]["account"], lost.as_str());
    let reached = groups.as_object().unwrap().keys().nth(7).unwrap();
    let detail = report["stacks"][7]["problems"][0]["detail"].as_str().unwrap();
    assert!(detail.contains(reached) && detail.contains("allowed_account_ids"), "{detail}");
}

/// Only the account that manages an organization may ask what it has: in others that is no reason to say that something
/// could not be listed.
#[test]
fn what_an_organization_has_is_listed_where_it_is_managed() {
    let aws = Aws::start();
    let config = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_iam_group\" \"team\" {\n  name = \"team\"\n}\n";
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let search = ["drift", "-unmanaged", "-type=aws_organizations_*", "-who=false"];
    context.run(&search).expect_code(0).expect_text("no drift").expect_no_text("Not listed");
    aws.tamper("organizations.create_organization(FeatureSet='ALL')");
    // Of policies, moto does not know all kinds.
    let search = ["drift", "-unmanaged", "-type=aws_organizations_organiz*", "-who=false"];
    let found = context.run(&search).expect_code(2);
    found.expect_text("aws_organizations_organization.").expect_no_text("Not listed");
}

/// Every account of an organization through a role in it, whoever has stacks there.
#[test]
fn all_accounts_of_an_organization_are_searched() {
    let aws = Aws::start();
    let config = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_iam_user\" \"own\" {\n  name = \"own\"\n}\n";
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    aws.tamper("organizations.create_organization(FeatureSet='ALL')");
    let accounts = aws.ask(
        "{n: organizations.create_account(Email=n + '@example.com', AccountName=n)['CreateAccountStatus']['AccountId'] \
         for n in ('ads', 'shop')}",
    );
    for account in accounts.as_object().unwrap().values() {
        aws.tamper(&format!("client('iam', None, {account}).create_user(UserName='stray')"));
    }
    let arguments =
        ["drift", "-unmanaged", "-type=aws_iam_user", "-organization=Audit", "-who=false", "-json"];
    let ran = context.run(&arguments);
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    ran.expect_code(2);
    let reports = report["accounts"].as_array().unwrap();
    for (name, account) in accounts.as_object().unwrap() {
        let searched = reports.iter().find(|r| r["account"] == *account).expect("a report of the account");
        assert_eq!(searched["name"], name.as_str());
        assert_eq!(searched["unmanaged"].as_array().unwrap().len(), 1, "{searched:#}");
        assert_eq!(searched["unmanaged"][0]["name"], "stray", "{searched:#}");
    }
    let own = reports.iter().find(|r| r["account"] == "123456789012").expect("a report of the own account");
    assert_eq!(own["unmanaged"], json!([]), "{own:#}");
}

/// The state of a stack with one group.
fn state(group: &Value) -> Value {
    json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "7b0c1f3c-0000-4000-8000-000000000000", "outputs": {},
        "resources": [{
            "mode": "managed", "type": "aws_iam_group", "name": "team",
            "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
            "instances": [{
                "schema_version": 0,
                "attributes": {
                    "arn": group["Arn"], "id": "team", "name": "team", "path": "/", "unique_id": group["GroupId"],
                },
                "sensitive_attributes": [],
            }],
        }],
        "check_results": null,
    })
}

#[test]
fn objects_that_two_stacks_manage_are_told() {
    let aws = Aws::start();
    let context = TestContext::empty().using(&aws);
    let configuration = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_vpc\" \"net\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n\
                         resource \"aws_iam_group\" \"team\" {\n  name = \"team\"\n}\n";
    context.write("live/a/main.tf", configuration);
    context.good(&["-chdir=live/a", "init"]);
    context.good(&["-chdir=live/a", "apply", "-auto-approve"]);
    // Another stack takes the VPC as well, and has a network of its own.
    let state: Value = serde_json::from_str(&context.read("live/a/terraform.tfstate")).expect("a state");
    let vpc = &state["resources"].as_array().unwrap().iter().find(|r| r["type"] == "aws_vpc").unwrap()["instances"]
        [0];
    let id = vpc["attributes"]["id"].as_str().unwrap().to_owned();
    let other = format!(
        "provider \"aws\" {{\n  region = \"eu-west-1\"\n}}\nimport {{\n  to = aws_vpc.shared\n  id = \"{id}\"\n}}\n\
         resource \"aws_vpc\" \"shared\" {{\n  cidr_block = \"10.0.0.0/16\"\n}}\n\
         resource \"aws_vpc\" \"own\" {{\n  cidr_block = \"10.1.0.0/16\"\n}}\n"
    );
    context.write("live/b/main.tf", &other);
    context.good(&["-chdir=live/b", "init"]);
    context.good(&["-chdir=live/b", "apply", "-auto-approve"]).expect_text("1 imported, 1 added");

    let told = format!(
        "aws_vpc {id} (123456789012 eu-west-1) is aws_vpc.net of live/a and aws_vpc.shared of live/b."
    );
    let ran = context.run(&["drift", "-recursive=live", "-who=false"]);
    ran.expect_code(0).expect_text("Warning: An object is managed twice").expect_text(&told);
    let report = context.run(&["drift", "-recursive=live", "-who=false", "-json"]).expect_code(0);
    let report: Value = serde_json::from_str(&report.stdout).expect("a report");
    let problems = report["problems"].as_array().unwrap();
    assert_eq!((problems.len(), &problems[0]["severity"]), (1, &json!("warning")), "{problems:#?}");
    // A stack alone has nothing to share.
    context.run(&["-chdir=live/b", "drift", "-who=false"]).expect_code(0).expect_no_text("managed twice");
}
