//! Transit gateways, their route tables and Connect attachments as data sources.

use super::listing::ids_of;
use super::one::{described, only, text, told};
use crate::Aws;
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::data_filter::{DataFilter, chosen, filters};
use crate::ec2::kind::set;
use crate::ec2::tagging::tag_map;
use crate::ec2::transit::encryption;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The transit gateway that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway")]
pub struct TransitGatewayData {
    /// The number of AWS's autonomous system.
    pub amazon_side_asn: Computed<i64>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The route table that attachments use.
    pub association_default_route_table_id: Computed<String>,
    /// Whether other accounts' attachments are accepted by themselves.
    pub auto_accept_shared_attachments: Computed<String>,
    /// Whether attachments use the default route table.
    pub default_route_table_association: Computed<String>,
    /// Whether attachments propagate to the default route table.
    pub default_route_table_propagation: Computed<String>,
    /// What the gateway is for.
    pub description: Computed<String>,
    /// Whether DNS names of other VPCs resolve.
    pub dns_support: Computed<String>,
    /// Whether traffic is encrypted.
    pub encryption_support: Computed<String>,
    /// Filters of DescribeTransitGateways.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the gateway.
    pub id: Auto<String>,
    /// Whether multicast works.
    pub multicast_support: Computed<String>,
    /// The account that owns the gateway.
    pub owner_id: Computed<String>,
    /// The route table that attachments propagate to.
    pub propagation_default_route_table_id: Computed<String>,
    /// Whether security groups of other VPCs can be named.
    pub security_group_referencing_support: Computed<String>,
    /// Tags that the transit gateway must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The networks of the gateway itself.
    pub transit_gateway_cidr_blocks: Computed<Vec<String>>,
    /// Whether traffic is spread over VPN connections.
    pub vpn_ecmp_support: Computed<String>,
}

#[async_trait]
impl DataSource for TransitGatewayData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted =
            chosen(&config.filter, &config.tags, &[("transit-gateway-id", set(config.id.0.as_deref()))]);
        let found = described::<types::TransitGateway>(aws, wanted).await?;
        let found = only(found, "transit gateway", "ec2:DescribeTransitGateways")?;
        let options = found.options();
        Ok(Self {
            amazon_side_asn: options.and_then(|o| o.amazon_side_asn()).unwrap_or_default().into(),
            arn: told(found.transit_gateway_arn()),
            association_default_route_table_id: told(
                options.and_then(|o| o.association_default_route_table_id()),
            ),
            auto_accept_shared_attachments: told(options.and_then(|o| o.auto_accept_shared_attachments())),
            default_route_table_association: told(options.and_then(|o| o.default_route_table_association())),
            default_route_table_propagation: told(options.and_then(|o| o.default_route_table_propagation())),
            description: told(found.description()),
            dns_support: told(options.and_then(|o| o.dns_support())),
            encryption_support: encryption(&found).into(),
            id: told(found.transit_gateway_id()),
            multicast_support: told(options.and_then(|o| o.multicast_support())),
            owner_id: told(found.owner_id()),
            propagation_default_route_table_id: told(
                options.and_then(|o| o.propagation_default_route_table_id()),
            ),
            security_group_referencing_support: told(
                options.and_then(|o| o.security_group_referencing_support()),
            ),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_cidr_blocks: options
                .map(|o| o.transit_gateway_cidr_blocks().to_vec())
                .unwrap_or_default()
                .into(),
            vpn_ecmp_support: told(options.and_then(|o| o.vpn_ecmp_support())),
            ..config
        })
    }
}

/// The route table of a transit gateway that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_route_table")]
pub struct TransitGatewayRouteTableData {
    /// The ARN of the table.
    pub arn: Computed<String>,
    /// Whether attachments use it when they name none.
    pub default_association_route_table: Computed<bool>,
    /// Whether attachments propagate to it when they name none.
    pub default_propagation_route_table: Computed<bool>,
    /// Filters of DescribeTransitGatewayRouteTables.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the table.
    pub id: Auto<String>,
    /// Tags that the transit gateway route table must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The gateway.
    pub transit_gateway_id: Computed<String>,
}

