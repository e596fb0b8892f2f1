//! `google_billing_project_info`: the account that pays for a project which is managed elsewhere.

use super::project::{billing, set_billing};
use crate::Google;
use crate::client::is_not_found;
use crate::names::{name_of, parse_id};
use crate::provider::project_of;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, async_trait, join_all,
};

/// Provides the account that pays for a project.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_billing_project_info",
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct BillingProjectInfo {
    /// The project, with `projects/` before it.
    pub id: Computed<String>,
    /// The billing account; empty to switch billing off.
    #[attr(equivalent = super::same_id)]
    pub billing_account: String,
    /// The project.
    #[attr(force_new, equivalent = super::same_id)]
    pub project: Auto<String>,
}

#[async_trait]
impl Resource for BillingProjectInfo {
    type Client = Google;

    async fn create(google: &Google, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        planned.pay(google).await?;
        let project = planned.project(google)?;
        Ok(planned.with(&project, None))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // Who pays is asked for each project: the list of an account's projects needs rights on the account.
        join_all(states.into_iter().map(|state| async move {
            let project = state.project(google)?;
            match billing(google, &project).await {
                // Who may not be told of a project is told that nobody pays for it.
                Ok(None) if super::project::is_gone(google, &project).await => Ok(None),
                Ok(account) => Ok(Some(state.with(&project, Some(account.unwrap_or_default())))),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => Err(e),
            }
        }))
        .await
    }

    async fn update(
        google: &Google,
        _: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        planned.pay(google).await?;
        let project = planned.project(google)?;
        Ok(planned.with(&project, None))
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        match set_billing(google, &state.project(google)?, None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}", "{project}"])
    }
}

impl BillingProjectInfo {
    fn project(&self, google: &Google) -> Result<String, Error> {
        Ok(name_of(project_of(google, self.project.as_deref())?).to_owned())
    }

    async fn pay(&self, google: &Google) -> Result<(), Error> {
        let account = Some(self.billing_account.as_str()).filter(|account| !account.is_empty());
        set_billing(google, &self.project(google)?, account).await
    }

    fn with(self, project: &str, account: Option<String>) -> BillingProjectInfo {
        BillingProjectInfo {
            id: format!("projects/{project}").into(),
            billing_account: account.unwrap_or(self.billing_account),
            project: project.into(),
        }
    }
}
