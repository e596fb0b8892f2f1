//! `google_compute_ha_vpn_gateway`: a VPN gateway with two interfaces, each with an address.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::{compute_reference, parse_id, same_reference};
use google_cloud_compute_v1::model::{VpnGateway as Remote, VpnGatewayVpnGatewayInterface};
use std::collections::BTreeMap;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait,
    validate,
};

kind!(Api: VpnGateway, vpn_gateways, "vpnGateways", region, set_vpn_gateway, vpn_gateways);

/// Provides an HA VPN gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_ha_vpn_gateway",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct HaVpnGateway {
    /// The path of the gateway, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the gateway.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project of the gateway.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the gateway.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// The network the gateway is for.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// What the gateway is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The address family of traffic inside tunnels: `IPV4_ONLY`, `IPV4_IPV6` or `IPV6_ONLY`.
    #[attr(force_new, default = "IPV4_ONLY", validate = validate::one_of(&["IPV4_ONLY", "IPV4_IPV6", "IPV6_ONLY"]))]
    pub stack_type: Option<String>,
    /// The address family of the gateway itself: `IPV4` or `IPV6`.
    #[attr(force_new, default = "IPV4", validate = validate::one_of(&["IPV4", "IPV6"]))]
    pub gateway_ip_version: Option<String>,
    /// The interfaces. They are set only for VPN over Interconnect.
    #[block(force_new, computed)]
    pub vpn_interfaces: Vec<Interface>,
    /// The labels of the gateway.
    pub labels: BTreeMap<String, String>,
    /// The version of the labels.
    pub label_fingerprint: Computed<String>,
    /// The URL of the gateway.
    pub self_link: Computed<String>,
}

/// An interface of a gateway.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Interface {
    /// Its number.
    pub id: Option<i64>,
    /// The interconnect attachment that carries it.
    #[attr(equivalent = same_reference)]
    pub interconnect_attachment: Option<String>,
    /// Its address.
    pub ip_address: Computed<String>,
}

#[async_trait]
impl Resource for HaVpnGateway {
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
        if prior.labels != planned.labels {
            kind::set_labels::<Api>(google, &place, &planned.name, &planned.labels, cx).await?;
        }
        let remote = Api::get(google, &place, &planned.name).await?;
        Ok(planned.with(google, remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        kind::delete::<Api>(google, &state.place(google)?, &state.name, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/vpnGateways/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list_all(google, project).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.changed("labels") || cx.changed("terraform_labels") {
            cx.set_unknown("label_fingerprint");
        }
    }
}

impl HaVpnGateway {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Place::regional(google, self.project.as_deref(), self.region.as_deref())
    }

    /// What Google is to make.
    fn body(&self, place: &Place) -> Remote {
        let networks = format!("projects/{}/global/networks", place.project);
        // They are numbered in the order in which they are sent.
        let mut interfaces: Vec<&Interface> =
            self.vpn_interfaces.iter().filter(|i| i.interconnect_attachment.is_some()).collect();
        interfaces.sort_by_key(|i| i.id);
        let interfaces = interfaces.into_iter().map(|i| {
            VpnGatewayVpnGatewayInterface::new()
                .set_or_clear_id(i.id.and_then(|n| u32::try_from(n).ok()))
                .set_or_clear_interconnect_attachment(i.interconnect_attachment.clone())
        });
        Remote::new()
            .set_name(&self.name)
            .set_network(compute_reference(&networks, &self.network))
            .set_or_clear_description(self.description.clone())
            .set_or_clear_stack_type(self.stack_type.as_deref())
            .set_or_clear_gateway_ip_version(self.gateway_ip_version.as_deref())
            .set_vpn_interfaces(interfaces)
            .set_labels(self.labels.clone())
    }

    /// This gateway as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> HaVpnGateway {
        let word = |value: Option<&str>| value.map(str::to_owned);
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let region = crate::names::name_of(remote.region.as_deref().unwrap_or(&place.area)).to_owned();
        let fingerprint = kind::field(&remote, "labelFingerprint");
        let name = remote.name.unwrap_or_default();
        HaVpnGateway {
            id: kind::path::<Api>(&Place::area(&place.project, &region), &name).into(),
            name,
            project: place.project.into(),
            region: region.into(),
            network: remote.network.unwrap_or(self.network),
            description: remote.description,
            stack_type: word(remote.stack_type.as_ref().and_then(|v| v.name())).or(Some("IPV4_ONLY".into())),
            gateway_ip_version: word(remote.gateway_ip_version.as_ref().and_then(|v| v.name()))
                .or(Some("IPV4".into())),
            vpn_interfaces: (remote.vpn_interfaces.into_iter())
                .map(|i| Interface {
                    id: i.id.map(i64::from),
                    interconnect_attachment: i.interconnect_attachment,
                    ip_address: i.ip_address.into(),
                })
                .collect(),
            labels: remote.labels.into_iter().collect(),
            label_fingerprint: fingerprint.into(),
            self_link: remote.self_link.into(),
        }
    }
}
