//! The modules under `modules/`: their READMEs are current, and their tests, which make nothing, pass.

use std::path::{Path, PathBuf};
use terrane_e2e::{TestContext, terraform_on_path};
use terrane_xtask::workspace;

/// The directories of modules, relative to the repository.
pub(crate) fn modules() -> Vec<String> {
    let mut found = Vec::new();
    collect(&workspace::root().join("modules"), &mut found);
    let mut names: Vec<String> = found
        .into_iter()
        .map(|path| path.strip_prefix(workspace::root()).expect("a path below").display().to_string())
        .collect();
    names.sort();
    assert!(names.len() >= 4, "the modules: {names:?}");
    names
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    let mut has_configuration = false;
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && !name.starts_with('.') {
            collect(&path, found);
        }
        has_configuration |= name.ends_with(".tf");
    }
    if has_configuration {
        found.push(dir.to_owned());
    }
}

#[test]
fn modules_have_what_a_module_has() {
    for module in modules() {
        let dir = workspace::root().join(&module);
        for name in ["README.md", "versions.tf", "variables.tf", "outputs.tf", "tests"] {
            assert!(dir.join(name).exists(), "{module} has no {name}");
        }
        let context = TestContext::copy_of(&module);
        context.good(&["fmt", "-check", "-recursive"]);
        context.run(&["docs", "module", "-check"]).expect_code(0);
        for (kind, file) in [("variable", "variables.tf"), ("output", "outputs.tf")] {
            let text = context.read(file);
            let (blocks, described) =
                (text.matches(&format!("\n{kind} \"")).count(), text.matches("\n  description ").count());
            let first = usize::from(text.starts_with(&format!("{kind} \"")));
            assert_eq!(blocks + first, described, "each {kind} of {module} has a description");
        }
    }
}

#[test]
fn modules_pass_their_tests() {
    let mut tried = 0;
    for module in modules() {
        let context = TestContext::copy_of(&module);
        let missing = missing_types(&context);
        if !missing.is_empty() {
            eprintln!("skipped: {module}: the native provider does not have {}", missing.join(", "));
            continue;
        }
        pass(&context);
        tried += 1;
    }
    assert!(tried >= 2, "only {tried} modules could be tried");
}

/// Terraform, with Terrane's own providers as plugins.
#[test]
fn modules_pass_their_tests_in_terraform() {
    let Some(terraform) = terraform_on_path() else {
        eprintln!("skipped: there is no terraform on PATH");
        return;
    };
    let providers = TestContext::empty();
    let mirrored = providers.good(&["provider", "mirror", "mirror"]);
    let mirror = providers.path().join("mirror").display().to_string();
    providers.write(
        "terraform.tfrc",
        &format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"),
    );
    let configuration = providers.path().join("terraform.tfrc").display().to_string();
    for module in modules() {
        let cloud = module.split('/').nth(1).filter(|cloud| ["aws", "google"].contains(cloud));
        if cloud.is_some_and(|cloud| !mirrored.stdout.contains(&format!("hashicorp/{cloud} "))) {
            eprintln!("skipped: {module}: this build of Terrane has no such provider");
            continue;
        }
        let context = TestContext::copy_of(&module).with_program(&terraform);
        pass(&context.env("TF_CLI_CONFIG_FILE", &configuration).env("CHECKPOINT_DISABLE", "1"));
    }
}

#[test]
fn warnings_of_the_root_module_are_told_once() {
    let context = TestContext::with_config("provider \"google\" {\n  version = \"~> 6.0\"\n}\n");
    let warnings = |calls: bool| {
        let run = context.run(&["init"]);
        let told = [run.stdout, run.stderr].concat().matches("inside provider configuration blocks").count();
        assert_eq!(told, 1, "with module calls: {calls}");
    };
    warnings(false);
    context.write("sub/sub.tf", "");
    context.write("call.tf", "module \"sub\" {\n  source = \"./sub\"\n}\n");
    warnings(true);
}

#[track_caller]
fn pass(context: &TestContext) {
    context.good(&["fmt", "-check", "-recursive"]);
    context.good(&["init"]);
    // A module whose caller passes configurations under other names has none of them by itself.
    if !context.read("versions.tf").contains("configuration_aliases") {
        context.good(&["validate"]);
    }
    context.run(&["test"]).expect_code(0).expect_text("Success!");
}

/// The types in a configuration that its providers do not have.
fn missing_types(context: &TestContext) -> Vec<String> {
    let schemas = context.json(&["providers", "schema", "-json"]);
    let knows = |kind: &str, name: &str| {
        let providers = schemas["provider_schemas"].as_object().into_iter().flatten();
        providers.into_iter().any(|(_, provider)| !provider[kind][name].is_null())
    };
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(context.path()).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|ending| ending != "tf") {
            continue;
        }
        for line in std::fs::read_to_string(path).expect("a file").lines() {
            for (block, kind) in [("resource", "resource_schemas"), ("data", "data_source_schemas")] {
                let name = line.strip_prefix(&format!("{block} \"")).and_then(|rest| rest.split('"').next());
                missing.extend(name.filter(|name| !knows(kind, name)).map(str::to_owned));
            }
        }
    }
    missing.sort();
    missing.dedup();
    missing
}
