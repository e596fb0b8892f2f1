//! `google_compute_project_metadata`, what all instances of a project are told, and
//! `google_compute_project_metadata_item`, one entry of it.

use super::kind::{Place, change_at};
use crate::Google;
use crate::client::{is_conflict, is_not_found};
use crate::provider::project_of;
use http::Method;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
};

/// How often a change is tried again when others changed the entries meanwhile.
const ATTEMPTS: u32 = 6;

type Entries = BTreeMap<String, String>;

/// Provides all that instances of a project are told; what is not here is taken away.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_project_metadata", keep, timeouts(create = "4m", delete = "4m"))]
pub struct ProjectMetadata {
    /// The project.
    pub id: Computed<String>,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The entries.
    #[attr(required)]
    pub metadata: BTreeMap<String, String>,
}

/// Provides one entry of what instances of a project are told.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_project_metadata_item",
    keep,
    timeouts(create = "5m", update = "5m", delete = "5m")
)]
pub struct ProjectMetadataItem {
    /// The key.
    pub id: Computed<String>,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The key.
    #[attr(force_new)]
    pub key: String,
    /// What it says.
    pub value: String,
}

/// The entries of a project, and their fingerprint.
async fn entries(google: &Google, project: &str) -> Result<(Entries, Json), Error> {
    let found =
        google.fetch("compute.projects.get", "compute", format!("compute/v1/projects/{project}")).await?;
    let metadata = &found["commonInstanceMetadata"];
    let items = metadata["items"].as_array().into_iter().flatten();
    let all = items.filter_map(|item| {
        Some((item["key"].as_str()?.to_owned(), item["value"].as_str().unwrap_or_default().to_owned()))
    });
    Ok((all.collect(), metadata["fingerprint"].clone()))
}

/// Changes the entries of a project. `edit` says whether there is anything to change; it is asked again when somebody
/// else was faster.
async fn change(
    google: &Google,
    project: &str,
    cx: &ApplyContext,
    mut edit: impl FnMut(&mut Entries) -> Result<bool, Error>,
) -> Result<(), Error> {
    let _only = google.only(&format!("metadata of {project}")).await;
    let mut attempt = 1;
    loop {
        let (mut all, fingerprint) = entries(google, project).await?;
        if !edit(&mut all)? {
            return Ok(());
        }
        let items: Vec<Json> = all.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        let body = json!({"items": items, "fingerprint": fingerprint});
        let path = format!("compute/v1/projects/{project}/setCommonInstanceMetadata");
        let (call, place) = ("compute.projects.setCommonInstanceMetadata", Place::global(project));
        match change_at(google, call, Method::POST, &place, path, Some(body), cx).await {
            Err(error) if is_conflict(&error) && attempt < ATTEMPTS => attempt += 1,
            other => return other,
        }
    }
}

/// The entries of the project of each state; those of one project are read once.
async fn entries_of_each(
    google: &Google,
    projects: impl Iterator<Item = Result<String, Error>>,
) -> Vec<Result<Option<Entries>, Error>> {
    let projects: Vec<_> = projects.collect();
    let mut names: Vec<&String> = projects.iter().flatten().collect();
    names.sort();
    names.dedup();
    let found = names.into_iter().map(|name| async move { (name.clone(), entries(google, name).await) });
    let found: BTreeMap<_, _> = join_all(found).await.into_iter().collect();
    let each = projects.iter().map(|project| match found.get(project.as_ref().map_err(Clone::clone)?) {
        Some(Ok((all, _))) => Ok(Some(all.clone())),
        Some(Err(e)) if is_not_found(e) => Ok(None),
        Some(Err(e)) => Err(e.clone()),
        None => Ok(None),
    });
    each.collect()
}

#[async_trait]
impl Resource for ProjectMetadata {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let project = project_of(google, planned.project.as_deref())?.to_owned();
        change(google, &project, cx, |all| {
            let differs = *all != planned.metadata;
            all.clone_from(&planned.metadata);
            Ok(differs)
        })
        .await?;
        Ok(Self { id: project.as_str().into(), project: project.into(), ..planned })
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let projects = states.iter().map(|s| project_of(google, s.project.as_deref()).map(str::to_owned));
        let projects: Vec<_> = projects.collect();
        let found = entries_of_each(google, projects.iter().cloned()).await;
        (states.into_iter().zip(projects).zip(found))
            .map(|((_, project), found)| {
                let project = project?;
                let there = found?.filter(|all| !all.is_empty());
                Ok(there.map(|metadata| Self {
                    id: project.as_str().into(),
                    project: project.into(),
                    metadata,
                }))
            })
            .collect()
    }

    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        Self::create(google, planned, cx).await
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let project = project_of(google, state.project.as_deref())?;
        change(google, project, cx, |all| {
            let any = !all.is_empty();
            all.clear();
            Ok(any)
        })
        .await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let project = id.trim_start_matches("projects/");
        Ok(vec![("id", Value::from(project)), ("project", Value::from(project))])
    }
}

#[async_trait]
impl Resource for ProjectMetadataItem {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let project = project_of(google, planned.project.as_deref())?.to_owned();
        let (key, value) = (&planned.key, &planned.value);
        change(google, &project, cx, |all| {
            if all.contains_key(key) && !cx.repeated {
                let detail = format!(
                    "The metadata of project {project} has the key {key:?} already. Import it, or give another key."
                );
                return Err(Error::new("Taken key", detail).attribute("key"));
            }
            Ok(all.insert(key.clone(), value.clone()).as_ref() != Some(value))
        })
        .await?;
        Ok(Self { id: key.as_str().into(), project: project.into(), ..planned })
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let projects = states.iter().map(|s| project_of(google, s.project.as_deref()).map(str::to_owned));
        let projects: Vec<_> = projects.collect();
        let found = entries_of_each(google, projects.iter().cloned()).await;
        (states.into_iter().zip(projects).zip(found))
            .map(|((state, project), found)| {
                let project = project?;
                let value = found?.and_then(|all| all.get(&state.key).cloned());
                Ok(value.map(|value| Self {
                    id: state.key.as_str().into(),
                    project: project.into(),
                    value,
                    ..state
                }))
            })
            .collect()
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let project = project_of(google, prior.project.as_deref())?;
        change(google, project, cx, |all| {
            Ok(all.insert(planned.key.clone(), planned.value.clone()).as_ref() != Some(&planned.value))
        })
        .await?;
        Ok(Self { id: prior.id, ..planned })
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let project = project_of(google, state.project.as_deref())?;
        change(google, project, cx, |all| Ok(all.remove(&state.key).is_some())).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(match id.trim_start_matches("projects/").rsplit_once('/') {
            Some((project, key)) => {
                let project = project.trim_end_matches("/meta-data").trim_end_matches("/metadata");
                vec![("project", Value::from(project)), ("key", Value::from(key))]
            }
            None => vec![("key", Value::from(id))],
        })
    }
}
