//! Where the modules that are called are.

use crate::{Constraint, Files, ModuleCall, Version};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use terrane_address::ModulePath;
use terrane_diagnostics::Diagnostic;

/// What a module source means.
pub(super) enum Source {
    /// A directory relative to that of the calling module.
    Local(PathBuf),
    /// A registry, repository or archive, which `init` installs from.
    Remote,
}

/// Reads a `source` argument.
pub(super) fn classify(source: &str) -> Source {
    let local = source == "." || source == ".." || source.starts_with("./") || source.starts_with("../");
    if local { Source::Local(PathBuf::from(source)) } else { Source::Remote }
}

/// `relative` from `dir`, both relative to the root, with `.` and `..` resolved in the text.
pub(super) fn join(dir: &Path, relative: &Path) -> PathBuf {
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

/// The modules that `init` has installed, by path.
pub(super) struct Manifest(BTreeMap<String, Installed>);

struct Installed {
    dir: PathBuf,
    version: Option<String>,
}

impl Manifest {
    /// Reads `.terraform/modules/modules.json`; without that file nothing is installed.
    pub(super) fn read(files: &dyn Files, root: &Path) -> Manifest {
        let text = files.read(&root.join(".terraform/modules/modules.json")).unwrap_or_default();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        let modules = document.get("Modules").and_then(|m| m.as_array()).cloned().unwrap_or_default();
        let installed = modules.iter().filter_map(|module| {
            let text = |name: &str| module.get(name).and_then(|v| v.as_str());
            let dir = join(Path::new("."), Path::new(text("Dir")?));
            Some((text("Key")?.to_owned(), Installed { dir, version: text("Version").map(str::to_owned) }))
        });
        Manifest(installed.collect())
    }

    /// Where the module that `call` installs as `path` is.
    pub(super) fn directory(&self, path: &ModulePath, call: &ModuleCall) -> Result<PathBuf, Diagnostic> {
        let key = path.0.join(".");
        let Some(installed) = self.0.get(&key) else {
            let detail = format!(
                "This module is not yet installed. Run \"terrane init\" to install all modules required by this \
                 configuration.\n\nThis version installs modules from local directories only, whose source \
                 starts with ./ or ../; \"{}\" must have been installed by \"terraform init\".",
                call.source
            );
            return Err(Diagnostic::error("Module not installed", detail).at(call.source_span));
        };
        let constraint = call.version.as_ref().and_then(|(text, span)| Some((text.parse().ok()?, span)));
        let version = installed.version.as_ref().and_then(|v| v.parse::<Version>().ok());
        if let (Some((constraint, span)), Some(version)) = (constraint, version) {
            let constraint: Constraint = constraint;
            if !constraint.matches(&version) {
                let detail = format!(
                    "The version requirements have changed since this module was installed and the installed \
                     version ({version}) is no longer acceptable. Run \"terrane init\" to install all modules \
                     required by this configuration."
                );
                return Err(Diagnostic::error("Module version requirements have changed", detail).at(*span));
            }
        }
        Ok(installed.dir.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::join;
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
}
