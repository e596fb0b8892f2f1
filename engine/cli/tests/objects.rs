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
        // What is not declared is wrong wherever it stands.
        ("can(nowhere)\n", "", 1),
        ("try(var.nowhere, 1)\n", "", 1),
        ("false ? self.id : try(null.x, 1)\n", "", 1),
        ("try(var.secret.x, [for nowhere in [1] : nowhere])\n", "[\n  1,\n]\n", 0),
    ] {
        let ran = project.run_with_input(&["console"], input);
        assert_eq!((ran.out.as_str(), ran.code), (out, code), "{input:?}: {}", ran.err);
    }
    project.write("unset.tf", "variable \"unset\" {\n  type = number\n}\n");
    let unset = project.run_with_input(&["console"], "var.unset\n");
    assert_eq!((unset.out.as_str(), unset.code), ("(known after apply)\n", 0), "{}", unset.err);
    assert_eq!(project.run_with_input(&["console", "-var", "unset=1"], "var.unset\n").out, "1\n");
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

#[test]
fn dependents_name_what_moved_by_its_new_address() {
    let project = Project::new(&[(
        "main.tf",
        "resource \"terraform_data\" \"a\" {\n  count = 2\n}\n\
         resource \"terraform_data\" \"b\" {\n  input = terraform_data.a[0].id\n}\n",
    )]);
    project.run(&["apply", "-auto-approve"]);
    let dependencies = |project: &Project| {
        let state: serde_json::Value = serde_json::from_str(&project.read("terraform.tfstate")).unwrap();
        let resources = state["resources"].as_array().unwrap().clone();
        let b = resources.into_iter().find(|r| r["name"] == "b").unwrap();
        b["instances"][0]["dependencies"].clone()
    };
    assert_eq!(dependencies(&project), serde_json::json!(["terraform_data.a"]));
    // As long as something is left there, the old name stays.
    project.run(&["state", "mv", "-backup=-", "terraform_data.a[1]", "terraform_data.c"]);
    assert_eq!(dependencies(&project), serde_json::json!(["terraform_data.a"]));
    project.run(&["state", "mv", "-backup=-", "terraform_data.a[0]", "module.m.terraform_data.d"]);
    assert_eq!(dependencies(&project), serde_json::json!(["module.m.terraform_data.d"]));
}

#[test]
fn a_state_comes_from_one_file_and_goes_to_another() {
    let project = Project::new(&[("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n")]);
    project.run(&["apply", "-auto-approve"]);
    let before = project.read("terraform.tfstate");
    project.write("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 2\n}\n");
    let (code, text) = project.text(&["apply", "-auto-approve", "-state-out=new.tfstate"]);
    assert!(code == 0 && text.contains("0 added, 1 changed"), "{text}");
    assert_eq!(project.read("terraform.tfstate"), before);
    assert!(project.read("new.tfstate").contains("\"value\": 2"));
    // What is there already is its backup; what does not change gets there too.
    let replaced = project.read("new.tfstate");
    project.write("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n");
    let (code, text) = project.text(&["apply", "-auto-approve", "-state-out=new.tfstate"]);
    assert!(code == 0 && text.contains("0 added, 0 changed"), "{text}");
    assert_eq!(project.read("new.tfstate.backup"), replaced);
    let resources =
        |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap()["resources"].clone();
    assert_eq!(resources(&project.read("new.tfstate")), resources(&before));
    assert!(!project.path().join("new.tfstate.journal").exists());
}

#[test]
fn identities_are_carried_along_and_listed() {
    let project = Project::new(&[("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n")]);
    project.run(&["apply", "-auto-approve"]);
    let list = |project: &Project| project.run(&["state", "identities", "-json"]).out;
    assert_eq!(list(&project), "{}\n");
    let mut state: serde_json::Value = serde_json::from_str(&project.read("terraform.tfstate")).unwrap();
    let identity = serde_json::json!({ "account": "1", "name": "a" });
    let object = &mut state["resources"][0]["instances"][0];
    object["identity_schema_version"] = 3.into();
    object["identity"] = identity.clone();
    project.write("terraform.tfstate", &state.to_string());
    project.write("main.tf", "resource \"terraform_data\" \"a\" {\n  input = 2\n}\n");
    project.run(&["apply", "-auto-approve"]);
    let state: serde_json::Value = serde_json::from_str(&project.read("terraform.tfstate")).unwrap();
    let object = &state["resources"][0]["instances"][0];
    assert_eq!((&object["identity"], &object["identity_schema_version"]), (&identity, &3.into()));
    let listed: serde_json::Value = serde_json::from_str(&list(&project)).unwrap();
    assert_eq!(listed, serde_json::json!({ "terraform_data.a": identity }));
    assert_eq!(project.run(&["state", "identities", "-json", "-id=other"]).out, "{}\n");
    let (code, text) = project.text(&["state", "identities"]);
    assert!(code == 1 && text.contains("-json is required"), "{text}");
    let (code, text) = project.text(&["state", "identities", "-json", "terraform_data.b"]);
    assert!(code == 1 && text.contains("contains no resource terraform_data.b"), "{text}");
}

/// What `init -backend-config` gave stays; what leaves the block is noticed.
#[test]
fn what_leaves_a_backend_block_is_noticed() {
    let block = |arguments: &str| format!("terraform {{\n  backend \"local\" {{\n{arguments}  }}\n}}\n");
    let project = Project::new(&[("main.tf", &block("    path = \"a.tfstate\"\n"))]);
    project.run(&["init", "-backend-config=workspace_dir=w"]);
    assert_eq!(project.text(&["plan"]).0, 0);
    assert_eq!(project.text(&["init"]).0, 0);
    assert!(project.read(".terraform/terraform.tfstate").contains("\"w\""));
    project.write("main.tf", &block(""));
    let (code, text) = project.text(&["plan"]);
    assert!(code == 1 && text.contains("Backend configuration changed: path"), "{text}");
}

/// A `null_resource` becomes a `terraform_data` without its provider, and without being made anew.
#[test]
fn null_resources_become_data() {
    let project = Project::new(&[(
        "main.tf",
        "resource \"terraform_data\" \"a\" {\n  triggers_replace = { x = \"1\" }\n}\nmoved {\n  from = null_resource.a\n  \
         to   = terraform_data.a\n}\n",
    )]);
    let state = serde_json::json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "outputs": {}, "resources": [{
            "mode": "managed", "type": "null_resource", "name": "a",
            "provider": "provider[\"registry.terraform.io/hashicorp/null\"]",
            "instances": [{ "schema_version": 0, "attributes": { "id": "5551", "triggers": { "x": "1" } } }],
        }],
    });
    project.write("terraform.tfstate", &state.to_string());
    let (code, text) = project.text(&["plan", "-detailed-exitcode"]);
    assert!(code == 2 && text.contains("null_resource.a has moved to terraform_data.a"), "{code} {text}");
    let (code, text) = project.text(&["apply", "-auto-approve"]);
    assert!(code == 0 && text.contains("0 added, 0 changed, 0 destroyed"), "{text}");
    let state: serde_json::Value = serde_json::from_str(&project.read("terraform.tfstate")).unwrap();
    let resource = &state["resources"][0];
    assert_eq!(
        (&resource["type"], &resource["instances"][0]["attributes"]["id"]),
        (&"terraform_data".into(), &"5551".into())
    );
    assert_eq!(resource["provider"], "provider[\"terraform.io/builtin/terraform\"]");
    assert_eq!(project.text(&["plan", "-detailed-exitcode"]).0, 0);
}
