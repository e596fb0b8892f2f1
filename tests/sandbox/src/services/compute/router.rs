//! Routers: what their interfaces, BGP peers and NATs need of each other, and the status of the sessions.

use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::world::World;
use ipnet::{IpNet, Ipv4Net};
use serde_json::{Value, json};

pub(crate) fn check(
    world: &mut World,
    path: &str,
    old: Option<&Value>,
    object: &mut Value,
) -> Result<(), Refusal> {
    let invalid = |field: &str, value: &str, why: &str| {
        Err(Refusal::invalid(format!("Invalid value for field 'resource.{field}': '{value}'. {why}")))
    };
    if let Some(asn) = json::at(object, "bgp.asn").and_then(Value::as_i64) {
        let private =
            (64512..=65534).contains(&asn) || (4_200_000_000..=4_294_967_294).contains(&asn) || asn == 16550;
        if !private {
            return invalid("bgp.asn", &asn.to_string(), "Local ASN must be a private number of RFC 6996.");
        }
    }
    if let Some(bgp) = object.get_mut("bgp").filter(|bgp| bgp.is_object()) {
        json::fill(bgp, &json!({"advertiseMode": "DEFAULT", "keepaliveInterval": 20}));
    }
    keys(old, object)?;
    unique(object, "interfaces")?;
    unique(object, "bgpPeers")?;
    unique(object, "nats")?;
    let router = compute_link(path);
    let interfaces = json::list(object, "interfaces").to_vec();
    for (index, interface) in interfaces.iter().enumerate() {
        if let Some(range) = json::text(interface, "ipRange")
            && range.parse::<IpNet>().is_err()
        {
            return invalid(
                &format!("interfaces[{index}].ipRange"),
                range,
                "Must be an address with the length of its range.",
            );
        }
        if let Some(tunnel) = json::text(interface, "linkedVpnTunnel") {
            let stored = format!("compute:{}", crate::resource::resource_of(tunnel));
            let found = world.store.objects.get(&stored);
            if found.and_then(|tunnel| json::text(tunnel, "router")) != Some(&router) {
                return invalid(
                    &format!("interfaces[{index}].linkedVpnTunnel"),
                    tunnel,
                    "The tunnel does not belong to this router.",
                );
            }
        }
    }
    for (index, peer) in json::list(object, "bgpPeers").iter().enumerate() {
        let name = json::string(peer, "interfaceName");
        let Some(interface) =
            interfaces.iter().find(|interface| json::text(interface, "name") == Some(&name))
        else {
            return invalid(
                &format!("bgpPeers[{index}].interfaceName"),
                &name,
                "The router has no such interface.",
            );
        };
        if json::at(object, "bgp.asn").is_none() {
            return invalid("bgp", "", "A router with BGP peers needs an ASN.");
        }
        let range = json::text(interface, "ipRange").and_then(|range| range.parse::<Ipv4Net>().ok());
        let address =
            json::text(peer, "peerIpAddress").and_then(|address| address.parse::<std::net::Ipv4Addr>().ok());
        if let (Some(range), Some(address)) = (range, address)
            && !range.contains(&address)
        {
            return invalid(
                &format!("bgpPeers[{index}].peerIpAddress"),
                &address.to_string(),
                "It is not in the range of the interface.",
            );
        }
        if let Some(instance) = json::text(peer, "routerApplianceInstance") {
            let found =
                world.store.objects.get(&format!("compute:{}", crate::resource::resource_of(instance)));
            let addresses = found.map(|found| json::texts(found, "networkInterfaces[].networkIP"));
            let fits = json::text(interface, "subnetwork").is_some()
                && addresses
                    .is_some_and(|all| json::text(peer, "peerIpAddress").is_some_and(|ip| all.contains(&ip)));
            if !fits {
                return invalid(
                    &format!("bgpPeers[{index}].routerApplianceInstance"),
                    instance,
                    "The interface has to be in a subnetwork, and the peer's address one of the instance.",
                );
            }
        }
    }
    link_addresses(object);
    for (index, nat) in json::list(object, "nats").iter().enumerate() {
        let manual = json::text(nat, "natIpAllocateOption") == Some("MANUAL_ONLY");
        if manual == json::list(nat, "natIps").is_empty() && json::text(nat, "type") != Some("PRIVATE") {
            return invalid(
                &format!("nats[{index}].natIps"),
                "",
                "Addresses are given if, and only if, they are allocated manually.",
            );
        }
        let listed = json::text(nat, "sourceSubnetworkIpRangesToNat") == Some("LIST_OF_SUBNETWORKS");
        if listed == json::list(nat, "subnetworks").is_empty() {
            return invalid(
                &format!("nats[{index}].subnetworks"),
                "",
                "Subnetworks are listed if, and only if, the source ranges are LIST_OF_SUBNETWORKS.",
            );
        }
    }
    json::visit(object, "interfaces[]", &mut |interface| {
        if let Some(range) = json::text(interface, "ipRange") {
            let version = if range.contains(':') { "IPV6" } else { "IPV4" };
            json::fill(interface, &json!({"ipVersion": version}));
        }
    });
    json::visit(object, "nats[]", &mut |nat| {
        if json::text(nat, "natIpAllocateOption") == Some("AUTO_ONLY") {
            json::fill(nat, &json!({"autoNetworkTier": "PREMIUM"}));
        }
    });
    Ok(())
}

