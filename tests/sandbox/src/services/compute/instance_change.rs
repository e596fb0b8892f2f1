//! What can be done to an instance after it was created.

use super::instance::{access, attached, connect, machine, mark};
use super::interface::{aliases, six};
use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::services::places::region_of;
use crate::world::{World, fingerprint};
use serde_json::{Value, json};

/// The methods that are modelled.
pub(super) const VERBS: [&str; 24] = [
    "addAccessConfig",
    "addResourcePolicies",
    "attachDisk",
    "deleteAccessConfig",
    "detachDisk",
    "removeResourcePolicies",
    "reset",
    "resume",
    "setDeletionProtection",
    "setDiskAutoDelete",
    "setMachineType",
    "setMetadata",
    "setMinCpuPlatform",
    "setScheduling",
    "setServiceAccount",
    "setTags",
    "start",
    "stop",
    "suspend",
    "update",
    "updateAccessConfig",
    "updateDisplayDevice",
    "updateNetworkInterface",
    "updateShieldedInstanceConfig",
];

pub(super) fn act(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let stopped = json::text(object, "status") == Some("TERMINATED");
    match call.verb() {
        "setMetadata" | "setTags" => {
            let field = if call.verb() == "setTags" { "tags" } else { "metadata" };
            if json::text(body, "fingerprint") != json::text(object, &format!("{field}.fingerprint")) {
                return Err(Refusal::new(
                    412,
                    "Supplied fingerprint does not match current metadata fingerprint.",
                ));
            }
            object[field] = body.clone();
            mark(object);
        }
        "setMachineType"
        | "setMinCpuPlatform"
        | "setServiceAccount"
        | "update"
        | "updateDisplayDevice"
        | "updateShieldedInstanceConfig"
            if !stopped =>
        {
            return Err(Refusal::invalid("The instance must be in terminated (stopped) state.")
                .because("resourceNotReady"));
        }
        "update" => {
            // Of a whole instance, only what has no method of its own.
            let field = "advancedMachineFeatures";
            let mut rest = body.clone();
            json::take(&mut rest, field);
            let whole = ["disks", "machineType", "networkInterfaces", "scheduling"];
            if !whole.iter().all(|field| rest.get(field).is_some()) || !within(&rest, object) {
                return Err(Refusal::not_modelled(
                    "An update of an instance other than of advancedMachineFeatures",
                ));
            }
            json::take(object, field);
            if let Some(features) = body.get(field) {
                object[field] = features.clone();
            }
        }
        "setMachineType" => {
            let zone: Vec<&str> = path.split('/').take(4).collect();
            let name = json::string(body, "machineType").rsplit('/').next().unwrap_or("").to_owned();
            let link = compute_link(&format!("{}/machineTypes/{name}", zone.join("/")));
            object["machineType"] = json!(link);
            machine(path, object)?;
        }
        "setMinCpuPlatform" => match json::text(body, "minCpuPlatform") {
            Some(platform) => object["minCpuPlatform"] = json!(platform),
            None => drop(json::take(object, "minCpuPlatform")),
        },
        "setServiceAccount" => match json::text(body, "email") {
            Some(email) => object["serviceAccounts"] = json!([{"email": email, "scopes": body["scopes"]}]),
            None => drop(json::take(object, "serviceAccounts")),
        },
        "updateShieldedInstanceConfig" => json::merge(&mut object["shieldedInstanceConfig"], body),
        "updateDisplayDevice" => json::merge(&mut object["displayDevice"], body),
        "setScheduling" => {
            let fields = ["nodeAffinities", "minNodeCpus"];
            let hosts = |of: &Value| fields.map(|field| of.get(field).cloned().unwrap_or_default());
            if !stopped && hosts(body) != hosts(&object["scheduling"]) {
                return Err(Refusal::invalid("The instance must be in terminated (stopped) state.")
                    .because("resourceNotReady"));
            }
            object["scheduling"] = body.clone();
            let more = json!({"automaticRestart": true, "onHostMaintenance": "MIGRATE", "preemptible": false,
                "provisioningModel": "STANDARD"});
            json::fill(&mut object["scheduling"], &more);
        }
        "addResourcePolicies" | "removeResourcePolicies" => policies(call, body, object)?,
        "setDeletionProtection" => {
            object["deletionProtection"] = json!(call.query.get("deletionProtection") != Some("false"));
        }
        "suspend" | "resume" => {
            let (from, to) = match call.verb() {
                "suspend" => ("RUNNING", "SUSPENDED"),
                _ => ("SUSPENDED", "RUNNING"),
            };
            if json::text(object, "status") != Some(from) {
                return Err(
                    Refusal::invalid(format!("The instance is not {from}.")).because("resourceNotReady")
                );
            }
            object["status"] = json!(to);
        }
        "start" | "stop" if json::text(object, "status") == Some("SUSPENDED") => {
            return Err(Refusal::invalid("The instance is suspended.").because("resourceNotReady"));
        }
        "start" => {
            object["status"] = json!("RUNNING");
            object["lastStartTimestamp"] = json!(world.compute_now());
        }
        "stop" => {
            object["status"] = json!("TERMINATED");
            object["lastStopTimestamp"] = json!(world.compute_now());
        }
        "reset" if stopped => {
            return Err(Refusal::invalid("The instance is not running.").because("resourceNotReady"));
        }
        "reset" => {}
        "attachDisk" | "detachDisk" | "setDiskAutoDelete" => disks(world, call, path, body, object)?,
        _ => ways_in(world, call, path, body, object)?,
    }
    Ok(())
}

