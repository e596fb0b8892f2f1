//! `google_compute_regions` and `google_compute_zones`: data sources of the places that a project can use.

use crate::Google;
use crate::names::name_of;
use crate::provider::project_of;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait, validate};

/// Lists regions.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_regions")]
pub struct RegionsData {
    /// The path of the project.
    pub id: Computed<String>,
    /// The project.
    pub project: Auto<String>,
    /// Only those that are `UP`, or `DOWN`.
    #[attr(validate = validate::one_of(&["UP", "DOWN"]))]
    pub status: Option<String>,
    /// The names, in order.
    pub names: Computed<Vec<String>>,
}

/// Lists the zones of a region.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_zones")]
pub struct ZonesData {
    /// The path of the project, and the region.
    pub id: Computed<String>,
    /// The project.
    pub project: Auto<String>,
    /// The region.
    pub region: Option<String>,
    /// Only those that are `UP`, or `DOWN`.
    #[attr(validate = validate::one_of(&["UP", "DOWN"]))]
    pub status: Option<String>,
    /// The names, in order.
    pub names: Computed<Vec<String>>,
}

/// The names of what has the status, in order.
fn names<'a>(all: impl Iterator<Item = &'a Json>, status: Option<&str>) -> Vec<String> {
    let fits = |place: &&Json| status.is_none_or(|status| place["status"] == status);
    let mut names: Vec<String> =
        all.filter(fits).filter_map(|place| place["name"].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

#[async_trait]
impl DataSource for RegionsData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?.to_owned();
        let path = format!("compute/v1/projects/{project}/regions");
        let all = google.fetch_all("compute.regions.list", "compute", &path, "items").await?;
        Ok(RegionsData {
            id: format!("projects/{project}").into(),
            names: names(all.iter(), config.status.as_deref()).into(),
            project: project.into(),
            ..config
        })
    }
}

#[async_trait]
impl DataSource for ZonesData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?.to_owned();
        let region = config.region.as_deref().or(google.region()).map(|r| name_of(r).to_owned());
        let region = region.ok_or_else(|| {
            let detail = "Neither the data source nor the provider configuration names a region.";
            Error::new("Missing region", detail).attribute("region")
        })?;
        let path = format!("compute/v1/projects/{project}/zones");
        let all = google.fetch_all("compute.zones.list", "compute", &path, "items").await?;
        let here =
            all.iter().filter(|zone| zone["region"].as_str().is_some_and(|url| name_of(url) == region));
        Ok(ZonesData {
            id: format!("projects/{project}/regions/{region}").into(),
            names: names(here, config.status.as_deref()).into(),
            project: project.into(),
            ..config
        })
    }
}