/// Keys of BGP peers are never told. One that is there already may be sent without its value.
fn keys(old: Option<&Value>, object: &mut Value) -> Result<(), Refusal> {
    let names = |router: &Value| -> Vec<String> {
        json::texts(router, "md5AuthenticationKeys[].name").into_iter().map(str::to_owned).collect()
    };
    unique(object, "md5AuthenticationKeys")?;
    let known = old.map(names).unwrap_or_default();
    for (index, key) in json::list(object, "md5AuthenticationKeys").iter().enumerate() {
        if json::text(key, "key").is_none() && !known.contains(&json::string(key, "name")) {
            return Err(crate::validate::missing(&format!("resource.md5AuthenticationKeys[{index}].key")));
        }
    }
    json::visit(object, "md5AuthenticationKeys[]", &mut |key| drop(json::take(key, "key")));
    let names = names(object);
    for (index, name) in json::texts(object, "bgpPeers[].md5AuthenticationKeyName").into_iter().enumerate() {
        if !names.iter().any(|known| known == name) {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.bgpPeers[{index}].md5AuthenticationKeyName': '{name}'. The router has no such key."
            )));
        }
    }
    Ok(())
}

/// Where the router has only one address, its peers speak from it.
fn link_addresses(object: &mut Value) {
    let interfaces = json::list(object, "interfaces").to_vec();
    json::visit(object, "bgpPeers[]", &mut |peer| {
        let name = json::string(peer, "interfaceName");
        let interface = interfaces.iter().find(|interface| json::text(interface, "name") == Some(&name));
        let range = interface.and_then(|interface| json::text(interface, "ipRange"));
        if let Some((address, _)) = range.and_then(|range| range.split_once('/'))
            && json::text(peer, "ipAddress").is_none()
        {
            json::put(peer, "ipAddress", address);
        }
    });
}

fn unique(object: &Value, field: &str) -> Result<(), Refusal> {
    let names = json::texts(object, &format!("{field}[].name"));
    match names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        Some((_, name)) => Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.{field}': '{name}'. Names must be unique."
        ))),
        None => Ok(()),
    }
}

/// The sessions, up where a tunnel is.
pub(crate) fn status(_world: &World, call: &Call<'_>, _path: &str, object: &Value) -> Result<Value, Refusal> {
    let peers: Vec<Value> = json::list(object, "bgpPeers")
        .iter()
        .map(|peer| {
            json!({
                "name": json::string(peer, "name"), "ipAddress": json::string(peer, "ipAddress"),
                "peerIpAddress": json::string(peer, "peerIpAddress"), "status": "UP", "state": "Established", "numLearnedRoutes": 0,
            })
        })
        .collect();
    let mut result = json!({"network": json::string(object, "network")});
    if !peers.is_empty() {
        result["bgpPeerStatus"] = Value::Array(peers);
    }
    Ok(json!({"kind": call.kind_of_answer().unwrap_or("compute#routerStatusResponse"), "result": result}))
}
