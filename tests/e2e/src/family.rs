//! A family of resource types, tried together through the program: a configuration under
//! `tests/e2e/families`, steps that edit it, and after each the question whether what was planned was
//! done. It knows no resource type; the tests do.

use crate::{Aws, TestContext};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An action for each address, such as `("aws_iam_group.team", "update")`. The actions are `create`,
/// `update`, `replace`, `delete` and `forget`.
pub type Actions<'a> = &'a [(&'a str, &'a str)];

/// What is special about importing the objects of a family.
#[derive(Debug, Default, Clone, Copy)]
pub struct Imports<'a> {
    /// Import ids by type or address, where they are not the `id`: `{name}` stands for an
    /// attribute, as in `("aws_route", "{route_table_id}_{destination_cidr_block}")`.
    pub ids: &'a [(&'a str, &'a str)],
    /// Types or addresses that cannot be imported, with the reason. They stay in the state.
    pub never: &'a [(&'a str, &'a str)],
    /// Attributes that no reading tells, such as `aws_iam_user.force_destroy`, with the reason.
    /// Objects of the type may be updated after the import, and differ in this attribute.
    pub unseen: &'a [(&'a str, &'a str)],
}

/// A configuration and what it has become on an AWS of its own.
#[derive(Debug)]
pub struct Family {
    /// Where the objects are.
    pub aws: Aws,
    /// Where the configuration and the state are.
    pub context: TestContext,
}

/// Types, or addresses, of which no listing finds objects, with the reason.
const UNLISTED: &[(&str, &str)] = &[
    ("aws_account_alternate_contact.c", "of another account"),
    ("aws_account_primary_contact.a", "of another account"),
    ("aws_account_region.a", "of another account"),
    ("aws_cloudwatch_log_resource_policy.g", "a call for each group tells it"),
    ("aws_iam_group_membership", "nothing to import it by"),
    ("aws_iam_policy_attachment", "nothing to import it by"),
    ("aws_iam_user_group_membership.g", "of some of the user's groups"),
];

/// The beginnings of types whose import ids may have more, behind a comma, than what identifies the object.
const LONGER: &[&str] =
    &["aws_s3_bucket_", "aws_vpc_ipv4_cidr_block_association", "aws_vpc_ipv6_cidr_block_association"];

/// Attributes of which an import tells more than a creation, since resources of their own may set them.
const TOLD_BY_IMPORTS: &[&str] = &[
    "aws_s3_bucket.acceleration_status",
    "aws_s3_bucket.cors_rule",
    "aws_s3_bucket.grant",
    "aws_s3_bucket.lifecycle_rule",
    "aws_s3_bucket.logging",
    "aws_s3_bucket.object_lock_configuration",
    "aws_s3_bucket.policy",
    "aws_s3_bucket.replication_configuration",
    "aws_s3_bucket.request_payer",
    "aws_s3_bucket.server_side_encryption_configuration",
    "aws_s3_bucket.versioning",
    "aws_s3_bucket.website",
    "aws_s3_bucket.website_domain",
    "aws_s3_bucket.website_endpoint",
];

/// Types whose objects are there after they were destroyed, with the reason.
const STAYING: &[(&str, &str)] = &[
    ("aws_account_primary_contact", "of an account that stays"),
    ("aws_account_region", "of an account that stays"),
    ("aws_default_subnet", "AWS's own"),
    ("aws_default_vpc", "AWS's own"),
    ("aws_dx_connection_confirmation", "of a connection that stays"),
    ("aws_ebs_encryption_by_default", "a setting of each region"),
    ("aws_ebs_snapshot_block_public_access", "a setting of each region"),
    ("aws_ec2_image_block_public_access", "a setting of each region"),
    ("aws_ec2_instance_metadata_defaults", "a setting of each region"),
    ("aws_ec2_serial_console_access", "a setting of each region"),
    ("aws_iam_security_token_service_preferences", "a setting of each account"),
    ("aws_vpc_block_public_access_options", "a setting of each region"),
];

