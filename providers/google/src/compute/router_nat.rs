//! `google_compute_router_nat`: Cloud NAT, by which instances without external address reach out.

use super::kind::Place;
use super::router_part::{Part, Parts, decode, encode};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use google_cloud_compute_v1::model::{
    Router, RouterNat as Remote, RouterNatLogConfig, RouterNatRule, RouterNatRuleAction,
    RouterNatSubnetworkToNat, RouterNatSubnetworkToNat64,
};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait,
    validate,
};

const NATS: Parts = Parts { field: "nats", what: "NAT gateway" };

/// Provides a Cloud NAT gateway of a router.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_router_nat",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct RouterNat {
    /// Project, region, router and name.
    pub id: Computed<String>,
    /// The name of the gateway.
    #[attr(force_new)]
    pub name: String,
    /// The router the gateway is in.
    #[attr(force_new, equivalent = same_reference)]
    pub router: String,
    /// The project of the router.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the router.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// Which ranges use the gateway: `ALL_SUBNETWORKS_ALL_IP_RANGES`, `ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES`
    /// or `LIST_OF_SUBNETWORKS`.
    #[attr(validate = validate::one_of(&["ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES", "LIST_OF_SUBNETWORKS"]))]
    pub source_subnetwork_ip_ranges_to_nat: String,
    /// Which IPv6 ranges use NAT64: `ALL_IPV6_SUBNETWORKS` or `LIST_OF_IPV6_SUBNETWORKS`.
    pub source_subnetwork_ip_ranges_to_nat64: Option<String>,
    /// Where external addresses come from: `AUTO_ONLY` or `MANUAL_ONLY`.
    #[attr(validate = validate::one_of(&["MANUAL_ONLY", "AUTO_ONLY"]))]
    pub nat_ip_allocate_option: Option<String>,
    /// The external addresses of `MANUAL_ONLY`, by the URLs of `google_compute_address`.
    pub nat_ips: BTreeSet<String>,
    /// The addresses to begin with, where others are added by other means.
    #[attr(force_new, local)]
    pub initial_nat_ips: BTreeSet<String>,
    /// Addresses that take no new connections.
    pub drain_nat_ips: Auto<BTreeSet<String>>,
    /// The subnets of `LIST_OF_SUBNETWORKS`.
    #[block]
    pub subnetwork: BTreeSet<Subnetwork>,
    /// The subnets of `LIST_OF_IPV6_SUBNETWORKS`.
    #[block]
    pub nat64_subnetwork: BTreeSet<Nat64Subnetwork>,
    /// Rules that choose other addresses for some destinations.
    #[block]
    pub rules: BTreeSet<Rule>,
    /// What is logged.
    #[block]
    pub log_config: Option<LogConfig>,
    /// `PUBLIC` or `PRIVATE`.
    #[attr(force_new, default = "PUBLIC", name = "type")]
    pub kind: Option<String>,
    /// What uses the gateway: `ENDPOINT_TYPE_VM` and others.
    #[attr(force_new)]
    pub endpoint_types: Auto<Vec<String>>,
    /// The network tier of automatic addresses.
    pub auto_network_tier: Auto<String>,
    /// The fewest ports of a machine.
    pub min_ports_per_vm: Auto<i64>,
    /// The most ports of a machine, with dynamic allocation.
    pub max_ports_per_vm: Option<i64>,
    /// Whether ports are given as they are needed.
    pub enable_dynamic_port_allocation: Auto<bool>,
    /// Whether one address and port serve all destinations.
    pub enable_endpoint_independent_mapping: Auto<bool>,
    /// Seconds until an idle UDP connection is forgotten.
    #[attr(default = 30)]
    pub udp_idle_timeout_sec: Option<i64>,
    /// Seconds until an idle ICMP connection is forgotten.
    #[attr(default = 30)]
    pub icmp_idle_timeout_sec: Option<i64>,
    /// Seconds until an idle established TCP connection is forgotten.
    #[attr(default = 1200)]
    pub tcp_established_idle_timeout_sec: Option<i64>,
    /// Seconds until a TCP connection that is being made or ended is forgotten.
    #[attr(default = 30)]
    pub tcp_transitory_idle_timeout_sec: Option<i64>,
    /// Seconds until an ended TCP connection is forgotten.
    #[attr(default = 120)]
    pub tcp_time_wait_timeout_sec: Option<i64>,
}

