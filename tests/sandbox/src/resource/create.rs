//! Creation.

use super::{answered, expand, fill_in, has_field, key, resolve_references, stamp};
use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::rules::Rule;
use crate::services::hooks;
use crate::validate::missing;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn create(world: &mut World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    if let Some(asked) = call.query.get("requestId")
        && let Some(known) = world.store.requests.get(&format!("{} {asked}", call.method))
        && let Some(operation) = world.store.operations.get(known)
    {
        return Ok(operation.body.clone());
    }
    let (project, collection) = place(call)?;
    if let Some(project) = &project {
        world.require_project(call.service(), project)?;
    }
    require_parent(world, call, &collection)?;
    let body = call.request()?;
    let mut object = match &rule.wrapped {
        Some(field) => body.get(field).cloned().unwrap_or(json!({})),
        None => body.clone(),
    };
    for name in &rule.required {
        if matches!(json::at(&object, name), None | Some(Value::Null))
            || json::at(&object, name) == Some(&json!(""))
        {
            return Err(missing(&in_words(call, name)));
        }
    }
    let id = match rule.id_query.as_deref().and_then(|name| call.query.get(name)) {
        Some(id) => id.to_owned(),
        None => json::text(&body, &rule.id).or(json::text(&object, &rule.id)).unwrap_or("").to_owned(),
    };
    let id = if rule.full_name { id.rsplit('/').next().unwrap_or("").to_owned() } else { id };
    if id.is_empty() {
        return Err(missing(&in_words(call, &rule.id)));
    }
    let path = format!("{collection}/{id}");
    let stored = key(call, &path);
    if world.store.objects.contains_key(&stored) {
        let text = rule.exists.as_deref().unwrap_or("The resource '{path}' already exists");
        return Err(exists(call, fill_in(text, &path, &id)));
    }
    resolve_references(world, call, rule, project.as_deref().unwrap_or(""), &mut object)?;
    let defaults = expand(world, call, &path, &rule.defaults);
    if defaults.is_object() {
        json::fill(&mut object, &defaults);
    }
    let created = expand(world, call, &path, &rule.created);
    if created.is_object() {
        json::merge(&mut object, &created);
    }
    if rule.full_name {
        json::put(&mut object, "name", path.clone());
    }
    if call.service() == "compute" {
        identify(world, call, rule, &path, &mut object);
    }
    hooks::creating(world, rule, &path, &mut object)?;
    stamp(world, call, rule, &path, &mut object);
    world.store.objects.insert(stored, object.clone());
    let answer = answered(world, call, rule, &path, &object);
    let operation = world.last_operation.clone();
    hooks::created(world, rule, &path);
    world.last_operation = operation;
    Ok(answer)
}

/// The project and the collection that a creation is in.
fn place(call: &Call<'_>) -> Result<(Option<String>, String), Refusal> {
    if call.collection() == "storage.buckets" {
        let project = call
            .query
            .get("project")
            .ok_or_else(|| Refusal::invalid("Required parameter: project").because("required"))?;
        return Ok((Some(project.to_owned()), call.resource.clone()));
    }
    Ok((call.project().map(str::to_owned), call.resource.clone()))
}

/// What a resource is in has to be there, where that is itself a resource.
fn require_parent(world: &World, call: &Call<'_>, collection: &str) -> Result<(), Refusal> {
    let parts: Vec<&str> = collection.split('/').collect();
    match parts.as_slice() {
        ["folders", number, ..] if !world.store.objects.contains_key(&format!("folders:{number}")) => {
            Err(Refusal::denied())
        }
        ["organizations", number, ..]
            if !world.store.objects.contains_key(&format!("organizations:{number}")) =>
        {
            Err(Refusal::denied())
        }
        ["projects", project, "datasets", dataset, "tables"] => {
            let known =
                world.store.objects.contains_key(&format!("bigquery:projects/{project}/datasets/{dataset}"));
            known
                .then_some(())
                .ok_or_else(|| Refusal::new(404, format!("Not found: Dataset {project}:{dataset}")))
        }
        ["projects", project, "regions", region, ..] if call.service() == "compute" => {
            let known = crate::services::places::region(region).is_some();
            known
                .then_some(())
                .ok_or_else(|| Refusal::missing(&format!("projects/{project}/regions/{region}")))
        }
        ["projects", project, "zones", zone, ..] if call.service() == "compute" => {
            let known = crate::services::places::is_zone(zone);
            known.then_some(()).ok_or_else(|| Refusal::missing(&format!("projects/{project}/zones/{zone}")))
        }
        _ => Ok(()),
    }
}

/// What Compute Engine writes into every resource.
pub(crate) fn identify(world: &mut World, call: &Call<'_>, rule: &Rule, path: &str, object: &mut Value) {
    let id = world.id();
    let schema = call.document.schemas.get(&rule.resource);
    let kind = schema.and_then(|schema| schema.properties.as_ref()?.get("kind")?.fallback.clone());
    if let Some(kind) = kind {
        json::put(object, "kind", kind);
    }
    json::put(object, "creationTimestamp", world.compute_now());
    json::put(object, "selfLink", compute_link(path));
    let parts: Vec<&str> = path.split('/').collect();
    if has_field(call, &rule.resource, "selfLinkWithId")
        && let Some((collection, _)) = path.rsplit_once('/')
    {
        json::put(object, "selfLinkWithId", compute_link(&format!("{collection}/{id}")));
    }
    json::put(object, "id", id);
    for (index, name) in [("regions", "region"), ("zones", "zone")] {
        if parts.get(2) == Some(&index) && has_field(call, &rule.resource, name) {
            json::put(object, name, compute_link(&parts[..4].join("/")));
        }
    }
}

fn exists(call: &Call<'_>, message: String) -> Refusal {
    match call.service() {
        "storage" => Refusal::new(409, message).because("conflict"),
        "bigquery" => Refusal::new(409, message).because("duplicate"),
        _ => Refusal::new(409, message),
    }
}

/// A field as messages name it.
fn in_words(call: &Call<'_>, name: &str) -> String {
    if call.service() == "compute" { format!("resource.{name}") } else { name.to_owned() }
}
