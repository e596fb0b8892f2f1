//! What an alarm computes from several metrics.

use crate::tags::Tags;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, StandardUnit};
use terrane_sdk::{Block, Error, validate};

/// A metric, or something computed from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct MetricQuery {
    /// The account of the metric.
    pub account_id: Option<String>,
    /// What is computed from the others.
    pub expression: Option<String>,
    /// The name by which others refer to it.
    pub id: String,
    /// What it is, in words.
    pub label: Option<String>,
    /// A metric.
    #[block]
    pub metric: Option<QueryMetric>,
    /// The length of a point in time, in seconds.
    pub period: Option<i64>,
    /// Whether it is the one that the alarm is about.
    #[attr(default = false)]
    pub return_data: Option<bool>,
}

/// A metric.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct QueryMetric {
    /// The dimensions.
    pub dimensions: Tags,
    /// The name.
    #[attr(validate = validate::length(1..=255))]
    pub metric_name: String,
    /// The namespace.
    pub namespace: Option<String>,
    /// The length of a point in time, in seconds.
    pub period: i64,
    /// How points are made one: `Average`, `p99` and so on.
    pub stat: String,
    /// The unit.
    pub unit: Option<String>,
}

/// Dimensions as CloudWatch takes them.
pub(super) fn dimensions(dimensions: &Tags) -> Option<Vec<Dimension>> {
    let dimension = |(name, value): (&String, &String)| Dimension::builder().name(name).value(value).build();
    Some(dimensions.iter().map(dimension).collect::<Vec<_>>()).filter(|d| !d.is_empty())
}

/// Dimensions as CloudWatch gives them.
pub(super) fn dimension_map(dimensions: Option<Vec<Dimension>>) -> Tags {
    dimensions.into_iter().flatten().filter_map(|d| Some((d.name?, d.value.unwrap_or_default()))).collect()
}

/// A number as CloudWatch takes it.
pub(super) fn int(n: Option<i64>) -> Result<Option<i32>, Error> {
    let fits =
        |n: i64| i32::try_from(n).map_err(|_| Error::new("Invalid number", format!("{n} is too large.")));
    n.filter(|n| *n != 0).map(fits).transpose()
}

fn text(text: &Option<String>) -> Option<String> {
    text.clone().filter(|t| !t.is_empty())
}

impl MetricQuery {
    pub(super) fn to_remote(&self) -> Result<MetricDataQuery, Error> {
        let stat = match &self.metric {
            None => None,
            Some(metric) => {
                let named = Metric::builder()
                    .metric_name(&metric.metric_name)
                    .set_namespace(text(&metric.namespace))
                    .set_dimensions(dimensions(&metric.dimensions))
                    .build();
                Some(
                    MetricStat::builder()
                        .metric(named)
                        .set_period(int(Some(metric.period))?)
                        .stat(&metric.stat)
                        .set_unit(text(&metric.unit).as_deref().map(StandardUnit::from))
                        .build(),
                )
            }
        };
        Ok(MetricDataQuery::builder()
            .id(&self.id)
            .set_account_id(text(&self.account_id))
            .set_expression(text(&self.expression))
            .set_label(text(&self.label))
            .set_metric_stat(stat)
            .set_period(int(self.period)?)
            .return_data(self.return_data == Some(true))
            .build())
    }

    pub(super) fn from_remote(query: MetricDataQuery) -> MetricQuery {
        let metric = query.metric_stat.map(|stat| {
            let metric = stat.metric.unwrap_or_else(|| Metric::builder().build());
            QueryMetric {
                dimensions: dimension_map(metric.dimensions),
                metric_name: metric.metric_name.unwrap_or_default(),
                namespace: metric.namespace,
                period: stat.period.map(i64::from).unwrap_or_default(),
                stat: stat.stat.unwrap_or_default(),
                unit: stat.unit.map(|u| u.as_str().to_owned()),
            }
        });
        MetricQuery {
            account_id: query.account_id,
            expression: query.expression,
            id: query.id.unwrap_or_default(),
            label: query.label,
            metric,
            period: query.period.map(i64::from),
            return_data: Some(query.return_data.unwrap_or_default()),
        }
    }
}
