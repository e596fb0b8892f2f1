//! `aws_s3_object`: an object in a bucket, from a file or a text.

use crate::Aws;
use crate::client::retry_while;
use crate::tags::Tags;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{
    self, ChecksumMode, ObjectCannedAcl, ObjectLockLegalHold, ObjectLockLegalHoldStatus, ObjectLockRetention,
    ObjectLockRetentionMode,
};
use futures::future::try_join;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Diagnostic, Diagnostics, Error, Failure, Object,
    PlanContext, Resource, Value, async_trait, join_all, validate,
};

use super::bucket_acl::CANNED;
use super::remote::{same_time, text, time, time_text, unless, valid_time};
use super::{object_put, object_versions, part, tagging};

/// Provides an object in a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_object", keep)]
pub struct S3Object {
    /// The name of the object.
    pub id: Computed<String>,
    /// A list of access that S3 knows by name.
    #[attr(validate = validate::one_of(CANNED))]
    pub acl: Auto<String>,
    /// The ARN of the object.
    pub arn: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new)]
    pub bucket: String,
    /// Whether a key of the bucket spares calls of the Key Management Service.
    pub bucket_key_enabled: Auto<bool>,
    /// How caches may keep the object.
    pub cache_control: Option<String>,
    /// The checksum to store with the object: `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1` or `SHA256`.
    #[attr(validate = validate::one_of(&["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]))]
    pub checksum_algorithm: Option<String>,
    /// The CRC32 checksum, in base 64.
    pub checksum_crc32: Computed<String>,
    /// The CRC32C checksum, in base 64.
    #[attr(name = "checksum_crc32_c")]
    pub checksum_crc32c: Computed<String>,
    /// The CRC64NVME checksum, in base 64.
    #[attr(name = "checksum_crc64_nvme")]
    pub checksum_crc64nvme: Computed<String>,
    /// The SHA-1 digest, in base 64.
    pub checksum_sha1: Computed<String>,
    /// The SHA-256 digest, in base 64.
    pub checksum_sha256: Computed<String>,
    /// The content, as a text.
    #[attr(conflicts_with = ["content_base64", "source"])]
    pub content: Option<String>,
    /// The content, in base 64.
    #[attr(conflicts_with = ["content", "source"])]
    pub content_base64: Option<String>,
    /// How browsers are to show the object.
    pub content_disposition: Option<String>,
    /// How the content is encoded: `gzip`.
    pub content_encoding: Option<String>,
    /// The language of the content.
    pub content_language: Option<String>,
    /// The type of the content: `application/json`.
    pub content_type: Auto<String>,
    /// The entity tag, which is the MD5 digest of objects that are not encrypted with a key.
    /// Set it to `filemd5(...)` to have the object written again when the file has changed.
    #[attr(conflicts_with = "kms_key_id")]
    pub etag: Auto<String>,
    /// Whether all versions are deleted with the object, even under a legal hold.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// The name of the object.
    #[attr(force_new, validate = validate::length(1..=1024))]
    pub key: String,
    /// The ARN of the key to encrypt with.
    pub kms_key_id: Auto<String>,
    /// Texts that are kept with the object. Their names are in lower case.
    pub metadata: Tags,
    /// `ON` or `OFF`: whether the object cannot be deleted.
    #[attr(validate = validate::one_of(&["ON", "OFF"]))]
    pub object_lock_legal_hold_status: Option<String>,
    /// `GOVERNANCE` or `COMPLIANCE`.
    #[attr(validate = validate::one_of(&["GOVERNANCE", "COMPLIANCE"]))]
    pub object_lock_mode: Option<String>,
    /// Until when the object cannot be deleted.
    #[attr(validate = valid_time, equivalent = same_time)]
    pub object_lock_retain_until_date: Option<String>,
    /// Settings of the provider that are others for this object.
    #[block]
    pub override_provider: Option<OverrideProvider>,
    /// How the object is encrypted: `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[attr(validate = validate::one_of(&["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"]))]
    pub server_side_encryption: Auto<String>,
    /// The path of a file with the content.
    #[attr(conflicts_with = ["content", "content_base64"])]
    pub source: Option<String>,
    /// A digest of the file; when it changes the object is written again.
    pub source_hash: Option<String>,
    /// The storage of the object.
    pub storage_class: Auto<String>,
    /// The tags of the object.
    pub tags: Tags,
    /// The version of the object, in a bucket that keeps versions.
    pub version_id: Computed<String>,
    /// Where requests are sent on to when the bucket is a web site.
    pub website_redirect: Option<String>,
}

/// Settings of the provider that are others for an object.
#[derive(Clone, Debug, Default, Block)]
pub struct OverrideProvider {
    /// The default tags.
    #[block]
    pub default_tags: Option<OverrideTags>,
}

/// The default tags of an object.
#[derive(Clone, Debug, Default, Block)]
pub struct OverrideTags {
    /// None: `{}`, as an object can have ten tags only.
    pub tags: Tags,
}

