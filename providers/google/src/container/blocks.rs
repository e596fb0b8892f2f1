//! The blocks of clusters about what runs in them, and when it changes.

use super::access_blocks::NetworkTags;
use super::node::{ContainerdConfig, GcfsConfig};
use super::pool_blocks::UpgradeSettings;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Auto, Block, Computed, validate};

/// What runs in the cluster besides Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AddonsConfig {
    /// Knative.
    #[block(computed)]
    pub cloudrun_config: Option<CloudRun>,
    /// Objects of Google Cloud as objects of Kubernetes.
    #[block(computed)]
    pub config_connector_config: Option<Switch>,
    /// A cache of names on each node.
    #[block(computed)]
    pub dns_cache_config: Option<Switch>,
    /// Volumes on disks.
    #[block(computed)]
    pub gce_persistent_disk_csi_driver_config: Option<Switch>,
    /// Volumes on Filestore.
    #[block(computed)]
    pub gcp_filestore_csi_driver_config: Option<Switch>,
    /// Volumes on buckets.
    #[block(computed)]
    pub gcs_fuse_csi_driver_config: Option<Switch>,
    /// Backups.
    #[block(computed)]
    pub gke_backup_agent_config: Option<Switch>,
    /// More pods under load.
    #[block(computed)]
    pub horizontal_pod_autoscaling: Option<Unswitch>,
    /// Load balancers for ingresses.
    #[block(computed)]
    pub http_load_balancing: Option<Unswitch>,
    /// Volumes on Lustre.
    #[block(computed)]
    pub lustre_csi_driver_config: Option<Lustre>,
    /// Network policies, for the control plane.
    #[block(computed)]
    pub network_policy_config: Option<Unswitch>,
    /// Volumes on Parallelstore.
    #[block(computed)]
    pub parallelstore_csi_driver_config: Option<Switch>,
    /// Ray.
    #[block(computed, max = 1)]
    pub ray_operator_config: Vec<RayOperator>,
    /// Pods with state that move.
    #[block(computed)]
    pub stateful_ha_config: Option<Switch>,
}

/// Something that can be on.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Switch {
    /// Whether it is on.
    pub enabled: bool,
}

/// Secrets as objects of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecretSync {
    /// Whether there are.
    pub enabled: bool,
    /// When they are looked at again.
    #[block(computed)]
    pub rotation_config: Option<SecretRotation>,
}

/// When secrets are looked at again.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecretRotation {
    /// Whether they are.
    pub enabled: bool,
    /// How often.
    pub rotation_interval: Auto<String>,
}

/// Something that can be off.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Unswitch {
    /// Whether it is off.
    pub disabled: bool,
}

/// Knative.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct CloudRun {
    /// Whether it is off.
    pub disabled: bool,
    /// `LOAD_BALANCER_TYPE_INTERNAL`, or one to the internet.
    pub load_balancer_type: Option<String>,
}

/// Volumes on Lustre.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Lustre {
    /// Whether there are.
    pub enabled: bool,
    /// Whether the old port is used.
    pub enable_legacy_lustre_port: Option<bool>,
}

/// Ray.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct RayOperator {
    /// Whether it is on.
    pub enabled: bool,
    /// Logs.
    #[block(computed)]
    pub ray_cluster_logging_config: Option<Switch>,
    /// Metrics.
    #[block(computed)]
    pub ray_cluster_monitoring_config: Option<Switch>,
}

/// Pools that come and go by themselves.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ClusterAutoscaling {
    /// What new pools are like.
    #[block(computed)]
    pub auto_provisioning_defaults: Option<ProvisioningDefaults>,
    /// The zones of new pools.
    pub auto_provisioning_locations: Auto<Vec<String>>,
    /// Whether nodes that are hardly used go soon.
    #[attr(validate = validate::one_of(&["BALANCED", "OPTIMIZE_UTILIZATION"]))]
    pub autoscaling_profile: Auto<String>,
    /// Whether the compute class `default` is that of all workloads that name none.
    pub default_compute_class_enabled: Option<bool>,
    /// Whether pools come and go.
    pub enabled: Auto<bool>,
    /// The limits of the whole cluster.
    #[block]
    pub resource_limits: Vec<ResourceLimit>,
}

