//! `aws_organizations_resource_policy`: what other accounts may do in Organizations itself.

use super::organization::managed_here;
use super::tagging::{read_tags, tag_list, update_tags};
use super::{change, unless_gone};
use crate::Aws;
use crate::iam::policy_json;
use crate::tags::Tags;
use aws_sdk_organizations::types::ResourcePolicy as RemotePolicy;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait};

/// Provides the policy of the organization itself, of which there is one.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_organizations_resource_policy", keep)]
pub struct ResourcePolicy {
    /// The id of the policy.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The policy document, as JSON.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub content: String,
    /// Its tags.
    pub tags: Tags,
}

async fn describe(aws: &Aws) -> Result<Option<RemotePolicy>, Error> {
    let call = aws.organizations().describe_resource_policy().send();
    let found = unless_gone(aws.call("organizations:DescribeResourcePolicy", call).await)?;
    Ok(found.and_then(|answer| answer.resource_policy))
}

impl ResourcePolicy {
    fn with_remote(self, remote: RemotePolicy) -> Self {
        let summary = remote.resource_policy_summary;
        ResourcePolicy {
            id: summary.as_ref().and_then(|s| s.id.clone()).into(),
            arn: summary.and_then(|s| s.arn).into(),
            content: remote.content.unwrap_or_default(),
            ..self
        }
    }
}

#[async_trait]
impl Resource for ResourcePolicy {
    type Client = Aws;

    /// The policy is written over, so that a repeat finds nothing in its way.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let tags = tag_list(&planned.tags)?;
        let put = change(|| {
            let call = aws.organizations().put_resource_policy().content(&planned.content);
            aws.call("organizations:PutResourcePolicy", call.set_tags(tags.clone()).send())
        });
        let missing = || Error::new("PutResourcePolicy failed", "The answer has no policy.");
        let made = put.await?.resource_policy.ok_or_else(missing)?;
        let (content, tags) = (planned.content.clone(), planned.tags.clone());
        Ok(ResourcePolicy { content, tags, ..planned.with_remote(made) })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let mut answers = Vec::new();
        // There is one policy; more than one state is a mistake, which reading shows.
        for state in states {
            let one = async {
                let id = state.id.known()?.clone();
                let Some(remote) = describe(aws).await? else { return Ok(None) };
                let found = state.with_remote(remote);
                if found.id.as_deref() != Some(&id) {
                    return Ok(None);
                }
                let tags = read_tags(aws, &id).await?;
                Ok(Some(ResourcePolicy { tags, ..found }))
            };
            answers.push(one.await);
        }
        answers
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if prior.content != planned.content {
            change(|| {
                let call = aws.organizations().put_resource_policy().content(&planned.content);
                aws.call("organizations:PutResourcePolicy", call.send())
            })
            .await?;
        }
        let updated = ResourcePolicy { tags: prior.tags.clone(), ..planned.clone() };
        match update_tags(aws, prior.id.known()?, &prior.tags, &planned.tags).await {
            Ok(()) => Ok(planned),
            Err(error) => Err(Failure::partial(error, updated)),
        }
    }

    async fn delete(aws: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        let deleted = change(|| {
            let call = aws.organizations().delete_resource_policy().send();
            aws.call("organizations:DeleteResourcePolicy", call)
        });
        unless_gone(deleted.await).map(drop)
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if managed_here(aws).await?.is_none() {
            return Ok(Some(Vec::new()));
        }
        let Some(remote) = describe(aws).await? else { return Ok(Some(Vec::new())) };
        let found = ResourcePolicy::default().with_remote(remote);
        let tags = read_tags(aws, found.id.known()?).await?;
        Ok(Some(vec![ResourcePolicy { tags, ..found }]))
    }
}
