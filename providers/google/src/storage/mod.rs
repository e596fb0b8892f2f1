//! Cloud Storage. It is called without a client library: that of its control speaks another protocol than custom
//! endpoints do.

mod blocks;
mod bucket;

pub use blocks::*;
pub use bucket::Bucket;

use crate::Google;
use terrane_sdk::{ResourceType, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Bucket]
}
