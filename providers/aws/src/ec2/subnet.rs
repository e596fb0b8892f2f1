//! `aws_subnet`: a range of addresses of a VPC, in one zone.

use super::batch::{PAGE, all_failed, describe_by, filter, one_each, pages};
use super::dependents::explain;
use super::operation::{creation_tags, find_made, finish};
use super::subnet_attributes;
use super::tagging::{tag_map, update_tags};
use super::validate::{ipv4_network, ipv6_network, same_network};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, ResourceType, SubnetCidrBlockStateCode as State, SubnetIpv6CidrBlockAssociation, SubnetState,
};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, validate,
};

const IPV6_PATIENCE: Duration = Duration::from_secs(3 * 60);

/// Provides a subnet of a VPC.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_subnet", version = 1, keep, timeouts(create = "10m", delete = "20m"))]
pub struct Subnet {
    /// The id of the subnet.
    pub id: Computed<String>,
    /// The ARN of the subnet.
    pub arn: Computed<String>,
    /// The VPC the subnet is in.
    #[attr(force_new)]
    pub vpc_id: String,
    /// The IPv4 range; a subnet with `ipv6_native` has none.
    #[attr(force_new, validate = ipv4_network, conflicts_with = "ipv4_netmask_length")]
    pub cidr_block: Auto<String>,
    /// The pool of addresses to take the IPv4 range from.
    #[attr(force_new)]
    pub ipv4_ipam_pool_id: Option<String>,
    /// The size of the IPv4 range to take from the pool.
    #[attr(force_new, conflicts_with = "cidr_block")]
    pub ipv4_netmask_length: Option<i64>,
    /// The zone the subnet is in.
    #[attr(force_new, conflicts_with = "availability_zone_id")]
    pub availability_zone: Auto<String>,
    /// The zone the subnet is in, by an id that means the same zone in all accounts.
    #[attr(force_new, conflicts_with = "availability_zone")]
    pub availability_zone_id: Auto<String>,
    /// The IPv6 range, of size /64 unless the VPC's addresses come from a pool.
    #[attr(validate = ipv6_network, equivalent = same_network, conflicts_with = "ipv6_netmask_length")]
    pub ipv6_cidr_block: Auto<String>,
    /// The pool of addresses to take the IPv6 range from.
    #[attr(force_new)]
    pub ipv6_ipam_pool_id: Option<String>,
    /// The size of the IPv6 range to take from the pool.
    #[attr(force_new, conflicts_with = "ipv6_cidr_block")]
    pub ipv6_netmask_length: Option<i64>,
    /// The association of the IPv6 range.
    pub ipv6_cidr_block_association_id: Computed<String>,
    /// Whether the subnet has IPv6 addresses only.
    #[attr(force_new, default = false)]
    pub ipv6_native: Option<bool>,
    /// Whether network interfaces made in the subnet get an IPv6 address.
    #[attr(default = false)]
    pub assign_ipv6_address_on_creation: Option<bool>,
    /// Whether DNS answers for IPv4-only destinations carry IPv6 addresses.
    #[attr(default = false)]
    pub enable_dns64: Option<bool>,
    /// The device index from which instances get a local network interface.
    pub enable_lni_at_device_index: Option<i64>,
    /// Whether DNS answers for names of instances carry their IPv4 address.
    #[attr(default = false)]
    pub enable_resource_name_dns_a_record_on_launch: Option<bool>,
    /// Whether DNS answers for names of instances carry their IPv6 address.
    #[attr(default = false)]
    pub enable_resource_name_dns_aaaa_record_on_launch: Option<bool>,
    /// Whether network interfaces get an address of the customer's; needs pool and Outpost.
    pub map_customer_owned_ip_on_launch: Option<bool>,
    /// The pool of the customer's addresses.
    pub customer_owned_ipv4_pool: Option<String>,
    /// Whether instances launched in the subnet get a public address.
    #[attr(default = false)]
    pub map_public_ip_on_launch: Option<bool>,
    /// The Outpost the subnet is on.
    #[attr(force_new)]
    pub outpost_arn: Option<String>,
    /// How instances are named: `ip-name` or `resource-name`.
    #[attr(validate = validate::one_of(&["ip-name", "resource-name"]))]
    pub private_dns_hostname_type_on_launch: Auto<String>,
    /// The account that owns the subnet.
    pub owner_id: Computed<String>,
    /// The tags of the subnet.
    pub tags: Tags,
}

