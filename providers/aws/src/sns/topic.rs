//! `aws_sns_topic`: a topic.

use crate::Aws;
use crate::client::retry_while;
use crate::iam::{name, policy_json};
use crate::tags::{Tags, difference};
use aws_sdk_sns::types::Tag;
use futures::future::try_join;
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    join_all, json_equivalent, validate,
};

use super::subscription::policy;
use super::unless_gone;

/// How long a role may be unknown to SNS, or another change be under way.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Provides an SNS topic.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_sns_topic", keep)]
pub struct Topic {
    /// The ARN of the topic.
    pub id: Computed<String>,
    /// The role for logs of failed deliveries to applications.
    pub application_failure_feedback_role_arn: Option<String>,
    /// The role for logs of deliveries to applications.
    pub application_success_feedback_role_arn: Option<String>,
    /// How many deliveries to applications in a hundred are logged.
    #[attr(validate = validate::between(0..=100))]
    pub application_success_feedback_sample_rate: Option<i64>,
    /// How long messages of a FIFO topic are kept for replay.
    #[attr(json, equivalent = json_equivalent)]
    pub archive_policy: Option<String>,
    /// The ARN of the topic.
    pub arn: Computed<String>,
    /// Since when messages are kept for replay.
    pub beginning_archive_time: Computed<String>,
    /// Whether messages with the same content are one, in a FIFO topic.
    #[attr(default = false)]
    pub content_based_deduplication: Option<bool>,
    /// How often deliveries are tried again.
    #[attr(json, equivalent = json_equivalent)]
    pub delivery_policy: Option<String>,
    /// The name that text messages show.
    #[attr(validate = validate::length(0..=100))]
    pub display_name: Option<String>,
    /// What the throughput of a FIFO topic is limited for: `Topic` or `MessageGroup`.
    #[attr(validate = validate::one_of(&["Topic", "MessageGroup"]))]
    pub fifo_throughput_scope: Auto<String>,
    /// Whether messages keep their order.
    #[attr(force_new, default = false)]
    pub fifo_topic: Option<bool>,
    /// The role for logs of failed deliveries to Firehose.
    pub firehose_failure_feedback_role_arn: Option<String>,
    /// The role for logs of deliveries to Firehose.
    pub firehose_success_feedback_role_arn: Option<String>,
    /// How many deliveries to Firehose in a hundred are logged.
    #[attr(validate = validate::between(0..=100))]
    pub firehose_success_feedback_sample_rate: Option<i64>,
    /// The role for logs of failed deliveries to HTTP.
    pub http_failure_feedback_role_arn: Option<String>,
    /// The role for logs of deliveries to HTTP.
    pub http_success_feedback_role_arn: Option<String>,
    /// How many deliveries to HTTP in a hundred are logged.
    #[attr(validate = validate::between(0..=100))]
    pub http_success_feedback_sample_rate: Option<i64>,
    /// The key of the Key Management Service to encrypt with.
    pub kms_master_key_id: Option<String>,
    /// The role for logs of failed deliveries to Lambda.
    pub lambda_failure_feedback_role_arn: Option<String>,
    /// The role for logs of deliveries to Lambda.
    pub lambda_success_feedback_role_arn: Option<String>,
    /// How many deliveries to Lambda in a hundred are logged.
    #[attr(validate = validate::between(0..=100))]
    pub lambda_success_feedback_sample_rate: Option<i64>,
    /// The name of the topic; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix")]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name")]
    pub name_prefix: Auto<String>,
    /// The account that owns the topic.
    pub owner: Computed<String>,
    /// Who may do what with the topic.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: Auto<String>,
    /// How messages are signed: 1 is with SHA-1, 2 with SHA-256.
    #[attr(validate = validate::between(1..=2))]
    pub signature_version: Auto<i64>,
    /// The role for logs of failed deliveries to SQS.
    pub sqs_failure_feedback_role_arn: Option<String>,
    /// The role for logs of deliveries to SQS.
    pub sqs_success_feedback_role_arn: Option<String>,
    /// How many deliveries to SQS in a hundred are logged.
    #[attr(validate = validate::between(0..=100))]
    pub sqs_success_feedback_sample_rate: Option<i64>,
    /// The tags of the topic.
    pub tags: Tags,
    /// Whether messages are traced: `PassThrough` or `Active`.
    #[attr(validate = validate::one_of(&["PassThrough", "Active"]))]
    pub tracing_config: Auto<String>,
}

