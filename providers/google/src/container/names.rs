//! What Kubernetes Engine calls otherwise than the schema, and the few things that it says in another form.

use crate::mirror::{Mirror, find, put};
use terrane_sdk::serde_json::{Map, Value as Json, json};

/// The names of what is in node pools and in clusters.
pub(super) const NAMES: Mirror = Mirror(&[
    // Clusters.
    ("cloudrun_config", "cloudRunConfig"),
    ("allow_net_admin", "autopilot.workloadPolicyConfig.allowNetAdmin"),
    ("cluster_autoscaling.default_compute_class_enabled", "defaultComputeClassConfig.enabled"),
    ("cluster_autoscaling.enabled", "enableNodeAutoprovisioning"),
    ("cluster_autoscaling", "autoscaling"),
    ("auto_provisioning_defaults.disk_size", "diskSizeGb"),
    ("auto_provisioning_defaults", "autoprovisioningNodePoolDefaults"),
    ("auto_provisioning_locations", "autoprovisioningLocations"),
    ("datapath_provider", "networkConfig.datapathProvider"),
    ("default_max_pods_per_node", "defaultMaxPodsConstraint.maxPodsPerNode"),
    ("default_snat_status", "networkConfig.defaultSnatStatus"),
    ("deletion_protection", ""),
    ("disable_l4_lb_firewall_reconciliation", "networkConfig.disableL4LbFirewallReconciliation"),
    ("dns_config", "networkConfig.dnsConfig"),
    ("enable_autopilot", "autopilot.enabled"),
    ("enable_cilium_clusterwide_network_policy", "networkConfig.enableCiliumClusterwideNetworkPolicy"),
    ("enable_fqdn_network_policy", "networkConfig.enableFqdnNetworkPolicy"),
    ("enable_intranode_visibility", "networkConfig.enableIntraNodeVisibility"),
    ("enable_l4_ilb_subsetting", "networkConfig.enableL4ilbSubsetting"),
    ("enable_legacy_abac", "legacyAbac.enabled"),
    ("enable_multi_networking", "networkConfig.enableMultiNetworking"),
    ("enable_shielded_nodes", "shieldedNodes.enabled"),
    ("gateway_api_config", "networkConfig.gatewayApiConfig"),
    ("in_transit_encryption_config", "networkConfig.inTransitEncryptionConfig"),
    ("additional_ip_ranges_config", "additionalIpRangesConfigs"),
    ("logging_config.enable_components", "componentConfig.enableComponents"),
    ("monitoring_config.enable_components", "componentConfig.enableComponents"),
    ("managed_prometheus", "managedPrometheusConfig"),
    ("master_version", "currentMasterVersion"),
    ("min_master_version", ""),
    ("network_config.network_performance_config", "networkPerformanceConfig"),
    ("network_performance_config", "networkConfig.networkPerformanceConfig"),
    ("node_version", "currentNodeVersion"),
    ("operation", ""),
    ("private_ipv6_google_access", "networkConfig.privateIpv6GoogleAccess"),
    ("remove_default_node_pool", ""),
    ("enable_resource_consumption_metering", "consumptionMeteringConfig.enabled"),
    ("service_external_ips_config", "networkConfig.serviceExternalIpsConfig"),
    (
        "node_config_defaults.insecure_kubelet_readonly_port_enabled",
        "?nodeKubeletConfig.insecureKubeletReadonlyPortEnabled",
    ),
    ("timeouts", ""),
    // Node pools.
    ("create_pod_range", "!createPodRange"),
    ("additional_pod_network_configs.max_pods_per_node", "maxPodsPerNode.maxPodsPerNode"),
    ("max_pods_per_node", "maxPodsConstraint.maxPodsPerNode"),
    ("node_pool.node_config", "config"),
    ("node_pool", "nodePools"),
    ("node_locations", "locations"),
    ("node_count", ""),
    ("name_prefix", ""),
    ("managed_instance_group_urls", ""),
    ("pod_cidr_overprovision_config.disabled", "disable"),
    // Nodes.
    ("guest_accelerator.count", "acceleratorCount"),
    ("guest_accelerator.type", "acceleratorType"),
    ("guest_accelerator", "accelerators"),
    ("hugepages_config", "hugepages"),
    ("insecure_kubelet_readonly_port_enabled", "?insecureKubeletReadonlyPortEnabled"),
    ("logging_variant", "loggingConfig.variantConfig.variant"),
    ("node_affinity", "nodeAffinities"),
    ("osversion", "osVersion"),
    ("resource_manager_tags", "resourceManagerTags.tags"),
    ("effective_taints", "taints"),
    ("taint", "taints"),
]);

/// The short names of scopes, and their URLs.
const SCOPES: &[(&str, &str)] = &[
    ("bigquery", "bigquery"),
    ("cloud-platform", "cloud-platform"),
    ("cloud-source-repos", "source.full_control"),
    ("cloud-source-repos-ro", "source.read_only"),
    ("compute-ro", "compute.readonly"),
    ("compute-rw", "compute"),
    ("datastore", "datastore"),
    ("logging-write", "logging.write"),
    ("monitoring", "monitoring"),
    ("monitoring-read", "monitoring.read"),
    ("monitoring-write", "monitoring.write"),
    ("pubsub", "pubsub"),
    ("service-control", "servicecontrol"),
    ("service-management", "service.management.readonly"),
    ("sql", "sqlservice"),
    ("sql-admin", "sqlservice.admin"),
    ("storage-full", "devstorage.full_control"),
    ("storage-ro", "devstorage.read_only"),
    ("storage-rw", "devstorage.read_write"),
    ("taskqueue", "taskqueue"),
    ("trace", "trace.append"),
    ("useraccounts-ro", "cloud.useraccounts.readonly"),
    ("useraccounts-rw", "cloud.useraccounts"),
    ("userinfo-email", "userinfo.email"),
];

