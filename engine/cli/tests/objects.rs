//! Commands on single objects and expressions: import, taint, untaint, console, show.
#![allow(clippy::unwrap_used)]

mod project;

use project::Project;

const CONFIGURATION: &str = "variable \"secret\" {\n  default   = \"hush\"\n  sensitive = true\n}\n\
                             resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {}\n";

#[test]
fn objects_are_imported_and_marked() {
    let project = Project::new(&[("main.tf", CONFIGURATION)]);
    let (code, text) = project.text(&["import", "terraform_data.a", "some id"]);
    assert!(code == 0 && text.contains("Import successful!"), "{text}");
    assert!(project.read("terraform.tfstate").contains("\"id\": \"some id\""));
    assert_eq!(project.run(&["taint", "terraform_data.a"]).code, 0);
    assert!(project.read("terraform.tfstate").contains("\"status\": \"tainted\""));
    assert_eq!(project.run(&["untaint", "terraform_data.a"]).code, 0);
    let before = project.read("terraform.tfstate");
    assert!(!before.contains("tainted"));
    for (arguments, code, reason) in [
        (&["import", "terraform_data.a", "x"][..], 1, "already managed"),
        (&["import", "terraform_data.nowhere", "x"], 1, "does not exist in the configuration"),
        (&["untaint", "terraform_data.a"], 1, "not tainted"),
        (&["taint", "terraform_data.b"], 1, "No such resource instance"),
        (&["taint", "-allow-missing", "terraform_data.b"], 0, "Warning: No such resource instance"),
        (&["taint", "data.terraform_remote_state.x"], 1, "only managed resources"),
    ] {
        let (found, text) = project.text(arguments);
        assert!(found == code && text.contains(reason), "{arguments:?}: {text}");
    }
    assert_eq!(project.read("terraform.tfstate"), before);
}

#[test]
fn objects_move_to_another_state() {
    let project = Project::new(&[("main.tf", CONFIGURATION)]);
    project.run(&["import", "terraform_data.a", "one"]);
    project.run(&["import", "terraform_data.b", "two"]);
    let (before, target) = (project.read("terraform.tfstate"), "terraform_data.c[0]");
    let mv = |source: &str| {
        let arguments =
            ["state", "mv", "-state-out=other.tfstate", "-backup=-", "-backup-out=-", source, target];
        project.text(&arguments)
    };
    let (code, text) =
        project.text(&["state", "mv", "-dry-run", "-state-out=other.tfstate", "terraform_data.a", target]);
    assert!(
        code == 0 && text.contains("Would move") && !project.path().join("other.tfstate").exists(),
        "{text}"
    );
    assert_eq!(project.read("terraform.tfstate"), before);

    let (code, text) = mv("terraform_data.a");
    assert!(code == 0 && text.contains("Successfully moved 1 object(s)."), "{text}");
    assert_eq!(project.run(&["state", "list"]).out, "terraform_data.b\n");
    let there = |project: &Project| project.run(&["state", "list", "-state=other.tfstate"]).out;
    assert_eq!(there(&project), format!("{target}\n"));
    assert!(project.read("other.tfstate").contains("\"id\": \"one\""));

    // The object of another instance is in the way.
    let (code, text) = mv("terraform_data.b");
    assert!(code == 1 && text.contains("already a resource instance"), "{text}");
    assert_eq!(project.run(&["state", "list"]).out, "terraform_data.b\n");

    // As after a crash between the two writes: the same command finishes.
    let moved = project.read("other.tfstate");
    project.write("terraform.tfstate", &before);
    assert_eq!(mv("terraform_data.a").0, 0);
    assert_eq!(project.run(&["state", "list"]).out, "terraform_data.b\n");
    assert_eq!(project.read("other.tfstate"), moved);
}

#[test]
fn the_console_prints_the_last_result_of_its_input() {
    let project = Project::new(&[("main.tf", CONFIGURATION)]);
    project.run(&["import", "terraform_data.a", "known"]);
    for (input, out, code) in [
        ("1 + 1\nupper(\"x\")\n", "\"X\"\n", 0),
        ("terraform_data.a.id", "\"known\"\n", 0),
        ("terraform_data.b.id\n", "(known after apply)\n", 0),
        ("var.secret\n", "(sensitive value)\n", 0),
        ("\n", "\n", 0),
        ("exit\n1\n", "", 0),
        ("", "", 0),
        ("1 +\n2\n", "", 1),
        ("nowhere.x\n", "", 1),
    ] {
        let ran = project.run_with_input(&["console"], input);
        assert_eq!((ran.out.as_str(), ran.code), (out, code), "{input:?}: {}", ran.err);
    }
    assert_eq!(project.run_with_input(&["console", "-var", "secret=1"], "length(var.secret) == 1\n").code, 0);
}

#[test]
fn states_and_files_are_shown() {
    let project = Project::new(&[("main.tf", CONFIGURATION), ("not.a.state", "{}")]);
    assert_eq!(project.text(&["show"]), (0, "No state.\n".into()));
    project.run(&["import", "terraform_data.a", "known"]);
    assert!(project.run(&["show"]).out.starts_with("# terraform_data.a:\n"));
    let json: serde_json::Value = serde_json::from_str(&project.run(&["show", "-json"]).out).unwrap();
    assert_eq!(json["values"]["root_module"]["resources"][0]["values"]["id"], "known");
    assert_eq!(project.run(&["show", "terraform.tfstate"]).out, project.run(&["show"]).out);
    for (file, reason) in [("not.a.state", "Plan read error"), ("nowhere", "No such file")] {
        let (code, text) = project.text(&["show", file]);
        assert!(code == 1 && text.contains(reason), "{text}");
    }
}

#[test]
fn an_interrupted_run_is_told_beside_the_output() {
    let project = Project::new(&[("main.tf", CONFIGURATION)]);
    let mut journal = String::from("{\"begin\":{\"lineage\":\"l\",\"serial\":0}}\n");
    for n in 0..12 {
        let intent = serde_json::json!({ "intent": {
            "token": format!("t{n}"), "address": format!("terraform_data.a[{n}]"), "action": "create",
            "time": "2026-01-01T00:00:00Z", "provider": "provider[\"terraform.io/builtin/terraform\"]",
        } });
        journal.push_str(&format!("{intent}\n"));
    }
    project.write("terraform.tfstate.journal", &journal);
    let ran = project.run(&["output", "-json"]);
    assert_eq!((ran.out.as_str(), ran.code), ("{}\n", 0), "{}", ran.err);
    assert!(
        ran.err.contains("create of terraform_data.a[9]") && ran.err.contains("and 2 more"),
        "{}",
        ran.err
    );
}
