//! `aws_iam_role_policy`: a policy written into a role.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

use super::listing::{self, inline_policy};
use super::{is_busy, is_gone, name, policy_json, unless_gone};

/// Provides a policy that is part of an IAM role.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_role_policy", keep)]
pub struct RolePolicy {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the role.
    #[attr(force_new)]
    pub role: String,
    /// The policy's name; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = name::valid(128))]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=102))]
    pub name_prefix: Auto<String>,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: String,
}

impl RolePolicy {
    fn names(&self) -> Result<(String, String), Error> {
        match self.id.known()?.split_once(':') {
            Some((role, name)) => Ok((role.to_owned(), name.to_owned())),
            None => Err(Error::new("Invalid id", "The id of an inline policy is ROLE:NAME.")),
        }
    }

    fn with_remote(self, role: String, name: String, policy: String) -> Self {
        let id = format!("{role}:{name}").into();
        let name_prefix = name::prefix_of(&name).into();
        Self { id, role, name: name.into(), name_prefix, policy }
    }

    async fn put(&self, aws: &Aws, name: &str) -> Result<(), Error> {
        // A role that was just made may not be known everywhere yet.
        let passes = |error: &Error| is_busy(error) || is_gone(error);
        retry_while(PROPAGATION, passes, || async {
            let call = aws.iam().put_role_policy().role_name(&self.role).policy_name(name);
            aws.call("iam:PutRolePolicy", call.policy_document(&self.policy).send()).await
        })
        .await?;
        Ok(())
    }
}

#[async_trait]
impl Resource for RolePolicy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        planned.put(aws, &name).await?;
        let (role, policy) = (planned.role.clone(), planned.policy.clone());
        Ok(planned.with_remote(role, name, policy))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |state: &Self| state.names().map(|(role, _)| role).unwrap_or_default();
        let one = |state: Self| async move {
            let (role, name) = state.names()?;
            let call = aws.iam().get_role_policy().role_name(&role).policy_name(&name).send();
            let found = unless_gone(aws.call("iam:GetRolePolicy", call).await)?;
            Ok(found.map(|f| state.with_remote(role, name, policy_json::decoded(&f.policy_document))))
        };
        listing::read(
            states,
            key,
            one,
            || listing::roles(aws),
            |state, roles| {
                let (role, name) = state.names()?;
                let found =
                    roles.get(&role).and_then(|found| inline_policy(found.role_policy_list.as_ref(), &name));
                Ok(found.map(|policy| state.with_remote(role, name, policy)))
            },
        )
        .await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (_, name) = planned.names()?;
        planned.put(aws, &name).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let (role, name) = state.names()?;
        let call = aws.iam().delete_role_policy().role_name(role).policy_name(name).send();
        unless_gone(aws.call("iam:DeleteRolePolicy", call).await).map(|_| ())
    }

    /// `role:name`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once(':') {
            Some((role, name)) if !role.is_empty() && !name.is_empty() => {
                Ok(vec![("id", Value::from(id)), ("role", Value::from(role)), ("name", Value::from(name))])
            }
            _ => Err(Error::new("Invalid import id", format!("Expected ROLE:NAME, got {id:?}."))),
        }
    }
}
