//! From a provider configuration and the environment to a connection.

use super::Google;
use super::credentials::{credentials, with_quota};
use super::limit::Limits;
use super::services::Services;
use crate::configuration::Configuration;
use crate::labels::LabelPolicy;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use terrane_sdk::Error;

/// Where the project, region and zone may be set outside the configuration, first ones first.
const PROJECT: &[&str] =
    &["GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"];
const REGION: &[&str] = &["GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"];
const ZONE: &[&str] = &["GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"];

impl Google {
    /// The connection that a configuration describes.
    pub(super) fn with(
        configuration: Configuration,
        endpoints: BTreeMap<String, String>,
        limits: Arc<Limits>,
    ) -> Result<Arc<Google>, Error> {
        let project = configured(configuration.project.as_deref(), PROJECT);
        let overrides = configuration.user_project_override.unwrap_or_else(|| {
            configured(None, &["USER_PROJECT_OVERRIDE"]).is_some_and(|v| v.eq_ignore_ascii_case("true"))
        });
        let billing = configured(configuration.billing_project.as_deref(), &["GOOGLE_BILLING_PROJECT"]);
        let quota = if overrides { billing.or_else(|| project.clone()) } else { None };
        // The clients take whatever the process has chosen; nothing else in it chooses.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http =
            reqwest::Client::builder().build().map_err(|e| Error::new("No HTTP client", format!("{e}.")))?;
        Ok(Arc::new(Google {
            credentials: match quota {
                Some(project) => with_quota(credentials(&configuration)?, &project)?,
                None => credentials(&configuration)?,
            },
            endpoints,
            universe_domain: configured(
                configuration.universe_domain.as_deref(),
                &["GOOGLE_CLOUD_UNIVERSE_DOMAIN"],
            ),
            region: configured(configuration.region.as_deref(), REGION).map(last_part),
            zone: configured(configuration.zone.as_deref(), ZONE).map(last_part),
            labels: LabelPolicy::new(&configuration),
            project,
            limits,
            services: Services::default(),
            http,
            changing: Mutex::default(),
        }))
    }
}

/// What the configuration says, or else the first variable that is set.
pub(super) fn configured(value: Option<&str>, variables: &[&str]) -> Option<String> {
    let set = |text: &str| !text.is_empty();
    value
        .filter(|v| set(v))
        .map(str::to_owned)
        .or_else(|| variables.iter().filter_map(|name| std::env::var(name).ok()).find(|text| set(text)))
}

/// `europe-west1` of a URL that ends with it.
fn last_part(text: String) -> String {
    text.rsplit_once('/').map_or(text.clone(), |(_, last)| last.to_owned())
}
