//! What is declared by configurations that are accepted.
#![allow(clippy::unwrap_used)]

mod memory;

use memory::{Memory, accepted};
use std::path::Path;
use terrane_address::{Mode, ModulePath, Resource};
use terrane_config::{
    Config, IgnoreChanges, MovedTarget, ProvisionerFailure, ProvisionerWhen, Repetition, ResourceBlock,
    load_values_file,
};
use terrane_diagnostics::SourceMap;

fn resource<'a>(config: &'a Config, address: &str) -> &'a ResourceBlock {
    config.resources().find(|(r, _)| r.to_string() == address).map(|(_, block)| block).unwrap()
}

fn providers(config: &Config) -> Vec<String> {
    config.resource_providers.iter().map(|(r, p)| format!("{r} {p}")).collect()
}

#[test]
fn every_kind_of_block_is_declared() {
    let config = accepted(
        r#"
terraform {
  required_version = ">= 1.3, < 2.0"
  required_providers {
    cloud = {
      source  = "example.com/acme/cloud"
      version = "~> 2.0"
    }
  }
  backend "s3" {
    bucket = "b"
  }
}
provider "cloud" {
  alias = "west"
}
variable "n" {
  type        = number
  default     = 2
  description = "How many."
  sensitive   = true
  nullable    = false
  validation {
    condition     = var.n > 0
    error_message = "Too few."
  }
}
locals {
  a = 1
  b = 2
}
output "o" {
  value     = local.a
  sensitive = true
}
resource "cloud_net" "main" {
  provider = cloud.west
  count    = var.n
  name     = "net-${count.index}"
  rule {
    port = 80
  }
  dynamic "rule" {
    for_each = [local.b]
    content {
      port = rule.value
    }
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [tags["Name"], rule[0].port]
    precondition {
      condition     = local.a == 1
      error_message = "No."
    }
    postcondition {
      condition     = self.name != ""
      error_message = "No."
    }
  }
  connection {
    host = self.address
  }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "echo ${self.id}"
  }
}
data "cloud_image" "base" {
  for_each = toset(["a"])
  name     = each.key
}
ephemeral "cloud_token" "t" {}
module "child" {
  source     = "./child"
  size       = 3
  depends_on = [cloud_net.main]
}
moved {
  from = cloud_net.old[0]
  to   = cloud_net.main[0]
}
removed {
  from = module.gone
  lifecycle {
    destroy = false
  }
}
import {
  to = cloud_net.main[0]
  id = "net-1"
}
check "health" {
  data "cloud_status" "s" {}
  assert {
    condition     = data.cloud_status.s.ok
    error_message = "Down."
  }
}
--- child/main.tf
variable "size" {}
output "size" {
  value = var.size
}
"#,
    );
    let root = config.module(&ModulePath::root()).unwrap();
    assert_eq!(root.required_versions[0].0, ">= 1.3, < 2.0");
    assert_eq!(root.required_providers["cloud"].source.to_string(), "example.com/acme/cloud");
    assert_eq!(root.required_providers["cloud"].versions[0].0, "~> 2.0");
    assert_eq!(&*root.backend.as_ref().unwrap().kind, "s3");
    assert_eq!(root.providers.len(), 1);
    let n = &root.variables["n"];
    assert!(n.typed && n.sensitive && !n.nullable && n.validations.len() == 1);
    assert_eq!(n.description.as_deref(), Some("How many."));
    assert_eq!(root.locals.keys().map(|k| &**k).collect::<Vec<_>>(), ["a", "b"]);
    assert!(root.outputs["o"].sensitive);

    let net = resource(&config, "cloud_net.main");
    assert!(matches!(net.repetition, Repetition::Count(_)));
    assert_eq!(net.provider.to_string(), "cloud.west");
    assert_eq!(net.lifecycle.create_before_destroy, Some(true));
    let IgnoreChanges::Paths(paths) = &net.lifecycle.ignore_changes else { panic!("paths") };
    assert_eq!(
        paths.iter().map(|(p, _)| p.to_string()).collect::<Vec<_>>(),
        ["tags[\"Name\"]", "rule[0].port"]
    );
    assert_eq!((net.lifecycle.preconditions.len(), net.lifecycle.postconditions.len()), (1, 1));
    assert_eq!(net.provisioners[0].when, ProvisionerWhen::Destroy);
    assert_eq!(net.provisioners[0].on_failure, ProvisionerFailure::Continue);
    assert!(net.connection.is_some());

    let image = Resource { mode: Mode::Data, type_name: "cloud_image".into(), name: "base".into() };
    assert!(matches!(root.resources[&image].repetition, Repetition::ForEach(_)));
    assert_eq!(root.calls["child"].depends_on.len(), 1);
    assert_eq!(config.call(&ModulePath::root().child("child")).unwrap().source, "./child");
    let MovedTarget::Resource(from) = &root.moved[0].from else { panic!("a resource") };
    assert_eq!(from.to_string(), "cloud_net.old[0]");
    assert!(!root.removed[0].destroy);
    assert_eq!(root.imports.len(), 1);
    assert_eq!(root.checks["health"].data.as_ref().unwrap().to_string(), "data.cloud_status.s");
    assert_eq!(
        providers(&config),
        [
            "cloud_net.main provider[\"example.com/acme/cloud\"].west",
            "data.cloud_image.base provider[\"example.com/acme/cloud\"]",
            "data.cloud_status.s provider[\"example.com/acme/cloud\"]",
            "ephemeral.cloud_token.t provider[\"example.com/acme/cloud\"]",
        ]
    );
}

