//! `aws_iam_role_policy_attachments_exclusive`: the policies attached to a role, all of them.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait};

use super::exclusive::{self, exclusive};
use super::holder::Roles;

/// Attaches managed policies to an IAM role, and detaches all others.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_role_policy_attachments_exclusive", keep)]
pub struct RolePolicyAttachmentsExclusive {
    /// The ARNs of the policies.
    #[attr(required)]
    pub policy_arns: BTreeSet<String>,
    /// The name of the role.
    #[attr(force_new)]
    pub role_name: String,
}

exclusive!(
    RolePolicyAttachmentsExclusive,
    Roles,
    role_name,
    policy_arns,
    set_attached,
    read_attached,
    all_attached
);
