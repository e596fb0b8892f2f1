//! A provider's own registry: which versions there are, where the archive for a machine is, and what
//! vouches for it: the SHA256SUMS document, signed with a key of the provider's.

use super::signature;
use crate::error::{Failure, Fetched};
use crate::http::{document, refused};
use crate::registry::Registry;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use terrane_address::{ProviderAddress, Version};
use url::Url;

/// The service that registries of providers announce.
const SERVICE: &str = "providers.v1";

/// A version that a registry has.
#[derive(Clone, Debug)]
pub(super) struct Published {
    pub(super) version: Version,
    /// Whether there is a package for the platform that was asked for.
    pub(super) for_this_platform: bool,
}

/// An archive, and what vouches for it.
#[derive(Clone, Debug)]
pub(super) struct Download {
    pub(super) url: Url,
    /// Hashes of the archives for all platforms: `zh:...`, that of this one first.
    pub(super) hashes: Vec<String>,
    /// By whom the hashes are signed.
    pub(super) signed_by: String,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    versions: Vec<VersionEntry>,
}

#[derive(Deserialize)]
struct VersionEntry {
    version: String,
    #[serde(default)]
    protocols: Vec<String>,
    #[serde(default)]
    platforms: Vec<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    os: String,
    arch: String,
}

#[derive(Deserialize)]
struct Package {
    filename: String,
    download_url: String,
    shasum: String,
    shasums_url: String,
    shasums_signature_url: String,
    signing_keys: SigningKeys,
}

#[derive(Deserialize)]
struct SigningKeys {
    #[serde(default)]
    gpg_public_keys: Vec<PublicKey>,
}

#[derive(Deserialize)]
struct PublicKey {
    key_id: String,
    ascii_armor: String,
    #[serde(default)]
    source: String,
}

impl Registry<'_> {
    /// The versions of a provider that speak a protocol that this program speaks.
    pub(super) async fn provider_versions(
        &self,
        address: &ProviderAddress,
        platform: &str,
    ) -> Fetched<Vec<Published>> {
        let url = self.provider_url(address, "versions").await?;
        let (status, _, body) = self.ask(&address.hostname, &url).await?;
        match status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                return Err(Failure::new(format!(
                    "the registry {} has no provider {}",
                    address.hostname,
                    address.short()
                ))
                .advise("Check the source in required_providers for typing errors."));
            }
            status => return Err(self.refusal(&address.hostname, &url, status).await),
        }
        let answer: Versions = serde_json::from_slice(&body)
            .map_err(|e| Failure::new(format!("the answer of {url} is not that of a registry: {e}")))?;
        let spoken = |entry: &VersionEntry| {
            let known = |protocol: &String| {
                let major = protocol.split('.').next().unwrap_or_default();
                matches!(major, "5" | "6")
            };
            entry.protocols.is_empty() || entry.protocols.iter().any(known)
        };
        let published = |entry: &VersionEntry| {
            let fits = |p: &Platform| format!("{}_{}", p.os, p.arch) == platform;
            let for_this_platform = entry.platforms.is_empty() || entry.platforms.iter().any(fits);
            Some(Published { version: entry.version.parse().ok()?, for_this_platform })
        };
        Ok(answer.versions.iter().filter(|e| spoken(e)).filter_map(published).collect())
    }

    /// The archive of a version for a platform, after what vouches for it has been checked.
    pub(super) async fn provider_archive(
        &self,
        address: &ProviderAddress,
        version: &Version,
        platform: &str,
    ) -> Fetched<Download> {
        let machine = platform.replacen('_', "/", 1);
        let url = self.provider_url(address, &format!("{version}/download/{machine}")).await?;
        let (status, _, body) = self.ask(&address.hostname, &url).await?;
        match status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                return Err(Failure::new(format!(
                    "the registry {} has no package of {} {version} for {}",
                    address.hostname,
                    address.short(),
                    platform
                )));
            }
            status => return Err(self.refusal(&address.hostname, &url, status).await),
        }
        let package: Package = serde_json::from_slice(&body)
            .map_err(|e| Failure::new(format!("the answer of {url} is not that of a registry: {e}")))?;
        let sums = self.public(&url, &package.shasums_url).await?;
        let signature = self.public(&url, &package.shasums_signature_url).await?;
        let keys = package.signing_keys.gpg_public_keys.iter();
        let keys: Vec<_> =
            keys.map(|k| (k.key_id.as_str(), k.ascii_armor.as_str(), k.source.as_str())).collect();
        let signed_by = signature::check(&sums, &signature, &keys).map_err(|why| {
            Failure::new(format!("the checksums of {} {version} are not vouched for: {why}", address.short()))
                .advise("Nothing was installed. If this goes on, tell the provider's authors.")
        })?;
        let hashes = sums_of(&String::from_utf8_lossy(&sums), &package.filename, &package.shasum)?;
        let url = location(&url, &package.download_url)?;
        Ok(Download { url, hashes, signed_by })
    }

    async fn provider_url(&self, address: &ProviderAddress, rest: &str) -> Fetched<Url> {
        let base = self.service(&address.hostname, SERVICE).await?;
        let path = format!("{}/{}/{rest}", address.namespace, address.type_name);
        base.join(&path).map_err(|_| Failure::new(format!("{base} is no address of a registry")))
    }

    /// A document that needs no credentials.
    async fn public(&self, from: &Url, at: &str) -> Fetched<Vec<u8>> {
        let url = location(from, at)?;
        let response = self.http.get(&url, &HeaderMap::new(), &HeaderMap::new()).await?;
        match response.status() {
            StatusCode::OK => document(&url, response).await,
            status => Err(refused(&url, status)),
        }
    }
}

