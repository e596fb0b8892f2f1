//! The objects of a bucket, through the JSON interface of Cloud Storage.

use crate::remote::{Condition, Objects, Put};
use crate::web::{Answer, Web};
use crate::{StorageError, Version};
use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqsign_core::Signer;
use reqsign_google::Credential;
use serde_json::Value as Json;

/// What is not encoded in a segment of a path or in a query.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A bucket, and with which keys its objects are encrypted.
pub(super) struct Bucket {
    pub(super) web: Web,
    pub(super) signer: Signer<Credential>,
    /// `https://storage.googleapis.com`, without a slash at its end.
    pub(super) host: String,
    pub(super) name: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) kms_key: Option<String>,
}

pub(super) fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

impl Bucket {
    pub(super) fn failed(&self, action: &'static str, key: &str, reason: impl ToString) -> StorageError {
        StorageError::Failed { action, location: self.location(key), reason: reason.to_string() }
    }

    pub(super) fn refused(&self, action: &'static str, key: &str, answer: &Answer) -> StorageError {
        let said = serde_json::from_slice::<Json>(&answer.body)
            .ok()
            .and_then(|json| Some(json.get("error")?.get("message")?.as_str()?.to_owned()))
            .unwrap_or_else(|| answer.excerpt());
        self.failed(action, key, format!("Cloud Storage answered {}: {said}", answer.status))
    }

    /// The path of an object, with a query.
    pub(super) fn object(&self, key: &str, query: &str) -> String {
        format!("/storage/v1/b/{}/o/{}{query}", encode(&self.name), encode(key))
    }

    pub(super) async fn send(
        &self,
        action: &'static str,
        key: &str,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, StorageError> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() =
            format!("{}{path}", self.host).parse().map_err(|e| self.failed(action, key, e))?;
        for (name, value) in &self.headers {
            let value = HeaderValue::from_str(value).map_err(|e| self.failed(action, key, e))?;
            request.headers_mut().insert(*name, value);
        }
        request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        let sent = self.web.send(&request, &self.signer).await;
        sent.map_err(|reason| self.failed(action, key, reason))
    }
}

#[async_trait]
impl Objects for Bucket {
    fn location(&self, key: &str) -> String {
        format!("gs://{}/{key}", self.name)
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let path = self.object(key, "?alt=media");
        let answer = self.send("read", key, Method::GET, &path, Bytes::new()).await?;
        match answer.status.as_u16() {
            200 => match answer.header("x-goog-generation") {
                Some(generation) => {
                    let version = Version(generation.to_owned());
                    Ok(Some((answer.body.to_vec(), version)))
                }
                None => Err(self.failed("read", key, "the answer has no generation")),
            },
            404 if answer.excerpt().contains("bucket does not exist") => {
                Err(self.refused("read", key, &answer))
            }
            404 => Ok(None),
            _ => Err(self.refused("read", key, &answer)),
        }
    }

    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError> {
        let generation = match condition {
            Condition::Absent => "0",
            Condition::Is(version) => &version.0,
        };
        let mut path = format!(
            "/upload/storage/v1/b/{}/o?uploadType=media&name={}&ifGenerationMatch={generation}",
            encode(&self.name),
            encode(key)
        );
        if let Some(kms_key) = &self.kms_key {
            path += &format!("&kmsKeyName={}", encode(kms_key));
        }
        let answer = self.send("write", key, Method::POST, &path, Bytes::copy_from_slice(content)).await?;
        match answer.status.as_u16() {
            200 => {
                let json: Json =
                    serde_json::from_slice(&answer.body).map_err(|e| self.failed("write", key, e))?;
                match json.get("generation").and_then(Json::as_str) {
                    Some(generation) => Ok(Put::Done(Version(generation.to_owned()))),
                    None => Err(self.failed("write", key, "the answer has no generation")),
                }
            }
            412 => {
                // The answer to an earlier attempt may have been lost.
                let found = if answer.repeated { self.get(key).await? } else { None };
                let ours = found.filter(|(bytes, _)| bytes == content);
                Ok(ours.map_or(Put::Refused, |(_, version)| Put::Done(version)))
            }
            _ => Err(self.refused("write", key, &answer)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let answer = self.send("remove", key, Method::DELETE, &self.object(key, ""), Bytes::new()).await?;
        match answer.status.as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(self.refused("remove", key, &answer)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let (mut keys, mut more) = (Vec::new(), None::<String>);
        loop {
            let mut path = format!(
                "/storage/v1/b/{}/o?prefix={}&fields={}",
                encode(&self.name),
                encode(prefix),
                encode("nextPageToken,items(name)")
            );
            if let Some(token) = &more {
                path += &format!("&pageToken={}", encode(token));
            }
            let answer = self.send("list", prefix, Method::GET, &path, Bytes::new()).await?;
            if answer.status.as_u16() != 200 {
                return Err(self.refused("list", prefix, &answer));
            }
            let json: Json =
                serde_json::from_slice(&answer.body).map_err(|e| self.failed("list", prefix, e))?;
            let items = json.get("items").and_then(Json::as_array).into_iter().flatten();
            keys.extend(items.filter_map(|item| Some(item.get("name")?.as_str()?.to_owned())));
            more = json.get("nextPageToken").and_then(Json::as_str).map(str::to_owned);
            if more.is_none() {
                break;
            }
        }
        keys.sort();
        Ok(keys)
    }
}
