//! The blocks of `google_compute_instance`.

use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Auto, Block, Computed, validate};

/// The disk that an instance starts from.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct BootDisk {
    /// Whether the disk goes with the instance.
    #[attr(force_new, default = true)]
    pub auto_delete: Option<bool>,
    /// What the instance calls the disk.
    #[attr(force_new)]
    pub device_name: Auto<String>,
    /// The key of the disk, in base64.
    #[attr(force_new, sensitive)]
    pub disk_encryption_key_raw: Option<String>,
    /// The key of the disk, wrapped.
    #[attr(force_new, sensitive)]
    pub disk_encryption_key_rsa: Option<String>,
    /// The digest of the key.
    pub disk_encryption_key_sha256: Computed<String>,
    /// The account that uses the key.
    #[attr(force_new)]
    pub disk_encryption_service_account: Option<String>,
    /// Whether a disk that another instance has is taken.
    #[attr(force_new)]
    pub force_attach: Option<bool>,
    /// What the system on the disk can do.
    #[attr(force_new)]
    pub guest_os_features: Auto<Vec<String>>,
    /// What the disk is made from.
    #[block(force_new, computed)]
    pub initialize_params: Option<InitializeParams>,
    /// How the disk is connected.
    #[attr(force_new)]
    pub interface: Option<String>,
    /// The key of the disk in Cloud KMS.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub kms_key_self_link: Auto<String>,
    /// Whether the disk can be written.
    #[attr(force_new, default = "READ_WRITE", validate = validate::one_of(&["READ_WRITE", "READ_ONLY"]))]
    pub mode: Option<String>,
    /// A disk that exists.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub source: Auto<String>,
}

/// What a disk is made from.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InitializeParams {
    /// For which processors.
    #[attr(force_new)]
    pub architecture: Auto<String>,
    /// Whether the disk is for confidential instances.
    #[attr(force_new)]
    pub enable_confidential_compute: Option<bool>,
    /// The image, or the family of images.
    #[attr(force_new, equivalent = super::instance_disks::same_image)]
    pub image: Auto<String>,
    /// Labels of the disk.
    #[attr(force_new)]
    pub labels: Auto<BTreeMap<String, String>>,
    /// Operations a second.
    #[attr(force_new)]
    pub provisioned_iops: Auto<i64>,
    /// Megabytes a second.
    #[attr(force_new)]
    pub provisioned_throughput: Auto<i64>,
    /// Tags of the resource manager.
    #[attr(force_new)]
    pub resource_manager_tags: BTreeMap<String, String>,
    /// Schedules and the like.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub resource_policies: Auto<Vec<String>>,
    /// The size, in gigabytes.
    #[attr(force_new)]
    pub size: Auto<i64>,
    /// The snapshot.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub snapshot: Option<String>,
    /// The key of the image.
    #[block(force_new)]
    pub source_image_encryption_key: Option<SourceKey>,
    /// The key of the snapshot.
    #[block(force_new)]
    pub source_snapshot_encryption_key: Option<SourceKey>,
    /// The storage pool.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub storage_pool: Option<String>,
    /// The type of the disk.
    #[attr(force_new, equivalent = crate::names::same_reference, name = "type")]
    pub kind: Auto<String>,
}

/// The key of what a disk is made from.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SourceKey {
    /// The key in Cloud KMS.
    #[attr(force_new)]
    pub kms_key_self_link: Option<String>,
    /// The account that uses it.
    #[attr(force_new)]
    pub kms_key_service_account: Option<String>,
    /// The key, in base64.
    #[attr(force_new, sensitive)]
    pub raw_key: Option<String>,
    /// The key, wrapped.
    #[attr(force_new, sensitive)]
    pub rsa_encrypted_key: Option<String>,
    /// Its digest.
    pub sha256: Computed<String>,
}

/// A further disk.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AttachedDisk {
    /// The disk.
    #[attr(equivalent = crate::names::same_reference)]
    pub source: String,
    /// What the instance calls the disk.
    pub device_name: Auto<String>,
    /// The key of the disk, in base64.
    #[attr(sensitive)]
    pub disk_encryption_key_raw: Option<String>,
    /// The key of the disk, wrapped.
    #[attr(sensitive)]
    pub disk_encryption_key_rsa: Option<String>,
    /// The digest of the key.
    pub disk_encryption_key_sha256: Computed<String>,
    /// The account that uses the key.
    pub disk_encryption_service_account: Option<String>,
    /// Whether a disk that another instance has is taken.
    pub force_attach: Option<bool>,
    /// The key of the disk in Cloud KMS.
    pub kms_key_self_link: Auto<String>,
    /// Whether the disk can be written.
    #[attr(default = "READ_WRITE", validate = validate::one_of(&["READ_WRITE", "READ_ONLY"]))]
    pub mode: Option<String>,
}

