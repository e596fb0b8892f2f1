//! All access to the file system, so that what it promises is in one place: a file is replaced
//! wholly or not at all, and what was reported as written survives a power failure.

use crate::{StorageError, Version};
use std::fmt::Display;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use tempfile::NamedTempFile;

pub(super) fn failed(action: &'static str, path: &Path, reason: impl Display) -> StorageError {
    StorageError::Failed { action, location: path.display().to_string(), reason: reason.to_string() }
}

/// A missing file is `None`, and so is an empty one: Terraform makes one to have something to lock.
pub(super) fn read(path: &Path) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
    match File::open(path) {
        Ok(mut file) => read_open(&mut file, path),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed("read", path, e)),
    }
}

/// The content of an open file from its beginning, as [`read`] gives it.
pub(super) fn read_open(file: &mut File, path: &Path) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
    let mut bytes = Vec::new();
    let version = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.metadata())
        .and_then(|m| file.read_to_end(&mut bytes).map(|_| version_of(&m)))
        .map_err(|e| failed("read", path, e))?;
    Ok(version.map(|version| (bytes, version)))
}

/// The version of the content of `path` without reading it.
pub(super) fn version(path: &Path) -> Result<Option<Version>, StorageError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(version_of(&metadata)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed("read", path, e)),
    }
}

fn version_of(metadata: &fs::Metadata) -> Option<Version> {
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(metadata);
    #[cfg(not(unix))]
    let inode = 0;
    let modified =
        metadata.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    (metadata.len() > 0).then(|| Version(format!("{inode}:{}:{}", modified.as_nanos(), metadata.len())))
}

/// Replaces the content of `path`, or makes the file.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
    write_beside(path, bytes)?.rename().map(drop)
}

/// New content for a file, on disk in the same directory and not yet in its place. Removed
/// when dropped.
pub(super) struct NewFile {
    file: NamedTempFile,
    target: PathBuf,
}

pub(super) fn write_beside(path: &Path, bytes: &[u8]) -> Result<NewFile, StorageError> {
    // Renaming onto a symbolic link would replace the link, not what it leads to.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = directory_of(&target);
    fs::create_dir_all(directory).map_err(|e| failed("create", directory, e))?;
    let mut builder = tempfile::Builder::new();
    // States hold secrets: a new one is its owner's. One that is there keeps the permissions it has.
    builder.prefix(".terrane-").suffix(".new");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600));
    let written = || -> io::Result<NamedTempFile> {
        let mut file = builder.tempfile_in(directory)?;
        if let Ok(metadata) = fs::metadata(&target) {
            file.as_file().set_permissions(metadata.permissions())?;
        }
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    let file = written().map_err(|e| failed("write", path, e))?;
    Ok(NewFile { file, target })
}

impl NewFile {
    /// The file, to lock it before others can see it.
    pub(super) fn file(&self) -> &File {
        self.file.as_file()
    }

    /// Puts it in its place, durably.
    pub(super) fn rename(self) -> Result<File, StorageError> {
        let file = self.file.persist(&self.target).map_err(|e| failed("write", &self.target, e.error))?;
        sync_directory(&self.target)?;
        Ok(file)
    }
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), StorageError> {
    match fs::remove_file(path) {
        Ok(()) => sync_directory(path),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) => Err(failed("remove", path, e)),
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in a directory durable.
fn sync_directory(path: &Path) -> Result<(), StorageError> {
    if cfg!(windows) {
        return Ok(());
    }
    let directory = directory_of(path);
    File::open(directory).and_then(|d| d.sync_all()).map_err(|e| failed("sync", directory, e))
}

/// A file that grows at its end.
pub(super) struct Appender {
    file: File,
    path: PathBuf,
}

impl Appender {
    pub(super) fn open(path: &Path) -> Result<Appender, StorageError> {
        let directory = directory_of(path);
        fs::create_dir_all(directory).map_err(|e| failed("create", directory, e))?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // The journal holds what the state holds, secrets included.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|e| failed("open", path, e))?;
        sync_directory(path)?;
        Ok(Appender { file, path: path.to_owned() })
    }

    /// Returns when `bytes` are durable.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.file
            .write_all(bytes)
            .and_then(|()| self.file.sync_data())
            .map_err(|e| failed("append to", &self.path, e))
    }
}

/// Opens a file for reading and writing; makes an empty one, its owner's alone, when there is none.
pub(super) fn open_or_create(path: &Path) -> Result<File, StorageError> {
    let directory = directory_of(path);
    fs::create_dir_all(directory).map_err(|e| failed("create", directory, e))?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| failed("open", path, e))
}

/// Replaces the content of an open file in place.
pub(super) fn overwrite(file: &mut File, path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
    file.seek(SeekFrom::Start(0))
        .and_then(|_| file.write_all(bytes))
        .and_then(|()| file.set_len(bytes.len() as u64))
        .map_err(|e| failed("write", path, e))
}

/// Locks the file against other Terranes (`flock`). `false` when another open file has the lock.
pub(super) fn try_lock(file: &File, path: &Path) -> Result<bool, StorageError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(e)) => Err(failed("lock", path, e)),
    }
}

/// Locks the file against Terraform, which uses the record locks of POSIX (`fcntl`). `false` when
/// another process has such a lock. The lock goes when this process closes *any* handle of the file.
#[cfg(unix)]
pub(super) fn try_lock_record(file: &File, path: &Path) -> Result<bool, StorageError> {
    use rustix::io::Errno;
    match rustix::fs::fcntl_lock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::ACCESS | Errno::AGAIN) => Ok(false),
        Err(e) => Err(failed("lock", path, e)),
    }
}

/// Elsewhere Terraform's locks are not known; the `flock` of the lock file excludes Terranes.
#[cfg(not(unix))]
pub(super) fn try_lock_record(_file: &File, _path: &Path) -> Result<bool, StorageError> {
    Ok(true)
}

/// Whether `path` still names the open file.
pub(super) fn is_same_file(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        matches!((file.metadata(), fs::metadata(path)), (Ok(a), Ok(b)) if (a.dev(), a.ino()) == (b.dev(), b.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

/// The names of the directories in a directory, sorted; none when it does not exist.
pub(super) fn subdirectories(directory: &Path) -> Result<Vec<String>, StorageError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(failed("read", directory, e)),
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// Makes a directory and those it is in.
pub(super) fn create_directory(directory: &Path) -> Result<(), StorageError> {
    fs::create_dir_all(directory).map_err(|e| failed("create", directory, e))
}

/// Renames a file that may not be there.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StorageError> {
    match fs::rename(from, to) {
        Ok(()) => sync_directory(to),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) => Err(failed("rename", from, e)),
    }
}

/// Removes a directory with the files in it, and no directories within.
pub(super) fn remove_directory(directory: &Path) -> Result<(), StorageError> {
    let entries = fs::read_dir(directory).map_err(|e| failed("read", directory, e))?;
    for entry in entries {
        remove(&entry.map_err(|e| failed("read", directory, e))?.path())?;
    }
    fs::remove_dir(directory).map_err(|e| failed("remove", directory, e))
}
