//! `aws_cloudfront_log_delivery_canonical_user_id`: the user as whom CloudFront writes logs into buckets.

use crate::Aws;
use crate::client::partition_of;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The canonical id, as lists of access name it, of the user as whom CloudFront writes logs.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_cloudfront_log_delivery_canonical_user_id")]
pub struct LogDeliveryUser {
    /// The canonical id.
    pub id: Computed<String>,
}

#[async_trait]
impl DataSource for LogDeliveryUser {
    type Client = Aws;

    /// AWS's documentation has these ids; no call tells them.
    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let id = match partition_of(aws.region()) {
            "aws-cn" => "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
            _ => "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
        };
        Ok(Self { id: id.into() })
    }
}
