//! What those who write a plugin need: a program that is used from where it was built, and one that runs already.

use crate::foreign_plugin::{context, note};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use terrane_e2e::TestContext;
use terrane_xtask::notes;

/// What every engine says to a plugin that it starts.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn apply(context: &TestContext) {
    context.good(&["apply", "-auto-approve"]).expect_text("4 added, 0 changed, 0 destroyed");
    assert_eq!(note(context, "first")["body"], "Hello");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("4 destroyed");
}

#[test]
fn a_program_is_used_from_where_it_was_built() {
    let program = notes::build().unwrap_or_else(|error| panic!("{error}"));
    let folder = program.parent().expect("a directory");
    for place in [folder, &program] {
        let context = context("override");
        context.write(
            "cli.tfrc",
            &format!(
                "provider_installation {{\n  dev_overrides {{\n    \"terraform.local/ops/notes\" = \"{}\"\n  }}\n  direct \
                 {{}}\n}}\n",
                place.display()
            ),
        );
        context.good(&["init"]).expect_text("Provider development overrides are in effect");
        apply(&context);
        assert!(!context.exists(".terraform.lock.hcl"), "no version was chosen");
    }
}

#[test]
fn a_plugin_that_runs_already_serves_everybody_and_stays() {
    let program = notes::build().unwrap_or_else(|error| panic!("{error}"));
    let context = context("attached");
    let mut command = Command::new(program);
    command.env(COOKIE.0, COOKIE.1).env("PLUGIN_PROTOCOL_VERSIONS", "6").env_remove("PLUGIN_CLIENT_CERT");
    command.current_dir(context.path()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().expect("a process"));
    let mut greeting = String::new();
    let mut stdout = BufReader::new(running.0.stdout.take().expect("a pipe"));
    stdout.read_line(&mut greeting).expect("a line");
    let parts: Vec<&str> = greeting.trim().split('|').collect();
    let at = serde_json::json!({ "terraform.local/ops/notes": {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": running.0.id(),
        "Test": true,
        "Addr": { "Network": parts[2], "String": parts[3] },
    } });
    let context = context.env("TF_REATTACH_PROVIDERS", &at.to_string());
    context.write("cli.tfrc", "provider_installation {\n}\n");
    context.good(&["init"]);
    apply(&context);
    assert!(running.0.try_wait().expect("a process").is_none(), "somebody else's plugin was ended");
    drop(running);
    context.run(&["plan"]).expect_code(1).expect_text("terraform.local/ops/notes (already running)");
}
