//! What the fuzzer found worth keeping, given to the targets again.

use std::path::{Path, PathBuf};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

#[test]
fn kept_inputs_are_survived() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in terrane_fuzz::TARGETS {
        let paths = files(&corpus.join(name));
        assert!(!paths.is_empty(), "no inputs for {name}");
        for path in paths {
            let input = std::fs::read(&path).expect("an input");
            if std::panic::catch_unwind(|| target(&input)).is_err() {
                panic!("{} fails at {}", name, path.display());
            }
        }
    }
}

/// A folder that no target has the name of is replayed by nobody.
#[test]
fn every_folder_has_a_target() {
    for folder in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")) {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(terrane_fuzz::TARGETS.iter().any(|(target, _)| *target == name), "{name}");
    }
}