macro_rules! attributes_of_topic {
    (texts: [$($text:ident: $text_name:literal,)*], chosen: [$($chosen:ident: $chosen_name:literal,)*],
     numbers: [$($number:ident: $number_name:literal,)*]) => {
        impl Topic {
            /// The attributes that are set to something, by the names that SNS has for them.
            fn attributes(&self) -> HashMap<String, String> {
                let mut all = HashMap::new();
                let mut set = |name: &str, value: Option<String>| {
                    if let Some(value) = value.filter(|v| !v.is_empty()) {
                        all.insert(name.to_owned(), value);
                    }
                };
                $(set($text_name, self.$text.clone());)*
                $(set($chosen_name, self.$chosen.0.clone());)*
                $(set($number_name, self.$number.map(|n| n.to_string()));)*
                set("SignatureVersion", self.signature_version.0.map(|n| n.to_string()));
                if self.fifo_topic == Some(true) {
                    set("FifoTopic", Some("true".into()));
                    let deduplicates = self.content_based_deduplication == Some(true);
                    set("ContentBasedDeduplication", Some(deduplicates.to_string()));
                }
                all
            }

            fn with_attributes(self, found: &HashMap<String, String>) -> Topic {
                Topic {
                    $($text: found.get($text_name).cloned(),)*
                    $($chosen: found.get($chosen_name).cloned().unwrap_or_default().into(),)*
                    $($number: found.get($number_name).and_then(|n| n.parse().ok()),)*
                    ..self
                }
            }
        }
    };
}

attributes_of_topic! {
    texts: [
        application_failure_feedback_role_arn: "ApplicationFailureFeedbackRoleArn",
        application_success_feedback_role_arn: "ApplicationSuccessFeedbackRoleArn",
        archive_policy: "ArchivePolicy",
        delivery_policy: "DeliveryPolicy",
        display_name: "DisplayName",
        firehose_failure_feedback_role_arn: "FirehoseFailureFeedbackRoleArn",
        firehose_success_feedback_role_arn: "FirehoseSuccessFeedbackRoleArn",
        http_failure_feedback_role_arn: "HTTPFailureFeedbackRoleArn",
        http_success_feedback_role_arn: "HTTPSuccessFeedbackRoleArn",
        kms_master_key_id: "KmsMasterKeyId",
        lambda_failure_feedback_role_arn: "LambdaFailureFeedbackRoleArn",
        lambda_success_feedback_role_arn: "LambdaSuccessFeedbackRoleArn",
        sqs_failure_feedback_role_arn: "SQSFailureFeedbackRoleArn",
        sqs_success_feedback_role_arn: "SQSSuccessFeedbackRoleArn",
    ],
    chosen: [
        fifo_throughput_scope: "FifoThroughputScope",
        policy: "Policy",
        tracing_config: "TracingConfig",
    ],
    numbers: [
        application_success_feedback_sample_rate: "ApplicationSuccessFeedbackSampleRate",
        firehose_success_feedback_sample_rate: "FirehoseSuccessFeedbackSampleRate",
        http_success_feedback_sample_rate: "HTTPSuccessFeedbackSampleRate",
        lambda_success_feedback_sample_rate: "LambdaSuccessFeedbackSampleRate",
        sqs_success_feedback_sample_rate: "SQSSuccessFeedbackSampleRate",
    ]
}

/// What CreateTopic itself takes; the rest is set afterwards.
const AT_CREATION: &[&str] = &[
    "ContentBasedDeduplication",
    "DisplayName",
    "FifoTopic",
    "FifoThroughputScope",
    "KmsMasterKeyId",
    "Policy",
];

fn tag_list(tags: &Tags) -> Result<Vec<Tag>, Error> {
    let tag = |(key, value): (&String, &String)| Tag::builder().key(key).value(value).build();
    let list: Result<Vec<_>, _> = tags.iter().map(tag).collect();
    list.map_err(|e| Error::new("Invalid tags", format!("{e}.")).attribute("tags"))
}

/// Whether another change is under way, or a role is not known everywhere yet.
fn is_premature(error: &Error) -> bool {
    let role = error.has_code(&["InvalidParameter"]) && error.detail.contains("role");
    error.has_code(&["ConcurrentAccess", "ConcurrentAccessException"]) || role
}

pub(super) async fn set(aws: &Aws, arn: &str, name: &str, value: &str) -> Result<(), Error> {
    retry_while(PATIENCE, is_premature, || async {
        let call =
            aws.sns().set_topic_attributes().topic_arn(arn).attribute_name(name).attribute_value(value);
        aws.call("sns:SetTopicAttributes", call.send()).await
    })
    .await
    .map(|_| ())
}

pub(super) async fn get(aws: &Aws, arn: &str) -> Result<Option<HashMap<String, String>>, Error> {
    let call = aws.sns().get_topic_attributes().topic_arn(arn).send();
    let found = unless_gone(aws.call("sns:GetTopicAttributes", call).await)?;
    Ok(found.map(|f| f.attributes.unwrap_or_default()))
}

pub(super) async fn tags(aws: &Aws, arn: &str) -> Result<Option<Tags>, Error> {
    let call = aws.sns().list_tags_for_resource().resource_arn(arn).send();
    let found = unless_gone(aws.call("sns:ListTagsForResource", call).await)?;
    Ok(found.map(|f| f.tags.into_iter().flatten().map(|t| (t.key, t.value)).collect()))
}

