//! `terrane test`: each directory of `cases` has a configuration with test files, and in `expected.txt`
//! what is printed. Texts were compared with Terraform 1.11.4, whose wording they follow.
//!
//! With `UPDATE_GOLDENS=1` the expectations are written, to be read before they are committed.
#![allow(clippy::unwrap_used)]

#[path = "../project/mod.rs"]
mod project;

mod documents;

use project::Project;
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of a case's directory.
fn case(name: &str) -> Project {
    let project = Project::new(&[]);
    copy(&cases().join(name), project.path());
    project
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testing/cases")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

#[test]
fn all_cases_print_what_is_expected() {
    let mut wrong = Vec::new();
    let mut names: Vec<_> = fs::read_dir(cases()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert!(names.len() > 10, "where are the cases?");
    for name in names {
        let name = name.to_str().unwrap();
        let project = case(name);
        let expected = fs::read_to_string(cases().join(name).join("expected.txt")).unwrap_or_default();
        let arguments =
            expected.lines().next().and_then(|line| line.strip_prefix("$ terrane ")).unwrap_or("test");
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let ran = project.run(&arguments);
        let found = format!(
            "$ terrane {}\n{}--- errors\n{}--- exit code {}\n",
            arguments.join(" "),
            ran.out,
            ran.err,
            ran.code
        );
        if std::env::var_os("UPDATE_GOLDENS").is_some() {
            fs::write(cases().join(name).join("expected.txt"), found).unwrap();
        } else if found != expected {
            wrong.push(format!("{name}: expected\n{expected}\nbut found\n{found}"));
        }
        let written = fs::read_dir(project.path()).unwrap().map(|e| e.unwrap().file_name());
        let states: Vec<_> = written.filter(|name| name.to_string_lossy().contains("tfstate")).collect();
        assert!(states.is_empty(), "{name} has left {states:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
