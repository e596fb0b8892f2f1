//! `aws_iam_policy`: a policy of its own, to be attached to users, groups and roles.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use crate::tags::Tags;
use aws_sdk_iam::types::{ManagedPolicyDetail, Policy as RemotePolicy};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait, join_all, validate};

use super::listing::{self, pages};
use super::policy_attachment::entities;
use super::tagging::{tag_list, tag_map, update_tags};
use super::{conflict, is_busy, is_taken, name, policy_json, propagation, unless_gone};

/// Provides an IAM policy.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_policy", keep)]
pub struct Policy {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// To how many users, groups and roles the policy is attached.
    pub attachment_count: Computed<i64>,
    /// How long to wait after the policy is created or changed, in milliseconds.
    pub delay_after_policy_creation_in_ms: Option<i64>,
    /// What the policy is for.
    #[attr(force_new, validate = validate::length(0..=1000))]
    pub description: Option<String>,
    /// The policy's name; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = name::valid(128))]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=102))]
    pub name_prefix: Auto<String>,
    /// The path in which the policy is.
    #[attr(force_new, default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: String,
    /// The unique id that AWS gave the policy.
    pub policy_id: Computed<String>,
    /// Its tags.
    pub tags: Tags,
}

impl Policy {
    fn with_remote(self, remote: RemotePolicy, policy: String) -> Policy {
        let name = remote.policy_name.unwrap_or_default();
        Policy {
            id: remote.arn.clone().into(),
            arn: remote.arn.into(),
            attachment_count: remote.attachment_count.map(i64::from).into(),
            description: remote.description,
            name_prefix: name::prefix_of(&name).into(),
            name: name.into(),
            path: remote.path,
            policy,
            policy_id: remote.policy_id.into(),
            tags: tag_map(remote.tags.as_ref()),
            ..self
        }
    }