#[test]
fn provider_configurations_are_inherited_and_passed() {
    let config = accepted(
        r#"
provider "aws" {
  region = "a"
}
provider "aws" {
  alias  = "west"
  region = "b"
}
module "inherits" {
  source = "./inherits"
}
module "passed" {
  source = "./passed"
  providers = {
    aws       = aws.west
    aws.other = aws
  }
}
resource "terraform_data" "x" {}
resource "null_resource" "n" {
  provider = null
}
--- inherits/main.tf
terraform {
  required_providers {
    amazon = {
      source = "hashicorp/aws"
    }
  }
}
resource "aws_a" "x" {
  provider = amazon
}
--- passed/main.tf
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
resource "aws_a" "x" {}
resource "aws_a" "y" {
  provider = aws.other
}
module "deeper" {
  source = "../deeper"
}
--- deeper/main.tf
resource "aws_a" "z" {}
"#,
    );
    let aws = "provider[\"registry.terraform.io/hashicorp/aws\"]";
    assert_eq!(
        providers(&config),
        [
            "null_resource.n provider[\"registry.terraform.io/hashicorp/null\"]".to_owned(),
            "terraform_data.x provider[\"terraform.io/builtin/terraform\"]".to_owned(),
            format!("module.inherits.aws_a.x {aws}"),
            format!("module.passed.aws_a.x {aws}.west"),
            format!("module.passed.aws_a.y {aws}"),
            format!("module.passed.module.deeper.aws_a.z {aws}.west"),
        ]
    );
}

#[test]
fn json_declares_the_same() {
    let config = accepted(
        r#"
--- main.tf.json
{
  "variable": {"n": {"default": 1, "type": "number"}},
  "locals": {"a": "${var.n}", "//": "a comment"},
  "resource": {
    "aws_a": {
      "x": {
        "provider": "aws.west",
        "for_each": "${toset([\"k\"])}",
        "name": "${each.key}",
        "depends_on": ["aws_b.y"],
        "lifecycle": {"ignore_changes": ["tags[\"a\"]"], "create_before_destroy": true}
      }
    },
    "aws_b": {"y": [{"lifecycle": {"ignore_changes": "all"}}]}
  },
  "provider": {"aws": [{"alias": "west"}, {}]},
  "module": {"m": {"source": "./m", "providers": {"aws": "aws.west"}}},
  "moved": [{"from": "aws_b.w", "to": "aws_b.y"}]
}
--- m/main.tf
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"#,
    );
    let x = resource(&config, "aws_a.x");
    assert!(matches!(x.repetition, Repetition::ForEach(_)));
    assert_eq!(x.provider.to_string(), "aws.west");
    assert_eq!((x.depends_on.len(), x.lifecycle.create_before_destroy), (1, Some(true)));
    let IgnoreChanges::Paths(paths) = &x.lifecycle.ignore_changes else { panic!("paths") };
    assert_eq!(paths[0].0.to_string(), "tags[\"a\"]");
    assert!(matches!(resource(&config, "aws_b.y").lifecycle.ignore_changes, IgnoreChanges::All));
    let root = config.module(&ModulePath::root()).unwrap();
    assert_eq!((root.moved.len(), root.calls["m"].providers.len()), (1, 1));
}

