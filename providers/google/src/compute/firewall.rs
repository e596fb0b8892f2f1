//! `google_compute_firewall`: a rule that lets packets of a network through, or does not.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use crate::provider::project_of;
use google_cloud_compute_v1::model::{
    Firewall as Remote, FirewallLogConfig, FirewallParams,
    firewall::{Allowed, Denied},
};
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value,
    async_trait, validate,
};

kind!(Api: Firewall, firewalls, "firewalls", global, set_firewall, firewalls);

/// Provides a firewall rule of a VPC network.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_firewall",
    version = 1,
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct Firewall {
    /// The path of the rule, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the rule.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The network the rule is for.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The project of the rule.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What the rule is for.
    pub description: Option<String>,
    /// Which packets the rule is for: `INGRESS` or `EGRESS`.
    #[attr(force_new, validate = validate::one_of(&["INGRESS", "EGRESS"]))]
    pub direction: Auto<String>,
    /// Rules with lower numbers come first.
    #[attr(default = 1000, validate = validate::between(0..=65535))]
    pub priority: Option<i64>,
    /// Whether the rule is off.
    pub disabled: Option<bool>,
    /// Protocols and ports that are let through.
    #[block(conflicts_with = "deny")]
    pub allow: BTreeSet<Traffic>,
    /// Protocols and ports that are not.
    #[block(conflicts_with = "allow")]
    pub deny: BTreeSet<Traffic>,
    /// Where packets come from.
    pub source_ranges: Auto<BTreeSet<String>>,
    /// Where packets go to.
    pub destination_ranges: Auto<BTreeSet<String>>,
    /// Tags of the instances that packets come from.
    pub source_tags: BTreeSet<String>,
    /// Service accounts of the instances that packets come from.
    #[attr(conflicts_with = ["source_tags", "target_tags"])]
    pub source_service_accounts: BTreeSet<String>,
    /// Tags of the instances the rule is for.
    pub target_tags: BTreeSet<String>,
    /// Service accounts of the instances the rule is for.
    #[attr(conflicts_with = ["source_tags", "target_tags"])]
    pub target_service_accounts: BTreeSet<String>,
    /// Whether matches are logged; `log_config` says it.
    #[attr(deprecated = "Deprecated in favor of log_config.")]
    pub enable_logging: Auto<bool>,
    /// What of the matches is logged.
    #[block]
    pub log_config: Option<LogConfig>,
    /// What is given at creation only.
    #[block(force_new, local)]
    pub params: Option<Params>,
    /// When the rule was made.
    pub creation_timestamp: Computed<String>,
    /// The URL of the rule.
    pub self_link: Computed<String>,
}

/// A protocol and ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Traffic {
    /// `tcp`, `udp`, `icmp`, `esp`, `ah`, `sctp`, `ipip`, `all` or a number.
    #[attr(equivalent = same_word)]
    pub protocol: String,
    /// Ports and ranges of ports; all when there are none.
    pub ports: Vec<String>,
}

/// What of the matches is logged.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LogConfig {
    /// `INCLUDE_ALL_METADATA` or `EXCLUDE_ALL_METADATA`.
    #[attr(validate = validate::one_of(&["INCLUDE_ALL_METADATA", "EXCLUDE_ALL_METADATA"]))]
    pub metadata: String,
}

/// What is given at creation only.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Params {
    /// Tags of the resource manager: values by keys.
    pub resource_manager_tags: BTreeMap<String, String>,
}

