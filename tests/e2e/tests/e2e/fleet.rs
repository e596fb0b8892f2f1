//! `plan -recursive`: stacks that read each other's states, planned together.

use terrane_e2e::{Aws, Run, TestContext};

const NETWORK: &str = r#"
terraform {
  backend "local" {}
}
resource "terraform_data" "network" {
  input = "10.0.0.0/16"
}
output "range" {
  value = terraform_data.network.output
}
output "password" {
  value     = "hunter2-${terraform_data.network.id}"
  sensitive = true
}
output "name" {
  value = "blue"
}
"#;

const CLUSTER: &str = r#"
terraform {
  backend "local" {
    path = "cluster.tfstate"
  }
}
data "terraform_remote_state" "network" {
  backend = "local"
  config = {
    path = "../network/terraform.tfstate"
  }
}
resource "terraform_data" "cluster" {
  input = {
    name  = "cluster-${data.terraform_remote_state.network.outputs.name}"
    range = data.terraform_remote_state.network.outputs.range
  }
}
output "endpoint" {
  value = terraform_data.cluster.id
}
"#;

const APPS: &str = r#"
terraform {
  backend "local" {}
}
locals {
  stacks = { cluster = "cluster/cluster.tfstate", network = "network/terraform.tfstate" }
}
data "terraform_remote_state" "of" {
  for_each = local.stacks
  backend  = "local"
  config = {
    path = "../${each.value}"
  }
}
resource "terraform_data" "app" {
  input = {
    endpoint = data.terraform_remote_state.of["cluster"].outputs.endpoint
    name     = data.terraform_remote_state.of["network"].outputs.name
  }
}
"#;

/// Three stacks, of which the one that comes first by name reads the others, and a module that is none.
fn stacks() -> TestContext {
    let context = TestContext::empty();
    context.write("live/apps/main.tf", APPS);
    context.write("live/cluster/main.tf", CLUSTER);
    context.write("live/network/main.tf", NETWORK);
    context.write("live/modules/subnet/main.tf", "variable \"range\" {}\n");
    for stack in ["apps", "cluster", "network"] {
        context.good(&[&format!("-chdir=live/{stack}"), "init"]);
    }
    context
}

/// The stacks in the order in which their plans are shown.
fn shown(run: &Run) -> Vec<&str> {
    let title = |line: &'_ str| line.strip_prefix("── ")?.split(' ').next().map(str::len);
    let lines = run.stdout.lines();
    lines.filter_map(|line| title(line).map(|end| &line["── ".len()..][..end])).collect()
}

fn planned(context: &TestContext, code: i32) -> Run {
    context.run(&["plan", "-recursive=live", "-detailed-exitcode"]).expect_code(code)
}

#[test]
fn outputs_flow_from_stack_to_stack() {
    let context = stacks();
    // On its own, a stack needs the state of the one that it reads.
    let alone = context.run(&["-chdir=live/cluster", "plan"]).expect_code(1);
    alone.expect_text("Unable to find remote state");

    let run = context.run(&["plan", "-recursive=live", "-out=tfplan", "-detailed-exitcode"]).expect_code(2);
    assert_eq!(shown(&run), ["live/network", "live/cluster", "live/apps"], "{run}");
    let run = run.expect_text("+ name  = \"cluster-blue\"").expect_text("+ range = (known after apply)");
    let run = run.expect_text("+ endpoint = (known after apply)").expect_no_text("hunter2");
    let sums = "  live/network   1 to add\n  live/cluster   1 to add   reads live/network\n  live/apps      1 to \
                add   reads live/cluster, live/network\n";
    run.expect_text(sums).expect_text("Apply them in this order");
    for stack in ["network", "cluster", "apps"] {
        context.good(&[&format!("-chdir=live/{stack}"), "apply", "tfplan"]).expect_text("Resources: 1 added");
    }
    let run = planned(&context, 0);
    run.expect_text("live/apps      no changes   reads live/cluster, live/network")
        .expect_no_text("in this order");

    // What changes is known as far as the other's plan knows it.
    context.edit("live/network/main.tf", "\"blue\"", "\"green\"");
    let run = planned(&context, 2);
    let run = run
        .expect_text("~ name  = \"cluster-blue\" -> \"cluster-green\"")
        .expect_text("~ name     = \"blue\" -> \"green\"");
    run.expect_text("live/network   nothing but outputs, reads and moves")
        .expect_text("live/cluster   1 to change");
    let state = |stack: &str| context.read(&format!("live/{stack}"));
    assert!(state("network/terraform.tfstate").contains("blue"), "a plan changes nothing");
}

