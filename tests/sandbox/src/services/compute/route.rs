//! Routes.

use crate::json;
use crate::operation::compute_link;
use crate::refusal::Refusal;
use crate::world::World;
use ipnet::IpNet;
use serde_json::{Value, json};

const HOPS: [&str; 6] =
    ["nextHopGateway", "nextHopVpnTunnel", "nextHopInstance", "nextHopIlb", "nextHopIp", "nextHopNetwork"];

pub(crate) fn check(world: &World, path: &str, object: &mut Value) -> Result<(), Refusal> {
    if HOPS.iter().filter(|hop| json::text(object, hop).is_some()).count() != 1 {
        return Err(Refusal::invalid(
            "Invalid value for field 'resource.nextHop': ''. Exactly one next hop must be specified.",
        ));
    }
    let range = json::string(object, "destRange");
    if range.parse::<IpNet>().map(|net| net.trunc() != net).unwrap_or(true) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field 'resource.destRange': '{range}'. Must be a valid CIDR range."
        )));
    }
    // Where a gateway is named without its project, it is the network's.
    if json::text(object, "nextHopGateway")
        .is_some_and(|gateway| gateway.ends_with("default-internet-gateway"))
    {
        let project = path.split('/').nth(1).unwrap_or("");
        object["nextHopGateway"] =
            json!(compute_link(&format!("projects/{project}/global/gateways/default-internet-gateway")));
    }
    if let Some(tunnel) = json::text(object, "nextHopVpnTunnel") {
        let tunnel = crate::resource::resource_of(tunnel).to_owned();
        let found = world.store.objects.get(&format!("compute:{tunnel}"));
        if found.is_some_and(|tunnel| json::text(tunnel, "vpnGateway").is_some()) {
            return Err(Refusal::invalid(
                "Invalid value for field 'resource.nextHopVpnTunnel': ''. A tunnel of an HA VPN gateway cannot be the next hop of a static route.",
            ));
        }
    }
    Ok(())
}

pub(crate) fn deleting(old: &Value) -> Result<(), Refusal> {
    if json::text(old, "routeType") == Some("SUBNET") {
        return Err(Refusal::invalid("The local route of a subnetwork cannot be deleted."));
    }
    Ok(())
}
