//! The state of a run: read once, changed in memory, journaled at once, saved seldom.

use crate::journal::JournalWriter;
use crate::refuge::{Header, LeftError, Refuge};
use crate::{StateStorage, StorageError, Version};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use terrane_state::{
    InFlight, JournalEntry, JournalError, Operation, State, StateError, entries_since, from_json,
    read_journal, replay, to_json,
};
use tokio::sync::RwLock;

/// Keeps a state and its storage together. Shared by reference between the tasks of a run.
pub struct StateManager {
    storage: Arc<dyn StateStorage>,
    journal: JournalWriter,
    /// Recording takes it for reading, saving for writing: nothing is recorded during a save.
    gate: RwLock<()>,
    inner: Mutex<Inner>,
    recovered: usize,
    /// The whole lines of a journal whose last one was cut off, until the rest is removed.
    cut_journal: tokio::sync::Mutex<Option<Vec<u8>>>,
    /// Where to write when the storage does not answer.
    refuge: Option<Refuge>,
    /// A file that an earlier run left for a state that has changed since.
    stranded: Option<String>,
}

struct Inner {
    state: State,
    /// The state as the storage has it.
    saved: State,
    version: Option<Version>,
    in_flight: InFlight,
    /// Whether the storage has a journal that says which state it belongs to.
    has_journal: bool,
    /// Whether that is certain.
    has_begun: bool,
}

/// Why a state could not be opened.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The text is not a state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The journal is damaged or belongs to another state.
    #[error("{0} The journal is beside {1}; move it away to go on without it")]
    Journal(JournalError, String),
}

/// Why a change was not recorded or a state not saved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SaveError {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A value cannot be stored.
    #[error(transparent)]
    State(#[from] StateError),
    /// A value cannot be journaled.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What a save did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The state was written, with this serial.
    Written(u64),
    /// The storage had it already.
    Unchanged,
}

impl StateManager {
    /// Reads state and journal. A new state gets its lineage now, and is written by the first
    /// save. Must be called within a Tokio runtime.
    pub async fn open(storage: Arc<dyn StateStorage>) -> Result<StateManager, OpenError> {
        StateManager::open_with(storage, None).await
    }

