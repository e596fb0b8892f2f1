//! AWS credentials, by the usual chain: environment, shared files with roles and single sign-on, web
//! identity, container, machine.

use super::super::query::Query;
use super::super::signing::context;
use super::Fetcher;
use crate::error::{Failure, Fetched};
use http::request::Parts;
use reqsign_aws_v4::{
    Credential, DefaultCredentialProvider, ECSCredentialProvider, RequestSigner, StaticCredentialProvider,
};
use reqsign_core::{Error, ProvideCredential, SignRequest};
use reqwest::header::{HeaderMap, HeaderName};
use std::time::Duration;
use url::Url;

/// How long whoever gives credentials may take, so that machines without them are not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Headers that only the server may see.
pub(super) const SIGNED: [&str; 4] =
    ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];

/// The credentials to sign with; `None` to ask without a name.
pub(super) async fn credentials(fetcher: &Fetcher<'_>, query: &Query) -> Fetched<Option<Credential>> {
    let context = context(fetcher);
    let failed = |error: Error| Failure::new(format!("no AWS credentials: {error}"));
    if let (Some(id), Some(secret)) = (query.get("aws_access_key_id"), query.get("aws_access_key_secret")) {
        let provider = StaticCredentialProvider::new(id, secret);
        let provider = match query.get("aws_access_token") {
            Some(token) => provider.with_session_token(token),
            None => provider,
        };
        return provider.provide_credential(&context).await.map_err(failed);
    }
    let surroundings = fetcher.surroundings;
    let mut chain = DefaultCredentialProvider::builder();
    if let Some(profile) = query.get("aws_profile") {
        chain = chain.with_profile(profile).no_env();
    }
    let in_container = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        .iter()
        .any(|name| surroundings.variable(name).is_some());
    chain = if in_container { chain.ecs(ECSCredentialProvider::new()) } else { chain.no_ecs() };
    if surroundings.variable("AWS_EC2_METADATA_DISABLED") == Some("true") {
        chain = chain.no_imds();
    }
    let named = query.get("aws_profile").or_else(|| surroundings.variable("AWS_PROFILE"));
    let chain = chain.build();
    let found = tokio::time::timeout(PATIENCE, chain.provide_credential(&context)).await;
    match (found, named) {
        (Ok(Ok(Some(found))), _) => Ok(Some(found)),
        (Ok(Err(error)), Some(name)) => {
            Err(Failure::new(format!("the AWS profile {name:?} gives no credentials: {error}")))
        }
        (_, Some(name)) => Err(Failure::new(format!("the AWS profile {name:?} gives no credentials"))),
        // A machine that gives none may be asking for something public.
        (_, None) => Ok(None),
    }
}

/// The headers of a signed `GET` of `url`.
pub(super) async fn sign(
    fetcher: &Fetcher<'_>,
    url: &Url,
    region: &str,
    credential: &Credential,
) -> Fetched<HeaderMap> {
    let failed = |reason: String| Failure::new(format!("the request to S3 cannot be signed: {reason}"));
    let request = http::Request::get(url.as_str()).body(()).map_err(|e| failed(e.to_string()))?;
    let mut parts: Parts = request.into_parts().0;
    let signer = RequestSigner::new("s3", region);
    let signed = signer.sign_request(&context(fetcher), &mut parts, Some(credential), None).await;
    signed.map_err(|e| failed(e.to_string()))?;
    let mut headers = HeaderMap::new();
    for name in SIGNED {
        if let Some(value) = parts.headers.get(name) {
            let mut value = value.clone();
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    Ok(headers)
}
