//! The policies of a role that its own resource manages: attached ones and inline ones.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::Error;

use super::holder::{Holder, Roles};
use super::listing::pages;
use super::role::{InlinePolicy, Role};
use super::unless_gone;

/// The ARNs of the policies attached to a role.
pub(super) async fn attached(aws: &Aws, role: &str) -> Result<BTreeSet<String>, Error> {
    Ok(Roles::attached(aws, role).await?.unwrap_or_default())
}

/// The inline policies of a role.
pub(super) async fn inline(aws: &Aws, role: &str) -> Result<BTreeSet<InlinePolicy>, Error> {
    let mut policies = BTreeSet::new();
    for name in Roles::inline_names(aws, role).await?.unwrap_or_default() {
        if let Some(policy) = Roles::inline(aws, role, &name).await? {
            policies.insert(InlinePolicy { name: Some(name), policy: Some(policy) });
        }
    }
    Ok(policies)
}

/// Gives a new role its policies.
pub(super) async fn add_all(aws: &Aws, name: &str, role: &Role) -> Result<(), Error> {
    for policy in &role.inline_policy {
        put(aws, name, policy).await?;
    }
    for arn in role.managed_policy_arns.get().into_iter().flatten() {
        Roles::attach(aws, name, arn).await?;
    }
    Ok(())
}

/// Changes the policies of a role from what it had to what it shall have.
pub(super) async fn change(aws: &Aws, name: &str, prior: &Role, planned: &Role) -> Result<(), Error> {
    let names = |role: &Role| -> BTreeSet<String> {
        role.inline_policy.iter().filter_map(|p| p.name.clone()).collect()
    };
    for policy in names(prior).difference(&names(planned)) {
        Roles::delete(aws, name, policy).await?;
    }
    for policy in planned.inline_policy.difference(&prior.inline_policy) {
        put(aws, name, policy).await?;
    }
    if let (Some(before), Some(after)) = (prior.managed_policy_arns.get(), planned.managed_policy_arns.get())
    {
        for arn in before.difference(after) {
            Roles::detach(aws, name, arn).await?;
        }
        for arn in after.difference(before) {
            Roles::attach(aws, name, arn).await?;
        }
    }
    Ok(())
}

/// Detaches all policies.
pub(super) async fn detach_all(aws: &Aws, role: &str) -> Result<(), Error> {
    for arn in attached(aws, role).await? {
        Roles::detach(aws, role, &arn).await?;
    }
    Ok(())
}

/// Deletes all inline policies.
pub(super) async fn delete_all(aws: &Aws, role: &str) -> Result<(), Error> {
    for name in Roles::inline_names(aws, role).await?.unwrap_or_default() {
        Roles::delete(aws, role, &name).await?;
    }
    Ok(())
}

/// Takes the role out of the instance profiles that it is in.
pub(super) async fn leave_instance_profiles(aws: &Aws, role: &str) -> Result<(), Error> {
    let call = aws.iam().list_instance_profiles_for_role().role_name(role);
    let profiles = unless_gone(pages!(aws, "iam:ListInstanceProfilesForRole", call))?;
    for profile in profiles.unwrap_or_default() {
        let call = aws.iam().remove_role_from_instance_profile().role_name(role);
        let call = call.instance_profile_name(profile.instance_profile_name).send();
        unless_gone(aws.call("iam:RemoveRoleFromInstanceProfile", call).await)?;
    }
    Ok(())
}

async fn put(aws: &Aws, role: &str, policy: &InlinePolicy) -> Result<(), Error> {
    let (Some(name), Some(document)) = (&policy.name, &policy.policy) else { return Ok(()) };
    Roles::put(aws, role, name, document).await
}
