//! Modules from elsewhere, as `init`, `get` and the other commands see them.
#![allow(clippy::unwrap_used)]

mod project;

use project::Project;
use std::path::Path;
use std::process::Command;

/// A project that calls the module in `repo` beside it, a Git repository with an output `o`.
fn project(source: &str) -> Project {
    let text =
        format!("module \"m\" {{\n  source = {source}\n}}\noutput \"o\" {{\n  value = module.m.o\n}}\n");
    let mut project = Project::new(&[("main.tf", &text)]);
    project.variables.push(("PATH", std::env::var("PATH").unwrap()));
    project.variables.push(("HOME", project.path().display().to_string()));
    std::fs::create_dir(project.path().join("repo")).unwrap();
    git(&project.path().join("repo"), &["init", "--quiet"]);
    publish(&project, "one", "v1");
    project
}

/// A new commit in which the output has another value, with a tag.
fn publish(project: &Project, value: &str, tag: &str) {
    project.write("repo/main.tf", &format!("output \"o\" {{\n  value = \"{value}\"\n}}\n"));
    let repo = project.path().join("repo");
    git(&repo, &["add", "--all"]);
    git(&repo, &["commit", "--quiet", "-m", value]);
    git(&repo, &["tag", tag]);
}

fn git(dir: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let status = Command::new("git").args(identity).args(arguments).current_dir(dir).status().unwrap();
    assert!(status.success(), "git {arguments:?}");
}

fn source(project: &Project, rest: &str) -> String {
    format!("git::file://{}/repo{rest}", project.path().display())
}

/// The value of the output, as a plan shows it.
fn planned(project: &Project, arguments: &[&str]) -> String {
    let (code, text) = project.text(&[&["plan", "-no-color"], arguments].concat());
    assert_eq!(code, 0, "{text}");
    text.lines().find_map(|line| line.trim().strip_prefix("+ o = ")).unwrap().to_owned()
}

#[track_caller]
fn says(outcome: (i32, String), code: i32, parts: &[&str]) {
    let flat = outcome.1.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(outcome.0 == code && flat.contains(part), "{part:?}, {code}: {outcome:?}");
    }
}

#[test]
fn modules_are_installed_once_and_renewed_when_asked_for() {
    let project = project("\"X\"");
    let address = source(&project, "");
    project.write("main.tf", &project.read("main.tf").replace('X', &address));
    let missing = &["Module not installed", "on main.tf line 1", "Run \"terrane init\""];
    for command in ["plan", "validate"] {
        says(project.text(&[command]), 1, missing);
    }
    says(project.text(&["init", "-get=false"]), 1, missing);
    let downloading = format!("Downloading {address} for m...");
    let said = ["Initializing modules...", &downloading, "- m in .terraform/modules/m"];
    says(project.text(&["init"]), 0, &said);
    assert_eq!(planned(&project, &[]), "\"one\"");
    let manifest = format!(
        r#"{{"Modules":[{{"Key":"","Source":"","Dir":"."}},{{"Key":"m","Source":"{address}","Dir":".terraform/modules/m"}}]}}"#
    );
    assert_eq!(project.read(".terraform/modules/modules.json"), manifest);

    publish(&project, "two", "v2");
    for command in ["init", "get"] {
        let (code, text) = project.text(&[command]);
        assert!(code == 0 && !text.contains("Downloading"), "{text}");
    }
    assert_eq!(planned(&project, &[]), "\"one\"");
    says(project.text(&["init", "-upgrade"]), 0, &["Upgrading modules...", &downloading]);
    assert_eq!(planned(&project, &[]), "\"two\"");
    publish(&project, "three", "v3");
    says(project.text(&["get", "-update"]), 0, &[&downloading]);
    assert_eq!(planned(&project, &[]), "\"three\"");

    project.write("main.tf", &project.read("main.tf").replace("repo\"", "repo?ref=v1\""));
    says(project.text(&["plan"]), 1, &["Module source has changed", "Run \"terrane init\""]);
    says(project.text(&["get"]), 0, &["?ref=v1 for m..."]);
    assert_eq!(planned(&project, &[]), "\"one\"");
    std::fs::remove_dir_all(project.path().join(".terraform/modules/m")).unwrap();
    says(project.text(&["plan"]), 1, &["Module not installed", ".terraform/modules/m could not be read"]);
    says(project.text(&["get"]), 0, &["Downloading"]);
}

