//! The blob of a state, and its lock: a lease on the blob, which Azure itself ends when it is not renewed.
//! Who holds it is in the blob's metadata, as Terraform has it; the lock's id is that of the lease.

use super::container::Container;
use crate::remote::{Condition, Lock, Objects, Put, to_bytes};
use crate::web::Answer;
use crate::{LockError, LockInfo, StorageError, Version};
use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::Method;
use std::sync::{Arc, Mutex, PoisonError};

/// The metadata in which the lock's information is, in base64.
const HOLDER: &str = "x-ms-meta-terraformlockid";

/// How long a lease holds without being renewed, in seconds: the longest that Azure knows but for ever.
const LEASE: &str = "60";

/// The blob of a state. Other blobs of the container are written through it as well.
pub(super) struct StateBlob {
    container: Arc<Container>,
    key: String,
    /// Our own lock.
    held: Mutex<Option<Held>>,
    /// Whether this run has kept what it replaces.
    kept: tokio::sync::Mutex<bool>,
}

#[derive(Clone, Debug)]
struct Held {
    id: String,
    /// The value of [`HOLDER`].
    holder: String,
}

impl StateBlob {
    pub(super) fn new(container: Arc<Container>, key: String) -> StateBlob {
        StateBlob { container, key, held: Mutex::new(None), kept: tokio::sync::Mutex::new(false) }
    }

