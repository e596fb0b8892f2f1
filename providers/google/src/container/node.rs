//! The blocks of `node_config`: machines, disks and software of nodes.

use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Auto, Block, Computed, validate};

/// The machines of nodes.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NodeConfig {
    /// Settings of the processor.
    #[block(force_new)]
    pub advanced_machine_features: Option<AdvancedMachineFeatures>,
    /// The disk that nodes start from.
    #[block(computed)]
    pub boot_disk: Option<BootDisk>,
    /// The key of the disk.
    #[attr(force_new)]
    pub boot_disk_kms_key: Option<String>,
    /// Whether memory is encrypted.
    #[block(force_new, computed)]
    pub confidential_nodes: Option<ConfidentialNodes>,
    /// Settings of containerd.
    #[block(computed)]
    pub containerd_config: Option<ContainerdConfig>,
    /// The size of the disk, in gigabytes.
    pub disk_size_gb: Auto<i64>,
    /// The type of the disk.
    pub disk_type: Auto<String>,
    /// What keeps pods away from nodes, whoever said so.
    pub effective_taints: Computed<Vec<Taint>>,
    /// Whether disks are encrypted by the hardware.
    #[attr(force_new)]
    pub enable_confidential_storage: Option<bool>,
    /// Local disks for what pods keep in passing.
    #[block(force_new)]
    pub ephemeral_storage_local_ssd_config: Option<EphemeralStorage>,
    /// Faster networking between accelerators.
    #[block]
    pub fast_socket: Option<FastSocket>,
    /// Whether nodes start when there is room for them.
    #[attr(force_new)]
    pub flex_start: Option<bool>,
    /// Whether images are streamed.
    #[block]
    pub gcfs_config: Option<GcfsConfig>,
    /// Accelerators of each node.
    #[block(force_new, computed)]
    pub guest_accelerator: Vec<GuestAccelerator>,
    /// The network card of Google's own.
    #[block]
    pub gvnic: Option<Gvnic>,
    /// How the hosts are maintained.
    #[block(force_new)]
    pub host_maintenance_policy: Option<HostMaintenance>,
    /// The image of nodes, such as `COS_CONTAINERD`.
    #[attr(equivalent = super::same_word)]
    pub image_type: Auto<String>,
    /// Settings of the kubelet.
    #[block(computed)]
    pub kubelet_config: Option<KubeletConfig>,
    /// Labels of nodes in Kubernetes.
    pub labels: Auto<BTreeMap<String, String>>,
    /// Settings of Linux.
    #[block(computed)]
    pub linux_node_config: Option<LinuxNodeConfig>,
    /// Local disks as raw devices.
    #[block(force_new)]
    pub local_nvme_ssd_block_config: Option<LocalNvme>,
    /// Local disks.
    #[attr(force_new)]
    pub local_ssd_count: Auto<i64>,
    /// Whose keys local disks have.
    #[attr(force_new)]
    pub local_ssd_encryption_mode: Option<String>,
    /// How much the logging agent can do.
    #[attr(validate = validate::one_of(&["DEFAULT", "MAX_THROUGHPUT"]))]
    pub logging_variant: Auto<String>,
    /// The type of machine.
    pub machine_type: Auto<String>,
    /// How long nodes live.
    #[attr(force_new)]
    pub max_run_duration: Option<String>,
    /// Metadata of the instances.
    #[attr(force_new)]
    pub metadata: Auto<BTreeMap<String, String>>,
    /// The oldest processor.
    #[attr(force_new)]
    pub min_cpu_platform: Auto<String>,
    /// The sole tenant node group.
    #[attr(force_new)]
    pub node_group: Option<String>,
    /// What the nodes' tokens may be used for.
    #[attr(force_new, equivalent = super::names::same_scope)]
    pub oauth_scopes: Auto<BTreeSet<String>>,
    /// Whether nodes may be taken away.
    #[attr(force_new, default = false)]
    pub preemptible: Option<bool>,
    /// Which reservations are used.
    #[block(force_new)]
    pub reservation_affinity: Option<ReservationAffinity>,
    /// Labels of the instances and disks.
    pub resource_labels: BTreeMap<String, String>,
    /// Tags of the resource manager for firewall policies.
    pub resource_manager_tags: BTreeMap<String, String>,
    /// Disks with images or data on them already.
    #[block(force_new)]
    pub secondary_boot_disks: Vec<SecondaryBootDisk>,
    /// The account that nodes act as.
    #[attr(force_new)]
    pub service_account: Auto<String>,
    /// What the instances check as they start.
    #[block(force_new, computed)]
    pub shielded_instance_config: Option<ShieldedInstance>,
    /// On which hosts of one's own nodes run.
    #[block(force_new)]
    pub sole_tenant_config: Option<SoleTenant>,
    /// Whether nodes are spot instances.
    #[attr(force_new, default = false)]
    pub spot: Option<bool>,
    /// Storage pools of the disks.
    pub storage_pools: Vec<String>,
    /// Network tags, which firewall rules refer to.
    pub tags: Vec<String>,
    /// What keeps pods away from nodes.
    #[block(computed)]
    pub taint: Vec<Taint>,
    /// Settings of Windows.
    #[block(computed)]
    pub windows_node_config: Option<WindowsNodeConfig>,
    /// What pods see of the metadata server.
    #[block(computed)]
    pub workload_metadata_config: Option<WorkloadMetadata>,
}

