//! A plugin that another library than Terrane's speaks for, `tests/plugin`: all that it can be asked, by Terrane and, where it is
//! installed, by Terraform.

use terrane_e2e::{TestContext, plugins, terraform_on_path};
use terrane_xtask::notes;

const NOTES: &str = r#"
terraform {
  required_providers {
    notes = {
      source = "terraform.local/ops/notes"
    }
  }
  provider_meta "notes" {
    module = "root"
  }
}

variable "title" {
  default = "first"
}

variable "body" {
  default = "Hello"
}

provider "notes" {
  directory = "${path.module}/notes"
}

resource "notes_note" "first" {
  title  = var.title
  body   = var.body
  labels = { kind = "greeting" }
  author = { name = "Ann", mail = null }
  attachment {
    name = "map"
  }
}

resource "notes_note" "answer" {
  for_each = toset(["yes", "no"])
  title    = provider::notes::slug("${each.key} to ${notes_note.first.title}")
  body     = "revision ${notes_note.first.revision}"
}

module "archive" {
  source = "./archive"
}

data "notes_search" "answers" {
  prefix     = "yes"
  depends_on = [notes_note.answer]
}

output "answers" {
  value = join(",", data.notes_search.answers.titles)
}

output "longest" {
  value = provider::notes::longest("a", "bcd", "ef")
}

output "size" {
  value = notes_note.first.attachment[0].size
}
"#;

const ARCHIVE: &str = r#"
terraform {
  required_providers {
    notes = {
      source = "terraform.local/ops/notes"
    }
  }
}

resource "notes_note" "old" {
  title = "old"
  body  = "Once"
}
"#;

/// A directory that installs the plugin from a mirror.
pub(crate) fn context(mark: &str) -> TestContext {
    let program = notes::build().unwrap_or_else(|error| panic!("{error}"));
    let context = TestContext::with_config(NOTES);
    context.write("archive/main.tf", ARCHIVE);
    let os = if std::env::consts::OS == "macos" { "darwin" } else { std::env::consts::OS };
    let arch = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "amd64" };
    let package = context.path().join(format!("mirror/terraform.local/ops/notes/0.1.0/{os}_{arch}"));
    for directory in [&package, &context.path().join("notes")] {
        std::fs::create_dir_all(directory).expect("a directory");
    }
    std::fs::copy(program, package.join("terraform-provider-notes_v0.1.0")).expect("a copy");
    let mirror = context.path().join("mirror").display().to_string();
    context.write(
        "cli.tfrc",
        &format!("provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"),
    );
    let configuration = context.path().join("cli.tfrc").display().to_string();
    context.env("TF_CLI_CONFIG_FILE", &configuration).env("TERRANE_TEST_MARK", mark)
}

fn nothing_to_do(context: &TestContext) {
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0).expect_text("No changes.");
}

/// What a note holds.
pub(crate) fn note(context: &TestContext, title: &str) -> serde_json::Value {
    serde_json::from_str(&context.read(&format!("notes/{title}.json"))).expect("a note")
}