#[async_trait]
impl DataSource for TransitGatewayRouteTableData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("transit-gateway-route-table-id", set(config.id.0.as_deref()))],
        );
        let found = tables(aws, wanted).await?;
        let found = only(found, "transit gateway route table", "ec2:DescribeTransitGatewayRouteTables")?;
        Ok(Self {
            arn: aws
                .ec2_arn(
                    &aws.account().await?,
                    &format!("transit-gateway-route-table/{}", text(found.transit_gateway_route_table_id())),
                )
                .into(),
            default_association_route_table: found
                .default_association_route_table()
                .unwrap_or_default()
                .into(),
            default_propagation_route_table: found
                .default_propagation_route_table()
                .unwrap_or_default()
                .into(),
            id: told(found.transit_gateway_route_table_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_id: told(found.transit_gateway_id()),
            ..config
        })
    }
}

/// The route tables of transit gateways that match.
async fn tables(
    aws: &Aws,
    wanted: Option<Vec<types::Filter>>,
) -> Result<Vec<types::TransitGatewayRouteTable>, Error> {
    let call = aws.ec2().describe_transit_gateway_route_tables().set_filters(wanted).max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayRouteTables", call)
}

ids_of! {
    /// The route tables of transit gateways that match.
    TransitGatewayRouteTables("aws_ec2_transit_gateway_route_tables"),
    /// Filters of DescribeTransitGatewayRouteTables.
    filter,
    /// The ids of the tables.
    ids: tables => transit_gateway_route_table_id,
    /// Tags that the tables must have.
    tags
}

/// The attachments that use a route table.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_route_table_associations")]
pub struct TransitGatewayRouteTableAssociations {
    /// Filters of GetTransitGatewayRouteTableAssociations.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The route table.
    pub id: Computed<String>,
    /// The ids of the attachments.
    pub ids: Computed<Vec<String>>,
    /// The route table.
    pub transit_gateway_route_table_id: String,
}

#[async_trait]
impl DataSource for TransitGatewayRouteTableAssociations {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = Tags::new();
        let wanted = filters(&config.filter, &tags, &[]);
        let call = (aws.ec2().get_transit_gateway_route_table_associations())
            .transit_gateway_route_table_id(&config.transit_gateway_route_table_id)
            .set_filters(wanted)
            .max_results(PAGE);
        let found = pages!(aws, "ec2:GetTransitGatewayRouteTableAssociations", call)?;
        Ok(Self {
            id: config.transit_gateway_route_table_id.clone().into(),
            ids: found
                .iter()
                .filter_map(|a| set(a.transit_gateway_attachment_id()))
                .collect::<Vec<_>>()
                .into(),
            ..config
        })
    }
}

/// The attachments whose routes a route table has.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_route_table_propagations")]
pub struct TransitGatewayRouteTablePropagations {
    /// Filters of GetTransitGatewayRouteTablePropagations.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The route table.
    pub id: Computed<String>,
    /// The ids of the attachments.
    pub ids: Computed<Vec<String>>,
    /// The route table.
    pub transit_gateway_route_table_id: String,
}

#[async_trait]
impl DataSource for TransitGatewayRouteTablePropagations {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = Tags::new();
        let wanted = filters(&config.filter, &tags, &[]);
        let call = (aws.ec2().get_transit_gateway_route_table_propagations())
            .transit_gateway_route_table_id(&config.transit_gateway_route_table_id)
            .set_filters(wanted)
            .max_results(PAGE);
        let found = pages!(aws, "ec2:GetTransitGatewayRouteTablePropagations", call)?;
        Ok(Self {
            id: config.transit_gateway_route_table_id.clone().into(),
            ids: found
                .iter()
                .filter_map(|a| set(a.transit_gateway_attachment_id()))
                .collect::<Vec<_>>()
                .into(),
            ..config
        })
    }
}

