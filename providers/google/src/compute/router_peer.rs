//! `google_compute_router_peer`: a BGP session of a router.

use super::kind::Place;
use super::router::{AdvertisedRange, Md5Key};
use super::router_part::{Part, Parts, decode, encode};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use google_cloud_compute_v1::model::{
    Router, RouterBgpPeer as Remote, RouterBgpPeerBfd, RouterBgpPeerCustomLearnedIpRange,
};
use std::collections::BTreeSet;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Resource, async_trait, validate,
};

const PEERS: Parts = Parts { field: "bgpPeers", what: "BGP peer" };

/// Provides a BGP peer of a router.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_router_peer",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct RouterPeer {
    /// The path of the peer, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the peer.
    #[attr(force_new)]
    pub name: String,
    /// The router the peer is in.
    #[attr(force_new, equivalent = same_reference)]
    pub router: String,
    /// The project of the router.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the router.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// The interface of the router that reaches the peer.
    #[attr(force_new)]
    pub interface: String,
    /// The peer's autonomous system.
    pub peer_asn: i64,
    /// The router's address in the session.
    pub ip_address: Auto<String>,
    /// The peer's address.
    pub peer_ip_address: Auto<String>,
    /// Whether the session is up.
    #[attr(default = true)]
    pub enable: Option<bool>,
    /// The priority of what is announced.
    pub advertised_route_priority: Option<i64>,
    /// What is announced: `DEFAULT` or `CUSTOM`.
    #[attr(default = "DEFAULT", validate = validate::one_of(&["DEFAULT", "CUSTOM"]))]
    pub advertise_mode: Option<String>,
    /// Groups that are announced: `ALL_SUBNETS`.
    pub advertised_groups: Vec<String>,
    /// Ranges that are announced.
    #[block]
    pub advertised_ip_ranges: Vec<AdvertisedRange>,
    /// Ranges that count as learnt from the peer.
    #[block]
    pub custom_learned_ip_ranges: Vec<LearnedRange>,
    /// The priority of these.
    pub custom_learned_route_priority: Option<i64>,
    /// Whether `advertised_route_priority` is 0.
    #[attr(local, default = false)]
    pub zero_advertised_route_priority: Option<bool>,
    /// Whether `custom_learned_route_priority` is 0.
    #[attr(local, default = false)]
    pub zero_custom_learned_route_priority: Option<bool>,
    /// Detection of failures in milliseconds.
    #[block(computed)]
    pub bfd: Option<Bfd>,
    /// The key by which messages are authenticated.
    #[block]
    pub md5_authentication_key: Option<Md5Key>,
    /// Whether IPv4 routes are exchanged.
    pub enable_ipv4: Auto<bool>,
    /// Whether IPv6 routes are exchanged.
    #[attr(default = false)]
    pub enable_ipv6: Option<bool>,
    /// The router's IPv4 address, where the session is over IPv6.
    pub ipv4_nexthop_address: Auto<String>,
    /// The router's IPv6 address.
    pub ipv6_nexthop_address: Auto<String>,
    /// The peer's IPv4 address, where the session is over IPv6.
    pub peer_ipv4_nexthop_address: Auto<String>,
    /// The peer's IPv6 address.
    pub peer_ipv6_nexthop_address: Auto<String>,
    /// The instance that is the peer.
    #[attr(equivalent = same_reference)]
    pub router_appliance_instance: Option<String>,
    /// Policies of what is announced.
    pub export_policies: Vec<String>,
    /// Policies of what is learnt.
    pub import_policies: Vec<String>,
    /// Who made the peer: `MANAGED_BY_USER` or `MANAGED_BY_ATTACHMENT`.
    pub management_type: Computed<String>,
    /// Whether a priority is set.
    pub is_advertised_route_priority_set: Computed<bool>,
    /// Whether a priority is set.
    pub is_custom_learned_priority_set: Computed<bool>,
}

/// A range that counts as learnt.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct LearnedRange {
    /// The range.
    pub range: String,
}

/// Detection of failures.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Bfd {
    /// `ACTIVE`, `DISABLED` or `PASSIVE`.
    pub session_initialization_mode: String,
    /// The shortest time between packets received, in milliseconds.
    #[attr(default = 1000)]
    pub min_receive_interval: Option<i64>,
    /// The shortest time between packets sent, in milliseconds.
    #[attr(default = 1000)]
    pub min_transmit_interval: Option<i64>,
    /// How many packets may be missing.
    #[attr(default = 5)]
    pub multiplier: Option<i64>,
}