/// A disk of the host, which goes with the instance.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ScratchDisk {
    /// How the disk is connected.
    #[attr(force_new, validate = validate::one_of(&["SCSI", "NVME"]))]
    pub interface: String,
    /// What the instance calls the disk.
    #[attr(force_new)]
    pub device_name: Auto<String>,
    /// The size, in gigabytes.
    #[attr(force_new, default = 375)]
    pub size: Option<i64>,
}

/// A connection with a network.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NetworkInterface {
    /// External addresses.
    #[block]
    pub access_config: Vec<AccessConfig>,
    /// Ranges of internal addresses.
    #[block]
    pub alias_ip_range: Vec<AliasRange>,
    /// The size of the internal IPv6 range.
    pub internal_ipv6_prefix_length: Auto<i64>,
    /// External IPv6 addresses.
    #[block(force_new)]
    pub ipv6_access_config: Vec<Ipv6Access>,
    /// Whether IPv6 addresses are internal or external.
    pub ipv6_access_type: Computed<String>,
    /// The internal IPv6 address.
    pub ipv6_address: Auto<String>,
    /// The name of the interface.
    pub name: Computed<String>,
    /// The network.
    #[attr(equivalent = crate::names::same_reference)]
    pub network: Auto<String>,
    /// The attachment, in place of a network.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub network_attachment: Auto<String>,
    /// The internal address.
    pub network_ip: Auto<String>,
    /// The kind of network card.
    #[attr(force_new)]
    pub nic_type: Option<String>,
    /// Queues of the card.
    #[attr(force_new)]
    pub queue_count: Option<i64>,
    /// Which versions of IP there are.
    pub stack_type: Auto<String>,
    /// The subnet.
    #[attr(equivalent = crate::names::same_reference)]
    pub subnetwork: Auto<String>,
    /// The project of a subnet that is given by its name.
    pub subnetwork_project: Auto<String>,
}

/// An external address.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AccessConfig {
    /// The address.
    pub nat_ip: Auto<String>,
    /// By which network packets come.
    pub network_tier: Auto<String>,
    /// The name of the address.
    pub public_ptr_domain_name: Option<String>,
}

/// A range of internal addresses.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AliasRange {
    /// The range, or its size.
    #[attr(equivalent = same_range)]
    pub ip_cidr_range: String,
    /// The subnet's secondary range that it is from.
    pub subnetwork_range_name: Option<String>,
}

/// An external IPv6 address.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Ipv6Access {
    /// By which network packets come.
    #[attr(force_new)]
    pub network_tier: String,
    /// The address.
    #[attr(force_new)]
    pub external_ipv6: Auto<String>,
    /// The size of the range.
    #[attr(force_new)]
    pub external_ipv6_prefix_length: Auto<String>,
    /// The name of this.
    #[attr(force_new)]
    pub name: Auto<String>,
    /// The name of the address.
    #[attr(force_new)]
    pub public_ptr_domain_name: Option<String>,
    /// The policy against attacks.
    pub security_policy: Computed<String>,
}

/// Settings of the processor.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceMachine {
    /// Whether virtual machines can run inside.
    pub enable_nested_virtualization: Option<bool>,
    /// Whether it can start from the network.
    pub enable_uefi_networking: Option<bool>,
    /// How much of the counters can be read.
    pub performance_monitoring_unit: Option<String>,
    /// Threads of each core.
    pub threads_per_core: Option<i64>,
    /// How fast cores run.
    pub turbo_mode: Option<String>,
    /// Cores that are seen.
    pub visible_core_count: Option<i64>,
}

/// Whether memory is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceConfidential {
    /// By which technology.
    #[attr(force_new)]
    pub confidential_instance_type: Option<String>,
    /// Whether it is.
    #[attr(force_new)]
    pub enable_confidential_compute: Option<bool>,
}

/// An accelerator.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceAccelerator {
    /// How many.
    #[attr(force_new)]
    pub count: i64,
    /// Which.
    #[attr(force_new, equivalent = crate::names::same_reference, name = "type")]
    pub kind: String,
}

