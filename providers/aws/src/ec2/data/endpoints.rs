//! `aws_vpc_endpoint` and the prefix lists that lead to services, as data sources.

use super::listing::ids_of;
use super::one::{described, only, text, told};
use crate::Aws;
use crate::ec2::batch::{PAGE, filter, pages};
use crate::ec2::data_filter::{DataFilter, chosen, filters};
use crate::ec2::kind::set;
use crate::ec2::prefix_list::LISTS_PAGE;
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

/// The endpoint that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_vpc_endpoint")]
pub struct VpcEndpointData {
    /// The ARN of the endpoint.
    pub arn: Computed<String>,
    /// The networks of the service, of a gateway endpoint.
    pub cidr_blocks: Computed<Vec<String>>,
    /// The DNS names of the endpoint.
    pub dns_entry: Computed<Vec<DnsName>>,
    /// How DNS works for the endpoint.
    pub dns_options: Computed<Vec<DnsChoices>>,
    /// Filters of DescribeVpcEndpoints.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the endpoint.
    pub id: Auto<String>,
    /// The addresses of the endpoint.
    pub ip_address_type: Computed<String>,
    /// The network interfaces of the endpoint.
    pub network_interface_ids: Computed<BTreeSet<String>>,
    /// The account that owns the endpoint.
    pub owner_id: Computed<String>,
    /// What the endpoint lets through.
    pub policy: Computed<String>,
    /// The prefix list of the service, of a gateway endpoint.
    pub prefix_list_id: Computed<String>,
    /// Whether the name of the service leads to the endpoint.
    pub private_dns_enabled: Computed<bool>,
    /// Whether the service manages the endpoint.
    pub requester_managed: Computed<bool>,
    /// The route tables that lead to the endpoint.
    pub route_table_ids: Computed<BTreeSet<String>>,
    /// The security groups of the network interfaces.
    pub security_group_ids: Computed<BTreeSet<String>>,
    /// The name of the service.
    pub service_name: Auto<String>,
    /// The region of the service.
    pub service_region: Auto<String>,
    /// The state of the endpoint.
    pub state: Auto<String>,
    /// The subnets that the endpoint is in.
    pub subnet_ids: Computed<BTreeSet<String>>,
    /// Tags that the VPC endpoint must have; all of its tags.
    pub tags: Auto<Tags>,
    /// What kind of endpoint it is.
    pub vpc_endpoint_type: Auto<String>,
    /// The VPC the endpoint is in.
    pub vpc_id: Auto<String>,
}

/// A DNS name of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct DnsName {
    /// The name.
    pub dns_name: String,
    /// The zone it is in.
    pub hosted_zone_id: String,
}

/// How DNS works for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct DnsChoices {
    /// The kinds of records.
    pub dns_record_ip_type: String,
    /// Whether private names are for inbound resolvers only.
    pub private_dns_only_for_inbound_resolver_endpoint: bool,
    /// Which private domains are associated.
    pub private_dns_preference: String,
    /// The private domains that are named.
    pub private_dns_specified_domains: BTreeSet<String>,
}

#[async_trait]
impl DataSource for VpcEndpointData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("vpc-endpoint-id", set(config.id.0.as_deref())),
                ("service-name", set(config.service_name.0.as_deref())),
                ("service-region", set(config.service_region.0.as_deref())),
                ("vpc-endpoint-state", set(config.state.0.as_deref())),
                ("vpc-endpoint-type", set(config.vpc_endpoint_type.0.as_deref())),
                ("vpc-id", set(config.vpc_id.0.as_deref())),
            ],
        );
        let found = described::<types::VpcEndpoint>(aws, wanted).await?;
        let found = only(found, "VPC endpoint", "ec2:DescribeVpcEndpoints")?;
        // The names of states are in capitals or not, by the API's mood.
        let state = text(found.state().map(|s| s.as_str())).to_ascii_lowercase();
        let (list, networks) = match found.vpc_endpoint_type() {
            Some(types::VpcEndpointType::Gateway) => service_networks(aws, found.service_name()).await?,
            _ => (String::new(), Vec::new()),
        };
        Ok(Self {
            arn: aws
                .ec2_arn(
                    found.owner_id().unwrap_or_default(),
                    &format!("vpc-endpoint/{}", text(found.vpc_endpoint_id())),
                )
                .into(),
            cidr_blocks: networks.into(),
            dns_entry: found
                .dns_entries()
                .iter()
                .map(|e| DnsName { dns_name: text(e.dns_name()), hosted_zone_id: text(e.hosted_zone_id()) })
                .collect::<Vec<_>>()
                .into(),
            dns_options: found.dns_options().map(dns_choices).into_iter().collect::<Vec<_>>().into(),
            id: told(found.vpc_endpoint_id()),
            ip_address_type: told(found.ip_address_type()),
            network_interface_ids: found
                .network_interface_ids()
                .iter()
                .cloned()
                .collect::<BTreeSet<_>>()
                .into(),
            owner_id: told(found.owner_id()),
            policy: told(found.policy_document()),
            prefix_list_id: list.into(),
            private_dns_enabled: found.private_dns_enabled().unwrap_or_default().into(),
            requester_managed: found.requester_managed().unwrap_or_default().into(),
            route_table_ids: found.route_table_ids().iter().cloned().collect::<BTreeSet<_>>().into(),
            security_group_ids: found
                .groups()
                .iter()
                .filter_map(|g| set(g.group_id()))
                .collect::<BTreeSet<_>>()
                .into(),
            service_name: told(found.service_name()),
            service_region: told(found.service_region()),
            state: state.into(),
            subnet_ids: found.subnet_ids().iter().cloned().collect::<BTreeSet<_>>().into(),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            vpc_endpoint_type: told(found.vpc_endpoint_type()),
            vpc_id: told(found.vpc_id()),
            ..config
        })
    }
}

