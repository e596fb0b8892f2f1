//! `aws_iam_user_policy_attachments_exclusive`: the policies attached to a user, all of them.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Error, Failure, Resource, Value, async_trait};

use super::exclusive::{self, exclusive};
use super::holder::Users;

/// Attaches managed policies to an IAM user, and detaches all others.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_user_policy_attachments_exclusive", keep)]
pub struct UserPolicyAttachmentsExclusive {
    /// The ARNs of the policies.
    #[attr(required)]
    pub policy_arns: BTreeSet<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub user_name: String,
}

exclusive!(
    UserPolicyAttachmentsExclusive,
    Users,
    user_name,
    policy_arns,
    set_attached,
    read_attached,
    all_attached
);
