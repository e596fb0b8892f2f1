//! Data source `aws_iam_group`: a group and its members.

use crate::Aws;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

use super::{not_found, unless_gone};

/// Finds an IAM group.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_group")]
pub struct GroupData {
    /// The unique id that AWS gave the group.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The unique id that AWS gave the group.
    pub group_id: Computed<String>,
    /// The group's name.
    pub group_name: String,
    /// The path in which the group is.
    pub path: Computed<String>,
    /// The users in the group.
    pub users: Computed<Vec<Member>>,
}

/// A user in a group.
#[derive(Clone, Debug, Block)]
pub struct Member {
    /// The user's ARN.
    pub arn: String,
    /// The path in which the user is.
    pub path: String,
    /// The unique id that AWS gave the user.
    pub user_id: String,
    /// The user's name.
    pub user_name: String,
}

#[async_trait]
impl DataSource for GroupData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let (mut users, mut marker) = (Vec::new(), None);
        loop {
            let call = aws.iam().get_group().group_name(&config.group_name).set_marker(marker);
            let answer = unless_gone(aws.call("iam:GetGroup", call.send()).await)?;
            let Some(answer) = answer else {
                return Err(aws.here(not_found("group", &config.group_name).operation("iam:GetGroup")));
            };
            users.extend(answer.users.into_iter().map(|user| Member {
                arn: user.arn,
                path: user.path,
                user_id: user.user_id,
                user_name: user.user_name,
            }));
            marker = answer.marker.filter(|_| answer.is_truncated);
            if marker.is_none() {
                let missing = || not_found("group", &config.group_name).operation("iam:GetGroup");
                let group = answer.group.ok_or_else(missing)?;
                return Ok(GroupData {
                    id: group.group_id.clone().into(),
                    arn: group.arn.into(),
                    group_id: group.group_id.into(),
                    path: group.path.into(),
                    users: users.into(),
                    ..config
                });
            }
        }
    }
}
