//! Data source `aws_iam_roles`: roles by pattern and path.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::listing::pages;
use super::name::{pattern, valid_pattern};

/// Finds IAM roles.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_roles")]
pub struct RolesData {
    /// The region.
    pub id: Computed<String>,
    /// The ARNs of the roles.
    pub arns: Computed<BTreeSet<String>>,
    /// A regular expression that the names of the roles match.
    #[attr(validate = valid_pattern)]
    pub name_regex: Option<String>,
    /// The names of the roles.
    pub names: Computed<BTreeSet<String>>,
    /// What the paths of the roles begin with.
    pub path_prefix: Option<String>,
}

#[async_trait]
impl DataSource for RolesData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let matches = pattern(config.name_regex.as_deref())?;
        let call = aws.iam().list_roles().set_path_prefix(config.path_prefix.clone());
        let mut roles = pages!(aws, "iam:ListRoles", call)?;
        roles.retain(|role| matches(&role.role_name));
        Ok(RolesData {
            id: aws.region().into(),
            arns: roles.iter().map(|role| role.arn.clone()).collect::<BTreeSet<_>>().into(),
            names: roles.into_iter().map(|role| role.role_name).collect::<BTreeSet<_>>().into(),
            ..config
        })
    }
}
