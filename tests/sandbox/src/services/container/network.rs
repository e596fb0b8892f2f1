//! Where clusters are: in which network and subnet, with which ranges for pods and services, and whether Google's own
//! accounts may use them when they belong to the host project of a Shared VPC.

use super::places;
use crate::call::Call;
use crate::json;
use crate::operation::Effect;
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::services::compute::network::subnets;
use crate::services::compute::project::host_of;
use crate::services::compute::subnetwork::{ranges, touch};
use crate::world::{World, short_hash};
use ipnet::Ipv4Net;
use serde_json::{Value, json};

const SERVICES: &str = "34.118.224.0/20";
const USERS: [&str; 5] = [
    "roles/compute.networkUser",
    "roles/compute.networkAdmin",
    "roles/compute.admin",
    "roles/editor",
    "roles/owner",
];
const AGENTS: [&str; 2] = ["roles/container.hostServiceAgentUser", "roles/owner"];

/// Finds the network and the subnet of a new cluster, and its ranges; writes all of them into it.
pub(super) fn settle(world: &mut World, path: &str, cluster: &mut Value) -> Result<(), Refusal> {
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    let region = places::region_of(super::location(path)).to_owned();
    let (network, subnet) = found(world, &project, &region, cluster)?;
    let host = network.split('/').nth(1).unwrap_or("").to_owned();
    if host != project {
        require_shared(world, &project, &host, &subnet)?;
    }
    let last = |path: &str| path.rsplit('/').next().unwrap_or("").to_owned();
    json::put(cluster, "network", last(&network));
    json::put(cluster, "subnetwork", last(&subnet));
    json::put(cluster, "networkConfig.network", network.clone());
    json::put(cluster, "networkConfig.subnetwork", subnet.clone());
    allocate(world, path, cluster, &subnet, host != project)?;
    master(world, &network, path, cluster)
}

fn found(world: &World, project: &str, region: &str, cluster: &Value) -> Result<(String, String), Refusal> {
    let full = |text: &str, collection: &str| {
        let path = resource_of(text);
        let path = match path.split('/').next() {
            Some("projects") => path.to_owned(),
            Some("global" | "regions") => format!("projects/{project}/{path}"),
            _ => format!("projects/{project}/{collection}/{path}"),
        };
        world.canonical(&path)
    };
    let given = json::text(cluster, "network").unwrap_or("default");
    let subnet =
        json::text(cluster, "subnetwork").map(|text| full(text, &format!("regions/{region}/subnetworks")));
    let mut network = full(given, "global/networks");
    let object = subnet.as_ref().and_then(|subnet| world.store.objects.get(&format!("compute:{subnet}")));
    if let Some(object) = object.filter(|_| json::text(cluster, "network").is_none()) {
        network = resource_of(json::text(object, "network").unwrap_or("")).to_owned();
    }
    let Some(stored) = world.store.objects.get(&format!("compute:{network}")) else {
        return Err(Refusal::invalid(format!("Network \"{network}\" does not exist.")));
    };
    let subnet = match subnet {
        Some(subnet) => subnet,
        None if json::flag(stored, "autoCreateSubnetworks") => {
            let host = network.split('/').nth(1).unwrap_or(project);
            format!(
                "projects/{host}/regions/{region}/subnetworks/{}",
                network.rsplit('/').next().unwrap_or("")
            )
        }
        None => {
            return Err(Refusal::invalid(format!(
                "Network \"{network}\" is not in auto mode: a subnetwork has to be given."
            )));
        }
    };
    let Some(object) = world.store.objects.get(&format!("compute:{subnet}")) else {
        return Err(Refusal::invalid(format!("Subnetwork \"{subnet}\" does not exist.")));
    };
    if world.store.unready.contains(&subnet) || world.store.unready.contains(&network) {
        return Err(Refusal::invalid(format!("The resource '{subnet}' is not ready")));
    }
    if resource_of(json::text(object, "network").unwrap_or("")) != network {
        return Err(Refusal::invalid(format!(
            "Subnetwork \"{subnet}\" is not in the network \"{network}\"."
        )));
    }
    if !subnet.contains(&format!("/regions/{region}/")) {
        return Err(Refusal::invalid(format!("Subnetwork \"{subnet}\" is not in the region {region}.")));
    }
    Ok((network, subnet))
}

