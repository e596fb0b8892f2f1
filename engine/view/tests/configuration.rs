//! The configuration in a plan document, and the attributes that its changes were made from.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{change, plan, schemas};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::InstanceKey;
use terrane_config::{Config, Files, FilesError, load};
use terrane_plan::{Action, OutputChange, ResourceChange};
use terrane_value::Value;
use terrane_view::{JsonOptions, Options, Palette, plan_json, render_plan};

/// Files by path.
struct Memory(BTreeMap<PathBuf, &'static str>);

impl Files for Memory {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        let normal = |p: &Path| -> PathBuf { p.components().filter(|c| c.as_os_str() != ".").collect() };
        let in_dir = self.0.keys().filter(|p| p.parent().map(normal) == Some(normal(dir)));
        Ok(in_dir.filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        let path: PathBuf = path.components().filter(|c| c.as_os_str() != ".").collect();
        Ok(self.0.get(&path).copied().unwrap_or_default().to_owned())
    }
}

fn config() -> Config {
    let files = Memory(BTreeMap::from([
        (
            PathBuf::from("main.tf"),
            r#"
terraform {
  required_providers {
    test = {
      source  = "hashicorp/test"
      version = "~> 1.0"
    }
  }
}
provider "test" {
  alias = "west"
}
variable "obj" {
  type    = object({ a = object({ b = string }) })
  default = { a = { b = 1 } }
}
variable "secret" {
  description = "A secret."
  sensitive   = true
}
locals {
  y = { x = { k = 1 } }
  z = test_server.base.endpoint
}
module "net" {
  source     = "./net"
  for_each   = { a = 1 }
  name       = test_server.base.tags["Name"]
  depends_on = [test_server.base]
}
resource "test_server" "base" {
  name  = "a${1 + 1}"
  zones = ["a", "b"]
  count = 1 > 2 ? 0 : 1
  disk {
    size = var.obj.a.b
  }
  disk {
    device_name = local.y.x.k
  }
  timeouts {
    create = "5m"
  }
  provisioner "local-exec" {
    command = "echo ${self.id}"
  }
}
resource "test_server" "web" {
  provider   = test.west
  for_each   = test_server.base
  name       = upper("x")
  image      = test_server.base[each.key].image
  tags       = { for k, v in local.y : k => "${v.x}-${var.secret}" }
  script     = module.net["a"].o
  extra      = [test_server.base[*].id, local.z.host, each.value.id]
  depends_on = [module.net, test_server.base]
}
output "o" {
  value       = test_server.web["k"].extra[0].x
  description = "An output."
  sensitive   = true
}
"#,
        ),
        (
            PathBuf::from("net/net.tf"),
            r#"
variable "name" {}
resource "test_server" "in" {
  name = var.name
}
output "o" {
  value = test_server.in.id
}
"#,
        ),
    ]));
    let (config, diagnostics) = load(&files, Path::new(""));
    assert!(!diagnostics.has_errors(), "{diagnostics:?}");
    config
}

#[test]
fn expressions_are_constant_or_references() {
    let document = plan_json(&plan(vec![]), &config(), &schemas(), &JsonOptions::default());
    let configuration = &document["configuration"];
    assert_eq!(
        configuration["provider_config"],
        json!({
            "test": {"name": "test", "full_name": "registry.terraform.io/hashicorp/test", "version_constraint": "~> 1.0"},
            "test.west": {
                "name": "test", "full_name": "registry.terraform.io/hashicorp/test", "alias": "west",
                "version_constraint": "~> 1.0",
            },
        })
    );
    let root = &configuration["root_module"];
    assert_eq!(
        root["variables"],
        json!({"obj": {"default": {"a": {"b": "1"}}}, "secret": {"description": "A secret.", "sensitive": true}})
    );
    assert_eq!(
        root["outputs"],
        json!({"o": {
            "sensitive": true, "description": "An output.",
            "expression": {"references": [
                "test_server.web[\"k\"].extra[0].x", "test_server.web[\"k\"].extra[0]",
                "test_server.web[\"k\"].extra", "test_server.web[\"k\"]", "test_server.web",
            ]},
        }})
    );
    assert_eq!(
        root["resources"],
        json!([
            {
                "address": "test_server.base", "mode": "managed", "type": "test_server", "name": "base",
                "provider_config_key": "test", "schema_version": 1,
                "count_expression": {"constant_value": 1},
                "provisioners": [
                    {"type": "local-exec", "expressions": {"command": {"references": ["self.id", "self"]}}}
                ],
                "expressions": {
                    "name": {"constant_value": "a2"},
                    "zones": {"constant_value": ["a", "b"]},
                    "disk": [
                        {"size": {"references": ["var.obj.a.b", "var.obj.a", "var.obj"]}},
                        {"device_name": {"references": ["local.y.x.k", "local.y.x", "local.y"]}},
                    ],
                    "timeouts": {"create": {"constant_value": "5m"}},
                },
            },
            {
                "address": "test_server.web", "mode": "managed", "type": "test_server", "name": "web",
                "provider_config_key": "test.west", "schema_version": 1,
                "for_each_expression": {"references": ["test_server.base"]},
                "depends_on": ["module.net", "test_server.base"],
                "expressions": {
                    "name": {},
                    "image": {"references": ["test_server.base", "each.key"]},
                    "tags": {"references": ["local.y", "var.secret"]},
                    "script": {"references": ["module.net[\"a\"].o", "module.net[\"a\"]"]},
                    "extra": {"references": [
                        "test_server.base", "local.z.host", "local.z", "each.value.id", "each.value",
                    ]},
                },
            },
        ])
    );
    assert_eq!(
        root["module_calls"],
        json!({"net": {
            "source": "./net",
            "for_each_expression": {"constant_value": {"a": 1}},
            "depends_on": ["test_server.base"],
            "expressions": {"name": {"references": [
                "test_server.base.tags[\"Name\"]", "test_server.base.tags", "test_server.base",
            ]}},
            "module": {
                "variables": {"name": {}},
                "outputs": {"o": {"expression": {"references": ["test_server.in.id", "test_server.in"]}}},
                "resources": [{
                    "address": "test_server.in", "mode": "managed", "type": "test_server", "name": "in",
                    "provider_config_key": "test", "schema_version": 1,
                    "expressions": {"name": {"references": ["var.name"]}},
                }],
            },
        }})
    );
}

#[test]
fn relevant_attributes_are_followed_through_names() {
    let created = |name: &str, module: Option<&str>| {
        let mut change = change(Action::Create, Json::Null, json!({}));
        change.address.resource.name = name.into();
        if let Some(module) = module {
            change.address.module = change.address.module.child(module, InstanceKey::String("a".into()));
        }
        change
    };
    let relevant = |changes, output: bool| {
        let mut plan = plan(changes);
        if output {
            let change = OutputChange {
                before: Value::NULL,
                after: 1.into(),
                sensitive: true,
                action: Action::Create,
            };
            plan.outputs = BTreeMap::from([("o".into(), change)]);
        }
        let document = plan_json(&plan, &config(), &schemas(), &JsonOptions::default());
        let mut found: Vec<String> = (document["relevant_attributes"].as_array().into_iter().flatten())
            .map(|r| format!("{} {}", r["resource"].as_str().unwrap(), r["attribute"]))
            .collect();
        found.sort();
        found
    };
    assert_eq!(relevant(vec![created("base", None)], false), Vec::<String>::new());
    // An argument that is referred to was made from something in its turn.
    assert_eq!(
        relevant(vec![], true),
        [
            "test_server.base [\"endpoint\",\"host\"]",
            "test_server.base []",
            "test_server.web[\"k\"] [\"extra\",0,\"x\"]",
        ]
    );
    assert_eq!(relevant(vec![created("in", Some("net"))], false), ["test_server.base [\"tags\",\"Name\"]"]);
    assert_eq!(
        relevant(vec![created("web", None)], false),
        [
            "module.net[\"a\"].test_server.in [\"id\"]",
            "test_server.base [\"endpoint\",\"host\"]",
            "test_server.base []",
        ]
    );
    let unchanged = change(Action::NoOp, json!({}), json!({}));
    assert_eq!(relevant(vec![unchanged], false), Vec::<String>::new());
}

#[test]
fn drift_is_told_where_it_explains_the_plan() {
    let drift = |before: Json, after: Json| Arc::new(named_change("base", before, after));
    let object = || json!({"id": "i", "name": "a2", "size": 1, "tags": {"Name": "n"}});
    let with = |member: &str, value: Json| {
        let mut object = object();
        object[member] = value;
        object
    };
    let mut inner = change(Action::Create, Json::Null, json!({}));
    inner.address.resource.name = "in".into();
    inner.address.module = inner.address.module.child("net", InstanceKey::String("a".into()));
    let text = |changes: Vec<ResourceChange>, drift: Arc<ResourceChange>| {
        let mut plan = plan(changes);
        plan.drift = vec![drift];
        render_plan(&plan, &config(), &schemas(), &Palette::plain(), &Options::default())
    };
    let shown = "Objects have changed outside of Terrane";
    let counted = "1 object changed outside of Terrane in ways that do not affect";
    let cases = [
        // The module in which something is made gets this tag.
        (inner.clone(), drift(with("tags", json!({"Name": "m"})), object()), shown),
        (inner.clone(), drift(with("size", json!(2)), object()), counted),
        // The plan undoes it, or changes something else.
        (
            named_change("base", with("size", json!(1)), with("size", json!(2))),
            drift(with("size", json!(2)), object()),
            shown,
        ),
        (
            named_change("base", with("size", json!(1)), with("size", json!(2))),
            drift(with("name", json!("b")), object()),
            counted,
        ),
    ];
    for (n, (change, drift, expected)) in cases.into_iter().enumerate() {
        let text = text(vec![change], drift);
        assert!(text.contains(expected), "{n}: {text}");
        assert!(!(text.contains(shown) && text.contains(counted)), "{n}: {text}");
    }
    // Nobody configures an id.
    let other = text(vec![inner.clone()], drift(with("id", json!("j")), object()));
    assert!(!other.contains("outside of Terrane"), "{other}");
    // Nothing has become nothing.
    let text = text(vec![inner], drift(with("zones", Json::Null), with("zones", json!([]))));
    assert!(!text.contains("outside of Terrane"), "{text}");
}

fn named_change(name: &str, before: Json, after: Json) -> ResourceChange {
    let mut change = change(Action::Update, before, after);
    change.address.resource.name = name.into();
    change
}
