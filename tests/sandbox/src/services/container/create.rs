//! New clusters.

use super::{network, place, pool, require_place, spoken, version};
use crate::call::Call;
use crate::json;
use crate::operation::Effect;
use crate::refusal::Refusal;
use crate::services::places;
use crate::validate::{matches, missing};
use crate::world::{World, fingerprint, public_address, short_hash};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ipnet::Ipv4Net;
use serde_json::{Value, json};

const DEFAULTS: &str = include_str!("cluster.json");
const CERTIFICATE: &str = include_str!("../../../keys/certificate.pem");

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    require_place(world, call)?;
    let mut cluster = call.request()?.get_mut("cluster").map(Value::take).unwrap_or(json!({}));
    let name = json::string(&cluster, "name");
    if name.is_empty() {
        return Err(missing("cluster.name"));
    }
    if name.len() > 40 || !matches("[a-z]([-a-z0-9]*[a-z0-9])?", &name) {
        return Err(Refusal::invalid(format!(
            "Invalid value for field \"cluster.name\": \"{name}\". It has 40 small letters, digits and hyphens at most, and begins with a letter."
        )));
    }
    let path = format!("{}/clusters/{name}", place(&call.resource));
    let key = format!("container:{path}");
    if world.store.objects.contains_key(&key) {
        return Err(Refusal::new(409, format!("Already exists: {}.", spoken(&path))));
    }
    let pools = pools(&mut cluster)?;
    let before = world.store.objects.clone();
    let made = make(world, call, &path, cluster, pools);
    if made.is_err() {
        world.store.objects = before;
    }
    made
}

fn make(
    world: &mut World,
    call: &Call<'_>,
    path: &str,
    mut cluster: Value,
    pools: Vec<Value>,
) -> Result<Value, Refusal> {
    network::settle(world, path, &mut cluster)?;
    fill(world, path, &mut cluster)?;
    check(path, &mut cluster, true)?;
    settled(&mut cluster);
    endpoints(world, path, &mut cluster);
    let key = format!("container:{path}");
    world.store.objects.insert(key.clone(), cluster.clone());
    let mut effects =
        vec![Effect::Set { key: key.clone(), path: "status".to_owned(), value: json!("RUNNING") }];
    for pool in pools {
        let pool = pool::make(world, path, &cluster, pool)?;
        let pool = format!("{key}/nodePools/{pool}");
        effects.push(Effect::Set { key: pool, path: "status".to_owned(), value: json!("RUNNING") });
    }
    Ok(world.container_operation("CREATE_CLUSTER", call.version(), path, effects))
}

/// The pools that a cluster begins with: those that are given, or one for its number of nodes.
fn pools(cluster: &mut Value) -> Result<Vec<Value>, Refusal> {
    let given =
        json::take(cluster, "nodePools").and_then(|pools| pools.as_array().cloned()).unwrap_or_default();
    let count = json::take(cluster, "initialNodeCount").and_then(|count| count.as_i64()).unwrap_or(0);
    let config = json::take(cluster, "nodeConfig");
    let mut default = json!({"name": "default-pool"});
    if json::flag(cluster, "autopilot.enabled") {
        default["initialNodeCount"] = json!(0);
        default["autopilotConfig"] = json!({"enabled": true});
        return Ok(vec![default]);
    }
    if !given.is_empty() {
        if count > 0 || config.is_some() {
            return Err(Refusal::invalid(
                "Cluster.initial_node_count and Cluster.node_config are not given together with Cluster.node_pools.",
            ));
        }
        return Ok(given);
    }
    if count <= 0 {
        return Err(Refusal::invalid("Cluster.initial_node_count must be greater than zero."));
    }
    default["initialNodeCount"] = json!(count);
    if let Some(config) = config {
        default["config"] = config;
    }
    Ok(vec![default])
}

