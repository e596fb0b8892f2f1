//! Commands on configuration: init, fmt, validate, graph, providers, workspace.
#![allow(clippy::unwrap_used)]

mod project;

use project::Project;

const STATE: &str = include_str!("../../state/tests/golden/terraform-1.11.4.tfstate");

/// Each command fails with code 1 and says why.
fn refused(project: &Project, cases: &[(&[&str], &str)]) {
    for (arguments, reason) in cases {
        let (code, text) = project.text(arguments);
        assert!(code == 1 && text.contains(reason), "{arguments:?}: {text}");
    }
}

#[test]
fn fmt_lists_writes_checks_and_shows_differences() {
    let (messy, neat) = ("a   =  1\nbb = 2\n", "a  = 1\nbb = 2\n");
    let project = Project::new(&[
        ("x.tf", messy),
        ("y.tfvars", neat),
        ("sub/z.tf", messy),
        (".terraform/m.tf", messy),
        ("n.txt", messy),
    ]);
    assert_eq!(project.text(&["fmt", "-check"]), (3, "x.tf\n".into()));
    assert_eq!(project.text(&["fmt", "-check", "-list=false"]), (3, String::new()));
    assert_eq!(project.text(&["fmt", "-write=false"]), (0, "x.tf\n".into()));
    let (code, text) = project.text(&["fmt", "-check", "-diff", "x.tf"]);
    assert_eq!(code, 3);
    let difference = "--- old/x.tf\n+++ new/x.tf\n@@ -1,2 +1,2 @@\n-a   =  1\n+a  = 1\n bb = 2\n";
    assert!(text.ends_with(difference), "{text}");
    assert_eq!(project.read("x.tf"), messy);
    assert_eq!(project.run_with_input(&["fmt", "-"], messy).out, neat);
    assert_eq!(project.run_with_input(&["fmt", "-"], "a=1").out, "a = 1\n");
    project.write("unended.tf", "a = 1");
    assert_eq!(project.text(&["fmt", "-check", "unended.tf"]), (0, String::new()));
    assert_eq!(project.text(&["fmt", "-recursive"]), (0, "sub/z.tf\nx.tf\n".into()));
    assert_eq!((project.read("x.tf"), project.read("sub/z.tf")), (neat.into(), neat.into()));
    assert_eq!(project.read(".terraform/m.tf"), messy);
    assert_eq!(project.text(&["fmt", "-check", "-recursive"]), (0, String::new()));
    refused(
        &project,
        &[
            (&["fmt", "nowhere"], "There is no file or directory"),
            (&["fmt", "n.txt"], "Not a configuration file"),
        ],
    );
    project.write("bad.tf", "a = = 1\n");
    let (code, text) = project.text(&["fmt"]);
    assert!(code == 2 && text.contains("bad.tf line 1"), "{text}");
}

