//! `aws_sqs_queue`: a queue.

use crate::Aws;
use crate::client::{Poll, retry_while, wait_until};
use crate::iam::{name, policy_json};
use crate::tags::{Tags, difference};
use aws_sdk_sqs::types::QueueAttributeName as Name;
use futures::future::try_join;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, join_all,
    json_equivalent, validate,
};

use super::attributes::{self, Attributes};
use super::unless_gone;

/// How long a name stays taken after its queue was deleted, and a deletion takes.
const DELETION: Duration = Duration::from_secs(3 * 60);

/// Provides an SQS queue.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_sqs_queue", keep, timeouts(create = "3m", update = "3m", delete = "3m"))]
pub struct Queue {
    /// The URL of the queue.
    pub id: Computed<String>,
    /// The ARN of the queue.
    pub arn: Computed<String>,
    /// Whether messages with the same content are one, in a FIFO queue.
    #[attr(default = false)]
    pub content_based_deduplication: Option<bool>,
    /// Within what messages are compared: `queue` or `messageGroup`.
    #[attr(validate = validate::one_of(&["queue", "messageGroup"]))]
    pub deduplication_scope: Auto<String>,
    /// How long messages wait before they are delivered, in seconds.
    #[attr(default = 0, validate = validate::between(0..=900))]
    pub delay_seconds: Option<i64>,
    /// Whether messages keep their order.
    #[attr(force_new, default = false)]
    pub fifo_queue: Option<bool>,
    /// What the throughput is limited for: `perQueue` or `perMessageGroupId`.
    #[attr(validate = validate::one_of(&["perQueue", "perMessageGroupId"]))]
    pub fifo_throughput_limit: Auto<String>,
    /// How long a data key is used, in seconds.
    #[attr(validate = validate::between(60..=86400))]
    pub kms_data_key_reuse_period_seconds: Auto<i64>,
    /// The key of the Key Management Service to encrypt with.
    #[attr(conflicts_with = "sqs_managed_sse_enabled")]
    pub kms_master_key_id: Option<String>,
    /// The longest message in bytes.
    #[attr(default = 262144, validate = validate::between(1024..=1048576))]
    pub max_message_size: Option<i64>,
    /// How long messages are kept, in seconds.
    #[attr(default = 345600, validate = validate::between(60..=1209600))]
    pub message_retention_seconds: Option<i64>,
    /// The name of the queue; made up when it is not set.
    #[attr(
        force_new,
        conflicts_with = "name_prefix",
        validate = validate::matches(r"^[a-zA-Z0-9_-]{1,75}(\.fifo)?$|^[a-zA-Z0-9_-]{1,80}$", "be a queue's name")
    )]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name")]
    pub name_prefix: Auto<String>,
    /// Who may do what with the queue.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: Auto<String>,
    /// How long a request for messages waits for one, in seconds.
    #[attr(default = 0, validate = validate::between(0..=20))]
    pub receive_wait_time_seconds: Option<i64>,
    /// Which queues may use this one for messages that fail.
    #[attr(json, equivalent = json_equivalent)]
    pub redrive_allow_policy: Auto<String>,
    /// Where messages go that fail too often.
    #[attr(json, equivalent = json_equivalent)]
    pub redrive_policy: Auto<String>,
    /// Whether messages are encrypted with SQS's own keys.
    #[attr(conflicts_with = "kms_master_key_id")]
    pub sqs_managed_sse_enabled: Auto<bool>,
    /// The tags of the queue.
    pub tags: Tags,
    /// The URL of the queue.
    pub url: Computed<String>,
    /// How long a message that was delivered is hidden from others, in seconds.
    #[attr(default = 30, validate = validate::between(0..=43200))]
    pub visibility_timeout_seconds: Option<i64>,
}

