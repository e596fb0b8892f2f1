//! `aws_vpcs`, `aws_route_tables`, `aws_network_acls`, `aws_network_interfaces` and
//! `aws_security_groups`: the ids of objects that match.

use super::listing::ids_of;
use crate::Aws;
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::kind::Kind;
use crate::ec2::routing::tables;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The tags that a configuration asks for.
fn wanted(tags: &Auto<Tags>) -> Tags {
    tags.0.clone().unwrap_or_default()
}

ids_of! {
    /// The VPCs that match.
    Vpcs("aws_vpcs"),
    /// Filters of DescribeVpcs.
    filter,
    /// The ids of the VPCs.
    ids: types::Vpc::describe => vpc_id,
    /// Tags that the VPCs must have.
    tags
}

/// The route tables that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_route_tables")]
pub struct RouteTables {
    /// Filters of DescribeRouteTables.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the route tables.
    pub ids: Computed<Vec<String>>,
    /// Tags that the route tables must have.
    pub tags: Auto<Tags>,
    /// The VPC the route tables are in.
    pub vpc_id: Option<String>,
}

#[async_trait]
impl DataSource for RouteTables {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let filters = filters(&config.filter, &wanted(&config.tags), &[("vpc-id", config.vpc_id.clone())]);
        let found = tables(aws, filters).await?;
        let ids: Vec<String> = found.into_iter().filter_map(|t| t.route_table_id).collect();
        Ok(Self { id: aws.region().into(), ids: ids.into(), ..config })
    }
}

/// The network ACLs that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_network_acls")]
pub struct NetworkAcls {
    /// Filters of DescribeNetworkAcls.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the network ACLs.
    pub ids: Computed<Vec<String>>,
    /// Tags that the network ACLs must have.
    pub tags: Auto<Tags>,
    /// The VPC the network ACLs are in.
    pub vpc_id: Option<String>,
}

#[async_trait]
impl DataSource for NetworkAcls {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let filters = filters(&config.filter, &wanted(&config.tags), &[("vpc-id", config.vpc_id.clone())]);
        let found = types::NetworkAcl::describe(aws, filters).await?;
        let ids: Vec<String> = found.into_iter().filter_map(|a| a.network_acl_id).collect();
        Ok(Self { id: aws.region().into(), ids: ids.into(), ..config })
    }
}

ids_of! {
    /// The network interfaces that match.
    NetworkInterfaces("aws_network_interfaces"),
    /// Filters of DescribeNetworkInterfaces.
    filter,
    /// The ids of the network interfaces.
    ids: types::NetworkInterface::describe => network_interface_id,
    /// Tags that the network interfaces must have.
    tags
}

/// The security groups that match.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_security_groups")]
pub struct SecurityGroups {
    /// The ARNs of the groups.
    pub arns: Computed<Vec<String>>,
    /// Filters of DescribeSecurityGroups.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The region.
    pub id: Computed<String>,
    /// The ids of the groups.
    pub ids: Computed<Vec<String>>,
    /// Tags that the groups must have.
    pub tags: Auto<Tags>,
    /// The VPCs the groups are in.
    pub vpc_ids: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for SecurityGroups {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let filters = filters(&config.filter, &wanted(&config.tags), &[]);
        let call = aws.ec2().describe_security_groups().set_filters(filters).max_results(PAGE);
        let found: Vec<types::SecurityGroup> = pages!(aws, "ec2:DescribeSecurityGroups", call)?;
        let arn = |g: &types::SecurityGroup| {
            let made = || {
                let id = g.group_id().unwrap_or_default();
                aws.ec2_arn(g.owner_id().unwrap_or_default(), &format!("security-group/{id}"))
            };
            g.security_group_arn.clone().unwrap_or_else(made)
        };
        let texts = |f: fn(&types::SecurityGroup) -> Option<&str>| {
            found.iter().map(|g| f(g).unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        Ok(Self {
            arns: found.iter().map(arn).collect::<Vec<_>>().into(),
            ids: texts(|g| g.group_id()).into(),
            vpc_ids: texts(|g| g.vpc_id()).into(),
            id: aws.region().into(),
            ..config
        })
    }
}
