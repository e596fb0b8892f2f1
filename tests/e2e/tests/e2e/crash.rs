//! Killed in the middle and run again: nothing is lost, nothing is made twice.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use terrane_e2e::{Aws, TestContext, crash_test};

/// Objects whose creation repeats safely in different ways: VPCs and subnets have no client
/// token, IAM objects have a natural key.
const OBJECTS: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "net" {
  count      = 3
  cidr_block = "10.${count.index}.0.0/16"
  tags       = { Name = "net-${count.index}" }
}

resource "aws_subnet" "part" {
  count      = 6
  vpc_id     = aws_vpc.net[count.index % 3].id
  cidr_block = cidrsubnet(aws_vpc.net[count.index % 3].cidr_block, 8, count.index)
  tags       = { Name = "part-${count.index}" }
}

resource "aws_eip" "address" {
  count  = 2
  domain = "vpc"
  tags   = { Name = "address-${count.index}" }
}

resource "aws_security_group" "web" {
  count  = 2
  name   = "web-${count.index}"
  vpc_id = aws_vpc.net[count.index].id
}

resource "aws_iam_group" "team" {
  count = 4
  name  = "team-${count.index}"
}
"#;

#[test]
fn killed_while_making_objects() {
    // The server has done the operation, and Terrane dies before it hears of it: the worst moment.
    for (operation, skip) in [
        ("CreateVpc", 0),
        ("CreateVpc", 2),
        ("CreateSubnet", 3),
        ("AllocateAddress", 1),
        ("CreateSecurityGroup", 0),
        ("CreateGroup", 2),
    ] {
        let aws = Aws::start();
        let context = TestContext::with_config(OBJECTS).using(&aws);
        context.good(&["init"]);
        let gate = aws.proxy().hold(operation, skip);
        // Other operations are in flight at the same time, each somewhere between its first call and
        // the record of its outcome.
        let run = context.start(&["apply", "-auto-approve"]);
        gate.wait_until_reached();
        run.kill();
        aws.proxy().wait_until_idle();

        context.good(&["apply", "-auto-approve"]);
        assert_eq!(objects(&aws), expected(), "after a kill at {operation} number {}", skip + 1);
        context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
        context.good(&["destroy", "-auto-approve"]);
        assert_eq!(objects(&aws), nothing(), "after destroying what a kill at {operation} left");
    }
}

#[test]
fn what_arrives_late_is_not_made_twice() {
    for command in [&["resume", "-settle-delay=4s"][..], &["apply", "-auto-approve", "-settle-delay=4s"]] {
        let aws = Aws::start();
        let context = TestContext::with_config(OBJECTS).using(&aws);
        context.good(&["init"]);
        let gate = aws.proxy().hold_before("CreateVpc");
        let run = context.start(&["apply", "-auto-approve"]);
        gate.wait_until_reached();
        run.kill();

        // The next run is there before what the first one had sent.
        let mut next = context.start(command);
        next.read_until("Waiting 4 s for what an interrupted run may have sent", 1);
        gate.open();
        next.wait().expect_code(0);
        context.good(&["apply", "-auto-approve"]);
        assert_eq!(objects(&aws), expected(), "after {command:?}");
    }
}

#[test]
fn killed_at_random_moments() {
    // `cargo xtask crash` does the same two hundred times.
    let figures = crash_test(1, 12, |_| {});
    assert!(figures.is_clean(), "{figures}");
    assert_eq!(figures.kills, 12);
    assert!(figures.phases >= 3, "{figures}");
}

#[test]
fn killed_while_destroying_objects() {
    for (operation, skip) in [("DeleteSubnet", 2), ("DeleteVpc", 0), ("DeleteGroup", 1)] {
        let aws = Aws::start();
        let context = TestContext::with_config(OBJECTS).using(&aws);
        context.good(&["init"]);
        context.good(&["apply", "-auto-approve"]);
        let gate = aws.proxy().hold(operation, skip);
        let run = context.start(&["destroy", "-auto-approve"]);
        gate.wait_until_reached();
        run.kill();
        aws.proxy().wait_until_idle();

        context.good(&["destroy", "-auto-approve"]);
        assert_eq!(objects(&aws), nothing(), "after a kill at {operation} number {}", skip + 1);
        assert_eq!(context.state()["resources"], json!([]));
    }
}

