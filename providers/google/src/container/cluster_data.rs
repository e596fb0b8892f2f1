//! `google_container_cluster`: data source of a cluster.

use super::calls;
use super::cluster::{Cluster, GET};
use super::*;
use crate::Google;
use crate::provider::project_of;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Auto, Computed, DataSource, Error, Object, async_trait};

/// Reads a cluster.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_container_cluster")]
pub struct ClusterData {
    /// The path of the cluster, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the cluster.
    pub name: String,
    /// The zone of the cluster, or its region when control plane and nodes are in several zones.
    pub location: Auto<String>,
    /// The project of the cluster.
    pub project: Auto<String>,
    /// What runs in the cluster besides Kubernetes.
    pub addons_config: Computed<Vec<AddonsConfig>>,
    /// Whether pods of Autopilot may change the network of their node.
    pub allow_net_admin: Computed<bool>,
    /// Who may come without saying who they are.
    pub anonymous_authentication_config: Computed<Vec<AnonymousAuthentication>>,
    /// Groups of Google Workspace in rules of Kubernetes.
    pub authenticator_groups_config: Computed<Vec<AuthenticatorGroups>>,
    /// Which images may run.
    pub binary_authorization: Computed<Vec<BinaryAuthorization>>,
    /// Pools that come and go by themselves.
    pub cluster_autoscaling: Computed<Vec<ClusterAutoscaling>>,
    /// The range of pods, in clusters with routes.
    pub cluster_ipv4_cidr: Computed<String>,
    /// Whether the memory of all nodes is encrypted.
    pub confidential_nodes: Computed<Vec<ClusterConfidential>>,
    /// How the control plane is reached.
    pub control_plane_endpoints_config: Computed<Vec<ControlPlaneEndpoints>>,
    /// Costs by namespace and label.
    pub cost_management_config: Computed<Vec<Switch>>,
    /// Whose key secrets are encrypted with.
    pub database_encryption: Computed<Vec<DatabaseEncryption>>,
    /// How packets go: `ADVANCED_DATAPATH` or `LEGACY_DATAPATH`.
    pub datapath_provider: Computed<String>,
    /// Pods of a node, unless its pool says otherwise.
    pub default_max_pods_per_node: Computed<i64>,
    /// What becomes of the addresses of pods.
    pub default_snat_status: Computed<Vec<DefaultSnat>>,
    /// Whether destroying is refused.
    pub deletion_protection: Computed<bool>,
    /// What the cluster is for.
    pub description: Computed<String>,
    /// Whether rules for load balancers are left to you.
    pub disable_l4_lb_firewall_reconciliation: Computed<bool>,
    /// Who answers for names in the cluster.
    pub dns_config: Computed<Vec<DnsConfig>>,
    /// Whether Google has the nodes.
    pub enable_autopilot: Computed<bool>,
    /// Whether there are network policies for the whole cluster.
    pub enable_cilium_clusterwide_network_policy: Computed<bool>,
    /// Whether there are network policies for names.
    pub enable_fqdn_network_policy: Computed<bool>,
    /// Whether the network sees packets between pods of one node.
    pub enable_intranode_visibility: Computed<bool>,
    /// Beta versions of the API that are served.
    pub enable_k8s_beta_apis: Computed<Vec<BetaApis>>,
    /// Whether the cluster is for experiments, and gone in 30 days.
    pub enable_kubernetes_alpha: Computed<bool>,
    /// Whether internal load balancers send to some nodes only.
    pub enable_l4_ilb_subsetting: Computed<bool>,
    /// Whether the old rules of Kubernetes count.
    pub enable_legacy_abac: Computed<bool>,
    /// Whether pods can have several networks.
    pub enable_multi_networking: Computed<bool>,
    /// Whether nodes prove what they are.
    pub enable_shielded_nodes: Computed<bool>,
    /// Whether there are TPUs.
    pub enable_tpu: Computed<bool>,
    /// The edition.
    pub enterprise_config: Computed<Vec<EnterpriseConfig>>,
    /// The fleet the cluster is in.
    pub fleet: Computed<Vec<Fleet>>,
    /// The gateway API.
    pub gateway_api_config: Computed<Vec<GatewayApi>>,
    /// How soon patches come.
    pub gke_auto_upgrade_config: Computed<Vec<AutoUpgrade>>,
    /// Other identity providers.
    pub identity_service_config: Computed<Vec<IdentityService>>,
    /// Whether traffic between nodes is encrypted.
    pub in_transit_encryption_config: Computed<String>,
    /// The nodes that the first pool begins with, in each zone.
    pub initial_node_count: Computed<i64>,
    /// The ranges of pods and services; with it, the cluster is VPC-native.
    pub ip_allocation_policy: Computed<Vec<IpAllocation>>,
    /// What is logged.
    pub logging_config: Computed<Vec<LoggingConfig>>,
    /// Where logs go.
    pub logging_service: Computed<String>,
    /// When Google may change the cluster.
    pub maintenance_policy: Computed<Vec<MaintenancePolicy>>,
    /// How clients and the control plane know each other.
    pub master_auth: Computed<Vec<MasterAuth>>,
    /// Who reaches the control plane.
    pub master_authorized_networks_config: Computed<Vec<AuthorizedNetworks>>,
    /// Certificates of pods.
    pub mesh_certificates: Computed<Vec<MeshCertificates>>,
    /// The version that the control plane is to have at least.
    pub min_master_version: Computed<String>,
    /// What is measured.
    pub monitoring_config: Computed<Vec<MonitoringConfig>>,
    /// Where measurements go.
    pub monitoring_service: Computed<String>,
    /// The network of the cluster.
    pub network: Computed<String>,
    /// What nodes can send.
    pub network_performance_config: Computed<Vec<NetworkPerformance>>,
    /// Rules between pods.
    pub network_policy: Computed<Vec<NetworkPolicy>>,
    /// `VPC_NATIVE` or `ROUTES`.
    pub networking_mode: Computed<String>,
    /// The machines of the first pool.
    pub node_config: Computed<Vec<NodeConfig>>,
    /// Zones of nodes, besides that of the cluster.
    pub node_locations: Computed<BTreeSet<String>>,
    /// Pools of the cluster; others are `google_container_node_pool`.
    pub node_pool: Computed<Vec<ClusterPool>>,
    /// What pools that come by themselves are like.
    pub node_pool_auto_config: Computed<Vec<PoolAutoConfig>>,
    /// What pools are like unless they say otherwise.
    pub node_pool_defaults: Computed<Vec<PoolDefaults>>,
    /// The version of the nodes.
    pub node_version: Computed<String>,
    /// Where upgrades are told.
    pub notification_config: Computed<Vec<Notifications>>,
    /// How fast pods are added.
    pub pod_autoscaling: Computed<Vec<PodAutoscaling>>,
    /// What of the cluster has internal addresses only.
    pub private_cluster_config: Computed<Vec<PrivateCluster>>,
    /// How Google is reached by IPv6.
    pub private_ipv6_google_access: Computed<String>,
    /// Bindings to everybody.
    pub rbac_binding_config: Computed<Vec<RbacBinding>>,
    /// How soon new versions come.
    pub release_channel: Computed<Vec<ReleaseChannel>>,
    /// Whether the pool that each cluster begins with is deleted.
    pub remove_default_node_pool: Computed<bool>,
    /// The labels of the cluster.
    pub resource_labels: Computed<BTreeMap<String, String>>,
    /// What is used, in BigQuery.
    pub resource_usage_export_config: Computed<Vec<UsageExport>>,
    /// Secrets as files.
    pub secret_manager_config: Computed<Vec<Switch>>,
    /// Secrets as objects of Kubernetes.
    pub secret_sync_config: Computed<Vec<SecretSync>>,
    /// What is looked for in workloads.
    pub security_posture_config: Computed<Vec<SecurityPosture>>,
    /// External addresses of services.
    pub service_external_ips_config: Computed<Vec<Switch>>,
    /// The subnet of the nodes.
    pub subnetwork: Computed<String>,
    /// Keys of one's own for the control plane.
    pub user_managed_keys_config: Computed<Vec<UserManagedKeys>>,
    /// Larger pods under load.
    pub vertical_pod_autoscaling: Computed<Vec<Switch>>,
    /// Accounts of Kubernetes as accounts of Google Cloud.
    pub workload_identity_config: Computed<Vec<WorkloadIdentity>>,
    /// The address of the control plane.
    pub endpoint: Computed<String>,
    /// What the labels are changed with.
    pub label_fingerprint: Computed<String>,
    /// The version of the control plane.
    pub master_version: Computed<String>,
    /// The operation under way.
    pub operation: Computed<String>,
    /// The URL of the cluster.
    pub self_link: Computed<String>,
    /// The range of services.
    pub services_ipv4_cidr: Computed<String>,
    /// The range of TPUs.
    pub tpu_ipv4_cidr_block: Computed<String>,
    /// The labels of the cluster that the configuration gave it, which are all of them here.
    pub terraform_labels: Computed<BTreeMap<String, String>>,
    /// All labels of the cluster.
    pub effective_labels: Computed<BTreeMap<String, String>>,
}

#[async_trait]
impl DataSource for ClusterData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?;
        let location = location(google, config.location.as_deref())?;
        let path = format!("projects/{project}/locations/{location}/clusters/{}", config.name);
        let remote = calls::get(google, GET, &path).await?;
        let cluster = Cluster { name: config.name, ..Cluster::default() };
        let cluster = cluster.found(google, &path, &remote).await?;
        let labels = cluster.resource_labels.clone();
        let mut data = ClusterData::from_value(&cluster.to_value())?;
        data.terraform_labels = labels.clone().into();
        data.effective_labels = labels.into();
        Ok(data)
    }
}
