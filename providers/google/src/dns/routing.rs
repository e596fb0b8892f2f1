//! The blocks of `routing_policy` in sets of records.

use terrane_sdk::{Block, validate};

/// Who gets which answer.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct RoutingPolicy {
    /// Whether nobody is sent on to another place when one is ill.
    pub enable_geo_fencing: Option<bool>,
    /// Answers by place.
    #[block]
    pub geo: Vec<GeoAnswer>,
    /// The health check of addresses outside Google Cloud.
    pub health_check: Option<String>,
    /// An answer, and others when it is ill.
    #[block]
    pub primary_backup: Option<PrimaryBackup>,
    /// Answers by weight.
    #[block]
    pub wrr: Vec<WeightedAnswer>,
}

/// The answer for a place.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct GeoAnswer {
    /// The region.
    pub location: String,
    /// The answer.
    pub rrdatas: Vec<String>,
    /// What is looked at before it is given.
    #[block]
    pub health_checked_targets: Option<CheckedTargets>,
}

/// An answer with a weight.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct WeightedAnswer {
    /// Its share.
    pub weight: f64,
    /// The answer.
    pub rrdatas: Vec<String>,
    /// What is looked at before it is given.
    #[block]
    pub health_checked_targets: Option<CheckedTargets>,
}

/// What is looked at before an answer is given.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct CheckedTargets {
    /// Addresses outside Google Cloud.
    pub external_endpoints: Vec<String>,
    /// Internal load balancers.
    #[block]
    pub internal_load_balancers: Vec<LoadBalancer>,
}

/// An internal load balancer.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LoadBalancer {
    /// Its address.
    pub ip_address: String,
    /// Its protocol.
    #[attr(validate = validate::one_of(&["tcp", "udp"]))]
    pub ip_protocol: String,
    /// What kind it is.
    pub load_balancer_type: Option<String>,
    /// Its network.
    #[attr(equivalent = crate::names::same_reference)]
    pub network_url: String,
    /// Its port.
    pub port: String,
    /// Its project.
    pub project: String,
    /// Its region.
    pub region: Option<String>,
}

/// An answer, and others when it is ill.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PrimaryBackup {
    /// The others, by place.
    #[block(min = 1)]
    pub backup_geo: Vec<GeoAnswer>,
    /// Whether nobody is sent on to another place when one of the others is ill.
    pub enable_geo_fencing_for_backups: Option<bool>,
    /// The answer.
    #[block(min = 1)]
    pub primary: Option<CheckedTargets>,
    /// The share of the others in any case.
    pub trickle_ratio: Option<f64>,
}