#[test]
fn killed_among_many_terraform_data() {
    let context = TestContext::with_config(
        "resource \"terraform_data\" \"many\" {\n  count = 3000\n  input = count.index\n}\n",
    );
    context.good(&["init"]);
    // Each round sees some more done, and dies.
    let mut done = BTreeMap::new();
    for _ in 0..3 {
        let mut run = context.start(&["apply", "-auto-approve"]);
        let lines = run.read_until("Creation complete", 150);
        run.kill();
        done.extend(lines.iter().map(|line| address_and_id(line)));
    }
    context.good(&["apply", "-auto-approve"]);

    let state = context.state();
    let instances = state["resources"][0]["instances"].as_array().unwrap();
    assert_eq!(instances.len(), 3000);
    let ids: BTreeMap<String, String> = instances
        .iter()
        .map(|instance| {
            (format!("terraform_data.many[{}]", instance["index_key"]), text(&instance["attributes"]["id"]))
        })
        .collect();
    assert!(done.len() >= 450, "only {} were seen", done.len());
    for (address, id) in done {
        assert_eq!(ids[&address], id, "{address} was reported as complete, and then made again");
    }
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

#[test]
fn the_disk_is_full() {
    let context = TestContext::with_config(
        "resource \"terraform_data\" \"many\" {\n  count = 200\n  input = count.index\n}\n",
    );
    context.good(&["init"]);
    let mut done = BTreeMap::new();
    // No file becomes larger than so many kilobytes: first the journal cannot be written, then the state.
    for (kilobytes, problem) in [(20, "Failed to write the journal"), (60, "")] {
        let run = context.start_quietly(&["apply", "-auto-approve"], Some(kilobytes)).wait();
        let run = run.expect_code(1).expect_text(problem);
        let complete = run.stdout.lines().filter(|line| line.contains("Creation complete"));
        done.extend(complete.map(address_and_id));
    }
    assert!(!done.is_empty() && done.len() < 200, "{}", done.len());
    context.good(&["apply", "-auto-approve"]);
    let state = context.state();
    let instances = state["resources"][0]["instances"].as_array().unwrap();
    assert_eq!(instances.len(), 200);
    for instance in instances {
        let address = format!("terraform_data.many[{}]", instance["index_key"]);
        if let Some(id) = done.get(&address) {
            assert_eq!(text(&instance["attributes"]["id"]), *id, "{address} was made again");
        }
    }
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

#[test]
fn the_directory_of_the_state_vanishes() {
    let aws = Aws::start();
    let backend = "terraform {\n  backend \"local\" {\n    path = \"store/terraform.tfstate\"\n  }\n}\n";
    let context = TestContext::with_config(&format!("{backend}{OBJECTS}")).using(&aws);
    std::fs::create_dir(context.path().join("store")).unwrap();
    context.good(&["init"]);
    let gate = aws.proxy().hold("CreateSubnet", 2);
    let run = context.start_quietly(&["apply", "-auto-approve"], None);
    gate.wait_until_reached();
    std::fs::rename(context.path().join("store"), context.path().join("away")).unwrap();
    gate.open();
    run.wait().expect_code(1);
    // What was done may be rescued beside, or be in the journal that went away.
    if context.exists("store") {
        std::fs::remove_dir_all(context.path().join("store")).unwrap();
    }
    std::fs::rename(context.path().join("away"), context.path().join("store")).unwrap();
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(objects(&aws), expected());
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

/// Reads `terraform_data.many[3]: Creation complete after 0s [id=…]`.
fn address_and_id(line: &str) -> (String, String) {
    let (address, rest) = line.split_once(": ").unwrap();
    let id = rest.split_once("[id=").unwrap().1.trim_end_matches(']');
    (address.to_owned(), id.to_owned())
}

/// The names of everything in the account that is not there from the start.
fn objects(aws: &Aws) -> Value {
    aws.ask(
        "(lambda names: {\
         'vpcs': names(ec2.describe_vpcs()['Vpcs']), \
         'subnets': names(ec2.describe_subnets()['Subnets']), \
         'addresses': names(ec2.describe_addresses()['Addresses']), \
         'security groups': sorted(g['GroupName'] for g in ec2.describe_security_groups()['SecurityGroups'] if g['GroupName'] != 'default'), \
         'groups': sorted(g['GroupName'] for g in iam.list_groups()['Groups'])})\
         (lambda l: sorted(next((t['Value'] for t in o.get('Tags', []) if t['Key'] == 'Name'), 'without a name') \
         for o in l if not o.get('IsDefault') and not o.get('DefaultForAz')))",
    )
}

fn expected() -> Value {
    let names =
        |prefix: &str, count: usize| (0..count).map(|index| format!("{prefix}-{index}")).collect::<Vec<_>>();
    json!({
        "vpcs": names("net", 3), "subnets": names("part", 6), "addresses": names("address", 2),
        "security groups": names("web", 2), "groups": names("team", 4),
    })
}

fn nothing() -> Value {
    json!({"vpcs": [], "subnets": [], "addresses": [], "security groups": [], "groups": []})
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
