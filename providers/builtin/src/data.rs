//! `terraform_data`: keeps a value, and is replaced when another one changes.

use crate::attribute;
use std::sync::Arc;
use terrane_sdk::provider::{
    ApplyRequest, ApplyResponse, ImportedObject, MoveRequest, PlanRequest, PlanResponse, ReadResponse,
};
use terrane_sdk::schema::{Block, Schema};
use terrane_sdk::value::Refinement;
use terrane_sdk::{Diagnostics, Path, Type, Value};
use uuid::Uuid;

pub(crate) const NAME: &str = "terraform_data";

/// The namespace of the ids that are made from operation tokens.
const IDS: Uuid = Uuid::from_u128(0x6d3c_2f0e_58a1_4b7e_9c41_7e2f_0d95_a6b8);

pub(crate) fn schema() -> Schema {
    let attributes = [
        ("id", attribute(Type::String, "c", "")),
        ("input", attribute(Type::Dynamic, "o", "")),
        ("output", attribute(Type::Dynamic, "c", "")),
        ("triggers_replace", attribute(Type::Dynamic, "o", "")),
    ];
    let attributes = attributes.into_iter().map(|(name, a)| (Arc::from(name), a)).collect();
    Schema { version: 0, block: Block { attributes, ..Block::default() } }
}

pub(crate) fn plan(request: PlanRequest) -> PlanResponse {
    let PlanRequest { prior, proposed, private, .. } = request;
    let mut requires_replace = Vec::new();
    let planned = if proposed.is_null() {
        proposed
    } else if prior.is_null() {
        new(&proposed)
    } else if differs("triggers_replace", &prior, &proposed) {
        requires_replace.push(Path::root().attribute("triggers_replace"));
        new(&proposed)
    } else if differs("input", &prior, &proposed) {
        proposed.with_attribute("output", Value::unknown(get(&proposed, "input").ty()))
    } else {
        proposed
    };
    PlanResponse { planned, requires_replace, private, legacy_types: false, diagnostics: Diagnostics::new() }
}

fn new(proposed: &Value) -> Value {
    let input = get(proposed, "input");
    let output = if input.is_null() { input } else { Value::unknown(input.ty()) };
    proposed
        .with_attribute("id", Value::unknown_refined(Type::String, Refinement::not_null()))
        .with_attribute("output", output)
}

fn differs(name: &str, prior: &Value, proposed: &Value) -> bool {
    get(prior, name) != get(proposed, name)
}

fn get(object: &Value, name: &str) -> Value {
    object.attribute(name).unwrap_or(Value::NULL)
}

/// The id is made from the operation's token, so that a repeat after a crash gives it again.
pub(crate) fn apply(request: ApplyRequest) -> ApplyResponse {
    let mut state = request.planned;
    if !state.is_null() {
        if !get(&state, "id").is_known() {
            let id = Uuid::new_v5(&IDS, request.token.0.as_bytes());
            state = state.with_attribute("id", Value::from(id.to_string()));
        }
        if !get(&state, "output").is_known() {
            let input = get(&state, "input");
            state = state.with_attribute("output", input);
        }
    }
    ApplyResponse { state, private: request.private, legacy_types: false, diagnostics: Diagnostics::new() }
}

/// A `null_resource` becomes one with the same id; its triggers are an object, as configurations write it.
pub(crate) fn moved(request: &MoveRequest) -> Result<Option<ReadResponse>, Diagnostics> {
    let from_null = request.source_provider.ends_with("/hashicorp/null")
        && request.source_type == "null_resource"
        && request.type_name == NAME;
    if !from_null {
        return Ok(None);
    }
    let text = |json: &serde_json::Value| json.as_str().map_or(Value::null(Type::String), Value::from);
    let triggers = match request.source.get("triggers").and_then(serde_json::Value::as_object) {
        Some(triggers) => Value::object(triggers.iter().map(|(name, value)| (name.as_str(), text(value)))),
        None => Value::NULL,
    };
    let state = (schema().block.empty_value())
        .with_attribute("id", request.source.get("id").map_or(Value::null(Type::String), text))
        .with_attribute("triggers_replace", triggers);
    Ok(Some(ReadResponse { state, private: Default::default() }))
}

pub(crate) fn import(id: &str) -> ImportedObject {
    ImportedObject {
        type_name: NAME.to_owned(),
        state: schema().block.empty_value().with_attribute("id", Value::from(id)),
        private: Default::default(),
    }
}
