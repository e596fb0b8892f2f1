//! Where configuration files come from.

use std::path::{Path, PathBuf};

/// Reads configuration directories. The one implementation over a real file system is in `cli`;
/// tests use a map.
pub trait Files {
    /// The names of the files (not directories) in `dir`, sorted.
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError>;

    /// The text of a file, which must be UTF-8.
    fn read(&self, path: &Path) -> Result<String, FilesError>;
}

/// Why a file or directory cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesError {
    /// What could not be read.
    pub path: PathBuf,
    /// Whether it does not exist.
    pub missing: bool,
    /// What went wrong, in words.
    pub message: String,
}
