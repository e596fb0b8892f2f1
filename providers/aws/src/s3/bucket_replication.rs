//! `aws_s3_bucket_replication_configuration`: copies of objects in other buckets.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use aws_sdk_s3::types::{self, ReplicationConfiguration};
use terrane_sdk::{Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, text, unless};
use super::replication_rule::{MADE_UP_ID, ReplicationRule};

/// Provides copies of objects in other buckets.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_replication_configuration", keep)]
pub struct BucketReplication {
    /// What the state knows it by: the bucket.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The ARN of the role with which S3 copies.
    pub role: String,
    /// Which objects are copied where.
    #[block(min = 1)]
    pub rule: Vec<ReplicationRule>,
    /// What AWS Support gives for buckets with an object lock.
    #[attr(sensitive)]
    pub token: Option<String>,
}

/// Whether the role, or versioning of one of the buckets, is not known everywhere yet.
fn is_premature(error: &Error) -> bool {
    error.has_code(&["InvalidRequest", "InvalidReplicationConfiguration"])
        && ["role", "ersioning"].iter().any(|word| error.detail.contains(word))
}

#[async_trait]
impl BucketPart for BucketReplication {
    async fn put(mut self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        for (i, rule) in self.rule.iter_mut().enumerate() {
            if rule.id.as_deref().unwrap_or_default().is_empty() {
                rule.id = format!("{MADE_UP_ID}{i}").into();
            }
        }
        let rules = self.rule.iter().map(ReplicationRule::to_remote).collect::<Result<Vec<_>, _>>()?;
        let configuration =
            ReplicationConfiguration::builder().role(&self.role).set_rules(Some(rules)).build();
        let configuration = built(configuration)?;
        retry_while(PROPAGATION, is_premature, || async {
            let call = (aws.s3().put_bucket_replication().bucket(&self.bucket))
                .set_token(text(&self.token))
                .replication_configuration(configuration.clone());
            aws.call("s3:PutBucketReplication", call.send()).await
        })
        .await?;
        Ok(Self { id: self.bucket.as_str().into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_replication().bucket(&self.bucket).send();
        let gone = ["ReplicationConfigurationNotFoundError"];
        let found = unless(aws.call("s3:GetBucketReplication", call).await, &gone)?;
        let Some(found) = found.and_then(|f| f.replication_configuration) else { return Ok(None) };
        let place = |rule: &types::ReplicationRule| {
            self.rule.iter().position(|r| r.id.as_deref() == rule.id()).unwrap_or(usize::MAX)
        };
        let mut rules = found.rules;
        rules.sort_by_key(place);
        let before = |id: Option<&str>| self.rule.iter().find(|r| r.id.as_deref() == id);
        let rules = rules.into_iter().map(|rule| {
            let known = before(rule.id());
            ReplicationRule::from_remote(rule, known)
        });
        let (id, rule) = (self.bucket.as_str().into(), rules.collect());
        Ok(Some(Self { id, role: found.role, rule, ..self }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = aws.s3().delete_bucket_replication().bucket(&self.bucket).send();
        let gone = ["ReplicationConfigurationNotFoundError"];
        unless(aws.call("s3:DeleteBucketReplication", call).await, &gone).map(|_| ())
    }
}

part_of_bucket!(BucketReplication, part::import_bucket);
