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

pub mod access_key;
pub mod access_keys_data;
pub mod account_alias;
pub mod account_alias_data;
pub mod account_password_policy;
mod attachment;
mod conflict;
mod document;
mod exclusive;
pub mod group;
pub mod group_data;
pub mod group_membership;
pub mod group_policies_exclusive;
pub mod group_policy;
pub mod group_policy_attachment;
pub mod group_policy_attachments_exclusive;
mod holder;
mod inline;
pub mod instance_profile;
pub mod instance_profile_data;
pub mod instance_profiles_data;
mod listing;
pub mod membership;
pub(crate) mod name;
pub mod openid_connect_provider;
pub mod openid_connect_provider_data;
pub mod organizations_features;
pub mod policy;
pub mod policy_attachment;
pub mod policy_data;
pub mod policy_document;
pub(crate) mod policy_json;
pub mod principal_policy_simulation_data;
mod propagation;
pub mod role;
pub mod role_data;
mod role_policies;
pub mod role_policies_exclusive;
pub mod role_policy;
pub mod role_policy_attachment;
pub mod role_policy_attachments_exclusive;
pub mod roles_data;
pub mod saml_provider;
pub mod saml_provider_data;
mod secret;
pub mod security_token_service_preferences;
pub mod server_certificate;
pub mod server_certificate_data;
pub mod service_linked_role;
pub mod session_context_data;
mod tagging;
pub mod user;
pub mod user_data;
mod user_deletion;
pub mod user_login_profile;
pub mod user_policies_exclusive;
pub mod user_policy;
pub mod user_policy_attachment;
pub mod user_policy_attachments_exclusive;
pub mod user_ssh_key;
pub mod user_ssh_key_data;
pub mod users_data;
pub mod virtual_mfa_device;

use crate::Aws;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        access_key::AccessKey,
        account_alias::AccountAlias,
        account_password_policy::AccountPasswordPolicy,
        group::Group,
        group_membership::GroupMembership,
        group_policies_exclusive::GroupPoliciesExclusive,
        group_policy::GroupPolicy,
        group_policy_attachment::GroupPolicyAttachment,
        group_policy_attachments_exclusive::GroupPolicyAttachmentsExclusive,
        instance_profile::InstanceProfile,
        membership::UserGroupMembership,
        openid_connect_provider::OpenIdConnectProvider,
        organizations_features::OrganizationsFeatures,
        policy::Policy,
        policy_attachment::PolicyAttachment,
        role::Role,
        role_policies_exclusive::RolePoliciesExclusive,
        role_policy::RolePolicy,
        role_policy_attachment::RolePolicyAttachment,
        role_policy_attachments_exclusive::RolePolicyAttachmentsExclusive,
        saml_provider::SamlProvider,
        security_token_service_preferences::SecurityTokenServicePreferences,
        server_certificate::ServerCertificate,
        service_linked_role::ServiceLinkedRole,
        user::User,
        user_login_profile::UserLoginProfile,
        user_policies_exclusive::UserPoliciesExclusive,
        user_policy::UserPolicy,
        user_policy_attachment::UserPolicyAttachment,
        user_policy_attachments_exclusive::UserPolicyAttachmentsExclusive,
        user_ssh_key::UserSshKey,
        virtual_mfa_device::VirtualMfaDevice,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![
        access_keys_data::AccessKeysData,
        account_alias_data::AccountAliasData,
        group_data::GroupData,
        instance_profile_data::InstanceProfileData,
        instance_profiles_data::InstanceProfilesData,
        openid_connect_provider_data::OpenIdConnectProviderData,
        policy_data::PolicyData,
        policy_document::PolicyDocument,
        principal_policy_simulation_data::PrincipalPolicySimulation,
        role_data::RoleData,
        roles_data::RolesData,
        saml_provider_data::SamlProviderData,
        server_certificate_data::ServerCertificateData,
        session_context_data::SessionContextData,
        user_data::UserData,
        user_ssh_key_data::UserSshKeyData,
        users_data::UsersData,
    ]
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

/// A moment as the provider writes it: to the second, in UTC.
fn date(date: &DateTime) -> Option<String> {
    DateTime::from_secs(date.secs()).fmt(Format::DateTime).ok()
}

/// That nothing is called so.
fn not_found(what: &str, name: &str) -> Error {
    Error::new(format!("No IAM {what} found"), format!("There is no {what} {name:?}."))
}
