//! The blocks of clusters about networks and access.

use super::blocks::Switch;
use super::pool_blocks::PodOverprovision;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, validate};

/// Who may come without saying who they are.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AnonymousAuthentication {
    /// Anybody, or only to ask whether the cluster is well.
    #[attr(validate = validate::one_of(&["ENABLED", "LIMITED"]))]
    pub mode: String,
}

/// Groups of Google Workspace in rules of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AuthenticatorGroups {
    /// The group that these groups are in.
    pub security_group: String,
}

/// Which images may run.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct BinaryAuthorization {
    /// Whether that is checked.
    #[attr(deprecated = "Deprecated in favor of evaluation_mode.", conflicts_with = "evaluation_mode")]
    pub enabled: Option<bool>,
    /// How that is checked.
    #[attr(conflicts_with = "enabled")]
    pub evaluation_mode: Auto<String>,
}

/// Whether the memory of all nodes is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ClusterConfidential {
    /// Whether it is.
    #[attr(force_new)]
    pub enabled: bool,
    /// By which technology.
    #[attr(force_new)]
    pub confidential_instance_type: Option<String>,
}

/// How the control plane is reached.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ControlPlaneEndpoints {
    /// By a name.
    #[block(computed)]
    pub dns_endpoint_config: Option<DnsEndpoint>,
    /// By addresses.
    #[block(computed)]
    pub ip_endpoints_config: Option<IpEndpoints>,
}

/// How the control plane is reached by a name.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DnsEndpoint {
    /// Whether from outside the network.
    pub allow_external_traffic: Auto<bool>,
    /// The name.
    pub endpoint: Auto<String>,
}

/// How the control plane is reached by addresses.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct IpEndpoints {
    /// Whether it is.
    pub enabled: Auto<bool>,
}

/// Whose key secrets are encrypted with.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DatabaseEncryption {
    /// One's own, or Google's alone.
    #[attr(validate = validate::one_of(&["ENCRYPTED", "DECRYPTED"]))]
    pub state: String,
    /// The key.
    pub key_name: Option<String>,
}

/// What becomes of the addresses of pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DefaultSnat {
    /// Whether they are not translated.
    pub disabled: bool,
}

/// Who answers for names in the cluster.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DnsConfig {
    /// A domain that the network sees.
    pub additive_vpc_scope_dns_domain: Option<String>,
    /// Who does.
    #[attr(validate = validate::one_of(&["PROVIDER_UNSPECIFIED", "PLATFORM_DEFAULT", "CLOUD_DNS", "KUBE_DNS"]))]
    pub cluster_dns: Option<String>,
    /// The domain of services.
    pub cluster_dns_domain: Option<String>,
    /// Who can ask.
    #[attr(validate = validate::one_of(&["DNS_SCOPE_UNSPECIFIED", "CLUSTER_SCOPE", "VPC_SCOPE"]))]
    pub cluster_dns_scope: Option<String>,
}

/// The gateway API.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct GatewayApi {
    /// Which of its versions.
    #[attr(validate = validate::one_of(&["CHANNEL_DISABLED", "CHANNEL_EXPERIMENTAL", "CHANNEL_STANDARD"]))]
    pub channel: String,
}

/// Other identity providers.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct IdentityService {
    /// Whether they can be used.
    pub enabled: Auto<bool>,
}

/// The ranges of pods and services.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct IpAllocation {
    /// More subnets.
    #[block(computed)]
    pub additional_ip_ranges_config: Vec<MoreRanges>,
    /// More ranges for pods.
    #[block]
    pub additional_pod_ranges_config: Option<MorePodRanges>,
    /// Whether ranges are found and grown by Google.
    #[block(computed)]
    pub auto_ipam_config: Option<AutoIpam>,
    /// The range of pods: a range, or its size.
    #[attr(force_new, equivalent = super::same_range)]
    pub cluster_ipv4_cidr_block: Auto<String>,
    /// The name of the subnet's range for pods.
    #[attr(force_new)]
    pub cluster_secondary_range_name: Auto<String>,
    /// By which network packets from outside come.
    #[block(computed)]
    pub network_tier_config: Option<NetworkTier>,
    /// Whether nodes get twice as many addresses as pods.
    #[block(computed)]
    pub pod_cidr_overprovision_config: Option<PodOverprovision>,
    /// The range of services: a range, or its size.
    #[attr(force_new, equivalent = super::same_range)]
    pub services_ipv4_cidr_block: Auto<String>,
    /// The name of the subnet's range for services.
    #[attr(force_new)]
    pub services_secondary_range_name: Auto<String>,
    /// Whether there is IPv6 besides.
    #[attr(force_new, validate = validate::one_of(&["IPV4", "IPV4_IPV6"]))]
    pub stack_type: Auto<String>,
}

/// Whether ranges are found and grown by Google.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AutoIpam {
    /// Whether they are.
    pub enabled: bool,
}

/// By which network packets from outside come.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NetworkTier {
    /// `NETWORK_TIER_DEFAULT`, `NETWORK_TIER_PREMIUM` or `NETWORK_TIER_STANDARD`.
    pub network_tier: String,
}