/// A subnet that uses the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Subnetwork {
    /// The subnet.
    #[attr(equivalent = same_reference)]
    pub name: String,
    /// Which of its ranges: `ALL_IP_RANGES`, `PRIMARY_IP_RANGE`, `LIST_OF_SECONDARY_IP_RANGES`.
    #[attr(required)]
    pub source_ip_ranges_to_nat: BTreeSet<String>,
    /// The secondary ranges of such a list.
    pub secondary_ip_range_names: BTreeSet<String>,
}

/// A subnet that uses NAT64.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Nat64Subnetwork {
    /// The subnet.
    #[attr(equivalent = same_reference)]
    pub name: String,
}

/// A rule that chooses other addresses for some destinations.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Rule {
    /// Its number; lower ones come first.
    pub rule_number: i64,
    /// The destinations, in the Common Expression Language.
    #[attr(name = "match")]
    pub matches: String,
    /// What it is for.
    pub description: Option<String>,
    /// The addresses.
    #[block]
    pub action: Option<Action>,
}

/// The addresses of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Action {
    /// Addresses in use.
    pub source_nat_active_ips: BTreeSet<String>,
    /// Ranges in use, of private NAT.
    pub source_nat_active_ranges: BTreeSet<String>,
    /// Addresses that take no new connections.
    pub source_nat_drain_ips: BTreeSet<String>,
    /// Ranges that take no new connections.
    pub source_nat_drain_ranges: BTreeSet<String>,
}

/// What is logged.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LogConfig {
    /// Whether anything is.
    pub enable: bool,
    /// `ERRORS_ONLY`, `TRANSLATIONS_ONLY` or `ALL`.
    #[attr(validate = validate::one_of(&["ERRORS_ONLY", "TRANSLATIONS_ONLY", "ALL"]))]
    pub filter: String,
}

#[async_trait]
impl Resource for RouterNat {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let part = planned.part(google)?;
        let (router, made) =
            NATS.set(google, &part, (encode(&planned.body(&part.place))?, None), true, cx).await?;
        Ok(planned.with(google, &router, made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let part = |s: &Self| s.part(google);
        NATS.read_each(google, states, part, |state, router, found| state.with(google, router, found)).await
    }

    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let part = planned.part(google)?;
        let (router, made) =
            NATS.set(google, &part, (encode(&planned.body(&part.place))?, None), false, cx).await?;
        Ok(planned.with(google, &router, made)?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        NATS.remove(google, &state.part(google)?, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/routers/{router}/{name}";
        let short = "{project}/{region}/{router}/{name}";
        parse_id(id, &[whole, short, "{region}/{router}/{name}", "{router}/{name}"])
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        let given = |cx: &PlanContext<'_, Google>, name: &str| {
            cx.config(name).as_slice().is_some_and(|values| !values.is_empty())
        };
        if cx.config("nat_ip_allocate_option").as_str() == Some("AUTO_ONLY") && given(cx, "nat_ips") {
            let detail = "With nat_ip_allocate_option AUTO_ONLY, Google chooses the addresses.";
            cx.error_on("nat_ips", "Addresses of an automatic gateway", detail);
        }
        // What is no longer drained is forgotten.
        if cx.config("drain_nat_ips").is_null() {
            cx.set("drain_nat_ips", terrane_sdk::Value::set(terrane_sdk::Type::String, []));
        }
    }
}

impl RouterNat {
    fn part(&self, google: &Google) -> Result<Part, Error> {
        Part::new(google, self.project.as_deref(), self.region.as_deref(), &self.router, &self.name)
    }

