//! `aws_caller_identity`: whose credentials these are.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// Who the provider acts as.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_caller_identity")]
pub struct CallerIdentity {
    /// The account.
    pub account_id: Computed<String>,
    /// The ARN of the user or session.
    pub arn: Computed<String>,
    /// The account.
    pub id: Computed<String>,
    /// The unique id of the user or session.
    pub user_id: Computed<String>,
}

#[async_trait]
impl DataSource for CallerIdentity {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let identity = aws.call("sts:GetCallerIdentity", aws.sts().get_caller_identity().send()).await?;
        Ok(CallerIdentity {
            account_id: identity.account.clone().into(),
            arn: identity.arn.into(),
            id: identity.account.into(),
            user_id: identity.user_id.into(),
        })
    }
}
