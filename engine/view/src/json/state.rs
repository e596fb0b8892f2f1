//! States and outputs.

use super::change::{identity, module_tree, stored_identity};
use super::checks::stored_checks_json;
use super::value::{marked_by, plain_json, sensitive_json};
use super::{JsonOptions, TERRAFORM_VERSION};
use crate::text::object_value;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{Mode, ModuleInstance, ResourceInstance};
use terrane_provider::Schemas;
use terrane_schema::Schema;
use terrane_state::{Object, ObjectStatus, OutputState, ResourceState, State};
use terrane_value::{Type, Value, type_to_json};

/// A state in format 1.0, as `show -json` prints it.
pub fn state_json(state: &State, schemas: &Schemas, options: &JsonOptions) -> Json {
    let mut out = Map::new();
    out.insert("format_version".into(), json!("1.0"));
    let checks = stored_checks_json(&state.check_results);
    if state.resources.is_empty() && state.outputs.is_empty() {
        return Json::Object(out);
    }
    out.insert("terraform_version".into(), json!(TERRAFORM_VERSION));
    out.insert("values".into(), values(state, schemas, options));
    if let Some(checks) = checks {
        out.insert("checks".into(), checks);
    }
    Json::Object(out)
}

fn values(state: &State, schemas: &Schemas, options: &JsonOptions) -> Json {
    let mut out = Map::new();
    if !state.outputs.is_empty() {
        let outputs = state.outputs.iter().map(|(name, o)| (name.to_string(), output(o, options)));
        out.insert("outputs".into(), Json::Object(outputs.collect()));
    }
    let mut resources = Vec::new();
    for data_first in [true, false] {
        for (address, resource) in &state.resources {
            if (address.resource.mode == Mode::Data) != data_first {
                continue;
            }
            let provider = &resource.provider.provider;
            let schema = schemas.resource(provider, address.resource.mode, &address.resource.type_name);
            for (key, instance) in &resource.instances {
                let address = address.instance(key.clone());
                let current = instance.current.iter().map(|o| (None, o));
                let deposed = instance.deposed.iter().map(|(key, o)| (Some(key), o));
                for (deposed, object) in current.chain(deposed) {
                    resources.push(entry(&address, resource, object, deposed, schema, options));
                }
            }
        }
    }
    out.insert("root_module".into(), module_tree(resources));
    Json::Object(out)
}

fn entry(
    address: &ResourceInstance,
    resource: &ResourceState,
    object: &Object,
    deposed: Option<&Arc<str>>,
    schema: Option<&Schema>,
    options: &JsonOptions,
) -> (ModuleInstance, Json) {
    let value = marked_by(schema, &object_value(object, schema));
    let mut out = Map::new();
    out.insert("address".into(), json!(address.to_string()));
    identity(address, &resource.provider.provider, &mut out);
    out.insert("schema_version".into(), json!(schema.map_or(object.schema_version, |s| s.version)));
    out.insert("values".into(), plain_json(&value, options.show_sensitive));
    out.insert("sensitive_values".into(), sensitive_json(&value));
    stored_identity(object.private.identity.as_deref(), &mut out);
    if !object.dependencies.is_empty() {
        let names: Vec<String> = object.dependencies.iter().map(ToString::to_string).collect();
        out.insert("depends_on".into(), json!(names));
    }
    if object.status == ObjectStatus::Tainted {
        out.insert("tainted".into(), json!(true));
    }
    if let Some(key) = deposed {
        out.insert("deposed_key".into(), json!(key));
    }
    (address.module.clone(), Json::Object(out))
}

/// An output with value and type.
pub(crate) fn output(output: &OutputState, options: &JsonOptions) -> Json {
    let value = if output.sensitive { output.value.sensitive() } else { output.value.clone() };
    json!({
        "sensitive": output.sensitive,
        "type": type_to_json(&output.value.ty()),
        "value": plain_json(&value, options.show_sensitive),
    })
}

/// The outputs of a state, as `output -json` prints them.
pub fn outputs_json(outputs: &BTreeMap<Arc<str>, OutputState>, options: &JsonOptions) -> Json {
    Json::Object(outputs.iter().map(|(name, o)| (name.to_string(), output(o, options))).collect())
}

/// A planned output: its value and type only when it is wholly known. Terraform keeps no type of a null.
pub(crate) fn planned_output(after: &Value, sensitive: bool, options: &JsonOptions) -> Json {
    if after.is_wholly_known() {
        let value = if after.is_null() { Value::null(Type::Dynamic) } else { after.clone() };
        return output(&OutputState { value, sensitive }, options);
    }
    json!({ "sensitive": sensitive })
}
