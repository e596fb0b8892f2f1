//! `google_service_account`: a service account, resource and data source.

use super::path;
use crate::Google;
use crate::client::{is_not_found, is_taken};
use crate::provider::project_of;
use google_cloud_gax::paginator::ItemPaginator;
use google_cloud_iam_admin_v1::model::ServiceAccount as Remote;
use std::collections::BTreeMap;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, DataSource, Error, Failure, Resource, Value, async_trait,
    join_all,
};

/// From so many accounts of a project on, all are listed.
const LIST_FROM: usize = 3;

/// Provides a service account.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_service_account", keep, timeouts(create = "5m"))]
pub struct ServiceAccount {
    /// The path of the account, from `projects/` on.
    pub id: Computed<String>,
    /// The first part of its e-mail address.
    #[attr(force_new, validate = account_id)]
    pub account_id: String,
    /// The project of the account.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The name of the account, for people.
    pub display_name: Option<String>,
    /// What the account is for.
    pub description: Option<String>,
    /// Whether the account cannot be used.
    #[attr(default = false)]
    pub disabled: Option<bool>,
    /// Whether an account that exists already is taken over.
    #[attr(local)]
    pub create_ignore_already_exists: Option<bool>,
    /// The e-mail address.
    pub email: Computed<String>,
    /// The account as policies name it.
    pub member: Computed<String>,
    /// The path of the account, from `projects/` on.
    pub name: Computed<String>,
    /// Google's number for the account.
    pub unique_id: Computed<String>,
}

fn account_id(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = (6..=30).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(fits)
        && !text.ends_with('-');
    match good {
        true => Ok(()),
        false => Err(format!(
            "{text:?} must begin with a letter and have 6 to 30 lowercase letters, digits and dashes, no dash last."
        )),
    }
}

#[async_trait]
impl Resource for ServiceAccount {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let project = project_of(google, planned.project.as_deref())?.to_owned();
        let call = google.iam().await?.create_service_account().set_name(format!("projects/{project}"));
        let call = call.set_account_id(&planned.account_id).set_service_account(planned.body());
        let name = path(&project, &planned.account_id);
        let takes_over = cx.repeated || planned.create_ignore_already_exists == Some(true);
        let made = match google.call("iam.projects.serviceAccounts.create", call.send()).await {
            Err(e) if takes_over && is_taken(&e) => get(google, &name).await?,
            other => other?,
        };
        let partial = planned.clone().with(made);
        if planned.disabled == Some(true) {
            switch(google, &name, true).await.map_err(|e| Failure::partial(e, partial.clone()))?;
        }
        Ok(Self { disabled: planned.disabled, ..partial })
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let mut projects: BTreeMap<String, usize> = BTreeMap::new();
        for state in &states {
            *projects.entry(state.home(google)).or_default() += 1;
        }
        let many = projects.into_iter().filter(|(project, count)| *count >= LIST_FROM && project != "-");
        let listed = join_all(many.map(|(project, _)| async move {
            let all = all_of(google, &project).await;
            (project, all)
        }));
        let listed: BTreeMap<String, Result<BTreeMap<String, Remote>, Error>> =
            listed.await.into_iter().collect();
        join_all(states.into_iter().map(|state| {
            let listed = listed.get(&state.home(google));
            async move {
                let remote = match listed {
                    Some(Ok(all)) => all.get(state.email.as_deref().unwrap_or_default()).cloned(),
                    Some(Err(e)) => return Err(e.clone()),
                    None => match get(google, state.id.known()?).await {
                        Ok(remote) => Some(remote),
                        Err(e) if is_not_found(&e) => None,
                        Err(e) => return Err(e),
                    },
                };
                Ok(remote.map(|remote| state.with(remote)))
            }
        }))
        .await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let name = prior.id.known()?;
        if (&prior.display_name, &prior.description) != (&planned.display_name, &planned.description) {
            let mask = google_cloud_wkt::FieldMask::default().set_paths(["display_name", "description"]);
            let body = planned.body().set_name(name);
            let call = google.iam().await?.patch_service_account().set_service_account(body);
            let call = call.set_update_mask(mask);
            google.call("iam.projects.serviceAccounts.patch", call.send()).await?;
        }
        if prior.disabled != planned.disabled {
            switch(google, name, planned.disabled == Some(true)).await?;
        }
        let remote = get(google, name).await?;
        Ok(planned.with(remote))
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = google.iam().await?.delete_service_account().set_name(state.id.known()?);
        match google.call("iam.projects.serviceAccounts.delete", call.send()).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let email = crate::names::name_of(id);
        let name = if id.starts_with("projects/") { id.to_owned() } else { path("-", email) };
        Ok(vec![("id", Value::from(name)), ("email", Value::from(email))])
    }
}