#[test]
fn validate_reports_as_text_and_as_json() {
    let good = "variable \"a\" {\n  type = string\n}\noutput \"b\" {\n  value = var.a\n}\n";
    let good = Project::new(&[("main.tf", good)]);
    assert_eq!(good.text(&["validate"]), (0, "Success! The configuration is valid.\n\n".into()));
    let bad = Project::new(&[("main.tf", "output \"b\" {\n  value = var.nowhere\n}\n")]);
    refused(&bad, &[(&["validate"], "main.tf line 2")]);
    let (code, text) = bad.text(&["validate", "-json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &json["valid"], &json["error_count"]), (1, &false.into(), &1.into()));
    assert_eq!(json["diagnostics"][0]["range"]["filename"], "main.tf");
}

#[test]
fn validate_checks_arguments_by_their_schema() {
    for (argument, reason) in
        [("nowhere = 1", "Unsupported argument"), ("input = nowhere.x", "undeclared resource")]
    {
        let text = format!("resource \"terraform_data\" \"a\" {{\n  {argument}\n}}\n");
        refused(&Project::new(&[("main.tf", &text)]), &[(&["validate"], reason)]);
    }
}

#[test]
fn init_records_modules_and_names_native_providers() {
    let project = Project::new(&[
        ("main.tf", "module \"m\" {\n  source = \"./m\"\n}\nresource \"terraform_data\" \"a\" {}\n"),
        ("m/main.tf", "module \"n\" {\n  source = \"../n\"\n}\n"),
        ("n/main.tf", "locals {\n  a = 1\n}\n"),
    ]);
    let (code, text) = project.text(&["init", "-input=false"]);
    assert!(code == 0 && text.contains("- m in m\n- m.n in n\n"), "{text}");
    assert!(text.contains("successfully initialized"), "{text}");
    assert_eq!(
        project.read(".terraform/modules/modules.json"),
        r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"./m","Dir":"m"},{"Key":"m.n","Source":"../n","Dir":"n"}]}"#
    );
    let (code, text) = Project::new(&[]).text(&["init"]);
    assert!(code == 0 && text.contains("initialized in an empty directory"), "{text}");
    let unknown = Project::new(&[("main.tf", "resource \"strange_thing\" \"a\" {}\n")]);
    refused(&unknown, &[(&["init"], "hashicorp/strange")]);
    assert!(!unknown.path().join(".terraform.lock.hcl").exists());
}

#[test]
fn the_local_backend_says_where_the_state_is() {
    let configuration = "terraform {\n  backend \"local\" {\n    path = \"there/x.tfstate\"\n  }\n}\n";
    let project = Project::new(&[("main.tf", configuration), ("there/x.tfstate", STATE)]);
    let list = &["state", "list", "terraform_data.one"][..];
    refused(&project, &[(list, "Backend initialization required")]);
    let (code, text) = project.text(&["init"]);
    assert!(code == 0 && text.contains("Successfully configured the backend \"local\"!"), "{text}");
    assert_eq!(project.text(list), (0, "terraform_data.one\n".into()));

    project.write("main.tf", "terraform {\n  backend \"local\" {}\n}\n");
    refused(&project, &[(&["init"], "Backend configuration changed")]);
    let migrate = &["init", "-migrate-state", "-backend-config=path=here.tfstate"][..];
    refused(&project, &[(migrate, "Error asking for state migration action")]);
    let (code, text) = project.text(&["init", "-force-copy", "-backend-config=path=here.tfstate"]);
    assert_eq!(code, 0, "{text}");
    assert!(!project.path().join("there/x.tfstate").exists(), "the state has moved");
    assert!(project.read("there/x.tfstate.backup").contains("terraform_data"));
    assert!(project.read("here.tfstate").contains("terraform_data"));
    assert_eq!(project.text(list), (0, "terraform_data.one\n".into()));
    for (config, reason) in [
        ("backend \"locl\" {}", "Did you mean \"local\"?"),
        ("backend \"local\" {\n nowhere = 1\n}", "nowhere"),
    ] {
        project.write("main.tf", &format!("terraform {{\n  {config}\n}}\n"));
        refused(&project, &[(&["init"], reason)]);
    }
}

