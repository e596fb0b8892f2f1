//! CloudTrail: who did what in an account.

mod selectors;
pub mod service_account;
pub mod trail;

use crate::Aws;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![trail::Trail]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![service_account::ServiceAccount]
}