#[test]
fn a_stack_that_fails_keeps_back_those_that_read_it() {
    let context = stacks();
    context.write("live/other/main.tf", "provider \"aws\" {}\noutput \"a\" {\n  value = 1\n}\n");
    context.edit("live/cluster/main.tf", "terraform_data.cluster.id", "terraform_data.clutser.id");
    let run = planned(&context, 1);
    let run = run
        .expect_text("on live/cluster/main.tf line 20")
        .expect_text("The state is that of live/cluster, which could not be planned");
    let run = run
        .expect_text("live/cluster   could not be planned")
        .expect_text("live/apps      could not be planned");
    let run = run
        .expect_text("live/network   1 to add")
        .expect_text("live/other     nothing but outputs, reads and moves");
    run.expect_text("Of 4 stacks 2 could not be planned: live/cluster, live/apps.");
}

#[test]
fn stacks_may_read_each_other_but_not_share_a_state() {
    let context = stacks();
    for stack in ["network", "cluster"] {
        context.good(&[&format!("-chdir=live/{stack}"), "apply", "-auto-approve"]);
    }
    context.edit(
        "live/network/main.tf",
        "input = \"10.0.0.0/16\"",
        "input = data.terraform_remote_state.c.outputs.endpoint",
    );
    let more = "\ndata \"terraform_remote_state\" \"c\" {\n  backend = \"local\"\n  config = {\n    path = \
                \"../cluster/cluster.tfstate\"\n  }\n}\n";
    let text = context.read("live/network/main.tf");
    context.write("live/network/main.tf", &format!("{text}{more}"));
    let run = planned(&context, 2);
    run.expect_text("Warning: Stacks read each other").expect_text("planned with what the state has");

    context.write(
        "live/twin/main.tf",
        &CLUSTER.replace("\"cluster.tfstate\"", "\"../cluster/cluster.tfstate\""),
    );
    let run = planned(&context, 1);
    run.expect_text("Two stacks have one state").expect_text("live/twin      could not be planned");
}

#[test]
fn what_would_mean_one_stack_is_refused() {
    let context = stacks();
    for argument in ["-target=terraform_data.app", "-replace=terraform_data.app", "-json", "-destroy"] {
        context.run(&["plan", "-recursive=live", argument]).expect_code(1).expect_text("-recursive");
    }
    let absolute = context.run(&["plan", "-recursive=live", "-out=/tfplan"]).expect_code(1);
    absolute.expect_text("Invalid path of plan files");
    context.run(&["plan", "-recursive=live/modules"]).expect_code(1).expect_text("Stacks not found");
    context.run(&["plan", "-recursive=dead"]).expect_code(1).expect_text("dead is not a directory");
}

#[test]
fn an_object_of_two_stacks_is_told() {
    let aws = Aws::start();
    let context = TestContext::empty().using(&aws);
    let group = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_iam_group\" \"a\" {\n  name = \"admins\"\n}\n";
    context.write("live/one/main.tf", group);
    context.write(
        "live/two/main.tf",
        &format!("{group}import {{\n  to = aws_iam_group.a\n  id = \"admins\"\n}}\n"),
    );
    context.good(&["-chdir=live/one", "init"]);
    context.good(&["-chdir=live/one", "apply", "-auto-approve"]);
    // Where nobody ran init, native providers need none.
    let run = context.run(&["plan", "-recursive=live", "-stats"]).expect_code(0);
    let run = run
        .expect_text("Warning: An object is managed twice")
        .expect_text("aws_iam_group.a of live/one and aws_iam_group.a of live/two");
    run.expect_text("live/two   1 to import").expect_text("requests");
}
