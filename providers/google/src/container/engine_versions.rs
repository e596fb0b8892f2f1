//! `google_container_engine_versions`: data source of the versions of Kubernetes that there are in a place.

use super::calls::get;
use super::location;
use crate::Google;
use crate::provider::project_of;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// Reads which versions of Kubernetes there are in a zone or region.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_container_engine_versions")]
pub struct EngineVersionsData {
    /// When that was read.
    pub id: Computed<String>,
    /// The zone or region.
    pub location: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// What versions of interest begin with, such as `1.33.`.
    pub version_prefix: Option<String>,
    /// The version of clusters that ask for none.
    pub default_cluster_version: Computed<String>,
    /// The newest version of control planes.
    pub latest_master_version: Computed<String>,
    /// The newest version of nodes.
    pub latest_node_version: Computed<String>,
    /// The version that each channel begins with.
    pub release_channel_default_version: Computed<BTreeMap<String, String>>,
    /// The newest version of each channel.
    pub release_channel_latest_version: Computed<BTreeMap<String, String>>,
    /// The version that clusters of each channel are upgraded to.
    pub release_channel_upgrade_target_version: Computed<BTreeMap<String, String>>,
    /// All versions of control planes, the newest first.
    pub valid_master_versions: Computed<Vec<String>>,
    /// All versions of nodes, the newest first.
    pub valid_node_versions: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for EngineVersionsData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?;
        let location = location(google, config.location.as_deref())?;
        let path = format!("projects/{project}/locations/{location}/serverConfig");
        let found = get(google, "container.projects.getServerConfig", &path).await?;
        let prefix = config.version_prefix.clone().unwrap_or_default();
        let list = |name: &str| -> Vec<String> {
            let all = found[name].as_array().into_iter().flatten().filter_map(Json::as_str);
            all.filter(|version| version.starts_with(&prefix)).map(str::to_owned).collect()
        };
        let (masters, nodes) = (list("validMasterVersions"), list("validNodeVersions"));
        let channels = |what: &dyn Fn(&Json) -> Option<String>| -> BTreeMap<String, String> {
            let all = found["channels"].as_array().into_iter().flatten();
            all.filter_map(|channel| Some((channel["channel"].as_str()?.to_owned(), what(channel)?)))
                .collect()
        };
        let text = |value: &Json| value.as_str().map(str::to_owned);
        Ok(EngineVersionsData {
            id: format!("projects/{project}/locations/{location}").into(),
            default_cluster_version: text(&found["defaultClusterVersion"]).into(),
            latest_master_version: masters.first().cloned().unwrap_or_default().into(),
            latest_node_version: nodes.first().cloned().unwrap_or_default().into(),
            release_channel_default_version: channels(&|c| text(&c["defaultVersion"])).into(),
            release_channel_latest_version: channels(&|c| text(&c["validVersions"][0])).into(),
            release_channel_upgrade_target_version: channels(&|c| text(&c["upgradeTargetVersion"])).into(),
            valid_master_versions: masters.into(),
            valid_node_versions: nodes.into(),
            ..config
        })
    }
}
