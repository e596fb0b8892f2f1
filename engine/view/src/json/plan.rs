//! A whole plan.

use super::change::{Identities, identity, module_tree, output_change, resource_change, stored_identity};
use super::checks::checks_json;
use super::configuration::{configuration_json, default_value};
use super::state::{planned_output, state_json};
use super::value::{known_json, marked_by, plain_json, sensitive_json};
use super::{JsonOptions, TERRAFORM_VERSION};
use crate::relevant::{RelevantAttribute, relevant_attributes};
use serde_json::{Map, Value as Json, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use terrane_address::{Mode, ModuleInstance, ModulePath, ResourceInstance};
use terrane_config::Config;
use terrane_plan::{AccessChange, Action, OutputChange, Plan, ResourceChange, Turn, access_changes};
use terrane_provider::{Identity, Schemas};
use terrane_schema::Schema;
use terrane_state::{OutputState, State};

/// A plan in format 1.2, as `show -json PLANFILE` prints it. `access_changes` is Terrane's own.
pub fn plan_json(plan: &Plan, config: &Config, schemas: &Schemas, options: &JsonOptions) -> Json {
    let mut out = Map::new();
    out.insert("format_version".into(), json!("1.2"));
    out.insert("terraform_version".into(), json!(TERRAFORM_VERSION));
    // Of an ephemeral variable only what the configuration says: its default.
    let root = config.module(&ModulePath::root());
    let ephemeral = root.into_iter().flat_map(|m| m.variables.values()).filter(|v| v.ephemeral);
    let defaults: Vec<_> = ephemeral.filter_map(|v| Some((v.name.clone(), default_value(v)?))).collect();
    let variables: BTreeMap<_, _> =
        plan.variables.iter().chain(defaults.iter().map(|(name, value)| (name, value))).collect();
    let variables: Map<String, Json> = (variables.into_iter())
        .map(|(name, v)| (name, plan.given.get(name).unwrap_or(v)))
        .map(|(name, v)| (name.to_string(), json!({ "value": plain_json(v, options.show_sensitive) })))
        .collect();
    insert_unless_empty(&mut out, "variables", Json::Object(variables));
    out.insert("planned_values".into(), planned_values(plan, schemas, options));
    let schema = |c: &ResourceChange| -> Option<&Schema> { schema_of(c, schemas) };
    let drift = plan.drift.iter();
    let drift = drift.map(|c| resource_change(c, drifted(plan, c), schema(c), options)).collect();
    insert_unless_empty(&mut out, "resource_drift", drift);
    let changes = ordered(plan).map(|c| resource_change(c, changed(plan, c), schema(c), options)).collect();
    insert_unless_empty(&mut out, "resource_changes", changes);
    let outputs = plan.outputs.iter().map(|(name, o)| (name.to_string(), output_change(o, options)));
    insert_unless_empty(&mut out, "output_changes", Json::Object(outputs.collect()));
    let mut prior = state_json(&prior_state(plan), schemas, options);
    // The results that are stored say nothing about the configuration that is planned.
    if let Some(members) = prior.as_object_mut() {
        members.remove("checks");
    }
    if prior.get("values").is_some() {
        out.insert("prior_state".into(), prior);
    }
    out.insert("configuration".into(), configuration_json(config, schemas));
    let relevant = relevant_attributes(plan, config, schemas).iter().map(RelevantAttribute::json).collect();
    insert_unless_empty(&mut out, "relevant_attributes", relevant);
    insert_unless_empty(&mut out, "checks", checks_json(&plan.checks));
    let access = access_changes(plan, schemas).iter().map(access_change).collect();
    insert_unless_empty(&mut out, "access_changes", access);
    out.insert("timestamp".into(), json!(plan.timestamp));
    out.insert("applyable".into(), json!(plan.is_applyable()));
    out.insert("complete".into(), json!(!plan.errored && !plan.partial && plan.deferred.is_empty()));
    out.insert("errored".into(), json!(plan.errored));
    Json::Object(out)
}

fn access_change(change: &AccessChange) -> Json {
    let turn = match change.turn {
        Turn::Gained => "gained",
        Turn::Lost => "lost",
        Turn::Unknown => "unknown",
    };
    let but: Vec<Json> = change
        .but
        .iter()
        .map(|grant| json!({ "what": grant.what, "on": grant.on, "condition": grant.condition }))
        .collect();
    json!({
        "address": change.address.to_string(),
        "provider": change.provider.to_string(),
        "change": turn,
        "who": change.grant.who,
        "denied": change.grant.denied,
        "what": change.grant.what,
        "on": change.grant.on,
        "condition": change.grant.condition,
        "but": but,
    })
}

fn insert_unless_empty(out: &mut Map<String, Json>, name: &str, value: Json) {
    let empty = match &value {
        Json::Array(vs) => vs.is_empty(),
        Json::Object(vs) => vs.is_empty(),
        _ => false,
    };
    if !empty {
        out.insert(name.into(), value);
    }
}

/// The identity of an object, as a state has it.
fn identity_in<'a>(
    state: &'a State,
    address: &ResourceInstance,
    deposed: Option<&str>,
) -> Option<&'a Identity> {
    let instance = state.instance(address)?;
    let object = match deposed {
        Some(key) => instance.deposed.get(key),
        None => instance.current.as_ref(),
    };
    object?.private.identity.as_deref()
}

