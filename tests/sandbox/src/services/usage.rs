//! Which APIs a project has enabled. Nothing is refused for one that is not.

use crate::call::{Answer, Call};
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.collection() != "serviceusage.services" {
        return None;
    }
    Some(match call.verb() {
        "enable" => set(world, call, "ENABLED"),
        "disable" => set(world, call, "DISABLED"),
        "batchEnable" => batch(world, call),
        "batchGet" => batch_get(world, call),
        "generateServiceIdentity" => identity(world, call),
        "get" => project(world, call).map(|project| shown(world, &project, last(&call.resource)).into()),
        "list" => list(world, call),
        _ => return None,
    })
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn project(world: &World, call: &Call<'_>) -> Result<String, Refusal> {
    let project = call.project().unwrap_or("").to_owned();
    world.require_project("serviceusage", &project)?;
    Ok(project)
}

fn shown(world: &World, project: &str, service: &str) -> Value {
    let number = world.project_number(project).unwrap_or_default();
    let enabled = world.store.objects.contains_key(&format!("services:{project}/{service}"));
    json!({
        "name": format!("projects/{number}/services/{service}"), "parent": format!("projects/{number}"),
        "config": {"name": service}, "state": if enabled { "ENABLED" } else { "DISABLED" },
    })
}

/// Services that need another one.
const NEEDS: [(&str, &str); 3] = [
    ("container.googleapis.com", "compute.googleapis.com"),
    ("dataflow.googleapis.com", "compute.googleapis.com"),
    ("dataproc.googleapis.com", "compute.googleapis.com"),
];

/// What needs a service is disabled with it, if that was asked for, and else keeps it enabled.
fn disable_dependents(
    world: &mut World,
    call: &Call<'_>,
    project: &str,
    service: &str,
) -> Result<(), Refusal> {
    let asked = crate::json::flag(&call.request()?, "disableDependentServices");
    let key = |name: &str| format!("services:{project}/{name}");
    let dependents: Vec<&str> = (NEEDS.iter())
        .filter(|(name, needed)| *needed == service && world.store.objects.contains_key(&key(name)))
        .map(|(name, _)| *name)
        .collect();
    if !asked && !dependents.is_empty() {
        return Err(Refusal::precondition(format!(
            "The service {service} is depended on by the following active service(s): {}; Please specify disable_dependent_services=true if you want to proceed with disabling all services.",
            dependents.join(",")
        )));
    }
    for name in dependents {
        world.store.objects.remove(&key(name));
    }
    Ok(())
}

/// A service as operations show it.
fn brief(mut service: Value) -> Value {
    crate::json::take(&mut service, "config");
    service
}

fn set(world: &mut World, call: &Call<'_>, state: &str) -> Result<Answer, Refusal> {
    let project = project(world, call)?;
    let service = last(&call.resource).to_owned();
    let key = format!("services:{project}/{service}");
    let kind = if state == "ENABLED" {
        enable(world, &project, &service);
        "google.api.serviceusage.v1.EnableServiceResponse"
    } else {
        disable_dependents(world, call, &project, &service)?;
        world.store.objects.remove(&key);
        "google.api.serviceusage.v1.DisableServiceResponse"
    };
    let response = json!({"service": brief(shown(world, &project, &service))});
    let metadata = json!({"@type": "type.googleapis.com/google.protobuf.Empty", "value": {}});
    Ok(world.long_running_with(metadata, kind, response).into())
}

fn batch(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = project(world, call)?;
    let body = call.request()?;
    let mut services = Vec::new();
    for service in crate::json::texts(&body, "serviceIds[]") {
        enable(world, &project, service);
        services.push(brief(shown(world, &project, service)));
    }
    let kind = "google.api.serviceusage.v1.BatchEnableServicesResponse";
    let metadata = json!({"@type": "type.googleapis.com/google.api.serviceusage.v1.OperationMetadata"});
    Ok(world.long_running_with(metadata, kind, json!({ "services": services })).into())
}

/// Compute Engine brings an account that instances act with.
fn enable(world: &mut World, project: &str, service: &str) {
    world.store.objects.insert(format!("services:{project}/{service}"), json!({}));
    if matches!(service, "compute.googleapis.com" | "container.googleapis.com") {
        world.store.objects.insert(format!("services:{project}/compute.googleapis.com"), json!({}));
        let number = world.project_number(project).unwrap_or_default();
        let email = format!("{number}-compute@developer.gserviceaccount.com");
        super::iam::provide(world, project, &email, "Compute Engine default service account");
    }
}

/// The account that a service acts with for a project.
fn identity(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = project(world, call)?;
    let service = last(&call.resource).split(':').next().unwrap_or("").to_owned();
    let agent = match service.as_str() {
        "bigquery.googleapis.com" => "bigquery-encryption",
        "container.googleapis.com" => "container-engine-robot",
        "compute.googleapis.com" => "compute-system",
        "storage.googleapis.com" => "gs-project-accounts",
        "servicenetworking.googleapis.com" => "service-networking",
        "pubsub.googleapis.com" => "gcp-sa-pubsub",
        "logging.googleapis.com" => "gcp-sa-logging",
        _ => return Err(Refusal::not_modelled(&format!("The identity of {service}"))),
    };
    let number = world.project_number(&project).unwrap_or_default();
    let prefix = if agent == "bigquery-encryption" { "bq" } else { "service" };
    let email = format!("{prefix}-{number}@{agent}.iam.gserviceaccount.com");
    let response = json!({"email": email, "uniqueId": format!("1{number:0>20}")});
    Ok(world.done_at_once("google.api.serviceusage.v1beta1.ServiceIdentity", response).into())
}

fn batch_get(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = project(world, call)?;
    let services: Vec<Value> =
        call.query.all("names").map(|name| shown(world, &project, last(name))).collect();
    Ok(json!({ "services": services }).into())
}

fn list(world: &World, call: &Call<'_>) -> Result<Answer, Refusal> {
    let project = project(world, call)?;
    let prefix = format!("services:{project}/");
    let all = world
        .store
        .under(&prefix)
        .map(|(key, _)| (key.to_owned(), shown(world, &project, last(key))))
        .collect();
    Ok(call.listing("services", all)?.into())
}
