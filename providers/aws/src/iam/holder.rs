//! What can have policies: groups, roles and users. IAM has the same calls for each of them, under
//! other names; here they have the same names. Policies are written into a holder (inline), or
//! attached to it. Knows no resource type.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use aws_sdk_iam::types::{AttachedPolicy, PolicyDetail};
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use terrane_sdk::Error;

use super::conflict::named;
use super::listing::{self, pages};
use super::propagation::once_known;
use super::{is_busy, policy_json, unless_gone};

/// The policies of one holder, from a listing of all holders.
#[derive(Clone, Debug, Default)]
pub(super) struct Policies {
    inline: Vec<PolicyDetail>,
    attached: Vec<AttachedPolicy>,
}

impl Policies {
    fn new(inline: Option<Vec<PolicyDetail>>, attached: Option<Vec<AttachedPolicy>>) -> Policies {
        Policies { inline: inline.unwrap_or_default(), attached: attached.unwrap_or_default() }
    }

    /// The text of inline policy `name`.
    pub(super) fn inline(&self, name: &str) -> Option<String> {
        let found = self.inline.iter().find(|p| p.policy_name.as_deref() == Some(name))?;
        Some(policy_json::decoded(found.policy_document.as_deref().unwrap_or_default()))
    }

    /// The names of the inline policies.
    pub(super) fn inline_names(&self) -> BTreeSet<String> {
        self.inline.iter().filter_map(|p| p.policy_name.clone()).collect()
    }

    /// The ARNs of the attached policies.
    pub(super) fn attached(&self) -> BTreeSet<String> {
        self.attached.iter().filter_map(|p| p.policy_arn.clone()).collect()
    }
}

/// The policies that a holder still has, in words.
pub(super) async fn policies_of<H: Holder>(aws: &Aws, holder: &str) -> Result<Vec<String>, Error> {
    let attached = H::attached(aws, holder).await?.unwrap_or_default();
    let inline = H::inline_names(aws, holder).await?.unwrap_or_default();
    Ok([named("the attached policy", attached), named("the inline policy", inline)].concat())
}

