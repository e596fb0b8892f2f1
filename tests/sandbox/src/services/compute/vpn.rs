//! VPN gateways and tunnels, classic and HA, and what they are attached to.

use super::address::taken;
use super::subnetwork::ranges;
use crate::call::Call;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::world::{World, fingerprint, public_address};
use serde_json::{Value, json};
use std::net::Ipv4Addr;

/// An HA VPN gateway has two interfaces, each with an address: one of its own, or of its attachment.
pub(crate) fn gateway(world: &mut World, object: &mut Value) -> Result<(), Refusal> {
    let given = json::list(object, "vpnInterfaces").to_vec();
    let mut interfaces = Vec::new();
    if !matches!(given.len(), 0 | 2) {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.vpnInterfaces': ''. A gateway has two interfaces or none given.",
        ));
    }
    for id in 0..2_usize {
        let mut interface = given.get(id).cloned().unwrap_or(json!({}));
        interface["id"] = json!(id);
        let address = match json::text(&interface, "interconnectAttachment") {
            Some(attachment) => encrypted(world, attachment)?,
            None => public_address(world.store.number()),
        };
        interface["ipAddress"] = address;
        interfaces.push(interface);
    }
    object["vpnInterfaces"] = Value::Array(interfaces);
    Ok(())
}

/// The first address of the range that an attachment has for gateways.
fn encrypted(world: &World, attachment: &str) -> Result<Value, Refusal> {
    let stored = |link: &str| world.store.objects.get(&format!("compute:{}", resource_of(link)));
    let ranges =
        stored(attachment).map(|found| json::texts(found, "ipsecInternalAddresses[]")).unwrap_or_default();
    let range = ranges.first().and_then(|link| stored(link)).and_then(|range| range.get("address").cloned());
    range.ok_or_else(|| {
        Refusal::invalid(format!(
            "Invalid value for field 'resource.vpnInterfaces[].interconnectAttachment': '{attachment}'. It is not encrypted by IPsec with a range of addresses."
        ))
    })
}

pub(crate) fn external(object: &mut Value) -> Result<(), Refusal> {
    let wanted = match json::text(object, "redundancyType") {
        Some("SINGLE_IP_INTERNALLY_REDUNDANT") => 1,
        Some("TWO_IPS_REDUNDANCY") => 2,
        _ => 4,
    };
    let interfaces = json::list(object, "interfaces");
    let ids: Vec<_> =
        interfaces.iter().filter_map(|interface| interface.get("id").and_then(Value::as_u64)).collect();
    if interfaces.len() != wanted || (0..wanted as u64).any(|id| !ids.contains(&id)) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.interfaces': ''. The redundancy type needs {wanted} interfaces, numbered from 0."
        )));
    }
    Ok(())
}

pub(crate) fn tunnel(world: &mut World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let invalid = |field: &str, why: &str| {
        Err(Refusal::invalid(format!("Invalid value for field 'resource.{field}': ''. {why}")))
    };
    let (classic, ha) =
        (json::text(object, "targetVpnGateway").is_some(), json::text(object, "vpnGateway").is_some());
    if classic == ha {
        return invalid("vpnGateway", "Exactly one of vpnGateway and targetVpnGateway must be specified.");
    }
    if json::text(object, "sharedSecret").is_none() {
        return invalid("sharedSecret", "Required field not specified.");
    }
    if ha {
        if json::text(object, "router").is_none() {
            return invalid("router", "A tunnel of an HA VPN gateway needs a router.");
        }
        if !matches!(object.get("vpnGatewayInterface").and_then(Value::as_i64), None | Some(0 | 1)) {
            return invalid("vpnGatewayInterface", "Must be 0 or 1.");
        }
        json::fill(object, &json!({"vpnGatewayInterface": 0}));
        peer(world, object)?;
    } else {
        if json::text(object, "peerIp").is_none() {
            return invalid("peerIp", "Required field not specified.");
        }
        let routed = json::text(object, "router").is_some();
        for field in ["localTrafficSelector", "remoteTrafficSelector"].into_iter().filter(|_| !routed) {
            if json::list(object, field).is_empty() {
                object[field] = json!(["0.0.0.0/0"]);
            }
        }
    }
    let secret = json::string(object, "sharedSecret");
    object["sharedSecret"] = json!("*************");
    object["sharedSecretHash"] = json!(fingerprint(&json!([path, secret])));
    Ok(())
}

