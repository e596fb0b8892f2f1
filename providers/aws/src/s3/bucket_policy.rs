//! `aws_s3_bucket_policy`: who may do what with a bucket.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use crate::iam::policy_json;
use terrane_sdk::{Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::unless;

/// Provides the policy of a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_policy", keep)]
pub struct BucketPolicy {
    /// What the state knows it by: the bucket.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: String,
}

/// Whether the policy names a principal that is not known everywhere yet.
fn is_premature(error: &Error) -> bool {
    error.has_code(&["MalformedPolicy"]) && error.detail.contains("nvalid principal")
}

#[async_trait]
impl BucketPart for BucketPolicy {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        retry_while(PROPAGATION, is_premature, || async {
            let call = aws.s3().put_bucket_policy().bucket(&self.bucket).policy(&self.policy);
            aws.call("s3:PutBucketPolicy", call.send()).await
        })
        .await?;
        Ok(Self { id: self.bucket.as_str().into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_policy().bucket(&self.bucket).send();
        let found = unless(aws.call("s3:GetBucketPolicy", call).await, &["NoSuchBucketPolicy"])?;
        let policy = found.and_then(|f| f.policy).filter(|p| !p.is_empty());
        Ok(policy.map(|policy| Self { id: self.bucket.as_str().into(), policy, ..self }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = aws.s3().delete_bucket_policy().bucket(&self.bucket).send();
        unless(aws.call("s3:DeleteBucketPolicy", call).await, &["NoSuchBucketPolicy"]).map(|_| ())
    }
}

part_of_bucket!(BucketPolicy, part::import_bucket);
