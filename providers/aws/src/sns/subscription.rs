//! `aws_sns_topic_subscription`: somebody is told what is said in a topic.

use crate::Aws;
use crate::client::{Poll, wait_until};
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    join_all, json_equivalent, validate,
};

use super::unless_gone;

/// What SNS says instead of an ARN while nobody has confirmed.
const PENDING: &str = "PendingConfirmation";

/// Provides a subscription to a topic. One that the receiver has to confirm (by e-mail, say) stays
/// pending until then, and is deleted by SNS when nobody does.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_sns_topic_subscription", keep)]
pub struct Subscription {
    /// The ARN of the subscription.
    pub id: Computed<String>,
    /// The ARN of the subscription.
    pub arn: Computed<String>,
    /// How long to wait for a confirmation by an endpoint that confirms by itself, in minutes.
    #[attr(default = 1)]
    pub confirmation_timeout_in_minutes: Option<i64>,
    /// Whether whoever confirmed was known to AWS.
    pub confirmation_was_authenticated: Computed<bool>,
    /// How often deliveries are tried again.
    #[attr(json, equivalent = json_equivalent)]
    pub delivery_policy: Option<String>,
    /// Who is told: an ARN, an address, a URL, by the protocol.
    #[attr(force_new)]
    pub endpoint: String,
    /// Whether the endpoint confirms by itself.
    #[attr(default = false)]
    pub endpoint_auto_confirms: Option<bool>,
    /// Which messages.
    #[attr(json, equivalent = json_equivalent)]
    pub filter_policy: Option<String>,
    /// What the filter looks at: `MessageAttributes` or `MessageBody`.
    #[attr(validate = validate::one_of(&["MessageAttributes", "MessageBody"]))]
    pub filter_policy_scope: Auto<String>,
    /// The account that owns the subscription.
    pub owner_id: Computed<String>,
    /// Whether somebody has yet to confirm.
    pub pending_confirmation: Computed<bool>,
    /// How: `sqs`, `lambda`, `email` and so on.
    #[attr(
        force_new,
        validate = validate::one_of(&[
            "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"
        ])
    )]
    pub protocol: String,
    /// Whether messages are delivered without what SNS puts around them.
    #[attr(default = false)]
    pub raw_message_delivery: Option<bool>,
    /// Where messages go that cannot be delivered.
    #[attr(json, equivalent = json_equivalent)]
    pub redrive_policy: Option<String>,
    /// Which earlier messages are delivered again.
    #[attr(json, equivalent = json_equivalent)]
    pub replay_policy: Option<String>,
    /// The role with which Firehose is written to.
    pub subscription_role_arn: Option<String>,
    /// The ARN of the topic.
    #[attr(force_new)]
    pub topic_arn: String,
}

/// A policy as SNS tells it. An empty one, as which a cleared one is stored, is none unless it is known as such.
pub(super) fn policy(found: Option<&String>, known: Option<String>) -> Option<String> {
    found.filter(|text| !text.is_empty() && (*text != "{}" || known.as_ref() == Some(*text))).cloned()
}

impl Subscription {
    /// The attributes that are set to something, by the names that SNS has for them.
    fn attributes(&self) -> HashMap<String, String> {
        let texts = [
            ("DeliveryPolicy", &self.delivery_policy),
            ("FilterPolicy", &self.filter_policy),
            ("RedrivePolicy", &self.redrive_policy),
            ("ReplayPolicy", &self.replay_policy),
            ("SubscriptionRoleArn", &self.subscription_role_arn),
        ];
        let set = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?)));
        let mut all: HashMap<String, String> = set.filter(|(_, text)| !text.is_empty()).collect();
        if all.contains_key("FilterPolicy")
            && let Some(scope) = self.filter_policy_scope.as_deref().filter(|s| !s.is_empty())
        {
            all.insert("FilterPolicyScope".into(), scope.into());
        }
        if self.raw_message_delivery == Some(true) {
            all.insert("RawMessageDelivery".into(), "true".into());
        }
        all
    }

    fn with_remote(self, arn: &str, found: &HashMap<String, String>) -> Subscription {
        let text = |name: &str| found.get(name).cloned().filter(|t| !t.is_empty());
        let truth = |name: &str| found.get(name).is_some_and(|t| t == "true");
        let policy = |name: &str, known: Option<String>| policy(found.get(name), known);
        Subscription {
            id: arn.into(),
            arn: arn.into(),
            confirmation_was_authenticated: truth("ConfirmationWasAuthenticated").into(),
            delivery_policy: policy("DeliveryPolicy", self.delivery_policy),
            endpoint: text("Endpoint").unwrap_or(self.endpoint),
            filter_policy: policy("FilterPolicy", self.filter_policy),
            filter_policy_scope: text("FilterPolicyScope").unwrap_or_default().into(),
            owner_id: text("Owner").unwrap_or_default().into(),
            pending_confirmation: truth("PendingConfirmation").into(),
            protocol: text("Protocol").unwrap_or(self.protocol),
            raw_message_delivery: Some(truth("RawMessageDelivery")),
            redrive_policy: policy("RedrivePolicy", self.redrive_policy),
            replay_policy: text("ReplayPolicy"),
            subscription_role_arn: text("SubscriptionRoleArn"),
            topic_arn: text("TopicArn").unwrap_or(self.topic_arn),
            confirmation_timeout_in_minutes: self.confirmation_timeout_in_minutes,
            endpoint_auto_confirms: self.endpoint_auto_confirms,
        }
    }

    async fn get(aws: &Aws, arn: &str) -> Result<Option<HashMap<String, String>>, Error> {
        let call = aws.sns().get_subscription_attributes().subscription_arn(arn).send();
        let found = unless_gone(aws.call("sns:GetSubscriptionAttributes", call).await)?;
        Ok(found.map(|f| f.attributes.unwrap_or_default()))
    }

    async fn set(aws: &Aws, arn: &str, name: &str, value: &str) -> Result<(), Error> {
        let call = aws.sns().set_subscription_attributes().subscription_arn(arn).attribute_name(name);
        aws.call("sns:SetSubscriptionAttributes", call.attribute_value(value).send()).await.map(|_| ())
    }

    fn waits_for_confirmation(&self) -> bool {
        let confirms =
            ["http", "https"].contains(&self.protocol.as_str()) && self.endpoint_auto_confirms == Some(true);
        confirms || ["sqs", "lambda", "firehose", "application", "sms"].contains(&self.protocol.as_str())
    }
}