/// The other side of an HA tunnel: an external gateway's interface, or another gateway of Google.
fn peer(world: &World, object: &mut Value) -> Result<(), Refusal> {
    let peers = object.clone();
    let (external, google) =
        (json::text(&peers, "peerExternalGateway"), json::text(&peers, "peerGcpGateway"));
    let (gateway, interface, field) = match (external, google) {
        (Some(gateway), None) => (
            gateway,
            object.get("peerExternalGatewayInterface").and_then(Value::as_u64).unwrap_or(0),
            "interfaces",
        ),
        (None, Some(gateway)) => {
            (gateway, object.get("vpnGatewayInterface").and_then(Value::as_u64).unwrap_or(0), "vpnInterfaces")
        }
        _ => {
            return Err(Refusal::invalid(
                "Invalid value for field 'resource.peerExternalGateway': ''. Exactly one of peerExternalGateway and peerGcpGateway must be specified.",
            ));
        }
    };
    let found = world.store.objects.get(&format!("compute:{}", resource_of(gateway)));
    let interfaces = found.map_or(&[][..], |found| json::list(found, field));
    let Some(there) = interfaces.iter().find(|known| known["id"] == json!(interface)) else {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.peerExternalGatewayInterface': '{interface}'. The gateway has no such interface."
        )));
    };
    let address = json::string(there, "ipAddress");
    object["peerIp"] = json!(address);
    if external.is_some() && object.get("peerExternalGatewayInterface").is_none() {
        object["peerExternalGatewayInterface"] = json!(interface);
    }
    Ok(())
}

/// A tunnel as it is shown: established once everything it needs is there. Nothing travels through it.
pub(crate) fn shown(world: &World, mut object: Value) -> Value {
    let link = json::string(&object, "selfLink");
    let router = json::text(&object, "router")
        .and_then(|router| world.store.objects.get(&format!("compute:{}", resource_of(router))));
    let interface = router.and_then(|router| {
        json::list(router, "interfaces")
            .iter()
            .find(|interface| json::text(interface, "linkedVpnTunnel") == Some(&link))
    });
    let name = interface.map(|interface| json::string(interface, "name"));
    let peered = router.is_some_and(|router| {
        json::list(router, "bgpPeers")
            .iter()
            .any(|peer| json::text(peer, "interfaceName").map(str::to_owned) == name)
    });
    let ready = json::text(&object, "router").is_none() || (name.is_some() && peered);
    let (status, detail) = match ready {
        true => ("ESTABLISHED", "Tunnel is up and running."),
        false => ("WAITING_FOR_FULL_CONFIG", "Waiting for an interface and a BGP peer of the router."),
    };
    object["status"] = json!(status);
    object["detailedStatus"] = json!(detail);
    object
}

/// A classic gateway as it is shown: with its tunnels and forwarding rules.
pub(crate) fn with_tunnels(world: &World, path: &str, mut object: Value) -> Value {
    if !path.contains("/targetVpnGateways/") {
        return object;
    }
    let link = compute_link(path);
    let place = path.split("/targetVpnGateways/").next().unwrap_or("").to_owned();
    for (collection, field, list) in
        [("vpnTunnels", "targetVpnGateway", "tunnels"), ("forwardingRules", "target", "forwardingRules")]
    {
        let members = format!("compute:{place}/{collection}");
        let found: Vec<Value> = world
            .store
            .members(&members)
            .filter(|(_, other)| json::text(other, field) == Some(&link))
            .map(|(key, _)| json!(compute_link(key.trim_start_matches("compute:"))))
            .collect();
        if !found.is_empty() {
            object[list] = Value::Array(found);
        }
    }
    object
}

