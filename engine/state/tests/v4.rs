//! State files: what Terraform wrote comes out again byte for byte; bad files are refused.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_state::{Object, ObjectStatus, OutputState, State, StateWrite, from_json, to_json};
use terrane_value::{Path, PathStep, Value};

const REAL: &str = include_str!("golden/terraform-1.11.4.tfstate");
const DEPOSED: &str = include_str!("golden/deposed-and-order.tfstate");

fn address(text: &str) -> ResourceInstance {
    text.parse().unwrap()
}

#[test]
fn states_of_terraform_come_out_as_they_went_in() {
    for (name, text) in [("real", REAL), ("deposed", DEPOSED)] {
        let state = from_json(text).unwrap();
        let written = to_json(&state).unwrap();
        for (line, (a, b)) in text.lines().zip(written.lines()).enumerate() {
            assert_eq!(a, b, "{name}, line {}", line + 1);
        }
        assert_eq!(text.len(), written.len(), "{name}");
    }
}

#[test]
fn the_parts_of_a_state_are_where_they_belong() {
    let state = from_json(REAL).unwrap();
    assert_eq!((state.serial, state.lineage.len()), (26, 36));
    assert_eq!(state.outputs["secret"], OutputState { value: Value::string("hush"), sensitive: true });
    assert!(!state.outputs.contains_key("nul"));
    let big = &state.outputs["num"].value;
    assert_eq!(big.as_number().unwrap().to_string(), "1000000000000000000000000000000");

    let one = state.current(&address("terraform_data.one")).unwrap();
    let path = Path::root().attribute("input").attribute("list").then(PathStep::Index(1));
    assert_eq!(one.sensitive_paths, [path]);
    assert!(one.create_before_destroy);
    assert_eq!(one.attributes.json()["input"]["value"]["big"].to_string(), "12345678901234567890");

    let inner = state.current(&address("module.m[\"k1\"].terraform_data.inner[1]")).unwrap();
    let dependencies: Vec<String> = inner.dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(dependencies, ["terraform_data.one"]);

    let tainted = state.current(&address("terraform_data.tainted")).unwrap();
    assert_eq!(tainted.status, ObjectStatus::Tainted);

    let state = from_json(DEPOSED).unwrap();
    let instance = state.instance(&address("terraform_data.z")).unwrap();
    assert!(instance.current.is_some());
    let deposed = &instance.deposed["0eadbeef"];
    assert_eq!(&*deposed.private, b"{\"a\":1}");
    assert_eq!(deposed.dependencies.len(), 2);
}

#[test]
fn a_state_made_here_reads_back_the_same() {
    let mut state = State { serial: 3, lineage: "abc".into(), ..State::default() };
    let object = Object {
        schema_version: 2,
        attributes: serde_json::json!({ "id": "i<&>\u{2028}", "tags": { "a.b": "x" } }).into(),
        sensitive_paths: vec![
            Path::root(),
            Path::root().attribute("tags").then(PathStep::Key("a.b".into())),
            Path::root().attribute("set").then(PathStep::Element(Box::new(Value::TRUE))),
        ],
        provider_key: Default::default(),
        private: b"\x00\xff"[..].into(),
        kept: Default::default(),
        dependencies: vec![address("module.x.data.aws_ami.b").config()],
        status: ObjectStatus::Ready,
        create_before_destroy: true,
    };
    for (to, deposed) in [
        ("module.a[10].aws_vpc.b[\"k.\\\"\"]", None),
        ("module.a[2].aws_vpc.b", Some("00000001")),
        ("data.aws_ami.b[3]", None),
    ] {
        state.write(StateWrite::Put {
            address: address(to),
            deposed: deposed.map(Into::into),
            provider: "module.a.provider[\"registry.terraform.io/hashicorp/aws\"].west".parse().unwrap(),
            object: Arc::new(object.clone()),
        });
    }
    let text = to_json(&state).unwrap();
    assert!(text.contains(r#""id": "i\u003c\u0026\u003e\u2028""#), "{text}");
    assert_eq!(from_json(&text).unwrap(), state);
}

#[test]
fn unknown_outputs_are_refused_when_writing() {
    let mut state = State::default();
    state.outputs.insert("o".into(), OutputState { value: Value::UNKNOWN, sensitive: false });
    assert!(to_json(&state).unwrap_err().0.contains("output \"o\" cannot be stored"));
}

#[test]
fn fields_that_terraform_ignores_are_ignored() {
    for text in [
        r#"{"version":4}"#,
        r#"{"version":4,"terraform_version":null,"outputs":null,"resources":null,"check_results":null,"x":[1]}"#,
        r#"{"version":4,"resources":[{"mode":"managed","type":"a","name":"b","each":"list","x":1,
            "provider":"provider[\"registry.terraform.io/hashicorp/a\"]",
            "instances":[{"attributes":{},"identity":{"id":"x"},"identity_schema_version":1,"sensitive_attributes":null,
                          "dependencies":null,"private":null,"status":"","deposed":""}]}]}"#,
    ] {
        from_json(text).unwrap();
    }
}

