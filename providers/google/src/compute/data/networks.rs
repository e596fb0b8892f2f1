//! `google_compute_network` and `google_compute_networks`: data sources of networks.

use crate::Google;
use crate::provider::project_of;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// Reads a network.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_network")]
pub struct NetworkData {
    /// The path of the network, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the network.
    pub name: String,
    /// The project of the network.
    pub project: Option<String>,
    /// The network profile.
    pub network_profile: Auto<String>,
    /// What the network is for.
    pub description: Computed<String>,
    /// The gateway of a network without subnets.
    pub gateway_ipv4: Computed<String>,
    /// The internal IPv6 range.
    pub internal_ipv6_range: Computed<String>,
    /// Google's number for the network.
    pub network_id: Computed<i64>,
    /// Google's number for the network, as a text.
    pub numeric_id: Computed<String>,
    /// The URL of the network.
    pub self_link: Computed<String>,
    /// The URLs of its subnets.
    pub subnetworks_self_links: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for NetworkData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?;
        let path = format!("projects/{project}/global/networks/{}", config.name);
        let found = google.fetch("compute.networks.get", "compute", format!("compute/v1/{path}")).await?;
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let subnets = found["subnetworks"].as_array().into_iter().flatten().filter_map(Json::as_str);
        Ok(NetworkData {
            id: path.into(),
            network_profile: config.network_profile.0.or(Some(text("networkProfile"))).into(),
            description: text("description").into(),
            gateway_ipv4: text("gatewayIPv4").into(),
            internal_ipv6_range: text("internalIpv6Range").into(),
            network_id: text("id").parse().ok().into(),
            numeric_id: text("id").into(),
            self_link: text("selfLink").into(),
            subnetworks_self_links: subnets.map(str::to_owned).collect::<Vec<_>>().into(),
            ..config
        })
    }
}

/// Lists the networks of a project.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_networks")]
pub struct NetworksData {
    /// The path of the networks.
    pub id: Computed<String>,
    /// The project.
    pub project: Auto<String>,
    /// The names of the networks.
    pub networks: Computed<Vec<String>>,
    /// The URL of the list.
    pub self_link: Computed<String>,
}

#[async_trait]
impl DataSource for NetworksData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?.to_owned();
        let path = format!("projects/{project}/global/networks");
        let all = google
            .fetch_all("compute.networks.list", "compute", &format!("compute/v1/{path}"), "items")
            .await?;
        let names = all.iter().filter_map(|n| n["name"].as_str().map(str::to_owned));
        Ok(NetworksData {
            id: format!("projects/{project}/global/networks").into(),
            networks: names.collect::<Vec<_>>().into(),
            self_link: crate::names::compute_url(&path).into(),
            project: project.into(),
        })
    }
}
