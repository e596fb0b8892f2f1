//! The blocks of an instance.

use crate::tags::Tags;
use terrane_sdk::{Auto, Block, Computed, validate};

const SWITCH: &[&str] = &["enabled", "disabled"];

/// The first volume of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct RootBlockDevice {
    /// Whether the volume goes with the instance.
    #[attr(default = true)]
    pub delete_on_termination: Option<bool>,
    /// The name of the device.
    pub device_name: Computed<String>,
    /// Whether it is encrypted.
    #[attr(force_new)]
    pub encrypted: Auto<bool>,
    /// Operations in a second.
    pub iops: Auto<i64>,
    /// The key, when it is encrypted.
    #[attr(force_new)]
    pub kms_key_id: Auto<String>,
    /// The tags of the volume.
    pub tags: Option<Tags>,
    /// All tags of the volume.
    pub tags_all: Auto<Tags>,
    /// Its throughput in MiB in a second.
    pub throughput: Auto<i64>,
    /// The id of the volume.
    pub volume_id: Computed<String>,
    /// Its size in GiB.
    pub volume_size: Auto<i64>,
    /// Its kind.
    pub volume_type: Auto<String>,
}

/// A further volume that is made with an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct EbsBlockDevice {
    /// Whether the volume goes with the instance.
    #[attr(force_new, default = true)]
    pub delete_on_termination: Option<bool>,
    /// The name of the device.
    #[attr(force_new)]
    pub device_name: String,
    /// Whether it is encrypted.
    #[attr(force_new)]
    pub encrypted: Auto<bool>,
    /// Operations in a second.
    #[attr(force_new)]
    pub iops: Auto<i64>,
    /// The key, when it is encrypted.
    #[attr(force_new)]
    pub kms_key_id: Auto<String>,
    /// The snapshot to begin with.
    #[attr(force_new)]
    pub snapshot_id: Auto<String>,
    /// The tags of the volume.
    pub tags: Option<Tags>,
    /// All tags of the volume.
    pub tags_all: Auto<Tags>,
    /// Its throughput in MiB in a second.
    #[attr(force_new)]
    pub throughput: Auto<i64>,
    /// The id of the volume.
    pub volume_id: Computed<String>,
    /// Its size in GiB.
    #[attr(force_new)]
    pub volume_size: Auto<i64>,
    /// Its kind.
    #[attr(force_new)]
    pub volume_type: Auto<String>,
}

/// A volume of the host, which is lost with the instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct EphemeralBlockDevice {
    /// The name of the device.
    pub device_name: String,
    /// Whether to leave out what the image has there.
    pub no_device: Option<bool>,
    /// The name of the volume: `ephemeral0`.
    pub virtual_name: Option<String>,
}

/// The processors of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct CpuOptions {
    /// Whether memory is encrypted: `enabled` or `disabled`.
    #[attr(force_new, validate = validate::one_of(SWITCH))]
    pub amd_sev_snp: Auto<String>,
    /// How many cores there are.
    pub core_count: Auto<i64>,
    /// Whether the instance can have machines of its own: `enabled` or `disabled`.
    #[attr(validate = validate::one_of(SWITCH))]
    pub nested_virtualization: Auto<String>,
    /// How many threads a core has: 1 or 2.
    pub threads_per_core: Auto<i64>,
}

/// What becomes of an instance whose credits are used up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct CreditSpecification {
    /// `standard` or `unlimited`.
    #[attr(validate = validate::one_of(&["standard", "unlimited"]))]
    pub cpu_credits: Option<String>,
}

/// Whether an instance can have enclaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct Enclave {
    /// Whether it can.
    #[attr(force_new)]
    pub enabled: Auto<bool>,
}

/// A network interface made elsewhere that an instance is launched with.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InstanceInterface {
    /// Whether the interface goes with the instance.
    #[attr(default = false)]
    pub delete_on_termination: Option<bool>,
    /// Its index.
    pub device_index: i64,
    /// The network card that it is on.
    #[attr(default = 0)]
    pub network_card_index: Option<i64>,
    /// The interface.
    pub network_interface_id: String,
}

