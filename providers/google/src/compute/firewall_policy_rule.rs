//! `google_compute_network_firewall_policy_rule`: a rule of a firewall policy, which is a part of it.

use super::firewall_policy::{change, get, parts, policy_path, remove_part};
use crate::Google;
use crate::mirror::Mirror;
use crate::names::{parse_id, same_reference};
use http::Method;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Object, PlanContext, Resource,
    async_trait, validate,
};

/// What the API calls otherwise, or not at all.
pub(super) const NAMES: Mirror = Mirror(&[
    ("id", ""),
    ("project", ""),
    ("region", ""),
    ("firewall_policy", ""),
    ("match.layer4_configs", "layer4Configs"),
    ("target_secure_tags.state", "state"),
]);

/// Provides a rule of a firewall policy for networks.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_network_firewall_policy_rule",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct NetworkFirewallPolicyRule {
    /// The path of the rule.
    pub id: Computed<String>,
    /// The policy, by its name or path.
    #[attr(force_new, equivalent = same_reference)]
    pub firewall_policy: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
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

/// Which packets a rule is for.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Packets {
    /// Groups of addresses that packets go to.
    pub dest_address_groups: Vec<String>,
    /// Names that packets go to.
    pub dest_fqdns: Vec<String>,
    /// Ranges that packets go to.
    pub dest_ip_ranges: Vec<String>,
    /// Countries that packets go to.
    pub dest_region_codes: Vec<String>,
    /// Lists of threats that packets go to.
    pub dest_threat_intelligences: Vec<String>,
    /// Groups of addresses that packets come from.
    pub src_address_groups: Vec<String>,
    /// Names that packets come from.
    pub src_fqdns: Vec<String>,
    /// Ranges that packets come from.
    pub src_ip_ranges: Vec<String>,
    /// Countries that packets come from.
    pub src_region_codes: Vec<String>,
    /// Lists of threats that packets come from.
    pub src_threat_intelligences: Vec<String>,
    /// Protocols and ports.
    #[block(min = 1)]
    pub layer4_configs: Vec<Layer4>,
    /// Secure tags of the instances that packets come from.
    #[block]
    pub src_secure_tags: Vec<SecureTag>,
}

/// A protocol and ports.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Layer4 {
    /// `tcp`, `udp`, `all` or the like, or a number.
    pub ip_protocol: String,
    /// Ports and ranges of ports.
    pub ports: Vec<String>,
}

/// A secure tag.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SecureTag {
    /// `tagValues/` and its number.
    pub name: Option<String>,
    /// Whether it counts.
    pub state: Computed<String>,
}

#[async_trait]
impl Resource for NetworkFirewallPolicyRule {
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
                "projects/{project}/global/firewallPolicies/{firewall_policy}/{priority}",
                "{project}/{firewall_policy}/{priority}",
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

/// The attributes of an import id that ends with a priority.
pub(super) fn import_rule(id: &str, forms: &[&'static str]) -> Result<Attributes, Error> {
    let number = |value: terrane_sdk::Value| value.as_str().and_then(|text| text.parse::<i64>().ok());
    let read = parse_id(id, forms)?.into_iter().map(|(name, value)| match name {
        "priority" => match number(value) {
            Some(priority) => Ok((name, terrane_sdk::Value::from(priority))),
            None => Err(Error::new("Invalid import id", format!("{id:?} does not end with a priority."))),
        },
        _ => Ok((name, value)),
    });
    read.collect()
}

/// The rule of a priority in its policy.
pub(super) fn rule_of(policy: &Json, priority: i64) -> Option<Json> {
    policy["rules"].as_array()?.iter().find(|rule| rule["priority"].as_i64() == Some(priority)).cloned()
}

/// Adds to `after` what only `before` has, emptied.
pub(super) fn empty_missing(before: &Json, after: &mut Json) {
    for (name, value) in before.as_object().into_iter().flatten() {
        match (value, after.get_mut(name)) {
            (Json::Object(_), Some(inner @ Json::Object(_))) => empty_missing(value, inner),
            (_, Some(_)) => {}
            (Json::Array(_), None) => after[name] = json!([]),
            (Json::Bool(_), None) => after[name] = false.into(),
            (Json::String(_), None) => after[name] = "".into(),
            (_, None) => after[name] = Json::Null,
        }
    }
}

impl NetworkFirewallPolicyRule {
    fn policy(&self, google: &Google) -> Result<String, Error> {
        policy_path(google, self.project.as_deref(), &self.firewall_policy)
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
        seen.creation_timestamp = remote["creationTimestamp"].as_str().unwrap_or_default().into();
        Ok(seen)
    }
}
