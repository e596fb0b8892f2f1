//! `aws_vpc`: a virtual network.

use super::batch::{PAGE, all_failed, describe_all, describe_by, filter, pages};
use super::operation::{creation_tags, find_made, finish};
use super::routing::main_tables;
use super::tagging::{tag_map, update_tags};
use super::validate::{ipv4_network, ipv6_network, same_network};
use super::vpc_attributes::{self, Attributes};
use super::vpc_ipv6;
use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while, wait_until};
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, ResourceType, Tenancy, VpcState, VpcTenancy};
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, try_join_all, validate,
};

const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// Provides a VPC.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_vpc", version = 1, keep)]
pub struct Vpc {
    /// The id of the VPC.
    pub id: Computed<String>,
    /// The ARN of the VPC.
    pub arn: Computed<String>,
    /// The IPv4 range. Without one, `ipv4_netmask_length` and a pool choose it.
    #[attr(force_new, validate = ipv4_network, validate = vpc_size, conflicts_with = "ipv4_netmask_length")]
    pub cidr_block: Auto<String>,
    /// The pool of addresses to take the IPv4 range from.
    #[attr(force_new)]
    pub ipv4_ipam_pool_id: Option<String>,
    /// The size of the IPv4 range to take from the pool.
    #[attr(force_new, validate = validate::between(0..=32), conflicts_with = "cidr_block")]
    pub ipv4_netmask_length: Option<i64>,
    /// Whether to ask Amazon for an IPv6 range of size /56.
    #[attr(conflicts_with = ["ipv6_cidr_block", "ipv6_ipam_pool_id", "ipv6_netmask_length"])]
    pub assign_generated_ipv6_cidr_block: Option<bool>,
    /// The IPv6 range.
    #[attr(validate = ipv6_network, equivalent = same_network,
           conflicts_with = ["assign_generated_ipv6_cidr_block", "ipv6_netmask_length"])]
    pub ipv6_cidr_block: Auto<String>,
    /// The place from which Amazon's IPv6 range is advertised.
    pub ipv6_cidr_block_network_border_group: Auto<String>,
    /// The pool of addresses to take the IPv6 range from.
    #[attr(conflicts_with = "assign_generated_ipv6_cidr_block")]
    pub ipv6_ipam_pool_id: Option<String>,
    /// The size of the IPv6 range to take from the pool.
    #[attr(conflicts_with = ["assign_generated_ipv6_cidr_block", "ipv6_cidr_block"])]
    pub ipv6_netmask_length: Option<i64>,
    /// The association of the IPv6 range.
    pub ipv6_association_id: Computed<String>,
    /// How instances share hosts: `default` or `dedicated`.
    #[attr(default = "default", validate = validate::one_of(&["default", "dedicated"]))]
    pub instance_tenancy: Option<String>,
    /// Whether instances with public addresses get DNS names.
    pub enable_dns_hostnames: Auto<bool>,
    /// Whether Amazon's DNS server answers in the VPC.
    #[attr(default = true)]
    pub enable_dns_support: Option<bool>,
    /// Whether the use of addresses is measured.
    pub enable_network_address_usage_metrics: Auto<bool>,
    /// The set of DHCP options.
    pub dhcp_options_id: Computed<String>,
    /// The network ACL of subnets that have no other.
    pub default_network_acl_id: Computed<String>,
    /// The route table the VPC was made with.
    pub default_route_table_id: Computed<String>,
    /// The security group the VPC was made with.
    pub default_security_group_id: Computed<String>,
    /// The route table of subnets that have no other.
    pub main_route_table_id: Computed<String>,
    /// The account that owns the VPC.
    pub owner_id: Computed<String>,
    /// The tags of the VPC.
    pub tags: Tags,
}

fn vpc_size(value: &terrane_sdk::Value) -> Result<(), String> {
    let prefix = value.as_str().and_then(|t| t.rsplit_once('/')?.1.parse::<u8>().ok());
    match prefix {
        Some(prefix) if !(16..=28).contains(&prefix) => {
            Err("the range of a VPC is of size /16 to /28".into())
        }
        _ => Ok(()),
    }
}

