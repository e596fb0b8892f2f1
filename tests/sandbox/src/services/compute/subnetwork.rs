//! Subnets: their ranges, which may not overlap within a network, and who may use them.

use super::network::subnets;
use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::world::World;
use ipnet::Ipv4Net;
use serde_json::{Value, json};

/// All ranges of a subnet, the primary one first, with the names of the secondary ones.
pub(crate) fn ranges(subnet: &Value) -> Vec<(String, Ipv4Net)> {
    let primary = json::text(subnet, "ipCidrRange")
        .and_then(|text| text.parse().ok())
        .map(|range| (String::new(), range));
    let secondary = json::list(subnet, "secondaryIpRanges").iter().filter_map(|range| {
        Some((json::string(range, "rangeName"), json::text(range, "ipCidrRange")?.parse().ok()?))
    });
    primary.into_iter().chain(secondary).collect()
}

/// Whether two ranges have an address in common.
pub(crate) fn touch(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b) || b.contains(&a)
}

pub(crate) fn check(
    world: &mut World,
    path: &str,
    old: Option<&Value>,
    object: &mut Value,
) -> Result<(), Refusal> {
    let purpose = json::string(object, "purpose");
    let wants_range = !matches!(json::text(object, "stackType"), Some("IPV6_ONLY"));
    if wants_range && json::text(object, "ipCidrRange").is_none() {
        return Err(crate::validate::missing("resource.ipCidrRange"));
    }
    let network = resource_of(json::text(object, "network").unwrap_or("")).to_owned();
    if old.is_none()
        && json::at(&world.store.objects[&format!("compute:{network}")], "autoCreateSubnetworks")
            == Some(&json!(true))
    {
        return Err(Refusal::invalid(format!(
            "Invalid resource usage: 'Cannot create subnetwork in an auto subnet mode network {network}.'."
        )));
    }
    let mut fields = vec![("resource.ipCidrRange".to_owned(), json::string(object, "ipCidrRange"))];
    let mut names = Vec::new();
    for (index, range) in json::list(object, "secondaryIpRanges").iter().enumerate() {
        let name = json::string(range, "rangeName");
        if names.contains(&name) || name.is_empty() {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.secondaryIpRanges[{index}].rangeName': '{name}'. Range names must be given and be unique."
            )));
        }
        names.push(name);
        fields.push((
            format!("resource.secondaryIpRanges[{index}].ipCidrRange"),
            json::string(range, "ipCidrRange"),
        ));
    }
    let mut own: Vec<Ipv4Net> = Vec::new();
    for (field, text) in fields.iter().filter(|(_, text)| !text.is_empty()) {
        let range = read(field, text)?;
        if own.iter().any(|other| touch(*other, range)) {
            return Err(Refusal::invalid(format!(
                "Invalid IPCidrRange: {range} conflicts with another range of the subnetwork."
            )));
        }
        own.push(range);
        for (other_path, other) in subnets(world, &network).into_iter().filter(|(other, _)| *other != path) {
            if let Some((_, taken)) = ranges(other).into_iter().find(|(_, taken)| touch(*taken, range)) {
                let parts: Vec<&str> = other_path.split('/').collect();
                return Err(Refusal::invalid(format!(
                    "Invalid IPCidrRange: {range} conflicts with existing subnetwork '{}' in region '{}' ({taken}).",
                    parts.last().unwrap_or(&""),
                    parts.get(3).unwrap_or(&"")
                )));
            }
        }
    }
    if let Some(old) = old {
        for (name, _) in ranges(old).into_iter().filter(|(name, _)| !name.is_empty() && !names.contains(name))
        {
            if let Some(cluster) = user_of_range(world, path, &name) {
                return Err(Refusal::in_use(
                    "subnetwork secondary range",
                    &format!("{path}:{name}"),
                    &cluster,
                ));
            }
        }
    }
    if let Some(range) = own.first()
        && let Some(gateway) = range.hosts().next()
        && matches!(purpose.as_str(), "PRIVATE" | "")
    {
        object["gatewayAddress"] = json!(gateway.to_string());
    }
    six(world, path, &network, old, object)?;
    if let Some(enabled) = object.get("enableFlowLogs").cloned().filter(|_| object.get("logConfig").is_none())
    {
        object["logConfig"] = json!({ "enable": enabled });
    }
    if json::flag(object, "logConfig.enable") {
        json::fill(
            object,
            &json!({"logConfig": {"aggregationInterval": "INTERVAL_5_SEC", "flowSampling": 0.5, "metadata": "INCLUDE_ALL_METADATA"}}),
        );
    }
    match json::flag(object, "logConfig.enable") {
        true => object["enableFlowLogs"] = json!(true),
        false => drop(json::take(object, "enableFlowLogs")),
    }
    Ok(())
}