#[async_trait]
impl Resource for RouterPeer {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let part = planned.part(google)?;
        let body = encode(&planned.body(&part.place))?;
        let (router, made) = PEERS.set(google, &part, (body, planned.key()), true, cx).await?;
        Ok(planned.with(google, &router, made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let part = |s: &Self| s.part(google);
        PEERS.read_each(google, states, part, |state, router, found| state.with(google, router, found)).await
    }

    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let part = planned.part(google)?;
        let body = encode(&planned.body(&part.place))?;
        let (router, made) = PEERS.set(google, &part, (body, planned.key()), false, cx).await?;
        Ok(planned.with(google, &router, made)?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        PEERS.remove(google, &state.part(google)?, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/routers/{router}/{name}";
        parse_id(
            id,
            &[whole, "{project}/{region}/{router}/{name}", "{region}/{router}/{name}", "{router}/{name}"],
        )
    }
}

impl RouterPeer {
    fn part(&self, google: &Google) -> Result<Part, Error> {
        Part::new(google, self.project.as_deref(), self.region.as_deref(), &self.router, &self.name)
    }

    /// The key that the router is to have for the peer.
    fn key(&self) -> Option<Json> {
        self.md5_authentication_key.as_ref().map(|key| json!({"name": key.name, "key": key.key}))
    }

    /// The peer as Google is to have it.
    fn body(&self, place: &Place) -> Remote {
        let number = |n: i64| u32::try_from(n).ok();
        let instances = format!("projects/{}/zones/-/instances", place.project);
        let bfd = self.bfd.as_ref().map(|bfd| {
            RouterBgpPeerBfd::new()
                .set_session_initialization_mode(bfd.session_initialization_mode.as_str())
                .set_or_clear_min_receive_interval(bfd.min_receive_interval.and_then(number))
                .set_or_clear_min_transmit_interval(bfd.min_transmit_interval.and_then(number))
                .set_or_clear_multiplier(bfd.multiplier.and_then(number))
        });
        let learned = (self.custom_learned_ip_ranges.iter())
            .map(|r| RouterBgpPeerCustomLearnedIpRange::new().set_range(&r.range));
        Remote::new()
            .set_name(&self.name)
            .set_or_clear_md_5_authentication_key_name(
                self.md5_authentication_key.as_ref().map(|key| &key.name),
            )
            .set_interface_name(&self.interface)
            .set_or_clear_peer_asn(number(self.peer_asn))
            .set_or_clear_ip_address(self.ip_address.0.clone())
            .set_or_clear_peer_ip_address(self.peer_ip_address.0.clone())
            .set_enable(if self.enable == Some(false) { "FALSE" } else { "TRUE" })
            .set_or_clear_advertised_route_priority(
                priority(self.zero_advertised_route_priority, self.advertised_route_priority)
                    .and_then(number),
            )
            .set_or_clear_advertise_mode(self.advertise_mode.as_deref())
            .set_advertised_groups(self.advertised_groups.iter().map(String::as_str))
            .set_advertised_ip_ranges(self.advertised_ip_ranges.iter().map(AdvertisedRange::to_remote))
            .set_custom_learned_ip_ranges(learned)
            .set_or_clear_custom_learned_route_priority(
                priority(self.zero_custom_learned_route_priority, self.custom_learned_route_priority)
                    .and_then(|n| i32::try_from(n).ok()),
            )
            .set_or_clear_bfd(bfd)
            .set_or_clear_enable_ipv_4(self.enable_ipv4.0)
            .set_or_clear_enable_ipv_6(self.enable_ipv6)
            .set_or_clear_ipv_4_nexthop_address(self.ipv4_nexthop_address.0.clone())
            .set_or_clear_ipv_6_nexthop_address(self.ipv6_nexthop_address.0.clone())
            .set_or_clear_peer_ipv_4_nexthop_address(self.peer_ipv4_nexthop_address.0.clone())
            .set_or_clear_peer_ipv_6_nexthop_address(self.peer_ipv6_nexthop_address.0.clone())
            .set_or_clear_router_appliance_instance(
                self.router_appliance_instance.as_deref().map(|i| compute_reference(&instances, i)),
            )
            .set_export_policies(self.export_policies.clone())
            .set_import_policies(self.import_policies.clone())
    }

    /// This peer as Google describes it.
    fn with(self, google: &Google, router: &Router, found: Json) -> Result<RouterPeer, Error> {
        let remote: Remote = decode(found)?;
        let part = self.part(google)?;
        let word = |value: Option<&str>| value.map(str::to_owned);
        let number = |n: Option<u32>, default: i64| Some(n.map_or(default, i64::from));
        let groups: BTreeSet<String> =
            remote.advertised_groups.iter().filter_map(|g| word(g.name())).collect();
        let written = self.advertised_groups.iter().cloned().collect::<BTreeSet<_>>() == groups;
        Ok(RouterPeer {
            id: part.id(true).into(),
            name: part.name,
            router: router.name.clone().unwrap_or(part.router),
            project: part.place.project.into(),
            region: part.place.area.into(),
            interface: remote.interface_name.unwrap_or_default(),
            peer_asn: remote.peer_asn.map(i64::from).unwrap_or_default(),
            ip_address: remote.ip_address.into(),
            peer_ip_address: remote.peer_ip_address.into(),
            enable: Some(remote.enable.as_ref().and_then(|v| v.name()) != Some("FALSE")),
            is_advertised_route_priority_set: remote.advertised_route_priority.is_some().into(),
            is_custom_learned_priority_set: remote.custom_learned_route_priority.is_some().into(),
            advertised_route_priority: remote
                .advertised_route_priority
                .map(i64::from)
                .filter(|n| said(*n, self.zero_advertised_route_priority, self.advertised_route_priority)),
            advertise_mode: word(remote.advertise_mode.as_ref().and_then(|v| v.name()))
                .or(Some("DEFAULT".into())),
            advertised_groups: if written { self.advertised_groups } else { groups.into_iter().collect() },
            advertised_ip_ranges: (remote.advertised_ip_ranges.into_iter())
                .map(AdvertisedRange::from_remote)
                .collect(),
            custom_learned_ip_ranges: (remote.custom_learned_ip_ranges.into_iter())
                .map(|r| LearnedRange { range: r.range.unwrap_or_default() })
                .collect(),
            custom_learned_route_priority: remote.custom_learned_route_priority.map(i64::from).filter(|n| {
                said(*n, self.zero_custom_learned_route_priority, self.custom_learned_route_priority)
            }),
            bfd: remote.bfd.map(|bfd| Bfd {
                session_initialization_mode: word(
                    bfd.session_initialization_mode.as_ref().and_then(|v| v.name()),
                )
                .unwrap_or_default(),
                min_receive_interval: number(bfd.min_receive_interval, 1000),
                min_transmit_interval: number(bfd.min_transmit_interval, 1000),
                multiplier: number(bfd.multiplier, 5),
            }),
            enable_ipv4: remote.enable_ipv_4.or(self.enable_ipv4.0).into(),
            enable_ipv6: Some(remote.enable_ipv_6 == Some(true)),
            ipv4_nexthop_address: remote.ipv_4_nexthop_address.into(),
            ipv6_nexthop_address: remote.ipv_6_nexthop_address.into(),
            peer_ipv4_nexthop_address: remote.peer_ipv_4_nexthop_address.into(),
            peer_ipv6_nexthop_address: remote.peer_ipv_6_nexthop_address.into(),
            router_appliance_instance: remote.router_appliance_instance,
            export_policies: remote.export_policies,
            import_policies: remote.import_policies,
            // Google tells the name of a key alone.
            md5_authentication_key: remote.md_5_authentication_key_name.map(|name| Md5Key {
                name,
                key: self.md5_authentication_key.map(|key| key.key).unwrap_or_default(),
            }),
            management_type: word(remote.management_type.as_ref().and_then(|v| v.name())).into(),
            ..self
        })
    }
}

/// The priority as Google is to have it.
fn priority(zero: Option<bool>, given: Option<i64>) -> Option<i64> {
    if zero == Some(true) { Some(0) } else { given }
}

/// Whether a priority that Google tells is one that was given as such.
fn said(told: i64, zero: Option<bool>, given: Option<i64>) -> bool {
    told != 0 || zero != Some(true) || given.is_some()
}
