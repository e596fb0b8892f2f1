//! Registries of modules: which versions there are, and where their packages are.

mod discovery;

use crate::error::{Failure, Fetched};
use crate::http::{Http, document, refused};
use crate::surroundings::Surroundings;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde::Deserialize;
use std::time::Duration;
use terrane_address::{Constraint, ModuleSource, RegistryModule, RemoteModule, Version};
use url::Url;

/// The service that registries of modules announce.
const SERVICE: &str = "modules.v1";

/// How long a registry may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks registries.
pub(crate) struct Registry<'a> {
    pub(crate) http: &'a Http,
    pub(crate) surroundings: &'a Surroundings,
}

#[derive(Deserialize)]
struct Versions {
    modules: Vec<Published>,
}

#[derive(Deserialize)]
struct Published {
    versions: Vec<PublishedVersion>,
}

#[derive(Deserialize)]
struct PublishedVersion {
    version: String,
}

#[derive(Deserialize)]
struct Download {
    location: String,
}

impl Registry<'_> {
    /// All versions of a module, in no order.
    pub(crate) async fn versions(&self, module: &RegistryModule) -> Fetched<Vec<Version>> {
        let url = self.url(module, "versions").await?;
        let (status, _, body) = self.ask(&module.host, &url).await?;
        match status {
            StatusCode::NOT_FOUND => {
                return Err(Failure::new(format!(
                    "the registry {} has no module {}",
                    module.host,
                    module.short()
                ))
                .advise("Check the source for typing errors, and whether the module is private: then it needs credentials."));
            }
            StatusCode::OK => {}
            status => return Err(self.refusal(&module.host, &url, status).await),
        }
        let answer: Versions = serde_json::from_slice(&body)
            .map_err(|e| Failure::new(format!("the answer of {url} is not that of a registry: {e}")))?;
        let published = answer.modules.into_iter().next().map(|m| m.versions).unwrap_or_default();
        // What is no version cannot be asked for.
        Ok(published.iter().filter_map(|v| v.version.parse().ok()).collect())
    }

    /// Where the package of a version is.
    pub(crate) async fn location(&self, module: &RegistryModule, version: &Version) -> Fetched<RemoteModule> {
        let url = self.url(module, &format!("{version}/download")).await?;
        let (status, headers, body) = self.ask(&module.host, &url).await?;
        if status == StatusCode::NOT_FOUND {
            return Err(Failure::new(format!(
                "the registry {} has no package of version {version}",
                module.host
            )));
        }
        if !status.is_success() {
            return Err(self.refusal(&module.host, &url, status).await);
        }
        let given = match headers.get("x-terraform-get").and_then(|h| h.to_str().ok()) {
            Some(location) => location.to_owned(),
            None => {
                serde_json::from_slice::<Download>(&body)
                    .map_err(|_| Failure::new(format!("{url} does not say where the package is")))?
                    .location
            }
        };
        referred(&url, &given)
    }

    /// Where a service of `host` is.
    pub(crate) async fn service(&self, host: &str, service: &str) -> Fetched<Url> {
        discovery::service(self.http, self.surroundings, host, service).await
    }

    /// The address of a module's resource in the registry.
    async fn url(&self, module: &RegistryModule, rest: &str) -> Fetched<Url> {
        let base = self.service(&module.host, SERVICE).await?;
        let path = format!("{}/{}/{}/{rest}", module.namespace, module.name, module.system);
        base.join(&path).map_err(|_| Failure::new(format!("{base} is no address of a registry")))
    }

    /// Asks with the token that is configured for `host`.
    pub(crate) async fn ask(&self, host: &str, url: &Url) -> Fetched<(StatusCode, HeaderMap, Vec<u8>)> {
        let secret = bearer(self.surroundings.token(host).await?.as_deref())?;
        let asked = async {
            let response = self.http.get(url, &HeaderMap::new(), &secret).await?;
            let (status, headers) = (response.status(), response.headers().clone());
            Ok((status, headers, document(url, response).await?))
        };
        within(self.surroundings, url, asked).await
    }

    /// Why a registry's answer is not what was hoped for.
    pub(crate) async fn refusal(&self, host: &str, url: &Url, status: StatusCode) -> Failure {
        let failure = refused(url, status);
        if status != StatusCode::UNAUTHORIZED && status != StatusCode::FORBIDDEN {
            return failure;
        }
        failure.advise(match self.surroundings.token(host).await {
            Ok(Some(_)) => format!("The registry {host} does not accept the token that is configured for it."),
            _ => format!(
                "No token is configured for {host}. Set {}, or write a credentials \"{host}\" block with a token \
                 into the CLI configuration.",
                variable(host)
            ),
        })
    }
}

/// The environment variable that holds the token of a host.
fn variable(host: &str) -> String {
    format!("TF_TOKEN_{}", host.replace('-', "__").replace('.', "_"))
}

