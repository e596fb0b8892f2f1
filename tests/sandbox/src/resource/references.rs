//! References between resources of Compute Engine: written in full whatever the client wrote, and only to what is
//! there; what is referred to cannot be deleted.

use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::rules::Rule;
use crate::world::World;
use serde_json::{Value, json};
use std::collections::HashMap;

/// Writes all references of an object in full and checks that they lead somewhere.
///
/// # Errors
/// For what is malformed, of another kind, missing, or not ready since its creation has not ended.
pub(crate) fn resolve_references(
    world: &World,
    call: &Call<'_>,
    rule: &Rule,
    project: &str,
    object: &mut Value,
) -> Result<(), Refusal> {
    if call.service() != "compute" {
        return Ok(());
    }
    let mut refused = None;
    let fields = rule.references.iter().map(|(field, kinds)| (field, Some(kinds)));
    for (field, kinds) in fields.chain(rule.links.iter().map(|field| (field, None))) {
        json::visit(object, field, &mut |value| {
            let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { return };
            match resolve(world, project, field, text, kinds.map(Vec::as_slice)) {
                Ok(link) => *value = json!(link),
                Err(refusal) => refused = Some(refusal),
            }
        });
    }
    refused.map_or(Ok(()), Err)
}

fn resolve(
    world: &World,
    project: &str,
    field: &str,
    text: &str,
    kinds: Option<&[String]>,
) -> Result<String, Refusal> {
    let malformed = || {
        Refusal::invalid(format!(
            "Invalid value for field 'resource.{field}': '{text}'. The URL is malformed."
        ))
    };
    // A load balancer may be named by its address.
    if field == "nextHopIlb" && text.parse::<std::net::IpAddr>().is_ok() {
        return Ok(text.to_owned());
    }
    let path = resource_of(text);
    let path = match path.split('/').next() {
        Some("global" | "regions" | "zones") => format!("projects/{project}/{path}"),
        Some("projects" | "locations" | "organizations") => path.to_owned(),
        _ if kinds.is_none() => return Ok(text.to_owned()),
        _ => return Err(malformed()),
    };
    let path = world.canonical(&path);
    let Some(kinds) = kinds else { return Ok(compute_link(&path)) };
    if !kinds.iter().any(|kind| is_of_kind(&path, kind)) {
        return Err(malformed());
    }
    if path.ends_with("/global/gateways/default-internet-gateway") {
        return Ok(compute_link(&path));
    }
    let stored = format!("compute:{path}");
    if !world.store.objects.contains_key(&stored) {
        return Err(Refusal::missing(&path));
    }
    if world.store.unready.contains(&path) {
        return Err(
            Refusal::invalid(format!("The resource '{path}' is not ready")).because("resourceNotReady")
        );
    }
    Ok(compute_link(&path))
}

/// The path in a link, whatever host and version it has.
pub(crate) fn resource_of(text: &str) -> &str {
    let path = match text.split_once("/compute/") {
        Some((_, rest)) => rest.split_once('/').map_or(rest, |(_, path)| path),
        None => match text.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or(rest, |(_, path)| path),
            None => text,
        },
    };
    path.trim_matches('/')
}

fn is_of_kind(path: &str, kind: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let wanted: Vec<&str> = kind.split('/').collect();
    let inside = match parts.as_slice() {
        ["projects", _, inside @ ..] => inside,
        other => other,
    };
    inside.len() == wanted.len() + 1
        && inside.iter().zip(&wanted).all(|(part, wanted)| *wanted == "*" || part == wanted)
}

/// Refuses to delete what others refer to.
///
/// # Errors
/// Naming the first that does.
pub(crate) fn refuse_if_used(world: &World, noun: &str, path: &str) -> Result<(), Refusal> {
    let link = compute_link(path);
    let own = format!("compute:{path}");
    let mut fields: HashMap<&str, Vec<&str>> = HashMap::new();
    for other in world.rules.all() {
        let kinds =
            other.collections.iter().map(|collection| stored_as(collection.rsplit('.').next().unwrap_or("")));
        for kind in kinds {
            fields.entry(kind).or_default().extend(other.references.keys().map(String::as_str));
        }
    }
    for (stored, object) in world.store.under("compute:") {
        if stored == own {
            continue;
        }
        let kind = stored.rsplit('/').nth(1).unwrap_or("");
        let uses = fields
            .get(kind)
            .into_iter()
            .flatten()
            .any(|field| json::texts(object, field).contains(&link.as_str()));
        // The routes that come with a network go with it.
        let own_route = kind == "routes"
            && json::text(object, "name").is_some_and(|name| name.starts_with("default-route-"));
        if uses && !own_route {
            return Err(Refusal::in_use(noun, path, stored.trim_start_matches("compute:")));
        }
    }
    for (stored, cluster) in world.store.under("container:") {
        let networks = ["networkConfig.network", "networkConfig.subnetwork"];
        if networks.iter().any(|field| json::text(cluster, field) == Some(path)) {
            return Err(Refusal::in_use(noun, path, stored.trim_start_matches("container:")));
        }
    }
    Ok(())
}

/// What the part of a path is called that the resources of a collection of methods are under.
fn stored_as(collection: &str) -> &str {
    match collection {
        "globalAddresses" => "addresses",
        "globalForwardingRules" => "forwardingRules",
        "networkFirewallPolicies" | "regionNetworkFirewallPolicies" => "firewallPolicies",
        other => other,
    }
}
