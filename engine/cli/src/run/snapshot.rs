//! The configuration inside of a plan file.

use crate::context::Context;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use terrane_config::{Config, Files, FilesError};
use terrane_diagnostics::FileId;

/// Files in memory, by path relative to the root module's directory.
pub(crate) struct Snapshot(BTreeMap<PathBuf, String>);

/// Where a plan file has what `init` says about which modules are where.
pub(crate) const MANIFEST: &str = ".terraform/modules/modules.json";

impl Snapshot {
    /// The files of a plan file.
    pub(crate) fn new(files: BTreeMap<String, String>) -> Snapshot {
        Snapshot(files.into_iter().map(|(name, text)| (plain(Path::new(&name)), text)).collect())
    }

    /// The files that a configuration was loaded from.
    pub(crate) fn take(context: &Context, config: &Config) -> BTreeMap<String, String> {
        let mut files: BTreeMap<String, String> = (0..)
            .map_while(|id| config.sources.get(FileId(id)))
            .filter(|file| !file.name.starts_with('<'))
            .map(|file| (file.name.to_string(), file.text.to_string()))
            .collect();
        if let Ok(text) =
            Files::read(&context.environment, &crate::modules::manifest_file(&context.environment))
        {
            files.insert(MANIFEST.to_owned(), text);
        }
        files
    }
}

impl Files for Snapshot {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        let dir = plain(dir);
        let inside = self.0.keys().filter(|path| path.parent().is_some_and(|parent| parent == dir));
        Ok(inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        self.0.get(&plain(path)).cloned().ok_or_else(|| FilesError {
            path: path.to_owned(),
            missing: true,
            message: "the plan file does not hold it".to_owned(),
        })
    }
}

/// The path without `.` and without `a/..`.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut found = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(found.components().next_back(), Some(Component::Normal(_))) => {
                found.pop();
            }
            other => found.push(other),
        }
    }
    found
}
