//! Peering of VPCs: the connection, the other side's consent, and its options.

mod accepter;
mod connection;
mod options;
mod remote;

pub use accepter::VpcPeeringConnectionAccepter;
pub use connection::VpcPeeringConnection;
use options::PeeringOptions;
pub use options::VpcPeeringConnectionOptions;

use crate::Aws;
use terrane_sdk::{ResourceType, resources};

/// The resource types about peering.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![VpcPeeringConnection, VpcPeeringConnectionAccepter, VpcPeeringConnectionOptions]
}