#[test]
fn a_failed_init_keeps_what_was_there() {
    let project = project("\"X\"");
    let address = source(&project, "");
    project.write("main.tf", &project.read("main.tf").replace('X', &address));
    assert_eq!(project.text(&["get"]).0, 0);
    let manifest = project.read(".terraform/modules/modules.json");
    project.write("main.tf", &project.read("main.tf").replace("repo\"", "repo?ref=nowhere\""));
    let parts =
        ["Failed to download module", "on main.tf line 2", "\"m\"", "?ref=nowhere", "branch, tag or commit"];
    says(project.text(&["init"]), 1, &parts);
    assert_eq!(project.read(".terraform/modules/modules.json"), manifest);
    assert!(project.path().join(".terraform/modules/m/main.tf").exists());

    let ran = project.run(&["get", "-json"]);
    let lines: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!((ran.code, &*ran.err), (1, ""));
    assert_eq!(last["diagnostic"]["summary"], "Failed to download module");
    assert_eq!(last["diagnostic"]["range"]["start"]["line"], 2);
    assert!(lines.iter().any(|l| l["@message"].as_str().unwrap().starts_with("Downloading git::file://")));
}

#[test]
fn sources_may_refer_to_variables_and_locals() {
    let project = project("\"git::file://${local.where}/repo?ref=${var.release}\"");
    let here = project.path().display().to_string();
    project.write(
        "early.tf",
        &format!("variable \"release\" {{}}\nvariable \"home\" {{\n  default = \"{here}\"\n}}\nlocals {{\n  where = var.home\n}}\n"),
    );
    publish(&project, "two", "v2");
    says(
        project.text(&["init"]),
        1,
        &["Invalid module source", "need a value or a default", "on main.tf line 2"],
    );
    assert_eq!(project.text(&["init", "-var=release=v1"]).0, 0);
    assert_eq!(planned(&project, &["-var=release=v1", "-out=plan"]), "\"one\"");
    says(project.text(&["plan", "-var=release=v2"]), 1, &["Module source has changed"]);
    project.write("terraform.tfvars", "release = \"v2\"\n");
    assert_eq!(project.text(&["get"]).0, 0);
    assert_eq!(planned(&project, &[]), "\"two\"");
    // The plan has the modules that it was made with.
    says(project.text(&["apply", "plan"]), 0, &["o = \"one\""]);
}

#[test]
fn modules_of_modules() {
    let project = project("\"X\"");
    let address = source(&project, "//a?ref=nested");
    project.write("main.tf", &project.read("main.tf").replace('X', &address));
    project.write(
        "repo/a/main.tf",
        &format!(
            "module \"b\" {{\n  source = \"../b\"\n}}\nmodule \"c\" {{\n  source = \"{}\"\n}}\noutput \"o\" {{\n  value = \"${{module.b.o}}-${{module.c.o}}\"\n}}\n",
            source(&project, "?ref=v1")
        ),
    );
    project.write("repo/b/main.tf", "output \"o\" {\n  value = \"b\"\n}\n");
    publish(&project, "top", "nested");
    let parts = [
        "- m in .terraform/modules/m/a",
        "- m.c in .terraform/modules/m.c",
        "- m.b in .terraform/modules/m/b",
    ];
    says(project.text(&["init"]), 0, &parts);
    assert_eq!(planned(&project, &[]), "\"b-one\"");

    project.write(
        "repo/a/main.tf",
        "module \"b\" {\n  source = \"../../../../local\"\n}\noutput \"o\" {\n  value = 1\n}\n",
    );
    project.write("local/main.tf", "");
    publish(&project, "top", "escaping");
    project.write("main.tf", &project.read("main.tf").replace("nested", "escaping"));
    says(project.text(&["get"]), 1, &["Local module path escapes module package", "../../../../local"]);
}

#[test]
fn the_data_directory_can_be_elsewhere() {
    let mut project = project("\"X\"");
    let address = source(&project, "");
    project.write("main.tf", &project.read("main.tf").replace('X', &address));
    project.variables.push(("TF_DATA_DIR", "./x/../data".into()));
    project.write("repo/inner/main.tf", "");
    let inner = "\nmodule \"inner\" {\n  source = \"./inner\"\n}\n";
    project.write("repo/inner.tf", inner);
    publish(&project, "one", "v2");
    says(project.text(&["init"]), 0, &["- m in data/modules/m", "- m.inner in data/modules/m/inner"]);
    assert_eq!(planned(&project, &["-out=plan"]), "\"one\"");
    assert!(!project.path().join(".terraform").exists());
    says(project.text(&["apply", "plan"]), 0, &["o = \"one\""]);
}

#[test]
fn the_cli_configuration_is_read_with_warnings() {
    let mut project = project("\"127.0.0.1:1/acme/net/aws\"");
    project.variables.push(("TF_CLI_CONFIG_FILE", "cli.tfrc".into()));
    let unreachable = "Error accessing remote module registry";
    says(project.text(&["get"]), 1, &["Unable to open CLI configuration file", "cli.tfrc", unreachable]);
    project.write("cli.tfrc", "host \"127.0.0.1:1\" {\n  services = {}\n}\n");
    says(project.text(&["get"]), 1, &[unreachable, "the CLI configuration gives it services"]);
}

