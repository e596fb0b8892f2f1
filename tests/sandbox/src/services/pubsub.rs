//! Topics: how they are named, and what their fields need. Nothing is published.

use super::{kms, places};
use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::validate::matches;
use crate::world::World;
use serde_json::{Value, json};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// A topic is created at its own path.
pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.method != "pubsub.projects.topics.create" {
        return None;
    }
    let mut inside = call.clone();
    json::put(&mut inside.body, "name", call.resource.clone());
    inside.resource = call.resource.rsplit_once('/').map_or("", |(collection, _)| collection).to_owned();
    crate::resource::answer(world, &inside)
}

/// Before a topic is stored, for the first time or changed.
pub(super) fn check(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let name = path.rsplit('/').next().unwrap_or("");
    if !matches("[A-Za-z][A-Za-z0-9._~%+-]{2,254}", name) || name.starts_with("goog") {
        return Err(Refusal::invalid(format!("Invalid resource name given (name={path}).")));
    }
    if let Some(key) = json::text(object, "kmsKeyName").filter(|key| !key.is_empty()) {
        kms::require(world, key)?;
    }
    if let Some(text) = json::text(object, "messageRetentionDuration") {
        let seconds: Option<i64> = text.strip_suffix('s').and_then(|number| number.parse().ok());
        if seconds.is_none_or(|seconds| !(10 * MINUTE..=31 * DAY).contains(&seconds)) {
            return Err(Refusal::invalid(format!(
                "Messages are kept from 10 minutes to 31 days, not {text}."
            )));
        }
    }
    for region in json::texts(object, "messageStoragePolicy.allowedPersistenceRegions[]") {
        if places::region(region).is_none() {
            return Err(Refusal::invalid(format!("{region} is no region for messages.")));
        }
    }
    if let Some(schema) = json::text(object, "schemaSettings.schema")
        && !world.store.objects.contains_key(&format!("pubsub:{}", world.canonical(schema)))
    {
        return Err(Refusal::new(404, format!("Resource not found (resource={schema}).")));
    }
    let Some(sources) = object.get_mut("ingestionDataSourceSettings").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    let mut found = sources.iter_mut().filter(|(name, _)| *name != "platformLogsSettings");
    if let Some((_, source)) = found.next() {
        source["state"] = json!("ACTIVE");
    }
    match found.next() {
        Some(_) => Err(Refusal::invalid("A topic takes messages from one source.")),
        None => Ok(()),
    }
}
