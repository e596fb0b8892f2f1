//! Connections of networks with those of services: private service access, with the ranges that it was given.

use crate::call::{Answer, Call};
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

const KIND: &str = "google.cloud.servicenetworking.v1.Connection";

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    if call.collection() != "servicenetworking.services.connections" {
        return None;
    }
    let answer = match call.verb() {
        "create" => create(world, call),
        "patch" => patch(world, call),
        "deleteConnection" => delete(world, call),
        "list" => list(world, call),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

fn service<'a>(call: &'a Call<'_>) -> &'a str {
    call.resource.split('/').nth(1).unwrap_or("")
}

/// What the connection of a service is called among the peerings of a network.
fn peering(service: &str) -> String {
    service.replace('.', "-")
}

/// The network that is meant; it has to be there.
fn network(world: &World, text: &str) -> Result<String, Refusal> {
    let path = world.canonical(crate::resource::resource_of(text));
    if world.store.objects.contains_key(&format!("compute:{path}")) && path.contains("/global/networks/") {
        return Ok(path);
    }
    Err(Refusal::invalid(format!("The network '{text}' does not exist.")))
}

fn key(service: &str, network: &str) -> String {
    format!("servicenetworking:{service}:{network}")
}

/// The ranges have to be reserved in the network, and for this.
fn check(world: &World, network: &str, connection: &Value) -> Result<(), Refusal> {
    let names = json::texts(connection, "reservedPeeringRanges[]");
    if names.is_empty() {
        return Err(Refusal::invalid("A connection needs a reserved range."));
    }
    let project = network.split('/').nth(1).unwrap_or("");
    for name in names {
        let range = world.store.objects.get(&format!("compute:projects/{project}/global/addresses/{name}"));
        let fits = range.is_some_and(|range| {
            json::text(range, "purpose") == Some("VPC_PEERING")
                && json::text(range, "network") == Some(&compute_link(network))
        });
        if !fits {
            return Err(Refusal::invalid(format!(
                "The range '{name}' is not reserved for peering in the network '{network}'."
            )));
        }
    }
    Ok(())
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.request()?;
    let network = network(world, &json::string(&body, "network"))?;
    let service = service(call).to_owned();
    let stored = key(&service, &network);
    if world.store.objects.contains_key(&stored) {
        return Err(Refusal::precondition(
            "Cannot modify allocated ranges in CreateConnection. Please use UpdateConnection.",
        ));
    }
    check(world, &network, &body)?;
    let name = peering(&service);
    let now = world.compute_now();
    let producer = compute_link("projects/producer-tp/global/networks/servicenetworking");
    if let Some(object) = world.store.objects.get_mut(&format!("compute:{network}")) {
        let mut peerings = json::list(object, "peerings").to_vec();
        peerings.push(json!({
            "name": name, "network": producer, "state": "ACTIVE", "stateDetails": format!("[{now}]: Connected."),
            "autoCreateRoutes": true, "exchangeSubnetRoutes": true, "exportCustomRoutes": false, "importCustomRoutes": false,
            "exportSubnetRoutesWithPublicIp": false, "importSubnetRoutesWithPublicIp": false, "stackType": "IPV4_ONLY",
        }));
        object["peerings"] = Value::Array(peerings);
    }
    let number = world.project_number(network.split('/').nth(1).unwrap_or("")).unwrap_or_default();
    let last = network.rsplit('/').next().unwrap_or("");
    let connection = json!({
        "network": format!("projects/{number}/global/networks/{last}"), "peering": name,
        "reservedPeeringRanges": body["reservedPeeringRanges"], "service": format!("services/{service}"),
    });
    world.store.objects.insert(stored, connection.clone());
    Ok(world.long_running(None, KIND, connection))
}

fn patch(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.request()?;
    let network = network(world, &json::string(&body, "network"))?;
    let stored = key(service(call), &network);
    let mut connection = world
        .store
        .objects
        .get(&stored)
        .cloned()
        .ok_or_else(|| Refusal::new(404, "The connection was not found."))?;
    check(world, &network, &body)?;
    connection["reservedPeeringRanges"] = body["reservedPeeringRanges"].clone();
    world.store.objects.insert(stored, connection.clone());
    Ok(world.long_running(None, KIND, connection))
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let body = call.request()?;
    let network = network(world, &json::string(&body, "consumerNetwork"))?;
    let stored = key(service(call), &network);
    if world.store.objects.remove(&stored).is_none() {
        return Err(Refusal::new(404, "The connection was not found."));
    }
    let name = peering(service(call));
    if let Some(object) = world.store.objects.get_mut(&format!("compute:{network}")) {
        let mut peerings = json::list(object, "peerings").to_vec();
        peerings.retain(|known| json::text(known, "name") != Some(&name));
        json::take(object, "peerings");
        if !peerings.is_empty() {
            object["peerings"] = Value::Array(peerings);
        }
    }
    Ok(world.long_running(None, "google.protobuf.Empty", json!({})))
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let network = network(world, call.query.get("network").unwrap_or(""))?;
    let prefix = "servicenetworking:";
    let wanted = service(call);
    let found = world.store.under(prefix).filter(|(key, _)| {
        let (service, known) = key[prefix.len()..].split_once(':').unwrap_or(("", ""));
        known == network && (wanted == "-" || wanted == service)
    });
    let found: Vec<Value> = found.map(|(_, connection)| connection.clone()).collect();
    Ok(if found.is_empty() { json!({}) } else { json!({ "connections": found }) })
}
