//! Addresses, reserved one by one or as ranges for peered services.

use super::subnetwork::{ranges, touch};
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::world::{World, public_address};
use ipnet::Ipv4Net;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

pub(crate) fn creating(world: &mut World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let global = path.contains("/global/");
    let internal = json::text(object, "addressType") == Some("INTERNAL");
    if !internal && json::text(object, "ipVersion") == Some("IPV6") {
        return six(world, global, object);
    }
    if !internal {
        json::fill(object, &json!({"networkTier": "PREMIUM"}));
        if global {
            json::fill(object, &json!({"ipVersion": "IPV4"}));
        }
        if json::text(object, "address").is_none() {
            let seed = world.store.number();
            object["address"] = public_address(seed);
        }
        return Ok(());
    }
    if global {
        return range(world, object);
    }
    json::fill(object, &json!({"purpose": "GCE_ENDPOINT", "networkTier": "PREMIUM"}));
    if json::text(object, "purpose") == Some("IPSEC_INTERCONNECT") {
        return range(world, object);
    }
    let Some(subnet) = json::text(object, "subnetwork").map(|link| resource_of(link).to_owned()) else {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.subnetwork': ''. An internal address needs a subnetwork.",
        ));
    };
    let found =
        world.store.objects.get(&format!("compute:{subnet}")).ok_or_else(|| Refusal::missing(&subnet))?;
    let ranges = ranges(found);
    let Some((_, primary)) = ranges.first() else { return Ok(()) };
    let taken = taken(world, &compute_link(&subnet));
    match json::text(object, "address").map(str::parse::<Ipv4Addr>) {
        Some(Ok(address)) if !primary.contains(&address) => Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.address': '{address}'. It is not in the range of the subnetwork, {primary}."
        ))),
        Some(Ok(address)) if taken.contains(&address) => {
            Err(Refusal::invalid(format!("Specified IP address {address} is in use.")).because("ipInUse"))
        }
        Some(Ok(_)) => Ok(()),
        Some(Err(_)) => {
            Err(Refusal::invalid("Invalid value for field 'resource.address'. Must be an IP address."))
        }
        None => {
            let free = primary.hosts().skip(1).find(|address| !taken.contains(address));
            let free =
                free.ok_or_else(|| Refusal::invalid(format!("IP space of '{subnet}' is exhausted.")))?;
            object["address"] = json!(free.to_string());
            Ok(())
        }
    }
}

/// An external IPv6 address; in a region, one of a subnet.
fn six(world: &mut World, global: bool, object: &mut Value) -> Result<(), Refusal> {
    json::fill(object, &json!({"networkTier": "PREMIUM"}));
    let host = world.store.number() % 0x1_0000;
    if global {
        json::fill(object, &json!({"address": format!("2600:1901:0:{host:x}::")}));
        return Ok(());
    }
    let subnet = resource_of(json::text(object, "subnetwork").unwrap_or("")).to_owned();
    let found = world.store.objects.get(&format!("compute:{subnet}"));
    let Some(range) = found.and_then(|subnet| json::text(subnet, "externalIpv6Prefix")) else {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.subnetwork': '{subnet}'. An external IPv6 address needs a subnetwork with external IPv6."
        )));
    };
    if json::text(object, "ipv6EndpointType").is_none() {
        return Err(crate::validate::missing("resource.ipv6EndpointType"));
    }
    let first: Vec<&str> = range.split(':').take(4).collect();
    json::fill(
        object,
        &json!({"address": format!("{}:8000:{host:x}:0:0", first.join(":")), "prefixLength": 96}),
    );
    Ok(())
}