impl ServiceAccount {
    fn body(&self) -> Remote {
        Remote::new()
            .set_display_name(self.display_name.clone().unwrap_or_default())
            .set_description(self.description.clone().unwrap_or_default())
    }

    /// The project in its path; `-` when that does not say.
    fn home(&self, google: &Google) -> String {
        let own = self.id.as_deref().and_then(|id| id.split('/').nth(1));
        own.or(self.project.as_deref()).or(google.project()).unwrap_or("-").to_owned()
    }

    /// This account as Google describes it.
    pub(super) fn with(self, remote: Remote) -> ServiceAccount {
        ServiceAccount {
            id: remote.name.clone().into(),
            account_id: remote.email.split('@').next().unwrap_or_default().to_owned(),
            project: remote.project_id.into(),
            display_name: Some(remote.display_name),
            description: Some(remote.description),
            disabled: Some(remote.disabled),
            member: format!("serviceAccount:{}", remote.email).into(),
            email: remote.email.into(),
            name: remote.name.into(),
            unique_id: remote.unique_id.into(),
            ..self
        }
    }
}

async fn get(google: &Google, name: &str) -> Result<Remote, Error> {
    let call = google.iam().await?.get_service_account().set_name(name);
    google.call("iam.projects.serviceAccounts.get", call.send()).await
}

/// The accounts of a project by their e-mail addresses.
pub(super) async fn all_of(google: &Google, project: &str) -> Result<BTreeMap<String, Remote>, Error> {
    let call = google.iam().await?.list_service_accounts().set_name(format!("projects/{project}"));
    let mut items = call.set_page_size(100).by_item();
    let mut all = BTreeMap::new();
    let operation = "iam.projects.serviceAccounts.list";
    while let Some(account) = google.call(operation, async { items.next().await.transpose() }).await? {
        all.insert(account.email.clone(), account);
    }
    Ok(all)
}

/// Switches an account off or on.
pub(super) async fn switch(google: &Google, name: &str, off: bool) -> Result<(), Error> {
    let iam = google.iam().await?;
    match off {
        true => {
            let call = iam.disable_service_account().set_name(name).send();
            google.call("iam.projects.serviceAccounts.disable", call).await
        }
        false => {
            let call = iam.enable_service_account().set_name(name).send();
            google.call("iam.projects.serviceAccounts.enable", call).await
        }
    }
}

/// Reads a service account.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_service_account")]
pub struct ServiceAccountData {
    /// The path of the account, from `projects/` on.
    pub id: Computed<String>,
    /// The account: its own name, its e-mail address or its path.
    pub account_id: String,
    /// The project of the account, when only its name is given.
    pub project: Option<String>,
    /// The name of the account, for people.
    pub display_name: Computed<String>,
    /// Whether the account cannot be used.
    pub disabled: Computed<bool>,
    /// The e-mail address.
    pub email: Computed<String>,
    /// The account as policies name it.
    pub member: Computed<String>,
    /// The path of the account, from `projects/` on.
    pub name: Computed<String>,
    /// Google's number for the account.
    pub unique_id: Computed<String>,
}

#[async_trait]
impl DataSource for ServiceAccountData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = config.project.as_deref().or(google.project()).unwrap_or("-");
        let remote = get(google, &path(project, &config.account_id)).await?;
        let account = ServiceAccount::default().with(remote);
        Ok(ServiceAccountData {
            id: account.id,
            display_name: account.display_name.into(),
            disabled: account.disabled.into(),
            email: account.email,
            member: account.member,
            name: account.name,
            unique_id: account.unique_id,
            ..config
        })
    }
}
