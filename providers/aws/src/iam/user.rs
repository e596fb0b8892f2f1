//! `aws_iam_user`: someone, or something, with credentials of its own.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_iam::types::{User as RemoteUser, UserDetail};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, PlanContext, Resource, async_trait};

use super::group::{renamed, renames};
use super::tagging::{tag_list, tag_map, update_tags};
use super::{conflict, is_taken, listing, name, propagation, unless_gone, user_deletion};

/// Provides an IAM user.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_user", keep)]
pub struct User {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Whether the user is deleted together with credentials and policies that were made
    /// elsewhere.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// The user's name. Names are unique whatever their case.
    #[attr(validate = name::valid(64))]
    pub name: String,
    /// The path in which the user is.
    #[attr(default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// The ARN of the policy that bounds what the user can be permitted.
    pub permissions_boundary: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// The unique id that AWS gave the user.
    pub unique_id: Computed<String>,
}

impl User {
    fn with_remote(self, user: RemoteUser) -> User {
        User {
            id: user.user_name.clone().into(),
            arn: user.arn.into(),
            name: user.user_name,
            path: Some(user.path),
            permissions_boundary: user.permissions_boundary.and_then(|b| b.permissions_boundary_arn),
            tags: tag_map(user.tags.as_ref()),
            unique_id: user.user_id.into(),
            ..self
        }
    }

    fn with_detail(self, user: &UserDetail) -> User {
        let boundary = user.permissions_boundary.as_ref();
        User {
            id: user.user_name.clone().into(),
            arn: user.arn.clone().into(),
            name: user.user_name.clone().unwrap_or_default(),
            path: user.path.clone(),
            permissions_boundary: boundary.and_then(|b| b.permissions_boundary_arn.clone()),
            tags: tag_map(user.tags.as_ref()),
            unique_id: user.user_id.clone().into(),
            ..self
        }
    }

    async fn get(aws: &Aws, name: &str) -> Result<Option<RemoteUser>, Error> {
        let call = aws.iam().get_user().user_name(name).send();
        Ok(unless_gone(aws.call("iam:GetUser", call).await)?.and_then(|answer| answer.user))
    }

    fn is_as_created(&self, planned: &User) -> bool {
        self.path == planned.path
            && self.permissions_boundary == planned.permissions_boundary
            && self.tags == planned.tags
    }
}

#[async_trait]
impl Resource for User {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = (aws.iam().create_user().user_name(&planned.name))
            .set_path(planned.path.clone())
            .set_permissions_boundary(planned.permissions_boundary.clone())
            .set_tags(tag_list(&planned.tags)?);
        match aws.call("iam:CreateUser", call.send()).await {
            Ok(answer) => {
                let missing = || Error::new("CreateUser failed", "The answer has no user.");
                let user = answer.user.ok_or_else(missing)?;
                propagation::made(aws, "USER", &planned.name);
                let (boundary, tags) = (planned.permissions_boundary.clone(), planned.tags.clone());
                Ok(User { permissions_boundary: boundary, tags, ..planned.with_remote(user) })
            }
            Err(error) if cx.repeated && is_taken(&error) => {
                let found =
                    Self::get(aws, &planned.name).await?.map(|user| planned.clone().with_remote(user));
                match found.filter(|user| user.is_as_created(&planned)) {
                    Some(made) => Ok(made),
                    None => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |state: &Self| state.id.as_deref().unwrap_or_default().to_owned();
        let one = |state: Self| async move {
            let found = Self::get(aws, state.id.known()?).await?;
            Ok(found.map(|user| state.with_remote(user)))
        };
        listing::read(
            states,
            key,
            one,
            || listing::users(aws),
            |state, users| Ok(users.get(state.id.known()?).map(|user| state.with_detail(user))),
        )
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        if (&prior.name, &prior.path) != (&planned.name, &planned.path) {
            let name = prior.id.known()?;
            let call = aws.iam().update_user().user_name(name);
            // The name it has already would be refused as taken.
            let call = call.set_new_user_name((*name != planned.name).then(|| planned.name.clone()));
            let call = aws.call("iam:UpdateUser", call.set_new_path(planned.path.clone()).send());
            renamed(call.await, cx, *name != planned.name)?;
        }
        // Whatever comes next, the state knows the user by this name.
        let renamed = User {
            id: planned.name.as_str().into(),
            name: planned.name.clone(),
            path: planned.path.clone(),
            ..prior.clone()
        };
        let name = &planned.name;
        let rest = async {
            if prior.permissions_boundary != planned.permissions_boundary {
                match planned.permissions_boundary.as_deref().filter(|b| !b.is_empty()) {
                    Some(arn) => {
                        let call = aws
                            .iam()
                            .put_user_permissions_boundary()
                            .user_name(name)
                            .permissions_boundary(arn);
                        aws.call("iam:PutUserPermissionsBoundary", call.send()).await?;
                    }
                    None => {
                        let call = aws.iam().delete_user_permissions_boundary().user_name(name).send();
                        unless_gone(aws.call("iam:DeleteUserPermissionsBoundary", call).await)?;
                    }
                }
            }
            update_tags!(aws, &prior.tags, &planned.tags,
                "iam:TagUser" => aws.iam().tag_user().user_name(name),
                "iam:UntagUser" => aws.iam().untag_user().user_name(name));
            let missing = || Error::new("UpdateUser failed", "The user vanished while it was changed.");
            let user = Self::get(aws, name).await?.ok_or_else(missing)?;
            Ok(User { tags: planned.tags.clone(), ..planned.clone().with_remote(user) })
        };
        rest.await.map_err(|e| Failure::partial(e, renamed))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let name = state.id.known()?;
        user_deletion::leave_groups(aws, name).await?;
        if state.force_destroy == Some(true) {
            user_deletion::remove_all(aws, name).await?;
        }
        let call =
            || async { aws.call("iam:DeleteUser", aws.iam().delete_user().user_name(name).send()).await };
        conflict::delete(call, user_deletion::left(aws, name)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let users = listing::users(aws).await?;
        Ok(Some(users.values().map(|user| User::default().with_detail(user)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        renames(cx);
    }
}
