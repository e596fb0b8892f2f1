//! `aws_s3_bucket`: a bucket. Its configurations are resources of their own, and arguments from before they were (see
//! [`inline`]).
//!
//! A read is one request, and one for each of these arguments that is there: GetBucketTagging tells the tags, and whether the
//! bucket exists.

use crate::Aws;
use crate::client::{Poll, dns_suffix, retry_while, wait_until};
use crate::iam::{name, policy_json};
use crate::tags::Tags;
use aws_sdk_s3::types::{
    BucketCannedAcl, BucketLocationConstraint, BucketNamespace, CreateBucketConfiguration, ObjectLockEnabled,
};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    join_all, validate,
};

use super::bucket_acl::CANNED;
use super::bucket_contents;
use super::bucket_name;
use super::inline::{
    self, CorsRule, Encryption, Grant, LifecycleRule, Logging, ObjectLock, Replication, Versioning, Website,
};
use super::region::hosted_zone;
use super::remote::{tag_list, text, unless};
use super::tagging;

/// The region whose buckets have no location constraint.
const FIRST_REGION: &str = "us-east-1";

/// Provides an S3 bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_s3_bucket",
    keep,
    timeouts(create = "20m", read = "20m", update = "20m", delete = "60m")
)]
pub struct Bucket {
    /// The name of the bucket.
    pub id: Computed<String>,
    /// See `aws_s3_bucket_accelerate_configuration`.
    #[attr(
        deprecated = "Use the aws_s3_bucket_accelerate_configuration resource instead.",
        validate = validate::one_of(&["Enabled", "Suspended"])
    )]
    pub acceleration_status: Auto<String>,
    /// See `aws_s3_bucket_acl`.
    #[attr(
        conflicts_with = "grant",
        deprecated = "Use the aws_s3_bucket_acl resource instead.",
        validate = validate::one_of(CANNED)
    )]
    pub acl: Auto<String>,
    /// The ARN of the bucket.
    pub arn: Computed<String>,
    /// The name of the bucket; made up when it is not set.
    #[attr(force_new, conflicts_with = "bucket_prefix", validate = bucket_name::valid)]
    pub bucket: Auto<String>,
    /// The host name of the bucket.
    pub bucket_domain_name: Computed<String>,
    /// Where names are unique: `global`, or `account-regional` for names of the account's own.
    #[attr(force_new, validate = validate::one_of(&["global", "account-regional"]))]
    pub bucket_namespace: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "bucket", validate = validate::length(0..=37))]
    pub bucket_prefix: Auto<String>,
    /// The region the bucket is in.
    pub bucket_region: Computed<String>,
    /// The host name of the bucket in its region.
    pub bucket_regional_domain_name: Computed<String>,
    /// See `aws_s3_bucket_cors_configuration`.
    #[block(computed, deprecated = "Use the aws_s3_bucket_cors_configuration resource instead.")]
    pub cors_rule: Vec<CorsRule>,
    /// Whether all objects, with all their versions, are deleted with the bucket.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// See `aws_s3_bucket_acl`.
    #[block(computed, deprecated = "Use the aws_s3_bucket_acl resource instead.")]
    pub grant: BTreeSet<Grant>,
    /// The hosted zone of S3 in the region.
    pub hosted_zone_id: Computed<String>,
    /// See `aws_s3_bucket_lifecycle_configuration`.
    #[block(computed, deprecated = "Use the aws_s3_bucket_lifecycle_configuration resource instead.")]
    pub lifecycle_rule: Vec<LifecycleRule>,
    /// See `aws_s3_bucket_logging`.
    #[block(computed, max = 1, deprecated = "Use the aws_s3_bucket_logging resource instead.")]
    pub logging: Vec<Logging>,
    /// See `aws_s3_bucket_object_lock_configuration`.
    #[block(
        computed,
        max = 1,
        deprecated = "Use the aws_s3_bucket_object_lock_configuration resource instead."
    )]
    pub object_lock_configuration: Vec<ObjectLock>,
    /// Whether objects can be locked.
    #[attr(force_new)]
    pub object_lock_enabled: Auto<bool>,
    /// See `aws_s3_bucket_policy`.
    #[attr(
        deprecated = "Use the aws_s3_bucket_policy resource instead.",
        validate = policy_json::valid,
        equivalent = policy_json::same_meaning
    )]
    pub policy: Auto<String>,
    /// See `aws_s3_bucket_replication_configuration`.
    #[block(
        computed,
        max = 1,
        deprecated = "Use the aws_s3_bucket_replication_configuration resource instead."
    )]
    pub replication_configuration: Vec<Replication>,
    /// See `aws_s3_bucket_request_payment_configuration`.
    #[attr(
        deprecated = "Use the aws_s3_bucket_request_payment_configuration resource instead.",
        validate = validate::one_of(&["BucketOwner", "Requester"])
    )]
    pub request_payer: Auto<String>,
    /// See `aws_s3_bucket_server_side_encryption_configuration`.
    #[block(
        computed,
        max = 1,
        deprecated = "Use the aws_s3_bucket_server_side_encryption_configuration resource instead."
    )]
    pub server_side_encryption_configuration: Vec<Encryption>,
    /// The tags of the bucket.
    pub tags: Tags,
    /// See `aws_s3_bucket_versioning`.
    #[block(computed, max = 1, deprecated = "Use the aws_s3_bucket_versioning resource instead.")]
    pub versioning: Vec<Versioning>,
    /// See `aws_s3_bucket_website_configuration`.
    #[block(computed, max = 1, deprecated = "Use the aws_s3_bucket_website_configuration resource instead.")]
    pub website: Vec<Website>,
    /// The domain of web sites, of a bucket with `website`.
    #[attr(deprecated = "Use the aws_s3_bucket_website_configuration resource instead.")]
    pub website_domain: Computed<String>,
    /// The host name of the web site, of a bucket with `website`.
    #[attr(deprecated = "Use the aws_s3_bucket_website_configuration resource instead.")]
    pub website_endpoint: Computed<String>,
}

