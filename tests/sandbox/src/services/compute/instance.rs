//! Instances: their disks, addresses and accounts, and what can be changed of them. Nothing runs.

use super::address::taken;
use super::attachment;
use super::catalog;
use super::disk::seal;
use super::interface::{aliases, six};
use super::network::subnets;
use super::project::host_of;
use super::subnetwork::ranges;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::services::places::region_of;
use crate::validate::matches;
use crate::world::{World, fingerprint, public_address};
use serde_json::{Value, json};
use std::net::Ipv4Addr;

pub(crate) fn creating(world: &mut World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    if json::text(object, "sourceMachineImage").is_some() {
        return Err(Refusal::not_modelled("An instance with sourceMachineImage"));
    }
    machine(path, object)?;
    if !json::list(object, "guestAccelerators").is_empty()
        && json::text(object, "scheduling.onHostMaintenance") != Some("TERMINATE")
    {
        return Err(Refusal::invalid("Instances with guest accelerators do not support live migration."));
    }
    if json::text(object, "networkPerformanceConfig.totalEgressBandwidthTier") == Some("TIER_1")
        && json::list(object, "networkInterfaces")
            .iter()
            .any(|nic| json::text(nic, "nicType") != Some("GVNIC"))
    {
        return Err(Refusal::invalid(
            "Networking performance tier TIER_1 needs network interfaces with gVNIC.",
        ));
    }
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    let number = world.project_number(&project).unwrap_or_default();
    json::visit(object, "serviceAccounts[]", &mut |account| {
        if matches!(json::text(account, "email"), None | Some("default")) {
            json::put(account, "email", format!("{number}-compute@developer.gserviceaccount.com"));
        }
    });
    if json::flag(object, "scheduling.preemptible")
        || json::text(object, "scheduling.provisioningModel") == Some("SPOT")
    {
        json::put(object, "scheduling.preemptible", true);
        json::put(object, "scheduling.automaticRestart", false);
        json::put(object, "scheduling.onHostMaintenance", "TERMINATE");
    }
    mark(object);
    let count = json::list(object, "networkInterfaces").len();
    for index in 0..count {
        connect(world, path, object, index)?;
    }
    if json::list(object, "disks").first().is_none_or(|disk| !json::flag(disk, "boot")) {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.disks': ''. Boot disk must be specified.",
        ));
    }
    let disks = json::list(object, "disks").to_vec();
    let made = disks.iter().enumerate().map(|(index, disk)| attached(world, path, index, disk));
    let made = made.collect::<Result<Vec<_>, _>>()?;
    for (_, disk) in &made {
        if let Some((key, disk)) = disk {
            world.store.objects.insert(key.clone(), disk.clone());
        }
    }
    object["disks"] = made.into_iter().map(|(attached, _)| attached).collect();
    Ok(())
}

/// Whether a machine type can be one; there is no list of them here.
pub(super) fn machine(path: &str, object: &mut Value) -> Result<(), Refusal> {
    let link = json::string(object, "machineType");
    let zone: Vec<&str> = path.split('/').take(4).collect();
    let zone = zone.join("/");
    let name = link.rsplit('/').next().unwrap_or("");
    if !link.contains("/machineTypes/") || !matches("[a-z][a-z0-9]*-[a-z0-9-]+", name) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.machineType': '{link}'. The URL is malformed."
        )));
    }
    if !link.ends_with(&format!("{zone}/machineTypes/{name}")) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.machineType': '{link}'. The machine type is not in the zone of the instance."
        )));
    }
    Ok(())
}

/// Renews the fingerprints inside.
pub(super) fn mark(object: &mut Value) {
    for (field, kind) in [("metadata", Some("compute#metadata")), ("tags", None)] {
        let items = json::at(object, &format!("{field}.items")).cloned().unwrap_or(json!([]));
        let mut value = json!({"fingerprint": fingerprint(&items)});
        if let Some(kind) = kind {
            value["kind"] = json!(kind);
        }
        if items.as_array().is_some_and(|items| !items.is_empty()) {
            value["items"] = items;
        }
        object[field] = value;
    }
}

