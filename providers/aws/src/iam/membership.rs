//! `aws_iam_user_group_membership`: groups that a user is in, besides others.

use crate::Aws;
use aws_sdk_iam::types::UserDetail;
use std::collections::BTreeSet;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Type, Value, async_trait};

use super::listing::{self, pages};
use super::propagation::once_known;
use super::{name, unless_gone};

/// Adds an IAM user to groups.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_user_group_membership", keep)]
pub struct UserGroupMembership {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The user's name.
    #[attr(force_new)]
    pub user: String,
    /// The names of the groups.
    #[attr(required)]
    pub groups: BTreeSet<String>,
}

impl UserGroupMembership {
    /// Those of the groups in which the user still is; the user's other groups are not looked at.
    fn among(self, actual: impl IntoIterator<Item = String>) -> UserGroupMembership {
        let groups = actual.into_iter().filter(|g| self.groups.contains(g)).collect();
        UserGroupMembership { groups, ..self }
    }
}

/// Adds a user to a group. Either of them may have been made just now.
pub(super) async fn join_group(aws: &Aws, user: &str, group: &str) -> Result<(), Error> {
    let objects = [("USER", user), ("GROUP", group)];
    let joined = once_known(aws, &objects, || async {
        let call = aws.iam().add_user_to_group().user_name(user).group_name(group).send();
        aws.call("iam:AddUserToGroup", call).await
    });
    joined.await.map(|_| ())
}

/// Takes a user out of a group.
pub(super) async fn leave_group(aws: &Aws, user: &str, group: &str) -> Result<(), Error> {
    let call = aws.iam().remove_user_from_group().user_name(user).group_name(group).send();
    unless_gone(aws.call("iam:RemoveUserFromGroup", call).await).map(|_| ())
}

#[async_trait]
impl Resource for UserGroupMembership {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        for group in &planned.groups {
            join_group(aws, &planned.user, group).await?;
        }
        Ok(UserGroupMembership { id: format!("terraform-{}", name::unique(cx)).into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let one = |state: Self| async move {
            let call = aws.iam().list_groups_for_user().user_name(&state.user);
            let groups = unless_gone(pages!(aws, "iam:ListGroupsForUser", call))?;
            Ok(groups.map(|groups| state.among(groups.into_iter().map(|g| g.group_name))))
        };
        listing::read(
            states,
            |state| state.user.clone(),
            one,
            || listing::users(aws),
            |state, users| {
                let user = users.get(&state.user);
                Ok(user.map(|user| state.among(user.group_list.clone().unwrap_or_default())))
            },
        )
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        for group in prior.groups.difference(&planned.groups) {
            leave_group(aws, &planned.user, group).await?;
        }
        for group in planned.groups.difference(&prior.groups) {
            join_group(aws, &planned.user, group).await?;
        }
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        for group in &state.groups {
            leave_group(aws, &state.user, group).await?;
        }
        Ok(())
    }

    const PART: bool = true;

    /// Each user that is in a group, with all its groups.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of_user = |(user, detail): (String, UserDetail)| UserGroupMembership {
            id: None.into(),
            user,
            groups: detail.group_list.into_iter().flatten().collect(),
        };
        let all = listing::users(aws).await?.into_iter().map(of_user);
        Ok(Some(all.filter(|membership| !membership.groups.is_empty()).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(std::iter::once(&self.user).chain(&self.groups).cloned().collect::<Vec<_>>().join("/"))
    }

    /// `user/group1/group2`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts: Vec<&str> = id.split('/').collect();
        match parts.split_first() {
            Some((user, groups)) if !groups.is_empty() && !parts.contains(&"") => {
                let groups = groups.iter().map(|g| Value::from(*g));
                Ok(vec![
                    ("id", Value::from(id)),
                    ("user", Value::from(*user)),
                    ("groups", Value::set(Type::String, groups)),
                ])
            }
            _ => Err(Error::new("Invalid import id", format!("Expected USER/GROUP1/GROUP2..., got {id:?}."))),
        }
    }
}
