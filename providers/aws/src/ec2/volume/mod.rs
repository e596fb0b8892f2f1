//! Volumes of EBS, and their attachments to instances.

mod attachment;
mod ebs_volume;
mod remote;

pub use attachment::VolumeAttachment;
pub use ebs_volume::EbsVolume;
pub(super) use remote::{Change, change as change_volume};

use crate::Aws;
use terrane_sdk::{ResourceType, resources};

/// The resource types about volumes.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![EbsVolume, VolumeAttachment]
}
