//! Data source `aws_iam_user`: a user by name.

use crate::Aws;
use crate::tags::Tags;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

use super::tagging::tag_map;
use super::{not_found, unless_gone};

/// Finds an IAM user.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_user")]
pub struct UserData {
    /// The unique id that AWS gave the user.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The path in which the user is.
    pub path: Computed<String>,
    /// The ARN of the policy that bounds what the user can be permitted.
    pub permissions_boundary: Computed<String>,
    /// The user's tags.
    pub tags: Auto<Tags>,
    /// The unique id that AWS gave the user.
    pub user_id: Computed<String>,
    /// The user's name.
    pub user_name: String,
}

#[async_trait]
impl DataSource for UserData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.iam().get_user().user_name(&config.user_name).send();
        let found = unless_gone(aws.call("iam:GetUser", call).await)?.and_then(|answer| answer.user);
        let missing = || aws.here(not_found("user", &config.user_name).operation("iam:GetUser"));
        let user = found.ok_or_else(missing)?;
        let boundary = user.permissions_boundary.and_then(|b| b.permissions_boundary_arn);
        Ok(UserData {
            id: user.user_id.clone().into(),
            arn: user.arn.into(),
            path: user.path.into(),
            permissions_boundary: boundary.unwrap_or_default().into(),
            tags: aws.tags().managed(tag_map(user.tags.as_ref())).into(),
            user_id: user.user_id.into(),
            user_name: user.user_name,
        })
    }
}
