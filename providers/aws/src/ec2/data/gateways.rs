//! `aws_internet_gateway`, `aws_nat_gateway`, `aws_customer_gateway` and `aws_vpn_gateway` as data sources: the
//! gateway that matches.

use super::one::{described, only, text, told};
use crate::Aws;
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::data_filter::{DataFilter, chosen};
use crate::ec2::kind::set;
use crate::ec2::nat_gateway::{NatGateway, RegionalAddress, ZoneAddress};
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The internet gateway that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_internet_gateway")]
pub struct InternetGatewayData {
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The VPC that it is attached to.
    pub attachments: Computed<Vec<GatewayAttachment>>,
    /// Filters of DescribeInternetGateways.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The id of the gateway, to choose it by.
    pub internet_gateway_id: Auto<String>,
    /// The account that owns the gateway.
    pub owner_id: Computed<String>,
    /// Tags that the internet gateway must have; all of its tags.
    pub tags: Auto<Tags>,
}

/// What an internet gateway is attached to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct GatewayAttachment {
    /// How far the attachment is.
    pub state: String,
    /// The VPC.
    pub vpc_id: String,
}

#[async_trait]
impl DataSource for InternetGatewayData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[("internet-gateway-id", set(config.internet_gateway_id.0.as_deref()))],
        );
        let call = aws.ec2().describe_internet_gateways().set_filters(wanted).max_results(PAGE);
        let found: Vec<types::InternetGateway> = pages!(aws, "ec2:DescribeInternetGateways", call)?;
        let found = only(found, "internet gateway", "ec2:DescribeInternetGateways")?;
        Ok(Self {
            arn: aws
                .ec2_arn(
                    found.owner_id().unwrap_or_default(),
                    &format!("internet-gateway/{}", text(found.internet_gateway_id())),
                )
                .into(),
            attachments: found
                .attachments()
                .iter()
                .map(|a| GatewayAttachment {
                    state: text(a.state().map(|s| s.as_str())),
                    vpc_id: text(a.vpc_id()),
                })
                .collect::<Vec<_>>()
                .into(),
            id: told(found.internet_gateway_id()),
            internet_gateway_id: told(found.internet_gateway_id()),
            owner_id: told(found.owner_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            ..config
        })
    }
}

/// The NAT gateway that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_nat_gateway")]
pub struct NatGatewayData {
    /// The allocation of the public address.
    pub allocation_id: Computed<String>,
    /// The association of the public address.
    pub association_id: Computed<String>,
    /// Whether AWS adds zones to a regional gateway by itself.
    pub auto_provision_zones: Computed<String>,
    /// Whether AWS adds addresses to a regional gateway by itself.
    pub auto_scaling_ips: Computed<String>,
    /// Whether the gateway serves one zone or the region.
    pub availability_mode: Computed<String>,
    /// Zones of a regional gateway and their addresses.
    pub availability_zone_address: Computed<BTreeSet<ZoneAddress>>,
    /// Whether the gateway leads to the internet.
    pub connectivity_type: Computed<String>,
    /// Filters of DescribeNatGateways.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the gateway.
    pub id: Auto<String>,
    /// The gateway's network interface.
    pub network_interface_id: Computed<String>,
    /// The gateway's private address.
    pub private_ip: Computed<String>,
    /// The gateway's public address.
    pub public_ip: Computed<String>,
    /// The addresses of a regional gateway.
    pub regional_nat_gateway_address: Computed<Vec<RegionalAddress>>,
    /// The route table of a regional gateway.
    pub route_table_id: Computed<String>,
    /// Allocations of further public addresses.
    pub secondary_allocation_ids: Computed<BTreeSet<String>>,
    /// The number of further private addresses.
    pub secondary_private_ip_address_count: Computed<i64>,
    /// Further private addresses.
    pub secondary_private_ip_addresses: Computed<BTreeSet<String>>,
    /// The state of the gateway.
    pub state: Auto<String>,
    /// The subnet the gateway is in.
    pub subnet_id: Auto<String>,
    /// Tags that the NAT gateway must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The VPC the gateway is in.
    pub vpc_id: Auto<String>,
}

