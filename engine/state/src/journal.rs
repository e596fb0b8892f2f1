//! The journal: what was about to be done and what came of it, one JSON line an entry.
//!
//! A state is what was saved last plus what the journal says happened since. Where the lines are
//! kept, and that they reach the disk, is the business of `backend`.

mod json;
mod replay;

use crate::{Object, StateWrite};
use std::sync::Arc;
use terrane_address::{ProviderConfigAddress, ResourceInstance};
use terrane_provider::OperationToken;

pub use replay::{InFlight, Replayed, entries_since, replay};

/// A line of the journal.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalEntry {
    /// What follows comes after this state was saved. Written at the start of a journal, and
    /// before each later save, so that it stays clear what is in the saved state already.
    Begin {
        /// The state's lineage.
        lineage: String,
        /// The state's serial.
        serial: u64,
    },
    /// A provider is about to be called.
    Intent(Operation),
    /// The call of the operation with this token is over, and the state changed so.
    Outcome {
        /// The operation's token.
        token: OperationToken,
        /// The changes, in order.
        writes: Vec<StateWrite>,
        /// Whether the operation failed.
        failed: bool,
    },
    /// A change of the state for which no provider was called.
    Write(StateWrite),
}

/// An operation on a remote object, as journaled before the call.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Its name, which the provider gets too.
    pub token: OperationToken,
    /// The instance.
    pub address: ResourceInstance,
    /// What is done: `create`, `update`, `delete`.
    pub action: String,
    /// When it began, RFC 3339.
    pub time: String,
    /// The provider configuration through which it is done.
    pub provider: ProviderConfigAddress,
    /// Which deposed object is deleted or, for a creation, where the object went that is replaced.
    pub deposed: Option<Arc<str>>,
    /// What the object is made from, so that it can be made even when the configuration has
    /// changed meanwhile: its configuration, and what is stored with it. None for a deletion.
    pub made_from: Option<Box<Object>>,
    /// Whether the configuration has write-only values. They must not be stored, so `made_from` lacks
    /// them.
    pub withheld: bool,
}

/// Why a journal cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JournalError(pub String);

impl JournalEntry {
    /// The entry as a line of JSON, newline included. An error when a value in it is unknown.
    pub fn to_line(&self) -> Result<String, JournalError> {
        json::to_line(self)
    }
}

/// Reads a journal. A last line that was cut off by a crash is dropped; any other malformed
/// line is an error.
pub fn read_journal(bytes: &[u8]) -> Result<Vec<JournalEntry>, JournalError> {
    let mut entries = Vec::new();
    for (number, line) in bytes.split_inclusive(|&b| b == b'\n').enumerate() {
        // An entry is there when its newline is: a line without one was never acknowledged.
        let Some(line) = line.strip_suffix(b"\n") else { break };
        let entry = json::from_line(line)
            .map_err(|e| JournalError(format!("Line {} of the journal is damaged: {e}.", number + 1)))?;
        entries.push(entry);
    }
    Ok(entries)
}
