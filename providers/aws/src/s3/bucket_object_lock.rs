//! `aws_s3_bucket_object_lock_configuration`: how long new objects of a bucket cannot be deleted.

use crate::Aws;
use aws_sdk_s3::types::{
    self, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule,
};
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{int, text, unless};

/// Provides the object lock of a bucket. A lock cannot be switched off again: destroying this
/// takes the rule away.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_object_lock_configuration", keep)]
pub struct BucketObjectLock {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// `Enabled`.
    #[attr(force_new, default = "Enabled", validate = validate::one_of(&["Enabled"]))]
    pub object_lock_enabled: Option<String>,
    /// How new objects are locked.
    #[block]
    pub rule: Option<LockRule>,
    /// What AWS Support gives to switch the lock on for a bucket that exists.
    #[attr(sensitive)]
    pub token: Option<String>,
}

/// How new objects are locked.
#[derive(Clone, Debug, Default, Block)]
pub struct LockRule {
    /// How long.
    #[block(min = 1)]
    pub default_retention: Option<DefaultRetention>,
}

/// How long new objects are locked.
#[derive(Clone, Debug, Default, Block)]
pub struct DefaultRetention {
    /// The number of days.
    #[attr(conflicts_with = "years", validate = validate::between(1..=36500))]
    pub days: Option<i64>,
    /// `COMPLIANCE` (nobody can delete) or `GOVERNANCE` (nobody without a permission for it).
    #[attr(validate = validate::one_of(&["COMPLIANCE", "GOVERNANCE"]))]
    pub mode: Option<String>,
    /// The number of years.
    #[attr(conflicts_with = "days", validate = validate::between(1..=100))]
    pub years: Option<i64>,
}

impl BucketObjectLock {
    async fn set(&self, aws: &Aws, rule: Option<ObjectLockRule>) -> Result<(), Error> {
        let configuration = ObjectLockConfiguration::builder()
            .object_lock_enabled(ObjectLockEnabled::Enabled)
            .set_rule(rule)
            .build();
        let call = (aws.s3().put_object_lock_configuration().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .set_token(text(&self.token))
            .object_lock_configuration(configuration);
        aws.call("s3:PutObjectLockConfiguration", call.send()).await.map(|_| ())
    }
}

#[async_trait]
impl BucketPart for BucketObjectLock {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let retention = self.rule.as_ref().and_then(|r| r.default_retention.as_ref());
        let rule = match retention {
            None => None,
            Some(retention) => {
                let retention = types::DefaultRetention::builder()
                    .set_mode(retention.mode.as_deref().map(ObjectLockRetentionMode::from))
                    .set_days(int(retention.days.filter(|d| *d > 0))?)
                    .set_years(int(retention.years.filter(|y| *y > 0))?)
                    .build();
                Some(ObjectLockRule::builder().default_retention(retention).build())
            }
        };
        self.set(aws, rule).await?;
        Ok(Self { id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_object_lock_configuration().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let gone = ["ObjectLockConfigurationNotFoundError"];
        let found = unless(aws.call("s3:GetObjectLockConfiguration", call.send()).await, &gone)?;
        let rule = |rule: ObjectLockRule| LockRule {
            default_retention: rule.default_retention.map(|r| DefaultRetention {
                days: r.days.map(i64::from),
                mode: r.mode.map(|m| m.as_str().to_owned()),
                years: r.years.map(i64::from),
            }),
        };
        Ok(found.and_then(|f| f.object_lock_configuration).map(|found| Self {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            object_lock_enabled: found.object_lock_enabled.map(|e| e.as_str().to_owned()),
            rule: found.rule.map(rule),
            ..self
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let gone = ["ObjectLockConfigurationNotFoundError"];
        unless(self.set(aws, None).await, &gone).map(|_| ())
    }
}

part_of_bucket!(BucketObjectLock, part::import);
