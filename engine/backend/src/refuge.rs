//! Where a run writes down what it did when the storage does not answer any more: files of this
//! machine. The next run on this machine brings their content to the storage.

use crate::{StateStorage, StorageError};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use terrane_state::State;
use tokio::sync::Mutex;

/// The files, and what is in them.
pub struct Refuge {
    /// Keeps the part of the journal that the storage did not take.
    journal: Arc<dyn StateStorage>,
    /// Keeps the state that could not be saved.
    state: Arc<dyn StateStorage>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    /// Whether the journal says which state it belongs to.
    has_header: bool,
    /// What an earlier run left, until the storage has it.
    left: Option<Vec<u8>>,
}

/// The first line: the state as the storage has it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) lineage: String,
    pub(crate) serial: u64,
}

impl Refuge {
    /// A journal and a state in places of their own.
    pub fn new(journal: Arc<dyn StateStorage>, state: Arc<dyn StateStorage>) -> Refuge {
        Refuge { journal, state, progress: Mutex::default() }
    }

    /// What an earlier run left for a state that is as `saved` says, without what `known`, the
    /// journal in the storage, has as well. An error says that it belongs to another state.
    pub(crate) async fn left(&self, saved: &State, known: &[u8]) -> Result<Vec<u8>, LeftError> {
        let bytes = self.journal.read_journal().await?;
        let Some(end) = bytes.iter().position(|b| *b == b'\n') else { return Ok(Vec::new()) };
        let is_new = saved.lineage.is_empty() && saved.serial == 0;
        let matches = serde_json::from_slice::<Header>(&bytes[..end])
            .is_ok_and(|h| h.serial == saved.serial && (is_new || h.lineage == saved.lineage));
        if !matches {
            return Err(LeftError::OfAnotherState(self.journal.location()));
        }
        let known: HashSet<&[u8]> = known.split_inclusive(|b| *b == b'\n').collect();
        let lines = bytes[end + 1..].split_inclusive(|b| *b == b'\n');
        let left: Vec<u8> =
            lines.filter(|l| l.ends_with(b"\n") && !known.contains(l)).flatten().copied().collect();
        self.progress.lock().await.left = Some(left.clone());
        Ok(left)
    }

    /// Brings to the storage what an earlier run left.
    pub(crate) async fn settle(&self, storage: &dyn StateStorage) -> Result<(), StorageError> {
        let mut progress = self.progress.lock().await;
        let Some(left) = &progress.left else { return Ok(()) };
        if !left.is_empty() {
            storage.append_journal(left).await?;
        }
        self.journal.replace_journal(b"").await?;
        progress.left = None;
        Ok(())
    }

    /// Keeps lines that the storage did not take. `begin` comes before the first of them.
    pub(crate) async fn keep(&self, header: &Header, begin: &str, lines: &str) -> Result<(), StorageError> {
        let mut progress = self.progress.lock().await;
        if progress.has_header {
            return self.journal.append_journal(lines.as_bytes()).await;
        }
        let header = serde_json::to_string(header).map_err(|e| StorageError::Failed {
            action: "write",
            location: self.journal.location(),
            reason: e.to_string(),
        })?;
        // What an earlier run left is in the storage by now, or of no use any more, since the state has
        // changed.
        self.journal.replace_journal(format!("{header}\n{begin}{lines}").as_bytes()).await?;
        progress.has_header = true;
        Ok(())
    }

    /// Forgets the journal, since the storage has all of it in the state.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        let mut progress = self.progress.lock().await;
        if progress.has_header {
            self.journal.replace_journal(b"").await?;
            progress.has_header = false;
        }
        Ok(())
    }

    /// Keeps a state that could not be saved; says where.
    pub(crate) async fn keep_state(&self, text: &str) -> Result<String, StorageError> {
        let present = self.state.read().await?.map(|(_, version)| version);
        self.state.write(text.as_bytes(), present.as_ref()).await?;
        Ok(self.state.location())
    }
}

/// Why what an earlier run left is not used.
pub(crate) enum LeftError {
    Storage(StorageError),
    /// The state has changed since, or it is another one; where it is.
    OfAnotherState(String),
}

impl From<StorageError> for LeftError {
    fn from(error: StorageError) -> LeftError {
        LeftError::Storage(error)
    }
}
