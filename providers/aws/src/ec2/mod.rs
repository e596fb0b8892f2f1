//! EC2: networks and what is in them.

mod acl_entry;
mod acl_subnets;
mod availability_zones_data;
mod batch;
pub mod client_vpn;
mod data_filter;
mod default_network_acl;
mod default_route_table;
mod default_security_group;
mod default_vpc;
mod dependents;
mod egress_only_internet_gateway;
mod eip;
mod flow_log;
mod internet_gateway;
mod kind;
mod nat_gateway;
mod nat_gateway_addresses;
mod network_acl;
mod network_acl_association;
mod network_acl_rule;
mod operation;
mod permission;
mod permission_calls;
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
mod tagging;
pub mod transit;
mod validate;
mod vpc;
mod vpc_attributes;
mod vpc_data;
mod vpc_dhcp_options;
mod vpc_dhcp_options_association;
mod vpc_ipv4_cidr_block_association;
mod vpc_ipv6;
mod vpc_security_group_rule;
pub mod vpn;

pub(crate) use batch::all_failed;
pub(crate) use kind::{created, parts as import_parts, set as set_text};
pub(crate) use vpn::any_asn;

pub use acl_entry::AclRule;
pub use availability_zones_data::AvailabilityZones;
pub use data_filter::DataFilter;
pub use default_network_acl::DefaultNetworkAcl;
pub use default_route_table::{DefaultRoute, DefaultRouteTable};
pub use default_security_group::DefaultSecurityGroup;
pub use default_vpc::DefaultVpc;
pub use egress_only_internet_gateway::EgressOnlyInternetGateway;
pub use eip::Eip;
pub use flow_log::{DestinationOptions, FlowLog, TagField};
pub use internet_gateway::InternetGateway;
pub use nat_gateway::{NatGateway, RegionalAddress, ZoneAddress};
pub use network_acl::NetworkAcl;
pub use network_acl_association::NetworkAclAssociation;
pub use network_acl_rule::NetworkAclRule;
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
pub use vpc_dhcp_options::VpcDhcpOptions;
pub use vpc_dhcp_options_association::VpcDhcpOptionsAssociation;
pub use vpc_ipv4_cidr_block_association::VpcIpv4CidrBlockAssociation;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// How long an object that has just been made may be unknown to the servers that make objects in
/// it.
const NEW_PARENT: Duration = Duration::from_secs(2 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    let mut all = resources![
        DefaultNetworkAcl,
        DefaultRouteTable,
        DefaultSecurityGroup,
        DefaultVpc,
        EgressOnlyInternetGateway,
        Eip,
        FlowLog,
        InternetGateway,
        NatGateway,
        NetworkAcl,
        NetworkAclAssociation,
        NetworkAclRule,
        Route,
        RouteTable,
        RouteTableAssociation,
        SecurityGroup,
        SecurityGroupEgressRule,
        SecurityGroupIngressRule,
        SecurityGroupRule,
        Subnet,
        Vpc,
        VpcDhcpOptions,
        VpcDhcpOptionsAssociation,
        VpcIpv4CidrBlockAssociation,
    ];
    all.extend(client_vpn::resources());
    all.extend(transit::resources());
    all.extend(vpn::resources());
    all
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![AvailabilityZones, RegionData, Subnets, VpcData,]
}
