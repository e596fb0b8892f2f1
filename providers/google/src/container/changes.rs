//! How clusters change: each setting by a change of its own, since the API takes one at a time.

use super::calls::{Change, change, get};
use super::names::changed;
use super::{cluster::GET, pools};
use crate::Google;
use http::Method;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{ApplyContext, Error, Object, Value};

/// Where a setting is in a cluster, and as what an update takes it.
const UPDATES: &[(&str, &str)] = &[
    ("anonymousAuthenticationConfig", "desiredAnonymousAuthenticationConfig"),
    ("authenticatorGroupsConfig", "desiredAuthenticatorGroupsConfig"),
    ("autopilot.workloadPolicyConfig", "desiredAutopilotWorkloadPolicyConfig"),
    ("autoscaling", "desiredClusterAutoscaling"),
    ("binaryAuthorization", "desiredBinaryAuthorization"),
    ("controlPlaneEndpointsConfig", "desiredControlPlaneEndpointsConfig"),
    ("costManagementConfig", "desiredCostManagementConfig"),
    ("databaseEncryption", "desiredDatabaseEncryption"),
    ("enableK8sBetaApis", "desiredK8sBetaApis"),
    ("enterpriseConfig.desiredTier", "desiredEnterpriseConfig.desiredTier"),
    ("fleet", "desiredFleet"),
    ("gkeAutoUpgradeConfig", "gkeAutoUpgradeConfig"),
    ("identityServiceConfig", "desiredIdentityServiceConfig"),
    (
        "ipAllocationPolicy.additionalIpRangesConfigs",
        "desiredAdditionalIpRangesConfig.additionalIpRangesConfigs",
    ),
    ("ipAllocationPolicy.additionalPodRangesConfig", "additionalPodRangesConfig"),
    ("ipAllocationPolicy.autoIpamConfig", "desiredAutoIpamConfig"),
    ("ipAllocationPolicy.networkTierConfig", "desiredNetworkTierConfig"),
    ("locations", "desiredLocations"),
    ("loggingConfig", "desiredLoggingConfig"),
    ("loggingService", "desiredLoggingService"),
    ("masterAuthorizedNetworksConfig", "desiredMasterAuthorizedNetworksConfig"),
    ("meshCertificates", "desiredMeshCertificates"),
    ("monitoringConfig", "desiredMonitoringConfig"),
    ("monitoringService", "desiredMonitoringService"),
    ("networkConfig.defaultSnatStatus", "desiredDefaultSnatStatus"),
    ("networkConfig.disableL4LbFirewallReconciliation", "desiredDisableL4LbFirewallReconciliation"),
    ("networkConfig.dnsConfig", "desiredDnsConfig"),
    ("networkConfig.enableCiliumClusterwideNetworkPolicy", "desiredEnableCiliumClusterwideNetworkPolicy"),
    ("networkConfig.enableFqdnNetworkPolicy", "desiredEnableFqdnNetworkPolicy"),
    ("networkConfig.enableIntraNodeVisibility", "desiredIntraNodeVisibilityConfig.enabled"),
    ("networkConfig.enableL4ilbSubsetting", "desiredL4ilbSubsettingConfig.enabled"),
    ("networkConfig.gatewayApiConfig", "desiredGatewayApiConfig"),
    ("networkConfig.inTransitEncryptionConfig", "desiredInTransitEncryptionConfig"),
    ("networkConfig.networkPerformanceConfig", "desiredNetworkPerformanceConfig"),
    ("networkConfig.privateIpv6GoogleAccess", "desiredPrivateIpv6GoogleAccess"),
    ("networkConfig.serviceExternalIpsConfig", "desiredServiceExternalIpsConfig"),
    ("nodePoolAutoConfig.networkTags", "desiredNodePoolAutoConfigNetworkTags"),
    ("nodePoolAutoConfig.nodeKubeletConfig", "desiredNodePoolAutoConfigKubeletConfig"),
    ("nodePoolAutoConfig.linuxNodeConfig", "desiredNodePoolAutoConfigLinuxNodeConfig"),
    ("nodePoolAutoConfig.resourceManagerTags", "desiredNodePoolAutoConfigResourceManagerTags"),
    ("nodePoolDefaults.nodeConfigDefaults.containerdConfig", "desiredContainerdConfig"),
    ("nodePoolDefaults.nodeConfigDefaults.gcfsConfig", "desiredGcfsConfig"),
    ("nodePoolDefaults.nodeConfigDefaults.loggingConfig", "desiredNodePoolLoggingConfig"),
    ("nodePoolDefaults.nodeConfigDefaults.nodeKubeletConfig", "desiredNodeKubeletConfig"),
    ("notificationConfig", "desiredNotificationConfig"),
    ("podAutoscaling", "desiredPodAutoscaling"),
    ("privateClusterConfig.enablePrivateEndpoint", "desiredEnablePrivateEndpoint"),
    ("privateClusterConfig.enablePrivateNodes", "desiredDefaultEnablePrivateNodes"),
    ("privateClusterConfig.masterGlobalAccessConfig", "desiredPrivateClusterConfig.masterGlobalAccessConfig"),
    ("rbacBindingConfig", "desiredRbacBindingConfig"),
    ("releaseChannel", "desiredReleaseChannel"),
    ("resourceUsageExportConfig", "desiredResourceUsageExportConfig"),
    ("secretManagerConfig", "desiredSecretManagerConfig"),
    ("secretSyncConfig", "desiredSecretSyncConfig"),
    ("securityPostureConfig", "desiredSecurityPostureConfig"),
    ("shieldedNodes", "desiredShieldedNodes"),
    ("verticalPodAutoscaling", "desiredVerticalPodAutoscaling"),
    ("workloadIdentityConfig", "desiredWorkloadIdentityConfig"),
];

