//! Changes of clusters: one method that takes nearly all of them, and older ones for some.

use super::{begin, cluster, create, network, pool, require_idle, unknown, version};
use crate::call::Call;
use crate::json;
use crate::refusal::Refusal;
use crate::world::{World, fingerprint, short_hash};
use serde_json::{Value, json};

/// What an update says that is written in the cluster as it comes.
const FIELDS: &[(&str, &str)] = &[
    (
        "desiredAdditionalIpRangesConfig.additionalIpRangesConfigs",
        "ipAllocationPolicy.additionalIpRangesConfigs",
    ),
    ("desiredAddonsConfig", "addonsConfig"),
    ("desiredAnonymousAuthenticationConfig", "anonymousAuthenticationConfig"),
    ("desiredAuthenticatorGroupsConfig", "authenticatorGroupsConfig"),
    ("desiredAutopilotWorkloadPolicyConfig", "autopilot.workloadPolicyConfig"),
    ("desiredAutoIpamConfig", "ipAllocationPolicy.autoIpamConfig"),
    ("desiredBinaryAuthorization", "binaryAuthorization"),
    ("desiredClusterAutoscaling", "autoscaling"),
    ("desiredClusterTelemetry", "clusterTelemetry"),
    ("desiredContainerdConfig", "nodePoolDefaults.nodeConfigDefaults.containerdConfig"),
    ("desiredCostManagementConfig", "costManagementConfig"),
    ("desiredDatabaseEncryption", "databaseEncryption"),
    ("desiredDefaultEnablePrivateNodes", "networkConfig.defaultEnablePrivateNodes"),
    ("desiredDefaultSnatStatus", "networkConfig.defaultSnatStatus"),
    ("desiredDisableL4LbFirewallReconciliation", "networkConfig.disableL4LbFirewallReconciliation"),
    ("desiredDnsConfig", "networkConfig.dnsConfig"),
    ("desiredEnableCiliumClusterwideNetworkPolicy", "networkConfig.enableCiliumClusterwideNetworkPolicy"),
    ("desiredEnableFqdnNetworkPolicy", "networkConfig.enableFqdnNetworkPolicy"),
    ("desiredEnableMultiNetworking", "networkConfig.enableMultiNetworking"),
    ("desiredEnterpriseConfig.desiredTier", "enterpriseConfig.desiredTier"),
    ("desiredFleet", "fleet"),
    ("desiredGatewayApiConfig", "networkConfig.gatewayApiConfig"),
    ("desiredGcfsConfig", "nodePoolDefaults.nodeConfigDefaults.gcfsConfig"),
    ("desiredIdentityServiceConfig", "identityServiceConfig"),
    ("desiredInTransitEncryptionConfig", "networkConfig.inTransitEncryptionConfig"),
    ("desiredIntraNodeVisibilityConfig.enabled", "networkConfig.enableIntraNodeVisibility"),
    ("desiredK8sBetaApis", "enableK8sBetaApis"),
    ("desiredL4ilbSubsettingConfig.enabled", "networkConfig.enableL4ilbSubsetting"),
    ("desiredLocations", "locations"),
    ("desiredLoggingConfig", "loggingConfig"),
    ("desiredLoggingService", "loggingService"),
    ("desiredMeshCertificates", "meshCertificates"),
    ("desiredMonitoringConfig", "monitoringConfig"),
    ("desiredMonitoringService", "monitoringService"),
    ("desiredNetworkPerformanceConfig", "networkConfig.networkPerformanceConfig"),
    ("desiredNetworkTierConfig", "ipAllocationPolicy.networkTierConfig"),
    ("desiredNodeKubeletConfig", "nodePoolDefaults.nodeConfigDefaults.nodeKubeletConfig"),
    ("desiredNodePoolAutoConfigKubeletConfig", "nodePoolAutoConfig.nodeKubeletConfig"),
    ("desiredNodePoolAutoConfigLinuxNodeConfig", "nodePoolAutoConfig.linuxNodeConfig"),
    ("desiredNodePoolAutoConfigNetworkTags", "nodePoolAutoConfig.networkTags"),
    ("desiredNodePoolAutoConfigResourceManagerTags", "nodePoolAutoConfig.resourceManagerTags"),
    ("desiredNodePoolLoggingConfig", "nodePoolDefaults.nodeConfigDefaults.loggingConfig"),
    ("desiredNotificationConfig", "notificationConfig"),
    ("desiredPodAutoscaling", "podAutoscaling"),
    ("desiredPrivateIpv6GoogleAccess", "networkConfig.privateIpv6GoogleAccess"),
    ("desiredRbacBindingConfig", "rbacBindingConfig"),
    ("desiredResourceUsageExportConfig", "resourceUsageExportConfig"),
    ("desiredSecretManagerConfig", "secretManagerConfig"),
    ("desiredSecretSyncConfig", "secretSyncConfig"),
    ("desiredSecurityPostureConfig", "securityPostureConfig"),
    ("desiredServiceExternalIpsConfig", "networkConfig.serviceExternalIpsConfig"),
    ("desiredShieldedNodes", "shieldedNodes"),
    ("desiredVerticalPodAutoscaling", "verticalPodAutoscaling"),
    ("enableK8sBetaApis", "enableK8sBetaApis"),
    ("gkeAutoUpgradeConfig", "gkeAutoUpgradeConfig"),
];