fn dns_choices(found: &types::DnsOptions) -> DnsChoices {
    DnsChoices {
        dns_record_ip_type: text(found.dns_record_ip_type().map(|t| t.as_str())),
        private_dns_only_for_inbound_resolver_endpoint: found
            .private_dns_only_for_inbound_resolver_endpoint()
            .unwrap_or_default(),
        private_dns_preference: text(found.private_dns_preference()),
        private_dns_specified_domains: found.private_dns_specified_domains().iter().cloned().collect(),
    }
}

/// The prefix list of a service, and what is in it.
async fn service_networks(aws: &Aws, name: Option<&str>) -> Result<(String, Vec<String>), Error> {
    let wanted = Some(vec![filter("prefix-list-name", name)]);
    let found = service_lists(aws, wanted).await?.into_iter().next();
    Ok(found.map(|l| (text(l.prefix_list_id()), l.cidrs().to_vec())).unwrap_or_default())
}

/// The prefix lists of AWS's services that match.
async fn service_lists(
    aws: &Aws,
    wanted: Option<Vec<types::Filter>>,
) -> Result<Vec<types::PrefixList>, Error> {
    let call = aws.ec2().describe_prefix_lists().set_filters(wanted).max_results(PAGE);
    pages!(aws, "ec2:DescribePrefixLists", call)
}

/// The prefix list of a service of AWS's that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_prefix_list")]
pub struct PrefixListData {
    /// The networks in the list.
    pub cidr_blocks: Computed<Vec<String>>,
    /// Filters of DescribePrefixLists.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the list.
    pub id: Computed<String>,
    /// The name of the list.
    pub name: Auto<String>,
    /// The id of the list, to choose it by.
    pub prefix_list_id: Option<String>,
}

#[async_trait]
impl DataSource for PrefixListData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = Tags::new();
        let wanted = filters(
            &config.filter,
            &tags,
            &[
                ("prefix-list-id", set(config.prefix_list_id.as_deref())),
                ("prefix-list-name", set(config.name.0.as_deref())),
            ],
        );
        let found = service_lists(aws, wanted).await?;
        let found = only(found, "prefix list", "ec2:DescribePrefixLists")?;
        Ok(Self {
            cidr_blocks: found.cidrs().to_vec().into(),
            id: told(found.prefix_list_id()),
            name: told(found.prefix_list_name()),
            ..config
        })
    }
}

/// The managed prefix list that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_managed_prefix_list")]
pub struct ManagedPrefixListData {
    /// Whether it has networks of IPv4 or of IPv6.
    pub address_family: Computed<String>,
    /// The ARN of the list.
    pub arn: Computed<String>,
    /// The networks in the list.
    pub entries: Computed<BTreeSet<ListedNetwork>>,
    /// Filters of DescribeManagedPrefixLists.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the list.
    pub id: Auto<String>,
    /// How many networks it may have.
    pub max_entries: Computed<i64>,
    /// The name of the list.
    pub name: Auto<String>,
    /// The account that owns the list.
    pub owner_id: Computed<String>,
    /// Tags that the managed prefix list must have; all of its tags.
    pub tags: Auto<Tags>,
    /// How often it has changed.
    pub version: Computed<i64>,
}

/// A network in a prefix list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ListedNetwork {
    /// The network.
    pub cidr: String,
    /// What it is.
    pub description: String,
}

#[async_trait]
impl DataSource for ManagedPrefixListData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let wanted = chosen(
            &config.filter,
            &config.tags,
            &[
                ("prefix-list-id", set(config.id.0.as_deref())),
                ("prefix-list-name", set(config.name.0.as_deref())),
            ],
        );
        let found = described::<types::ManagedPrefixList>(aws, wanted).await?;
        let found = only(found, "managed prefix list", "ec2:DescribeManagedPrefixLists")?;
        let call = aws.ec2().get_managed_prefix_list_entries().prefix_list_id(text(found.prefix_list_id()));
        let entries = pages!(aws, "ec2:GetManagedPrefixListEntries", call.max_results(LISTS_PAGE))?;
        let network = |e: types::PrefixListEntry| ListedNetwork {
            cidr: text(e.cidr()),
            description: text(e.description()),
        };
        let entries = entries.into_iter().map(network).collect::<BTreeSet<_>>();
        Ok(Self {
            address_family: told(found.address_family()),
            arn: told(found.prefix_list_arn()),
            entries: entries.into(),
            id: told(found.prefix_list_id()),
            max_entries: found.max_entries().map_or(0, i64::from).into(),
            name: told(found.prefix_list_name()),
            owner_id: told(found.owner_id()),
            tags: aws.tags().managed(tag_map(found.tags.clone())).into(),
            version: found.version().unwrap_or_default().into(),
            ..config
        })
    }
}

ids_of! {
    /// The managed prefix lists that match.
    ManagedPrefixLists("aws_ec2_managed_prefix_lists"),
    /// Filters of DescribeManagedPrefixLists.
    filter,
    /// The ids of the lists.
    ids: described::<types::ManagedPrefixList> => prefix_list_id,
    /// Tags that the lists must have.
    tags
}
