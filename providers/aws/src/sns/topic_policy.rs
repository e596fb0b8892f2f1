//! `aws_sns_topic_policy`: who may do what with a topic.

use crate::Aws;
use crate::iam::policy_json;
use terrane_sdk::serde_json::json;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

use super::topic;
use terrane_sdk::{imported, join_all};

/// Provides the policy of a topic. Destroying it brings back the policy that topics begin with.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_sns_topic_policy", keep)]
pub struct TopicPolicy {
    /// The ARN of the topic.
    pub id: Computed<String>,
    /// The ARN of the topic.
    #[attr(force_new)]
    pub arn: String,
    /// The account that owns the topic.
    pub owner: Computed<String>,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: String,
}

/// The policy that a topic begins with: its owner may do everything.
fn first_policy(arn: &str, owner: &str) -> String {
    let actions = [
        "SNS:GetTopicAttributes",
        "SNS:SetTopicAttributes",
        "SNS:AddPermission",
        "SNS:RemovePermission",
        "SNS:DeleteTopic",
        "SNS:Subscribe",
        "SNS:ListSubscriptionsByTopic",
        "SNS:Publish",
    ];
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": actions,
            "Resource": arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
        }],
    })
    .to_string()
}

impl TopicPolicy {
    async fn read_one(self, aws: &Aws) -> Result<Option<TopicPolicy>, Error> {
        let arn = self.id.known()?.clone();
        let found = topic::get(aws, &arn).await?;
        let policy = found.as_ref().and_then(|f| f.get("Policy").cloned()).filter(|p| !p.is_empty());
        let owner = found.as_ref().and_then(|f| f.get("Owner").cloned()).unwrap_or_default();
        // Right after its destruction the topic has the policy that it began with.
        let policy = policy.filter(|p| !policy_json::same_meaning(p, &first_policy(&arn, &owner)));
        Ok(policy.map(|policy| Self { arn, policy, owner: owner.into(), ..self }))
    }
}

#[async_trait]
impl Resource for TopicPolicy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        topic::set(aws, &planned.arn, "Policy", &planned.policy).await?;
        let owner = planned.arn.split(':').nth(4).unwrap_or_default().to_owned();
        Ok(Self { id: planned.arn.as_str().into(), owner: owner.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.read_one(aws))).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        topic::set(aws, &planned.arn, "Policy", &planned.policy).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let arn = state.id.known()?;
        let owner = arn.split(':').nth(4).unwrap_or_default();
        super::unless_gone(topic::set(aws, arn, "Policy", &first_policy(arn, owner)).await).map(|_| ())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        Ok(Some(imported(aws, topic::arns(aws).await?).await?))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("arn", Value::from(id))])
    }
}
