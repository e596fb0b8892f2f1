//! Bad input: what is said, the exit code, and that nothing was written.

use terrane_e2e::{Aws, TestContext};

const GOOD: &str = "resource \"terraform_data\" \"one\" {\n  input = \"x\"\n}\n";

/// A configuration or a command line that must be refused.
struct Refused {
    name: &'static str,
    config: &'static str,
    args: &'static [&'static str],
    says: &'static [&'static str],
}

const REFUSED: &[Refused] = &[
    Refused { name: "unknown command", config: GOOD, args: &["aply"], says: &["aply", "apply"] },
    Refused {
        name: "unknown flag",
        config: GOOD,
        args: &["plan", "-detailed-exit-code"],
        says: &["-detailed-exit-code", "-detailed-exitcode"],
    },
    Refused {
        name: "missing variable",
        config: "variable \"size\" {\n  type = number\n}\n",
        args: &["plan", "-input=false"],
        says: &["No value for required variable", "main.tf", "line 1", "size"],
    },
    Refused {
        name: "value of the wrong type",
        config: "variable \"size\" {\n  type = number\n}\n",
        args: &["plan", "-var=size=big"],
        says: &["Invalid value for input variable", "number"],
    },
    Refused {
        name: "undeclared variable on the command line",
        config: GOOD,
        args: &["plan", "-var=sise=1"],
        says: &["undeclared variable", "sise"],
    },
    Refused {
        name: "syntax error",
        config: "resource \"terraform_data\" \"one\" {\n  input = [1, 2\n}\n",
        args: &["plan"],
        says: &["main.tf", "line 3", "3: }"],
    },
    Refused {
        name: "misspelled argument",
        config: "resource \"terraform_data\" \"one\" {\n  inputt = 1\n}\n",
        args: &["plan"],
        says: &["Unsupported argument", "main.tf", "line 2", "inputt", "Did you mean \"input\"?"],
    },
    Refused {
        name: "misspelled resource type",
        config: "resource \"aws_subnt\" \"one\" {\n}\n",
        args: &["validate"],
        says: &["Invalid resource type", "aws_subnt", "aws_subnet"],
    },
    Refused {
        name: "reference to nothing",
        config: "resource \"terraform_data\" \"one\" {\n  input = terraform_data.onee.id\n}\n",
        args: &["plan"],
        says: &["Reference to undeclared resource", "main.tf", "line 2", "terraform_data", "onee"],
    },
    Refused {
        name: "cycle",
        config: "resource \"terraform_data\" \"a\" {\n  input = terraform_data.b.id\n}\nresource \"terraform_data\" \"b\" {\n  input = terraform_data.a.id\n}\n",
        args: &["plan"],
        says: &["Cycle", "terraform_data.a", "terraform_data.b", "main.tf"],
    },
    Refused {
        name: "failing function",
        config: "resource \"terraform_data\" \"one\" {\n  input = cidrsubnet(\"10.0.0.0/33\", 8, 1)\n}\n",
        args: &["plan"],
        says: &["cidrsubnet", "main.tf", "line 2"],
    },
    Refused {
        name: "count that is not known",
        config: "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {\n  count = length(terraform_data.a.id)\n}\n",
        args: &["plan"],
        says: &["Invalid count argument", "main.tf", "line 3"],
    },
    Refused { name: "plan file that is none", config: GOOD, args: &["apply", "main.tf"], says: &["main.tf"] },
    Refused {
        name: "missing variable file",
        config: GOOD,
        args: &["plan", "-var-file=no.tfvars"],
        says: &["no.tfvars"],
    },
];

#[test]
fn bad_input_is_explained_and_writes_nothing() {
    let mut failures = Vec::new();
    for case in REFUSED {
        let context = TestContext::with_config(case.config);
        if case.name != "misspelled resource type" && case.name != "syntax error" {
            // An initialised directory, as a user's is.
            context.run(&["init", "-input=false"]);
        }
        let before = context.files();
        let run = context.run(case.args);
        let mut complaints: Vec<String> = case
            .says
            .iter()
            .filter(|text| !run.says(text))
            .map(|text| format!("does not say {text:?}"))
            .collect();
        if run.code != Some(1) {
            complaints.push(format!("ends with {:?} instead of 1", run.code));
        }
        if context.files() != before {
            complaints.push(format!("left {:?} where {before:?} was", context.files()));
        }
        if !complaints.is_empty() {
            failures.push(format!("### {}: {}\n{run}", case.name, complaints.join("; ")));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), REFUSED.len(), failures.join("\n"));
}

