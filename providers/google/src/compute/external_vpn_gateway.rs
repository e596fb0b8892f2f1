//! `google_compute_external_vpn_gateway`: the gateway at the other end of a VPN.

use super::kind::{self, Kind, Place, kind};
use crate::Google;
use crate::names::parse_id;
use crate::provider::project_of;
use google_cloud_compute_v1::model::{ExternalVpnGateway as Remote, ExternalVpnGatewayInterface};
use std::collections::BTreeMap;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, PlanContext, Resource, async_trait,
    validate,
};

kind!(Api: ExternalVpnGateway, external_vpn_gateways, "externalVpnGateways", global, set_external_vpn_gateway, external_vpn_gateways);

/// Describes a VPN gateway outside Google Cloud.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_external_vpn_gateway",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct ExternalVpnGateway {
    /// The path of the gateway, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the gateway.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The project of the gateway.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What the gateway is.
    #[attr(force_new)]
    pub description: Option<String>,
    /// How many interfaces it has: `SINGLE_IP_INTERNALLY_REDUNDANT`, `TWO_IPS_REDUNDANCY` or
    /// `FOUR_IPS_REDUNDANCY`.
    #[attr(force_new, validate = validate::one_of(&["FOUR_IPS_REDUNDANCY", "SINGLE_IP_INTERNALLY_REDUNDANT", "TWO_IPS_REDUNDANCY"]))]
    pub redundancy_type: Option<String>,
    /// Its interfaces.
    #[block(force_new, name = "interface")]
    pub interfaces: Vec<Interface>,
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
    /// Its IPv4 address.
    pub ip_address: Option<String>,
    /// Its IPv6 address.
    pub ipv6_address: Option<String>,
}

#[async_trait]
impl Resource for ExternalVpnGateway {
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
        parse_id(id, &["projects/{project}/global/externalVpnGateways/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = Api::list(google, &Place::global(project)).await?;
        Ok(Some(all.into_iter().map(|remote| Self::default().with(google, remote)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.changed("labels") || cx.changed("terraform_labels") {
            cx.set_unknown("label_fingerprint");
        }
    }
}

impl ExternalVpnGateway {
    fn place(&self, google: &Google) -> Result<Place, Error> {
        Ok(Place::global(project_of(google, self.project.as_deref())?))
    }

    /// What Google is to make.
    fn body(&self, _: &Place) -> Remote {
        let interfaces = self.interfaces.iter().map(|i| {
            ExternalVpnGatewayInterface::new()
                .set_or_clear_id(i.id.and_then(|n| u32::try_from(n).ok()))
                .set_or_clear_ip_address(i.ip_address.clone())
                .set_or_clear_ipv_6_address(i.ipv6_address.clone())
        });
        Remote::new()
            .set_name(&self.name)
            .set_or_clear_description(self.description.clone())
            .set_or_clear_redundancy_type(self.redundancy_type.as_deref())
            .set_interfaces(interfaces)
            .set_labels(self.labels.clone())
    }

    /// This gateway as Google describes it.
    fn with(self, google: &Google, remote: Remote) -> ExternalVpnGateway {
        let place = self.place(google).unwrap_or_else(|_| Place::global(""));
        let fingerprint = kind::field(&remote, "labelFingerprint");
        let name = remote.name.unwrap_or_default();
        ExternalVpnGateway {
            id: kind::path::<Api>(&place, &name).into(),
            name,
            project: place.project.into(),
            description: remote.description,
            redundancy_type: remote.redundancy_type.and_then(|v| v.name().map(str::to_owned)),
            interfaces: (remote.interfaces.into_iter())
                .map(|i| Interface {
                    id: i.id.map(i64::from),
                    ip_address: i.ip_address,
                    ipv6_address: i.ipv_6_address,
                })
                .collect(),
            labels: remote.labels.into_iter().collect(),
            label_fingerprint: fingerprint.into(),
            self_link: remote.self_link.into(),
        }
    }
}
