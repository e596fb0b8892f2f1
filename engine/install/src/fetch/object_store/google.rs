//! Credentials of Google Cloud: a token of the environment, those that `gcloud` stored, keys and
//! federations of service accounts, or the machine's.

use super::super::signing::context;
use super::Fetcher;
use crate::error::{Failure, Fetched};
use crate::http::document;
use crate::registry::bearer;
use reqsign_core::{Context, ProvideCredential, SignRequest};
use reqsign_google::{DefaultCredentialProvider, RequestSigner, VmMetadataCredentialProvider};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// Where a refresh token becomes an access token, unless the credentials say otherwise.
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";

/// What tokens are for.
const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_only";

/// How long whoever gives credentials may take, so that machines without them are not waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Credentials of a user, as `gcloud auth application-default login` stores them.
#[derive(Deserialize)]
struct Credentials {
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    token_uri: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// The header to ask with; `None` to ask without a name.
pub(super) async fn authorization(fetcher: &Fetcher<'_>) -> Fetched<Option<HeaderMap>> {
    let surroundings = fetcher.surroundings;
    for name in ["GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN"] {
        if let Some(token) = surroundings.variable(name) {
            return bearer(Some(token)).map(Some);
        }
    }
    let named = surroundings.variable("GOOGLE_APPLICATION_CREDENTIALS").map(PathBuf::from);
    let default = surroundings.in_home(".config/gcloud/application_default_credentials.json");
    if let Some(path) = named.clone().or(default) {
        let bad = |why: String| Failure::new(format!("the Google credentials in {}: {why}", path.display()));
        match std::fs::read(&path) {
            // The parser's message could quote the credentials.
            Ok(text) => match serde_json::from_slice::<Credentials>(&text) {
                Ok(credentials) if credentials.refresh_token.is_some() => {
                    let token = refresh(fetcher, &credentials, &bad).await?;
                    return bearer(Some(&token)).map(Some);
                }
                Ok(_) => {}
                Err(_) => return Err(bad("they are not JSON of the expected form".into())),
            },
            Err(error) if named.is_some() => return Err(bad(error.to_string())),
            Err(_) => {}
        }
    }
    let context = context(fetcher);
    match tokio::time::timeout(PATIENCE, of_chain(fetcher, &context)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(failure)) if named.is_some() => Err(failure),
        // A machine that gives none may be asking for something public.
        _ => Ok(None),
    }
}

/// Service accounts, federations and machines.
async fn of_chain(fetcher: &Fetcher<'_>, context: &Context) -> Fetched<Option<HeaderMap>> {
    let surroundings = fetcher.surroundings;
    let failed = |why: String| Failure::new(format!("no Google credentials: {why}"));
    let mut chain = DefaultCredentialProvider::builder();
    if surroundings.variable("NO_GCE_CHECK").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
        chain = chain.no_vm_metadata();
    } else {
        chain = chain.vm_metadata(VmMetadataCredentialProvider::new().with_scope(SCOPE));
    }
    let found = chain.build().provide_credential(context).await.map_err(|e| failed(e.to_string()))?;
    let Some(credential) = found else { return Ok(None) };
    let request = http::Request::get("https://storage.googleapis.com/").body(());
    let mut parts = request.map_err(|e| failed(e.to_string()))?.into_parts().0;
    let signer = RequestSigner::new("storage").with_scope(SCOPE);
    let signed = signer.sign_request(context, &mut parts, Some(&credential), None).await;
    signed.map_err(|e| failed(e.to_string()))?;
    Ok(parts.headers.remove(AUTHORIZATION).map(|mut value| {
        value.set_sensitive(true);
        HeaderMap::from_iter([(AUTHORIZATION, value)])
    }))
}

/// An access token for a user's refresh token.
async fn refresh(
    fetcher: &Fetcher<'_>,
    credentials: &Credentials,
    bad: &dyn Fn(String) -> Failure,
) -> Fetched<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let url = credentials.token_uri.as_deref().unwrap_or(TOKEN_URI);
    let url = Url::parse(url).map_err(|e| bad(e.to_string()))?;
    let (id, secret) = (text(&credentials.client_id), text(&credentials.client_secret));
    let refresh = text(&credentials.refresh_token);
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
    Ok(token.access_token)
}