impl Topic {
    fn with_remote(self, arn: &str, found: &HashMap<String, String>, tags: Tags) -> Topic {
        let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
        let truth = |name: &str| found.get(name).is_some_and(|t| t == "true");
        let archive_policy = policy(found.get("ArchivePolicy"), self.archive_policy.clone());
        let delivery_policy = policy(found.get("DeliveryPolicy"), self.delivery_policy.clone());
        let topic = self.with_attributes(found);
        Topic {
            archive_policy,
            delivery_policy,
            id: arn.into(),
            arn: arn.into(),
            beginning_archive_time: found.get("BeginningArchiveTime").cloned().unwrap_or_default().into(),
            content_based_deduplication: Some(truth("ContentBasedDeduplication")),
            fifo_topic: Some(truth("FifoTopic")),
            name_prefix: name::prefix_of(name.strip_suffix(".fifo").unwrap_or(&name)).into(),
            name: name.into(),
            owner: found.get("Owner").cloned().unwrap_or_default().into(),
            signature_version: found.get("SignatureVersion").and_then(|n| n.parse().ok()).unwrap_or(0).into(),
            tags,
            ..topic
        }
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<Topic>, Error> {
        let arn = self.id.known()?.clone();
        let (found, tags) = try_join(get(aws, &arn), tags(aws, &arn)).await?;
        let (Some(found), Some(tags)) = (found, tags) else { return Ok(None) };
        Ok(Some(self.with_remote(&arn, &found, tags)))
    }

    /// The topic as it is now, with what was planned as it was planned.
    async fn read_back(self, aws: &Aws, arn: &str) -> Result<Topic, Error> {
        let found = get(aws, arn).await?.unwrap_or_default();
        let tags = self.tags.clone();
        Ok(self.with_remote(arn, &found, tags))
    }
}

/// The ARNs of all topics.
pub(super) async fn arns(aws: &Aws) -> Result<Vec<String>, Error> {
    let listed = async {
        let mut arns = Vec::new();
        let mut items = aws.sns().list_topics().into_paginator().items().send();
        while let Some(topic) = items.next().await {
            arns.extend(topic?.topic_arn);
        }
        Ok(arns)
    };
    aws.call("sns:ListTopics", listed).await
}

#[async_trait]
impl Resource for Topic {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let suffix = if planned.fifo_topic == Some(true) { ".fifo" } else { "" };
        let name = match planned.name.as_deref().filter(|n| !n.is_empty()) {
            Some(name) => name.to_owned(),
            None => name::chosen(None, planned.name_prefix.as_deref(), cx) + suffix,
        };
        let (first, later): (HashMap<_, _>, HashMap<_, _>) =
            planned.attributes().into_iter().partition(|(name, _)| AT_CREATION.contains(&name.as_str()));
        let tags = tag_list(&planned.tags)?;
        // To make a topic again answers the one that there is.
        let created = retry_while(PATIENCE, is_premature, || async {
            let call = aws.sns().create_topic().name(&name).set_attributes(Some(first.clone()));
            aws.call("sns:CreateTopic", call.set_tags(Some(tags.clone())).send()).await
        });
        let arn = created.await?.topic_arn.unwrap_or_default();
        let started = Topic { id: arn.as_str().into(), arn: arn.as_str().into(), ..planned.clone() };
        let complete = async {
            for (name, value) in &later {
                set(aws, &arn, name, value).await?;
            }
            planned.read_back(aws, &arn).await
        };
        complete.await.map_err(|e| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = prior.id.known()?.clone();
        let (before, after) = (prior.attributes(), planned.attributes());
        for (name, value) in after.iter().filter(|(name, value)| before.get(*name) != Some(value)) {
            set(aws, &arn, name, value).await?;
        }
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            let nothing = match name.as_str() {
                "ArchivePolicy" | "DeliveryPolicy" => "{}",
                rate if rate.ends_with("SampleRate") => "0",
                // SNS has a policy always, and chooses these when nobody does.
                "Policy" | "FifoThroughputScope" | "TracingConfig" | "SignatureVersion" => continue,
                _ => "",
            };
            set(aws, &arn, name, nothing).await?;
        }
        let (tags, removed) = difference(&prior.tags, &planned.tags);
        if !removed.is_empty() {
            let call = aws.sns().untag_resource().resource_arn(&arn).set_tag_keys(Some(removed));
            aws.call("sns:UntagResource", call.send()).await?;
        }
        if !tags.is_empty() {
            let call = aws.sns().tag_resource().resource_arn(&arn).set_tags(Some(tag_list(&tags)?));
            aws.call("sns:TagResource", call.send()).await?;
        }
        Ok(planned.read_back(aws, &arn).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.sns().delete_topic().topic_arn(state.id.known()?).send();
        unless_gone(aws.call("sns:DeleteTopic", call).await).map(|_| ())
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("arn", Value::from(id))])
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let arns = arns(aws).await?;
        Ok(Some(arns.into_iter().map(|arn| Topic { id: arn.into(), ..Topic::default() }).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let fifo = cx.planned("fifo_topic").as_bool() == Some(true);
        let name = cx.planned("name");
        if let Some(name) = name.as_str().filter(|n| fifo != n.ends_with(".fifo")) {
            let detail =
                format!("The name of a FIFO topic, and of no other, ends in .fifo; this one is {name:?}.");
            cx.error_on("name", "Invalid topic name", detail);
        }
        if cx.changed("archive_policy") {
            cx.set_unknown("beginning_archive_time");
        }
    }
}