/// A network of another project is that of its host, and Google's accounts for the cluster's project may use it.
fn require_shared(world: &World, project: &str, host: &str, subnet: &str) -> Result<(), Refusal> {
    if host_of(world, project).as_deref() != Some(host) {
        return Err(Refusal::invalid(format!(
            "The project \"{project}\" is not attached to the shared VPC host project \"{host}\"."
        )));
    }
    let number = world.project_number(project).unwrap_or_default();
    let robot = format!("serviceAccount:service-{number}@container-engine-robot.iam.gserviceaccount.com");
    let cloud = format!("serviceAccount:{number}@cloudservices.gserviceaccount.com");
    let own = format!("projects/{host}");
    let above = std::iter::once(own.clone()).chain(world.ancestors(&own));
    let above: Vec<String> = above.map(|name| name.replacen('/', ":", 1)).collect();
    if !world.has_role(&robot, &AGENTS, &above) {
        return Err(Refusal::new(
            403,
            format!(
                "Required \"container.hostServiceAgent.use\" permission(s) for \"projects/{host}\": {robot} needs roles/container.hostServiceAgentUser."
            ),
        ));
    }
    let mut keys = above;
    keys.push(format!("compute:{subnet}"));
    for member in [robot, cloud] {
        if !world.has_role(&member, &USERS, &keys) {
            return Err(Refusal::new(
                403,
                format!(
                    "Google Compute Engine: Required 'compute.subnetworks.use' permission for '{subnet}': {member} needs roles/compute.networkUser."
                ),
            ));
        }
    }
    Ok(())
}

/// The ranges for pods and services: those that are named, or new ones.
fn allocate(
    world: &mut World,
    path: &str,
    cluster: &mut Value,
    subnet: &str,
    shared: bool,
) -> Result<(), Refusal> {
    if json::flag(cluster, "ipAllocationPolicy.useRoutes") {
        return routed(world, cluster, shared);
    }
    if json::flag(cluster, "ipAllocationPolicy.createSubnetwork") {
        return Err(Refusal::not_modelled("A cluster that makes its subnetwork"));
    }
    let asked =
        json::text(cluster, "clusterIpv4Cidr").filter(|_| json::at(cluster, "ipAllocationPolicy").is_none());
    if let Some(asked) = asked.map(str::to_owned) {
        json::put(cluster, "ipAllocationPolicy.clusterIpv4CidrBlock", asked);
    }
    let pods = range(world, path, cluster, subnet, "cluster", "pods", shared)?.unwrap_or_default();
    let services = match range(world, path, cluster, subnet, "services", "services", shared)? {
        Some(range) => range,
        None => SERVICES.to_owned(),
    };
    for (name, range) in [("clusterIpv4Cidr", &pods), ("servicesIpv4Cidr", &services)] {
        json::put(cluster, &format!("ipAllocationPolicy.{name}"), range.clone());
        json::put(cluster, &format!("ipAllocationPolicy.{name}Block"), range.clone());
        json::put(cluster, name, range.clone());
    }
    json::put(cluster, "ipAllocationPolicy.useIpAliases", true);
    if let Some(policy) = cluster.get_mut("ipAllocationPolicy") {
        json::fill(policy, &json!({"stackType": "IPV4", "podCidrOverprovisionConfig": {}}));
    }
    Ok(())
}

/// Pods that are reached by routes have a range of the network outside of all subnets, whose end is for services.
fn routed(world: &World, cluster: &mut Value, shared: bool) -> Result<(), Refusal> {
    if shared {
        return Err(Refusal::invalid(
            "A cluster in a shared VPC needs alias ranges: ipAllocationPolicy.useIpAliases.",
        ));
    }
    for name in ["clusterSecondaryRangeName", "servicesSecondaryRangeName", "useIpAliases"] {
        if json::at(cluster, &format!("ipAllocationPolicy.{name}")).is_some() {
            return Err(Refusal::invalid(format!("ipAllocationPolicy.{name} does not go with useRoutes.")));
        }
    }
    let network = json::string(cluster, "networkConfig.network");
    let asked = json::text(cluster, "clusterIpv4Cidr").map(str::to_owned);
    let pods = free(world, &network, asked.as_deref(), "pods")?;
    let services = pods.subnets(20).ok().and_then(Iterator::last);
    let services = services.ok_or_else(|| {
        Refusal::invalid(format!("The range {pods} for pods is too small: services need a /20."))
    })?;
    json::put(cluster, "clusterIpv4Cidr", pods.to_string());
    json::put(cluster, "servicesIpv4Cidr", services.to_string());
    Ok(())
}