fn fill(world: &mut World, path: &str, cluster: &mut Value) -> Result<(), Refusal> {
    let location = super::location(path).to_owned();
    let autopilot = json::flag(cluster, "autopilot.enabled");
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    if autopilot {
        let pool = format!("{project}.svc.id.goog");
        let more = json!({
            "workloadIdentityConfig": {"workloadPool": pool}, "verticalPodAutoscaling": {"enabled": true},
            "networkConfig": {"datapathProvider": "ADVANCED_DATAPATH"}, "autoscaling": {"enableNodeAutoprovisioning": true},
        });
        json::fill(cluster, &more);
    }
    let channel = match json::text(cluster, "releaseChannel.channel") {
        Some("UNSPECIFIED") | None if cluster.get("releaseChannel").is_some() => "UNSPECIFIED".to_owned(),
        Some(channel) => channel.to_owned(),
        None => "REGULAR".to_owned(),
    };
    let asked = json::string(cluster, "initialClusterVersion");
    let version = version::resolve(&asked, &channel, "Master")?;
    let zones = match places::region(&location) {
        Some(region) => region.zones.iter().take(3).map(|zone| format!("{location}-{zone}")).collect(),
        None => vec![location.clone()],
    };
    if json::list(cluster, "locations").is_empty() {
        json::take(cluster, "locations");
    }
    if json::at(cluster, "maintenancePolicy.window") == Some(&json!({})) {
        json::take(cluster, "maintenancePolicy.window");
    }
    json::fill(cluster, &json!({ "locations": zones, "maintenancePolicy": {} }));
    json::fill(cluster, &serde_json::from_str(DEFAULTS).unwrap_or_default());
    if cluster.get("networkPolicy") == Some(&json!({})) {
        json::take(cluster, "networkPolicy");
    }
    if !json::flag(cluster, "autoscaling.enableNodeAutoprovisioning") {
        json::take(cluster, "autoscaling.enableNodeAutoprovisioning");
    }
    if channel == "UNSPECIFIED" {
        cluster["releaseChannel"] = json!({});
    }
    let resource = short_hash(&cluster["maintenancePolicy"].to_string());
    json::put(cluster, "maintenancePolicy.resourceVersion", resource);
    json::put(cluster, "masterAuth.clusterCaCertificate", STANDARD.encode(CERTIFICATE));
    let labels = cluster.get("resourceLabels").cloned().unwrap_or(json!({}));
    let more = json!({
        "id": short_hash(path).repeat(8), "initialClusterVersion": version, "currentMasterVersion": version,
        "location": location, "zone": location, "createTime": world.now_seconds(), "status": "PROVISIONING",
        "labelFingerprint": fingerprint(&labels),
    });
    json::merge(cluster, &more);
    if places::region(&location).is_some() {
        json::take(cluster, "zone");
    }
    Ok(())
}

/// What follows from what is asked for: the encryption, the edition, and the membership of a fleet.
pub(super) fn settled(cluster: &mut Value) {
    let state = json::text(cluster, "databaseEncryption.state").unwrap_or("DECRYPTED");
    let state = format!("CURRENT_STATE_{state}");
    json::put(cluster, "databaseEncryption.currentState", state);
    if let Some(tier) = json::at(cluster, "enterpriseConfig.desiredTier").cloned() {
        json::put(cluster, "enterpriseConfig.clusterTier", tier);
    }
    match json::text(cluster, "fleet.project").filter(|project| !project.is_empty()) {
        Some(project) => {
            let location = json::string(cluster, "location");
            let (region, name) = (places::region_of(&location), json::string(cluster, "name"));
            let path = format!("projects/{project}/locations/{region}/memberships/{name}");
            json::put(cluster, "fleet.membership", format!("//gkehub.googleapis.com/{path}"));
        }
        None => drop(json::take(cluster, "fleet")),
    }
}

/// What clusters need, new and changed ones. What is said in two places is made the same in both.
pub(super) fn check(path: &str, cluster: &mut Value, new: bool) -> Result<(), Refusal> {
    let project = path.split('/').nth(1).unwrap_or("");
    if new {
        agree(cluster);
    }
    let location = super::location(path);
    if json::flag(cluster, "autopilot.enabled") && places::is_zone(location) {
        return Err(Refusal::invalid("Autopilot clusters must be regional clusters."));
    }
    if let Some(pool) = json::text(cluster, "workloadIdentityConfig.workloadPool")
        && pool != format!("{project}.svc.id.goog")
    {
        return Err(Refusal::invalid(format!(
            "Invalid value for field \"workload_pool\": \"{pool}\". Only {project}.svc.id.goog is possible."
        )));
    }
    let region = places::region_of(location);
    for zone in json::texts(cluster, "locations[]") {
        if !places::is_zone(zone) || places::region_of(zone) != region {
            return Err(Refusal::invalid(format!("The zone \"{zone}\" is not in the region {region}.")));
        }
    }
    let networks = json::list(cluster, "masterAuthorizedNetworksConfig.cidrBlocks");
    if networks.len() > 100 {
        return Err(Refusal::invalid("A cluster has 100 authorized networks at most."));
    }
    for network in networks {
        let block = json::string(network, "cidrBlock");
        if !block.parse::<Ipv4Net>().is_ok_and(|read| read.trunc() == read) {
            return Err(Refusal::invalid(format!(
                "Invalid authorized network \"{block}\": it is not a CIDR block."
            )));
        }
    }
    let closed = json::flag(cluster, "privateClusterConfig.enablePrivateEndpoint");
    if closed && !json::flag(cluster, "masterAuthorizedNetworksConfig.enabled") {
        return Err(Refusal::invalid(
            "A private endpoint needs authorized networks: enable master_authorized_networks_config.",
        ));
    }
    Ok(())
}

