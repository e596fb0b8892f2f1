//! `aws_organizations_policy`: a policy that can be attached to accounts, units and the root.

use super::organization::managed_here;
use super::tagging::{read_tags, tag_list, update_tags};
use super::{change, pages, unless_gone};
use crate::Aws;
use crate::client::retry_while;
use crate::iam::policy_json;
use crate::tags::Tags;
use aws_sdk_organizations::types::{Policy as RemotePolicy, PolicySummary, PolicyType};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, join_all, validate};

/// The kinds of policies that there are.
pub(super) fn kinds() -> &'static [&'static str] {
    PolicyType::values()
}

/// Provides a policy of the organization.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_organizations_policy", keep)]
pub struct Policy {
    /// The id of the policy.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The policy document, as JSON.
    #[attr(validate = validate::json, equivalent = policy_json::same_meaning)]
    pub content: String,
    /// What it is for.
    #[attr(validate = validate::length(0..=512))]
    pub description: Option<String>,
    /// Its name.
    #[attr(validate = validate::length(1..=128))]
    pub name: String,
    /// Whether the policy is left when it is destroyed here.
    pub skip_destroy: Option<bool>,
    /// Its tags.
    pub tags: Tags,
    /// Its kind, such as `SERVICE_CONTROL_POLICY` or `TAG_POLICY`.
    #[attr(name = "type", force_new, default = "SERVICE_CONTROL_POLICY", validate = validate::one_of(kinds()))]
    pub kind: Option<String>,
}

