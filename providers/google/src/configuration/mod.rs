//! The provider's own configuration: the `provider "google"` block, as Google provider 6.x has
//! it. Knows nothing of how clients are made from it.

pub(crate) mod endpoints;

use std::collections::BTreeMap;
use terrane_sdk::{Block, BlockSpec, Error, Object, Value, validate};

/// What the `provider` block may say.
#[derive(Clone, Block)]
pub(crate) struct Configuration {
    /// A key in JSON, or the path of its file; also `GOOGLE_CREDENTIALS`.
    #[attr(sensitive, conflicts_with = "access_token")]
    pub(crate) credentials: Option<String>,
    /// An OAuth access token; also `GOOGLE_OAUTH_ACCESS_TOKEN`.
    #[attr(sensitive, conflicts_with = "credentials")]
    pub(crate) access_token: Option<String>,
    /// The service account to act as; also `GOOGLE_IMPERSONATE_SERVICE_ACCOUNT`.
    pub(crate) impersonate_service_account: Option<String>,
    /// Service accounts through which to come to that one.
    pub(crate) impersonate_service_account_delegates: Vec<String>,
    /// The scopes of access tokens.
    pub(crate) scopes: Vec<String>,
    /// The project of objects that name none; also `GOOGLE_PROJECT`.
    pub(crate) project: Option<String>,
    /// The region of objects that name none; also `GOOGLE_REGION`.
    pub(crate) region: Option<String>,
    /// The zone of objects that name none; also `GOOGLE_ZONE`.
    pub(crate) zone: Option<String>,
    /// The project whose quota requests use, with `user_project_override`; also `GOOGLE_BILLING_PROJECT`.
    pub(crate) billing_project: Option<String>,
    /// Whether requests use the quota of `billing_project`, or else of `project`; also `USER_PROJECT_OVERRIDE`.
    pub(crate) user_project_override: Option<bool>,
    /// How long one request may take; accepted, since each type has time-outs.
    pub(crate) request_timeout: Option<String>,
    /// Why requests are made, for the audit log; also `CLOUDSDK_CORE_REQUEST_REASON`.
    pub(crate) request_reason: Option<String>,
    /// How often operations are asked for; accepted, since they are waited for here.
    pub(crate) poll_interval: Option<String>,
    /// Another domain than `googleapis.com`.
    pub(crate) universe_domain: Option<String>,
    /// Labels of all objects that have labels.
    pub(crate) default_labels: BTreeMap<String, String>,
    /// Whether to label what is made with `goog-terraform-provisioned`; on unless set.
    pub(crate) add_terraform_attribution_label: Option<bool>,
    /// Whether to add that label at creation only or to objects that exist too.
    #[attr(validate = validate::one_of(&["CREATION_ONLY", "PROACTIVE"]))]
    pub(crate) terraform_attribution_label_addition_strategy: Option<String>,
    /// How requests are joined; accepted, since reads are joined here.
    #[block(max = 1)]
    pub(crate) batching: Vec<Batching>,
    /// Credentials from a workload identity token.
    #[block(max = 1)]
    pub(crate) external_credentials: Vec<ExternalCredentials>,
}

/// How requests are joined.
#[derive(Clone, Block)]
pub(crate) struct Batching {
    /// Whether they are.
    pub(crate) enable_batching: Option<bool>,
    /// How long to collect them.
    pub(crate) send_after: Option<String>,
}

/// Credentials from a workload identity token.
#[derive(Clone, Block)]
pub(crate) struct ExternalCredentials {
    /// The workload identity provider.
    pub(crate) audience: String,
    /// The token.
    #[attr(sensitive)]
    pub(crate) identity_token: String,
    /// The service account to act as.
    pub(crate) service_account_email: String,
}

impl Configuration {
    /// The schema, endpoints included.
    pub(crate) fn spec() -> BlockSpec {
        let mut spec = <Configuration as Object>::spec();
        spec.attributes.extend(endpoints::attributes());
        spec
    }

    /// Reads a configuration.
    pub(crate) fn decode(config: &Value) -> Result<Configuration, Error> {
        Ok(<Configuration as Object>::from_value(config)?)
    }
}
