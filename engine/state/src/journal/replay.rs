//! From a saved state and a journal to the state as it is.

use super::{JournalEntry, JournalError, Operation};
use crate::State;
use std::collections::{BTreeMap, HashMap};
use terrane_provider::OperationToken;

/// What a journal had to say.
#[derive(Clone, Debug, Default)]
pub struct Replayed {
    /// How many changes of the state were not in the saved state yet.
    pub changes: usize,
    /// Operations that began and of which it is not known how they ended.
    pub in_flight: InFlight,
}

/// Operations that began and have not ended, in the order in which they began. Thousands can be in
/// flight at a time, and each comes and goes by its token.
#[derive(Clone, Debug, Default)]
pub struct InFlight {
    operations: BTreeMap<u64, Operation>,
    numbers: HashMap<OperationToken, u64>,
    next: u64,
}

impl InFlight {
    /// Makes the changes that an entry tells of, and keeps track of what is in flight. Gives how
    /// many changes there were.
    pub fn take_in(&mut self, state: &mut State, entry: JournalEntry) -> usize {
        let writes = match entry {
            JournalEntry::Begin { .. } => return 0,
            JournalEntry::Intent(operation) => {
                // An interrupted operation that is tried again keeps its token.
                self.end(&operation.token);
                self.numbers.insert(operation.token.clone(), self.next);
                self.operations.insert(self.next, operation);
                self.next += 1;
                return 0;
            }
            JournalEntry::Outcome { token, writes, .. } => {
                self.end(&token);
                writes
            }
            JournalEntry::Write(write) => vec![write],
        };
        let changes = writes.len();
        writes.into_iter().for_each(|write| state.write(write));
        changes
    }

    fn end(&mut self, token: &OperationToken) {
        if let Some(number) = self.numbers.remove(token) {
            self.operations.remove(&number);
        }
    }

    /// The operations, in the order in which they began.
    pub fn iter(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

/// Makes the changes that the entries tell of, and says which operations were in flight.
pub fn replay(state: &mut State, entries: impl IntoIterator<Item = JournalEntry>) -> Replayed {
    let mut in_flight = InFlight::default();
    let changes = entries.into_iter().map(|entry| in_flight.take_in(state, entry)).sum();
    Replayed { changes, in_flight }
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
    Ok(before.iter().cloned().map(JournalEntry::Intent).chain(since).collect())
}
