//! Getting and listing.

use super::{has_field, key, missing};
use crate::call::Call;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::rules::Rule;
use crate::services::hooks;
use crate::world::World;
use serde_json::{Map, Value, json};

pub(super) fn get(world: &World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    let found =
        world.store.objects.get(&key(call, &call.resource)).ok_or_else(|| missing(rule, &call.resource))?;
    Ok(hooks::shown(world, rule, &call.resource, found.clone()))
}

pub(super) fn list(world: &World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    if let Some(project) = call.project() {
        world.require_project(call.service(), project)?;
    }
    let collection = key(call, &call.resource);
    let mut objects = Vec::new();
    for (stored, object) in world.store.members(&collection) {
        let path = stored.split_once(':').map_or(stored, |(_, path)| path);
        objects.push((stored.to_owned(), hooks::shown(world, rule, path, object.clone())));
    }
    let (mut page, next) = call.page(objects)?;
    if !rule.listed.is_empty() {
        for (_, object) in &mut page {
            if let Value::Object(fields) = object {
                fields.retain(|name, _| rule.listed.contains(name));
            }
        }
    }
    let mut answer = call.written(&rule.items, page, next);
    if call.service() == "compute" {
        answer["id"] = json!(call.resource);
        answer["selfLink"] = json!(compute_link(&call.resource));
    }
    Ok(answer)
}

/// A list over all regions and zones of a project.
pub(super) fn aggregated(world: &World, call: &Call<'_>, rule: &Rule) -> Result<Value, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project(call.service(), project)?;
    let name = call.resource.rsplit('/').next().unwrap_or("");
    let inside = format!("compute:projects/{project}/");
    let mut objects = Vec::new();
    for (stored, object) in world.store.under(&inside) {
        let parts: Vec<&str> = stored[inside.len()..].split('/').collect();
        let here = matches!(parts.as_slice(), ["global", found, _] | ["regions" | "zones", _, found, _] if *found == name);
        if here {
            let path = stored.split_once(':').map_or(stored, |(_, path)| path);
            objects.push((stored.to_owned(), hooks::shown(world, rule, path, object.clone())));
        }
    }
    let (page, next) = call.page(objects)?;
    let mut scopes: Map<String, Value> = Map::new();
    if next.is_none() && call.query.get("pageToken").is_none() {
        for scope in call_scopes(call, rule) {
            scopes.insert(scope, json!({}));
        }
    }
    for (stored, object) in page {
        let rest = &stored[inside.len()..];
        let scope = match rest.strip_prefix("global/") {
            Some(_) => "global".to_owned(),
            None => rest.split('/').take(2).collect::<Vec<_>>().join("/"),
        };
        let entry = scopes.entry(scope).or_insert_with(|| json!({}));
        match entry.get_mut(name).and_then(Value::as_array_mut) {
            Some(list) => list.push(object),
            None => entry[name] = json!([object]),
        }
    }
    for (scope, entry) in &mut scopes {
        if entry.get(name).is_none() {
            entry["warning"] = json!({
                "code": "NO_RESULTS_ON_PAGE",
                "data": [{"key": "scope", "value": scope}],
                "message": format!("There are no results for scope '{scope}' on this page."),
            });
        }
    }
    let mut answer = json!({"id": call.resource, "items": scopes, "selfLink": compute_link(&call.resource)});
    if let Some(kind) = call.kind_of_answer() {
        answer["kind"] = json!(kind);
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(answer)
}

/// The scopes that an answer names even when nothing is in them.
fn call_scopes(call: &Call<'_>, rule: &Rule) -> Vec<String> {
    let regions = crate::services::places::REGIONS;
    let regional = regions.iter().map(|region| format!("regions/{}", region.name));
    if call.query.get("includeAllScopes").is_some_and(|flag| flag.eq_ignore_ascii_case("true")) {
        let zonal = regions.iter().flat_map(|region| {
            region.zones.iter().map(move |letter| format!("zones/{}-{letter}", region.name))
        });
        return std::iter::once("global".to_owned()).chain(regional).chain(zonal).collect();
    }
    if call.query.get("returnPartialSuccess").is_some() || !has_field(call, &rule.resource, "region") {
        return Vec::new();
    }
    regional.collect()
}
