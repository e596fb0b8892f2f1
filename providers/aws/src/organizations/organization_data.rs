//! Data source `aws_organizations_organization`: the organization that the account is in.

use super::account_list::ListedAccount;
use super::organization::{Organization, Root, describe};
use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The organization that the account is in, with its accounts.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_organizations_organization")]
pub struct OrganizationData {
    /// The id of the organization.
    pub id: Computed<String>,
    /// All its accounts.
    pub accounts: Computed<Vec<ListedAccount>>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The services of AWS that work in all accounts.
    pub aws_service_access_principals: Computed<BTreeSet<String>>,
    /// The kinds of policies that can be attached.
    pub enabled_policy_types: Computed<BTreeSet<String>>,
    /// What the organization can: `ALL`, or `CONSOLIDATED_BILLING` alone.
    pub feature_set: Computed<String>,
    /// The ARN of the management account.
    pub master_account_arn: Computed<String>,
    /// The e-mail address of the management account.
    pub master_account_email: Computed<String>,
    /// The id of the management account.
    pub master_account_id: Computed<String>,
    /// The name of the management account.
    pub master_account_name: Computed<String>,
    /// All accounts but the management account.
    pub non_master_accounts: Computed<Vec<ListedAccount>>,
    /// Whether accounts, roots and services are left out, which takes one request instead of several.
    pub return_organization_only: Option<bool>,
    /// The roots, of which there is one.
    pub roots: Computed<Vec<Root>>,
}

#[async_trait]
impl DataSource for OrganizationData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let none = || {
            Error::new("The account is in no organization", "Ask with an account that is a member of one.")
                .operation("organizations:DescribeOrganization")
        };
        let remote = describe(aws).await?.ok_or_else(none)?;
        let asked = config.return_organization_only;
        let own = aws.account().await?;
        let mut only = asked;
        // Members that administer nothing may ask for the organization alone.
        let is_management = remote.master_account_id.as_deref() == Some(&*own);
        let asked_for = Organization { return_organization_only: only, ..Organization::default() };
        let found = match asked_for.filled(aws, remote.clone()).await {
            Err(error) if !is_management && error.has_code(&["AccessDeniedException"]) => {
                only = Some(true);
                let asked_for = Organization { return_organization_only: only, ..Organization::default() };
                asked_for.filled(aws, remote).await?
            }
            found => found?,
        };
        let email = found.accounts.get().into_iter().flatten();
        let email = email.filter(|account| Some(&account.id) == found.master_account_id.get());
        let email = email.map(|account| account.email.clone()).next();
        Ok(OrganizationData {
            id: found.id,
            arn: found.arn,
            aws_service_access_principals: found.aws_service_access_principals.into(),
            enabled_policy_types: found.enabled_policy_types.into(),
            feature_set: found.feature_set.into(),
            master_account_arn: found.master_account_arn,
            master_account_email: found.master_account_email.0.or(email).into(),
            master_account_id: found.master_account_id,
            master_account_name: found.master_account_name,
            non_master_accounts: found.non_master_accounts,
            accounts: found.accounts,
            return_organization_only: asked,
            roots: found.roots,
        })
    }
}
