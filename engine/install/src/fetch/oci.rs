//! Modules in OCI registries: `oci://HOST/REPOSITORY[?tag=TAG|digest=DIGEST]`. The manifest has one
//! layer of type `archive/zip`, as OpenTofu defines it.

use super::checksum::Checksum;
use super::http::basic_value;
use super::query::Query;
use super::{Done, Fetcher, scratch, unpack};
use crate::archive::{Kind, LIMITS};
use crate::error::{Failure, Fetched, io};
use crate::helper;
use crate::http::{document, refused, save};
use base64::Engine;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use terrane_address::RemoteModule;
use url::Url;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const ARTIFACT: &str = "application/vnd.opentofu.modulepkg";
const LAYER: &str = "archive/zip";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    artifact_type: Option<String>,
    #[serde(default)]
    layers: Vec<Layer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    media_type: String,
    digest: String,
    size: u64,
}

pub(super) async fn fetch(fetcher: &Fetcher<'_>, module: &RemoteModule, to: &Path) -> Fetched<Done> {
    let bad = |why: &str| {
        Failure::new(format!("{} {why}", module.url()))
            .advise("The form is oci://HOST/REPOSITORY, with tag=TAG or digest=DIGEST as parameter.")
    };
    let url = module.url().replacen("oci://", "https://", 1).parse().map_err(|_| bad("is no URL"))?;
    let query = Query::take(url, &["tag", "digest"]);
    let repository = query.url.path().trim_matches('/').to_owned();
    let reference = match (query.get("tag"), query.get("digest")) {
        (Some(_), Some(_)) => return Err(bad("has both a tag and a digest")),
        (None, Some(digest)) => digest,
        (tag, None) => tag.unwrap_or("latest"),
    };
    let safe = |s: &str| s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._:+".contains(&b));
    if repository.is_empty() || query.url.query().is_some() || !safe(reference) {
        return Err(bad("is no address of a module in an OCI registry"));
    }
    let mut registry = Registry { fetcher, repository, base: query.url.clone(), secret: HeaderMap::new() };
    let body = registry.manifest(reference).await?;
    let not_a_module = |why: String| {
        Failure::new(format!("{} is no package of a module: {why}", module.url()))
            .advise(format!("A module is an artifact of type {ARTIFACT} with one layer of type {LAYER}."))
    };
    let manifest: Manifest = serde_json::from_slice(&body).map_err(|e| not_a_module(e.to_string()))?;
    if manifest.artifact_type.as_deref() != Some(ARTIFACT) {
        return Err(not_a_module(format!(
            "its type is {}",
            manifest.artifact_type.as_deref().unwrap_or("not given")
        )));
    }
    let layers: Vec<&Layer> = manifest.layers.iter().filter(|layer| layer.media_type == LAYER).collect();
    let [layer] = layers[..] else {
        return Err(not_a_module(format!("it has {} layers of type {LAYER}", layers.len())));
    };
    let file = registry.blob(layer).await?;
    unpack(file, Kind::Zip, to).await?;
    Ok(Done::Here)
}

struct Registry<'a> {
    fetcher: &'a Fetcher<'a>,
    repository: String,
    base: Url,
    secret: HeaderMap,
}

