//! Cloud Storage. It is called without a client library: that of its control speaks another protocol than custom
//! endpoints do.

mod blocks;
mod bucket;
mod object;
mod object_source;
mod project_account;

pub use blocks::*;
pub use bucket::Bucket;
pub use object::{BucketObject, CustomerEncryption, Retention};
pub use project_account::ProjectAccountData;

use crate::Google;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Bucket, BucketObject]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![ProjectAccountData]
}