#[test]
fn a_module_is_copied_into_an_empty_directory() {
    let published = project("\"./x\"");
    published.write("repo/sub/main.tf", "output \"o\" {\n  value = \"sub\"\n}\n");
    publish(&published, "top", "v2");
    for (rest, value) in [("", "\"top\""), ("//sub", "\"sub\"")] {
        let mut empty = Project::new(&[]);
        empty.variables = published.variables.clone();
        let option = format!("-from-module={}", source(&published, rest));
        says(empty.text(&["init", &option]), 0, &["Copying configuration from", "successfully initialized"]);
        assert_eq!(planned(&empty, &[]), value);
        assert!(!empty.path().join(".git").exists() && !empty.path().join(".terraform/from-module").exists());
        says(empty.text(&["init", &option]), 1, &["Can't populate non-empty directory", "main.tf"]);
    }
    let mut empty = Project::new(&[]);
    empty.variables = published.variables.clone();
    let local = format!("-from-module={}", published.path().join("repo").display());
    says(empty.text(&["init", "-from-module=./nowhere"]), 1, &["Failed to copy module", "./nowhere"]);
    says(empty.text(&["init", "-from-module=nonsense"]), 1, &["Invalid module source address", "nonsense"]);
    let missing = format!("-from-module={}", source(&published, "?ref=nowhere"));
    says(empty.text(&["init", &missing]), 1, &["Failed to download module", "nowhere"]);
    says(empty.text(&["init", &local]), 0, &["successfully initialized"]);
    assert_eq!(planned(&empty, &[]), "\"top\"");
}

/// What either program has installed, the other one uses.
#[test]
fn terraform_uses_the_same_directory() {
    let project = project("\"X\"");
    let source = source(&project, "?ref=v1");
    project.write("main.tf", &project.read("main.tf").replace('X', &source));
    let terraform = |arguments: &[&str]| {
        let mut command = Command::new("terraform");
        command.args(arguments).current_dir(project.path()).env("CHECKPOINT_DISABLE", "1");
        command.env_remove("TF_CLI_CONFIG_FILE").output()
    };
    if terraform(&["version"]).is_err() {
        eprintln!("skipped: there is no terraform on the PATH");
        return;
    }
    let done = |arguments: &[&str]| {
        let output = terraform(arguments).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(project.text(&["get"]).0, 0);
    let ours = project.read(".terraform/modules/modules.json");
    done(&["validate"]);
    assert!(!done(&["get"]).contains("Downloading"), "it has nothing to do");
    assert_eq!(project.read(".terraform/modules/modules.json"), ours);

    std::fs::remove_dir_all(project.path().join(".terraform")).unwrap();
    assert!(done(&["get"]).contains("Downloading"));
    assert_eq!(project.read(".terraform/modules/modules.json"), ours);
    let (code, text) = project.text(&["init"]);
    assert!(code == 0 && !text.contains("Downloading"), "{text}");
    assert_eq!(planned(&project, &[]), "\"one\"");
}

#[test]
fn the_lock_file_of_providers_is_left_alone() {
    let lock = "# This file is maintained automatically by \"terraform init\".\n\nprovider \"registry.terraform.io/hashicorp/aws\" {\n  version = \"6.0.0\"\n  hashes = [\n    \"h1:abc=\",\n  ]\n}\n";
    let project =
        Project::new(&[("main.tf", "resource \"terraform_data\" \"a\" {}\n"), (".terraform.lock.hcl", lock)]);
    for arguments in [&["init"][..], &["init", "-upgrade"], &["init", "-lockfile=readonly"]] {
        assert_eq!(project.text(arguments).0, 0);
        assert_eq!(project.read(".terraform.lock.hcl"), lock);
    }
    says(project.text(&["init", "-lockfile=other"]), 1, &["Invalid value \"other\" for -lockfile"]);
}

#[test]
fn sources_may_come_from_variables_of_each_command() {
    let project = Project::new(&[
        (
            "main.tf",
            "variable \"env\" {\n  type  = string\n  const = true\n}\nmodule \"m\" {\n  source = \"./${var.env}\"\n}\n",
        ),
        ("dev/main.tf", "output \"o\" {\n  value = 1\n}\n"),
    ]);
    let env = ["-var", "env=dev"];
    says(project.text(&["validate"]), 1, &["Invalid module source"]);
    for command in ["init", "validate", "graph", "providers", "plan", "get"] {
        says(project.text(&[&[command][..], &env[..]].concat()), 0, &[]);
    }
    // Local modules are told again when all are fetched anew.
    says(project.text(&[&["get", "-update"][..], &env[..]].concat()), 0, &["- m in dev"]);
    let (code, text) = project.text(&[&["get"][..], &env[..]].concat());
    assert!(code == 0 && !text.contains("- m in dev"), "{text}");
}
