//! `aws_iam_user_policy`: a policy written into a user.

use crate::Aws;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, async_trait, validate,
};

use super::holder::{Holder, Users};
use super::inline::inline_policy;
use super::{name, policy_json};

/// Provides a policy that is part of an IAM user.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_user_policy", keep)]
pub struct UserPolicy {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub user: String,
    /// The policy's name; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = name::valid(128))]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=102))]
    pub name_prefix: Auto<String>,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: String,
}

inline_policy!(UserPolicy, Users, user);
