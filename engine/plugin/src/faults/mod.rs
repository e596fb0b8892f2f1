//! Tests with plugins that die, hang, talk nonsense or write garbage, in every method; and, in [`working`], with such that work.

mod answers;
mod fake;
mod working;

use crate::handshake::Protocol;
use crate::messages::{self, DynamicValue};
use crate::methods;
use answers::*;
use fake::{Fake, Reply, good};
use prost::Message;
use terrane_diagnostics::Diagnostic;
use terrane_provider::Provider;

/// The names of all methods that a plugin is asked for, and whether it needs nobody else for them.
fn methods() -> impl Iterator<Item = (&'static str, bool)> {
    methods::ALL.iter().map(|method| (method.name(Protocol::V6), method.prompt))
}

/// What goes wrong when a plugin fails at a method for good. It is what was under way that fails when a plugin is asked to stop.
fn expect_failure(method: &str, summary: &str, words: &[&str], problem: &Diagnostic) {
    let expected = if method == "CallFunction" { FUNCTION } else { summary };
    assert_eq!(problem.summary, expected, "{method}: {problem:?}");
    let under_way = if method == "StopProvider" { "ApplyResourceChange" } else { method };
    for part in ["ops/fake 1.0.0", under_way].iter().chain(words) {
        assert!(problem.detail.contains(part), "{method}: {part:?} in {:?}", problem.detail);
    }
    // Nobody knows what it did before.
    assert_eq!(problem.outcome_unknown, under_way == "ApplyResourceChange", "{method}");
}

#[tokio::test]
async fn a_plugin_that_dies_is_named_with_the_method_and_its_last_words() {
    for (method, _) in methods() {
        let fake = Fake::that(method, Reply::Die);
        let (_provider, problems) = call(&fake, method).await;
        expect_failure(method, "Plugin crashed", &["signal: 9", "trouble ahead"], &only(problems));
        assert!(!fake.is_running(), "{method}");
    }
}

#[tokio::test]
async fn a_plugin_that_dies_amid_a_listing_is_named() {
    let listed = messages::identity::Listed { resource_object: encoded(&thing("a")), ..Default::default() };
    let fake = Fake::that("ListResource", Reply::Broken(vec![listed.encode_to_vec()]));
    let (_provider, problems) = call(&fake, "ListResource").await;
    expect_failure("ListResource", "Plugin crashed", &["signal: 9", "trouble ahead"], &only(problems));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 30)]
