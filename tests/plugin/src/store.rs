//! The directory of notes, as JSON.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub title: String,
    pub body: String,
    pub labels: Option<BTreeMap<String, String>>,
    pub author: Option<Author>,
    pub attachments: Vec<Attachment>,
    pub revision: i64,
    /// What the module that wanted it calls itself.
    pub written_for: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
pub struct Author {
    pub name: String,
    pub mail: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
pub struct Attachment {
    pub name: String,
    pub size: i64,
}

/// The directory, once the provider is configured.
#[derive(Debug, Clone, Default)]
pub struct Store(Arc<Mutex<Option<PathBuf>>>);

impl Store {
    pub fn open(&self, directory: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(directory.into());
    }

    fn file(&self, title: &str) -> Result<PathBuf, Error> {
        let directory = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        directory
            .map(|directory| directory.join(format!("{title}.json")))
            .ok_or_else(|| Error::other("the provider is not configured"))
    }

    /// The note with this title; none when there is no such file.
    pub fn read(&self, title: &str) -> Result<Option<Stored>, Error> {
        match std::fs::read(self.file(title)?) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn write(&self, note: &Stored) -> Result<(), Error> {
        std::fs::write(self.file(&note.title)?, serde_json::to_vec_pretty(note)?)
    }

    pub fn remove(&self, title: &str) -> Result<(), Error> {
        std::fs::remove_file(self.file(title)?)
    }

    /// All titles, in order.
    pub fn titles(&self) -> Result<Vec<String>, Error> {
        let file = self.file("any")?;
        let mut titles = Vec::new();
        for entry in std::fs::read_dir(file.parent().unwrap_or(&file))? {
            if let Some(title) = entry?.file_name().to_string_lossy().strip_suffix(".json") {
                titles.push(title.to_owned());
            }
        }
        titles.sort();
        Ok(titles)
    }
}
