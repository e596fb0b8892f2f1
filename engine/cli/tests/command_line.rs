//! The program as users run it: what it prints, its exit codes, what it writes.
#![allow(clippy::unwrap_used)]

mod project;

use project::Project;
use std::fs;

const STATE: &str = include_str!("../../state/tests/golden/terraform-1.11.4.tfstate");

fn with_state() -> Project {
    Project::new(&[("terraform.tfstate", STATE)])
}

#[test]
fn what_is_not_understood_is_said_and_what_was_meant_suggested() {
    let project = Project::new(&[]);
    for (arguments, code, expected) in [
        (&[][..], 127, "Usage: terrane [global options] <subcommand>"),
        (&["-help"], 0, "Main commands:\n  init "),
        (&["-h", "state", "list"], 0, "Usage: terrane [global options] state list [options] [address...]"),
        (&["fmt", "--help"], 0, "  -check "),
        (&["state"], 1, "Subcommands:\n"),
        (&["valdate"], 1, "Terrane has no command named \"valdate\". Did you mean \"validate\"?"),
        (&["state", "lst"], 1, "\"terrane state\" has no command named \"lst\". Did you mean \"list\"?"),
        (&["fmt", "-chek"], 1, "There is no flag -chek. Did you mean -check?"),
        (&["graph", "x"], 1, "Error: Too many command line arguments"),
        (&["state", "mv", "a.b"], 1, "Error: Missing command line arguments"),
        (&["state", "rm", "a..b"], 1, "\"a..b\" is not an address"),
        (&["state", "rm", "-lock-timeout=5", "a.b"], 1, "a duration such as 30s or 5m is needed"),
        (&["fmt", "-list=maybe"], 1, "Invalid value \"maybe\" for -list: true or false is needed."),
        (&["fmt", "-check=maybe"], 1, "Invalid value \"maybe\" for -check: true or false is needed."),
        (&["plan", "-destroy", "-refresh-only"], 1, "-destroy cannot be used with -refresh-only."),
        (&["plan", "-exclude=a.b", "-target=c.d"], 1, " cannot be used with -"),
        (&["import", "-from=x", "a.b", "c"], 1, "-from cannot be used with [ADDRESS], [ID]."),
        (&["init", "-force-copy", "-reconfigure"], 1, "-force-copy cannot be used with -reconfigure."),
        (&["plan", "-json", "-out=a", "-json", "-out=b"], 0, "\"add\":0"),
        (&["plan", "-lock-timeout=5", "-lock-timeout=5s"], 1, "a duration such as 30s or 5m is needed"),
        (&["plan", "-refresh=false", "-refresh-only"], 1, "Error: Incompatible refresh options"),
        (&["plan", "-refresh=false", "-minimal-refresh"], 1, "Error: Incompatible refresh options"),
        (&["-chdir", "x", "version"], 1, "-chdir: must include an equals sign"),
        (&["-chdir=nowhere", "version"], 1, "Error handling -chdir option"),
        (&["-colour", "version"], 1, "-colour is not a global option"),
    ] {
        let ran = project.run(arguments);
        let text = format!("{}{}", ran.out, ran.err);
        assert_eq!(ran.code, code, "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn every_command_has_help_within_eighty_columns() {
    let project = Project::new(&[]);
    let overview = project.run(&["-help"]).out;
    let commands: Vec<&str> = overview
        .lines()
        .filter(|l| l.starts_with("  ") && !l.starts_with("  -") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        let help = project.run(&[command, "-help"]);
        assert_eq!(help.code, 0, "{command}");
        assert!(help.out.starts_with(&format!("Usage: terrane [global options] {command}")), "{}", help.out);
        for line in help.out.lines().skip(1) {
            assert!(line.chars().count() <= 80, "{command}: {line}");
        }
    }
}

#[test]
fn flags_come_from_the_environment_too() {
    let mut project = with_state();
    project.variables.push(("TF_CLI_ARGS_state_list", "-id='nothing of this kind'".into()));
    assert_eq!(project.run(&["state", "list"]).out, "");
    let id = "-id=ee3bc6f0-6d48-834e-62ce-b16cfc71dcda";
    project.variables = vec![("TERRANE_CLI_ARGS", id.into())];
    assert_eq!(project.run(&["state", "list"]).out, "terraform_data.tainted\n");
    assert_eq!(project.run(&["state", "list", "-id=none"]).out, "", "the command line decides");
    project.variables = vec![("TF_CLI_ARGS", "'".into())];
    assert!(project.run(&["state", "list"]).err.contains("a closing ' is missing"));
}

#[test]
fn states_are_listed_and_filtered() {
    let project = with_state();
    let all = project.run(&["state", "list"]).out;
    assert_eq!(all.lines().count(), 25, "{all}");
    let inner = "module.c[0].terraform_data.inner[0]\nmodule.c[0].terraform_data.inner[1]\n";
    for (arguments, expected) in [
        (&["module.c[0]"][..], inner),
        (
            &["terraform_data.one", "terraform_data.each[\"a\"]"],
            "terraform_data.each[\"a\"]\nterraform_data.one\n",
        ),
        (&["-id", "869e2e94-cce9-3bd9-b2d6-980184aeb908"], "terraform_data.one\n"),
        (&["-state=terraform.tfstate", "terraform_data.one"], "terraform_data.one\n"),
    ] {
        assert_eq!(project.run(&[&["state", "list"], arguments].concat()).out, expected);
    }
    for (project, arguments, reason) in [
        (project, &["state", "list", "module.nowhere"][..], "contains no module module.nowhere"),
        (Project::new(&[]), &["state", "list"], "No state file was found!"),
        (Project::new(&[("terraform.tfstate", "{")]), &["state", "list"], "could not be parsed as JSON"),
    ] {
        let ran = project.run(arguments);
        assert!(ran.code == 1 && ran.err.contains(reason), "{}", ran.err);
    }
}

#[test]
fn states_are_changed_with_a_backup_or_not_at_all() {
    let project = with_state();
    for arguments in [
        &["state", "rm", "-dry-run", "module.m"][..],
        &["state", "mv", "-dry-run", "terraform_data.one", "terraform_data.two"],
        &["state", "mv", "terraform_data.one", "terraform_data.tainted"],
        &["state", "mv", "terraform_data.one", "null_resource.one"],
        &["state", "mv", "terraform_data.counted", "terraform_data.new[0]"],
        &["state", "mv", "module.c[0]", "terraform_data.one"],
        &["state", "rm", "terraform_data.one", "terraform_data.nowhere"],
    ] {
        project.run(arguments);
        assert_eq!(project.read("terraform.tfstate"), STATE, "{arguments:?}");
        assert_eq!(fs::read_dir(project.path()).unwrap().count(), 1, "{arguments:?}");
    }
    let moved = project.run(&["state", "mv", "module.c[0]", "module.d.module.e"]);
    assert_eq!(moved.code, 0, "{}", moved.err);
    let moved =
        project.run(&["state", "mv", "-backup=before", "terraform_data.counted", "terraform_data.numbered"]);
    assert_eq!(moved.code, 0, "{}", moved.err);
    let removed = project.run(&["state", "rm", "-backup=-", "module.m", "terraform_data.numbered[11]"]);
    assert!(removed.out.ends_with("Successfully removed 5 resource instance(s).\n"), "{}", removed.out);
    let list = project.run(&["state", "list"]).out;
    assert!(list.contains("module.d.module.e.terraform_data.inner[1]\n"), "{list}");
    assert!(list.contains("terraform_data.numbered[10]\n") && !list.contains("counted"), "{list}");
    assert_eq!(list.lines().count(), 20, "{list}");
    assert!(project.read("terraform.tfstate").contains("\"serial\": 29,"));
    assert!(project.read("before").contains("\"serial\": 27,"));
    let names = fs::read_dir(project.path()).unwrap().map(|e| e.unwrap().file_name());
    assert_eq!(names.filter(|n| n.to_string_lossy().ends_with("Z.backup")).count(), 1);
}

#[test]
fn states_are_pulled_and_pushed() {
    let project = with_state();
    assert_eq!(project.run(&["state", "pull"]).out, STATE);
    let older = STATE.replace("\"serial\": 26", "\"serial\": 25");
    let other = STATE.replace("\"lineage\": \"", "\"lineage\": \"x");
    let twin = STATE.replace("\"hush\"", "\"hash\"");
    for (text, reason) in [
        (&older, "newer state with serial 26"),
        (&other, "unrelated state"),
        (&twin, "has the same serial, 26"),
    ] {
        let pushed = project.run_with_input(&["state", "push", "-"], text);
        assert!(pushed.code == 1 && pushed.err.replace('\n', " ").contains(reason), "{}", pushed.err);
    }
    assert_eq!(project.run_with_input(&["state", "push", "-"], STATE).code, 0);
    assert_eq!(project.read("terraform.tfstate"), STATE);
    project.write("new", &STATE.replace("\"serial\": 26", "\"serial\": 40"));
    assert_eq!(project.run(&["state", "push", "new"]).code, 0);
    assert!(project.read("terraform.tfstate").contains("\"serial\": 40,"));
    assert_eq!(project.run_with_input(&["state", "push", "-force", "-"], &other).code, 0);
    assert!(project.read("terraform.tfstate").contains("\"lineage\": \"xa84d"));
    assert_eq!(Project::new(&[]).run(&["state", "pull"]).out, "");
}

#[test]
fn objects_and_outputs_are_shown_without_secrets() {
    let project = with_state();
    let shown = project.run(&["state", "show", "terraform_data.each[\"a\"]"]).out;
    assert!(
        shown.starts_with("# terraform_data.each[\"a\"]:\nresource \"terraform_data\" \"each\" {\n"),
        "{shown}"
    );
    assert!(shown.contains("(sensitive value)"), "{shown}");
    for address in ["terraform_data.each", "module.m"] {
        let shown = project.run(&["state", "show", address]);
        assert!(shown.code == 1 && shown.err.contains("one specific instance"), "{}", shown.err);
    }
    let all = project.run(&["output"]).out;
    assert!(all.contains("secret = <sensitive>\n") && !all.contains("hush"), "{all}");
    for (arguments, expected) in [
        (&["secret"][..], "\"hush\"\n"),
        (&["-raw", "secret"], "hush"),
        (&["-raw", "num"], "1000000000000000000000000000000"),
        (&["-json", "obj"], "{\"a\":1,\"b\":[true,null,\"x\"]}\n"),
    ] {
        assert_eq!(project.run(&[&["output"], arguments].concat()).out, expected, "{arguments:?}");
    }
    let json = project.run(&["output", "-json"]).out;
    assert!(json.contains("\"value\": \"hush\""), "{json}");
    for (arguments, reason) in [
        (&["nowhere"][..], "Output \"nowhere\" not found"),
        (&["-raw", "list"], "Unsupported value for raw output"),
        (&["-raw"], "Output name required"),
    ] {
        let ran = project.run(&[&["output"], arguments].concat());
        assert!(ran.code == 1 && ran.err.contains(reason), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn packages_for_other_machines_are_locked() {
    let required = "terraform {\n  required_providers {\n    thing = {\n      source  = \"ops/thing\"\n      version = \"~> 1.0\"\n    }\n  }\n}\n";
    let project = Project::new(&[("main.tf", required)]);
    for platform in ["linux_amd64", "darwin_arm64"] {
        let dir = format!("m/registry.terraform.io/ops/thing/1.0.0/{platform}");
        project.write(&format!("{dir}/terraform-provider-thing_v1.0.0"), platform);
    }
    let lock = |platforms: &[&str]| {
        let mut arguments = vec!["providers", "lock", "-fs-mirror=m"];
        arguments.extend(platforms);
        project.text(&arguments)
    };
    let (code, text) = lock(&["-platform=linux_amd64"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("- Retrieved ops/thing 1.0.0 for linux_amd64 (unauthenticated)"), "{text}");
    assert!(text.contains("This was a new provider"), "{text}");
    let (code, text) = lock(&["-platform=linux_amd64", "-platform=darwin_arm64"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("for linux_amd64; All checksums for this platform were already tracked"), "{text}");
    assert!(text.contains("for darwin_arm64; Additional checksums"), "{text}");
    let file = project.read(".terraform.lock.hcl");
    assert!(file.contains("version     = \"1.0.0\"\n  constraints = \"~> 1.0\"\n"), "{file}");
    assert_eq!(file.matches("\"h1:").count(), 2, "{file}");
    let (_, text) = lock(&["-platform=darwin_arm64", "ops/thing"]);
    assert!(text.contains("found no need for changes"), "{text}");
    assert_eq!(project.read(".terraform.lock.hcl"), file);
    assert!(!project.path().join(".terraform/providers").exists(), "nothing is installed");

    for (arguments, expected) in [
        (&["providers", "lock", "-platform=plan9", "-fs-mirror=m"][..], "\"plan9\" is not a platform"),
        (&["providers", "lock", "-platform=plan9_mips", "-fs-mirror=m"], "no package for plan9_mips"),
        (&["providers", "lock", "-fs-mirror=m", "ops/other"], "ops/other is not required"),
        (&["providers", "-platform=linux_amd64"], "Invalid arguments"),
        (&["providers", "mirror"], "No output directory specified"),
    ] {
        let (code, text) = project.text(arguments);
        assert_eq!(code, 1, "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
    assert_eq!(project.read(".terraform.lock.hcl"), file);

    // What is part of the program needs no package, which is said.
    let native = Project::new(&[(
        "main.tf",
        "terraform {\n  required_providers {\n    aws = {\n      source = \"hashicorp/aws\"\n    }\n  }\n}\n",
    )]);
    if cfg!(feature = "aws") {
        let (code, text) = native.text(&["providers", "lock", "-fs-mirror=m"]);
        assert_eq!(code, 0, "{text}");
        assert!(text.contains("- hashicorp/aws is part of Terrane, which needs no package of it"), "{text}");
    }
}

#[test]
fn programs_hear_what_ends_a_run_before_it_has_begun() {
    let project =
        Project::new(&[("main.tf", "resource \"terraform_data\" \"a\" {}\n"), ("bad/main.tf", "x")]);
    for (arguments, summary) in [
        (&["plan", "-json", "-var=nothing=1"][..], "Value for undeclared variable"),
        (&["apply", "-json", "nowhere.plan"], "Failed to read plan file"),
        (&["apply", "-json"], "Plan file or auto-approve required"),
        (&["destroy", "-json", "-auto-approve", "-refresh-only"], "Invalid mode option"),
        (&["refresh", "-json", "-destroy"], "Invalid mode option"),
        (&["-chdir=bad", "plan", "-json"], ""),
    ] {
        let ran = project.run(arguments);
        assert!(ran.code == 1 && ran.err.is_empty(), "{arguments:?}: {}", ran.err);
        let lines: Vec<serde_json::Value> =
            ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((lines.len(), &lines[0]["type"]), (2, &"version".into()), "{arguments:?}: {}", ran.out);
        assert_eq!((&lines[1]["type"], &lines[1]["@level"]), (&"diagnostic".into(), &"error".into()));
        let said = lines[1]["diagnostic"]["summary"].as_str().unwrap();
        assert!(said.contains(summary), "{arguments:?}: {said}");
    }
}

#[test]
fn what_an_apply_that_failed_did_and_did_not_do_is_counted() {
    let text = "resource \"terraform_data\" \"good\" {}\nresource \"terraform_data\" \"bad\" {\n  input = terraform_data.good.id\n  \
                provisioner \"local-exec\" {\n    command = \"exit 3\"\n  }\n}\nresource \"terraform_data\" \"after\" {\n  count = 2\n  \
                input = terraform_data.bad.id\n}\n";
    let project = Project::new(&[("main.tf", text)]);
    let ran = project.run(&["apply", "-auto-approve"]);
    let expected = "Apply incomplete. Resources: 1 added, 0 changed, 0 destroyed. Of 4 changes 1 failed and 2 were not begun.";
    assert!(ran.code == 1 && ran.out.contains(expected), "{}{}", ran.out, ran.err);
}

#[test]
fn programs_hear_what_an_apply_did_as_people_do() {
    let text = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 3\"\n    \
                on_failure = continue\n  }\n}\n";
    let project = Project::new(&[("main.tf", text)]);
    for (arguments, expected) in [
        (&["apply", "-json", "-auto-approve"][..], "\"type\":\"provision_errored\""),
        (
            &["apply", "-json", "-auto-approve", "-destroy"],
            "Apply complete! Resources: 0 added, 0 changed, 1 destroyed.",
        ),
        (&["destroy", "-json", "-auto-approve"], "Destroy complete! Resources: 0 destroyed."),
    ] {
        let ran = project.run(arguments);
        assert!(ran.code == 0 && ran.out.contains(expected), "{arguments:?}: {}{}", ran.out, ran.err);
    }
}
