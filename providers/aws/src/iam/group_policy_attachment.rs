//! `aws_iam_group_policy_attachment`: that a policy is attached to a group.

use crate::Aws;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, async_trait};

use super::attachment::policy_attachment;
use super::holder::{Groups, Holder};

/// Attaches a managed policy to an IAM group.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_group_policy_attachment", keep)]
pub struct GroupPolicyAttachment {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the group.
    #[attr(force_new)]
    pub group: String,
    /// The ARN of the policy.
    #[attr(force_new)]
    pub policy_arn: String,
}

policy_attachment!(GroupPolicyAttachment, Groups, group);
