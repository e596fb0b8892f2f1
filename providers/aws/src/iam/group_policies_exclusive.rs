//! `aws_iam_group_policies_exclusive`: the only policies that may be written into a group.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait};

use super::exclusive::{self, exclusive};
use super::holder::Groups;

/// Removes inline policies from an IAM group that are not listed. It adds none: that is what
/// `aws_iam_group_policy` does.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_group_policies_exclusive", keep)]
pub struct GroupPoliciesExclusive {
    /// The names of the policies that may be there.
    #[attr(required)]
    pub policy_names: BTreeSet<String>,
    /// The name of the group.
    #[attr(force_new)]
    pub group_name: String,
}

exclusive!(GroupPoliciesExclusive, Groups, group_name, policy_names, keep_inline, read_inline, all_inline);
