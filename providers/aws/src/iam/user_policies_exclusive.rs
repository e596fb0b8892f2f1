//! `aws_iam_user_policies_exclusive`: the only policies that may be written into a user.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait};

use super::exclusive::{self, exclusive};
use super::holder::Users;

/// Removes inline policies from an IAM user that are not listed. It adds none: that is what
/// `aws_iam_user_policy` does.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_user_policies_exclusive", keep)]
pub struct UserPoliciesExclusive {
    /// The names of the policies that may be there.
    #[attr(required)]
    pub policy_names: BTreeSet<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub user_name: String,
}

exclusive!(UserPoliciesExclusive, Users, user_name, policy_names, keep_inline, read_inline, all_inline);
