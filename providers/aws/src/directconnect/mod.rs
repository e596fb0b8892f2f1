//! Direct Connect: lines to AWS, the virtual interfaces on them, and the gateways that these lead to.

mod calls;
mod interface;
mod prefixes;
mod tagging;

mod connection;
mod connection_association;
mod connection_confirmation;
mod connection_data;
mod gateway;
mod gateway_association;
mod gateway_association_proposal;
mod gateway_data;
mod hosted;
mod hosted_accepter;
mod lag;
mod locations_data;
mod private_virtual_interface;
mod public_virtual_interface;
mod transit_virtual_interface;

pub use connection::DxConnection;
pub use connection_association::DxConnectionAssociation;
pub use connection_confirmation::DxConnectionConfirmation;
pub use connection_data::DxConnectionData;
pub use gateway::DxGateway;
pub use gateway_association::DxGatewayAssociation;
pub use gateway_association_proposal::DxGatewayAssociationProposal;
pub use gateway_data::DxGatewayData;
pub use hosted::{
    DxHostedPrivateVirtualInterface, DxHostedPublicVirtualInterface, DxHostedTransitVirtualInterface,
};
pub use hosted_accepter::{
    DxHostedPrivateVirtualInterfaceAccepter, DxHostedPublicVirtualInterfaceAccepter,
    DxHostedTransitVirtualInterfaceAccepter,
};
pub use lag::DxLag;
pub use locations_data::{DxLocation, DxLocations};
pub use private_virtual_interface::DxPrivateVirtualInterface;
pub use public_virtual_interface::DxPublicVirtualInterface;
pub use transit_virtual_interface::DxTransitVirtualInterface;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// How long changes may take that nobody has to put a cable in for.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// How long an association of gateways may take.
const LONG_PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        DxConnection,
        DxConnectionAssociation,
        DxConnectionConfirmation,
        DxGateway,
        DxGatewayAssociation,
        DxGatewayAssociationProposal,
        DxHostedPrivateVirtualInterface,
        DxHostedPrivateVirtualInterfaceAccepter,
        DxHostedPublicVirtualInterface,
        DxHostedPublicVirtualInterfaceAccepter,
        DxHostedTransitVirtualInterface,
        DxHostedTransitVirtualInterfaceAccepter,
        DxLag,
        DxPrivateVirtualInterface,
        DxPublicVirtualInterface,
        DxTransitVirtualInterface,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![DxConnectionData, DxGatewayData, DxLocation, DxLocations]
}