/// What has the object written again when it changes.
const CONTENT: &[&str] = &[
    "bucket_key_enabled",
    "cache_control",
    "checksum_algorithm",
    "content",
    "content_base64",
    "content_disposition",
    "content_encoding",
    "content_language",
    "content_type",
    "etag",
    "kms_key_id",
    "metadata",
    "server_side_encryption",
    "source",
    "source_hash",
    "storage_class",
    "website_redirect",
];

impl S3Object {
    pub(super) fn with_remote(self, aws: &Aws, found: HeadObjectOutput, tags: Tags) -> S3Object {
        let lower = |text: Option<String>| text.unwrap_or_default();
        S3Object {
            id: self.id.0.unwrap_or_else(|| self.key.clone()).into(),
            arn: format!("arn:{}:s3:::{}/{}", aws.partition(), self.bucket, self.key).into(),
            bucket_key_enabled: found.bucket_key_enabled.unwrap_or_default().into(),
            cache_control: found.cache_control,
            checksum_crc32: lower(found.checksum_crc32).into(),
            checksum_crc32c: lower(found.checksum_crc32_c).into(),
            checksum_crc64nvme: lower(found.checksum_crc64_nvme).into(),
            checksum_sha1: lower(found.checksum_sha1).into(),
            checksum_sha256: lower(found.checksum_sha256).into(),
            content_disposition: found.content_disposition,
            content_encoding: found.content_encoding,
            content_language: found.content_language,
            content_type: lower(found.content_type).into(),
            etag: lower(found.e_tag).trim_matches('"').into(),
            kms_key_id: lower(found.ssekms_key_id).into(),
            metadata: found.metadata.into_iter().flatten().map(|(k, v)| (k.to_lowercase(), v)).collect(),
            object_lock_legal_hold_status: found.object_lock_legal_hold_status.map(|s| s.as_str().to_owned()),
            object_lock_mode: found.object_lock_mode.map(|m| m.as_str().to_owned()),
            object_lock_retain_until_date: time_text(found.object_lock_retain_until_date),
            server_side_encryption: found
                .server_side_encryption
                .map(|s| s.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            storage_class: found
                .storage_class
                .map_or_else(|| "STANDARD".to_owned(), |c| c.as_str().to_owned())
                .into(),
            acl: self.acl.0.clone().unwrap_or_default().into(),
            version_id: lower(found.version_id).into(),
            website_redirect: found.website_redirect_location,
            tags,
            ..self
        }
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<S3Object>, Error> {
        let call = (aws.s3().head_object().bucket(&self.bucket).key(&self.key))
            .set_checksum_mode(self.checksum_algorithm.as_ref().map(|_| ChecksumMode::Enabled));
        let found = unless(aws.call("s3:HeadObject", call.send()).await, &["NoSuchKey"])?;
        let Some(found) = found else { return Ok(None) };
        let tags = tagging::of_object(aws, &self.bucket, &self.key).await?;
        Ok(Some(self.with_remote(aws, found, tags)))
    }

    /// The object as it was just written; what was configured is as configured.
    async fn read_back(self, aws: &Aws) -> Result<S3Object, Error> {
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        let head = aws.s3().head_object().bucket(&bucket).key(&key);
        let head = head.set_checksum_mode(self.checksum_algorithm.as_ref().map(|_| ChecksumMode::Enabled));
        let head = aws.call("s3:HeadObject", head.send());
        let (found, tags) = try_join(head, tagging::of_object(aws, &bucket, &key)).await?;
        Ok(self.with_remote(aws, found, tags))
    }

    async fn put(&self, aws: &Aws) -> Result<(), Error> {
        // A bucket that was just made may be unknown to some of S3's servers.
        let premature = |e: &Error| e.has_code(&["NoSuchBucket"]);
        retry_while(Duration::from_secs(2 * 60), premature, || object_put::put(aws, self)).await
    }

    async fn change_lock(&self, aws: &Aws, prior: &S3Object) -> Result<(), Error> {
        let hold = &self.object_lock_legal_hold_status;
        if *hold != prior.object_lock_legal_hold_status {
            let status = ObjectLockLegalHoldStatus::from(hold.as_deref().unwrap_or("OFF"));
            let call = (aws.s3().put_object_legal_hold().bucket(&self.bucket).key(&self.key))
                .legal_hold(ObjectLockLegalHold::builder().status(status).build());
            aws.call("s3:PutObjectLegalHold", call.send()).await?;
        }
        let retention = |o: &S3Object| (text(&o.object_lock_mode), text(&o.object_lock_retain_until_date));
        if retention(self) != retention(prior) {
            let (mode, until) = retention(self);
            let shorter = match (time(&until)?, time(&retention(prior).1)?) {
                (None, Some(_)) => true,
                (Some(until), Some(before)) => until.secs() < before.secs(),
                _ => false,
            };
            let lock = ObjectLockRetention::builder()
                .set_mode(mode.as_deref().map(ObjectLockRetentionMode::from))
                .set_retain_until_date(time(&until)?)
                .build();
            let call = (aws.s3().put_object_retention().bucket(&self.bucket).key(&self.key))
                .set_bypass_governance_retention(shorter.then_some(true))
                .retention(lock);
            aws.call("s3:PutObjectRetention", call.send()).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Resource for S3Object {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.put(aws).await?;
        Ok(planned.read_back(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing of the bucket has neither the headers nor the tags.
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (before, after) = (prior.to_value(), planned.to_value());
        // What is null here and S3 can choose is not known until the object is written, which is no
        // reason to write it.
        let chosen = Self::spec().attributes;
        let differs = |name: &&&str| {
            let (before, after) = (before.attribute(name), after.attribute(name));
            let unknown = chosen.get(**name).is_some_and(|a| a.presence.is_computed())
                && after.as_ref().is_none_or(Value::is_null);
            before != after && !unknown
        };
        if CONTENT.iter().any(|name| differs(&name)) {
            planned.put(aws).await?;
            return Ok(planned.read_back(aws).await?);
        }
        if prior.acl != planned.acl
            && let Some(acl) = planned.acl.as_deref().filter(|a| !a.is_empty())
        {
            let call = aws.s3().put_object_acl().bucket(&planned.bucket).key(&planned.key);
            aws.call("s3:PutObjectAcl", call.acl(ObjectCannedAcl::from(acl)).send()).await?;
        }
        planned.change_lock(aws, &prior).await?;
        if prior.tags != planned.tags {
            tagging::set_object(aws, &planned.bucket, &planned.key, &planned.tags).await?;
        }
        Ok(planned.read_back(aws).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.force_destroy == Some(true) || state.version_id.as_deref().is_some_and(|v| !v.is_empty()) {
            return object_versions::delete(
                aws,
                &state.bucket,
                &state.key,
                state.force_destroy == Some(true),
            )
            .await;
        }
        let call = aws.s3().delete_object().bucket(&state.bucket).key(&state.key).send();
        unless(aws.call("s3:DeleteObject", call).await, &["NoSuchKey"]).map(|_| ())
    }

    /// `BUCKET/KEY` or `s3://BUCKET/KEY`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.strip_prefix("s3://").unwrap_or(id).split_once('/') {
            Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(vec![
                ("id", Value::from(key)),
                ("bucket", Value::from(bucket)),
                ("key", Value::from(key)),
                ("force_destroy", Value::from(false)),
            ]),
            _ => {
                let detail = format!("Expected BUCKET/KEY or s3://BUCKET/KEY, got {id:?}.");
                Err(Error::new("Invalid import id", detail))
            }
        }
    }

    const PART: bool = true;

    fn import_id(&self) -> Option<String> {
        Some(format!("{}/{}", self.bucket, self.key))
    }

    /// As far as listings of the buckets tell.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let in_bucket = |bucket: String| async move {
            let listed = async {
                let mut pages = aws.s3().list_objects_v2().bucket(&bucket).into_paginator().send();
                let mut all = Vec::new();
                while let Some(page) = pages.next().await {
                    all.extend(page?.contents.unwrap_or_default());
                }
                Ok(all)
            };
            let all = unless(aws.call("s3:ListObjectsV2", listed).await, &[])?.unwrap_or_default();
            let object = |found: types::Object| {
                let key = found.key?;
                Some(S3Object {
                    id: key.as_str().into(),
                    arn: format!("arn:{}:s3:::{bucket}/{key}", aws.partition()).into(),
                    bucket: bucket.clone(),
                    etag: found.e_tag.map(|tag| tag.trim_matches('"').to_owned()).into(),
                    storage_class: found.storage_class.map(|class| class.as_str().to_owned()).into(),
                    key,
                    ..S3Object::default()
                })
            };
            Ok::<Vec<S3Object>, Error>(all.into_iter().filter_map(object).collect())
        };
        part::list_of_each(aws, in_bucket).await
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if CONTENT.iter().any(|name| cx.changed(name)) {
            if cx.config("etag").is_null() {
                cx.set_unknown("etag");
            }
            let digests = [
                "checksum_crc32",
                "checksum_crc32_c",
                "checksum_crc64_nvme",
                "checksum_sha1",
                "checksum_sha256",
            ];
            digests.into_iter().chain(["version_id"]).for_each(|name| cx.set_unknown(name));
        }
        // S3's own keys exclude one of the Key Management Service.
        let own_keys = cx.config("server_side_encryption").as_str() == Some("AES256");
        if own_keys && cx.changed("server_side_encryption") && cx.config("kms_key_id").is_null() {
            cx.set_unknown("kms_key_id");
        }
        if cx.changed("kms_key_id") && cx.config("server_side_encryption").is_null() {
            cx.set_unknown("server_side_encryption");
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let tags = (config.attribute("override_provider"))
            .and_then(|o| o.as_slice()?.first()?.attribute("default_tags"))
            .and_then(|d| d.as_slice()?.first()?.attribute("tags"));
        if tags.is_some_and(|t| t.as_map().is_some_and(|t| !t.is_empty())) {
            let detail = "Terrane can leave the provider's default tags off an object (tags = {}), but not replace \
                          them by others. Put these tags in the object's own tags.";
            let problem = Diagnostic::error("Unsupported default tags", detail);
            diagnostics.push(problem.on_attribute("override_provider[0].default_tags[0].tags"));
        }
    }
}
