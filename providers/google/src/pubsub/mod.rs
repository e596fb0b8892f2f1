//! Pub/Sub: topics, above all as destinations of logs.

mod topic;

pub use topic::*;

use crate::Google;
use crate::client::Named;
use terrane_sdk::{ResourceType, resources};

const API: Named = Named { service: "pubsub", endpoint: "pubsub" };

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Topic]
}