async fn a_plugin_that_hangs_is_named_and_ended() {
    let hanging = methods().map(|(method, is_prompt)| {
        tokio::spawn(async move {
            let fake = Fake::that(method, if is_prompt { Reply::Hang } else { Reply::Freeze });
            let (provider, problems) = call(&fake, method).await;
            expect_failure(method, "Plugin hangs", &["trouble ahead"], &only(problems));
            drop(provider);
            assert!(!fake.is_running(), "{method}");
        })
    });
    for one in hanging.collect::<Vec<_>>() {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_plugin_that_does_not_say_how_it_stops_ends_with_its_value() {
    let fake = Fake::that("StopProvider", Reply::Hang);
    let provider = fake.start().await.unwrap();
    let client = provider.configure(&provider.schema().provider.block.empty_value()).await.unwrap();
    // Whoever interrupts twice waits for neither.
    let stopping = tokio::time::timeout(std::time::Duration::from_millis(50), provider.stop());
    assert!(stopping.await.is_err(), "nothing says that it has stopped");
    assert_eq!(fake.got().last().map(String::as_str), Some("StopProvider"));
    drop((client, provider));
    assert!(!fake.is_running());
}

#[tokio::test]
async fn a_plugin_that_refuses_is_named_with_its_reason() {
    for (method, _) in methods() {
        let fake = Fake::that(method, Reply::Refuse("out of cheese"));
        let (provider, problems) = call(&fake, method).await;
        if method == "StopProvider" {
            assert!(problems.is_empty(), "what was under way came to its end: {problems:?}");
            continue;
        }
        let problem = only(problems);
        let summary = if method == "CallFunction" { FUNCTION } else { "Plugin failed" };
        assert_eq!(problem.summary, summary, "{method}");
        let wanted = format!("The plugin ops/fake 1.0.0 failed at {method}: out of cheese.");
        assert_eq!(problem.detail, wanted);
        assert_eq!(fake.is_running(), provider.is_some(), "{method}");
    }
}

#[tokio::test]
async fn values_that_cannot_be_read_are_refused() {
    let garbage = || Some(DynamicValue { msgpack: vec![0xc1, 0x00, 0xff], json: Vec::new() });
    let found =
        messages::ImportedResource { type_name: "x_thing".into(), state: garbage(), ..Default::default() };
    let listed = messages::identity::Listed { resource_object: garbage(), ..Default::default() };
    for (method, reply) in [
        ("ReadResource", good(&messages::ReadDone { new_state: garbage(), ..Default::default() })),
        ("PlanResourceChange", good(&messages::Planned { planned_state: garbage(), ..Default::default() })),
        ("ApplyResourceChange", good(&messages::Applied { new_state: garbage(), ..Default::default() })),
        ("ReadDataSource", good(&messages::DataRead { state: garbage(), ..Default::default() })),
        ("ImportResourceState", good(&messages::Imported { resources: vec![found], ..Default::default() })),
        (
            "UpgradeResourceState",
            good(&messages::Upgraded { upgraded_state: garbage(), ..Default::default() }),
        ),
        ("MoveResourceState", good(&messages::MoveDone { state: garbage(), ..Default::default() })),
        ("OpenEphemeralResource", good(&messages::OpenDone { result: garbage(), ..Default::default() })),
        ("ListResource", Reply::Stream(vec![listed.encode_to_vec()])),
    ] {
        let fake = Fake::that(method, reply);
        let (_provider, problems) = call(&fake, method).await;
        let problem = only(problems);
        assert_eq!(problem.summary, "Plugin gave an invalid answer", "{method}");
        assert!(problem.detail.contains("ops/fake 1.0.0"), "{}", problem.detail);
        // What was made cannot be told: the next run has to look.
        assert_eq!(problem.outcome_unknown, method == "ApplyResourceChange", "{method}");
    }
}

#[tokio::test]
async fn messages_that_are_none_are_refused() {
    for (method, _) in methods() {
        let fake = Fake::that(method, Reply::Bytes(vec![0x0f, 0xff, 0xff]));
        let (_provider, problems) = call(&fake, method).await;
        if method == "StopProvider" {
            assert!(problems.is_empty(), "what was under way came to its end: {problems:?}");
            continue;
        }
        let detail = only(problems).detail;
        assert!(detail.contains("ops/fake 1.0.0") && detail.contains(method), "{method}: {detail}");
    }
}

#[tokio::test]
async fn programs_that_are_no_plugins_are_told_apart() {
    for (script, expected) in [
        ("echo hello", "it wrote \"hello\" where its address was expected"),
        (
            "echo no such library >&2; exit 3",
            "it ended at once: exit status: 3. It wrote:\n  no such library",
        ),
        ("echo '1|6|unix|/nowhere.sock|grpc|'; exec sleep 600", "connecting to it"),
        ("echo '1|9|unix|/nowhere.sock|grpc|'; exec sleep 600", "it speaks protocol 9"),
        ("exec sleep 600", "it did not say where it listens"),
    ] {
        let problem = Fake::script(script).start().await.err().map(only).unwrap();
        assert_eq!(problem.summary, "Plugin does not start", "{script}");
        assert!(problem.detail.contains(expected), "{script}: {}", problem.detail);
        assert!(problem.detail.contains("ops/fake 1.0.0"), "{}", problem.detail);
    }
}