    /// The gateway as Google is to have it.
    fn body(&self, place: &Place) -> Remote {
        let regional = |collection: &str, reference: &String| {
            compute_reference(
                &format!("projects/{}/regions/{}/{collection}", place.project, place.area),
                reference,
            )
        };
        let addresses =
            |all: &BTreeSet<String>| all.iter().map(|a| regional("addresses", a)).collect::<Vec<_>>();
        let number = |n: Option<i64>| n.and_then(|n| i32::try_from(n).ok());
        let subnets = self.subnetwork.iter().map(|s| {
            RouterNatSubnetworkToNat::new()
                .set_name(regional("subnetworks", &s.name))
                .set_source_ip_ranges_to_nat(s.source_ip_ranges_to_nat.iter().map(String::as_str))
                .set_secondary_ip_range_names(s.secondary_ip_range_names.clone())
        });
        let subnets64 = (self.nat64_subnetwork.iter())
            .map(|s| RouterNatSubnetworkToNat64::new().set_name(regional("subnetworks", &s.name)));
        let rules = self.rules.iter().map(|rule| {
            let action = rule.action.as_ref().map(|a| {
                RouterNatRuleAction::new()
                    .set_source_nat_active_ips(addresses(&a.source_nat_active_ips))
                    .set_source_nat_drain_ips(addresses(&a.source_nat_drain_ips))
                    .set_source_nat_active_ranges(
                        a.source_nat_active_ranges.iter().map(|s| regional("subnetworks", s)),
                    )
                    .set_source_nat_drain_ranges(
                        a.source_nat_drain_ranges.iter().map(|s| regional("subnetworks", s)),
                    )
            });
            RouterNatRule::new()
                .set_or_clear_rule_number(u32::try_from(rule.rule_number).ok())
                .set_match(&rule.matches)
                .set_or_clear_description(rule.description.clone())
                .set_or_clear_action(action)
        });
        let logs = (self.log_config.as_ref())
            .map(|log| RouterNatLogConfig::new().set_enable(log.enable).set_filter(log.filter.as_str()));
        let given = if self.nat_ips.is_empty() { &self.initial_nat_ips } else { &self.nat_ips };
        Remote::new()
            .set_name(&self.name)
            .set_source_subnetwork_ip_ranges_to_nat(self.source_subnetwork_ip_ranges_to_nat.as_str())
            .set_or_clear_source_subnetwork_ip_ranges_to_nat_64(
                self.source_subnetwork_ip_ranges_to_nat64.as_deref(),
            )
            .set_or_clear_nat_ip_allocate_option(self.nat_ip_allocate_option.as_deref())
            .set_nat_ips(addresses(given))
            .set_drain_nat_ips(addresses(&self.drain_nat_ips.0.clone().unwrap_or_default()))
            .set_subnetworks(subnets)
            .set_nat_64_subnetworks(subnets64)
            .set_rules(rules)
            .set_or_clear_log_config(logs)
            .set_or_clear_type(self.kind.as_deref())
            .set_endpoint_types(self.endpoint_types.0.iter().flatten().map(String::as_str))
            .set_or_clear_auto_network_tier(self.auto_network_tier.as_deref())
            .set_or_clear_min_ports_per_vm(number(self.min_ports_per_vm.0))
            .set_or_clear_max_ports_per_vm(number(self.max_ports_per_vm))
            .set_or_clear_enable_dynamic_port_allocation(self.enable_dynamic_port_allocation.0)
            .set_or_clear_enable_endpoint_independent_mapping(self.enable_endpoint_independent_mapping.0)
            .set_or_clear_udp_idle_timeout_sec(number(self.udp_idle_timeout_sec))
            .set_or_clear_icmp_idle_timeout_sec(number(self.icmp_idle_timeout_sec))
            .set_or_clear_tcp_established_idle_timeout_sec(number(self.tcp_established_idle_timeout_sec))
            .set_or_clear_tcp_transitory_idle_timeout_sec(number(self.tcp_transitory_idle_timeout_sec))
            .set_or_clear_tcp_time_wait_timeout_sec(number(self.tcp_time_wait_timeout_sec))
    }