/// The URL of a scope.
pub(crate) fn scope(name: &str) -> String {
    match SCOPES.iter().find(|(short, _)| *short == name) {
        Some((_, end)) => format!("https://www.googleapis.com/auth/{end}"),
        None => name.to_owned(),
    }
}

/// Whether two scopes are the same, by short names or URLs.
pub(crate) fn same_scope(one: &str, other: &str) -> bool {
    scope(one) == scope(other)
}

/// Puts the URLs of scopes into what describes nodes.
pub(super) fn scoped(config: &mut Json) {
    for name in config["oauthScopes"].as_array_mut().into_iter().flatten() {
        *name = scope(name.as_str().unwrap_or_default()).into();
    }
}

/// A maintenance policy as the API has it: exclusions by their names, windows in a window.
pub(super) fn maintenance_body(policy: &Json) -> Json {
    let mut window = json!({});
    if let Some(daily) = policy.get("dailyMaintenanceWindow") {
        window["dailyMaintenanceWindow"] = daily.clone();
    }
    if let Some(rule) = policy.get("recurringWindow") {
        window["recurringWindow"] = json!({"recurrence": rule["recurrence"],
            "window": {"startTime": rule["startTime"], "endTime": rule["endTime"]}});
    }
    let exclusions: Map<String, Json> = (policy["maintenanceExclusion"].as_array().into_iter().flatten())
        .filter_map(|exclusion| {
            let mut one = json!({"startTime": exclusion["startTime"], "endTime": exclusion["endTime"]});
            if let Some(options) = exclusion.get("exclusionOptions") {
                one["maintenanceExclusionOptions"] = options.clone();
            }
            Some((exclusion["exclusionName"].as_str()?.to_owned(), one))
        })
        .collect();
    if !exclusions.is_empty() {
        window["maintenanceExclusions"] = Json::Object(exclusions);
    }
    json!({"window": window})
}

/// The inverse of [`maintenance_body`]; null when there is no window.
pub(super) fn maintenance_seen(policy: &Json) -> Json {
    let window = &policy["window"];
    let mut seen = Map::new();
    if let Some(start) = window["dailyMaintenanceWindow"].get("startTime") {
        seen.insert("dailyMaintenanceWindow".into(), json!({"startTime": start}));
    }
    if let Some(rule) = window.get("recurringWindow") {
        let when = &rule["window"];
        let rule = json!({"recurrence": rule["recurrence"], "startTime": when["startTime"], "endTime": when["endTime"]});
        seen.insert("recurringWindow".into(), rule);
    }
    let exclusions: Vec<Json> = (window["maintenanceExclusions"].as_object().into_iter().flatten())
        .map(|(name, exclusion)| {
            let mut one = json!({"exclusionName": name, "startTime": exclusion["startTime"], "endTime": exclusion["endTime"]});
            if let Some(options) = exclusion.get("maintenanceExclusionOptions").filter(|o| o.get("scope").is_some()) {
                one["exclusionOptions"] = options.clone();
            }
            one
        })
        .collect();
    if !exclusions.is_empty() {
        seen.insert("maintenanceExclusion".into(), exclusions.into());
    }
    if seen.is_empty() { Json::Null } else { Json::Object(seen) }
}

/// What differs between two bodies at `from`, as a change that has it at `to`; what is gone is emptied.
pub(super) fn changed(before: &Json, after: &Json, from: &str, to: &str) -> Option<Json> {
    let (was, is) = (find(before, from), find(after, from));
    if was == is {
        return None;
    }
    let mut change = json!({});
    match (is, was) {
        (Some(value), _) => put(&mut change, to, value.clone()),
        (None, Some(Json::Bool(_))) => put(&mut change, to, false.into()),
        (None, Some(Json::Array(_))) => put(&mut change, to, json!([])),
        (None, Some(Json::Object(_))) => put(&mut change, to, json!({})),
        (None, _) => return None,
    }
    Some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maintenance_policies_go_both_ways() {
        let policy = json!({
            "recurringWindow": {"recurrence": "FREQ=DAILY", "startTime": "a", "endTime": "b"},
            "maintenanceExclusion": [{"exclusionName": "n", "startTime": "c", "endTime": "d", "exclusionOptions": {"scope": "NO_UPGRADES"}}],
        });
        assert_eq!(maintenance_seen(&maintenance_body(&policy)), policy);
        assert_eq!(maintenance_seen(&json!({"resourceVersion": "1"})), Json::Null);
    }

    #[test]
    fn what_is_gone_is_emptied() {
        let (before, after) = (json!({"config": {"tags": ["a"]}, "x": {"on": true}}), json!({"config": {}}));
        assert_eq!(changed(&before, &after, "config.tags", "tags.tags"), Some(json!({"tags": {"tags": []}})));
        assert_eq!(changed(&before, &after, "x", "desiredX"), Some(json!({"desiredX": {}})));
        assert_eq!(changed(&before, &after, "y", "desiredY"), None);
    }
}
