//! Transit gateways: their attachments and route tables, and what these hold.

mod attachments;
mod connects;
mod default_tables;
mod entries;
mod gateways;
mod peerings;
mod resource_attachments;

mod association;
mod connect;
mod connect_peer;
mod default_association;
mod default_propagation;
mod gateway;
mod peering_attachment;
mod peering_attachment_accepter;
mod prefix_list_reference;
mod propagation;
mod route;
mod route_table;
mod vpc_attachment;
mod vpc_attachment_accepter;

pub(crate) use resource_attachments::attachments_of_resources;

pub use association::TransitGatewayRouteTableAssociation;
pub use connect::TransitGatewayConnect;
pub use connect_peer::TransitGatewayConnectPeer;
pub use default_association::TransitGatewayDefaultRouteTableAssociation;
pub use default_propagation::TransitGatewayDefaultRouteTablePropagation;
pub use gateway::TransitGateway;
pub(super) use gateway::encryption;
pub use peering_attachment::{PeeringOptions, TransitGatewayPeeringAttachment};
pub use peering_attachment_accepter::TransitGatewayPeeringAttachmentAccepter;
pub use prefix_list_reference::TransitGatewayPrefixListReference;
pub use propagation::TransitGatewayRouteTablePropagation;
pub use route::TransitGatewayRoute;
pub use route_table::TransitGatewayRouteTable;
pub use vpc_attachment::TransitGatewayVpcAttachment;
pub use vpc_attachment_accepter::TransitGatewayVpcAttachmentAccepter;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{ResourceType, resources};

/// How long changes of a transit gateway's objects may take.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// The resource types of this part of the service.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        TransitGateway,
        TransitGatewayConnect,
        TransitGatewayConnectPeer,
        TransitGatewayDefaultRouteTableAssociation,
        TransitGatewayDefaultRouteTablePropagation,
        TransitGatewayPeeringAttachment,
        TransitGatewayPeeringAttachmentAccepter,
        TransitGatewayPrefixListReference,
        TransitGatewayRoute,
        TransitGatewayRouteTable,
        TransitGatewayRouteTableAssociation,
        TransitGatewayRouteTablePropagation,
        TransitGatewayVpcAttachment,
        TransitGatewayVpcAttachmentAccepter,
    ]
}