/// One of the two ranges. Services have one of Google's own if none is asked for.
fn range(
    world: &mut World,
    path: &str,
    cluster: &mut Value,
    subnet: &str,
    field: &str,
    noun: &str,
    shared: bool,
) -> Result<Option<String>, Refusal> {
    let name_at = format!("ipAllocationPolicy.{field}SecondaryRangeName");
    let stored = format!("compute:{subnet}");
    let object = world.store.objects.get(&stored).cloned().unwrap_or_default();
    if let Some(name) = json::text(cluster, &name_at) {
        let found = ranges(&object).into_iter().find(|(known, _)| known == name);
        let Some((_, range)) = found else {
            return Err(Refusal::invalid(format!(
                "The secondary range \"{name}\" for {noun} does not exist in the subnetwork \"{subnet}\"."
            )));
        };
        if let Some(other) = taken(world, subnet, name, noun) {
            return Err(Refusal::invalid(format!(
                "The secondary range \"{name}\" of the subnetwork \"{subnet}\" is used by {other}."
            )));
        }
        if noun == "services"
            && json::text(cluster, "ipAllocationPolicy.clusterSecondaryRangeName") == Some(name)
        {
            return Err(Refusal::invalid("Pods and services need secondary ranges of their own."));
        }
        return Ok(Some(range.to_string()));
    }
    if shared {
        return Err(Refusal::invalid(format!(
            "A cluster in a shared VPC needs the name of a secondary range for {noun}: ipAllocationPolicy.{field}SecondaryRangeName."
        )));
    }
    let asked = json::text(cluster, &format!("ipAllocationPolicy.{field}Ipv4CidrBlock"))
        .or(json::text(cluster, &format!("ipAllocationPolicy.{field}Ipv4Cidr")))
        .map(str::to_owned);
    if asked.is_none() && noun == "services" {
        return Ok(None);
    }
    let network = json::string(cluster, "networkConfig.network");
    let name = format!("gke-{}-{noun}-{}", path.rsplit('/').next().unwrap_or(""), short_hash(path));
    let block = new_range(world, &network, subnet, &name, asked.as_deref(), noun)?;
    json::put(cluster, &name_at, name);
    Ok(Some(block))
}

/// Adds a secondary range to a subnet.
fn new_range(
    world: &mut World,
    network: &str,
    subnet: &str,
    name: &str,
    asked: Option<&str>,
    noun: &str,
) -> Result<String, Refusal> {
    let block = free(world, network, asked, noun)?.to_string();
    let stored = format!("compute:{subnet}");
    let mut object = world.store.objects.get(&stored).cloned().unwrap_or_default();
    let mut list = json::list(&object, "secondaryIpRanges").to_vec();
    if list.iter().any(|range| json::text(range, "rangeName") == Some(name)) {
        return Err(Refusal::invalid(format!(
            "The secondary range \"{name}\" is in the subnetwork \"{subnet}\" already."
        )));
    }
    list.push(json!({"rangeName": name, "ipCidrRange": block}));
    object["secondaryIpRanges"] = Value::Array(list);
    object["fingerprint"] = json!(crate::world::fingerprint(&object));
    world.store.objects.insert(stored, object);
    Ok(block)
}

/// The range for pods that is made with a pool, by its name. It goes with the pool.
pub(super) fn pod_range(world: &mut World, cluster: &Value, pool: &Value) -> Result<String, Refusal> {
    let at = |name: &str| json::text(pool, &format!("networkConfig.{name}")).filter(|text| !text.is_empty());
    let (network, subnet) =
        (json::string(cluster, "networkConfig.network"), json::string(cluster, "networkConfig.subnetwork"));
    let (of, own) = (json::string(cluster, "name"), json::string(pool, "name"));
    let name =
        at("podRange").map_or_else(|| format!("gke-{of}-{own}-pods-{}", short_hash(&own)), str::to_owned);
    new_range(world, &network, &subnet, &name, at("podIpv4CidrBlock"), "pods")?;
    Ok(name)
}