/// A further subnet.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MoreRanges {
    /// The subnet.
    #[attr(equivalent = crate::names::same_reference)]
    pub subnetwork: String,
    /// The names of its ranges for pods.
    pub pod_ipv4_range_names: Vec<String>,
}

/// More ranges for pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MorePodRanges {
    /// Their names in the subnet.
    #[attr(required)]
    pub pod_range_names: BTreeSet<String>,
}

/// How clients and the control plane know each other.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MasterAuth {
    /// Whether there is a certificate for clients.
    #[block(min = 1)]
    pub client_certificate_config: Option<ClientCertificate>,
    /// The certificate for clients.
    pub client_certificate: Computed<String>,
    /// Its key.
    #[attr(sensitive)]
    pub client_key: Computed<String>,
    /// The certificate that the control plane is known by, in base64.
    pub cluster_ca_certificate: Computed<String>,
}

/// Whether there is a certificate for clients.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ClientCertificate {
    /// Whether there is.
    #[attr(force_new)]
    pub issue_client_certificate: bool,
}

/// Who reaches the control plane.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AuthorizedNetworks {
    /// From where.
    #[block]
    pub cidr_blocks: BTreeSet<AuthorizedNetwork>,
    /// Whether from Google Cloud's public addresses.
    pub gcp_public_cidrs_access_enabled: Auto<bool>,
    /// Whether this counts for the internal address too.
    pub private_endpoint_enforcement_enabled: Auto<bool>,
}

/// A range that reaches the control plane.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AuthorizedNetwork {
    /// The range.
    #[attr(validate = super::range)]
    pub cidr_block: String,
    /// What is there, for people.
    pub display_name: Option<String>,
}

/// Certificates of pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct MeshCertificates {
    /// Whether pods get them.
    pub enable_certificates: bool,
}

/// Rules between pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NetworkPolicy {
    /// Whether they are kept on nodes.
    pub enabled: bool,
    /// By which program.
    #[attr(default = "PROVIDER_UNSPECIFIED", validate = validate::one_of(&["PROVIDER_UNSPECIFIED", "CALICO"]))]
    pub provider: Option<String>,
}

/// Network tags.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NetworkTags {
    /// The tags.
    pub tags: Vec<String>,
}

/// What of the cluster has internal addresses only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PrivateCluster {
    /// Whether the control plane.
    pub enable_private_endpoint: Auto<bool>,
    /// Whether the nodes.
    pub enable_private_nodes: Auto<bool>,
    /// Whether the control plane is reached from other regions.
    #[block(computed)]
    pub master_global_access_config: Option<Switch>,
    /// The /28 of the control plane.
    #[attr(force_new, validate = super::control_plane_range)]
    pub master_ipv4_cidr_block: Auto<String>,
    /// The subnet that the control plane has its address in.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub private_endpoint_subnetwork: Auto<String>,
    /// The peering with the control plane's network.
    pub peering_name: Computed<String>,
    /// The internal address of the control plane.
    pub private_endpoint: Computed<String>,
    /// The external one.
    pub public_endpoint: Computed<String>,
}

/// Bindings to everybody.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct RbacBinding {
    /// Whether to everybody who has signed in.
    pub enable_insecure_binding_system_authenticated: Auto<bool>,
    /// Whether to everybody.
    pub enable_insecure_binding_system_unauthenticated: Auto<bool>,
}

/// What is looked for in workloads.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecurityPosture {
    /// Mistakes of configuration.
    #[attr(validate = validate::one_of(&["DISABLED", "BASIC", "ENTERPRISE", "MODE_UNSPECIFIED"]))]
    pub mode: Auto<String>,
    /// Known holes.
    #[attr(validate = validate::one_of(&["VULNERABILITY_DISABLED", "VULNERABILITY_BASIC", "VULNERABILITY_ENTERPRISE", "VULNERABILITY_MODE_UNSPECIFIED"]))]
    pub vulnerability_mode: Auto<String>,
}

/// Keys of one's own for the control plane.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct UserManagedKeys {
    /// The CA of aggregated APIs.
    #[attr(force_new)]
    pub aggregation_ca: Option<String>,
    /// The CA of the cluster.
    #[attr(force_new)]
    pub cluster_ca: Option<String>,
    /// The key of its disks.
    #[attr(force_new)]
    pub control_plane_disk_encryption_key: Option<String>,
    /// The CA of etcd's API.
    #[attr(force_new)]
    pub etcd_api_ca: Option<String>,
    /// The CA between members of etcd.
    #[attr(force_new)]
    pub etcd_peer_ca: Option<String>,
    /// The key of backups.
    #[attr(force_new)]
    pub gkeops_etcd_backup_encryption_key: Option<String>,
    /// Keys that sign tokens.
    #[attr(force_new)]
    pub service_account_signing_keys: BTreeSet<String>,
    /// Keys that verify them.
    #[attr(force_new)]
    pub service_account_verification_keys: BTreeSet<String>,
}

/// Accounts of Kubernetes as accounts of Google Cloud.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct WorkloadIdentity {
    /// `PROJECT.svc.id.goog`.
    pub workload_pool: Option<String>,
}
