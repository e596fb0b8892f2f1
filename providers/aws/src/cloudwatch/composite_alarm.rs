//! `aws_cloudwatch_composite_alarm`: an alarm from other alarms.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_cloudwatch::types::{self, AlarmType};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Attributes, Block, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

use super::{tagging, unless_gone};

/// Provides an alarm from other alarms.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_composite_alarm", keep)]
pub struct CompositeAlarm {
    /// The name of the alarm.
    pub id: Computed<String>,
    /// Whether anybody is told.
    #[attr(force_new, default = true)]
    pub actions_enabled: Option<bool>,
    /// An alarm during which nobody is told.
    #[block]
    pub actions_suppressor: Option<Suppressor>,
    /// Who is told of the alarm, by ARN.
    pub alarm_actions: BTreeSet<String>,
    /// What the alarm is about, in words.
    #[attr(validate = validate::length(0..=1024))]
    pub alarm_description: Option<String>,
    /// The name of the alarm.
    #[attr(force_new, validate = validate::length(1..=255))]
    pub alarm_name: String,
    /// When there is an alarm: `ALARM(one) OR ALARM(other)`.
    #[attr(validate = validate::length(1..=10240), equivalent = same_rule)]
    pub alarm_rule: String,
    /// The ARN of the alarm.
    pub arn: Computed<String>,
    /// Who is told when there is nothing to compare, by ARN.
    pub insufficient_data_actions: BTreeSet<String>,
    /// Who is told when all is well again, by ARN.
    pub ok_actions: BTreeSet<String>,
    /// The tags of the alarm.
    pub tags: Tags,
}

/// An alarm during which nobody is told.
#[derive(Clone, Debug, Default, Block)]
pub struct Suppressor {
    /// Its name or ARN.
    pub alarm: String,
    /// For how many seconds after it nobody is told either.
    pub extension_period: i64,
    /// For how many seconds it is waited for.
    pub wait_period: i64,
}

/// Whether two rules differ in the space around them at most.
fn same_rule(a: &str, b: &str) -> bool {
    a.trim() == b.trim()
}

impl CompositeAlarm {
    async fn put(&self, aws: &Aws, new: bool) -> Result<(), Error> {
        let list = |set: &BTreeSet<String>| Some(set.iter().cloned().collect::<Vec<_>>());
        let seconds = |n: i64| i32::try_from(n).ok();
        let suppressor = self.actions_suppressor.as_ref();
        let call = (aws.cloudwatch().put_composite_alarm().alarm_name(&self.alarm_name))
            .alarm_rule(&self.alarm_rule)
            .actions_enabled(self.actions_enabled != Some(false))
            .set_alarm_actions(list(&self.alarm_actions))
            .set_alarm_description(self.alarm_description.clone().filter(|d| !d.is_empty()))
            .set_insufficient_data_actions(list(&self.insufficient_data_actions))
            .set_ok_actions(list(&self.ok_actions))
            .set_actions_suppressor(suppressor.map(|s| s.alarm.clone()))
            .set_actions_suppressor_extension_period(suppressor.and_then(|s| seconds(s.extension_period)))
            .set_actions_suppressor_wait_period(suppressor.and_then(|s| seconds(s.wait_period)))
            .set_tags(Some(tagging::tag_list(&self.tags)).filter(|t| new && !t.is_empty()));
        aws.call("cloudwatch:PutCompositeAlarm", call.send()).await.map(|_| ())
    }

    fn with_remote(self, alarm: types::CompositeAlarm, tags: Tags) -> CompositeAlarm {
        let set = |actions: Option<Vec<String>>| actions.into_iter().flatten().collect();
        let suppressor = alarm.actions_suppressor.filter(|s| !s.is_empty()).map(|s| Suppressor {
            alarm: s,
            extension_period: alarm.actions_suppressor_extension_period.map(i64::from).unwrap_or_default(),
            wait_period: alarm.actions_suppressor_wait_period.map(i64::from).unwrap_or_default(),
        });
        let name = alarm.alarm_name.unwrap_or_default();
        CompositeAlarm {
            id: name.as_str().into(),
            actions_enabled: Some(alarm.actions_enabled.unwrap_or_default()),
            actions_suppressor: suppressor,
            alarm_actions: set(alarm.alarm_actions),
            alarm_description: alarm.alarm_description,
            alarm_name: name,
            alarm_rule: alarm.alarm_rule.unwrap_or_default(),
            arn: alarm.alarm_arn.unwrap_or_default().into(),
            insufficient_data_actions: set(alarm.insufficient_data_actions),
            ok_actions: set(alarm.ok_actions),
            tags,
        }
    }
}

#[async_trait]
impl Resource for CompositeAlarm {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.put(aws, true).await?;
        let name = planned.alarm_name.as_str();
        let started = Self { id: name.into(), ..planned.clone() };
        let complete = async {
            let account = aws.account().await?;
            let arn = format!("arn:{}:cloudwatch:{}:{account}:alarm:{name}", aws.partition(), aws.region());
            if cx.repeated {
                let before = aws.tags().managed(tagging::read(aws, &arn).await?);
                tagging::change(aws, &arn, &before, &planned.tags).await?;
            }
            Ok(Self { id: name.into(), arn: arn.into(), ..planned.clone() })
        };
        complete.await.map_err(|e: Error| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let names: Vec<String> = states.iter().filter_map(|s| s.id.0.clone()).collect();
        let described = async {
            let mut found = HashMap::new();
            for chunk in names.chunks(100) {
                let call = aws.cloudwatch().describe_alarms().set_alarm_names(Some(chunk.to_vec()));
                let call = call.max_records(100).alarm_types(AlarmType::CompositeAlarm).send();
                let alarms = aws.call("cloudwatch:DescribeAlarms", call).await?.composite_alarms;
                found.extend(alarms.into_iter().flatten().filter_map(|a| Some((a.alarm_name.clone()?, a))));
            }
            Ok::<_, Error>(found)
        };
        let found = match described.await {
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
        planned.put(aws, false).await?;
        tagging::change(aws, prior.arn.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.cloudwatch().delete_alarms().alarm_names(state.id.known()?).send();
        unless_gone(aws.call("cloudwatch:DeleteAlarms", call).await).map(|_| ())
    }

    /// Without tags, which take a call for each alarm.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.cloudwatch().describe_alarms().alarm_types(AlarmType::CompositeAlarm);
        let listed = async {
            let mut all = Vec::new();
            let mut pages = call.max_records(100).into_paginator().send();
            while let Some(page) = pages.next().await {
                all.extend(page?.composite_alarms.unwrap_or_default());
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
