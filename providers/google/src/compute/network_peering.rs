//! `google_compute_network_peering`: one side of a peering of two networks.

use super::kind::{Place, change_at, request_id};
use crate::Google;
use crate::client::is_not_found;
use crate::names::{compute_reference, name_of, path_of, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, join_all,
    validate,
};

/// Provides one side of a peering; it is active when the other network has the other side.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_network_peering",
    keep,
    timeouts(create = "4m", update = "4m", delete = "4m")
)]
pub struct NetworkPeering {
    /// The network's name and the peering's.
    pub id: Computed<String>,
    /// The name of the peering.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The network on this side.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The network on the other side.
    #[attr(force_new, equivalent = same_reference)]
    pub peer_network: String,
    /// Whether the other side gets routes that are not of subnets.
    #[attr(default = false)]
    pub export_custom_routes: Option<bool>,
    /// Whether this side takes such routes.
    #[attr(default = false)]
    pub import_custom_routes: Option<bool>,
    /// Whether the other side gets routes of subnets with public addresses of one's own.
    #[attr(force_new, default = true)]
    pub export_subnet_routes_with_public_ip: Option<bool>,
    /// Whether this side takes such routes.
    #[attr(force_new)]
    pub import_subnet_routes_with_public_ip: Option<bool>,
    /// Which versions of IP go through.
    #[attr(default = "IPV4_ONLY", validate = validate::one_of(&["IPV4_ONLY", "IPV4_IPV6"]))]
    pub stack_type: Option<String>,
    /// Whether it is `ACTIVE`.
    pub state: Computed<String>,
    /// Why it is so.
    pub state_details: Computed<String>,
}

#[async_trait]
impl Resource for NetworkPeering {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.network_path(google)?;
        if !cx.repeated || find(google, &path, &planned.name).await?.is_none() {
            let body = json!({"networkPeering": planned.body(google)?});
            planned.change(google, Method::POST, "addPeering", body, cx).await?;
        }
        Ok(planned.refreshed(google, &path).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let wanted = states.iter().map(|s| Ok((s.network_path(google)?, s.name.clone()))).collect();
        (find_all(google, wanted).await.into_iter().zip(states))
            .map(|(found, state)| Ok(found?.map(|peering| state.with(&peering))))
            .collect()
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let body = json!({"networkPeering": planned.body(google)?});
        planned.change(google, Method::PATCH, "updatePeering", body, cx).await?;
        let path = prior.network_path(google)?;
        Ok(planned.refreshed(google, &path).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let path = state.network_path(google)?;
        match find(google, &path, &state.name).await {
            Ok(None) => return Ok(()),
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        state.change(google, Method::POST, "removePeering", json!({"name": state.name}), cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let parts: Vec<&str> = path_of(id).split('/').collect();
        let (network, name) = match parts[..] {
            [project, network, name] => (format!("projects/{project}/global/networks/{network}"), name),
            ["projects", project, "global", "networks", network, name] => {
                (format!("projects/{project}/global/networks/{network}"), name)
            }
            [network, name] => (network.to_owned(), name),
            _ => {
                let detail = format!("{id:?} is not of the form \"project/network/name\".");
                return Err(Error::new("Invalid import id", detail));
            }
        };
        Ok(vec![("network", Value::from(network)), ("name", Value::from(name))])
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if !cx.is_create() && cx.is_changed() {
            cx.set_unknown("state_details");
        }
    }
}

/// The peerings of the network at a path.
async fn peerings(google: &Google, network: &str) -> Result<Vec<Json>, Error> {
    let found = google.fetch("compute.networks.get", "compute", format!("compute/v1/{network}")).await?;
    Ok(found["peerings"].as_array().cloned().unwrap_or_default())
}

/// The peerings of these networks with these names, each network read once: peerings are parts of it. `None` where
/// there is none.
pub(super) async fn find_all(
    google: &Google,
    wanted: Vec<Result<(String, String), Error>>,
) -> Vec<Result<Option<Json>, Error>> {
    let networks: BTreeSet<&String> = wanted.iter().flatten().map(|(network, _)| network).collect();
    let networks =
        networks.into_iter().map(|path| async move { (path.clone(), peerings(google, path).await) });
    let networks: BTreeMap<_, _> = join_all(networks).await.into_iter().collect();
    let found = wanted.into_iter().map(|wanted| {
        let (network, name) = wanted?;
        match networks.get(&network) {
            Some(Ok(all)) => Ok(all.iter().find(|peering| peering["name"] == name.as_str()).cloned()),
            Some(Err(e)) if !is_not_found(e) => Err(e.clone()),
            _ => Ok(None),
        }
    });
    found.collect()
}

pub(super) async fn find(google: &Google, network: &str, name: &str) -> Result<Option<Json>, Error> {
    Ok(peerings(google, network).await?.into_iter().find(|peering| peering["name"] == name))
}

impl NetworkPeering {
    /// The path of the network on this side.
    fn network_path(&self, google: &Google) -> Result<String, Error> {
        if self.network.contains("projects/") {
            return Ok(path_of(&self.network).to_owned());
        }
        Ok(format!("projects/{}/global/networks/{}", project_of(google, None)?, self.network))
    }

    /// The peering as Google is to have it.
    fn body(&self, google: &Google) -> Result<Json, Error> {
        let path = self.network_path(google)?;
        let networks = path.rsplit_once('/').map_or("", |(networks, _)| networks);
        Ok(json!({
            "name": self.name,
            "network": compute_reference(networks, &self.peer_network),
            "exchangeSubnetRoutes": true,
            "exportCustomRoutes": self.export_custom_routes == Some(true),
            "importCustomRoutes": self.import_custom_routes == Some(true),
            "exportSubnetRoutesWithPublicIp": self.export_subnet_routes_with_public_ip != Some(false),
            "importSubnetRoutesWithPublicIp": self.import_subnet_routes_with_public_ip == Some(true),
            "stackType": self.stack_type,
        }))
    }

    async fn change(
        &self,
        google: &Google,
        method: Method,
        verb: &str,
        body: Json,
        cx: &ApplyContext,
    ) -> Result<(), Error> {
        let network = self.network_path(google)?;
        let project = network.split('/').nth(1).unwrap_or_default();
        // A network takes one change of its peerings at a time.
        let _only = google.only(&network).await;
        let call = format!("compute.networks.{verb}");
        let path = format!("compute/v1/{network}/{verb}?requestId={}", request_id(cx, verb));
        change_at(google, &call, method, &Place::global(project), path, Some(body), cx).await
    }

    async fn refreshed(self, google: &Google, network: &str) -> Result<Self, Error> {
        let found = find(google, network, &self.name).await?.ok_or_else(|| {
            Error::new("The peering vanished", format!("{} is not in {network}.", self.name))
        })?;
        Ok(self.with(&found))
    }

    /// This peering as Google describes it.
    fn with(self, remote: &Json) -> Self {
        let text = |name: &str| remote[name].as_str().map(str::to_owned);
        NetworkPeering {
            id: format!("{}/{}", name_of(&self.network), self.name).into(),
            peer_network: text("network").unwrap_or(self.peer_network),
            export_custom_routes: Some(remote["exportCustomRoutes"] == true),
            import_custom_routes: Some(remote["importCustomRoutes"] == true),
            export_subnet_routes_with_public_ip: Some(remote["exportSubnetRoutesWithPublicIp"] != false),
            import_subnet_routes_with_public_ip: Some(remote["importSubnetRoutesWithPublicIp"] == true),
            stack_type: text("stackType").or(self.stack_type),
            state: text("state").into(),
            state_details: text("stateDetails").into(),
            ..self
        }
    }
}
