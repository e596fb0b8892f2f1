//! `google_service_account_access_token`: data source of a token for another service account.

use crate::Google;
use crate::client::Request;
use http::Method;
use std::collections::BTreeSet;
use terrane_sdk::serde_json::json;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// Makes a token that is good for a while. It is stored in the state.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "google_service_account_access_token")]
pub struct AccessTokenData {
    /// The account.
    pub id: Computed<String>,
    /// What the token may be used for.
    #[attr(required)]
    pub scopes: BTreeSet<String>,
    /// The account, by its address.
    pub target_service_account: String,
    /// Accounts through which to come to that one.
    pub delegates: BTreeSet<String>,
    /// How long the token is good, such as `3600s`.
    #[attr(default = "3600s")]
    pub lifetime: Option<String>,
    /// The token.
    #[attr(sensitive)]
    pub access_token: Computed<String>,
}

/// Says what makes tokens where it did not answer.
fn unreachable(error: Error) -> Error {
    if error.code.is_some() {
        return error;
    }
    let detail = format!(
        "Only the API iamcredentials.googleapis.com makes tokens for other accounts, and it gave no answer: {} It has to be \
         reachable from here, or be elsewhere by iam_credentials_custom_endpoint.",
        error.detail
    );
    Error::new("No token for another service account", detail).attribute("target_service_account")
}

#[async_trait]
impl DataSource for AccessTokenData {
    type Client = Google;

    async fn read(google: &Google, config: Self) -> Result<Self, Error> {
        let account = format!("projects/-/serviceAccounts/{}", config.target_service_account);
        let scopes: Vec<String> =
            config.scopes.iter().map(|name| crate::container::names::scope(name)).collect();
        let delegates: Vec<String> =
            config.delegates.iter().map(|name| format!("projects/-/serviceAccounts/{name}")).collect();
        let body = json!({"scope": scopes, "delegates": delegates, "lifetime": config.lifetime});
        let request = Request {
            operation: "iamcredentials.projects.serviceAccounts.generateAccessToken",
            method: Method::POST,
            endpoint: "iam_credentials",
            path: format!("v1/{account}:generateAccessToken"),
            body: Some(body),
            idempotent: true,
        };
        let answer = google.send(request).await.map_err(unreachable)?;
        let token = answer["accessToken"].as_str().map(str::to_owned).ok_or_else(|| {
            Error::new("No token", "The answer has no token in it.").attribute("target_service_account")
        })?;
        Ok(AccessTokenData { id: account.into(), access_token: token.into(), ..config })
    }
}
