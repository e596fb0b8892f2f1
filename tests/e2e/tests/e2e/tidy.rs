//! What a reader may rely on in every source file.

use crate::invariants::sources;
use std::path::Path;
use terrane_xtask::workspace;

const MOST_LINES: usize = 1_000;

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut complaints = Vec::new();
    for path in sources() {
        let text = std::fs::read_to_string(workspace::root().join(&path)).unwrap();
        let lines = text.lines().count();
        if lines > MOST_LINES {
            complaints
                .push(format!("{path} has {lines} lines; at most {MOST_LINES} can be read in a sitting"));
        }
        // Cases for the compiler's own messages are not modules.
        if !text.trim_start().starts_with("//!") && !path.contains("/tests/ui/") && !path.contains("/fuzz") {
            complaints.push(format!("{path} does not say what it is for (`//!` at the top)"));
        }
        for word in ["utils", "helpers", "common", "misc", "manager"] {
            if Path::new(&path)
                .components()
                .any(|part| Path::new(part.as_os_str()).file_stem().is_some_and(|stem| stem == word))
            {
                complaints.push(format!("{path}: {word} says nothing"));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// A test file that no `mod` names is compiled by nobody and passes forever.
#[test]
fn no_test_file_is_forgotten() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e");
    expect_modules(&dir, "main.rs", &dir);
    let families = dir.join("families");
    expect_modules(&families, "mod.rs", &families);
    expect_modules(&families.join("arguments"), "mod.rs", &families.join("arguments"));
    expect_modules(&families, "mod.rs", &Path::new(env!("CARGO_MANIFEST_DIR")).join("families"));
}

/// Insists that a file of `dir` names everything in `named` as a module.
fn expect_modules(dir: &Path, file: &str, named: &Path) {
    let modules = std::fs::read_to_string(dir.join(file)).unwrap();
    for entry in std::fs::read_dir(named).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let module = name.trim_end_matches(".rs");
        assert!(name == file || modules.contains(&format!("mod {module};")), "{name} is not in {file}");
    }
}
