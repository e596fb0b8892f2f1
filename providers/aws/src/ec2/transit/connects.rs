//! Connect attachments and their peers as EC2 describes them: found, waited for, deleted.

use super::peerings::is_gone;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::kind::{self, Kind, kind};
use aws_sdk_ec2::types::{
    self, TransitGatewayAttachmentState as State, TransitGatewayConnectPeerState as PeerState,
};
use std::time::Duration;
use terrane_sdk::Error;

kind!(
    types::TransitGatewayConnect,
    "Connect attachment",
    Some("transit-gateway-attachment-id"),
    transit_gateway_attachment_id,
    |aws, filters| {
        let call = aws.ec2().describe_transit_gateway_connects().set_filters(filters).max_results(PAGE);
        pages!(aws, "ec2:DescribeTransitGatewayConnects", call)
    },
    gone: |attachment| is_gone(attachment.state())
);

kind!(
    types::TransitGatewayConnectPeer,
    "Connect peer",
    Some("transit-gateway-connect-peer-id"),
    transit_gateway_connect_peer_id,
    |aws, filters| {
        let call = aws.ec2().describe_transit_gateway_connect_peers().set_filters(filters);
        pages!(aws, "ec2:DescribeTransitGatewayConnectPeers", call.max_results(PAGE))
    },
    gone: |peer| matches!(peer.state(), Some(PeerState::Deleted | PeerState::Deleting))
);

/// Waits until an attachment is in a state.
pub(super) async fn wait_for(
    aws: &Aws,
    id: &str,
    wanted: State,
    timeout: Duration,
) -> Result<types::TransitGatewayConnect, Error> {
    let wanted = &wanted;
    let ready = |found: Option<types::TransitGatewayConnect>| match found {
        Some(attachment) if attachment.state() == Some(wanted) => Ok(Poll::Ready(attachment)),
        Some(attachment) if attachment.is_gone() => {
            let state = attachment.state().map_or("unknown", State::as_str);
            Err(Error::new("The Connect attachment failed", format!("{id} is in state {state}.")))
        }
        other => {
            let state = other.and_then(|a| a.state);
            Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned())))
        }
    };
    kind::wait(aws, id, &format!("to be {}", wanted.as_str()), timeout, ready).await
}

/// Deletes an attachment and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let delete = || {
        let call = aws.ec2().delete_transit_gateway_connect().transit_gateway_attachment_id(id).send();
        aws.call("ec2:DeleteTransitGatewayConnect", call)
    };
    match retry_while(timeout, |e| e.has_code(&["IncorrectState"]), delete).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => drop(other?),
    }
    let gone = |found: Option<types::TransitGatewayConnect>| {
        Ok(match found.and_then(|a| a.state) {
            None | Some(State::Deleted) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    };
    kind::wait(aws, id, "to be deleted", timeout, gone).await
}

/// Waits until a peer is available.
pub(super) async fn wait_for_peer(
    aws: &Aws,
    id: &str,
    timeout: Duration,
) -> Result<types::TransitGatewayConnectPeer, Error> {
    let ready = |found: Option<types::TransitGatewayConnectPeer>| match found {
        Some(peer) if peer.state() == Some(&PeerState::Available) => Ok(Poll::Ready(peer)),
        Some(peer) if peer.is_gone() => {
            Err(Error::new("The Connect peer vanished", format!("{id} is being deleted.")))
        }
        other => {
            let state = other.and_then(|p| p.state);
            Ok(Poll::Pending(state.map_or_else(|| "not found".into(), |s| s.as_str().to_owned())))
        }
    };
    kind::wait(aws, id, "to be available", timeout, ready).await
}

/// Deletes a peer and waits until it is gone.
pub(super) async fn delete_peer(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let delete = || {
        let call = aws.ec2().delete_transit_gateway_connect_peer().transit_gateway_connect_peer_id(id).send();
        aws.call("ec2:DeleteTransitGatewayConnectPeer", call)
    };
    match retry_while(timeout, |e| e.has_code(&["IncorrectState"]), delete).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => drop(other?),
    }
    let gone = |found: Option<types::TransitGatewayConnectPeer>| {
        Ok(match found.and_then(|p| p.state) {
            None | Some(PeerState::Deleted) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.as_str().to_owned()),
        })
    };
    kind::wait(aws, id, "to be deleted", timeout, gone).await
}