/// What is merged into what is there instead of taking its place.
const MERGED: &[&str] = &["desiredAddonsConfig", "desiredMonitoringConfig", "desiredSecurityPostureConfig"];

/// What is treated one by one.
const OTHERS: &[&str] = &[
    "additionalPodRangesConfig",
    "desiredControlPlaneEndpointsConfig",
    "desiredEnablePrivateEndpoint",
    "desiredImageType",
    "desiredMasterAuthorizedNetworksConfig",
    "desiredMasterVersion",
    "desiredNodePoolAutoscaling",
    "desiredNodePoolId",
    "desiredNodeVersion",
    "desiredPrivateClusterConfig",
    "desiredReleaseChannel",
    "desiredWorkloadIdentityConfig",
    "etag",
    "removedAdditionalPodRangesConfig",
];

pub(super) fn answer(world: &mut World, call: &Call<'_>, verb: &str) -> Option<Result<Value, Refusal>> {
    Some(match verb {
        "update" => update(world, call),
        "updateMaster" => change(world, call, "UPGRADE_MASTER", |cluster, body| {
            mastered(cluster, &json::string(body, "masterVersion"))
        }),
        "setAddons" => change(world, call, "UPDATE_CLUSTER", |cluster, body| {
            replace(&mut cluster["addonsConfig"], &body["addonsConfig"]);
            Ok(())
        }),
        "setLegacyAbac" => change(world, call, "UPDATE_CLUSTER", |cluster, body| {
            cluster["legacyAbac"] = json!({"enabled": json::flag(body, "enabled")});
            Ok(())
        }),
        "setLocations" => change(world, call, "UPDATE_CLUSTER", |cluster, body| {
            cluster["locations"] = body["locations"].clone();
            Ok(())
        }),
        "setLogging" => change(world, call, "UPDATE_CLUSTER", |cluster, body| {
            cluster["loggingService"] = body["loggingService"].clone();
            Ok(())
        }),
        "setMonitoring" => change(world, call, "UPDATE_CLUSTER", |cluster, body| {
            cluster["monitoringService"] = body["monitoringService"].clone();
            Ok(())
        }),
        "setNetworkPolicy" => change(world, call, "SET_NETWORK_POLICY", |cluster, body| {
            cluster["networkPolicy"] = body["networkPolicy"].clone();
            Ok(())
        }),
        "setMaintenancePolicy" => change(world, call, "SET_MAINTENANCE_POLICY", maintained),
        "setResourceLabels" => change(world, call, "SET_LABELS", labelled),
        _ => return None,
    })
}

fn change(
    world: &mut World,
    call: &Call<'_>,
    kind: &str,
    act: impl FnOnce(&mut Value, &Value) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    let (key, mut cluster) = cluster(world, call)?;
    require_idle(world, &key)?;
    let before = cluster["locations"].clone();
    let body = call.request()?;
    act(&mut cluster, &body)?;
    create::check(key.trim_start_matches("container:"), &mut cluster, false)?;
    if cluster["locations"] != before {
        relocate(world, &key, &cluster["locations"]);
    }
    Ok(begin(world, call, kind, "RECONCILING", &key, cluster))
}

