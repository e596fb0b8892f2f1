//! Data sources of EC2 beside those that stand alone: they choose objects by ids, filters and tags.

mod addresses;
mod endpoints;
mod gateways;
mod ids;
mod image;
mod instance;
mod instance_types;
mod listing;
mod machines;
mod one;
mod peerings;
mod regions;
mod routes;
mod rules;
mod service;
mod transit;
mod transit_attachments;
mod transit_routes;

pub use addresses::*;
pub use endpoints::*;
pub use gateways::*;
pub use ids::{NetworkAcls, NetworkInterfaces, RouteTables, SecurityGroups, Vpcs};
pub use image::{Image, ImageIds};
pub use instance::InstanceData;
pub use instance_types::{InstanceTypeOffering, InstanceTypeOfferings, InstanceTypes};
pub use machines::*;
pub use one::{SecurityGroupData, SubnetData};
pub(super) use one::{only, text};
pub use peerings::*;
pub use regions::*;
pub use routes::*;
pub use rules::{SecurityGroupRuleData, SecurityGroupRules};
pub use service::EndpointServiceData;
pub use transit::*;
pub use transit_attachments::*;
pub use transit_routes::*;

use crate::Aws;
use terrane_sdk::{DataSourceType, data_sources};

/// These data sources.
pub(super) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![
        AvailabilityZone,
        CustomerGatewayData,
        DefaultTags,
        EbsVolumeData,
        EbsVolumes,
        EipData,
        Eips,
        EndpointServiceData,
        Image,
        ImageIds,
        InstanceData,
        InstanceTypeOffering,
        InstanceTypeOfferings,
        InstanceTypes,
        Instances,
        InternetGatewayData,
        KeyPairData,
        ManagedPrefixListData,
        ManagedPrefixLists,
        NatGatewayData,
        NatGateways,
        NetworkAcls,
        NetworkInterfaceData,
        NetworkInterfaces,
        PrefixListData,
        Regions,
        RouteData,
        RouteTableData,
        RouteTables,
        SecurityGroupData,
        SecurityGroupRuleData,
        SecurityGroupRules,
        SecurityGroups,
        SubnetData,
        TransitGatewayAttachmentData,
        TransitGatewayAttachments,
        TransitGatewayConnectData,
        TransitGatewayConnectPeerData,
        TransitGatewayData,
        TransitGatewayDxGatewayAttachment,
        TransitGatewayPeeringAttachmentData,
        TransitGatewayPeeringAttachments,
        TransitGatewayRouteTableAssociations,
        TransitGatewayRouteTableData,
        TransitGatewayRouteTablePropagations,
        TransitGatewayRouteTableRoutes,
        TransitGatewayRouteTables,
        TransitGatewayVpcAttachmentData,
        TransitGatewayVpcAttachments,
        TransitGatewayVpnAttachment,
        VpcDhcpOptionsData,
        VpcEndpointData,
        VpcPeeringConnectionData,
        VpcPeeringConnections,
        Vpcs,
        VpnGatewayData,
    ]
}
