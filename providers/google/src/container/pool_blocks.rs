//! The blocks of node pools, in `google_container_node_pool` and in `node_pool` of clusters.

use super::node::NodeConfig;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, validate};

/// Between how many nodes a pool grows and shrinks by itself.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Autoscaling {
    /// How nodes are spread over zones.
    #[attr(validate = validate::one_of(&["BALANCED", "ANY"]))]
    pub location_policy: Auto<String>,
    /// The most nodes in each zone.
    pub max_node_count: Option<i64>,
    /// The fewest nodes in each zone.
    pub min_node_count: Option<i64>,
    /// The most nodes in all zones.
    pub total_max_node_count: Option<i64>,
    /// The fewest nodes in all zones.
    pub total_min_node_count: Option<i64>,
}

/// What Google does with nodes by itself.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Management {
    /// Whether nodes that are ill are replaced.
    #[attr(default = true)]
    pub auto_repair: Option<bool>,
    /// Whether nodes follow the control plane's version.
    #[attr(default = true)]
    pub auto_upgrade: Option<bool>,
}

/// The networks of nodes and pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PoolNetwork {
    /// More networks of nodes.
    #[block(force_new)]
    pub additional_node_network_configs: Vec<NodeNetwork>,
    /// More networks of pods.
    #[block(force_new)]
    pub additional_pod_network_configs: Vec<PodNetwork>,
    /// Whether a range for pods is made.
    #[attr(force_new)]
    pub create_pod_range: Option<bool>,
    /// Whether nodes have internal addresses only.
    pub enable_private_nodes: Auto<bool>,
    /// What nodes can send.
    #[block]
    pub network_performance_config: Option<NetworkPerformance>,
    /// Whether nodes get twice as many addresses as pods.
    #[block(force_new, computed)]
    pub pod_cidr_overprovision_config: Option<PodOverprovision>,
    /// The range for pods: a range, or its size.
    #[attr(force_new, equivalent = super::same_range)]
    pub pod_ipv4_cidr_block: Auto<String>,
    /// The name of the secondary range for pods.
    #[attr(force_new)]
    pub pod_range: Auto<String>,
    /// The subnet of the nodes.
    pub subnetwork: Computed<String>,
}

/// A further network of nodes.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NodeNetwork {
    /// The network.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub network: Option<String>,
    /// The subnet.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub subnetwork: Option<String>,
}

/// A further network of pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PodNetwork {
    /// Pods of a node in it.
    #[attr(force_new)]
    pub max_pods_per_node: Option<i64>,
    /// The name of the secondary range.
    #[attr(force_new)]
    pub secondary_pod_range: Option<String>,
    /// The subnet.
    #[attr(force_new)]
    pub subnetwork: Option<String>,
}

/// What nodes can send.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct NetworkPerformance {
    /// The tier, such as `TIER_1`.
    pub total_egress_bandwidth_tier: String,
}

/// Whether nodes get twice as many addresses as pods.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PodOverprovision {
    /// Whether they do not.
    #[attr(force_new)]
    pub disabled: bool,
}

/// Where nodes are placed.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PlacementPolicy {
    /// `COMPACT`, near each other.
    #[attr(force_new, name = "type")]
    pub kind: String,
    /// A policy of one's own.
    #[attr(force_new)]
    pub policy_name: Option<String>,
    /// How TPUs are connected.
    #[attr(force_new)]
    pub tpu_topology: Option<String>,
}

/// Whether nodes are waited for in a queue.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct QueuedProvisioning {
    /// Whether they are.
    #[attr(force_new)]
    pub enabled: bool,
}

/// How nodes are replaced.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct UpgradeSettings {
    /// With a second set of nodes.
    #[block(computed)]
    pub blue_green_settings: Option<BlueGreen>,
    /// Nodes more than there should be.
    pub max_surge: Auto<i64>,
    /// Nodes less than there should be.
    pub max_unavailable: Auto<i64>,
    /// One after the other (`SURGE`), or with a second set (`BLUE_GREEN`).
    #[attr(default = "SURGE", validate = validate::one_of(&["SURGE", "BLUE_GREEN", "SHORT_LIVED"]))]
    pub strategy: Option<String>,
}

/// How nodes are replaced by a second set.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct BlueGreen {
    /// In which batches.
    #[block(min = 1)]
    pub standard_rollout_policy: Option<Rollout>,
    /// How long both sets stay.
    pub node_pool_soak_duration: Auto<String>,
}

/// In which batches nodes are replaced.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Rollout {
    /// Nodes of a batch.
    pub batch_node_count: Auto<i64>,
    /// The share of a batch.
    pub batch_percentage: Auto<f64>,
    /// The pause between batches.
    pub batch_soak_duration: Auto<String>,
}

/// A pool in a block of its cluster.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ClusterPool {
    /// Between how many nodes the pool grows and shrinks by itself.
    #[block]
    pub autoscaling: Option<Autoscaling>,
    /// The nodes that the pool begins with, in each zone.
    #[attr(force_new)]
    pub initial_node_count: Auto<i64>,
    /// What Google does with nodes by itself.
    #[block(computed)]
    pub management: Option<Management>,
    /// Pods of each node.
    #[attr(force_new)]
    pub max_pods_per_node: Auto<i64>,
    /// The name of the pool.
    #[attr(force_new, conflicts_with = "name_prefix")]
    pub name: Auto<String>,
    /// What a name of Terrane's choice begins with.
    #[attr(force_new, conflicts_with = "name")]
    pub name_prefix: Auto<String>,
    /// The networks of nodes and pods.
    #[block(computed)]
    pub network_config: Option<PoolNetwork>,
    /// The machines of the nodes.
    #[block(computed)]
    pub node_config: Option<NodeConfig>,
    /// The nodes in each zone.
    pub node_count: Auto<i64>,
    /// The zones of the nodes.
    pub node_locations: Auto<BTreeSet<String>>,
    /// Where nodes are placed.
    #[block(force_new)]
    pub placement_policy: Option<PlacementPolicy>,
    /// Whether nodes are waited for in a queue.
    #[block(force_new)]
    pub queued_provisioning: Option<QueuedProvisioning>,
    /// How nodes are replaced.
    #[block(computed)]
    pub upgrade_settings: Option<UpgradeSettings>,
    /// The version of the nodes.
    pub version: Auto<String>,
    /// The URLs of the managed instance groups.
    pub instance_group_urls: Computed<Vec<String>>,
    /// The URLs of the instance groups that these manage.
    pub managed_instance_group_urls: Computed<Vec<String>>,
}
