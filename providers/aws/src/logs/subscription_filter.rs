//! `aws_cloudwatch_log_subscription_filter`: what is written to a log goes somewhere else.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use aws_sdk_cloudwatchlogs::types::{self, Distribution};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use super::{listing, unless_gone};

/// Sends what is written to a log somewhere else.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_log_subscription_filter", keep)]
pub struct LogSubscriptionFilter {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Whether the filter sees logs as they were transformed.
    pub apply_on_transformed_logs: Auto<bool>,
    /// The ARN of where the log goes.
    pub destination_arn: String,
    /// How a stream shares the log among its shards: `ByLogStream` or `Random`.
    #[attr(default = "ByLogStream", validate = validate::one_of(&["ByLogStream", "Random"]))]
    pub distribution: Option<String>,
    /// What is added about where the log is from: `@aws.account` and `@aws.region`.
    pub emit_system_fields: BTreeSet<String>,
    /// What of the log.
    #[attr(validate = validate::length(0..=1024))]
    pub filter_pattern: String,
    /// The name of the group.
    #[attr(force_new)]
    pub log_group_name: String,
    /// The name of the filter.
    #[attr(force_new, validate = validate::length(1..=512))]
    pub name: String,
    /// The role with which the destination is written to.
    pub role_arn: Auto<String>,
}

/// Whether the destination or the role does not let CloudWatch in yet.
fn is_premature(error: &Error) -> bool {
    let words = [
        "Could not deliver test message",
        "Could not execute the lambda function",
        "Make sure you have given",
    ];
    let unready =
        error.has_code(&["InvalidParameterException"]) && words.iter().any(|w| error.detail.contains(w));
    unready || error.has_code(&["OperationAbortedException"])
}

impl LogSubscriptionFilter {
    fn id(&self) -> Computed<String> {
        format!("cwlsf-{}", self.log_group_name).into()
    }

    async fn put(self, aws: &Aws) -> Result<LogSubscriptionFilter, Error> {
        retry_while(PROPAGATION, is_premature, || async {
            let fields: Vec<String> = self.emit_system_fields.iter().cloned().collect();
            let call = (aws.logs().put_subscription_filter().log_group_name(&self.log_group_name))
                .filter_name(&self.name)
                .filter_pattern(&self.filter_pattern)
                .destination_arn(&self.destination_arn)
                .set_apply_on_transformed_logs(self.apply_on_transformed_logs.0)
                .set_distribution(self.distribution.as_deref().map(Distribution::from))
                .set_emit_system_fields(Some(fields).filter(|f| !f.is_empty()))
                .set_role_arn(self.role_arn.0.clone().filter(|r| !r.is_empty()));
            aws.call("logs:PutSubscriptionFilter", call.send()).await
        })
        .await?;
        let applied = self.apply_on_transformed_logs.0.unwrap_or_default().into();
        let role_arn = self.role_arn.0.clone().unwrap_or_default().into();
        Ok(Self { id: self.id(), apply_on_transformed_logs: applied, role_arn, ..self })
    }

    fn with_remote(self, filter: types::SubscriptionFilter) -> LogSubscriptionFilter {
        LogSubscriptionFilter {
            id: self.id(),
            apply_on_transformed_logs: filter.apply_on_transformed_logs.into(),
            destination_arn: filter.destination_arn.unwrap_or_default(),
            distribution: Some(filter.distribution.map_or("ByLogStream".into(), |d| d.as_str().to_owned())),
            emit_system_fields: filter.emit_system_fields.into_iter().flatten().collect(),
            filter_pattern: filter.filter_pattern.unwrap_or_default(),
            role_arn: filter.role_arn.unwrap_or_default().into(),
            log_group_name: self.log_group_name,
            name: self.name,
        }
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<LogSubscriptionFilter>, Error> {
        let call = aws.logs().describe_subscription_filters().log_group_name(&self.log_group_name);
        let call = call.filter_name_prefix(&self.name).send();
        let found = unless_gone(aws.call("logs:DescribeSubscriptionFilters", call).await)?;
        let mut filters = found.and_then(|f| f.subscription_filters).into_iter().flatten();
        Ok(filters.find(|f| f.filter_name() == Some(&self.name)).map(|filter| self.with_remote(filter)))
    }
}

#[async_trait]
impl Resource for LogSubscriptionFilter {
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
        let call = aws.logs().delete_subscription_filter().log_group_name(&state.log_group_name);
        let call = call.filter_name(&state.name).send();
        unless_gone(aws.call("logs:DeleteSubscriptionFilter", call).await).map(|_| ())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of_group = |group: String| async move {
            let listed = async {
                let call = aws.logs().describe_subscription_filters().log_group_name(&group);
                let (mut filters, mut items) = (Vec::new(), call.into_paginator().items().send());
                while let Some(filter) = items.next().await {
                    filters.push(filter?);
                }
                Ok(filters)
            };
            let filters = unless_gone(aws.call("logs:DescribeSubscriptionFilters", listed).await)?;
            let filter = |filter: types::SubscriptionFilter| {
                let name = filter.filter_name.clone().unwrap_or_default();
                Self { log_group_name: group.clone(), name, ..Self::default() }.with_remote(filter)
            };
            Ok::<Vec<Self>, Error>(filters.into_iter().flatten().map(filter).collect())
        };
        listing::of_each_group(aws, of_group).await.map(Some)
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}|{}", self.log_group_name, self.name))
    }

    /// `GROUP|FILTER`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once('|') {
            Some((group, name)) if !group.is_empty() && !name.is_empty() => Ok(vec![
                ("id", Value::from(format!("cwlsf-{group}"))),
                ("log_group_name", Value::from(group)),
                ("name", Value::from(name)),
            ]),
            _ => Err(Error::new("Invalid import id", format!("Expected GROUP|FILTER, got {id:?}."))),
        }
    }
}
