//! Data sources `aws_organizations_organizational_unit_child_accounts`, the accounts directly in a root or unit,
//! and `aws_organizations_organizational_unit_descendant_accounts`, those in all that is below, too.

use super::account_list::{ListedAccount, of_parent};
use super::tree;
use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The accounts directly in a root or unit.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_organizational_unit_child_accounts")]
pub struct ChildAccounts {
    /// The root or unit.
    pub id: Computed<String>,
    /// The accounts.
    pub accounts: Computed<Vec<ListedAccount>>,
    /// The root or unit.
    #[attr(validate = tree::valid_parent)]
    pub parent_id: String,
}

/// The accounts in a root or unit and in all units below it.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_organizational_unit_descendant_accounts")]
pub struct DescendantAccounts {
    /// The root or unit.
    pub id: Computed<String>,
    /// The accounts.
    pub accounts: Computed<Vec<ListedAccount>>,
    /// The root or unit.
    #[attr(validate = tree::valid_parent)]
    pub parent_id: String,
}

#[async_trait]
impl DataSource for ChildAccounts {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let found = of_parent(aws, &config.parent_id).await?;
        Ok(ChildAccounts {
            id: config.parent_id.as_str().into(),
            accounts: found.iter().map(ListedAccount::of).collect::<Vec<_>>().into(),
            ..config
        })
    }
}

#[async_trait]
impl DataSource for DescendantAccounts {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let found = tree::accounts_below(aws, &config.parent_id).await?;
        Ok(DescendantAccounts {
            id: config.parent_id.as_str().into(),
            accounts: found.iter().map(ListedAccount::of).collect::<Vec<_>>().into(),
            ..config
        })
    }
}
