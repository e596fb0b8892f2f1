//! The builtin provider through the trait that the engine uses.
#![allow(missing_docs)]

use std::sync::Arc;
use terrane_provider_builtin::{Builtin, StateReader};
use terrane_sdk::provider::{ApplyRequest, OperationToken, PlanRequest, Provider};
use terrane_sdk::schema::{assert_object_compatible, assert_plan_valid, proposed_new};
use terrane_sdk::serde_json::{Map, Value as Json, json};
use terrane_sdk::value::{from_json, to_json};
use terrane_sdk::{Type, Value, async_trait};

/// States by path and workspace.
struct States(Vec<(String, String)>);

#[async_trait]
impl StateReader for States {
    fn check(
        &self,
        backend: &str,
        config: &Map<String, Json>,
        _: &[String],
    ) -> Result<(), (&'static str, String)> {
        match (backend, config.keys().find(|name| *name != "path")) {
            ("local", None) => Ok(()),
            ("local", Some(name)) => Err(("config", format!("unexpected attribute {name}"))),
            _ => Err(("backend", "there is only \"local\"".to_owned())),
        }
    }

    async fn read(
        &self,
        _: &str,
        config: Map<String, Json>,
        workspace: &str,
    ) -> Result<Option<String>, String> {
        let name = format!("{} {workspace}", config["path"].as_str().expect("a path"));
        Ok(self.0.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone()))
    }
}

fn builtin(states: &[(&str, &str)]) -> Builtin {
    let states = states.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    Builtin::new(Arc::new(States(states)))
}

const NAMES: [&str; 4] = ["id", "input", "output", "triggers_replace"];

