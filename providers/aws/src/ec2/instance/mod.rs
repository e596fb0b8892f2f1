//! Instances.

mod blocks;
mod devices;
#[allow(clippy::module_inception)]
mod instance;
mod launch;
mod modify;
mod reading;
mod remote;

pub(super) use blocks::{EbsBlockDevice, MetadataOptions, PrivateNames, RootBlockDevice};
pub use instance::Instance;
pub(super) use reading::Facts;
pub(super) use remote::stop;

use crate::Aws;
use terrane_sdk::{ResourceType, resources};

/// The resource types about instances.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![Instance]
}