/// Settings of the processor.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AdvancedMachineFeatures {
    /// Threads of each core.
    #[attr(force_new)]
    pub threads_per_core: i64,
    /// Whether virtual machines can run in nodes.
    #[attr(force_new)]
    pub enable_nested_virtualization: Option<bool>,
    /// How much of the counters can be read.
    #[attr(force_new)]
    pub performance_monitoring_unit: Option<String>,
}

/// The disk that nodes start from.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct BootDisk {
    /// The type of the disk.
    pub disk_type: Auto<String>,
    /// Operations a second.
    pub provisioned_iops: Auto<i64>,
    /// Megabytes a second.
    pub provisioned_throughput: Auto<i64>,
    /// The size, in gigabytes.
    pub size_gb: Auto<i64>,
}

/// Whether memory is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ConfidentialNodes {
    /// Whether it is.
    #[attr(force_new)]
    pub enabled: bool,
    /// By which technology.
    #[attr(force_new)]
    pub confidential_instance_type: Option<String>,
}

/// Settings of containerd.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ContainerdConfig {
    /// Registries with certificates of one's own.
    #[block]
    pub private_registry_access_config: Option<PrivateRegistryAccess>,
}

/// Registries with certificates of one's own.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PrivateRegistryAccess {
    /// Whether there are any.
    pub enabled: bool,
    /// The certificates.
    #[block]
    pub certificate_authority_domain_config: Vec<RegistryCertificate>,
}

/// A certificate of registries.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct RegistryCertificate {
    /// The names of the registries.
    #[attr(required)]
    pub fqdns: Vec<String>,
    /// Where the certificate is.
    #[block(min = 1)]
    pub gcp_secret_manager_certificate_config: Option<SecretCertificate>,
}

/// A certificate in the secret manager.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecretCertificate {
    /// The version of the secret.
    pub secret_uri: String,
}

/// Local disks for what pods keep in passing.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct EphemeralStorage {
    /// How many.
    #[attr(force_new)]
    pub local_ssd_count: i64,
    /// How many of them are a cache.
    #[attr(force_new)]
    pub data_cache_count: Option<i64>,
}

/// Faster networking between accelerators.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct FastSocket {
    /// Whether it is on.
    pub enabled: bool,
}

/// Whether images are streamed.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct GcfsConfig {
    /// Whether they are.
    pub enabled: bool,
}

/// Accelerators of each node.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct GuestAccelerator {
    /// How many.
    #[attr(force_new)]
    pub count: i64,
    /// Which.
    #[attr(force_new, equivalent = crate::names::same_reference, name = "type")]
    pub kind: String,
    /// How drivers are installed.
    #[block(force_new, computed)]
    pub gpu_driver_installation_config: Option<GpuDriver>,
    /// The size of partitions.
    #[attr(force_new)]
    pub gpu_partition_size: Option<String>,
    /// How containers share one.
    #[block(force_new)]
    pub gpu_sharing_config: Option<GpuSharing>,
}

