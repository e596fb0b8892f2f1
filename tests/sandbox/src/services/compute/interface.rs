//! What an interface of an instance has beside its first address: ranges of further addresses, and IPv6.

use super::address::taken;
use super::subnetwork::{ranges, touch};
use crate::json;
use crate::refusal::Refusal;
use crate::world::{World, short_hash};
use ipnet::Ipv4Net;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

/// Gives each alias range its place in a range of the subnet; one that is asked for by its size alone gets the first
/// that is free. `path` is the instance's.
pub(super) fn aliases(world: &World, path: &str, subnet: &Value, nic: &mut Value) -> Result<(), Refusal> {
    let link = json::string(nic, "subnetwork");
    let own = format!("compute:{path}");
    let instances =
        world.store.under("compute:").filter(|(key, _)| key.contains("/instances/") && *key != own);
    let others = instances
        .flat_map(|(_, other)| json::list(other, "networkInterfaces"))
        .filter(|other| json::text(other, "subnetwork") == Some(&link))
        .flat_map(|other| {
            let all = json::texts(other, "aliasIpRanges[].ipCidrRange").into_iter();
            all.chain(json::text(other, "networkIP")).filter_map(net)
        });
    let mut used: Vec<Ipv4Net> = others.chain(taken(world, &link).into_iter().map(Ipv4Net::from)).collect();
    used.extend(json::text(nic, "networkIP").and_then(net));
    let Some(Value::Array(all)) = nic.get_mut("aliasIpRanges") else { return Ok(()) };
    for alias in all {
        let name = json::string(alias, "subnetworkRangeName");
        let text = json::string(alias, "ipCidrRange");
        let refused = |why: &str| {
            let field = "resource.networkInterfaces[].aliasIpRanges[].ipCidrRange";
            Err(Refusal::invalid(format!("Invalid value for field '{field}': '{text}'. {why}")))
        };
        let Some((_, range)) = ranges(subnet).into_iter().find(|(known, _)| *known == name) else {
            return refused(&format!("The subnetwork has no range '{name}'."));
        };
        let place = match text.strip_prefix('/').map(str::parse) {
            Some(Ok(size)) => {
                // The first address is the network's, the second one the gateway's.
                let reserved = |net: &Ipv4Net| name.is_empty() && net.contains(&range.network());
                let mut free = range.subnets(size).into_iter().flatten();
                match free.find(|net| !reserved(net) && !used.iter().any(|other| touch(*net, *other))) {
                    Some(place) => place,
                    None => return refused("The range is exhausted."),
                }
            }
            Some(Err(_)) => return refused("Must be a size, an address or a range."),
            None => match net(&text) {
                Some(place) if !range.contains(&place) => {
                    return refused("It is not in the subnetwork's range.");
                }
                Some(place) if used.iter().any(|other| touch(place, *other)) => {
                    return refused("It is in use.");
                }
                Some(place) => place,
                None => return refused("Must be a size, an address or a range."),
            },
        };
        used.push(place);
        alias["ipCidrRange"] = json!(place.to_string());
    }
    Ok(())
}

/// A range, or an address as one.
fn net(text: &str) -> Option<Ipv4Net> {
    text.parse().ok().or_else(|| text.parse::<Ipv4Addr>().ok().map(Ipv4Net::from))
}

/// IPv6 of the kind that the subnet has.
pub(super) fn six(path: &str, subnet: &Value, nic: &mut Value) -> Result<(), Refusal> {
    let stack = json::string(nic, "stackType");
    if stack != "IPV4_IPV6" {
        for field in ["ipv6AccessType", "ipv6AccessConfigs", "ipv6Address", "internalIpv6PrefixLength"] {
            json::take(nic, field);
        }
        return Ok(());
    }
    let Some(range) = json::text(subnet, "ipv6CidrRange") else {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.networkInterfaces[].stackType': '{stack}'. The subnetwork has no IPv6 range."
        )));
    };
    let first: Vec<&str> = range.split(':').take(4).collect();
    let address = format!("{}:0:{}:0:0", first.join(":"), &short_hash(path)[..4]);
    let access = json::string(subnet, "ipv6AccessType");
    nic["ipv6AccessType"] = json!(access);
    if access == "INTERNAL" {
        json::fill(nic, &json!({"ipv6Address": address, "internalIpv6PrefixLength": 96}));
    }
    json::visit(nic, "ipv6AccessConfigs[]", &mut |config| {
        let more = json!({
            "kind": "compute#accessConfig", "type": "DIRECT_IPV6", "name": "external-ipv6", "networkTier": "PREMIUM",
            "externalIpv6": address, "externalIpv6PrefixLength": 96,
        });
        json::fill(config, &more);
    });
    Ok(())
}
