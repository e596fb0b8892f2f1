//! What a service must be able to do with objects.

use crate::{StorageError, Version};
use async_trait::async_trait;

/// When an object may be written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Condition<'a> {
    /// If there is none yet.
    Absent,
    /// If it is still the one of this version.
    Is(&'a Version),
}

impl<'a> Condition<'a> {
    /// The condition that nobody wrote since `version` was read.
    pub(crate) fn unchanged(version: Option<&'a Version>) -> Condition<'a> {
        version.map_or(Condition::Absent, Condition::Is)
    }
}

/// How a conditional write ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Put {
    /// It was written, and has this version now.
    Done(Version),
    /// The condition does not hold.
    Refused,
}

/// Named objects. All methods may be called concurrently.
#[async_trait]
pub(crate) trait Objects: Send + Sync {
    /// Where an object is, for messages.
    fn location(&self, key: &str) -> String;

    /// See [`crate::StateStorage::origin`].
    fn origin(&self) -> String {
        String::new()
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError>;

    /// Writes an object wholly or not at all. A write whose answer was lost and that is repeated must
    /// not be refused because of itself.
    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError>;

    /// Removes an object that may not be there.
    async fn delete(&self, key: &str) -> Result<(), StorageError>;

    /// The names of all objects that begin with `prefix`, sorted.
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError>;
}
