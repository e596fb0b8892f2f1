//! Secrets as objects: compressed content under the key `tfstate`.

use super::cluster::Cluster;
use crate::remote::{Condition, Objects, Put};
use crate::web::Answer;
use crate::{StorageError, Version};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::Method;
use serde_json::{Map, Value as Json, json};
use std::io::{Read, Write};
use std::sync::Arc;

/// The label of states, and that of parts of journals.
pub(super) const STATE: &str = "tfstate";
const JOURNAL: &str = "terraneJournal";

pub(super) struct Secrets {
    pub(super) cluster: Arc<Cluster>,
    pub(super) namespace: String,
    pub(super) suffix: String,
    pub(super) labels: Vec<(String, String)>,
}

impl Secrets {
    fn path(&self, name: &str) -> String {
        let path = format!("/api/v1/namespaces/{}/secrets", self.namespace);
        if name.is_empty() { path } else { format!("{path}/{name}") }
    }

    pub(super) fn failed(&self, action: &'static str, name: &str, reason: impl ToString) -> StorageError {
        StorageError::Failed { action, location: self.location(name), reason: reason.to_string() }
    }

    pub(super) fn refused(&self, action: &'static str, name: &str, answer: &Answer) -> StorageError {
        let said = serde_json::from_slice::<Json>(&answer.body)
            .ok()
            .and_then(|json| Some(json.get("message")?.as_str()?.to_owned()))
            .unwrap_or_else(|| answer.excerpt());
        self.failed(action, name, format!("Kubernetes answered {}: {said}", answer.status))
    }

    pub(super) async fn send(
        &self,
        action: &'static str,
        name: &str,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Answer, StorageError> {
        let sent = self.cluster.send(method, path, body).await;
        sent.map_err(|reason| self.failed(action, name, reason))
    }

    /// The labels of what belongs to a state, with one that says what it is.
    pub(super) fn labels(&self, what: &str, name: &str) -> Json {
        let workspace = name.split_once('-').map_or(name, |(_, rest)| rest);
        let workspace = workspace.strip_suffix(&format!("-{}", self.suffix)).unwrap_or_default();
        let mut labels = Map::new();
        labels.insert(what.to_owned(), "true".into());
        labels.insert("tfstateSecretSuffix".to_owned(), self.suffix.clone().into());
        labels.insert("tfstateWorkspace".to_owned(), workspace.into());
        labels.insert("app.kubernetes.io/managed-by".to_owned(), "terraform".into());
        labels.extend(self.labels.iter().map(|(name, value)| (name.clone(), value.clone().into())));
        labels.into()
    }

    /// The names of the secrets with a label and this suffix.
    pub(super) async fn named(&self, label: &str) -> Result<Vec<String>, StorageError> {
        let selector = format!("?labelSelector={label}%3Dtrue%2CtfstateSecretSuffix%3D{}", self.suffix);
        let path = self.path("") + &selector;
        let answer = self.send("list", label, Method::GET, &path, None).await?;
        if answer.status.as_u16() != 200 {
            return Err(self.refused("list", label, &answer));
        }
        let json: Json = serde_json::from_slice(&answer.body).map_err(|e| self.failed("list", label, e))?;
        let items = json["items"].as_array().into_iter().flatten();
        let mut names: Vec<String> =
            items.filter_map(|item| Some(item["metadata"]["name"].as_str()?.to_owned())).collect();
        names.sort();
        Ok(names)
    }

    fn content(&self, name: &str, secret: &Json) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let Some(text) = secret["data"][STATE].as_str() else { return Ok(None) };
        let bytes = STANDARD.decode(text).map_err(|e| self.failed("read", name, e))?;
        let mut plain = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain).map_err(|e| self.failed("read", name, e))?;
        let version = secret["metadata"]["resourceVersion"].as_str().unwrap_or_default();
        Ok(Some((plain, Version(version.to_owned()))))
    }
}

#[async_trait]
impl Objects for Secrets {
    fn location(&self, key: &str) -> String {
        format!("the secret {key} in the namespace {} at {}", self.namespace, self.cluster.host())
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let answer = self.send("read", key, Method::GET, &self.path(key), None).await?;
        match answer.status.as_u16() {
            200 => {
                let json = serde_json::from_slice(&answer.body).map_err(|e| self.failed("read", key, e))?;
                self.content(key, &json)
            }
            404 => Ok(None),
            _ => Err(self.refused("read", key, &answer)),
        }
    }

    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        let bytes =
            gzip.write_all(content).and_then(|()| gzip.finish()).map_err(|e| self.failed("write", key, e))?;
        let label = if key.starts_with("tfjournal-") { JOURNAL } else { STATE };
        let mut secret = json!({
            "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
            "metadata": {
                "name": key, "namespace": self.namespace, "labels": self.labels(label, key),
                "annotations": { "encoding": "gzip" },
            },
            "data": { STATE: STANDARD.encode(bytes) },
        });
        let answer = match condition {
            Condition::Absent => self.send("write", key, Method::POST, &self.path(""), Some(&secret)).await?,
            Condition::Is(version) => {
                secret["metadata"]["resourceVersion"] = version.0.clone().into();
                self.send("write", key, Method::PUT, &self.path(key), Some(&secret)).await?
            }
        };
        match answer.status.as_u16() {
            200 | 201 => {
                let json: Json =
                    serde_json::from_slice(&answer.body).map_err(|e| self.failed("write", key, e))?;
                let version = json["metadata"]["resourceVersion"].as_str().unwrap_or_default();
                Ok(Put::Done(Version(version.to_owned())))
            }
            404 | 409 => {
                // The answer to an earlier attempt may have been lost.
                let found = if answer.repeated { self.get(key).await? } else { None };
                let ours = found.filter(|(bytes, _)| bytes == content);
                Ok(ours.map_or(Put::Refused, |(_, version)| Put::Done(version)))
            }
            _ => Err(self.refused("write", key, &answer)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let answer = self.send("remove", key, Method::DELETE, &self.path(key), None).await?;
        match answer.status.as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(self.refused("remove", key, &answer)),
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let mut names = self.named(JOURNAL).await?;
        names.retain(|name| name.starts_with(prefix));
        Ok(names)
    }
}
