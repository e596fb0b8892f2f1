//! Plans, states, outputs and schemas as JSON.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{address, change, object, path, plan, provider, schemas};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode};
use terrane_config::Config;
use terrane_plan::{
    Action, ActionReason, ChangeKind, CheckResult, CheckStatus, OutputChange, Plan, ResourceChange,
};
use terrane_state::{InstanceState, Object, ObjectStatus, OutputState, ResourceState, State};
use terrane_value::{PathStep, Type, Value};
use terrane_view::{JsonOptions, outputs_json, plan_json, providers_schema_json, state_json};

const OPEN: JsonOptions = JsonOptions { show_sensitive: true };

fn document(plan: &Plan) -> Json {
    plan_json(plan, &Config::default(), &schemas(), &OPEN)
}

/// The `change` of a resource whose attribute `extra` is what is given.
fn change_of_extra(before: Option<Value>, after: Option<Value>) -> Json {
    let mut change = change(Action::Update, json!({"id": "i"}), json!({"id": "i"}));
    for (side, extra) in [(&mut change.before, before), (&mut change.after, after)] {
        if let Some(extra) = extra {
            *side = side.with_attribute("extra", extra);
        }
    }
    let document = document(&plan(vec![change]));
    document["resource_changes"][0]["change"].clone()
}