impl Imports<'_> {
    /// What an object is imported by.
    fn id(&self, address: &str, object: &Value) -> String {
        fill(find(self.ids, address).unwrap_or("{id}"), object)
    }
}

impl Family {
    /// Copies the configuration of `tests/e2e/families/<name>` and starts an AWS for it.
    pub fn start(name: &str) -> Family {
        Self::with(name, Aws::start())
    }

    /// The same with the stub in front of moto, for what moto lacks.
    pub fn start_with_stub(name: &str) -> Family {
        Self::with(name, Aws::start_with_stub())
    }

    fn with(name: &str, aws: Aws) -> Family {
        let context = TestContext::copy_of(&format!("tests/e2e/families/{name}")).using(&aws);
        context.good(&["init"]);
        context.good(&["validate"]);
        Family { aws, context }
    }

    /// Makes everything, and insists that a plan is empty then.
    #[track_caller]
    pub fn create(&self) {
        let planned = self.plan();
        assert!(!planned.is_empty(), "the configuration has resources");
        for (address, action) in planned {
            assert_eq!(action, "create", "the action for {address}");
        }
        self.apply("the creation");
    }

    /// Edits passages of the configuration, each of which must be there exactly once, insists on
    /// what is planned, does it, and insists that a plan is empty then.
    #[track_caller]
    pub fn step(&self, what: &str, edits: &[(&str, &str)], actions: Actions<'_>) {
        for (from, to) in edits {
            let holds = |name: &String| name.ends_with(".tf") && self.context.read(name).contains(from);
            let files: Vec<_> = self.context.files().into_iter().filter(holds).collect();
            assert_eq!(files.len(), 1, "{what}: files with {from:?}: {files:?}");
            self.context.edit(&files[0], from, to);
        }
        self.expect(what, actions);
        self.apply(what);
    }

    /// Changes something behind Terrane's back by Python statements, insists on what is planned,
    /// does it, and insists that a plan is empty then.
    #[track_caller]
    pub fn tamper(&self, statements: &str, actions: Actions<'_>) {
        self.aws.tamper(statements);
        self.expect(statements, actions);
        self.apply(statements);
    }

    /// Insists on what boto3 says.
    #[track_caller]
    pub fn witness(&self, expression: &str, expected: Value) {
        assert_eq!(self.aws.ask(expression), expected, "{expression}");
    }

    /// An attribute of an object in the state.
    #[track_caller]
    pub fn attribute(&self, address: &str, name: &str) -> Value {
        let objects = objects(&self.context.state());
        let object = objects.get(address).unwrap_or_else(|| panic!("{address} in {:?}", objects.keys()));
        object[name].clone()
    }

    /// The same as text.
    #[track_caller]
    pub fn text(&self, address: &str, name: &str) -> String {
        let value = self.attribute(address, name);
        value.as_str().unwrap_or_else(|| panic!("{address}.{name} is {value}")).to_owned()
    }