/// How drivers are installed.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct GpuDriver {
    /// Which version.
    #[attr(force_new)]
    pub gpu_driver_version: String,
}

/// How containers share an accelerator.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct GpuSharing {
    /// In which way.
    #[attr(force_new)]
    pub gpu_sharing_strategy: String,
    /// How many.
    #[attr(force_new)]
    pub max_shared_clients_per_gpu: i64,
}

/// The network card of Google's own.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Gvnic {
    /// Whether nodes have it.
    pub enabled: bool,
}

/// How the hosts are maintained.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct HostMaintenance {
    /// How often.
    #[attr(force_new)]
    pub maintenance_interval: String,
}

/// Settings of the kubelet.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct KubeletConfig {
    /// Kernel parameters that pods may set.
    pub allowed_unsafe_sysctls: Vec<String>,
    /// Log files of a container.
    pub container_log_max_files: Auto<i64>,
    /// The size of a log file.
    pub container_log_max_size: Auto<String>,
    /// Whether limits of processors are enforced.
    pub cpu_cfs_quota: Auto<bool>,
    /// In which period.
    pub cpu_cfs_quota_period: Auto<String>,
    /// How processors are given to containers.
    pub cpu_manager_policy: Auto<String>,
    /// How long pods have to end.
    pub eviction_max_pod_grace_period_seconds: Auto<i64>,
    /// How much is won back at least.
    #[block]
    pub eviction_minimum_reclaim: Option<EvictionAmounts>,
    /// When pods are asked to leave.
    #[block]
    pub eviction_soft: Option<EvictionAmounts>,
    /// How long that must last.
    #[block]
    pub eviction_soft_grace_period: Option<EvictionAmounts>,
    /// When images are deleted.
    pub image_gc_high_threshold_percent: Auto<i64>,
    /// Until when.
    pub image_gc_low_threshold_percent: Auto<i64>,
    /// When unused images are deleted anyway.
    pub image_maximum_gc_age: Auto<String>,
    /// How long images stay.
    pub image_minimum_gc_age: Auto<String>,
    /// Whether the port without authentication is open.
    #[attr(validate = validate::one_of(&["TRUE", "FALSE"]))]
    pub insecure_kubelet_readonly_port_enabled: Auto<String>,
    /// Images pulled at once.
    pub max_parallel_image_pulls: Auto<i64>,
    /// How memory is given to pods.
    #[block(computed)]
    pub memory_manager: Option<MemoryManager>,
    /// Processes of a pod.
    pub pod_pids_limit: Auto<i64>,
    /// Whether one process is killed instead of the container.
    pub single_process_oom_kill: Auto<bool>,
    /// How processors, memory and devices of pods are kept together.
    #[block(computed)]
    pub topology_manager: Option<TopologyManager>,
}

/// How memory is given to pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MemoryManager {
    /// `None` or `Static`.
    pub policy: Auto<String>,
}

/// How processors, memory and devices of pods are kept together.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct TopologyManager {
    /// `none`, `best-effort`, `restricted` or `single-numa-node`.
    pub policy: Auto<String>,
    /// `container` or `pod`.
    pub scope: Auto<String>,
}

/// What is running out, and how far or for how long.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct EvictionAmounts {
    /// Room for images.
    pub imagefs_available: Option<String>,
    /// Inodes for images.
    pub imagefs_inodes_free: Option<String>,
    /// Memory.
    pub memory_available: Option<String>,
    /// Room on the node's disk.
    pub nodefs_available: Option<String>,
    /// Inodes on the node's disk.
    pub nodefs_inodes_free: Option<String>,
    /// Processes.
    pub pid_available: Option<String>,
}