/// What has a method of its own: the setting, the method, and the name it has there.
const METHODS: &[(&str, &str)] =
    &[("networkPolicy", "setNetworkPolicy"), ("maintenancePolicy", "setMaintenancePolicy")];

/// What a new cluster cannot have, only one that is there.
const LATER: &[(&str, &str)] = &[
    ("ipAllocationPolicy", "additionalIpRangesConfigs"),
    ("ipAllocationPolicy", "additionalPodRangesConfig"),
    ("nodePoolAutoConfig", "linuxNodeConfig"),
];

/// A body without what a new cluster cannot have.
pub(super) fn at_first(mut body: Json) -> Json {
    for (block, setting) in LATER {
        if let Some(block) = body.get_mut(block).and_then(Json::as_object_mut) {
            block.shift_remove(*setting);
        }
    }
    body
}

/// Makes the cluster at `path` what `is` says. `was` is what it has been.
pub(super) async fn settings(
    google: &Google,
    path: &str,
    was: &Json,
    is: &Json,
    cx: &ApplyContext,
) -> Result<(), Error> {
    if let Some(addons) = addons(was, is) {
        update(google, path, json!({"desiredAddonsConfig": addons}), cx).await?;
    }
    for (from, to) in UPDATES {
        let Some(mut desired) = changed(was, is, from, to) else { continue };
        if *from == "ipAllocationPolicy.additionalPodRangesConfig" {
            desired = pod_ranges(was, is);
        }
        update(google, path, desired, cx).await?;
    }
    for (setting, verb) in METHODS {
        if was.get(setting) != is.get(setting) {
            let mut value = is.get(setting).cloned().unwrap_or(json!({}));
            if *setting == "maintenancePolicy" {
                // The change is refused when somebody else made one meanwhile.
                let current = get(google, GET, path).await?;
                value["resourceVersion"] = current["maintenancePolicy"]["resourceVersion"].clone();
            }
            post(google, path, verb, json!({*setting: value}), cx).await?;
        }
    }
    if was.get("legacyAbac") != is.get("legacyAbac") {
        let enabled = is["legacyAbac"]["enabled"] == true;
        post(google, path, "setLegacyAbac", json!({"enabled": enabled}), cx).await?;
    }
    if was.get("resourceLabels") != is.get("resourceLabels") {
        let current = get(google, GET, path).await?;
        let labels = is.get("resourceLabels").cloned().unwrap_or(json!({}));
        let body = json!({"resourceLabels": labels, "labelFingerprint": current["labelFingerprint"]});
        post(google, path, "setResourceLabels", body, cx).await?;
    }
    Ok(())
}