/// A kind of holder. What is put, attached or removed again is no error.
pub(super) trait Holder: Send + Sync + 'static {
    /// What import ids call it: `GROUP`.
    const PLACEHOLDER: &'static str;

    /// Writes a policy into the holder. One that was just made may not be known everywhere yet.
    fn put(
        aws: &Aws,
        holder: &str,
        name: &str,
        document: &str,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// The text of an inline policy.
    fn inline(
        aws: &Aws,
        holder: &str,
        name: &str,
    ) -> impl Future<Output = Result<Option<String>, Error>> + Send;

    /// The names of all inline policies; `None` when there is no such holder.
    fn inline_names(
        aws: &Aws,
        holder: &str,
    ) -> impl Future<Output = Result<Option<BTreeSet<String>>, Error>> + Send;

    /// Removes an inline policy.
    fn delete(aws: &Aws, holder: &str, name: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// Attaches a policy. It or the holder may have been made just now.
    fn attach(aws: &Aws, holder: &str, arn: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// The ARNs of the attached policies; `None` when there is no such holder.
    fn attached(
        aws: &Aws,
        holder: &str,
    ) -> impl Future<Output = Result<Option<BTreeSet<String>>, Error>> + Send;

    /// Detaches a policy.
    fn detach(aws: &Aws, holder: &str, arn: &str) -> impl Future<Output = Result<(), Error>> + Send;

    /// The policies of all holders of the kind in the account, by the holder's name.
    fn all(aws: &Aws) -> impl Future<Output = Result<HashMap<String, Policies>, Error>> + Send;
}

macro_rules! holder {
    (
        $(#[$doc:meta])*
        $kind:ident($placeholder:literal), by $named:ident, listed by $list:ident with $inline:ident
        $(, $call:ident: $method:ident = $operation:literal)*
    ) => {
        $(#[$doc])*
        pub(super) struct $kind;
        holder! { @calls $kind, $placeholder, $named, $list, $inline, $(($method, $operation))* }
    };
    (
        @calls $kind:ident, $placeholder:literal, $named:ident, $list:ident, $inline:ident,
        ($put:ident, $put_op:literal) ($get:ident, $get_op:literal) ($names:ident, $names_op:literal)
        ($delete:ident, $delete_op:literal) ($attach:ident, $attach_op:literal)
        ($attached:ident, $attached_op:literal) ($detach:ident, $detach_op:literal)
    ) => {
        impl Holder for $kind {
            const PLACEHOLDER: &'static str = $placeholder;

            async fn put(aws: &Aws, holder: &str, name: &str, document: &str) -> Result<(), Error> {
                once_known(aws, &[($placeholder, holder)], || async {
                    let call = aws.iam().$put().$named(holder).policy_name(name).policy_document(document);
                    aws.call($put_op, call.send()).await
                })
                .await
                .map(|_| ())
            }

            async fn inline(aws: &Aws, holder: &str, name: &str) -> Result<Option<String>, Error> {
                let call = aws.iam().$get().$named(holder).policy_name(name);
                let found = unless_gone(aws.call($get_op, call.send()).await)?;
                Ok(found.map(|found| policy_json::decoded(&found.policy_document)))
            }

            async fn inline_names(aws: &Aws, holder: &str) -> Result<Option<BTreeSet<String>>, Error> {
                let found = unless_gone(pages!(aws, $names_op, aws.iam().$names().$named(holder)))?;
                Ok(found.map(|names| names.into_iter().collect()))
            }

            async fn delete(aws: &Aws, holder: &str, name: &str) -> Result<(), Error> {
                let call = aws.iam().$delete().$named(holder).policy_name(name);
                unless_gone(aws.call($delete_op, call.send()).await).map(|_| ())
            }

            async fn attach(aws: &Aws, holder: &str, arn: &str) -> Result<(), Error> {
                once_known(aws, &[($placeholder, holder), ("POLICY", arn)], || async {
                    aws.call($attach_op, aws.iam().$attach().$named(holder).policy_arn(arn).send()).await
                })
                .await
                .map(|_| ())
            }

            async fn attached(aws: &Aws, holder: &str) -> Result<Option<BTreeSet<String>>, Error> {
                let found = unless_gone(pages!(aws, $attached_op, aws.iam().$attached().$named(holder)))?;
                Ok(found.map(|policies| policies.into_iter().filter_map(|p| p.policy_arn).collect()))
            }

            async fn detach(aws: &Aws, holder: &str, arn: &str) -> Result<(), Error> {
                let detached = retry_while(PROPAGATION, is_busy, || async {
                    aws.call($detach_op, aws.iam().$detach().$named(holder).policy_arn(arn).send()).await
                });
                unless_gone(detached.await).map(|_| ())
            }

            async fn all(aws: &Aws) -> Result<HashMap<String, Policies>, Error> {
                let all = listing::$list(aws).await?;
                Ok((all.into_iter())
                    .map(|(name, found)| {
                        (name, Policies::new(found.$inline, found.attached_managed_policies))
                    })
                    .collect())
            }
        }
    };
}

holder! {
    /// Groups.
    Groups("GROUP"), by group_name, listed by groups with group_policy_list,
    put: put_group_policy = "iam:PutGroupPolicy",
    get: get_group_policy = "iam:GetGroupPolicy",
    names: list_group_policies = "iam:ListGroupPolicies",
    delete: delete_group_policy = "iam:DeleteGroupPolicy",
    attach: attach_group_policy = "iam:AttachGroupPolicy",
    attached: list_attached_group_policies = "iam:ListAttachedGroupPolicies",
    detach: detach_group_policy = "iam:DetachGroupPolicy"
}

holder! {
    /// Roles.
    Roles("ROLE"), by role_name, listed by roles with role_policy_list,
    put: put_role_policy = "iam:PutRolePolicy",
    get: get_role_policy = "iam:GetRolePolicy",
    names: list_role_policies = "iam:ListRolePolicies",
    delete: delete_role_policy = "iam:DeleteRolePolicy",
    attach: attach_role_policy = "iam:AttachRolePolicy",
    attached: list_attached_role_policies = "iam:ListAttachedRolePolicies",
    detach: detach_role_policy = "iam:DetachRolePolicy"
}

holder! {
    /// Users.
    Users("USER"), by user_name, listed by users with user_policy_list,
    put: put_user_policy = "iam:PutUserPolicy",
    get: get_user_policy = "iam:GetUserPolicy",
    names: list_user_policies = "iam:ListUserPolicies",
    delete: delete_user_policy = "iam:DeleteUserPolicy",
    attach: attach_user_policy = "iam:AttachUserPolicy",
    attached: list_attached_user_policies = "iam:ListAttachedUserPolicies",
    detach: detach_user_policy = "iam:DetachUserPolicy"
}