/// The cluster that has a range already, for other things than pods: these clusters can share.
fn taken(world: &World, subnet: &str, name: &str, noun: &str) -> Option<String> {
    let fields: &[&str] = if noun == "services" {
        &["servicesSecondaryRangeName", "clusterSecondaryRangeName"]
    } else {
        &["servicesSecondaryRangeName"]
    };
    world.store.under("container:").find_map(|(key, cluster)| {
        let uses = json::text(cluster, "networkConfig.subnetwork") == Some(subnet)
            && fields
                .iter()
                .any(|field| json::text(cluster, &format!("ipAllocationPolicy.{field}")) == Some(name));
        uses.then(|| key.trim_start_matches("container:").to_owned())
    })
}

/// A block that nothing in the network has: the one that is asked for, or the first of its size.
fn free(world: &World, network: &str, asked: Option<&str>, noun: &str) -> Result<Ipv4Net, Refusal> {
    let mut used: Vec<Ipv4Net> = subnets(world, network)
        .iter()
        .flat_map(|(_, subnet)| ranges(subnet))
        .map(|(_, range)| range)
        .collect();
    for (_, cluster) in world.store.under("container:") {
        if json::text(cluster, "networkConfig.network") == Some(network) {
            used.extend(
                json::text(cluster, "privateClusterConfig.masterIpv4CidrBlock")
                    .and_then(|text| text.parse::<Ipv4Net>().ok()),
            );
        }
    }
    let wrong =
        |text: &str| Refusal::invalid(format!("The range \"{text}\" for {noun} is not a valid CIDR block."));
    let size = match asked {
        Some(text) => match text.strip_prefix('/') {
            Some(size) => {
                size.parse::<u8>().ok().filter(|size| (8..=29).contains(size)).ok_or_else(|| wrong(text))?
            }
            None => {
                let block: Ipv4Net = text.parse().map_err(|_| wrong(text))?;
                if let Some(other) = used.iter().find(|other| touch(**other, block)) {
                    return Err(Refusal::invalid(format!(
                        "The range {block} for {noun} conflicts with {other}."
                    )));
                }
                return Ok(block);
            }
        },
        None => 14,
    };
    for whole in ["10.0.0.0/8", "172.16.0.0/12"] {
        let whole: Ipv4Net = whole.parse().map_err(|_| wrong(whole))?;
        for block in whole.subnets(size.max(whole.prefix_len())).into_iter().flatten() {
            if !used.iter().any(|other| touch(*other, block)) {
                return Ok(block);
            }
        }
    }
    Err(Refusal::invalid(format!("The network \"{network}\" has no free range of /{size} for {noun}.")))
}

/// The range of the control plane: of 16 addresses, and of nobody else.
fn master(world: &World, network: &str, path: &str, cluster: &Value) -> Result<(), Refusal> {
    let Some(text) = json::text(cluster, "privateClusterConfig.masterIpv4CidrBlock") else { return Ok(()) };
    let wrong = |why: String| Refusal::invalid(format!("Invalid master_ipv4_cidr_block \"{text}\": {why}"));
    let block: Ipv4Net = text.parse().map_err(|_| wrong("it is not a CIDR block.".to_owned()))?;
    if block.prefix_len() != 28 || block.trunc() != block {
        return Err(wrong("it must have a /28 netmask and begin at its first address.".to_owned()));
    }
    for (name, subnet) in subnets(world, network) {
        if let Some((_, range)) = ranges(subnet).into_iter().find(|(_, range)| touch(*range, block)) {
            return Err(wrong(format!("it conflicts with {range} of the subnetwork {name}.")));
        }
    }
    for (key, other) in world.store.under("container:") {
        let known =
            json::text(other, "privateClusterConfig.masterIpv4CidrBlock").and_then(|text| text.parse().ok());
        let same = json::text(other, "networkConfig.network") == Some(network) && !key.ends_with(path);
        if same && known.is_some_and(|known: Ipv4Net| touch(known, block)) {
            return Err(wrong(format!(
                "it conflicts with that of {}.",
                key.trim_start_matches("container:")
            )));
        }
    }
    Ok(())
}

