//! Attachments of transit gateways as data sources.

use super::listing::ids_of;
use super::one::{described, only, text, told};
use crate::Aws;
use crate::ec2::batch::{PAGE, filter, pages};
use crate::ec2::data_filter::{DataFilter, chosen};
use crate::ec2::kind::set;
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The attachment, of any kind, that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_attachment")]
pub struct TransitGatewayAttachmentData {
    /// The ARN of the attachment.
    pub arn: Computed<String>,
    /// How far its association with a route table is.
    pub association_state: Computed<String>,
    /// The route table that it uses.
    pub association_transit_gateway_route_table_id: Computed<String>,
    /// Filters of DescribeTransitGatewayAttachments.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the attachment.
    pub id: Computed<String>,
    /// What is attached.
    pub resource_id: Computed<String>,
    /// The account that owns what is attached.
    pub resource_owner_id: Computed<String>,
    /// What kind of thing is attached.
    pub resource_type: Computed<String>,
    /// The state of the attachment.
    pub state: Computed<String>,
    /// Tags that the transit gateway attachment must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The id of the attachment, to choose it by.
    pub transit_gateway_attachment_id: Auto<String>,
    /// The gateway.
    pub transit_gateway_id: Computed<String>,
    /// The account that owns the gateway.
    pub transit_gateway_owner_id: Computed<String>,
}

#[async_trait]
impl DataSource for TransitGatewayAttachmentData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("transit-gateway-attachment-id", set(config.transit_gateway_attachment_id.0.as_deref()))],
        );
        let found = attachments(aws, wanted).await?;
        let found = only(found, "transit gateway attachment", "ec2:DescribeTransitGatewayAttachments")?;
        Ok(Self {
            arn: aws
                .ec2_arn(
                    found.resource_owner_id().unwrap_or_default(),
                    &format!("transit-gateway-attachment/{}", text(found.transit_gateway_attachment_id())),
                )
                .into(),
            association_state: told(found.association().and_then(|a| a.state())),
            association_transit_gateway_route_table_id: told(
                found.association().and_then(|a| a.transit_gateway_route_table_id()),
            ),
            id: told(found.transit_gateway_attachment_id()),
            resource_id: told(found.resource_id()),
            resource_owner_id: told(found.resource_owner_id()),
            resource_type: told(found.resource_type()),
            state: told(found.state()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_attachment_id: told(found.transit_gateway_attachment_id()),
            transit_gateway_id: told(found.transit_gateway_id()),
            transit_gateway_owner_id: told(found.transit_gateway_owner_id()),
            ..config
        })
    }
}

/// The attachments of all kinds that match.
async fn attachments(
    aws: &Aws,
    wanted: Option<Vec<types::Filter>>,
) -> Result<Vec<types::TransitGatewayAttachment>, Error> {
    let call = aws.ec2().describe_transit_gateway_attachments().set_filters(wanted).max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayAttachments", call)
}

ids_of! {
    /// The attachments, of all kinds, that match.
    TransitGatewayAttachments("aws_ec2_transit_gateway_attachments"),
    /// Filters of DescribeTransitGatewayAttachments.
    filter,
    /// The ids of the attachments.
    ids: attachments => transit_gateway_attachment_id,
    /// Tags that the attachments must have.
    tags
}

/// The peering attachment that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_peering_attachment")]
pub struct TransitGatewayPeeringAttachmentData {
    /// The ARN of the attachment.
    pub arn: Computed<String>,
    /// Filters of DescribeTransitGatewayPeeringAttachments.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the attachment.
    pub id: Auto<String>,
    /// The account of the other gateway.
    pub peer_account_id: Computed<String>,
    /// The region of the other gateway.
    pub peer_region: Computed<String>,
    /// The other gateway.
    pub peer_transit_gateway_id: Computed<String>,
    /// The state of the attachment.
    pub state: Computed<String>,
    /// Tags that the transit gateway peering attachment must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The gateway on this side.
    pub transit_gateway_id: Computed<String>,
}

#[async_trait]
impl DataSource for TransitGatewayPeeringAttachmentData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("transit-gateway-attachment-id", set(config.id.0.as_deref()))],
        );
        let found = described::<types::TransitGatewayPeeringAttachment>(aws, wanted).await?;
        let found = only(
            found,
            "transit gateway peering attachment",
            "ec2:DescribeTransitGatewayPeeringAttachments",
        )?;
        let account = aws.account().await?;
        // Which side is this one depends on who asks.
        let (first, second) = (found.requester_tgw_info(), found.accepter_tgw_info());
        let is_here = |side: Option<&types::PeeringTgwInfo>| {
            side.is_some_and(|s| s.owner_id() == Some(&*account) && s.region() == Some(aws.region()))
        };
        let (here, other) =
            if !is_here(first) && is_here(second) { (second, first) } else { (first, second) };
        Ok(Self {
            arn: aws
                .ec2_arn(
                    &account,
                    &format!("transit-gateway-attachment/{}", text(found.transit_gateway_attachment_id())),
                )
                .into(),
            id: told(found.transit_gateway_attachment_id()),
            peer_account_id: told(other.and_then(|o| o.owner_id())),
            peer_region: told(other.and_then(|o| o.region())),
            peer_transit_gateway_id: told(other.and_then(|o| o.transit_gateway_id())),
            state: told(found.state()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_id: told(here.and_then(|o| o.transit_gateway_id())),
            ..config
        })
    }
}

ids_of! {
    /// The peering attachments that match.
    TransitGatewayPeeringAttachments("aws_ec2_transit_gateway_peering_attachments"),
    /// Filters of DescribeTransitGatewayPeeringAttachments.
    filter,
    /// The ids of the attachments.
    ids: described::<types::TransitGatewayPeeringAttachment> => transit_gateway_attachment_id
}

