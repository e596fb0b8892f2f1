//! `aws_vpc_ipv6_cidr_block_association`: a further IPv6 range of a VPC.

use super::batch::{all_failed, describe_all, filter};
use super::kind::{Kind, int, set};
use super::validate::{ipv6_network, same_network};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::{self, VpcCidrBlockStateCode as State, VpcIpv6CidrBlockAssociation as Remote};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Provides a further IPv6 range of a VPC.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_ipv6_cidr_block_association", keep, timeouts(create = "10m", delete = "10m"))]
pub struct VpcIpv6CidrBlockAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// Whether to ask Amazon for a range of size /56.
    #[attr(force_new, conflicts_with = ["ipv6_pool", "ipv6_ipam_pool_id", "ipv6_cidr_block", "ipv6_netmask_length"])]
    pub assign_generated_ipv6_cidr_block: Auto<bool>,
    /// Who allocated the range: `amazon`, `byoip` or `none`.
    pub ip_source: Computed<String>,
    /// Whether addresses of the range can be reached from the internet: `public` or `private`.
    pub ipv6_address_attribute: Computed<String>,
    /// The range. Without one, it is chosen by Amazon or a pool.
    #[attr(force_new, validate = ipv6_network, equivalent = same_network, conflicts_with = "ipv6_netmask_length")]
    pub ipv6_cidr_block: Auto<String>,
    /// The pool of IPAM to take the range from.
    #[attr(force_new, conflicts_with = ["ipv6_pool", "assign_generated_ipv6_cidr_block"])]
    pub ipv6_ipam_pool_id: Option<String>,
    /// The size of the range to take from the pool.
    #[attr(force_new, validate = validate::between(44..=60), conflicts_with = "ipv6_cidr_block")]
    pub ipv6_netmask_length: Option<i64>,
    /// The pool of one's own addresses to take the range from.
    #[attr(force_new, conflicts_with = ["ipv6_ipam_pool_id", "assign_generated_ipv6_cidr_block"])]
    pub ipv6_pool: Auto<String>,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
}

fn state(association: &Remote) -> Option<&State> {
    association.ipv6_cidr_block_state().and_then(|s| s.state())
}

fn is_gone(association: &Remote) -> bool {
    matches!(state(association), Some(State::Disassociated | State::Disassociating | State::Failed))
}

/// The associations with these ids, whatever their state, and their VPCs.
async fn describe(aws: &Aws, ids: impl IntoIterator<Item = &str>) -> Result<Vec<(String, Remote)>, Error> {
    let describe = |ids: Vec<String>| async move {
        let name = "ipv6-cidr-block-association.association-id";
        types::Vpc::describe(aws, Some(vec![filter(name, ids)])).await
    };
    let vpcs = describe_all(ids, describe).await?;
    let associations = vpcs.into_iter().flat_map(|v| {
        let id = v.vpc_id.unwrap_or_default();
        v.ipv6_cidr_block_association_set.unwrap_or_default().into_iter().map(move |a| (id.clone(), a))
    });
    Ok(associations.collect())
}

async fn find(aws: &Aws, id: &str) -> Result<Option<Remote>, Error> {
    let found = describe(aws, [id]).await?;
    Ok(found.into_iter().map(|(_, a)| a).find(|a| a.association_id() == Some(id)))
}

