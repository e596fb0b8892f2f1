//! `aws_iam_role_policy_attachment`: that a policy is attached to a role.

use crate::Aws;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

use super::attachment::policy_attachment;
use super::holder::{Holder, Roles};

/// Attaches a managed policy to an IAM role.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_role_policy_attachment", keep)]
pub struct RolePolicyAttachment {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the role.
    #[attr(force_new)]
    pub role: String,
    /// The ARN of the policy.
    #[attr(force_new)]
    pub policy_arn: String,
}

policy_attachment!(RolePolicyAttachment, Roles, role);
