//! Plugins that do not do what they should: the one of `tests/plugin`, told to die, to hang, or to contradict what it was asked for.

use crate::foreign_plugin::{context, note};
use terrane_e2e::{TestContext, plugins};

/// A directory with notes that exist. No plugin runs.
fn with_notes(mark: &str) -> TestContext {
    let context = context(mark);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    context
}

/// What is stored of the notes.
fn stored(context: &TestContext) -> serde_json::Value {
    let mut resources = context.state()["resources"].clone();
    resources.as_array_mut().expect("resources").retain(|resource| resource["mode"] == "managed");
    resources
}

/// How many processes of the plugin run that a test has started.
fn running(mark: &str) -> usize {
    plugins::running("terraform-provider-notes", mark)
}

const AGAIN: &[&str] = &["apply", "-auto-approve", "-var", "body=Again"];

const MORE: &str = "resource \"notes_note\" \"more\" {\n  title = \"old\"\n  body  = \"Once\"\n}\n";

#[test]
fn a_plugin_that_dies_is_named_and_what_is_stored_stays() {
    let mut context = with_notes("dying");
    let notes = stored(&context);
    for (method, args) in [
        ("ValidateProviderConfig", &["plan"][..]),
        ("ValidateResourceConfig", &["validate"]),
        ("ConfigureProvider", &["plan"]),
        ("ReadResource", &["plan"]),
        ("ReadDataSource", &["plan"]),
        ("CallFunction", &["plan"]),
        ("PlanResourceChange", AGAIN),
        ("ImportResourceState", &["import", "notes_note.more", "old"]),
        ("ApplyResourceChange", AGAIN),
    ] {
        context.write("more.tf", if method == "ImportResourceState" { MORE } else { "" });
        context = context.env("NOTES_FAULT", &format!("{method}=die"));
        let failed = context.run(args).expect_code(1);
        failed.expect_text("terraform.local/ops/notes 0.1.0 ended during").expect_text("trouble ahead");
        let failed = context.run(args).expect_code(1);
        failed.expect_text(&format!("{method}: exit status: 7"));
        context = context.without_env("NOTES_FAULT");
        assert_eq!(running("dying"), 0, "{method}: a plugin outlived its run");
        assert_eq!(stored(&context), notes, "{method}");
    }
    // The update that was under way is looked at first, and then made.
    context.good(AGAIN);
    assert_eq!(note(&context, "first")["body"], "Again");
    context.good(&["destroy", "-auto-approve"]).expect_text("4 destroyed");
}

#[test]
fn a_plugin_that_hangs_is_left_when_the_run_is_interrupted_twice() {
    let mut context = with_notes("hanging");
    let notes = stored(&context);
    for (method, args, under_way) in
        [("ReadDataSource", &["plan"][..], "Reading..."), ("ApplyResourceChange", AGAIN, "Modifying")]
    {
        context = context.env("NOTES_FAULT", &format!("{method}=hang"));
        let mut run = context.start(args);
        run.read_until(under_way, 1);
        run.signal("INT");
        run.read_until("Stopping operation", 1);
        run.signal("INT");
        assert_ne!(run.wait().code, Some(0), "{method}");
        // The system ends it a moment later than what started it.
        while running("hanging") > 0 {
            std::thread::yield_now();
        }
        context = context.without_env("NOTES_FAULT");
        assert_eq!(stored(&context), notes, "{method}");
    }
    context.good(AGAIN);
    assert_eq!(note(&context, "first")["body"], "Again");
}

#[test]
fn a_plugin_that_contradicts_is_named() {
    let mut context = with_notes("contradicting");
    let notes = stored(&context);
    for (method, summary, becomes) in [
        ("PlanResourceChange", "Provider produced an invalid plan", "Hello"),
        (
            "ApplyResourceChange",
            "Provider produced an inconsistent result after apply",
            "What nobody planned",
        ),
    ] {
        context = context.env("NOTES_FAULT", &format!("{method}=contradict"));
        let failed = context.run(AGAIN).expect_code(1);
        failed.expect_text(summary).expect_text("ops/notes").expect_text("notes_note.first");
        context = context.without_env("NOTES_FAULT");
        assert_eq!(running("contradicting"), 0);
        assert_eq!(note(&context, "first")["body"], becomes);
        if method == "PlanResourceChange" {
            assert_eq!(stored(&context), notes);
        }
    }
    // What it made in the end is stored, and put right.
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(note(&context, "first")["body"], "Hello");
}
