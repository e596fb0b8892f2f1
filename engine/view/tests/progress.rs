//! Events as lines for people and for programs.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{address, change};
use serde_json::{Value as Json, json};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use terrane_address::{InstanceKey, ResourceInstance};
use terrane_diagnostics::{Diagnostic, SourceMap};
use terrane_plan::{Action, ActionReason, Counts, Event, OutputChange, PlanMode};
use terrane_provider::Identity;
use terrane_query::{FoundObject, Generated, QueryEvent};
use terrane_state::OutputState;
use terrane_value::{Type, Value};
use terrane_view::{JsonLines, Palette, Progress, render_found};

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn numbered(n: u64) -> ResourceInstance {
    ResourceInstance { key: InstanceKey::Int(n), ..address("many") }
}

fn id(text: &str) -> Option<Arc<str>> {
    Some(text.into())
}

type Case = (Event, &'static str, Vec<(&'static str, &'static str, Json)>);

/// An event and what it gives as a line, `@message`, type and other members.
fn cases() -> Vec<Case> {
    let web = || address("web");
    let mut data = address("d");
    data.resource.mode = terrane_address::Mode::Data;
    let hook = |rest: Json| {
        let mut hook = json!({"resource": {
            "addr": "test_server.web", "module": "", "resource": "test_server.web", "implied_provider": "test",
            "resource_type": "test_server", "resource_name": "web", "resource_key": null,
        }});
        hook.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        json!({ "hook": hook })
    };
    vec![
        (Event::RefreshStarted { addresses: vec![web()], type_name: "test_server".into() }, "", vec![]),
        (
            Event::Refreshed { address: web(), id: id("i-1") },
            "test_server.web: Refreshing state... [id=i-1]",
            vec![
                (
                    "test_server.web: Refreshing state... [id=i-1]",
                    "refresh_start",
                    hook(json!({"id_key": "id", "id_value": "i-1"})),
                ),
                (
                    "test_server.web: Refresh complete [id=i-1]",
                    "refresh_complete",
                    hook(json!({"id_key": "id", "id_value": "i-1"})),
                ),
            ],
        ),
        (
            Event::ApplyStarted { address: web(), action: Action::Create, id: None },
            "test_server.web: Creating...",
            vec![("test_server.web: Creating...", "apply_start", hook(json!({"action": "create"})))],
        ),
        (
            Event::ApplyProgress { address: web(), action: Action::Create, elapsed: seconds(10) },
            "test_server.web: Still creating... [00m10s elapsed]",
            vec![(
                "test_server.web: Still creating... [00m10s elapsed]",
                "apply_progress",
                hook(json!({"action": "create", "elapsed_seconds": 10})),
            )],
        ),
        (
            Event::ApplyDone { address: web(), action: Action::Create, id: id("i-1"), elapsed: seconds(72) },
            "test_server.web: Creation complete after 1m12s [id=i-1]",
            vec![(
                "test_server.web: Creation complete after 1m12s [id=i-1]",
                "apply_complete",
                hook(json!({"action": "create", "id_key": "id", "id_value": "i-1", "elapsed_seconds": 72})),
            )],
        ),
        (
            Event::ApplyStarted { address: web(), action: Action::Delete, id: id("i-1") },
            "test_server.web: Destroying... [id=i-1]",
            vec![(
                "test_server.web: Destroying... [id=i-1]",
                "apply_start",
                hook(json!({"action": "delete", "id_key": "id", "id_value": "i-1"})),
            )],
        ),
        (
            Event::ApplyProgress { address: web(), action: Action::Delete, elapsed: seconds(20) },
            "test_server.web: Still destroying... [id=i-1, 00m20s elapsed]",
            vec![(
                "test_server.web: Still destroying... [id=i-1, 00m20s elapsed]",
                "apply_progress",
                hook(json!({"action": "delete", "elapsed_seconds": 20})),
            )],
        ),
        (
            Event::ApplyDone { address: web(), action: Action::Delete, id: id("i-1"), elapsed: seconds(1) },
            "test_server.web: Destruction complete after 1s",
            vec![(
                "test_server.web: Destruction complete after 1s",
                "apply_complete",
                hook(json!({"action": "delete", "elapsed_seconds": 1})),
            )],
        ),
        (
            Event::ApplyStarted { address: web(), action: Action::Update, id: id("i-1") },
            "test_server.web: Modifying... [id=i-1]",
            vec![(
                "test_server.web: Modifying... [id=i-1]",
                "apply_start",
                hook(json!({"action": "update", "id_key": "id", "id_value": "i-1"})),
            )],
        ),
        (
            Event::ApplyFailed { address: web(), action: Action::Update, elapsed: seconds(3) },
            "test_server.web: Modifications errored after 3s",
            vec![(
                "test_server.web: Modifications errored after 3s",
                "apply_errored",
                hook(json!({"action": "update", "elapsed_seconds": 3})),
            )],
        ),
        (
            Event::ProvisionStarted { address: web(), kind: "local-exec".into() },
            "test_server.web: Provisioning with 'local-exec'...",
            vec![(
                "test_server.web: Provisioning with 'local-exec'...",
                "provision_start",
                hook(json!({"provisioner": "local-exec"})),
            )],
        ),
        (
            Event::ProvisionOutput { address: web(), kind: "local-exec".into(), line: "hi\u{1b}[2J".into() },
            "test_server.web (local-exec): hi\\u001b[2J",
            vec![(
                "test_server.web: (local-exec): hi\u{1b}[2J",
                "provision_progress",
                hook(json!({"provisioner": "local-exec", "output": "hi\u{1b}[2J"})),
            )],
        ),
        (
            Event::ProvisionDone { address: web(), kind: "local-exec".into(), failed: false },
            "",
            vec![(
                "test_server.web: (local-exec) Provisioning complete",
                "provision_complete",
                hook(json!({"provisioner": "local-exec"})),
            )],
        ),
        (
            Event::ProvisionDone { address: web(), kind: "local-exec".into(), failed: true },
            "",
            vec![(
                "test_server.web: (local-exec) Provisioning errored",
                "provision_errored",
                hook(json!({"provisioner": "local-exec"})),
            )],
        ),
        (
            Event::Stopping,
            "Stopping operation... What is in progress comes to its end first; a second interrupt ends the run at once.",
            vec![("Stopping operation...", "log", json!({}))],
        ),
    ]
}

#[test]
fn events_are_lines() {
    let (people, programs) = (Buffer::default(), Buffer::default());
    let progress = Progress::lines(Box::new(people.clone()), Palette::plain());
    let stream =
        JsonLines::new(Box::new(programs.clone()), Box::new(|| "2026-01-02T03:04:05.000006Z".into()));
    let (mut lines, mut objects) = (Vec::new(), Vec::new());
    for (event, line, json) in cases() {
        progress.event(&event);
        stream.event(&event);
        lines.extend((!line.is_empty()).then_some(line));
        objects.extend(json);
    }
    assert_eq!(people.text().lines().collect::<Vec<_>>(), lines);
    let written: Vec<Json> = programs.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(written.len(), objects.len());
    for (written, (message, kind, members)) in written.iter().zip(objects) {
        let mut want = json!({
            "@level": "info", "@message": message, "@module": "terraform.ui",
            "@timestamp": "2026-01-02T03:04:05.000006Z", "type": kind,
        });
        want.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        assert_eq!(written, &want);
    }
}

#[test]
fn large_batches_are_summarised() {
    let people = Buffer::default();
    let progress = Progress::lines(Box::new(people.clone()), Palette::plain());
    let addresses: Vec<_> = (0..40).map(numbered).collect();
    progress.event(&Event::RefreshStarted { addresses: addresses.clone(), type_name: "test_server".into() });
    progress
        .event(&Event::RefreshStarted { addresses: vec![address("web")], type_name: "test_server".into() });
    progress.event(&Event::Refreshed { address: address("web"), id: None });
    for address in addresses {
        progress.event(&Event::Refreshed { address, id: id("x") });
    }
    assert_eq!(
        people.text(),
        "test_server: Refreshing state of 40 objects...\ntest_server.web: Refreshing state...\n\
         test_server: Refresh complete (40 objects)\n"
    );
}

#[test]
fn the_live_view_takes_any_events() {
    let progress = Arc::new(Progress::hidden());
    progress.expect(30, &Default::default());
    let receiver = progress.receiver();
    for n in 0..30 {
        receiver(Event::ApplyStarted { address: numbered(n), action: Action::Create, id: None });
    }
    for (event, _, _) in cases() {
        receiver(event);
    }
    for n in 0..20 {
        receiver(Event::ApplyDone {
            address: numbered(n),
            action: Action::Create,
            id: None,
            elapsed: seconds(1),
        });
    }
    progress.finish();
    progress.finish();
}

fn written(write: impl FnOnce(&JsonLines)) -> Vec<Json> {
    let buffer = Buffer::default();
    write(&JsonLines::new(Box::new(buffer.clone()), Box::new(|| "now".into())));
    buffer.text().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn settled_operations_say_what_became_of_them() {
    let lines = written(|s| {
        s.settled(
            &address("web"),
            "create",
            "exists",
            Some("i-1"),
            "create of test_server.web: done [id=i-1]",
        );
        s.settled(
            &address("web"),
            "delete",
            "gone",
            None,
            "delete of test_server.web: done, the object is gone",
        );
    });
    let about = |line: &Json| {
        (
            line["hook"]["resource"]["addr"].clone(),
            line["hook"]["outcome"].clone(),
            line["hook"]["id_value"].clone(),
        )
    };
    assert!(lines.iter().all(|line| line["type"] == "operation_settled"), "{lines:?}");
    assert_eq!(lines[0]["@message"], "create of test_server.web: done [id=i-1]");
    assert_eq!(about(&lines[0]), (json!("test_server.web"), json!("exists"), json!("i-1")));
    assert_eq!(about(&lines[1]), (json!("test_server.web"), json!("gone"), Json::Null));
}

#[test]
fn planned_changes_and_drift_have_words() {
    let object = || json!({"id": "i"});
    for (action, reason, moved, imported, want) in [
        (Action::Create, None, false, false, json!({"action": "create"})),
        (Action::Forget, None, false, false, json!({"action": "remove"})),
        (
            Action::CreateThenDelete,
            Some(ActionReason::ReplaceBecauseTainted),
            false,
            false,
            json!({"action": "replace", "reason": "tainted"}),
        ),
        (
            Action::Delete,
            Some(ActionReason::DeleteBecauseCountIndex),
            false,
            false,
            json!({"action": "delete", "reason": "delete_because_count_index"}),
        ),
        (Action::NoOp, None, true, false, json!({"action": "move", "previous": "test_server.old"})),
        (Action::NoOp, None, false, true, json!({"action": "import", "importing": {"id": "x"}})),
    ] {
        let mut change = change(action, object(), object());
        change.reason = reason;
        change.previous_address = moved.then(|| address("old"));
        change.importing = imported.then(|| "x".into());
        let lines = written(|s| s.event(&Event::Planned(Arc::new(change))));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line["type"], "planned_change");
        assert_eq!(
            line["@message"],
            format!("test_server.web: Plan to {}", want["action"].as_str().unwrap())
        );
        assert_eq!(line["change"]["action"], want["action"]);
        for (name, place) in [
            ("reason", &line["change"]["reason"]),
            ("importing", &line["change"]["importing"]),
            ("previous", &line["change"]["previous_resource"]["addr"]),
        ] {
            assert_eq!(want.get(name).unwrap_or(&Json::Null), place, "{action:?} {name}");
        }
    }
    let nothing = change(Action::NoOp, object(), object());
    assert!(written(|s| s.event(&Event::Planned(Arc::new(nothing)))).is_empty());
    let drift = change(Action::Update, object(), object());
    let lines = written(|s| s.event(&Event::Drift(Arc::new(drift))));
    assert_eq!(lines[0]["type"], "resource_drift");
    assert_eq!(lines[0]["@message"], "test_server.web: Drift detected (update)");
}

#[test]
fn summaries_outputs_and_problems() {
    let counts = Counts { add: 1, change: 2, destroy: 3, import: 4, forget: 0 };
    let changes =
        |operation: &str| json!({"add": 1, "change": 2, "remove": 3, "import": 4, "operation": operation});
    let outputs = || {
        [
            ("l".into(), OutputState { value: Value::list(Type::String, ["a".into()]), sensitive: false }),
            ("s".into(), OutputState { value: "hunter2".into(), sensitive: true }),
        ]
        .into()
    };
    let output_changes = || {
        let change = |sensitive, action| OutputChange {
            before: Value::NULL,
            after: "hunter2".into(),
            sensitive,
            action,
        };
        [("a".into(), change(false, Action::Create)), ("b".into(), change(true, Action::NoOp))].into()
    };
    let lines = written(|s| {
        s.version("0.1.0");
        s.plan_summary(&counts);
        s.apply_summary(PlanMode::Normal, &counts);
        s.apply_summary(PlanMode::Destroy, &counts);
        s.outputs(&outputs());
        s.output_changes(&output_changes());
        s.diagnostic(&Diagnostic::warning("W", "d"), &SourceMap::default());
    });
    assert!(!lines.iter().any(|l| l.to_string().contains("hunter")));
    for (line, message, kind, name, want) in [
        (&lines[0], "Terrane 0.1.0", "version", "ui", json!("1.2")),
        (
            &lines[1],
            "Plan: 4 to import, 1 to add, 2 to change, 3 to destroy.",
            "change_summary",
            "changes",
            changes("plan"),
        ),
        (
            &lines[2],
            "Apply complete! Resources: 4 imported, 1 added, 2 changed, 3 destroyed.",
            "change_summary",
            "changes",
            changes("apply"),
        ),
        (
            &lines[3],
            "Destroy complete! Resources: 3 destroyed.",
            "change_summary",
            "changes",
            changes("destroy"),
        ),
        (
            &lines[4],
            "Outputs: 2",
            "outputs",
            "outputs",
            json!({"l": {"sensitive": false, "type": ["list", "string"], "value": ["a"]}, "s": {"sensitive": true, "type": "string"}}),
        ),
        (
            &lines[5],
            "Outputs: 2",
            "outputs",
            "outputs",
            json!({"a": {"sensitive": false, "action": "create"}, "b": {"sensitive": true, "action": "noop"}}),
        ),
        (
            &lines[6],
            "Warning: W",
            "diagnostic",
            "diagnostic",
            json!({"severity": "warning", "summary": "W", "detail": "d"}),
        ),
    ] {
        assert_eq!(line["@message"], message);
        assert_eq!(line["type"], kind);
        assert_eq!(line[name], want, "{message}");
    }
    assert_eq!(lines[6]["@level"], "warn");
}

#[test]
fn queries_say_what_they_find_and_keep_secrets() {
    let address = || "list.test_server.all".to_owned();
    let object = FoundObject {
        address: address(),
        type_name: "test_server".into(),
        display_name: "web".into(),
        key: Some("i-1".into()),
        identity: None,
        object: Some(Value::object([("id", "i-1".into()), ("token", Value::from("hush").sensitive())])),
        generated: Some(Generated { resource: "resource".into(), import: "import".into() }),
    };
    let identity = Identity { version: 2, attributes: json!({ "name": "web" }) };
    let known = FoundObject {
        identity: Some(Arc::new(identity)),
        object: None,
        generated: None,
        address: "list.test_server.some[\"a\"]".into(),
        ..object.clone()
    };
    let (kind, config) = ("test_server", Value::object([("zone", Value::from("a"))]));
    let events = [
        QueryEvent::Started { address: address(), type_name: kind.into(), config },
        QueryEvent::Found(Box::new(object.clone())),
        QueryEvent::Found(Box::new(known.clone())),
        QueryEvent::Completed { address: address(), type_name: kind.into(), total: 2, limited: false },
    ];
    let lines = written(|stream| events.iter().for_each(|event| stream.query_event(event)));
    let told: Vec<_> =
        lines.iter().map(|line| (&line["@message"], &line[line["type"].as_str().unwrap()])).collect();
    let all = "list.test_server.all";
    assert_eq!(
        told,
        [
            (
                &json!("list.test_server.all: Starting query..."),
                &json!({ "address": all, "resource_type": kind, "input_config": { "zone": "a" } })
            ),
            (
                &json!("list.test_server.all: Result found"),
                &json!({
                    "address": all, "display_name": "web", "identity": { "id": "i-1" }, "resource_type": kind,
                    "resource_object": { "id": "i-1", "token": null }, "config": "resource", "import_config": "import",
                })
            ),
            (
                &json!("list.test_server.some[\"a\"]: Result found"),
                &json!({
                    "address": "list.test_server.some[\"a\"]", "display_name": "web", "identity": { "name": "web" },
                    "identity_version": 2, "resource_type": kind,
                })
            ),
            (
                &json!("list.test_server.all: List complete"),
                &json!({ "address": all, "resource_type": kind, "total": 2 })
            ),
        ]
    );
    let text =
        render_found(&[object, FoundObject { display_name: String::new(), ..known }], &Palette::plain());
    assert_eq!(text, "list.test_server.all         id=i-1   web\nlist.test_server.some[\"a\"]   id=i-1\n");
}
