//! Organizations: the accounts of a company in a tree of units, the policies that hang on it, and who
//! may administer what.
//!
//! Everything is global and seen from the management account alone. Organizations has few calls that take
//! several ids: what is in a unit is read with one listing of that unit, tags and the contents of policies with a
//! call for each object. Nothing has a client token: a create that repeats an interrupted one finds its object by
//! what is unique, which is a name within its parent, an e-mail address, or a pair of ids.

pub mod account;
mod account_creation;
mod account_list;
pub mod child_accounts_data;
pub mod delegated_administrator;
pub mod delegation_data;
pub mod organization;
pub mod organization_data;
mod organization_settings;
pub mod organizational_unit;
pub mod organizational_unit_data;
pub mod policies_data;
pub mod policy;
pub mod policy_attachment;
pub mod resource_policy;
pub mod resource_tags_data;
mod tagging;
mod tree;

use crate::Aws;
use crate::client::retry_while;
use std::collections::BTreeSet;
use std::future::Future;
use std::time::Duration;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// How long a new organization may need until it takes changes.
const PATIENCE: Duration = Duration::from_secs(4 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        account::Account,
        delegated_administrator::DelegatedAdministrator,
        organization::Organization,
        organizational_unit::OrganizationalUnit,
        policy::Policy,
        policy_attachment::PolicyAttachment,
        resource_policy::ResourcePolicy,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![
        child_accounts_data::ChildAccounts,
        child_accounts_data::DescendantAccounts,
        delegation_data::DelegatedAdministrators,
        delegation_data::DelegatedServices,
        organization_data::OrganizationData,
        organizational_unit_data::DescendantUnits,
        organizational_unit_data::OrganizationalUnitData,
        organizational_unit_data::OrganizationalUnits,
        policies_data::Policies,
        policies_data::PoliciesForTarget,
        policies_data::PolicyData,
        resource_tags_data::ResourceTags,
    ]
}

/// The services that work in all accounts of the organization; `None` if there is none.
pub(crate) async fn services(aws: &Aws) -> Result<Option<BTreeSet<String>>, Error> {
    unless_gone(organization_settings::services(aws).await)
}

/// Whether there is an organization and its management account is the client's.
pub(crate) async fn is_managed_here(aws: &Aws) -> Result<bool, Error> {
    Ok(organization::managed_here(aws).await?.is_some())
}

/// Whether an object does not exist, or what it belongs to does not.
fn is_gone(error: &Error) -> bool {
    error.has_code(&[
        "AWSOrganizationsNotInUseException",
        "AccountNotFoundException",
        "ChildNotFoundException",
        "OrganizationalUnitNotFoundException",
        "ParentNotFoundException",
        "PolicyNotFoundException",
        "ResourcePolicyNotFoundException",
        "RootNotFoundException",
        "TargetNotFoundException",
    ])
}

/// A result in which an object that does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A result in which these codes are no errors: what the call should do has been done.
fn unless<T>(codes: &[&str], result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Err(error) if error.has_code(codes) => Ok(()),
        result => result.map(drop),
    }
}

/// Makes a change, again while the organization is being set up or another change is under way.
async fn change<T, Fut>(call: impl FnMut() -> Fut) -> Result<T, Error>
where
    Fut: Future<Output = Result<T, Error>>,
{
    let busy = |error: &Error| {
        error.has_code(&["ConcurrentModificationException", "FinalizingOrganizationException"])
    };
    retry_while(PATIENCE, busy, call).await
}

/// All items of a paginated call, which are in a member of the answer:
/// `pages!(aws, "organizations:ListRoots", aws.organizations().list_roots(), roots)`.
macro_rules! pages {
    ($aws:expr, $operation:literal, $call:expr, $member:ident) => {
        $aws.call($operation, async {
            let mut pages = $call.into_paginator().send();
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.extend(page?.$member.unwrap_or_default());
            }
            Ok(all)
        })
        .await
    };
}
use pages;
