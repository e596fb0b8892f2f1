//! Runs that cannot be planned at once, and values that no plan file has.
#![allow(clippy::unwrap_used)]

mod project;

use project::Project;

const CHAIN: &str = r#"
resource "terraform_data" "first" {
  input = "a"
}
resource "terraform_data" "second" {
  for_each = toset([terraform_data.first.output])
  input    = each.key
}
output "second" {
  value = keys(terraform_data.second)
}
"#;

#[test]
fn rounds_are_planned_and_approved_one_after_the_other() {
    let project = Project::new(&[("main.tf", CHAIN)]);
    let (code, text) = project.text(&["apply", "-auto-approve"]);
    let joined = text.split_whitespace().filter(|w| *w != "│").collect::<Vec<_>>().join(" ");
    assert_eq!(code, 1, "{text}");
    assert!(joined.contains("It is known when these are applied: terraform_data.first."), "{text}");
    assert!(joined.contains("-target='terraform_data.first'"), "{text}");

    let ran = project.run_with_input(&["apply", "-rounds"], "yes\nno\n");
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("terraform_data.second: for_each is not known yet from terraform_data.first"));
    assert!(ran.out.contains("Apply complete!") && ran.out.contains("Apply cancelled."), "{}", ran.out);
    let state = project.read("terraform.tfstate");
    assert!(state.contains("\"first\"") && !state.contains("\"second\""), "{state}");

    std::fs::remove_file(project.path().join("terraform.tfstate")).unwrap();
    let (code, text) = project.text(&["apply", "-rounds", "-auto-approve"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(text.matches("Apply complete!").count(), 2, "{text}");
    let (code, text) = project.text(&["plan", "-detailed-exitcode"]);
    assert_eq!(code, 0, "{text}");
    assert!(project.text(&["output", "-json", "second"]).1.contains("\"a\""));
}

#[test]
fn what_is_to_be_replaced_is_replaced_in_one_round() {
    let project = Project::new(&[("main.tf", CHAIN)]);
    let (code, text) = project.text(&["apply", "-rounds", "-auto-approve"]);
    assert_eq!(code, 0, "{text}");
    let more = "resource \"terraform_data\" \"other\" {}\n";
    project.write("main.tf", &format!("{}{more}", CHAIN.replace("\"a\"", "\"b\"")));
    let other = "-replace=terraform_data.other";
    let (code, text) = project.text(&["apply", "-auto-approve", "-target=terraform_data.other"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = project.text(&["apply", "-rounds", "-auto-approve", other]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(text.matches("Apply complete!").count(), 2, "{text}");
    assert_eq!(text.matches("terraform_data.other will be replaced, as requested").count(), 1, "{text}");
    assert!(!text.contains("Nothing to replace"), "{text}");
}

#[test]
fn a_round_that_nothing_would_make_known_is_an_error() {
    let text = "resource \"terraform_data\" \"a\" {\n  count = length(timestamp())\n}\n";
    let project = Project::new(&[("main.tf", text)]);
    let (code, text) = project.text(&["apply", "-rounds", "-auto-approve"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("No round can be planned"), "{text}");
}

#[test]
fn ephemeral_variables_are_given_again_to_a_saved_plan() {
    let configuration = r#"
variable "secret" {
  type      = string
  ephemeral = true
}
variable "plain" {
  type    = string
  default = "p"
}
resource "terraform_data" "a" {
  input = var.plain
  lifecycle {
    precondition {
      condition     = var.secret != "wrong"
      error_message = "the secret is wrong"
    }
  }
}
"#;
    let project = Project::new(&[("main.tf", configuration)]);
    let (code, text) = project.text(&["plan", "-out=p", "-var=secret=hush-hush"]);
    assert_eq!(code, 0, "{text}");
    assert!(!project.read("p").contains("hush-hush"));
    let (_, json) = project.text(&["show", "-json", "p"]);
    assert!(json.contains("\"plain\":{\"value\":\"p\"}") && !json.contains("hush-hush"), "{json}");
    for (arguments, expected) in [
        (&["apply", "p"][..], "No value for required variable"),
        (&["apply", "-var=secret=x", "-var=plain=q", "p"], "Can't change a saved plan"),
    ] {
        let (code, text) = project.text(arguments);
        assert_eq!(code, 1, "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
    let (code, text) = project.text(&["apply", "-var=secret=hush-hush", "p"]);
    assert_eq!(code, 0, "{text}");
    assert!(!project.read("terraform.tfstate").contains("hush-hush"));

    // The value given now is the one that counts.
    let project = Project::new(&[("main.tf", configuration)]);
    assert_eq!(project.text(&["plan", "-out=p", "-var=secret=right"]).0, 0);
    let (code, text) = project.text(&["apply", "-var=secret=wrong", "p"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("the secret is wrong"), "{text}");
}
