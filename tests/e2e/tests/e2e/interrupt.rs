//! Ctrl-C once finishes what is in flight; twice stops at once and loses nothing.

use terrane_e2e::{Aws, TestContext};

const NETWORKS: &str = r#"
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "first" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "second" {
  cidr_block = "10.1.0.0/16"
  depends_on = [aws_vpc.first]
}
"#;

const VPCS: &str = "sorted(v['CidrBlock'] for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault'])";

#[test]
fn once_finishes_what_is_in_flight() {
    let aws = Aws::start();
    let context = TestContext::with_config(NETWORKS).using(&aws);
    context.good(&["init"]);
    let gate = aws.proxy().hold("CreateVpc", 0);
    let mut run = context.start(&["apply", "-auto-approve"]);
    gate.wait_until_reached();
    run.signal("INT");
    run.read_until("Stopping operation", 1);
    gate.open();
    run.wait().expect_code(1);

    assert_eq!(aws.ask(VPCS), serde_json::json!(["10.0.0.0/16"]));
    let state = context.state();
    let resources = state["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 1, "{resources:#?}");
    assert_eq!(resources[0]["name"], "first");
    assert!(resources[0]["instances"][0]["status"].is_null(), "it is whole, not tainted");
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 1 added, 0 changed, 0 destroyed.");
    assert_eq!(aws.ask(VPCS), serde_json::json!(["10.0.0.0/16", "10.1.0.0/16"]));
}

#[test]
fn twice_stops_at_once_and_loses_nothing() {
    let aws = Aws::start();
    let context = TestContext::with_config(NETWORKS).using(&aws);
    context.good(&["init"]);
    let gate = aws.proxy().hold("CreateVpc", 0);
    let mut run = context.start(&["apply", "-auto-approve"]);
    gate.wait_until_reached();
    run.signal("INT");
    run.read_until("Stopping operation", 1);
    run.signal("INT");
    // The answer never comes, and the program ends all the same.
    let run = run.wait();
    assert_ne!(run.code, Some(0));
    aws.proxy().wait_until_idle();

    context.good(&["apply", "-auto-approve"]);
    assert_eq!(aws.ask(VPCS), serde_json::json!(["10.0.0.0/16", "10.1.0.0/16"]));
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}
