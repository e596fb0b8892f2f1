//! Data source `aws_iam_account_alias`: the account's alias.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::account_alias::aliases;

/// Finds the alias of the AWS account.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_account_alias")]
pub struct AccountAliasData {
    /// The alias.
    pub id: Computed<String>,
    /// The alias.
    pub account_alias: Computed<String>,
}

#[async_trait]
impl DataSource for AccountAliasData {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let missing = || {
            let error = Error::new("No account alias found", "The account has no alias.");
            aws.here(error.operation("iam:ListAccountAliases"))
        };
        let alias = aliases(aws).await?.pop_first().ok_or_else(missing)?;
        Ok(AccountAliasData { id: alias.clone().into(), account_alias: alias.into() })
    }
}
