//! The directory of installed modules: who may change it, and how packages get into it whole.

use crate::archive::make_link;
use crate::error::{Failure, Fetched, io};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How names of directories begin that are not yet, or no longer, modules.
const TEMPORARY: &str = ".fetching-";

/// The right to change a directory of modules. It ends with the value, and with the process.
#[derive(Debug)]
pub struct InstallLock {
    _file: File,
}

impl InstallLock {
    /// Takes the lock of `dir`, which is made if it does not exist. Calls `waiting` when another
    /// process has it, and waits for that. What an interrupted run left is removed.
    pub fn take(dir: &Path, waiting: &dyn Fn()) -> std::io::Result<InstallLock> {
        fs::create_dir_all(dir)?;
        let file = File::options().create(true).truncate(false).write(true).open(dir.join(".lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock()?;
            }
            // Some file systems have no locks. Modules are whole there too, only not twice the same.
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                // What a program of the interrupted run still writes to is left for the next time.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
        Ok(InstallLock { _file: file })
    }
}

/// A new directory beside the modules, which is removed with the value.
pub(crate) fn temporary(dir: &Path) -> Fetched<TempDir> {
    fs::create_dir_all(dir).map_err(io(format!("making {}", dir.display())))?;
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .tempdir_in(dir)
        .map_err(io(format!("making a directory in {}", dir.display())))
}

/// Puts `from` in the place of `to`, of which what was there before vanishes.
pub(crate) fn replace(from: &Path, to: &Path, aside: &Path) -> Fetched<()> {
    let failed = || format!("installing into {}", to.display());
    match fs::rename(to, aside.join("replaced")) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(failed())(e)),
        _ => {}
    }
    fs::rename(from, to).map_err(io(failed()))
}

/// Copies a module's files beside what is in `to`, without the history of a repository. Fails
/// with words.
pub fn copy_module(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == ".git" {
            continue;
        }
        copy_entry(&entry, &source, &target).map_err(|failure| failure.what)?;
    }
    Ok(())
}

/// Copies a tree, with links as links.
pub(crate) fn copy(from: &Path, to: &Path) -> Fetched<()> {
    let failed = |path: &Path| io(format!("copying {}", path.display()));
    fs::create_dir_all(to).map_err(failed(to))?;
    for entry in fs::read_dir(from).map_err(failed(from))? {
        let entry = entry.map_err(failed(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        copy_entry(&entry, &source, &target)?;
    }
    Ok(())
}

fn copy_entry(entry: &fs::DirEntry, source: &Path, target: &Path) -> Fetched<()> {
    let failed = || io(format!("copying {}", source.display()));
    let kind = entry.file_type().map_err(failed())?;
    if kind.is_dir() {
        return copy(source, target);
    }
    if kind.is_symlink() {
        let link = fs::read_link(source).map_err(failed())?;
        return make_link(&link, target).map_err(failed());
    }
    fs::copy(source, target).map(drop).map_err(failed())
}

/// The directory in `package` that `subdirectory` means, relative to it. A part that is `*` stands
/// for the only directory there is.
pub(crate) fn subdirectory(package: &Path, subdirectory: &str) -> Fetched<PathBuf> {
    let mut found = PathBuf::new();
    for part in subdirectory.split('/').filter(|part| !part.is_empty()) {
        if !part.contains('*') {
            found.push(part);
            continue;
        }
        let (start, end) = part.split_once('*').unwrap_or((part, ""));
        let within = package.join(&found);
        let entries = fs::read_dir(&within).map_err(io(format!("reading {}", within.display())))?;
        let mut matching: Vec<String> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let name = entry.file_name().into_string().ok()?;
                let fits =
                    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end);
                (fits && !name.starts_with('.') && entry.path().is_dir()).then_some(name)
            })
            .collect();
        match (matching.pop(), matching.is_empty()) {
            (Some(only), true) => found.push(only),
            (None, _) => return Err(missing(subdirectory)),
            (Some(_), false) => {
                return Err(Failure::new(format!(
                    "the subdirectory {subdirectory:?} matches several directories"
                )));
            }
        }
    }
    let real = |path: &Path| fs::canonicalize(path);
    match (real(package), real(&package.join(&found))) {
        (Ok(package), Ok(module)) if !module.starts_with(&package) => Err(Failure::new(format!(
            "the subdirectory {subdirectory:?} is a link that leads outside of the module package"
        ))),
        (Ok(_), Ok(module)) if module.is_dir() => Ok(found),
        _ => Err(missing(subdirectory)),
    }
}

fn missing(subdirectory: &str) -> Failure {
    Failure::new(format!("there is no directory {subdirectory:?} in the module package"))
        .advise("Check what follows \"//\" in the module's source.")
}
