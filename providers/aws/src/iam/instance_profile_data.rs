//! Data source `aws_iam_instance_profile`: an instance profile by name.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::{date, instance_profile, not_found};

/// Finds an IAM instance profile.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_instance_profile")]
pub struct InstanceProfileData {
    /// The unique id that AWS gave the profile.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// When the profile was made.
    pub create_date: Computed<String>,
    /// The profile's name.
    pub name: String,
    /// The path in which the profile is.
    pub path: Computed<String>,
    /// The ARN of the profile's role.
    pub role_arn: Computed<String>,
    /// The unique id that AWS gave the role.
    pub role_id: Computed<String>,
    /// The name of the role.
    pub role_name: Computed<String>,
}

#[async_trait]
impl DataSource for InstanceProfileData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let missing =
            || aws.here(not_found("instance profile", &config.name).operation("iam:GetInstanceProfile"));
        let profile = instance_profile::get(aws, &config.name).await?.ok_or_else(missing)?;
        let role = profile.roles.into_iter().next();
        let of_role =
            |part: fn(aws_sdk_iam::types::Role) -> String| role.clone().map(part).unwrap_or_default().into();
        Ok(InstanceProfileData {
            id: profile.instance_profile_id.into(),
            arn: profile.arn.into(),
            create_date: date(&profile.create_date).into(),
            name: profile.instance_profile_name,
            path: profile.path.into(),
            role_arn: of_role(|role| role.arn),
            role_id: of_role(|role| role.role_id),
            role_name: of_role(|role| role.role_name),
        })
    }
}
