//! `aws_iam_role_policy_attachment`: a managed policy that applies to a role.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

use super::listing::{self, is_attached, pages};
use super::{is_busy, is_gone, unless_gone};

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

impl RolePolicyAttachment {
    /// The object with the id that the provider gives since version 6; earlier ones keep theirs.
    fn with_id(self) -> Self {
        let id = self.id.0.unwrap_or_else(|| format!("{}/{}", self.role, self.policy_arn));
        Self { id: id.into(), ..self }
    }
}

#[async_trait]
impl Resource for RolePolicyAttachment {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        // A role or policy that was just made may not be known everywhere yet.
        let passes = |error: &Error| is_busy(error) || is_gone(error);
        retry_while(PROPAGATION, passes, || async {
            let call =
                aws.iam().attach_role_policy().role_name(&planned.role).policy_arn(&planned.policy_arn);
            aws.call("iam:AttachRolePolicy", call.send()).await
        })
        .await?;
        Ok(planned.with_id())
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let one = |state: Self| async move {
            let call = aws.iam().list_attached_role_policies().role_name(&state.role);
            let attached = unless_gone(pages!(aws, "iam:ListAttachedRolePolicies", call))?;
            Ok(Some(state).filter(|s| is_attached(attached.as_ref(), &s.policy_arn)).map(Self::with_id))
        };
        listing::read(
            states,
            |state| state.role.clone(),
            one,
            || listing::roles(aws),
            |state, roles| {
                let attached =
                    roles.get(&state.role).and_then(|role| role.attached_managed_policies.as_ref());
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
            let call = aws.iam().detach_role_policy().role_name(&state.role).policy_arn(&state.policy_arn);
            aws.call("iam:DetachRolePolicy", call.send()).await
        });
        unless_gone(detached.await).map(|_| ())
    }

    /// `role/policy-arn`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once('/') {
            Some((role, arn)) if !role.is_empty() && arn.starts_with("arn:") => Ok(vec![
                ("id", Value::from(id)),
                ("role", Value::from(role)),
                ("policy_arn", Value::from(arn)),
            ]),
            _ => Err(Error::new("Invalid import id", format!("Expected ROLE/POLICY-ARN, got {id:?}."))),
        }
    }
}
