//! `google_project`: a project, resource and data source.

use super::same_id;
use crate::Google;
use crate::client::{Request, finish_long, is_not_found, is_taken};
use google_cloud_gax::options::RequestOptionsBuilder;
use google_cloud_resourcemanager_v3::model::{Project as Remote, project::State};
use http::Method;
use std::collections::BTreeMap;
use std::time::Duration;
use terrane_sdk::join_all;
use terrane_sdk::serde_json::json;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, DataSource, Diagnostic, Diagnostics, Error, Failure, PlanContext,
    Resource, Value, async_trait, validate,
};

const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Provides a project.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_project",
    version = 1,
    keep,
    timeouts(create = "10m", read = "10m", update = "10m", delete = "10m")
)]
pub struct Project {
    /// `projects/` and the project's id.
    pub id: Computed<String>,
    /// The name of the project, for people.
    pub name: String,
    /// The id of the project, unique in all of Google Cloud.
    #[attr(force_new, validate = project_id)]
    pub project_id: String,
    /// The number of the organization the project is in.
    #[attr(conflicts_with = "folder_id")]
    pub org_id: Option<String>,
    /// The number of the folder the project is in.
    #[attr(equivalent = same_id, conflicts_with = "org_id")]
    pub folder_id: Option<String>,
    /// The account that pays.
    #[attr(equivalent = same_id)]
    pub billing_account: Option<String>,
    /// The labels of the project.
    pub labels: BTreeMap<String, String>,
    /// Tags of the resource manager, given at creation.
    #[attr(force_new, local)]
    pub tags: BTreeMap<String, String>,
    /// Whether the network `default` that Google makes is kept.
    #[attr(default = true, local)]
    pub auto_create_network: Option<bool>,
    /// What destroying does: `DELETE`, nothing at all (`ABANDON`), or it is refused (`PREVENT`).
    #[attr(default = "PREVENT", local, validate = validate::one_of(&["PREVENT", "ABANDON", "DELETE"]))]
    pub deletion_policy: Option<String>,
    /// Google's number for the project.
    pub number: Computed<String>,
}

/// Checks a project id.
fn project_id(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    // Ids of projects that are older, or belong to a domain, are freer than those of new ones.
    let own = text.rsplit_once(':').map_or(text, |(_, own)| own);
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match (6..=30).contains(&own.len()) && own.chars().all(fits) && !own.ends_with('-') {
        true => Ok(()),
        false => {
            Err(format!("{text:?} must have 6 to 30 lowercase letters, digits and dashes, no dash last."))
        }
    }
}

