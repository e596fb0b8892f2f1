//! `aws_cloudwatch_metric_alarm`: somebody is told when a metric is not as it should be.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_cloudwatch::types::{
    self, AlarmPromQlCriteria, ComparisonOperator, EvaluationCriteria, StandardUnit, Statistic,
};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use super::metric_query::{MetricQuery, dimension_map, dimensions, int};
use super::{tagging, unless_gone};

/// DescribeAlarms takes so many names.
const PAGE: usize = 100;

/// Provides an alarm about a metric.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_metric_alarm", version = 1, keep)]
pub struct MetricAlarm {
    /// The name of the alarm.
    pub id: Computed<String>,
    /// Whether anybody is told.
    #[attr(default = true)]
    pub actions_enabled: Option<bool>,
    /// Who is told of the alarm, by ARN.
    pub alarm_actions: BTreeSet<String>,
    /// What the alarm is about, in words.
    #[attr(validate = validate::length(0..=1024))]
    pub alarm_description: Option<String>,
    /// The name of the alarm.
    #[attr(force_new, validate = validate::length(1..=255))]
    pub alarm_name: String,
    /// The ARN of the alarm.
    pub arn: Computed<String>,
    /// How the metric is compared with the threshold.
    pub comparison_operator: Option<String>,
    /// How many points make an alarm.
    pub datapoints_to_alarm: Option<i64>,
    /// The dimensions of the metric.
    pub dimensions: Tags,
    /// Whether percentiles of few samples count: `evaluate` or `ignore`.
    #[attr(validate = validate::one_of(&["evaluate", "ignore"]))]
    pub evaluate_low_sample_count_percentiles: Auto<String>,
    /// What makes an alarm, when it is a query in PromQL.
    #[block(conflicts_with = ["metric_name", "metric_query"])]
    pub evaluation_criteria: Option<Criteria>,
    /// How often a query is evaluated, in seconds.
    pub evaluation_interval: Option<i64>,
    /// How many points are looked at.
    pub evaluation_periods: Option<i64>,
    /// A percentile: `p99`.
    #[attr(conflicts_with = ["statistic", "metric_query"])]
    pub extended_statistic: Option<String>,
    /// Who is told when there is nothing to compare, by ARN.
    pub insufficient_data_actions: BTreeSet<String>,
    /// The name of the metric.
    #[attr(conflicts_with = "metric_query", validate = validate::length(0..=255))]
    pub metric_name: Option<String>,
    /// What is computed from several metrics.
    #[block(conflicts_with = "metric_name")]
    pub metric_query: BTreeSet<MetricQuery>,
    /// The namespace of the metric.
    #[attr(conflicts_with = "metric_query")]
    pub namespace: Option<String>,
    /// Who is told when all is well again, by ARN.
    pub ok_actions: BTreeSet<String>,
    /// The length of a point in time, in seconds.
    #[attr(conflicts_with = "metric_query")]
    pub period: Option<i64>,
    /// How points are made one: `Average`, `Sum` and so on.
    #[attr(
        conflicts_with = ["extended_statistic", "metric_query"],
        validate = validate::one_of(&["SampleCount", "Average", "Sum", "Minimum", "Maximum"])
    )]
    pub statistic: Option<String>,
    /// The tags of the alarm.
    pub tags: Tags,
    /// What the metric is compared with.
    #[attr(conflicts_with = "threshold_metric_id")]
    pub threshold: Option<f64>,
    /// The query with the band that the metric is compared with.
    #[attr(conflicts_with = "threshold")]
    pub threshold_metric_id: Option<String>,
    /// What missing points mean: `missing`, `ignore`, `breaching` or `notBreaching`.
    #[attr(default = "missing", validate = validate::one_of(&["breaching", "notBreaching", "ignore", "missing"]))]
    pub treat_missing_data: Option<String>,
    /// The unit of the metric.
    pub unit: Option<String>,
}

/// What makes an alarm.
#[derive(Clone, Debug, Default, Block)]
pub struct Criteria {
    /// A query in PromQL.
    #[block(min = 1)]
    pub promql_criteria: Option<PromQl>,
}

/// A query in PromQL.
#[derive(Clone, Debug, Default, Block)]
pub struct PromQl {
    /// For how many seconds it must have an answer before there is an alarm.
    pub pending_period: Option<i64>,
    /// The query.
    pub query: String,
    /// For how many seconds it must have none before all is well again.
    pub recovery_period: Option<i64>,
}

