//! `google_compute_router`: a Cloud Router, which speaks BGP for a network in a region.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use google_cloud_compute_v1::model::{
    Router as Remote, RouterAdvertisedIpRange, RouterBgp, RouterMd5AuthenticationKey,
};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Resource, async_trait, validate,
};

kind!(Api: Router, routers, "routers", region, set_router, routers);

/// Provides a Cloud Router.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_router", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Router {
    /// The path of the router, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the router.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The network the router is for.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The project of the router.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the router.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// What the router is for.
    pub description: Option<String>,
    /// Whether the router serves encrypted interconnect attachments.
    #[attr(force_new)]
    pub encrypted_interconnect_router: Option<bool>,
    /// How the router speaks BGP.
    #[block]
    pub bgp: Option<Bgp>,
    /// Keys by which BGP messages are authenticated.
    #[block(local)]
    pub md5_authentication_keys: Option<Md5Key>,
    /// When the router was made.
    pub creation_timestamp: Computed<String>,
    /// The URL of the router.
    pub self_link: Computed<String>,
}

/// How a router speaks BGP.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Bgp {
    /// The router's autonomous system.
    pub asn: i64,
    /// What is announced: `DEFAULT` or `CUSTOM`.
    #[attr(default = "DEFAULT", validate = validate::one_of(&["DEFAULT", "CUSTOM"]))]
    pub advertise_mode: Option<String>,
    /// Groups that are announced: `ALL_SUBNETS`.
    pub advertised_groups: Vec<String>,
    /// Ranges that are announced.
    #[block]
    pub advertised_ip_ranges: Vec<AdvertisedRange>,
    /// The range from which BGP identifiers are taken.
    pub identifier_range: Auto<String>,
    /// The seconds between keepalives.
    #[attr(default = 20, validate = validate::between(20..=60))]
    pub keepalive_interval: Option<i64>,
}

/// A key by which BGP messages are authenticated.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Md5Key {
    /// Its name.
    pub name: String,
    /// The key, which Google does not tell.
    #[attr(sensitive)]
    pub key: String,
}

/// A range that is announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AdvertisedRange {
    /// The range.
    pub range: String,
    /// What it is.
    pub description: Option<String>,
}

impl AdvertisedRange {
    pub(super) fn to_remote(&self) -> RouterAdvertisedIpRange {
        RouterAdvertisedIpRange::new()
            .set_range(&self.range)
            .set_or_clear_description(self.description.clone())
    }

    pub(super) fn from_remote(remote: RouterAdvertisedIpRange) -> AdvertisedRange {
        AdvertisedRange { range: remote.range.unwrap_or_default(), description: remote.description }
    }
}

#[async_trait]
impl Resource for Router {
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
        let whole = "projects/{project}/regions/{region}/routers/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list_all(google, project).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }
}

impl Router {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Place::regional(google, self.project.as_deref(), self.region.as_deref())
    }

    /// The router as Google is to have it, without what is in it.
    fn body(&self, place: &Place) -> Remote {
        let networks = format!("projects/{}/global/networks", place.project);
        let number = |n: i64| u32::try_from(n).ok();
        let bgp = self.bgp.as_ref().map(|bgp| {
            RouterBgp::new()
                .set_or_clear_asn(number(bgp.asn))
                .set_or_clear_advertise_mode(bgp.advertise_mode.as_deref())
                .set_advertised_groups(bgp.advertised_groups.iter().map(String::as_str))
                .set_advertised_ip_ranges(bgp.advertised_ip_ranges.iter().map(AdvertisedRange::to_remote))
                .set_or_clear_identifier_range(bgp.identifier_range.0.clone())
                .set_or_clear_keepalive_interval(bgp.keepalive_interval.and_then(number))
        });
        Remote::new()
            .set_name(&self.name)
            .set_network(compute_reference(&networks, &self.network))
            .set_or_clear_description(self.description.clone())
            .set_or_clear_encrypted_interconnect_router(self.encrypted_interconnect_router)
            .set_or_clear_bgp(bgp)
            .set_md_5_authentication_keys(
                self.md5_authentication_keys
                    .iter()
                    .map(|key| RouterMd5AuthenticationKey::new().set_name(&key.name).set_key(&key.key)),
            )
    }

    /// This router as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> Router {
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let region = crate::names::name_of(remote.region.as_deref().unwrap_or(&place.area)).to_owned();
        let name = remote.name.unwrap_or_default();
        Router {
            id: kind::path::<Api>(&Place::area(&place.project, &region), &name).into(),
            name,
            network: remote.network.unwrap_or(self.network),
            project: place.project.into(),
            region: region.into(),
            description: remote.description,
            encrypted_interconnect_router: remote.encrypted_interconnect_router,
            bgp: remote.bgp.map(|bgp| Bgp {
                asn: bgp.asn.map(i64::from).unwrap_or_default(),
                advertise_mode: bgp.advertise_mode.and_then(|m| m.name().map(str::to_owned)),
                advertised_groups: (bgp.advertised_groups.iter())
                    .filter_map(|g| g.name().map(str::to_owned))
                    .collect(),
                advertised_ip_ranges: (bgp.advertised_ip_ranges.into_iter())
                    .map(AdvertisedRange::from_remote)
                    .collect(),
                identifier_range: bgp.identifier_range.into(),
                keepalive_interval: bgp.keepalive_interval.map(i64::from).or(Some(20)),
            }),
            creation_timestamp: remote.creation_timestamp.into(),
            self_link: remote.self_link.into(),
            ..self
        }
    }
}
