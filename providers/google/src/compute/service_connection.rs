//! `google_service_networking_connection`: the peering of a network with that of a service's producer.

use crate::Google;
use crate::client::{Request, is_not_found};
use crate::names::{escape, name_of, path_of, same_reference};
use crate::provider::project_of;
use http::Method;
use std::time::Duration;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, validate,
};
use tokio::time::{Instant, sleep};

const PATIENCE: Duration = Duration::from_secs(10 * 60);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Provides a connection of a network with a service, such as `servicenetworking.googleapis.com`.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_service_networking_connection",
    keep,
    timeouts(create = "10m", update = "10m", delete = "10m")
)]
pub struct ServiceNetworkingConnection {
    /// The network and the service.
    pub id: Computed<String>,
    /// The network.
    #[attr(force_new, equivalent = same_reference)]
    pub network: String,
    /// The service.
    #[attr(force_new)]
    pub service: String,
    /// The names of the reserved ranges that the service may use.
    #[attr(required)]
    pub reserved_peering_ranges: Vec<String>,
    /// `ABANDON` lets the connection be when this is destroyed.
    #[attr(local, validate = validate::one_of(&["", "ABANDON"]))]
    pub deletion_policy: Option<String>,
    /// Whether a connection that exists already is given the ranges.
    #[attr(local)]
    pub update_on_creation_fail: Option<bool>,
    /// The name of the peering.
    pub peering: Computed<String>,
}

#[async_trait]
impl Resource for ServiceNetworkingConnection {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let network = planned.numbered(google).await?;
        let takes_over = cx.repeated || planned.update_on_creation_fail == Some(true);
        if takes_over && planned.find(google, &network).await?.is_some() {
            planned.patch(google, &network, cx).await?;
        } else {
            let body = json!({"network": network, "reservedPeeringRanges": planned.reserved_peering_ranges});
            let path = format!("v1/services/{}/connections", planned.service);
            send(google, "servicenetworking.services.connections.create", Method::POST, path, body, cx)
                .await?;
        }
        Ok(planned.refreshed(google, &network).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // The list of connections is that of one network.
        join_all(states.into_iter().map(|state| async move {
            let found = async {
                let network = state.numbered(google).await?;
                state.find(google, &network).await
            };
            match found.await {
                Ok(found) => Ok(found.map(|connection| state.with(&connection))),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => match state.is_without_network(google).await {
                    true => Ok(None),
                    false => Err(e),
                },
            }
        }))
        .await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let network = prior.numbered(google).await?;
        planned.patch(google, &network, cx).await?;
        Ok(planned.refreshed(google, &network).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.deletion_policy.as_deref() == Some("ABANDON") {
            return Ok(());
        }
        let network = state.numbered(google).await?;
        let peering = state.peering.as_deref().unwrap_or("servicenetworking-googleapis-com");
        let path = format!("v1/services/{}/connections/{peering}", state.service);
        let body = json!({"consumerNetwork": network});
        let call = "servicenetworking.services.connections.deleteConnection";
        match send(google, call, Method::POST, path, body, cx).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let id = id.replace("%2F", "/");
        match id.rsplit_once(':') {
            Some((network, service)) if !network.is_empty() && !service.is_empty() => {
                Ok(vec![("network", Value::from(path_of(network))), ("service", Value::from(service))])
            }
            _ => {
                let detail = format!(
                    "{id:?} is not of the form \"projects/PROJECT/global/networks/NETWORK:SERVICE\"."
                );
                Err(Error::new("Invalid import id", detail))
            }
        }
    }
}

impl ServiceNetworkingConnection {
    /// The path of the network.
    fn path(&self, google: &Google) -> Result<String, Error> {
        match self.network.contains("projects/") {
            true => Ok(path_of(&self.network).to_owned()),
            false => Ok(format!("projects/{}/global/networks/{}", project_of(google, None)?, self.network)),
        }
    }