impl Bucket {
    fn with_name(self, aws: &Aws, bucket: &str) -> Bucket {
        let (region, suffix) = (aws.region(), dns_suffix(aws.partition()));
        Bucket {
            id: bucket.into(),
            arn: format!("arn:{}:s3:::{bucket}", aws.partition()).into(),
            bucket: bucket.into(),
            bucket_domain_name: format!("{bucket}.s3.{suffix}").into(),
            bucket_namespace: self
                .bucket_namespace
                .0
                .unwrap_or_else(|| bucket_name::namespace(bucket))
                .into(),
            bucket_prefix: name::prefix_of(bucket).into(),
            bucket_region: region.into(),
            bucket_regional_domain_name: format!("{bucket}.s3.{region}.{suffix}").into(),
            hosted_zone_id: hosted_zone(region).unwrap_or_default().into(),
            website_domain: self.website_domain.0.unwrap_or_default().into(),
            website_endpoint: self.website_endpoint.0.unwrap_or_default().into(),
            ..self
        }
    }

    async fn make(&self, aws: &Aws, bucket: &str, cx: &ApplyContext) -> Result<(), Error> {
        if aws.region() == FIRST_REGION && !cx.repeated && head(aws, bucket).await?.is_some() {
            // There, and only there, to make a bucket that one has already is no error.
            let detail = format!("You have a bucket {bucket} already. Import it, or choose another name.");
            return Err(aws.here(Error::new("CreateBucket failed", detail).code("BucketAlreadyOwnedByYou")));
        }
        let mut configuration = CreateBucketConfiguration::builder();
        let mut needed = false;
        if aws.region() != FIRST_REGION {
            configuration = configuration.location_constraint(BucketLocationConstraint::from(aws.region()));
            needed = true;
        }
        // Stores that speak S3's language need not know of tags at creation.
        if !self.tags.is_empty() && !aws.has_own_endpoint("s3") {
            configuration = configuration.set_tags(Some(tag_list(&self.tags)?));
            needed = true;
        }
        let namespace = text(&self.bucket_namespace.0).filter(|n| n != "global");
        let call = (aws.s3().create_bucket().bucket(bucket))
            .set_create_bucket_configuration(needed.then(|| configuration.build()))
            .set_acl(text(&self.acl.0).as_deref().map(BucketCannedAcl::from))
            .set_bucket_namespace(namespace.as_deref().map(BucketNamespace::from))
            .set_object_lock_enabled_for_bucket(self.locks().then_some(true));
        let busy = |e: &Error| e.has_code(&["OperationAborted"]);
        let send = || aws.call("s3:CreateBucket", call.clone().send());
        match retry_while(cx.timeout_or(Duration::from_secs(20 * 60)), busy, send).await {
            Err(e) if cx.repeated && e.has_code(&["BucketAlreadyOwnedByYou"]) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Whether a new bucket is one with locks.
    fn locks(&self) -> bool {
        let said =
            self.object_lock_configuration.first().and_then(|lock| lock.object_lock_enabled.as_deref());
        self.object_lock_enabled.0 == Some(true) || said == Some("Enabled")
    }

    /// Gives a new bucket all that its creation does not.
    async fn complete(&mut self, aws: &Aws, bucket: &str, cx: &ApplyContext) -> Result<(), Error> {
        let patience = cx.timeout_or(Duration::from_secs(20 * 60));
        let tags = wait_until("the new bucket", patience, || async {
            let found = tagging::of_bucket(aws, bucket).await?;
            Ok(found.map_or_else(|| Poll::Pending("not to be seen".into()), Poll::Ready))
        })
        .await?;
        if tags != self.tags {
            tagging::set_bucket(aws, bucket, &self.tags).await?;
        }
        inline::put(aws, None, self, cx).await
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<Bucket>, Error> {
        let bucket = self.id.known()?.clone();
        let imported = self.arn.0.is_none();
        let Some(tags) = tagging::of_bucket(aws, &bucket).await? else { return Ok(None) };
        let locked = match self.object_lock_enabled.0 {
            Some(locked) => locked,
            None => is_locked(aws, &bucket).await?,
        };
        let mut bucket = Bucket { tags, object_lock_enabled: locked.into(), ..self.with_name(aws, &bucket) };
        inline::read(aws, &mut bucket, imported).await?;
        Ok(Some(bucket))
    }
}

/// Where a bucket is; `None` when it does not exist.
pub(super) async fn head(aws: &Aws, bucket: &str) -> Result<Option<String>, Error> {
    let found = unless(aws.call("s3:HeadBucket", aws.s3().head_bucket().bucket(bucket).send()).await, &[])?;
    Ok(found.map(|f| f.bucket_region.unwrap_or_else(|| aws.region().to_owned())))
}

/// The names of all buckets in the region.
pub(super) async fn names(aws: &Aws) -> Result<Vec<String>, Error> {
    let listed = async {
        let mut pages = aws.s3().list_buckets().bucket_region(aws.region()).into_paginator().send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            all.extend(page?.buckets.unwrap_or_default().into_iter().filter_map(|b| b.name));
        }
        Ok(all)
    };
    aws.call("s3:ListBuckets", listed).await
}

/// Whether objects of the bucket can be locked. Stores that do not know the question say no.
async fn is_locked(aws: &Aws, bucket: &str) -> Result<bool, Error> {
    let call = aws.s3().get_object_lock_configuration().bucket(bucket).send();
    let none = ["ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed"];
    let found = unless(aws.call("s3:GetObjectLockConfiguration", call).await, &none)?;
    let enabled = found.and_then(|f| f.object_lock_configuration).and_then(|c| c.object_lock_enabled);
    Ok(enabled == Some(ObjectLockEnabled::Enabled))
}

#[async_trait]
impl Resource for Bucket {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let bucket = name::chosen(planned.bucket.as_deref(), planned.bucket_prefix.as_deref(), cx);
        planned.make(aws, &bucket, cx).await?;
        let locked = planned.locks();
        let mut created = Bucket { object_lock_enabled: locked.into(), ..planned.with_name(aws, &bucket) };
        match created.complete(aws, &bucket, cx).await {
            Ok(()) => Ok(created),
            Err(error) => Err(Failure::partial(error, created)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // S3 has no call that tells about several buckets more than their names.
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(
        aws: &Aws,
        prior: Self,
        mut planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        if prior.tags != planned.tags {
            tagging::set_bucket(aws, planned.id.known()?, &planned.tags).await?;
        }
        inline::put(aws, Some(&prior), &mut planned, cx).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let bucket = state.id.known()?;
        let delete = || aws.call("s3:DeleteBucket", aws.s3().delete_bucket().bucket(bucket).send());
        let busy = |e: &Error| e.has_code(&["OperationAborted"]);
        let not_empty = |e: &Error| e.has_code(&["BucketNotEmpty"]);
        let patience = cx.timeout_or(Duration::from_secs(60 * 60));
        let deleted = match retry_while(patience, busy, delete).await {
            Err(e) if not_empty(&e) && state.force_destroy == Some(true) => {
                let locked = state.object_lock_enabled.0 == Some(true);
                bucket_contents::delete_all(aws, bucket, locked).await?;
                retry_while(patience, |e| busy(e) || not_empty(e), delete).await
            }
            Err(mut e) if not_empty(&e) => {
                e.detail.push_str(
                    " Delete its objects and their versions, or set force_destroy = true and apply that first.",
                );
                Err(e)
            }
            other => other,
        };
        unless(deleted, &[]).map(|_| ())
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("bucket", Value::from(id)), ("force_destroy", Value::from(false))])
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = names(aws).await?;
        Ok(Some(all.iter().map(|bucket| Bucket::default().with_name(aws, bucket)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        inline::plan(cx);
    }
}
