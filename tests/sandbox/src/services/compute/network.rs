//! Networks: their subnets in auto mode, their default route, and their peerings.

use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::{refuse_if_used, resource_of};
use crate::services::places::REGIONS;
use crate::world::{World, fingerprint};
use serde_json::{Value, json};

pub(crate) fn creating(path: &str, object: &mut Value) -> Result<(), Refusal> {
    if json::text(object, "IPv4Range").is_some() {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.IPv4Range': Legacy networks are not supported.",
        ));
    }
    changing(path, object);
    Ok(())
}

pub(crate) fn created(world: &mut World, path: &str) {
    let Some(network) = world.store.objects.get(&format!("compute:{path}")).cloned() else { return };
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    let suffix = crate::world::short_hash(path);
    let name = format!("default-route-{suffix}");
    let mut route = json!({
        "kind": "compute#route", "id": world.id(), "creationTimestamp": world.compute_now(), "name": name,
        "description": "Default route to the Internet.", "network": compute_link(path), "destRange": "0.0.0.0/0",
        "priority": 1000, "nextHopGateway": compute_link(&format!("projects/{project}/global/gateways/default-internet-gateway")),
        "routeType": "STATIC",
    });
    let route_path = format!("projects/{project}/global/routes/{name}");
    json::put(&mut route, "selfLink", compute_link(&route_path));
    world.store.objects.insert(format!("compute:{route_path}"), route);
    if json::flag(&network, "autoCreateSubnetworks") {
        let name = json::string(&network, "name");
        for region in REGIONS {
            let place = format!("projects/{project}/regions/{}", region.name);
            let subnet_path = format!("{place}/subnetworks/{name}");
            let range = format!("10.{}.0.0/20", region.octet);
            let mut subnet = json!({
                "kind": "compute#subnetwork", "id": world.id(), "creationTimestamp": world.compute_now(), "name": name,
                "network": compute_link(path), "ipCidrRange": range, "gatewayAddress": format!("10.{}.0.1", region.octet),
                "region": compute_link(&place), "selfLink": compute_link(&subnet_path), "privateIpGoogleAccess": false,
                "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS", "purpose": "PRIVATE", "stackType": "IPV4_ONLY",
                "state": "READY",
            });
            subnet["fingerprint"] = json!(fingerprint(&subnet));
            world.store.objects.insert(format!("compute:{subnet_path}"), subnet);
        }
    }
}

/// A network with internal addresses of IPv6 has a range of its own for them.
pub(crate) fn changing(path: &str, object: &mut Value) {
    if !json::flag(object, "enableUlaInternalIpv6") {
        json::take(object, "enableUlaInternalIpv6");
    } else if json::text(object, "internalIpv6Range").is_none() {
        let hash = crate::world::short_hash(path);
        object["internalIpv6Range"] = json!(format!("fd20:{}:{}:0:0:0:0:0/48", &hash[..4], &hash[4..]));
    }
}

/// The network as it is shown: with its subnets.
pub(crate) fn shown(world: &World, path: &str, mut object: Value) -> Value {
    let subnets: Vec<Value> = subnets(world, path).iter().map(|(key, _)| json!(compute_link(key))).collect();
    if !subnets.is_empty() {
        object["subnetworks"] = Value::Array(subnets);
    }
    object
}

/// The subnets of a network by path.
pub(crate) fn subnets<'a>(world: &'a World, path: &str) -> Vec<(&'a str, &'a Value)> {
    let link = compute_link(path);
    let project = path.split('/').nth(1).unwrap_or("");
    let inside = format!("compute:projects/{project}/regions/");
    let all = world.store.objects.range(inside.clone()..).take_while(|(key, _)| key.starts_with(&inside));
    all.filter(|(key, subnet)| key.contains("/subnetworks/") && json::text(subnet, "network") == Some(&link))
        .map(|(key, subnet)| (key.trim_start_matches("compute:"), subnet))
        .collect()
}

/// Subnets of a network in auto mode go with it, if nothing uses them.
pub(crate) fn deleting(world: &mut World, path: &str, old: &Value) -> Result<(), Refusal> {
    if let Some(peering) = json::list(old, "peerings").first() {
        let other = resource_of(json::text(peering, "network").unwrap_or("")).to_owned();
        return Err(Refusal::in_use("network", path, &other));
    }
    if json::flag(old, "autoCreateSubnetworks") {
        let subnets: Vec<String> = subnets(world, path).into_iter().map(|(key, _)| key.to_owned()).collect();
        for subnet in &subnets {
            refuse_if_used(world, "subnetwork", subnet)?;
        }
        let before = world.store.objects.clone();
        for subnet in subnets {
            world.store.remove(&format!("compute:{subnet}"));
        }
        if let Err(refusal) = refuse_if_used(world, "network", path) {
            world.store.objects = before;
            return Err(refusal);
        }
    }
    Ok(())
}

