//! What backends see of the process they run in: environment variables, and the files and programs
//! that credentials come from.

use crate::Local;
use reqsign_core::Context;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::PathBuf;

/// Environment variables and the home directory.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The environment variables.
    pub variables: HashMap<String, String>,
    /// The user's home directory.
    pub home: Option<PathBuf>,
    /// Where to keep what belongs beside a state and has no place there.
    pub data_dir: PathBuf,
}

impl Surroundings {
    /// A variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// `path` with `~/` replaced by the home directory.
    pub(crate) fn expand(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), &self.home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    /// Reads a text file that credentials or certificates are in.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        let path = self.expand(path);
        std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Files for what a storage does not take: the journal, and the state, which lies where people find
    /// it.
    pub fn refuge_files(&self, location: &str) -> (Local, Local) {
        let journal = self.kept_file(location).with_extension("refuge");
        (Local::new(journal), Local::new("errored.tfstate").with_backup(None))
    }

    /// A file of this machine that belongs to the state at `location`.
    pub(crate) fn kept_file(&self, location: &str) -> PathBuf {
        let digest = crate::aws::hex(&Sha256::digest(location)[..8]);
        self.data_dir.join("journals").join(digest)
    }

    /// What the credential providers need, with `set` instead of the variables of these names.
    pub(crate) fn signing(&self, client: &reqwest::Client, set: &[(&str, String)]) -> Context {
        let mut envs = self.variables.clone();
        envs.extend(set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        terrane_credentials::surroundings(self.home.clone(), envs, client.clone())
    }
}
