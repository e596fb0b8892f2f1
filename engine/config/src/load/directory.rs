//! The configuration files of one directory.

use crate::decode::file_schema;
use crate::{Files, FilesError};
use std::path::{Path, PathBuf};
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_syntax::{Block, Body, NativeBody, name_blocks, parse_file};

/// Endings of configuration files, each after the one it shadows a file of the same name of.
const ENDINGS: [&str; 4] = [".tf", ".tofu", ".tf.json", ".tofu.json"];

/// The blocks of a directory's files.
#[derive(Default)]
pub(super) struct Blocks {
    /// In the order of file names.
    pub(super) primary: Vec<Block>,
    /// Those of override files.
    pub(super) overrides: Vec<Block>,
}

/// Whether a file of this name is part of a module's configuration.
pub fn is_config_file(name: &str) -> bool {
    let backup =
        name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
    !backup && split(name).is_some()
}

/// A file name's stem and its ending.
fn split(name: &str) -> Option<(&str, &'static str)> {
    ENDINGS.iter().find_map(|ending| Some((name.strip_suffix(ending)?, *ending)))
}

/// Whether a configuration file changes what others declare.
fn is_override(name: &str) -> bool {
    split(name).is_some_and(|(stem, _)| stem == "override" || stem.ends_with("_override"))
}

/// The configuration files among `names`: `x.tofu` stands in for `x.tf`.
fn select(names: &[String]) -> Vec<&str> {
    let shadowed = |name: &str| {
        let other = match split(name) {
            Some((stem, ".tf")) => format!("{stem}.tofu"),
            Some((stem, ".tf.json")) => format!("{stem}.tofu.json"),
            _ => return false,
        };
        names.contains(&other)
    };
    names.iter().map(String::as_str).filter(|name| is_config_file(name) && !shadowed(name)).collect()
}

/// Reads and parses the files of `dir`, which is relative to `root`.
pub(super) fn read(
    files: &dyn Files,
    root: &Path,
    dir: &Path,
    sources: &mut SourceMap,
) -> Result<(Blocks, Diagnostics), FilesError> {
    let is_root = dir == Path::new(".");
    let place: PathBuf = if is_root { root.to_owned() } else { root.join(dir) };
    let mut names = files.list(&place)?;
    names.sort();
    let mut blocks = Blocks::default();
    let mut diagnostics = Diagnostics::new();
    for name in select(&names) {
        let text = files.read(&place.join(name))?;
        let shown = if is_root { name.to_owned() } else { dir.join(name).display().to_string() };
        let file = sources.add(shown, text);
        let body = diagnostics.take(parse_file(sources, file));
        name_blocks(sources, &body);
        let found = if is_override(name) { &mut blocks.overrides } else { &mut blocks.primary };
        found.extend(diagnostics.take(top_level(body)));
    }
    Ok((blocks, diagnostics))
}

/// The blocks of a file. Their bodies are moved, since copying all of a large configuration
/// would take longer than parsing it.
fn top_level(body: Body) -> (Vec<Block>, Diagnostics) {
    let Body::Native(mut native) = body else {
        let (content, diagnostics) = body.content(&file_schema());
        return (content.blocks, diagnostics);
    };
    let bodies: Vec<Body> = native
        .blocks
        .iter_mut()
        .map(|block| {
            let (span, missing) = (block.span, block.body.missing_span());
            let empty = NativeBody { attributes: Vec::new(), blocks: Vec::new(), span, missing };
            std::mem::replace(&mut block.body, Body::Native(empty))
        })
        .collect();
    let starts: Vec<u32> = native.blocks.iter().map(|block| block.span.start).collect();
    let (content, diagnostics) = Body::Native(native).content(&file_schema());
    let mut bodies = starts.into_iter().zip(bodies);
    let blocks = content.blocks.into_iter().filter_map(|block| {
        let (_, body) = bodies.find(|(start, _)| *start == block.span.start)?;
        Some(Block { body, ..block })
    });
    (blocks.collect(), diagnostics)
}

#[cfg(test)]
mod tests {
    use super::{is_config_file, is_override, select};

    #[test]
    fn files_of_a_directory() {
        for name in ["main.tf", "a.tf.json", "a.tofu", "a.tofu.json", "override.tf"] {
            assert!(is_config_file(name), "{name}");
        }
        for name in [".main.tf", "main.tf~", "#main.tf#", ".#main.tf", "a.json", "a.tfvars", "a.tftest.hcl"] {
            assert!(!is_config_file(name), "{name}");
        }
        for (name, want) in [
            ("override.tf", true),
            ("a_override.tf.json", true),
            ("x_override.tofu", true),
            ("my-override.tf", false),
            ("main.tf", false),
        ] {
            assert_eq!(is_override(name), want, "{name}");
        }
        let names = ["a.tf", "a.tofu", "b.tf", "b.tofu.json", "c.tf.json", "c.tofu.json"].map(str::to_owned);
        assert_eq!(select(&names), ["a.tofu", "b.tf", "b.tofu.json", "c.tofu.json"]);
    }
}