/// Settings of Linux.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LinuxNodeConfig {
    /// The version of control groups.
    pub cgroup_mode: Auto<String>,
    /// Large pages.
    #[block]
    pub hugepages_config: Option<Hugepages>,
    /// Whether modules of the kernel have to be signed.
    #[block]
    pub node_kernel_module_loading: Option<KernelModules>,
    /// Memory on disks.
    #[block]
    pub swap_config: Option<Swap>,
    /// Kernel parameters.
    pub sysctls: BTreeMap<String, String>,
    /// When pages are joined.
    pub transparent_hugepage_defrag: Option<String>,
    /// Whether large pages are used without asking.
    pub transparent_hugepage_enabled: Option<String>,
}

/// Large pages.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Hugepages {
    /// Pages of a gigabyte.
    pub hugepage_size_1g: Option<i64>,
    /// Pages of two megabytes.
    pub hugepage_size_2m: Option<i64>,
}

/// Whether modules of the kernel have to be signed.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct KernelModules {
    /// `ENFORCE_SIGNED_MODULES` or `DO_NOT_ENFORCE_SIGNED_MODULES`.
    pub policy: Option<String>,
}

/// Memory on disks.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Swap {
    /// Whether there is.
    pub enabled: Option<bool>,
    /// On the disk that nodes start from.
    #[block]
    pub boot_disk_profile: Option<SwapSize>,
    /// On local disks of its own.
    #[block]
    pub dedicated_local_ssd_profile: Option<SwapDisks>,
    /// Whether it is encrypted.
    #[block]
    pub encryption_config: Option<SwapEncryption>,
    /// On the local disks for what pods keep in passing.
    #[block]
    pub ephemeral_local_ssd_profile: Option<SwapSize>,
}

/// How much of a disk is for memory.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SwapSize {
    /// In gigabytes.
    pub swap_size_gib: Option<i64>,
    /// As a share.
    pub swap_size_percent: Option<i64>,
}

/// Local disks for memory.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SwapDisks {
    /// How many.
    pub disk_count: i64,
}

/// Whether memory on disks is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SwapEncryption {
    /// Whether it is not.
    pub disabled: Option<bool>,
}

/// Local disks as raw devices.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LocalNvme {
    /// How many.
    #[attr(force_new)]
    pub local_ssd_count: i64,
}

/// Which reservations are used.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ReservationAffinity {
    /// None, any, or certain ones.
    #[attr(force_new)]
    pub consume_reservation_type: String,
    /// The label of the reservations.
    #[attr(force_new)]
    pub key: Option<String>,
    /// Its values.
    #[attr(force_new)]
    pub values: BTreeSet<String>,
}

/// A disk with images or data on it already.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecondaryBootDisk {
    /// The image of the disk.
    #[attr(force_new)]
    pub disk_image: String,
    /// What the disk is for.
    #[attr(force_new)]
    pub mode: Option<String>,
}

/// What the instances check as they start.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ShieldedInstance {
    /// Whether changes of what starts are noticed.
    #[attr(force_new)]
    pub enable_integrity_monitoring: Auto<bool>,
    /// Whether only signed software starts.
    #[attr(force_new)]
    pub enable_secure_boot: Auto<bool>,
}

/// On which hosts of one's own nodes run.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SoleTenant {
    /// Labels of the hosts.
    #[block(force_new)]
    pub node_affinity: BTreeSet<NodeAffinity>,
    /// Processors of a node at least.
    #[attr(force_new)]
    pub min_node_cpus: Option<i64>,
}

/// A label of hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct NodeAffinity {
    /// Its key.
    #[attr(force_new)]
    pub key: String,
    /// `IN` or `NOT_IN`.
    #[attr(force_new)]
    pub operator: String,
    /// Its values.
    #[attr(force_new, required)]
    pub values: Vec<String>,
}

/// What keeps pods away from nodes.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Taint {
    /// What it does.
    #[attr(validate = validate::one_of(&["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]))]
    pub effect: String,
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Settings of Windows.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct WindowsNodeConfig {
    /// The version of Windows.
    pub osversion: Option<String>,
}

/// What pods see of the metadata server.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct WorkloadMetadata {
    /// That of the node (`GCE_METADATA`), or that of their own account.
    #[attr(validate = validate::one_of(&["MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"]))]
    pub mode: String,
}
