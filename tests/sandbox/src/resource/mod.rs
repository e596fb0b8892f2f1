//! What every resource does in the same way: it is created, read, listed, changed and deleted as its document and its
//! rules say. What only one kind of resource does is in `crate::services`.

mod change;
mod create;
mod read;
mod references;

pub(crate) use change::camel;
pub(crate) use references::{refuse_if_used, resolve_references, resource_of};

use crate::call::{Answer, Call};
use crate::json;
use crate::operation::compute_link;
use crate::policy::Style;
use crate::refusal::Refusal;
use crate::rules::{AnswerKind, Rule};
use crate::world::{World, etag, fingerprint};
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers the methods that all resources have, or says that this is not one of them.
///
/// # Errors
/// As Google does.
pub(crate) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let rules = Arc::clone(&world.rules);
    let rule = rules.of(call.collection())?;
    if rule.without.iter().any(|verb| verb == call.verb()) {
        return None;
    }
    let schema_has = |field: &str| has_field(call, &rule.resource, field);
    let answer = match call.verb() {
        "insert" | "create" => create::create(world, call, rule).map(Answer::Json),
        "get" => read::get(world, call, rule).map(Answer::Json),
        "list" => read::list(world, call, rule).map(Answer::Json),
        "aggregatedList" => read::aggregated(world, call, rule).map(Answer::Json),
        "patch" | "update" => change::change(world, call, rule).map(Answer::Json),
        "delete" => change::delete(world, call, rule),
        "setLabels" if schema_has("labelFingerprint") => {
            change::set_labels(world, call, rule).map(Answer::Json)
        }
        "getIamPolicy" | "setIamPolicy" | "testIamPermissions" => policy(world, call, rule).map(Answer::Json),
        _ => return None,
    };
    Some(answer)
}

fn policy(world: &mut World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    let key = key(call, call.target());
    if !world.store.objects.contains_key(&key) {
        return Err(missing(rule, call.target()));
    }
    let style = match call.service() {
        "storage" => {
            let name = call.target().trim_start_matches("b/");
            Style { kind: Some("storage#policy"), resource: Some(format!("projects/_/buckets/{name}")) }
        }
        _ => Style { kind: None, resource: None },
    };
    world.policy(call, &key, &style)
}

/// The name under which a resource is stored.
pub(crate) fn key(call: &Call<'_>, resource: &str) -> String {
    format!("{}:{resource}", call.service())
}

/// What is said of a resource that is not there.
pub(crate) fn missing(rule: &Rule, path: &str) -> Refusal {
    let id = path.rsplit('/').next().unwrap_or(path);
    match &rule.missing {
        Some(text) => Refusal::new(404, fill_in(text, path, id)),
        None => Refusal::missing(path),
    }
}

/// Puts path, project and id into a message of the rules.
pub(crate) fn fill_in(text: &str, path: &str, id: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let project = parts.get(1).copied().unwrap_or("");
    let parent = parts.len().checked_sub(3).and_then(|index| parts.get(index)).copied().unwrap_or("");
    text.replace("{path}", path).replace("{id}", id).replace("{project}", project).replace("{parent}", parent)
}

/// Whether a schema has a field.
pub(crate) fn has_field(call: &Call<'_>, schema: &str, field: &str) -> bool {
    let found = call.document.schemas.get(schema);
    found.and_then(|schema| schema.properties.as_ref()).is_some_and(|fields| fields.contains_key(field))
}

/// A value of the rules, with what its words stand for.
pub(crate) fn expand(world: &mut World, call: &Call<'_>, path: &str, value: &Value) -> Value {
    match value {
        Value::String(word) => match word.as_str() {
            "$now" if call.service() == "compute" => json!(world.compute_now()),
            "$now" => json!(world.now()),
            "$milliseconds" => json!(world.milliseconds().to_string()),
            "$id" => json!(world.id()),
            "$host" => json!(compute_link("")),
            "$project" => json!(path.split('/').nth(1).unwrap_or("")),
            "$projectNumber" => {
                let project = path.split('/').nth(1).unwrap_or("").to_owned();
                json!(world.project_number(&project).unwrap_or_default())
            }
            "$address" => {
                let seed = world.store.number();
                crate::world::public_address(seed)
            }
            _ => json!(fill_in(word, path, path.rsplit('/').next().unwrap_or(path))),
        },
        Value::Array(list) => list.iter().map(|item| expand(world, call, path, item)).collect(),
        Value::Object(object) => {
            let entries: Vec<_> =
                object.iter().map(|(name, inner)| (name.clone(), expand(world, call, path, inner))).collect();
            Value::Object(entries.into_iter().collect())
        }
        other => other.clone(),
    }
}

/// Renews what depends on the contents: fingerprints, etags, and what the server writes at every change.
pub(crate) fn stamp(world: &mut World, call: &Call<'_>, rule: &Rule, path: &str, object: &mut Value) {
    for (name, value) in rule.item_defaults.clone() {
        json::visit(object, &format!("{name}[]"), &mut |item| {
            let filled = expand(world, call, path, &value);
            json::fill(item, &filled);
        });
    }
    let updated = expand(world, call, path, &rule.updated);
    if updated.is_object() {
        json::merge(object, &updated);
    }
    for name in &rule.hidden {
        json::take(object, name);
    }
    if has_field(call, &rule.resource, "labelFingerprint") {
        let labels = json!(fingerprint(&object.get("labels").cloned().unwrap_or(json!({}))));
        json::put(object, "labelFingerprint", labels);
    }
    for (name, mark) in [("fingerprint", fingerprint as fn(&Value) -> String), ("etag", etag)] {
        if has_field(call, &rule.resource, name) {
            json::take(object, name);
            let marked = mark(object);
            json::put(object, name, marked);
        }
    }
}

/// The answer to a change: the operation, or the object as it is now.
fn answered(world: &mut World, call: &Call<'_>, rule: &Rule, path: &str, object: &Value) -> Value {
    match rule.answer {
        AnswerKind::Operation => {
            let id = json::text(object, "id").map(str::to_owned);
            let asked = call.query.get("requestId").map(str::to_owned);
            let operation = world.compute_operation(call.verb(), path, id.as_deref(), asked.as_deref());
            if let (Some(asked), Some(key)) = (asked, world.last_operation.clone()) {
                world.store.requests.insert(format!("{} {asked}", call.method), key);
            }
            operation
        }
        AnswerKind::Object => object.clone(),
    }
}
