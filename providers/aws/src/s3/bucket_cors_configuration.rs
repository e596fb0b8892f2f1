//! `aws_s3_bucket_cors_configuration`: which web pages of other origins may use a bucket.

use crate::Aws;
use aws_sdk_s3::types::{self, CorsConfiguration};
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, int, text, unless};

/// Provides the rules for web pages of other origins.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_cors_configuration", keep)]
pub struct BucketCorsConfiguration {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// The rules; the first one that fits a request counts.
    #[block(min = 1, max = 100)]
    pub cors_rule: BTreeSet<CorsRule>,
}

/// What pages of some origins may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct CorsRule {
    /// The headers that requests may have.
    pub allowed_headers: BTreeSet<String>,
    /// The methods that requests may have.
    #[attr(required, validate = validate::each(validate::one_of(&["GET", "PUT", "HEAD", "POST", "DELETE"])))]
    pub allowed_methods: BTreeSet<String>,
    /// The origins of the pages.
    #[attr(required)]
    pub allowed_origins: BTreeSet<String>,
    /// The headers of answers that pages get to see.
    pub expose_headers: BTreeSet<String>,
    /// The name of the rule.
    #[attr(validate = validate::length(0..=255))]
    pub id: Option<String>,
    /// How long browsers keep the answer to a preflight request, in seconds.
    pub max_age_seconds: Option<i64>,
}

impl CorsRule {
    fn to_remote(&self) -> Result<types::CorsRule, Error> {
        let list = |set: &BTreeSet<String>| Some(set.iter().cloned().collect::<Vec<_>>());
        built(
            types::CorsRule::builder()
                .set_id(text(&self.id))
                .set_allowed_headers(list(&self.allowed_headers).filter(|l| !l.is_empty()))
                .set_allowed_methods(list(&self.allowed_methods))
                .set_allowed_origins(list(&self.allowed_origins))
                .set_expose_headers(list(&self.expose_headers).filter(|l| !l.is_empty()))
                .set_max_age_seconds(int(self.max_age_seconds)?)
                .build(),
        )
    }

    fn from_remote(rule: types::CorsRule) -> CorsRule {
        CorsRule {
            allowed_headers: rule.allowed_headers.into_iter().flatten().collect(),
            allowed_methods: rule.allowed_methods.into_iter().collect(),
            allowed_origins: rule.allowed_origins.into_iter().collect(),
            expose_headers: rule.expose_headers.into_iter().flatten().collect(),
            id: rule.id,
            max_age_seconds: rule.max_age_seconds.map(i64::from),
        }
    }
}

#[async_trait]
impl BucketPart for BucketCorsConfiguration {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let rules = self.cors_rule.iter().map(CorsRule::to_remote).collect::<Result<Vec<_>, _>>()?;
        put(aws, &self.bucket, self.expected_bucket_owner.as_deref(), rules).await?;
        Ok(Self { id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let found = get(aws, &self.bucket, self.expected_bucket_owner.as_deref()).await?;
        Ok(found.map(|found| Self {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            cors_rule: found.into_iter().map(CorsRule::from_remote).collect(),
            ..self
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        remove(aws, &self.bucket, self.expected_bucket_owner.as_deref()).await
    }
}

part_of_bucket!(BucketCorsConfiguration, part::import);

/// Writes the rules, in this order.
pub(super) async fn put(
    aws: &Aws,
    bucket: &str,
    owner: Option<&str>,
    rules: Vec<types::CorsRule>,
) -> Result<(), Error> {
    let configuration = built(CorsConfiguration::builder().set_cors_rules(Some(rules)).build())?;
    let call = (aws.s3().put_bucket_cors().bucket(bucket))
        .set_expected_bucket_owner(owner.map(str::to_owned))
        .cors_configuration(configuration);
    aws.call("s3:PutBucketCors", call.send()).await.map(|_| ())
}

/// The rules as they are; `None` when there are none.
pub(super) async fn get(
    aws: &Aws,
    bucket: &str,
    owner: Option<&str>,
) -> Result<Option<Vec<types::CorsRule>>, Error> {
    let call =
        (aws.s3().get_bucket_cors().bucket(bucket)).set_expected_bucket_owner(owner.map(str::to_owned));
    let found = unless(aws.call("s3:GetBucketCors", call.send()).await, &["NoSuchCORSConfiguration"])?;
    Ok(found.map(|found| found.cors_rules.unwrap_or_default()))
}

/// Takes all rules away.
pub(super) async fn remove(aws: &Aws, bucket: &str, owner: Option<&str>) -> Result<(), Error> {
    let call =
        (aws.s3().delete_bucket_cors().bucket(bucket)).set_expected_bucket_owner(owner.map(str::to_owned));
    unless(aws.call("s3:DeleteBucketCors", call.send()).await, &["NoSuchCORSConfiguration"]).map(|_| ())
}
