//! Node pools, and the managed instance groups in Compute Engine that they are made of: one in each zone.

use super::{begin, cluster, location, require_idle, spoken, unknown, version};
use crate::call::Call;
use crate::json;
use crate::operation::{Effect, compute_link};
use crate::refusal::Refusal;
use crate::resource::resource_of;
use crate::services::compute::subnetwork::ranges;
use crate::services::places;
use crate::validate::{matches, missing};
use crate::world::{World, etag, fingerprint, short_hash};
use serde_json::{Value, json};

const DEFAULTS: &str = include_str!("pool.json");

pub(super) fn answer(world: &mut World, call: &Call<'_>, verb: &str) -> Option<Result<Value, Refusal>> {
    Some(match verb {
        "create" => create(world, call),
        "get" => found(world, call).map(|(_, pool)| shown(call, pool)),
        "list" => list(world, call),
        "delete" => delete(world, call),
        "update" => update(world, call),
        "setSize" => change(world, call, "SET_NODE_POOL_SIZE", &|_, body, pool| {
            resized(body["nodeCount"].as_i64().unwrap_or(0), pool)
        }),
        "setManagement" => change(world, call, "SET_NODE_POOL_MANAGEMENT", &|_, body, pool| {
            pool["management"] = body["management"].clone();
            Ok(())
        }),
        "setAutoscaling" => {
            change(world, call, "UPDATE_CLUSTER", &|_, body, pool| autoscaled(&body["autoscaling"], pool))
        }
        _ => return None,
    })
}

fn found(world: &World, call: &Call<'_>) -> Result<(String, Value), Refusal> {
    cluster(world, call)?;
    let key = format!("container:{}", call.resource);
    let pool = world.store.objects.get(&key).cloned();
    pool.map(|pool| (key, pool))
        .ok_or_else(|| Refusal::new(404, format!("nodePool \"{}\" not found", call.resource)))
}

/// A pool without what is of no concern to others.
pub(super) fn shown(call: &Call<'_>, mut pool: Value) -> Value {
    json::take(&mut pool, "size");
    json::take(&mut pool, "ownRange");
    let path = spoken(&json::string(&pool, "path"));
    json::take(&mut pool, "path");
    pool["selfLink"] = json!(format!("https://container.googleapis.com/{}/{path}", call.version()));
    pool["etag"] = json!(etag(&pool));
    pool
}

fn list(world: &World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, _) = cluster(world, call)?;
    let collection = format!("{key}/nodePools");
    let pools: Vec<Value> =
        world.store.members(&collection).map(|(_, pool)| shown(call, pool.clone())).collect();
    Ok(if pools.is_empty() { json!({}) } else { json!({ "nodePools": pools }) })
}

fn require_standard(cluster: &Value) -> Result<(), Refusal> {
    if json::flag(cluster, "autopilot.enabled") {
        return Err(Refusal::invalid("Autopilot clusters do not support mutating node pools."));
    }
    Ok(())
}

fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, cluster) = cluster(world, call)?;
    require_standard(&cluster)?;
    require_idle(world, &key)?;
    let pool = call.request()?.get_mut("nodePool").map(Value::take).unwrap_or(json!({}));
    let path = key.trim_start_matches("container:").to_owned();
    let name = make(world, &path, &cluster, pool)?;
    let pool = format!("{path}/nodePools/{name}");
    let done = vec![Effect::Set {
        key: format!("container:{pool}"),
        path: "status".to_owned(),
        value: json!("RUNNING"),
    }];
    Ok(world.container_operation("CREATE_NODE_POOL", call.version(), &pool, done))
}

