//! Peering connections, DHCP options and lists of NAT gateways as data sources.

use super::listing::ids_of;
use super::one::{described, only, text, told};
use crate::Aws;
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::data_filter::{DataFilter, chosen};
use crate::ec2::kind::set;
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The peering connection that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc_peering_connection")]
pub struct VpcPeeringConnectionData {
    /// What the accepter's side lets through.
    pub accepter: Computed<BTreeMap<String, bool>>,
    /// The first network of the requester's VPC.
    pub cidr_block: Auto<String>,
    /// The networks of the requester's VPC.
    pub cidr_block_set: Computed<Vec<PeeredNetwork>>,
    /// Filters of DescribeVpcPeeringConnections.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the connection.
    pub id: Auto<String>,
    /// The IPv6 networks of the requester's VPC.
    pub ipv6_cidr_block_set: Computed<Vec<PeeredIpv6Network>>,
    /// The account that asked for it.
    pub owner_id: Auto<String>,
    /// The first network of the accepter's VPC.
    pub peer_cidr_block: Auto<String>,
    /// The networks of the accepter's VPC.
    pub peer_cidr_block_set: Computed<Vec<PeeredNetwork>>,
    /// The IPv6 networks of the accepter's VPC.
    pub peer_ipv6_cidr_block_set: Computed<Vec<PeeredIpv6Network>>,
    /// The account that was asked.
    pub peer_owner_id: Auto<String>,
    /// The region of the accepter's VPC.
    pub peer_region: Computed<String>,
    /// The accepter's VPC.
    pub peer_vpc_id: Auto<String>,
    /// What the requester's side lets through.
    pub requester: Computed<BTreeMap<String, bool>>,
    /// The region of the requester's VPC.
    pub requester_region: Computed<String>,
    /// How far the connection is.
    pub status: Auto<String>,
    /// Tags that the VPC peering connection must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The requester's VPC.
    pub vpc_id: Auto<String>,
}

/// A network of a peered VPC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct PeeredNetwork {
    /// The network.
    pub cidr_block: String,
}

/// An IPv6 network of a peered VPC.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct PeeredIpv6Network {
    /// The network.
    pub ipv6_cidr_block: String,
}

/// The networks of one side.
fn networks(side: Option<&types::VpcPeeringConnectionVpcInfo>) -> Vec<PeeredNetwork> {
    let all = side.map(|v| v.cidr_block_set()).unwrap_or_default();
    all.iter().map(|c| PeeredNetwork { cidr_block: text(c.cidr_block()) }).collect()
}

/// The IPv6 networks of one side.
fn ipv6_networks(side: Option<&types::VpcPeeringConnectionVpcInfo>) -> Vec<PeeredIpv6Network> {
    let all = side.map(|v| v.ipv6_cidr_block_set()).unwrap_or_default();
    all.iter().map(|c| PeeredIpv6Network { ipv6_cidr_block: text(c.ipv6_cidr_block()) }).collect()
}

#[async_trait]
impl DataSource for VpcPeeringConnectionData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("vpc-peering-connection-id", set(config.id.0.as_deref())),
                ("requester-vpc-info.cidr-block", set(config.cidr_block.0.as_deref())),
                ("requester-vpc-info.owner-id", set(config.owner_id.0.as_deref())),
                ("requester-vpc-info.vpc-id", set(config.vpc_id.0.as_deref())),
                ("accepter-vpc-info.cidr-block", set(config.peer_cidr_block.0.as_deref())),
                ("accepter-vpc-info.owner-id", set(config.peer_owner_id.0.as_deref())),
                ("accepter-vpc-info.vpc-id", set(config.peer_vpc_id.0.as_deref())),
                ("status-code", set(config.status.0.as_deref())),
            ],
        );
        let found = described::<types::VpcPeeringConnection>(aws, wanted).await?;
        let found = only(found, "VPC peering connection", "ec2:DescribeVpcPeeringConnections")?;
        let (requester, accepter) = (found.requester_vpc_info(), found.accepter_vpc_info());
        Ok(Self {
            accepter: options(accepter).into(),
            cidr_block: told(requester.and_then(|v| v.cidr_block())),
            cidr_block_set: networks(requester).into(),
            id: told(found.vpc_peering_connection_id()),
            ipv6_cidr_block_set: ipv6_networks(requester).into(),
            owner_id: told(requester.and_then(|v| v.owner_id())),
            peer_cidr_block: told(accepter.and_then(|v| v.cidr_block())),
            peer_cidr_block_set: networks(accepter).into(),
            peer_ipv6_cidr_block_set: ipv6_networks(accepter).into(),
            peer_owner_id: told(accepter.and_then(|v| v.owner_id())),
            peer_region: told(accepter.and_then(|v| v.region())),
            peer_vpc_id: told(accepter.and_then(|v| v.vpc_id())),
            requester: options(requester).into(),
            requester_region: told(requester.and_then(|v| v.region())),
            status: told(found.status().and_then(|s| s.code())),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            vpc_id: told(requester.and_then(|v| v.vpc_id())),
            ..config
        })
    }
}

