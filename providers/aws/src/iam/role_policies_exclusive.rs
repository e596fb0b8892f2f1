//! `aws_iam_role_policies_exclusive`: the only policies that may be written into a role.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait};

use super::exclusive::{self, exclusive};
use super::holder::Roles;

/// Removes inline policies from an IAM role that are not listed. It adds none: that is what
/// `aws_iam_role_policy` does.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_role_policies_exclusive", keep)]
pub struct RolePoliciesExclusive {
    /// The names of the policies that may be there.
    #[attr(required)]
    pub policy_names: BTreeSet<String>,
    /// The name of the role.
    #[attr(force_new)]
    pub role_name: String,
}

exclusive!(RolePoliciesExclusive, Roles, role_name, policy_names, keep_inline, read_inline, all_inline);
