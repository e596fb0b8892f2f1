//! Who may make endpoints for a service.

use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::batch::{PAGE, pages};
use aws_sdk_ec2::types::AllowedPrincipal;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{Error, join_all};

/// The permissions of a service.
pub(super) async fn list(aws: &Aws, service: &str) -> Result<Vec<AllowedPrincipal>, Error> {
    let call = aws.ec2().describe_vpc_endpoint_service_permissions().service_id(service).max_results(PAGE);
    pages!(aws, "ec2:DescribeVpcEndpointServicePermissions", call)
}

/// The principals that may use a service.
pub(super) async fn of(aws: &Aws, service: &str) -> Result<BTreeSet<String>, Error> {
    Ok(list(aws, service).await?.into_iter().filter_map(|p| p.principal).collect())
}

/// The principals of services. EC2 tells them service by service, so that these calls run side by side.
pub(super) async fn of_each(
    aws: &Aws,
    services: BTreeSet<String>,
) -> Result<HashMap<String, BTreeSet<String>>, Error> {
    let read = |id: String| async move {
        match of(aws, &id).await {
            Err(e) if is_not_found(&e) => Ok((id, BTreeSet::new())),
            other => other.map(|principals| (id, principals)),
        }
    };
    join_all(services.into_iter().map(read)).await.into_iter().collect()
}

/// Adds and removes principals.
pub(super) async fn change(
    aws: &Aws,
    service: &str,
    added: Vec<String>,
    removed: Vec<String>,
) -> Result<(), Error> {
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let call = (aws.ec2().modify_vpc_endpoint_service_permissions().service_id(service))
        .set_add_allowed_principals((!added.is_empty()).then_some(added))
        .set_remove_allowed_principals((!removed.is_empty()).then_some(removed))
        .send();
    aws.call("ec2:ModifyVpcEndpointServicePermissions", call).await.map(|_| ())
}

/// Makes the principals of a service those that are wanted.
pub(super) async fn put(aws: &Aws, service: &str, wanted: &BTreeSet<String>) -> Result<(), Error> {
    let there = of(aws, service).await?;
    let added = wanted.difference(&there).cloned().collect();
    let removed = there.difference(wanted).cloned().collect();
    change(aws, service, added, removed).await
}
