//! `aws_security_group` and `aws_subnet` as data sources: the one that matches.

use crate::Aws;
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::kind::Kind;
use crate::ec2::tagging::tag_map;
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, SubnetCidrBlockStateCode};
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The text, or none.
pub(in crate::ec2) fn text(found: Option<&str>) -> String {
    found.unwrap_or_default().to_owned()
}

/// What is told, as a text; an empty one, when nothing is.
pub(super) fn told<T: AsRef<str> + ?Sized, R: From<String>>(found: Option<&T>) -> R {
    R::from(found.map(|t| t.as_ref().to_owned()).unwrap_or_default())
}

/// The objects of a kind that match and are not gone.
pub(super) async fn described<K: Kind>(
    aws: &Aws,
    wanted: Option<Vec<types::Filter>>,
) -> Result<Vec<K>, Error> {
    let mut found = K::describe(aws, wanted).await?;
    found.retain(|object| !object.is_gone());
    Ok(found)
}

/// The only one of what was found.
pub(in crate::ec2) fn only<T>(mut found: Vec<T>, what: &str, operation: &str) -> Result<T, Error> {
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => {
            let detail = "Nothing matches: widen the arguments of the data source.";
            Err(Error::new(format!("No {what} matches"), detail).operation(operation))
        }
        (Some(_), false) => {
            let detail = format!(
                "{} match, and the data source must match exactly one: narrow its arguments.",
                found.len() + 1
            );
            Err(Error::new(format!("Several {what}s match"), detail).operation(operation))
        }
    }
}

/// The security group that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_security_group")]
pub struct SecurityGroupData {
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// What the group is for.
    pub description: Computed<String>,
    /// Filters of DescribeSecurityGroups.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the group.
    pub id: Auto<String>,
    /// The name of the group.
    pub name: Auto<String>,
    /// Tags that the group must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The VPC the group is in.
    pub vpc_id: Auto<String>,
}

#[async_trait]
impl DataSource for SecurityGroupData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.tags.0.clone().unwrap_or_default();
        let others = [
            ("group-id", config.id.0.clone()),
            ("group-name", config.name.0.clone()),
            ("vpc-id", config.vpc_id.0.clone()),
        ];
        let filters = filters(&config.filter, &tags, &others);
        let call = aws.ec2().describe_security_groups().set_filters(filters).max_results(PAGE);
        let found: Vec<types::SecurityGroup> = pages!(aws, "ec2:DescribeSecurityGroups", call)?;
        let group = only(found, "security group", "ec2:DescribeSecurityGroups")?;
        let id = group.group_id.unwrap_or_default();
        let owner = group.owner_id.unwrap_or_default();
        let arn = group.security_group_arn;
        Ok(Self {
            arn: arn.unwrap_or_else(|| aws.ec2_arn(&owner, &format!("security-group/{id}"))).into(),
            description: group.description.unwrap_or_default().into(),
            name: group.group_name.unwrap_or_default().into(),
            tags: aws.tags().managed(tag_map(group.tags)).into(),
            vpc_id: group.vpc_id.unwrap_or_default().into(),
            id: id.into(),
            filter: config.filter,
        })
    }
}

/// The subnet that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_subnet")]
pub struct SubnetData {
    /// The ARN of the subnet.
    pub arn: Computed<String>,
    /// Whether network interfaces made in the subnet get an IPv6 address.
    pub assign_ipv6_address_on_creation: Computed<bool>,
    /// The zone the subnet is in.
    pub availability_zone: Auto<String>,
    /// The zone the subnet is in, by its id.
    pub availability_zone_id: Auto<String>,
    /// How many addresses are free.
    pub available_ip_address_count: Computed<i64>,
    /// The IPv4 range.
    pub cidr_block: Auto<String>,
    /// The pool of the customer's addresses.
    pub customer_owned_ipv4_pool: Computed<String>,
    /// Whether the subnet is the default one of its zone.
    pub default_for_az: Auto<bool>,
    /// Whether DNS answers for IPv4-only destinations carry IPv6 addresses.
    pub enable_dns64: Computed<bool>,
    /// The device index from which instances get a local network interface.
    pub enable_lni_at_device_index: Computed<i64>,
    /// Whether DNS answers for names of instances carry their IPv4 address.
    pub enable_resource_name_dns_a_record_on_launch: Computed<bool>,
    /// Whether DNS answers for names of instances carry their IPv6 address.
    pub enable_resource_name_dns_aaaa_record_on_launch: Computed<bool>,
    /// Filters of DescribeSubnets.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the subnet.
    pub id: Auto<String>,
    /// The IPv6 range.
    pub ipv6_cidr_block: Auto<String>,
    /// The association of the IPv6 range.
    pub ipv6_cidr_block_association_id: Computed<String>,
    /// Whether the subnet has IPv6 addresses only.
    pub ipv6_native: Computed<bool>,
    /// Whether network interfaces get an address of the customer's.
    pub map_customer_owned_ip_on_launch: Computed<bool>,
    /// Whether instances launched in the subnet get a public address.
    pub map_public_ip_on_launch: Computed<bool>,
    /// The Outpost the subnet is on.
    pub outpost_arn: Computed<String>,
    /// The account that owns the subnet.
    pub owner_id: Computed<String>,
    /// How instances are named.
    pub private_dns_hostname_type_on_launch: Computed<String>,
    /// The state of the subnet.
    pub state: Auto<String>,
    /// Tags that the subnet must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The VPC the subnet is in.
    pub vpc_id: Auto<String>,
}

