//! Where an apply writes down what it does.

use async_trait::async_trait;
use terrane_state::JournalEntry;

/// The journal, as an apply sees it.
#[async_trait]
pub trait Recorder: Send + Sync {
    /// Appends entries; returns when they are durable.
    async fn record(&self, entries: Vec<JournalEntry>) -> Result<(), RecordError>;
}

/// Why the journal could not be written. Nothing more may be changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError(pub String);