#[test]
fn errors_in_a_terminal_less_run_carry_no_colour() {
    let context = TestContext::with_config("locals {\n  a = \n}\n");
    for args in [&["plan", "-no-color"][..], &["plan"], &["validate"]] {
        let output = context.raw_output(args);
        assert!(!output.is_empty());
        assert!(!output.contains(&0x1b), "{args:?}: {}", String::from_utf8_lossy(&output));
    }
}

#[test]
fn an_api_error_says_what_where_and_which_request() {
    let aws = Aws::start();
    let context = TestContext::with_config(
        r#"
provider "aws" {
  region = "eu-west-1"
}

resource "aws_vpc" "net" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "part" {
  vpc_id     = aws_vpc.net.id
  cidr_block = "10.0.1.0/24"
}
"#,
    )
    .using(&aws);
    context.good(&["init"]);
    aws.proxy().refuse(
        "CreateSubnet",
        400,
        "InvalidSubnet.Conflict",
        "The CIDR '10.0.1.0/24' conflicts with another subnet",
    );
    let run = context.run(&["apply", "-auto-approve"]).expect_code(1);
    run.expect_text("aws_subnet.part")
        .expect_text("InvalidSubnet.Conflict")
        .expect_text("The CIDR '10.0.1.0/24' conflicts with another subnet")
        .expect_text("CreateSubnet")
        .expect_text("eu-west-1")
        .expect_text("123456789012")
        .expect_text("test-request-id")
        .expect_text("main.tf");
    // What succeeded is kept, and the next run goes on from there.
    let first = context.state();
    assert_eq!(first["resources"].as_array().unwrap().len(), 1);
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 1 added, 0 changed, 0 destroyed.");
}

#[test]
fn a_deprecated_argument_is_told_once() {
    let aws = Aws::start();
    let config = r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_iam_role" "app" {
  name                = "app"
  assume_role_policy  = jsonencode({ Version = "2012-10-17", Statement = [] })
  managed_policy_arns = []
}
"#;
    let context = TestContext::with_config(config).using(&aws);
    context.good(&["init"]);
    for command in ["validate", "plan"] {
        let run = context.good(&[command]);
        let told = format!("{}{}", run.stdout, run.stderr).matches("Argument is deprecated").count();
        assert_eq!(told, 1, "{command}: {run}");
    }
}

#[test]
fn throttled_requests_are_repeated() {
    let aws = Aws::start();
    let context = TestContext::with_config(
        "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_vpc\" \"net\" {\n  cidr_block = \"10.0.0.0/16\"\n}\n",
    )
    .using(&aws);
    context.good(&["init"]);
    for operation in ["CreateVpc", "DescribeVpcs"] {
        aws.proxy().refuse(operation, 503, "RequestLimitExceeded", "Request limit exceeded.");
    }
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 1 added");
    assert_eq!(aws.ask("len([v for v in ec2.describe_vpcs()['Vpcs'] if not v['IsDefault']])"), 1);
}

#[test]
fn flags_are_read_as_terraform_reads_them() {
    let context = TestContext::with_config(
        "variable \"a\" {}\nvariable \"b\" {}\noutput \"ab\" {\n  value = \"${var.a}${var.b}\"\n}\n",
    )
    .env("TF_VAR_b", "from-environment");
    let outside = context.path().parent().unwrap();
    let chdir = format!("-chdir={}", context.path().strip_prefix(outside).unwrap().display());
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve", "-var", "a=one-", "-no-color"]);
    assert_eq!(context.json(&["output", "-json", "ab"]), "one-from-environment");
    assert_eq!(context.good(&["output", "-raw", "ab"]).stdout, "one-from-environment");

    let elsewhere = TestContext::empty();
    let run = elsewhere.run(&[&format!("-chdir={}", context.path().display()), "output", "-raw", "ab"]);
    assert_eq!(run.expect_code(0).stdout, "one-from-environment", "{chdir}");
}

