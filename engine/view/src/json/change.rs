//! Changes of resources and outputs.

use super::JsonOptions;
use super::value::{known_json, marked_by, plain_json, sensitive_json, unknown_json};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use terrane_address::{InstanceKey, ModuleInstance, ModuleStep, ResourceInstance};
use terrane_plan::{Action, OutputChange, ResourceChange};
use terrane_provider::{Identity, ImportKey};
use terrane_schema::Schema;
use terrane_value::{Path, PathStep, Value};

/// The identities of an object before and after a change, as far as it has one that is known.
#[derive(Clone, Copy, Default)]
pub(crate) struct Identities<'a> {
    pub(crate) before: Option<&'a Identity>,
    pub(crate) after: Option<&'a Identity>,
}

impl Identities<'_> {
    fn describe(&self, out: &mut Map<String, Json>) {
        for (name, identity) in [("before_identity", self.before), ("after_identity", self.after)] {
            if let Some(identity) = identity {
                out.insert(name.into(), identity.attributes.clone());
            }
        }
    }
}

/// The identity of an object that is or will be in a state.
pub(crate) fn stored_identity(identity: Option<&Identity>, out: &mut Map<String, Json>) {
    if let Some(identity) = identity {
        out.insert("identity_schema_version".into(), json!(identity.version));
        out.insert("identity".into(), identity.attributes.clone());
    }
}

/// An entry of `resource_changes` or `resource_drift`.
pub(crate) fn resource_change(
    change: &ResourceChange,
    identities: Identities<'_>,
    schema: Option<&Schema>,
    options: &JsonOptions,
) -> Json {
    let mut out = Map::new();
    out.insert("address".into(), json!(change.address.to_string()));
    if let Some(previous) = &change.previous_address {
        out.insert("previous_address".into(), json!(previous.to_string()));
    }
    if !change.address.module.is_root() {
        out.insert("module_address".into(), json!(change.address.module.to_string()));
    }
    identity(&change.address, &change.provider.provider, &mut out);
    if let Some(deposed) = &change.deposed {
        out.insert("deposed".into(), json!(deposed));
    }
    let mut body = body(change, schema, options);
    identities.describe(&mut body);
    out.insert("change".into(), Json::Object(body));
    if let Some(reason) = change.reason {
        // A unit variant of an enum always serialises, to its name.
        out.insert("action_reason".into(), serde_json::to_value(reason).unwrap_or_default());
    }
    Json::Object(out)
}

/// The members that say which instance it is, apart from its address.
pub(crate) fn identity(address: &ResourceInstance, provider: &impl ToString, out: &mut Map<String, Json>) {
    out.insert("mode".into(), json!(address.resource.mode.as_str()));
    out.insert("type".into(), json!(address.resource.type_name));
    out.insert("name".into(), json!(address.resource.name));
    if let Some(key) = instance_key(&address.key) {
        out.insert("index".into(), key);
    }
    out.insert("provider_name".into(), json!(provider.to_string()));
}

/// A key as a number or string; `None` when there is none.
pub(crate) fn instance_key(key: &InstanceKey) -> Option<Json> {
    match key {
        InstanceKey::None => None,
        InstanceKey::Int(n) => Some(json!(n)),
        InstanceKey::String(s) => Some(json!(s)),
    }
}

fn body(change: &ResourceChange, schema: Option<&Schema>, options: &JsonOptions) -> Map<String, Json> {
    let before = marked_by(schema, &change.before);
    let after = marked_by(schema, &change.after);
    let mut out = Map::new();
    out.insert("actions".into(), json!(change.action.words()));
    sides(&before, &after, options, &mut out);
    let unknown = if after.is_wholly_known() { json!({}) } else { unknown_json(&after) };
    out.insert("after_unknown".into(), unknown);
    out.insert("before_sensitive".into(), sensitive_json(&before));
    out.insert("after_sensitive".into(), sensitive_json(&after));
    if change.action.is_replace() && !change.requires_replace.is_empty() {
        let paths: Vec<Json> = change.requires_replace.iter().map(path_json).collect();
        out.insert("replace_paths".into(), Json::Array(paths));
    }
    if let Some(key) = &change.importing {
        out.insert("importing".into(), importing(key));
    }
    if let Some(text) = &change.generated_config {
        out.insert("generated_config".into(), json!(text));
    }
    out
}

/// What an imported object was found by.
pub(crate) fn importing(key: &ImportKey) -> Json {
    match key {
        ImportKey::Id(id) => json!({ "id": id }),
        ImportKey::Identity(identity) => json!({ "identity": plain_json(identity, true) }),
    }
}

/// `before` and `after`; the latter is left out when nothing of it is known.
fn sides(before: &Value, after: &Value, options: &JsonOptions, out: &mut Map<String, Json>) {
    out.insert("before".into(), known_json(before, options.show_sensitive).unwrap_or_default());
    if let Some(after) = known_json(after, options.show_sensitive) {
        out.insert("after".into(), after);
    }
}

/// A path as an array of names, keys and positions. Elements of sets have no step: the path ends
/// at the set.
pub(crate) fn path_json(path: &Path) -> Json {
    let steps = path.0.iter().map_while(|step| match step {
        PathStep::Attribute(name) | PathStep::Key(name) => Some(json!(name)),
        PathStep::Index(n) => Some(json!(n)),
        PathStep::Element(_) => None,
    });
    Json::Array(steps.collect())
}

/// An entry of `output_changes`.
pub(crate) fn output_change(change: &OutputChange, options: &JsonOptions) -> Json {
    let side = |v: &Value| if change.sensitive { v.sensitive() } else { v.clone() };
    let mut out = Map::new();
    out.insert("actions".into(), json!(change.action.words()));
    sides(&side(&change.before), &side(&change.after), options, &mut out);
    let unknown = if change.action == Action::Delete || change.after.is_wholly_known() {
        Json::Bool(false)
    } else {
        unknown_json(&change.after)
    };
    out.insert("after_unknown".into(), unknown);
    out.insert("before_sensitive".into(), json!(change.sensitive));
    out.insert("after_sensitive".into(), json!(change.sensitive));
    Json::Object(out)
}

/// The resources of a module tree: `resources` and `child_modules`, which are left out when empty.
pub(crate) fn module_tree(resources: Vec<(ModuleInstance, Json)>) -> Json {
    let mut root = Tree::default();
    for (module, resource) in resources {
        let tree =
            module.0.iter().fold(&mut root, |tree, step| tree.children.entry(step.clone()).or_default());
        tree.resources.push(resource);
    }
    root.into_json(&ModuleInstance::root())
}

#[derive(Default)]
struct Tree {
    resources: Vec<Json>,
    children: BTreeMap<ModuleStep, Tree>,
}

impl Tree {
    fn into_json(self, module: &ModuleInstance) -> Json {
        let mut out = Map::new();
        if !self.resources.is_empty() {
            out.insert("resources".into(), Json::Array(self.resources));
        }
        if !module.is_root() {
            out.insert("address".into(), json!(module.to_string()));
        }
        if !self.children.is_empty() {
            let children = self
                .children
                .into_iter()
                .map(|(step, tree)| tree.into_json(&module.child(step.name, step.key)));
            out.insert("child_modules".into(), children.collect());
        }
        Json::Object(out)
    }
}
