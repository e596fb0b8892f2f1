//! Service discovery: which services a host has, and where.

use super::{bearer, within};
use crate::error::{Failure, Fetched};
use crate::http::{Http, document, refused};
use crate::surroundings::Surroundings;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use serde_json::Value;
use url::Url;

/// Where `service` of `host` is, as a URL that ends in a slash.
pub(super) async fn service(
    http: &Http,
    surroundings: &Surroundings,
    host: &str,
    service: &str,
) -> Fetched<Url> {
    let bad = |why: String| Failure::new(format!("host {host}: {why}"));
    let root = Url::parse(&format!("https://{host}/.well-known/terraform.json"))
        .map_err(|_| bad("that is no host name".into()))?;
    let overridden = surroundings.cli.hosts.get(host).and_then(|settings| settings.services.as_ref());
    if let Some(services) = overridden {
        let given = services.get(service).ok_or_else(|| {
            bad(format!("the CLI configuration gives it services, and {service:?} is not among them"))
        })?;
        return base(&root, given).map_err(bad);
    }
    let mut plain = HeaderMap::new();
    plain.insert(ACCEPT, HeaderValue::from_static("application/json"));
    let secret = bearer(surroundings.token(host).await?.as_deref())?;
    let ask = async {
        let response = http.get(&root, &plain, &secret).await?;
        // A redirect can lead to another host; what it says is relative to there.
        let (status, at) = (response.status(), response.url().clone());
        Ok((status, at.clone(), document(&at, response).await?))
    };
    let (status, at, body) = within(surroundings, &root, ask).await.map_err(|failure| Failure {
        what: format!("failed to request discovery document: {}", failure.what),
        advice: failure.advice,
    })?;
    match status {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => {
            return Err(bad("it does not provide a registry: it has no discovery document".into())
                .advise("Check the host in the module's source."));
        }
        status => return Err(refused(&root, status)),
    }
    let services: Value = serde_json::from_slice(&body)
        .map_err(|e| bad(format!("its discovery document {at} is not JSON: {e}")))?;
    let given = services
        .get(service)
        .and_then(Value::as_str)
        .ok_or_else(|| bad(format!("it does not provide the service {service}")))?;
    let url = base(&at, given).map_err(bad)?;
    if url.scheme() != "https" {
        return Err(bad(format!("its service {service} is at {url}, which is not encrypted")));
    }
    Ok(url)
}

fn base(from: &Url, given: &str) -> Result<Url, String> {
    let mut url = from.join(given).map_err(|_| format!("{given:?} is no URL of a service"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(format!("{given:?} is no URL of a service"));
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}
