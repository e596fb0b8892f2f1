//! Whole plans: legend, titles and reasons, outputs, drift, summaries.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{address, change, plan, schemas};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use terrane_address::InstanceKey;
use terrane_config::Config;
use terrane_plan::{Action, ActionReason, OutputChange, Plan, PlanMode, ResourceChange};
use terrane_value::{Type, Value};
use terrane_view::{Options, Palette, render_plan};

fn check(name: &str, plan: &Plan) {
    let text = render_plan(plan, &Config::default(), &schemas(), &Palette::plain(), &Options::default());
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn with(action: Action, change_it: impl FnOnce(&mut ResourceChange)) -> ResourceChange {
    let object = json!({"id": "i-1", "name": "web", "size": 1});
    let changed = json!({"id": "i-1", "name": "web", "size": 2});
    let mut change = match action {
        Action::Create | Action::Read => change(action, Json::Null, changed),
        Action::Delete | Action::Forget => change(action, object, Json::Null),
        Action::NoOp => change(action, object.clone(), object),
        _ => change(action, object, changed),
    };
    change_it(&mut change);
    change
}

fn output(before: Value, after: Value) -> OutputChange {
    let action = match (before.is_null(), after.is_null()) {
        (true, false) => Action::Create,
        (false, true) => Action::Delete,
        _ if before == after => Action::NoOp,
        _ => Action::Update,
    };
    OutputChange { before, after, sensitive: false, action }
}

#[test]
fn titles_and_reasons() {
    use ActionReason::*;
    let reason = |action: Action, reason: ActionReason| with(action, |c| c.reason = Some(reason));
    let keyed = |key: InstanceKey, r: ActionReason| {
        let mut change = reason(Action::Delete, r);
        change.address.key = key;
        change
    };
    check(
        "titles",
        &plan(vec![
            with(Action::Create, |_| ()),
            with(Action::Update, |_| ()),
            with(Action::NoOp, |_| ()),
            reason(Action::DeleteThenCreate, ReplaceBecauseCannotUpdate),
            reason(Action::CreateThenDelete, ReplaceBecauseTainted),
            reason(Action::DeleteThenCreate, ReplaceByRequest),
            reason(Action::DeleteThenCreate, ReplaceByTriggers),
            reason(Action::Delete, DeleteBecauseNoResourceConfig),
            keyed(InstanceKey::None, DeleteBecauseWrongRepetition),
            keyed(InstanceKey::Int(0), DeleteBecauseWrongRepetition),
            keyed(InstanceKey::String("a".into()), DeleteBecauseWrongRepetition),
            keyed(InstanceKey::Int(1), DeleteBecauseCountIndex),
            keyed(InstanceKey::String("b".into()), DeleteBecauseEachKey),
            with(Action::Delete, |c| {
                c.reason = Some(DeleteBecauseNoModule);
                c.address.module = c.address.module.child("net", InstanceKey::Int(0));
            }),
            with(Action::Delete, |c| {
                c.reason = Some(DeleteBecauseNoMoveTarget);
                c.previous_address = Some(address("old"));
            }),
            with(Action::Delete, |c| c.deposed = Some("0123abcd".into())),
            with(Action::Read, |c| {
                c.reason = Some(ReadBecauseConfigUnknown);
                c.address.resource.mode = terrane_address::Mode::Data;
            }),
            with(Action::Read, |c| {
                c.reason = Some(ReadBecauseDependencyPending);
                c.address.resource.mode = terrane_address::Mode::Data;
            }),
            with(Action::NoOp, |c| c.previous_address = Some(address("old"))),
            with(Action::Update, |c| c.previous_address = Some(address("old"))),
            with(Action::NoOp, |c| c.importing = Some("i-1".into())),
            with(Action::Update, |c| c.importing = Some("i-1".into())),
            with(Action::DeleteThenCreate, |c| c.importing = Some("i-1".into())),
            with(Action::Forget, |_| ()),
        ]),
    );
}

#[test]
fn outputs() {
    let mut plan = plan(vec![with(Action::Create, |_| ())]);
    let list = |vs: &[&str]| Value::list(Type::String, vs.iter().map(|v| Value::from(*v)));
    plan.outputs = [
        ("added".into(), output(Value::NULL, "x".into())),
        ("gone".into(), output(list(&["a"]), Value::NULL)),
        ("list".into(), output(list(&["a", "b"]), list(&["a", "c"]))),
        ("later".into(), output(1.into(), Value::unknown(Type::Number))),
        ("same".into(), output(1.into(), 1.into())),
        ("secret".into(), OutputChange { sensitive: true, ..output("hunter2".into(), "hunter3".into()) }),
        ("text".into(), output("a\nb\n".into(), "a\nc\n".into())),
    ]
    .into();
    check("outputs", &plan);
    plan.changes.clear();
    check("only_outputs", &plan);
}

#[test]
fn nothing_to_do() {
    let mut nothing = plan(vec![with(Action::NoOp, |_| ())]);
    check("no_changes", &nothing);
    nothing.mode = PlanMode::Destroy;
    check("nothing_to_destroy", &nothing);
    nothing.mode = PlanMode::RefreshOnly;
    check("nothing_to_refresh", &nothing);
}

#[test]
fn drift() {
    let mut drifted = plan(vec![with(Action::Update, |_| ())]);
    drifted.drift = vec![
        Arc::new(with(Action::Update, |_| ())),
        Arc::new(with(Action::Update, |c| c.address = address("other"))),
        Arc::new(with(Action::Delete, |c| c.address = address("deleted"))),
    ];
    check("drift", &drifted);
    drifted.mode = PlanMode::RefreshOnly;
    drifted.changes.clear();
    check("drift_refresh_only", &drifted);
}

#[test]
fn errored() {
    let mut errored = plan(vec![with(Action::Create, |_| ())]);
    errored.errored = true;
    check("errored", &errored);
    errored.changes.clear();
    check("errored_without_changes", &errored);
}

#[test]
fn a_long_plan_is_summed_up_by_module_and_a_read_names_what_it_waits_for() {
    let mut changes: Vec<ResourceChange> = (0..22)
        .map(|i| {
            with(if i % 3 == 0 { Action::Delete } else { Action::Create }, |c| {
                c.address.key = InstanceKey::Int(i);
                if i > 4 {
                    c.address.module = "module.network[0].module.inner".parse().unwrap();
                }
            })
        })
        .collect();
    let waits_for: Vec<_> = changes.iter().take(5).map(|c| c.address.clone()).collect();
    changes.push(with(Action::Read, |c| {
        c.address = "data.test_server.read".parse().unwrap();
        c.reason = Some(ActionReason::ReadBecauseDependencyPending);
        c.dependencies = waits_for;
    }));
    let text =
        render_plan(&plan(changes), &Config::default(), &schemas(), &Palette::plain(), &Options::default());
    let end = text.find("Plan:").unwrap();
    assert_eq!(
        &text[end..],
        "Plan: 14 to add, 0 to change, 8 to destroy.\n  module.network  11 to add, 6 to destroy\n  root module     3 to \
         add, 2 to destroy\n"
    );
    assert!(text.contains("(depends on what has changes pending: "), "{text}");
    assert!(text.contains(", and 2 more)"), "{text}");
}
