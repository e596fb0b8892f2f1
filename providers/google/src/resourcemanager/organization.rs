//! `google_organization`: data source of an organization, by its number or domain.

use crate::Google;
use google_cloud_resourcemanager_v3::model::{Organization as Remote, organization::Owner};
use terrane_sdk::{Computed, DataSource, Diagnostic, Diagnostics, Error, Value, async_trait};

/// Reads an organization.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_organization")]
pub struct OrganizationData {
    /// `organizations/` and the number.
    pub id: Computed<String>,
    /// The organization's number, or `organizations/` and it.
    #[attr(conflicts_with = "domain")]
    pub organization: Option<String>,
    /// The organization's domain.
    #[attr(conflicts_with = "organization")]
    pub domain: terrane_sdk::Auto<String>,
    /// `organizations/` and the number.
    pub name: Computed<String>,
    /// The number.
    pub org_id: Computed<String>,
    /// The Google Workspace customer.
    pub directory_customer_id: Computed<String>,
    /// When it was made.
    pub create_time: Computed<String>,
    /// Whether it is `ACTIVE`.
    pub lifecycle_state: Computed<String>,
}

#[async_trait]
impl DataSource for OrganizationData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let found: Remote = match (&config.organization, config.domain.as_deref()) {
            (Some(id), _) => {
                let name = format!("organizations/{}", crate::names::name_of(id));
                let call = google.organizations().await?.get_organization().set_name(name);
                google.call("cloudresourcemanager.organizations.get", call.send()).await?
            }
            (None, domain) => {
                let domain = domain.unwrap_or_default();
                let call = google
                    .organizations()
                    .await?
                    .search_organizations()
                    .set_query(format!("domain:{domain}"));
                let found = google.call("cloudresourcemanager.organizations.search", call.send()).await?;
                let mut exact = found.organizations.into_iter().filter(|o| o.display_name == domain);
                exact.next().ok_or_else(|| {
                    let detail = format!("No organization that can be seen has the domain {domain:?}.");
                    Error::new("Organization not found", detail).attribute("domain")
                })?
            }
        };
        let customer = match found.owner {
            Some(Owner::DirectoryCustomerId(id)) => id,
            _ => String::new(),
        };
        Ok(OrganizationData {
            id: found.name.clone().into(),
            domain: found.display_name.into(),
            org_id: found.name.trim_start_matches("organizations/").into(),
            name: found.name.into(),
            directory_customer_id: customer.into(),
            create_time: found.create_time.map(String::from).unwrap_or_default().into(),
            lifecycle_state: found.state.name().unwrap_or("ACTIVE").into(),
            ..config
        })
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        if unset("organization") && unset("domain") {
            let detail = "One of organization and domain says which one.";
            diagnostics.push(Diagnostic::error("Organization without number or domain", detail));
        }
    }
}