/// Makes a pool with its groups; says its name.
pub(super) fn make(
    world: &mut World,
    path: &str,
    cluster: &Value,
    mut pool: Value,
) -> Result<String, Refusal> {
    let name = json::string(&pool, "name");
    if name.is_empty() {
        return Err(missing("node_pool.name"));
    }
    if name.len() > 40 || !matches("[a-z]([-a-z0-9]*[a-z0-9])?", &name) {
        return Err(Refusal::invalid(format!("Invalid value for field \"node_pool.name\": \"{name}\".")));
    }
    let own = format!("{path}/nodePools/{name}");
    let key = format!("container:{own}");
    if world.store.objects.contains_key(&key) {
        return Err(Refusal::new(409, format!("Already exists: {}.", spoken(&own))));
    }
    let master = json::string(cluster, "currentMasterVersion");
    let asked = json::string(&pool, "version");
    let version =
        if asked.is_empty() { master.clone() } else { version::resolve(&asked, "", "Node")?.to_owned() };
    if version::newer(&version, &master) {
        return Err(Refusal::invalid(format!(
            "Node version {version} must not be greater than master version {master}."
        )));
    }
    json::fill(&mut pool, &serde_json::from_str(DEFAULTS).unwrap_or_default());
    disk(&mut pool);
    let count = pool["initialNodeCount"].as_i64().unwrap_or_else(|| autoscaled_minimum(&pool));
    if !(0..=15_000).contains(&count) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field \"node_pool.initial_node_count\": {count}."
        )));
    }
    if let Some(scaling) = json::take(&mut pool, "autoscaling") {
        autoscaled(&scaling, &mut pool)?;
    }
    let pods = json::string(cluster, "defaultMaxPodsConstraint.maxPodsPerNode");
    let more = json!({
        "locations": cluster["locations"], "maxPodsConstraint": {"maxPodsPerNode": pods}, "networkConfig": {},
    });
    json::fill(&mut pool, &more);
    connect(world, cluster, &mut pool)?;
    let pods: u32 = json::text(&pool, "maxPodsConstraint.maxPodsPerNode")
        .and_then(|text| text.parse().ok())
        .unwrap_or(110);
    // A node has twice as many addresses as it has pods, at least.
    let bits = (2 * pods.max(8)).next_power_of_two().trailing_zeros();
    let more = json!({
        "name": name, "version": version, "status": "PROVISIONING", "path": own, "size": count,
        "podIpv4CidrSize": 32_u32.saturating_sub(bits), "initialNodeCount": count,
    });
    json::merge(&mut pool, &more);
    if count == 0 {
        json::take(&mut pool, "initialNodeCount");
    }
    groups(world, &mut pool);
    world.store.objects.insert(key, pool);
    Ok(name)
}

/// The disk of a node is said in two places.
fn disk(pool: &mut Value) {
    let config = &mut pool["config"];
    let size = config["diskSizeGb"]
        .as_i64()
        .or_else(|| json::text(config, "bootDisk.sizeGb")?.parse().ok())
        .unwrap_or(100);
    let kind = json::text(config, "diskType")
        .or(json::text(config, "bootDisk.diskType"))
        .unwrap_or("pd-balanced")
        .to_owned();
    json::merge(
        config,
        &json!({"diskSizeGb": size, "diskType": kind, "bootDisk": {"sizeGb": size.to_string(), "diskType": kind}}),
    );
    for (name, value) in [("preemptible", false), ("spot", false)] {
        if config[name] == json!(value) {
            json::take(config, name);
        }
    }
}

/// Further networks need a cluster for them, subnets that are there, and ranges in these for pods.
fn more_networks(world: &World, cluster: &Value, pool: &Value) -> Result<(), Refusal> {
    let nodes = json::list(pool, "networkConfig.additionalNodeNetworkConfigs");
    let pods = json::list(pool, "networkConfig.additionalPodNetworkConfigs");
    let more = !nodes.is_empty() || !pods.is_empty();
    if more && !json::flag(cluster, "networkConfig.enableMultiNetworking") {
        return Err(Refusal::invalid("Additional networks need a cluster with enable_multi_networking."));
    }
    let region = places::region_of(&json::string(cluster, "location")).to_owned();
    let project = json::string(cluster, "networkConfig.subnetwork");
    let project = project.split('/').nth(1).unwrap_or("");
    for network in nodes.iter().chain(pods) {
        let name = json::string(network, "subnetwork");
        let name = resource_of(&name);
        let subnet = match name.contains('/') {
            true => world.canonical(name),
            false => format!("projects/{project}/regions/{region}/subnetworks/{name}"),
        };
        let Some(found) = world.store.objects.get(&format!("compute:{subnet}")) else {
            return Err(Refusal::invalid(format!("Subnetwork \"{subnet}\" does not exist.")));
        };
        let known = ranges(found);
        if let Some(range) = json::text(network, "secondaryPodRange")
            && !known.iter().any(|(known, _)| known == range)
        {
            return Err(Refusal::invalid(format!(
                "The secondary range \"{range}\" for pods does not exist in the subnetwork \"{subnet}\"."
            )));
        }
    }
    Ok(())
}