fn disks(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let mut disks = json::list(object, "disks").to_vec();
    let name = call.query.get("deviceName").unwrap_or("");
    let at = disks.iter().position(|disk| json::text(disk, "deviceName") == Some(name));
    let missing = || {
        Refusal::invalid(format!("Invalid value for field 'deviceName': '{name}'. There is no such disk."))
    };
    match call.verb() {
        "attachDisk" => {
            let mut disk = body.clone();
            let source = json::string(&disk, "source");
            let own = resource_of(&source);
            let own = if own.starts_with("projects/") {
                world.canonical(own)
            } else {
                format!("projects/{}/{own}", call.project().unwrap_or(""))
            };
            if !world.store.objects.contains_key(&format!("compute:{own}")) {
                return Err(Refusal::missing(&own));
            }
            let link = compute_link(&own);
            let reading = json::text(&disk, "mode") == Some("READ_ONLY");
            let users = world.store.under("compute:").filter(|(key, _)| key.contains("/instances/"));
            let used =
                users.flat_map(|(_, other)| json::texts(other, "disks[].source")).any(|known| known == link);
            if used && !reading {
                return Err(Refusal::in_use("disk", &own, "another instance"));
            }
            disk["source"] = json!(link);
            let (disk, _) = attached(world, path, disks.len(), &disk)?;
            disks.push(disk);
        }
        "detachDisk" => drop(disks.remove(at.ok_or_else(missing)?)),
        _ => {
            let at = at.ok_or_else(missing)?;
            disks[at]["autoDelete"] = json!(call.query.get("autoDelete") == Some("true"));
        }
    }
    object["disks"] = Value::Array(disks);
    Ok(())
}

fn ways_in(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let parts: Vec<&str> = path.split('/').collect();
    let (project, region) = (parts[1].to_owned(), region_of(parts.get(3).copied().unwrap_or("")).to_owned());
    let name = call.query.get("networkInterface").unwrap_or("").to_owned();
    let at =
        json::list(object, "networkInterfaces").iter().position(|nic| json::text(nic, "name") == Some(&name));
    let at = at.ok_or_else(|| {
        Refusal::invalid(format!(
            "Invalid value for field 'networkInterface': '{name}'. There is no such interface."
        ))
    })?;
    let mut nic = object["networkInterfaces"][at].clone();
    let other = |field: &str| body.get(field).is_some_and(|value| nic.get(field) != Some(value));
    if call.verb() == "updateNetworkInterface" && (other("network") || other("subnetwork")) {
        return moved(world, path, body, object, at);
    }
    if call.verb() == "updateNetworkInterface" {
        object["networkInterfaces"][at] = updated(world, path, body, nic)?;
        return Ok(());
    }
    let mut configs = json::list(&nic, "accessConfigs").to_vec();
    match call.verb() {
        "addAccessConfig" if json::text(body, "type") == Some("DIRECT_IPV6") => {
            return Err(Refusal::not_modelled("An IPv6 address for an instance that exists"));
        }
        "addAccessConfig" if !configs.is_empty() => {
            return Err(Refusal::invalid("At most one access config currently supported."));
        }
        "addAccessConfig" => {
            let mut config = body.clone();
            access(world, &region, &project, &mut config)?;
            configs.push(config);
        }
        verb => {
            let wanted = call
                .query
                .get("accessConfig")
                .map(str::to_owned)
                .or(json::text(body, "name").map(str::to_owned));
            let at = configs
                .iter()
                .position(|config| wanted.is_none() || json::text(config, "name") == wanted.as_deref());
            let at = at.ok_or_else(|| {
                Refusal::invalid("Invalid value for field 'accessConfig'. There is none of that name.")
            })?;
            if verb == "updateAccessConfig" {
                json::merge(&mut configs[at], body);
            } else {
                configs.remove(at);
            }
        }
    }
    json::take(&mut nic, "accessConfigs");
    if !configs.is_empty() {
        nic["accessConfigs"] = Value::Array(configs);
    }
    json::take(&mut nic, "fingerprint");
    nic["fingerprint"] = json!(fingerprint(&nic));
    object["networkInterfaces"][at] = nic;
    Ok(())
}

