//! What is particular to single services and resources of Google. What they have in common is in `crate::resource`.

mod bigquery;
pub(crate) mod billing;
mod compute;
mod connection;
mod container;
mod dns;
pub(crate) mod hooks;
mod iam;
mod kms;
mod logging;
pub(crate) mod places;
mod pubsub;
pub(crate) mod resourcemanager;
mod storage;
mod usage;

pub(crate) use storage::Session;

use crate::call::{Answer, Call};
use crate::operation::Kind;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

/// Answers the methods that are particular to a service, or says that this is not one of them.
pub(crate) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.collection().to_lowercase().ends_with("operations") && call.service() != "dns" {
        return operations(world, call);
    }
    match call.service() {
        "compute" => compute::answer(world, call),
        "cloudresourcemanager" => resourcemanager::answer(world, call),
        "cloudkms" => kms::answer(world, call),
        "cloudbilling" => billing::answer(world, call),
        "servicenetworking" => connection::answer(world, call),
        "container" => container::answer(world, call),
        "dns" => dns::answer(world, call),
        "iam" => iam::answer(world, call),
        "logging" if call.method == "logging.entries.list" => Some(crate::audit::list(world, call)),
        "pubsub" => pubsub::answer(world, call),
        "logging" => logging::answer(world, call),
        "storage" => storage::answer(world, call),
        "serviceusage" => usage::answer(world, call),
        _ => None,
    }
}

/// Operations: asked for, waited for, listed. Those of services that are not modelled are none of ours.
fn operations(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let zones = if call.service() == "container" { "/locations/" } else { "/zones/" };
    let path = call.target().replace("/zones/", zones);
    let key = match call.service() {
        "compute" | "container" => format!("{}:{path}", call.service()),
        "cloudresourcemanager" | "serviceusage" | "servicenetworking" => format!("operations:{path}"),
        _ => return None,
    };
    let found = match call.verb() {
        "get" => world.advance(&key, false),
        "wait" => world.advance(&key, true),
        "list" | "aggregatedList" => return Some(list_operations(world, call, &key)),
        _ => return None,
    };
    Some(found.map(Answer::Json).ok_or_else(|| match call.service() {
        "compute" => Refusal::missing(&path),
        _ => Refusal::new(404, format!("Not found: {path}.")),
    }))
}

fn list_operations(world: &World, call: &Call<'_>, key: &str) -> Result<Answer, Refusal> {
    let (prefix, name) = match call.service() {
        "compute" => (format!("{key}/"), "items"),
        "container" => (
            key.replace("/locations/-/", "/locations/").trim_end_matches("operations").to_owned(),
            "operations",
        ),
        _ => ("operations:".to_owned(), "operations"),
    };
    let prefix = if call.verb() == "aggregatedList" {
        format!("compute:projects/{}/", call.project().unwrap_or(""))
    } else {
        prefix
    };
    let wanted = match call.service() {
        "compute" => Kind::Compute,
        "container" => Kind::Container,
        _ => Kind::LongRunning,
    };
    let found = world
        .store
        .operations
        .iter()
        .filter(|(key, operation)| key.starts_with(&prefix) && operation.kind == wanted);
    let found: Vec<(String, Value)> =
        found.map(|(key, operation)| (key.clone(), operation.body.clone())).collect();
    if call.verb() == "aggregatedList" {
        let (page, next) = call.page(found)?;
        let mut scopes = json!({});
        for (key, operation) in page {
            let rest = &key[prefix.len()..];
            let scope = rest.split_once("/operations/").map_or("global", |(scope, _)| scope);
            if scopes[scope]["operations"].is_null() {
                scopes[scope]["operations"] = json!([]);
            }
            if let Some(list) = scopes[scope]["operations"].as_array_mut() {
                list.push(operation);
            }
        }
        let mut answer =
            json!({"kind": "compute#operationAggregatedList", "id": call.resource, "items": scopes});
        if let Some(next) = next {
            answer["nextPageToken"] = json!(next);
        }
        return Ok(answer.into());
    }
    Ok(call.listing(name, found)?.into())
}
