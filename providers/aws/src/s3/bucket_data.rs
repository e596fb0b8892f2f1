//! Data source `aws_s3_bucket`: where a bucket is.

use crate::Aws;
use crate::client::dns_suffix;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

use super::bucket::head;
use super::region::{hosted_zone, website_domain};
use super::remote::unless;

/// A bucket.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_s3_bucket")]
pub struct BucketData {
    /// The ARN of the bucket.
    pub arn: Computed<String>,
    /// The name of the bucket.
    pub bucket: String,
    /// The host name of the bucket.
    pub bucket_domain_name: Computed<String>,
    /// The region the bucket is in.
    pub bucket_region: Computed<String>,
    /// The host name of the bucket in its region.
    pub bucket_regional_domain_name: Computed<String>,
    /// The hosted zone of S3 in the region.
    pub hosted_zone_id: Computed<String>,
    /// The name of the bucket.
    pub id: Computed<String>,
    /// The domain of the bucket's web site, if it is one.
    pub website_domain: Computed<String>,
    /// The host name of the bucket's web site, if it is one.
    pub website_endpoint: Computed<String>,
}

#[async_trait]
impl DataSource for BucketData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let bucket = config.bucket;
        let Some(region) = head(aws, &bucket).await? else {
            let detail = format!("There is no bucket {bucket} that these credentials can see.");
            return Err(aws.here(Error::new("The bucket does not exist", detail).attribute("bucket")));
        };
        let site = aws.call("s3:GetBucketWebsite", aws.s3().get_bucket_website().bucket(&bucket).send());
        let none = ["NoSuchWebsiteConfiguration", "AccessDenied", "PermanentRedirect", "NotImplemented"];
        let domain = unless(site.await, &none)?.map(|_| website_domain(&region, aws.partition()));
        let suffix = dns_suffix(aws.partition());
        Ok(BucketData {
            arn: format!("arn:{}:s3:::{bucket}", aws.partition()).into(),
            bucket_domain_name: format!("{bucket}.s3.{suffix}").into(),
            bucket_regional_domain_name: format!("{bucket}.s3.{region}.{suffix}").into(),
            hosted_zone_id: hosted_zone(&region).unwrap_or_default().into(),
            id: bucket.as_str().into(),
            website_endpoint: domain.as_ref().map(|d| format!("{bucket}.{d}")).unwrap_or_default().into(),
            website_domain: domain.unwrap_or_default().into(),
            bucket_region: region.into(),
            bucket,
        })
    }
}
