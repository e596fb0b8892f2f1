//! Data source `aws_vpc`: one VPC, found by what is known of it.

use super::batch::{PAGE, pages};
use super::data_filter::{DataFilter, filters};
use super::routing::main_tables;
use super::tagging::tag_map;
use super::vpc_attributes;
use crate::Aws;
use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The one VPC that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc")]
pub struct VpcData {
    /// The ARN of the VPC.
    pub arn: Computed<String>,
    /// The first IPv4 range.
    pub cidr_block: Auto<String>,
    /// All IPv4 ranges.
    pub cidr_block_associations: Computed<Vec<Ipv4Range>>,
    /// Whether the VPC is the region's default one.
    pub default: Auto<bool>,
    /// The set of DHCP options.
    pub dhcp_options_id: Auto<String>,
    /// Whether instances with public addresses get DNS names.
    pub enable_dns_hostnames: Computed<bool>,
    /// Whether Amazon's DNS server answers in the VPC.
    pub enable_dns_support: Computed<bool>,
    /// Whether the use of addresses is measured.
    pub enable_network_address_usage_metrics: Computed<bool>,
    /// Filters of DescribeVpcs.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the VPC.
    pub id: Auto<String>,
    /// How instances share hosts.
    pub instance_tenancy: Computed<String>,
    /// The association of the IPv6 range.
    pub ipv6_association_id: Computed<String>,
    /// The IPv6 range.
    pub ipv6_cidr_block: Computed<String>,
    /// All IPv6 ranges.
    pub ipv6_cidr_block_associations: Computed<Vec<Ipv6Range>>,
    /// The route table of subnets that have no other.
    pub main_route_table_id: Computed<String>,
    /// The account that owns the VPC.
    pub owner_id: Computed<String>,
    /// The state of the VPC: `pending` or `available`.
    pub state: Auto<String>,
    /// Tags that the VPC must have; all of its tags.
    pub tags: Auto<Tags>,
}

/// An IPv4 range of a VPC.
#[derive(Clone, Debug, Block)]
pub struct Ipv4Range {
    /// Its association.
    pub association_id: String,
    /// The range.
    pub cidr_block: String,
    /// How far its association is.
    pub state: String,
}

/// An IPv6 range of a VPC.
#[derive(Clone, Debug, Block)]
pub struct Ipv6Range {
    /// Its association.
    pub association_id: String,
    /// Who allocated the range.
    pub ip_source: String,
    /// Whether its addresses can be reached from the internet.
    pub ipv6_address_attribute: String,
    /// The range.
    pub ipv6_cidr_block: String,
    /// The pool it is from.
    pub ipv6_pool: String,
    /// The place from which it is advertised.
    pub network_border_group: String,
    /// How far its association is.
    pub state: String,
}

#[async_trait]
impl DataSource for VpcData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.tags.0.clone().unwrap_or_default();
        let others = [
            ("vpc-id", config.id.0.clone()),
            ("cidr", config.cidr_block.0.clone()),
            ("dhcp-options-id", config.dhcp_options_id.0.clone()),
            ("is-default", config.default.0.filter(|d| *d).map(|d| d.to_string())),
            ("state", config.state.0.clone()),
        ];
        let call =
            aws.ec2().describe_vpcs().set_filters(filters(&config.filter, &tags, &others)).max_results(PAGE);
        let mut found = pages!(aws, "ec2:DescribeVpcs", call)?;
        let (Some(vpc), true) = (found.pop(), found.is_empty()) else {
            let detail = "The data source must match exactly one VPC: widen or narrow its arguments.";
            return Err(Error::new("No VPC, or several, match", detail).operation("ec2:DescribeVpcs"));
        };
        let id = vpc.vpc_id().unwrap_or_default().to_owned();
        let (attributes, tables) =
            futures::try_join!(vpc_attributes::read(aws, &id), main_tables(aws, vec![id.clone()]),)?;
        let main = tables.into_iter().find_map(|t| t.route_table_id);
        let owner = vpc.owner_id().unwrap_or_default();
        let ipv6 = vpc.ipv6_cidr_block_association_set().first();
        let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
        let ipv4_range = |a: &aws_sdk_ec2::types::VpcCidrBlockAssociation| Ipv4Range {
            association_id: text(a.association_id()),
            cidr_block: text(a.cidr_block()),
            state: text(a.cidr_block_state().and_then(|s| s.state()).map(|s| s.as_str())),
        };
        let ipv6_range = |a: &aws_sdk_ec2::types::VpcIpv6CidrBlockAssociation| Ipv6Range {
            association_id: text(a.association_id()),
            ip_source: text(a.ip_source().map(|s| s.as_str())),
            ipv6_address_attribute: text(a.ipv6_address_attribute().map(|s| s.as_str())),
            ipv6_cidr_block: text(a.ipv6_cidr_block()),
            ipv6_pool: text(a.ipv6_pool()),
            network_border_group: text(a.network_border_group()),
            state: text(a.ipv6_cidr_block_state().and_then(|s| s.state()).map(|s| s.as_str())),
        };
        Ok(VpcData {
            arn: aws.ec2_arn(owner, &format!("vpc/{id}")).into(),
            cidr_block: vpc.cidr_block.clone().into(),
            cidr_block_associations: vpc
                .cidr_block_association_set()
                .iter()
                .map(ipv4_range)
                .collect::<Vec<_>>()
                .into(),
            default: vpc.is_default.unwrap_or_default().into(),
            dhcp_options_id: vpc.dhcp_options_id.clone().into(),
            enable_dns_hostnames: attributes.dns_hostnames.into(),
            enable_dns_support: attributes.dns_support.into(),
            enable_network_address_usage_metrics: attributes.usage_metrics.into(),
            instance_tenancy: vpc.instance_tenancy.as_ref().map(|t| t.as_str().to_owned()).into(),
            ipv6_association_id: text(ipv6.and_then(|a| a.association_id())).into(),
            ipv6_cidr_block: text(ipv6.and_then(|a| a.ipv6_cidr_block())).into(),
            ipv6_cidr_block_associations: vpc
                .ipv6_cidr_block_association_set()
                .iter()
                .map(ipv6_range)
                .collect::<Vec<_>>()
                .into(),
            main_route_table_id: main.into(),
            owner_id: owner.into(),
            state: vpc.state.as_ref().map(|s| s.as_str().to_owned()).into(),
            tags: aws.tags().managed(tag_map(vpc.tags.clone())).into(),
            id: id.into(),
            filter: config.filter,
        })
    }
}