    /// This gateway as Google describes it.
    fn with(
        self,
        google: &Google,
        router: &Router,
        found: terrane_sdk::serde_json::Value,
    ) -> Result<RouterNat, Error> {
        let remote: Remote = decode(found)?;
        let part = self.part(google)?;
        let set = |all: Vec<String>| all.into_iter().collect::<BTreeSet<_>>();
        let seconds = |n: Option<i32>, default: i64| Some(n.map_or(default, i64::from));
        let word = |value: Option<&str>| value.map(str::to_owned);
        let initial = self.nat_ips.is_empty() && !self.initial_nat_ips.is_empty();
        let subnets = remote.subnetworks.into_iter().map(|s| Subnetwork {
            name: s.name.unwrap_or_default(),
            source_ip_ranges_to_nat: (s.source_ip_ranges_to_nat.iter())
                .filter_map(|r| word(r.name()))
                .collect(),
            secondary_ip_range_names: s.secondary_ip_range_names.into_iter().collect(),
        });
        let rules = remote.rules.into_iter().map(|rule| Rule {
            rule_number: rule.rule_number.map(i64::from).unwrap_or_default(),
            matches: rule.r#match.unwrap_or_default(),
            description: rule.description,
            action: rule.action.map(|a| Action {
                source_nat_active_ips: set(a.source_nat_active_ips),
                source_nat_active_ranges: set(a.source_nat_active_ranges),
                source_nat_drain_ips: set(a.source_nat_drain_ips),
                source_nat_drain_ranges: set(a.source_nat_drain_ranges),
            }),
        });
        Ok(RouterNat {
            id: part.id(false).into(),
            name: part.name,
            router: router.name.clone().unwrap_or(part.router),
            project: part.place.project.into(),
            region: part.place.area.into(),
            source_subnetwork_ip_ranges_to_nat: word(
                remote.source_subnetwork_ip_ranges_to_nat.as_ref().and_then(|v| v.name()),
            )
            .unwrap_or_default(),
            source_subnetwork_ip_ranges_to_nat64: word(
                remote.source_subnetwork_ip_ranges_to_nat_64.as_ref().and_then(|v| v.name()),
            ),
            nat_ip_allocate_option: word(remote.nat_ip_allocate_option.as_ref().and_then(|v| v.name())),
            nat_ips: if initial { BTreeSet::new() } else { set(remote.nat_ips) },
            drain_nat_ips: set(remote.drain_nat_ips).into(),
            subnetwork: subnets.collect(),
            nat64_subnetwork: (remote.nat_64_subnetworks.into_iter())
                .map(|s| Nat64Subnetwork { name: s.name.unwrap_or_default() })
                .collect(),
            rules: rules.collect(),
            log_config: remote.log_config.map(|log| LogConfig {
                enable: log.enable == Some(true),
                filter: word(log.filter.as_ref().and_then(|v| v.name())).unwrap_or_default(),
            }),
            kind: word(remote.r#type.as_ref().and_then(|v| v.name())).or(self.kind),
            endpoint_types: (remote.endpoint_types.iter())
                .filter_map(|t| word(t.name()))
                .collect::<Vec<_>>()
                .into(),
            auto_network_tier: word(remote.auto_network_tier.as_ref().and_then(|v| v.name()))
                .or(self.auto_network_tier.0)
                .into(),
            min_ports_per_vm: remote.min_ports_per_vm.map(i64::from).or(self.min_ports_per_vm.0).into(),
            max_ports_per_vm: remote.max_ports_per_vm.map(i64::from),
            enable_dynamic_port_allocation: (remote.enable_dynamic_port_allocation == Some(true)).into(),
            enable_endpoint_independent_mapping: (remote.enable_endpoint_independent_mapping == Some(true))
                .into(),
            udp_idle_timeout_sec: seconds(remote.udp_idle_timeout_sec, 30),
            icmp_idle_timeout_sec: seconds(remote.icmp_idle_timeout_sec, 30),
            tcp_established_idle_timeout_sec: seconds(remote.tcp_established_idle_timeout_sec, 1200),
            tcp_transitory_idle_timeout_sec: seconds(remote.tcp_transitory_idle_timeout_sec, 30),
            tcp_time_wait_timeout_sec: seconds(remote.tcp_time_wait_timeout_sec, 120),
            ..self
        })
    }
}
