//! The lock object of a state in Cloud Storage. Terraform names such a lock by the generation of its
//! object, which therefore must stay: heartbeats go to its metadata, which has a count of its own.

use super::objects::Bucket;
use crate::remote::{Condition, Lock, Objects, Put, to_bytes};
use crate::{LockError, LockInfo, StorageError, Version};
use async_trait::async_trait;
use bytes::Bytes;
use http::Method;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::sync::{Arc, Mutex, PoisonError};

pub(super) struct GenerationLock {
    bucket: Arc<Bucket>,
    key: String,
    state: String,
    /// The generation of our own lock.
    ours: Mutex<Option<Version>>,
}

impl GenerationLock {
    pub(super) fn new(bucket: Arc<Bucket>, key: String, state: String) -> GenerationLock {
        GenerationLock { bucket, key, state, ours: Mutex::new(None) }
    }

    fn lost(&self) -> StorageError {
        StorageError::LockLost { location: self.state.clone() }
    }

    /// The lock with its last heartbeat, and its generation.
    async fn read(&self) -> Result<Option<(LockInfo, Version)>, StorageError> {
        let Some((bytes, version)) = self.bucket.get(&self.key).await? else { return Ok(None) };
        let mut info: LockInfo = serde_json::from_slice(&bytes).unwrap_or_default();
        let path = self.bucket.object(&self.key, &format!("?ifGenerationMatch={}", version.0));
        let answer = self.bucket.send("read", &self.key, Method::GET, &path, Bytes::new()).await?;
        if answer.status.is_success() {
            let json: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
            let time = |name: &str| json.get("metadata")?.get(name)?.as_str()?.parse::<Timestamp>().ok();
            info.heartbeat = time("heartbeat").or(info.heartbeat);
            info.expires = time("expires").or(info.expires);
        }
        info.id.clone_from(&version.0);
        Ok(Some((info, version)))
    }

    /// Removes the lock of this generation; `false` when it is another one by now.
    async fn delete(&self, version: &Version) -> Result<bool, StorageError> {
        let path = self.bucket.object(&self.key, &format!("?ifGenerationMatch={}", version.0));
        let answer = self.bucket.send("unlock", &self.key, Method::DELETE, &path, Bytes::new()).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(true),
            404 if answer.repeated => Ok(true),
            404 | 412 => Ok(false),
            _ => Err(self.bucket.refused("unlock", &self.key, &answer)),
        }
    }

    fn ours(&self) -> Result<Version, StorageError> {
        self.ours.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(|| self.lost())
    }
}

#[async_trait]
impl Lock for GenerationLock {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let content = to_bytes(info, &self.state)?;
        let mut taken_over = None;
        loop {
            if let Put::Done(version) = self.bucket.put(&self.key, &content, Condition::Absent).await? {
                *self.ours.lock().unwrap_or_else(PoisonError::into_inner) = Some(version);
                return Ok(taken_over);
            }
            match self.read().await? {
                None => {}
                Some((holder, version)) if holder.is_expired(Timestamp::now()) => {
                    let deleted = self.delete(&version).await?;
                    taken_over = deleted.then_some(holder);
                }
                Some((holder, _)) => return Err(LockError::Held { holder: Some(Box::new(holder)) }),
            }
        }
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        let version = self.ours()?;
        let path = self.bucket.object(&self.key, &format!("?ifGenerationMatch={}", version.0));
        let body = json!({ "metadata": {
            "heartbeat": info.heartbeat.map(|t| t.to_string()),
            "expires": info.expires.map(|t| t.to_string()),
        }});
        let answer =
            self.bucket.send("lock", &self.key, Method::PATCH, &path, Bytes::from(body.to_string())).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            404 | 412 => Err(self.lost()),
            _ => Err(self.bucket.refused("lock", &self.key, &answer)),
        }
    }

    async fn release(&self, _info: &LockInfo) -> Result<(), StorageError> {
        let version = self.ours()?;
        *self.ours.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if self.delete(&version).await? { Ok(()) } else { Err(self.lost()) }
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(self.read().await?.map(|(info, _)| info))
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        match self.read().await? {
            Some((info, version)) if info.id == id && self.delete(&version).await? => Ok(info),
            found => Err(LockError::NoSuchLock { id: id.into(), actual: found.map(|(info, _)| info.id) }),
        }
    }
}
