//! `aws_iam_group_membership`: the users in a group, all of them.

use crate::Aws;
use futures::future::try_join;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};

use super::listing::{self, pages};
use super::membership::{join_group, leave_group};
use super::unless_gone;

/// Provides the members of an IAM group, and removes others.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_group_membership", keep)]
pub struct GroupMembership {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The name of the group.
    #[attr(force_new)]
    pub group: String,
    /// A name for the membership, which AWS does not see.
    #[attr(force_new)]
    pub name: String,
    /// The names of the users.
    #[attr(required)]
    pub users: BTreeSet<String>,
}

#[async_trait]
impl Resource for GroupMembership {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        for user in &planned.users {
            join_group(aws, user, &planned.group).await?;
        }
        Ok(GroupMembership { id: planned.name.clone().into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let one = |state: Self| async move {
            let call = aws.iam().get_group().group_name(&state.group);
            let users = unless_gone(pages!(aws, "iam:GetGroup", call))?;
            let users = users.map(|users| users.into_iter().map(|user| user.user_name).collect());
            Ok(users.map(|users| GroupMembership { users, ..state }))
        };
        let list = || async {
            let (groups, users) = try_join(listing::groups(aws), listing::users(aws)).await?;
            let mut members: HashMap<String, BTreeSet<String>> =
                groups.into_keys().map(|group| (group, BTreeSet::new())).collect();
            for (user, detail) in users {
                for group in detail.group_list.unwrap_or_default() {
                    members.entry(group).or_default().insert(user.clone());
                }
            }
            Ok(members)
        };
        listing::read(
            states,
            |state| state.group.clone(),
            one,
            list,
            |state, members| {
                let users = members.get(&state.group).cloned();
                Ok(users.map(|users| GroupMembership { users, ..state }))
            },
        )
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        for user in prior.users.difference(&planned.users) {
            leave_group(aws, user, &planned.group).await?;
        }
        for user in planned.users.difference(&prior.users) {
            join_group(aws, user, &planned.group).await?;
        }
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        for user in &state.users {
            leave_group(aws, user, &state.group).await?;
        }
        Ok(())
    }
}