#[test]
fn override_files_change_what_others_declare() {
    let config = accepted(
        r#"
terraform {
  required_version = "= 0.1"
  backend "s3" {}
}
variable "v" {
  description = "kept"
  default     = 1
}
locals {
  a = 1
  b = 2
}
resource "aws_a" "x" {
  count = 1
  one   = 1
  block {
    base = 1
  }
  block {
    base = 2
  }
  other {}
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [one]
  }
}
--- a_override.tf
terraform {
  required_version = ">= 1.0"
  backend "local" {}
}
variable "v" {
  default = "text"
}
locals {
  b = 3
}
resource "aws_a" "x" {
  two = 2
  dynamic "block" {
    for_each = []
    content {}
  }
  lifecycle {
    ignore_changes = all
  }
}
--- override.tf.json
{"resource": {"aws_a": {"x": {"one": 11}}}}
"#,
    );
    let root = config.module(&ModulePath::root()).unwrap();
    assert_eq!(root.required_versions.iter().map(|v| &*v.0).collect::<Vec<_>>(), [">= 1.0"]);
    assert_eq!(&*root.backend.as_ref().unwrap().kind, "local");
    assert_eq!(root.variables["v"].description.as_deref(), Some("kept"));
    let b = &root.locals["b"].expr;
    assert_eq!(config.sources.text(b.span), Some("3"));
    let x = resource(&config, "aws_a.x");
    assert!(matches!(x.repetition, Repetition::Count(_)));
    assert_eq!(x.lifecycle.create_before_destroy, Some(true));
    assert!(matches!(x.lifecycle.ignore_changes, IgnoreChanges::All));
    let schema = terrane_syntax::BodySchema::new(
        &["one", "two", "count"],
        &[("block", &[]), ("other", &[]), ("dynamic", &["type"]), ("lifecycle", &[])],
    );
    let (content, problems) = x.body.content(&schema);
    assert!(problems.is_empty(), "{problems:?}");
    let one = content.attribute("one").unwrap();
    assert_eq!(config.sources.text(one.expr.span), Some("11"));
    assert!(content.attribute("two").is_some());
    let kinds: Vec<_> = content.blocks.iter().map(|b| &*b.kind.name).collect();
    assert_eq!(kinds.iter().filter(|k| **k == "block").count(), 0, "{kinds:?}");
    assert_eq!(content.blocks("dynamic").count(), 1, "{kinds:?}");
    assert_eq!(content.blocks("other").count(), 1, "{kinds:?}");
}

#[test]
fn a_tofu_file_stands_in_for_the_tf_file_of_its_name() {
    let config = accepted(
        "
locals {
  a = 1
}
--- main.tofu
locals {
  b = 1
}
--- .hidden.tf
broken {
--- main.tf~
broken {
",
    );
    let root = config.module(&ModulePath::root()).unwrap();
    assert_eq!(root.locals.keys().map(|k| &**k).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn installed_modules_are_found_by_the_manifest() {
    let config = accepted(
        r#"
module "vpc" {
  source  = "acme/vpc/aws"
  version = "~> 1.2"
}
--- .terraform/modules/modules.json
{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"registry.terraform.io/acme/vpc/aws","Version":"1.4.0","Dir":".terraform/modules/vpc"},{"Key":"vpc.sub","Source":"./sub","Dir":".terraform/modules/vpc/sub"}]}
--- .terraform/modules/vpc/main.tf
module "sub" {
  source = "./sub"
}
--- .terraform/modules/vpc/sub/main.tf
locals {
  found = true
}
"#,
    );
    let sub = config.module(&ModulePath::root().child("vpc").child("sub")).unwrap();
    assert!(sub.locals.contains_key("found"));
    assert_eq!(sub.dir, Path::new(".terraform/modules/vpc/sub"));
}

#[test]
fn values_files_have_constants_only() {
    let files = Memory::new(
        r#"
--- a.tfvars
n    = 1
list = ["a", { b = null }]
--- b.tfvars.json
{"n": 1, "s": "${not an expression"}
--- bad.tfvars
n = var.x
m = upper("a")
block {}
"#,
    );
    let mut sources = SourceMap::default();
    let mut load = |name: &str| load_values_file(&files, Path::new(name), &mut sources);
    let (values, problems) = load("a.tfvars");
    assert_eq!(values.keys().map(|k| &**k).collect::<Vec<_>>(), ["list", "n"]);
    assert!(problems.is_empty(), "{problems:?}");
    let (_, problems) = load("bad.tfvars");
    let mut found: Vec<_> = problems.iter().map(|d| d.summary.clone()).collect();
    found.sort();
    assert_eq!(found, ["Function calls not allowed", "Unexpected \"block\" block", "Variables not allowed"]);
    let (_, problems) = load("nowhere.tfvars");
    assert_eq!(problems.iter().next().unwrap().summary, "Failed to read variables file");
}