/// Where a registry says that something is; never at a place that is not encrypted.
fn location(from: &Url, at: &str) -> Fetched<Url> {
    let refuse = |why: &str| Failure::new(format!("{from} names {at:?}, {why}"));
    let url = from.join(at).map_err(|_| refuse("which is no URL"))?;
    match url.scheme() {
        "https" => Ok(url),
        _ => Err(refuse("which is not encrypted")),
    }
}

/// The hashes in a SHA256SUMS document, in which `filename` must have `sum`.
fn sums_of(sums: &str, filename: &str, sum: &str) -> Fetched<Vec<String>> {
    let (mut hashes, mut listed) = (Vec::new(), false);
    for line in sums.lines() {
        let Some((hash, name)) = line.split_once(char::is_whitespace) else { continue };
        let name = name.trim_start().trim_start_matches('*');
        if name == filename {
            if !hash.eq_ignore_ascii_case(sum) {
                return Err(Failure::new(format!(
                    "the registry says that {filename} has the checksum {sum}, and the signed document says {hash}"
                )));
            }
            listed = true;
            hashes.insert(0, format!("zh:{}", hash.to_lowercase()));
        } else if name.ends_with(".zip") {
            hashes.push(format!("zh:{}", hash.to_lowercase()));
        }
    }
    match listed {
        true => Ok(hashes),
        false => Err(Failure::new(format!("the signed document of checksums does not have {filename}"))),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sums_must_be_the_same_in_both_places() {
        let sums = "AA  x_1_darwin.zip\nbb  x_1_linux.zip\ncc  x_1_manifest.json\n";
        assert_eq!(sums_of(sums, "x_1_linux.zip", "BB").unwrap(), ["zh:bb", "zh:aa"]);
        assert!(sums_of(sums, "x_1_linux.zip", "aa").unwrap_err().what.contains("signed document says bb"));
        assert!(sums_of(sums, "y.zip", "aa").unwrap_err().what.contains("does not have y.zip"));
        assert!(sums_of("", "y.zip", "aa").is_err());
    }

    #[test]
    fn archives_come_from_encrypted_places() {
        let from: Url = "https://r.example/v1/a/b/1.0.0/download/linux/amd64".parse().unwrap();
        assert_eq!(location(&from, "/x.zip").unwrap().as_str(), "https://r.example/x.zip");
        assert!(location(&from, "http://r.example/x.zip").is_err());
        assert!(location(&from, "file:///etc/passwd").is_err());
    }
}
