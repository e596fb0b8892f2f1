//! Attachments of VPCs to transit gateways, as seen by either account: found, waited for,
//! deleted; and whether they are in the gateway's default route tables, which only its owner sees.

use super::PATIENCE;
use super::entries::{Entry, entries_of};
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

/// Which of a gateway's default route tables an attachment is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Defaults {
    pub(super) association: bool,
    pub(super) propagation: bool,
}

/// The default route tables of a gateway of the account's.
#[derive(Clone, Debug, Default)]
pub(super) struct Gateway {
    pub(super) association: Option<String>,
    pub(super) propagation: Option<String>,
}

/// The gateways with these ids, if they are the account's: to others their tables are hidden.
pub(super) async fn own_gateways<'a>(
    aws: &Aws,
    ids: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, Gateway>, Error> {
    let describe = |ids: Vec<String>| async move {
        let call = (aws.ec2().describe_transit_gateways())
            .filters(filter("transit-gateway-id", ids))
            .max_results(PAGE);
        pages!(aws, "ec2:DescribeTransitGateways", call)
    };
    let key = |g: &types::TransitGateway| g.transit_gateway_id().map(str::to_owned);
    let found = crate::ec2::batch::describe_all(ids, describe).await?;
    let account = aws.account().await?;
    let own = found.into_iter().filter(|g| g.owner_id() == Some(&*account));
    Ok(own
        .filter_map(|g| {
            let options = g.options();
            let gateway = Gateway {
                association: options.and_then(|o| o.association_default_route_table_id()).map(str::to_owned),
                propagation: options.and_then(|o| o.propagation_default_route_table_id()).map(str::to_owned),
            };
            Some((key(&g)?, gateway))
        })
        .collect())
}

/// For each attachment of the account's own gateways, whether it is in their default tables. One
/// request for each table and page.
pub(super) async fn defaults(
    aws: &Aws,
    attachments: &HashMap<String, types::TransitGatewayVpcAttachment>,
) -> Result<HashMap<String, Defaults>, Error> {
    let gateways = own_gateways(aws, attachments.values().filter_map(|a| a.transit_gateway_id())).await?;
    let association = gateways.values().filter_map(|g| g.association.as_deref());
    let propagation = gateways.values().filter_map(|g| g.propagation.as_deref());
    let (associated, propagated) = futures::try_join!(
        entries_of(aws, Entry::Association, association),
        entries_of(aws, Entry::Propagation, propagation),
    )?;
    let within = |table: Option<&String>, id: &String, found: &super::entries::Entries| {
        table.is_some_and(|table| found.get(table).is_some_and(|ids| ids.contains_key(id)))
    };
    Ok(attachments
        .iter()
        .filter_map(|(id, attachment)| {
            let gateway = gateways.get(attachment.transit_gateway_id()?)?;
            let defaults = Defaults {
                association: within(gateway.association.as_ref(), id, &associated),
                propagation: within(gateway.propagation.as_ref(), id, &propagated),
            };
            Some((id.clone(), defaults))
        })
        .collect())
}

/// Puts an attachment into the default tables of a gateway of the account's, or takes it out.
pub(super) async fn change_defaults(
    aws: &Aws,
    attachment: &types::TransitGatewayVpcAttachment,
    wanted: Defaults,
) -> Result<(), Error> {
    let id = attachment.transit_gateway_attachment_id().unwrap_or_default();
    let gateway_id = attachment.transit_gateway_id().unwrap_or_default();
    let Some(gateway) = own_gateways(aws, [gateway_id]).await?.remove(gateway_id) else { return Ok(()) };
    let now = defaults(aws, &HashMap::from([(id.to_owned(), attachment.clone())])).await?;
    let now = now.get(id).copied().unwrap_or(Defaults { association: false, propagation: false });
    let pairs = [
        (Entry::Association, &gateway.association, now.association, wanted.association),
        (Entry::Propagation, &gateway.propagation, now.propagation, wanted.propagation),
    ];
    for (kind, table, now, wanted) in pairs {
        let Some(table) = table else { continue };
        match (now, wanted) {
            (false, true) => kind.add(aws, table, id).await?,
            (true, false) => kind.remove(aws, table, id).await?,
            _ => {}
        }
    }
    Ok(())
}
