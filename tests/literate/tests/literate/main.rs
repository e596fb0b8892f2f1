//! The configurations in the Markdown files beside this folder: what is said of them, and that
//! damaged ones are survived.
#![allow(clippy::unwrap_used)]

mod damaged;
mod validate;

use std::path::{Path, PathBuf};

/// Where the Markdown files are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The names of the Markdown files, sorted.
fn topics() -> Vec<String> {
    let names = std::fs::read_dir(folder()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut topics: Vec<String> = names.filter_map(|n| n.strip_suffix(".md").map(str::to_owned)).collect();
    topics.sort();
    topics
}
