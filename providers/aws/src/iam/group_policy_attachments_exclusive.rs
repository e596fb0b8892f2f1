//! `aws_iam_group_policy_attachments_exclusive`: the policies attached to a group, all of them.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait};

use super::exclusive::{self, exclusive};
use super::holder::Groups;

/// Attaches managed policies to an IAM group, and detaches all others.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_group_policy_attachments_exclusive", keep)]
pub struct GroupPolicyAttachmentsExclusive {
    /// The ARNs of the policies.
    #[attr(required)]
    pub policy_arns: BTreeSet<String>,
    /// The name of the group.
    #[attr(force_new)]
    pub group_name: String,
}

exclusive!(
    GroupPolicyAttachmentsExclusive,
    Groups,
    group_name,
    policy_arns,
    set_attached,
    read_attached,
    all_attached
);