/// The addresses of a subnet that are reserved or that instances have.
pub(super) fn taken(world: &World, subnet: &str) -> Vec<Ipv4Addr> {
    let instances = world.store.under("compute:").filter(|(key, _)| key.contains("/instances/"));
    let instances = instances
        .flat_map(|(_, instance)| json::list(instance, "networkInterfaces"))
        .filter(|nic| json::text(nic, "subnetwork") == Some(subnet))
        .filter_map(|nic| json::text(nic, "networkIP")?.parse().ok());
    let all = world.store.under("compute:").filter(|(key, _)| key.contains("/addresses/"));
    let reserved = all
        .filter(|(_, address)| json::text(address, "subnetwork") == Some(subnet))
        .filter_map(|(_, address)| json::text(address, "address")?.parse().ok());
    instances.chain(reserved).collect()
}

/// A range for a peered service or for gateways behind an interconnect: given, or the first that nothing in the network touches.
fn range(world: &World, object: &mut Value) -> Result<(), Refusal> {
    json::fill(object, &json!({"purpose": "VPC_PEERING"}));
    let network = resource_of(json::text(object, "network").unwrap_or("")).to_owned();
    if network.is_empty() {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.network': ''. A range needs a network.",
        ));
    }
    if !matches!(json::text(object, "purpose"), Some("VPC_PEERING" | "IPSEC_INTERCONNECT")) {
        return Ok(());
    }
    let length = object
        .get("prefixLength")
        .and_then(Value::as_u64)
        .and_then(|length| u8::try_from(length).ok())
        .unwrap_or(0);
    if !(8..=30).contains(&length) {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.prefixLength'. Must be between 8 and 30.",
        ));
    }
    let mut used: Vec<Ipv4Net> = super::network::subnets(world, &network)
        .iter()
        .flat_map(|(_, subnet)| ranges(subnet))
        .map(|(_, range)| range)
        .collect();
    let link = compute_link(&network);
    for (key, address) in world.store.under("compute:") {
        if key.contains("/addresses/") && json::text(address, "network") == Some(&link) {
            let text = format!("{}/{}", json::string(address, "address"), address["prefixLength"]);
            used.extend(text.parse::<Ipv4Net>());
        }
    }
    let given = json::text(object, "address").map(str::to_owned);
    let starts = match given.as_deref().map(str::parse::<Ipv4Addr>) {
        Some(Ok(address)) => Ipv4Net::new(address, length).into_iter().collect::<Vec<_>>(),
        Some(Err(_)) => {
            return Err(Refusal::invalid(
                "Invalid value for field 'resource.address'. Must be an IP address.",
            ));
        }
        None => {
            let private: [Ipv4Net; 1] = [Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8)];
            private.iter().filter_map(|net| net.subnets(length).ok()).flatten().collect()
        }
    };
    let free = starts
        .into_iter()
        .find(|range| range.trunc() == *range && !used.iter().any(|taken| touch(*taken, *range)));
    let free = free.ok_or_else(|| {
        Refusal::invalid("Requested range conflicts with other resources in the network.")
            .because("badRequest")
    })?;
    object["address"] = json!(free.network().to_string());
    Ok(())
}

/// An address as it is shown: used by what it was given to.
pub(crate) fn shown(world: &World, path: &str, mut object: Value) -> Value {
    let link = compute_link(path);
    let text = json::string(&object, "address");
    let project = path.split('/').nth(1).unwrap_or("");
    let inside = format!("compute:projects/{project}/");
    let users: Vec<Value> = world
        .store
        .under(&inside)
        .filter(|(key, other)| {
            key.contains("/forwardingRules/") && json::text(other, "IPAddress") == Some(&text)
                || key.contains("/instances/")
                    && (json::texts(other, "networkInterfaces[].accessConfigs[].natIP")
                        .contains(&text.as_str())
                        || json::list(other, "networkInterfaces").iter().any(|nic| {
                            nic.get("subnetwork") == object.get("subnetwork")
                                && json::text(nic, "networkIP") == Some(&text)
                        }))
                || key.contains("/routers/") && json::texts(other, "nats[].natIps[]").contains(&link.as_str())
        })
        .map(|(key, _)| json!(compute_link(key.trim_start_matches("compute:"))))
        .collect();
    if !users.is_empty() {
        object["status"] = json!("IN_USE");
        object["users"] = Value::Array(users);
    }
    object
}
