//! `aws_organizations_policy_attachment`: a policy on the root, a unit or an account.

use super::organization::managed_here;
use super::policy::summaries;
use super::{change, pages, unless_gone};
use crate::Aws;
use aws_sdk_organizations::types::{PolicySummary, PolicyTargetSummary};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, try_join_all,
};

/// Attaches a policy to the root, a unit or an account.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_organizations_policy_attachment", keep)]
pub struct PolicyAttachment {
    /// The target and the policy, with a colon between them.
    pub id: Computed<String>,
    /// The policy.
    #[attr(force_new)]
    pub policy_id: String,
    /// Whether the policy stays attached when this is destroyed.
    pub skip_destroy: Option<bool>,
    /// The root, unit or account.
    #[attr(force_new)]
    pub target_id: String,
}

/// What a policy is attached to; `None` if there is no such policy.
pub(super) async fn targets(aws: &Aws, policy: &str) -> Result<Option<Vec<PolicyTargetSummary>>, Error> {
    let call = aws.organizations().list_targets_for_policy().policy_id(policy);
    unless_gone(pages!(aws, "organizations:ListTargetsForPolicy", call, targets))
}

#[async_trait]
impl Resource for PolicyAttachment {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let attached = change(|| {
            let call = aws.organizations().attach_policy();
            let call = call.policy_id(&planned.policy_id).target_id(&planned.target_id);
            aws.call("organizations:AttachPolicy", call.send())
        });
        match attached.await {
            Err(error) if cx.repeated && error.has_code(&["DuplicatePolicyAttachmentException"]) => {}
            result => drop(result?),
        }
        let id = format!("{}:{}", planned.target_id, planned.policy_id);
        Ok(PolicyAttachment { id: id.into(), ..planned })
    }

    /// One listing of the targets of each policy.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let policies: BTreeSet<String> = states.iter().map(|s| s.policy_id.clone()).collect();
        let list = |policy: String| async {
            let found = targets(aws, &policy).await;
            (policy, found)
        };
        let listed: HashMap<_, _> = join_all(policies.into_iter().map(list)).await.into_iter().collect();
        let one = |state: Self| {
            let Some(found) = listed.get(&state.policy_id) else { return Ok(None) };
            let targets = found.clone()?.unwrap_or_default();
            let there = targets.iter().any(|t| t.target_id.as_ref() == Some(&state.target_id));
            Ok(there.then_some(state))
        };
        states.into_iter().map(one).collect()
    }

    /// Only what is done on deletion can change.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.skip_destroy == Some(true) {
            return Ok(());
        }
        let detached = change(|| {
            let call = aws.organizations().detach_policy();
            let call = call.policy_id(&state.policy_id).target_id(&state.target_id);
            aws.call("organizations:DetachPolicy", call.send())
        });
        match unless_gone(detached.await) {
            Err(error) if error.has_code(&["PolicyNotAttachedException"]) => Ok(()),
            result => result.map(drop),
        }
    }

    const PART: bool = true;

    /// Those of AWS's own policies, too.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        if managed_here(aws).await?.is_none() {
            return Ok(Some(Vec::new()));
        }
        let of_policy = |policy: PolicySummary| async move {
            let policy_id = policy.id.unwrap_or_default();
            let targets = targets(aws, &policy_id).await?.unwrap_or_default();
            let attached = |target: PolicyTargetSummary| {
                let target_id = target.target_id?;
                let id = format!("{target_id}:{policy_id}").into();
                Some(Self { id, policy_id: policy_id.clone(), target_id, skip_destroy: None })
            };
            Ok::<Vec<Self>, Error>(targets.into_iter().filter_map(attached).collect())
        };
        let all = try_join_all(summaries(aws).await?.into_iter().map(of_policy)).await?;
        Ok(Some(all.into_iter().flatten().collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once(':') {
            Some((target, policy)) if !target.is_empty() && !policy.is_empty() => Ok(vec![
                ("id", Value::from(id)),
                ("policy_id", Value::from(policy)),
                ("target_id", Value::from(target)),
            ]),
            _ => {
                let detail =
                    format!("{id:?} is not of the form TARGET:POLICY, as in 123456789012:p-12345678.");
                Err(Error::new("Invalid import id", detail))
            }
        }
    }
}