    fn held(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, held: Option<Held>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    fn lost(&self) -> StorageError {
        StorageError::LockLost { location: self.container.location(&self.key) }
    }

    /// What the lock of the blob is: whether there is one now, and what is said of the holder, also of one
    /// whose lease has ended. `None` without a blob.
    async fn look(&self) -> Result<Option<(bool, LockInfo)>, StorageError> {
        let answer = self.container.send("read", &self.key, Method::HEAD, "", &[], Bytes::new()).await?;
        match answer.status.as_u16() {
            200..=299 => {}
            404 => return Ok(None),
            _ => return Err(self.container.refused("read", &self.key, &answer)),
        }
        let leased = matches!(answer.header("x-ms-lease-state"), Some("leased" | "breaking"));
        let holder = answer.header(HOLDER).and_then(|text| BASE64_STANDARD.decode(text).ok());
        let mut info: LockInfo =
            holder.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        // These are of the time when the lock was taken; Azure knows better.
        (info.heartbeat, info.expires) = (None, None);
        Ok(Some((leased, info)))
    }

    async fn lease(&self, action: &str, headers: &[(&str, &str)]) -> Result<Answer, StorageError> {
        let mut all = vec![("x-ms-lease-action", action)];
        all.extend(headers);
        self.container.send("lock", &self.key, Method::PUT, "?comp=lease", &all, Bytes::new()).await
    }

    /// Writes who has the lock, or that nobody has.
    async fn tell(&self, id: &str, holder: Option<&str>) -> Result<Answer, StorageError> {
        let mut headers = vec![("x-ms-lease-id", id)];
        headers.extend(holder.map(|holder| (HOLDER, holder)));
        self.container.send("lock", &self.key, Method::PUT, "?comp=metadata", &headers, Bytes::new()).await
    }

    async fn write(
        &self,
        key: &str,
        content: &[u8],
        condition: (&str, &str),
    ) -> Result<Answer, StorageError> {
        let held = self.held().filter(|_| key == self.key);
        let mut headers =
            vec![condition, ("x-ms-blob-type", "BlockBlob"), ("content-type", "application/json")];
        if let Some(held) = &held {
            // A write replaces the metadata too.
            headers.extend([("x-ms-lease-id", &*held.id), (HOLDER, &*held.holder)]);
        }
        self.container.send("write", key, Method::PUT, "", &headers, Bytes::copy_from_slice(content)).await
    }

    /// Keeps the state that is about to be replaced by the first write of a run.
    async fn keep_replaced(&self) -> Result<(), StorageError> {
        let mut kept = self.kept.lock().await;
        if *kept || !self.container.snapshot {
            return Ok(());
        }
        let held = self.held();
        let headers: Vec<_> = held.iter().map(|held| ("x-ms-lease-id", &*held.id)).collect();
        let answer = self
            .container
            .send("copy", &self.key, Method::PUT, "?comp=snapshot", &headers, Bytes::new())
            .await?;
        match answer.status.as_u16() {
            200..=299 | 404 => {
                *kept = true;
                Ok(())
            }
            _ => Err(self.container.refused("copy", &self.key, &answer)),
        }
    }
}

/// Whether an answer says that a lease is not, or is no longer, ours.
fn is_not_ours(answer: &Answer) -> bool {
    let code = answer.header("x-ms-error-code").unwrap_or_default();
    code == "LeaseLost" || code.starts_with("LeaseIdMismatch") || code.starts_with("LeaseNotPresent")
}

#[async_trait]
impl Objects for StateBlob {
    fn location(&self, key: &str) -> String {
        self.container.location(key)
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let answer = self.container.send("read", key, Method::GET, "", &[], Bytes::new()).await?;
        let code = answer.header("x-ms-error-code");
        match (answer.status.as_u16(), answer.header("etag")) {
            // An empty blob is there to be locked.
            (200, _) if answer.body.is_empty() => Ok(None),
            (200, Some(tag)) => {
                let version = Version(tag.to_owned());
                Ok(Some((answer.body.to_vec(), version)))
            }
            (200, None) => Err(self.container.failed("read", key, "the answer has no entity tag")),
            (404, _) if code != Some("ContainerNotFound") => Ok(None),
            _ => Err(self.container.refused("read", key, &answer)),
        }
    }

    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError> {
        if key == self.key && matches!(condition, Condition::Is(_)) {
            self.keep_replaced().await?;
        }
        let answer = match condition {
            Condition::Is(version) => self.write(key, content, ("if-match", &version.0)).await?,
            Condition::Absent => {
                let answer = self.write(key, content, ("if-none-match", "*")).await?;
                let head = match answer.status.as_u16() {
                    409 | 412 => {
                        Some(self.container.send("read", key, Method::HEAD, "", &[], Bytes::new()).await?)
                    }
                    _ => None,
                };
                let empty = head.filter(|head| head.header("content-length") == Some("0"));
                match empty.as_ref().and_then(|head| head.header("etag")) {
                    Some(tag) => self.write(key, content, ("if-match", tag)).await?,
                    None => answer,
                }
            }
        };
        match (answer.status.as_u16(), answer.header("etag")) {
            (201, Some(tag)) => Ok(Put::Done(Version(tag.to_owned()))),
            (201, None) => Err(self.container.failed("write", key, "the answer has no entity tag")),
            _ if is_not_ours(&answer) => Err(self.lost()),
            (409 | 412, _) if answer.header("x-ms-error-code") != Some("LeaseIdMissing") => {
                // The answer to an earlier attempt may have been lost.
                let found = if answer.repeated { self.get(key).await? } else { None };
                let ours = found.filter(|(bytes, _)| bytes == content);
                Ok(ours.map_or(Put::Refused, |(_, version)| Put::Done(version)))
            }
            _ => Err(self.container.refused("write", key, &answer)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.container.delete(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        self.container.list(prefix).await
    }
}

#[async_trait]
impl Lock for StateBlob {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let content = to_bytes(info, &self.container.location(&self.key))?;
        let holder = BASE64_STANDARD.encode(content);
        let mut before = self.look().await?;
        if before.is_none() {
            let made = self.write(&self.key, b"", ("if-none-match", "*")).await?;
            // Somebody else may have been faster.
            if !matches!(made.status.as_u16(), 201 | 409 | 412) {
                return Err(self.container.refused("lock", &self.key, &made).into());
            }
        }
        let wanted = [("x-ms-lease-duration", LEASE), ("x-ms-proposed-lease-id", &*info.id)];
        let answer = self.lease("acquire", &wanted).await?;
        match answer.status.as_u16() {
            200..=299 => {}
            409 => {
                before = self.look().await?;
                let holder = before.map(|(_, info)| info).filter(|info| !info.id.is_empty());
                return Err(LockError::Held { holder: holder.map(Box::new) });
            }
            _ => return Err(self.container.refused("lock", &self.key, &answer).into()),
        }
        let told = self.tell(&info.id, Some(&holder)).await?;
        if !told.status.is_success() {
            return Err(self.container.refused("lock", &self.key, &told).into());
        }
        self.set(Some(Held { id: info.id.clone(), holder }));
        Ok(before.map(|(_, dead)| dead).filter(|dead| !dead.id.is_empty() && dead.id != info.id))
    }

    /// Azure counts from the renewal; the information, which would change the state's entity tag, stays.
    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        let answer = self.lease("renew", &[("x-ms-lease-id", &info.id)]).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            404 | 409 | 412 => Err(self.lost()),
            _ => Err(self.container.refused("lock", &self.key, &answer)),
        }
    }

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.set(None);
        let told = self.tell(&info.id, None).await?;
        if is_not_ours(&told) {
            return Err(self.lost());
        }
        let answer = self.lease("release", &[("x-ms-lease-id", &info.id)]).await?;
        match answer.status.as_u16() {
            200..=299 => Ok(()),
            404 | 409 | 412 => Err(self.lost()),
            _ => Err(self.container.refused("lock", &self.key, &answer)),
        }
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(self.look().await?.filter(|(leased, _)| *leased).map(|(_, info)| info))
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        match self.holder().await? {
            Some(info) if info.id == id => {
                self.release(&info).await?;
                Ok(info)
            }
            found => Err(LockError::NoSuchLock { id: id.into(), actual: found.map(|info| info.id) }),
        }
    }
}