fn set(set: Option<Vec<String>>) -> BTreeSet<String> {
    set.into_iter().flatten().collect()
}

fn text(text: &Option<String>) -> Option<String> {
    text.clone().filter(|t| !t.is_empty())
}

impl MetricAlarm {
    async fn put(&self, aws: &Aws, new: bool) -> Result<(), Error> {
        let list = |set: &BTreeSet<String>| Some(set.iter().cloned().collect::<Vec<_>>());
        let queries = self.metric_query.iter().map(MetricQuery::to_remote).collect::<Result<Vec<_>, _>>()?;
        let criteria = match self.evaluation_criteria.as_ref().and_then(|c| c.promql_criteria.as_ref()) {
            None => None,
            Some(promql) => Some(EvaluationCriteria::PromQlCriteria(
                AlarmPromQlCriteria::builder()
                    .query(&promql.query)
                    .set_pending_period(int(promql.pending_period)?)
                    .set_recovery_period(int(promql.recovery_period)?)
                    .build(),
            )),
        };
        // An alarm about a threshold has one, be it nought.
        let threshold = (self.threshold_metric_id.is_none() && criteria.is_none())
            .then(|| self.threshold.unwrap_or_default());
        let percentiles = text(&self.evaluate_low_sample_count_percentiles.0);
        let call = (aws.cloudwatch().put_metric_alarm().alarm_name(&self.alarm_name))
            .actions_enabled(self.actions_enabled != Some(false))
            .set_alarm_actions(list(&self.alarm_actions))
            .set_alarm_description(text(&self.alarm_description))
            .set_comparison_operator(text(&self.comparison_operator).as_deref().map(ComparisonOperator::from))
            .set_datapoints_to_alarm(int(self.datapoints_to_alarm)?)
            .set_dimensions(dimensions(&self.dimensions))
            .set_evaluate_low_sample_count_percentile(percentiles)
            .set_evaluation_criteria(criteria)
            .set_evaluation_interval(int(self.evaluation_interval)?)
            .set_evaluation_periods(int(self.evaluation_periods)?)
            .set_extended_statistic(text(&self.extended_statistic))
            .set_insufficient_data_actions(list(&self.insufficient_data_actions))
            .set_metric_name(text(&self.metric_name))
            .set_metrics(Some(queries).filter(|q| !q.is_empty()))
            .set_namespace(text(&self.namespace))
            .set_ok_actions(list(&self.ok_actions))
            .set_period(int(self.period)?)
            .set_statistic(text(&self.statistic).as_deref().map(Statistic::from))
            .set_tags(Some(tagging::tag_list(&self.tags)).filter(|t| new && !t.is_empty()))
            .set_threshold(threshold)
            .set_threshold_metric_id(text(&self.threshold_metric_id))
            .set_treat_missing_data(text(&self.treat_missing_data))
            .set_unit(text(&self.unit).as_deref().map(StandardUnit::from));
        aws.call("cloudwatch:PutMetricAlarm", call.send()).await.map(|_| ())
    }

    fn with_remote(self, alarm: types::MetricAlarm, tags: Tags) -> MetricAlarm {
        let criteria = match alarm.evaluation_criteria {
            Some(EvaluationCriteria::PromQlCriteria(promql)) => Some(Criteria {
                promql_criteria: Some(PromQl {
                    pending_period: promql.pending_period.map(i64::from),
                    query: promql.query.unwrap_or_default(),
                    recovery_period: promql.recovery_period.map(i64::from),
                }),
            }),
            _ => None,
        };
        let name = alarm.alarm_name.unwrap_or_default();
        MetricAlarm {
            id: name.as_str().into(),
            actions_enabled: Some(alarm.actions_enabled.unwrap_or_default()),
            alarm_actions: set(alarm.alarm_actions),
            alarm_description: alarm.alarm_description,
            alarm_name: name,
            arn: alarm.alarm_arn.unwrap_or_default().into(),
            comparison_operator: alarm.comparison_operator.map(|o| o.as_str().to_owned()),
            datapoints_to_alarm: alarm.datapoints_to_alarm.map(i64::from),
            dimensions: dimension_map(alarm.dimensions),
            evaluate_low_sample_count_percentiles: alarm
                .evaluate_low_sample_count_percentile
                .unwrap_or_default()
                .into(),
            evaluation_criteria: criteria,
            evaluation_interval: alarm.evaluation_interval.map(i64::from),
            evaluation_periods: alarm.evaluation_periods.map(i64::from),
            extended_statistic: alarm.extended_statistic,
            insufficient_data_actions: set(alarm.insufficient_data_actions),
            metric_name: alarm.metric_name,
            metric_query: alarm.metrics.into_iter().flatten().map(MetricQuery::from_remote).collect(),
            namespace: alarm.namespace,
            ok_actions: set(alarm.ok_actions),
            period: alarm.period.map(i64::from),
            statistic: alarm.statistic.map(|s| s.as_str().to_owned()),
            tags,
            threshold: alarm.threshold,
            threshold_metric_id: alarm.threshold_metric_id,
            treat_missing_data: alarm.treat_missing_data.or(Some("missing".into())),
            unit: alarm.unit.map(|u| u.as_str().to_owned()),
        }
    }

