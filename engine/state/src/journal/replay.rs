//! From a saved state and a journal to the state as it is.

use super::{JournalEntry, JournalError, Operation};
use crate::State;
use terrane_provider::OperationToken;

/// What a journal had to say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replayed {
    /// How many changes of the state were not in the saved state yet.
    pub changes: usize,
    /// Operations that began and of which it is not known how they ended, in the order in which
    /// they began.
    pub in_flight: Vec<Operation>,
}

/// Makes the changes that the entries tell of, and says which operations were in flight.
pub fn replay(state: &mut State, entries: impl IntoIterator<Item = JournalEntry>) -> Replayed {
    let mut replayed = Replayed::default();
    for entry in entries {
        match entry {
            JournalEntry::Begin { .. } => {}
            JournalEntry::Intent(operation) => {
                // An interrupted operation that is tried again keeps its token.
                replayed.end(&operation.token);
                replayed.in_flight.push(operation);
            }
            JournalEntry::Outcome { token, writes, .. } => {
                replayed.end(&token);
                for write in writes {
                    replayed.changes += 1;
                    state.write(write);
                }
            }
            JournalEntry::Write(write) => {
                replayed.changes += 1;
                state.write(write);
            }
        }
    }
    replayed
}

impl Replayed {
    fn end(&mut self, token: &OperationToken) {
        // From the back: what ends has mostly begun a moment ago.
        if let Some(at) = self.in_flight.iter().rposition(|o| o.token == *token) {
            self.in_flight.remove(at);
        }
    }
}

/// The entries that `saved` does not contain yet, and before them the intents of operations that
/// were still in flight when it was saved.
///
/// A new state (serial 0, without lineage) matches the journal of any new state. An error when
/// the journal belongs to none of the states before or after a save that it tells of: then
/// another program changed the state while the journal was waiting to be settled.
pub fn entries_since(saved: &State, entries: Vec<JournalEntry>) -> Result<Vec<JournalEntry>, JournalError> {
    let Some(JournalEntry::Begin { lineage, serial }) = entries.first() else {
        return if entries.is_empty() {
            Ok(entries)
        } else {
            Err(JournalError("The journal does not say which state it belongs to.".into()))
        };
    };
    let is_new = saved.lineage.is_empty() && saved.serial == 0;
    let matches = |entry: &JournalEntry| match entry {
        JournalEntry::Begin { lineage, serial } => {
            *serial == saved.serial && (is_new || *lineage == saved.lineage)
        }
        _ => false,
    };
    let Some(at) = entries.iter().rposition(matches) else {
        return Err(JournalError(format!(
            "The journal belongs to serial {serial} of the state with lineage {lineage:?}, but the state is at \
             serial {} with lineage {:?}: another program changed it after an interrupted run and before that \
             run was resumed.",
            saved.serial, saved.lineage
        )));
    };
    let mut entries = entries;
    let since = entries.split_off(at);
    let before = replay(&mut State::default(), entries).in_flight;
    Ok(before.into_iter().map(JournalEntry::Intent).chain(since).collect())
}
