//! What can be done to an instance after it was created.

use super::instance::{access, attached, machine, mark};
use crate::call::Call;
use crate::json;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::services::places::region_of;
use crate::world::{World, fingerprint};
use serde_json::{Value, json};

/// The methods that are modelled.
pub(super) const VERBS: [&str; 17] = [
    "addAccessConfig",
    "attachDisk",
    "deleteAccessConfig",
    "detachDisk",
    "reset",
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
    "updateAccessConfig",
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
        "setMachineType" | "setMinCpuPlatform" | "setServiceAccount" | "updateShieldedInstanceConfig"
            if !stopped =>
        {
            return Err(Refusal::invalid("The instance must be in terminated (stopped) state.")
                .because("resourceNotReady"));
        }
        "setMachineType" => {
            let zone: Vec<&str> = path.split('/').take(4).collect();
            let name = json::string(body, "machineType").rsplit('/').next().unwrap_or("").to_owned();
            let link = crate::operation::compute_link(&format!("{}/machineTypes/{name}", zone.join("/")));
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
        "setScheduling" => json::merge(&mut object["scheduling"], body),
        "setDeletionProtection" => {
            object["deletionProtection"] = json!(call.query.get("deletionProtection") != Some("false"));
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
            let link = crate::operation::compute_link(&own);
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
    let mut configs = json::list(&nic, "accessConfigs").to_vec();
    match call.verb() {
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