    async fn wait(&self) {
        let delay = self.delay_after_policy_creation_in_ms.and_then(|ms| u64::try_from(ms).ok());
        if let Some(ms) = delay {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
    }

    /// The policy of this name, if it is what the creation makes.
    async fn find_created(&self, aws: &Aws, name: &str) -> Result<Option<Policy>, Error> {
        let path = self.path.as_deref().unwrap_or("/");
        let arn = format!("arn:{}:iam::{}:policy{path}{name}", aws.partition(), aws.account().await?);
        let Some(found) = read_policy(aws, &arn, None).await? else { return Ok(None) };
        let found = self.clone().with_remote(found.0, found.1);
        let same = policy_json::same_meaning(&found.policy, &self.policy)
            && found.description.clone().unwrap_or_default() == self.description.clone().unwrap_or_default()
            && found.tags == self.tags;
        Ok(Some(found).filter(|_| same))
    }
}

/// A policy and its document, which is taken from `listed` if it is there.
pub(super) async fn read_policy(
    aws: &Aws,
    arn: &str,
    listed: Option<&ManagedPolicyDetail>,
) -> Result<Option<(RemotePolicy, String)>, Error> {
    let call = aws.iam().get_policy().policy_arn(arn).send();
    let found = unless_gone(aws.call("iam:GetPolicy", call).await)?;
    let Some(policy) = found.and_then(|answer| answer.policy) else { return Ok(None) };
    let version = policy.default_version_id.clone().unwrap_or_default();
    let versions = listed.and_then(|l| l.policy_version_list.as_ref()).into_iter().flatten();
    let document =
        versions.filter(|v| v.version_id.as_ref() == Some(&version)).find_map(|v| v.document.clone());
    if let Some(document) = document {
        return Ok(Some((policy, policy_json::decoded(&document))));
    }
    let call = aws.iam().get_policy_version().policy_arn(arn).version_id(version).send();
    let found = unless_gone(aws.call("iam:GetPolicyVersion", call).await)?;
    let document = found.and_then(|answer| answer.policy_version?.document);
    Ok(document.map(|document| (policy, policy_json::decoded(&document))))
}

#[async_trait]
impl Resource for Policy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        let call = (aws.iam().create_policy().policy_name(&name))
            .policy_document(&planned.policy)
            .set_path(planned.path.clone())
            .set_description(planned.description.clone())
            .set_tags(tag_list(&planned.tags)?);
        match aws.call("iam:CreatePolicy", call.send()).await {
            Ok(answer) => {
                let missing = || Error::new("CreatePolicy failed", "The answer has no policy.");
                let policy = answer.policy.ok_or_else(missing)?;
                propagation::made(aws, "POLICY", policy.arn().unwrap_or_default());
                planned.wait().await;
                let (tags, description) = (planned.tags.clone(), planned.description.clone());
                let document = planned.policy.clone();
                Ok(Policy { tags, description, ..planned.with_remote(policy, document) })
            }
            Err(error) if cx.repeated && is_taken(&error) => {
                planned.find_created(aws, &name).await?.ok_or_else(|| error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing has no tags: it saves the second call of each policy.
        let listed = match states.len() {
            0..=1 => Default::default(),
            _ => match listing::policies(aws).await {
                Ok(listed) => listed,
                Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
            },
        };
        let read = |state: Self| async {
            let arn = state.id.known()?;
            let found = read_policy(aws, arn, listed.get(arn)).await?;
            Ok(found.map(|(policy, document)| state.with_remote(policy, document)))
        };
        join_all(states.into_iter().map(read)).await
    }

    /// A changed document is a new version, which becomes the default one. There can be five:
    /// the oldest makes room.
    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let arn = planned.arn.known()?.clone();
        let mut changed = prior.policy != planned.policy;
        if changed && cx.repeated {
            let now = read_policy(aws, &arn, None).await?;
            changed = now.is_none_or(|(_, document)| !policy_json::same_meaning(&document, &planned.policy));
        }
        if changed {
            let call = || async {
                let call =
                    aws.iam().create_policy_version().policy_arn(&arn).policy_document(&planned.policy);
                aws.call("iam:CreatePolicyVersion", call.set_as_default(true).send()).await
            };
            if let Err(error) = retry_while(PROPAGATION, is_busy, call).await {
                if !error.has_code(&["LimitExceeded"]) {
                    return Err(error.into());
                }
                delete_oldest_version(aws, &arn).await?;
                retry_while(PROPAGATION, is_busy, call).await?;
            }
            planned.wait().await;
        }
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagPolicy" => aws.iam().tag_policy().policy_arn(&arn),
            "iam:UntagPolicy" => aws.iam().untag_policy().policy_arn(&arn));
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let arn = state.id.known()?;
        let versions =
            pages!(aws, "iam:ListPolicyVersions", aws.iam().list_policy_versions().policy_arn(arn));
        for version in unless_gone(versions)?.unwrap_or_default() {
            if !version.is_default_version {
                let call =
                    aws.iam().delete_policy_version().policy_arn(arn).set_version_id(version.version_id);
                unless_gone(aws.call("iam:DeletePolicyVersion", call.send()).await)?;
            }
        }
        let call =
            || async { aws.call("iam:DeletePolicy", aws.iam().delete_policy().policy_arn(arn).send()).await };
        let left = async {
            let [groups, roles, users] = entities(aws, arn).await?.unwrap_or_default();
            let all = [("group", groups), ("role", roles), ("user", users)];
            Ok(all.into_iter().flat_map(|(kind, names)| conflict::named(kind, names)).collect())
        };
        conflict::delete(call, left).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let arns: Vec<String> = listing::policies(aws).await?.into_keys().collect();
        let known = |arn: &String| Policy { id: arn.as_str().into(), ..Policy::default() };
        let read = Self::read(aws, arns.iter().map(known).collect()).await;
        read.into_iter().filter_map(Result::transpose).collect::<Result<Vec<_>, _>>().map(Some)
    }
}

async fn delete_oldest_version(aws: &Aws, arn: &str) -> Result<(), Error> {
    let mut versions =
        pages!(aws, "iam:ListPolicyVersions", aws.iam().list_policy_versions().policy_arn(arn))?;
    versions.retain(|v| !v.is_default_version);
    let Some(oldest) = versions.into_iter().min_by_key(|v| v.create_date) else { return Ok(()) };
    let call = aws.iam().delete_policy_version().policy_arn(arn).set_version_id(oldest.version_id).send();
    unless_gone(aws.call("iam:DeletePolicyVersion", call).await).map(|_| ())
}
