//! Network interfaces, and what is attached to them or them to instances.

mod addresses;
mod attachment;
mod network_interface;
mod remote;
mod security_group_attachment;

pub use attachment::NetworkInterfaceAttachment;
pub use network_interface::NetworkInterface;
pub use security_group_attachment::NetworkInterfaceSecurityGroup;

use crate::Aws;
use terrane_sdk::{ResourceType, resources};

/// The resource types about network interfaces.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![NetworkInterface, NetworkInterfaceAttachment, NetworkInterfaceSecurityGroup]
}