/// The Connect attachment that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_connect")]
pub struct TransitGatewayConnectData {
    /// Filters of DescribeTransitGatewayConnects.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the attachment.
    pub id: Computed<String>,
    /// How traffic is wrapped.
    pub protocol: Computed<String>,
    /// Tags that the transit gateway Connect attachment must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The id of the attachment, to choose it by.
    pub transit_gateway_connect_id: Auto<String>,
    /// The gateway.
    pub transit_gateway_id: Computed<String>,
    /// The attachment below it.
    pub transport_attachment_id: Computed<String>,
}

#[async_trait]
impl DataSource for TransitGatewayConnectData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("transit-gateway-attachment-id", set(config.transit_gateway_connect_id.0.as_deref()))],
        );
        let found = described::<types::TransitGatewayConnect>(aws, wanted).await?;
        let found = only(found, "transit gateway Connect attachment", "ec2:DescribeTransitGatewayConnects")?;
        Ok(Self {
            id: told(found.transit_gateway_attachment_id()),
            protocol: told(found.options().and_then(|o| o.protocol())),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_connect_id: told(found.transit_gateway_attachment_id()),
            transit_gateway_id: told(found.transit_gateway_id()),
            transport_attachment_id: told(found.transport_transit_gateway_attachment_id()),
            ..config
        })
    }
}

/// The Connect peer that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_connect_peer")]
pub struct TransitGatewayConnectPeerData {
    /// The ARN of the peer.
    pub arn: Computed<String>,
    /// The number of the peer's autonomous system.
    pub bgp_asn: Computed<String>,
    /// The peer's address inside of the tunnel.
    pub bgp_peer_address: Computed<String>,
    /// The gateway's addresses inside of the tunnel.
    pub bgp_transit_gateway_addresses: Computed<BTreeSet<String>>,
    /// Filters of DescribeTransitGatewayConnectPeers.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the peer.
    pub id: Computed<String>,
    /// The networks inside of the tunnel.
    pub inside_cidr_blocks: Computed<Vec<String>>,
    /// The peer's address outside of the tunnel.
    pub peer_address: Computed<String>,
    /// Tags that the transit gateway Connect peer must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The gateway's address outside of the tunnel.
    pub transit_gateway_address: Computed<String>,
    /// The Connect attachment.
    pub transit_gateway_attachment_id: Computed<String>,
    /// The id of the peer, to choose it by.
    pub transit_gateway_connect_peer_id: Auto<String>,
}

#[async_trait]
impl DataSource for TransitGatewayConnectPeerData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("transit-gateway-connect-peer-id", set(config.transit_gateway_connect_peer_id.0.as_deref()))],
        );
        let found = described::<types::TransitGatewayConnectPeer>(aws, wanted).await?;
        let found = only(found, "transit gateway Connect peer", "ec2:DescribeTransitGatewayConnectPeers")?;
        let about = found.connect_peer_configuration();
        let bgp = about.map(|c| c.bgp_configurations()).unwrap_or_default();
        let first = bgp.first();
        Ok(Self {
            arn: aws
                .ec2_arn(
                    &aws.account().await?,
                    &format!(
                        "transit-gateway-connect-peer/{}",
                        text(found.transit_gateway_connect_peer_id())
                    ),
                )
                .into(),
            bgp_asn: first.and_then(|b| b.peer_asn()).map(|n| n.to_string()).unwrap_or_default().into(),
            bgp_peer_address: told(first.and_then(|b| b.peer_address())),
            bgp_transit_gateway_addresses: bgp
                .iter()
                .filter_map(|b| set(b.transit_gateway_address()))
                .collect::<BTreeSet<_>>()
                .into(),
            id: told(found.transit_gateway_connect_peer_id()),
            inside_cidr_blocks: about.map(|c| c.inside_cidr_blocks().to_vec()).unwrap_or_default().into(),
            peer_address: told(about.and_then(|c| c.peer_address())),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_address: told(about.and_then(|c| c.transit_gateway_address())),
            transit_gateway_attachment_id: told(found.transit_gateway_attachment_id()),
            transit_gateway_connect_peer_id: told(found.transit_gateway_connect_peer_id()),
            ..config
        })
    }
}
