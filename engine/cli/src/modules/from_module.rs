//! `init -from-module`: a copy of a module becomes the configuration of an empty directory.

use super::install::{announce, surroundings};
use crate::context::{Context, Problems};
use std::path::{Path, PathBuf};
use terrane_address::{ModulePath, ModuleSource};
use terrane_diagnostics::{FileId, Span};
use terrane_install::{Installer, Request, copy_module, redact};

/// Copies the module that `source` means into the working directory, which must be empty.
pub(crate) fn copy_here(context: &Context, source: &str) -> Result<(), Problems> {
    let environment = &context.environment;
    let entries = environment.entries(Path::new(".")).map_err(|e| failed(source, &e.to_string()))?;
    let data_dir = environment.data_dir();
    if let Some(entry) = entries.iter().find(|entry| Path::new(&entry.name) != data_dir) {
        return Err(Problems::new(
            "Can't populate non-empty directory",
            format!(
                "The working directory is not empty: it has {}. The option -from-module requires an empty directory \
                 into which a copy of the module will be placed. To initialize the configuration that is here, omit \
                 the option.",
                entry.name
            ),
        ));
    }
    context.output.line(&format!("Copying configuration from {:?}...", redact(source)));
    let parsed = source
        .parse::<ModuleSource>()
        .map_err(|e| Problems::new("Invalid module source address", e.to_string()))?;
    if let ModuleSource::Local(path) = &parsed {
        return copy(Path::new(path), source);
    }
    let fetched = data_dir.join("from-module");
    let done = fetch(context, parsed, &fetched).and_then(|dir| copy(&dir, source));
    let removed = environment.remove_tree(&fetched);
    done?;
    removed.map_err(|e| failed(source, &e.to_string()))
}

/// Fetches the module into `to`; gives the directory that it is in.
fn fetch(context: &Context, source: ModuleSource, to: &Path) -> Result<PathBuf, Problems> {
    let path = ModulePath::root().child("root");
    // The source stands on the command line, which has no place to point at.
    let nowhere = Span { file: FileId(u32::MAX), start: 0, end: 0 };
    let request =
        Request { path: path.clone(), source, constraint: None, source_span: nowhere, version_span: nowhere };
    let surroundings = surroundings(context);
    let mut installer = Installer::new(&surroundings, to);
    let events = |event| announce(context, &event);
    let mut replacing = |_: &[ModulePath]| Ok(());
    let work = installer.install(vec![request], &events, &mut replacing);
    let (mut installed, mut problems) = context.block_on(work);
    if problems.has_errors() {
        problems.iter_mut().for_each(|d| d.subject = None);
        return Err(problems.into());
    }
    Ok(installed.remove(&path).map(|module| module.dir).unwrap_or_default())
}

fn copy(from: &Path, source: &str) -> Result<(), Problems> {
    match from.is_dir() {
        true => copy_module(from, Path::new(".")).map_err(|reason| failed(source, &reason)),
        false => Err(failed(source, &format!("there is no directory {}", from.display()))),
    }
}

fn failed(source: &str, reason: &str) -> Problems {
    Problems::new(
        "Failed to copy module",
        format!("The module {:?} could not be copied: {reason}.", redact(source)),
    )
}
