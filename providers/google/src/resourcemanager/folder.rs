//! `google_folder`: a folder of an organization.

use crate::Google;
use crate::client::{finish_long, is_not_found, is_taken};
use google_cloud_gax::options::RequestOptionsBuilder;
use google_cloud_gax::paginator::ItemPaginator;
use google_cloud_resourcemanager_v3::model::{Folder as Remote, folder::State};
use std::collections::BTreeMap;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, join_all,
};

const PATIENCE: Duration = Duration::from_secs(4 * 60);

/// Provides a folder.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_folder", keep, timeouts(create = "4m", read = "4m", update = "4m", delete = "4m"))]
pub struct Folder {
    /// `folders/` and the folder's number.
    pub id: Computed<String>,
    /// The name of the folder, for people; unique beside its siblings.
    pub display_name: String,
    /// What the folder is in: `organizations/1` or `folders/1`.
    pub parent: String,
    /// Whether destroying is refused.
    #[attr(default = true, local)]
    pub deletion_protection: Option<bool>,
    /// Tags of the resource manager, given at creation.
    #[attr(force_new, local)]
    pub tags: BTreeMap<String, String>,
    /// The capabilities of the folder.
    pub configured_capabilities: Computed<Vec<String>>,
    /// When the folder was made.
    pub create_time: Computed<String>,
    /// The folder's number.
    pub folder_id: Computed<String>,
    /// Whether the folder is `ACTIVE`.
    pub lifecycle_state: Computed<String>,
    /// The project that manages the folder, if it is one for applications.
    pub management_project: Computed<String>,
    /// `folders/` and the folder's number.
    pub name: Computed<String>,
}

#[async_trait]
impl Resource for Folder {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let body = Remote::new().set_display_name(&planned.display_name).set_parent(&planned.parent);
        let operation = "cloudresourcemanager.folders.create";
        if !cx.repeated || find(google, &planned).await?.is_none() {
            let call = google.folders().await?.create_folder().set_folder(body);
            match google.call(operation, call.send()).await {
                Ok(running) => {
                    finish_long(operation, running, cx.timeout_or(PATIENCE), |name| ask(google, name))
                        .await?;
                }
                Err(e) if cx.repeated && is_taken(&e) => {}
                Err(e) => return Err(e.into()),
            }
        }
        // The operation's answer is not typed: the name is unique beside its siblings.
        let made = find(google, &planned).await?.ok_or_else(|| {
            Error::new(
                "The folder vanished",
                format!("{} is not in {}.", planned.display_name, planned.parent),
            )
        })?;
        Ok(planned.with(made))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            let name = format!("folders/{}", crate::names::name_of(state.id.known()?));
            match get(google, &name).await {
                Ok(remote) if remote.state == State::DeleteRequested => Ok(None),
                Ok(remote) => Ok(Some(state.with(remote))),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => Err(e),
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
        let name = prior.id.known()?.clone();
        let wait = |operation: &'static str, running| {
            finish_long(operation, running, cx.timeout_or(PATIENCE), |name| ask(google, name))
        };
        if prior.display_name != planned.display_name {
            let operation = "cloudresourcemanager.folders.patch";
            let body = Remote::new().set_name(&name).set_display_name(&planned.display_name);
            let mask = google_cloud_wkt::FieldMask::default().set_paths(["display_name"]);
            let call = google.folders().await?.update_folder().set_folder(body).set_update_mask(mask);
            let running = google.call(operation, call.with_idempotency(true).send()).await?;
            wait(operation, running).await?;
        }
        if prior.parent != planned.parent {
            let operation = "cloudresourcemanager.folders.move";
            let call = google.folders().await?.move_folder().set_name(&name);
            let running = google.call(operation, call.set_destination_parent(&planned.parent).send()).await?;
            wait(operation, running).await?;
        }
        let remote = get(google, &name).await?;
        Ok(planned.with(remote))
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.deletion_protection != Some(false) {
            let detail = format!(
                "Folder {} has deletion_protection. To delete it, apply deletion_protection = false first.",
                state.display_name
            );
            return Err(
                Error::new("A folder that must not be deleted", detail).attribute("deletion_protection")
            );
        }
        let operation = "cloudresourcemanager.folders.delete";
        let name = state.id.known()?;
        let call = google.folders().await?.delete_folder().set_name(name);
        match google.call(operation, call.send()).await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) => match get(google, name).await {
                Ok(remote) if remote.state == State::DeleteRequested => Ok(()),
                _ => Err(e),
            },
            Ok(running) => {
                finish_long(operation, running, cx.timeout_or(PATIENCE), |name| ask(google, name)).await
            }
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(format!("folders/{}", crate::names::name_of(id))))])
    }
}

impl Folder {
    /// This folder as Google describes it.
    fn with(self, remote: Remote) -> Folder {
        let number = remote.name.trim_start_matches("folders/").to_owned();
        Folder {
            id: remote.name.clone().into(),
            display_name: remote.display_name,
            parent: remote.parent,
            configured_capabilities: Vec::new().into(),
            create_time: remote.create_time.map(String::from).unwrap_or_default().into(),
            folder_id: number.into(),
            lifecycle_state: remote.state.name().unwrap_or("ACTIVE").into(),
            management_project: String::new().into(),
            name: remote.name.into(),
            ..self
        }
    }
}

async fn ask(google: &Google, name: String) -> Result<google_cloud_longrunning::model::Operation, Error> {
    let call = google.folders().await?.get_operation().set_name(name);
    google.call("cloudresourcemanager.operations.get", call.send()).await
}

async fn get(google: &Google, name: &str) -> Result<Remote, Error> {
    let call = google.folders().await?.get_folder().set_name(name);
    google.call("cloudresourcemanager.folders.get", call.send()).await
}

/// The folder with a name beside its siblings.
async fn find(google: &Google, folder: &Folder) -> Result<Option<Remote>, Error> {
    let mut all = google.folders().await?.list_folders().set_parent(&folder.parent).by_item();
    let operation = "cloudresourcemanager.folders.list";
    while let Some(found) = google.call(operation, async { all.next().await.transpose() }).await? {
        if found.display_name == folder.display_name && found.state != State::DeleteRequested {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
