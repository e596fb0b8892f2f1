//! `aws_s3_bucket_logging`: where a bucket writes who has used it.

use crate::Aws;
use aws_sdk_s3::types::{
    self, BucketLoggingStatus, BucketLogsPermission, LoggingEnabled, PartitionDateSource, SimplePrefix,
};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::grantee::LogGrantee;
use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, unless};

/// Provides the log of requests to a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_logging", keep)]
pub struct BucketLogging {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// The bucket to write to.
    #[attr(validate = validate::length(1..=255))]
    pub target_bucket: String,
    /// Who may use the objects of the log.
    #[block]
    pub target_grant: BTreeSet<TargetGrant>,
    /// How the objects of the log are named.
    #[block]
    pub target_object_key_format: Option<KeyFormat>,
    /// What the names of the log's objects begin with.
    pub target_prefix: String,
}

/// What somebody may do with the objects of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct TargetGrant {
    /// Who.
    #[block(min = 1)]
    pub grantee: Option<LogGrantee>,
    /// `FULL_CONTROL`, `READ` or `WRITE`.
    #[attr(validate = validate::one_of(&["FULL_CONTROL", "READ", "WRITE"]))]
    pub permission: String,
}

/// How the objects of the log are named.
#[derive(Clone, Debug, Default, Block)]
pub struct KeyFormat {
    /// With account, region, bucket and date as folders.
    #[block(conflicts_with = "simple_prefix")]
    pub partitioned_prefix: Option<PartitionedPrefix>,
    /// With the time in the name.
    #[block(conflicts_with = "partitioned_prefix")]
    pub simple_prefix: Option<Simple>,
}

/// Folders by account, region, bucket and date.
#[derive(Clone, Debug, Default, Block)]
pub struct PartitionedPrefix {
    /// The date of the folders: `EventTime` or `DeliveryTime`.
    #[attr(validate = validate::one_of(&["EventTime", "DeliveryTime"]))]
    pub partition_date_source: String,
}

/// Names without folders.
#[derive(Clone, Debug, Default, Block)]
pub struct Simple {}

impl BucketLogging {
    fn to_remote(&self) -> Result<LoggingEnabled, Error> {
        let grant = |grant: &TargetGrant| {
            let grantee = grant.grantee.as_ref().map(LogGrantee::to_remote).transpose()?;
            let permission = BucketLogsPermission::from(grant.permission.as_str());
            Ok(types::TargetGrant::builder().permission(permission).set_grantee(grantee).build())
        };
        let grants = self.target_grant.iter().map(grant).collect::<Result<Vec<_>, Error>>()?;
        let format = self.target_object_key_format.as_ref().map(|format| {
            let partitioned = format.partitioned_prefix.as_ref().map(|p| {
                let source = PartitionDateSource::from(p.partition_date_source.as_str());
                types::PartitionedPrefix::builder().partition_date_source(source).build()
            });
            types::TargetObjectKeyFormat::builder()
                .set_partitioned_prefix(partitioned)
                .set_simple_prefix(format.simple_prefix.as_ref().map(|_| SimplePrefix::builder().build()))
                .build()
        });
        built(
            LoggingEnabled::builder()
                .target_bucket(&self.target_bucket)
                .target_prefix(&self.target_prefix)
                .set_target_grants(Some(grants).filter(|g| !g.is_empty()))
                .set_target_object_key_format(format)
                .build(),
        )
    }

    fn with_remote(self, logging: LoggingEnabled) -> BucketLogging {
        let grant = |grant: types::TargetGrant| TargetGrant {
            grantee: grant.grantee.map(LogGrantee::from_remote),
            permission: grant.permission.map(|p| p.as_str().to_owned()).unwrap_or_default(),
        };
        let format = |format: types::TargetObjectKeyFormat| KeyFormat {
            partitioned_prefix: format.partitioned_prefix.map(|p| PartitionedPrefix {
                partition_date_source: (p.partition_date_source)
                    .map(|s| s.as_str().to_owned())
                    .unwrap_or_default(),
            }),
            simple_prefix: format.simple_prefix.map(|_| Simple {}),
        };
        BucketLogging {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            target_bucket: logging.target_bucket,
            target_prefix: logging.target_prefix,
            target_grant: logging.target_grants.into_iter().flatten().map(grant).collect(),
            target_object_key_format: logging.target_object_key_format.map(format),
            ..self
        }
    }

    async fn set(&self, aws: &Aws, logging: Option<LoggingEnabled>) -> Result<(), Error> {
        let status = BucketLoggingStatus::builder().set_logging_enabled(logging).build();
        let call = (aws.s3().put_bucket_logging().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .bucket_logging_status(status);
        aws.call("s3:PutBucketLogging", call.send()).await.map(|_| ())
    }
}

#[async_trait]
impl BucketPart for BucketLogging {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let logging = self.to_remote()?;
        self.set(aws, Some(logging.clone())).await?;
        Ok(self.with_remote(logging))
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_logging().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let found = unless(aws.call("s3:GetBucketLogging", call.send()).await, &[])?;
        Ok(found.and_then(|f| f.logging_enabled).map(|logging| self.with_remote(logging)))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        unless(self.set(aws, None).await, &[]).map(|_| ())
    }
}

part_of_bucket!(BucketLogging, part::import);
