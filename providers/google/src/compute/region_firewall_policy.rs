//! `google_compute_region_network_firewall_policy` and its associations with networks: the same as those that are for all
//! regions, elsewhere.

use super::firewall_policy::{associate, association, describe, make, parts, remove, remove_part};
use super::kind::Place;
use crate::Google;
use crate::names::{name_of, parse_id, path_of, same_reference};
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait,
};

/// Provides a firewall policy for networks in one region.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_region_network_firewall_policy",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct RegionNetworkFirewallPolicy {
    /// The path of the policy, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the policy.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// What the policy is for.
    pub description: Option<String>,
    /// When the policy was made.
    pub creation_timestamp: Computed<String>,
    /// What the policy changes with.
    pub fingerprint: Computed<String>,
    /// Google's number for the policy.
    pub region_network_firewall_policy_id: Computed<String>,
    /// How much of the quota its rules take.
    pub rule_tuple_count: Computed<i64>,
    /// The URL of the policy.
    pub self_link: Computed<String>,
    /// The URL of the policy with its number.
    pub self_link_with_id: Computed<String>,
}

/// Provides the association of a firewall policy of one region with a network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_region_network_firewall_policy_association",
    keep,
    timeouts(create = "20m", delete = "20m")
)]
pub struct RegionNetworkFirewallPolicyAssociation {
    /// The path of the association.
    pub id: Computed<String>,
    /// The name of the association.
    #[attr(force_new)]
    pub name: String,
    /// The network.
    #[attr(force_new, equivalent = same_reference)]
    pub attachment_target: String,
    /// The policy, by its name or path.
    #[attr(force_new, equivalent = same_reference)]
    pub firewall_policy: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// The name of the policy.
    pub short_name: Computed<String>,
}

/// The path of a policy of a region by its name or path.
pub(super) fn regional(
    google: &Google,
    (project, region): (Option<&str>, Option<&str>),
    policy: &str,
) -> Result<String, Error> {
    if policy.contains("projects/") {
        return Ok(path_of(policy).to_owned());
    }
    let Place { project, area } = Place::regional(google, project, region)?;
    Ok(format!("projects/{project}/regions/{area}/firewallPolicies/{policy}"))
}

#[async_trait]
impl Resource for RegionNetworkFirewallPolicy {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        let made = make(google, &path, planned.description.as_deref(), cx).await?;
        Ok(planned.with(&path, &made))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let path = |s: &Self| s.path(google);
        parts(google, states, path, |state, path, policy| Ok(Some(state.with(path, policy)))).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = prior.path(google)?;
        let changed = describe(google, &path, planned.description.as_deref(), cx).await?;
        Ok(planned.with(&path, &changed))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let path = state.path(google)?;
        remove(google, &path, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/regions/{region}/firewallPolicies/{name}",
                "{project}/{region}/{name}",
                "{region}/{name}",
                "{name}",
            ],
        )
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if !cx.is_create() && cx.is_changed() {
            cx.set_unknown("fingerprint");
        }
    }
}

impl RegionNetworkFirewallPolicy {
    fn path(&self, google: &Google) -> Result<String, Error> {
        regional(google, (self.project.as_deref(), self.region.as_deref()), &self.name)
    }

    /// This policy as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Self {
        let text = |name: &str| remote[name].as_str().map(str::to_owned);
        RegionNetworkFirewallPolicy {
            id: path.into(),
            name: name_of(path).to_owned(),
            project: path.split('/').nth(1).unwrap_or_default().into(),
            region: path.split('/').nth(3).unwrap_or_default().into(),
            description: text("description").filter(|d| !d.is_empty()),
            creation_timestamp: text("creationTimestamp").into(),
            fingerprint: text("fingerprint").into(),
            region_network_firewall_policy_id: text("id").into(),
            rule_tuple_count: remote["ruleTupleCount"].as_i64().into(),
            self_link: text("selfLink").into(),
            self_link_with_id: text("selfLinkWithId").unwrap_or_default().into(),
        }
    }
}

#[async_trait]
impl Resource for RegionNetworkFirewallPolicyAssociation {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.policy(google)?;
        let found = associate(google, (&path, &planned.name, &planned.attachment_target), cx).await?;
        Ok(planned.with(&path, &found))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let path = |s: &Self| s.policy(google);
        let part = |state: Self, path: &str, policy: &Json| {
            let found = association(policy, &state.name);
            Ok(found.map(|association| state.with(path, &association)))
        };
        parts(google, states, path, part).await
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let query = format!("&name={}", state.name);
        let part = |policy: &Json| association(policy, &state.name);
        remove_part(google, &state.policy(google)?, part, ("removeAssociation", &query), cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/regions/{region}/firewallPolicies/{firewall_policy}/associations/{name}",
                "{project}/{region}/{firewall_policy}/{name}",
                "{region}/{firewall_policy}/{name}",
                "{firewall_policy}/{name}",
            ],
        )
    }
}

impl RegionNetworkFirewallPolicyAssociation {
    fn policy(&self, google: &Google) -> Result<String, Error> {
        regional(google, (self.project.as_deref(), self.region.as_deref()), &self.firewall_policy)
    }

    /// This association as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Self {
        let text = |name: &str| remote[name].as_str().map(str::to_owned);
        RegionNetworkFirewallPolicyAssociation {
            id: format!("{path}/associations/{}", self.name).into(),
            attachment_target: text("attachmentTarget").unwrap_or(self.attachment_target.clone()),
            project: path.split('/').nth(1).unwrap_or_default().into(),
            region: path.split('/').nth(3).unwrap_or_default().into(),
            short_name: text("shortName").unwrap_or_default().into(),
            ..self
        }
    }
}