/// The subnet that a cluster is in.
pub(super) fn subnet_of(world: &World, cluster: &Value) -> Value {
    let key = format!("compute:{}", json::string(cluster, "networkConfig.subnetwork"));
    world.store.objects.get(&key).cloned().unwrap_or_default()
}

/// Adds ranges for pods to those that a cluster has, and takes some away, by their names in its subnet.
pub(super) fn more_ranges(subnet: &Value, cluster: &mut Value, update: &Value) -> Result<(), Refusal> {
    let at = "ipAllocationPolicy.additionalPodRangesConfig";
    let named = |value: &Value, at: &str| -> Vec<String> {
        json::texts(value, &format!("{at}.podRangeNames[]")).into_iter().map(str::to_owned).collect()
    };
    let (before, added) = (named(cluster, at), named(update, "additionalPodRangesConfig"));
    let removed = named(update, "removedAdditionalPodRangesConfig");
    let known: Vec<String> = ranges(subnet).into_iter().map(|(name, _)| name).collect();
    for name in &added {
        if !known.contains(name) {
            return Err(Refusal::invalid(format!(
                "The secondary range \"{name}\" for pods does not exist in the subnetwork of the cluster."
            )));
        }
        if before.contains(name) {
            return Err(Refusal::invalid(format!("The cluster has the range \"{name}\" for pods already.")));
        }
    }
    if let Some(name) = removed.iter().find(|name| !before.contains(name)) {
        return Err(Refusal::invalid(format!("The cluster has no additional range \"{name}\" for pods.")));
    }
    let names: Vec<String> = before.into_iter().chain(added).filter(|name| !removed.contains(name)).collect();
    match names.is_empty() {
        true => drop(json::take(cluster, at)),
        false => json::put(cluster, at, json!({ "podRangeNames": names })),
    }
    Ok(())
}

/// The ranges that a cluster made, which go with it.
pub(super) fn own_ranges(cluster: &Value) -> Vec<Effect> {
    let subnet = format!("compute:{}", json::string(cluster, "networkConfig.subnetwork"));
    let start = format!("gke-{}-", json::string(cluster, "name"));
    let names = ["clusterSecondaryRangeName", "servicesSecondaryRangeName"];
    let names = names.iter().filter_map(|field| json::text(cluster, &format!("ipAllocationPolicy.{field}")));
    names
        .filter(|name| name.starts_with(&start))
        .map(|name| Effect::DropRange { subnet: subnet.clone(), range: name.to_owned() })
        .collect()
}

/// The range that was made with a pool.
pub(super) fn pool_range(cluster: &Value, pool: &Value) -> Option<Effect> {
    let subnet = format!("compute:{}", json::string(cluster, "networkConfig.subnetwork"));
    json::text(pool, "ownRange").map(|range| Effect::DropRange { subnet, range: range.to_owned() })
}

/// The subnets that clusters can be in.
pub(super) fn usable(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let project = call.project().unwrap_or("");
    world.require_project("container", project)?;
    let mut found = Vec::new();
    for owner in std::iter::once(project.to_owned()).chain(host_of(world, project)) {
        let inside = format!("compute:projects/{owner}/regions/");
        for (key, subnet) in world.store.under(&inside).filter(|(key, _)| key.contains("/subnetworks/")) {
            let mut usable = json!({
                "subnetwork": key.trim_start_matches("compute:"), "ipCidrRange": subnet["ipCidrRange"],
                "network": resource_of(json::text(subnet, "network").unwrap_or("")),
            });
            let secondary: Vec<Value> = json::list(subnet, "secondaryIpRanges")
                .iter()
                .map(|range| {
                    let name = json::string(range, "rangeName");
                    let status =
                        if taken(world, key.trim_start_matches("compute:"), &name, "services").is_some() {
                            "IN_USE_SHAREABLE_POD"
                        } else {
                            "UNUSED"
                        };
                    json!({"rangeName": name, "ipCidrRange": range["ipCidrRange"], "status": status})
                })
                .collect();
            if !secondary.is_empty() {
                usable["secondaryIpRanges"] = Value::Array(secondary);
            }
            found.push((key.to_owned(), usable));
        }
    }
    call.listing("subnetworks", found)
}
