//! Projects as Compute Engine sees them: hosts of Shared VPC and the projects attached to them.

use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::world::{World, fingerprint};
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Value, Refusal>> {
    let project = call.project().unwrap_or("").to_owned();
    if let Err(refusal) = world.require_project("compute", &project) {
        return Some(Err(refusal));
    }
    Some(match call.verb() {
        "get" => Ok(shown(world, &project)),
        "setCommonInstanceMetadata" => metadata(world, call, &project),
        "getXpnHost" => Ok(host_of(world, &project).map_or(json!({}), |host| shown(world, &host))),
        "getXpnResources" => resources(world, call, &project),
        "listXpnHosts" => hosts(world, call, &project),
        "enableXpnHost" | "disableXpnHost" => host(world, call, &project),
        "enableXpnResource" | "disableXpnResource" => attach(world, call, &project),
        _ => return None,
    })
}

fn shown(world: &World, project: &str) -> Value {
    let status = if is_host(world, project) { "HOST" } else { "UNSPECIFIED_XPN_PROJECT_STATUS" };
    let number = world.project_number(project).unwrap_or_default();
    json!({
        "kind": "compute#project", "id": number, "name": project, "selfLink": compute_link(&format!("projects/{project}")),
        "creationTimestamp": world.project(project).map(|project| json::string(project, "createTime")),
        "defaultNetworkTier": "PREMIUM", "xpnProjectStatus": status, "commonInstanceMetadata": common(world, project),
        "defaultServiceAccount": format!("{number}-compute@developer.gserviceaccount.com"),
    })
}

/// What all instances of the project are told.
fn common(world: &World, project: &str) -> Value {
    let items = world.store.objects.get(&format!("metadata:{project}")).cloned().unwrap_or(json!([]));
    let mut metadata = json!({"kind": "compute#metadata", "fingerprint": fingerprint(&items)});
    if items.as_array().is_some_and(|items| !items.is_empty()) {
        metadata["items"] = items;
    }
    metadata
}

fn metadata(world: &mut World, call: &Call<'_>, project: &str) -> Result<Value, Refusal> {
    let body = call.request()?;
    if json::text(&body, "fingerprint") != json::text(&common(world, project), "fingerprint") {
        return Err(Refusal::new(412, "Supplied fingerprint does not match current metadata fingerprint."));
    }
    let names = json::texts(&body, "items[].key");
    if let Some((_, name)) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.items': '{name}'. Keys must be unique."
        )));
    }
    world.store.objects.insert(format!("metadata:{project}"), json!(json::list(&body, "items")));
    Ok(world.compute_operation(
        call.verb(),
        &format!("projects/{project}"),
        None,
        call.query.get("requestId"),
    ))
}

fn is_host(world: &World, project: &str) -> bool {
    world.store.objects.contains_key(&format!("xpn:hosts/{project}"))
}

/// The host project of a service project.
pub(crate) fn host_of(world: &World, project: &str) -> Option<String> {
    let found = world.store.objects.get(&format!("xpn:services/{project}"));
    found.and_then(Value::as_str).map(str::to_owned)
}

fn attached(world: &World, host: &str) -> Vec<(String, Value)> {
    let prefix = "xpn:services/";
    let mine = world.store.under(prefix).filter(|(_, known)| known.as_str() == Some(host));
    mine.map(|(key, _)| (key.to_owned(), json!({"id": &key[prefix.len()..], "type": "PROJECT"}))).collect()
}

fn resources(world: &World, call: &Call<'_>, project: &str) -> Result<Value, Refusal> {
    call.listing("resources", attached(world, project))
}

fn hosts(world: &World, call: &Call<'_>, project: &str) -> Result<Value, Refusal> {
    let above = world.ancestors(&format!("projects/{project}")).pop();
    let prefix = "xpn:hosts/";
    let all = world.store.under(prefix).filter_map(|(key, _)| {
        let host = &key[prefix.len()..];
        let same = world.ancestors(&format!("projects/{host}")).pop() == above;
        same.then(|| (key.to_owned(), shown(world, host)))
    });
    call.listing("items", all.collect())
}

fn host(world: &mut World, call: &Call<'_>, project: &str) -> Result<Value, Refusal> {
    let key = format!("xpn:hosts/{project}");
    if call.verb() == "enableXpnHost" {
        if world
            .ancestors(&format!("projects/{project}"))
            .last()
            .is_none_or(|top| !top.starts_with("organizations/"))
        {
            return Err(Refusal::invalid(format!(
                "The project '{project}' must be in an organization to be a shared VPC host project."
            )));
        }
        if host_of(world, project).is_some() {
            return Err(Refusal::invalid(format!(
                "The project '{project}' is a service project and cannot be a host project."
            )));
        }
        world.store.objects.insert(key, json!({}));
    } else {
        if !attached(world, project).is_empty() {
            return Err(Refusal::invalid(format!(
                "The project '{project}' has service projects attached and cannot be disabled as a host."
            )));
        }
        world.store.objects.remove(&key);
    }
    Ok(world.compute_operation(call.verb(), &format!("projects/{project}"), None, None))
}

fn attach(world: &mut World, call: &Call<'_>, project: &str) -> Result<Value, Refusal> {
    let body = call.request()?;
    let given = json::string(&body, "xpnResource.id");
    let service = world.canonical(&format!("projects/{given}")).trim_start_matches("projects/").to_owned();
    let key = format!("xpn:services/{service}");
    if call.verb() == "enableXpnResource" {
        if !is_host(world, project) {
            return Err(Refusal::invalid(format!(
                "The project '{project}' is not a shared VPC host project."
            )));
        }
        world.require_project("compute", &service)?;
        if is_host(world, &service) {
            return Err(Refusal::invalid(format!(
                "The project '{service}' is a host project and cannot be attached to another."
            )));
        }
        if host_of(world, &service).is_some_and(|host| host != project) {
            return Err(Refusal::invalid(format!(
                "The project '{service}' is attached to another host project."
            )));
        }
        world.store.objects.insert(key, json!(project));
    } else if host_of(world, &service).as_deref() == Some(project) {
        world.store.objects.remove(&key);
    } else {
        return Err(Refusal::invalid(format!("The project '{service}' is not attached to '{project}'.")));
    }
    Ok(world.compute_operation(call.verb(), &format!("projects/{project}"), None, None))
}
