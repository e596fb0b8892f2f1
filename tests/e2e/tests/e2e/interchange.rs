//! Terraform goes on with a state that Terrane wrote, and the reverse. These tests run where a
//! `terraform` program is installed; elsewhere they only say that they have not.

use terrane_e2e::{TestContext, terraform_on_path};

const CONFIG: &str = r#"
variable "secret" {
  default   = "hunter2"
  sensitive = true
}

resource "terraform_data" "base" {
  input            = { name = "base", secret = var.secret, list = tolist(["a", "b"]) }
  triggers_replace = [1, "two", null]
}

resource "terraform_data" "counted" {
  count = 2
  input = "${terraform_data.base.id}/${count.index}"
}

resource "terraform_data" "named" {
  for_each   = toset(["x", "y"])
  input      = each.key
  depends_on = [terraform_data.counted]
}

module "inner" {
  source = "./inner"
  value  = terraform_data.base.output
}

resource "terraform_data" "mixed" {
  input = [module.inner.value, terraform_data.base.id, data.terraform_remote_state.other.outputs]
}

output "inner" {
  value     = module.inner.value
  sensitive = true
}

module "keyed" {
  source   = "./inner"
  for_each = { "a.b" = 1, "\u00fc\"q" = null }
  value    = sensitive([each.value, terraform_data.base.id])
}

resource "terraform_data" "fragile" {
  triggers_replace = var.fragile
  provisioner "local-exec" {
    command = var.fragile == "broken" ? "exit 1" : "true"
  }
}

variable "fragile" {
  default = "whole"
}

data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.module}/other.json" }
}

check "fragile" {
  assert {
    condition     = var.fragile == "whole"
    error_message = "It is ${var.fragile}."
  }
}

output "numbers" {
  value = [1, 1.5, 12345678901234567890, 1e50, -0, "\u0000<x>&"]
}

output "nothing" {
  value = null
}

output "others" {
  value = data.terraform_remote_state.other.outputs
}
"#;

/// A state to read outputs from.
const OTHER: &str = r#"{"version": 4, "serial": 1, "lineage": "a", "outputs": {"o": {"value": ["b"], "type": ["set", "string"]}}, "resources": []}"#;

const INNER: &str = "variable \"value\" {}\nresource \"terraform_data\" \"inner\" {\n  input = var.value\n}\noutput \"value\" {\n  value = terraform_data.inner.output\n}\n";

#[test]
fn terraform_goes_on_with_terranes_state() {
    let Some((terrane, terraform)) = contexts() else { return };
    hand_over(&terrane, &terraform);
}

#[test]
fn terrane_goes_on_with_terraforms_state() {
    let Some((terrane, terraform)) = contexts() else { return };
    hand_over(&terraform, &terrane);
}

fn contexts() -> Option<(TestContext, TestContext)> {
    let Some(program) = terraform_on_path() else {
        println!("skipped: there is no terraform on the PATH");
        return None;
    };
    let context = || {
        let context = TestContext::with_config(CONFIG);
        context.write("inner/main.tf", INNER);
        context.write("other.json", OTHER);
        context
    };
    Some((context(), context().with_program(&program)))
}

/// One applies, the other sees no changes, changes something, and gives it back.
fn hand_over(first: &TestContext, second: &TestContext) {
    first.good(&["init"]);
    second.good(&["init"]);
    first.good(&["apply", "-auto-approve"]);
    second.write("terraform.tfstate", &first.read("terraform.tfstate"));
    second.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    second.good(&["apply", "-auto-approve"]);
    assert_eq!(second.state()["resources"], first.state()["resources"], "nothing to do, nothing to write");

    for context in [first, second] {
        context.edit("main.tf", "toset([\"x\", \"y\"])", "toset([\"y\", \"z\"])");
    }
    second.good(&["apply", "-auto-approve"]).expect_text("Resources: 1 added, 0 changed, 1 destroyed.");
    first.write("terraform.tfstate", &second.read("terraform.tfstate"));
    first.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let addresses = |context: &TestContext| context.good(&["state", "list"]).stdout;
    assert_eq!(addresses(first), addresses(second));
    assert_eq!(first.json(&["output", "-json"]), second.json(&["output", "-json"]));
    let shown = |context: &TestContext| {
        let mut shown = context.json(&["show", "-json"]);
        shown["terraform_version"].take();
        shown
    };
    assert_eq!(shown(first), shown(second));

    // What one could not finish is tainted for the other, which makes it anew.
    let broken = ["apply", "-auto-approve", "-var", "fragile=broken"];
    first.run(&broken).expect_code(1).expect_text("terraform_data.fragile");
    second.write("terraform.tfstate", &first.read("terraform.tfstate"));
    second.good(&["plan"]).expect_text("terraform_data.fragile is tainted, so must be replaced");
    second.good(&["apply", "-auto-approve"]).expect_text("1 added, 0 changed, 1 destroyed");
    first.write("terraform.tfstate", &second.read("terraform.tfstate"));
    first.good(&["destroy", "-auto-approve"]).expect_text("10 destroyed.");
}
