//! `modules.json`: which modules are installed, and where. The file is Terraform's, so that either
//! program can use what the other installed.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use terrane_address::ModulePath;

/// The modules that `init` has installed, by the path of calls that leads to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleManifest(pub BTreeMap<ModulePath, InstalledModule>);

/// An installed module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstalledModule {
    /// The source, in the form that [`terrane_address::ModuleSource`] prints.
    pub source: String,
    /// Which version it is, when it is from a registry.
    pub version: Option<String>,
    /// The directory, relative to that of the root module.
    pub dir: PathBuf,
}

impl ModuleManifest {
    /// Reads the file's content. What is no manifest has no modules.
    pub fn parse(text: &str) -> ModuleManifest {
        let document: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let modules = document.get("Modules").and_then(|m| m.as_array()).cloned().unwrap_or_default();
        let installed = modules.iter().filter_map(|module| {
            let text = |name: &str| module.get(name).and_then(|v| v.as_str());
            let key = text("Key")?;
            let path = key.split('.').filter(|name| !name.is_empty()).map(Into::into).collect();
            let version = text("Version").filter(|v| !v.is_empty()).map(str::to_owned);
            let dir = join(Path::new("."), Path::new(text("Dir")?));
            let source = text("Source").unwrap_or_default().to_owned();
            Some((ModulePath(path), InstalledModule { source, version, dir }))
        });
        ModuleManifest(installed.collect())
    }

    /// The file's content, in the order and with the fields that Terraform writes.
    pub fn to_json(&self) -> String {
        let entry = |(path, module): (&ModulePath, &InstalledModule)| {
            let mut entry = serde_json::Map::new();
            let mut set = |name: &str, value: &str| entry.insert(name.into(), value.into());
            set("Key", &path.0.join("."));
            set("Source", &module.source);
            if let Some(version) = &module.version {
                set("Version", version);
            }
            set("Dir", &module.dir.to_string_lossy().replace('\\', "/"));
            serde_json::Value::Object(entry)
        };
        serde_json::json!({ "Modules": self.0.iter().map(entry).collect::<Vec<_>>() }).to_string()
    }
}

/// `relative` from `dir`, both relative to the root, with `.` and `..` resolved in the text.
pub(crate) fn join(dir: &Path, relative: &Path) -> PathBuf {
    let mut joined = PathBuf::new();
    for component in dir.join(relative).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            other => joined.push(other),
        }
    }
    if joined.as_os_str().is_empty() { PathBuf::from(".") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::{ModuleManifest, join};
    use std::path::Path;

    #[test]
    fn directories_are_joined_in_the_text() {
        for (dir, relative, want) in [
            (".", "./a", "a"),
            (".", "../a", "../a"),
            ("a/b", "../c", "a/c"),
            ("../a", "../../b", "../../b"),
            ("a", "..", "."),
            ("../x", "../y", "../y"),
        ] {
            let joined = join(Path::new(dir), Path::new(relative));
            assert_eq!(joined, Path::new(want), "{dir} {relative}");
        }
    }

    /// As Terraform 1.11.4 wrote it.
    #[test]
    fn a_manifest_is_written_as_it_was_read() {
        let text = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"h","Source":"git::file:///tmp/repo//s?ref=v1","Dir":".terraform/modules/h/s"},{"Key":"h.n","Source":"./..","Dir":".terraform/modules/h"},{"Key":"v","Source":"registry.terraform.io/acme/vpc/aws","Version":"1.4.0","Dir":".terraform/modules/v"}]}"#;
        assert_eq!(ModuleManifest::parse(text).to_json(), text);
        assert_eq!(ModuleManifest::parse("broken"), ModuleManifest::default());
    }
}
