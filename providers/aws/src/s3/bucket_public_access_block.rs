//! `aws_s3_bucket_public_access_block`: what keeps a bucket from being public.

use crate::Aws;
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use terrane_sdk::{Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::unless;

/// Provides what keeps a bucket from being public.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_public_access_block", keep)]
pub struct BucketPublicAccessBlock {
    /// What the state knows it by: the bucket.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// Whether new public access control lists are refused.
    #[attr(default = false)]
    pub block_public_acls: Option<bool>,
    /// Whether new public bucket policies are refused.
    #[attr(default = false)]
    pub block_public_policy: Option<bool>,
    /// Whether public access control lists have no effect.
    #[attr(default = false)]
    pub ignore_public_acls: Option<bool>,
    /// Whether only AWS services and the owner's account have access while the policy is public.
    #[attr(default = false)]
    pub restrict_public_buckets: Option<bool>,
    /// Whether it stays when the resource is destroyed.
    pub skip_destroy: Option<bool>,
}

#[async_trait]
impl BucketPart for BucketPublicAccessBlock {
    async fn put(self, aws: &Aws, prior: Option<&Self>) -> Result<Self, Error> {
        let settings = |block: &Self| {
            [
                block.block_public_acls == Some(true),
                block.block_public_policy == Some(true),
                block.ignore_public_acls == Some(true),
                block.restrict_public_buckets == Some(true),
            ]
        };
        let wanted = settings(&self);
        if prior.map(settings) != Some(wanted) {
            let [acls, policy, ignore, restrict] = wanted;
            let configuration = PublicAccessBlockConfiguration::builder()
                .block_public_acls(acls)
                .block_public_policy(policy)
                .ignore_public_acls(ignore)
                .restrict_public_buckets(restrict)
                .build();
            let call = (aws.s3().put_public_access_block().bucket(&self.bucket))
                .public_access_block_configuration(configuration);
            aws.call("s3:PutPublicAccessBlock", call.send()).await?;
        }
        Ok(Self { id: self.bucket.as_str().into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_public_access_block().bucket(&self.bucket).send();
        let gone = ["NoSuchPublicAccessBlockConfiguration"];
        let found = unless(aws.call("s3:GetPublicAccessBlock", call).await, &gone)?;
        Ok(found.and_then(|f| f.public_access_block_configuration).map(|block| Self {
            id: self.bucket.as_str().into(),
            block_public_acls: Some(block.block_public_acls.unwrap_or_default()),
            block_public_policy: Some(block.block_public_policy.unwrap_or_default()),
            ignore_public_acls: Some(block.ignore_public_acls.unwrap_or_default()),
            restrict_public_buckets: Some(block.restrict_public_buckets.unwrap_or_default()),
            ..self
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        if self.skip_destroy == Some(true) {
            return Ok(());
        }
        let call = aws.s3().delete_public_access_block().bucket(&self.bucket).send();
        let gone = ["NoSuchPublicAccessBlockConfiguration"];
        unless(aws.call("s3:DeletePublicAccessBlock", call).await, &gone).map(|_| ())
    }
}

part_of_bucket!(BucketPublicAccessBlock, part::import_bucket);
