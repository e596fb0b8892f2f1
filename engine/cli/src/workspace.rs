//! Which workspace is selected.

use crate::context::Problems;
use crate::environment::Environment;
use std::path::PathBuf;

/// The workspace that exists without being made.
pub(crate) const DEFAULT: &str = "default";

/// The selected workspace: `TF_WORKSPACE`, or what `workspace select` has stored.
pub(crate) fn selected(environment: &Environment) -> String {
    if let Some(name) = environment.setting("WORKSPACE") {
        return name.to_owned();
    }
    let stored = environment.read(&selection_file(environment)).unwrap_or_default();
    match String::from_utf8_lossy(&stored).trim() {
        "" => DEFAULT.to_owned(),
        name => name.to_owned(),
    }
}

/// Stores the selection.
pub(crate) fn select(environment: &Environment, name: &str) -> Result<(), Problems> {
    let path = selection_file(environment);
    environment
        .write(&path, name.as_bytes())
        .map_err(|e| Problems::new("Failed to select workspace", format!("{}: {e}.", path.display())))
}

/// Whether `name` can be a workspace's name: it becomes part of file names and addresses.
pub(crate) fn is_valid_name(name: &str) -> bool {
    !name.is_empty()
        && !matches!(name, "." | "..")
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b))
}

fn selection_file(environment: &Environment) -> PathBuf {
    environment.data_dir().join("environment")
}
