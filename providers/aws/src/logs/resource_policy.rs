//! `aws_cloudwatch_log_resource_policy`: which AWS services may write logs.

use crate::Aws;
use crate::iam::policy_json;
use aws_sdk_cloudwatchlogs::types::ResourcePolicy;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

use super::unless_gone;

/// Provides which AWS services may write logs, in the region or to one group.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_log_resource_policy", keep)]
pub struct LogResourcePolicy {
    /// The name of the policy, or the ARN of the group.
    pub id: Computed<String>,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy_document: String,
    /// The name of the policy, when it is the region's.
    #[attr(force_new, conflicts_with = "resource_arn")]
    pub policy_name: Option<String>,
    /// `ACCOUNT` or `RESOURCE`.
    pub policy_scope: Computed<String>,
    /// The ARN of the group, when it is one group's.
    #[attr(force_new, conflicts_with = "policy_name")]
    pub resource_arn: Option<String>,
    /// The revision of a group's policy.
    pub revision_id: Computed<String>,
}

impl LogResourcePolicy {
    fn with_remote(self, policy: ResourcePolicy) -> LogResourcePolicy {
        let own = policy.resource_arn.clone().filter(|arn| !arn.is_empty());
        let scope = policy.policy_scope.map(|s| s.as_str().to_owned());
        LogResourcePolicy {
            id: own.clone().or(policy.policy_name.clone()).unwrap_or_default().into(),
            policy_document: policy.policy_document.unwrap_or_default(),
            policy_name: if own.is_some() { self.policy_name } else { policy.policy_name },
            policy_scope: scope
                .unwrap_or_else(|| if own.is_some() { "RESOURCE" } else { "ACCOUNT" }.into())
                .into(),
            resource_arn: own,
            revision_id: policy.revision_id.unwrap_or_default().into(),
        }
    }

    async fn put(self, aws: &Aws) -> Result<LogResourcePolicy, Error> {
        let call = (aws.logs().put_resource_policy())
            .set_policy_name(self.policy_name.clone().filter(|n| !n.is_empty()))
            .set_resource_arn(self.resource_arn.clone().filter(|a| !a.is_empty()))
            .set_expected_revision_id(self.revision_id.0.clone().filter(|r| !r.is_empty()))
            .policy_document(&self.policy_document);
        let answer = aws.call("logs:PutResourcePolicy", call.send()).await?;
        let policy = answer.resource_policy.unwrap_or_else(|| {
            ResourcePolicy::builder()
                .set_policy_name(self.policy_name.clone())
                .set_resource_arn(self.resource_arn.clone())
                .policy_document(&self.policy_document)
                .build()
        });
        Ok(self.with_remote(policy))
    }
}

async fn all(aws: &Aws) -> Result<Vec<ResourcePolicy>, Error> {
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let call = aws.logs().describe_resource_policies().set_next_token(token.take());
        let page = aws.call("logs:DescribeResourcePolicies", call.send()).await?;
        all.extend(page.resource_policies.into_iter().flatten());
        token = page.next_token;
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// The policy of one group.
async fn of_group(aws: &Aws, arn: &str) -> Result<Option<ResourcePolicy>, Error> {
    use aws_sdk_cloudwatchlogs::types::PolicyScope;
    let call = aws.logs().describe_resource_policies().resource_arn(arn).policy_scope(PolicyScope::Resource);
    let found = unless_gone(aws.call("logs:DescribeResourcePolicies", call.send()).await)?;
    Ok(found.and_then(|f| f.resource_policies).into_iter().flatten().next())
}

#[async_trait]
impl Resource for LogResourcePolicy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let is_group = |s: &Self| s.id.as_deref().is_some_and(|id| id.starts_with("arn:"));
        let regional = match states.iter().all(is_group) {
            true => Ok(Vec::new()),
            false => all(aws).await,
        };
        let mut answers = Vec::new();
        for state in states {
            let id = state.id.0.clone().unwrap_or_default();
            let found = match &regional {
                Err(error) => Err(error.clone()),
                Ok(_) if is_group(&state) => of_group(aws, &id).await,
                Ok(all) => Ok(all.iter().find(|p| p.policy_name() == Some(id.as_str())).cloned()),
            };
            answers.push(found.map(|policy| policy.map(|policy| state.with_remote(policy))));
        }
        answers
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(Self { revision_id: prior.revision_id, ..planned }.put(aws).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let group = state.resource_arn.clone().filter(|a| !a.is_empty());
        let call = (aws.logs().delete_resource_policy())
            .set_policy_name(state.id.0.clone().filter(|_| group.is_none()))
            .set_expected_revision_id(state.revision_id.0.clone().filter(|_| group.is_some()))
            .set_resource_arn(group);
        unless_gone(aws.call("logs:DeleteResourcePolicy", call.send()).await).map(|_| ())
    }

    /// Those of the region: a group's own is told for one group at a time.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = all(aws).await?;
        Ok(Some(found.into_iter().map(|policy| Self::default().with_remote(policy)).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id))])
    }

    fn plan(cx: &mut terrane_sdk::PlanContext<'_, Aws>) {
        if cx.changed("policy_document") {
            cx.set_unknown("revision_id");
        }
    }
}
