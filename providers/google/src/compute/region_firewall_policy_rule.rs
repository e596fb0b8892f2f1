//! `google_compute_region_network_firewall_policy_rule`: a rule of a firewall policy of one region.

use super::firewall_policy::{change, get, parts, remove_part};
use super::firewall_policy_rule::{NAMES, Packets, SecureTag, empty_missing, import_rule, rule_of};
use super::region_firewall_policy::regional;
use crate::Google;
use crate::names::same_reference;
use http::Method;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Object, PlanContext, Resource, async_trait,
    validate,
};

/// Provides a rule of a firewall policy for networks in one region.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_region_network_firewall_policy_rule",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct RegionNetworkFirewallPolicyRule {
    /// The path of the rule.
    pub id: Computed<String>,
    /// The policy, by its name or path.
    #[attr(force_new, equivalent = same_reference)]
    pub firewall_policy: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// Rules with lower numbers come first.
    #[attr(force_new, validate = validate::between(0..=2_147_483_547))]
    pub priority: i64,
    /// What becomes of packets.
    #[attr(validate = validate::one_of(&["allow", "deny", "goto_next", "apply_security_profile_group"]))]
    pub action: String,
    /// Which packets the rule is for: `INGRESS` or `EGRESS`.
    #[attr(validate = validate::one_of(&["INGRESS", "EGRESS"]))]
    pub direction: String,
    /// What the rule is for.
    pub description: Option<String>,
    /// Whether the rule is off.
    pub disabled: Option<bool>,
    /// Whether matches are logged.
    pub enable_logging: Option<bool>,
    /// The name of the rule.
    pub rule_name: Option<String>,
    /// The security profiles that packets are checked by.
    pub security_profile_group: Option<String>,
    /// Service accounts of the instances the rule is for.
    pub target_service_accounts: Vec<String>,
    /// Whether TLS is opened.
    pub tls_inspect: Option<bool>,
    /// Which packets the rule is for.
    #[block(min = 1, name = "match")]
    pub packets: Option<Packets>,
    /// Secure tags of the instances the rule is for.
    #[block]
    pub target_secure_tags: Vec<SecureTag>,
    /// When the rule was made.
    pub creation_timestamp: Computed<String>,
    /// The API's name for this.
    pub kind: Computed<String>,
    /// How much of the quota the rule takes.
    pub rule_tuple_count: Computed<i64>,
}

#[async_trait]
impl Resource for RegionNetworkFirewallPolicyRule {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.policy(google)?;
        let there = if cx.repeated { planned.find(&get(google, &path).await?) } else { None };
        if there.is_none() {
            change(google, (Method::POST, &path, "addRule", ""), Some(planned.body()), cx).await?;
        }
        Ok(planned.refreshed(google, &path).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let path = |s: &Self| s.policy(google);
        let part = |state: Self, path: &str, policy: &Json| match state.find(policy) {
            Some(rule) => state.with(path, &rule).map(Some),
            None => Ok(None),
        };
        parts(google, states, path, part).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = prior.policy(google)?;
        let (before, mut body) = (prior.body(), planned.body());
        // What is gone is emptied: left out, it would stay.
        empty_missing(&before, &mut body);
        let query = format!("&priority={}", prior.priority);
        change(google, (Method::POST, &path, "patchRule", &query), Some(body), cx).await?;
        Ok(planned.refreshed(google, &path).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let query = format!("&priority={}", state.priority);
        let part = |policy: &Json| state.find(policy);
        remove_part(google, &state.policy(google)?, part, ("removeRule", &query), cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        import_rule(
            id,
            &[
                "projects/{project}/regions/{region}/firewallPolicies/{firewall_policy}/{priority}",
                "{project}/{region}/{firewall_policy}/{priority}",
                "{region}/{firewall_policy}/{priority}",
                "{firewall_policy}/{priority}",
            ],
        )
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if !cx.is_create() && cx.changed("match") {
            cx.set_unknown("rule_tuple_count");
        }
    }
}

impl RegionNetworkFirewallPolicyRule {
    fn policy(&self, google: &Google) -> Result<String, Error> {
        regional(google, (self.project.as_deref(), self.region.as_deref()), &self.firewall_policy)
    }

    /// The rule in its policy.
    fn find(&self, policy: &Json) -> Option<Json> {
        rule_of(policy, self.priority)
    }

    /// The rule as Google is to have it.
    fn body(&self) -> Json {
        NAMES.body("", &<Self as Object>::spec(), &self.to_value())
    }

    async fn refreshed(self, google: &Google, path: &str) -> Result<Self, Error> {
        let rule = self.find(&get(google, path).await?).ok_or_else(|| {
            Error::new("The rule vanished", format!("{path} has no rule at priority {}.", self.priority))
        })?;
        self.with(path, &rule)
    }

    /// This rule as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Result<Self, Error> {
        let spec = <Self as Object>::spec();
        let mut seen = Self::from_value(&NAMES.object("", &spec, remote, &self.to_value()))?;
        seen.id = format!("{path}/{}", seen.priority).into();
        seen.project = path.split('/').nth(1).unwrap_or_default().into();
        seen.region = path.split('/').nth(3).unwrap_or_default().into();
        seen.creation_timestamp = remote["creationTimestamp"].as_str().unwrap_or_default().into();
        Ok(seen)
    }
}