impl Registry<'_> {
    /// The manifest of a tag or digest; with a digest it is checked.
    async fn manifest(&mut self, reference: &str) -> Fetched<Vec<u8>> {
        let url = self.url(&format!("manifests/{reference}"))?;
        let response = self.get(&url, MANIFEST).await?;
        let body = document(&url, response).await?;
        if reference.contains(':') {
            let mut file = scratch()?;
            file.write_all(&body).map_err(io("writing to a temporary file"))?;
            Checksum::parse(reference)?.check(&mut file)?;
        }
        Ok(body)
    }

    async fn blob(&mut self, layer: &Layer) -> Fetched<std::fs::File> {
        let digest = Checksum::parse(&layer.digest)?;
        let url = self.url(&format!("blobs/{}", layer.digest))?;
        let response = self.get(&url, "*/*").await?;
        let mut file = scratch()?;
        save(&url, response, LIMITS.packed.min(layer.size), &mut file).await?;
        digest.check(&mut file)?;
        file.seek(SeekFrom::Start(0)).map_err(io("reading what was downloaded"))?;
        Ok(file)
    }

    fn url(&self, rest: &str) -> Fetched<Url> {
        let path = format!("/v2/{}/{rest}", self.repository);
        self.base.join(&path).map_err(|e| Failure::new(format!("{path} is no path: {e}")))
    }

    /// Asks, and once more with a token when the registry wants one.
    async fn get(&mut self, url: &Url, accept: &'static str) -> Fetched<Response> {
        let mut plain = HeaderMap::new();
        plain.insert(ACCEPT, HeaderValue::from_static(accept));
        let response = self.fetcher.http.get(url, &plain, &self.secret).await?;
        let response = match response.status() {
            StatusCode::UNAUTHORIZED if self.secret.is_empty() => {
                let challenge = response.headers().get(WWW_AUTHENTICATE).and_then(|h| h.to_str().ok());
                self.secret = self.answer(challenge.unwrap_or_default()).await?;
                self.fetcher.http.get(url, &plain, &self.secret).await?
            }
            _ => response,
        };
        if response.status().is_success() { Ok(response) } else { Err(refused(url, response.status())) }
    }

    /// The header that answers a challenge.
    async fn answer(&self, challenge: &str) -> Fetched<HeaderMap> {
        let host = self.base.host_str().unwrap_or_default();
        let with_port = self.base.port().map(|port| format!("{host}:{port}"));
        let known = stored(self.fetcher, with_port.as_deref().unwrap_or(host)).await;
        let basic = known.as_ref().map(|(user, password)| basic_value(user, password)).transpose()?;
        let mut headers = HeaderMap::new();
        let Some(parameters) = challenge.strip_prefix("Bearer ") else {
            headers.extend(basic.map(|basic| (AUTHORIZATION, basic)));
            return Ok(headers);
        };
        let parameter = |name: &str| {
            let (_, rest) = parameters.split_once(&format!("{name}=\""))?;
            rest.split('"').next()
        };
        let bad =
            || Failure::new(format!("the registry {host} asks for a token from nowhere: {challenge:?}"));
        let mut url: Url = parameter("realm").and_then(|realm| realm.parse().ok()).ok_or_else(bad)?;
        if url.scheme() != "https" {
            return Err(Failure::new(format!(
                "the registry {host} wants credentials sent to {url}, which is not encrypted"
            )));
        }
        let scope = format!("repository:{}:pull", self.repository);
        let service = parameter("service").map(str::to_owned);
        url.query_pairs_mut().append_pair("scope", parameter("scope").unwrap_or(&scope));
        if let Some(service) = service {
            url.query_pairs_mut().append_pair("service", &service);
        }
        let mut secret = HeaderMap::new();
        secret.extend(basic.map(|basic| (AUTHORIZATION, basic)));
        let response = self.fetcher.http.get(&url, &HeaderMap::new(), &secret).await?;
        if !response.status().is_success() {
            return Err(refused(&url, response.status()));
        }
        let answer: Value = serde_json::from_slice(&document(&url, response).await?).map_err(|_| bad())?;
        let token =
            ["token", "access_token"].iter().find_map(|name| answer.get(*name)?.as_str()).ok_or_else(bad)?;
        crate::registry::bearer(Some(token))
    }
}

/// The user name and password for a registry by the configuration of Docker or Podman: that of a program which it names, or one
/// that it holds.
async fn stored(fetcher: &Fetcher<'_>, host: &str) -> Option<(String, String)> {
    let surroundings = fetcher.surroundings;
    let docker = surroundings.variable("DOCKER_CONFIG").map(|dir| PathBuf::from(dir).join("config.json"));
    let podman = surroundings.variable("REGISTRY_AUTH_FILE").map(PathBuf::from);
    let runtime =
        surroundings.variable("XDG_RUNTIME_DIR").map(|dir| PathBuf::from(dir).join("containers/auth.json"));
    let places = [podman, runtime, docker.or_else(|| surroundings.in_home(".docker/config.json"))];
    for path in places.into_iter().flatten() {
        let Some(config) =
            std::fs::read(path).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok())
        else {
            continue;
        };
        let of_host = config.get("credHelpers").and_then(|helpers| helpers.get(host));
        let helper = of_host.or_else(|| config.get("credsStore")).and_then(Value::as_str);
        let known = match helper {
            Some(name) => helper::of_docker(surroundings, name, host).await,
            None => None,
        };
        if let Some(known) = known.or_else(|| held(&config, host)) {
            return Some(known);
        }
    }
    None
}

/// What the configuration of Docker holds itself.
fn held(config: &Value, host: &str) -> Option<(String, String)> {
    let encoded = config.get("auths")?.get(host)?.get("auth")?.as_str()?;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
}
