//! Configurations in memory: one text with lines `--- name` before the content of each file.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use terrane_config::{Config, Files, FilesError, check, load};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};

pub struct Memory(BTreeMap<PathBuf, String>);

impl Memory {
    /// Reads `text`; what stands before the first `---` line is `main.tf`.
    pub fn new(text: &str) -> Memory {
        let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
        let mut name = PathBuf::from("main.tf");
        for line in text.lines() {
            if let Some(next) = line.strip_prefix("--- ") {
                name = PathBuf::from(next);
                files.entry(name.clone()).or_default();
                continue;
            }
            let file = files.entry(name.clone()).or_default();
            file.push_str(line);
            file.push('\n');
        }
        Memory(files)
    }
}

impl Files for Memory {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        let dir = dir.strip_prefix(".").unwrap_or(dir);
        let names: Vec<String> = self
            .0
            .keys()
            .filter(|path| path.parent() == Some(dir))
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        if names.is_empty() { Err(missing(dir)) } else { Ok(names) }
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        let path = path.strip_prefix(".").unwrap_or(path);
        self.0.get(path).cloned().ok_or_else(|| missing(path))
    }
}

fn missing(path: &Path) -> FilesError {
    FilesError { path: path.to_owned(), missing: true, message: "no such file or directory".into() }
}

/// Loads and, when that has no errors, checks a configuration.
pub fn checked(text: &str) -> (Config, Diagnostics) {
    let (config, mut diagnostics) = load(&Memory::new(text), Path::new("."));
    if !diagnostics.has_errors() {
        diagnostics.append(check(&config));
    }
    (config, diagnostics)
}

/// A configuration that must be accepted without even a warning.
pub fn accepted(text: &str) -> Config {
    let (config, diagnostics) = checked(text);
    assert!(diagnostics.is_empty(), "{text}\n{:#?}", described(&config.sources, &diagnostics));
    config
}

/// `main.tf:3:5 Summary` for each problem.
pub fn described(sources: &SourceMap, diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(|d| format!("{} {}", place(sources, d), d.summary)).collect()
}

fn place(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let Some(span) = diagnostic.subject else { return "-".to_owned() };
    let Some(file) = sources.get(span.file) else { return "?".to_owned() };
    let at = file.position(span.start);
    format!("{}:{}:{}", file.name, at.line, at.column)
}

/// Asserts that each configuration has exactly the problems that are given, as
/// `main.tf:3:5 Summary`.
pub fn assert_problems(cases: &[(&str, &[&str])]) {
    for (text, want) in cases {
        let (config, diagnostics) = checked(text);
        assert_eq!(described(&config.sources, &diagnostics), *want, "{text}\n{diagnostics:#?}");
    }
}