/// What one side of a connection lets through; nothing where this account may not know.
fn options(side: Option<&types::VpcPeeringConnectionVpcInfo>) -> BTreeMap<String, bool> {
    let Some(options) = side.and_then(|s| s.peering_options()) else { return BTreeMap::new() };
    let pairs = [
        ("allow_remote_vpc_dns_resolution", options.allow_dns_resolution_from_remote_vpc()),
        ("allow_classic_link_to_remote_vpc", options.allow_egress_from_local_classic_link_to_remote_vpc()),
        ("allow_vpc_to_remote_classic_link", options.allow_egress_from_local_vpc_to_remote_classic_link()),
    ];
    pairs.map(|(name, on)| (name.to_owned(), on.unwrap_or_default())).into()
}

ids_of! {
    /// The peering connections that match.
    VpcPeeringConnections("aws_vpc_peering_connections"),
    /// Filters of DescribeVpcPeeringConnections.
    filter,
    /// The ids of the connections.
    ids: described::<types::VpcPeeringConnection> => vpc_peering_connection_id,
    /// Tags that the connections must have.
    tags
}

/// The set of DHCP options that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc_dhcp_options")]
pub struct VpcDhcpOptionsData {
    /// The ARN of the set.
    pub arn: Computed<String>,
    /// The id of the set, to choose it by.
    pub dhcp_options_id: Auto<String>,
    /// The domain that names without one are in.
    pub domain_name: Computed<String>,
    /// Servers of names.
    pub domain_name_servers: Computed<Vec<String>>,
    /// Filters of DescribeDhcpOptions.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the set.
    pub id: Computed<String>,
    /// How often a lease of an IPv6 address is renewed.
    pub ipv6_address_preferred_lease_time: Computed<String>,
    /// NetBIOS name servers.
    pub netbios_name_servers: Computed<Vec<String>>,
    /// The NetBIOS node type.
    pub netbios_node_type: Computed<String>,
    /// Time servers.
    pub ntp_servers: Computed<Vec<String>>,
    /// The account that owns the set.
    pub owner_id: Computed<String>,
    /// Tags that the set of DHCP options must have; all of its tags.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for VpcDhcpOptionsData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("dhcp-options-id", set(config.dhcp_options_id.0.as_deref()))],
        );
        let found = described::<types::DhcpOptions>(aws, wanted).await?;
        let found = only(found, "set of DHCP options", "ec2:DescribeDhcpOptions")?;
        let values = |name: &str| {
            let of = found.dhcp_configurations().iter().find(|c| c.key() == Some(name));
            let values = of.map(|c| c.values()).unwrap_or_default().iter();
            values.filter_map(|v| v.value().map(str::to_owned)).collect::<Vec<_>>()
        };
        let first = |name: &str| values(name).into_iter().next().unwrap_or_default();
        Ok(Self {
            arn: aws
                .ec2_arn(
                    found.owner_id().unwrap_or_default(),
                    &format!("dhcp-options/{}", text(found.dhcp_options_id())),
                )
                .into(),
            dhcp_options_id: told(found.dhcp_options_id()),
            domain_name: first("domain-name").into(),
            domain_name_servers: values("domain-name-servers").into(),
            id: told(found.dhcp_options_id()),
            ipv6_address_preferred_lease_time: first("ipv6-address-preferred-lease-time").into(),
            netbios_name_servers: values("netbios-name-servers").into(),
            netbios_node_type: first("netbios-node-type").into(),
            ntp_servers: values("ntp-servers").into(),
            owner_id: told(found.owner_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            ..config
        })
    }
}

/// The NAT gateways that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_nat_gateways")]
pub struct NatGateways {
    /// Filters of DescribeNatGateways.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the gateways.
    pub ids: Computed<Vec<String>>,
    /// Tags that the gateways must have.
    pub tags: Auto<Tags>,
    /// The VPC that the gateways are in.
    pub vpc_id: Option<String>,
}

#[async_trait]
impl DataSource for NatGateways {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(&config.filter, &config.tags, &[("vpc-id", set(config.vpc_id.as_deref()))]);
        let call = aws.ec2().describe_nat_gateways().set_filter(wanted).max_results(PAGE);
        let found: Vec<types::NatGateway> = pages!(aws, "ec2:DescribeNatGateways", call)?;
        Ok(Self {
            id: aws.region().into(),
            ids: found.iter().filter_map(|o| set(o.nat_gateway_id())).collect::<Vec<_>>().into(),
            ..config
        })
    }
}