#[async_trait]
impl Resource for Project {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let parent = planned.parent();
        let body = Remote::new()
            .set_project_id(&planned.project_id)
            .set_display_name(&planned.name)
            .set_parent(parent.unwrap_or_default())
            .set_labels(planned.labels.clone());
        let operation = "cloudresourcemanager.projects.create";
        let begin = google.projects().await?.create_project().set_project(body).send();
        match google.call(operation, begin).await {
            Ok(running) => {
                finish_long(operation, running, cx.timeout_or(PATIENCE), |name| ask(google, name)).await?;
            }
            // An earlier attempt made it.
            Err(e) if cx.repeated && is_taken(&e) => {}
            Err(e) => return Err(explain_taken(e, &planned.project_id).into()),
        }
        let made = get(google, &planned.project_id).await?;
        let partial = planned.clone().with(made, planned.billing_account.clone());
        let complete = async {
            if let Some(account) = &planned.billing_account {
                set_billing(google, &planned.project_id, Some(account)).await?;
            }
            if planned.auto_create_network == Some(false) {
                delete_default_network(google, &planned.project_id, cx).await?;
            }
            Ok(())
        };
        match complete.await {
            Ok(()) => Ok(partial),
            Err(error) => Err(Failure::partial(error, partial)),
        }
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            let id = state.own_id().to_owned();
            let remote = match get(google, &id).await {
                Ok(remote) if remote.state == State::DeleteRequested => return Ok(None),
                Ok(remote) => remote,
                Err(e) if is_not_found(&e) => return Ok(None),
                Err(e) => return Err(e),
            };
            let billing = billing(google, &id).await?;
            Ok(Some(state.with(remote, billing)))
        }))
        .await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let name = format!("projects/{}", planned.project_id);
        let wait = |operation: &'static str, running| {
            finish_long(operation, running, cx.timeout_or(PATIENCE), |name| ask(google, name))
        };
        if prior.name != planned.name || prior.labels != planned.labels {
            let operation = "cloudresourcemanager.projects.patch";
            let body = Remote::new()
                .set_name(&name)
                .set_project_id(&planned.project_id)
                .set_display_name(&planned.name)
                .set_labels(planned.labels.clone());
            let mask = google_cloud_wkt::FieldMask::default().set_paths(["display_name", "labels"]);
            let call = google.projects().await?.update_project().set_project(body).set_update_mask(mask);
            let running = google.call(operation, call.with_idempotency(true).send()).await?;
            wait(operation, running).await?;
        }
        if prior.parent() != planned.parent()
            && let Some(parent) = planned.parent()
        {
            let operation = "cloudresourcemanager.projects.move";
            let call = google.projects().await?.move_project().set_name(&name).set_destination_parent(parent);
            let running = google.call(operation, call.send()).await?;
            wait(operation, running).await?;
        }
        if prior.billing_account != planned.billing_account {
            set_billing(google, &planned.project_id, planned.billing_account.as_deref()).await?;
        }
        let remote = get(google, &planned.project_id).await?;
        let billing = planned.billing_account.clone();
        Ok(planned.with(remote, billing))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        match state.deletion_policy.as_deref() {
            Some("ABANDON") => return Ok(()),
            Some("DELETE") => {}
            _ => {
                let detail = format!(
                    "Project {} has deletion_policy PREVENT. To delete it, apply deletion_policy = \"DELETE\" first; \
                     \"ABANDON\" leaves the project and only forgets it.",
                    state.project_id
                );
                return Err(
                    Error::new("A project that must not be deleted", detail).attribute("deletion_policy")
                );
            }
        }
        let operation = "cloudresourcemanager.projects.delete";
        let name = format!("projects/{}", state.own_id());
        let call = google.projects().await?.delete_project().set_name(name);
        match google.call(operation, call.send()).await {
            Err(e) if is_not_found(&e) => Ok(()),
            // It is deleted already, and kept for thirty days.
            Err(_) if is_deleted(google, state.own_id()).await => Ok(()),
            other => finish_long(operation, other?, cx.timeout_or(PATIENCE), |name| ask(google, name)).await,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let project = id.trim_start_matches("projects/");
        Ok(vec![("id", Value::from(format!("projects/{project}"))), ("project_id", Value::from(project))])
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        let set = |name: &str| !cx.config(name).is_null();
        let known = |value: Value| value.as_str().map(str::to_owned);
        let had_parent = known(cx.prior("org_id")).or(known(cx.prior("folder_id"))).is_some();
        if had_parent && !set("org_id") && !set("folder_id") {
            let detail = "A project in an organization or folder cannot leave it: set org_id or folder_id.";
            cx.error("Project without a parent", detail);
        }
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let name = config.attribute("name").and_then(|v| v.as_str().map(str::to_owned));
        if name.is_some_and(|name| !(4..=30).contains(&name.chars().count())) {
            let detail = "The name of a project has 4 to 30 characters.";
            diagnostics.push(Diagnostic::error("Invalid project name", detail).on_attribute("name"));
        }
    }
}

impl Project {
    fn own_id(&self) -> &str {
        match self.project_id.is_empty() {
            true => self.id.as_deref().map_or("", |id| id.trim_start_matches("projects/")),
            false => &self.project_id,
        }
    }

    /// `organizations/1` or `folders/1`.
    fn parent(&self) -> Option<String> {
        let folder = self.folder_id.as_deref().map(|id| format!("folders/{}", crate::names::name_of(id)));
        folder.or_else(|| self.org_id.as_deref().map(|id| format!("organizations/{id}")))
    }

    /// This project as Google describes it.
    fn with(self, remote: Remote, billing_account: Option<String>) -> Project {
        let of = |collection: &str| remote.parent.strip_prefix(collection).map(str::to_owned);
        Project {
            id: format!("projects/{}", remote.project_id).into(),
            name: remote.display_name.clone(),
            org_id: of("organizations/"),
            folder_id: of("folders/"),
            billing_account: billing_account.filter(|a| !a.is_empty()),
            labels: remote.labels.into_iter().collect(),
            number: remote.name.trim_start_matches("projects/").into(),
            project_id: remote.project_id,
            ..self
        }
    }
}

async fn ask(google: &Google, name: String) -> Result<google_cloud_longrunning::model::Operation, Error> {
    let call = google.projects().await?.get_operation().set_name(name);
    google.call("cloudresourcemanager.operations.get", call.send()).await
}

