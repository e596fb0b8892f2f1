//! Kubernetes Engine: clusters and their node pools, with the managed instance groups behind them. No cluster answers
//! as Kubernetes does.

mod create;
mod network;
mod pool;
mod update;
mod version;

use super::places;
use crate::call::{Answer, Call};
use crate::json;
use crate::operation::Effect;
use crate::refusal::Refusal;
use crate::resource::has_field;
use crate::world::{World, etag};
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let call = &located(call);
    if twice(&call.body) {
        return Some(Err(Refusal::invalid(
            "Invalid JSON payload: oneof field 'update_batch_size' is already set.",
        )));
    }
    let collection = call.collection().replace(".zones.", ".locations.");
    let answer = match (collection.as_str(), verb(call)) {
        (
            "container.projects.locations" | "container.projects.zones",
            "getServerConfig" | "getServerconfig",
        ) => require_place(world, call).map(|()| version::server_config(call)),
        ("container.projects.aggregated.usableSubnetworks", "list") => network::usable(world, call),
        ("container.projects.locations.clusters", verb) => match verb {
            "create" => create::create(world, call),
            "get" => cluster(world, call).map(|(key, cluster)| shown(world, call, &key, cluster)),
            "list" => list(world, call),
            "delete" => delete(world, call),
            verb => update::answer(world, call, verb)?,
        },
        ("container.projects.locations.clusters.nodePools", verb) => pool::answer(world, call, verb)?,
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

/// Whether a batch of an upgrade has its size in two ways.
fn twice(body: &Value) -> bool {
    match body {
        Value::Object(fields) => {
            let sizes = ["batchNodeCount", "batchPercentage"];
            sizes.iter().all(|size| fields.get(*size).is_some_and(|value| !value.is_null()))
                || fields.values().any(twice)
        }
        Value::Array(all) => all.iter().any(twice),
        _ => false,
    }
}

/// Zones are locations, and what is done to a thing is no part of its name.
fn located<'a>(call: &Call<'a>) -> Call<'a> {
    let mut call = call.clone();
    let parts: Vec<&str> = call.resource.split('/').collect();
    let known = match parts.iter().rposition(|part| matches!(*part, "clusters" | "nodePools")) {
        Some(at) => parts.len().min(at + 2),
        None => parts.len(),
    };
    let mut parts = parts[..known].to_vec();
    if parts.get(2) == Some(&"zones") {
        parts[2] = "locations";
    }
    call.resource = parts.join("/");
    call
}

/// What is done, in the words of the newer methods.
fn verb<'a>(call: &'a Call<'_>) -> &'a str {
    match call.verb() {
        "addons" => "setAddons",
        "autoscaling" => "setAutoscaling",
        "legacyAbac" => "setLegacyAbac",
        "locations" => "setLocations",
        "logging" => "setLogging",
        "master" => "updateMaster",
        "monitoring" => "setMonitoring",
        "resourceLabels" => "setResourceLabels",
        verb => verb,
    }
}

/// The part of a path that says where: `projects/p/locations/l`.
fn place(resource: &str) -> String {
    resource.split('/').take(4).collect::<Vec<_>>().join("/")
}

/// The region or zone of a path.
fn location(resource: &str) -> &str {
    resource.split('/').nth(3).unwrap_or("")
}

fn require_place(world: &World, call: &Call<'_>) -> Result<(), Refusal> {
    world.require_project("container", call.project().unwrap_or(""))?;
    let location = location(&call.resource);
    if places::region(location).is_some() || places::is_zone(location) {
        return Ok(());
    }
    Err(Refusal::invalid(format!("Location \"{location}\" does not exist.")))
}

/// A path as messages and links have it: zones are called zones there.
fn spoken(resource: &str) -> String {
    if places::is_zone(location(resource)) {
        resource.replacen("/locations/", "/zones/", 1)
    } else {
        resource.to_owned()
    }
}

/// The cluster that a path means, or that what it means is in.
fn cluster(world: &World, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    let path: Vec<&str> = call.resource.split('/').take(6).collect();
    let path = path.join("/");
    let key = format!("container:{path}");
    let found = world.store.objects.get(&key).cloned();
    found
        .map(|cluster| (key, cluster))
        .ok_or_else(|| Refusal::new(404, format!("Not found: {}.", spoken(&path))))
}

