//! `aws_iam_group_policy_attachment`: a managed policy that applies to a group.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

use super::listing::{self, is_attached, pages};
use super::{is_busy, is_gone, unless_gone};

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

impl GroupPolicyAttachment {
    /// The object with the id that the provider gives since version 6; earlier ones keep theirs.
    fn with_id(self) -> Self {
        let id = self.id.0.unwrap_or_else(|| format!("{}/{}", self.group, self.policy_arn));
        Self { id: id.into(), ..self }
    }
}

#[async_trait]
impl Resource for GroupPolicyAttachment {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        // A group or policy that was just made may not be known everywhere yet.
        let passes = |error: &Error| is_busy(error) || is_gone(error);
        retry_while(PROPAGATION, passes, || async {
            let call =
                aws.iam().attach_group_policy().group_name(&planned.group).policy_arn(&planned.policy_arn);
            aws.call("iam:AttachGroupPolicy", call.send()).await
        })
        .await?;
        Ok(planned.with_id())
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let one = |state: Self| async move {
            let call = aws.iam().list_attached_group_policies().group_name(&state.group);
            let attached = unless_gone(pages!(aws, "iam:ListAttachedGroupPolicies", call))?;
            Ok(Some(state).filter(|s| is_attached(attached.as_ref(), &s.policy_arn)).map(Self::with_id))
        };
        listing::read(
            states,
            |state| state.group.clone(),
            one,
            || listing::groups(aws),
            |state, groups| {
                let attached =
                    groups.get(&state.group).and_then(|group| group.attached_managed_policies.as_ref());
                Ok(Some(state).filter(|s| is_attached(attached, &s.policy_arn)).map(Self::with_id))
            },
        )
        .await
    }

    /// Every attribute needs a new object.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let detached = retry_while(PROPAGATION, is_busy, || async {
            let call = aws.iam().detach_group_policy().group_name(&state.group).policy_arn(&state.policy_arn);
            aws.call("iam:DetachGroupPolicy", call.send()).await
        });
        unless_gone(detached.await).map(|_| ())
    }

    /// `group/policy-arn`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once('/') {
            Some((group, arn)) if !group.is_empty() && arn.starts_with("arn:") => Ok(vec![
                ("id", Value::from(id)),
                ("group", Value::from(group)),
                ("policy_arn", Value::from(arn)),
            ]),
            _ => Err(Error::new("Invalid import id", format!("Expected GROUP/POLICY-ARN, got {id:?}."))),
        }
    }
}
