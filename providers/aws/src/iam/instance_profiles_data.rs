//! Data source `aws_iam_instance_profiles`: the instance profiles of a role.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::listing::pages;

/// Finds the IAM instance profiles that give a role.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_instance_profiles")]
pub struct InstanceProfilesData {
    /// The role's name.
    pub id: Computed<String>,
    /// The ARNs of the profiles.
    pub arns: Computed<BTreeSet<String>>,
    /// The names of the profiles.
    pub names: Computed<BTreeSet<String>>,
    /// The paths in which the profiles are.
    pub paths: Computed<BTreeSet<String>>,
    /// The role's name.
    pub role_name: String,
}

#[async_trait]
impl DataSource for InstanceProfilesData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.iam().list_instance_profiles_for_role().role_name(&config.role_name);
        let found = pages!(aws, "iam:ListInstanceProfilesForRole", call)?;
        let set = |part: fn(&aws_sdk_iam::types::InstanceProfile) -> &String| {
            found.iter().map(|profile| part(profile).clone()).collect::<BTreeSet<_>>().into()
        };
        Ok(InstanceProfilesData {
            id: config.role_name.clone().into(),
            arns: set(|profile| &profile.arn),
            names: set(|profile| &profile.instance_profile_name),
            paths: set(|profile| &profile.path),
            ..config
        })
    }
}