/// Each part that a change names is as it says; the others stay.
fn replace(whole: &mut Value, change: &Value) {
    for (name, part) in change.as_object().into_iter().flatten() {
        whole[name.as_str()] = part.clone();
    }
}

/// The pools go where the cluster goes.
fn relocate(world: &mut World, key: &str, locations: &Value) {
    let collection = format!("{key}/nodePools");
    let pools: Vec<(String, Value)> =
        world.store.members(&collection).map(|(key, pool)| (key.to_owned(), pool.clone())).collect();
    for (key, mut pool) in pools {
        pool["locations"] = locations.clone();
        pool::groups(world, &mut pool);
        world.store.objects.insert(key, pool);
    }
}

fn maintained(cluster: &mut Value, body: &Value) -> Result<(), Refusal> {
    let mut policy = body["maintenancePolicy"].clone();
    let known = json::string(cluster, "maintenancePolicy.resourceVersion");
    if json::text(&policy, "resourceVersion").is_some_and(|given| given != known) {
        return Err(Refusal::precondition(
            "The resource version of the maintenance policy is not the current one.",
        ));
    }
    if !policy.is_object() {
        policy = json!({});
    }
    json::take(&mut policy, "resourceVersion");
    policy["resourceVersion"] = json!(short_hash(&policy.to_string()));
    cluster["maintenancePolicy"] = policy;
    Ok(())
}

fn labelled(cluster: &mut Value, body: &Value) -> Result<(), Refusal> {
    if json::text(body, "labelFingerprint") != json::text(cluster, "labelFingerprint") {
        return Err(Refusal::precondition("Labels could not be set due to fingerprint mismatch."));
    }
    let labels = body.get("resourceLabels").cloned().unwrap_or(json!({}));
    cluster["labelFingerprint"] = json!(fingerprint(&labels));
    cluster["resourceLabels"] = labels;
    Ok(())
}

/// The control plane never becomes older.
fn mastered(cluster: &mut Value, asked: &str) -> Result<(), Refusal> {
    let channel = json::string(cluster, "releaseChannel.channel");
    let version = version::resolve(asked, &channel, "Master")?;
    if version::newer(&json::string(cluster, "currentMasterVersion"), version) {
        return Err(Refusal::invalid(format!("Master cannot be downgraded to {version}.")));
    }
    cluster["currentMasterVersion"] = json!(version);
    Ok(())
}

fn update(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let (key, cluster) = cluster(world, call)?;
    let body = call.request()?;
    let update = body.get("update").cloned().unwrap_or(json!({}));
    if update.as_object().is_none_or(|update| update.is_empty()) {
        return Err(Refusal::invalid("Must specify a field to update."));
    }
    if let Some(name) = unknown(&update, FIELDS, OTHERS) {
        return Err(Refusal::not_modelled(&format!("The field {name} of an update of a cluster")));
    }
    let pooled = ["desiredNodePoolAutoscaling", "desiredImageType", "desiredNodeVersion"];
    if pooled.iter().any(|name| update.get(name).is_some()) {
        require_idle(world, &key)?;
        pools(world, &key, &cluster, &update)?;
    }
    let kind = match () {
        () if update.get("desiredMasterVersion").is_some() => "UPGRADE_MASTER",
        () if update.get("desiredNodeVersion").is_some() => "UPGRADE_NODES",
        () => "UPDATE_CLUSTER",
    };
    let (changed, subnet) = (&update, network::subnet_of(world, &cluster));
    let operation = change(world, call, kind, |cluster, _| {
        network::more_ranges(&subnet, cluster, changed)?;
        apply(cluster, changed)
    })?;
    if ["desiredEnablePrivateEndpoint", "desiredControlPlaneEndpointsConfig"]
        .iter()
        .any(|name| update.get(name).is_some())
        && let Some(mut cluster) = world.store.objects.get(&key).cloned()
    {
        create::endpoints(world, key.trim_start_matches("container:"), &mut cluster);
        world.store.objects.insert(key, cluster);
    }
    Ok(operation)
}

