//! `aws_iam_user_policy_attachment`: that a policy is attached to a user.

use crate::Aws;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

use super::attachment::policy_attachment;
use super::holder::{Holder, Users};

/// Attaches a managed policy to an IAM user.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_user_policy_attachment", keep)]
pub struct UserPolicyAttachment {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub user: String,
    /// The ARN of the policy.
    #[attr(force_new)]
    pub policy_arn: String,
}

policy_attachment!(UserPolicyAttachment, Users, user);