#[async_trait]
impl Resource for Subnet {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = Subnet { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            let subnet = wait_available(aws, &id, cx).await?;
            let new = started.clone().with(aws, subnet);
            subnet_attributes::change(aws, &id, &new, &planned).await?;
            read_back(aws, &planned, &id).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        match describe_by(ids, |ids| describe(aws, ids), |s| s.subnet_id()).await {
            Ok(mut found) => (states.into_iter())
                .map(|state| {
                    let remote = found.remove(state.id.as_deref().unwrap_or_default());
                    Ok(remote.map(|remote| state.with(aws, remote)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let range = planned.ipv6_cidr_block.as_deref().unwrap_or_default();
        if same_network(prior.ipv6_cidr_block.as_deref().unwrap_or_default(), range) {
            subnet_attributes::change(aws, &id, &prior, &planned).await?;
        } else if range.is_empty() {
            // Settings that need a range are switched off before it goes.
            subnet_attributes::change(aws, &id, &prior, &planned).await?;
            change_ipv6(aws, &id, &prior, range).await?;
        } else {
            let between = Subnet { assign_ipv6_address_on_creation: Some(false), ..prior.clone() };
            subnet_attributes::change(aws, &id, &prior, &between).await?;
            change_ipv6(aws, &id, &prior, range).await?;
            subnet_attributes::change(aws, &id, &between, &planned).await?;
        }
        Ok(read_back(aws, &planned, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let delete = || aws.call("ec2:DeleteSubnet", aws.ec2().delete_subnet().subnet_id(id).send());
        let in_use = |e: &Error| e.has_code(&["DependencyViolation"]);
        match retry_while(cx.timeout_or(Duration::from_secs(20 * 60)), in_use, delete).await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) if in_use(&e) => Err(explain(aws, e, &[("subnet-id", id)]).await),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let subnets = pages!(aws, "ec2:DescribeSubnets", aws.ec2().describe_subnets().max_results(PAGE))?;
        Ok(Some(subnets.into_iter().map(|s| Subnet::empty().with(aws, s)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // Without a pool to choose it, a range that is no longer configured goes.
        if cx.config("ipv6_cidr_block").is_null() && cx.config("ipv6_ipam_pool_id").is_null() {
            cx.set("ipv6_cidr_block", Value::from(""));
        }
        if cx.changed("ipv6_cidr_block") {
            cx.set_unknown("ipv6_cidr_block_association_id");
        }
    }
}

impl Subnet {
    /// A subnet of which nothing is known.
    pub(super) fn empty() -> Subnet {
        Subnet {
            id: None.into(),
            arn: None.into(),
            vpc_id: String::new(),
            cidr_block: None.into(),
            ipv4_ipam_pool_id: None,
            ipv4_netmask_length: None,
            availability_zone: None.into(),
            availability_zone_id: None.into(),
            ipv6_cidr_block: None.into(),
            ipv6_ipam_pool_id: None,
            ipv6_netmask_length: None,
            ipv6_cidr_block_association_id: None.into(),
            ipv6_native: None,
            assign_ipv6_address_on_creation: None,
            enable_dns64: None,
            enable_lni_at_device_index: None,
            enable_resource_name_dns_a_record_on_launch: None,
            enable_resource_name_dns_aaaa_record_on_launch: None,
            map_customer_owned_ip_on_launch: None,
            customer_owned_ipv4_pool: None,
            map_public_ip_on_launch: None,
            outpost_arn: None,
            private_dns_hostname_type_on_launch: None.into(),
            owner_id: None.into(),
            tags: Tags::new(),
        }
    }

    /// This object as EC2 describes it.
    pub(super) fn with(self, aws: &Aws, remote: types::Subnet) -> Subnet {
        let ipv6 = current(self.ipv6_cidr_block_association_id.as_deref(), &remote);
        let association = ipv6.and_then(|a| a.association_id.clone()).unwrap_or_default();
        let range = ipv6.and_then(|a| a.ipv6_cidr_block.clone()).unwrap_or_default();
        let names = remote.private_dns_name_options_on_launch;
        let id = remote.subnet_id.unwrap_or_default();
        let owner = remote.owner_id.unwrap_or_default();
        let arn = remote.subnet_arn.unwrap_or_else(|| aws.ec2_arn(&owner, &format!("subnet/{id}")));
        let lni = remote.enable_lni_at_device_index.map(i64::from);
        Subnet {
            id: id.into(),
            arn: arn.into(),
            vpc_id: remote.vpc_id.unwrap_or_default(),
            cidr_block: remote.cidr_block.unwrap_or_default().into(),
            availability_zone: remote.availability_zone.into(),
            availability_zone_id: remote.availability_zone_id.into(),
            ipv6_cidr_block: range.into(),
            ipv6_cidr_block_association_id: association.into(),
            ipv6_native: Some(remote.ipv6_native.unwrap_or_default()),
            assign_ipv6_address_on_creation: Some(remote.assign_ipv6_address_on_creation.unwrap_or_default()),
            enable_dns64: Some(remote.enable_dns64.unwrap_or_default()),
            enable_lni_at_device_index: lni,
            enable_resource_name_dns_a_record_on_launch: Some(
                names.as_ref().and_then(|n| n.enable_resource_name_dns_a_record).unwrap_or_default(),
            ),
            enable_resource_name_dns_aaaa_record_on_launch: Some(
                names.as_ref().and_then(|n| n.enable_resource_name_dns_aaaa_record).unwrap_or_default(),
            ),
            map_customer_owned_ip_on_launch: remote.map_customer_owned_ip_on_launch,
            customer_owned_ipv4_pool: remote.customer_owned_ipv4_pool,
            map_public_ip_on_launch: Some(remote.map_public_ip_on_launch.unwrap_or_default()),
            outpost_arn: remote.outpost_arn,
            private_dns_hostname_type_on_launch: (names.and_then(|n| n.hostname_type))
                .map(|t| t.as_str().to_owned())
                .or(self.private_dns_hostname_type_on_launch.0)
                .into(),
            owner_id: owner.into(),
            tags: tag_map(remote.tags),
            ..self
        }
    }
}

fn state(association: &SubnetIpv6CidrBlockAssociation) -> Option<&State> {
    association.ipv6_cidr_block_state.as_ref().and_then(|s| s.state.as_ref())
}

/// The IPv6 range that the object is about: the one it has already, else the first one.
fn current<'a>(known: Option<&str>, subnet: &'a types::Subnet) -> Option<&'a SubnetIpv6CidrBlockAssociation> {
    let alive = || {
        let all = subnet.ipv6_cidr_block_association_set().iter();
        all.filter(|a| {
            !matches!(state(a), Some(State::Disassociated | State::Disassociating | State::Failed))
        })
    };
    alive().find(|a| known.is_some() && a.association_id() == known).or_else(|| alive().next())
}

async fn create(aws: &Aws, planned: &Subnet, cx: &ApplyContext) -> Result<String, Error> {
    let length = |n: Option<i64>| n.and_then(|n| i32::try_from(n).ok());
    let call = (aws.ec2().create_subnet())
        .vpc_id(&planned.vpc_id)
        .set_cidr_block(planned.cidr_block.0.clone().filter(|b| !b.is_empty()))
        .set_ipv4_ipam_pool_id(planned.ipv4_ipam_pool_id.clone())
        .set_ipv4_netmask_length(length(planned.ipv4_netmask_length))
        .set_availability_zone(planned.availability_zone.0.clone())
        .set_availability_zone_id(planned.availability_zone_id.0.clone())
        .set_ipv6_cidr_block(planned.ipv6_cidr_block.0.clone().filter(|b| !b.is_empty()))
        .set_ipv6_ipam_pool_id(planned.ipv6_ipam_pool_id.clone())
        .set_ipv6_netmask_length(length(planned.ipv6_netmask_length))
        .set_ipv6_native(planned.ipv6_native.filter(|native| *native))
        .set_outpost_arn(planned.outpost_arn.clone())
        .tag_specifications(creation_tags(ResourceType::Subnet, &planned.tags, cx));
    let create = || aws.call("ec2:CreateSubnet", call.clone().send());
    // The VPC may just have been made, and not be known to every server of AWS yet.
    let unknown_vpc = |e: &Error| e.has_code(&["InvalidVpcID.NotFound"]);
    let created =
        retry_while(cx.timeout_or(IPV6_PATIENCE).min(super::NEW_PARENT), unknown_vpc, create).await?;
    let id = created.subnet.and_then(|s| s.subnet_id);
    id.ok_or_else(|| Error::new("CreateSubnet failed", "The answer has no id.").operation("ec2:CreateSubnet"))
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::Subnet>, Error> {
    let call = aws.ec2().describe_subnets().filters(filter("subnet-id", ids)).max_results(PAGE);
    pages!(aws, "ec2:DescribeSubnets", call)
}

/// Describes one subnet, in a call shared with others.
async fn describe_one(aws: &Aws, id: &str) -> Result<Option<types::Subnet>, Error> {
    let all = |ids| one_each(ids, |ids| describe(aws, ids), |s: &types::Subnet| s.subnet_id());
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

async fn read_back(aws: &Aws, planned: &Subnet, id: &str) -> Result<Subnet, Error> {
    match describe_one(aws, id).await? {
        Some(remote) => Ok(planned.clone().with(aws, remote)),
        None => Err(Error::new("The subnet vanished", format!("{id} was there a moment ago."))),
    }
}

async fn wait_available(aws: &Aws, id: &str, cx: &ApplyContext) -> Result<types::Subnet, Error> {
    let timeout = cx.timeout_or(Duration::from_secs(10 * 60));
    wait_until(&format!("subnet {id} to be available"), timeout, || async {
        let Some(subnet) = describe_one(aws, id).await? else { return Ok(Poll::Pending("not found".into())) };
        Ok(match &subnet.state {
            Some(SubnetState::Available) | None => Poll::Ready(subnet),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    })
    .await
}

/// Gives the subnet another IPv6 range, or none.
async fn change_ipv6(aws: &Aws, id: &str, prior: &Subnet, range: &str) -> Result<(), Error> {
    if let Some(association) = prior.ipv6_cidr_block_association_id.as_deref().filter(|a| !a.is_empty()) {
        let call = aws.ec2().disassociate_subnet_cidr_block().association_id(association).send();
        match aws.call("ec2:DisassociateSubnetCidrBlock", call).await {
            Err(e) if !is_not_found(&e) => return Err(e),
            _ => wait_ipv6(aws, id).await?,
        }
    }
    if !range.is_empty() {
        let call = aws.ec2().associate_subnet_cidr_block().subnet_id(id).ipv6_cidr_block(range).send();
        aws.call("ec2:AssociateSubnetCidrBlock", call).await?;
        wait_ipv6(aws, id).await?;
    }
    Ok(())
}

/// Waits until no IPv6 range is on its way.
async fn wait_ipv6(aws: &Aws, id: &str) -> Result<(), Error> {
    wait_until(&format!("the IPv6 range of subnet {id}"), IPV6_PATIENCE, || async {
        let subnet = describe_one(aws, id).await?;
        let associations = subnet.iter().flat_map(|s| s.ipv6_cidr_block_association_set());
        for association in associations {
            match state(association) {
                Some(state @ (State::Associating | State::Disassociating)) => {
                    return Ok(Poll::Pending(state.as_str().to_owned()));
                }
                Some(State::Failed | State::Failing) => {
                    let why =
                        association.ipv6_cidr_block_state.as_ref().and_then(|s| s.status_message.clone());
                    let why = why.unwrap_or_else(|| "AWS gives no reason.".into());
                    return Err(Error::new(format!("Subnet {id} got no IPv6 range"), why));
                }
                _ => {}
            }
        }
        Ok(Poll::Ready(()))
    })
    .await
}
