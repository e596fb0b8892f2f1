//! `google_compute_default_service_account`: data source of the account that instances act as unless told otherwise.

use crate::Google;
use crate::provider::project_of;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// Reads the default service account of Compute Engine.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_compute_default_service_account")]
pub struct DefaultServiceAccountData {
    /// The path of the account.
    pub id: Computed<String>,
    /// The project.
    pub project: Auto<String>,
    /// The name of the account, for people.
    pub display_name: Computed<String>,
    /// The account's address.
    pub email: Computed<String>,
    /// The account as a member in IAM policies.
    pub member: Computed<String>,
    /// The path of the account.
    pub name: Computed<String>,
    /// Google's number for the account.
    pub unique_id: Computed<String>,
}

#[async_trait]
impl DataSource for DefaultServiceAccountData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let project = project_of(google, config.project.as_deref())?.to_owned();
        let found =
            google.fetch("compute.projects.get", "compute", format!("compute/v1/projects/{project}")).await?;
        let email = found["defaultServiceAccount"].as_str().unwrap_or_default().to_owned();
        let path = format!("projects/{project}/serviceAccounts/{email}");
        let account = google.fetch("iam.projects.serviceAccounts.get", "iam", format!("v1/{path}")).await?;
        let text = |name: &str| account[name].as_str().unwrap_or_default().to_owned();
        Ok(DefaultServiceAccountData {
            id: path.into(),
            project: project.into(),
            display_name: text("displayName").into(),
            member: format!("serviceAccount:{email}").into(),
            email: email.into(),
            name: text("name").into(),
            unique_id: text("uniqueId").into(),
        })
    }
}