#[async_trait]
impl Resource for Vpc {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Vpc { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            wait_available(aws, &id).await?;
            if vpc_ipv6::is_wanted(&planned) {
                vpc_ipv6::wait_associated(aws, &id, PATIENCE).await?;
            }
            // What new VPCs have; only what differs needs a call.
            let new = Attributes { dns_support: true, ..Attributes::default() };
            let attributes = vpc_attributes::change(aws, &id, new, Attributes::wanted(&planned, new)).await?;
            read_back(aws, &started, attributes).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        match read(aws, &states, Source::Ec2).await {
            Ok(mut found) => {
                states.iter().map(|s| Ok(found.remove(s.id.as_deref().unwrap_or_default()))).collect()
            }
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(
        aws: &Aws,
        prior: Self,
        planned: Self,
        _cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let before = Attributes::wanted(&prior, Attributes::default());
        let attributes =
            vpc_attributes::change(aws, &id, before, Attributes::wanted(&planned, before)).await?;
        if prior.instance_tenancy != planned.instance_tenancy {
            let call =
                aws.ec2().modify_vpc_tenancy().vpc_id(&id).instance_tenancy(VpcTenancy::Default).send();
            aws.call("ec2:ModifyVpcTenancy", call).await?;
        }
        vpc_ipv6::change(aws, &id, &prior, &planned, PATIENCE).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, attributes).await?)
    }