#[test]
fn workspaces_are_made_selected_and_deleted() {
    let project = Project::new(&[("main.tf", "locals {\n  a = 1\n}\n"), ("some.tfstate", STATE)]);
    assert_eq!(project.text(&["workspace", "show"]), (0, "default\n".into()));
    assert_eq!(project.run(&["workspace", "new", "-state=some.tfstate", "prod"]).code, 0);
    assert_eq!(project.text(&["workspace", "list"]), (0, "  default\n* prod\n\n".into()));
    assert_eq!(project.text(&["state", "list", "terraform_data.one"]), (0, "terraform_data.one\n".into()));
    refused(
        &project,
        &[
            (&["workspace", "new", "prod"], "already exists"),
            (&["workspace", "new", "a/b"], "not allowed"),
            (&["workspace", "select", "nowhere"], "doesn't exist"),
            (&["workspace", "delete", "prod"], "active workspace"),
            (&["workspace", "delete", "default"], "always exists"),
        ],
    );
    assert_eq!(project.run(&["workspace", "select", "default"]).code, 0);
    refused(&project, &[(&["workspace", "delete", "prod"], "currently tracking")]);
    let lock = "terraform.tfstate.d/prod/.terraform.tfstate.lock.info";
    let elsewhere = r#"{"ID":"7","Who":"ann@elsewhere","Host":"elsewhere","Expires":"2999-01-01T00:00:00Z"}"#;
    project.write(lock, elsewhere);
    let locked = (&["workspace", "delete", "-force", "prod"][..], "Error acquiring the state lock");
    refused(&project, &[locked]);
    std::fs::remove_file(project.path().join(lock)).unwrap();
    assert_eq!(project.run(&["workspace", "delete", "-force", "prod"]).code, 0);
    assert_eq!(project.run(&["workspace", "list"]).out, "* default\n\n");
}

#[test]
fn requirements_are_shown_as_a_tree() {
    let root = "terraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\", version = \">= 5\" }\n  }\n}\n\
                module \"m\" {\n  source = \"./m\"\n}\n";
    let project = Project::new(&[("main.tf", root), ("m/main.tf", "resource \"terraform_data\" \"a\" {}\n")]);
    let tree = "\nProviders required by configuration:\n.\n\
                ├── provider[registry.terraform.io/hashicorp/aws] >= 5.0.0\n└── module.m\n    \
                └── provider[terraform.io/builtin/terraform]\n\n";
    assert_eq!(project.text(&["providers"]), (0, tree.into()));
    let (code, text) = project.text(&["graph"]);
    let node = "\"module.m.terraform_data.a\" [label=\"terraform_data.a\"];";
    assert!(code == 0 && text.contains(node), "{text}");
}