/// The addons that differ; the others stay as they are.
fn addons(was: &Json, is: &Json) -> Option<Json> {
    let after = is["addonsConfig"].as_object()?;
    let change: terrane_sdk::serde_json::Map<String, Json> = (after.iter())
        .filter(|(name, value)| was["addonsConfig"].get(name.as_str()) != Some(*value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!change.is_empty()).then_some(Json::Object(change))
}

/// Ranges for pods come and go by name.
fn pod_ranges(was: &Json, is: &Json) -> Json {
    let names = |body: &Json| -> Vec<String> {
        let names = &body["ipAllocationPolicy"]["additionalPodRangesConfig"]["podRangeNames"];
        names.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
    };
    let (before, after) = (names(was), names(is));
    let only = |these: &[String], others: &[String]| -> Vec<String> {
        these.iter().filter(|name| !others.contains(name)).cloned().collect()
    };
    let mut change = json!({});
    for (way, names) in [
        ("additionalPodRangesConfig", only(&after, &before)),
        ("removedAdditionalPodRangesConfig", only(&before, &after)),
    ] {
        if !names.is_empty() {
            change[way] = json!({"podRangeNames": names});
        }
    }
    change
}

/// Upgrades what is older than it is to be: the control plane, then the nodes of the first pool.
pub(super) async fn versions(
    google: &Google,
    path: &str,
    (least, nodes): (Option<&str>, Option<&str>),
    cx: &ApplyContext,
) -> Result<(), Error> {
    if let Some(least) = least {
        let current = get(google, GET, path).await?;
        let has = current["currentMasterVersion"].as_str().unwrap_or_default().to_owned();
        if least == "latest" || older(&has, least) {
            update(google, path, json!({"desiredMasterVersion": least}), cx).await?;
        }
    }
    if let Some(version) = nodes {
        let current = get(google, GET, path).await?;
        let mut pools = current["nodePools"].as_array().into_iter().flatten();
        if pools.any(|pool| pool["name"] == super::cluster::DEFAULT_POOL && pool["version"] != version) {
            let change =
                json!({"desiredNodeVersion": version, "desiredNodePoolId": super::cluster::DEFAULT_POOL});
            update(google, path, change, cx).await?;
        }
    }
    Ok(())
}

/// Whether version `has` is older than `wanted`, of which the end may be missing: `1.33`.
fn older(has: &str, wanted: &str) -> bool {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    let (has, wanted) = (numbers(has), numbers(wanted));
    has.iter().zip(&wanted).find_map(|(a, b)| (a != b).then_some(a < b)).unwrap_or(false)
}

/// Changes the pools that are blocks of the cluster, by their names.
pub(super) async fn pools(
    google: &Google,
    path: &str,
    was: &[Value],
    is: &[Value],
    cx: &ApplyContext,
) -> Result<(), Error> {
    for (before, after) in was.iter().zip(is).filter(|(before, after)| before != after) {
        let name = before.attribute("name").and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        pools::update(google, &format!("{path}/nodePools/{name}"), before, after, cx).await?;
    }
    Ok(())
}

/// Changes the machines of the first pool.
pub(super) async fn first_pool<C: Object>(
    google: &Google,
    path: &str,
    was: &C,
    is: &C,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let pool = |config: &C| {
        let empty = <super::ClusterPool as Object>::to_value(&super::ClusterPool::default());
        let config = config.to_value();
        empty.with_attribute("node_config", Value::list(config.ty(), [config]))
    };
    let (was, is) = (pool(was), pool(is));
    pools::update(google, &format!("{path}/nodePools/{}", super::cluster::DEFAULT_POOL), &was, &is, cx).await
}

async fn update(google: &Google, path: &str, desired: Json, cx: &ApplyContext) -> Result<(), Error> {
    let (call, method, path) = ("container.clusters.update", Method::PUT, path.to_owned());
    change(google, Change { call, method, path, body: Some(json!({"update": desired})) }, cx).await
}

async fn post(google: &Google, path: &str, verb: &str, body: Json, cx: &ApplyContext) -> Result<(), Error> {
    let (call, path) = (format!("container.clusters.{verb}"), format!("{path}:{verb}"));
    change(google, Change { call: &call, method: Method::POST, path, body: Some(body) }, cx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_far_as_they_are_given() {
        for (has, wanted, want) in [
            ("1.33.5-gke.1201000", "1.33", false),
            ("1.32.9-gke.1239000", "1.33", true),
            ("1.33.5-gke.1201000", "1.33.5-gke.1300000", true),
            ("1.34.1-gke.1", "1.33.5-gke.2", false),
        ] {
            assert_eq!(older(has, wanted), want, "{has} {wanted}");
        }
    }

    #[test]
    fn ranges_for_pods_come_and_go_by_name() {
        let body = |names: &[&str]| json!({"ipAllocationPolicy": {"additionalPodRangesConfig": {"podRangeNames": names}}});
        let want = json!({"additionalPodRangesConfig": {"podRangeNames": ["c"]},
            "removedAdditionalPodRangesConfig": {"podRangeNames": ["a"]}});
        assert_eq!(pod_ranges(&body(&["a", "b"]), &body(&["b", "c"])), want);
    }
}