pub(crate) fn deleted(world: &mut World, path: &str) {
    let link = compute_link(path);
    world.store.objects.retain(|key, object| {
        !(key.contains("/routes/default-route-") && json::text(object, "network") == Some(&link))
    });
}

/// Peerings, and the way from auto to custom mode.
pub(crate) fn act(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let mut peerings = json::list(object, "peerings").to_vec();
    match call.verb() {
        "switchToCustomMode" => {
            if !json::flag(object, "autoCreateSubnetworks") {
                return Err(Refusal::invalid("Cannot switch a network that is not in auto subnet mode."));
            }
            object["autoCreateSubnetworks"] = json!(false);
            return Ok(());
        }
        "addPeering" => {
            let mut peering = body.get("networkPeering").cloned().unwrap_or(json!({}));
            for (old, new) in
                [("name", "name"), ("peerNetwork", "network"), ("autoCreateRoutes", "exchangeSubnetRoutes")]
            {
                if let Some(value) = body.get(old).filter(|_| peering.get(new).is_none()) {
                    peering[new] = value.clone();
                }
            }
            let name = json::string(&peering, "name");
            if name.is_empty() {
                return Err(crate::validate::missing("networkPeering.name"));
            }
            let other = resource_of(&json::string(&peering, "network")).to_owned();
            let other = if other.starts_with("global/") {
                format!("projects/{}/{other}", call.project().unwrap_or(""))
            } else {
                other
            };
            if other == path {
                return Err(Refusal::invalid(
                    "Invalid value for field 'networkPeering.network': A network cannot be peered with itself.",
                ));
            }
            if !world.store.objects.contains_key(&format!("compute:{other}")) {
                return Err(Refusal::missing(&other));
            }
            if peerings.iter().any(|known| json::text(known, "name") == Some(&name)) {
                return Err(Refusal::new(
                    409,
                    format!("There is already a peering named {name} on this network."),
                ));
            }
            overlap(world, path, &other)?;
            peering["network"] = json!(compute_link(&other));
            json::fill(
                &mut peering,
                &json!({
                    "autoCreateRoutes": true, "exchangeSubnetRoutes": true, "exportCustomRoutes": false, "importCustomRoutes": false,
                    "exportSubnetRoutesWithPublicIp": true, "importSubnetRoutesWithPublicIp": false, "stackType": "IPV4_ONLY",
                }),
            );
            let both = mirror(world, path, &other, "ACTIVE");
            peering["state"] = json!(if both { "ACTIVE" } else { "INACTIVE" });
            peering["stateDetails"] = json!(if both {
                format!("[{}]: Connected.", world.compute_now())
            } else {
                format!("[{}]: Waiting for peer network to connect.", world.compute_now())
            });
            peerings.push(peering);
        }
        "updatePeering" => {
            let change = body.get("networkPeering").cloned().unwrap_or(json!({}));
            let name = json::string(&change, "name");
            let known = peerings.iter_mut().find(|known| json::text(known, "name") == Some(&name));
            json::merge(known.ok_or_else(|| no_peering(&name))?, &change);
        }
        _ => {
            let name = json::string(body, "name");
            let at = peerings
                .iter()
                .position(|known| json::text(known, "name") == Some(&name))
                .ok_or_else(|| no_peering(&name))?;
            let gone = peerings.remove(at);
            let other = resource_of(&json::string(&gone, "network")).to_owned();
            mirror(world, path, &other, "INACTIVE");
        }
    }
    if peerings.is_empty() {
        json::take(object, "peerings");
    } else {
        object["peerings"] = Value::Array(peerings);
    }
    Ok(())
}

fn no_peering(name: &str) -> Refusal {
    Refusal::invalid(format!("Invalid value for field 'name': '{name}'. There is no peering with this name."))
}

/// Sets the state of the other network's peering with this one; says whether it has one.
fn mirror(world: &mut World, path: &str, other: &str, state: &str) -> bool {
    let link = compute_link(path);
    let Some(network) = world.store.objects.get_mut(&format!("compute:{other}")) else { return false };
    let mut found = false;
    json::visit(network, "peerings[]", &mut |peering| {
        if json::text(peering, "network") == Some(&link) {
            json::put(peering, "state", state);
            found = true;
        }
    });
    found
}

/// Networks whose subnets overlap cannot be peered.
fn overlap(world: &World, path: &str, other: &str) -> Result<(), Refusal> {
    let theirs: Vec<_> =
        subnets(world, other).iter().flat_map(|(_, subnet)| super::subnetwork::ranges(subnet)).collect();
    for (name, subnet) in subnets(world, path) {
        for (_, mine) in super::subnetwork::ranges(subnet) {
            if theirs.iter().any(|(_, range)| super::subnetwork::touch(*range, mine)) {
                return Err(Refusal::invalid(format!(
                    "An IP range in the local network ({mine} of {name}) overlaps with an IP range in the peer network '{other}'."
                )));
            }
        }
    }
    Ok(())
}
