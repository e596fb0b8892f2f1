//! A state in a service: an object, a lock and a journal.

use super::journal::ObjectJournal;
use super::{Condition, Lock, Objects, Put};
use crate::{LockError, LockInfo, StateStorage, StorageError, Version};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long before the end of our lease we no longer trust it without asking.
const MARGIN: Duration = Duration::from_secs(10);

/// A state that is an object of a service.
pub(crate) struct RemoteState {
    objects: Arc<dyn Objects>,
    lock: Arc<dyn Lock>,
    key: String,
    journal: ObjectJournal,
    held: Mutex<Held>,
}

/// What we know of our lock.
#[derive(Clone, Debug)]
enum Held {
    Not,
    /// Ours for certain until it expires.
    Ours(Box<LockInfo>),
    /// Somebody took it from us. Nothing more is written.
    Lost,
}

impl RemoteState {
    /// The journal's objects begin with `journal`, which must end with a separator.
    pub(crate) fn new(
        objects: Arc<dyn Objects>,
        lock: Arc<dyn Lock>,
        key: String,
        journal: String,
    ) -> RemoteState {
        let journal = ObjectJournal::new(objects.clone(), journal);
        RemoteState { objects, lock, key, journal, held: Mutex::new(Held::Not) }
    }

    fn held(&self) -> Held {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_held(&self, held: Held) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }

    fn lost(&self) -> StorageError {
        StorageError::LockLost { location: self.location() }
    }

    /// Fails when this run had the lock and has it no longer. Asks the service only when the lease
    /// could have run out, after the computer slept for example.
    async fn check_lock(&self) -> Result<(), StorageError> {
        match self.held() {
            Held::Not => Ok(()),
            Held::Lost => Err(self.lost()),
            Held::Ours(info) => {
                let soon = Timestamp::now().checked_add(MARGIN).unwrap_or(Timestamp::MAX);
                if !self.lock.is_lease() || !info.is_expired(soon) {
                    return Ok(());
                }
                self.renew(&info.renewed()).await
            }
        }
    }
}

#[async_trait]
impl StateStorage for RemoteState {
    fn location(&self) -> String {
        self.objects.location(&self.key)
    }

    fn origin(&self) -> String {
        self.objects.origin()
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        self.objects.get(&self.key).await
    }

    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        self.check_lock().await?;
        match self.objects.put(&self.key, state, Condition::unchanged(expected)).await? {
            Put::Done(version) => Ok(version),
            Put::Refused => Err(StorageError::Conflict { location: self.location() }),
        }
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let taken_over = self.lock.take(info).await?;
        self.set_held(Held::Ours(Box::new(info.clone())));
        Ok(taken_over)
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        if matches!(self.held(), Held::Lost) {
            return Err(self.lost());
        }
        let result = self.lock.renew(info).await;
        match &result {
            Ok(()) => self.set_held(Held::Ours(Box::new(info.clone()))),
            Err(StorageError::LockLost { .. }) => self.set_held(Held::Lost),
            Err(_) => {}
        }
        result
    }

    async fn unlock(&self, info: &LockInfo) -> Result<(), StorageError> {
        // Who removes a lock that may have expired could remove that of a successor.
        self.check_lock().await?;
        self.set_held(Held::Not);
        self.lock.release(info).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        self.lock.holder().await
    }

    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        self.lock.remove(id).await
    }

    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        self.journal.read().await
    }

    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.check_lock().await?;
        self.journal.append(lines).await
    }

    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.check_lock().await?;
        self.journal.replace(lines).await
    }
}
