//! `google_projects`: data source of the projects that a filter fits.

use crate::Google;
use crate::names::escape;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

/// Lists projects.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_projects")]
pub struct ProjectsData {
    /// The filter.
    pub id: Computed<String>,
    /// Which projects, as the API's filters say it: `parent.id:1234 lifecycleState:ACTIVE`.
    pub filter: String,
    /// The projects.
    pub projects: Computed<Vec<ListedProject>>,
}

/// A project in a list.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ListedProject {
    /// When it was made.
    pub create_time: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Whether it is `ACTIVE`.
    pub lifecycle_state: String,
    /// Its name, for people.
    pub name: String,
    /// Google's number for it.
    pub number: String,
    /// What it is in: `type` and `id`.
    pub parent: BTreeMap<String, String>,
    /// Its id.
    pub project_id: String,
}

#[async_trait]
impl DataSource for ProjectsData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let path = format!("v1/projects?filter={}", escape(&config.filter));
        let operation = "cloudresourcemanager.projects.list";
        let all = google.fetch_all(operation, "resource_manager", &path, "projects").await?;
        let map = |json: &Json| -> BTreeMap<String, String> {
            let all = json.as_object().into_iter().flatten();
            all.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect()
        };
        let projects = all.iter().map(|project| {
            let text = |name: &str| project[name].as_str().unwrap_or_default().to_owned();
            ListedProject {
                create_time: text("createTime"),
                labels: map(&project["labels"]),
                lifecycle_state: text("lifecycleState"),
                name: text("name"),
                number: text("projectNumber"),
                parent: map(&project["parent"]),
                project_id: text("projectId"),
            }
        });
        Ok(ProjectsData {
            id: config.filter.as_str().into(),
            projects: projects.collect::<Vec<_>>().into(),
            ..config
        })
    }
}
