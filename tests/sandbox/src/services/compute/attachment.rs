//! Attachments, by which networks of others are reached: of networks for interfaces of instances, of services for
//! forwarding rules (Private Service Connect).

use super::address::taken;
use super::subnetwork::ranges;
use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::world::World;
use serde_json::{Value, json};
use std::net::Ipv4Addr;

/// Before an attachment of a network is stored: its subnets are in one network and in its region.
pub(crate) fn creating_network(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    inside(path, object, "subnetworks[]")?;
    let subnets = json::texts(object, "subnetworks[]").into_iter().map(|link| {
        let subnet = world.store.objects.get(&format!("compute:{}", resource_of(link)));
        subnet.map(|subnet| json::string(subnet, "network")).unwrap_or_default()
    });
    let mut networks: Vec<String> = subnets.collect();
    networks.dedup();
    match networks.as_slice() {
        [network] => {
            object["network"] = json!(network);
            Ok(())
        }
        _ => Err(Refusal::invalid("The subnetworks of an attachment are in one network.")),
    }
}

/// Before an attachment of a service is stored: addresses are translated in subnets for that purpose.
pub(crate) fn creating_service(world: &mut World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    inside(path, object, "natSubnets[]")?;
    for link in json::texts(object, "natSubnets[]") {
        let subnet = world.store.objects.get(&format!("compute:{}", resource_of(link)));
        if subnet.and_then(|subnet| json::text(subnet, "purpose")) != Some("PRIVATE_SERVICE_CONNECT") {
            return Err(Refusal::invalid(format!(
                "Invalid value for field 'resource.natSubnets': '{link}'. Its purpose is not PRIVATE_SERVICE_CONNECT."
            )));
        }
    }
    let (high, low) = (world.store.number(), world.store.number());
    object["pscServiceAttachmentId"] = json!({"high": high.to_string(), "low": low.to_string()});
    Ok(())
}

fn inside(path: &str, object: &Value, field: &str) -> Result<(), Refusal> {
    let region = format!("/regions/{}/", path.split('/').nth(3).unwrap_or(""));
    match json::texts(object, field).into_iter().find(|link| !link.contains(&region)) {
        Some(link) => Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.{field}': '{link}'. It is in another region."
        ))),
        None => Ok(()),
    }
}

/// Whether an attachment takes everybody.
fn open(attachment: &Value) -> bool {
    json::text(attachment, "connectionPreference") == Some("ACCEPT_AUTOMATIC")
}

/// An interface by which an instance is in somebody else's subnet, that of an attachment.
pub(super) fn connected(
    world: &World,
    project: &str,
    index: usize,
    mut nic: Value,
) -> Result<Value, Refusal> {
    let link = json::string(&nic, "networkAttachment");
    let name = resource_of(&link);
    let attachment =
        world.store.objects.get(&format!("compute:{name}")).ok_or_else(|| Refusal::missing(name))?;
    let refused = |why: &str| {
        let field = format!("resource.networkInterfaces[{index}].networkAttachment");
        Err(Refusal::invalid(format!("Invalid value for field '{field}': '{name}'. {why}")))
    };
    if index == 0 {
        return refused("The first interface of an instance is in a network.");
    }
    if ["network", "subnetwork"].iter().any(|field| json::text(&nic, field).is_some()) {
        return refused("An interface has a network or an attachment.");
    }
    let listed = json::texts(attachment, "producerAcceptLists[]").contains(&project);
    if !listed && !open(attachment) {
        return refused(&format!("The attachment does not accept the project '{project}'."));
    }
    let subnet = json::texts(attachment, "subnetworks[]").first().map(|link| (*link).to_owned());
    let subnet = subnet.unwrap_or_default();
    let found = world.store.objects.get(&format!("compute:{}", resource_of(&subnet)));
    let Some((_, range)) = found.and_then(|found| ranges(found).into_iter().next()) else {
        return refused("Its subnetwork has no IPv4 range.");
    };
    let interfaces = world.store.under("compute:").filter(|(key, _)| key.contains("/instances/"));
    let interfaces = interfaces.flat_map(|(_, other)| json::list(other, "networkInterfaces"));
    let used = interfaces.filter(|other| {
        json::text(other, "subnetwork") == Some(&subnet)
            || json::text(other, "networkAttachment") == Some(&link)
    });
    let used = used.filter_map(|other| json::text(other, "networkIP")?.parse::<Ipv4Addr>().ok());
    let used: Vec<Ipv4Addr> = used.chain(taken(world, &subnet)).collect();
    let Some(address) = range.hosts().skip(1).find(|address| !used.contains(address)) else {
        return refused("The range of its subnetwork is exhausted.");
    };
    let more = json!({
        "kind": "compute#networkInterface", "name": format!("nic{index}"), "networkIP": address.to_string(),
    });
    json::merge(&mut nic, &more);
    json::fill(&mut nic, &json!({"stackType": "IPV4_ONLY"}));
    nic["fingerprint"] = json!(crate::world::fingerprint(&nic));
    Ok(nic)
}

/// A forwarding rule that leads to a service of somebody else, by an address of one's own network.
pub(super) fn endpoint(world: &mut World, project: &str, object: &mut Value) -> Result<(), Refusal> {
    let link = json::string(object, "target");
    let name = resource_of(&link);
    let attachment =
        world.store.objects.get(&format!("compute:{name}")).cloned().ok_or_else(|| Refusal::missing(name))?;
    if json::text(object, "loadBalancingScheme").is_some() {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.loadBalancingScheme'. A rule for a service attachment has none.",
        ));
    }
    if json::text(object, "IPAddress").is_none() {
        return Err(crate::validate::missing("resource.IPAddress"));
    }
    let listed = json::list(&attachment, "consumerAcceptLists");
    let listed = listed.iter().any(|entry| json::text(entry, "projectIdOrNum") == Some(project));
    let taken = listed || open(&attachment);
    object["pscConnectionId"] = json!(world.id());
    object["pscConnectionStatus"] = json!(if taken { "ACCEPTED" } else { "PENDING" });
    Ok(())
}

/// An attachment of a service with who is connected.
pub(crate) fn shown(world: &World, path: &str, mut object: Value) -> Value {
    let link = compute_link(path);
    let rules = world.store.under("compute:").filter(|(key, _)| key.contains("/forwardingRules/"));
    let rules = rules.filter(|(_, rule)| json::text(rule, "target") == Some(&link));
    let connected: Vec<Value> = rules
        .map(|(key, rule)| {
            json!({
                "endpoint": compute_link(key.trim_start_matches("compute:")), "pscConnectionId": rule["pscConnectionId"],
                "status": rule["pscConnectionStatus"], "consumerNetwork": rule["network"],
            })
        })
        .collect();
    if !connected.is_empty() {
        object["connectedEndpoints"] = Value::Array(connected);
    }
    object
}
