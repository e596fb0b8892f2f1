//! State in a file, with its lock, its backup and its journal in files beside it.
//!
//! Beside `terraform.tfstate`: `.terraform.tfstate.lock.info` (who has the lock),
//! `terraform.tfstate.backup` (what was there before the first write of the last run) and
//! `terraform.tfstate.journal`.

mod elsewhere;
mod files;
mod lock;
mod states;

pub use elsewhere::Elsewhere;
pub(crate) use states::{ARGUMENTS, LocalStates};

use crate::{LockError, LockInfo, StateStorage, StorageError, Version};
use async_trait::async_trait;
use files::{Appender, failed};
use lock::HeldLock;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A state in a file.
pub struct Local {
    shared: Arc<Shared>,
}

struct Shared {
    paths: Paths,
    inner: Mutex<Inner>,
}

#[derive(Clone)]
struct Paths {
    state: PathBuf,
    backup: Option<PathBuf>,
    lock_info: PathBuf,
    journal: PathBuf,
}

#[derive(Default)]
struct Inner {
    lock: Option<HeldLock>,
    journal: Option<Appender>,
    has_backup: bool,
}

impl Local {
    /// The state in file `state`, with its backup beside it.
    pub fn new(state: impl Into<PathBuf>) -> Local {
        let state = state.into();
        let name = state.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let paths = Paths {
            backup: Some(state.with_file_name(format!("{name}.backup"))),
            lock_info: state.with_file_name(format!(".{name}.lock.info")),
            journal: state.with_file_name(format!("{name}.journal")),
            state,
        };
        Local { shared: Arc::new(Shared { paths, inner: Mutex::default() }) }
    }

    /// The same with the backup at another path, or without any.
    #[must_use]
    pub fn with_backup(self, backup: Option<PathBuf>) -> Local {
        let paths = Paths { backup, ..self.shared.paths.clone() };
        Local { shared: Arc::new(Shared { paths, inner: Mutex::default() }) }
    }

    /// The state of a workspace: `default_state` itself for `default`, otherwise
    /// `DIRECTORY/NAME/terraform.tfstate`, where `directory` is mostly `terraform.tfstate.d`.
    pub fn workspace(default_state: &Path, directory: &Path, name: &str) -> Local {
        match name {
            "default" => Local::new(default_state),
            name => Local::new(directory.join(name).join("terraform.tfstate")),
        }
    }

    /// Renames the state to its backup.
    pub(crate) async fn retire(&self) -> Result<(), StorageError> {
        self.run(|paths, _| match &paths.backup {
            Some(backup) => files::rename(&paths.state, backup),
            None => Ok(()),
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Paths, &mut Inner) -> T + Send + 'static,
    ) -> Result<T, StorageError> {
        let shared = self.shared.clone();
        // Nothing that panics leaves the files in a state that the next call could not find.
        let work =
            move || work(&shared.paths, &mut shared.inner.lock().unwrap_or_else(PoisonError::into_inner));
        tokio::task::spawn_blocking(work).await.map_err(|e| StorageError::Failed {
            action: "work on",
            location: self.location(),
            reason: e.to_string(),
        })
    }
}

#[async_trait]
impl StateStorage for Local {
    fn location(&self) -> String {
        self.shared.paths.state.display().to_string()
    }

    fn is_remote(&self) -> bool {
        false
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        self.run(|paths, inner| match &mut inner.lock {
            Some(lock) => lock.read(&paths.state),
            None => files::read(&paths.state),
        })
        .await?
    }

    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        let (state, expected) = (state.to_vec(), expected.cloned());
        self.run(move |paths, inner| {
            if let Some(lock) = &inner.lock {
                lock.check(&paths.lock_info, &paths.state)?;
            }
            if files::version(&paths.state)? != expected {
                return Err(StorageError::Conflict { location: paths.state.display().to_string() });
            }
            if let (Some(backup), false) = (&paths.backup, inner.has_backup) {
                let previous = match &mut inner.lock {
                    Some(lock) => lock.read(&paths.state)?,
                    None => files::read(&paths.state)?,
                };
                if let Some((previous, _)) = previous {
                    files::replace(backup, &previous)?;
                }
                inner.has_backup = true;
            }
            let new = files::write_beside(&paths.state, &state)?;
            match &mut inner.lock {
                Some(lock) => lock.replace(new, &paths.state)?,
                None => drop(new.rename()?),
            }
            files::version(&paths.state)?.ok_or_else(|| failed("find", &paths.state, "it is gone"))
        })
        .await?
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let info = info.clone();
        self.run(move |paths, inner| {
            if inner.lock.is_some() {
                return Err(LockError::Held { holder: lock::read_info(&paths.lock_info)?.map(Box::new) });
            }
            let (lock, stale) = HeldLock::take(&paths.state, &paths.lock_info, &info)?;
            inner.lock = Some(lock);
            Ok(stale)
        })
        .await?
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        let info = info.clone();
        self.run(move |paths, inner| match &mut inner.lock {
            Some(lock) => lock.renew(&paths.lock_info, &paths.state, &info),
            None => Err(StorageError::LockLost { location: paths.state.display().to_string() }),
        })
        .await?
    }

    async fn unlock(&self, _info: &LockInfo) -> Result<(), StorageError> {
        self.run(|paths, inner| match inner.lock.take() {
            Some(lock) => lock.release(&paths.lock_info, &paths.state),
            None => Ok(()),
        })
        .await?
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        self.run(|paths, _| lock::read_info(&paths.lock_info)).await?
    }

    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        let id = id.to_owned();
        self.run(move |paths, _| lock::break_stale(&paths.state, &paths.lock_info, &id)).await?
    }

    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        self.run(|paths, _| Ok(files::read(&paths.journal)?.map(|(bytes, _)| bytes).unwrap_or_default()))
            .await?
    }

    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        let lines = lines.to_vec();
        self.run(move |paths, inner| {
            let journal = match &mut inner.journal {
                Some(journal) => journal,
                empty => empty.insert(Appender::open(&paths.journal)?),
            };
            journal.append(&lines)
        })
        .await?
    }

    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        let lines = lines.to_vec();
        self.run(move |paths, inner| {
            inner.journal = None;
            match lines.is_empty() {
                true => files::remove(&paths.journal),
                false => files::replace(&paths.journal, &lines),
            }
        })
        .await?
    }
}