/// The newest version that is allowed. Prereleases must be asked for by name.
pub(crate) fn choose(versions: &[Version], constraint: Option<&Constraint>) -> Option<Version> {
    let allowed = |version: &&Version| match constraint {
        Some(constraint) => {
            constraint.matches(version) && (version.prerelease().is_empty() || constraint.requests(version))
        }
        None => version.prerelease().is_empty(),
    };
    versions.iter().filter(allowed).max().cloned()
}

/// What a server means that names another place: relative addresses start from its own. A server
/// must not point to files of this machine, nor from an encrypted place to one that is not.
pub(crate) fn referred(from: &Url, given: &str) -> Fetched<RemoteModule> {
    let refuse =
        |why: &str| Failure::new(format!("{from} names {given:?} as the place of the package, {why}"));
    // Anything else that begins with a slash or dots is a path on the server.
    let relative = given.starts_with('/') || given.starts_with("./") || given.starts_with("../");
    let absolute = match relative {
        true => from.join(given).map_err(|_| refuse("which is no address"))?.to_string(),
        false => given.to_owned(),
    };
    let source =
        absolute.parse::<ModuleSource>().map_err(|e| refuse(&format!("which is no address: {e}")))?;
    let ModuleSource::Remote(remote) = source else { return Err(refuse("which is no location")) };
    if remote.url().starts_with("file:") {
        return Err(refuse("which is a file of this machine"));
    }
    if from.scheme() == "https" && (remote.url().starts_with("http:") || remote.url().starts_with("git:")) {
        return Err(refuse("which is not encrypted"));
    }
    Ok(remote)
}

/// A header with a token.
pub(crate) fn bearer(token: Option<&str>) -> Fetched<HeaderMap> {
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| Failure::new("the configured token has characters that no token can have"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    Ok(headers)
}

/// Waits as long as `TF_REGISTRY_CLIENT_TIMEOUT` says.
pub(crate) async fn within<T>(
    surroundings: &Surroundings,
    url: &Url,
    work: impl Future<Output = Fetched<T>>,
) -> Fetched<T> {
    let seconds = surroundings.setting("REGISTRY_CLIENT_TIMEOUT").and_then(|s| s.parse().ok());
    let patience = seconds.map_or(PATIENCE, Duration::from_secs);
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done,
        Err(_) => Err(Failure::new(format!("{url} did not answer within {} seconds", patience.as_secs()))
            .advise("TF_REGISTRY_CLIENT_TIMEOUT sets how many seconds to wait.")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_allowed_version_is_chosen() {
        let versions: Vec<Version> = ["1.0.0", "1.10.0", "1.9.0", "2.0.0-beta1", "2.0.0-beta2", "0.9.0"]
            .iter()
            .map(|v| v.parse().unwrap())
            .collect();
        for (constraint, want) in [
            (None, Some("1.10.0")),
            (Some("~> 1.0"), Some("1.10.0")),
            (Some("~> 1.9.0"), Some("1.9.0")),
            (Some("< 1.0"), Some("0.9.0")),
            (Some("2.0.0-beta1"), Some("2.0.0-beta1")),
            (Some(">= 2.0.0-beta1"), None),
            (Some(">= 2.0.0-beta1, 2.0.0-beta1"), None),
            (Some("~> 2.0.0-beta1"), None),
            (Some("> 1.0, != 1.10.0"), Some("1.9.0")),
            (Some("3.0.0"), None),
        ] {
            let parsed = constraint.map(|c| c.parse().unwrap());
            let chosen = choose(&versions, parsed.as_ref()).map(|v| v.to_string());
            assert_eq!(chosen.as_deref(), want, "{constraint:?}");
        }
    }

    #[test]
    fn servers_do_not_point_at_what_they_must_not() {
        let from = |from: &str, given: &str| referred(&from.parse().unwrap(), given).map(|m| m.to_string());
        let here = "https://r.example/v1/a/b/c/1.0.0/download";
        assert_eq!(from(here, "./x.zip").unwrap(), "https://r.example/v1/a/b/c/1.0.0/x.zip");
        assert_eq!(from(here, "/x.zip//m?archive=zip").unwrap(), "https://r.example/x.zip//m?archive=zip");
        assert_eq!(from(here, "github.com/a/b?ref=v1").unwrap(), "git::https://github.com/a/b.git?ref=v1");
        for (given, why) in [
            ("file:///etc", "file of this machine"),
            ("git::file:///etc", "file of this machine"),
            ("http://r.example/x.zip", "not encrypted"),
            ("git::http://r.example/x.git", "not encrypted"),
            ("a/b/c", "no location"),
        ] {
            let error = from(here, given).unwrap_err().to_string();
            assert!(error.contains(why), "{given}: {error}");
        }
    }

    #[test]
    fn the_variable_of_a_host() {
        assert_eq!(variable("my-host.example.com"), "TF_TOKEN_my__host_example_com");
    }
}
