//! A state that is read from one file and written to another.

use super::Local;
use crate::{LockError, LockInfo, StateStorage, StorageError, Version};
use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};

/// A state that is read from one file and, once it changes, is in another. Lock, backup and journal
/// are beside the second.
pub struct Elsewhere {
    from: Local,
    to: Local,
    /// Whether the state is in the second file by now.
    written: AtomicBool,
}

impl Elsewhere {
    /// The state in `from`, whose changes go to `to`.
    pub fn new(from: Local, to: Local) -> Elsewhere {
        Elsewhere { from, to, written: AtomicBool::new(false) }
    }

    fn is_written(&self) -> bool {
        self.written.load(Ordering::Acquire)
    }
}

#[async_trait]
impl StateStorage for Elsewhere {
    fn location(&self) -> String {
        self.to.location()
    }

    fn is_remote(&self) -> bool {
        false
    }

    /// Even a state that does not change has to get there.
    fn is_outdated(&self) -> bool {
        !self.is_written()
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        if self.is_written() { self.to.read().await } else { self.from.read().await }
    }

    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        if self.is_written() {
            return self.to.write(state, expected).await;
        }
        // What is there already is kept as the backup.
        let replaced = self.to.read().await?.map(|(_, version)| version);
        let version = self.to.write(state, replaced.as_ref()).await?;
        self.written.store(true, Ordering::Release);
        Ok(version)
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        self.to.lock(info).await
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.to.renew(info).await
    }

    async fn unlock(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.to.unlock(info).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        self.to.holder().await
    }

    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        self.to.break_lock(id).await
    }

    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        self.to.read_journal().await
    }

    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.to.append_journal(lines).await
    }

    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.to.replace_journal(lines).await
    }
}
