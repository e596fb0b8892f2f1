//! Plans of small configurations in JSON, compared with `goldens/NAME/plan.json`.
//!
//! A case is a directory: `main.tf` is planned with the words of `args`; if there is a
//! `before.tf`, that is applied first in the place of `main.tf`. The goldens are what Terraform
//! 1.11.4 makes of the same files. To make them again, after reading why they changed:
//!
//!     UPDATE_GOLDENS=1 TERRANE_BIN=$(which terraform) cargo test -p terrane-e2e golden

use serde_json::Value;
use std::path::{Path, PathBuf};
use terrane_e2e::{TestContext, normalise_plan};

#[test]
fn plans_in_json_are_those_of_terraform() {
    let mut failures = Vec::new();
    let cases = cases();
    assert!(cases.len() >= 12, "only {} cases were found", cases.len());
    for case in &cases {
        if let Err(difference) = check(case) {
            failures.push(difference);
        }
    }
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn check(case: &Path) -> Result<(), String> {
    let plan = normalise_plan(&plan_of(case));
    let golden = case.join("plan.json");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let text = serde_json::to_string_pretty(&plan).unwrap();
        std::fs::write(golden, text + "\n").unwrap();
        return Ok(());
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(golden).unwrap()).unwrap();
    let mut differences = Vec::new();
    compare("", &expected, &plan, &mut differences);
    match differences.is_empty() {
        true => Ok(()),
        false => Err(format!("{}:\n  {}", name(case), differences.join("\n  "))),
    }
}

fn plan_of(case: &Path) -> Value {
    let context = TestContext::copy_of(&format!("tests/e2e/goldens/{}", name(case)));
    let (before, main) = (context.path().join("before.tf"), context.path().join("main.tf"));
    let wanted = context.read("main.tf");
    if before.exists() {
        std::fs::rename(&before, &main).unwrap();
        context.good(&["init", "-input=false"]);
        context.good(&["apply", "-auto-approve", "-input=false"]);
        context.write("main.tf", &wanted);
    } else {
        context.good(&["init", "-input=false"]);
    }
    let words = std::fs::read_to_string(case.join("args")).unwrap_or_default();
    let mut args = vec!["plan", "-input=false", "-out=tfplan"];
    args.extend(words.split_whitespace());
    context.good(&args);
    context.json(&["show", "-json", "tfplan"])
}

/// Lists where two values differ, by path.
fn compare(path: &str, expected: &Value, actual: &Value, differences: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (name, expected) in expected {
                match actual.get(name) {
                    Some(actual) => compare(&format!("{path}.{name}"), expected, actual, differences),
                    None => differences.push(format!("{path}.{name} is missing, expected {expected}")),
                }
            }
            for (name, actual) in actual.iter().filter(|(name, _)| !expected.contains_key(*name)) {
                differences.push(format!("{path}.{name} is too much: {actual}"));
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{path}[{index}]"), expected, actual, differences);
            }
        }
        _ if expected != actual => differences.push(format!("{path} is {actual}, expected {expected}")),
        _ => {}
    }
}

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens");
    let mut cases: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

fn name(case: &Path) -> String {
    case.file_name().unwrap().to_string_lossy().into_owned()
}
