//! The IPv6 range of a VPC: an association that can be made and ended in its life.

use super::Vpc;
use super::vpc::describe;
use crate::Aws;
use crate::client::{Poll, is_not_found, wait_until};
use aws_sdk_ec2::types::{self, VpcCidrBlockStateCode, VpcIpv6CidrBlockAssociation};
use std::time::Duration;
use terrane_sdk::Error;

/// The name EC2 gives to its own pool of addresses.
const AMAZON: &str = "Amazon";
/// The name it gives to all pools of IPAM.
pub(super) const MANAGED: &str = "IPAM Managed";

fn state(association: &VpcIpv6CidrBlockAssociation) -> Option<&VpcCidrBlockStateCode> {
    association.ipv6_cidr_block_state.as_ref().and_then(|s| s.state.as_ref())
}

/// The association that a VPC is about: the one it has already, else the first one, if it is new or wants one.
fn current<'a>(now: &Vpc, is_new: bool, vpc: &'a types::Vpc) -> Option<&'a VpcIpv6CidrBlockAssociation> {
    let associated = || {
        let all = vpc.ipv6_cidr_block_association_set().iter();
        all.filter(|a| state(a) == Some(&VpcCidrBlockStateCode::Associated))
    };
    let known = now.ipv6_association_id.as_deref();
    let first = || associated().next().filter(|_| is_new || is_wanted(now));
    associated().find(|a| known.is_some() && a.association_id() == known).or_else(first)
}

/// Takes over what EC2 says of the range. Those that others have associated since it was `is_new` are theirs.
pub(super) fn fill(now: &mut Vpc, is_new: bool, vpc: &types::Vpc) {
    let association = current(now, is_new, vpc);
    let text = |f: fn(&VpcIpv6CidrBlockAssociation) -> Option<&str>| {
        association.and_then(f).unwrap_or_default().to_owned()
    };
    let pool = text(|a| a.ipv6_pool());
    now.ipv6_association_id = text(|a| a.association_id()).into();
    now.ipv6_cidr_block = text(|a| a.ipv6_cidr_block()).into();
    now.ipv6_cidr_block_network_border_group = text(|a| a.network_border_group()).into();
    now.assign_generated_ipv6_cidr_block = Some(pool == AMAZON);
    now.ipv6_ipam_pool_id = match pool.as_str() {
        MANAGED => now.ipv6_ipam_pool_id.take(),
        AMAZON | "" => None,
        _ => Some(pool),
    };
    if association.is_none() {
        now.ipv6_netmask_length = None;
    }
}

/// Whether a VPC shall have an IPv6 range.
pub(super) fn is_wanted(vpc: &Vpc) -> bool {
    vpc.assign_generated_ipv6_cidr_block == Some(true)
        || vpc.ipv6_ipam_pool_id.is_some()
        || vpc.ipv6_cidr_block.as_deref().is_some_and(|b| !b.is_empty())
}

/// Waits until no association is on its way.
pub(super) async fn wait_associated(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    wait_until(&format!("the IPv6 range of VPC {id}"), timeout, || async {
        let vpcs = describe(aws, vec![id.to_owned()]).await?;
        let associations = vpcs.iter().flat_map(|v| v.ipv6_cidr_block_association_set());
        for association in associations {
            match state(association) {
                Some(VpcCidrBlockStateCode::Associating | VpcCidrBlockStateCode::Disassociating) => {
                    return Ok(Poll::Pending("changing".into()));
                }
                Some(VpcCidrBlockStateCode::Failed | VpcCidrBlockStateCode::Failing) => {
                    let why =
                        association.ipv6_cidr_block_state.as_ref().and_then(|s| s.status_message.clone());
                    let why = why.unwrap_or_else(|| "AWS gives no reason.".into());
                    return Err(Error::new(format!("VPC {id} got no IPv6 range"), why));
                }
                _ => {}
            }
        }
        Ok(Poll::Ready(()))
    })
    .await
}

/// Ends the association there is and makes a new one, where the plan wants another.
pub(super) async fn change(
    aws: &Aws,
    id: &str,
    prior: &Vpc,
    planned: &Vpc,
    timeout: Duration,
) -> Result<(), Error> {
    let wanted = |v: &Vpc| {
        (
            v.assign_generated_ipv6_cidr_block.unwrap_or_default(),
            v.ipv6_ipam_pool_id.clone().unwrap_or_default(),
            v.ipv6_netmask_length.unwrap_or_default(),
        )
    };
    let block = planned.ipv6_cidr_block.as_deref().filter(|b| !b.is_empty());
    let border = planned.ipv6_cidr_block_network_border_group.as_deref().filter(|b| !b.is_empty());
    let same_block = block.is_none() || block == prior.ipv6_cidr_block.as_deref();
    let same_border = border.is_none() || border == prior.ipv6_cidr_block_network_border_group.as_deref();
    if wanted(prior) == wanted(planned) && same_block && same_border {
        return Ok(());
    }
    if let Some(association) = prior.ipv6_association_id.as_deref().filter(|a| !a.is_empty()) {
        let call = aws.ec2().disassociate_vpc_cidr_block().association_id(association).send();
        match aws.call("ec2:DisassociateVpcCidrBlock", call).await {
            Err(e) if !is_not_found(&e) => return Err(e),
            _ => wait_associated(aws, id, timeout).await?,
        }
    }
    let (generated, pool, length) = wanted(planned);
    if generated || !pool.is_empty() || block.is_some() {
        let call = (aws.ec2().associate_vpc_cidr_block().vpc_id(id))
            .set_amazon_provided_ipv6_cidr_block(generated.then_some(true))
            .set_ipv6_cidr_block_network_border_group(border.map(str::to_owned))
            .set_ipv6_ipam_pool_id((!pool.is_empty()).then_some(pool))
            .set_ipv6_netmask_length(i32::try_from(length).ok().filter(|l| *l > 0))
            .set_ipv6_cidr_block(block.map(str::to_owned))
            .send();
        aws.call("ec2:AssociateVpcCidrBlock", call).await?;
        wait_associated(aws, id, timeout).await?;
    }
    Ok(())
}