/// What new pools are like.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ProvisioningDefaults {
    /// The key of disks.
    pub boot_disk_kms_key: Option<String>,
    /// The size of disks, in gigabytes.
    pub disk_size: Auto<i64>,
    /// The type of disks.
    pub disk_type: Auto<String>,
    /// The image.
    #[attr(equivalent = super::same_word)]
    pub image_type: Auto<String>,
    /// What Google does with nodes by itself.
    #[block(computed)]
    pub management: Option<ProvisioningManagement>,
    /// The oldest processor.
    pub min_cpu_platform: Auto<String>,
    /// What the nodes' tokens may be used for.
    #[attr(equivalent = super::names::same_scope)]
    pub oauth_scopes: Auto<Vec<String>>,
    /// The account that nodes act as.
    pub service_account: Auto<String>,
    /// What the instances check as they start.
    #[block(computed)]
    pub shielded_instance_config: Option<ProvisioningShield>,
    /// How nodes are replaced.
    #[block(computed)]
    pub upgrade_settings: Option<UpgradeSettings>,
}

/// What Google does with nodes by itself.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ProvisioningManagement {
    /// Whether nodes that are ill are replaced.
    pub auto_repair: Auto<bool>,
    /// Whether nodes follow the control plane's version.
    pub auto_upgrade: Auto<bool>,
    /// When nodes are upgraded next.
    pub upgrade_options: Computed<Vec<UpgradeOptions>>,
}

/// When nodes are upgraded next.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct UpgradeOptions {
    /// When.
    pub auto_upgrade_start_time: Computed<String>,
    /// What happens.
    pub description: Computed<String>,
}

/// What the instances check as they start.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ProvisioningShield {
    /// Whether changes of what starts are noticed.
    pub enable_integrity_monitoring: Auto<bool>,
    /// Whether only signed software starts.
    pub enable_secure_boot: Auto<bool>,
}

/// A limit of the whole cluster.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ResourceLimit {
    /// `cpu`, `memory`, or an accelerator.
    pub resource_type: String,
    /// At most.
    pub maximum: i64,
    /// At least.
    pub minimum: Option<i64>,
}

/// Beta versions of the API that are served.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct BetaApis {
    /// Which.
    #[attr(required)]
    pub enabled_apis: BTreeSet<String>,
}

/// The edition.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct EnterpriseConfig {
    /// Which.
    #[attr(deprecated = "The editions are one now.")]
    pub desired_tier: Auto<String>,
    /// The one that counts.
    pub cluster_tier: Computed<String>,
}

/// The fleet the cluster is in.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Fleet {
    /// The project of the fleet.
    pub project: Option<String>,
    /// The membership, with the name of its service in front.
    pub membership: Computed<String>,
    /// The short name of the membership.
    pub membership_id: Computed<String>,
    /// Where the membership is.
    pub membership_location: Computed<String>,
    /// Whether the fleet knew the cluster before.
    pub pre_registered: Computed<bool>,
}

/// How soon patches come.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AutoUpgrade {
    /// `ACCELERATED`, or when they come.
    pub patch_mode: String,
}

/// What is logged.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LoggingConfig {
    /// Which parts.
    #[attr(required)]
    pub enable_components: Vec<String>,
}

/// When Google may change the cluster.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MaintenancePolicy {
    /// Every day.
    #[block]
    pub daily_maintenance_window: Option<DailyWindow>,
    /// When not.
    #[block]
    pub maintenance_exclusion: BTreeSet<MaintenanceExclusion>,
    /// By a rule.
    #[block]
    pub recurring_window: Option<RecurringWindow>,
}

/// A window of every day.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DailyWindow {
    /// When it begins, in GMT, such as `03:00`.
    pub start_time: String,
    /// How long it lasts.
    pub duration: Computed<String>,
}

/// A time without changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct MaintenanceExclusion {
    /// Its end.
    pub end_time: String,
    /// Its name.
    pub exclusion_name: String,
    /// Its begin.
    pub start_time: String,
    /// Which changes are left out.
    #[block]
    pub exclusion_options: Option<ExclusionOptions>,
}

/// Which changes are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ExclusionOptions {
    /// Which.
    #[attr(validate = validate::one_of(&["NO_UPGRADES", "NO_MINOR_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES"]))]
    pub scope: String,
}

