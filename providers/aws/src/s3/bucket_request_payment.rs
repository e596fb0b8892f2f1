//! `aws_s3_bucket_request_payment_configuration`: who pays for downloads from a bucket.

use crate::Aws;
use aws_sdk_s3::types::{Payer, RequestPaymentConfiguration};
use terrane_sdk::{Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, unless};

/// Provides the choice of who pays for downloads. Destroying it lets the owner pay.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_request_payment_configuration", keep)]
pub struct BucketRequestPayment {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// `BucketOwner` or `Requester`.
    #[attr(validate = validate::one_of(&["BucketOwner", "Requester"]))]
    pub payer: String,
}

impl BucketRequestPayment {
    async fn set(&self, aws: &Aws, payer: Payer) -> Result<(), Error> {
        let configuration = built(RequestPaymentConfiguration::builder().payer(payer).build())?;
        let call = (aws.s3().put_bucket_request_payment().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .request_payment_configuration(configuration);
        aws.call("s3:PutBucketRequestPayment", call.send()).await.map(|_| ())
    }
}

#[async_trait]
impl BucketPart for BucketRequestPayment {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        self.set(aws, Payer::from(self.payer.as_str())).await?;
        Ok(Self { id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_request_payment().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let found = unless(aws.call("s3:GetBucketRequestPayment", call.send()).await, &[])?;
        Ok(found.and_then(|f| f.payer).map(|payer| Self {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            payer: payer.as_str().to_owned(),
            ..self
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        unless(self.set(aws, Payer::BucketOwner).await, &[]).map(|_| ())
    }
}

part_of_bucket!(BucketRequestPayment, part::import);
