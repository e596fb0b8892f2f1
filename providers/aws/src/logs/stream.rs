//! `aws_cloudwatch_log_stream`: one log of a group.

use crate::Aws;
use aws_sdk_cloudwatchlogs::types::LogStream as RemoteStream;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all,
};

use super::{listing, unless_gone};

/// Provides one log of a group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_log_stream", keep)]
pub struct LogStream {
    /// The name of the stream.
    pub id: Computed<String>,
    /// The ARN of the stream.
    pub arn: Computed<String>,
    /// The name of the group.
    #[attr(force_new)]
    pub log_group_name: String,
    /// The name of the stream.
    #[attr(force_new)]
    pub name: String,
}

impl LogStream {
    async fn read_one(self, aws: &Aws) -> Result<Option<LogStream>, Error> {
        let call = aws.logs().describe_log_streams().log_group_name(&self.log_group_name);
        let mut items = call.log_stream_name_prefix(&self.name).into_paginator().items().send();
        let found = async {
            while let Some(stream) = items.next().await {
                let stream = stream?;
                if stream.log_stream_name() == Some(&self.name) {
                    return Ok(Some(stream));
                }
            }
            Ok(None)
        };
        let found = unless_gone(aws.call("logs:DescribeLogStreams", found).await)?.flatten();
        Ok(found.map(|s| Self {
            id: self.name.as_str().into(),
            arn: s.arn.unwrap_or_default().into(),
            ..self
        }))
    }
}

#[async_trait]
impl Resource for LogStream {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = aws.logs().create_log_stream().log_group_name(&planned.log_group_name);
        match aws.call("logs:CreateLogStream", call.log_stream_name(&planned.name).send()).await {
            Err(e) if cx.repeated && e.has_code(&["ResourceAlreadyExistsException"]) => {}
            other => drop(other?),
        }
        let started = Self { id: planned.name.as_str().into(), ..planned };
        match started.clone().read_one(aws).await {
            Ok(Some(stream)) => Ok(stream),
            Ok(None) => {
                let error = Error::new("The log stream is gone", "It vanished while it was read back.");
                Err(Failure::partial(error, started))
            }
            Err(error) => Err(Failure::partial(error, started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.logs().delete_log_stream().log_group_name(&state.log_group_name);
        let call = call.log_stream_name(&state.name).send();
        unless_gone(aws.call("logs:DeleteLogStream", call).await).map(|_| ())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of_group = |group: String| async move {
            let listed = async {
                let call = aws.logs().describe_log_streams().log_group_name(&group);
                let (mut streams, mut items) = (Vec::new(), call.into_paginator().items().send());
                while let Some(stream) = items.next().await {
                    streams.push(stream?);
                }
                Ok(streams)
            };
            let streams = unless_gone(aws.call("logs:DescribeLogStreams", listed).await)?;
            let stream = |stream: RemoteStream| {
                let name = stream.log_stream_name.unwrap_or_default();
                let id = name.as_str().into();
                Self { id, arn: stream.arn.unwrap_or_default().into(), log_group_name: group.clone(), name }
            };
            Ok::<Vec<Self>, Error>(streams.into_iter().flatten().map(stream).collect())
        };
        listing::of_each_group(aws, of_group).await.map(Some)
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}:{}", self.log_group_name, self.name))
    }

    /// `GROUP:STREAM`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once(':') {
            Some((group, stream)) if !group.is_empty() && !stream.is_empty() => Ok(vec![
                ("id", Value::from(stream)),
                ("log_group_name", Value::from(group)),
                ("name", Value::from(stream)),
            ]),
            _ => Err(Error::new("Invalid import id", format!("Expected GROUP:STREAM, got {id:?}."))),
        }
    }
}