#[async_trait]
impl Resource for Subscription {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        // To subscribe again answers the subscription that there is.
        let call = (aws.sns().subscribe().topic_arn(&planned.topic_arn))
            .protocol(&planned.protocol)
            .endpoint(&planned.endpoint)
            .set_attributes(Some(planned.attributes()))
            .return_subscription_arn(true);
        let arn = aws.call("sns:Subscribe", call.send()).await?.subscription_arn.unwrap_or_default();
        let started = Subscription { id: arn.as_str().into(), arn: arn.as_str().into(), ..planned.clone() };
        let minutes =
            planned.confirmation_timeout_in_minutes.and_then(|m| u64::try_from(m).ok()).unwrap_or(1);
        let complete = async {
            let waits = planned.waits_for_confirmation();
            let found = wait_until(
                "the confirmation of the subscription",
                Duration::from_secs(minutes * 60),
                || async {
                    let Some(found) = Self::get(aws, &arn).await? else {
                        return Ok(Poll::Pending("not to be seen".into()));
                    };
                    let pending = found.get(PENDING).is_some_and(|p| p == "true");
                    Ok(if waits && pending {
                        Poll::Pending("not confirmed".into())
                    } else {
                        Poll::Ready(found)
                    })
                },
            )
            .await?;
            Ok(planned.with_remote(&arn, &found))
        };
        complete.await.map_err(|e: Error| Failure::partial(aws.here(e), started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            let arn = state.id.known()?.clone();
            Ok(Self::get(aws, &arn).await?.map(|found| state.with_remote(&arn, &found)))
        }))
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = prior.id.known()?.clone();
        let (before, after) = (prior.attributes(), planned.attributes());
        // The scope says how the filter is read, so that it comes first.
        let mut changed: Vec<_> = after.iter().filter(|(k, v)| before.get(*k) != Some(v)).collect();
        changed.sort_by_key(|(name, _)| (name.as_str() != "FilterPolicyScope", (*name).clone()));
        for (name, value) in changed {
            Self::set(aws, &arn, name, value).await?;
        }
        for name in before.keys().filter(|name| !after.contains_key(*name)) {
            match name.as_str() {
                "FilterPolicyScope" => {}
                "RawMessageDelivery" => Self::set(aws, &arn, name, "false").await?,
                "FilterPolicy" | "DeliveryPolicy" | "RedrivePolicy" => {
                    Self::set(aws, &arn, name, "{}").await?;
                }
                _ => Self::set(aws, &arn, name, "").await?,
            }
        }
        let found = Self::get(aws, &arn).await?.unwrap_or_default();
        Ok(planned.with_remote(&arn, &found))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.pending_confirmation.0 == Some(true) {
            // SNS has no call that takes back a subscription which nobody confirmed: it forgets it.
            return Ok(());
        }
        let call = aws.sns().unsubscribe().subscription_arn(state.id.known()?).send();
        unless_gone(aws.call("sns:Unsubscribe", call).await).map(|_| ())
    }

    /// Those that somebody confirmed: others have no ARN yet.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let listed = async {
            let mut all = Vec::new();
            let mut items = aws.sns().list_subscriptions().into_paginator().items().send();
            while let Some(subscription) = items.next().await {
                all.push(subscription?);
            }
            Ok(all)
        };
        let all = aws.call("sns:ListSubscriptions", listed).await?;
        let found = |subscription: aws_sdk_sns::types::Subscription| {
            let arn = subscription.subscription_arn.filter(|arn| arn.starts_with("arn:"))?;
            Some(Self {
                id: arn.as_str().into(),
                arn: arn.into(),
                endpoint: subscription.endpoint.unwrap_or_default(),
                protocol: subscription.protocol.unwrap_or_default(),
                topic_arn: subscription.topic_arn.unwrap_or_default(),
                ..Self::default()
            })
        };
        Ok(Some(all.into_iter().filter_map(found).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![
            ("id", Value::from(id)),
            ("confirmation_timeout_in_minutes", Value::from(1)),
            ("endpoint_auto_confirms", Value::from(false)),
        ])
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("filter_policy") && cx.config("filter_policy_scope").is_null() {
            cx.set_unknown("filter_policy_scope");
        }
    }
}
