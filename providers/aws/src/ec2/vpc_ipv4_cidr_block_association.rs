//! `aws_vpc_ipv4_cidr_block_association`: a further IPv4 range of a VPC.

use super::batch::{PAGE, all_failed, describe_all, filter, pages};
use super::kind::{Kind, int, kind, set};
use super::validate::ipv4_network;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use aws_sdk_ec2::types::{self, VpcCidrBlockAssociation, VpcCidrBlockStateCode as State};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate};

const PATIENCE: Duration = Duration::from_secs(10 * 60);

kind!(types::Vpc, "VPC", Some("vpc-id"), vpc_id, |aws, filters| {
    pages!(aws, "ec2:DescribeVpcs", aws.ec2().describe_vpcs().set_filters(filters).max_results(PAGE))
});

/// Provides a further IPv4 range of a VPC.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpc_ipv4_cidr_block_association", keep, timeouts(create = "10m", delete = "10m"))]
pub struct VpcIpv4CidrBlockAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// The range. Without one, `ipv4_netmask_length` and a pool choose it.
    #[attr(force_new, validate = ipv4_network, conflicts_with = "ipv4_netmask_length")]
    pub cidr_block: Auto<String>,
    /// The pool of addresses to take the range from.
    #[attr(force_new)]
    pub ipv4_ipam_pool_id: Option<String>,
    /// The size of the range to take from the pool.
    #[attr(force_new, validate = validate::between(16..=28), conflicts_with = "cidr_block")]
    pub ipv4_netmask_length: Option<i64>,
    /// The VPC.
    #[attr(force_new)]
    pub vpc_id: String,
}

fn state(association: &VpcCidrBlockAssociation) -> Option<&State> {
    association.cidr_block_state().and_then(|s| s.state())
}

fn is_gone(association: &VpcCidrBlockAssociation) -> bool {
    matches!(state(association), Some(State::Disassociated | State::Disassociating | State::Failed))
}

/// The associations with these ids, whatever their state.
async fn describe(
    aws: &Aws,
    ids: impl IntoIterator<Item = &str>,
) -> Result<Vec<(String, VpcCidrBlockAssociation)>, Error> {
    let describe = |ids: Vec<String>| async move {
        types::Vpc::describe(aws, Some(vec![filter("cidr-block-association.association-id", ids)])).await
    };
    let vpcs = describe_all(ids, describe).await?;
    let associations = vpcs.into_iter().flat_map(|v| {
        let id = v.vpc_id.unwrap_or_default();
        v.cidr_block_association_set.unwrap_or_default().into_iter().map(move |a| (id.clone(), a))
    });
    Ok(associations.collect())
}

async fn find(aws: &Aws, id: &str) -> Result<Option<VpcCidrBlockAssociation>, Error> {
    let found = describe(aws, [id]).await?;
    Ok(found.into_iter().map(|(_, a)| a).find(|a| a.association_id() == Some(id)))
}

#[async_trait]
impl Resource for VpcIpv4CidrBlockAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The range is the natural key: a VPC has each range once.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let before =
            if cx.repeated { super::kind::find::<types::Vpc>(aws, &planned.vpc_id).await? } else { None };
        let range = planned.cidr_block.as_deref();
        let mut there = before.iter().flat_map(|v| v.cidr_block_association_set());
        let made = there.find(|a| range.is_some() && a.cidr_block() == range && !is_gone(a));
        let id = match made.and_then(|a| a.association_id.clone()) {
            Some(id) => id,
            None => {
                let call = (aws.ec2().associate_vpc_cidr_block())
                    .vpc_id(&planned.vpc_id)
                    .set_cidr_block(set(range))
                    .set_ipv4_ipam_pool_id(planned.ipv4_ipam_pool_id.clone())
                    .set_ipv4_netmask_length(int(planned.ipv4_netmask_length));
                let associate = || aws.call("ec2:AssociateVpcCidrBlock", call.clone().send());
                let made = retry_while(super::NEW_PARENT, is_not_found, associate).await?;
                let id = made.cidr_block_association.and_then(|a| a.association_id);
                super::kind::created("ec2:AssociateVpcCidrBlock", id)?
            }
        };
        let started = VpcIpv4CidrBlockAssociation { id: id.as_str().into(), ..planned };
        let what = format!("the range {id} of {} to be associated", started.vpc_id);
        let ready = wait_until(&what, cx.timeout_or(PATIENCE), || async {
            let Some(found) = find(aws, &id).await? else { return Ok(Poll::Pending("not found".into())) };
            match state(&found) {
                Some(State::Failed | State::Failing) => {
                    let why = found.cidr_block_state().and_then(|s| s.status_message());
                    Err(Error::new("The range was not associated", why.unwrap_or("AWS gives no reason.")))
                }
                Some(State::Associated) | None => Ok(Poll::Ready(found)),
                Some(state) => Ok(Poll::Pending(state.as_str().to_owned())),
            }
        });
        match ready.await {
            Ok(found) => Ok(VpcIpv4CidrBlockAssociation { cidr_block: found.cidr_block.into(), ..started }),
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
            let cidr_block = range.cidr_block.clone().into();
            Some(VpcIpv4CidrBlockAssociation { cidr_block, vpc_id: vpc.clone(), ..state })
        };
        states.into_iter().map(|state| Ok(now(state))).collect()
    }

    /// Nothing of an association can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(VpcIpv4CidrBlockAssociation { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = || {
            let call = aws.ec2().disassociate_vpc_cidr_block().association_id(id).send();
            aws.call("ec2:DisassociateVpcCidrBlock", call)
        };
        super::kind::delete(cx.timeout_or(PATIENCE), call).await?;
        wait_until(&format!("the range {id} to be disassociated"), cx.timeout_or(PATIENCE), || async {
            Ok(match find(aws, id).await? {
                Some(a) if state_is_leaving(&a) => Poll::Pending("disassociating".into()),
                _ => Poll::Ready(()),
            })
        })
        .await
    }

    /// All ranges but those that VPCs were made with.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |mut vpc: types::Vpc| {
            let mut ranges = vpc.cidr_block_association_set.take().unwrap_or_default();
            ranges.retain(|r| !is_gone(r) && r.cidr_block() != vpc.cidr_block());
            let vpc_id = vpc.vpc_id.unwrap_or_default();
            let object = move |r: VpcCidrBlockAssociation| Self {
                id: r.association_id.into(),
                cidr_block: r.cidr_block.into(),
                vpc_id: vpc_id.clone(),
                ..Self::default()
            };
            ranges.into_iter().map(object)
        };
        Ok(Some(super::kind::all::<types::Vpc>(aws).await?.into_iter().flat_map(of).collect()))
    }

    /// `vpc-cidr-assoc-1`, or with the pool and the size: `vpc-cidr-assoc-1,ipam-pool-1,24`.
    fn import(id: &str) -> Result<Vec<(&'static str, Value)>, Error> {
        let mut parts = id.split(',');
        let mut found = vec![("id", Value::from(parts.next().unwrap_or_default()))];
        if let Some(pool) = parts.next() {
            found.push(("ipv4_ipam_pool_id", Value::from(pool)));
        }
        if let Some(length) = parts.next() {
            let length: i64 = length.parse().map_err(|_| {
                Error::new("Invalid import id", format!("{length:?} in {id:?} is no size of a range."))
            })?;
            found.push(("ipv4_netmask_length", Value::from(length)));
        }
        Ok(found)
    }
}

fn state_is_leaving(association: &VpcCidrBlockAssociation) -> bool {
    matches!(state(association), Some(State::Disassociating | State::Associated))
}
