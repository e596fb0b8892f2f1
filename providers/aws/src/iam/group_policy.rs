//! `aws_iam_group_policy`: a policy written into a group.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

use super::listing::{self, inline_policy};
use super::{is_busy, is_gone, name, policy_json, unless_gone};

/// Provides a policy that is part of an IAM group.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_group_policy", keep)]
pub struct GroupPolicy {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the group.
    #[attr(force_new)]
    pub group: String,
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

impl GroupPolicy {
    fn names(&self) -> Result<(String, String), Error> {
        match self.id.known()?.split_once(':') {
            Some((group, name)) => Ok((group.to_owned(), name.to_owned())),
            None => Err(Error::new("Invalid id", "The id of an inline policy is GROUP:NAME.")),
        }
    }

    fn with_remote(self, group: String, name: String, policy: String) -> Self {
        let id = format!("{group}:{name}").into();
        let name_prefix = name::prefix_of(&name).into();
        Self { id, group, name: name.into(), name_prefix, policy }
    }

    async fn put(&self, aws: &Aws, name: &str) -> Result<(), Error> {
        // A group that was just made may not be known everywhere yet.
        let passes = |error: &Error| is_busy(error) || is_gone(error);
        retry_while(PROPAGATION, passes, || async {
            let call = aws.iam().put_group_policy().group_name(&self.group).policy_name(name);
            aws.call("iam:PutGroupPolicy", call.policy_document(&self.policy).send()).await
        })
        .await?;
        Ok(())
    }
}

#[async_trait]
impl Resource for GroupPolicy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        planned.put(aws, &name).await?;
        let (group, policy) = (planned.group.clone(), planned.policy.clone());
        Ok(planned.with_remote(group, name, policy))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |state: &Self| state.names().map(|(group, _)| group).unwrap_or_default();
        let one = |state: Self| async move {
            let (group, name) = state.names()?;
            let call = aws.iam().get_group_policy().group_name(&group).policy_name(&name).send();
            let found = unless_gone(aws.call("iam:GetGroupPolicy", call).await)?;
            Ok(found.map(|f| state.with_remote(group, name, policy_json::decoded(&f.policy_document))))
        };
        listing::read(
            states,
            key,
            one,
            || listing::groups(aws),
            |state, groups| {
                let (group, name) = state.names()?;
                let found = groups
                    .get(&group)
                    .and_then(|found| inline_policy(found.group_policy_list.as_ref(), &name));
                Ok(found.map(|policy| state.with_remote(group, name, policy)))
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
        let (group, name) = state.names()?;
        let call = aws.iam().delete_group_policy().group_name(group).policy_name(name).send();
        unless_gone(aws.call("iam:DeleteGroupPolicy", call).await).map(|_| ())
    }

    /// `group:name`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once(':') {
            Some((group, name)) if !group.is_empty() && !name.is_empty() => {
                Ok(vec![("id", Value::from(id)), ("group", Value::from(group)), ("name", Value::from(name))])
            }
            _ => Err(Error::new("Invalid import id", format!("Expected GROUP:NAME, got {id:?}."))),
        }
    }
}