/// The status of an HA gateway: its tunnels by peer.
pub(crate) fn status(world: &World, _call: &Call<'_>, path: &str, _object: &Value) -> Result<Value, Refusal> {
    let link = compute_link(path);
    let place = path.split("/vpnGateways/").next().unwrap_or("");
    let members = format!("compute:{place}/vpnTunnels");
    let mut connections: Vec<Value> = Vec::new();
    for (_, tunnel) in
        world.store.members(&members).filter(|(_, tunnel)| json::text(tunnel, "vpnGateway") == Some(&link))
    {
        let field = if json::text(tunnel, "peerExternalGateway").is_some() {
            "peerExternalGateway"
        } else {
            "peerGcpGateway"
        };
        let peer = json::string(tunnel, field);
        let mut entry = json!({
            "localGatewayInterface": tunnel.get("vpnGatewayInterface").cloned().unwrap_or(json!(0)),
            "tunnelUrl": json::string(tunnel, "selfLink"),
        });
        if let Some(number) = tunnel.get("peerExternalGatewayInterface") {
            entry["peerGatewayInterface"] = number.clone();
        }
        match connections.iter_mut().find(|known| json::text(known, field) == Some(&peer)) {
            Some(known) => {
                if let Some(tunnels) = known["tunnels"].as_array_mut() {
                    tunnels.push(entry);
                }
            }
            None => connections.push(json!({field: peer, "tunnels": [entry]})),
        }
    }
    for connection in &mut connections {
        let mut interfaces: Vec<String> = json::list(connection, "tunnels")
            .iter()
            .map(|tunnel| tunnel["localGatewayInterface"].to_string())
            .collect();
        interfaces.sort();
        interfaces.dedup();
        connection["state"] = match interfaces.len() {
            2 => json!({"state": "CONNECTION_REDUNDANCY_MET"}),
            _ => {
                json!({"state": "CONNECTION_REDUNDANCY_NOT_MET", "unsatisfiedReason": "INCOMPLETE_TUNNELS_COVERAGE"})
            }
        };
    }
    let result = if connections.is_empty() { json!({}) } else { json!({ "vpnConnections": connections }) };
    Ok(json!({ "result": result }))
}

/// Forwarding rules to classic gateways need an address of their region.
pub(crate) fn forwarding(world: &mut World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    if let Some(given) = json::text(object, "IPAddress").map(str::to_owned)
        && given.contains('/')
    {
        let link = resource_of(&given);
        let link = if link.starts_with("projects/") {
            link.to_owned()
        } else {
            format!("projects/{project}/{link}")
        };
        let found =
            world.store.objects.get(&format!("compute:{link}")).ok_or_else(|| Refusal::missing(&link))?;
        object["IPAddress"] = json!(json::string(found, "address"));
    }
    if json::text(object, "target").is_some_and(|target| target.contains("/serviceAttachments/")) {
        return super::attachment::endpoint(world, &project, object);
    }
    json::fill(object, &json!({"loadBalancingScheme": "EXTERNAL", "networkTier": "PREMIUM"}));
    if json::string(object, "loadBalancingScheme").starts_with("INTERNAL") {
        internal(world, path, object)?;
    }
    if json::text(object, "IPAddress").is_none() {
        let seed = world.store.number();
        object["IPAddress"] = match json::text(object, "ipVersion") {
            Some("IPV6") => json!(format!("2600:1901:8000:{:x}:0:0:0:0/96", seed % 0xffff)),
            _ => public_address(seed),
        };
    }
    steered(world, path, object)?;
    if json::text(object, "target").is_some_and(|target| target.contains("/targetVpnGateways/")) {
        let protocol = json::string(object, "IPProtocol");
        let ports = json::string(object, "portRange");
        let good = matches!(
            (protocol.as_str(), ports.as_str()),
            ("ESP", "") | ("UDP", "500" | "500-500" | "4500" | "4500-4500")
        );
        if !good {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.portRange': '{ports}'. A VPN gateway takes ESP, and UDP on the ports 500 and 4500."
            )));
        }
        if !ports.is_empty() && !ports.contains('-') {
            object["portRange"] = json!(format!("{ports}-{ports}"));
        }
    }
    Ok(())
}

/// A rule for some sources needs one with the same address for all others.
pub(crate) fn steered(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    json::take(object, "baseForwardingRule");
    if json::list(object, "sourceIpRanges").is_empty() {
        return Ok(());
    }
    let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
    let same = |rule: &Value| {
        let fields = ["IPAddress", "IPProtocol"];
        json::list(rule, "sourceIpRanges").is_empty()
            && fields.iter().all(|field| json::text(rule, field) == json::text(object, field))
    };
    let inside = format!("compute:{collection}/");
    let base = world.store.under(&inside).find(|(_, rule)| same(rule)).map(|(key, _)| key.to_owned());
    let Some(base) = base else {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.sourceIpRanges'. No forwarding rule with this address is for all sources.",
        ));
    };
    object["baseForwardingRule"] = json!(crate::operation::compute_link(base.trim_start_matches("compute:")));
    Ok(())
}

