//! Data source `aws_iam_users`: users by pattern and path.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::listing::pages;
use super::name::{pattern, valid_pattern};

/// Finds IAM users.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_users")]
pub struct UsersData {
    /// The region.
    pub id: Computed<String>,
    /// The ARNs of the users.
    pub arns: Computed<BTreeSet<String>>,
    /// A regular expression that the names of the users match.
    #[attr(validate = valid_pattern)]
    pub name_regex: Option<String>,
    /// The names of the users.
    pub names: Computed<BTreeSet<String>>,
    /// What the paths of the users begin with.
    pub path_prefix: Option<String>,
}

#[async_trait]
impl DataSource for UsersData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let matches = pattern(config.name_regex.as_deref())?;
        let call = aws.iam().list_users().set_path_prefix(config.path_prefix.clone());
        let mut users = pages!(aws, "iam:ListUsers", call)?;
        users.retain(|user| matches(&user.user_name));
        Ok(UsersData {
            id: aws.region().into(),
            arns: users.iter().map(|user| user.arn.clone()).collect::<BTreeSet<_>>().into(),
            names: users.into_iter().map(|user| user.user_name).collect::<BTreeSet<_>>().into(),
            ..config
        })
    }
}
