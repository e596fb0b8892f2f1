//! `aws_partition`: which of the separate AWS clouds this is.

use crate::Aws;
use crate::client::dns_suffix;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The partition that the provider's region is in.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_partition")]
pub struct Partition {
    /// The domain that the partition's services are under.
    pub dns_suffix: Computed<String>,
    /// The partition.
    pub id: Computed<String>,
    /// The partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: Computed<String>,
    /// The domain with its parts in the opposite order.
    pub reverse_dns_prefix: Computed<String>,
}

#[async_trait]
impl DataSource for Partition {
    type Client = Aws;

    async fn read(aws: &Aws, _: Self) -> Result<Self, Error> {
        let suffix = dns_suffix(aws.partition());
        let reverse: Vec<&str> = suffix.rsplit('.').collect();
        Ok(Partition {
            dns_suffix: suffix.into(),
            id: aws.partition().into(),
            partition: aws.partition().into(),
            reverse_dns_prefix: reverse.join(".").into(),
        })
    }
}
