//! Data source `aws_iam_role`: a role by name.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_iam::types::RoleLastUsed;
use terrane_sdk::{Auto, Block, Computed, DataSource, Error, async_trait};

use super::tagging::tag_map;
use super::{date, not_found, policy_json, unless_gone};

/// Finds an IAM role.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_role")]
pub struct RoleData {
    /// The role's name.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Who may take on the role.
    pub assume_role_policy: Computed<String>,
    /// When the role was made.
    pub create_date: Computed<String>,
    /// What the role is for.
    pub description: Computed<String>,
    /// The longest session with the role, in seconds.
    pub max_session_duration: Computed<i64>,
    /// The role's name.
    pub name: String,
    /// The path in which the role is.
    pub path: Computed<String>,
    /// The ARN of the policy that bounds what the role can be permitted.
    pub permissions_boundary: Computed<String>,
    /// When and where the role was last used.
    pub role_last_used: Computed<Vec<LastUsed>>,
    /// The role's tags.
    pub tags: Auto<Tags>,
    /// The unique id that AWS gave the role.
    pub unique_id: Computed<String>,
}

/// When and where a role was last used.
#[derive(Clone, Debug, Block)]
pub struct LastUsed {
    /// When the role was last used.
    pub last_used_date: Option<String>,
    /// The region in which the role was last used.
    pub region: Option<String>,
}

fn last_used(used: RoleLastUsed) -> Option<LastUsed> {
    let (region, when) = (used.region, used.last_used_date.as_ref().and_then(date));
    (region.is_some() || when.is_some()).then_some(LastUsed { last_used_date: when, region })
}

#[async_trait]
impl DataSource for RoleData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.iam().get_role().role_name(&config.name).send();
        let found = unless_gone(aws.call("iam:GetRole", call).await)?.and_then(|answer| answer.role);
        let missing = || aws.here(not_found("role", &config.name).operation("iam:GetRole"));
        let role = found.ok_or_else(missing)?;
        let boundary = role.permissions_boundary.and_then(|b| b.permissions_boundary_arn);
        let trust = policy_json::decoded(&role.assume_role_policy_document.unwrap_or_default());
        Ok(RoleData {
            id: role.role_name.clone().into(),
            arn: role.arn.into(),
            assume_role_policy: trust.into(),
            create_date: date(&role.create_date).into(),
            description: role.description.unwrap_or_default().into(),
            max_session_duration: role.max_session_duration.map(i64::from).into(),
            name: role.role_name,
            path: role.path.into(),
            permissions_boundary: boundary.unwrap_or_default().into(),
            role_last_used: role.role_last_used.and_then(last_used).into_iter().collect::<Vec<_>>().into(),
            tags: aws.tags().managed(tag_map(role.tags.as_ref())).into(),
            unique_id: role.role_id.into(),
        })
    }
}
