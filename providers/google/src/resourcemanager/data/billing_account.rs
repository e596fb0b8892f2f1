//! `google_billing_account`: data source of an account that pays for projects.

use crate::Google;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{Auto, Computed, DataSource, Diagnostic, Diagnostics, Error, Value, async_trait};

/// Reads a billing account, by its id or its name.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_billing_account")]
pub struct BillingAccountData {
    /// The id of the account.
    pub id: Computed<String>,
    /// The id of the account, or `billingAccounts/` and it.
    #[attr(conflicts_with = "display_name")]
    pub billing_account: Option<String>,
    /// The name of the account, for people.
    #[attr(conflicts_with = "billing_account")]
    pub display_name: Auto<String>,
    /// Whether to list the projects that the account pays for; on unless set.
    pub lookup_projects: Option<bool>,
    /// Only an account that is open, or closed.
    pub open: Auto<bool>,
    /// The currency.
    pub currency_code: Computed<String>,
    /// `billingAccounts/` and the id.
    pub name: Computed<String>,
    /// The projects that it pays for.
    pub project_ids: Computed<Vec<String>>,
}

#[async_trait]
impl DataSource for BillingAccountData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let (service, open) = ("cloud_billing", config.open.0);
        let fits =
            |account: &&Json| open.is_none_or(|open| account["open"].as_bool().unwrap_or(false) == open);
        let found = match config.billing_account.as_deref() {
            Some(id) => {
                let path = format!("v1/billingAccounts/{}", crate::names::name_of(id));
                google.fetch("cloudbilling.billingAccounts.get", service, path).await?
            }
            None => {
                let name = config.display_name.as_deref().unwrap_or_default();
                let operation = "cloudbilling.billingAccounts.list";
                let all =
                    google.fetch_all(operation, service, "v1/billingAccounts", "billingAccounts").await?;
                let named: Vec<&Json> =
                    all.iter().filter(|a| a["displayName"] == name).filter(fits).collect();
                match named[..] {
                    [one] => one.clone(),
                    [] => {
                        let detail = format!("No billing account that can be seen is called {name:?}.");
                        return Err(Error::new("Billing account not found", detail).attribute("display_name"));
                    }
                    _ => {
                        let detail = format!(
                            "Several billing accounts are called {name:?}: name one by billing_account."
                        );
                        return Err(Error::new("Several billing accounts", detail).attribute("display_name"));
                    }
                }
            }
        };
        if Some(&found).filter(fits).is_none() {
            let detail = "The billing account is not as `open` wants it.";
            return Err(Error::new("Billing account not found", detail).attribute("open"));
        }
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let mut projects = Vec::new();
        if config.lookup_projects != Some(false) {
            let (operation, path) =
                ("cloudbilling.billingAccounts.projects.list", format!("v1/{}/projects", text("name")));
            projects = google.fetch_all(operation, service, &path, "projectBillingInfo").await?;
        }
        let ids = projects.iter().filter_map(|p| p["projectId"].as_str().map(str::to_owned));
        Ok(BillingAccountData {
            id: text("name").trim_start_matches("billingAccounts/").into(),
            display_name: text("displayName").into(),
            open: (found["open"] == true).into(),
            currency_code: text("currencyCode").into(),
            name: text("name").into(),
            project_ids: ids.collect::<Vec<_>>().into(),
            ..config
        })
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let unset = |name: &str| config.attribute(name).is_none_or(|v| v.is_null());
        if unset("billing_account") && unset("display_name") {
            let detail = "One of billing_account and display_name says which one.";
            diagnostics.push(Diagnostic::error("Billing account without id or name", detail));
        }
    }
}