#[test]
fn unknown_and_sensitive_parts_have_their_shapes() {
    let unknown = || Value::unknown(Type::String);
    let secret = || Value::from("s").sensitive();
    let objects = |vs: Vec<(&'static str, Value)>| Value::object(vs);
    // A value; what is known of it, where it is unknown, where it is sensitive.
    for (value, known, is_unknown, is_sensitive) in [
        (Value::from("a"), json!("a"), Json::Null, Json::Null),
        (unknown(), Json::Null, json!(true), Json::Null),
        (Value::unknown(Type::object([("a", Type::String)])), Json::Null, json!(true), json!({})),
        (Value::unknown(Type::tuple([Type::String])), Json::Null, json!(true), json!([])),
        (Value::null(Type::list(Type::String)), Json::Null, Json::Null, Json::Null),
        (
            Value::tuple([1.into(), unknown(), secret()]),
            json!([1, null, "s"]),
            json!([false, true, false]),
            json!([false, false, true]),
        ),
        (
            objects(vec![("a", unknown()), ("b", 1.into()), ("c", secret())]),
            json!({"b": 1, "c": "s"}),
            json!({"a": true}),
            json!({"c": true}),
        ),
        (
            objects(vec![("e", objects(vec![])), ("l", Value::tuple([objects(vec![("x", unknown())])]))]),
            json!({"e": {}, "l": [{}]}),
            json!({"e": {}, "l": [{"x": true}]}),
            json!({"e": {}, "l": [{}]}),
        ),
        (Value::tuple([1.into()]).sensitive(), json!([1]), json!([false]), json!(true)),
        (
            Value::map(Type::String, [("k", unknown()), ("l", "x".into())]),
            json!({"l": "x"}),
            json!({"k": true}),
            json!({}),
        ),
    ] {
        let change = change_of_extra(None, Some(value.clone()));
        assert_eq!(change["after"].get("extra").unwrap_or(&Json::Null), &known, "{value:?}");
        assert_eq!(change["after"].get("extra").is_some(), value.is_known(), "{value:?}");
        // Of an object that is known as a whole, no part is named.
        let is_unknown = if value.is_wholly_known() { Json::Null } else { is_unknown };
        assert_eq!(change["after_unknown"].get("extra").unwrap_or(&Json::Null), &is_unknown, "{value:?}");
        assert_eq!(change["after_sensitive"].get("extra").unwrap_or(&Json::Null), &is_sensitive, "{value:?}");
    }
}

#[test]
fn secrets_are_null_unless_asked_for() {
    let secret = Value::object([("a", Value::from("hunter2").sensitive())]);
    let mut change = change(Action::Update, json!({"password": "hunter2"}), json!({"password": "hunter3"}));
    change.after = change.after.with_attribute("extra", secret);
    let mut plan = plan(vec![change]);
    plan.variables = BTreeMap::from([("v".into(), Value::from("hunter2").sensitive())]);
    let output = OutputChange {
        before: "hunter2".into(),
        after: "hunter3".into(),
        sensitive: true,
        action: Action::Update,
    };
    plan.outputs = BTreeMap::from([("o".into(), output)]);
    plan.prior_state = state();
    let closed = plan_json(&plan, &Config::default(), &schemas(), &JsonOptions::default());
    assert!(!closed.to_string().contains("hunter"), "{closed:#}");
    assert_eq!(closed["resource_changes"][0]["change"]["after"]["extra"], json!({"a": null}));
    assert!(document(&plan).to_string().contains("hunter"));
}

#[test]
fn what_is_planned_says_what_terraform_says_of_it() {
    let mut made = change(Action::Create, Json::Null, json!({}));
    made.after = Value::object([("id", Value::unknown(Type::String))]);
    let mut kept = change(Action::Forget, json!({"id": "i-1"}), Json::Null);
    kept.address = address("kept");
    let mut plan = plan(vec![made, kept]);
    let nothing = OutputChange {
        before: Value::NULL,
        after: Value::null(Type::String),
        sensitive: false,
        action: Action::Create,
    };
    plan.outputs = BTreeMap::from([("nothing".into(), nothing)]);
    let planned = &document(&plan)["planned_values"];
    let null = json!({"sensitive": false, "type": "dynamic", "value": null});
    assert_eq!(planned["outputs"]["nothing"], null);
    let resources = planned["root_module"]["resources"].as_array().unwrap();
    assert_eq!(resources.len(), 2);
    assert!(resources.iter().all(|r| r["address"].is_string() && r.get("values").is_none()), "{resources:?}");
}

fn changes() -> Vec<ResourceChange> {
    let mut replace = change(
        Action::DeleteThenCreate,
        json!({"id": "i-1", "image": "a", "disk": [{"size": 1}]}),
        json!({"id": "<unknown>", "image": "b", "disk": [{"size": 2}], "password": "hunter2"}),
    );
    replace.address.key = InstanceKey::Int(1);
    let set_path = path(&["routes"]).then(PathStep::Element(Box::new(Value::TRUE))).attribute("cidr");
    replace.requires_replace = vec![path(&["image"]), path(&["disk", "0", "size"]), set_path];
    replace.reason = Some(ActionReason::ReplaceBecauseCannotUpdate);
    let mut create =
        change(Action::Create, Json::Null, json!({"id": "<unknown>", "tags": {"k": "<unknown>"}}));
    create.address.module = create.address.module.child("net", InstanceKey::String("a".into()));
    create.previous_address = Some(address("old"));
    let mut delete = change(Action::Delete, json!({"id": "i-2"}), Json::Null);
    delete.deposed = Some("0123abcd".into());
    let mut import = change(Action::NoOp, json!({"id": "i-3"}), json!({"id": "i-3"}));
    import.address = address("imported");
    import.importing = Some("i-3".into());
    let mut read = change(Action::Read, Json::Null, json!({"id": "<unknown>"}));
    read.address.resource.mode = Mode::Data;
    read.reason = Some(ActionReason::ReadBecauseConfigUnknown);
    let mut known = change(Action::NoOp, json!({"id": "x"}), json!({"id": "x"}));
    known.address.resource.mode = Mode::Data;
    known.address.resource.name = "read_already".into();
    vec![replace, create, delete, import, read, known]
}

#[test]
fn a_plan_document() {
    let mut plan = plan(changes());
    plan.drift =
        vec![Arc::new(change(Action::Update, json!({"id": "i", "size": 1}), json!({"id": "i", "size": 2})))];
    let unknown = Value::object([("a", Value::unknown(Type::String)), ("b", 1.into())]);
    let output =
        |before: Value, after: Value, action| OutputChange { before, after, sensitive: false, action };
    plan.outputs = BTreeMap::from([
        ("gone".into(), output("x".into(), Value::NULL, Action::Delete)),
        ("later".into(), output(Value::NULL, Value::unknown(Type::String), Action::Create)),
        ("partly".into(), output(Value::NULL, unknown, Action::Create)),
        ("known".into(), output(1.into(), Value::list(Type::String, ["a".into()]), Action::Update)),
        ("secret".into(), OutputChange { sensitive: true, ..output(1.into(), 2.into(), Action::Update) }),
    ]);
    plan.variables = BTreeMap::from([("v".into(), Value::from("x"))]);
    plan.checks = vec![
        CheckResult {
            kind: ChangeKind::Resource,
            address: "module.net.data.test_server.web".into(),
            status: CheckStatus::Unknown,
            instances: vec![(
                "module.net[\"a\"].data.test_server.web[0]".into(),
                CheckStatus::Unknown,
                vec![],
            )],
        },
        CheckResult {
            kind: ChangeKind::Check,
            address: "check.health".into(),
            status: CheckStatus::Fail,
            instances: vec![("check.health".into(), CheckStatus::Fail, vec!["down".into()])],
        },
        CheckResult {
            kind: ChangeKind::OutputValue,
            address: "module.net.output.o".into(),
            status: CheckStatus::Pass,
            instances: vec![("module.net[\"a.b\"].output.o".into(), CheckStatus::Pass, vec![])],
        },
    ];
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("plan_document", serde_json::to_string_pretty(&document(&plan)).unwrap());
    });
}

