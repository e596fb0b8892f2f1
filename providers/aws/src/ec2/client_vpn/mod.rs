//! Client VPN: endpoints for the VPN clients of people, the subnets they lead to, who may go where,
//! and routes.

mod authentication;
mod endpoint_calls;
mod parts;

mod authorization_rule;
mod endpoint;
mod endpoint_data;
mod network_association;
mod route;

pub use authentication::AuthenticationOptions;
pub use authorization_rule::ClientVpnAuthorizationRule;
pub use endpoint::{
    ClientConnectOptions, ClientVpnEndpoint, ConnectionLogOptions, LoginBannerOptions,
    RouteEnforcementOptions, TransitGatewayConfiguration,
};
pub use endpoint_data::ClientVpnEndpointData;
pub use network_association::ClientVpnNetworkAssociation;
pub use route::ClientVpnRoute;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// How long changes of endpoints may take.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The largest pages that these calls give.
const PAGE: i32 = 1000;

/// The resource types of this part of the service.
pub(super) fn resources() -> Vec<ResourceType<Aws>> {
    resources![ClientVpnAuthorizationRule, ClientVpnEndpoint, ClientVpnNetworkAssociation, ClientVpnRoute,]
}

/// The data sources of this part of the service.
pub(super) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![ClientVpnEndpointData]
}

/// Another change of the endpoint has to end first.
fn passes(error: &Error) -> bool {
    error.has_code(&["ConcurrentMutationLimitExceeded", "IncorrectState"])
}
