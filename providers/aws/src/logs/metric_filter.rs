//! `aws_cloudwatch_log_metric_filter`: a metric from what is written to a log.

use crate::Aws;
use crate::client::retry_while;
use crate::tags::Tags;
use aws_sdk_cloudwatchlogs::types::{self, StandardUnit};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use super::{is_busy, unless_gone};

/// Provides a metric from what is written to a log.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_log_metric_filter", keep)]
pub struct LogMetricFilter {
    /// The name of the filter.
    pub id: Computed<String>,
    /// Whether the filter sees logs as they were transformed.
    pub apply_on_transformed_logs: Auto<bool>,
    /// The name of the group.
    #[attr(force_new, validate = validate::length(1..=512))]
    pub log_group_name: String,
    /// The metric.
    #[block(min = 1)]
    pub metric_transformation: Option<Transformation>,
    /// The name of the filter.
    #[attr(force_new, validate = validate::length(1..=512))]
    pub name: String,
    /// What is looked for. Spaces around it mean nothing.
    #[attr(validate = validate::length(0..=1024), equivalent = same_pattern)]
    pub pattern: String,
}

/// A metric.
#[derive(Clone, Debug, Default, Block)]
pub struct Transformation {
    /// The value of times in which nothing was found.
    #[attr(equivalent = same_number)]
    pub default_value: Option<String>,
    /// The dimensions of the metric, and the fields they are from.
    pub dimensions: Tags,
    /// The name of the metric.
    pub name: String,
    /// The namespace of the metric.
    pub namespace: String,
    /// The unit of the metric.
    #[attr(default = "None")]
    pub unit: Option<String>,
    /// The value for each finding: a number, or a field.
    pub value: String,
}

fn same_pattern(a: &str, b: &str) -> bool {
    a.trim() == b.trim()
}

/// Whether two texts are the same number.
fn same_number(a: &str, b: &str) -> bool {
    a == b || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if a == b)
}

impl LogMetricFilter {
    fn with_remote(self, filter: types::MetricFilter) -> LogMetricFilter {
        let metric = filter.metric_transformations.into_iter().flatten().next().map(|m| Transformation {
            default_value: m.default_value.map(|v| v.to_string()),
            dimensions: m.dimensions.into_iter().flatten().collect(),
            name: m.metric_name,
            namespace: m.metric_namespace,
            unit: Some(m.unit.map_or("None".to_owned(), |u| u.as_str().to_owned())),
            value: m.metric_value,
        });
        LogMetricFilter {
            id: self.name.as_str().into(),
            apply_on_transformed_logs: filter.apply_on_transformed_logs.into(),
            metric_transformation: metric,
            pattern: filter.filter_pattern.unwrap_or_default(),
            ..self
        }
    }

    async fn put(self, aws: &Aws) -> Result<LogMetricFilter, Error> {
        let metric = self.metric_transformation.clone().unwrap_or_default();
        let default = match metric.default_value.as_deref().filter(|d| !d.is_empty()).map(str::parse::<f64>) {
            Some(Err(_)) => {
                let path = "metric_transformation[0].default_value";
                return Err(Error::new("Invalid default value", "It must be a number.").attribute(path));
            }
            other => other.and_then(Result::ok),
        };
        let dimensions =
            Some(metric.dimensions.clone().into_iter().collect()).filter(|_| !metric.dimensions.is_empty());
        let transformation = types::MetricTransformation::builder()
            .metric_name(&metric.name)
            .metric_namespace(&metric.namespace)
            .metric_value(&metric.value)
            .set_default_value(default)
            .set_dimensions(dimensions)
            .unit(StandardUnit::from(metric.unit.as_deref().unwrap_or("None")))
            .build()
            .map_err(|e| Error::new("Incomplete metric", format!("{e}.")))?;
        retry_while(Duration::from_secs(2 * 60), is_busy, || async {
            let call = (aws.logs().put_metric_filter().log_group_name(&self.log_group_name))
                .filter_name(&self.name)
                .filter_pattern(self.pattern.trim())
                .set_apply_on_transformed_logs(self.apply_on_transformed_logs.0)
                .metric_transformations(transformation.clone());
            aws.call("logs:PutMetricFilter", call.send()).await
        })
        .await?;
        let applied = self.apply_on_transformed_logs.0.unwrap_or_default().into();
        Ok(Self { id: self.name.as_str().into(), apply_on_transformed_logs: applied, ..self })
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<LogMetricFilter>, Error> {
        let call = aws.logs().describe_metric_filters().log_group_name(&self.log_group_name);
        let mut items = call.filter_name_prefix(&self.name).into_paginator().items().send();
        let found = async {
            while let Some(filter) = items.next().await {
                let filter = filter?;
                if filter.filter_name() == Some(&self.name) {
                    return Ok(Some(filter));
                }
            }
            Ok(None)
        };
        let found = unless_gone(aws.call("logs:DescribeMetricFilters", found).await)?.flatten();
        Ok(found.map(|filter| self.with_remote(filter)))
    }
}

#[async_trait]
impl Resource for LogMetricFilter {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.logs().delete_metric_filter().log_group_name(&state.log_group_name);
        unless_gone(aws.call("logs:DeleteMetricFilter", call.filter_name(&state.name).send()).await)
            .map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let listed = async {
            let mut all = Vec::new();
            let mut items = aws.logs().describe_metric_filters().into_paginator().items().send();
            while let Some(filter) = items.next().await {
                all.push(filter?);
            }
            Ok(all)
        };
        let all = aws.call("logs:DescribeMetricFilters", listed).await?;
        let found = |filter: types::MetricFilter| {
            let name = filter.filter_name.clone().unwrap_or_default();
            let group = filter.log_group_name.clone().unwrap_or_default();
            Self { name, log_group_name: group, ..Self::default() }.with_remote(filter)
        };
        Ok(Some(all.into_iter().map(found).collect()))
    }

    /// Filters of several groups may have the same name, which is their `id`.
    fn import_id(&self) -> Option<String> {
        Some(format!("{}:{}", self.log_group_name, self.name))
    }

    /// `GROUP:FILTER`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once(':') {
            Some((group, name)) if !group.is_empty() && !name.is_empty() => Ok(vec![
                ("id", Value::from(name)),
                ("log_group_name", Value::from(group)),
                ("name", Value::from(name)),
            ]),
            _ => Err(Error::new("Invalid import id", format!("Expected GROUP:FILTER, got {id:?}."))),
        }
    }
}