/// An object of `terraform_data`, in the order of [`NAMES`].
fn object(values: [Value; 4]) -> Value {
    Value::object(NAMES.into_iter().zip(values))
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn list(text: &str) -> Value {
    Value::list(Type::String, [Value::from(text)])
}

#[tokio::test]
async fn terraform_data_is_planned_and_applied_as_terraform_does() {
    let (no, tuple) = (Value::NULL, Value::tuple([text("x")]));
    let prior =
        |input: &Value, triggers: &Value| object([text("i"), input.clone(), input.clone(), triggers.clone()]);
    let absent = Value::null(object([Value::null(Type::String), no.clone(), no.clone(), no.clone()]).ty());
    // Prior object, configured input and triggers; what is unknown, what is to be replaced, and
    // the output afterwards.
    let cases = [
        ("create", absent.clone(), text("x"), no.clone(), "id output", "", text("x")),
        ("create without input", absent.clone(), no.clone(), no.clone(), "id", "", no.clone()),
        (
            "create with unknown input",
            absent,
            Value::unknown(Type::String),
            no.clone(),
            "id input output",
            "",
            no.clone(),
        ),
        ("nothing", prior(&text("x"), &no), text("x"), no.clone(), "", "", text("x")),
        ("another input", prior(&text("x"), &no), text("y"), no.clone(), "output", "", text("y")),
        ("no input any more", prior(&text("x"), &no), no.clone(), no.clone(), "output", "", no.clone()),
        ("another type", prior(&tuple, &no), list("x"), no.clone(), "output", "", list("x")),
        (
            "triggers",
            prior(&text("x"), &text("1")),
            text("x"),
            text("2"),
            "id output",
            "triggers_replace",
            text("x"),
        ),
        (
            "triggers and no input",
            prior(&no, &text("1")),
            no.clone(),
            no.clone(),
            "id",
            "triggers_replace",
            no.clone(),
        ),
    ];
    let provider = builtin(&[]);
    let client = provider.configure(&Value::NULL).await.expect("there is nothing to configure");
    let schema = &provider.schema().resources["terraform_data"].block;
    for (name, prior, input, triggers, unknown, replace, output) in cases {
        let config = object([Value::null(Type::String), input.clone(), no.clone(), triggers]);
        let request = PlanRequest {
            type_name: "terraform_data".to_owned(),
            proposed: proposed_new(schema, &prior, &config),
            prior: prior.clone(),
            config: config.clone(),
            private: Default::default(),
        };
        let plan = provider.plan(&client, request).await;
        let is_unknown = |name: &&str| plan.planned.attribute(name).is_some_and(|v| !v.is_known());
        let got: Vec<&str> = NAMES.into_iter().filter(is_unknown).collect();
        assert_eq!(got.join(" "), unknown, "{name}");
        let got: Vec<String> = plan.requires_replace.iter().map(ToString::to_string).collect();
        assert_eq!(got.join(" "), replace, "{name}");
        let kept = if replace.is_empty() { prior.clone() } else { Value::null(prior.ty()) };
        assert_eq!(assert_plan_valid(schema, &kept, &config, &plan.planned), [], "{name}");
        if !input.is_known() {
            continue;
        }
        let request = ApplyRequest {
            type_name: "terraform_data".to_owned(),
            prior: kept,
            config,
            planned: plan.planned.clone(),
            private: plan.private,
            token: OperationToken("2b7d9c0e-0000-4000-8000-000000000001".into()),
            write_only_changed: Vec::new(),
            repeated: false,
        };
        let first = provider.apply(&client, request.clone()).await;
        let again = provider.apply(&client, request).await;
        assert_eq!(first.state, again.state, "{name}: a repeat gives the same object");
        assert!(first.state.is_wholly_known(), "{name}");
        assert_eq!(first.state.attribute("output"), Some(output), "{name}");
        assert_eq!(assert_object_compatible(schema, &plan.planned, &first.state), [], "{name}");
    }
}

#[tokio::test]
async fn terraform_data_is_imported_by_id() {
    let builtin = builtin(&[]);
    let client = builtin.configure(&Value::NULL).await.expect("there is nothing to configure");
    let found = builtin.import(&client, "terraform_data", "abc").await.expect("any id can be imported");
    assert_eq!(found[0].state, object([text("abc"), Value::NULL, Value::NULL, Value::NULL]));
    assert!(builtin.import(&client, "terraform_date", "abc").await.is_err());
}

fn remote_state(config: Json) -> Value {
    let get = |name: &str| config.get(name).map_or(Value::NULL, from_json);
    Value::object([
        ("backend", get("backend")),
        ("config", get("config")),
        ("defaults", get("defaults")),
        ("outputs", Value::NULL),
        ("workspace", config.get("workspace").map_or_else(|| Value::null(Type::String), from_json)),
    ])
}

#[tokio::test]
async fn outputs_of_another_state_are_read() {
    let state = json!({
        "version": 4, "serial": 1, "resources": [],
        "outputs": {
            "name": { "value": "x", "type": "string" },
            "zones": { "value": ["a"], "type": ["set", "string"], "sensitive": true },
        },
    });
    let state = state.to_string();
    let builtin = builtin(&[
        ("default.tfstate default", &state),
        ("spaces dev", r#"{"version":4,"outputs":{}}"#),
        ("old.tfstate default", r#"{"version":3}"#),
        ("broken.tfstate default", "{"),
    ]);
    let local = |name: &str| json!({ "backend": "local", "config": { "path": name } });
    let with = |mut json: Json, name: &str, value: Json| {
        json[name] = value;
        json
    };
    let cases = [
        (local("default.tfstate"), Ok(json!({ "name": "x", "zones": ["a"] }))),
        (
            with(local("default.tfstate"), "defaults", json!({ "name": "d", "more": 1 })),
            Ok(json!({ "more": 1, "name": "x", "zones": ["a"] })),
        ),
        (json!({ "backend": "local", "workspace": "dev", "config": { "path": "spaces" } }), Ok(json!({}))),
        (local("none.tfstate"), Err("Unable to find remote state")),
        (local("old.tfstate"), Err("Error loading remote state")),
        (local("broken.tfstate"), Err("Error loading remote state")),
        (json!({ "backend": "ftp" }), Err("Invalid backend configuration")),
        (json!({ "backend": "local", "config": { "url": "x" } }), Err("Invalid backend configuration")),
        (with(local("default.tfstate"), "defaults", json!("x")), Err("Invalid default values")),
    ];
    let client = builtin.configure(&Value::NULL).await.expect("there is nothing to configure");
    for (config, want) in cases {
        let read = builtin.read_data(&client, "terraform_remote_state", remote_state(config.clone())).await;
        let got = match &read {
            Ok(value) => Ok(to_json(&value.attribute("outputs").expect("it is there")).expect("it is known")),
            Err(problems) => Err(problems.iter().next().map_or("", |d| &d.summary)),
        };
        assert_eq!(got, want, "{config}");
    }
}