const TWICE: [(&str, &str); 4] = [
    (
        "masterAuthorizedNetworksConfig",
        "controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig",
    ),
    (
        "privateClusterConfig.masterGlobalAccessConfig.enabled",
        "controlPlaneEndpointsConfig.ipEndpointsConfig.globalAccess",
    ),
    (
        "privateClusterConfig.privateEndpointSubnetwork",
        "controlPlaneEndpointsConfig.ipEndpointsConfig.privateEndpointSubnetwork",
    ),
    ("privateClusterConfig.enablePrivateNodes", "networkConfig.defaultEnablePrivateNodes"),
];

/// Writes what is said in one of two places into the other; the older place wins where both say something.
pub(super) fn agree(cluster: &mut Value) {
    for (old, new) in TWICE {
        let value = json::at(cluster, old).filter(|value| !value.is_null()).cloned();
        match value {
            Some(value) => json::put(cluster, new, value),
            None => {
                if let Some(value) = json::at(cluster, new).filter(|value| **value != json!("")).cloned() {
                    json::put(cluster, old, value);
                }
            }
        }
    }
    let public = "controlPlaneEndpointsConfig.ipEndpointsConfig.enablePublicEndpoint";
    let private = "privateClusterConfig.enablePrivateEndpoint";
    match (
        json::at(cluster, private).and_then(Value::as_bool),
        json::at(cluster, public).and_then(Value::as_bool),
    ) {
        (Some(private), _) => json::put(cluster, public, !private),
        (None, Some(false)) => json::put(cluster, private, true),
        _ => json::put(cluster, public, true),
    }
    for path in [
        "masterAuthorizedNetworksConfig",
        "controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig",
    ] {
        let mut config = json::at(cluster, path).cloned().unwrap_or(json!({}));
        json::fill(&mut config, &json!({"gcpPublicCidrsAccessEnabled": true}));
        json::put(cluster, path, config);
    }
    if !json::flag(cluster, "privateClusterConfig.masterGlobalAccessConfig.enabled") {
        json::take(cluster, "privateClusterConfig.masterGlobalAccessConfig");
    }
    if let Some(config) = cluster.get_mut("controlPlaneEndpointsConfig") {
        let more = json!({
            "dnsEndpointConfig": {"allowExternalTraffic": false},
            "ipEndpointsConfig": {"enabled": true, "globalAccess": false},
        });
        json::fill(config, &more);
        if json::text(config, "ipEndpointsConfig.privateEndpointSubnetwork").is_none() {
            json::take(config, "ipEndpointsConfig.privateEndpointSubnetwork");
        }
    }
}

/// Where the control plane is reached: a public address unless it is closed, a private one, and a name.
pub(super) fn endpoints(world: &mut World, path: &str, cluster: &mut Value) {
    let ends = "controlPlaneEndpointsConfig.ipEndpointsConfig";
    let closed = json::flag(cluster, "privateClusterConfig.enablePrivateEndpoint");
    let range =
        json::text(cluster, "privateClusterConfig.masterIpv4CidrBlock").map(str::to_owned).or_else(|| {
            let subnet = json::string(cluster, "networkConfig.subnetwork");
            let subnet = world.store.objects.get(&format!("compute:{subnet}"))?;
            json::text(subnet, "ipCidrRange").map(str::to_owned)
        });
    let range: Option<Ipv4Net> = range.and_then(|range| range.parse().ok());
    if let Some(private) = range.and_then(|range| range.hosts().nth(1)) {
        json::put(cluster, "privateClusterConfig.privateEndpoint", private.to_string());
        json::put(cluster, &format!("{ends}.privateEndpoint"), private.to_string());
    }
    let public = match json::at(cluster, "privateClusterConfig.publicEndpoint") {
        Some(known) => known.clone(),
        None => {
            let seed = world.store.number();
            public_address(seed)
        }
    };
    json::take(cluster, "privateCluster");
    json::put(cluster, "privateClusterConfig.publicEndpoint", public.clone());
    if closed {
        cluster["privateCluster"] = json!(true);
        json::take(cluster, &format!("{ends}.publicEndpoint"));
        let private = cluster["privateClusterConfig"]["privateEndpoint"].clone();
        cluster["endpoint"] = private;
    } else {
        json::put(cluster, &format!("{ends}.publicEndpoint"), public.clone());
        cluster["endpoint"] = public;
    }
    let project = path.split('/').nth(1).unwrap_or("").to_owned();
    let number = world.project_number(&project).unwrap_or_default();
    let name = format!("gke-{}-{number}.{}.gke.goog", short_hash(path), super::location(path));
    json::put(cluster, "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint", name);
}
