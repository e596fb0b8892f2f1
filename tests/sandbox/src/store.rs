//! What the sandbox remembers: objects, policies and operations by name, and the file it can keep them in.

use crate::operation::Operation;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

/// Everything that outlives a request.
///
/// Names start with the service: `compute:projects/p/global/networks/n`, `storage:b/bucket`.
#[derive(Clone, Default, Deserialize, Serialize)]
pub(crate) struct Store {
    pub(crate) objects: BTreeMap<String, Value>,
    pub(crate) policies: BTreeMap<String, Value>,
    pub(crate) operations: BTreeMap<String, Operation>,
    /// The contents of objects in buckets, in base64.
    #[serde(default)]
    pub(crate) contents: BTreeMap<String, String>,
    /// Operations by the request ids that clients gave, so that a repeated request does nothing twice.
    pub(crate) requests: BTreeMap<String, String>,
    /// The resources of Compute Engine whose creation has not ended.
    pub(crate) unready: BTreeSet<String>,
    next: u64,
}

impl Store {
    /// A number that was not given out before.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Everything whose name starts with a prefix, in order.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.objects
            .range(prefix.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.as_str(), value))
    }

    /// What is directly in a collection, not in what it contains.
    pub(crate) fn members<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.objects
            .range(format!("{collection}/")..)
            .take_while(move |(key, _)| {
                key.starts_with(collection) && key[collection.len()..].starts_with('/')
            })
            .filter(move |(key, _)| !key[collection.len() + 1..].contains('/'))
            .map(|(key, value)| (key.as_str(), value))
    }

    /// Takes an object away with all that is in it, and their policies.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Value> {
        let inside = format!("{key}/");
        let beneath = |name: &String| name == key || name.starts_with(&inside);
        self.policies.retain(|name, _| !beneath(name));
        self.contents.retain(|name, _| !beneath(name));
        let found = self.objects.remove(key);
        self.objects.retain(|name, _| !name.starts_with(&inside));
        found
    }

    /// Reads the file; one that is not there yet is an empty store.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read(path) {
            Ok(content) => Ok(serde_json::from_slice(&content)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes the file anew and puts it in the place of the old one at once.
    pub(crate) fn save(&self, path: &Path) -> anyhow::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.persist(path)?;
        Ok(())
    }
}