impl Queue {
    /// The attributes that are set to something.
    fn attributes(&self) -> Attributes {
        let number = |n: Option<i64>| n.map(|n| n.to_string());
        let text = |t: &Option<String>| t.clone().filter(|t| !t.is_empty());
        let fifo = self.fifo_queue == Some(true);
        let mut all = vec![
            (Name::DelaySeconds, number(self.delay_seconds)),
            (Name::MaximumMessageSize, number(self.max_message_size)),
            (Name::MessageRetentionPeriod, number(self.message_retention_seconds)),
            (Name::ReceiveMessageWaitTimeSeconds, number(self.receive_wait_time_seconds)),
            (Name::VisibilityTimeout, number(self.visibility_timeout_seconds)),
            (Name::KmsMasterKeyId, text(&self.kms_master_key_id)),
            (Name::Policy, text(&self.policy.0)),
            (Name::RedriveAllowPolicy, text(&self.redrive_allow_policy.0)),
            (Name::RedrivePolicy, text(&self.redrive_policy.0)),
            (Name::SqsManagedSseEnabled, self.sqs_managed_sse_enabled.0.map(|on| on.to_string())),
        ];
        if self.kms_master_key_id.as_deref().is_some_and(|k| !k.is_empty()) {
            // The two kinds of encryption exclude each other.
            all.pop();
            all.push((Name::KmsDataKeyReusePeriodSeconds, number(self.kms_data_key_reuse_period_seconds.0)));
        }
        if fifo {
            all.extend([
                (Name::FifoQueue, Some("true".to_owned())),
                (
                    Name::ContentBasedDeduplication,
                    Some((self.content_based_deduplication == Some(true)).to_string()),
                ),
                (Name::DeduplicationScope, text(&self.deduplication_scope.0)),
                (Name::FifoThroughputLimit, text(&self.fifo_throughput_limit.0)),
            ]);
        }
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn with_remote(self, url: &str, found: &Attributes, tags: Tags) -> Queue {
        let text = |name: Name| found.get(&name).cloned().unwrap_or_default();
        let number = |name: Name| found.get(&name).and_then(|n| n.parse::<i64>().ok());
        let truth = |name: Name| found.get(&name).is_some_and(|t| t == "true");
        let name = url.rsplit('/').next().unwrap_or_default().to_owned();
        let made_up = name.strip_suffix(".fifo").unwrap_or(&name);
        Queue {
            id: url.into(),
            arn: text(Name::QueueArn).into(),
            content_based_deduplication: Some(truth(Name::ContentBasedDeduplication)),
            deduplication_scope: text(Name::DeduplicationScope).into(),
            delay_seconds: number(Name::DelaySeconds).or(Some(0)),
            fifo_queue: Some(truth(Name::FifoQueue)),
            fifo_throughput_limit: text(Name::FifoThroughputLimit).into(),
            kms_data_key_reuse_period_seconds: number(Name::KmsDataKeyReusePeriodSeconds)
                .unwrap_or(300)
                .into(),
            kms_master_key_id: found.get(&Name::KmsMasterKeyId).cloned(),
            max_message_size: number(Name::MaximumMessageSize),
            message_retention_seconds: number(Name::MessageRetentionPeriod),
            name_prefix: name::prefix_of(made_up).into(),
            name: name.into(),
            policy: text(Name::Policy).into(),
            receive_wait_time_seconds: number(Name::ReceiveMessageWaitTimeSeconds).or(Some(0)),
            redrive_allow_policy: text(Name::RedriveAllowPolicy).into(),
            redrive_policy: text(Name::RedrivePolicy).into(),
            sqs_managed_sse_enabled: truth(Name::SqsManagedSseEnabled).into(),
            tags,
            url: url.into(),
            visibility_timeout_seconds: number(Name::VisibilityTimeout),
        }
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<Queue>, Error> {
        let url = self.id.known()?.clone();
        let tags = async {
            let call = aws.sqs().list_queue_tags().queue_url(&url).send();
            unless_gone(aws.call("sqs:ListQueueTags", call).await)
        };
        let (found, tags) = try_join(attributes::get(aws, &url), tags).await?;
        let (Some(found), Some(tags)) = (found, tags) else { return Ok(None) };
        let tags = tags.tags.into_iter().flatten().collect();
        Ok(Some(self.with_remote(&url, &found, tags)))
    }
}

/// The URLs of all queues.
pub(super) async fn urls(aws: &Aws) -> Result<Vec<String>, Error> {
    let listed = async {
        let mut urls = Vec::new();
        let mut items = aws.sqs().list_queues().max_results(1000).into_paginator().items().send();
        while let Some(url) = items.next().await {
            urls.push(url?);
        }
        Ok(urls)
    };
    aws.call("sqs:ListQueues", listed).await
}

#[async_trait]
impl Resource for Queue {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let suffix = if planned.fifo_queue == Some(true) { ".fifo" } else { "" };
        let name = match planned.name.as_deref().filter(|n| !n.is_empty()) {
            Some(name) => name.to_owned(),
            None => name::chosen(None, planned.name_prefix.as_deref(), cx) + suffix,
        };
        let wanted = planned.attributes();
        let recently =
            |e: &Error| e.has_code(&["QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"]);
        // To make a queue again with the same attributes answers the one that there is.
        let created = retry_while(DELETION, recently, || async {
            let call = (aws.sqs().create_queue().queue_name(&name))
                .set_attributes(Some(wanted.clone()))
                .set_tags(Some(planned.tags.clone().into_iter().collect()));
            aws.call("sqs:CreateQueue", call.send()).await
        });
        let url = created.await?.queue_url.unwrap_or_default();
        let started = Queue { id: url.as_str().into(), url: url.as_str().into(), ..planned.clone() };
        let complete = async {
            let found = attributes::seen(aws, &url, &wanted).await?;
            let tags = planned.tags.clone();
            Ok(planned.with_remote(&url, &found, tags))
        };
        complete.await.map_err(|e: Error| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let url = prior.id.known()?.clone();
        let (before, after) = (prior.attributes(), planned.attributes());
        let mut changed: Attributes = after
            .iter()
            .filter(|(k, v)| before.get(k) != Some(v))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let cleared = [Name::KmsMasterKeyId, Name::Policy, Name::RedriveAllowPolicy, Name::RedrivePolicy];
        for name in cleared.into_iter().filter(|n| before.contains_key(n) && !after.contains_key(n)) {
            changed.insert(name, String::new());
        }
        let (set, removed) = difference(&prior.tags, &planned.tags);
        if !removed.is_empty() {
            let call = aws.sqs().untag_queue().queue_url(&url).set_tag_keys(Some(removed));
            aws.call("sqs:UntagQueue", call.send()).await?;
        }
        if !set.is_empty() {
            let call = aws.sqs().tag_queue().queue_url(&url).set_tags(Some(set.into_iter().collect()));
            aws.call("sqs:TagQueue", call.send()).await?;
        }
        let found = attributes::set(aws, &url, changed).await?;
        let tags = planned.tags.clone();
        Ok(planned.with_remote(&url, &found, tags))
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let url = state.id.known()?;
        let call = aws.sqs().delete_queue().queue_url(url).send();
        unless_gone(aws.call("sqs:DeleteQueue", call).await)?;
        wait_until("the deletion of the queue", cx.timeout_or(DELETION), || async {
            let left = attributes::get(aws, url).await?;
            Ok(if left.is_none() { Poll::Ready(()) } else { Poll::Pending("still there".into()) })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let urls = urls(aws).await?;
        let queue = |url: String| Queue { id: url.as_str().into(), url: url.into(), ..Queue::default() };
        Ok(Some(urls.into_iter().map(queue).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let fifo = cx.planned("fifo_queue").as_bool() == Some(true);
        let name = cx.planned("name");
        if let Some(name) = name.as_str().filter(|n| fifo != n.ends_with(".fifo")) {
            let detail =
                format!("The name of a FIFO queue, and of no other, ends in .fifo; this one is {name:?}.");
            cx.error_on("name", "Invalid queue name", detail);
        }
        let deduplicates = cx.planned("content_based_deduplication").as_bool() == Some(true);
        if deduplicates && !fifo && cx.planned("fifo_queue").is_known() {
            cx.error_on(
                "content_based_deduplication",
                "Only for FIFO queues",
                "Set fifo_queue = true, or leave content_based_deduplication out.",
            );
        }
        if cx.changed("kms_master_key_id") {
            cx.set_unknown("sqs_managed_sse_enabled");
        }
    }
}
