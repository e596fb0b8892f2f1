//! Compute Engine: networks and what is in them.

mod address;
mod data;
mod disk;
mod document;
mod external_vpn_gateway;
mod firewall;
mod firewall_policy;
mod firewall_policy_rule;
mod forwarding_rule;
mod global_address;
mod ha_vpn_gateway;
mod instance;
mod instance_blocks;
mod instance_change;
mod instance_disks;
mod interconnect_attachment;
pub(crate) mod kind;
mod metadata;
mod network;
mod network_peering;
mod operation;
mod peering_routes;
mod region_firewall_policy;
mod region_firewall_policy_rule;
mod route;
mod router;
mod router_interface;
mod router_nat;
mod router_part;
mod router_peer;
mod service_connection;
mod shared_vpc;
mod subnetwork;
mod vpn_gateway;
mod vpn_tunnel;

pub use address::Address;
pub use data::*;
pub use disk::{Disk, DiskKey, DiskParams, DiskSourceKey, GuestFeature, PrimaryDisk};
pub use external_vpn_gateway::ExternalVpnGateway;
pub use firewall::Firewall;
pub use firewall_policy::{NetworkFirewallPolicy, NetworkFirewallPolicyAssociation};
pub use firewall_policy_rule::NetworkFirewallPolicyRule;
pub use forwarding_rule::{ForwardingRule, Registration};
pub use global_address::GlobalAddress;
pub use ha_vpn_gateway::HaVpnGateway;
pub use instance::Instance;
pub use interconnect_attachment::{InterconnectAttachment, InterconnectInfo};
pub use metadata::{ProjectMetadata, ProjectMetadataItem};
pub use network::Network;
pub use network_peering::NetworkPeering;
pub use peering_routes::PeeringRoutes;
pub use region_firewall_policy::{RegionNetworkFirewallPolicy, RegionNetworkFirewallPolicyAssociation};
pub use region_firewall_policy_rule::RegionNetworkFirewallPolicyRule;
pub use route::Route;
pub use router::Router;
pub use router_interface::RouterInterface;
pub use router_nat::RouterNat;
pub use router_peer::RouterPeer;
pub use service_connection::ServiceNetworkingConnection;
pub use shared_vpc::{SharedVpcHostProject, SharedVpcServiceProject};
pub use subnetwork::Subnetwork;
pub use vpn_gateway::ClassicVpnGateway;
pub use vpn_tunnel::VpnTunnel;

use crate::Google;
use terrane_sdk::{DataSourceType, ResourceType, Value, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![
        Address,
        ClassicVpnGateway,
        Disk,
        ExternalVpnGateway,
        Firewall,
        ForwardingRule,
        GlobalAddress,
        HaVpnGateway,
        Instance,
        InterconnectAttachment,
        Network,
        NetworkFirewallPolicy,
        NetworkFirewallPolicyAssociation,
        NetworkFirewallPolicyRule,
        NetworkPeering,
        PeeringRoutes,
        ProjectMetadata,
        ProjectMetadataItem,
        RegionNetworkFirewallPolicy,
        RegionNetworkFirewallPolicyAssociation,
        RegionNetworkFirewallPolicyRule,
        Route,
        Router,
        RouterInterface,
        RouterNat,
        RouterPeer,
        ServiceNetworkingConnection,
        SharedVpcHostProject,
        SharedVpcServiceProject,
        Subnetwork,
        VpnTunnel,
    ]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![
        DefaultServiceAccountData,
        ImageData,
        NetworkData,
        NetworksData,
        RegionsData,
        SubnetworkData,
        SubnetworksData,
        ZonesData,
    ]
}

/// Deletes a network, unless there is none.
pub(crate) async fn delete_network(
    google: &Google,
    place: &kind::Place,
    name: &str,
    cx: &terrane_sdk::ApplyContext,
) -> Result<(), terrane_sdk::Error> {
    kind::delete::<network::Api>(google, place, name, cx).await
}

/// Checks the name of an object.
pub(crate) fn name(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let letter = |c: char| c.is_ascii_lowercase();
    let good = text.len() <= 63
        && text.starts_with(letter)
        && text.ends_with(|c: char| letter(c) || c.is_ascii_digit())
        && text.chars().all(|c| letter(c) || c.is_ascii_digit() || c == '-');
    match good {
        true => Ok(()),
        false => Err(format!(
            "{text:?} must begin with a letter and have up to 63 lowercase letters, digits and dashes, no dash last."
        )),
    }
}

/// Checks a range of IPv4 addresses, without host bits.
pub(crate) fn ipv4_range(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let bits = |text: &str| {
        let (address, length) = text.split_once('/')?;
        let (address, length): (std::net::Ipv4Addr, u32) = (address.parse().ok()?, length.parse().ok()?);
        (length <= 32).then_some((u32::from(address), length))
    };
    match bits(text) {
        None => Err(format!("{text:?} is no range such as \"10.0.0.0/24\".")),
        Some((address, length)) if length < 32 && address << length != 0 => {
            Err(format!("{text:?} has bits set behind its first {length} ones."))
        }
        Some(_) => Ok(()),
    }
}