#[test]
fn bad_states_are_refused_with_the_reason() {
    let resource = |fields: &str, instances: &str| {
        let provider = r#""provider":"provider[\"registry.terraform.io/hashicorp/a\"]""#;
        format!(
            r#"{{"version":4,"resources":[{{"mode":"managed","type":"a","name":"b",{provider}{fields},"instances":[{instances}]}}]}}"#
        )
    };
    for (text, reason) in [
        ("".into(), "is empty"),
        ("{".into(), "could not be parsed as JSON"),
        ("[]".into(), "no \"version\""),
        ("null".into(), "does not have the form"),
        ("{}".into(), "no \"version\""),
        (r#"{"version":"4"}"#.into(), "a positive whole number is required"),
        (r#"{"version":4.5}"#.into(), "a positive whole number is required"),
        (r#"{"version":3,"terraform_version":"0.11.1"}"#.into(), "written by version 0.11.1"),
        (r#"{"version":5}"#.into(), "format version 5"),
        (r#"{"version":4,"serial":-1}"#.into(), "form of a state"),
        (r#"{"version":4,"outputs":{"x":{"value":1,"type":"strange"}}}"#.into(), "The output \"x\""),
        (r#"{"version":4,"resources":[{"mode":"odd","type":"a","name":"b"}]}"#.into(), "mode \"odd\""),
        (r#"{"version":4,"resources":[{"mode":"data","type":"a","name":"b"}]}"#.into(), "invalid provider"),
        (resource(r#","module":"modul.x""#, ""), "invalid module"),
        (resource("", r#"{"index_key":true}"#), "invalid key true"),
        (resource("", r#"{"index_key":1.5}"#), "invalid key 1.5"),
        (resource("", r#"{"status":"odd"}"#), "invalid status \"odd\""),
        (resource("", r#"{"private":"?"}"#), "not base64"),
        (resource("", r#"{"dependencies":["x"]}"#), "invalid dependency"),
        (resource("", r#"{"sensitive_attributes":[[{"type":"odd","value":1}]]}"#), "invalid sensitive path"),
        (resource("", r#"{"attributes_flat":{"id":"x"}}"#), "Terraform 0.11"),
        (resource("", r#"{},{}"#), "is there twice"),
    ] {
        let error = from_json(&text).expect_err(&text).0;
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn deep_values_are_read_again() {
    let deep = |levels: usize| {
        (0..levels).fold(Value::TRUE, |inner, _| Value::object([("a", Value::tuple([inner]))]))
    };
    let mut state = State::default();
    state.outputs.insert("deep".into(), OutputState { value: deep(100), sensitive: false });
    let read = from_json(&to_json(&state).unwrap()).unwrap();
    assert_eq!(read.outputs, state.outputs);

    let text = format!(
        r#"{{"version":4,"outputs":{{"a":{{"value":{}{},"type":"dynamic"}}}}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    assert!(from_json(&text).unwrap_err().to_string().contains("levels deep"));
}