/// Connects one interface to a subnet: that which is named, or that of the network in the region.
pub(super) fn connect(
    world: &mut World,
    path: &str,
    object: &mut Value,
    index: usize,
) -> Result<(), Refusal> {
    let parts: Vec<&str> = path.split('/').collect();
    let (project, zone) = (parts[1], parts.get(3).copied().unwrap_or(""));
    let region = region_of(zone);
    let mut nic = object["networkInterfaces"][index].clone();
    let field = |name: &str| format!("resource.networkInterfaces[{index}].{name}");
    if json::text(&nic, "networkAttachment").is_some() {
        object["networkInterfaces"][index] = attachment::connected(world, project, index, nic)?;
        return Ok(());
    }
    if json::text(&nic, "subnetwork").is_none() {
        let network = match json::text(&nic, "network") {
            Some(link) => resource_of(link).to_owned(),
            None => format!("projects/{project}/global/networks/default"),
        };
        let stored = world
            .store
            .objects
            .get(&format!("compute:{network}"))
            .ok_or_else(|| Refusal::missing(&network))?;
        let automatic = json::flag(stored, "autoCreateSubnetworks");
        let place = format!("/regions/{region}/");
        let found = subnets(world, &network)
            .into_iter()
            .map(|(name, _)| name)
            .find(|name| automatic && name.contains(&place));
        let Some(subnet) = found else {
            return Err(Refusal::invalid(format!(
                "Invalid value for field '{}': ''. Network interface must specify a subnet if the network resource is in custom subnet mode.",
                field("subnetwork")
            )));
        };
        nic["subnetwork"] = json!(compute_link(subnet));
    }
    let subnet_path = resource_of(json::text(&nic, "subnetwork").unwrap_or("")).to_owned();
    let subnet = world
        .store
        .objects
        .get(&format!("compute:{subnet_path}"))
        .cloned()
        .ok_or_else(|| Refusal::missing(&subnet_path))?;
    if !subnet_path.contains(&format!("/regions/{region}/")) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field '{}': '{subnet_path}'. The subnetwork is not in the region {region}.",
            field("subnetwork")
        )));
    }
    let host = subnet_path.split('/').nth(1).unwrap_or("");
    if host != project && host_of(world, project).as_deref() != Some(host) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field '{}': '{subnet_path}'. The project '{project}' is not attached to the shared VPC host project '{host}'.",
            field("subnetwork")
        )));
    }
    if json::text(&nic, "network").is_some_and(|network| Some(network) != json::text(&subnet, "network")) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field '{}': '{subnet_path}'. The subnetwork is not in the network.",
            field("subnetwork")
        )));
    }
    let link = compute_link(&subnet_path);
    let used = world
        .store
        .under("compute:")
        .filter(|(key, _)| key.contains("/instances/"))
        .flat_map(|(_, other)| json::list(other, "networkInterfaces"))
        .filter(|other| json::text(other, "subnetwork") == Some(&link))
        .filter_map(|other| json::text(other, "networkIP")?.parse::<Ipv4Addr>().ok());
    let used: Vec<Ipv4Addr> = used.collect();
    let Some((_, range)) = ranges(&subnet).into_iter().next() else {
        return Err(Refusal::not_modelled("An instance in a subnetwork without IPv4"));
    };
    let address = match json::text(&nic, "networkIP").map(|text| given(world, text)) {
        Some(Some(address)) if !range.contains(&address) || used.contains(&address) => {
            return Err(Refusal::invalid(format!(
                "Invalid value for field '{}': '{address}'. It is not in {range}, or in use.",
                field("networkIP")
            )));
        }
        Some(None) => {
            return Err(Refusal::invalid(format!(
                "Invalid value for field '{}'. Must be an IP address.",
                field("networkIP")
            )));
        }
        Some(Some(address)) => address,
        None => {
            let reserved = taken(world, &link);
            let free =
                range.hosts().skip(1).find(|address| !used.contains(address) && !reserved.contains(address));
            free.ok_or_else(|| Refusal::invalid(format!("IP space of '{subnet_path}' is exhausted.")))?
        }
    };
    let more = json!({
        "kind": "compute#networkInterface", "name": format!("nic{index}"), "network": subnet["network"],
        "subnetwork": link, "networkIP": address.to_string(),
    });
    json::merge(&mut nic, &more);
    json::fill(&mut nic, &json!({"stackType": "IPV4_ONLY"}));
    // An interface that comes from another subnet keeps its external addresses.
    if let Some(Value::Array(configs)) = nic.get_mut("accessConfigs") {
        for config in configs.iter_mut().filter(|config| config.get("kind").is_none()) {
            access(world, region, project, config)?;
        }
    }
    aliases(world, path, &subnet, &mut nic)?;
    six(path, &subnet, &mut nic)?;
    nic["fingerprint"] = json!(fingerprint(&nic));
    object["networkInterfaces"][index] = nic;
    Ok(())
}

