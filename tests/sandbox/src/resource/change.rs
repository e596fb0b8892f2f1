//! Patches, updates, labels and deletion.

use super::{answered, has_field, key, missing, refuse_if_used, resolve_references, stamp};
use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::rules::{AnswerKind, Rule};
use crate::services::hooks;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn change(world: &mut World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    let path = call.resource.clone();
    let stored = key(call, &path);
    let old = world.store.objects.get(&stored).cloned().ok_or_else(|| missing(rule, &path))?;
    let mut body = call.request()?;
    // Some requests have the mask in the body, beside the object.
    let mask = json::text(&body, "updateMask").map(str::to_owned);
    let field = rule.wrapped.clone().or_else(|| inside(call, rule));
    if let Some(field) = field
        && body.get(&field).is_some()
    {
        body = body[field.as_str()].take();
    }
    check_fingerprint(call, rule, &old, &body)?;
    for name in ["fingerprint", "labelFingerprint", "etag"] {
        if has_field(call, &rule.resource, name) {
            json::take(&mut body, name);
        }
    }
    if rule.full_name {
        json::take(&mut body, "name");
    }
    let project = call.project().unwrap_or("").to_owned();
    resolve_references(world, call, rule, &project, &mut body)?;
    // Disks call the mask paths.
    let paths = call.query.all("paths").collect::<Vec<_>>().join(",");
    let mask =
        mask.as_deref().or(call.query.get("updateMask")).or((!paths.is_empty()).then_some(paths.as_str()));
    let mut new = match mask {
        Some(mask) => masked(call, rule, &old, &body, mask)?,
        None if call.verb() == "patch" => {
            let mut new = old.clone();
            json::merge(&mut new, &body);
            new
        }
        None => replaced(call, rule, &old, body),
    };
    for name in &rule.immutable {
        let (before, after) = (json::at(&old, name), json::at(&new, name));
        if before != after {
            let shown = after
                .map_or_else(String::new, |value| value.as_str().map_or(value.to_string(), str::to_owned));
            let place = if call.service() == "compute" { format!("resource.{name}") } else { name.clone() };
            return Err(Refusal::invalid(format!(
                "Invalid value for field '{place}': '{shown}'. The field cannot be changed."
            )));
        }
    }
    if rule.defaults.is_object() {
        let defaults = super::expand(world, call, &path, &rule.defaults);
        json::fill(&mut new, &defaults);
    }
    hooks::changing(world, call, rule, &path, &old, &mut new)?;
    stamp(world, call, rule, &path, &mut new);
    world.store.objects.insert(stored, new.clone());
    Ok(answered(world, call, rule, &path, &new))
}

/// The field of a request that has the object in it, where the request is not the object itself.
fn inside(call: &Call<'_>, rule: &Rule) -> Option<String> {
    let request = call.definition.request.as_ref().filter(|request| **request != rule.resource)?;
    let fields = call.document.schemas.get(request)?.properties.as_ref()?;
    let found = fields.iter().find(|(_, field)| field.reference.as_ref() == Some(&rule.resource));
    found.map(|(name, _)| name.clone())
}

/// A replacement keeps what only the server writes.
fn replaced(call: &Call<'_>, rule: &Rule, old: &Value, mut new: Value) -> Value {
    let schema = call.document.schemas.get(&rule.resource);
    for (name, value) in old.as_object().into_iter().flatten() {
        let field = schema.and_then(|schema| schema.properties.as_ref()?.get(name));
        let own = field.is_none_or(|field| field.read_only) || rule.created.get(name).is_some();
        let own = own || rule.immutable.contains(name) && new.get(name).is_none();
        let own = own || rule.full_name && name == "name";
        if own || matches!(name.as_str(), "kind" | "id" | "selfLink" | "creationTimestamp") {
            new[name.as_str()] = value.clone();
        }
    }
    new
}

/// Only the fields of the mask change.
fn masked(call: &Call<'_>, rule: &Rule, old: &Value, body: &Value, mask: &str) -> Result<Value, Refusal> {
    let mut new = old.clone();
    for name in mask.split(',').map(camel).filter(|name| !name.is_empty()) {
        if name == "*" {
            return Ok(replaced(call, rule, old, body.clone()));
        }
        let first = name.split('.').next().unwrap_or(&name);
        if !has_field(call, &rule.resource, first) {
            return Err(Refusal::invalid(format!("Invalid field mask: {name}")));
        }
        match json::at(body, &name) {
            Some(value) => json::put(&mut new, &name, value.clone()),
            None => drop(json::take(&mut new, &name)),
        }
    }
    Ok(new)
}

/// `display_name` and `displayName` are the same field.
pub(crate) fn camel(name: &str) -> String {
    let mut parts = name.trim().split('_');
    let mut camel = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn check_fingerprint(call: &Call<'_>, rule: &Rule, old: &Value, body: &Value) -> Result<(), Refusal> {
    for name in ["fingerprint", "etag"] {
        let (given, known) = (json::text(body, name), json::text(old, name));
        let differs = given.is_some() && given != known;
        let lacking = given.is_none() && name == "fingerprint" && rule.fingerprint_required;
        if has_field(call, &rule.resource, name) && (differs || lacking) {
            return Err(stale(call));
        }
    }
    Ok(())
}

fn stale(call: &Call<'_>) -> Refusal {
    match call.service() {
        "compute" => Refusal::new(412, "Invalid fingerprint."),
        "bigquery" | "storage" => Refusal::new(412, "Precondition check failed."),
        _ => Refusal::concurrent(),
    }
}

pub(super) fn set_labels(world: &mut World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    let path = call.target().to_owned();
    let stored = key(call, &path);
    let mut object = world.store.objects.get(&stored).cloned().ok_or_else(|| missing(rule, &path))?;
    let body = call.request()?;
    if json::text(&body, "labelFingerprint") != json::text(&object, "labelFingerprint") {
        return Err(Refusal::new(412, "Labels fingerprint either invalid or resource labels have changed"));
    }
    match body.get("labels") {
        Some(labels) if labels.as_object().is_some_and(|labels| !labels.is_empty()) => {
            object["labels"] = labels.clone()
        }
        _ => drop(json::take(&mut object, "labels")),
    }
    stamp(world, call, rule, &path, &mut object);
    world.store.objects.insert(stored, object.clone());
    Ok(answered(world, call, rule, &path, &object))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>, rule: &Rule) -> Result<Answer, Refusal> {
    let path = call.resource.clone();
    let stored = key(call, &path);
    let old = world.store.objects.get(&stored).cloned().ok_or_else(|| missing(rule, &path))?;
    hooks::deleting(world, rule, &path, &old)?;
    if call.service() == "compute" {
        refuse_if_used(world, &rule.noun, &path)?;
    }
    world.store.remove(&stored);
    hooks::deleted(world, rule, &path, &old);
    if rule.silent_delete {
        return Ok(Answer::Nothing);
    }
    Ok(Answer::Json(match rule.answer {
        AnswerKind::Operation => answered(world, call, rule, &path, &old),
        AnswerKind::Object => json!({}),
    }))
}
