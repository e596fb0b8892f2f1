//! `google_storage_project_service_account`: data source of the account that Cloud Storage acts with for a project.

use crate::Google;
use crate::provider::project_of;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// Reads the account that Cloud Storage acts with for a project, to let it use keys and topics.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_storage_project_service_account")]
pub struct ProjectAccountData {
    /// The e-mail address of the account.
    pub id: Computed<String>,
    /// The project.
    pub project: Auto<String>,
    /// The project that pays for the request.
    pub user_project: Option<String>,
    /// The e-mail address of the account.
    pub email_address: Computed<String>,
    /// The account as policies name it.
    pub member: Computed<String>,
}

#[async_trait]
impl DataSource for ProjectAccountData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?;
        let mut path = format!("storage/v1/projects/{project}/serviceAccount");
        if let Some(payer) = &config.user_project {
            path += &format!("?userProject={}", crate::names::escape(payer));
        }
        let found = google.fetch("storage.projects.serviceAccount.get", "storage", path).await?;
        let address = found["email_address"].as_str().unwrap_or_default();
        Ok(ProjectAccountData {
            id: address.into(),
            project: project.into(),
            email_address: address.into(),
            member: format!("serviceAccount:{address}").into(),
            ..config
        })
    }
}
