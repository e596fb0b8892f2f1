//! `query`: what exists in an account is found, and imported.

use serde_json::{Value, json};
use terrane_e2e::{Aws, TestContext};

const CONFIG: &str = r#"
provider "aws" {
  region = "eu-west-1"
}
"#;

const QUERIES: &str = r#"
variable "most" {
  default = 10
}
list "aws_iam_group" "all" {
  provider = aws
  limit    = var.most
}
"#;

fn context(aws: &Aws) -> TestContext {
    aws.tamper("iam.create_group(GroupName='blue'); iam.create_group(GroupName='red', Path='/teams/')");
    let context = TestContext::with_config(CONFIG).using(aws);
    context.write("all.tfquery.hcl", QUERIES);
    context.good(&["init"]);
    context
}

#[test]
fn what_exists_is_found_and_imported() {
    let aws = Aws::start();
    let context = context(&aws);
    context.good(&["validate", "-query"]);
    context.good(&["fmt", "-check"]);
    let run = context.good(&["query"]);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines, ["list.aws_iam_group.all   id=blue   blue", "list.aws_iam_group.all   id=red    red"]);
    context.good(&["query", "-var", "most=1"]).expect_text("there may be more").expect_no_text("red");

    context.good(&["query", "-generate-config-out=found.tf"]).expect_text("written it to found.tf");
    let refused = context.run(&["query", "-generate-config-out=found.tf"]).expect_code(1);
    refused.expect_text("Target generated file already exists");
    context.good(&["plan"]).expect_text("2 to import, 0 to add, 0 to change, 0 to destroy");
    context.good(&["apply", "-auto-approve"]).expect_text("2 imported");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    assert_eq!(
        aws.ask("sorted(g['GroupName'] for g in iam.list_groups()['Groups'])"),
        json!(["blue", "red"])
    );
    assert!(!context.read("found.tf").contains("arn"), "what only the provider chooses is no configuration");
}

#[test]
fn programs_are_told_what_is_found_line_by_line() {
    let aws = Aws::start();
    let context = context(&aws);
    context.edit("all.tfquery.hcl", "provider = aws\n", "provider = aws\n  include_resource = true\n");
    let told = |args: &[&str]| -> Vec<Value> {
        let run = context.run(args);
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    };
    let lines = told(&["query", "-json", "-generate-config-out=found.tf"]);
    let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().expect("a type")).collect();
    assert_eq!(
        kinds,
        ["version", "list_start", "list_resource_found", "list_resource_found", "list_complete"]
    );
    let found = &lines[3]["list_resource_found"];
    assert_eq!(found["address"], "list.aws_iam_group.all");
    assert_eq!((&found["identity"], &found["display_name"]), (&json!({ "id": "red" }), &json!("red")));
    assert_eq!(found["resource_object"]["path"], "/teams/");
    assert!(found["config"].as_str().expect("a block").starts_with("resource \"aws_iam_group\" \"all_1\" {"));
    assert!(found["import_config"].as_str().expect("a block").contains("id = \"red\""));
    assert_eq!(
        lines[4]["list_complete"],
        json!({ "address": "list.aws_iam_group.all", "resource_type": "aws_iam_group", "total": 2 })
    );
    assert!(!context.exists("found.tf"));

    context.edit("all.tfquery.hcl", "\"aws_iam_group\"", "\"aws_iam_grupp\"");
    let lines = told(&["query", "-json"]);
    assert_eq!(lines[1]["diagnostic"]["summary"], "Invalid list resource");
    context.run(&["query"]).expect_code(1).expect_text("all.tfquery.hcl line 5");
}

#[test]
fn a_directory_without_queries_says_where_they_stand() {
    let context = TestContext::with_config("");
    context.run(&["query"]).expect_code(1).expect_text("No resources to query").expect_text(".tfquery.hcl");
}

/// A network has values for several arguments of which only one can be set.
#[test]
fn what_is_written_can_be_planned() {
    let aws = Aws::start();
    let context = TestContext::with_config(CONFIG).using(&aws);
    context.write("networks.tfquery.hcl", "list \"aws_vpc\" \"networks\" {\n  provider = aws\n}\n");
    context.good(&["init"]);
    context.good(&["query", "-generate-config-out=found.tf"]);
    let found = context.read("found.tf");
    assert!(found.contains("cidr_block                           = \"172.31.0.0/16\"\n"), "{found}");
    assert!(found.contains("assign_generated_ipv6_cidr_block     = null\n"), "{found}");
    context.good(&["plan"]).expect_text("1 to import, 0 to add, 0 to change, 0 to destroy");
}

#[test]
fn one_query_searches_several_regions() {
    let aws = Aws::start();
    aws.tamper("client('ec2', 'eu-west-2').create_vpc(CidrBlock='10.9.0.0/16')");
    let context = TestContext::with_config(CONFIG).using(&aws);
    let text = r#"list "aws_vpc" "networks" {
  for_each = toset(["eu-west-1", "eu-west-2"])
  provider = aws
  config {
    region = each.key
  }
}
list "aws_iam_group" "all" {
  provider = aws
}
"#;
    context.write("networks.tfquery.hcl", text);
    context.good(&["init"]);
    context.good(&["validate", "-query"]);
    let ids = |run: &terrane_e2e::Run| -> Vec<bool> {
        let lines = run.stdout.lines().filter(|line| line.starts_with("list.aws_vpc.networks"));
        lines.map(|line| line.contains("@eu-west-2")).collect()
    };
    // Each region has a default network.
    assert_eq!(ids(&context.good(&["query"])), [false, true, true]);
    context.good(&["query", "-generate-config-out=found.tf"]);
    assert!(context.read("found.tf").contains("cidr_block                           = \"10.9.0.0/16\""));
    context.good(&["plan"]).expect_text("3 to import, 0 to add, 0 to change, 0 to destroy");
    context.good(&["apply", "-auto-approve"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    context.edit(
        "networks.tfquery.hcl",
        "provider = aws\n}",
        "provider = aws\n  config {\n    region = \"eu-west-1\"\n  }\n}",
    );
    let refused = context.run(&["validate", "-query"]).expect_code(1);
    refused.expect_text("Unsupported argument").expect_text("networks.tfquery.hcl line 11");
}