/// Pods of a cluster with routes have a part of its range.
fn routed(cluster: &Value, pool: &mut Value) -> Result<(), Refusal> {
    for name in ["createPodRange", "podRange", "podIpv4CidrBlock"] {
        if json::at(pool, &format!("networkConfig.{name}")).is_some() {
            return Err(Refusal::invalid(format!("NetworkConfig.{name} needs a cluster with alias ranges.")));
        }
    }
    json::put(pool, "networkConfig.podIpv4CidrBlock", json::string(cluster, "clusterIpv4Cidr"));
    Ok(())
}

/// The subnet and the range for pods: the cluster's, if the pool has no range of its own.
fn connect(world: &mut World, cluster: &Value, pool: &mut Value) -> Result<(), Refusal> {
    more_networks(world, cluster, pool)?;
    if json::text(cluster, "ipAllocationPolicy.clusterSecondaryRangeName").is_none() {
        return routed(cluster, pool);
    }
    if json::take(pool, "networkConfig.createPodRange") == Some(json!(true)) {
        let name = super::network::pod_range(world, cluster, pool)?;
        json::put(pool, "networkConfig.podRange", name.clone());
        json::put(pool, "ownRange", name);
    }
    let subnet = json::string(cluster, "networkConfig.subnetwork");
    let range = json::text(pool, "networkConfig.podRange")
        .or(json::text(cluster, "ipAllocationPolicy.clusterSecondaryRangeName"))
        .unwrap_or("")
        .to_owned();
    let known = world.store.objects.get(&format!("compute:{subnet}")).map(ranges).unwrap_or_default();
    let Some((_, block)) = known.into_iter().find(|(name, _)| *name == range && !name.is_empty()) else {
        return Err(Refusal::invalid(format!(
            "The secondary range \"{range}\" for pods does not exist in the subnetwork \"{subnet}\"."
        )));
    };
    let private = json::flag(cluster, "networkConfig.defaultEnablePrivateNodes");
    let more = json!({
        "podRange": range, "podIpv4CidrBlock": block.to_string(), "subnetwork": subnet, "podIpv4RangeUtilization": 0.001,
    });
    if let Some(config) = pool.get_mut("networkConfig") {
        json::merge(config, &more);
        if private && config.get("enablePrivateNodes").is_none() {
            config["enablePrivateNodes"] = json!(true);
        }
    }
    Ok(())
}

fn autoscaled_minimum(pool: &Value) -> i64 {
    json::at(pool, "autoscaling.minNodeCount").and_then(Value::as_i64).unwrap_or(0)
}

fn autoscaled(scaling: &Value, pool: &mut Value) -> Result<(), Refusal> {
    let number = |name: &str| scaling.get(name).and_then(Value::as_i64).unwrap_or(0);
    if !json::flag(scaling, "enabled") {
        json::take(pool, "autoscaling");
        return Ok(());
    }
    let (low, high) = (number("minNodeCount"), number("maxNodeCount"));
    let (least, most) = (number("totalMinNodeCount"), number("totalMaxNodeCount"));
    if low > high || least > most || (high == 0) == (most == 0) {
        return Err(Refusal::invalid(
            "Invalid autoscaling: it has a maximum for each zone or one for all, and no minimum above it.",
        ));
    }
    let mut kept = json!({"enabled": true});
    for (name, value) in scaling.as_object().into_iter().flatten() {
        if value.as_i64() != Some(0) {
            kept[name.as_str()] = value.clone();
        }
    }
    pool["autoscaling"] = kept;
    Ok(())
}

fn resized(count: i64, pool: &mut Value) -> Result<(), Refusal> {
    if !(0..=15_000).contains(&count) {
        return Err(Refusal::invalid(format!("Invalid value for field \"node_count\": {count}.")));
    }
    pool["size"] = json!(count);
    Ok(())
}

