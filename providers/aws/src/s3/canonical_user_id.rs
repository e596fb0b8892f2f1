//! Data source `aws_canonical_user_id`: how S3 knows the account.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The account as access control lists name it.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_canonical_user_id")]
pub struct CanonicalUserId {
    /// The account's name, which AWS gives in some regions only.
    pub display_name: Computed<String>,
    /// The id.
    pub id: Computed<String>,
}

#[async_trait]
impl DataSource for CanonicalUserId {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let answer = aws.call("s3:ListBuckets", aws.s3().list_buckets().max_buckets(1).send()).await?;
        let owner = answer.owner;
        let Some(id) = owner.as_ref().and_then(|o| o.id.clone()) else {
            let detail = "The answer of S3 does not name the owner of the buckets.";
            return Err(aws.here(Error::new("No canonical user id", detail).operation("s3:ListBuckets")));
        };
        let display_name = owner.and_then(|o| o.display_name).unwrap_or_default().into();
        Ok(CanonicalUserId { display_name, id: id.into() })
    }
}