    async fn delete(aws: &Aws, state: Self, _cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let delete = || aws.call("ec2:DeleteVpc", aws.ec2().delete_vpc().vpc_id(id).send());
        let in_use = |e: &Error| e.has_code(&["DependencyViolation"]);
        match retry_while(PATIENCE, in_use, delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) if in_use(&e) => Err(super::dependents::explain(aws, e, &[("vpc-id", id)]).await),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let vpcs = pages!(aws, "ec2:DescribeVpcs", aws.ec2().describe_vpcs().max_results(PAGE))?;
        Ok(Some(vpcs.into_iter().filter_map(|v| Some(Vpc::identified(v.vpc_id?))).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // AWS changes the tenancy of a VPC that exists only from dedicated to default.
        if cx.changed("instance_tenancy") && cx.planned("instance_tenancy").as_str() != Some("default") {
            cx.force_new("instance_tenancy");
        }
        let ipv6 = [
            "assign_generated_ipv6_cidr_block",
            "ipv6_cidr_block",
            "ipv6_ipam_pool_id",
            "ipv6_netmask_length",
            "ipv6_cidr_block_network_border_group",
        ];
        if ipv6.iter().any(|name| cx.changed(name)) {
            cx.set_unknown("ipv6_association_id");
            for name in ["ipv6_cidr_block", "ipv6_cidr_block_network_border_group"] {
                if cx.config(name).is_null() {
                    cx.set_unknown(name);
                }
            }
        }
    }
}

impl Vpc {
    /// A VPC of which only the id is known.
    fn identified(id: String) -> Vpc {
        Vpc {
            id: id.into(),
            arn: None.into(),
            cidr_block: None.into(),
            ipv4_ipam_pool_id: None,
            ipv4_netmask_length: None,
            assign_generated_ipv6_cidr_block: None,
            ipv6_cidr_block: None.into(),
            ipv6_cidr_block_network_border_group: None.into(),
            ipv6_ipam_pool_id: None,
            ipv6_netmask_length: None,
            ipv6_association_id: None.into(),
            instance_tenancy: None,
            enable_dns_hostnames: None.into(),
            enable_dns_support: None,
            enable_network_address_usage_metrics: None.into(),
            dhcp_options_id: None.into(),
            default_network_acl_id: None.into(),
            default_route_table_id: None.into(),
            default_security_group_id: None.into(),
            main_route_table_id: None.into(),
            owner_id: None.into(),
            tags: Tags::new(),
        }
    }
}

fn vanished(id: &str) -> Error {
    Error::new("The VPC vanished", format!("{id} was there a moment ago."))
}

async fn create(aws: &Aws, planned: &Vpc, cx: &ApplyContext) -> Result<String, Error> {
    let length = |n: Option<i64>| n.and_then(|n| i32::try_from(n).ok());
    let call = (aws.ec2().create_vpc())
        .set_cidr_block(planned.cidr_block.0.clone())
        .set_ipv4_ipam_pool_id(planned.ipv4_ipam_pool_id.clone())
        .set_ipv4_netmask_length(length(planned.ipv4_netmask_length))
        .set_instance_tenancy(planned.instance_tenancy.as_deref().map(Tenancy::from))
        .set_amazon_provided_ipv6_cidr_block(planned.assign_generated_ipv6_cidr_block)
        .set_ipv6_cidr_block(planned.ipv6_cidr_block.0.clone())
        .set_ipv6_cidr_block_network_border_group(planned.ipv6_cidr_block_network_border_group.0.clone())
        .set_ipv6_ipam_pool_id(planned.ipv6_ipam_pool_id.clone())
        .set_ipv6_netmask_length(length(planned.ipv6_netmask_length))
        .tag_specifications(creation_tags(ResourceType::Vpc, &planned.tags, cx))
        .send();
    let created = aws.call("ec2:CreateVpc", call).await?;
    let id = created.vpc.and_then(|v| v.vpc_id);
    id.ok_or_else(|| Error::new("CreateVpc failed", "The answer has no id.").operation("ec2:CreateVpc"))
}

pub(super) async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::Vpc>, Error> {
    pages!(
        aws,
        "ec2:DescribeVpcs",
        aws.ec2().describe_vpcs().filters(filter("vpc-id", ids)).max_results(PAGE)
    )
}

async fn wait_available(aws: &Aws, id: &str) -> Result<(), Error> {
    wait_until(&format!("VPC {id} to be available"), PROPAGATION, || async {
        let found = aws
            .joint()
            .join(id.to_owned(), |ids| super::batch::one_each(ids, |ids| describe(aws, ids), |v| v.vpc_id()))
            .await;
        Ok(match found.unwrap_or(Ok(None))?.and_then(|v| v.state) {
            Some(VpcState::Available) => Poll::Ready(()),
            state => Poll::Pending(state.map_or("not found".into(), |s| s.as_str().to_owned())),
        })
    })
    .await
}

/// Where a read takes the attributes from that EC2 shows only for one VPC a call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// From EC2.
    Ec2,
    /// From the objects to read, after a change has just set them.
    Object,
}

/// Reads a VPC whose attributes have just been set; joins reads of several.
async fn read_back(aws: &Aws, vpc: &Vpc, attributes: Attributes) -> Result<Vpc, Error> {
    let vpc = Vpc {
        enable_dns_support: Some(attributes.dns_support),
        enable_dns_hostnames: attributes.dns_hostnames.into(),
        enable_network_address_usage_metrics: attributes.usage_metrics.into(),
        ..vpc.clone()
    };
    let id = vpc.id.known()?.clone();
    let read_all = |vpcs: Vec<Vpc>| async move {
        match read(aws, &vpcs, Source::Object).await {
            Ok(found) => {
                vpcs.iter().map(|v| Ok(found.get(v.id.as_deref().unwrap_or_default()).cloned())).collect()
            }
            Err(error) => all_failed(vpcs.len(), &error),
        }
    };
    aws.joint().join(vpc, read_all).await.unwrap_or(Ok(None))?.ok_or_else(|| vanished(&id))
}

/// Reads VPCs. What cannot change in the life of a VPC is only asked for when it is not known.
async fn read(aws: &Aws, states: &[Vpc], source: Source) -> Result<HashMap<String, Vpc>, Error> {
    let ids = || states.iter().filter_map(|s| s.id.as_deref());
    let vpcs = describe_by(ids(), |ids| describe(aws, ids), |v| v.vpc_id()).await?;
    let found = || vpcs.keys().map(String::as_str);
    let need_defaults = states
        .iter()
        .any(|s| s.default_network_acl_id.0.is_none() || s.default_security_group_id.0.is_none());
    let (tables, acls, groups, attributes) = futures::try_join!(
        main_route_tables(aws, found()),
        default_acls(aws, found().filter(|_| need_defaults)),
        default_groups(aws, found().filter(|_| need_defaults)),
        async {
            match source {
                Source::Ec2 => attributes_of(aws, found()).await,
                Source::Object => Ok(HashMap::new()),
            }
        },
    )?;
    let mut read = HashMap::new();
    for state in states {
        let id = state.id.as_deref().unwrap_or_default();
        let Some(vpc) = vpcs.get(id) else { continue };
        let known = Attributes::wanted(state, Attributes::default());
        let attributes = attributes.get(id).copied().unwrap_or(known);
        let owner = vpc.owner_id().unwrap_or_default();
        let mut now = Vpc {
            arn: aws.ec2_arn(owner, &format!("vpc/{id}")).into(),
            cidr_block: vpc.cidr_block.clone().into(),
            instance_tenancy: vpc.instance_tenancy.as_ref().map(|t| t.as_str().to_owned()),
            enable_dns_support: Some(attributes.dns_support),
            enable_dns_hostnames: attributes.dns_hostnames.into(),
            enable_network_address_usage_metrics: attributes.usage_metrics.into(),
            dhcp_options_id: vpc.dhcp_options_id.clone().into(),
            default_network_acl_id: state
                .default_network_acl_id
                .0
                .clone()
                .or_else(|| acls.get(id).cloned())
                .into(),
            default_security_group_id: state
                .default_security_group_id
                .0
                .clone()
                .or_else(|| groups.get(id).cloned())
                .into(),
            default_route_table_id: tables.get(id).cloned().into(),
            main_route_table_id: tables.get(id).cloned().into(),
            owner_id: owner.into(),
            tags: tag_map(vpc.tags.clone()),
            ..state.clone()
        };
        vpc_ipv6::fill(&mut now, state.owner_id.0.is_none(), vpc);
        read.insert(id.to_owned(), now);
    }
    Ok(read)
}

async fn attributes_of<'a>(
    aws: &Aws,
    ids: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Attributes>, Error> {
    // No call gives these for several VPCs.
    let read = ids.map(|id| async move {
        match vpc_attributes::read(aws, id).await {
            Ok(attributes) => Ok(Some((id.to_owned(), attributes))),
            Err(e) if is_not_found(&e) => Ok(None),
            Err(e) => Err(e),
        }
    });
    Ok(try_join_all(read).await?.into_iter().flatten().collect())
}

async fn main_route_tables<'a>(
    aws: &Aws,
    vpcs: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, String>, Error> {
    let tables = describe_all(vpcs, |vpcs| main_tables(aws, vpcs));
    Ok(tables.await?.into_iter().filter_map(|t| Some((t.vpc_id?, t.route_table_id?))).collect())
}

async fn default_acls<'a>(
    aws: &Aws,
    vpcs: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, String>, Error> {
    let acls = describe_all(vpcs, |vpcs| async move {
        let call = (aws.ec2().describe_network_acls())
            .filters(filter("vpc-id", vpcs))
            .filters(filter("default", ["true"]))
            .max_results(PAGE);
        pages!(aws, "ec2:DescribeNetworkAcls", call)
    });
    Ok(acls.await?.into_iter().filter_map(|a| Some((a.vpc_id?, a.network_acl_id?))).collect())
}

async fn default_groups<'a>(
    aws: &Aws,
    vpcs: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, String>, Error> {
    let groups = describe_all(vpcs, |vpcs| async move {
        let call = (aws.ec2().describe_security_groups())
            .filters(filter("vpc-id", vpcs))
            .filters(filter("group-name", ["default"]))
            .max_results(PAGE);
        pages!(aws, "ec2:DescribeSecurityGroups", call)
    });
    Ok(groups.await?.into_iter().filter_map(|g| Some((g.vpc_id?, g.group_id?))).collect())
}
