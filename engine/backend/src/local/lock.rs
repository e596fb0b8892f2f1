//! The lock on a state file.
//!
//! Three things together make it:
//! - a POSIX record lock (`fcntl`) on the state file, which is what Terraform takes: the two
//!   programs exclude each other on Linux and macOS;
//! - an advisory lock (`flock`) on the lock's information file, which excludes Terranes in the same
//!   process too, where record locks do not;
//! - the information itself with its expiry, which holds on shared file systems without
//!   either kind of lock, between different hosts.
//!
//! The operating system drops the first two when the process ends, however it ends. A lock file
//! that is left and not locked was therefore left by a dead process, unless a living lease of
//! another host says otherwise.
//!
//! What does not hold: a Terraform that waits with `-lock-timeout` has the old file open and would
//! get its lock on a file that was replaced meanwhile.

use super::files::{self, NewFile};
use crate::{LockError, LockInfo, StorageError};
use jiff::Timestamp;
use std::fs::File;
use std::path::Path;

/// A lock that this process has.
pub(super) struct HeldLock {
    /// All reading goes through this handle: closing another one would drop the record lock.
    state: File,
    info: File,
    id: String,
}

/// The files of a lock, both locked, whoever made them.
struct Locked {
    state: File,
    info: File,
}

impl Locked {
    /// `None` when somebody has either lock.
    fn take(state_path: &Path, info_path: &Path) -> Result<Option<Locked>, StorageError> {
        loop {
            let info = files::open_or_create(info_path)?;
            if !files::try_lock(&info, info_path)? {
                return Ok(None);
            }
            let state = files::open_or_create(state_path)?;
            if !files::try_lock_record(&state, state_path)? {
                return Ok(None);
            }
            // The last holder may have removed or replaced the files between our opening and locking them.
            if files::is_same_file(&info, info_path) && files::is_same_file(&state, state_path) {
                return Ok(Some(Locked { state, info }));
            }
        }
    }
}

impl HeldLock {
    /// Takes the lock. Also returns the information that a dead holder left.
    pub(super) fn take(
        state_path: &Path,
        info_path: &Path,
        info: &LockInfo,
    ) -> Result<(HeldLock, Option<LockInfo>), LockError> {
        let before = read_info(info_path)?;
        let Some(Locked { state, info: mut file }) = Locked::take(state_path, info_path)? else {
            return Err(LockError::Held { holder: read_info(info_path)?.or(before).map(Box::new) });
        };
        let left = files::read_open(&mut file, info_path)?.and_then(|(bytes, _)| parse(&bytes));
        if let Some(other) = &left
            && other.host != info.host
            && other.expires.is_some()
            && !other.is_expired(Timestamp::now())
        {
            return Err(LockError::Held { holder: left.map(Box::new) });
        }
        write_info(&mut file, info_path, info)?;
        Ok((HeldLock { state, info: file, id: info.id.clone() }, left))
    }

    pub(super) fn read(
        &mut self,
        state_path: &Path,
    ) -> Result<Option<(Vec<u8>, crate::Version)>, StorageError> {
        match files::is_same_file(&self.state, state_path) {
            true => files::read_open(&mut self.state, state_path),
            false => files::read(state_path),
        }
    }

    /// An error when the lock was broken.
    pub(super) fn check(&self, info_path: &Path, state_path: &Path) -> Result<(), StorageError> {
        let ours = files::is_same_file(&self.info, info_path)
            && read_info(info_path)?.is_some_and(|info| info.id == self.id);
        match ours {
            true => Ok(()),
            false => Err(StorageError::LockLost { location: state_path.display().to_string() }),
        }
    }

    pub(super) fn renew(
        &mut self,
        info_path: &Path,
        state_path: &Path,
        info: &LockInfo,
    ) -> Result<(), StorageError> {
        self.check(info_path, state_path)?;
        write_info(&mut self.info, info_path, info)
    }

    /// Puts a new state in place and keeps it locked.
    pub(super) fn replace(&mut self, new: NewFile, state_path: &Path) -> Result<(), StorageError> {
        files::try_lock_record(new.file(), state_path)?;
        self.state = new.rename()?;
        Ok(())
    }

    pub(super) fn release(self, info_path: &Path, state_path: &Path) -> Result<(), StorageError> {
        if self.check(info_path, state_path).is_ok() {
            files::remove(info_path)?;
        }
        // The empty file was only made to be locked.
        if files::version(state_path)?.is_none() {
            files::remove(state_path)?;
        }
        Ok(())
    }
}

/// Who has the lock, as far as the file says. A file that cannot be understood says nothing: it
/// may be just being written.
pub(super) fn read_info(info_path: &Path) -> Result<Option<LockInfo>, StorageError> {
    Ok(files::read(info_path)?.and_then(|(bytes, _)| parse(&bytes)))
}

/// Removes a lock that a dead process left.
pub(super) fn break_stale(state_path: &Path, info_path: &Path, id: &str) -> Result<LockInfo, LockError> {
    let Some(info) = read_info(info_path)? else {
        return Err(LockError::NoSuchLock { id: id.into(), actual: None });
    };
    if info.id != id {
        return Err(LockError::NoSuchLock { id: id.into(), actual: Some(info.id) });
    }
    let Some(locked) = Locked::take(state_path, info_path)? else {
        return Err(LockError::Held { holder: Some(Box::new(info)) });
    };
    files::remove(info_path)?;
    if files::version(state_path)?.is_none() {
        files::remove(state_path)?;
    }
    drop(locked);
    Ok(info)
}

fn parse(bytes: &[u8]) -> Option<LockInfo> {
    serde_json::from_slice(bytes).ok()
}

fn write_info(file: &mut File, path: &Path, info: &LockInfo) -> Result<(), StorageError> {
    let bytes = serde_json::to_vec(info).map_err(|e| files::failed("write", path, e))?;
    files::overwrite(file, path, &bytes)
}