    /// The path of the network with the number of its project, which the service wants.
    async fn numbered(&self, google: &Google) -> Result<String, Error> {
        let path = self.path(google)?;
        let project = path.split('/').nth(1).unwrap_or_default();
        if project.chars().all(|c| c.is_ascii_digit()) {
            return Ok(path);
        }
        let to = format!("v1/projects/{project}");
        let found = google.fetch("cloudresourcemanager.projects.get", "resource_manager", to).await?;
        let number = found["projectNumber"].as_str().map(str::to_owned);
        let number = number.unwrap_or_else(|| found["projectNumber"].to_string());
        Ok(format!("projects/{number}/global/networks/{}", name_of(&path)))
    }

    /// Whether the network is gone, and the connection with it.
    async fn is_without_network(&self, google: &Google) -> bool {
        let Ok(path) = self.path(google) else { return false };
        let found = google.fetch("compute.networks.get", "compute", format!("compute/v1/{path}")).await;
        found.is_err_and(|e| is_not_found(&e))
    }

    /// The connection that there is.
    async fn find(&self, google: &Google, network: &str) -> Result<Option<Json>, Error> {
        let path = format!("v1/services/{}/connections?network={}", self.service, escape(network));
        let call = "servicenetworking.services.connections.list";
        let found = google.fetch(call, "service_networking", path).await?;
        Ok(found["connections"].as_array().and_then(|all| all.first().cloned()))
    }

    async fn patch(&self, google: &Google, network: &str, cx: &ApplyContext) -> Result<(), Error> {
        let body = json!({"network": network, "reservedPeeringRanges": self.reserved_peering_ranges});
        let path =
            format!("v1/services/{}/connections/-?updateMask=reservedPeeringRanges&force=true", self.service);
        send(google, "servicenetworking.services.connections.patch", Method::PATCH, path, body, cx).await
    }

    async fn refreshed(self, google: &Google, network: &str) -> Result<Self, Error> {
        let found = self.find(google, network).await?.ok_or_else(|| {
            Error::new(
                "The connection vanished",
                format!("{network} has no connection with {}.", self.service),
            )
        })?;
        Ok(self.with(&found))
    }

    /// This connection as Google describes it. The order of the ranges means nothing.
    fn with(self, remote: &Json) -> Self {
        let mut there: Vec<String> = (remote["reservedPeeringRanges"].as_array().into_iter().flatten())
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let (mut one, mut other) = (there.clone(), self.reserved_peering_ranges.clone());
        one.sort();
        other.sort();
        if one == other {
            there = self.reserved_peering_ranges;
        }
        let network = path_of(&self.network);
        ServiceNetworkingConnection {
            id: format!("{}:{}", escape(network), self.service).into(),
            reserved_peering_ranges: there,
            peering: remote["peering"].as_str().map(str::to_owned).into(),
            ..self
        }
    }
}

/// Sends a change and waits for its operation.
async fn send(
    google: &Google,
    operation: &str,
    method: Method,
    path: String,
    body: Json,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let endpoint = "service_networking";
    let request = Request { operation, method, endpoint, path, body: Some(body), idempotent: false };
    let mut running = google.send(request).await?;
    let (begun, timeout) = (Instant::now(), cx.timeout_or(PATIENCE));
    let mut pause = FIRST_PAUSE;
    while running["done"] != true {
        let name = running["name"].as_str().unwrap_or_default().to_owned();
        if begun.elapsed() > timeout {
            let detail = format!("Operation {name} is not done after {timeout:?}.");
            return Err(Error::new(format!("Timeout of {operation}"), detail).operation(operation));
        }
        sleep(pause).await;
        pause = (pause * 8 / 5).min(LONGEST_PAUSE);
        running = google.fetch("servicenetworking.operations.get", endpoint, format!("v1/{name}")).await?;
    }
    match running["error"]["message"].as_str() {
        Some(message) => Err(Error::new(format!("{operation} failed"), message).operation(operation)),
        None => Ok(()),
    }
}