#[async_trait]
impl DataSource for SubnetData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tags = config.tags.0.clone().unwrap_or_default();
        let others = [
            ("subnet-id", config.id.0.clone()),
            ("availability-zone", config.availability_zone.0.clone()),
            ("availability-zone-id", config.availability_zone_id.0.clone()),
            ("cidr-block", config.cidr_block.0.clone()),
            ("default-for-az", config.default_for_az.0.filter(|d| *d).map(|d| d.to_string())),
            ("ipv6-cidr-block-association.ipv6-cidr-block", config.ipv6_cidr_block.0.clone()),
            ("state", config.state.0.clone()),
            ("vpc-id", config.vpc_id.0.clone()),
        ];
        let filters = filters(&config.filter, &tags, &others);
        let call = aws.ec2().describe_subnets().set_filters(filters).max_results(PAGE);
        let found: Vec<types::Subnet> = pages!(aws, "ec2:DescribeSubnets", call)?;
        let subnet = only(found, "subnet", "ec2:DescribeSubnets")?;
        Ok(Self::of(aws, subnet, config.filter))
    }
}

impl SubnetData {
    fn of(aws: &Aws, subnet: types::Subnet, filter: BTreeSet<DataFilter>) -> Self {
        let text = |t: Option<String>| t.unwrap_or_default();
        let number = |n: Option<i32>| n.map(i64::from).unwrap_or_default();
        let id = text(subnet.subnet_id);
        let owner = text(subnet.owner_id);
        let made = || aws.ec2_arn(&owner, &format!("subnet/{id}"));
        let associated = |a: &&types::SubnetIpv6CidrBlockAssociation| {
            let state = a.ipv6_cidr_block_state().and_then(|s| s.state());
            state.is_none_or(|s| *s == SubnetCidrBlockStateCode::Associated)
        };
        let ranges = subnet.ipv6_cidr_block_association_set.unwrap_or_default();
        let ipv6 = ranges.iter().find(associated);
        let names = subnet.private_dns_name_options_on_launch;
        let on = |f: fn(&types::PrivateDnsNameOptionsOnLaunch) -> Option<bool>| {
            names.as_ref().and_then(f).unwrap_or_default()
        };
        Self {
            arn: subnet.subnet_arn.unwrap_or_else(made).into(),
            assign_ipv6_address_on_creation: subnet
                .assign_ipv6_address_on_creation
                .unwrap_or_default()
                .into(),
            availability_zone: text(subnet.availability_zone).into(),
            availability_zone_id: text(subnet.availability_zone_id).into(),
            available_ip_address_count: number(subnet.available_ip_address_count).into(),
            cidr_block: text(subnet.cidr_block).into(),
            customer_owned_ipv4_pool: text(subnet.customer_owned_ipv4_pool).into(),
            default_for_az: subnet.default_for_az.unwrap_or_default().into(),
            enable_dns64: subnet.enable_dns64.unwrap_or_default().into(),
            enable_lni_at_device_index: number(subnet.enable_lni_at_device_index).into(),
            enable_resource_name_dns_a_record_on_launch: on(|n| n.enable_resource_name_dns_a_record).into(),
            enable_resource_name_dns_aaaa_record_on_launch: on(|n| n.enable_resource_name_dns_aaaa_record)
                .into(),
            ipv6_cidr_block: text(ipv6.and_then(|a| a.ipv6_cidr_block.clone())).into(),
            ipv6_cidr_block_association_id: text(ipv6.and_then(|a| a.association_id.clone())).into(),
            ipv6_native: subnet.ipv6_native.unwrap_or_default().into(),
            map_customer_owned_ip_on_launch: subnet
                .map_customer_owned_ip_on_launch
                .unwrap_or_default()
                .into(),
            map_public_ip_on_launch: subnet.map_public_ip_on_launch.unwrap_or_default().into(),
            outpost_arn: text(subnet.outpost_arn).into(),
            private_dns_hostname_type_on_launch: names
                .as_ref()
                .and_then(|n| n.hostname_type())
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            state: subnet.state.map(|s| s.as_str().to_owned()).unwrap_or_default().into(),
            tags: aws.tags().managed(tag_map(subnet.tags)).into(),
            vpc_id: text(subnet.vpc_id).into(),
            owner_id: owner.into(),
            id: id.into(),
            filter,
        }
    }
}
