//! `aws_s3_bucket_notification`: who is told what happens to the objects of a bucket.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use aws_sdk_s3::types::{
    self, Event, EventBridgeConfiguration, FilterRule, FilterRuleName, NotificationConfiguration,
    NotificationConfigurationFilter, S3KeyFilter,
};
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, Computed, Error, Resource, async_trait, validate};

use super::part::{self, BucketPart, part_of_bucket};
use super::remote::{built, text, unless};

/// Provides all notifications of a bucket, of which there is one set.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_notification", keep)]
pub struct BucketNotification {
    /// What the state knows it by: the bucket.
    pub id: Computed<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// Whether EventBridge is told everything.
    #[attr(default = false)]
    pub eventbridge: Option<bool>,
    /// Lambda functions that are told.
    #[block]
    pub lambda_function: Vec<ToFunction>,
    /// Queues that are told.
    #[block]
    pub queue: Vec<ToQueue>,
    /// Topics that are told.
    #[block]
    pub topic: Vec<ToTopic>,
}

macro_rules! destination {
    ($(#[$doc:meta])* $name:ident, $arn:ident: $arn_type:ty, $remote:ty, $take:expr, $give:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Block)]
        pub struct $name {
            /// What is told: `s3:ObjectCreated:*`.
            #[attr(required)]
            pub events: BTreeSet<String>,
            /// Only for objects whose names begin with this.
            pub filter_prefix: Option<String>,
            /// Only for objects whose names end with this.
            pub filter_suffix: Option<String>,
            /// The name of the notification; made up when it is not set.
            pub id: Auto<String>,
            /// Who is told.
            pub $arn: $arn_type,
        }

        impl $name {
            fn to_remote(&self) -> Result<$remote, Error> {
                let events = self.events.iter().map(|e| Event::from(e.as_str())).collect();
                let filter = key_filter(&self.filter_prefix, &self.filter_suffix);
                let arn: String = $give(&self.$arn);
                built(
                    <$remote>::builder()
                        .set_id(self.id.0.clone())
                        .$arn(arn)
                        .set_events(Some(events))
                        .set_filter(filter)
                        .build(),
                )
            }

            fn from_remote(remote: $remote) -> $name {
                let (filter_prefix, filter_suffix) = affixes(remote.filter);
                $name {
                    events: remote.events.iter().map(|e| e.as_str().to_owned()).collect(),
                    filter_prefix,
                    filter_suffix,
                    id: remote.id.unwrap_or_default().into(),
                    $arn: $take(remote.$arn),
                }
            }
        }
    };
}

destination!(
    /// A Lambda function that is told.
    ToFunction, lambda_function_arn: Option<String>, types::LambdaFunctionConfiguration,
    |arn: String| Some(arn), |arn: &Option<String>| arn.clone().unwrap_or_default()
);
destination!(
    /// A queue that is told.
    ToQueue, queue_arn: String, types::QueueConfiguration, |arn| arn, |arn: &String| arn.clone()
);
destination!(
    /// A topic that is told.
    ToTopic, topic_arn: String, types::TopicConfiguration, |arn| arn, |arn: &String| arn.clone()
);

fn key_filter(prefix: &Option<String>, suffix: &Option<String>) -> Option<NotificationConfigurationFilter> {
    let rule = |name: FilterRuleName, value: &Option<String>| {
        text(value).map(|value| FilterRule::builder().name(name).value(value).build())
    };
    let rules: Vec<_> = [rule(FilterRuleName::Prefix, prefix), rule(FilterRuleName::Suffix, suffix)]
        .into_iter()
        .flatten()
        .collect();
    let key = S3KeyFilter::builder().set_filter_rules(Some(rules.clone())).build();
    (!rules.is_empty()).then(|| NotificationConfigurationFilter::builder().key(key).build())
}

fn affixes(filter: Option<NotificationConfigurationFilter>) -> (Option<String>, Option<String>) {
    let rules = filter.and_then(|f| f.key).and_then(|k| k.filter_rules).unwrap_or_default();
    let of = |wanted: &str| {
        let rule =
            rules.iter().find(|r| r.name.as_ref().is_some_and(|n| n.as_str().eq_ignore_ascii_case(wanted)));
        rule.and_then(|r| r.value.clone())
    };
    (of("prefix"), of("suffix"))
}

/// Whether the destination does not let S3 in yet: its policy was just set, or it is new.
fn is_premature(error: &Error) -> bool {
    error.has_code(&["InvalidArgument"])
        && error.detail.contains("Unable to validate the following destination")
}

impl BucketNotification {
    fn tells_nobody(&self) -> bool {
        let destinations = self.lambda_function.len() + self.queue.len() + self.topic.len();
        destinations == 0 && self.eventbridge != Some(true)
    }

    async fn set(&self, aws: &Aws, configuration: NotificationConfiguration) -> Result<(), Error> {
        retry_while(PROPAGATION, is_premature, || async {
            let call = (aws.s3().put_bucket_notification_configuration().bucket(&self.bucket))
                .notification_configuration(configuration.clone());
            aws.call("s3:PutBucketNotificationConfiguration", call.send()).await
        })
        .await?;
        Ok(())
    }
}

/// The name of a notification: its own, or one that a repeat makes up again.
fn name(id: &Auto<String>, kind: &str, index: usize) -> Auto<String> {
    match id.as_deref().filter(|i| !i.is_empty()) {
        Some(own) => own.into(),
        None => format!("terraform-{kind}-{index}").into(),
    }
}

#[async_trait]
impl BucketPart for BucketNotification {
    async fn put(mut self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        self.lambda_function.iter_mut().enumerate().for_each(|(i, f)| f.id = name(&f.id, "lambda", i));
        self.queue.iter_mut().enumerate().for_each(|(i, q)| q.id = name(&q.id, "queue", i));
        self.topic.iter_mut().enumerate().for_each(|(i, t)| t.id = name(&t.id, "topic", i));
        let functions: Result<Vec<_>, _> = self.lambda_function.iter().map(ToFunction::to_remote).collect();
        let queues: Result<Vec<_>, _> = self.queue.iter().map(ToQueue::to_remote).collect();
        let topics: Result<Vec<_>, _> = self.topic.iter().map(ToTopic::to_remote).collect();
        let bridge = (self.eventbridge == Some(true)).then(|| EventBridgeConfiguration::builder().build());
        let configuration = NotificationConfiguration::builder()
            .set_lambda_function_configurations(Some(functions?).filter(|f| !f.is_empty()))
            .set_queue_configurations(Some(queues?).filter(|q| !q.is_empty()))
            .set_topic_configurations(Some(topics?).filter(|t| !t.is_empty()))
            .set_event_bridge_configuration(bridge)
            .build();
        self.set(aws, configuration).await?;
        Ok(Self { id: self.bucket.as_str().into(), ..self })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = aws.s3().get_bucket_notification_configuration().bucket(&self.bucket).send();
        let found = unless(aws.call("s3:GetBucketNotificationConfiguration", call).await, &[])?;
        let Some(found) = found else { return Ok(None) };
        let functions = found.lambda_function_configurations.into_iter().flatten();
        let queues = found.queue_configurations.into_iter().flatten();
        let topics = found.topic_configurations.into_iter().flatten();
        let mut read = Self {
            id: self.bucket.as_str().into(),
            eventbridge: Some(found.event_bridge_configuration.is_some()),
            lambda_function: functions.map(ToFunction::from_remote).collect(),
            queue: queues.map(ToQueue::from_remote).collect(),
            topic: topics.map(ToTopic::from_remote).collect(),
            bucket: self.bucket.clone(),
        };
        // Nothing is what there is when nothing else is known; otherwise it was taken away.
        if read.tells_nobody() && !self.tells_nobody() {
            return Ok(None);
        }
        // S3 answers in an order of its own; what is known keeps its place.
        let place = |known: Vec<Option<&str>>, id: Option<&str>| {
            known.iter().position(|k| *k == id).unwrap_or(usize::MAX)
        };
        read.lambda_function.sort_by_key(|f| {
            place(self.lambda_function.iter().map(|k| k.id.as_deref()).collect(), f.id.as_deref())
        });
        read.queue
            .sort_by_key(|q| place(self.queue.iter().map(|k| k.id.as_deref()).collect(), q.id.as_deref()));
        read.topic
            .sort_by_key(|t| place(self.topic.iter().map(|k| k.id.as_deref()).collect(), t.id.as_deref()));
        Ok(Some(read))
    }

    async fn remove(&self, aws: &Aws) -> Result<(), Error> {
        unless(self.set(aws, NotificationConfiguration::builder().build()).await, &[]).map(|_| ())
    }
}

part_of_bucket!(BucketNotification, part::import_bucket);
