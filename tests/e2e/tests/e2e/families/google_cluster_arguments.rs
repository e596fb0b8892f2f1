//! Each argument of Google's clusters and node pools, as [`super::google_arguments`] tries those of other types.

use super::google_arguments::{Special, try_all};
use serde_json::{Value, json};

/// What a thing says at a pointer at stages 1, 2 and 0.
pub(super) type Row = (&'static str, Value, Value, Value);

/// The same as [`try_all`], of one thing, with what it says in a table.
#[track_caller]
pub(super) fn try_rows(name: &str, special: &Special<'_>, things: &[(&str, &[Row])]) {
    let pointers: Vec<Vec<&str>> =
        things.iter().map(|(_, rows)| rows.iter().map(|row| row.0).collect()).collect();
    let asked: Vec<(&str, &[&str])> =
        things.iter().zip(&pointers).map(|((path, _), pointers)| (*path, pointers.as_slice())).collect();
    let rows = || things.iter().flat_map(|(_, rows)| rows.iter());
    let expected = [
        rows().map(|row| row.1.clone()).collect(),
        rows().map(|row| row.2.clone()).collect(),
        rows().map(|row| row.3.clone()).collect(),
    ];
    try_all(name, special, &asked, expected);
}

#[test]
fn arguments_of_clusters() {
    let key = "projects/host-prj/locations/europe/keyRings/r/cryptoKeys/k";
    let (on, off, none) = (json!(true), json!(false), Value::Null);
    // What is on at stage 1 and off later, and, where nothing else is said, when the argument is gone.
    let switch = |pointer: &'static str| (pointer, json!(true), json!(false), json!(false));
    let unswitch = |pointer: &'static str| (pointer, json!(false), json!(true), json!(true));
    let row = |pointer: &'static str, first: &str, second: &str| {
        (pointer, json!(first), json!(second), json!(second))
    };
    let cluster = [
        switch("/addonsConfig/configConnectorConfig/enabled"),
        switch("/addonsConfig/dnsCacheConfig/enabled"),
        switch("/addonsConfig/gcePersistentDiskCsiDriverConfig/enabled"),
        switch("/addonsConfig/gcpFilestoreCsiDriverConfig/enabled"),
        switch("/addonsConfig/gcsFuseCsiDriverConfig/enabled"),
        switch("/addonsConfig/gkeBackupAgentConfig/enabled"),
        switch("/addonsConfig/horizontalPodAutoscaling/disabled"),
        switch("/addonsConfig/httpLoadBalancing/disabled"),
        switch("/addonsConfig/lustreCsiDriverConfig/enableLegacyLustrePort"),
        switch("/addonsConfig/lustreCsiDriverConfig/enabled"),
        switch("/addonsConfig/parallelstoreCsiDriverConfig/enabled"),
        switch("/addonsConfig/rayOperatorConfig/rayClusterLoggingConfig/enabled"),
        switch("/addonsConfig/rayOperatorConfig/rayClusterMonitoringConfig/enabled"),
        switch("/addonsConfig/statefulHaConfig/enabled"),
        unswitch("/addonsConfig/cloudRunConfig/disabled"),
        unswitch("/addonsConfig/networkPolicyConfig/disabled"),
        (
            "/addonsConfig/cloudRunConfig/loadBalancerType",
            json!("LOAD_BALANCER_TYPE_INTERNAL"),
            none.clone(),
            none.clone(),
        ),
        row("/anonymousAuthenticationConfig/mode", "LIMITED", "ENABLED"),
        row(
            "/authenticatorGroupsConfig/securityGroup",
            "gke-security-groups@1.example.com",
            "gke-security-groups@2.example.com",
        ),
        (
            "/binaryAuthorization/evaluationMode",
            json!("PROJECT_SINGLETON_POLICY_ENFORCE"),
            json!("DISABLED"),
            none.clone(),
        ),
        row("/autoscaling/autoscalingProfile", "OPTIMIZE_UTILIZATION", "BALANCED"),
        row("/autoscaling/autoprovisioningLocations/0", "europe-west1-b", "europe-west1-c"),
        row("/autoscaling/autoprovisioningNodePoolDefaults/bootDiskKmsKey", key, key),
        switch("/autoscaling/enableNodeAutoprovisioning"),
        ("/autoscaling/resourceLimits/1/resourceType", json!("memory"), none.clone(), none.clone()),
        switch("/controlPlaneEndpointsConfig/dnsEndpointConfig/allowExternalTraffic"),
        switch("/controlPlaneEndpointsConfig/ipEndpointsConfig/globalAccess"),
        unswitch("/controlPlaneEndpointsConfig/ipEndpointsConfig/enablePublicEndpoint"),
        switch("/costManagementConfig/enabled"),
        row("/databaseEncryption/state", "ENCRYPTED", "DECRYPTED"),
        ("/databaseEncryption/keyName", json!(key), none.clone(), none.clone()),
        ("/enableK8sBetaApis/enabledApis/1", none.clone(), json!("b.k8s.io/v1beta1/bs"), none.clone()),
        row("/enterpriseConfig/clusterTier", "ENTERPRISE", "STANDARD"),
        ("/fleet/project", json!("host-prj"), none.clone(), none.clone()),
        row("/gkeAutoUpgradeConfig/patchMode", "ACCELERATED", "PATCH_MODE_UNSPECIFIED"),
        switch("/identityServiceConfig/enabled"),
        (
            "/ipAllocationPolicy/additionalPodRangesConfig/podRangeNames",
            json!(["more"]),
            json!(["yet"]),
            none.clone(),
        ),
        ("/legacyAbac/enabled", on.clone(), none.clone(), none.clone()),
        ("/locations/1", json!("europe-west1-c"), json!("europe-west1-d"), json!("europe-west1-d")),
        ("/loggingConfig/componentConfig/enableComponents/1", json!("APISERVER"), none.clone(), none.clone()),
        (
            "/maintenancePolicy/window/dailyMaintenanceWindow/startTime",
            json!("03:00"),
            none.clone(),
            none.clone(),
        ),
        (
            "/maintenancePolicy/window/recurringWindow/recurrence",
            none.clone(),
            json!("FREQ=WEEKLY;BYDAY=SA"),
            none.clone(),
        ),
        (
            "/maintenancePolicy/window/maintenanceExclusions/sales/maintenanceExclusionOptions/scope",
            json!("NO_MINOR_UPGRADES"),
            none.clone(),
            none.clone(),
        ),
        ("/masterAuthorizedNetworksConfig/cidrBlocks/1/displayName", none.clone(), json!("b"), json!("b")),
        switch("/masterAuthorizedNetworksConfig/privateEndpointEnforcementEnabled"),
        unswitch("/masterAuthorizedNetworksConfig/gcpPublicCidrsAccessEnabled"),
        switch("/meshCertificates/enableCertificates"),
        switch("/monitoringConfig/advancedDatapathObservabilityConfig/enableMetrics"),
        switch("/monitoringConfig/advancedDatapathObservabilityConfig/enableRelay"),
        row("/monitoringConfig/managedPrometheusConfig/autoMonitoringConfig/scope", "ALL", "NONE"),
        ("/monitoringConfig/componentConfig/enableComponents/1", json!("POD"), none.clone(), none.clone()),
        switch("/networkConfig/defaultSnatStatus/disabled"),
        switch("/networkConfig/disableL4LbFirewallReconciliation"),
        (
            "/networkConfig/dnsConfig/clusterDnsScope",
            json!("CLUSTER_SCOPE"),
            json!("VPC_SCOPE"),
            none.clone(),
        ),
        switch("/networkConfig/enableCiliumClusterwideNetworkPolicy"),
        switch("/networkConfig/enableFqdnNetworkPolicy"),
        switch("/networkConfig/enableIntraNodeVisibility"),
        switch("/networkConfig/enableL4ilbSubsetting"),
        row("/networkConfig/gatewayApiConfig/channel", "CHANNEL_STANDARD", "CHANNEL_DISABLED"),
        row(
            "/networkConfig/inTransitEncryptionConfig",
            "IN_TRANSIT_ENCRYPTION_INTER_NODE_TRANSPARENT",
            "IN_TRANSIT_ENCRYPTION_DISABLED",
        ),
        (
            "/networkConfig/networkPerformanceConfig/totalEgressBandwidthTier",
            json!("TIER_1"),
            json!("TIER_UNSPECIFIED"),
            none.clone(),
        ),
        row(
            "/networkConfig/privateIpv6GoogleAccess",
            "PRIVATE_IPV6_GOOGLE_ACCESS_TO_GOOGLE",
            "PRIVATE_IPV6_GOOGLE_ACCESS_DISABLED",
        ),
        switch("/networkConfig/serviceExternalIpsConfig/enabled"),
        row("/nodePoolAutoConfig/linuxNodeConfig/cgroupMode", "CGROUP_MODE_V1", "CGROUP_MODE_V2"),
        row("/nodePoolAutoConfig/networkTags/tags/1", "b-1", "b-2"),
        switch("/nodePoolAutoConfig/nodeKubeletConfig/insecureKubeletReadonlyPortEnabled"),
        row("/nodePoolAutoConfig/resourceManagerTags/tags/tagKeys~11", "tagValues/1", "tagValues/2"),
        switch("/nodePoolDefaults/nodeConfigDefaults/containerdConfig/privateRegistryAccessConfig/enabled"),
        switch("/nodePoolDefaults/nodeConfigDefaults/gcfsConfig/enabled"),
        row(
            "/nodePoolDefaults/nodeConfigDefaults/loggingConfig/variantConfig/variant",
            "MAX_THROUGHPUT",
            "DEFAULT",
        ),
        switch("/nodePoolDefaults/nodeConfigDefaults/nodeKubeletConfig/insecureKubeletReadonlyPortEnabled"),
        switch("/notificationConfig/pubsub/enabled"),
        ("/notificationConfig/pubsub/filter/eventType/0", json!("UPGRADE_EVENT"), none.clone(), none.clone()),
        row("/podAutoscaling/hpaProfile", "NONE", "PERFORMANCE"),
        switch("/privateClusterConfig/enablePrivateEndpoint"),
        ("/privateClusterConfig/masterGlobalAccessConfig/enabled", on.clone(), none.clone(), none.clone()),
        unswitch("/rbacBindingConfig/enableInsecureBindingSystemAuthenticated"),
        unswitch("/rbacBindingConfig/enableInsecureBindingSystemUnauthenticated"),
        ("/resourceLabels", json!({"a": "b"}), json!({"c": "d"}), json!({})),
        ("/resourceUsageExportConfig/consumptionMeteringConfig/enabled", off.clone(), on, none.clone()),
        ("/resourceUsageExportConfig/bigqueryDestination/datasetId", json!("d1"), json!("d2"), none.clone()),
        switch("/secretManagerConfig/enabled"),
        switch("/secretSyncConfig/enabled"),
        row("/secretSyncConfig/rotationConfig/rotationInterval", "300s", "600s"),
        switch("/ipAllocationPolicy/autoIpamConfig/enabled"),
        row(
            "/ipAllocationPolicy/networkTierConfig/networkTier",
            "NETWORK_TIER_STANDARD",
            "NETWORK_TIER_PREMIUM",
        ),
        row("/securityPostureConfig/mode", "ENTERPRISE", "DISABLED"),
        row("/securityPostureConfig/vulnerabilityMode", "VULNERABILITY_ENTERPRISE", "VULNERABILITY_DISABLED"),
        unswitch("/shieldedNodes/enabled"),
        switch("/verticalPodAutoscaling/enabled"),
        ("/workloadIdentityConfig/workloadPool", json!("host-prj.svc.id.goog"), none.clone(), none.clone()),
    ];
    let versions = [
        (
            "/currentMasterVersion",
            json!("1.32.9-gke.1239000"),
            json!("1.33.5-gke.1201000"),
            json!("1.33.5-gke.1201000"),
        ),
        (
            "/nodePools/0/version",
            json!("1.32.9-gke.1239000"),
            json!("1.32.9-gke.1239000"),
            json!("1.32.9-gke.1239000"),
        ),
        row("/loggingService", "none", "logging.googleapis.com/kubernetes"),
        row("/monitoringService", "none", "monitoring.googleapis.com/kubernetes"),
        switch("/networkPolicy/enabled"),
        ("/releaseChannel/channel", json!("STABLE"), none.clone(), none.clone()),
        (
            "/nodePools/0/config/machineType",
            json!("e2-standard-2"),
            json!("e2-standard-4"),
            json!("e2-medium"),
        ),
        ("/nodePools/0/config/tags", json!(["a"]), json!(["b"]), none.clone()),
    ];
    let removed = [("/nodePools", none.clone(), none.clone(), none)];
    let clusters = "/v1/projects/host-prj/locations/europe-west1/clusters";
    let [c, r] = ["c", "r"].map(|name| format!("{clusters}/{name}"));
    let special = Special {
        kept: &["google_container_cluster.r"],
        // Whether a cluster may be destroyed is not told.
        unseen: &[
            "google_container_cluster.c",
            "google_container_cluster.later",
            "google_container_cluster.r",
            "google_container_cluster.routed",
            "google_container_cluster.v",
        ],
        lost: &[(
            "google_container_cluster.later",
            "/v1/projects/host-prj/locations/europe-west1/clusters/later",
        )],
        ..Special::default()
    };
    let v = "/v1/projects/host-prj/locations/europe-west1-b/clusters/v";
    let subnet = json!("projects/host-prj/regions/europe-west1/subnetworks/u");
    let private =
        [("/privateClusterConfig/privateEndpointSubnetwork", subnet.clone(), subnet.clone(), subnet)];
    let later = format!("{clusters}/later");
    try_rows("clusters", &special, &[(&c, &cluster), (v, &versions), (&r, &removed), (&later, &private)]);
}

