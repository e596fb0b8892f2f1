//! Access tokens of Google Cloud: of the environment, of a user's default credentials, or of the
//! machine.

use super::Fetcher;
use crate::error::{Failure, Fetched};
use crate::http::document;
use serde::Deserialize;
use std::path::PathBuf;
use url::Url;

/// Where a refresh token becomes an access token, unless the credentials say otherwise.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// Credentials as `gcloud auth application-default login` stores them.
#[derive(Deserialize)]
struct Credentials {
    #[serde(rename = "type")]
    kind: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// The token to ask with; `None` to ask without a name.
pub(super) async fn token(fetcher: &Fetcher<'_>) -> Fetched<Option<String>> {
    let surroundings = fetcher.surroundings;
    for name in ["GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"] {
        if let Some(token) = surroundings.variable(name) {
            return Ok(Some(token.to_owned()));
        }
    }
    let named = surroundings.variable("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
    let default = surroundings.in_home(".config/gcloud/application_default_credentials.json");
    let Some(path) = named.clone().or(default) else { return Ok(None) };
    let bad = |why: String| Failure::new(format!("the Google credentials in {}: {why}", path.display()));
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if named.is_some() => return Err(bad(error.to_string())),
        Err(_) => return Ok(None),
    };
    // The parser's message could quote the credentials.
    let credentials: Credentials =
        serde_json::from_slice(&text).map_err(|_| bad("they are not JSON of the expected form".into()))?;
    let (Some(id), Some(secret), Some(refresh)) =
        (&credentials.client_id, &credentials.client_secret, &credentials.refresh_token)
    else {
        return Err(bad(format!("credentials of type {:?} cannot be used here", credentials.kind)).advise(
            "Set GOOGLE_OAUTH_ACCESS_TOKEN, for example to what \"gcloud auth print-access-token\" prints.",
        ));
    };
    let url =
        Url::parse(credentials.token_uri.as_deref().unwrap_or(TOKEN_URI)).map_err(|e| bad(e.to_string()))?;
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
        ("refresh_token", refresh.as_str()),
    ];
    let response = fetcher.http.post_form(&url, &form).await?;
    if !response.status().is_success() {
        return Err(bad(format!("{url} answered {}", response.status()))
            .advise("Run \"gcloud auth application-default login\" again."));
    }
    let token: Token = serde_json::from_slice(&document(&url, response).await?)
        .map_err(|_| bad(format!("{url} did not answer with a token")))?;
    Ok(Some(token.access_token))
}