/// The attachment of a VPC that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_vpc_attachment")]
pub struct TransitGatewayVpcAttachmentData {
    /// Whether both directions of a flow take one zone.
    pub appliance_mode_support: Computed<String>,
    /// The ARN of the attachment.
    pub arn: Computed<String>,
    /// Whether DNS names of other VPCs resolve.
    pub dns_support: Computed<String>,
    /// Filters of DescribeTransitGatewayVpcAttachments.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the attachment.
    pub id: Auto<String>,
    /// Whether IPv6 works.
    pub ipv6_support: Computed<String>,
    /// Whether security groups of other VPCs can be named.
    pub security_group_referencing_support: Computed<String>,
    /// The subnets by which traffic enters.
    pub subnet_ids: Computed<BTreeSet<String>>,
    /// Tags that the transit gateway VPC attachment must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The gateway.
    pub transit_gateway_id: Computed<String>,
    /// The VPC.
    pub vpc_id: Computed<String>,
    /// The account that owns the VPC.
    pub vpc_owner_id: Computed<String>,
}

#[async_trait]
impl DataSource for TransitGatewayVpcAttachmentData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("transit-gateway-attachment-id", set(config.id.0.as_deref()))],
        );
        let found = vpc_attachments(aws, wanted).await?;
        let found =
            only(found, "transit gateway VPC attachment", "ec2:DescribeTransitGatewayVpcAttachments")?;
        let options = found.options();
        Ok(Self {
            appliance_mode_support: told(options.and_then(|o| o.appliance_mode_support())),
            arn: aws
                .ec2_arn(
                    found.vpc_owner_id().unwrap_or_default(),
                    &format!("transit-gateway-attachment/{}", text(found.transit_gateway_attachment_id())),
                )
                .into(),
            dns_support: told(options.and_then(|o| o.dns_support())),
            id: told(found.transit_gateway_attachment_id()),
            ipv6_support: told(options.and_then(|o| o.ipv6_support())),
            security_group_referencing_support: told(
                options.and_then(|o| o.security_group_referencing_support()),
            ),
            subnet_ids: found.subnet_ids().iter().cloned().collect::<BTreeSet<_>>().into(),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_id: told(found.transit_gateway_id()),
            vpc_id: told(found.vpc_id()),
            vpc_owner_id: told(found.vpc_owner_id()),
            ..config
        })
    }
}

/// The attachments of VPCs that match.
async fn vpc_attachments(
    aws: &Aws,
    wanted: Option<Vec<types::Filter>>,
) -> Result<Vec<types::TransitGatewayVpcAttachment>, Error> {
    let call = aws.ec2().describe_transit_gateway_vpc_attachments().set_filters(wanted).max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayVpcAttachments", call)
}

ids_of! {
    /// The attachments of VPCs that match.
    TransitGatewayVpcAttachments("aws_ec2_transit_gateway_vpc_attachments"),
    /// Filters of DescribeTransitGatewayVpcAttachments.
    filter,
    /// The ids of the attachments.
    ids: vpc_attachments => transit_gateway_attachment_id
}

/// The attachment of a VPN connection.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_vpn_attachment")]
pub struct TransitGatewayVpnAttachment {
    /// Filters of DescribeTransitGatewayAttachments.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the attachment.
    pub id: Computed<String>,
    /// Tags that the transit gateway VPN attachment must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The gateway.
    pub transit_gateway_id: Option<String>,
    /// The VPN connection.
    pub vpn_connection_id: Option<String>,
}

#[async_trait]
impl DataSource for TransitGatewayVpnAttachment {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("resource-id", set(config.vpn_connection_id.as_deref())),
                ("transit-gateway-id", set(config.transit_gateway_id.as_deref())),
            ],
        );
        let of = [filter("resource-type", ["vpn"])];
        let wanted = Some(wanted.into_iter().flatten().chain(of).collect::<Vec<_>>());
        let found = attachments(aws, wanted).await?;
        let found = only(found, "transit gateway VPN attachment", "ec2:DescribeTransitGatewayAttachments")?;
        Ok(Self {
            id: told(found.transit_gateway_attachment_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_id: set(found.transit_gateway_id()),
            vpn_connection_id: set(found.resource_id()),
            ..config
        })
    }
}

/// The attachment of a Direct Connect gateway.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_transit_gateway_dx_gateway_attachment")]
pub struct TransitGatewayDxGatewayAttachment {
    /// Filters of DescribeTransitGatewayAttachments.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the attachment.
    pub id: Computed<String>,
    /// Tags that the transit gateway Direct Connect attachment must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The gateway.
    pub transit_gateway_id: Option<String>,
    /// The Direct Connect gateway.
    pub dx_gateway_id: Option<String>,
}

#[async_trait]
impl DataSource for TransitGatewayDxGatewayAttachment {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("resource-id", set(config.dx_gateway_id.as_deref())),
                ("transit-gateway-id", set(config.transit_gateway_id.as_deref())),
            ],
        );
        let of = [filter("resource-type", ["direct-connect-gateway"])];
        let wanted = Some(wanted.into_iter().flatten().chain(of).collect::<Vec<_>>());
        let found = attachments(aws, wanted).await?;
        let found = only(
            found,
            "transit gateway Direct Connect attachment",
            "ec2:DescribeTransitGatewayAttachments",
        )?;
        Ok(Self {
            id: told(found.transit_gateway_attachment_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            transit_gateway_id: set(found.transit_gateway_id()),
            dx_gateway_id: set(found.resource_id()),
            ..config
        })
    }
}
