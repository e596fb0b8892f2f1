//! `aws_s3_bucket_ownership_controls`: who owns the objects of a bucket.

use crate::Aws;
use aws_sdk_s3::types::{self, ObjectOwnership};
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, unless};

/// Provides the rule of who owns the objects of a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_ownership_controls", keep)]
pub struct BucketOwnershipControls {
    /// What the state knows it by: the bucket.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The rule.
    #[block(min = 1)]
    pub rule: Option<OwnershipRule>,
}

/// Who owns objects.
#[derive(Clone, Debug, Default, Block)]
pub struct OwnershipRule {
    /// `BucketOwnerEnforced` (access control lists have no effect), `BucketOwnerPreferred` or
    /// `ObjectWriter`.
    #[attr(validate = validate::one_of(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]))]
    pub object_ownership: String,
}

#[async_trait]
impl BucketPart for BucketOwnershipControls {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let ownership = self.rule.as_ref().map(|r| r.object_ownership.as_str()).unwrap_or_default();
        let rule = types::OwnershipControlsRule::builder()
            .object_ownership(ObjectOwnership::from(ownership))
            .build();
        let controls = built(types::OwnershipControls::builder().rules(built(rule)?).build())?;
        let call = aws.s3().put_bucket_ownership_controls().bucket(&self.bucket).ownership_controls(controls);
        aws.call("s3:PutBucketOwnershipControls", call.send()).await?;
        Ok(Self { id: self.bucket.as_str().into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_ownership_controls().bucket(&self.bucket).send();
        let gone = ["OwnershipControlsNotFoundError"];
        let found = unless(aws.call("s3:GetBucketOwnershipControls", call).await, &gone)?;
        let rule = found.and_then(|f| f.ownership_controls).and_then(|c| c.rules.into_iter().next());
        Ok(rule.map(|rule| {
            let object_ownership = rule.object_ownership.as_str().to_owned();
            Self { id: self.bucket.as_str().into(), rule: Some(OwnershipRule { object_ownership }), ..self }
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = aws.s3().delete_bucket_ownership_controls().bucket(&self.bucket).send();
        let gone = ["OwnershipControlsNotFoundError"];
        unless(aws.call("s3:DeleteBucketOwnershipControls", call).await, &gone).map(|_| ())
    }
}

part_of_bucket!(BucketOwnershipControls, part::import_bucket);
