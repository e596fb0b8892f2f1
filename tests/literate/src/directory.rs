//! The files of one configuration.

use std::fs;
use std::path::Path;
use terrane_config::{Files, FilesError};

/// A directory that goes away with this.
pub(crate) struct Directory(tempfile::TempDir);

impl Directory {
    pub(crate) fn new(files: &[(String, String)]) -> Directory {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Directory(directory)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Files for Directory {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        let entries = fs::read_dir(self.path().join(dir)).map_err(|e| failed(dir, &e))?;
        let files = entries.map(Result::unwrap).filter(|e| e.file_type().unwrap().is_file());
        Ok(files.map(|e| e.file_name().into_string().unwrap()).collect())
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        fs::read_to_string(self.path().join(path)).map_err(|e| failed(path, &e))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> FilesError {
    FilesError {
        path: path.to_owned(),
        missing: error.kind() == std::io::ErrorKind::NotFound,
        message: error.to_string(),
    }
}
