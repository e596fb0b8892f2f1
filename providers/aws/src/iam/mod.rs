//! IAM: users, groups, roles and what they may do.
//!
//! IAM is global: no type has a `region`. Many objects of one type are read from listings
//! ([`listing`]), few of them one by one.
//!
//! A create that repeats one which a crash interrupted finds its object by the name, which is
//! the natural key of everything in IAM; names that the provider makes up come from the
//! operation's token, so that the repeat makes up the same one. It takes over what it finds
//! only if that is in every respect what the create makes, and says that the name is taken
//! otherwise. Memberships, attachments and inline policies are simply written again.

mod document;
pub mod group;
pub mod group_policy;
pub mod group_policy_attachment;
mod listing;
pub mod membership;
pub(crate) mod name;
pub mod policy;
pub mod policy_data;
pub mod policy_document;
pub(crate) mod policy_json;
pub mod role;
mod role_policies;
pub mod role_policy;
pub mod role_policy_attachment;
mod tagging;
pub mod user;
mod user_deletion;

use crate::Aws;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        group::Group,
        group_policy::GroupPolicy,
        group_policy_attachment::GroupPolicyAttachment,
        membership::UserGroupMembership,
        policy::Policy,
        role::Role,
        role_policy::RolePolicy,
        role_policy_attachment::RolePolicyAttachment,
        user::User,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![policy_data::PolicyData, policy_document::PolicyDocument]
}

/// Whether IAM says that the object does not exist.
fn is_gone(error: &Error) -> bool {
    error.has_code(&["NoSuchEntity"])
}

/// Whether IAM says that an object of that name exists.
fn is_taken(error: &Error) -> bool {
    error.has_code(&["EntityAlreadyExists"])
}

/// Whether IAM will accept the same call in a moment: another change of the object is under way.
fn is_busy(error: &Error) -> bool {
    error.has_code(&["ConcurrentModification"])
}

/// A result in which an object that does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