/// An address that is given as such, or by the link of one that is reserved.
fn given(world: &World, text: &str) -> Option<Ipv4Addr> {
    let reserved = world.store.objects.get(&format!("compute:{}", resource_of(text)));
    reserved.and_then(|address| json::text(address, "address")).unwrap_or(text).parse().ok()
}

/// A way in from outside: by a reserved address of the region, or by any.
pub(super) fn access(
    world: &mut World,
    region: &str,
    project: &str,
    config: &mut Value,
) -> Result<(), Refusal> {
    json::fill(
        config,
        &json!({"kind": "compute#accessConfig", "type": "ONE_TO_ONE_NAT", "name": "External NAT", "networkTier": "PREMIUM"}),
    );
    match json::text(config, "natIP").map(str::to_owned) {
        Some(address) => {
            let inside = format!("compute:projects/{project}/regions/{region}/addresses/");
            let reserved =
                world.store.under(&inside).any(|(_, known)| json::text(known, "address") == Some(&address));
            if !reserved {
                return Err(Refusal::invalid(format!(
                    "Invalid value for field 'accessConfigs.natIP': '{address}'. The specified external IP address was not found in region {region}."
                )));
            }
        }
        None => {
            let seed = world.store.number();
            config["natIP"] = public_address(seed);
        }
    }
    Ok(())
}

type Made = (Value, Option<(String, Value)>);

