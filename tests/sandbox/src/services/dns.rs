//! Records of DNS zones, one by one and in changes that happen as a whole. Nobody resolves them.

use crate::call::{Answer, Call};
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use serde_json::{Value, json};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let answer = match (call.collection(), call.verb()) {
        ("dns.resourceRecordSets", "list") => list(world, call),
        ("dns.resourceRecordSets", "get") => {
            zone(world, call).and_then(|zone| found(world, &zone, call).map(|(_, set)| set))
        }
        ("dns.resourceRecordSets", "create") => create(world, call),
        ("dns.resourceRecordSets", "patch") => patch(world, call),
        ("dns.resourceRecordSets", "delete") => delete(world, call),
        ("dns.managedZones", "patch" | "update") => change_zone(world, call),
        ("dns.policies", "patch" | "update") => {
            generic(world, call).map(|policy| json!({ "policy": policy }))
        }
        ("dns.managedZoneOperations", "get") => {
            let id = call.resource.rsplit('/').next().unwrap_or("");
            zone(world, call).and_then(|zone| {
                let found = world.store.objects.get(&format!("dns-operations:{zone}/{id}")).cloned();
                found.ok_or_else(|| {
                    Refusal::new(
                        404,
                        format!("The 'parameters.operation' resource named '{id}' does not exist."),
                    )
                })
            })
        }
        ("dns.changes", "create") => change(world, call),
        ("dns.changes", "get" | "list") => changes(world, call),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

/// What all resources do in the same way.
fn generic(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    match crate::resource::answer(world, call) {
        Some(Ok(Answer::Json(object))) => Ok(object),
        Some(Err(refusal)) => Err(refusal),
        _ => Err(Refusal::not_modelled(call.method)),
    }
}

/// A zone is changed in an operation, which is done at once.
fn change_zone(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let old = world.store.objects[&zone].clone();
    let new = generic(world, call)?;
    let id = world.id();
    let operation = json!({
        "kind": "dns#operation", "id": id, "startTime": world.now(), "status": "done", "type": "update",
        "user": world.user(), "zoneContext": {"oldValue": old, "newValue": new},
    });
    world.store.objects.insert(format!("dns-operations:{zone}/{id}"), operation.clone());
    Ok(operation)
}

/// The name under which the zone of a request is stored; it has to be there.
fn zone(world: &World, call: &Call<'_>) -> Result<String, Refusal> {
    let path: Vec<&str> = call.resource.split('/').take(4).collect();
    let key = format!("dns:{}", path.join("/"));
    if world.store.objects.contains_key(&key) {
        return Ok(key);
    }
    let name = path.last().copied().unwrap_or("");
    Err(Refusal::new(404, format!("The 'parameters.managedZone' resource named '{name}' does not exist.")))
}

fn key(zone: &str, name: &str, kind: &str) -> String {
    format!("{zone}/rrsets/{name}/{kind}")
}

/// A new zone says where it is served, and who is responsible.
pub(crate) fn created(world: &mut World, path: &str) {
    let zone = format!("dns:{path}");
    let Some(object) = world.store.objects.get(&zone).cloned() else { return };
    let name = json::string(&object, "dnsName");
    let servers = json::texts(&object, "nameServers[]").into_iter().map(str::to_owned).collect::<Vec<_>>();
    let first = servers.first().cloned().unwrap_or_default();
    let soa = format!("{first} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300");
    for (kind, data) in [("NS", servers), ("SOA", vec![soa])] {
        let set = json!({"kind": "dns#resourceRecordSet", "name": name, "type": kind, "ttl": 21600, "rrdatas": data});
        world.store.objects.insert(key(&zone, &name, kind), set);
    }
}

/// A zone with records of one's own stays.
pub(crate) fn deleting(world: &World, path: &str, old: &Value) -> Result<(), Refusal> {
    let apex = json::string(old, "dnsName");
    let prefix = format!("dns:{path}/rrsets/");
    let own = |set: &Value| {
        !(json::string(set, "name") == apex && matches!(json::text(set, "type"), Some("NS" | "SOA")))
    };
    if world.store.under(&prefix).any(|(_, set)| own(set)) {
        let name = path.rsplit('/').next().unwrap_or("");
        return Err(Refusal::invalid(format!(
            "The resource named '{name}' cannot be deleted because it contains one or more 'resource records'."
        ))
        .because("containerNotEmpty"));
    }
    Ok(())
}

fn found(world: &World, zone: &str, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    let (name, kind) = (call.parameter("name"), call.parameter("type"));
    let key = key(zone, name, kind);
    let set = world.store.objects.get(&key).cloned();
    set.map(|set| (key, set)).ok_or_else(|| {
        Refusal::new(404, format!("The 'parameters.name' resource named '{name} ({kind})' does not exist."))
    })
}

/// A set as it is stored, if it is one that can be in the zone.
fn checked(world: &World, zone: &str, mut set: Value) -> Result<Value, Refusal> {
    let apex = world.store.objects.get(zone).map(|zone| json::string(zone, "dnsName")).unwrap_or_default();
    let (name, kind) = (json::string(&set, "name"), json::string(&set, "type"));
    let inside = name == apex || name.ends_with(&format!(".{apex}"));
    if !inside || kind.is_empty() {
        return Err(Refusal::invalid(format!(
            "Invalid value for 'entity.rrset.name': '{name}'. It has to be in '{apex}', and to have a type."
        )));
    }
    let data = json::texts(&set, "rrdatas[]");
    if data.is_empty() && set.get("routingPolicy").is_none() {
        return Err(Refusal::invalid("A record set needs records or a routing policy."));
    }
    let fits = |text: &&str| match kind.as_str() {
        "A" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "AAAA" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "CNAME" | "NS" | "PTR" => text.ends_with('.'),
        _ => true,
    };
    if let Some(wrong) = data.iter().find(|text| !fits(text)) {
        return Err(Refusal::invalid(format!("Invalid value for 'entity.rrset.rrdata': '{wrong}'")));
    }
    if kind == "CNAME" && data.len() != 1 {
        return Err(Refusal::invalid("A record set of the type CNAME has one record."));
    }
    json::fill(&mut set, &json!({"kind": "dns#resourceRecordSet", "ttl": 0}));
    Ok(set)
}

fn taken(set: &Value) -> Refusal {
    let (name, kind) = (json::string(set, "name"), json::string(set, "type"));
    Refusal::new(409, format!("The resource 'entity.rrset' named '{name} ({kind})' already exists"))
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let (name, kind) = (call.query.get("name"), call.query.get("type"));
    let prefix = format!("{zone}/rrsets/");
    let all = world.store.under(&prefix).filter(|(_, set)| {
        name.is_none_or(|name| json::text(set, "name") == Some(name))
            && kind.is_none_or(|kind| json::text(set, "type") == Some(kind))
    });
    let (page, next) = call.cut(all.map(|(key, set)| (key.to_owned(), set.clone())).collect())?;
    Ok(call.written("rrsets", page, next))
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let set = checked(world, &zone, call.request()?)?;
    let key = key(&zone, &json::string(&set, "name"), &json::string(&set, "type"));
    if world.store.objects.contains_key(&key) {
        return Err(taken(&set));
    }
    world.store.objects.insert(key, set.clone());
    Ok(set)
}

fn patch(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let (old, mut set) = found(world, &zone, call)?;
    json::merge(&mut set, &call.request()?);
    let set = checked(world, &zone, set)?;
    world.store.objects.remove(&old);
    world
        .store
        .objects
        .insert(key(&zone, &json::string(&set, "name"), &json::string(&set, "type")), set.clone());
    Ok(set)
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let (key, set) = found(world, &zone, call)?;
    let apex = world.store.objects.get(&zone).map(|zone| json::string(zone, "dnsName")).unwrap_or_default();
    if json::string(&set, "name") == apex && matches!(json::text(&set, "type"), Some("NS" | "SOA")) {
        return Err(Refusal::invalid("The record sets NS and SOA at the top of a zone cannot be deleted."));
    }
    world.store.objects.remove(&key);
    Ok(json!({}))
}

/// Takes sets away and adds others, all or nothing.
fn change(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let mut body = call.request()?;
    let before = world.store.objects.clone();
    if let Err(refusal) = apply(world, &zone, &body) {
        world.store.objects = before;
        return Err(refusal);
    }
    let number = world.store.number().to_string();
    let more = json!({"kind": "dns#change", "id": number, "startTime": world.now(), "status": "done"});
    json::merge(&mut body, &more);
    world.store.objects.insert(format!("dns-changes:{zone}/{number:0>12}"), body.clone());
    body["status"] = json!("pending");
    Ok(body)
}

fn apply(world: &mut World, zone: &str, body: &Value) -> Result<(), Refusal> {
    for (index, set) in json::list(body, "deletions").iter().enumerate() {
        let key = key(zone, &json::string(set, "name"), &json::string(set, "type"));
        let known = world.store.objects.get(&key);
        let same =
            known.is_some_and(|known| known["rrdatas"] == set["rrdatas"] && known["ttl"] == set["ttl"]);
        if !same {
            return Err(Refusal::new(
                412,
                format!("Precondition not met for 'entity.change.deletions[{index}]'"),
            ));
        }
        world.store.objects.remove(&key);
    }
    for set in json::list(body, "additions") {
        let set = checked(world, zone, set.clone())?;
        let key = key(zone, &json::string(&set, "name"), &json::string(&set, "type"));
        if world.store.objects.contains_key(&key) {
            return Err(taken(&set));
        }
        world.store.objects.insert(key, set);
    }
    Ok(())
}

fn changes(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let zone = zone(world, call)?;
    let prefix = format!("dns-changes:{zone}/");
    if call.verb() == "get" {
        let id = call.parameter("changeId");
        let found = world.store.objects.get(&format!("{prefix}{id:0>12}")).cloned();
        return found.ok_or_else(|| {
            Refusal::new(404, format!("The 'parameters.changeId' resource named '{id}' does not exist."))
        });
    }
    let all = world.store.under(&prefix).map(|(key, change)| (key.to_owned(), change.clone())).collect();
    let (page, next) = call.cut(all)?;
    Ok(call.written("changes", page, next))
}