/// The cluster with what is in its pools, and nothing that this version of the API does not know.
fn shown(world: &World, call: &Call<'_>, key: &str, mut cluster: Value) -> Value {
    let pools: Vec<Value> = world
        .store
        .members(&format!("{key}/nodePools"))
        .map(|(_, pool)| pool::shown(call, pool.clone()))
        .collect();
    let mut groups = Vec::new();
    let mut nodes = 0;
    let mut oldest = json::string(&cluster, "currentMasterVersion");
    for pool in &pools {
        groups.extend(json::list(pool, "instanceGroupUrls").iter().cloned());
        let version = json::string(pool, "version");
        if version::newer(&oldest, &version) {
            oldest = version;
        }
    }
    for (_, group) in world.store.under("compute:").filter(|(key, _)| key.contains("/instanceGroupManagers/"))
    {
        if groups.contains(&group["selfLink"]) {
            nodes += group["targetSize"].as_i64().unwrap_or(0);
        }
    }
    cluster["currentNodeVersion"] = json!(oldest);
    if nodes > 0 {
        cluster["currentNodeCount"] = json!(nodes);
    }
    if let Some(first) = pools.first() {
        cluster["nodeConfig"] = first["config"].clone();
        cluster["initialNodeCount"] = first["initialNodeCount"].clone();
        cluster["instanceGroupUrls"] = json!(groups);
        cluster["nodePools"] = json!(pools);
    }
    for (name, value) in
        [("legacyAbac", "enabled"), ("binaryAuthorization", "enabled"), ("autopilot", "enabled")]
    {
        if !json::flag(&cluster, &format!("{name}.{value}")) {
            json::take(&mut cluster, &format!("{name}.{value}"));
        }
    }
    let link = format!(
        "https://container.googleapis.com/{}/{}",
        call.version(),
        spoken(key.trim_start_matches("container:"))
    );
    cluster["selfLink"] = json!(link);
    cluster["etag"] = json!(etag(&cluster));
    if let Value::Object(fields) = &mut cluster {
        fields.retain(|name, _| has_field(call, "Cluster", name));
    }
    cluster
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project("container", project)?;
    let here = location(&call.resource);
    if here != "-" {
        require_place(world, call)?;
    }
    let inside = format!("container:projects/{project}/locations/");
    let mut clusters = Vec::new();
    for (key, cluster) in world.store.under(&inside) {
        let path = key.trim_start_matches("container:");
        if path.split('/').count() == 6 && (here == "-" || location(path) == here) {
            clusters.push(shown(world, call, key, cluster.clone()));
        }
    }
    Ok(if clusters.is_empty() { json!({}) } else { json!({ "clusters": clusters }) })
}

/// One operation at a time in a cluster.
fn require_idle(world: &World, key: &str) -> Result<(), Refusal> {
    let path = key.trim_start_matches("container:");
    let prefix = format!("container:{}/operations/", place(path));
    let name = path.split('/').nth(5).unwrap_or("");
    let busy = world.store.operations.iter().find(|(known, operation)| {
        let target = json::string(&operation.body, "targetLink");
        let inside = target.split_once("/clusters/").map_or("", |(_, rest)| rest);
        known.starts_with(&prefix) && !operation.done && inside.split('/').next() == Some(name)
    });
    match busy {
        Some((_, operation)) => Err(Refusal::precondition(format!(
            "Cluster is running incompatible operation {}.",
            json::string(&operation.body, "name")
        ))),
        None => Ok(()),
    }
}

/// What a change says that neither the table of what is written somewhere nor the others know.
fn unknown(change: &Value, fields: &[(&str, &str)], others: &[&str]) -> Option<String> {
    let known = |name: &str| fields.iter().any(|(from, _)| *from == name) || others.contains(&name);
    let inside = |name: &str| fields.iter().any(|(from, _)| from.split('.').next() == Some(name));
    change.as_object()?.iter().filter(|(name, _)| !known(name)).find_map(|(name, value)| {
        if !inside(name) {
            return Some(name.clone());
        }
        let parts = value.as_object().into_iter().flatten().map(|(part, _)| format!("{name}.{part}"));
        parts.into_iter().find(|part| !known(part))
    })
}

/// Stores a change and starts the operation during which the thing is in another status.
fn begin(
    world: &mut World,
    call: &Call<'_>,
    kind: &str,
    status: &str,
    key: &str,
    mut object: Value,
) -> Value {
    object["status"] = json!(status);
    world.store.objects.insert(key.to_owned(), object);
    let done = vec![Effect::Set { key: key.to_owned(), path: "status".to_owned(), value: json!("RUNNING") }];
    world.container_operation(kind, call.version(), key.trim_start_matches("container:"), done)
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, mut cluster) = cluster(world, call)?;
    require_idle(world, &key)?;
    if json::flag(&cluster, "deletionProtection") {
        return Err(Refusal::precondition("The cluster is protected from deletion."));
    }
    let mut effects: Vec<Effect> = Vec::new();
    for (_, pool) in world.store.members(&format!("{key}/nodePools")) {
        effects.extend(pool::groups_of(pool).into_iter().map(|key| Effect::Remove { key }));
        effects.extend(network::pool_range(&cluster, pool));
    }
    effects.extend(network::own_ranges(&cluster));
    effects.push(Effect::Remove { key: key.clone() });
    cluster["status"] = json!("STOPPING");
    world.store.objects.insert(key.clone(), cluster);
    Ok(world.container_operation(
        "DELETE_CLUSTER",
        call.version(),
        key.trim_start_matches("container:"),
        effects,
    ))
}