#[test]
fn graph_shows_resources_operations_and_plans() {
    let project = Project::new(&[(
        "main.tf",
        "variable \"v\" {\n  default = 1\n}\nresource \"terraform_data\" \"a\" {\n  input = var.v\n}\nresource \
         \"terraform_data\" \"b\" {\n  input = [terraform_data.a.id, var.v]\n}\n",
    )]);
    let graph = |arguments: &[&str]| {
        let (code, text) = project.text(arguments);
        assert_eq!(code, 0, "{text}");
        text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    let has = |lines: &[String], line: &str| lines.iter().any(|l| l == line);
    let plan = graph(&["graph", "-type=plan"]);
    assert!(
        has(&plan, "\"[root] terraform_data.b (expand)\" -> \"[root] terraform_data.a (expand)\""),
        "{plan:#?}"
    );
    assert!(has(&plan, "\"[root] var.v\" [label = \"var.v\", shape = \"note\"]"), "{plan:#?}");
    // What another dependency implies is left out.
    assert!(!has(&plan, "\"[root] terraform_data.b (expand)\" -> \"[root] var.v\""), "{plan:#?}");
    let destroy = graph(&["graph", "-type=plan-destroy"]);
    let reversed = "\"[root] terraform_data.a (destroy)\" -> \"[root] terraform_data.b (destroy)\"";
    assert!(has(&destroy, reversed), "{destroy:#?}");
    project.text(&["plan", "-out=saved"]);
    let saved = graph(&["graph", "-plan=saved"]);
    assert!(
        has(&saved, "\"[root] terraform_data.b (create)\" -> \"[root] terraform_data.a (create)\""),
        "{saved:#?}"
    );
    refused(
        &project,
        &[
            (&["graph", "-type=other"], "Invalid value"),
            (&["graph", "-plan=main.tf"], "Failed to read the given file as a plan file"),
        ],
    );
    project.write("c.tf", "locals {\n  x = local.y\n  y = local.x\n}\n");
    let cycle = graph(&["graph", "-type=plan", "-draw-cycles"]);
    // As in Terraform, the graph of resources has nothing to draw.
    assert_eq!(graph(&["graph", "-draw-cycles", "-var", "v=2"]), graph(&["graph"]));
    let red = " [color = \"red\", penwidth = \"2.0\"]";
    assert_eq!(cycle.iter().filter(|line| line.ends_with(red)).count(), 2, "{cycle:#?}");
}

#[test]
fn values_of_variables_take_precedence_by_where_they_are_from() {
    let main = "variable \"x\" {\n  default = \"default\"\n}\noutput \"x\" {\n  value = var.x\n}\n";
    let mut project = Project::new(&[("main.tf", main), ("named.tfvars", "x = \"named\"\n")]);
    let value = |project: &Project, arguments: &[&str]| {
        let (code, text) = project.text(&[&["plan"], arguments].concat());
        assert_eq!(code, 0, "{text}");
        let line = text.lines().find(|line| line.contains("+ x = ")).unwrap().to_owned();
        line.split('"').nth(1).unwrap().to_owned()
    };
    assert_eq!(value(&project, &[]), "default");
    project.variables.push(("TF_VAR_x", "environment".into()));
    assert_eq!(value(&project, &[]), "environment");
    for (name, text) in [
        ("terraform.tfvars", "x = \"terraform.tfvars\"\n"),
        ("terraform.tfvars.json", "{\"x\": \"terraform.tfvars.json\"}"),
        ("a.auto.tfvars", "x = \"a.auto.tfvars\"\n"),
        ("a.auto.tfvars.json", "{\"x\": \"a.auto.tfvars.json\"}"),
        ("b.auto.tfvars", "x = \"b.auto.tfvars\"\n"),
    ] {
        project.write(name, text);
        assert_eq!(value(&project, &[]), name);
    }
    assert_eq!(value(&project, &["-var-file=named.tfvars"]), "named");
    assert_eq!(value(&project, &["-var-file=named.tfvars", "-var", "x=a=b"]), "a=b");
    assert_eq!(value(&project, &["-var=x=1", "-var-file=named.tfvars"]), "named");
    project.write("more.tfvars", "a = 1\nb = 2\nc = 3\nd = 4\n");
    let (code, text) = project.text(&["plan", "-var-file=more.tfvars"]);
    assert!(code == 0 && text.contains("There are 2 more values in files"), "{text}");
    project.write("declares.tfvars", "variable \"x\" {}\n");
    project.write("computes.tfvars", "x = upper(\"a\")\n");
    project.write("typed.tf", "variable \"n\" {\n  type    = list(number)\n  default = []\n}\n");
    project.write("bad.tfvars", "n = [\"a\"]\n");
    refused(
        &project,
        &[
            (&["plan", "-var", "y=1"], "Value for undeclared variable"),
            (&["plan", "-var", "x"], "Invalid -var option"),
            (&["plan", "-var", "x = 1"], "Did you mean -var=\"x=1\"?"),
            (&["plan", "-var-file=nowhere.tfvars"], "does not exist"),
            (&["plan", "-var-file=declares.tfvars"], "Variable declaration in .tfvars file"),
            (&["plan", "-var-file=computes.tfvars"], "Function calls not allowed"),
            (&["plan", "-var-file=bad.tfvars"], "bad.tfvars line 1"),
            (&["plan", "-var", "n=[\"a\"]"], "from the -var option for n"),
            (&["plan", "-var", "n=tolist([1])"], "Function calls not allowed"),
        ],
    );
}

/// As Terraform 1.11.4 shows them.
#[test]
fn plans_show_values_of_variables_as_they_were_given() {
    let variable = |name: &str, rest: &str| format!("variable \"{name}\" {{\n{rest}}}\n");
    let main = [
        variable("n", "  type = number\n"),
        variable("l", "  type = list(string)\n"),
        variable("d", "  default  = \"d\"\n  nullable = false\n"),
        variable("t", "  type    = number\n  default = \"5\"\n"),
        "output \"n\" {\n  value = [var.n, var.l, var.d, var.t]\n}\n".into(),
    ]
    .concat();
    let project = Project::new(&[("main.tf", &main), ("terraform.tfvars", "l = [1, \"a\"]\nd = null\n")]);
    assert_eq!(project.text(&["plan", "-out=p", "-var=n=1"]).0, 0);
    let (code, text) = project.text(&["show", "-json", "p"]);
    let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
    let value = |name: &str| shown["variables"][name]["value"].to_string();
    assert_eq!((code, value("n").as_str(), value("l").as_str()), (0, "\"1\"", "[1,\"a\"]"));
    assert_eq!((value("d").as_str(), value("t").as_str()), ("null", "5"));
    assert_eq!(shown["output_changes"]["n"]["after"].to_string(), "[1,[\"1\",\"a\"],\"d\",5]");
}

/// As with Terraform, but never a secret.
#[test]
fn conditions_that_do_not_hold_show_the_values_behind_them() {
    let variable = |name: &str, rest: &str| {
        let rule = format!("condition = var.{name} != \"no\"\n    error_message = \"Not this.\"");
        format!("variable \"{name}\" {{\n{rest}  validation {{\n    {rule}\n  }}\n}}\n")
    };
    let resource = r#"
        resource "terraform_data" "r" {
          input = { open = "o", secret = sensitive("s") }
          lifecycle {
            postcondition {
              condition     = self.input.open == self.input.secret
              error_message = "Different."
            }
          }
        }
        module "m" {
          source   = "./m"
          for_each = { k = "no", l = "yes" }
          given    = sensitive(each.value)
        }"#;
    let main = [&variable("open", ""), &variable("secret", "  sensitive = true\n"), resource].concat();
    let project = Project::new(&[("main.tf", &main), ("m/main.tf", &variable("given", ""))]);
    assert_eq!(project.text(&["init"]).0, 0);
    let (code, text) = project.text(&["plan", "-var=open=no", "-var=secret=no"]);
    let mut shown: Vec<_> = text.lines().filter_map(|line| line.trim_start().strip_prefix("│ ")).collect();
    shown.sort_unstable();
    let expected = [
        "self.input.open is \"o\"",
        "self.input.secret has a sensitive value",
        "var.given has a sensitive value",
        "var.open is \"no\"",
        "var.secret has a sensitive value",
    ];
    assert!(code == 1 && shown == expected, "{text}");
    // Nothing else says which instance of the module it is.
    assert!(text.contains("  with module.m[\"k\"],\n  on m/main.tf line 3, in variable"), "{text}");
}

#[test]
fn problems_name_their_block_however_it_is_laid_out() {
    let main = "  resource \"terraform_data\" r {\ncount = 1\ninput = 1 + \"b\"\n}\n";
    let test =
        "run \"t\" {\ncommand = plan\nassert {\ncondition = nothing.at.all\nerror_message = \"m\"\n}\n}\n";
    let project = Project::new(&[("main.tf", main)]);
    let (code, text) = project.text(&["plan"]);
    assert!(
        code == 1 && text.contains("  on main.tf line 3, in resource \"terraform_data\" \"r\":"),
        "{text}"
    );
    project.write("main.tf", "");
    project.write("a.tftest.hcl", test);
    let (code, text) = project.text(&["test"]);
    assert!(code == 1 && text.contains("  on a.tftest.hcl line 4, in run \"t\":"), "{text}");
}

#[test]
fn cloud_blocks_are_refused_where_state_is_needed() {
    let project = Project::new(&[("main.tf", "terraform {\n  cloud {\n    organization = \"o\"\n  }\n}\n")]);
    assert_eq!(project.text(&["validate"]).0, 0);
    assert_eq!(project.text(&["init", "-backend=false"]).0, 0);
    let refusal = "HCP Terraform is not supported";
    refused(&project, &[(&["init"], refusal), (&["plan"], refusal), (&["state", "list"], refusal)]);
}
