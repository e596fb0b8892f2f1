//! `google_service_accounts`: data source of the service accounts of a project.

use super::ServiceAccount;
use super::account::all_of;
use crate::Google;
use crate::provider::project_of;
use regex::Regex;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

/// Lists the service accounts of a project.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_service_accounts")]
pub struct ServiceAccountsData {
    /// The path of the project.
    pub id: Computed<String>,
    /// What the names of the accounts begin with.
    pub prefix: Option<String>,
    /// The project of the accounts.
    pub project: Option<String>,
    /// A regular expression that their e-mail addresses fit.
    pub regex: Option<String>,
    /// The accounts.
    pub accounts: Computed<Vec<ListedAccount>>,
}

/// A service account.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ListedAccount {
    /// The first part of its e-mail address.
    pub account_id: Computed<String>,
    /// Whether the account cannot be used.
    pub disabled: Computed<bool>,
    /// The name of the account, for people.
    pub display_name: Computed<String>,
    /// The e-mail address.
    pub email: Computed<String>,
    /// The account as policies name it.
    pub member: Computed<String>,
    /// The path of the account, from `projects/` on.
    pub name: Computed<String>,
    /// Google's number for the account.
    pub unique_id: Computed<String>,
}

#[async_trait]
impl DataSource for ServiceAccountsData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?;
        let prefix = config.prefix.as_deref().unwrap_or_default();
        let regex = Regex::new(config.regex.as_deref().unwrap_or_default()).map_err(|error| {
            Error::new("Invalid regular expression", error.to_string()).attribute("regex")
        })?;
        let found =
            all_of(google, project).await?.into_values().map(|one| ServiceAccount::default().with(one));
        let fitting = found.filter(|account| {
            account.account_id.starts_with(prefix)
                && regex.is_match(account.email.as_deref().unwrap_or_default())
        });
        let accounts = fitting.map(|account| ListedAccount {
            account_id: account.account_id.into(),
            disabled: account.disabled.into(),
            display_name: account.display_name.into(),
            email: account.email,
            member: account.member,
            name: account.name,
            unique_id: account.unique_id,
        });
        Ok(ServiceAccountsData {
            id: format!("projects/{project}").into(),
            accounts: accounts.collect::<Vec<_>>().into(),
            ..config
        })
    }
}
