//! `.terraform/modules/modules.json`: where the modules are that the configuration calls.

use crate::environment::Environment;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use terrane_config::Config;

/// The file's content.
#[derive(Default, Serialize, Deserialize)]
struct Manifest {
    #[serde(rename = "Modules")]
    modules: Vec<Entry>,
}

/// An installed module. The order of the fields is Terraform's.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    key: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    dir: String,
}

/// A module as `init` lists it: its address without `module.`, and its directory.
pub(crate) struct Installed {
    pub(crate) key: String,
    pub(crate) dir: String,
}

/// Writes where all modules of `config` are, and gives them without the root module. What
/// another program has installed from afar keeps its version.
pub(crate) fn write_manifest(environment: &Environment, config: &Config) -> io::Result<Vec<Installed>> {
    let path = file(environment);
    let before: Manifest = environment
        .read(&path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let before: BTreeMap<String, Entry> = before.modules.into_iter().map(|m| (m.key.clone(), m)).collect();
    let modules: Vec<Entry> = config
        .modules
        .iter()
        .map(|(path, module)| {
            let key = path.0.join(".");
            let source = config.call(path).map(|call| call.source.clone()).unwrap_or_default();
            let dir = module.dir.display().to_string();
            match before.get(&key) {
                Some(entry) if entry.dir == dir && entry.version.is_some() => entry.clone(),
                _ => Entry { key, source, version: None, dir },
            }
        })
        .collect();
    let installed = modules
        .iter()
        .filter(|m| !m.key.is_empty())
        .map(|m| Installed { key: m.key.clone(), dir: m.dir.clone() })
        .collect::<Vec<_>>();
    if !installed.is_empty() || !before.is_empty() {
        environment.write(&path, &serde_json::to_vec(&Manifest { modules })?)?;
    }
    Ok(installed)
}

fn file(environment: &Environment) -> PathBuf {
    environment.data_dir().join("modules/modules.json")
}