/// Whether everything that one value says the other one says too.
fn within(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), _) => {
            one.iter().all(|(name, value)| other.get(name).is_some_and(|other| within(value, other)))
        }
        (Value::Array(one), Value::Array(all)) => {
            one.len() == all.len() && one.iter().zip(all).all(|(one, other)| within(one, other))
        }
        _ => one == other,
    }
}

/// An interface in another subnet, where its addresses are others.
fn moved(world: &mut World, path: &str, body: &Value, object: &mut Value, at: usize) -> Result<(), Refusal> {
    if json::text(object, "status") != Some("TERMINATED") {
        return Err(Refusal::invalid("The instance must be in terminated (stopped) state.")
            .because("resourceNotReady"));
    }
    let nic = &mut object["networkInterfaces"][at];
    if json::text(body, "fingerprint") != json::text(nic, "fingerprint") {
        return Err(Refusal::new(412, "Supplied fingerprint does not match current fingerprint."));
    }
    let known = ["fingerprint", "network", "subnetwork", "networkIP", "aliasIpRanges", "stackType"];
    if let Some(field) = body
        .as_object()
        .into_iter()
        .flatten()
        .map(|(field, _)| field)
        .find(|field| !known.contains(&field.as_str()))
    {
        return Err(Refusal::not_modelled(&format!("An interface in another subnetwork with {field}")));
    }
    let places = [
        "network",
        "subnetwork",
        "networkIP",
        "aliasIpRanges",
        "ipv6AccessType",
        "ipv6Address",
        "internalIpv6PrefixLength",
        "fingerprint",
    ];
    for field in places {
        json::take(nic, field);
    }
    json::merge(nic, body);
    for field in ["network", "subnetwork"] {
        if let Some(link) = json::text(nic, field) {
            nic[field] = json!(compute_link(&world.canonical(resource_of(link))));
        }
    }
    json::take(nic, "fingerprint");
    connect(world, path, object, at)
}

/// An interface with other alias ranges, or another stack.
fn updated(world: &World, path: &str, body: &Value, mut nic: Value) -> Result<Value, Refusal> {
    if json::text(body, "fingerprint") != json::text(&nic, "fingerprint") {
        return Err(Refusal::new(412, "Supplied fingerprint does not match current fingerprint."));
    }
    for (field, value) in body.as_object().into_iter().flatten() {
        match field.as_str() {
            "fingerprint" | "name" | "kind" => {}
            "aliasIpRanges" | "stackType" => nic[field] = value.clone(),
            other if nic.get(other) == Some(value) => {}
            other => return Err(Refusal::not_modelled(&format!("An interface with another {other}"))),
        }
    }
    let subnet = json::string(&nic, "subnetwork");
    let subnet = world.store.objects.get(&format!("compute:{}", resource_of(&subnet)));
    let subnet = subnet.cloned().unwrap_or_default();
    aliases(world, path, &subnet, &mut nic)?;
    six(path, &subnet, &mut nic)?;
    if json::list(&nic, "aliasIpRanges").is_empty() {
        json::take(&mut nic, "aliasIpRanges");
    }
    json::take(&mut nic, "fingerprint");
    nic["fingerprint"] = json!(fingerprint(&nic));
    Ok(nic)
}

fn policies(call: &Call<'_>, body: &Value, object: &mut Value) -> Result<(), Refusal> {
    let mut all = json::list(object, "resourcePolicies").to_vec();
    for policy in json::list(body, "resourcePolicies") {
        let link = compute_link(resource_of(policy.as_str().unwrap_or("")));
        let link = json!(link);
        match (call.verb(), all.iter().position(|known| *known == link)) {
            ("addResourcePolicies", None) => all.push(link),
            ("removeResourcePolicies", Some(at)) => drop(all.remove(at)),
            _ => {
                return Err(Refusal::invalid(format!("Invalid value for field 'resourcePolicies': {link}.")));
            }
        }
    }
    match all.is_empty() {
        true => drop(json::take(object, "resourcePolicies")),
        false => object["resourcePolicies"] = Value::Array(all),
    }
    Ok(())
}
