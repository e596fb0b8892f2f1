//! STS: who the caller is.

use crate::Aws;
use terrane_sdk::{DataSourceType, data_sources};

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![]
}
