//! Data source `aws_s3_account_public_access_block`: what keeps all buckets of an account from being public.

use super::account_public_access_block::AccountPublicAccessBlock;
use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait, validate};

/// What keeps all buckets of an account from being public.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_s3_account_public_access_block")]
pub struct AccountPublicAccessBlockData {
    /// The account; the provider's own, when none is named.
    #[attr(validate = validate::matches(r"^\d{12}$", "be the number of an account"))]
    pub account_id: Option<String>,
    /// Whether new public access control lists are refused.
    pub block_public_acls: Computed<bool>,
    /// Whether new public bucket policies are refused.
    pub block_public_policy: Computed<bool>,
    /// The account.
    pub id: Computed<String>,
    /// Whether public access control lists have no effect.
    pub ignore_public_acls: Computed<bool>,
    /// Whether only AWS services and the owner's account have access while a policy is public.
    pub restrict_public_buckets: Computed<bool>,
}

#[async_trait]
impl DataSource for AccountPublicAccessBlockData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let account = match config.account_id.as_deref().filter(|a| !a.is_empty()) {
            Some(account) => account.to_owned(),
            None => aws.account().await?.to_string(),
        };
        let wanted = AccountPublicAccessBlock { id: account.as_str().into(), ..Default::default() };
        let Some(found) = wanted.get(aws).await? else {
            let detail =
                format!("Account {account} has no setting that keeps its buckets from being public.");
            return Err(aws.here(Error::new("The account has no such setting", detail)));
        };
        Ok(AccountPublicAccessBlockData {
            block_public_acls: found.block_public_acls.into(),
            block_public_policy: found.block_public_policy.into(),
            id: account.into(),
            ignore_public_acls: found.ignore_public_acls.into(),
            restrict_public_buckets: found.restrict_public_buckets.into(),
            account_id: config.account_id,
        })
    }
}
