//! Site-to-site VPN: gateways on both sides, the connections between them, and their routes.

mod customer_configuration;
mod tunnel;
mod tunnel_calls;
mod validate;

mod connection;
mod connection_calls;
mod connection_route;
mod customer_gateway;
mod gateway;
mod gateway_attachment;
mod gateway_attachments;
mod gateway_route_propagation;

pub use connection::{ConnectionRoute, Telemetry, VpnConnection};
pub use connection_route::VpnConnectionRoute;
pub use customer_gateway::CustomerGateway;
pub use gateway::VpnGateway;
pub use gateway_attachment::VpnGatewayAttachment;
pub use gateway_route_propagation::VpnGatewayRoutePropagation;
pub use tunnel::{TunnelLogGroup, TunnelLogOptions};
pub(crate) use validate::any_asn;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{ResourceType, resources};

/// How long changes of gateways may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How long changes of connections may take, which AWS makes tunnel by tunnel.
const LONG_PATIENCE: Duration = Duration::from_secs(40 * 60);

/// The resource types of this part of the service.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        CustomerGateway,
        VpnConnection,
        VpnConnectionRoute,
        VpnGateway,
        VpnGatewayAttachment,
        VpnGatewayRoutePropagation,
    ]
}
