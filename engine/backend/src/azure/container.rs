//! The blobs of a container, through the REST interface of Azure Blob Storage.

use crate::StorageError;
use crate::aws::element;
use crate::web::{Answer, Web};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqsign_azure_storage::Credential;
use reqsign_core::Signer;
use serde::Deserialize;

/// The version of the interface.
const VERSION: &str = "2023-11-03";

/// What is not encoded in a name in a path: slashes part it.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');
const QUERY: &AsciiSet = &PATH.add(b'/');

/// A container, and who asks.
pub(super) struct Container {
    pub(super) web: Web,
    pub(super) signer: Signer<Credential>,
    /// `https://ACCOUNT.blob.core.windows.net`, without a slash at its end.
    pub(super) service: String,
    pub(super) name: String,
    /// Whether to keep what a write replaces.
    pub(super) snapshot: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listing {
    #[serde(default)]
    blobs: Blobs,
    next_marker: Option<String>,
}

#[derive(Default, Deserialize)]
struct Blobs {
    #[serde(default, rename = "Blob")]
    blobs: Vec<Blob>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Blob {
    name: String,
}

impl Container {
    pub(super) fn location(&self, key: &str) -> String {
        format!("{}/{}/{key}", self.service, self.name)
    }

    pub(super) fn failed(&self, action: &'static str, key: &str, reason: impl ToString) -> StorageError {
        StorageError::Failed { action, location: self.location(key), reason: reason.to_string() }
    }

    pub(super) fn refused(&self, action: &'static str, key: &str, answer: &Answer) -> StorageError {
        let body = String::from_utf8_lossy(&answer.body);
        let said = element(&body, "Message").map(|text| text.lines().next().unwrap_or_default().to_owned());
        let said = said.unwrap_or_else(|| answer.excerpt());
        let code = answer.header("x-ms-error-code").map(|code| format!(", {code}")).unwrap_or_default();
        let hint = match answer.status.as_u16() {
            403 => {
                " Who asks needs the role \"Storage Blob Data Contributor\" for the container, unless a key or a shared \
                 access signature is given."
            }
            _ => "",
        };
        self.failed(action, key, format!("Azure answered {}{code}: {said}.{hint}", answer.status))
    }

    /// Sends a request about a blob, or about the container where `key` is empty.
    pub(super) async fn send(
        &self,
        action: &'static str,
        key: &str,
        method: Method,
        query: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Answer, StorageError> {
        let slash = if key.is_empty() { "" } else { "/" };
        let path = format!("{}{slash}{}", self.name, utf8_percent_encode(key, PATH));
        let mut request = Request::new(body);
        *request.uri_mut() =
            format!("{}/{path}{query}", self.service).parse().map_err(|e| self.failed(action, key, e))?;
        let length = request.body().len().to_string();
        let has_body = method == Method::PUT;
        *request.method_mut() = method;
        let version = ("x-ms-version", VERSION);
        let length = has_body.then_some(("content-length", &*length));
        for (name, value) in headers.iter().copied().chain([version]).chain(length) {
            let name =
                http::HeaderName::from_bytes(name.as_bytes()).map_err(|e| self.failed(action, key, e))?;
            let value = HeaderValue::from_str(value).map_err(|e| self.failed(action, key, e))?;
            request.headers_mut().insert(name, value);
        }
        let sent = self.web.send(&request, &self.signer).await;
        sent.map_err(|reason| self.failed(action, key, reason))
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let encode = |text: &str| utf8_percent_encode(text, QUERY).to_string();
        let (mut names, mut more) = (Vec::new(), None::<String>);
        loop {
            let mut query = format!("?restype=container&comp=list&prefix={}", encode(prefix));
            if let Some(marker) = &more {
                query += &format!("&marker={}", encode(marker));
            }
            let answer = self.send("list", "", Method::GET, &query, &[], Bytes::new()).await?;
            if !answer.status.is_success() {
                return Err(self.refused("list", prefix, &answer));
            }
            let text = String::from_utf8_lossy(&answer.body);
            let listing: Listing = quick_xml::de::from_str(text.trim_start_matches('\u{feff}'))
                .map_err(|e| self.failed("list", prefix, e))?;
            names.extend(listing.blobs.blobs.into_iter().map(|blob| blob.name));
            more = listing.next_marker.filter(|marker| !marker.is_empty());
            if more.is_none() {
                break;
            }
        }
        names.sort();
        Ok(names)
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let all = [("x-ms-delete-snapshots", "include")];
        let answer = self.send("remove", key, Method::DELETE, "", &all, Bytes::new()).await?;
        match answer.status.as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(self.refused("remove", key, &answer)),
        }
    }
}
