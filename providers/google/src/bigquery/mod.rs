//! BigQuery: datasets. It is called without its client library, which cannot say that a field is to be cleared.

mod dataset;

pub use dataset::*;

use crate::Google;
use terrane_sdk::{ResourceType, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Dataset]
}
