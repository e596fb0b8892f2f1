//! `google_project_service`: an API that a project uses.

use crate::Google;
use crate::client::{finish_long, is_not_found};
use crate::names::parse_id;
use crate::provider::project_of;
use google_cloud_api_serviceusage_v1::model::{
    Service, State, disable_service_request::CheckIfServiceHasUsage,
};
use google_cloud_gax::paginator::ItemPaginator;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
};

const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// Provides an API in a project.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_project_service",
    keep,
    timeouts(create = "20m", read = "10m", update = "20m", delete = "20m")
)]
pub struct ProjectService {
    /// Project and service.
    pub id: Computed<String>,
    /// The service: `compute.googleapis.com`.
    #[attr(force_new, validate = service)]
    pub service: String,
    /// The project.
    #[attr(force_new, equivalent = super::same_id)]
    pub project: Auto<String>,
    /// Whether services that need this one are disabled with it.
    #[attr(local)]
    pub disable_dependent_services: Option<bool>,
    /// Whether destroying disables the service; unless set to false it does.
    #[attr(local, default = true)]
    pub disable_on_destroy: Option<bool>,
}

fn service(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    match text.contains('.') && !text.contains('/') {
        true => Ok(()),
        false => {
            Err(format!("{text:?} must be the full name of a service, such as \"compute.googleapis.com\"."))
        }
    }
}

#[async_trait]
impl Resource for ProjectService {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let project = planned.project(google)?;
        let name = format!("projects/{project}/services/{}", planned.service);
        let operation = "serviceusage.services.enable";
        let call = google.service_usage().await?.enable_service().set_name(name);
        let running = google.call(operation, call.send()).await?;
        finish_long(operation, running, cx.timeout_or(PATIENCE), |name| ask(google, name)).await?;
        Ok(planned.with(&project))
    }

    /// The enabled services of a project are listed once, however many of them are asked for.
    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let projects: Vec<Result<String, Error>> = states.iter().map(|s| s.project(google)).collect();
        let distinct: BTreeSet<&String> = projects.iter().flatten().collect();
        let listed = join_all(distinct.into_iter().map(|project| async move {
            let services = match enabled(google, project).await {
                // Of a project that is gone, Google says that nobody may see its services.
                Err(_) if super::project::is_gone(google, project).await => Ok(BTreeSet::new()),
                other => other,
            };
            (project.clone(), services)
        }));
        let enabled: BTreeMap<String, Result<BTreeSet<String>, Error>> = listed.await.into_iter().collect();
        (states.into_iter().zip(projects))
            .map(|(state, project)| {
                let project = project?;
                match enabled.get(&project) {
                    Some(Ok(names)) => Ok(names.contains(&state.service).then(|| state.with(&project))),
                    Some(Err(e)) => Err(e.clone()),
                    None => Ok(None),
                }
            })
            .collect()
    }

    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let project = planned.project(google)?;
        Ok(planned.with(&project))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.disable_on_destroy == Some(false) {
            return Ok(());
        }
        let operation = "serviceusage.services.disable";
        let name = format!("projects/{}/services/{}", state.project(google)?, state.service);
        let call = google
            .service_usage()
            .await?
            .disable_service()
            .set_name(name)
            .set_disable_dependent_services(state.disable_dependent_services == Some(true))
            .set_check_if_service_has_usage(CheckIfServiceHasUsage::Skip);
        match google.call(operation, call.send()).await {
            Err(e) if is_not_found(&e) || e.detail.contains("not enabled") => Ok(()),
            other => finish_long(operation, other?, cx.timeout_or(PATIENCE), |name| ask(google, name)).await,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["{project}/{service}"])
    }
}

impl ProjectService {
    fn project(&self, google: &Google) -> Result<String, Error> {
        let project = project_of(google, self.project.as_deref())?;
        Ok(crate::names::name_of(project).to_owned())
    }

    fn with(self, project: &str) -> ProjectService {
        ProjectService { id: format!("{project}/{}", self.service).into(), project: project.into(), ..self }
    }
}

async fn ask(google: &Google, name: String) -> Result<google_cloud_longrunning::model::Operation, Error> {
    let call = google.service_usage().await?.get_operation().set_name(name);
    google.call("serviceusage.operations.get", call.send()).await
}

/// The names of the services that a project uses.
async fn enabled(google: &Google, project: &str) -> Result<BTreeSet<String>, Error> {
    let call = google.service_usage().await?.list_services().set_parent(format!("projects/{project}"));
    let mut all = call.set_filter("state:ENABLED").set_page_size(200).by_item();
    let mut names = BTreeSet::new();
    let operation = "serviceusage.services.list";
    while let Some(service) = google.call(operation, async { all.next().await.transpose() }).await? {
        let Service { name, state, .. } = service;
        if state == State::Enabled {
            names.insert(crate::names::name_of(&name).to_owned());
        }
    }
    Ok(names)
}
