//! Instances as EC2 describes, starts, stops and terminates them. Knows no schema.

use crate::Aws;
use crate::client::{PROPAGATION, Poll, is_not_found, retry_while};
use crate::ec2::batch::PAGE;
use crate::ec2::kind::{self, kind};
use aws_sdk_ec2::types::{Instance as Remote, InstanceStateName as State};
use std::time::Duration;
use terrane_sdk::{Computed, Error};

kind!(Remote, "instance", Some("instance-id"), instance_id, |aws, filters| {
    let call = aws.ec2().describe_instances().set_filters(filters).max_results(PAGE);
    let reservations: Vec<aws_sdk_ec2::types::Reservation> = aws
        .call("ec2:DescribeInstances", async {
            let mut pages = call.into_paginator().send();
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.extend(page?.reservations.unwrap_or_default());
            }
            Ok::<_, aws_sdk_ec2::error::SdkError<_, _>>(all)
        })
        .await?;
    Ok(reservations.into_iter().flat_map(|r| r.instances.unwrap_or_default()).collect())
}, gone: |instance| matches!(state(instance), Some(State::Terminated | State::ShuttingDown)));

/// How an instance is.
pub(super) fn state(instance: &Remote) -> Option<&State> {
    instance.state().and_then(|s| s.name())
}

/// Waits until the instance is `wanted`.
pub(super) async fn reach(aws: &Aws, id: &str, wanted: &State, timeout: Duration) -> Result<Remote, Error> {
    let what = format!("to be {}", wanted.as_str());
    kind::wait::<Remote, _>(aws, id, &what, timeout, |found| {
        let Some(found) = found else { return Ok(Poll::Pending("not found".into())) };
        match state(&found) {
            Some(state) if state == wanted => Ok(Poll::Ready(found)),
            Some(State::Terminated | State::ShuttingDown) => {
                let why = found.state_reason().and_then(|r| r.message()).unwrap_or("AWS gives no reason.");
                let mut error = Error::new(format!("The instance {id} ended"), why);
                error.code = found.state_reason().and_then(|r| r.code()).map(str::to_owned);
                Err(error)
            }
            state => Ok(Poll::Pending(state.map_or_else(|| "unknown".into(), |s| s.as_str().to_owned()))),
        }
    })
    .await
}

/// Stops an instance and waits for it; one that has ended, or is gone, is no error.
pub(in crate::ec2) async fn stop(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    match kind::find::<Remote>(aws, id).await?.as_ref().map(state) {
        None | Some(Some(State::Terminated | State::ShuttingDown | State::Stopped)) => return Ok(()),
        _ => {}
    }
    let stop = || aws.call("ec2:StopInstances", aws.ec2().stop_instances().instance_ids(id).send());
    match retry_while(PROPAGATION.min(timeout), |e| e.has_code(&["IncorrectInstanceState"]), stop).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => other?,
    };
    reach(aws, id, &State::Stopped, timeout).await.map(|_| ())
}

/// Starts an instance and waits for it.
pub(super) async fn start(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let start = || aws.call("ec2:StartInstances", aws.ec2().start_instances().instance_ids(id).send());
    // The change before may not be known to all servers.
    let early = |e: &Error| {
        e.has_code(&["IncorrectInstanceState", "InvalidParameterValue"])
            && !e.detail.contains("not supported")
    };
    retry_while(Duration::from_secs(60).min(timeout), early, start).await?;
    reach(aws, id, &State::Running, timeout).await.map(|_| ())
}

/// Cancels a request of spot instances; one that is gone is no error.
pub(super) async fn cancel(aws: &Aws, request: &Computed<String>) -> Result<(), Error> {
    let call = aws.ec2().cancel_spot_instance_requests().spot_instance_request_ids(request.known()?).send();
    match aws.call("ec2:CancelSpotInstanceRequests", call).await {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other.map(|_| ()),
    }
}

/// Terminates an instance and waits for it; one that has ended, or is gone, is no error.
pub(super) async fn terminate(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let call = aws.ec2().terminate_instances().instance_ids(id).send();
    match aws.call("ec2:TerminateInstances", call).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => other?,
    };
    kind::wait::<Remote, _>(aws, id, "to be terminated", timeout, |found| {
        Ok(match found.as_ref().map(state) {
            None | Some(Some(State::Terminated)) => Poll::Ready(()),
            Some(state) => Poll::Pending(state.map_or_else(String::new, |s| s.as_str().to_owned())),
        })
    })
    .await
}