    /// Insists that queries find every object by what it is imported by; imports every object into a state without it, insists
    /// that nothing is planned for it, and that the state becomes the same.
    #[track_caller]
    pub fn import(&self, imports: &Imports<'_>) {
        // What an object says of others may be older than these.
        self.context.good(&["apply", "-refresh-only", "-auto-approve"]);
        let state = self.context.state();
        self.expect_found(&state, imports);
        let original = objects(&state);
        let fresh = TestContext::empty().using(&self.aws);
        let is_configuration = |name: &&String| name.ends_with(".tf") || name.ends_with(".json");
        for name in self.context.files().iter().filter(is_configuration) {
            fresh.write(name, &self.context.read(name));
        }
        let mut blocks = String::new();
        for (address, object) in &original {
            if find(imports.never, address).is_none() {
                let id = Value::from(imports.id(address, object)).to_string().replace("${", "$${");
                blocks += &format!("import {{\n  to = {address}\n  id = {id}\n}}\n\n");
            }
        }
        fresh.write("imports.tf", &blocks);
        fresh.write("terraform.tfstate", &without_imported(state, imports).to_string());
        fresh.good(&["init"]);
        let unseen = |address: &str| imports.unseen.iter().any(|(a, _)| matches(dropping_last(a), address));
        for (address, action) in planned(&fresh) {
            let told = fresh.run(&["plan"]);
            assert!(action == "update" && unseen(&address), "{address} after its import: {action}\n{told}");
        }
        fresh.good(&["apply", "-auto-approve"]);
        expect_empty(&fresh, "the import");
        let imported = objects(&fresh.state());
        assert_eq!(imported.keys().collect::<Vec<_>>(), original.keys().collect::<Vec<_>>());
        let mut differences = Vec::new();
        for (address, object) in &original {
            for (name, value) in object.as_object().into_iter().flatten() {
                let now = &imported[address][name];
                let is = |attribute: &str| {
                    attribute.rsplit('.').next() == Some(name) && matches(dropping_last(attribute), address)
                };
                let known = imports.unseen.iter().any(|(attribute, _)| is(attribute));
                let told = same(value, &Value::Null) && TOLD_BY_IMPORTS.iter().any(|attribute| is(attribute));
                if !known && !told && !same(value, now) {
                    differences.push(format!("{address}.{name}: {value}, imported {now}"));
                }
            }
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    /// Searches for every type that a state has, with each provider configuration that has some of it.
    #[track_caller]
    fn expect_found(&self, state: &Value, imports: &Imports<'_>) {
        const FILE: &str = "found.tfquery.hcl";
        // By type, provider configuration and, where it is not that one's, region: addresses and ids.
        type Objects = Vec<(String, String)>;
        let mut searches: BTreeMap<(&str, String, String), Objects> = BTreeMap::new();
        for resource in state["resources"].as_array().into_iter().flatten() {
            let type_name = resource["type"].as_str().unwrap_or_default();
            if resource["mode"] != "managed" || find(UNLISTED, type_name).is_some() {
                continue;
            }
            let provider = resource["provider"].as_str().unwrap_or_default();
            let (_, alias) = provider.split_once("\"]").unwrap_or_default();
            for instance in resource["instances"].as_array().into_iter().flatten() {
                let address = address(resource, instance);
                let id = imports.id(&address, &instance["attributes"]);
                let region = instance["attributes"]["region"].as_str().unwrap_or_default();
                let elsewhere = if id.ends_with(&format!("@{region}")) { region } else { "" };
                if find(imports.never, &address).is_none() && find(UNLISTED, &address).is_none() {
                    let search = (type_name, format!("aws{alias}"), elsewhere.to_owned());
                    searches.entry(search).or_default().push((address, id));
                }
            }
        }
        let lists = searches.keys().enumerate().map(|(n, (type_name, provider, region))| {
            let config = match region.as_str() {
                "" => String::new(),
                region => format!("  config {{\n    region = {region:?}\n  }}\n"),
            };
            format!(
                "list \"{type_name}\" \"n{n}\" {{\n  provider = {provider}\n  limit    = 100000\n{config}}}\n"
            )
        });
        self.context.write(FILE, &lists.collect::<String>());
        let run = self.context.run(&["query", "-json"]);
        std::fs::remove_file(self.context.path().join(FILE)).expect("the file is removed");
        let lines = run.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let found: BTreeSet<(String, String)> = lines
            .filter_map(|line| {
                let found = line.get("list_resource_found")?;
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                Some((text(&found["address"]), text(&found["identity"]["id"])))
            })
            .collect();
        let mut missing = Vec::new();
        for (n, ((type_name, ..), objects)) in searches.into_iter().enumerate() {
            let list = format!("list.{type_name}.n{n}");
            for (address, id) in objects {
                let longer = LONGER.iter().any(|beginning| type_name.starts_with(beginning));
                let short = id.split_once(',').filter(|_| longer).map_or(&*id, |(short, _)| short);
                let is_found = |id: &str| found.contains(&(list.clone(), id.to_owned()));
                let rules = single_rules(type_name, &id);
                if !is_found(&id) && !is_found(short) && !rules.is_some_and(|r| r.iter().all(|r| is_found(r)))
                {
                    missing.push(format!("{address} by {id}"));
                }
            }
        }
        assert!(missing.is_empty(), "no query finds {missing:#?}\n{run}");
    }

    /// Destroys everything, insists that the state is empty then, and, by a Python expression, that
    /// nothing is left. To a state that knows nothing of it, everything was deleted behind its back: it must be planned anew.
    #[track_caller]
    pub fn destroy(&self, left: &str) {
        const STATE: &str = "terraform.tfstate";
        let before = self.context.read(STATE);
        self.aws.proxy().forget();
        self.context.good(&["destroy", "-auto-approve"]);
        assert_eq!(self.context.state()["resources"], serde_json::json!([]));
        assert_eq!(self.aws.ask(left), serde_json::json!([]), "{left}");
        let after = self.context.read(STATE);
        let mut before: Value = serde_json::from_str(&before).expect("the state is JSON");
        keep(&mut before, |address, object| {
            find(STAYING, address).is_none() && object["skip_destroy"] != true
        });
        self.context.write(STATE, &before.to_string());
        let planned = self.plan();
        self.context.write(STATE, &after);
        let objects = objects(&before);
        let is_made = |address: &&String| planned.get(*address).is_some_and(|action| action == "create");
        let unnoticed: Vec<_> = objects.keys().filter(|address| !is_made(address)).collect();
        assert!(unnoticed.is_empty(), "not planned anew after they went away: {unnoticed:#?}\n{planned:#?}");
    }

    /// Insists that since the last [`Family::destroy`] or [`crate::Proxy::forget`] all calls of each
    /// operation came before all calls of the next.
    #[track_caller]
    pub fn expect_order(&self, operations: &[&str]) {
        let calls: Vec<_> = self.aws.proxy().calls().into_iter().map(|call| call.operation).collect();
        for pair in operations.windows(2) {
            let last = calls.iter().rposition(|call| call == pair[0]);
            let first = calls.iter().position(|call| call == pair[1]);
            let (Some(last), Some(first)) = (last, first) else {
                panic!("{} and {} in {calls:?}", pair[0], pair[1]);
            };
            assert!(last < first, "{} before {} in {calls:?}", pair[0], pair[1]);
        }
    }

    /// What is planned: the action by address, without those where nothing is to do.
    #[track_caller]
    pub fn plan(&self) -> BTreeMap<String, String> {
        planned(&self.context)
    }

    #[track_caller]
    fn expect(&self, what: &str, actions: Actions<'_>) {
        let expected: BTreeMap<_, _> = actions.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        let planned = self.plan();
        if planned != expected {
            panic!("{what}: planned {planned:#?}\n{}", self.context.run(&["plan"]));
        }
    }

    #[track_caller]
    fn apply(&self, what: &str) {
        self.context.good(&["apply", "plan.out"]);
        expect_empty(&self.context, what);
    }
}

/// What a plan would do: the action by address, without those where nothing is to do.
#[track_caller]
pub fn planned(context: &TestContext) -> BTreeMap<String, String> {
    context.good(&["plan", "-out=plan.out"]);
    let plan = context.json(&["show", "-json", "plan.out"]);
    let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
    let managed = changes.iter().filter(|change| change["mode"] == "managed");
    let actions = managed.map(|change| {
        let actions: Vec<_> =
            change["change"]["actions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let action = if actions.len() > 1 { "replace" } else { actions.first().copied().unwrap_or("no-op") };
        (change["address"].as_str().unwrap_or_default().to_owned(), action.to_owned())
    });
    actions.filter(|(_, action)| action != "no-op").collect()
}

#[track_caller]
fn expect_empty(context: &TestContext, what: &str) {
    let run = context.run(&["plan", "-detailed-exitcode"]);
    assert!(run.code == Some(0) && run.says("No changes."), "a plan after {what}: {run}");
}

/// The attributes of every managed object of a state, by address.
pub fn objects(state: &Value) -> BTreeMap<String, Value> {
    let mut objects = BTreeMap::new();
    for resource in state["resources"].as_array().into_iter().flatten() {
        if resource["mode"] == "managed" {
            for instance in resource["instances"].as_array().into_iter().flatten() {
                objects.insert(address(resource, instance), instance["attributes"].clone());
            }
        }
    }
    objects
}

fn address(resource: &Value, instance: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    let module = resource["module"].as_str().map(|module| format!("{module}.")).unwrap_or_default();
    let key = match &instance["index_key"] {
        Value::Null => String::new(),
        key => format!("[{key}]"),
    };
    format!("{module}{}.{}{key}", text("type"), text("name"))
}

/// A state with only those objects that cannot be imported.
fn without_imported(mut state: Value, imports: &Imports<'_>) -> Value {
    keep(&mut state, |address, _| find(imports.never, address).is_some());
    state
}

/// Takes all out of a state but managed objects of which something is true: of their addresses and attributes.
fn keep(state: &mut Value, wanted: impl Fn(&str, &Value) -> bool) {
    for resource in state["resources"].as_array_mut().into_iter().flatten() {
        let named = resource.clone();
        if let Some(instances) = resource["instances"].as_array_mut() {
            instances.retain(|instance| {
                named["mode"] == "managed" && wanted(&address(&named, instance), &instance["attributes"])
            });
        }
    }
    if let Some(resources) = state["resources"].as_array_mut() {
        resources.retain(|resource| resource["instances"].as_array().is_some_and(|i| !i.is_empty()));
    }
}

/// The import ids of the single rules that a rule of a security group with several peers is.
fn single_rules(type_name: &str, id: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = id.split('_').filter(|_| type_name == "aws_security_group_rule").collect();
    let (rule, peers) = parts.split_at_checked(5)?;
    Some(peers.iter().map(|peer| format!("{}_{peer}", rule.join("_"))).collect())
}

/// The entry for an address; one for the address itself comes before one for its type.
fn find<'a>(entries: &[(&str, &'a str)], address: &str) -> Option<&'a str> {
    let exact = entries.iter().find(|(name, _)| *name == address);
    exact.or_else(|| entries.iter().find(|(name, _)| matches(name, address))).map(|(_, value)| *value)
}

/// Whether a type or an address says this address.
fn matches(name: &str, address: &str) -> bool {
    name == address || name == resource_type(address)
}

/// The type in an address such as `module.a["x"].aws_iam_group.team["y"]`.
fn resource_type(address: &str) -> &str {
    let start = address.find("aws_").unwrap_or(0);
    address[start..].split('.').next().unwrap_or_default()
}

fn dropping_last(attribute: &str) -> &str {
    attribute.rsplit_once('.').map_or(attribute, |(object, _)| object)
}

fn fill(template: &str, object: &Value) -> String {
    let mut text = template.to_owned();
    for (name, value) in object.as_object().into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    text
}

/// Whether two attributes mean the same: nothing can be said in several ways, and JSON in any order.
fn same(a: &Value, b: &Value) -> bool {
    let nothing = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(value) => value.as_f64() == Some(0.0),
        Value::String(value) => value.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    };
    let document = |value: &Value| -> Option<Value> { serde_json::from_str(value.as_str()?).ok() };
    let alike = match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| same(value, b)))
        }
        _ => a == b,
    };
    alike || nothing(a) && nothing(b) || document(a).is_some_and(|a| document(b) == Some(a))
}
