//! Locks in services that know nothing of locks: an object that only one can make.

use super::{Condition, Objects, Put};
use crate::{LockError, LockInfo, StorageError, Version};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// A lock on a state. The information in it has the id of the lock.
#[async_trait]
pub(crate) trait Lock: Send + Sync {
    /// Takes it. Returns the information of a dead holder from whom it was taken over.
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError>;

    /// Writes the information anew. [`StorageError::LockLost`] when somebody else has it.
    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError>;

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError>;

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError>;

    /// Removes it, whoever has it.
    async fn remove(&self, id: &str) -> Result<LockInfo, LockError>;

    /// Whether the lock ends without being renewed, and must be looked after.
    fn is_lease(&self) -> bool {
        true
    }
}

/// No lock at all: the service was not told to lock.
pub(crate) struct NoLock;

#[async_trait]
impl Lock for NoLock {
    async fn take(&self, _info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        Ok(None)
    }

    async fn renew(&self, _info: &LockInfo) -> Result<(), StorageError> {
        Ok(())
    }

    async fn release(&self, _info: &LockInfo) -> Result<(), StorageError> {
        Ok(())
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(None)
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        Err(LockError::NoSuchLock { id: id.into(), actual: None })
    }

    fn is_lease(&self) -> bool {
        false
    }
}

/// An object that is the lock, with the information as its content.
pub(crate) struct ObjectLock {
    objects: Arc<dyn Objects>,
    key: String,
    /// What to say is locked.
    state: String,
    /// The version of our own lock.
    ours: Mutex<Option<Version>>,
}

impl ObjectLock {
    pub(crate) fn new(objects: Arc<dyn Objects>, key: String, state: String) -> ObjectLock {
        ObjectLock { objects, key, state, ours: Mutex::new(None) }
    }

    fn set(&self, version: Option<Version>) {
        *self.ours.lock().unwrap_or_else(PoisonError::into_inner) = version;
    }

    async fn read(&self) -> Result<Option<(Option<LockInfo>, Version)>, StorageError> {
        let found = self.objects.get(&self.key).await?;
        Ok(found.map(|(bytes, version)| (serde_json::from_slice(&bytes).ok(), version)))
    }

    /// The version of the lock if it is ours.
    async fn find_ours(&self, id: &str) -> Result<Version, StorageError> {
        match self.read().await? {
            Some((Some(info), version)) if info.id == id => Ok(version),
            _ => Err(StorageError::LockLost { location: self.state.clone() }),
        }
    }
}

/// The content of a lock.
pub(crate) fn to_bytes(info: &LockInfo, location: &str) -> Result<Vec<u8>, StorageError> {
    serde_json::to_vec(info).map_err(|e| StorageError::Failed {
        action: "lock",
        location: location.to_owned(),
        reason: e.to_string(),
    })
}

#[async_trait]
impl Lock for ObjectLock {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let content = to_bytes(info, &self.state)?;
        let mut taken_over = None;
        let mut expected: Option<Version> = None;
        loop {
            let condition = Condition::unchanged(expected.as_ref());
            if let Put::Done(version) = self.objects.put(&self.key, &content, condition).await? {
                self.set(Some(version));
                return Ok(taken_over);
            }
            match self.read().await? {
                // It was given back in between.
                None => (expected, taken_over) = (None, None),
                Some((Some(holder), version)) if holder.is_expired(Timestamp::now()) => {
                    // Another one was faster in taking it over.
                    if expected.as_ref().is_some_and(|before| *before != version) {
                        return Err(LockError::Held { holder: Some(Box::new(holder)) });
                    }
                    (expected, taken_over) = (Some(version), Some(holder));
                }
                Some((holder, _)) => return Err(LockError::Held { holder: holder.map(Box::new) }),
            }
        }
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        let content = to_bytes(info, &self.state)?;
        let known = self.ours.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let version = match known {
            Some(version) => version,
            None => self.find_ours(&info.id).await?,
        };
        match self.objects.put(&self.key, &content, Condition::Is(&version)).await? {
            Put::Done(version) => {
                self.set(Some(version));
                Ok(())
            }
            Put::Refused => Err(StorageError::LockLost { location: self.state.clone() }),
        }
    }

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.find_ours(&info.id).await?;
        self.set(None);
        self.objects.delete(&self.key).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(self.read().await?.map(|(info, _)| info.unwrap_or_default()))
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        match self.read().await? {
            Some((Some(info), _)) if info.id == id => {
                self.objects.delete(&self.key).await?;
                Ok(info)
            }
            found => {
                let actual = found.map(|(info, _)| info.unwrap_or_default().id);
                Err(LockError::NoSuchLock { id: id.into(), actual })
            }
        }
    }
}

/// Several locks, all of which are taken, in their order.
pub(crate) struct AllOf(pub(crate) Vec<Arc<dyn Lock>>);

#[async_trait]
impl Lock for AllOf {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let mut taken_over = None;
        for (at, lock) in self.0.iter().enumerate() {
            match lock.take(info).await {
                Ok(dead) => taken_over = taken_over.or(dead),
                Err(error) => {
                    for lock in self.0[..at].iter().rev() {
                        lock.release(info).await?;
                    }
                    return Err(error);
                }
            }
        }
        Ok(taken_over)
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        for lock in &self.0 {
            lock.renew(info).await?;
        }
        Ok(())
    }

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError> {
        let mut result = Ok(());
        for lock in self.0.iter().rev() {
            result = result.and(lock.release(info).await);
        }
        result
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        for lock in &self.0 {
            if let Some(info) = lock.holder().await? {
                return Ok(Some(info));
            }
        }
        Ok(None)
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        let (mut removed, mut problem) = (None, None);
        for lock in self.0.iter().rev() {
            match lock.remove(id).await {
                Ok(info) => removed = Some(info),
                // The other one may have it.
                Err(error) => problem = Some(error),
            }
        }
        match (removed, problem) {
            (Some(info), _) => Ok(info),
            (None, Some(error)) => Err(error),
            (None, None) => Err(LockError::NoSuchLock { id: id.into(), actual: None }),
        }
    }
}