    /// The same, with a refuge for what the storage does not take.
    pub async fn open_with(
        storage: Arc<dyn StateStorage>,
        refuge: Option<Refuge>,
    ) -> Result<StateManager, OpenError> {
        let (saved, version) = match storage.read().await? {
            None => (State::default(), None),
            Some((bytes, version)) => {
                let text = std::str::from_utf8(&bytes)
                    .map_err(|e| StateError(format!("The state file is not UTF-8: {e}.")))?;
                let state = from_json(text).map_err(|error| match crate::is_encrypted(&bytes) {
                    true => StateError(
                        "The state is encrypted, and the configuration has no \"encryption\" block with a method for it."
                            .to_owned(),
                    ),
                    false => error,
                });
                (state?, Some(version))
            }
        };
        let mut bytes = storage.read_journal().await?;
        let mut stranded = None;
        if let Some(refuge) = &refuge {
            match refuge.left(&saved, &bytes).await {
                Ok(left) => bytes.extend(left),
                Err(LeftError::OfAnotherState(place)) => stranded = Some(place),
                Err(LeftError::Storage(error)) => return Err(error.into()),
            }
        }
        let damaged = |e| OpenError::Journal(e, storage.location());
        let entries = read_journal(&bytes).and_then(|e| entries_since(&saved, e)).map_err(damaged)?;

        let mut state = saved.clone();
        if state.lineage.is_empty() {
            state.lineage = match entries.iter().find(|e| matches!(e, JournalEntry::Begin { .. })) {
                Some(JournalEntry::Begin { lineage, .. }) => lineage.clone(),
                _ => uuid::Uuid::new_v4().to_string(),
            };
        }
        let has_journal = !entries.is_empty();
        let cut_journal = (!bytes.is_empty() && !bytes.ends_with(b"\n")).then(|| {
            let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
            bytes[..whole].to_vec()
        });
        let replayed = replay(&mut state, entries);
        Ok(StateManager {
            journal: JournalWriter::start(storage.clone()),
            storage,
            gate: RwLock::new(()),
            inner: Mutex::new(Inner {
                state,
                saved,
                version,
                in_flight: replayed.in_flight,
                has_journal,
                has_begun: has_journal,
            }),
            recovered: replayed.changes,
            cut_journal: tokio::sync::Mutex::new(cut_journal),
            refuge,
            stranded,
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere does not leave half a change behind: each is made by one call.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the state as it is now. Attributes are shared, not copied.
    pub fn state(&self) -> State {
        self.inner().state.clone()
    }

    /// The state as the storage has it.
    pub fn saved_state(&self) -> State {
        self.inner().saved.clone()
    }

    /// Operations that began and of which it is not known how they ended: right after opening,
    /// those that a crash interrupted.
    pub fn in_flight(&self) -> Vec<Operation> {
        self.inner().in_flight.iter().cloned().collect()
    }

    /// How many changes the journal had that the saved state lacked, when it was opened.
    pub fn recovered(&self) -> usize {
        self.recovered
    }

    /// Whether there is a state at all, saved or only journaled.
    pub fn exists(&self) -> bool {
        let inner = self.inner();
        inner.version.is_some() || inner.has_journal
    }

    /// Where the state is, for messages.
    pub fn location(&self) -> String {
        self.storage.location()
    }

    /// A file of this machine with the journal of an earlier run that the storage did not take, and
    /// that cannot be used, since the state has changed since then.
    pub fn stranded(&self) -> Option<&str> {
        self.stranded.as_deref()
    }

    /// Writes the state to the refuge, after [`StateManager::save`] has failed. Says where it is; `None`
    /// when there is no refuge.
    pub async fn rescue(&self) -> Result<Option<String>, SaveError> {
        let Some(refuge) = &self.refuge else { return Ok(None) };
        let mut state = self.state();
        state.serial = state.serial.max(self.inner().saved.serial + 1);
        Ok(Some(refuge.keep_state(&to_json(&state)?).await?))
    }

    /// Makes the changes that the entries tell of, in memory and in the journal. Returns when they are
    /// durable there.
    pub async fn record(&self, entries: Vec<JournalEntry>) -> Result<(), SaveError> {
        let _gate = self.gate.read().await;
        self.mend_journal().await?;
        let mut lines = String::new();
        for entry in &entries {
            lines.push_str(&entry.to_line()?);
        }
        let begins = entries.iter().any(|entry| matches!(entry, JournalEntry::Intent(_)));
        let kept = self.refuge.as_ref().map(|refuge| (refuge, lines.clone()));
        let durable = {
            let inner = &mut *self.inner();
            if !inner.has_journal {
                lines.insert_str(0, &inner.begin(inner.saved.serial).to_line()?);
                inner.has_journal = true;
            }
            for entry in entries {
                inner.in_flight.take_in(&mut inner.state, entry);
            }
            self.journal.append(lines)
        };
        let Err(error) = durable.wait().await else {
            self.inner().has_begun = true;
            return Ok(());
        };
        // What was done must not be forgotten. What has not begun need not begin.
        if let (Some((refuge, lines)), false) = (kept, begins) {
            let (header, begin) = self.inner().header_of_refuge()?;
            refuge.keep(&header, &begin, &lines).await?;
            return Ok(());
        }
        Err(error.into())
    }

    /// Removes half a line at the end, so that the next one is not glued to it. Not done on opening:
    /// what looks like half a line to a run without a lock may be one that is being written.
    async fn mend_journal(&self) -> Result<(), StorageError> {
        let mut cut = self.cut_journal.lock().await;
        if let Some(whole) = &*cut {
            self.storage.replace_journal(whole).await?;
            *cut = None;
        }
        if let Some(refuge) = &self.refuge {
            refuge.settle(&*self.storage).await?;
        }
        Ok(())
    }

    /// Replaces the whole state in memory, keeping its lineage and serial unless `state` has some
    /// of its own. A serial greater than the saved one is written as it is, otherwise the one after
    /// the saved one. Only the next save makes it durable.
    pub fn replace(&self, state: State) {
        let inner = &mut *self.inner();
        let lineage = std::mem::take(&mut inner.state.lineage);
        inner.state = state;
        if inner.state.lineage.is_empty() {
            inner.state.lineage = lineage;
        }
    }

    /// Writes the state if the storage does not have it yet, and then shortens the journal to what
    /// is in flight.
    pub async fn save(&self) -> Result<Saved, SaveError> {
        let _gate = self.gate.write().await;
        self.mend_journal().await?;
        let (mut next, version, changed, begin) = {
            let inner = self.inner();
            let mut next = inner.state.clone();
            next.serial = inner.saved.serial;
            let pushed = inner.state.serial > inner.saved.serial;
            let changed =
                inner.version.is_none() || pushed || next != inner.saved || self.storage.is_outdated();
            next.serial = if pushed { inner.state.serial } else { next.serial + u64::from(changed) };
            let begin = (changed && inner.has_journal).then(|| inner.begin(next.serial));
            (next, inner.version.clone(), changed, begin)
        };
        if changed {
            let text = to_json(&next)?;
            if let Some(begin) = begin {
                let line = begin.to_line()?;
                // Where there is a refuge, groups are written wholly or not at all, so that one more can
                // follow one that failed.
                match self.refuge {
                    Some(_) => self.storage.append_journal(line.as_bytes()).await?,
                    None => self.journal.append(line).wait().await?,
                }
            }
            let version = self.storage.write(text.as_bytes(), version.as_ref()).await?;
            let inner = &mut *self.inner();
            inner.version = Some(version);
            inner.state.serial = next.serial;
            inner.saved = std::mem::take(&mut next);
        }
        self.shorten_journal().await?;
        if let Some(refuge) = &self.refuge {
            refuge.clear().await?;
        }
        Ok(if changed { Saved::Written(self.inner().saved.serial) } else { Saved::Unchanged })
    }

    async fn shorten_journal(&self) -> Result<(), SaveError> {
        let lines = {
            let inner = self.inner();
            if !inner.has_journal {
                return Ok(());
            }
            let mut lines = String::new();
            if !inner.in_flight.is_empty() {
                lines.push_str(&inner.begin(inner.saved.serial).to_line()?);
            }
            for operation in inner.in_flight.iter() {
                lines.push_str(&JournalEntry::Intent(operation.clone()).to_line()?);
            }
            lines
        };
        self.storage.replace_journal(lines.as_bytes()).await?;
        let inner = &mut *self.inner();
        inner.has_journal = !lines.is_empty();
        inner.has_begun = inner.has_journal;
        Ok(())
    }
}

impl Inner {
    /// What a journal begins with that goes on with the one in the storage: which state it belongs to,
    /// and that once more where the storage does not have it.
    fn header_of_refuge(&self) -> Result<(Header, String), JournalError> {
        let header = Header { lineage: self.state.lineage.clone(), serial: self.saved.serial };
        let begin = if self.has_begun { String::new() } else { self.begin(self.saved.serial).to_line()? };
        Ok((header, begin))
    }

    fn begin(&self, serial: u64) -> JournalEntry {
        JournalEntry::Begin { lineage: self.state.lineage.clone(), serial }
    }
}