#[async_trait]
impl Resource for VpcIpv6CidrBlockAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// A range of one's own choice is the natural key. One that Amazon or a pool chose in an attempt
    /// that a crash interrupted cannot be told from others.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let before =
            if cx.repeated { super::kind::find::<types::Vpc>(aws, &planned.vpc_id).await? } else { None };
        let range = planned.ipv6_cidr_block.as_deref().filter(|r| !r.is_empty());
        let mut there = before.iter().flat_map(|v| v.ipv6_cidr_block_association_set());
        let same =
            |a: &Remote| range.is_some_and(|r| same_network(r, a.ipv6_cidr_block().unwrap_or_default()));
        let made = there.find(|a| same(a) && !is_gone(a));
        let id = match made.and_then(|a| a.association_id.clone()) {
            Some(id) => id,
            None => {
                let generated = planned.assign_generated_ipv6_cidr_block.0.filter(|g| *g);
                let call = (aws.ec2().associate_vpc_cidr_block())
                    .vpc_id(&planned.vpc_id)
                    .set_amazon_provided_ipv6_cidr_block(generated)
                    .set_ipv6_cidr_block(set(range))
                    .set_ipv6_ipam_pool_id(planned.ipv6_ipam_pool_id.clone())
                    .set_ipv6_netmask_length(int(planned.ipv6_netmask_length))
                    .set_ipv6_pool(set(planned.ipv6_pool.as_deref()));
                let associate = || aws.call("ec2:AssociateVpcCidrBlock", call.clone().send());
                let made = retry_while(super::NEW_PARENT, is_not_found, associate).await?;
                let id = made.ipv6_cidr_block_association.and_then(|a| a.association_id);
                super::kind::created("ec2:AssociateVpcCidrBlock", id)?
            }
        };
        let started = Self { id: id.as_str().into(), ..planned };
        let what = format!("the range {id} of {} to be associated", started.vpc_id);
        let ready = wait_until(&what, cx.timeout_or(PATIENCE), || async {
            let Some(found) = find(aws, &id).await? else { return Ok(Poll::Pending("not found".into())) };
            match state(&found) {
                Some(State::Failed | State::Failing) => {
                    let why = found.ipv6_cidr_block_state().and_then(|s| s.status_message());
                    Err(Error::new("The range was not associated", why.unwrap_or("AWS gives no reason.")))
                }
                Some(State::Associated) | None => Ok(Poll::Ready(found)),
                Some(state) => Ok(Poll::Pending(state.as_str().to_owned())),
            }
        });
        match ready.await {
            Ok(found) => Ok(started.with(found)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = match describe(aws, states.iter().filter_map(|s| s.id.as_deref())).await {
            Ok(found) => found,
            Err(error) => return all_failed(states.len(), &error),
        };
        let now = |state: Self| {
            let id = state.id.as_deref();
            let (vpc, range) = found.iter().find(|(_, a)| a.association_id() == id && !is_gone(a))?;
            Some(Self { vpc_id: vpc.clone(), ..state }.with(range.clone()))
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// Nothing of an association can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = || {
            let call = aws.ec2().disassociate_vpc_cidr_block().association_id(id).send();
            aws.call("ec2:DisassociateVpcCidrBlock", call)
        };
        super::kind::delete(cx.timeout_or(PATIENCE), call).await?;
        wait_until(&format!("the range {id} to be disassociated"), cx.timeout_or(PATIENCE), || async {
            let leaving =
                |a: &Remote| matches!(self::state(a), Some(State::Disassociating | State::Associated));
            Ok(match find(aws, id).await? {
                Some(a) if leaving(&a) => Poll::Pending("disassociating".into()),
                _ => Poll::Ready(()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |vpc: types::Vpc| {
            let mut ranges = vpc.ipv6_cidr_block_association_set.unwrap_or_default();
            ranges.retain(|r| !is_gone(r));
            let vpc_id = vpc.vpc_id.unwrap_or_default();
            ranges.into_iter().map(move |r| Self { vpc_id: vpc_id.clone(), ..Self::default() }.with(r))
        };
        Ok(Some(super::kind::all::<types::Vpc>(aws).await?.into_iter().flat_map(of).collect()))
    }

    /// `vpc-cidr-assoc-1`, or with the pool and the size: `vpc-cidr-assoc-1,ipam-pool-1,56`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let mut parts = id.split(',');
        let mut found = vec![("id", Value::from(parts.next().unwrap_or_default()))];
        if let Some(pool) = parts.next() {
            found.push(("ipv6_ipam_pool_id", Value::from(pool)));
        }
        if let Some(length) = parts.next() {
            let length: i64 = length.parse().map_err(|_| {
                Error::new("Invalid import id", format!("{length:?} in {id:?} is no size of a range."))
            })?;
            found.push(("ipv6_netmask_length", Value::from(length)));
        }
        Ok(found)
    }
}

impl VpcIpv6CidrBlockAssociation {
    fn with(self, remote: Remote) -> Self {
        let pool = remote.ipv6_pool.unwrap_or_default();
        let generated = pool == "Amazon";
        // IPAM's pools are pools of one's own to EC2, but have an argument of their own.
        let managed = pool == super::vpc_ipv6::MANAGED || self.ipv6_ipam_pool_id.is_some();
        let pool = if generated || managed { String::new() } else { pool };
        Self {
            assign_generated_ipv6_cidr_block: generated.into(),
            ip_source: remote.ip_source.map(|s| s.as_str().to_owned()).unwrap_or_default().into(),
            ipv6_address_attribute: remote
                .ipv6_address_attribute
                .map(|a| a.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            ipv6_cidr_block: remote.ipv6_cidr_block.unwrap_or_default().into(),
            ipv6_pool: pool.into(),
            id: remote.association_id.into(),
            ..self
        }
    }
}
