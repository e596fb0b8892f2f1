//! Shared VPC: `google_compute_shared_vpc_host_project` lets a project share its networks,
//! `google_compute_shared_vpc_service_project` lets another project use them.

use super::kind::{Place, change_at, request_id};
use crate::Google;
use crate::client::{Request, is_not_found};
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all, validate,
};

/// Lets a project share its networks.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_shared_vpc_host_project", keep, timeouts(create = "4m", delete = "4m"))]
pub struct SharedVpcHostProject {
    /// The project.
    pub id: Computed<String>,
    /// The project.
    #[attr(force_new)]
    pub project: String,
}

#[async_trait]
impl Resource for SharedVpcHostProject {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        change(google, &planned.project, "enableXpnHost", None, cx).await?;
        Ok(Self { id: planned.project.as_str().into(), ..planned })
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            let request = get("compute.projects.get", format!("compute/v1/projects/{}", state.project));
            match google.send(request).await {
                Ok(project) if project["xpnProjectStatus"] == "HOST" => {
                    Ok(Some(Self { id: state.project.as_str().into(), ..state }))
                }
                Ok(_) => Ok(None),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => Err(e),
            }
        }))
        .await
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        gone_is_fine(change(google, &state.project, "disableXpnHost", None, cx).await)
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let project = id.trim_start_matches("projects/");
        Ok(vec![("id", Value::from(project)), ("project", Value::from(project))])
    }
}

/// Lets a project use the networks of a host project.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_compute_shared_vpc_service_project", keep, timeouts(create = "4m", delete = "4m"))]
pub struct SharedVpcServiceProject {
    /// Host and service project.
    pub id: Computed<String>,
    /// The project that shares its networks.
    #[attr(force_new)]
    pub host_project: String,
    /// The project that uses them.
    #[attr(force_new)]
    pub service_project: String,
    /// `ABANDON` lets the project stay attached when this is destroyed.
    #[attr(local, validate = validate::one_of(&["", "ABANDON"]))]
    pub deletion_policy: Option<String>,
}

#[async_trait]
impl Resource for SharedVpcServiceProject {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let resource = json!({"xpnResource": {"id": planned.service_project, "type": "PROJECT"}});
        change(google, &planned.host_project, "enableXpnResource", Some(resource), cx).await?;
        Ok(planned.named())
    }

    /// The projects attached to a host are listed once.
    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let hosts: BTreeSet<String> = states.iter().map(|s| s.host_project.clone()).collect();
        let listed = join_all(hosts.into_iter().map(|host| async move {
            let attached = attached(google, &host).await;
            (host, attached)
        }));
        let attached: BTreeMap<String, Result<BTreeSet<String>, Error>> = listed.await.into_iter().collect();
        states
            .into_iter()
            .map(|state| match attached.get(&state.host_project) {
                Some(Ok(projects)) => Ok(projects.contains(&state.service_project).then(|| state.named())),
                Some(Err(e)) if is_not_found(e) => Ok(None),
                Some(Err(e)) => Err(e.clone()),
                None => Ok(None),
            })
            .collect()
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.deletion_policy.as_deref() == Some("ABANDON") {
            return Ok(());
        }
        if !attached(google, &state.host_project).await?.contains(&state.service_project) {
            return Ok(());
        }
        let resource = json!({"xpnResource": {"id": state.service_project, "type": "PROJECT"}});
        gone_is_fine(change(google, &state.host_project, "disableXpnResource", Some(resource), cx).await)
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        crate::names::parse_id(id, &["{host_project}/{service_project}"])
    }
}

impl SharedVpcServiceProject {
    fn named(self) -> Self {
        Self { id: format!("{}/{}", self.host_project, self.service_project).into(), ..self }
    }
}

fn gone_is_fine(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(e) if is_not_found(&e) => Ok(()),
        other => other,
    }
}

fn get(operation: &str, path: String) -> Request<'_> {
    Request { operation, method: Method::GET, endpoint: "compute", path, body: None, idempotent: true }
}

/// Changes what a project shares, one change at a time.
async fn change(
    google: &Google,
    project: &str,
    verb: &str,
    body: Option<Json>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let place = Place::global(project);
    let _only = google.only(&format!("projects/{project} shared")).await;
    let operation = format!("compute.projects.{verb}");
    let path = format!("compute/v1/projects/{project}/{verb}?requestId={}", request_id(cx, verb));
    change_at(google, &operation, Method::POST, &place, path, body, cx).await
}

/// The projects that use the networks of a host.
async fn attached(google: &Google, host: &str) -> Result<BTreeSet<String>, Error> {
    let mut projects = BTreeSet::new();
    let mut page = String::new();
    loop {
        let path = format!("compute/v1/projects/{host}/getXpnResources?maxResults=500{page}");
        let answer = google.send(get("compute.projects.getXpnResources", path)).await?;
        for resource in answer["resources"].as_array().into_iter().flatten() {
            if resource["type"] == "PROJECT"
                && let Some(id) = resource["id"].as_str()
            {
                projects.insert(id.to_owned());
            }
        }
        match answer["nextPageToken"].as_str().filter(|t| !t.is_empty()) {
            Some(token) => page = format!("&pageToken={token}"),
            None => return Ok(projects),
        }
    }
}
