//! The lease of a state: who has it stands in an annotation, and the holder's identity is the lock's ID.

use super::secrets::{STATE, Secrets};
use crate::remote::{Lock, Objects};
use crate::{LockError, LockInfo, StorageError};
use async_trait::async_trait;
use http::Method;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use std::sync::Arc;

const INFO: &str = "app.terraform.io/lock-info";

pub(super) struct LeaseLock {
    pub(super) secrets: Arc<Secrets>,
    /// The state's secret.
    pub(super) name: String,
}

impl LeaseLock {
    fn path(&self, whole: bool) -> String {
        let path = format!("/apis/coordination.k8s.io/v1/namespaces/{}/leases", self.secrets.namespace);
        if whole { format!("{path}/lock-{}", self.name) } else { path }
    }

    fn lost(&self) -> StorageError {
        StorageError::LockLost { location: self.secrets.location(&self.name) }
    }

    async fn read(&self) -> Result<Option<Json>, StorageError> {
        let answer = self.secrets.send("lock", &self.name, Method::GET, &self.path(true), None).await?;
        match answer.status.as_u16() {
            200 => serde_json::from_slice(&answer.body)
                .map(Some)
                .map_err(|e| self.secrets.failed("lock", &self.name, e)),
            404 => Ok(None),
            _ => Err(self.secrets.refused("lock", &self.name, &answer)),
        }
    }

    /// Who has a lease, when somebody has it.
    fn holder_of(lease: &Json) -> Option<LockInfo> {
        let id = lease["spec"]["holderIdentity"].as_str()?;
        let info = lease["metadata"]["annotations"][INFO].as_str().unwrap_or_default();
        let info: LockInfo = serde_json::from_str(info).unwrap_or_default();
        Some(LockInfo { id: id.to_owned(), ..info })
    }

    /// Writes a lease; `false` when somebody else wrote it since it was read.
    async fn write(&self, lease: &Json, is_new: bool) -> Result<bool, StorageError> {
        let (method, path) =
            if is_new { (Method::POST, self.path(false)) } else { (Method::PUT, self.path(true)) };
        let answer = self.secrets.send("lock", &self.name, method, &path, Some(lease)).await?;
        match answer.status.as_u16() {
            200 | 201 => Ok(true),
            409 if answer.repeated => {
                let now = self.read().await?;
                Ok(now.is_some_and(|now| now["spec"]["holderIdentity"] == lease["spec"]["holderIdentity"]))
            }
            404 | 409 => Ok(false),
            _ => Err(self.secrets.refused("lock", &self.name, &answer)),
        }
    }

    fn set(lease: &mut Json, info: Option<&LockInfo>) {
        match info {
            Some(info) => {
                lease["spec"]["holderIdentity"] = info.id.clone().into();
                lease["metadata"]["annotations"][INFO] =
                    serde_json::to_string(info).unwrap_or_default().into();
            }
            None => {
                lease["spec"]["holderIdentity"] = Json::Null;
                if let Some(annotations) = lease["metadata"]["annotations"].as_object_mut() {
                    annotations.remove(INFO);
                }
            }
        }
    }

    /// Changes the lease if it is the lock `id`; `None` when it is not.
    async fn change(&self, id: &str, info: Option<&LockInfo>) -> Result<Option<LockInfo>, StorageError> {
        // A write can come between reading and writing, which is then no longer ours.
        for _ in 0..3 {
            let Some(mut lease) = self.read().await? else { return Ok(None) };
            let Some(holder) = LeaseLock::holder_of(&lease).filter(|holder| holder.id == id) else {
                return Ok(None);
            };
            LeaseLock::set(&mut lease, info);
            if self.write(&lease, false).await? {
                return Ok(Some(holder));
            }
        }
        Ok(None)
    }

    /// Removes the lease itself.
    pub(super) async fn delete(&self) -> Result<(), StorageError> {
        let answer = self.secrets.send("remove", &self.name, Method::DELETE, &self.path(true), None).await?;
        match answer.status.as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(self.secrets.refused("remove", &self.name, &answer)),
        }
    }
}

#[async_trait]
impl Lock for LeaseLock {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let (mut lease, is_new) = match self.read().await? {
            Some(lease) => (lease, false),
            None => {
                let metadata = json!({
                    "name": format!("lock-{}", self.name), "labels": self.secrets.labels(STATE, &self.name),
                    "annotations": {},
                });
                let kind = json!({
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": {},
                });
                (kind, true)
            }
        };
        let holder = LeaseLock::holder_of(&lease);
        if let Some(holder) = &holder
            && !holder.is_expired(Timestamp::now())
        {
            return Err(LockError::Held { holder: Some(Box::new(holder.clone())) });
        }
        LeaseLock::set(&mut lease, Some(info));
        match self.write(&lease, is_new).await? {
            true => Ok(holder),
            // Somebody was faster.
            false => Err(LockError::Held { holder: self.holder().await?.map(Box::new) }),
        }
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.change(&info.id, Some(info)).await?.map(drop).ok_or_else(|| self.lost())
    }

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.change(&info.id, None).await?.map(drop).ok_or_else(|| self.lost())
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(self.read().await?.as_ref().and_then(LeaseLock::holder_of))
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        match self.change(id, None).await? {
            Some(info) => Ok(info),
            None => {
                let actual = self.holder().await?.map(|info| info.id);
                Err(LockError::NoSuchLock { id: id.into(), actual })
            }
        }
    }
}
