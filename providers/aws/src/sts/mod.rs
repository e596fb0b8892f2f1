//! STS, and what follows from the credentials and the region alone.

mod caller_identity;
mod partition;

pub use caller_identity::CallerIdentity;
pub use partition::Partition;

use crate::Aws;
use terrane_sdk::{DataSourceType, data_sources};

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![CallerIdentity, Partition]
}