impl Policy {
    fn with_remote(self, remote: RemotePolicy, tags: Tags) -> Policy {
        let summary = remote.policy_summary;
        let text = |of: fn(&aws_sdk_organizations::types::PolicySummary) -> Option<String>| {
            summary.as_ref().and_then(of)
        };
        Policy {
            id: text(|s| s.id.clone()).into(),
            arn: text(|s| s.arn.clone()).into(),
            content: remote.content.unwrap_or_default(),
            description: text(|s| s.description.clone()),
            name: text(|s| s.name.clone()).unwrap_or_default(),
            kind: text(|s| s.r#type.as_ref().map(|t| t.as_str().to_owned())),
            tags,
            ..self
        }
    }

    /// The policy of this name that an earlier attempt may have made: only if it is what was to be made.
    async fn made_before(&self, aws: &Aws) -> Result<Option<Policy>, Error> {
        let kind = PolicyType::from(self.kind.as_deref().unwrap_or_default());
        let call = aws.organizations().list_policies().filter(kind);
        let policies = pages!(aws, "organizations:ListPolicies", call, policies)?;
        let named = policies.into_iter().find(|p| p.name.as_ref() == Some(&self.name));
        let Some(id) = named.and_then(|policy| policy.id) else { return Ok(None) };
        let Some(found) = find(aws, &id).await? else { return Ok(None) };
        let found = self.clone().with_remote(found, read_tags(aws, &id).await?);
        let same = policy_json::same_meaning(&found.content, &self.content)
            && found.description.clone().unwrap_or_default() == self.description.clone().unwrap_or_default()
            && found.tags == self.tags;
        Ok(same.then_some(found))
    }
}

/// A policy by its id.
pub(super) async fn find(aws: &Aws, id: &str) -> Result<Option<RemotePolicy>, Error> {
    let call = aws.organizations().describe_policy().policy_id(id).send();
    Ok(unless_gone(aws.call("organizations:DescribePolicy", call).await)?.and_then(|answer| answer.policy))
}

/// What listings tell of all policies, of AWS's own, too.
pub(super) async fn summaries(aws: &Aws) -> Result<Vec<PolicySummary>, Error> {
    let mut all = Vec::new();
    for kind in kinds() {
        let call = aws.organizations().list_policies().filter(PolicyType::from(*kind));
        all.extend(pages!(aws, "organizations:ListPolicies", call, policies)?);
    }
    Ok(all)
}

#[async_trait]
impl Resource for Policy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let tags = tag_list(&planned.tags)?;
        let created = change(|| {
            let call = (aws.organizations().create_policy())
                .content(&planned.content)
                .description(planned.description.clone().unwrap_or_default())
                .name(&planned.name)
                .r#type(PolicyType::from(planned.kind.as_deref().unwrap_or_default()))
                .set_tags(tags.clone());
            aws.call("organizations:CreatePolicy", call.send())
        });
        match created.await {
            Ok(answer) => {
                let missing = || Error::new("CreatePolicy failed", "The answer has no policy.");
                let summary = answer.policy.and_then(|p| p.policy_summary).ok_or_else(missing)?;
                Ok(Policy { id: summary.id.into(), arn: summary.arn.into(), ..planned })
            }
            Err(error) if cx.repeated && error.has_code(&["DuplicatePolicyException"]) => {
                let found = planned.made_before(aws).await?.ok_or(error)?;
                Ok(Policy { id: found.id, arn: found.arn, ..planned })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Listings have no contents and no tags: these take calls for each policy.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let one = |state: Self| async {
            let id = state.id.known()?.clone();
            let tags = async { read_tags(aws, &id).await };
            let (found, tags) = futures::try_join!(find(aws, &id), tags)?;
            let Some(found) = found else { return Ok(None) };
            if found.policy_summary.as_ref().is_some_and(|summary| summary.aws_managed) {
                let detail =
                    format!("{id} is a policy of AWS's own. It can be attached, but not be managed.");
                return Err(Error::new("The policy belongs to AWS", detail));
            }
            Ok(Some(state.with_remote(found, tags)))
        };
        join_all(states.into_iter().map(one)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        let changed = |before: &Option<String>, after: &Option<String>| {
            let after = after.clone().unwrap_or_default();
            (before.clone().unwrap_or_default() != after).then_some(after)
        };
        let name = (prior.name != planned.name).then(|| planned.name.clone());
        let content = (prior.content != planned.content).then(|| planned.content.clone());
        let description = changed(&prior.description, &planned.description);
        if name.is_some() || content.is_some() || description.is_some() {
            change(|| {
                let call = (aws.organizations().update_policy().policy_id(id))
                    .set_name(name.clone())
                    .set_content(content.clone())
                    .set_description(description.clone());
                aws.call("organizations:UpdatePolicy", call.send())
            })
            .await?;
        }
        let updated = Policy { tags: prior.tags.clone(), ..planned.clone() };
        match update_tags(aws, id, &prior.tags, &planned.tags).await {
            Ok(()) => Ok(planned),
            Err(error) => Err(Failure::partial(error, updated)),
        }
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.skip_destroy == Some(true) {
            return Ok(());
        }
        // What was detached a moment ago may still seem to be attached.
        let in_use = |error: &Error| error.has_code(&["PolicyInUseException"]);
        let id = state.id.known()?;
        let deleted = retry_while(Duration::from_secs(30), in_use, || {
            change(|| {
                let call = aws.organizations().delete_policy().policy_id(id);
                aws.call("organizations:DeletePolicy", call.send())
            })
        });
        match unless_gone(deleted.await) {
            Err(error) if in_use(&error) => Err(explain_use(aws, id, error).await),
            result => result.map(drop),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if managed_here(aws).await?.is_none() {
            return Ok(Some(Vec::new()));
        }
        let mut all = Vec::new();
        for summary in summaries(aws).await? {
            let Some(id) = summary.id.filter(|_| !summary.aws_managed) else { continue };
            let Some(found) = find(aws, &id).await? else { continue };
            let tags = read_tags(aws, &id).await?;
            all.push(Policy::default().with_remote(found, tags));
        }
        Ok(Some(all))
    }
}

/// `error` with what a policy is still attached to.
async fn explain_use(aws: &Aws, id: &str, mut error: Error) -> Error {
    if let Ok(Some(targets)) = super::policy_attachment::targets(aws, id).await {
        let targets: Vec<String> = targets.into_iter().filter_map(|target| target.target_id).collect();
        error.detail = format!("{} It is attached to {}.", error.detail, targets.join(", "));
    }
    error
}
