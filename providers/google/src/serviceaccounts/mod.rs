//! Service accounts and their keys.

mod access_token;
mod account;
mod accounts;
mod default_accounts;
mod key;

pub use access_token::AccessTokenData;
pub use account::{ServiceAccount, ServiceAccountData};
pub use accounts::{ListedAccount, ServiceAccountsData};
pub use default_accounts::DefaultServiceAccounts;
pub use key::ServiceAccountKey;

use crate::Google;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![DefaultServiceAccounts, ServiceAccount, ServiceAccountKey]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![AccessTokenData, ServiceAccountData, ServiceAccountsData]
}

/// The path of an account by its path, its e-mail address or its own name in `project`.
fn path(project: &str, account: &str) -> String {
    match account {
        account if account.starts_with("projects/") => account.to_owned(),
        account if account.contains('@') => format!("projects/-/serviceAccounts/{account}"),
        account => format!("projects/{project}/serviceAccounts/{account}@{project}.iam.gserviceaccount.com"),
    }
}
