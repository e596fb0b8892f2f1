//! The directory that an archive is unpacked into, which nothing gets out of.

use super::{Limits, broken, hostile, write_failed};
use crate::error::{Failure, Fetched};
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};

/// A directory that is being filled.
pub(super) struct Place<'a> {
    root: &'a Path,
    limits: Limits,
    bytes: u64,
    entries: u64,
    /// Links by their paths, with their targets. They are made last, so that nothing is written
    /// through them.
    links: Vec<(PathBuf, PathBuf)>,
}

impl<'a> Place<'a> {
    pub(super) fn new(root: &'a Path, limits: Limits) -> Place<'a> {
        Place { root, limits, bytes: 0, entries: 0, links: Vec::new() }
    }

    /// Makes a directory.
    pub(super) fn directory(&mut self, name: &str) -> Fetched<()> {
        let path = self.path(name)?;
        let full = self.root.join(&path);
        fs::create_dir_all(&full).map_err(write_failed(&path))
    }

    /// Writes a file.
    pub(super) fn file(&mut self, name: &str, executable: bool, content: &mut dyn Read) -> Fetched<()> {
        let path = self.path(name)?;
        if path.as_os_str().is_empty() {
            return Err(hostile(name, "that is a file without a name"));
        }
        let full = self.root.join(&path);
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent).map_err(write_failed(&path))?;
        }
        // The last of several entries with one name counts.
        match fs::remove_file(&full) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(write_failed(&path)(e)),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, if executable { 0o755 } else { 0o644 });
        #[cfg(not(unix))]
        let _ = executable;
        let mut file = options.open(&full).map_err(write_failed(&path))?;
        let mut buffer = [0; 64 << 10];
        loop {
            let read = content.read(&mut buffer).map_err(broken)?;
            let Some(bytes) = buffer.get(..read).filter(|b| !b.is_empty()) else { return Ok(()) };
            self.bytes += read as u64;
            if self.bytes > self.limits.unpacked {
                let limit = self.limits.unpacked >> 20;
                return Err(Failure::new(format!("the archive unpacks to more than {limit} MiB")));
            }
            file.write_all(bytes).map_err(write_failed(&path))?;
        }
    }

    /// A second name of a file that was in the archive before: a copy of it.
    pub(super) fn hard_link(&mut self, name: &str, target: &str) -> Fetched<()> {
        let original =
            self.root.join(inside(target).ok_or_else(|| hostile(name, "that is a link out of it"))?);
        let metadata = fs::symlink_metadata(&original);
        let Some(metadata) = metadata.ok().filter(fs::Metadata::is_file) else {
            return Err(hostile(name, "that is a link to a file that it does not hold"));
        };
        let mut content = fs::File::open(&original).map_err(broken)?;
        self.file(name, is_executable(&metadata), &mut content)
    }

    /// A symbolic link.
    pub(super) fn link(&mut self, name: &str, target: &str) -> Fetched<()> {
        let path = self.path(name)?;
        let depth = path.components().count().saturating_sub(1);
        if path.as_os_str().is_empty() || !stays_inside(depth, target) {
            return Err(hostile(name, "that is a link out of it"));
        }
        self.links.push((path, PathBuf::from(target)));
        Ok(())
    }

    /// Makes the links.
    pub(super) fn finish(self) -> Fetched<()> {
        for (path, target) in &self.links {
            let name = path.to_string_lossy();
            let full = self.root.join(path);
            if let Some(parent) = path.parent() {
                // A link in the place of a parent would make the depth of this one a lie.
                let mut above = self.root.to_owned();
                for part in parent {
                    above.push(part);
                    if fs::symlink_metadata(&above).is_ok_and(|m| m.is_symlink()) {
                        return Err(hostile(&name, "that is behind a link"));
                    }
                }
                fs::create_dir_all(&above).map_err(write_failed(path))?;
            }
            if fs::symlink_metadata(&full).is_ok_and(|m| !m.is_dir()) {
                fs::remove_file(&full).map_err(write_failed(path))?;
            }
            make_link(target, &full).map_err(write_failed(path))?;
        }
        Ok(())
    }

    /// The path of an entry, which counts.
    fn path(&mut self, name: &str) -> Fetched<PathBuf> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(Failure::new(format!("the archive has more than {} entries", self.limits.entries)));
        }
        inside(name).ok_or_else(|| hostile(name, "that would be written outside of the module's directory"))
    }
}

/// A name as a relative path without `.` and `..`; `None` when it leads elsewhere.
fn inside(name: &str) -> Option<PathBuf> {
    if name.contains('\0') {
        return None;
    }
    let mut path = PathBuf::new();
    for component in Path::new(name).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(part) => path.push(part),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// Whether a link `depth` directories below the top points at something inside. A `..` after a
/// name is refused: the name could be a link itself.
fn stays_inside(depth: usize, target: &str) -> bool {
    let (mut up, mut named) = (0, false);
    for component in Path::new(target).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if !named => up += 1,
            Component::Normal(_) => named = true,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    up <= depth && !target.contains('\0') && !target.is_empty()
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
pub(crate) fn make_link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(not(unix))]
pub(crate) fn make_link(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "symbolic links are not supported here"))
}
