//! Mirrors on servers: two kinds of JSON documents below one URL say which versions there are and
//! where their archives are.

use crate::error::{Failure, Fetched};
use crate::http::{Http, document, refused};
use crate::registry::{bearer, within};
use crate::surroundings::Surroundings;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use std::collections::BTreeMap;
use terrane_address::{ProviderAddress, Version};
use url::Url;

/// An archive that a server has.
#[derive(Clone, Debug)]
pub(super) struct Archive {
    pub(super) url: Url,
    /// Hashes that the server says the package has. Empty when it says nothing.
    pub(super) hashes: Vec<String>,
}

#[derive(Deserialize)]
struct Index {
    versions: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Archives {
    archives: BTreeMap<String, Published>,
}

#[derive(Deserialize)]
struct Published {
    url: String,
    #[serde(default)]
    hashes: Vec<String>,
}

/// A mirror.
pub(super) struct Mirror<'a> {
    pub(super) http: &'a Http,
    pub(super) surroundings: &'a Surroundings,
    pub(super) base: &'a str,
}

impl Mirror<'_> {
    /// The versions that there are of a provider; none when the mirror does not know it.
    pub(super) async fn versions(&self, address: &ProviderAddress) -> Fetched<Vec<Version>> {
        let Some(index) = self.ask::<Index>(address, "index.json").await? else { return Ok(Vec::new()) };
        Ok(index.versions.keys().filter_map(|v| v.parse().ok()).collect())
    }

    /// The archive of a version for a platform.
    pub(super) async fn archive(
        &self,
        address: &ProviderAddress,
        version: &Version,
        platform: &str,
    ) -> Fetched<Archive> {
        let document = format!("{version}.json");
        let none = |what: &str| {
            Failure::new(format!("the mirror {} has no {what} of {address} {version}", self.base))
        };
        let archives: Archives = self.ask(address, &document).await?.ok_or_else(|| none("description"))?;
        let published =
            archives.archives.get(platform).ok_or_else(|| none(&format!("package for {platform}")))?;
        let at = self.url(address, &document)?;
        let url = at
            .join(&published.url)
            .map_err(|_| Failure::new(format!("{at} names {:?}, which is no URL", published.url)))?;
        if url.scheme() != "https" {
            return Err(Failure::new(format!("{at} names {url}, which is not encrypted")));
        }
        Ok(Archive { url, hashes: published.hashes.clone() })
    }

    fn url(&self, address: &ProviderAddress, document: &str) -> Fetched<Url> {
        let bad = |why: &str| Failure::new(format!("the URL of the network mirror {:?} {why}", self.base));
        let base = Url::parse(self.base).map_err(|e| bad(&format!("cannot be read: {e}")))?;
        if base.scheme() != "https" {
            return Err(bad("must begin with https://"));
        }
        if !base.path().ends_with('/') {
            return Err(bad("must end in a slash"));
        }
        base.join(&format!("{address}/{document}")).map_err(|e| bad(&format!("cannot be read: {e}")))
    }

    async fn ask<T: for<'a> Deserialize<'a>>(
        &self,
        address: &ProviderAddress,
        document_name: &str,
    ) -> Fetched<Option<T>> {
        let url = self.url(address, document_name)?;
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let secret = bearer(self.surroundings.token(&host).await?.as_deref())?;
        let asked = async {
            let response = self.http.get(&url, &HeaderMap::new(), &secret).await?;
            let status = response.status();
            Ok((status, document(&url, response).await?))
        };
        let (status, body) = within(self.surroundings, &url, asked).await?;
        match status {
            StatusCode::OK => {
                let read = serde_json::from_slice(&body);
                read.map(Some)
                    .map_err(|e| Failure::new(format!("the answer of {url} is not that of a mirror: {e}")))
            }
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(refused(&url, status)),
        }
    }
}