/// A window that comes again.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct RecurringWindow {
    /// The end of the first one.
    #[attr(equivalent = super::same_time)]
    pub end_time: String,
    /// The rule, such as `FREQ=WEEKLY;BYDAY=SA,SU`.
    pub recurrence: String,
    /// The begin of the first one.
    #[attr(equivalent = super::same_time)]
    pub start_time: String,
}

/// What is measured.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MonitoringConfig {
    /// Flows of packets.
    #[block(computed)]
    pub advanced_datapath_observability_config: Option<DatapathObservability>,
    /// Which parts.
    pub enable_components: Auto<Vec<String>>,
    /// Prometheus.
    #[block(computed)]
    pub managed_prometheus: Option<ManagedPrometheus>,
}

/// Flows of packets.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DatapathObservability {
    /// Whether they are counted.
    pub enable_metrics: bool,
    /// Whether they can be looked at.
    pub enable_relay: bool,
}

/// Prometheus.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ManagedPrometheus {
    /// Whether it is on.
    pub enabled: bool,
    /// What is found by itself.
    #[block]
    pub auto_monitoring_config: Option<AutoMonitoring>,
}

/// What Prometheus finds by itself.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AutoMonitoring {
    /// `ALL` or `NONE`.
    #[attr(validate = validate::one_of(&["ALL", "NONE"]))]
    pub scope: String,
}

/// What pools that come by themselves are like.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PoolAutoConfig {
    /// Settings of Linux.
    #[block(computed)]
    pub linux_node_config: Option<AutoLinux>,
    /// Network tags.
    #[block]
    pub network_tags: Option<NetworkTags>,
    /// Settings of the kubelet.
    #[block(computed)]
    pub node_kubelet_config: Option<AutoKubelet>,
    /// Tags of the resource manager for firewall policies.
    pub resource_manager_tags: BTreeMap<String, String>,
}

/// Settings of Linux.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AutoLinux {
    /// The version of control groups.
    pub cgroup_mode: Auto<String>,
}

/// Settings of the kubelet.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AutoKubelet {
    /// Whether the port without authentication is open.
    #[attr(validate = validate::one_of(&["TRUE", "FALSE"]))]
    pub insecure_kubelet_readonly_port_enabled: Auto<String>,
}

/// What pools are like unless they say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PoolDefaults {
    /// What their nodes are like.
    #[block(computed)]
    pub node_config_defaults: Option<NodeDefaults>,
}

/// What nodes are like unless their pool says otherwise.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NodeDefaults {
    /// Settings of containerd.
    #[block(computed)]
    pub containerd_config: Option<ContainerdConfig>,
    /// Whether images are streamed.
    #[block(computed)]
    pub gcfs_config: Option<GcfsConfig>,
    /// Whether the port without authentication is open.
    #[attr(validate = validate::one_of(&["TRUE", "FALSE"]))]
    pub insecure_kubelet_readonly_port_enabled: Auto<String>,
    /// How much the logging agent can do.
    #[attr(validate = validate::one_of(&["DEFAULT", "MAX_THROUGHPUT"]))]
    pub logging_variant: Auto<String>,
}

/// Where upgrades are told.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Notifications {
    /// A topic.
    #[block(min = 1)]
    pub pubsub: Option<PubSub>,
}

/// The topic where upgrades are told.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PubSub {
    /// Whether they are.
    pub enabled: bool,
    /// Which.
    #[block]
    pub filter: Option<EventFilter>,
    /// The topic.
    pub topic: Option<String>,
}

/// Which events are told.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct EventFilter {
    /// Their types.
    #[attr(required)]
    pub event_type: Vec<String>,
}

/// How fast pods are added.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PodAutoscaling {
    /// Which profile.
    #[attr(validate = validate::one_of(&["NONE", "PERFORMANCE"]))]
    pub hpa_profile: String,
}

/// How soon new versions come.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ReleaseChannel {
    /// The channel.
    #[attr(validate = validate::one_of(&["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"]))]
    pub channel: String,
}

/// What is used, in BigQuery.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct UsageExport {
    /// Where to.
    #[block(min = 1)]
    pub bigquery_destination: Option<UsageDataset>,
    /// Whether traffic is counted.
    #[attr(default = false)]
    pub enable_network_egress_metering: Option<bool>,
    /// Whether consumption is counted.
    #[attr(default = true)]
    pub enable_resource_consumption_metering: Option<bool>,
}

/// A dataset for what is used.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct UsageDataset {
    /// Its id.
    pub dataset_id: String,
}
