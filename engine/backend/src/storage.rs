//! What a backend must be able to do.

use crate::LockInfo;
use async_trait::async_trait;

/// Which content of a state was read or written, so that a write can tell whether somebody else
/// wrote in between: an entity tag, a generation, or what else a storage has. Opaque.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub String);

/// A place that keeps one state and its journal and lets one run at a time change them. All
/// methods may be called concurrently.
#[async_trait]
pub trait StateStorage: Send + Sync {
    /// Where the state is, for messages.
    fn location(&self) -> String;

    /// What else tells it from the states of others whose location reads the same: the host of a service, a query. Not for
    /// messages.
    fn origin(&self) -> String {
        String::new()
    }

    /// Whether it can become unreachable while this machine goes on.
    fn is_remote(&self) -> bool {
        true
    }

    /// Whether what was read last should be written anew though it has not changed: it is encrypted in
    /// another way than the configuration asks for.
    fn is_outdated(&self) -> bool {
        false
    }

    /// The state as last written, and its version. `None` when there is none.
    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError>;

    /// Replaces the state, wholly or not at all, if it is still the one of version `expected`
    /// (`None`: there is none yet). What was there before the first write of a run is kept as a
    /// backup where the storage has no versions of its own.
    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError>;

    /// Takes the lock. When a lock was left behind by a run that is certainly dead, it is taken
    /// over and its information returned.
    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError>;

    /// Writes the lock's information anew, with a later expiry. An error when the lock is no
    /// longer ours.
    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError>;

    /// Gives the lock back.
    async fn unlock(&self, info: &LockInfo) -> Result<(), StorageError>;

    /// Who has the lock.
    async fn holder(&self) -> Result<Option<LockInfo>, StorageError>;

    /// Removes the lock with this id, whoever has it. An error when the holder is known to be alive.
    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError>;

    /// The journal as far as it was written; empty when there is none.
    async fn read_journal(&self) -> Result<Vec<u8>, StorageError>;

    /// Adds to the journal. Returns when that is durable.
    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError>;

    /// Replaces the journal, wholly or not at all. Without content there is none afterwards.
    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError>;
}

/// Why a storage could not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The operating system or service refused.
    #[error("Failed to {action} {location}: {reason}")]
    Failed {
        /// What was tried: `read`, `write`.
        action: &'static str,
        /// What it was tried on.
        location: String,
        /// Why it failed.
        reason: String,
    },
    /// Somebody else wrote the state since it was read.
    #[error(
        "{location} was changed by another program since this run read it, so it was not overwritten. What this run \
         did is in the journal beside it"
    )]
    Conflict {
        /// Where the state is.
        location: String,
    },
    /// The lock was broken or taken over.
    #[error("The lock on {location} is no longer held by this run: somebody broke it or took it over")]
    LockLost {
        /// Where the state is.
        location: String,
    },
}

/// Why a lock was not taken, or not broken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LockError {
    /// Somebody has it.
    #[error("the state is locked")]
    Held {
        /// Who, as far as known.
        holder: Option<Box<LockInfo>>,
    },
    /// There is no lock with this id.
    #[error("there is no lock with the ID {id:?}{}", .actual.as_ref().map(|a| format!("; the present one is {a:?}")).unwrap_or_default())]
    NoSuchLock {
        /// The id that was asked for.
        id: String,
        /// The id of the lock that there is.
        actual: Option<String>,
    },
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