/// A disk as it is attached, and the new disk it is if it is one.
pub(super) fn attached(world: &mut World, path: &str, index: usize, given: &Value) -> Result<Made, Refusal> {
    let mut disk = given.clone();
    let place: Vec<&str> = path.split('/').take(4).collect();
    let place = place.join("/");
    let instance = path.rsplit('/').next().unwrap_or("").to_owned();
    let parameters = json::take(&mut disk, "initializeParams");
    if json::text(&disk, "type") == Some("SCRATCH") {
        let scratch = json!({
            "kind": "compute#attachedDisk", "mode": "READ_WRITE", "index": index, "boot": false, "autoDelete": true,
            "deviceName": format!("local-ssd-{index}"), "interface": "SCSI", "diskSizeGb": "375",
        });
        if let Some(size) = parameters.as_ref().and_then(|parameters| parameters.get("diskSizeGb")) {
            json::fill(&mut disk, &json!({"diskSizeGb": size}));
        }
        json::fill(&mut disk, &scratch);
        return Ok((disk, None));
    }
    let made = match (json::text(&disk, "source").map(str::to_owned), parameters) {
        (Some(source), _) => {
            let known = world.store.objects.get(&format!("compute:{}", resource_of(&source)));
            if let Some(known) = known {
                disk["diskSizeGb"] = known["sizeGb"].clone();
                if known.get("licenses").is_some() {
                    disk["licenses"] = known["licenses"].clone();
                }
            }
            None
        }
        (None, parameters) => {
            let parameters = parameters.unwrap_or(json!({}));
            let default = if index == 0 { instance.clone() } else { format!("{instance}-{index}") };
            let name = json::text(&parameters, "diskName").unwrap_or(&default).to_owned();
            let own = format!("{place}/disks/{name}");
            let key = format!("compute:{own}");
            if world.store.objects.contains_key(&key) {
                return Err(Refusal::new(409, format!("The resource '{own}' already exists")));
            }
            let mut new = json!({
                "kind": "compute#disk", "id": world.id(), "creationTimestamp": world.compute_now(), "name": name,
                "selfLink": compute_link(&own), "status": "READY", "physicalBlockSizeBytes": "4096",
            });
            let size = json::at(&parameters, "diskSizeGb").or(given.get("diskSizeGb")).cloned();
            let renamed = [
                ("diskType", "type"),
                ("sourceImage", "sourceImage"),
                ("labels", "labels"),
                ("description", "description"),
                ("architecture", "architecture"),
                ("enableConfidentialCompute", "enableConfidentialCompute"),
                ("provisionedIops", "provisionedIops"),
                ("provisionedThroughput", "provisionedThroughput"),
                ("resourcePolicies", "resourcePolicies"),
                ("sourceImageEncryptionKey", "sourceImageEncryptionKey"),
                ("sourceSnapshot", "sourceSnapshot"),
                ("sourceSnapshotEncryptionKey", "sourceSnapshotEncryptionKey"),
                ("storagePool", "storagePool"),
            ];
            for (from, to) in renamed {
                if let Some(value) = parameters.get(from) {
                    new[to] = value.clone();
                }
            }
            if let Some(size) = size {
                new["sizeGb"] = size;
            }
            for field in ["diskEncryptionKey", "guestOsFeatures"] {
                if let Some(value) = given.get(field) {
                    new[field] = value.clone();
                }
            }
            if let Some(link) = json::text(&parameters, "sourceImage")
                && catalog::image_of(link).is_none()
            {
                return Err(Refusal::invalid(format!(
                    "Invalid value for field 'resource.disks[{index}].initializeParams.sourceImage': '{link}'. The referenced image resource cannot be found."
                )));
            }
            super::disk::creating(world, &own, &mut new)?;
            new["labelFingerprint"] = json!(fingerprint(&new.get("labels").cloned().unwrap_or(json!({}))));
            disk["source"] = json!(compute_link(&own));
            disk["diskSizeGb"] = new["sizeGb"].clone();
            for field in ["licenses", "architecture"] {
                if let Some(value) = new.get(field) {
                    disk[field] = value.clone();
                }
            }
            Some((key, new))
        }
    };
    let name = if index == 0 { "persistent-disk-0".to_owned() } else { format!("persistent-disk-{index}") };
    let more = json!({
        "kind": "compute#attachedDisk", "type": "PERSISTENT", "mode": "READ_WRITE", "deviceName": name, "index": index,
        "boot": false, "autoDelete": false, "interface": "SCSI",
    });
    json::fill(&mut disk, &more);
    json::take(&mut disk, "forceAttach");
    seal(&mut disk, "diskEncryptionKey");
    Ok((disk, made))
}

/// An instance is not there before its creation has ended.
pub(crate) fn shown(world: &World, path: &str, mut object: Value) -> Value {
    if world.store.unready.contains(path) {
        object["status"] = json!("PROVISIONING");
    }
    object
}

pub(crate) fn deleting(old: &Value) -> Result<(), Refusal> {
    if json::flag(old, "deletionProtection") {
        return Err(Refusal::invalid(
            "Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'.",
        )
        .because("invalidResourceUsage"));
    }
    Ok(())
}

/// Disks go with their instance if they were told to.
pub(crate) fn deleted(world: &mut World, old: &Value) {
    for disk in json::list(old, "disks").iter().filter(|disk| json::flag(disk, "autoDelete")) {
        let path = resource_of(json::text(disk, "source").unwrap_or("")).to_owned();
        world.store.remove(&format!("compute:{path}"));
    }
}