/// The key of an instance's data.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceKey {
    /// The key in Cloud KMS.
    #[attr(force_new)]
    pub kms_key_self_link: Auto<String>,
    /// The account that uses it.
    #[attr(force_new)]
    pub kms_key_service_account: Option<String>,
    /// Its digest.
    pub sha256: Computed<String>,
}

/// What an instance can send.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceEgress {
    /// The tier.
    #[attr(force_new)]
    pub total_egress_bandwidth_tier: String,
}

/// Which reservations are used.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceReservation {
    /// Any, none, or certain ones.
    #[attr(force_new, validate = validate::one_of(&["ANY_RESERVATION", "SPECIFIC_RESERVATION", "NO_RESERVATION"]), name = "type")]
    pub kind: String,
    /// Certain ones.
    #[block(force_new)]
    pub specific_reservation: Option<SpecificReservation>,
}

/// Certain reservations.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SpecificReservation {
    /// The label of the reservations.
    #[attr(force_new)]
    pub key: String,
    /// Its values.
    #[attr(force_new, required)]
    pub values: Vec<String>,
}

/// When an instance is stopped or moved.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Scheduling {
    /// Whether it is started again after a failure.
    #[attr(default = true)]
    pub automatic_restart: Option<bool>,
    /// On which side of a spread it is.
    pub availability_domain: Option<i64>,
    /// What happens to it when its time is over.
    pub instance_termination_action: Option<String>,
    /// How long lost local disks are waited for.
    #[block(force_new)]
    pub local_ssd_recovery_timeout: Option<Duration>,
    /// How long it runs.
    #[block(force_new)]
    pub max_run_duration: Option<Duration>,
    /// Processors at least, on a host of one's own.
    pub min_node_cpus: Option<i64>,
    /// On which hosts of one's own it runs.
    #[block]
    pub node_affinities: BTreeSet<InstanceAffinity>,
    /// Whether it is moved (`MIGRATE`) or stopped (`TERMINATE`) when its host is maintained.
    pub on_host_maintenance: Auto<String>,
    /// What happens when it is stopped.
    #[block(force_new)]
    pub on_instance_stop_action: Option<StopAction>,
    /// Whether it may be taken away.
    #[attr(force_new, default = false)]
    pub preemptible: Option<bool>,
    /// `STANDARD`, `SPOT` or the like.
    #[attr(force_new)]
    pub provisioning_model: Auto<String>,
    /// When it is stopped.
    #[attr(force_new)]
    pub termination_time: Option<String>,
}

/// A time.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Duration {
    /// Seconds.
    #[attr(force_new)]
    pub seconds: i64,
    /// Parts of a second.
    #[attr(force_new)]
    pub nanos: Option<i64>,
}

/// What happens when an instance is stopped.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct StopAction {
    /// Whether local disks are lost.
    #[attr(force_new)]
    pub discard_local_ssd: Option<bool>,
}

/// A label of hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InstanceAffinity {
    /// Its key.
    pub key: String,
    /// `IN` or `NOT_IN`.
    pub operator: String,
    /// Its values.
    #[attr(required)]
    pub values: Vec<String>,
}

/// The account that an instance acts as.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceAccount {
    /// What its tokens may be used for.
    #[attr(required, equivalent = crate::container::names::same_scope)]
    pub scopes: BTreeSet<String>,
    /// Its address.
    pub email: Auto<String>,
}

/// What an instance checks as it starts.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceShield {
    /// Whether changes of what starts are noticed.
    #[attr(default = true)]
    pub enable_integrity_monitoring: Option<bool>,
    /// Whether only signed software starts.
    #[attr(default = false)]
    pub enable_secure_boot: Option<bool>,
    /// Whether it has a trusted module.
    #[attr(default = true)]
    pub enable_vtpm: Option<bool>,
}

/// What is given at creation only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct InstanceParams {
    /// Tags of the resource manager: values by keys.
    #[attr(force_new)]
    pub resource_manager_tags: BTreeMap<String, String>,
}

/// A range that is asked for by its size is answered by where it is, an address as a range of one.
fn same_range(one: &str, other: &str) -> bool {
    let fits = |asked: &str, found: &str| {
        asked.starts_with('/') && found.ends_with(asked)
            || !asked.contains('/') && found == format!("{asked}/32")
    };
    one == other || fits(one, other) || fits(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_can_be_asked_for_by_its_size() {
        assert!(same_range("/28", "10.0.0.16/28") && same_range("10.0.0.5", "10.0.0.5/32"));
        assert!(!same_range("/28", "10.0.0.0/24") && !same_range("10.0.0.16/28", "10.0.0.32/28"));
    }
}
