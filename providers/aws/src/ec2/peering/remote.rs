//! Peering connections as EC2 describes them, and the calls that all their types make. Knows no
//! schema but the block of options.

use super::PeeringOptions;
use crate::Aws;
use crate::client::{PROPAGATION, Poll, retry_while};
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::kind::{self, kind};
use aws_sdk_ec2::types::{
    PeeringConnectionOptionsRequest, VpcPeeringConnection as Remote,
    VpcPeeringConnectionStateReasonCode as State, VpcPeeringConnectionVpcInfo as Side,
};
use std::time::Duration;
use terrane_sdk::Error;

/// How long a connection may take to come and go.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

kind!(Remote, "VPC peering connection", Some("vpc-peering-connection-id"), vpc_peering_connection_id, |aws, filters| {
    let call = aws.ec2().describe_vpc_peering_connections().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeVpcPeeringConnections", call)
}, gone: |connection| matches!(
    state(connection),
    Some(State::Deleted | State::Deleting | State::Expired | State::Failed | State::Rejected)
));

/// How far a connection is.
pub(super) fn state(connection: &Remote) -> Option<&State> {
    connection.status().and_then(|s| s.code())
}

/// The state in the words of the API.
pub(super) fn status(connection: &Remote) -> String {
    state(connection).map(|s| s.as_str().to_owned()).unwrap_or_default()
}

/// Waits until the connection is one of `wanted`.
pub(super) async fn reach(aws: &Aws, id: &str, wanted: &[State], timeout: Duration) -> Result<Remote, Error> {
    kind::wait::<Remote, _>(aws, id, "to be ready", timeout, |found| {
        let Some(found) = found else { return Ok(Poll::Pending("not found".into())) };
        match state(&found) {
            Some(state) if wanted.contains(state) => Ok(Poll::Ready(found)),
            Some(State::Failed | State::Rejected | State::Expired | State::Deleted) => {
                let why = found.status().and_then(|s| s.message()).unwrap_or("AWS gives no reason.");
                Err(Error::new(format!("The VPC peering connection is {}", status(&found)), why))
            }
            _ => Ok(Poll::Pending(status(&found))),
        }
    })
    .await
}

/// Accepts a connection that waits for it, and waits until it is active.
pub(super) async fn accept(aws: &Aws, id: &str, timeout: Duration) -> Result<Remote, Error> {
    let accept = || {
        let call = aws.ec2().accept_vpc_peering_connection().vpc_peering_connection_id(id).send();
        aws.call("ec2:AcceptVpcPeeringConnection", call)
    };
    // The other region may not know of the connection yet.
    let early = |e: &Error| e.has_code(&["InvalidVpcPeeringConnectionID.NotFound"]);
    retry_while(PROPAGATION.min(timeout), early, accept).await?;
    reach(aws, id, &[State::Active], timeout).await
}

/// The options of one side, when EC2 tells them.
pub(super) fn options_of(side: Option<&Side>) -> Option<PeeringOptions> {
    let options = side?.peering_options()?;
    let resolves = options.allow_dns_resolution_from_remote_vpc().unwrap_or_default();
    Some(PeeringOptions { allow_remote_vpc_dns_resolution: Some(resolves) })
}

/// The options of both sides that differ from what there is.
pub(super) struct Change {
    accepter: Option<PeeringOptions>,
    requester: Option<PeeringOptions>,
}

impl Change {
    /// What is to be changed of `now`, so that it has the options that are wanted.
    pub(super) fn of(
        now: &Remote,
        accepter: Option<&PeeringOptions>,
        requester: Option<&PeeringOptions>,
    ) -> Option<Change> {
        let new = |side: Option<&Side>, wanted: Option<&PeeringOptions>| {
            let there = options_of(side).unwrap_or_default();
            wanted.filter(|w| w.resolves() != there.resolves()).cloned()
        };
        let change = Change {
            accepter: new(now.accepter_vpc_info(), accepter),
            requester: new(now.requester_vpc_info(), requester),
        };
        (change.accepter.is_some() || change.requester.is_some()).then_some(change)
    }

    /// Changes the options and waits until EC2 tells them.
    pub(super) async fn apply(&self, aws: &Aws, id: &str, timeout: Duration) -> Result<Remote, Error> {
        let request = |options: &Option<PeeringOptions>| {
            let resolves = options.as_ref()?.resolves();
            let request = PeeringConnectionOptionsRequest::builder();
            Some(request.allow_dns_resolution_from_remote_vpc(resolves).build())
        };
        let call = (aws.ec2().modify_vpc_peering_connection_options())
            .vpc_peering_connection_id(id)
            .set_accepter_peering_connection_options(request(&self.accepter))
            .set_requester_peering_connection_options(request(&self.requester))
            .send();
        aws.call("ec2:ModifyVpcPeeringConnectionOptions", call).await?;
        kind::wait::<Remote, _>(aws, id, "to have its options", timeout.max(PATIENCE), |found| {
            let Some(found) = found else { return Ok(Poll::Pending("not found".into())) };
            Ok(match Change::of(&found, self.accepter.as_ref(), self.requester.as_ref()) {
                None => Poll::Ready(found),
                Some(_) => Poll::Pending("other options".into()),
            })
        })
        .await
    }
}

/// Gives a connection the options that are wanted, which only an active one takes.
pub(super) async fn put_options(
    aws: &Aws,
    now: Remote,
    accepter: Option<&PeeringOptions>,
    requester: Option<&PeeringOptions>,
    timeout: Duration,
) -> Result<Remote, Error> {
    let Some(change) = Change::of(&now, accepter, requester) else { return Ok(now) };
    let id = now.vpc_peering_connection_id().unwrap_or_default();
    if state(&now) != Some(&State::Active) {
        let detail = format!(
            "The connection {id} is {}. Its options can be set when the other side has accepted it: \
             set them with aws_vpc_peering_connection_options after \
             aws_vpc_peering_connection_accepter.",
            status(&now)
        );
        return Err(Error::new("Options of a peering connection that is not active", detail));
    }
    change.apply(aws, id, timeout).await
}

/// The sides of a connection, as this account sees them: its own VPC and the other one.
pub(super) struct Sides<'a> {
    pub(super) own: Option<&'a Side>,
    pub(super) peer: Option<&'a Side>,
    /// The region of the side that accepts.
    pub(super) region: &'a str,
}

impl<'a> Sides<'a> {
    pub(super) fn of(connection: &'a Remote, account: &str) -> Sides<'a> {
        let (accepter, requester) = (connection.accepter_vpc_info(), connection.requester_vpc_info());
        let owner = |side: Option<&'a Side>| side.and_then(|s| s.owner_id()).unwrap_or_default();
        let accepts = owner(accepter) == account && owner(requester) != account;
        let (own, peer) = if accepts { (accepter, requester) } else { (requester, accepter) };
        Sides { own, peer, region: accepter.and_then(|s| s.region()).unwrap_or_default() }
    }

    pub(super) fn text(side: Option<&Side>, f: fn(&Side) -> Option<&str>) -> String {
        side.and_then(f).unwrap_or_default().to_owned()
    }
}
