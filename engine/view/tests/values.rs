//! Values as `output` and `console` print them, and states as `show` prints them.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{address, object, provider, schemas, server};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::InstanceKey;
use terrane_state::{InstanceState, Object, ObjectStatus, OutputState, ResourceState, State};
use terrane_value::{Type, Value};
use terrane_view::{Options, Palette, render_object, render_outputs, render_state, render_value};

#[test]
fn values_are_written_as_expressions() {
    let s = Value::from;
    let strings = |vs: &[&str]| -> Vec<Value> { vs.iter().map(|v| Value::from(*v)).collect() };
    let object = |vs: Vec<(&'static str, Value)>| Value::object(vs);
    for (value, want) in [
        (s("x"), "\"x\""),
        (s("a\"b\t${x}\\"), r#""a\"b\t${x}\\""#),
        (s("a\nb"), "<<EOT\na\nb\nEOT"),
        (s("a\n"), "<<EOT\na\n\nEOT"),
        (s("a EOT\nEOT\nb"), "<<EOT_\na EOT\nEOT\nb\nEOT_"),
        (1.into(), "1"),
        (Value::TRUE, "true"),
        (Value::NULL, "null"),
        (Value::null(Type::String), "tostring(null)"),
        (Value::null(Type::Number), "tonumber(null)"),
        (Value::null(Type::Bool), "tobool(null)"),
        (Value::null(Type::list(Type::String)), "tolist(null) /* of string */"),
        (Value::null(Type::map(Type::String)), "tomap(null) /* of string */"),
        (Value::null(Type::set(Type::list(Type::Bool))), "toset(null) /* of list of bool */"),
        (Value::null(Type::object([("a", Type::String)])), "null /* object */"),
        (Value::tuple([]), "[]"),
        (object(vec![]), "{}"),
        (Value::list(Type::String, []), "tolist([])"),
        (Value::set(Type::String, []), "toset([])"),
        (Value::map::<&str>(Type::String, []), "tomap({})"),
        (Value::list(Type::String, strings(&["a"])), "tolist([\n  \"a\",\n])"),
        (Value::set(Type::String, strings(&["b", "a"])), "toset([\n  \"a\",\n  \"b\",\n])"),
        (Value::map(Type::String, [("a b", s("1"))]), "tomap({\n  \"a b\" = \"1\"\n})"),
        (
            Value::tuple([Value::tuple([1.into()]), object(vec![("a", s("x\ny\n"))])]),
            "[\n  [\n    1,\n  ],\n  {\n    \"a\" = <<-EOT\n    x\n    y\n    \n    EOT\n  },\n]",
        ),
        (s("hunter2").sensitive(), "(sensitive value)"),
        (object(vec![("a", s("hunter2").sensitive())]), "{\n  \"a\" = (sensitive value)\n}"),
        (Value::UNKNOWN, "(known after apply)"),
        (Value::tuple([Value::unknown(Type::String)]), "[\n  (known after apply),\n]"),
    ] {
        assert_eq!(render_value(&value, false), want, "{value:?}");
    }
    assert_eq!(render_value(&s("hunter2").sensitive(), true), "\"hunter2\"");
}

fn stored(json: serde_json::Value, status: ObjectStatus) -> Arc<Object> {
    Arc::new(Object {
        schema_version: 1,
        attributes: json.into(),
        sensitive_paths: vec![fixture::path(&["image"])],
        provider_key: Default::default(),
        private: Default::default(),
        kept: Default::default(),
        dependencies: Vec::new(),
        status,
        create_before_destroy: false,
    })
}

fn state() -> State {
    let full = terrane_value::to_json(&object(json!({
        "id": "i-1", "name": "web", "image": "hunter2", "size": 1, "tags": {"Name": "web"}, "password": "hunter2",
        "disk": [{"device_name": "sda"}], "policy": "{\"a\":[1]}", "zones": [], "script": "a\nb\n",
    })))
    .unwrap();
    let mut current =
        InstanceState { current: Some(stored(full.clone(), ObjectStatus::Ready)), ..Default::default() };
    current.deposed.insert("0123abcd".into(), stored(full.clone(), ObjectStatus::Ready));
    let tainted = InstanceState {
        current: Some(stored(json!({"id": "i-2"}), ObjectStatus::Tainted)),
        ..Default::default()
    };
    let instances = BTreeMap::from([(InstanceKey::Int(0), current), (InstanceKey::Int(1), tainted)]);
    let resource = ResourceState { provider: provider(), instances };
    let list = Value::list(Type::String, ["a".into()]);
    State {
        outputs: BTreeMap::from([
            ("list".into(), OutputState { value: list, sensitive: false }),
            ("secret".into(), OutputState { value: "hunter2".into(), sensitive: true }),
        ]),
        resources: BTreeMap::from([(address("web").resource_address(), Arc::new(resource))]),
        ..State::default()
    }
}

#[test]
fn states_show_every_object() {
    let text = render_state(&state(), &schemas(), &Options::default());
    assert!(!text.contains("hunter"), "{text}");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("state", text);
    });
    assert_eq!(
        render_state(&State::default(), &schemas(), &Options::default()),
        "The state file is empty. No resources are represented.\n"
    );
}

#[test]
fn data_sources_are_shown_first() {
    let resource =
        |mode| terrane_address::Resource { mode, type_name: "test_server".into(), name: "web".into() };
    let mut state = state();
    let (address, shown) = state.resources.pop_first().unwrap();
    for mode in [terrane_address::Mode::Managed, terrane_address::Mode::Data] {
        let address =
            terrane_address::ResourceAddress { module: address.module.clone(), resource: resource(mode) };
        state.resources.insert(address, shown.clone());
    }
    let text = render_state(&state, &schemas(), &Options::default());
    let heads: Vec<&str> =
        text.lines().filter(|line| line.starts_with("# ") && line.ends_with(":")).collect();
    assert_eq!(heads, ["# data.test_server.web[0]:", "# test_server.web[0]:"], "{text}");
}

#[test]
fn one_object_can_be_shown_with_its_secrets() {
    let schema = server();
    let value = object(json!({"id": "i-1", "password": "hunter2"}));
    let render = |options: &Options| render_object(&address("web"), &value, Some(&schema), options);
    assert_eq!(
        render(&Options::default()),
        "resource \"test_server\" \"web\" {\n    id       = \"i-1\"\n    password = (sensitive value)\n}"
    );
    assert!(render(&Options { show_sensitive: true, ..Options::default() }).contains("\"hunter2\""));
}

#[test]
fn outputs_hide_sensitive_values() {
    let text = render_outputs(&state().outputs, &Palette::plain(), &Options::default());
    assert_eq!(text, "list = tolist([\n  \"a\",\n])\nsecret = <sensitive>\n");
}
