//! `aws_s3_bucket_versioning`: whether a bucket keeps earlier versions of its objects.

use crate::Aws;
use aws_sdk_s3::types::{BucketVersioningStatus, MfaDelete, VersioningConfiguration};
use terrane_sdk::{Auto, Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::unless;

/// The status of a bucket that has never had versions.
pub(super) const NEVER: &str = "Disabled";

/// Provides the versioning of a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_versioning", keep)]
pub struct BucketVersioning {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// The serial number of the owner's device for authentication, a space, and what it shows.
    pub mfa: Option<String>,
    /// Whether versions are kept.
    #[block(min = 1)]
    pub versioning_configuration: Option<Versioning>,
}

/// Whether versions are kept, and how they can be deleted.
#[derive(Clone, Debug, Default, Block)]
pub struct Versioning {
    /// Whether only somebody with the owner's device can delete versions: `Enabled` or `Disabled`.
    #[attr(validate = validate::one_of(&["Enabled", "Disabled"]))]
    pub mfa_delete: Auto<String>,
    /// `Enabled`, `Suspended`, or `Disabled` for a bucket that has never had versions.
    #[attr(validate = validate::one_of(&["Enabled", "Suspended", "Disabled"]))]
    pub status: String,
}

#[async_trait]
impl BucketPart for BucketVersioning {
    async fn put(mut self, aws: &Aws, prior: Option<&Self>) -> Result<Self, Error> {
        let wanted = self.versioning_configuration.get_or_insert_default();
        let before = prior.and_then(|p| p.versioning_configuration.as_ref());
        let never = wanted.status == NEVER;
        if never && before.is_some_and(|b| b.status != NEVER) {
            let detail = "A bucket that has kept versions cannot go back to the state before: it can be \
                          Suspended. Nothing was changed.";
            return Err(Error::new("Versioning cannot be undone", detail)
                .attribute("versioning_configuration[0].status"));
        }
        if !never {
            let configuration = VersioningConfiguration::builder()
                .status(BucketVersioningStatus::from(wanted.status.as_str()))
                .set_mfa_delete(wanted.mfa_delete.as_deref().filter(|m| !m.is_empty()).map(MfaDelete::from))
                .build();
            let call = (aws.s3().put_bucket_versioning().bucket(&self.bucket))
                .set_expected_bucket_owner(self.expected_bucket_owner.clone())
                .set_mfa(self.mfa.clone().filter(|m| !m.is_empty()))
                .versioning_configuration(configuration);
            aws.call("s3:PutBucketVersioning", call.send()).await?;
        }
        if wanted.mfa_delete.0.is_none() {
            wanted.mfa_delete = "".into();
        }
        self.id = part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into();
        Ok(self)
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_versioning().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let answer = unless(aws.call("s3:GetBucketVersioning", call.send()).await, &[])?;
        Ok(answer.map(|found| {
            // S3 says nothing of it unless it was set at some time, which is to say that it is disabled.
            let ours = self.versioning_configuration.as_ref().and_then(|v| v.mfa_delete.0.clone());
            let silent = ours.filter(|ours| ours == "Disabled").unwrap_or_default();
            let mfa_delete = found.mfa_delete.map_or(silent, |m| m.as_str().to_owned());
            let status = found.status.map_or(NEVER.to_owned(), |s| s.as_str().to_owned());
            let versioning = Versioning { mfa_delete: mfa_delete.into(), status };
            let id = part::id(&self.bucket, self.expected_bucket_owner.as_deref());
            Self { id: id.into(), versioning_configuration: Some(versioning), ..self }
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        if self.versioning_configuration.as_ref().is_some_and(|v| v.status == NEVER) {
            return Ok(());
        }
        let configuration =
            VersioningConfiguration::builder().status(BucketVersioningStatus::Suspended).build();
        let call = (aws.s3().put_bucket_versioning().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .set_mfa(self.mfa.clone().filter(|m| !m.is_empty()))
            .versioning_configuration(configuration);
        // Versions of a bucket whose objects can be locked are kept as long as there is the bucket.
        unless(aws.call("s3:PutBucketVersioning", call.send()).await, &["InvalidBucketState"]).map(|_| ())
    }
}

part_of_bucket!(BucketVersioning, part::import);
