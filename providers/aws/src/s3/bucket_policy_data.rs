//! Data source `aws_s3_bucket_policy`: the policy of a bucket.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The policy of a bucket.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_s3_bucket_policy")]
pub struct BucketPolicyData {
    /// The name of the bucket.
    pub bucket: String,
    /// The name of the bucket.
    pub id: Computed<String>,
    /// The policy document.
    pub policy: Computed<String>,
}

#[async_trait]
impl DataSource for BucketPolicyData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = aws.s3().get_bucket_policy().bucket(&config.bucket).send();
        let found = aws.call("s3:GetBucketPolicy", call).await?;
        let policy = found.policy.unwrap_or_default().into();
        Ok(BucketPolicyData { id: config.bucket.as_str().into(), policy, ..config })
    }
}
