//! EC2: networks and what is in them.

mod availability_zones_data;
mod batch;
mod data_filter;
mod dependents;
mod operation;
mod permission;
mod permission_calls;
mod tagging;
mod validate;

mod eip;
mod internet_gateway;
mod nat_gateway;
mod nat_gateway_addresses;
mod region_data;
mod route;
mod route_table;
mod route_table_association;
mod routing;
mod security_group;
mod security_group_egress_rule;
mod security_group_ingress_rule;
mod security_group_rule;
mod subnet;
mod subnet_attributes;
mod subnets_data;
mod vpc;
mod vpc_attributes;
mod vpc_data;
mod vpc_ipv6;
mod vpc_security_group_rule;

pub use availability_zones_data::AvailabilityZones;
pub use data_filter::DataFilter;
pub use eip::Eip;
pub use internet_gateway::InternetGateway;
pub use nat_gateway::{NatGateway, RegionalAddress, ZoneAddress};
pub use permission::Rule;
pub use region_data::RegionData;
pub use route::Route;
pub use route_table::RouteTable;
pub use route_table_association::RouteTableAssociation;
pub use routing::InlineRoute;
pub use security_group::SecurityGroup;
pub use security_group_egress_rule::SecurityGroupEgressRule;
pub use security_group_ingress_rule::SecurityGroupIngressRule;
pub use security_group_rule::SecurityGroupRule;
pub use subnet::Subnet;
pub use subnets_data::Subnets;
pub use vpc::Vpc;
pub use vpc_data::{Ipv4Range, Ipv6Range, VpcData};

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// How long an object that has just been made may be unknown to the servers that make objects in
/// it.
const NEW_PARENT: Duration = Duration::from_secs(2 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        Eip,
        InternetGateway,
        NatGateway,
        Route,
        RouteTable,
        RouteTableAssociation,
        SecurityGroup,
        SecurityGroupEgressRule,
        SecurityGroupIngressRule,
        SecurityGroupRule,
        Subnet,
        Vpc,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![AvailabilityZones, RegionData, Subnets, VpcData]
}