fn same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[async_trait]
impl Resource for Firewall {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let place = planned.place(google)?;
        let created = kind::create::<Api>(google, &place, planned.body(&place), cx).await?;
        Ok(planned.with(google, created))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |s: &Self| Ok((s.place(google)?, s.name.clone()));
        kind::read_each::<Api, _>(google, states, key, |state, remote| state.with(google, remote)).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let place = prior.place(google)?;
        let bodies = (&prior.body(&place), &planned.body(&place));
        kind::patch::<Api>(google, &place, &planned.name, bodies, None, cx).await?;
        let remote = Api::get(google, &place, &planned.name).await?;
        Ok(planned.with(google, remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        kind::delete::<Api>(google, &state.place(google)?, &state.name, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/global/firewalls/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list(google, &Place::global(project)).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        // Ranges that are no longer configured go back to what Google chooses for a rule without.
        for (ranges, others) in
            [("source_ranges", &["source_tags", "source_service_accounts"][..]), ("destination_ranges", &[])]
        {
            let unset = |name: &str| {
                let value = cx.config(name);
                value.is_null() || value.as_slice().is_some_and(<[Value]>::is_empty)
            };
            let chosen = others.iter().all(|name| unset(name));
            if unset(ranges) && !chosen && !cx.is_create() {
                let none = Value::set(terrane_sdk::Type::String, []);
                cx.set(ranges, none);
            }
        }
        let logs = cx.config("log_config").as_slice().is_some_and(|blocks| !blocks.is_empty());
        if cx.config("enable_logging").is_null() {
            cx.set("enable_logging", Value::from(logs));
        }
    }

    fn validate(config: &Value, diagnostics: &mut terrane_sdk::Diagnostics) {
        let none =
            |name: &str| config.attribute(name).is_none_or(|v| v.as_slice().is_some_and(<[Value]>::is_empty));
        if none("allow") && none("deny") {
            let detail = "A firewall rule has at least one \"allow\" or \"deny\" block.";
            diagnostics.push(terrane_sdk::Diagnostic::error("Missing allow or deny", detail));
        }
    }
}

impl Firewall {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Ok(Place::global(project_of(google, self.project.as_deref())?))
    }

    /// The rule as Google is to have it.
    fn body(&self, place: &Place) -> Remote {
        let networks = format!("projects/{}/global/networks", place.project);
        let params = self
            .params
            .as_ref()
            .map(|p| FirewallParams::new().set_resource_manager_tags(p.resource_manager_tags.clone()));
        let logs = match &self.log_config {
            Some(logs) => FirewallLogConfig::new().set_enable(true).set_metadata(logs.metadata.as_str()),
            None => FirewallLogConfig::new().set_enable(self.enable_logging.0 == Some(true)),
        };
        let allowed =
            self.allow.iter().map(|t| Allowed::new().set_ip_protocol(&t.protocol).set_ports(t.ports.clone()));
        let denied =
            self.deny.iter().map(|t| Denied::new().set_ip_protocol(&t.protocol).set_ports(t.ports.clone()));
        Remote::new()
            .set_name(&self.name)
            .set_network(compute_reference(&networks, &self.network))
            .set_or_clear_description(self.description.clone())
            .set_or_clear_direction(self.direction.as_deref())
            .set_or_clear_priority(self.priority.and_then(|n| i32::try_from(n).ok()))
            .set_disabled(self.disabled == Some(true))
            .set_allowed(allowed)
            .set_denied(denied)
            .set_source_ranges(self.source_ranges.0.clone().unwrap_or_default())
            .set_destination_ranges(self.destination_ranges.0.clone().unwrap_or_default())
            .set_source_tags(self.source_tags.clone())
            .set_source_service_accounts(self.source_service_accounts.clone())
            .set_target_tags(self.target_tags.clone())
            .set_target_service_accounts(self.target_service_accounts.clone())
            .set_log_config(logs)
            .set_or_clear_params(params)
    }

    /// This rule as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> Firewall {
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let name = remote.name.unwrap_or_default();
        let logs = remote.log_config.filter(|l| l.enable == Some(true));
        // With enable_logging alone, what is logged is Google's choice.
        let chosen = self.enable_logging.0 == Some(true) && self.log_config.is_none();
        let traffic =
            |protocol: Option<String>, ports| Traffic { protocol: protocol.unwrap_or_default(), ports };
        Firewall {
            id: kind::path::<Api>(&place, &name).into(),
            name,
            network: remote.network.unwrap_or(self.network),
            project: place.project.into(),
            description: remote.description,
            direction: remote.direction.and_then(|d| d.name().map(str::to_owned)).into(),
            priority: remote.priority.map(i64::from),
            disabled: Some(remote.disabled == Some(true)),
            allow: remote.allowed.into_iter().map(|a| traffic(a.ip_protocol, a.ports)).collect(),
            deny: remote.denied.into_iter().map(|d| traffic(d.ip_protocol, d.ports)).collect(),
            source_ranges: remote.source_ranges.into_iter().collect::<BTreeSet<_>>().into(),
            destination_ranges: remote.destination_ranges.into_iter().collect::<BTreeSet<_>>().into(),
            source_tags: remote.source_tags.into_iter().collect(),
            source_service_accounts: remote.source_service_accounts.into_iter().collect(),
            target_tags: remote.target_tags.into_iter().collect(),
            target_service_accounts: remote.target_service_accounts.into_iter().collect(),
            enable_logging: logs.is_some().into(),
            log_config: logs.filter(|_| !chosen).map(|l| LogConfig {
                metadata: l.metadata.and_then(|m| m.name().map(str::to_owned)).unwrap_or_default(),
            }),
            creation_timestamp: remote.creation_timestamp.into(),
            self_link: remote.self_link.into(),
            ..self
        }
    }
}