/// Everything that can happen to notes, without the words that each program has of its own.
fn a_life(context: &TestContext) {
    context.good(&["init"]);
    context.good(&["validate"]);
    let apply = |args: &[&str]| context.good(&[&["apply", "-auto-approve"], args].concat());
    apply(&[]).expect_text("4 added, 0 changed, 0 destroyed");
    for (output, want) in [("answers", "yes-to-first"), ("longest", "bcd"), ("size", "3")] {
        assert_eq!(context.good(&["output", "-raw", output]).stdout.trim(), want);
    }
    assert_eq!(note(context, "first")["written_for"], "root");
    assert_eq!(note(context, "old")["written_for"], serde_json::Value::Null);
    nothing_to_do(context);

    // What is not known yet of the changed note, and of what is made from it.
    let plan = context.good(&["plan", "-var", "body=Again"]);
    plan.expect_text("~ revision = 1 -> (known after apply)")
        .expect_text("~ size = 3 -> (known after apply)")
        .expect_text("~ body     = \"revision 1\" -> (known after apply)");
    apply(&["-var", "body=Again"]).expect_text("0 added, 3 changed, 0 destroyed");
    assert_eq!(note(context, "yes-to-first")["body"], "revision 2");
    apply(&["-var", "body=Hello"]).expect_text("0 added, 3 changed, 0 destroyed");
    nothing_to_do(context);

    // What somebody else changed, and what somebody else removed.
    context.edit("notes/old.json", "\"Once\"", "\"Never\"");
    std::fs::remove_file(context.path().join("notes/no-to-first.json")).expect("a note to remove");
    context.good(&["plan"]).expect_text("Plan: 1 to add, 1 to change, 0 to destroy.");
    apply(&[]).expect_text("1 added, 1 changed, 0 destroyed");
    assert_eq!(note(context, "old")["body"], "Once");

    // Another title is another note, and so for what is made from it.
    let plan = context.good(&["plan", "-var", "title=second"]);
    plan.expect_text("# forces replacement").expect_text("Plan: 3 to add, 0 to change, 3 to destroy.");
    apply(&["-var", "title=second"]).expect_text("3 added, 0 changed, 3 destroyed");
    apply(&[]).expect_text("3 added, 0 changed, 3 destroyed");
    nothing_to_do(context);

    // What the plugin says of a configuration has its place.
    let refused = context.run(&["plan", "-var", "title=a/b"]).expect_code(1);
    refused.expect_text("Not a title").expect_text("main.tf line 26");
    context.good(&["plan", "-var", "body=hm"]).expect_text("Warning: A short note");

    // An update that fails, with and without a word on the note: it stays in the state, and is changed later.
    let failed = context.run(&["apply", "-auto-approve", "-var", "body=torn"]).expect_code(1);
    failed.expect_text("The note is torn").expect_text("main.tf line 27");
    assert_eq!(note(context, "first")["body"], "torn");
    let failed = context.run(&["apply", "-auto-approve", "-var", "body=refused"]).expect_code(1);
    failed.expect_text("The note is refused");
    context.good(&["state", "show", "notes_note.first"]).expect_text("\"torn\"");
    apply(&[]).expect_text("0 added, 3 changed, 0 destroyed");
    nothing_to_do(context);

    // A creation that fails half-way leaves a tainted note, and one that is refused leaves nothing.
    context
        .write("more.tf", "resource \"notes_note\" \"more\" {\n  title = \"more\"\n  body  = \"torn\"\n}\n");
    context.run(&["apply", "-auto-approve"]).expect_code(1).expect_text("The note is torn");
    context.good(&["plan"]).expect_text("notes_note.more is tainted, so must be replaced");
    context.edit("more.tf", "torn", "refused");
    context.run(&["apply", "-auto-approve"]).expect_code(1).expect_text("The note is refused");
    assert!(!context.exists("notes/more.json"));
    context.run(&["state", "show", "notes_note.more"]).expect_code(1);
    context.write("more.tf", "");
    nothing_to_do(context);

    // A note that the state has forgotten is imported again.
    context.good(&["state", "rm", "notes_note.first"]);
    context
        .run(&["import", "notes_note.first", "third"])
        .expect_code(1)
        .expect_text("There is no note called");
    context.good(&["import", "notes_note.first", "first"]);
    nothing_to_do(context);

    context.good(&["destroy", "-auto-approve"]).expect_text("4 destroyed");
    assert_eq!(std::fs::read_dir(context.path().join("notes")).expect("a directory").count(), 0);
}

#[test]
fn the_life_of_notes_with_terrane() {
    let context = context("notes");
    a_life(&context);
    assert_eq!(plugins::running("terraform-provider-notes", "notes"), 0, "a plugin outlived its run");
}

#[test]
fn the_life_of_notes_with_terraform() {
    let Some(terraform) = terraform_on_path() else {
        eprintln!("skipped: there is no terraform on PATH");
        return;
    };
    a_life(&context("terraform").with_program(&terraform));
}

#[test]
fn what_one_program_has_made_the_other_goes_on_with() {
    let Some(terraform) = terraform_on_path() else {
        eprintln!("skipped: there is no terraform on PATH");
        return;
    };
    let context = context("both");
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let context = context.with_program(&terraform);
    context.good(&["init"]);
    nothing_to_do(&context);
    context.good(&["apply", "-auto-approve", "-var", "body=Again"]);
    let context = context.with_terrane();
    context.run(&["plan", "-detailed-exitcode", "-var", "body=Again"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("4 destroyed");
}

#[test]
fn a_state_that_the_plugin_cannot_upgrade_stays_as_it_is() {
    let context = context("upgrade");
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let state = context.read("terraform.tfstate");
    let older = state.replace("\"schema_version\": 2", "\"schema_version\": 1");
    assert_ne!(state, older);
    context.write("terraform.tfstate", &older);
    let plan = context.run(&["plan"]).expect_code(1);
    plan.expect_text("Upgrade is not supported").expect_text("notes_note.first");
    context.run(&["apply", "-auto-approve"]).expect_code(1);
    assert_eq!(context.read("terraform.tfstate"), older);
}

#[test]
fn a_provider_meta_block_is_checked() {
    let context = context("meta");
    context.good(&["init"]);
    context.edit("main.tf", "module = \"root\"", "module = var.title");
    context
        .run(&["validate"])
        .expect_code(1)
        .expect_text("Variables not allowed")
        .expect_text("main.tf line 9");
    context.edit("main.tf", "module = var.title", "modul = \"root\"");
    context.run(&["validate"]).expect_code(1).expect_text("\"modul\"").expect_text("main.tf line 9");
}

#[test]
fn a_deletion_is_planned_with_what_the_module_says_of_itself() {
    let context = context("deletion");
    context.good(&["init"]);
    context.edit("main.tf", "kind = \"greeting\"", "keep = \"greeting\"");
    context.edit("archive/main.tf", "body  = \"Once\"", "body  = \"Once\"\n  labels = { keep = \"always\" }");
    context.good(&["apply", "-auto-approve"]);
    let plan = context.good(&["plan", "-destroy"]);
    plan.expect_text("It has the label `keep`, which root knew.")
        .expect_text("It has the label `keep`, which nobody knew.");
    // Also where nothing is read before.
    context.good(&["plan", "-destroy", "-refresh=false"]).expect_text("which root knew.");
}
