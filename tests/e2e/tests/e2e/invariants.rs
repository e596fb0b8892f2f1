//! What ARCHITECTURE.md calls invariants, as far as the manifests and the sources can show it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use terrane_xtask::workspace;

#[test]
fn crates_depend_in_one_direction() {
    let crates = dependencies();
    let folder = |name: &str| crates[name].folder.clone();
    for (name, this) in &crates {
        let dependencies = &this.normal;
        let providers = dependencies.iter().filter(|name| folder(name).starts_with("providers/"));
        match this.folder.split_once('/') {
            Some(("engine", "cli")) => {}
            Some(("engine", _)) => {
                let providers: Vec<_> = providers.collect();
                assert!(providers.is_empty(), "{name} is part of the engine and depends on {providers:?}");
            }
            // What a provider is made of, and the SDK may see.
            Some(("providers", "sdk" | "sdk-derive")) => {
                only(name, dependencies, &["sdk-derive", "provider", "schema", "value", "diagnostics"]);
            }
            Some(("providers", _)) => {
                only(
                    name,
                    dependencies,
                    &["sdk", "sdk-derive", "provider", "schema", "value", "diagnostics"],
                );
            }
            _ => {}
        }
        assert!(
            name == "terrane-cli" || !dependencies.contains("terrane-cli"),
            "{name} depends on the program"
        );
    }
}

/// Crates under `engine/` build and test without any cloud's SDK.
#[test]
fn the_engine_knows_no_cloud() {
    for (name, this) in dependencies().iter().filter(|(_, this)| this.folder.starts_with("engine/")) {
        let clouds =
            this.foreign.iter().filter(|name| name.starts_with("aws-") || name.starts_with("google-"));
        assert_eq!(clouds.collect::<Vec<_>>(), Vec::<&String>::new(), "{name}");
    }
}

/// Files and the environment are read where somebody looks for it.
#[test]
fn files_and_environment_are_touched_in_named_places() {
    let allowed = [
        "engine/backend/src/local/",
        // Credentials and certificates of backends.
        "engine/backend/src/surroundings.rs",
        "engine/cli/src/",
        // Files and programs that credentials come from.
        "engine/credentials/src/",
        // Packages of modules, and what is known about credentials for them.
        "engine/install/src/",
        // `file`, `templatefile`, `fileset` and `pathexpand` of the language.
        "engine/lang/src/functions/filesystem.rs",
        // What plugins offer, kept between runs.
        "engine/plugin/src/offer.rs",
        // The socket of a provider that is served.
        "engine/plugin/src/serve/listen.rs",
        // What `file` and `remote-exec` take to another machine, and the agent of SSH.
        "engine/provision/src/",
        // Credentials, profiles and certificates, as the AWS SDKs read them.
        "providers/aws/src/client/",
        "providers/aws/src/configuration/",
        // The files that objects in S3 are made from.
        "providers/aws/src/s3/object_put.rs",
        // Credentials and settings, as the clients of Google Cloud read them.
        "providers/google/src/client/",
        "providers/google/src/configuration/",
        // The files that objects in buckets are made from.
        "providers/google/src/storage/object_source.rs",
        // Golden files of schemas.
        "providers/sdk/src/testing/",
    ];
    let mut found = Vec::new();
    for path in sources().into_iter().filter(|path| path.contains("/src/") && !path.starts_with("tests/")) {
        let is_test = path.starts_with("engine/plugin/src/faults/");
        if is_test || allowed.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        let text = std::fs::read_to_string(workspace::root().join(&path)).unwrap();
        // Tests at the end of a file may do as they like.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in ["std::fs", "std::env::var", "env::vars", "tokio::fs", "File::open", "File::create"] {
            if code.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//")) {
                found.push(format!("{path}: {word}"));
            }
        }
    }
    assert!(found.is_empty(), "files or the environment are touched in\n{}", found.join("\n"));
}

/// A crate of the workspace.
struct Member {
    folder: String,
    /// Dependencies within the workspace, without those of tests.
    normal: BTreeSet<String>,
    /// Dependencies from elsewhere.
    foreign: BTreeSet<String>,
}

fn only(name: &str, dependencies: &BTreeSet<String>, allowed: &[&str]) {
    for dependency in dependencies {
        let short = dependency.trim_start_matches("terrane-");
        assert!(allowed.contains(&short), "{name} depends on {dependency}");
    }
}

fn dependencies() -> BTreeMap<String, Member> {
    let output = workspace::cargo()
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .output()
        .expect("cargo metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON from cargo metadata");
    let root = PathBuf::from(metadata["workspace_root"].as_str().unwrap());
    let mut members = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let folder = manifest.parent().unwrap().strip_prefix(&root).unwrap();
        let (mut normal, mut foreign) = (BTreeSet::new(), BTreeSet::new());
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap().to_owned();
            match dependency["kind"] == "dev" {
                true => {}
                false if name.starts_with("terrane-") => drop(normal.insert(name)),
                false => drop(foreign.insert(name)),
            }
        }
        let member = Member { folder: folder.to_string_lossy().into_owned(), normal, foreign };
        members.insert(package["name"].as_str().unwrap().to_owned(), member);
    }
    assert!(members.len() > 15, "only {} crates were found", members.len());
    members
}

/// The Rust sources under version control, by path from the top.
pub(crate) fn sources() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"])
        .current_dir(workspace::root())
        .output()
        .expect("git");
    let text = String::from_utf8(output.stdout).unwrap();
    let files: Vec<_> =
        text.lines().filter(|path| workspace::root().join(path).exists()).map(str::to_owned).collect();
    assert!(files.len() > 100, "only {} sources were found", files.len());
    files
}
