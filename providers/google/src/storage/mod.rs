//! Cloud Storage. It is called without a client library: that of its control speaks another protocol than custom
//! endpoints do.

mod blocks;
mod bucket;
mod object;
mod object_source;

pub use blocks::*;
pub use bucket::Bucket;
pub use object::{BucketObject, CustomerEncryption, Retention};

use crate::Google;
use terrane_sdk::{ResourceType, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Bucket, BucketObject]
}
