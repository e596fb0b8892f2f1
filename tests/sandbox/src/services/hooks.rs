//! Where resources differ from what their rules can say: each hook leads to the module of its resource.

use super::{bigquery, compute, dns, kms, logging, pubsub, storage};
use crate::call::Call;
use crate::refusal::Refusal;
use crate::rules::Rule;
use crate::world::World;
use serde_json::Value;

/// Before an object is stored for the first time.
pub(crate) fn creating(
    world: &mut World,
    rule: &Rule,
    path: &str,
    object: &mut Value,
) -> Result<(), Refusal> {
    match rule.resource.as_str() {
        "Network" => compute::network::creating(path, object),
        "Subnetwork" => compute::subnetwork::check(world, path, None, object),
        "Firewall" => compute::firewall::check(object),
        "Route" => compute::route::check(world, path, object),
        "Router" => compute::router::check(world, path, None, object),
        "Address" => compute::address::creating(world, path, object),
        "Disk" => compute::disk::creating(world, path, object),
        "InstantSnapshot" => compute::disk::creating_instant(world, path, object),
        "NetworkAttachment" => compute::attachment::creating_network(world, path, object),
        "ServiceAttachment" => compute::attachment::creating_service(world, path, object),
        "FirewallPolicy" => compute::firewall_policy::creating(object),
        "Instance" => compute::instance::creating(world, path, object),
        "VpnGateway" => compute::vpn::gateway(world, object),
        "ExternalVpnGateway" => compute::vpn::external(object),
        "VpnTunnel" => compute::vpn::tunnel(world, path, object),
        "ForwardingRule" => compute::vpn::forwarding(world, path, object),
        "InterconnectAttachment" => compute::vpn::attachment(world, object),
        "Bucket" => storage::bucket::creating(world, object),
        "Dataset" => bigquery::creating(world, path, object),
        "LogSink" => logging::creating(world, path, object),
        "KeyRing" => kms::creating_ring(path),
        "CryptoKey" => kms::creating(world, path, object),
        "Topic" => pubsub::check(world, path, object),
        _ => Ok(()),
    }
}

/// After an object is stored for the first time.
pub(crate) fn created(world: &mut World, rule: &Rule, path: &str) {
    match rule.resource.as_str() {
        "Network" => compute::network::created(world, path),
        "Subnetwork" => compute::subnetwork::created(world, path),
        "Bucket" => storage::bucket::created(world, path),
        "ManagedZone" => dns::created(world, path),
        _ => {}
    }
}

/// Before a changed object is stored.
pub(crate) fn changing(
    world: &mut World,
    call: &Call<'_>,
    rule: &Rule,
    path: &str,
    old: &Value,
    new: &mut Value,
) -> Result<(), Refusal> {
    match rule.resource.as_str() {
        "Network" => {
            compute::network::changing(path, new);
            Ok(())
        }
        "Subnetwork" => compute::subnetwork::check(world, path, Some(old), new),
        "Firewall" => compute::firewall::check(new),
        "Router" => compute::router::check(world, path, Some(old), new),
        "ForwardingRule" => compute::vpn::steered(world, path, new),
        "Bucket" => storage::bucket::changing(world, old, new),
        "LogSink" => logging::changing(call, new),
        "CryptoKey" => kms::check(world, new),
        "CryptoKeyVersion" => kms::changing_version(old, new),
        "Topic" => pubsub::check(world, path, new),
        _ => Ok(()),
    }
}

/// Before an object is deleted.
pub(crate) fn deleting(world: &mut World, rule: &Rule, path: &str, old: &Value) -> Result<(), Refusal> {
    match rule.resource.as_str() {
        "Network" => compute::network::deleting(world, path, old),
        "Route" => compute::route::deleting(old),
        "Instance" => compute::instance::deleting(old),
        "FirewallPolicy" => compute::firewall_policy::deleting(path, old),
        "Bucket" => storage::bucket::deleting(world, path),
        "ManagedZone" => dns::deleting(world, path, old),
        _ => Ok(()),
    }
}

/// After an object is deleted.
pub(crate) fn deleted(world: &mut World, rule: &Rule, path: &str, old: &Value) {
    match rule.resource.as_str() {
        "Network" => compute::network::deleted(world, path),
        "Subnetwork" => compute::subnetwork::deleted(world, path, old),
        "Instance" => compute::instance::deleted(world, old),
        _ => {}
    }
}

/// An object as it is shown.
pub(crate) fn shown(world: &World, rule: &Rule, path: &str, object: Value) -> Value {
    match rule.resource.as_str() {
        "Network" => compute::network::shown(world, path, object),
        "VpnTunnel" => compute::vpn::shown(world, object),
        "VpnGateway" | "TargetVpnGateway" => compute::vpn::with_tunnels(world, path, object),
        "Address" => compute::address::shown(world, path, object),
        "ServiceAttachment" => compute::attachment::shown(world, path, object),
        "Dataset" => bigquery::shown(object),
        "Disk" => compute::disk::shown(world, path, object),
        "Instance" => compute::instance::shown(world, path, object),
        "CryptoKey" => kms::shown(world, object),
        _ => object,
    }
}
