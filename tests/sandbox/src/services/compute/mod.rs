//! Compute Engine beyond creating, reading, changing and deleting.

pub(crate) mod address;
pub(crate) mod attachment;
mod catalog;
pub(crate) mod disk;
pub(crate) mod firewall;
pub(crate) mod firewall_policy;
pub(crate) mod instance;
mod instance_change;
mod interface;
mod machine_type;
pub(crate) mod network;
pub(crate) mod project;
pub(crate) mod route;
pub(crate) mod router;
pub(crate) mod subnetwork;
pub(crate) mod vpn;

use crate::call::{Answer, Call};
use crate::refusal::Refusal;
use crate::resource::{missing, stamp};
use crate::rules::Rule;
use crate::world::World;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Result<Answer, Refusal>> {
    let rules = Arc::clone(&world.rules);
    let rule = rules.of(call.collection());
    let answer = match (call.collection(), call.verb(), rule) {
        ("compute.projects", _, _) => project::answer(world, call)?,
        (
            "compute.regions"
            | "compute.zones"
            | "compute.images"
            | "compute.imageFamilyViews"
            | "compute.machineTypes",
            _,
            _,
        ) => catalog::answer(world, call)?,
        ("compute.disks", "resize", Some(rule)) => change(world, call, rule, disk::act),
        ("compute.disks", "createSnapshot", Some(rule)) => change(world, call, rule, disk::snapshot),
        ("compute.instances", verb, Some(rule)) if instance_change::VERBS.contains(&verb) => {
            change(world, call, rule, instance_change::act)
        }
        (
            "compute.networkFirewallPolicies" | "compute.regionNetworkFirewallPolicies",
            "addRule" | "patchRule" | "removeRule" | "addAssociation" | "removeAssociation",
            Some(rule),
        ) => change(world, call, rule, firewall_policy::act),
        (
            "compute.networkFirewallPolicies" | "compute.regionNetworkFirewallPolicies",
            "getRule" | "getAssociation",
            Some(rule),
        ) => read(world, call, rule, firewall_policy::show),
        (
            "compute.networks",
            "addPeering" | "removePeering" | "updatePeering" | "switchToCustomMode",
            Some(rule),
        ) => change(world, call, rule, network::act),
        ("compute.subnetworks", "expandIpCidrRange" | "setPrivateIpGoogleAccess", Some(rule)) => {
            change(world, call, rule, subnetwork::act)
        }
        ("compute.subnetworks", "listUsable", _) => subnetwork::usable(world, call),
        ("compute.routers", "getRouterStatus", Some(rule)) => read(world, call, rule, router::status),
        ("compute.forwardingRules", "setTarget", Some(rule)) => change(world, call, rule, vpn::retarget),
        ("compute.vpnGateways", "getStatus", Some(rule)) => read(world, call, rule, vpn::status),
        _ => return None,
    };
    Some(answer.map(Answer::Json))
}

type Act = fn(&mut World, &Call<'_>, &str, &Value, &mut Value) -> Result<(), Refusal>;
type Show = fn(&World, &Call<'_>, &str, &Value) -> Result<Value, Refusal>;

/// A method that changes one resource and is answered with an operation.
fn change(world: &mut World, call: &Call<'_>, rule: &Rule, act: Act) -> Result<Value, Refusal> {
    let path = call.target().to_owned();
    let stored = format!("compute:{path}");
    let mut object = world.store.objects.get(&stored).cloned().ok_or_else(|| missing(rule, &path))?;
    let body = call.request()?;
    act(world, call, &path, &body, &mut object)?;
    stamp(world, call, rule, &path, &mut object);
    let id = crate::json::string(&object, "id");
    world.store.objects.insert(stored, object);
    Ok(world.compute_operation(call.verb(), &path, Some(&id), call.query.get("requestId")))
}

/// A method that shows something of one resource.
fn read(world: &World, call: &Call<'_>, rule: &Rule, show: Show) -> Result<Value, Refusal> {
    let path = call.target().to_owned();
    let object = world.store.objects.get(&format!("compute:{path}")).ok_or_else(|| missing(rule, &path))?;
    show(world, call, &path, object)
}