/// Makes the groups of a pool as it is now, and takes those of zones away that it is not in any more.
pub(super) fn groups(world: &mut World, pool: &mut Value) {
    let path = json::string(pool, "path");
    let parts: Vec<&str> = path.split('/').collect();
    let (project, cluster, name) =
        (parts[1], parts.get(5).copied().unwrap_or(""), parts.get(7).copied().unwrap_or(""));
    let zones: Vec<String> = json::texts(pool, "locations[]").into_iter().map(str::to_owned).collect();
    let before = groups_of(pool);
    let mut links = Vec::new();
    for zone in zones {
        let base: String = format!("gke-{cluster}-{name}").chars().take(48).collect();
        let base = format!("{base}-{}", short_hash(&format!("{path} {zone}")));
        let place = format!("projects/{project}/zones/{zone}");
        let own = format!("{place}/instanceGroupManagers/{base}-grp");
        let key = format!("compute:{own}");
        links.push(compute_link(&own));
        let known = world.store.objects.get(&key).cloned();
        let mut group = known.unwrap_or_else(|| {
            json!({
                "kind": "compute#instanceGroupManager", "id": world.id(), "creationTimestamp": world.compute_now(),
                "name": format!("{base}-grp"), "baseInstanceName": base, "selfLink": compute_link(&own),
                "zone": compute_link(&place), "instanceGroup": compute_link(&format!("{place}/instanceGroups/{base}-grp")),
                "instanceTemplate": compute_link(&format!("projects/{project}/global/instanceTemplates/{base}")),
                "instanceLifecyclePolicy": {"defaultActionOnFailure": "REPAIR", "forceUpdateOnRepair": "YES"},
                "status": {"isStable": true},
                "updatePolicy": {
                    "maxSurge": {"fixed": 1}, "maxUnavailable": {"fixed": 1}, "minimalAction": "REPLACE",
                    "replacementMethod": "SUBSTITUTE", "type": "OPPORTUNISTIC",
                },
            })
        });
        group["targetSize"] = pool["size"].clone();
        group["currentActions"] = json!({"none": pool["size"]});
        json::take(&mut group, "fingerprint");
        group["fingerprint"] = json!(fingerprint(&group));
        world.store.objects.insert(key, group);
    }
    pool["instanceGroupUrls"] = json!(links);
    for gone in before.into_iter().filter(|key| !groups_of(pool).contains(key)) {
        world.store.remove(&gone);
    }
}

/// Where the groups of a pool are stored.
pub(super) fn groups_of(pool: &Value) -> Vec<String> {
    json::texts(pool, "instanceGroupUrls[]")
        .iter()
        .map(|link| format!("compute:{}", resource_of(link)))
        .collect()
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, mut pool) = found(world, call)?;
    let (cluster_key, cluster) = cluster(world, call)?;
    require_standard(&cluster)?;
    require_idle(world, &cluster_key)?;
    let mut effects: Vec<Effect> = groups_of(&pool).into_iter().map(|key| Effect::Remove { key }).collect();
    effects.push(Effect::Remove { key: key.clone() });
    effects.extend(super::network::pool_range(&cluster, &pool));
    pool["status"] = json!("STOPPING");
    world.store.objects.insert(key, pool);
    Ok(world.container_operation("DELETE_NODE_POOL", call.version(), &call.resource, effects))
}

type Act<'a> = &'a dyn Fn(&Value, &Value, &mut Value) -> Result<(), Refusal>;

/// Changes a pool and its groups in an operation. The change sees the cluster, what was sent, and the pool.
fn change(world: &mut World, call: &Call<'_>, kind: &str, act: Act<'_>) -> Result<Value, Refusal> {
    let (key, mut pool) = found(world, call)?;
    let (cluster_key, cluster) = cluster(world, call)?;
    require_standard(&cluster)?;
    require_idle(world, &cluster_key)?;
    let body = call.request()?;
    act(&cluster, &body, &mut pool)?;
    groups(world, &mut pool);
    Ok(begin(world, call, kind, "RECONCILING", &key, pool))
}