/// A network interface made elsewhere that is the first one of an instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct PrimaryInterface {
    /// Whether the interface goes with the instance.
    pub delete_on_termination: Computed<bool>,
    /// The interface.
    #[attr(force_new)]
    pub network_interface_id: String,
}

/// An interface in a secondary network.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct SecondaryInterface {
    /// Whether the interface goes with the instance.
    pub delete_on_termination: Option<bool>,
    /// Its index.
    pub device_index: Option<i64>,
    /// Its type.
    pub interface_type: Option<String>,
    /// The network card that it is on.
    pub network_card_index: i64,
    /// How many addresses it gets.
    pub private_ip_address_count: Option<i64>,
    /// The subnet.
    pub secondary_subnet_id: String,
}

/// The template an instance is launched from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: Auto<String>,
    /// Its name.
    pub name: Auto<String>,
    /// Its version: a number, `$Latest` or `$Default`.
    pub version: Option<String>,
}

/// What AWS does when the host fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct Maintenance {
    /// `default` or `disabled`.
    #[attr(validate = validate::one_of(&["default", "disabled"]))]
    pub auto_recovery: Auto<String>,
}

/// Whether two texts are the same price, however many decimals they have.
pub(super) fn same_price(a: &str, b: &str) -> bool {
    a == b || a.parse::<f64>().is_ok_and(|a| b.parse() == Ok(a))
}

/// How an instance is bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct MarketOptions {
    /// `spot`, `capacity-block` or `interruptible-capacity-reservation`.
    pub market_type: Auto<String>,
    /// How a spot instance is bought.
    #[block(computed)]
    pub spot_options: Option<SpotOptions>,
}

/// How a spot instance is bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct SpotOptions {
    /// What becomes of it when it is taken back.
    pub instance_interruption_behavior: Auto<String>,
    /// The most it may cost in an hour.
    #[attr(equivalent = same_price)]
    pub max_price: Auto<String>,
    /// `one-time` or `persistent`.
    pub spot_instance_type: Auto<String>,
    /// Until when it is wanted.
    pub valid_until: Auto<String>,
}

/// How the instance gets to know of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct MetadataOptions {
    /// Whether it can ask at all.
    #[attr(default = "enabled", validate = validate::one_of(SWITCH))]
    pub http_endpoint: Option<String>,
    /// Whether it can ask over IPv6.
    #[attr(default = "disabled", validate = validate::one_of(SWITCH))]
    pub http_protocol_ipv6: Option<String>,
    /// How many hops an answer may take.
    #[attr(validate = validate::between(1..=64))]
    pub http_put_response_hop_limit: Auto<i64>,
    /// Whether a session's token is needed: `optional` or `required`.
    #[attr(validate = validate::one_of(&["optional", "required"]))]
    pub http_tokens: Auto<String>,
    /// Whether tags are told.
    #[attr(validate = validate::one_of(SWITCH))]
    pub instance_metadata_tags: Auto<String>,
}

/// How an instance is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct PrivateNames {
    /// Whether its name stands for its IPv4 address.
    pub enable_resource_name_dns_a_record: Auto<bool>,
    /// Whether its name stands for its IPv6 address.
    pub enable_resource_name_dns_aaaa_record: Auto<bool>,
    /// `ip-name` or `resource-name`.
    #[attr(force_new, validate = validate::one_of(&["ip-name", "resource-name"]))]
    pub hostname_type: Auto<String>,
}

/// Which reserved capacity an instance uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct CapacityReservation {
    /// `open`, `none` or `capacity-reservations-only`.
    pub capacity_reservation_preference: Option<String>,
    /// A certain reservation.
    #[block]
    pub capacity_reservation_target: Option<CapacityReservationTarget>,
}

/// A certain reservation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct CapacityReservationTarget {
    /// Its id.
    pub capacity_reservation_id: Option<String>,
    /// A group of reservations.
    pub capacity_reservation_resource_group_arn: Option<String>,
}
