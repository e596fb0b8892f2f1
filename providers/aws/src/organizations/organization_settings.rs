//! What can be switched on in an organization: kinds of policies, and services of AWS that work in all its accounts.

use super::{change, pages, unless};
use crate::Aws;
use crate::client::{Poll, wait_until};
use aws_sdk_organizations::types::{PolicyType, PolicyTypeStatus, Root};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::Error;

/// How long it may take until a kind of policies is on, or off.
const POLICY_TYPE: Duration = Duration::from_secs(5 * 60);

/// The roots, of which there is one.
pub(super) async fn roots(aws: &Aws) -> Result<Vec<Root>, Error> {
    pages!(aws, "organizations:ListRoots", aws.organizations().list_roots(), roots)
}

/// The kinds of policies that are on.
pub(super) fn enabled_policy_types(roots: &[Root]) -> BTreeSet<String> {
    let types = roots.iter().flat_map(|root| root.policy_types());
    let on = types.filter(|t| t.status == Some(PolicyTypeStatus::Enabled));
    on.filter_map(|t| Some(t.r#type.as_ref()?.as_str().to_owned())).collect()
}

/// The services that work in all accounts.
pub(super) async fn services(aws: &Aws) -> Result<BTreeSet<String>, Error> {
    let call = aws.organizations().list_aws_service_access_for_organization();
    let found =
        pages!(aws, "organizations:ListAWSServiceAccessForOrganization", call, enabled_service_principals)?;
    Ok(found.into_iter().filter_map(|service| service.service_principal).collect())
}

/// Lets these services work in all accounts, and no longer those that were to before.
pub(super) async fn change_services(
    aws: &Aws,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Result<(), Error> {
    for service in before.difference(after) {
        change(|| {
            let call = aws.organizations().disable_aws_service_access().service_principal(service);
            aws.call("organizations:DisableAWSServiceAccess", call.send())
        })
        .await?;
    }
    for service in after.difference(before) {
        change(|| {
            let call = aws.organizations().enable_aws_service_access().service_principal(service);
            aws.call("organizations:EnableAWSServiceAccess", call.send())
        })
        .await?;
    }
    Ok(())
}

/// Switches kinds of policies on and off, and waits until they are.
pub(super) async fn change_policy_types(
    aws: &Aws,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
) -> Result<(), Error> {
    if before == after {
        return Ok(());
    }
    let missing = || {
        Error::new("The organization has no root", "Policies are enabled at the root, which was not listed.")
    };
    let root = roots(aws).await?.into_iter().find_map(|root| root.id).ok_or_else(missing)?;
    for kind in before.difference(after) {
        let off = change(|| {
            let call = aws.organizations().disable_policy_type().root_id(&root);
            let call = call.policy_type(PolicyType::from(kind.as_str()));
            aws.call("organizations:DisablePolicyType", call.send())
        });
        unless(&["PolicyTypeNotEnabledException"], off.await)?;
        wait_for(aws, kind, false).await?;
    }
    for kind in after.difference(before) {
        let on = change(|| {
            let call = aws.organizations().enable_policy_type().root_id(&root);
            let call = call.policy_type(PolicyType::from(kind.as_str()));
            aws.call("organizations:EnablePolicyType", call.send())
        });
        unless(&["PolicyTypeAlreadyEnabledException"], on.await)?;
        wait_for(aws, kind, true).await?;
    }
    Ok(())
}

/// Waits until a kind of policies is on, or off, at the root.
async fn wait_for(aws: &Aws, kind: &str, on: bool) -> Result<(), Error> {
    let what = format!("{kind} to be {}", if on { "enabled" } else { "disabled" });
    wait_until(&what, POLICY_TYPE, || async {
        let roots = roots(aws).await?;
        let types = roots.iter().flat_map(|root| root.policy_types());
        let status = types.filter(|t| t.r#type.as_ref().is_some_and(|t| t.as_str() == kind));
        let status = status.filter_map(|t| t.status.clone()).next();
        let reached = match &status {
            Some(status) => on && *status == PolicyTypeStatus::Enabled,
            None => !on,
        };
        Ok(match reached {
            true => Poll::Ready(()),
            false => Poll::Pending(status.map_or("not enabled".to_owned(), |s| s.as_str().to_owned())),
        })
    })
    .await
}
