//! Transit gateways: their attachments and route tables, and what these hold.

mod attachments;
mod entries;

mod association;
mod gateway;
mod propagation;
mod route;
mod route_table;
mod vpc_attachment;
mod vpc_attachment_accepter;

pub use association::TransitGatewayRouteTableAssociation;
pub use gateway::TransitGateway;
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
        TransitGatewayRoute,
        TransitGatewayRouteTable,
        TransitGatewayRouteTableAssociation,
        TransitGatewayRouteTablePropagation,
        TransitGatewayVpcAttachment,
        TransitGatewayVpcAttachmentAccepter,
    ]
}