/// A subnet with IPv6 has a range for it, internal ones in that of the network.
fn six(
    world: &World,
    path: &str,
    network: &str,
    old: Option<&Value>,
    object: &mut Value,
) -> Result<(), Refusal> {
    const RANGES: [&str; 3] = ["ipv6CidrRange", "internalIpv6Prefix", "externalIpv6Prefix"];
    let invalid = |field: &str, value: &str, why: &str| {
        Err(Refusal::invalid(format!("Invalid value for field 'resource.{field}': '{value}'. {why}")))
    };
    if !matches!(json::text(object, "stackType"), Some("IPV4_IPV6" | "IPV6_ONLY")) {
        RANGES.iter().for_each(|range| drop(json::take(object, range)));
        return Ok(());
    }
    let access = json::string(object, "ipv6AccessType");
    let before = old.and_then(|old| json::text(old, "ipv6AccessType"));
    if before.is_some_and(|before| before != access) {
        return invalid("ipv6AccessType", &access, "It cannot be changed.");
    }
    if json::text(object, "ipv6CidrRange").is_some() {
        return Ok(());
    }
    let hash = crate::world::short_hash(path);
    let (field, range) = match access.as_str() {
        "EXTERNAL" => ("externalIpv6Prefix", format!("2600:1900:{}:{}:0:0:0:0/64", &hash[..4], &hash[4..])),
        "INTERNAL" => {
            let network = &world.store.objects[&format!("compute:{network}")];
            let Some(all) = json::text(network, "internalIpv6Range") else {
                return invalid("ipv6AccessType", &access, "The network has no internal IPv6 range.");
            };
            let first: Vec<&str> = all.split(':').take(3).collect();
            ("internalIpv6Prefix", format!("{}:{}:0:0:0:0/64", first.join(":"), &hash[..4]))
        }
        _ => return invalid("ipv6AccessType", &access, "A subnetwork with IPv6 needs one."),
    };
    let range = json::text(object, field).map_or(range, str::to_owned);
    object["ipv6CidrRange"] = json!(range);
    object[field] = json!(range);
    Ok(())
}

fn read(field: &str, text: &str) -> Result<Ipv4Net, Refusal> {
    let wrong = |why: &str| Refusal::invalid(format!("Invalid value for field '{field}': '{text}'. {why}"));
    let range: Ipv4Net = text.parse().map_err(|_| wrong("Must be a valid CIDR range."))?;
    if range.trunc() != range {
        return Err(wrong("The address is not the first of the range."));
    }
    if !(4..=29).contains(&range.prefix_len()) {
        return Err(wrong("The prefix length must be between 4 and 29."));
    }
    Ok(range)
}

/// The cluster that uses a secondary range.
fn user_of_range(world: &World, path: &str, name: &str) -> Option<String> {
    world.store.under("container:").find_map(|(key, cluster)| {
        let uses = json::text(cluster, "networkConfig.subnetwork") == Some(path)
            && ["clusterSecondaryRangeName", "servicesSecondaryRangeName"]
                .iter()
                .any(|field| json::text(cluster, &format!("ipAllocationPolicy.{field}")) == Some(name));
        let uses = uses
            || json::text(cluster, "networkConfig.subnetwork") == Some(path)
                && json::text(cluster, "networkConfig.podRange") == Some(name);
        uses.then(|| key.trim_start_matches("container:").to_owned())
    })
}

/// Every subnet has a route to itself.
pub(crate) fn created(world: &mut World, path: &str) {
    let Some(subnet) = world.store.objects.get(&format!("compute:{path}")).cloned() else { return };
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    let name = format!("default-route-{}", crate::world::short_hash(path));
    let route_path = format!("projects/{project}/global/routes/{name}");
    let network = json::string(&subnet, "network");
    let route = json!({
        "kind": "compute#route", "id": world.id(), "creationTimestamp": world.compute_now(), "name": name,
        "description": "Default local route to the subnetwork.", "network": network,
        "destRange": json::string(&subnet, "ipCidrRange"), "priority": 0, "nextHopNetwork": network,
        "selfLink": compute_link(&route_path), "routeType": "SUBNET",
    });
    world.store.objects.insert(format!("compute:{route_path}"), route);
}

pub(crate) fn deleted(world: &mut World, path: &str, _old: &Value) {
    let project = path.split('/').nth(1).unwrap_or("");
    let name = format!("default-route-{}", crate::world::short_hash(path));
    world.store.remove(&format!("compute:projects/{project}/global/routes/{name}"));
}

pub(crate) fn act(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    if call.verb() == "setPrivateIpGoogleAccess" {
        object["privateIpGoogleAccess"] = json!(json::flag(body, "privateIpGoogleAccess"));
        return Ok(());
    }
    let old = object.clone();
    let text = json::string(body, "ipCidrRange");
    let wider = read("ipCidrRange", &text)?;
    let now = read("ipCidrRange", &json::string(object, "ipCidrRange"))?;
    if !wider.contains(&now) || wider == now {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'ipCidrRange': '{text}'. The range must be wider than {now}."
        )));
    }
    object["ipCidrRange"] = json!(text);
    check(world, path, Some(&old), object)
}

/// The subnets that instances can be created in.
pub(super) fn usable(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project("compute", project)?;
    let host = super::project::host_of(world, project);
    let mut found = Vec::new();
    for owner in std::iter::once(project.to_owned()).chain(host) {
        let inside = format!("compute:projects/{owner}/regions/");
        for (key, subnet) in world.store.under(&inside).filter(|(key, _)| key.contains("/subnetworks/")) {
            let secondary: Vec<Value> = json::list(subnet, "secondaryIpRanges").to_vec();
            let mut usable = json!({
                "subnetwork": json::string(subnet, "selfLink"), "network": json::string(subnet, "network"),
                "ipCidrRange": json::string(subnet, "ipCidrRange"), "purpose": "PRIVATE", "stackType": "IPV4_ONLY",
            });
            if !secondary.is_empty() {
                usable["secondaryIpRanges"] = Value::Array(secondary);
            }
            found.push((key.to_owned(), usable));
        }
    }
    call.listing("items", found)
}
