//! `aws_iam_group`: a set of users with the same permissions.

use crate::Aws;
use crate::client::is_not_found;
use aws_sdk_iam::types::{Group as RemoteGroup, GroupDetail};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, PlanContext, Resource, async_trait};

use super::holder::{Groups, policies_of};
use super::{conflict, is_taken, listing, name, propagation, unless_gone};

/// Provides an IAM group.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_group", keep)]
pub struct Group {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The group's name. Names are unique whatever their case.
    #[attr(validate = name::valid(128))]
    pub name: String,
    /// The path in which the group is.
    #[attr(default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// The unique id that AWS gave the group.
    pub unique_id: Computed<String>,
}

impl Group {
    fn with_remote(self, group: RemoteGroup) -> Group {
        Group {
            id: group.group_name.clone().into(),
            arn: group.arn.into(),
            name: group.group_name,
            path: Some(group.path),
            unique_id: group.group_id.into(),
        }
    }

    fn with_detail(self, group: &GroupDetail) -> Group {
        Group {
            id: group.group_name.clone().into(),
            arn: group.arn.clone().into(),
            name: group.group_name.clone().unwrap_or_default(),
            path: group.path.clone(),
            unique_id: group.group_id.clone().into(),
        }
    }

    async fn get(aws: &Aws, name: &str) -> Result<Option<RemoteGroup>, Error> {
        let call = aws.iam().get_group().group_name(name).max_items(1).send();
        Ok(unless_gone(aws.call("iam:GetGroup", call).await)?.and_then(|answer| answer.group))
    }
}

#[async_trait]
impl Resource for Group {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = aws.iam().create_group().group_name(&planned.name).set_path(planned.path.clone()).send();
        match aws.call("iam:CreateGroup", call).await {
            Ok(answer) => {
                let missing = || Error::new("CreateGroup failed", "The answer has no group.");
                let group = answer.group.ok_or_else(missing)?;
                propagation::made(aws, "GROUP", &planned.name);
                Ok(planned.with_remote(group))
            }
            Err(error) if cx.repeated && is_taken(&error) => match Self::get(aws, &planned.name).await? {
                Some(made) if Some(&made.path) == planned.path.as_ref() => Ok(planned.with_remote(made)),
                _ => Err(error.into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |state: &Self| state.id.as_deref().unwrap_or_default().to_owned();
        let one = |state: Self| async move {
            let found = Self::get(aws, state.id.known()?).await?;
            Ok(found.map(|group| state.with_remote(group)))
        };
        listing::read(
            states,
            key,
            one,
            || listing::groups(aws),
            |state, groups| Ok(groups.get(state.id.known()?).map(|group| state.with_detail(group))),
        )
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = prior.id.known()?;
        let call = aws.iam().update_group().group_name(name);
        // The name it has already would be refused as taken.
        let call = call.set_new_group_name((*name != planned.name).then(|| planned.name.clone()));
        let call = aws.call("iam:UpdateGroup", call.set_new_path(planned.path.clone()).send());
        renamed(call.await, cx, *name != planned.name)?;
        let missing = || Error::new("UpdateGroup failed", "The group vanished while it was changed.");
        let group = Self::get(aws, &planned.name).await?.ok_or_else(missing)?;
        Ok(planned.with_remote(group))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let name = state.id.known()?;
        let call =
            || async { aws.call("iam:DeleteGroup", aws.iam().delete_group().group_name(name).send()).await };
        let left = async {
            let members = aws.iam().get_group().group_name(name).send();
            let members = unless_gone(aws.call("iam:GetGroup", members).await)?.map(|g| g.users);
            let members = members.into_iter().flatten().map(|user| user.user_name);
            Ok([conflict::named("the member", members), policies_of::<Groups>(aws, name).await?].concat())
        };
        conflict::delete(call, left).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let none = Group {
            id: None.into(),
            arn: None.into(),
            name: String::new(),
            path: None,
            unique_id: None.into(),
        };
        let groups = listing::groups(aws).await?;
        Ok(Some(groups.values().map(|group| none.clone().with_detail(group)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        renames(cx);
    }
}

/// The result of a call that may rename a user or group. When an earlier attempt has renamed it,
/// nothing has the old name any more; whether something has the new one is seen when it is read.
pub(super) fn renamed<T>(result: Result<T, Error>, cx: &ApplyContext, renames: bool) -> Result<(), Error> {
    match result {
        Err(error) if cx.repeated && renames && is_not_found(&error) => Ok(()),
        result => result.map(|_| ()),
    }
}

/// The id of a user or group is its name, and its ARN has name and path in it.
pub(super) fn renames(cx: &mut PlanContext<'_, Aws>) {
    if cx.changed("name") {
        cx.set("id", cx.planned("name"));
    }
    if cx.changed("name") || cx.changed("path") {
        cx.set_unknown("arn");
    }
}
