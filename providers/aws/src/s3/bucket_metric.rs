//! `aws_s3_bucket_metric`: metrics of the requests for some objects of a bucket.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_s3::types::{MetricsAndOperator, MetricsConfiguration, MetricsFilter, Tag};
use terrane_sdk::{Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, named_in_bucket, part_of_bucket};
use super::remote::{built, tag_list, tag_map, text, unless};

/// Provides metrics of the requests for some objects of a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_metric", keep)]
pub struct BucketMetric {
    /// What the state knows it by: the bucket and the name.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new)]
    pub bucket: String,
    /// Which objects; all of them without it.
    #[block]
    pub filter: Option<MetricFilter>,
    /// The name of the metrics.
    #[attr(force_new, validate = validate::length(1..=64))]
    pub name: String,
}

/// Which objects the metrics are about.
#[derive(Clone, Debug, Default, Block)]
pub struct MetricFilter {
    /// Those used through this access point.
    pub access_point: Option<String>,
    /// Those whose names begin with this.
    pub prefix: Option<String>,
    /// Those with all these tags.
    pub tags: Tags,
}

impl MetricFilter {
    fn to_remote(&self) -> Result<Option<MetricsFilter>, Error> {
        let (point, prefix) = (text(&self.access_point), text(&self.prefix));
        let mut tags = tag_list(&self.tags)?;
        Ok(Some(match (point, prefix, tags.len()) {
            (None, None, 0) => return Ok(None),
            (Some(point), None, 0) => MetricsFilter::AccessPointArn(point),
            (None, Some(prefix), 0) => MetricsFilter::Prefix(prefix),
            (None, None, 1) => MetricsFilter::Tag(tags.remove(0)),
            (point, prefix, _) => MetricsFilter::And(
                MetricsAndOperator::builder()
                    .set_access_point_arn(point)
                    .set_prefix(prefix)
                    .set_tags(Some(tags).filter(|t| !t.is_empty()))
                    .build(),
            ),
        }))
    }

    fn from_remote(filter: MetricsFilter) -> MetricFilter {
        let one = |tag: Tag| Tags::from([(tag.key, tag.value)]);
        let (access_point, prefix, tags) = match filter {
            MetricsFilter::AccessPointArn(point) => (Some(point), None, Tags::new()),
            MetricsFilter::Prefix(prefix) => (None, Some(prefix), Tags::new()),
            MetricsFilter::Tag(tag) => (None, None, one(tag)),
            MetricsFilter::And(and) => {
                (and.access_point_arn, and.prefix, tag_map(and.tags.unwrap_or_default()))
            }
            _ => (None, None, Tags::new()),
        };
        MetricFilter { access_point, prefix, tags }
    }
}

impl BucketMetric {
    fn with_remote(self, found: MetricsConfiguration) -> Self {
        Self {
            id: format!("{}:{}", self.bucket, self.name).into(),
            filter: found.filter.map(MetricFilter::from_remote),
            ..self
        }
    }
}

#[async_trait]
impl BucketPart for BucketMetric {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let filter = self.filter.as_ref().map(MetricFilter::to_remote).transpose()?.flatten();
        let configuration = built(MetricsConfiguration::builder().id(&self.name).set_filter(filter).build())?;
        let call = (aws.s3().put_bucket_metrics_configuration().bucket(&self.bucket).id(&self.name))
            .metrics_configuration(configuration);
        aws.call("s3:PutBucketMetricsConfiguration", call.send()).await?;
        Ok(Self { id: format!("{}:{}", self.bucket, self.name).into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_metrics_configuration().bucket(&self.bucket).id(&self.name).send();
        let gone = ["NoSuchConfiguration"];
        let found = unless(aws.call("s3:GetBucketMetricsConfiguration", call).await, &gone)?;
        Ok(found.and_then(|f| f.metrics_configuration).map(|found| self.with_remote(found)))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        let call = aws.s3().delete_bucket_metrics_configuration().bucket(&self.bucket).id(&self.name).send();
        let gone = ["NoSuchConfiguration"];
        unless(aws.call("s3:DeleteBucketMetricsConfiguration", call).await, &gone).map(|_| ())
    }
}

named_in_bucket!(
    BucketMetric,
    list_bucket_metrics_configurations,
    "s3:ListBucketMetricsConfigurations",
    metrics_configuration_list
);
part_of_bucket!(BucketMetric, part::import_named, named);
