//! Journals: every kind of entry reads back; cut and damaged ones; replay onto a saved state.
#![allow(clippy::unwrap_used)]

use serde_json::json;
use std::sync::Arc;
use terrane_address::{ProviderConfigAddress, ResourceInstance};
use terrane_provider::OperationToken;
use terrane_state::{
    JournalEntry, Object, ObjectStatus, Operation, OutputState, State, StateWrite, entries_since,
    read_journal, replay,
};
use terrane_value::{Path, Value};

fn address(text: &str) -> ResourceInstance {
    text.parse().unwrap()
}

fn put(to: &str, id: &str) -> StateWrite {
    StateWrite::Put {
        address: address(to),
        deposed: None,
        provider: provider(),
        object: Arc::new(object(json!({ "id": id }))),
    }
}

fn provider() -> ProviderConfigAddress {
    "provider[\"registry.terraform.io/hashicorp/aws\"]".parse().unwrap()
}

fn object(attributes: serde_json::Value) -> Object {
    Object {
        schema_version: 1,
        attributes: attributes.into(),
        sensitive_paths: vec![Path::root().attribute("id")],
        provider_key: Default::default(),
        private: b"p"[..].into(),
        kept: Default::default(),
        dependencies: vec![address("aws_vpc.x").config()],
        status: ObjectStatus::Tainted,
        create_before_destroy: true,
    }
}

fn begin(serial: u64) -> JournalEntry {
    JournalEntry::Begin { lineage: "l".into(), serial }
}

fn intent(token: &str, to: &str) -> JournalEntry {
    JournalEntry::Intent(Operation {
        token: OperationToken(token.into()),
        address: address(to),
        action: "create".into(),
        time: "2026-01-01T00:00:00Z".into(),
        provider: provider(),
        deposed: Some("0a1b2c3d".into()),
        made_from: Some(Box::new(object(json!({ "cidr": "10.0.0.0/8", "n": 1, "id": null })))),
        withheld: false,
    })
}

fn outcome(token: &str, writes: Vec<StateWrite>) -> JournalEntry {
    JournalEntry::Outcome { token: OperationToken(token.into()), writes, failed: false }
}

fn every_kind() -> Vec<JournalEntry> {
    let a = || address("module.m[\"k\"].aws_vpc.a[0]");
    let output = OutputState { value: Value::tuple([Value::number(1), Value::TRUE]), sensitive: true };
    vec![
        begin(7),
        intent("t1", "aws_vpc.b"),
        outcome(
            "t1",
            vec![
                put("aws_vpc.b", "line\nbreak é"),
                StateWrite::Depose { address: a(), key: "00000001".into() },
                StateWrite::Restore { address: a(), key: "00000001".into() },
                StateWrite::Remove { address: a(), deposed: Some("00000002".into()) },
            ],
        ),
        JournalEntry::Write(StateWrite::Move { from: a(), to: address("aws_vpc.c") }),
        JournalEntry::Write(StateWrite::Remove { address: a(), deposed: None }),
        JournalEntry::Write(StateWrite::Output { name: "o".into(), value: Some(output) }),
        JournalEntry::Write(StateWrite::Output { name: "o".into(), value: None }),
    ]
}

fn text(entries: &[JournalEntry]) -> String {
    entries.iter().map(|e| e.to_line().unwrap()).collect()
}

#[test]
fn every_kind_of_entry_reads_back() {
    let entries = every_kind();
    let text = text(&entries);
    assert_eq!(text.lines().count(), entries.len());
    assert_eq!(read_journal(text.as_bytes()).unwrap(), entries);
}

#[test]
fn a_journal_cut_anywhere_in_its_last_line_lacks_only_that_entry() {
    for count in 1..=every_kind().len() {
        let entries = &every_kind()[..count];
        let whole = text(entries);
        let last = entries[count - 1].to_line().unwrap().len();
        for cut in whole.len() - last..whole.len() {
            assert_eq!(read_journal(&whole.as_bytes()[..cut]).unwrap(), entries[..count - 1], "cut at {cut}");
        }
    }
}

#[test]
fn a_damaged_line_is_an_error_with_its_number() {
    let good = text(&every_kind());
    for (damaged, line) in [
        (good.replacen("aws_vpc.b", "aws_vpc", 1), 2),
        (good.replacen("intent", "intend", 1), 2),
        (good.replacen("\"serial\":7}}\n", "\n", 1), 1),
        (format!("\n{good}"), 1),
    ] {
        let error = read_journal(damaged.as_bytes()).unwrap_err().0;
        assert!(error.starts_with(&format!("Line {line} of the journal is damaged")), "{error}");
    }
}

#[test]
fn replay_makes_the_changes_and_reports_what_was_in_flight() {
    let mut state = State { serial: 7, lineage: "l".into(), ..State::default() };
    let replayed = replay(
        &mut state,
        [
            begin(7),
            intent("t1", "aws_vpc.a"),
            intent("t2", "aws_vpc.b"),
            intent("t3", "aws_vpc.c"),
            outcome("t2", vec![put("aws_vpc.b", "b")]),
            intent("t1", "aws_vpc.a"),
            JournalEntry::Write(put("aws_vpc.d", "d")),
            outcome("t4", vec![StateWrite::Remove { address: address("aws_vpc.d"), deposed: None }]),
        ],
    );
    let tokens: Vec<&str> = replayed.in_flight.iter().map(|o| &*o.token.0).collect();
    assert_eq!((tokens, replayed.changes), (vec!["t3", "t1"], 3));
    let left: Vec<String> = state.instances().map(|(a, ..)| a.to_string()).collect();
    assert_eq!(left, ["aws_vpc.b"]);
}

/// A save writes a `Begin` with the next serial, then the state, then shortens the journal. A
/// crash between any two of these must neither lose nor repeat changes.
#[test]
fn only_what_the_saved_state_lacks_is_replayed() {
    let entries = || {
        vec![
            begin(7),
            intent("t1", "aws_vpc.a"),
            intent("t2", "aws_vpc.b"),
            outcome("t2", vec![put("aws_vpc.b", "b")]),
            begin(8),
            outcome("t3", vec![put("aws_vpc.c", "c")]),
        ]
    };
    let saved = |serial, lineage: &str| State { serial, lineage: lineage.into(), ..State::default() };
    assert_eq!(entries_since(&saved(7, "l"), entries()).unwrap(), entries());
    let after = [intent("t1", "aws_vpc.a"), begin(8), outcome("t3", vec![put("aws_vpc.c", "c")])];
    assert_eq!(entries_since(&saved(8, "l"), entries()).unwrap(), after);

    for (serial, lineage) in [(9, "l"), (6, "l"), (7, "other"), (0, "")] {
        assert!(entries_since(&saved(serial, lineage), entries()).is_err(), "{serial} {lineage}");
    }
    assert!(entries_since(&saved(7, "l"), vec![intent("t1", "aws_vpc.a")]).is_err());
    assert_eq!(entries_since(&saved(7, "l"), vec![]).unwrap(), []);
    assert_eq!(entries_since(&saved(0, ""), vec![begin(0)]).unwrap(), [begin(0)]);
}

#[test]
fn deep_values_are_read_again() {
    let deep = (0..150).fold(Value::TRUE, |inner, _| Value::tuple([inner]));
    let value = Some(OutputState { value: deep, sensitive: false });
    let entries = [begin(1), outcome("t", vec![StateWrite::Output { name: "deep".into(), value }])];
    assert_eq!(read_journal(text(&entries).as_bytes()).unwrap(), entries);
}
