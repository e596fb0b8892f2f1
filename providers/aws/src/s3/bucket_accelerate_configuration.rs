//! `aws_s3_bucket_accelerate_configuration`: whether a bucket can be reached through AWS's edge.

use crate::Aws;
use aws_sdk_s3::types::{AccelerateConfiguration, BucketAccelerateStatus};
use terrane_sdk::{Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::unless;

/// Provides the transfer acceleration of a bucket. Destroying it suspends the acceleration.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_accelerate_configuration", keep)]
pub struct BucketAccelerateConfiguration {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// `Enabled` or `Suspended`.
    #[attr(validate = validate::one_of(&["Enabled", "Suspended"]))]
    pub status: String,
}

impl BucketAccelerateConfiguration {
    async fn set(&self, aws: &Aws, status: BucketAccelerateStatus) -> Result<(), Error> {
        let configuration = AccelerateConfiguration::builder().status(status).build();
        let call = (aws.s3().put_bucket_accelerate_configuration().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .accelerate_configuration(configuration);
        aws.call("s3:PutBucketAccelerateConfiguration", call.send()).await.map(|_| ())
    }
}

#[async_trait]
impl BucketPart for BucketAccelerateConfiguration {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        self.set(aws, BucketAccelerateStatus::from(self.status.as_str())).await?;
        Ok(Self { id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_accelerate_configuration().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let found = unless(aws.call("s3:GetBucketAccelerateConfiguration", call.send()).await, &[])?;
        Ok(found.and_then(|f| f.status).map(|status| Self {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            status: status.as_str().to_owned(),
            ..self
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        unless(self.set(aws, BucketAccelerateStatus::Suspended).await, &[]).map(|_| ())
    }
}

part_of_bucket!(BucketAccelerateConfiguration, part::import);