#[test]
fn arguments_of_node_pools() {
    let none = Value::Null;
    let row = |pointer: &'static str, first: &str, second: &str| {
        (pointer, json!(first), json!(second), json!(second))
    };
    // What stays as it was when the argument is gone, and what is cleared.
    let kept = |pointer: &'static str, first: Value, second: Value| (pointer, first, second.clone(), second);
    let cleared = |pointer: &'static str, first: Value, second: Value| (pointer, first, second, Value::Null);
    let switch = |pointer: &'static str| (pointer, json!(true), json!(false), json!(false));
    let pool = [
        kept("/locations", json!(["europe-west1-b", "europe-west1-c"]), json!(["europe-west1-d"])),
        row("/version", "1.32.9-gke.1239000", "1.33.5-gke.1201000"),
        kept(
            "/management",
            json!({"autoRepair": true, "autoUpgrade": false}),
            json!({"autoRepair": false, "autoUpgrade": true}),
        ),
        switch("/networkConfig/enablePrivateNodes"),
        cleared(
            "/networkConfig/networkPerformanceConfig/totalEgressBandwidthTier",
            json!("TIER_1"),
            json!("TIER_UNSPECIFIED"),
        ),
        row("/upgradeSettings/strategy", "BLUE_GREEN", "SURGE"),
        kept("/upgradeSettings/maxSurge", json!(1), json!(3)),
        kept("/upgradeSettings/maxUnavailable", none.clone(), json!(2)),
        row("/upgradeSettings/blueGreenSettings/nodePoolSoakDuration", "3600s", "3600s"),
        kept("/config/bootDisk/sizeGb", json!("50"), json!("60")),
        row("/config/diskType", "pd-ssd", "pd-balanced"),
        row("/config/imageType", "ubuntu_containerd", "COS_CONTAINERD"),
        kept("/config/labels", json!({"a": "b"}), json!({"c": "d"})),
        row("/config/loggingConfig/variantConfig/variant", "MAX_THROUGHPUT", "DEFAULT"),
        row("/config/machineType", "e2-standard-2", "e2-standard-4"),
        cleared("/config/resourceLabels", json!({"a": "b"}), json!({"c": "d"})),
        cleared(
            "/config/resourceManagerTags/tags",
            json!({"tagKeys/1": "tagValues/1"}),
            json!({"tagKeys/2": "tagValues/2"}),
        ),
        cleared(
            "/config/storagePools",
            json!(["projects/host-prj/zones/europe-west1-b/storagePools/a"]),
            json!(["projects/host-prj/zones/europe-west1-b/storagePools/b"]),
        ),
        cleared("/config/tags", json!(["a"]), json!(["b", "c"])),
        switch("/config/containerdConfig/privateRegistryAccessConfig/enabled"),
        cleared("/config/fastSocket/enabled", json!(true), json!(false)),
        cleared("/config/gcfsConfig/enabled", json!(true), json!(false)),
        cleared("/config/gvnic/enabled", json!(true), json!(false)),
        kept("/config/kubeletConfig/allowedUnsafeSysctls/1", none.clone(), json!("net.*")),
        kept("/config/kubeletConfig/containerLogMaxFiles", json!(3), json!(4)),
        row("/config/kubeletConfig/containerLogMaxSize", "20Mi", "30Mi"),
        switch("/config/kubeletConfig/cpuCfsQuota"),
        row("/config/kubeletConfig/cpuCfsQuotaPeriod", "100ms", "200ms"),
        row("/config/kubeletConfig/cpuManagerPolicy", "static", "none"),
        kept("/config/kubeletConfig/evictionMaxPodGracePeriodSeconds", json!(30), json!(60)),
        kept("/config/kubeletConfig/evictionMinimumReclaim/memoryAvailable", json!("10%"), none.clone()),
        row("/config/kubeletConfig/evictionSoft/memoryAvailable", "200Mi", "300Mi"),
        row("/config/kubeletConfig/evictionSoft/pidAvailable", "10%", "15%"),
        row("/config/kubeletConfig/evictionSoftGracePeriod/memoryAvailable", "1m", "2m"),
        row("/config/kubeletConfig/evictionSoftGracePeriod/nodefsInodesFree", "1m", "2m"),
        row("/config/kubeletConfig/memoryManager/policy", "Static", "None"),
        row("/config/kubeletConfig/topologyManager/scope", "pod", "container"),
        kept("/config/kubeletConfig/imageGcHighThresholdPercent", json!(80), json!(85)),
        kept("/config/kubeletConfig/imageGcLowThresholdPercent", json!(50), json!(55)),
        row("/config/kubeletConfig/imageMaximumGcAge", "300s", "400s"),
        row("/config/kubeletConfig/imageMinimumGcAge", "60s", "70s"),
        switch("/config/kubeletConfig/insecureKubeletReadonlyPortEnabled"),
        kept("/config/kubeletConfig/maxParallelImagePulls", json!(3), json!(4)),
        row("/config/kubeletConfig/podPidsLimit", "2048", "4096"),
        switch("/config/kubeletConfig/singleProcessOomKill"),
        row("/config/linuxNodeConfig/cgroupMode", "CGROUP_MODE_V1", "CGROUP_MODE_V2"),
        row(
            "/config/linuxNodeConfig/nodeKernelModuleLoading/policy",
            "ENFORCE_SIGNED_MODULES",
            "DO_NOT_ENFORCE_SIGNED_MODULES",
        ),
        kept("/config/linuxNodeConfig/swapConfig/bootDiskProfile/swapSizeGib", json!("8"), none.clone()),
        kept("/config/linuxNodeConfig/swapConfig/bootDiskProfile/swapSizePercent", none.clone(), json!(10)),
        switch("/config/linuxNodeConfig/swapConfig/encryptionConfig/disabled"),
        row("/config/linuxNodeConfig/sysctls/net.core.somaxconn", "2048", "4096"),
        kept("/config/linuxNodeConfig/hugepages/hugepageSize2m", json!(1024), none.clone()),
        row(
            "/config/linuxNodeConfig/transparentHugepageDefrag",
            "TRANSPARENT_HUGEPAGE_DEFRAG_ALWAYS",
            "TRANSPARENT_HUGEPAGE_DEFRAG_NEVER",
        ),
        row(
            "/config/linuxNodeConfig/transparentHugepageEnabled",
            "TRANSPARENT_HUGEPAGE_ENABLED_ALWAYS",
            "TRANSPARENT_HUGEPAGE_ENABLED_NEVER",
        ),
        row("/config/taints/0/key", "x", "y"),
        row("/config/taints/0/effect", "NO_SCHEDULE", "NO_EXECUTE"),
        row("/config/windowsNodeConfig/osVersion", "OS_VERSION_LTSC2019", "OS_VERSION_LTSC2022"),
        row("/config/workloadMetadataConfig/mode", "GKE_METADATA", "GCE_METADATA"),
    ];
    let grows = [
        cleared("/autoscaling/locationPolicy", json!("ANY"), json!("BALANCED")),
        cleared("/autoscaling/maxNodeCount", json!(3), none.clone()),
        cleared("/autoscaling/minNodeCount", json!(1), none.clone()),
        cleared("/autoscaling/totalMaxNodeCount", none.clone(), json!(9)),
        cleared("/autoscaling/totalMinNodeCount", none, json!(2)),
        kept(
            "/upgradeSettings/blueGreenSettings/standardRolloutPolicy/batchNodeCount",
            json!(2),
            Value::Null,
        ),
        kept(
            "/upgradeSettings/blueGreenSettings/standardRolloutPolicy/batchPercentage",
            Value::Null,
            json!(0.25),
        ),
        row("/config/bootDisk/sizeGb", "100", "200"),
        row("/config/bootDisk/provisionedIops", "3600", "4000"),
        row("/config/bootDisk/provisionedThroughput", "150", "200"),
    ];
    let auto = [switch("/autopilot/workloadPolicyConfig/allowNetAdmin")];
    let blocks = [
        ("/nodePools/0/config/tags/0", json!("a"), json!("b"), Value::Null),
        ("/nodePools/1/autoscaling/maxNodeCount", json!(3), json!(5), Value::Null),
    ];
    let clusters = "/v1/projects/host-prj/locations/europe-west1/clusters";
    let [p, grown, autopilot] =
        ["c/nodePools/p", "c/nodePools/grows", "auto"].map(|name| format!("{clusters}/{name}"));
    let special = Special {
        kept: &["google_container_cluster.auto"],
        // What a name of Terrane's choice begins with is not told, nor that a range was made with a pool.
        never: &["google_container_node_pool.networks", "google_container_node_pool.spot"],
        // Whether a cluster may be destroyed is not told, and a block with everything off is like none.
        unseen: &[
            "google_container_cluster.auto",
            "google_container_cluster.blocks",
            "google_container_cluster.c",
            "google_container_cluster.multi",
            "google_container_node_pool.p",
        ],
        lost: &[(
            "google_container_node_pool.preemptible",
            "/v1/projects/host-prj/locations/europe-west1/clusters/c/nodePools/preemptible",
        )],
        ..Special::default()
    };
    let own = json!("own");
    let networked = [
        ("/networkConfig/podRange", own.clone(), own.clone(), own),
        cleared("/config/tags/0", json!("a"), json!("b")),
    ];
    let zonal = "/v1/projects/host-prj/locations/europe-west1-b/clusters";
    let (zonal, networks) = (format!("{zonal}/blocks"), format!("{zonal}/multi/nodePools/networks"));
    let asked: [(&str, &[Row]); 5] =
        [(&p, &pool), (&grown, &grows), (&autopilot, &auto), (&zonal, &blocks), (&networks, &networked)];
    try_rows("pools", &special, &asked);
}
