//! EC2: networks and what is in them.

mod batch;
mod dependents;
mod operation;
mod permission;
mod permission_calls;
mod tagging;
mod validate;

mod eip;
mod internet_gateway;
mod route;
mod route_table;
mod route_table_association;
mod routing;
mod security_group;
mod subnet;
mod subnet_attributes;
mod vpc;
mod vpc_attributes;
mod vpc_ipv6;

pub use eip::Eip;
pub use internet_gateway::InternetGateway;
pub use permission::Rule;
pub use route::Route;
pub use route_table::RouteTable;
pub use route_table_association::RouteTableAssociation;
pub use routing::InlineRoute;
pub use security_group::SecurityGroup;
pub use subnet::Subnet;
pub use vpc::Vpc;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// How long an object that has just been made may be unknown to the servers that make objects in
/// it.
const NEW_PARENT: Duration = Duration::from_secs(2 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![Vpc, Subnet, SecurityGroup, InternetGateway, Eip, RouteTable, Route, RouteTableAssociation]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![]
}
