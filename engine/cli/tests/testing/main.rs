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

/// The module of this repository that needs no provider; those of clouds are tried by the end-to-end tests.
#[test]
fn the_address_plan_passes_its_tests() {
    let project = Project::new(&[]);
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../modules/address-plan"), project.path());
    let (code, text) = project.text(&["test"]);
    assert!(code == 0 && text.contains("Success!"), "{text}");
}

#[test]
fn readmes_are_written_and_checked() {
    let files = [(
        "main.tf",
        "variable \"name\" {\n  description = \"What it is called.\"\n  type        = string\n}\n",
    )];
    let project = Project::new(&files);
    let (code, text) = project.text(&["docs", "module", "-check"]);
    assert!(code == 1 && text.contains("README is not current"), "{text}");
    let (code, text) = project.text(&["docs", "module"]);
    assert!(code == 0 && text.contains("Wrote"), "{text}");
    let readme = project.read("README.md");
    assert!(readme.contains("### `name`\n\nWhat it is called.\n\n`string`, required\n"), "{readme}");
    assert_eq!(project.text(&["docs", "module", "-check"]).0, 0);
    project.write(
        "outputs.tf",
        "output \"name\" {\n  value       = var.name\n  description = \"The same | again.\"\n}\n",
    );
    assert_eq!(project.text(&["docs", "module", "-check", "."]).0, 1);
    project.text(&["docs", "module"]);
    let readme = project.read("README.md");
    assert!(readme.contains("| `name` | The same \\| again. |"), "{readme}");
    let (code, text) = project.text(&["docs", "module", "nowhere"]);
    assert!(code == 1 && text.contains("nowhere"), "{text}");
}

/// Modules that only a test file runs are installed by `init`, under the names that Terraform gives them.
#[test]
fn modules_of_runs_are_installed() {
    let git = |arguments: &[&str], dir: &Path| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments).current_dir(dir);
        assert!(git.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap().status.success());
    };
    let remote = Project::new(&[
        (
            "main.tf",
            "module \"inner\" {\n  source = \"./inner\"\n}\noutput \"name\" {\n  value = module.inner.name\n}\n",
        ),
        ("inner/main.tf", "output \"name\" {\n  value = \"from afar\"\n}\n"),
    ]);
    git(&["init", "-q"], remote.path());
    git(&["add", "-A"], remote.path());
    git(&["commit", "-q", "-m", "one"], remote.path());
    let test = format!(
        "run \"setup\" {{\n  module {{\n    source = \"git::file://{}\"\n  }}\n}}\nrun \"use\" {{\n  variables {{\n    name = \
         run.setup.name\n  }}\n  assert {{\n    condition     = output.name == \"FROM AFAR\"\n    error_message = \
         output.name\n  }}\n}}\n",
        remote.path().display()
    );
    let mut project = Project::new(&[
        ("main.tf", "variable \"name\" {}\noutput \"name\" {\n  value = upper(var.name)\n}\n"),
        ("tests/main.tftest.hcl", &test),
    ]);
    project.variables.push(("PATH", std::env::var("PATH").unwrap()));
    let (code, text) = project.text(&["test"]);
    assert!(code == 1 && text.contains("Module not installed"), "{text}");
    let (code, text) = project.text(&["init"]);
    assert!(code == 0 && text.contains("test.tests.main.setup in "), "{text}");
    let manifest = project.read(".terraform/modules/modules.json");
    assert!(manifest.contains("\"Key\":\"test.tests.main.setup.inner\""), "{manifest}");
    let (code, text) = project.text(&["test"]);
    assert_eq!(code, 0, "{text}");
}
