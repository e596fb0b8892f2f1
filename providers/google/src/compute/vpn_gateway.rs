//! `google_compute_vpn_gateway`: a classic VPN gateway, which forwarding rules give an address.

use super::document::{self, Area, Document};
use crate::Google;
use crate::mirror::Mirror;
use crate::names::{parse_id, same_reference};
use terrane_sdk::{ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, async_trait};

/// Provides a classic VPN gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_vpn_gateway", keep, timeouts(create = "20m", delete = "20m"))]
pub struct ClassicVpnGateway {
    /// The path of the gateway, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the gateway.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The network the gateway is for.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The project of the gateway.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The region of the gateway.
    #[attr(force_new, equivalent = same_reference)]
    pub region: Auto<String>,
    /// What the gateway is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// When the gateway was made.
    pub creation_timestamp: Computed<String>,
    /// Google's number for the gateway.
    pub gateway_id: Computed<i64>,
    /// The URL of the gateway.
    pub self_link: Computed<String>,
}

impl Document for ClassicVpnGateway {
    const COLLECTION: &'static str = "targetVpnGateways";
    const AREA: Area = Area::Region;
    const NAMES: Mirror = Mirror(&[("id", ""), ("project", ""), ("region", ""), ("gateway_id", "id")]);
    const REFERENCES: &'static [(&'static str, &'static str)] = &[("network", "global/networks")];
}

#[async_trait]
impl Resource for ClassicVpnGateway {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(document::create(google, &planned, cx).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        document::read(google, states).await
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        document::delete(google, &state, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/regions/{region}/targetVpnGateways/{name}";
        parse_id(id, &[whole, "{project}/{region}/{name}", "{region}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        document::list(google).await
    }
}