/// Rules of internal load balancers, of which only the rules are modelled, have an address of a subnet.
fn internal(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    if json::text(object, "backendService").is_none() && json::text(object, "target").is_none() {
        return Err(crate::validate::missing("resource.backendService"));
    }
    let Some(link) = json::text(object, "subnetwork").map(str::to_owned) else {
        return Err(Refusal::not_modelled("An internal forwarding rule without a subnetwork"));
    };
    let name = resource_of(&link);
    let subnet = world.store.objects.get(&format!("compute:{name}")).ok_or_else(|| Refusal::missing(name))?;
    if json::text(object, "network").is_some_and(|network| Some(network) != json::text(subnet, "network")) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.subnetwork': '{link}'. The subnetwork is not in the network."
        )));
    }
    let Some((_, range)) = ranges(subnet).into_iter().next() else {
        return Err(Refusal::not_modelled("An internal forwarding rule in a subnetwork without IPv4"));
    };
    match json::text(object, "IPAddress").map(str::to_owned) {
        Some(given) if !given.parse().is_ok_and(|address: Ipv4Addr| range.contains(&address)) => {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.IPAddress': '{given}'. It is not in {range}."
            )));
        }
        Some(_) => {}
        None => {
            let used = taken(world, &link);
            let free = range.hosts().skip(1).find(|address| !used.contains(address));
            let free = free.ok_or_else(|| Refusal::invalid(format!("IP space of '{name}' is exhausted.")))?;
            object["IPAddress"] = json!(free.to_string());
        }
    }
    object["network"] = subnet["network"].clone();
    if let Some(label) = json::text(object, "serviceLabel") {
        let words: Vec<&str> = path.split('/').collect();
        let service = format!("{label}.{}.il4.{}.lb.{}.internal", words[5], words[3], words[1]);
        object["serviceName"] = json!(service);
    }
    Ok(())
}

/// What a rule sends packets to can be changed.
pub(super) fn retarget(
    world: &mut World,
    _: &Call<'_>,
    _: &str,
    body: &Value,
    object: &mut Value,
) -> Result<(), Refusal> {
    let target = json::string(body, "target");
    let name = resource_of(&target).to_owned();
    if !world.store.objects.contains_key(&format!("compute:{name}")) {
        return Err(Refusal::missing(&name));
    }
    object["target"] = json!(crate::operation::compute_link(&name));
    Ok(())
}

/// Attachments of partners wait for the partner, with a key.
pub(crate) fn attachment(world: &mut World, object: &mut Value) -> Result<(), Refusal> {
    let router = json::string(object, "router");
    let router = world.store.objects.get(&format!("compute:{}", resource_of(&router)));
    let encrypts = router.is_some_and(|router| json::flag(router, "encryptedInterconnectRouter"));
    if json::text(object, "encryption") == Some("IPSEC") && !encrypts {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.encryption': 'IPSEC'. It needs a router with encryptedInterconnectRouter.",
        ));
    }
    if json::text(object, "type") == Some("PARTNER") {
        let number = world.store.number();
        let key = format!("{:08x}-0000-4000-8000-{number:012x}", number);
        let edge = "AVAILABILITY_DOMAIN_ANY";
        json::fill(object, &json!({"pairingKey": key, "edgeAvailabilityDomain": edge}));
    } else {
        object["state"] = json!("ACTIVE");
        object["operationalStatus"] = json!("OS_ACTIVE");
        if json::text(object, "interconnect").is_none() {
            return Err(crate::validate::missing("resource.interconnect"));
        }
        let number = world.store.number();
        let given = json::texts(object, "candidateSubnets[]").first().map(|subnet| (*subnet).to_owned());
        let subnet = given.unwrap_or_else(|| format!("169.254.{}.0/29", number % 250));
        let address = |last: &str| subnet.replace(".0/", &format!(".{last}/"));
        let certain = |end: &str, otherwise: String| {
            json::text(object, &format!("candidate{end}RouterIpAddress")).map_or(otherwise, str::to_owned)
        };
        let (here, there) = (certain("Cloud", address("1")), certain("Customer", address("2")));
        for end in ["Cloud", "Customer"] {
            let six = json::text(object, &format!("candidate{end}RouterIpv6Address")).map(str::to_owned);
            if let Some(six) = six {
                object[format!("{}RouterIpv6Address", end.to_lowercase())] = json!(six);
            }
        }
        json::fill(
            object,
            &json!({
                "bandwidth": "BPS_10G", "vlanTag8021q": number % 4000 + 2,
                "cloudRouterIpAddress": here, "customerRouterIpAddress": there,
            }),
        );
    }
    Ok(())
}
