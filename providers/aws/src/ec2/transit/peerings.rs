//! Attachments of transit gateways to each other, as either side sees them.

use super::PATIENCE;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::kind::{self, Kind, kind};
use aws_sdk_ec2::types::{self, TransitGatewayAttachmentState as State};
use terrane_sdk::Error;

kind!(
    types::TransitGatewayPeeringAttachment,
    "peering attachment",
    Some("transit-gateway-attachment-id"),
    transit_gateway_attachment_id,
    |aws, filters| {
        let call = aws.ec2().describe_transit_gateway_peering_attachments().set_filters(filters);
        pages!(aws, "ec2:DescribeTransitGatewayPeeringAttachments", call.max_results(PAGE))
    },
    gone: |attachment| is_gone(attachment.state())
);

pub(super) fn is_gone(state: Option<&State>) -> bool {
    matches!(state, Some(State::Deleted | State::Deleting | State::Rejected | State::Failed | State::Failing))
}

/// Waits until an attachment is in one of `wanted` states.
pub(super) async fn wait_for(
    aws: &Aws,
    id: &str,
    wanted: &[State],
) -> Result<types::TransitGatewayPeeringAttachment, Error> {
    let words = wanted.iter().map(State::as_str).collect::<Vec<_>>().join(" or ");
    let ready = |found: Option<types::TransitGatewayPeeringAttachment>| match found {
        Some(attachment) if attachment.state().is_some_and(|s| wanted.contains(s)) => {
            Ok(Poll::Ready(attachment))
        }
        Some(attachment) if attachment.is_gone() => Err(failed(id, &attachment)),
        other => {
            let state = other.and_then(|a| a.state);
            Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned())))
        }
    };
    kind::wait(aws, id, &format!("to be {words}"), PATIENCE, ready).await
}

/// Why an attachment came to nothing, in the other side's words if it said some.
fn failed(id: &str, attachment: &types::TransitGatewayPeeringAttachment) -> Error {
    let state = attachment.state().map_or("unknown", State::as_str);
    let why = attachment.status().and_then(|s| s.message()).map(|m| format!(": {m}")).unwrap_or_default();
    Error::new("The peering attachment failed", format!("{id} is in state {state}{why}."))
}

/// Deletes an attachment, which either side can, and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str) -> Result<(), Error> {
    let delete = || {
        let call = aws.ec2().delete_transit_gateway_peering_attachment().transit_gateway_attachment_id(id);
        aws.call("ec2:DeleteTransitGatewayPeeringAttachment", call.send())
    };
    match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => drop(other?),
    }
    let gone = |found: Option<types::TransitGatewayPeeringAttachment>| {
        Ok(match found.and_then(|a| a.state) {
            None | Some(State::Deleted) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    };
    kind::wait(aws, id, "to be deleted", PATIENCE, gone).await
}