#[test]
fn a_file_that_is_not_formatted_is_found_and_formatted() {
    let context = TestContext::with_config("locals {\n  a=1\n  long = 2\n}\n");
    context.run(&["fmt", "-check"]).expect_code(3).expect_text("main.tf");
    assert_eq!(context.read("main.tf"), "locals {\n  a=1\n  long = 2\n}\n");
    context.good(&["fmt"]);
    assert_eq!(context.read("main.tf"), "locals {\n  a    = 1\n  long = 2\n}\n");
}

#[test]
fn the_console_evaluates_expressions() {
    let context = TestContext::with_config("locals {\n  range = \"10.0.0.0/16\"\n}\n");
    let run = context.run_with_input(&["console"], "cidrsubnet(local.range, 8, 2)\n");
    assert_eq!(run.expect_code(0).stdout.trim(), "\"10.0.2.0/24\"");
}

#[test]
fn the_console_reads_on_while_something_is_open() {
    let context = TestContext::with_config("");
    let console = |input: &str| context.run_with_input(&["console"], input).expect_code(0).stdout;
    assert_eq!(console("1\n[\n  1 + 1,\n]\n"), "[\n  2,\n]\n");
    assert_eq!(console("type({ a = [1] })\n"), "object({\n    a: tuple([\n        number,\n    ]),\n})\n");
    let run = context.run_with_input(&["console"], "upper(\n");
    run.expect_code(1).expect_text("on <console-input> line 1");
}

#[test]
fn the_console_shows_what_a_plan_would_lead_to() {
    let context = TestContext::with_config("resource \"terraform_data\" \"a\" {\n  input = \"x\"\n}\n");
    let console = |args: &[&str]| {
        context.run_with_input(args, "[terraform_data.a.input, terraform_data.a.id]\n").expect_code(0).stdout
    };
    assert_eq!(console(&["console", "-plan"]), "[\n  \"x\",\n  (known after apply),\n]\n");
    assert_eq!(console(&["console"]), "[\n  (known after apply),\n  (known after apply),\n]\n");
    assert!(!context.exists("terraform.tfstate"));
}

#[test]
fn functions_tell_their_signatures() {
    let signatures = TestContext::empty().json(&["metadata", "functions", "-json"]);
    assert_eq!(signatures["format_version"], "1.0");
    let signatures = &signatures["function_signatures"];
    assert_eq!(signatures["join"]["return_type"], "string");
    assert_eq!(signatures["core::join"]["variadic_parameter"]["type"], serde_json::json!(["list", "string"]));
    assert_eq!(signatures["setunion"]["return_type"], serde_json::json!(["set", "dynamic"]));
    assert_eq!(signatures["convert"]["parameters"][0]["is_nullable"], true);
    TestContext::empty().run(&["metadata", "functions"]).expect_code(1);
}

#[test]
fn control_characters_are_printed_as_they_are() {
    let context = TestContext::with_config("output \"a\" {\n  value = \"\\u007f\\u001b[1m\"\n}\n");
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(context.raw_output(&["output", "-raw", "a"]), b"\x7f\x1b[1m");
    assert_eq!(context.json(&["output", "-json", "a"]), "\u{7f}\u{1b}[1m");
}

#[test]
fn the_graph_names_resources_and_their_edges() {
    let context = TestContext::with_config(
        "resource \"terraform_data\" \"a\" {}\nresource \"terraform_data\" \"b\" {\n  input = terraform_data.a.id\n}\n",
    );
    context.good(&["init"]);
    let graph = context.good(&["graph"]).stdout;
    assert!(graph.starts_with("digraph"), "{graph}");
    let edge = graph.lines().find(|line| line.contains("->")).unwrap_or_default();
    assert!(edge.contains("terraform_data.b\" -> ") && edge.contains("terraform_data.a"), "{graph}");
}

#[test]
fn completions_are_made_for_each_shell() {
    for (shell, sign) in
        [("bash", "complete -F"), ("zsh", "#compdef terrane"), ("fish", "complete -c terrane")]
    {
        let script = TestContext::empty().good(&["completion", shell]).stdout;
        assert!(script.contains(sign) && script.contains("validate"), "{shell}:\n{script}");
    }
}

#[test]
fn the_version_is_told() {
    let run = TestContext::empty().good(&["version"]);
    assert!(run.stdout.starts_with("Terrane v"), "{run}");
    assert!(TestContext::empty().json(&["version", "-json"])["terraform_version"].is_string());
}