#[async_trait]
impl DataSource for NatGatewayData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("nat-gateway-id", set(config.id.0.as_deref())),
                ("state", set(config.state.0.as_deref())),
                ("subnet-id", set(config.subnet_id.0.as_deref())),
                ("vpc-id", set(config.vpc_id.0.as_deref())),
            ],
        );
        let call = aws.ec2().describe_nat_gateways().set_filter(wanted).max_results(PAGE);
        let found: Vec<types::NatGateway> = pages!(aws, "ec2:DescribeNatGateways", call)?;
        let found = only(found, "NAT gateway", "ec2:DescribeNatGateways")?;
        let gateway = NatGateway::default().with(found.clone());
        Ok(Self {
            allocation_id: gateway.allocation_id.unwrap_or_default().into(),
            association_id: gateway.association_id.0.unwrap_or_default().into(),
            auto_provision_zones: gateway.auto_provision_zones.0.unwrap_or_default().into(),
            auto_scaling_ips: gateway.auto_scaling_ips.0.unwrap_or_default().into(),
            availability_mode: gateway.availability_mode.0.unwrap_or_default().into(),
            availability_zone_address: gateway.availability_zone_address.into(),
            connectivity_type: gateway.connectivity_type.unwrap_or_default().into(),
            id: told(found.nat_gateway_id()),
            network_interface_id: gateway.network_interface_id.0.unwrap_or_default().into(),
            private_ip: gateway.private_ip.0.unwrap_or_default().into(),
            public_ip: gateway.public_ip.0.unwrap_or_default().into(),
            regional_nat_gateway_address: gateway.regional_nat_gateway_address.0.unwrap_or_default().into(),
            route_table_id: gateway.route_table_id.0.unwrap_or_default().into(),
            secondary_allocation_ids: gateway.secondary_allocation_ids.into(),
            secondary_private_ip_address_count: gateway
                .secondary_private_ip_address_count
                .0
                .unwrap_or_default()
                .into(),
            secondary_private_ip_addresses: gateway
                .secondary_private_ip_addresses
                .0
                .unwrap_or_default()
                .into(),
            state: told(found.state()),
            subnet_id: told(found.subnet_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            vpc_id: told(found.vpc_id()),
            ..config
        })
    }
}

/// The customer gateway that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_customer_gateway")]
pub struct CustomerGatewayData {
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The number of the router's autonomous system.
    pub bgp_asn: Computed<i64>,
    /// The number of the router's autonomous system, when it is a large one.
    pub bgp_asn_extended: Computed<i64>,
    /// The certificate of the router.
    pub certificate_arn: Computed<String>,
    /// The name of the router.
    pub device_name: Computed<String>,
    /// Filters of DescribeCustomerGateways.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the gateway.
    pub id: Auto<String>,
    /// The address of the router.
    pub ip_address: Computed<String>,
    /// Tags that the customer gateway must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The kind of VPN.
    #[attr(name = "type")]
    pub kind: Computed<String>,
}

#[async_trait]
impl DataSource for CustomerGatewayData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted =
            chosen(&config.filter, &config.tags, &[("customer-gateway-id", set(config.id.0.as_deref()))]);
        let found = described::<types::CustomerGateway>(aws, wanted).await?;
        let found = only(found, "customer gateway", "ec2:DescribeCustomerGateways")?;
        Ok(Self {
            arn: aws
                .ec2_arn(
                    &aws.account().await?,
                    &format!("customer-gateway/{}", text(found.customer_gateway_id())),
                )
                .into(),
            bgp_asn: found.bgp_asn().and_then(|n| n.parse::<i64>().ok()).unwrap_or_default().into(),
            bgp_asn_extended: found
                .bgp_asn_extended()
                .and_then(|n| n.parse::<i64>().ok())
                .unwrap_or_default()
                .into(),
            certificate_arn: told(found.certificate_arn()),
            device_name: told(found.device_name()),
            id: told(found.customer_gateway_id()),
            ip_address: told(found.ip_address()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            kind: told(found.r#type()),
            ..config
        })
    }
}

/// The virtual private gateway that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpn_gateway")]
pub struct VpnGatewayData {
    /// The number of AWS's autonomous system.
    pub amazon_side_asn: Auto<String>,
    /// The ARN of the gateway.
    pub arn: Computed<String>,
    /// The VPC that it is attached to.
    pub attached_vpc_id: Auto<String>,
    /// The zone it is in.
    pub availability_zone: Auto<String>,
    /// Filters of DescribeVpnGateways.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the gateway.
    pub id: Auto<String>,
    /// The state of the gateway.
    pub state: Auto<String>,
    /// Tags that the virtual private gateway must have; all of its tags.
    pub tags: Auto<Tags>,
}

#[async_trait]
impl DataSource for VpnGatewayData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("vpn-gateway-id", set(config.id.0.as_deref())),
                ("amazon-side-asn", set(config.amazon_side_asn.0.as_deref())),
                ("availability-zone", set(config.availability_zone.0.as_deref())),
                ("state", set(config.state.0.as_deref())),
                ("attachment.vpc-id", set(config.attached_vpc_id.0.as_deref())),
            ],
        );
        let found = described::<types::VpnGateway>(aws, wanted).await?;
        let found = only(found, "virtual private gateway", "ec2:DescribeVpnGateways")?;
        Ok(Self {
            amazon_side_asn: found.amazon_side_asn().map(|n| n.to_string()).unwrap_or_default().into(),
            arn: aws
                .ec2_arn(&aws.account().await?, &format!("vpn-gateway/{}", text(found.vpn_gateway_id())))
                .into(),
            attached_vpc_id: told(
                found
                    .vpc_attachments()
                    .iter()
                    .filter(|a| a.state().is_some_and(|s| s.as_str() == "attached"))
                    .find_map(|a| a.vpc_id()),
            ),
            availability_zone: told(found.availability_zone()),
            id: told(found.vpn_gateway_id()),
            state: told(found.state()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            ..config
        })
    }
}