fn changed<'a>(plan: &'a Plan, change: &'a ResourceChange) -> Identities<'a> {
    let gone = matches!(change.action, Action::Delete | Action::Forget);
    Identities {
        before: identity_in(&plan.prior_state, &change.address, change.deposed.as_deref()),
        after: change.private.identity.as_deref().filter(|_| !gone),
    }
}

fn drifted<'a>(plan: &'a Plan, change: &ResourceChange) -> Identities<'a> {
    let before = change.previous_address.as_ref().unwrap_or(&change.address);
    Identities {
        before: identity_in(&plan.base_state, before, None),
        after: identity_in(&plan.prior_state, &change.address, None)
            .filter(|_| change.action != Action::Delete),
    }
}

fn schema_of<'a>(change: &ResourceChange, schemas: &'a Schemas) -> Option<&'a Schema> {
    let resource = &change.address.resource;
    schemas.resource(&change.provider.provider, resource.mode, &resource.type_name)
}

/// The changes that a plan document has, data sources first. Data sources that are not to be read
/// during apply are no changes.
fn ordered(plan: &Plan) -> impl Iterator<Item = &ResourceChange> {
    let of = |data: bool| {
        plan.changes.iter().map(|c| &**c).filter(move |c| {
            let is_data = c.address.resource.mode == Mode::Data;
            is_data == data && !(is_data && c.action == Action::NoOp)
        })
    };
    of(true).chain(of(false))
}

/// The state after refresh. Outputs whose planned values are known have them already, as in
/// Terraform's documents.
fn prior_state(plan: &Plan) -> Cow<'_, State> {
    let known = |o: &OutputChange| {
        let set = matches!(o.action, Action::Create | Action::Update);
        set && o.after.is_wholly_known() && !o.after.is_null()
    };
    if !plan.outputs.values().any(known) {
        return Cow::Borrowed(&plan.prior_state);
    }
    let mut state = plan.prior_state.clone();
    for (name, change) in plan.outputs.iter().filter(|(_, o)| known(o)) {
        let output = OutputState { value: change.after.unmark_deep().0, sensitive: change.sensitive };
        state.outputs.insert(name.clone(), output);
    }
    Cow::Owned(state)
}

fn planned_values(plan: &Plan, schemas: &Schemas, options: &JsonOptions) -> Json {
    let mut out = Map::new();
    let outputs: Map<String, Json> = (plan.outputs.iter())
        .filter(|(_, o)| o.action != Action::Delete)
        .map(|(name, o)| (name.to_string(), planned_output(&o.after, o.sensitive, options)))
        .collect();
    insert_unless_empty(&mut out, "outputs", Json::Object(outputs));
    let resources = ordered(plan)
        .filter(|c| c.action != Action::Delete && c.deposed.is_none())
        .map(|c| planned(c, schema_of(c, schemas), options));
    out.insert("root_module".into(), module_tree(resources.collect()));
    Json::Object(out)
}

fn planned(
    change: &ResourceChange,
    schema: Option<&Schema>,
    options: &JsonOptions,
) -> (ModuleInstance, Json) {
    let after = marked_by(schema, &change.after);
    let mut out = Map::new();
    out.insert("address".into(), json!(change.address.to_string()));
    identity(&change.address, &change.provider.provider, &mut out);
    out.insert("schema_version".into(), json!(schema.map_or(0, |s| s.version)));
    // Left out where nothing is known, as by Terraform.
    if !after.is_null() {
        let known = known_json(&after, options.show_sensitive).unwrap_or_default();
        insert_unless_empty(&mut out, "values", known);
    }
    out.insert("sensitive_values".into(), sensitive_json(&after));
    stored_identity(change.private.identity.as_deref(), &mut out);
    (change.address.module.clone(), Json::Object(out))
}
