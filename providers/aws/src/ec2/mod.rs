//! EC2: networks and what is in them.

mod acl_entry;
mod acl_subnets;
mod availability_zones_data;
mod batch;
pub mod client_vpn;
pub mod data;
mod data_filter;
mod default_network_acl;
mod default_route_table;
mod default_security_group;
mod default_subnet;
mod default_vpc;
mod dependents;
mod ec2_tag;
mod egress_only_internet_gateway;
mod eip;
mod eip_association;
mod endpoint;
mod flow_log;
mod instance;
mod interface;
mod internet_gateway;
mod key_pair;
mod kind;
mod main_route_table_association;
mod nat_gateway;
mod nat_gateway_addresses;
mod network_acl;
mod network_acl_association;
mod network_acl_rule;
mod operation;
mod peering;
mod permission;
mod permission_calls;
mod prefix_list;
mod region_data;
mod route;
mod route_table;
mod route_table_association;
mod routing;
mod security_group;
mod security_group_egress_rule;
mod security_group_ingress_rule;
mod security_group_rule;
pub mod settings;
mod subnet;
mod subnet_attributes;
mod subnet_cidr_reservation;
mod subnets_data;
mod tagging;
pub mod transit;
mod validate;
mod volume;
mod vpc;
mod vpc_attributes;
mod vpc_block_public_access;
mod vpc_block_public_access_exclusion;
mod vpc_data;
mod vpc_dhcp_options;
mod vpc_dhcp_options_association;
mod vpc_ipv4_cidr_block_association;
mod vpc_ipv6;
mod vpc_ipv6_cidr_block_association;
mod vpc_security_group_rule;
mod vpc_security_group_rules_exclusive;
mod vpc_security_group_vpc_association;
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
pub use default_subnet::DefaultSubnet;
pub use default_vpc::DefaultVpc;
pub use ec2_tag::Ec2Tag;
pub use egress_only_internet_gateway::EgressOnlyInternetGateway;
pub use eip::Eip;
pub use eip_association::EipAssociation;
pub use endpoint::{
    EndpointPolicy, EndpointRouteTableAssociation, EndpointSecurityGroupAssociation, EndpointService,
    EndpointServiceAllowedPrincipal, EndpointSubnetAssociation, VpcEndpoint,
};
pub use flow_log::{DestinationOptions, FlowLog, TagField};
pub use instance::Instance;
pub use interface::{NetworkInterface, NetworkInterfaceAttachment, NetworkInterfaceSecurityGroup};
pub use internet_gateway::InternetGateway;
pub use key_pair::KeyPair;
pub use main_route_table_association::MainRouteTableAssociation;
pub use nat_gateway::{NatGateway, RegionalAddress, ZoneAddress};
pub use network_acl::NetworkAcl;
pub use network_acl_association::NetworkAclAssociation;
pub use network_acl_rule::NetworkAclRule;
pub use peering::{VpcPeeringConnection, VpcPeeringConnectionAccepter, VpcPeeringConnectionOptions};
pub use permission::Rule;
pub use prefix_list::{ManagedPrefixList, ManagedPrefixListEntry};
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
pub use subnet_cidr_reservation::SubnetCidrReservation;
pub use subnets_data::Subnets;
pub use volume::{EbsVolume, VolumeAttachment};
pub use vpc::Vpc;
pub use vpc_block_public_access::BlockPublicAccessOptions;
pub use vpc_block_public_access_exclusion::BlockPublicAccessExclusion;
pub use vpc_data::{Ipv4Range, Ipv6Range, VpcData};
pub use vpc_dhcp_options::VpcDhcpOptions;
pub use vpc_dhcp_options_association::VpcDhcpOptionsAssociation;
pub use vpc_ipv4_cidr_block_association::VpcIpv4CidrBlockAssociation;
pub use vpc_ipv6_cidr_block_association::VpcIpv6CidrBlockAssociation;
pub use vpc_security_group_rules_exclusive::SecurityGroupRulesExclusive;
pub use vpc_security_group_vpc_association::SecurityGroupVpcAssociation;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// How long an object that has just been made may be unknown to the servers that make objects in
/// it.
const NEW_PARENT: Duration = Duration::from_secs(2 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    let mut all = resources![
        BlockPublicAccessExclusion,
        BlockPublicAccessOptions,
        DefaultNetworkAcl,
        DefaultRouteTable,
        DefaultSecurityGroup,
        DefaultSubnet,
        DefaultVpc,
        Ec2Tag,
        EgressOnlyInternetGateway,
        Eip,
        EipAssociation,
        FlowLog,
        InternetGateway,
        KeyPair,
        MainRouteTableAssociation,
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
        SecurityGroupRulesExclusive,
        SecurityGroupVpcAssociation,
        Subnet,
        SubnetCidrReservation,
        Vpc,
        VpcDhcpOptions,
        VpcDhcpOptionsAssociation,
        VpcIpv4CidrBlockAssociation,
        VpcIpv6CidrBlockAssociation,
    ];
    all.extend(client_vpn::resources());
    all.extend(endpoint::resources());
    all.extend(instance::resources());
    all.extend(interface::resources());
    all.extend(peering::resources());
    all.extend(prefix_list::resources());
    all.extend(settings::resources());
    all.extend(transit::resources());
    all.extend(volume::resources());
    all.extend(vpn::resources());
    all
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    let mut all = data_sources![AvailabilityZones, RegionData, Subnets, VpcData];
    all.extend(client_vpn::data_sources());
    all.extend(data::data_sources());
    all.extend(settings::data_sources());
    all
}