async fn get(google: &Google, id: &str) -> Result<Remote, Error> {
    let call = google.projects().await?.get_project().set_name(format!("projects/{id}"));
    let found = google.call("cloudresourcemanager.projects.get", call.send()).await;
    // Google does not tell whether a project is missing or hidden.
    found.map_err(|e| match e.has_code(&["PERMISSION_DENIED"]) && e.detail.contains("it may not exist") {
        true => e.code("NOT_FOUND"),
        false => e,
    })
}

async fn is_deleted(google: &Google, id: &str) -> bool {
    get(google, id).await.is_ok_and(|remote| remote.state == State::DeleteRequested)
}

/// Whether a project is deleted, or was never there.
pub(super) async fn is_gone(google: &Google, id: &str) -> bool {
    match get(google, id).await {
        Ok(remote) => remote.state == State::DeleteRequested,
        Err(e) => is_not_found(&e),
    }
}

/// The account that pays for a project; none when billing is off, or nobody may know.
pub(super) async fn billing(google: &Google, id: &str) -> Result<Option<String>, Error> {
    let call = google.billing().await?.get_project_billing_info().set_name(format!("projects/{id}"));
    match google.call("cloudbilling.projects.getBillingInfo", call.send()).await {
        Ok(info) => Ok(info.billing_account_name.strip_prefix("billingAccounts/").map(str::to_owned)),
        Err(e) if e.has_code(&["PERMISSION_DENIED", "403"]) => Ok(None),
        Err(e) => Err(e),
    }
}

/// Lets an account pay for a project; without one, billing is switched off.
pub(super) async fn set_billing(google: &Google, id: &str, account: Option<&str>) -> Result<(), Error> {
    let name = account.map(|a| format!("billingAccounts/{}", crate::names::name_of(a))).unwrap_or_default();
    let request = Request {
        operation: "cloudbilling.projects.updateBillingInfo",
        method: Method::PUT,
        endpoint: "cloud_billing",
        path: format!("v1/projects/{id}/billingInfo"),
        body: Some(json!({"billingAccountName": name})),
        idempotent: true,
    };
    google.send(request).await.map(|_| ())
}

/// Deletes the network that Google makes in each project that uses Compute Engine.
async fn delete_default_network(google: &Google, id: &str, cx: &ApplyContext) -> Result<(), Error> {
    let place = crate::compute::kind::Place::global(id);
    crate::compute::delete_network(google, &place, "default", cx).await
}

fn explain_taken(error: Error, id: &str) -> Error {
    match is_taken(&error) {
        true => Error::new(
            "The project id is taken",
            format!("{id:?} is the id of a project already, perhaps somebody else's or one deleted less than 30 days ago."),
        )
        .operation("cloudresourcemanager.projects.create")
        .code("ALREADY_EXISTS"),
        false => error,
    }
}

/// Reads a project.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_project")]
pub struct ProjectData {
    /// `projects/` and the project's id.
    pub id: Computed<String>,
    /// The id of the project; the provider's unless set.
    pub project_id: Option<String>,
    /// The name of the project, for people.
    pub name: Computed<String>,
    /// The number of the organization the project is in.
    pub org_id: Computed<String>,
    /// The number of the folder the project is in.
    pub folder_id: Computed<String>,
    /// The account that pays.
    pub billing_account: Computed<String>,
    /// The labels of the project.
    pub labels: Computed<BTreeMap<String, String>>,
    /// All labels of the project.
    pub effective_labels: Computed<BTreeMap<String, String>>,
    /// All labels of the project.
    pub terraform_labels: Computed<BTreeMap<String, String>>,
    /// Tags, which the API does not tell.
    pub tags: Computed<BTreeMap<String, String>>,
    /// Whether the network `default` was kept; not known of a project that exists.
    pub auto_create_network: Computed<bool>,
    /// What destroying does; not known of a project that exists.
    pub deletion_policy: Computed<String>,
    /// Google's number for the project.
    pub number: Computed<String>,
}

#[async_trait]
impl DataSource for ProjectData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let id = crate::provider::project_of(google, config.project_id.as_deref())?.to_owned();
        let project = Project::default().with(get(google, &id).await?, billing(google, &id).await?);
        Ok(ProjectData {
            id: project.id,
            project_id: Some(project.project_id),
            name: project.name.into(),
            org_id: project.org_id.into(),
            folder_id: project.folder_id.into(),
            billing_account: project.billing_account.into(),
            labels: project.labels.clone().into(),
            effective_labels: project.labels.clone().into(),
            terraform_labels: project.labels.into(),
            number: project.number,
            ..config
        })
    }
}
