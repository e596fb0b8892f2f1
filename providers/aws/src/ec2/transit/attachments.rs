//! Attachments of VPCs to transit gateways, as seen by either account: found, waited for, deleted.

use super::PATIENCE;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::{PAGE, describe_by, filter, one_each, pages};
use aws_sdk_ec2::types::{self, TransitGatewayAttachmentState as State};
use std::collections::HashMap;
use terrane_sdk::Error;

/// The attachments with these ids that are not gone.
pub(super) async fn by_id<'a>(
    aws: &Aws,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, types::TransitGatewayVpcAttachment>, Error> {
    let mut found = describe_by(ids, |ids| describe(aws, ids), id_of).await?;
    found.retain(|_, a| !is_gone(a.state()));
    Ok(found)
}

/// All attachments in the region that the account sees.
pub(super) async fn all(aws: &Aws) -> Result<Vec<types::TransitGatewayVpcAttachment>, Error> {
    let alive = filter("state", ["available", "modifying", "pending", "pendingAcceptance"]);
    let call = aws.ec2().describe_transit_gateway_vpc_attachments().filters(alive).max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayVpcAttachments", call)
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::TransitGatewayVpcAttachment>, Error> {
    let call = (aws.ec2().describe_transit_gateway_vpc_attachments())
        .filters(filter("transit-gateway-attachment-id", ids))
        .max_results(PAGE);
    pages!(aws, "ec2:DescribeTransitGatewayVpcAttachments", call)
}

/// One attachment, in a call shared with others.
pub(super) async fn one(aws: &Aws, id: &str) -> Result<Option<types::TransitGatewayVpcAttachment>, Error> {
    let all = |ids| one_each(ids, |ids| describe(aws, ids), id_of);
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

fn id_of(attachment: &types::TransitGatewayVpcAttachment) -> Option<&str> {
    attachment.transit_gateway_attachment_id()
}

fn is_gone(state: Option<&State>) -> bool {
    matches!(state, Some(State::Deleted | State::Deleting | State::Rejected | State::Failed | State::Failing))
}

/// Waits until an attachment is in one of `wanted` states.
pub(super) async fn wait_for(
    aws: &Aws,
    id: &str,
    wanted: &[State],
) -> Result<types::TransitGatewayVpcAttachment, Error> {
    wait_until(&format!("attachment {id} to be {}", words(wanted)), PATIENCE, || async {
        let Some(attachment) = one(aws, id).await? else { return Ok(Poll::Pending("not found".into())) };
        match attachment.state() {
            Some(state) if wanted.contains(state) => Ok(Poll::Ready(attachment)),
            state if is_gone(state) => {
                let state = state.map_or("unknown", |s| s.as_str());
                Err(Error::new("The attachment failed", format!("{id} is in state {state}.")))
            }
            state => Ok(Poll::Pending(state.map_or("unknown", |s| s.as_str()).to_owned())),
        }
    })
    .await
}

fn words(states: &[State]) -> String {
    states.iter().map(|s| s.as_str().to_owned()).collect::<Vec<_>>().join(" or ")
}

/// Deletes an attachment and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str) -> Result<(), Error> {
    let delete = || {
        let call = aws.ec2().delete_transit_gateway_vpc_attachment().transit_gateway_attachment_id(id).send();
        aws.call("ec2:DeleteTransitGatewayVpcAttachment", call)
    };
    match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => other?,
    };
    wait_until(&format!("attachment {id} to be deleted"), PATIENCE, || async {
        Ok(match one(aws, id).await?.and_then(|a| a.state) {
            None | Some(State::Deleted) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    })
    .await
}

/// The gateways of attachments.
pub(super) fn gateways(
    attachments: &HashMap<String, types::TransitGatewayVpcAttachment>,
) -> HashMap<String, String> {
    let pair = |(id, a): (&String, &types::TransitGatewayVpcAttachment)| {
        Some((id.clone(), a.transit_gateway_id.clone()?))
    };
    attachments.iter().filter_map(pair).collect()
}

/// The options of an attachment, as words.
pub(super) struct Options {
    pub(super) appliance_mode: Option<String>,
    pub(super) dns: Option<String>,
    pub(super) ipv6: Option<String>,
    pub(super) security_groups: Option<String>,
}

pub(super) fn options(remote: &types::TransitGatewayVpcAttachment) -> Options {
    let options = remote.options();
    Options {
        appliance_mode: options.and_then(|o| o.appliance_mode_support()).map(|v| v.as_str().to_owned()),
        dns: options.and_then(|o| o.dns_support()).map(|v| v.as_str().to_owned()),
        ipv6: options.and_then(|o| o.ipv6_support()).map(|v| v.as_str().to_owned()),
        security_groups: options
            .and_then(|o| o.security_group_referencing_support())
            .map(|v| v.as_str().to_owned()),
    }
}
