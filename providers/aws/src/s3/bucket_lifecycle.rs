//! `aws_s3_bucket_lifecycle_configuration`: when objects move to other storage, and when they go.

use crate::Aws;
use aws_sdk_s3::types::{
    self, BucketLifecycleConfiguration, TransitionDefaultMinimumObjectSize as MinimumSize,
};
use terrane_sdk::{Auto, Computed, Error, Resource, async_trait, validate};

use super::lifecycle_rule::LifecycleRule;
use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, unless};

/// The smallest object that transitions move, unless the configuration says otherwise.
const MINIMUM_SIZE: &str = "all_storage_classes_128K";

/// Provides the lifecycle of the objects in a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_lifecycle_configuration", keep, timeouts(create = "3m", update = "3m"))]
pub struct BucketLifecycle {
    /// What the state knows it by: the bucket, and the expected owner.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
    /// The rules.
    #[block]
    pub rule: Vec<LifecycleRule>,
    /// The smallest objects that transitions move: `all_storage_classes_128K` or
    /// `varies_by_storage_class`.
    #[attr(validate = validate::one_of(&[MINIMUM_SIZE, "varies_by_storage_class"]))]
    pub transition_default_minimum_object_size: Auto<String>,
}

impl BucketLifecycle {
    fn with_rules(self, rules: Vec<types::LifecycleRule>, minimum: Option<&MinimumSize>) -> BucketLifecycle {
        let known = |id: Option<&str>| self.rule.iter().find(|r| r.id == id.unwrap_or_default());
        // S3 answers rules in an order of its own; those that are known keep theirs.
        let place = |rule: &types::LifecycleRule| {
            self.rule.iter().position(|r| r.id == rule.id().unwrap_or_default()).unwrap_or(usize::MAX)
        };
        let mut rules = rules;
        rules.sort_by_key(place);
        let rules = rules.into_iter().map(|rule| {
            let before = known(rule.id()).cloned();
            LifecycleRule::from_remote(rule, before.as_ref())
        });
        let minimum = minimum.map_or(MINIMUM_SIZE, |m| m.as_str()).to_owned();
        BucketLifecycle {
            id: part::id(&self.bucket, self.expected_bucket_owner.as_deref()).into(),
            rule: rules.collect(),
            transition_default_minimum_object_size: minimum.into(),
            ..self
        }
    }
}

#[async_trait]
impl BucketPart for BucketLifecycle {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let rules = self.rule.iter().map(LifecycleRule::to_remote).collect::<Result<Vec<_>, _>>()?;
        let minimum = self.transition_default_minimum_object_size.as_deref().map(MinimumSize::from);
        let configuration =
            built(BucketLifecycleConfiguration::builder().set_rules(Some(rules.clone())).build())?;
        let call = (aws.s3().put_bucket_lifecycle_configuration().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .set_transition_default_minimum_object_size(minimum.clone())
            .lifecycle_configuration(configuration);
        let answer = aws.call("s3:PutBucketLifecycleConfiguration", call.send()).await?;
        let chosen = answer.transition_default_minimum_object_size.or(minimum);
        Ok(self.with_rules(rules, chosen.as_ref()))
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_lifecycle_configuration().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let found = aws.call("s3:GetBucketLifecycleConfiguration", call.send()).await;
        let found = unless(found, &["NoSuchLifecycleConfiguration"])?;
        Ok(found.map(|found| {
            let known = self.transition_default_minimum_object_size.as_deref().map(MinimumSize::from);
            let minimum = found.transition_default_minimum_object_size.or(known);
            self.with_rules(found.rules.unwrap_or_default(), minimum.as_ref())
        }))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = (aws.s3().delete_bucket_lifecycle().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let gone = ["NoSuchLifecycleConfiguration"];
        unless(aws.call("s3:DeleteBucketLifecycle", call.send()).await, &gone).map(|_| ())
    }
}

part_of_bucket!(BucketLifecycle, part::import);
