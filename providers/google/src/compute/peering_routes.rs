//! `google_compute_network_peering_routes_config`: which routes go through a peering that something else made.

use super::kind::{Place, change_at, request_id};
use super::network_peering::{find, find_all};
use crate::Google;
use crate::names::{parse_id, path_of, same_reference};
use crate::provider::project_of;
use http::Method;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, async_trait};

/// Sets which routes go through a peering, such as that of private services access.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_network_peering_routes_config",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct PeeringRoutes {
    /// The path of the peering.
    pub id: Computed<String>,
    /// Whether the other side gets routes that are not of subnets.
    pub export_custom_routes: bool,
    /// Whether this side takes such routes.
    pub import_custom_routes: bool,
    /// The network on this side.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The name of the peering.
    #[attr(force_new)]
    pub peering: String,
    /// The project of the network.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// Whether the other side gets routes of subnets with public addresses of one's own.
    pub export_subnet_routes_with_public_ip: Auto<bool>,
    /// Whether this side takes such routes.
    pub import_subnet_routes_with_public_ip: Auto<bool>,
}

#[async_trait]
impl Resource for PeeringRoutes {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.set(google, cx).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let wanted = states.iter().map(|s| Ok((s.network_path(google)?, s.peering.clone()))).collect();
        (find_all(google, wanted).await.into_iter().zip(states))
            .map(|(found, state)| match found? {
                Some(peering) => {
                    let path = state.network_path(google)?;
                    Ok(Some(state.with(&path, &peering)))
                }
                None => Ok(None),
            })
            .collect()
    }

    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        Ok(planned.set(google, cx).await?)
    }

    /// The peering stays, with the routes that go through it.
    async fn delete(_: &Google, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/global/networks/{network}/networkPeerings/{peering}",
                "{project}/{network}/{peering}",
                "{network}/{peering}",
            ],
        )
    }
}

impl PeeringRoutes {
    /// The path of the network on this side.
    fn network_path(&self, google: &Google) -> Result<String, Error> {
        if self.network.contains("projects/") {
            return Ok(path_of(&self.network).to_owned());
        }
        let project = project_of(google, self.project.as_deref())?;
        Ok(format!("projects/{project}/global/networks/{}", self.network))
    }

    async fn set(self, google: &Google, cx: &ApplyContext) -> Result<Self, Error> {
        let network = self.network_path(google)?;
        let project = network.split('/').nth(1).unwrap_or_default();
        let mut peering = json!({
            "name": self.peering,
            "exportCustomRoutes": self.export_custom_routes,
            "importCustomRoutes": self.import_custom_routes,
        });
        for (name, value) in [
            ("exportSubnetRoutesWithPublicIp", self.export_subnet_routes_with_public_ip.0),
            ("importSubnetRoutesWithPublicIp", self.import_subnet_routes_with_public_ip.0),
        ] {
            if let Some(value) = value {
                peering[name] = value.into();
            }
        }
        let changed = {
            // A network takes one change of its peerings at a time.
            let _only = google.only(&network).await;
            let path = format!("compute/v1/{network}/updatePeering?requestId={}", request_id(cx, "routes"));
            let body = Some(json!({"networkPeering": peering}));
            let call = "compute.networks.updatePeering";
            change_at(google, call, Method::PATCH, &Place::global(project), path, body, cx).await
        };
        changed?;
        let found = find(google, &network, &self.peering).await?.ok_or_else(|| {
            Error::new("No such peering", format!("{network} has no peering {}.", self.peering))
        })?;
        Ok(self.with(&network, &found))
    }

    /// These routes as Google describes them.
    fn with(self, network: &str, remote: &Json) -> Self {
        let on = |name: &str| remote[name] == true;
        PeeringRoutes {
            id: format!("{network}/networkPeerings/{}", self.peering).into(),
            project: network.split('/').nth(1).unwrap_or_default().into(),
            export_custom_routes: on("exportCustomRoutes"),
            import_custom_routes: on("importCustomRoutes"),
            export_subnet_routes_with_public_ip: on("exportSubnetRoutesWithPublicIp").into(),
            import_subnet_routes_with_public_ip: on("importSubnetRoutesWithPublicIp").into(),
            ..self
        }
    }
}