    fn with_computed(self, arn: String) -> MetricAlarm {
        let percentiles = self.evaluate_low_sample_count_percentiles.0.clone().unwrap_or_default();
        MetricAlarm {
            id: self.alarm_name.as_str().into(),
            arn: arn.into(),
            evaluate_low_sample_count_percentiles: percentiles.into(),
            ..self
        }
    }
}

/// The alarms with these names, as far as they exist.
async fn describe(aws: &Aws, names: &[String]) -> Result<HashMap<String, types::MetricAlarm>, Error> {
    let mut found = HashMap::new();
    for chunk in names.chunks(PAGE) {
        let call = aws.cloudwatch().describe_alarms().set_alarm_names(Some(chunk.to_vec())).max_records(100);
        let call = call.alarm_types(types::AlarmType::MetricAlarm).send();
        let alarms = aws.call("cloudwatch:DescribeAlarms", call).await?.metric_alarms.unwrap_or_default();
        found.extend(alarms.into_iter().filter_map(|a| Some((a.alarm_name.clone()?, a))));
    }
    Ok(found)
}

#[async_trait]
impl Resource for MetricAlarm {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.put(aws, true).await?;
        let name = planned.alarm_name.clone();
        let started = Self { id: name.as_str().into(), ..planned.clone() };
        let complete = async {
            let arn = format!(
                "arn:{}:cloudwatch:{}:{}:alarm:{name}",
                aws.partition(),
                aws.region(),
                aws.account().await?
            );
            if cx.repeated {
                // An alarm that there is already does not take tags with its content.
                let before = aws.tags().managed(tagging::read(aws, &arn).await?);
                tagging::change(aws, &arn, &before, &planned.tags).await?;
            }
            Ok(planned.with_computed(arn))
        };
        complete.await.map_err(|e: Error| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let names: Vec<String> = states.iter().filter_map(|s| s.id.0.clone()).collect();
        let found = match describe(aws, &names).await {
            Ok(found) => found,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        join_all(states.into_iter().map(|state| {
            let alarm = found.get(state.id.as_deref().unwrap_or_default()).cloned();
            async move {
                let Some(alarm) = alarm else { return Ok(None) };
                let tags = tagging::read(aws, alarm.alarm_arn().unwrap_or_default()).await?;
                Ok(Some(state.with_remote(alarm, tags)))
            }
        }))
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = prior.arn.known()?.clone();
        let content = |alarm: &Self| {
            use terrane_sdk::Object;
            Self { tags: Tags::new(), ..alarm.clone() }.to_value()
        };
        if content(&prior) != content(&planned) {
            planned.put(aws, false).await?;
        }
        tagging::change(aws, &arn, &prior.tags, &planned.tags).await?;
        Ok(planned.with_computed(arn))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.cloudwatch().delete_alarms().alarm_names(state.id.known()?).send();
        unless_gone(aws.call("cloudwatch:DeleteAlarms", call).await).map(|_| ())
    }

    /// Without tags, which take a call for each alarm.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.cloudwatch().describe_alarms().alarm_types(types::AlarmType::MetricAlarm);
        let listed = async {
            let mut all = Vec::new();
            let mut pages = call.max_records(100).into_paginator().send();
            while let Some(page) = pages.next().await {
                all.extend(page?.metric_alarms.unwrap_or_default());
            }
            Ok(all)
        };
        let all = aws.call("cloudwatch:DescribeAlarms", listed).await?;
        Ok(Some(all.into_iter().map(|alarm| Self::default().with_remote(alarm, Tags::new())).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("alarm_name", Value::from(id))])
    }
}