/// The pools that an update names; `-` or nothing stands for all of them.
fn pools(world: &mut World, key: &str, cluster: &Value, update: &Value) -> Result<(), Refusal> {
    let wanted = json::text(update, "desiredNodePoolId").unwrap_or("-");
    let collection = format!("{key}/nodePools");
    let found: Vec<(String, Value)> = world
        .store
        .members(&collection)
        .filter(|(_, pool)| wanted == "-" || json::text(pool, "name") == Some(wanted))
        .map(|(key, pool)| (key.to_owned(), pool.clone()))
        .collect();
    if found.is_empty() && wanted != "-" {
        let path = format!("{}/nodePools/{wanted}", key.trim_start_matches("container:"));
        return Err(Refusal::new(404, format!("nodePool \"{path}\" not found")));
    }
    for (key, mut pool) in found {
        pool::told(cluster, update, &mut pool)?;
        world.store.objects.insert(key, pool);
    }
    Ok(())
}

fn apply(cluster: &mut Value, update: &Value) -> Result<(), Refusal> {
    for (from, to) in FIELDS {
        let Some(value) = json::at(update, from).filter(|value| !value.is_null()) else { continue };
        if MERGED.contains(from) {
            let mut whole = json::at(cluster, to).cloned().unwrap_or(json!({}));
            replace(&mut whole, value);
            json::put(cluster, to, whole);
        } else {
            json::put(cluster, to, value.clone());
        }
    }
    create::settled(cluster);
    if let Some(channel) = update.get("desiredReleaseChannel") {
        let name = json::text(channel, "channel").filter(|name| *name != "UNSPECIFIED");
        cluster["releaseChannel"] = name.map_or(json!({}), |name| json!({ "channel": name }));
    }
    if let Some(config) = update.get("desiredWorkloadIdentityConfig") {
        match json::text(config, "workloadPool") {
            Some(_) => cluster["workloadIdentityConfig"] = config.clone(),
            None => drop(json::take(cluster, "workloadIdentityConfig")),
        }
    }
    if let Some(config) = update.get("desiredMasterAuthorizedNetworksConfig") {
        cluster["masterAuthorizedNetworksConfig"] = config.clone();
    }
    if let Some(closed) = update.get("desiredEnablePrivateEndpoint") {
        json::put(cluster, "privateClusterConfig.enablePrivateEndpoint", closed.clone());
    }
    if let Some(config) = update.get("desiredPrivateClusterConfig") {
        json::merge(&mut cluster["privateClusterConfig"], config);
    }
    if let Some(config) = update.get("desiredControlPlaneEndpointsConfig") {
        json::merge(&mut cluster["controlPlaneEndpointsConfig"], config);
        newest(cluster, config);
    }
    if let Some(private) = update.get("desiredDefaultEnablePrivateNodes") {
        json::put(cluster, "privateClusterConfig.enablePrivateNodes", private.clone());
    }
    create::agree(cluster);
    match json::text(update, "desiredMasterVersion") {
        Some(asked) => mastered(cluster, asked),
        None => Ok(()),
    }
}

/// What was said in the newer of two places goes for the older one.
fn newest(cluster: &mut Value, config: &Value) {
    let ends = "ipEndpointsConfig";
    if let Some(open) = json::at(config, &format!("{ends}.enablePublicEndpoint")).and_then(Value::as_bool) {
        json::put(cluster, "privateClusterConfig.enablePrivateEndpoint", !open);
    }
    if let Some(global) = json::at(config, &format!("{ends}.globalAccess")) {
        json::put(cluster, "privateClusterConfig.masterGlobalAccessConfig.enabled", global.clone());
    }
    if let Some(networks) = json::at(config, &format!("{ends}.authorizedNetworksConfig")) {
        json::put(
            cluster,
            "controlPlaneEndpointsConfig.ipEndpointsConfig.authorizedNetworksConfig",
            networks.clone(),
        );
        cluster["masterAuthorizedNetworksConfig"] = networks.clone();
    }
}
