//! The stacks of a fleet: each directory with a state of its own.

use crate::context::{Context, Problems};
use crate::environment::{Entry, Environment};
use crate::run::plain;
use std::path::{Path, PathBuf};

/// How deep stacks are looked for.
const DEPTH: usize = 12;

/// The directories below `top`, itself included, that may be stacks by `is_one`, sorted.
pub(crate) fn find(
    context: &Context,
    top: &Path,
    is_one: fn(&Environment, &Path) -> bool,
) -> Result<Vec<PathBuf>, Problems> {
    let environment = &context.environment;
    if !environment.is_dir(top) {
        let detail = format!(
            "{} is not a directory. -recursive takes the directory that the stacks are in.",
            top.display()
        );
        return Err(Problems::new("Stacks not found", detail));
    }
    let mut found = Vec::new();
    let mut waiting = vec![(top.to_owned(), 0)];
    while let Some((dir, depth)) = waiting.pop() {
        if is_one(environment, &dir) {
            found.push(dir.clone());
        }
        // Directories that cannot be read hold no stacks that could be.
        for inner in environment.directories(&dir).unwrap_or_default() {
            let name = inner.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if depth < DEPTH && !name.starts_with('.') && name != "terraform.tfstate.d" {
                waiting.push((inner, depth + 1));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a directory has a configuration, and a state or something that says where it is.
pub(crate) fn has_state(environment: &Environment, dir: &Path) -> bool {
    let sources = sources(environment, dir);
    let kept = ["terraform.tfstate", "terraform.tfstate.d", ".terraform"];
    let is_kept = |entry: &Entry| kept.contains(&&*entry.name);
    !sources.is_empty() && environment.entries(dir).unwrap_or_default().iter().any(is_kept)
        || says(environment, &sources, "backend")
}

/// Whether it has, or has what only root modules should: provider configurations.
pub(crate) fn is_root(environment: &Environment, dir: &Path) -> bool {
    has_state(environment, dir) || says(environment, &sources(environment, dir), "provider")
}

/// The configuration files of a directory.
fn sources(environment: &Environment, dir: &Path) -> Vec<PathBuf> {
    let is_source = |entry: &Entry| {
        [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| entry.name.ends_with(end))
    };
    let entries = environment.entries(dir).unwrap_or_default();
    entries.iter().filter(|entry| is_source(entry)).map(|entry| dir.join(&entry.name)).collect()
}

/// Whether files have a block of a kind, as far as their text shows.
fn says(environment: &Environment, files: &[PathBuf], kind: &str) -> bool {
    files.iter().any(|path| {
        let text = environment.read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        text.contains(&format!("{kind} \"")) || text.contains(&format!("\"{kind}\""))
    })
}

/// What a stack is called: its directory as seen from where the program was started.
pub(crate) fn name_of(dir: &Path) -> String {
    let name = plain(dir).display().to_string();
    if name.is_empty() { ".".into() } else { name }
}

/// Does something in a directory, which is the working directory for that time.
pub(crate) fn within<T>(
    context: &Context,
    dir: &Path,
    work: impl FnOnce(Environment) -> Result<T, Problems>,
) -> Result<T, Problems> {
    let home = context.environment.original_dir().to_owned();
    let failed =
        |e: std::io::Error| Problems::new("Failed to enter directory", format!("{}: {e}.", dir.display()));
    let done = work(context.environment.entered(dir).map_err(failed)?);
    context.environment.entered(&home).map_err(failed)?;
    done
}
