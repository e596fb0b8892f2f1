//! Endpoints as EC2 describes and modifies them. Knows no schema.

use crate::Aws;
use crate::client::{Poll, retry_while};
use crate::ec2::batch::{PAGE, pages};
use crate::ec2::kind::{self, kind};
use aws_sdk_ec2::operation::modify_vpc_endpoint::builders::ModifyVpcEndpointFluentBuilder as Modify;
use aws_sdk_ec2::types;
use std::time::Duration;
use terrane_sdk::Error;

/// How long endpoints may take to be made, changed or deleted.
pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);

kind!(types::VpcEndpoint, "VPC endpoint", Some("vpc-endpoint-id"), vpc_endpoint_id, |aws, filters| {
    let call = aws.ec2().describe_vpc_endpoints().set_filters(filters).max_results(PAGE);
    pages!(aws, "ec2:DescribeVpcEndpoints", call)
}, gone: |endpoint| ["deleted", "deleting"].contains(&state(endpoint).as_str()));

/// The state in small letters; EC2's letters differ from those of its own model.
pub(super) fn state(endpoint: &types::VpcEndpoint) -> String {
    endpoint.state().map(|s| s.as_str().to_ascii_lowercase()).unwrap_or_default()
}

/// The error of an endpoint that failed.
fn failure(endpoint: &types::VpcEndpoint) -> Error {
    let last = endpoint.last_error().and_then(|e| e.message());
    let why = last.or(endpoint.failure_reason()).unwrap_or("AWS gives no reason.");
    let mut error = Error::new(format!("The VPC endpoint is {}", state(endpoint)), why);
    error.code = endpoint.last_error().and_then(|e| e.code()).map(str::to_owned);
    error
}

/// Waits until the endpoint is usable, or waits for its service's owner to accept it.
pub(super) async fn settled(aws: &Aws, id: &str, timeout: Duration) -> Result<types::VpcEndpoint, Error> {
    kind::wait::<types::VpcEndpoint, _>(aws, id, "to be available", timeout, |endpoint| {
        let Some(endpoint) = endpoint else { return Ok(Poll::Pending("not found".into())) };
        match state(&endpoint).as_str() {
            "available" | "pendingacceptance" | "" => Ok(Poll::Ready(endpoint)),
            "failed" | "rejected" | "expired" => Err(failure(&endpoint)),
            other => Ok(Poll::Pending(other.to_owned())),
        }
    })
    .await
}

/// Waits until the endpoint is no more.
pub(super) async fn gone(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    kind::wait::<types::VpcEndpoint, _>(aws, id, "to be deleted", timeout, |endpoint| {
        Ok(match endpoint.map(|e| state(&e)) {
            None => Poll::Ready(()),
            Some(state) if state == "deleted" => Poll::Ready(()),
            Some(state) => Poll::Pending(state),
        })
    })
    .await
}

/// Modifies an endpoint, which takes one change at a time, and waits for the change.
pub(super) async fn modify(
    aws: &Aws,
    id: &str,
    timeout: Duration,
    change: impl Fn(Modify) -> Modify,
) -> Result<types::VpcEndpoint, Error> {
    let busy = |e: &Error| e.has_code(&["IncorrectState", "OperationInProgress"]);
    let call = || {
        let call = change(aws.ec2().modify_vpc_endpoint().vpc_endpoint_id(id));
        aws.call("ec2:ModifyVpcEndpoint", call.send())
    };
    retry_while(timeout, busy, call).await?;
    settled(aws, id, timeout).await
}

/// Deletes an endpoint; one that is gone already is no error.
pub(super) async fn delete(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    let call = || async {
        let call = aws.ec2().delete_vpc_endpoints().vpc_endpoint_ids(id).send();
        let answer = aws.call("ec2:DeleteVpcEndpoints", call).await?;
        let refused = answer.unsuccessful.unwrap_or_default().into_iter().find_map(|u| u.error);
        refused.map_or(Ok(()), |refused| {
            let why = refused.message.unwrap_or_else(|| "AWS gives no reason.".into());
            let mut error = Error::new("DeleteVpcEndpoints failed", why).operation("ec2:DeleteVpcEndpoints");
            error.code = refused.code;
            Err(error)
        })
    };
    kind::delete(timeout, call).await?;
    gone(aws, id, timeout).await
}

/// Lets the owner of the endpoint's service, when it is this account, accept the endpoint.
pub(super) async fn accept(aws: &Aws, endpoint: &types::VpcEndpoint) -> Result<(), Error> {
    let service = endpoint.service_name().unwrap_or_default();
    let call = aws.ec2().describe_vpc_endpoint_services().service_names(service).send();
    let found = aws.call("ec2:DescribeVpcEndpointServices", call).await?;
    let details = found.service_details.unwrap_or_default();
    let id = details.into_iter().find_map(|d| d.service_id).ok_or_else(|| {
        let detail = format!("{service} is not found, so that the endpoint cannot be accepted.");
        Error::new("The endpoint's service is not found", detail).attribute("auto_accept")
    })?;
    let call = (aws.ec2().accept_vpc_endpoint_connections())
        .service_id(id)
        .set_vpc_endpoint_ids(endpoint.vpc_endpoint_id.clone().map(|id| vec![id]))
        .send();
    aws.call("ec2:AcceptVpcEndpointConnections", call).await.map(|_| ())
}
