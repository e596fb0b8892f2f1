//! `google_compute_router_interface`: how a router reaches a tunnel, an attachment or a subnet.

use super::kind::Place;
use super::router_part::{Part, Parts, decode, encode};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use google_cloud_compute_v1::model::{Router, RouterInterface as Remote};
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value,
    async_trait,
};

const INTERFACES: Parts = Parts { field: "interfaces", what: "interface" };

/// Provides an interface of a router.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_router_interface", keep, timeouts(create = "10m", delete = "10m"))]
pub struct RouterInterface {
    /// Region, router and name.
    pub id: Computed<String>,
    /// The name of the interface.
    #[attr(force_new)]
    pub name: String,
    /// The router the interface is in.
    #[attr(force_new, equivalent = same_reference)]
    pub router: String,
    /// The project of the router.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the router.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// The VPN tunnel that the interface is for.
    #[attr(force_new, equivalent = same_reference, conflicts_with = ["interconnect_attachment", "subnetwork"])]
    pub vpn_tunnel: Option<String>,
    /// The interconnect attachment that the interface is for.
    #[attr(force_new, equivalent = same_reference, conflicts_with = ["vpn_tunnel", "subnetwork"])]
    pub interconnect_attachment: Option<String>,
    /// The subnet that the interface is in.
    #[attr(force_new, equivalent = same_reference, conflicts_with = ["vpn_tunnel", "interconnect_attachment"])]
    pub subnetwork: Option<String>,
    /// The address in that subnet.
    #[attr(force_new)]
    pub private_ip_address: Auto<String>,
    /// The link-local address and range.
    #[attr(force_new)]
    pub ip_range: Auto<String>,
    /// `IPV4` or `IPV6`.
    #[attr(force_new)]
    pub ip_version: Auto<String>,
    /// The interface that stands in for this one.
    #[attr(force_new)]
    pub redundant_interface: Auto<String>,
}

#[async_trait]
impl Resource for RouterInterface {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let part = planned.part(google)?;
        let body = encode(&planned.body(&part.place))?;
        let (router, made) = INTERFACES.set(google, &part, (body, None), true, cx).await?;
        Ok(planned.with(google, &router, made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let part = |s: &Self| s.part(google);
        INTERFACES
            .read_each(google, states, part, |state, router, found| state.with(google, router, found))
            .await
    }

    /// Nothing of an interface can change.
    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        INTERFACES.remove(google, &state.part(google)?, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["{project}/{region}/{router}/{name}", "{region}/{router}/{name}"])
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        if ["vpn_tunnel", "interconnect_attachment", "subnetwork", "ip_range"].into_iter().all(unset) {
            let detail =
                "One of vpn_tunnel, interconnect_attachment, subnetwork and ip_range says what it is for.";
            diagnostics.push(Diagnostic::error("Interface for nothing", detail));
        }
    }
}

impl RouterInterface {
    fn part(&self, google: &Google) -> Result<Part, Error> {
        Part::new(google, self.project.as_deref(), self.region.as_deref(), &self.router, &self.name)
    }

    /// The interface as Google is to have it.
    fn body(&self, place: &Place) -> Remote {
        let regional = |collection: &str, reference: &Option<String>| {
            let place = format!("projects/{}/regions/{}/{collection}", place.project, place.area);
            reference.as_deref().map(|r| compute_reference(&place, r))
        };
        Remote::new()
            .set_name(&self.name)
            .set_or_clear_linked_vpn_tunnel(regional("vpnTunnels", &self.vpn_tunnel))
            .set_or_clear_linked_interconnect_attachment(regional(
                "interconnectAttachments",
                &self.interconnect_attachment,
            ))
            .set_or_clear_subnetwork(regional("subnetworks", &self.subnetwork))
            .set_or_clear_private_ip_address(self.private_ip_address.0.clone())
            .set_or_clear_ip_range(self.ip_range.0.clone())
            .set_or_clear_ip_version(self.ip_version.as_deref())
            .set_or_clear_redundant_interface(self.redundant_interface.0.clone())
    }

    /// This interface as Google describes it.
    fn with(self, google: &Google, router: &Router, found: Json) -> Result<RouterInterface, Error> {
        let remote: Remote = decode(found)?;
        let part = self.part(google)?;
        Ok(RouterInterface {
            id: format!("{}/{}/{}", part.place.area, part.router, part.name).into(),
            name: part.name,
            router: router.name.clone().unwrap_or(part.router),
            project: part.place.project.into(),
            region: part.place.area.into(),
            vpn_tunnel: remote.linked_vpn_tunnel,
            interconnect_attachment: remote.linked_interconnect_attachment,
            subnetwork: remote.subnetwork,
            private_ip_address: remote.private_ip_address.into(),
            ip_range: remote.ip_range.into(),
            ip_version: remote.ip_version.and_then(|v| v.name().map(str::to_owned)).into(),
            redundant_interface: remote.redundant_interface.into(),
        })
    }
}
