//! `acceleration_status`, `request_payer`, `versioning`, `logging`, `server_side_encryption_configuration` and
//! `object_lock_configuration`.

use crate::Aws;
use crate::s3::bucket::Bucket;
use crate::s3::bucket_accelerate_configuration::BucketAccelerateConfiguration;
use crate::s3::bucket_encryption::{self as encryption, BucketEncryption};
use crate::s3::bucket_logging::BucketLogging;
use crate::s3::bucket_object_lock::{self as lock, BucketObjectLock};
use crate::s3::bucket_request_payment::BucketRequestPayment;
use crate::s3::bucket_versioning::{self as versioning, BucketVersioning};
use terrane_sdk::{Error, async_trait, validate};

use super::{Inline, blocks, set};

blocks! {
    "Whether versions are kept." Versioning {
        #[attr(default = false)] enabled: Option<bool>,
        #[attr(default = false)] mfa_delete: Option<bool>,
    }
    "The log of requests." Logging { target_bucket: String, target_prefix: Option<String>, }
    "The default encryption." Encryption { #[block(min = 1)] rule: Option<EncryptionRule>, }
    "How objects are encrypted." EncryptionRule {
        #[block(min = 1)] apply_server_side_encryption_by_default: Option<ByDefault>,
        bucket_key_enabled: Option<bool>,
    }
    "The encryption of objects whose writers do not say." ByDefault {
        kms_master_key_id: Option<String>,
        #[attr(validate = validate::one_of(&["AES256", "aws:kms", "aws:kms:dsse"]))] sse_algorithm: String,
    }
    "The lock of objects." ObjectLock {
        #[attr(
            deprecated = "Use the argument object_lock_enabled of the bucket instead.",
            validate = validate::one_of(&["Enabled"])
        )]
        object_lock_enabled: Option<String>,
        #[block] rule: Option<LockRule>,
    }
    "How objects are locked." LockRule { #[block(min = 1)] default_retention: Option<Retention>, }
    "How long objects are locked." Retention {
        days: Option<i64>,
        #[attr(validate = validate::one_of(&["COMPLIANCE", "GOVERNANCE"]))] mode: String,
        years: Option<i64>,
    }
}

#[async_trait]
impl Inline for BucketAccelerateConfiguration {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let status = set(bucket.acceleration_status.get())?;
        Some(Self { status, ..Self::of_bucket(bucket.id.0.clone()?) })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        bucket.acceleration_status = found.map(|found| found.status).into();
    }
}

#[async_trait]
impl Inline for BucketRequestPayment {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let payer = set(bucket.request_payer.get())?;
        Some(Self { payer, ..Self::of_bucket(bucket.id.0.clone()?) })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        bucket.request_payer = found.map(|found| found.payer).into();
    }

    fn is_usual(&self) -> bool {
        self.payer == "BucketOwner"
    }
}

#[async_trait]
impl Inline for BucketVersioning {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let said = bucket.versioning.first()?;
        let enabled = |is: bool, otherwise: &str| if is { "Enabled" } else { otherwise }.to_owned();
        let configuration = versioning::Versioning {
            mfa_delete: said.mfa_delete.filter(|mfa| *mfa).map(|mfa| enabled(mfa, "")).into(),
            status: enabled(said.enabled == Some(true), versioning::NEVER),
        };
        let all = Self::of_bucket(bucket.id.0.clone()?);
        Some(Self { versioning_configuration: Some(configuration), ..all })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let versioning = |found: versioning::Versioning| Versioning {
            enabled: Some(found.status == "Enabled"),
            mfa_delete: Some(found.mfa_delete.as_deref() == Some("Enabled")),
        };
        let found = found.and_then(|found| found.versioning_configuration);
        bucket.versioning = found.map(versioning).into_iter().collect();
    }

    fn is_usual(&self) -> bool {
        self.versioning_configuration.as_ref().is_none_or(|v| v.status == versioning::NEVER)
    }

    /// A bucket that has kept versions can only be told to keep no more.
    async fn completed(mut self, _: &Aws, before: Option<&Self>) -> Result<Self, Error> {
        let before = before.and_then(|before| before.versioning_configuration.as_ref());
        if let (Some(before), Some(wanted)) = (before, &mut self.versioning_configuration) {
            if before.status != versioning::NEVER && wanted.status == versioning::NEVER {
                wanted.status = "Suspended".into();
            }
            if before.mfa_delete.as_deref() == Some("Enabled") && wanted.mfa_delete.0.is_none() {
                wanted.mfa_delete = "Disabled".into();
            }
        }
        Ok(self)
    }
}

