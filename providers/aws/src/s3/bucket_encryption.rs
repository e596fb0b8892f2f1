//! `aws_s3_bucket_server_side_encryption_configuration`: how a bucket encrypts objects whose
//! writers do not say.

use crate::Aws;
use aws_sdk_s3::types::{
    BlockedEncryptionTypes, EncryptionType, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, text, unless};

/// Provides the default encryption of a bucket. Destroying it brings back encryption with S3's own keys.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_server_side_encryption_configuration", keep)]
pub struct BucketEncryption {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// How objects are encrypted.
    #[block(min = 1)]
    pub rule: BTreeSet<EncryptionRule>,
}

/// How objects are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct EncryptionRule {
    /// The encryption of objects whose writers do not say.
    #[block]
    pub apply_server_side_encryption_by_default: Option<EncryptionByDefault>,
    /// Kinds of encryption that writers may not use: `SSE-C`, or `NONE` for no such kind.
    pub blocked_encryption_types: Auto<Vec<String>>,
    /// Whether a key of the bucket spares most calls of the Key Management Service.
    pub bucket_key_enabled: Option<bool>,
}

/// The encryption of objects whose writers do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct EncryptionByDefault {
    /// The key of the Key Management Service, when not AWS's own.
    pub kms_master_key_id: Option<String>,
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[attr(validate = validate::one_of(&["AES256", "aws:kms", "aws:kms:dsse"]))]
    pub sse_algorithm: String,
}

impl EncryptionRule {
    fn to_remote(&self) -> Result<ServerSideEncryptionRule, Error> {
        let default = |d: &EncryptionByDefault| {
            built(
                ServerSideEncryptionByDefault::builder()
                    .sse_algorithm(ServerSideEncryption::from(d.sse_algorithm.as_str()))
                    .set_kms_master_key_id(text(&d.kms_master_key_id))
                    .build(),
            )
        };
        let blocked = self.blocked_encryption_types.get().filter(|b| !b.is_empty()).map(|types| {
            let types = types.iter().map(|t| EncryptionType::from(t.as_str())).collect();
            BlockedEncryptionTypes::builder().set_encryption_type(Some(types)).build()
        });
        Ok(ServerSideEncryptionRule::builder()
            .set_apply_server_side_encryption_by_default(
                self.apply_server_side_encryption_by_default.as_ref().map(default).transpose()?,
            )
            .set_bucket_key_enabled(self.bucket_key_enabled)
            .set_blocked_encryption_types(blocked)
            .build())
    }

    fn from_remote(rule: ServerSideEncryptionRule) -> EncryptionRule {
        let default = |d: ServerSideEncryptionByDefault| EncryptionByDefault {
            kms_master_key_id: d.kms_master_key_id,
            sse_algorithm: d.sse_algorithm.as_str().to_owned(),
        };
        let blocked = rule.blocked_encryption_types.and_then(|b| b.encryption_type).unwrap_or_default();
        EncryptionRule {
            apply_server_side_encryption_by_default: rule
                .apply_server_side_encryption_by_default
                .map(default),
            blocked_encryption_types: blocked
                .into_iter()
                .map(|t| t.as_str().to_owned())
                .collect::<Vec<_>>()
                .into(),
            bucket_key_enabled: rule.bucket_key_enabled,
        }
    }
}

#[async_trait]
impl BucketPart for BucketEncryption {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let rules = self.rule.iter().map(EncryptionRule::to_remote).collect::<Result<Vec<_>, _>>()?;
        let configuration =
            built(ServerSideEncryptionConfiguration::builder().set_rules(Some(rules)).build())?;
        let call = (aws.s3().put_bucket_encryption().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .server_side_encryption_configuration(configuration);
        aws.call("s3:PutBucketEncryption", call.send()).await?;
        let complete = |mut rule: EncryptionRule| {
            rule.blocked_encryption_types.0.get_or_insert_default();
            rule
        };
        let id = part::id(&self.bucket, self.expected_bucket_owner.as_deref());
        Ok(Self { id: id.into(), rule: self.rule.into_iter().map(complete).collect(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_encryption().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let gone = ["ServerSideEncryptionConfigurationNotFoundError"];
        let found = unless(aws.call("s3:GetBucketEncryption", call.send()).await, &gone)?;
        Ok(found.and_then(|f| f.server_side_encryption_configuration).map(|found| Self {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            rule: found.rules.into_iter().map(EncryptionRule::from_remote).collect(),
            ..self
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = (aws.s3().delete_bucket_encryption().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let gone = ["ServerSideEncryptionConfigurationNotFoundError"];
        unless(aws.call("s3:DeleteBucketEncryption", call.send()).await, &gone).map(|_| ())
    }
}

part_of_bucket!(BucketEncryption, part::import);