/// What an update of a pool says, and where it belongs.
const FIELDS: &[(&str, &str)] = &[
    ("imageType", "config.imageType"),
    ("locations", "locations"),
    ("workloadMetadataConfig", "config.workloadMetadataConfig"),
    ("upgradeSettings", "upgradeSettings"),
    ("tags.tags", "config.tags"),
    ("taints.taints", "config.taints"),
    ("labels.labels", "config.labels"),
    ("linuxNodeConfig", "config.linuxNodeConfig"),
    ("kubeletConfig", "config.kubeletConfig"),
    ("nodeNetworkConfig.enablePrivateNodes", "networkConfig.enablePrivateNodes"),
    ("nodeNetworkConfig.networkPerformanceConfig", "networkConfig.networkPerformanceConfig"),
    ("gcfsConfig", "config.gcfsConfig"),
    ("confidentialNodes", "config.confidentialNodes"),
    ("gvnic", "config.gvnic"),
    ("fastSocket", "config.fastSocket"),
    ("loggingConfig", "config.loggingConfig"),
    ("resourceLabels.labels", "config.resourceLabels"),
    ("windowsNodeConfig", "config.windowsNodeConfig"),
    ("machineType", "config.machineType"),
    ("diskType", "config.diskType"),
    ("diskSizeGb", "config.diskSizeGb"),
    ("resourceManagerTags", "config.resourceManagerTags"),
    ("containerdConfig", "config.containerdConfig"),
    ("queuedProvisioning", "queuedProvisioning"),
    ("storagePools", "config.storagePools"),
    ("maxRunDuration", "config.maxRunDuration"),
    ("nodeDrainConfig", "nodeDrainConfig"),
    ("accelerators", "config.accelerators"),
];
const NAMES: &[&str] =
    &["name", "projectId", "zone", "clusterId", "nodePoolId", "nodeVersion", "etag", "bootDisk"];

fn update(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    change(world, call, "UPGRADE_NODES", &|cluster, body, pool| {
        if let Some(name) = unknown(body, FIELDS, NAMES) {
            return Err(Refusal::not_modelled(&format!("Changing {name} of a node pool")));
        }
        for (from, to) in FIELDS {
            let (from, to) = (*from, *to);
            let Some(value) = json::at(body, from).filter(|value| !value.is_null() && **value != json!(""))
            else {
                continue;
            };
            let empty = value.as_array().is_some_and(Vec::is_empty)
                || *value == json!({}) && !from.ends_with("Config");
            match (from, value.as_str().and_then(|text| text.parse::<i64>().ok())) {
                _ if empty => drop(json::take(pool, to)),
                ("diskSizeGb", Some(size)) => json::put(pool, to, size),
                _ => json::put(pool, to, value.clone()),
            }
        }
        for list in ["tags", "taints", "labels"] {
            if body.get(list) == Some(&json!({})) {
                json::take(pool, &format!("config.{list}"));
            }
        }
        if let Some(size) = json::text(body, "bootDisk.sizeGb").and_then(|text| text.parse::<i64>().ok()) {
            json::put(pool, "config.diskSizeGb", size);
        }
        if let Some(disk) = body.get("bootDisk").filter(|disk| disk.is_object()) {
            pool["config"]["bootDisk"] = disk.clone();
        }
        if let Some(kind) = json::text(body, "bootDisk.diskType") {
            json::put(pool, "config.diskType", kind);
        }
        disk(pool);
        let region = places::region_of(location(&json::string(pool, "path"))).to_owned();
        if json::texts(pool, "locations[]")
            .iter()
            .any(|zone| !places::is_zone(zone) || places::region_of(zone) != region)
        {
            return Err(Refusal::invalid(format!("The locations of a node pool are zones of {region}.")));
        }
        if let Some(asked) = json::text(body, "nodeVersion") {
            upgraded(cluster, asked, pool)?;
        }
        Ok(())
    })
}

/// Sets the version of a pool: `-` stands for that of the control plane, which none may be newer than.
pub(super) fn upgraded(cluster: &Value, asked: &str, pool: &mut Value) -> Result<(), Refusal> {
    let master = json::string(cluster, "currentMasterVersion");
    let version = if asked == "-" { master.clone() } else { version::resolve(asked, "", "Node")?.to_owned() };
    if version::newer(&version, &master) {
        return Err(Refusal::invalid(format!(
            "Node version {version} must not be greater than master version {master}."
        )));
    }
    pool["version"] = json!(version);
    Ok(())
}

/// What an update of the cluster says of one of its pools.
pub(super) fn told(cluster: &Value, update: &Value, pool: &mut Value) -> Result<(), Refusal> {
    if let Some(scaling) = update.get("desiredNodePoolAutoscaling") {
        autoscaled(scaling, pool)?;
    }
    if let Some(image) = json::text(update, "desiredImageType") {
        json::put(pool, "config.imageType", image);
    }
    match json::text(update, "desiredNodeVersion") {
        Some(asked) => upgraded(cluster, asked, pool),
        None => Ok(()),
    }
}