fn stored(json: Json, sensitive: &[&str], status: ObjectStatus) -> Arc<Object> {
    Arc::new(Object {
        schema_version: 1,
        attributes: json.into(),
        sensitive_paths: sensitive.iter().map(|p| path(&[p])).collect(),
        provider_key: Default::default(),
        private: Default::default(),
        kept: Default::default(),
        dependencies: vec![address("dep").resource_address().config()],
        status,
        create_before_destroy: false,
    })
}

fn state() -> State {
    let full = terrane_value::to_json(&object(
        json!({"id": "i-1", "image": "hunter2", "zones": ["a"], "password": "hunter2"}),
    ))
    .unwrap();
    let mut instance = InstanceState {
        current: Some(stored(full, &["image"], ObjectStatus::Tainted)),
        ..Default::default()
    };
    instance.deposed.insert("0123abcd".into(), stored(json!({"id": "i-0"}), &[], ObjectStatus::Ready));
    let instances = BTreeMap::from([(InstanceKey::String("k".into()), instance)]);
    let mut inner = address("inner").resource_address();
    inner.module = inner.module.child("a", InstanceKey::None).child("b", InstanceKey::Int(0));
    let of = |instances| Arc::new(ResourceState { provider: provider(), instances });
    State {
        outputs: BTreeMap::from([
            ("list".into(), OutputState { value: Value::list(Type::String, ["a".into()]), sensitive: false }),
            ("secret".into(), OutputState { value: "hunter2".into(), sensitive: true }),
        ]),
        resources: BTreeMap::from([
            (address("web").resource_address(), of(instances.clone())),
            (inner, of(instances)),
        ]),
        check_results: json!([{
            "object_kind": "output", "config_addr": "output.list", "status": "fail",
            "objects": [{"object_addr": "output.list", "status": "fail", "failure_messages": ["short"]}],
        }]),
        ..State::default()
    }
}

#[test]
fn a_state_document() {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        let document = state_json(&state(), &schemas(), &OPEN);
        insta::assert_snapshot!("state_document", serde_json::to_string_pretty(&document).unwrap());
    });
    assert_eq!(state_json(&State::default(), &schemas(), &OPEN), json!({"format_version": "1.0"}));
    let closed = state_json(&state(), &schemas(), &JsonOptions::default());
    assert!(!closed.to_string().contains("hunter"), "{closed:#}");
}

#[test]
fn outputs_have_type_and_value() {
    assert_eq!(
        outputs_json(&state().outputs, &OPEN),
        json!({
            "list": {"sensitive": false, "type": ["list", "string"], "value": ["a"]},
            "secret": {"sensitive": true, "type": "string", "value": "hunter2"},
        })
    );
    assert_eq!(outputs_json(&state().outputs, &JsonOptions::default())["secret"]["value"], Json::Null);
}

#[test]
fn schemas_are_described() {
    let document = providers_schema_json(&schemas());
    let provider = &document["provider_schemas"]["registry.terraform.io/hashicorp/test"];
    assert_eq!(provider["provider"], json!({"version": 0, "block": {"description_kind": "plain"}}));
    let server = &provider["resource_schemas"]["test_server"];
    assert_eq!(server["version"], 1);
    let block = &server["block"];
    assert_eq!(
        block["attributes"]["tags"],
        json!({"type": ["map", "string"], "description_kind": "plain", "optional": true, "computed": true})
    );
    assert_eq!(block["attributes"]["password"]["sensitive"], true);
    assert_eq!(block["attributes"]["endpoints"]["nested_type"]["nesting_mode"], "list");
    assert_eq!(block["block_types"]["ingress"]["nesting_mode"], "set");
    assert_eq!(block["block_types"]["disk"]["block"]["block_types"]["snapshot"]["nesting_mode"], "list");
}