#[async_trait]
impl Inline for BucketLogging {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let Logging { target_bucket, target_prefix } = bucket.logging.first()?.clone();
        let target_prefix = target_prefix.unwrap_or_default();
        Some(Self { target_bucket, target_prefix, ..Self::of_bucket(bucket.id.0.clone()?) })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let logging = |found: Self| Logging {
            target_bucket: found.target_bucket,
            target_prefix: Some(found.target_prefix),
        };
        bucket.logging = found.map(logging).into_iter().collect();
    }
}

#[async_trait]
impl Inline for BucketEncryption {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let said = bucket.server_side_encryption_configuration.first()?.rule.clone()?;
        let default = |said: ByDefault| encryption::EncryptionByDefault {
            kms_master_key_id: set(said.kms_master_key_id.as_ref()),
            sse_algorithm: said.sse_algorithm,
        };
        let rule = encryption::EncryptionRule {
            apply_server_side_encryption_by_default: said
                .apply_server_side_encryption_by_default
                .map(default),
            bucket_key_enabled: said.bucket_key_enabled,
            ..encryption::EncryptionRule::default()
        };
        Some(Self { rule: [rule].into(), ..Self::of_bucket(bucket.id.0.clone()?) })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let default = |found: encryption::EncryptionByDefault| ByDefault {
            kms_master_key_id: found.kms_master_key_id,
            sse_algorithm: found.sse_algorithm,
        };
        let rule = found.and_then(|found| found.rule.into_iter().next()).map(|found| EncryptionRule {
            apply_server_side_encryption_by_default: found
                .apply_server_side_encryption_by_default
                .map(default),
            bucket_key_enabled: found.bucket_key_enabled,
        });
        bucket.server_side_encryption_configuration =
            rule.map(|rule| Encryption { rule: Some(rule) }).into_iter().collect();
    }
}

#[async_trait]
impl Inline for BucketObjectLock {
    fn of_bucket(bucket: String) -> Self {
        Self { bucket, ..Self::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let said = bucket.object_lock_configuration.first()?;
        let retention = |said: Retention| lock::DefaultRetention {
            days: said.days.filter(|days| *days > 0),
            mode: Some(said.mode),
            years: said.years.filter(|years| *years > 0),
        };
        let rule = said.rule.clone().and_then(|rule| rule.default_retention).map(retention);
        Some(Self {
            object_lock_enabled: Some("Enabled".into()),
            rule: rule.map(|retention| lock::LockRule { default_retention: Some(retention) }),
            ..Self::of_bucket(bucket.id.0.clone()?)
        })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let retention = |found: lock::DefaultRetention| Retention {
            days: found.days,
            mode: found.mode.unwrap_or_default(),
            years: found.years,
        };
        let lock = |found: Self| ObjectLock {
            object_lock_enabled: found.object_lock_enabled,
            rule: (found.rule.and_then(|rule| rule.default_retention))
                .map(|found| LockRule { default_retention: Some(retention(found)) }),
        };
        bucket.object_lock_configuration = found.map(lock).into_iter().collect();
    }

    /// That there are locks, the bucket itself says.
    fn is_usual(&self) -> bool {
        self.rule.is_none()
    }
}
