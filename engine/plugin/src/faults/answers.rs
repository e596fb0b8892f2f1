//! What a plugin answers that works, and requests of every method to it.

use super::fake::{Fake, Reply, good};
use crate::messages::schema::{self, v6};
use crate::messages::{self, DynamicValue};
use crate::{PluginProvider, Program};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{
    ApplyRequest, Client, Identity, IdentityAttribute, IdentitySchema, MoveRequest, OperationToken,
    PlanRequest, Private, Provider, ReadObject, UpgradeRequest,
};
use terrane_value::{Type, Value};

pub(super) fn ty() -> Type {
    Type::object([("id", Type::String), ("name", Type::String)])
}

pub(super) fn thing(name: &str) -> Value {
    Value::object([("id", Value::from("1")), ("name", Value::from(name))])
}

pub(super) fn encoded(value: &Value) -> Option<DynamicValue> {
    crate::wire::encode(value, &ty()).unwrap()
}

pub(super) fn nothing() -> Value {
    Value::object(Vec::<(&str, Value)>::new())
}

pub(super) fn identity_schema() -> IdentitySchema {
    let name = IdentityAttribute { ty: Type::String, required: true, description: String::new() };
    IdentitySchema { version: 2, attributes: [("name".into(), name)].into() }
}

pub(super) fn identity(name: &str) -> Option<messages::identity::IdentityData> {
    let value = Value::object([("name", Value::from(name))]);
    Some(crate::identity::data(&identity_schema(), &value).unwrap())
}

/// What a plugin answers that works.
pub(super) fn usual(method: &str) -> Reply {
    let state = encoded(&thing("a"));
    match method {
        "GetProviderSchema" => {
            let attribute = |name: &str| v6::Attribute {
                name: name.into(),
                ty: "\"string\"".into(),
                optional: true,
                computed: true,
                ..Default::default()
            };
            let block =
                v6::Block { attributes: vec![attribute("id"), attribute("name")], ..Default::default() };
            let schema = v6::Schema { version: 0, block: Some(block) };
            let types = [("x_thing".to_owned(), schema)];
            let (resources, data_sources) = (types.clone().into(), types.clone().into());
            let (ephemeral, lists) = (types.into(), listing(false));
            let text = || "\"string\"".into();
            let parameter = schema::Parameter { name: "text".into(), ty: text(), ..Default::default() };
            let echo = schema::Function {
                parameters: vec![parameter],
                result: Some(schema::FunctionResult { ty: text() }),
                ..Default::default()
            };
            let functions = [("echo".to_owned(), echo)].into();
            good(&v6::ProviderSchema {
                resources,
                data_sources,
                ephemeral,
                lists,
                functions,
                ..Default::default()
            })
        }
        "GetMetadata" => {
            let named = |name: &str| vec![schema::Named { name: name.into() }];
            good(&schema::Metadata {
                resources: named("x_thing"),
                data_sources: named("x_thing"),
                ephemeral: named("x_thing"),
                lists: named("x_thing"),
                functions: named("echo"),
                ..Default::default()
            })
        }
        "GetResourceIdentitySchemas" => {
            let schemas = [("x_thing".to_owned(), crate::identity::to_message(&identity_schema()))].into();
            good(&messages::identity::IdentitySchemas { schemas, diagnostics: Vec::new() })
        }
        "UpgradeResourceIdentity" => {
            let upgraded_identity = identity("upgraded");
            good(&messages::identity::IdentityUpgraded { upgraded_identity, diagnostics: Vec::new() })
        }
        "ReadResource" => {
            good(&messages::ReadDone { new_state: state, identity: identity("read"), ..Default::default() })
        }
        "PlanResourceChange" => good(&messages::Planned { planned_state: state, ..Default::default() }),
        "ApplyResourceChange" => {
            good(&messages::Applied { new_state: state, identity: identity("applied"), ..Default::default() })
        }
        "ReadDataSource" => good(&messages::DataRead { state, ..Default::default() }),
        "ImportResourceState" => {
            let found = messages::ImportedResource {
                type_name: "x_thing".into(),
                state,
                identity: identity("imported"),
                ..Default::default()
            };
            good(&messages::Imported { resources: vec![found], ..Default::default() })
        }
        "CallFunction" => {
            let result = crate::wire::encode(&Value::from("a"), &Type::String).unwrap();
            good(&messages::FunctionCalled { result, error: None })
        }
        "ListResource" => Reply::Stream(Vec::new()),
        "Shutdown" => Reply::End,
        _ => Reply::Bytes(Vec::new()),
    }
}

/// That things can be listed, in a zone, which a listing may have to be told.
pub(super) fn listing(required: bool) -> std::collections::HashMap<String, v6::Schema> {
    let zone = v6::Attribute {
        name: "zone".into(),
        ty: "\"string\"".into(),
        required,
        optional: !required,
        ..Default::default()
    };
    let block = v6::Block { attributes: vec![zone], ..Default::default() };
    [("x_thing".to_owned(), v6::Schema { version: 0, block: Some(block) })].into()
}

/// Starts a plugin and calls the method that protocol 6 names `method`. Gives what went wrong, and the plugin when it has started.
pub(super) async fn call(fake: &Fake, method: &str) -> (Option<PluginProvider>, Diagnostics) {
    if method == "GetMetadata" {
        return match remembered(fake).await {
            Ok(provider) => (Some(provider), Diagnostics::new()),
            Err(problems) => (None, problems),
        };
    }
    match fake.start().await {
        Ok(provider) => {
            let problems = ask(fake, &provider, method).await;
            (Some(provider), problems)
        }
        Err(problems) => (None, problems),
    }
}

/// Configures a plugin of which it is known from an earlier run what it offers.
pub(super) async fn remembered(fake: &Fake) -> Result<PluginProvider, Diagnostics> {
    let program = Program { schemas: Some(fake.dir.path().join("schemas")), ..fake.program() };
    drop(PluginProvider::start(program.clone()).await?);
    fake.may_live_again();
    let provider = PluginProvider::start(program).await?;
    provider.configure(&provider.schema().provider.block.empty_value()).await?;
    Ok(provider)
}

/// Calls the method that protocol 6 names `method`, and gives what went wrong.
pub(super) async fn ask(fake: &Fake, provider: &PluginProvider, method: &str) -> Diagnostics {
    let config = provider.schema().provider.block.empty_value();
    match method {
        // A plugin that has started has answered these.
        "GetMetadata" | "GetProviderSchema" | "GetResourceIdentitySchemas" => return Diagnostics::new(),
        "ValidateProviderConfig" => return provider.validate_provider(&config),
        "ValidateResourceConfig" => return provider.validate_resource("x_thing", &thing("a")),
        "ValidateDataResourceConfig" => return provider.validate_data_source("x_thing", &thing("a")),
        "ValidateEphemeralResourceConfig" => return provider.validate_ephemeral("x_thing", &thing("a")),
        "ValidateListResourceConfig" => {
            return provider
                .validate_list("x_thing", &provider.schema().lists["x_thing"].block.empty_value());
        }
        "CallFunction" => {
            let failed = |error: terrane_provider::FunctionError| Diagnostic::error(FUNCTION, error.text);
            return provider.schema().functions["echo"]
                .invoke(&["a".into()])
                .map_err(failed)
                .err()
                .into_iter()
                .collect();
        }
        _ => {}
    }
    match provider.configure(&config).await {
        Ok(client) => ask_with(fake, provider, &client, method).await,
        Err(problems) => problems,
    }
}

/// The summary of what goes wrong with a function.
pub(super) const FUNCTION: &str = "Function";

async fn ask_with(
    fake: &Fake,
    provider: &PluginProvider,
    client: &Arc<dyn Client>,
    method: &str,
) -> Diagnostics {
    let thing = thing("a");
    let private = Private::default;
    let none = |problems: Result<(), Diagnostics>| problems.err().unwrap_or_default();
    let reading = async |private| {
        let object = ReadObject { state: thing.clone(), private };
        none(provider.read(client, "x_thing", vec![object]).await.remove(0).map(drop))
    };
    let applying = async || {
        let request = ApplyRequest {
            type_name: "x_thing".into(),
            prior: Value::null(ty()),
            config: thing.clone(),
            planned: thing.clone(),
            private: private(),
            token: OperationToken("t".into()),
            write_only_changed: Vec::new(),
            repeated: false,
        };
        provider.apply(client, request).await.diagnostics
    };
    match method {
        "ConfigureProvider" => Diagnostics::new(),
        "ReadResource" => reading(private()).await,
        "UpgradeResourceIdentity" => {
            let old = Identity { version: 1, attributes: serde_json::json!({ "label": "a" }) };
            reading(private().with_identity(Some(old))).await
        }
        "PlanResourceChange" => {
            let request = PlanRequest {
                type_name: "x_thing".into(),
                prior: Value::null(ty()),
                config: thing.clone(),
                proposed: thing.clone(),
                private: private(),
            };
            provider.plan(client, request).await.diagnostics
        }
        "ApplyResourceChange" => applying().await,
        "StopProvider" => {
            let stop = async {
                fake.has_got("ApplyResourceChange").await;
                provider.stop().await;
            };
            tokio::join!(applying(), stop).0
        }
        "ReadDataSource" => none(provider.read_data(client, "x_thing", thing.clone()).await.map(drop)),
        "ImportResourceState" => none(provider.import(client, "x_thing", "1").await.map(drop)),
        "ListResource" => none(provider.list(client, "x_thing").await.map(drop)),
        "UpgradeResourceState" => {
            let json = serde_json::json!({ "id": "1" });
            let request = UpgradeRequest { type_name: "x_thing".into(), version: 0, json };
            none(provider.upgrade(request).await.map(drop))
        }
        "MoveResourceState" => none(provider.move_state(moving()).await.map(drop)),
        "OpenEphemeralResource" => none(provider.open(client, "x_thing", thing.clone()).await.map(drop)),
        "RenewEphemeralResource" => none(provider.renew(client, "x_thing", &private()).await.map(drop)),
        "CloseEphemeralResource" => provider.close(client, "x_thing", &private()).await,
        _ => panic!("nobody knows how to call {method}"),
    }
}

/// That a thing of another provider is to be one of this one.
pub(super) fn moving() -> MoveRequest {
    MoveRequest {
        source_provider: "registry.terraform.io/ops/other".into(),
        source_type: "y_thing".into(),
        source_version: 3,
        source: serde_json::json!({ "label": "a" }),
        source_private: Private::from(*b"kept"),
        type_name: "x_thing".into(),
    }
}

pub(super) fn only(problems: Diagnostics) -> Diagnostic {
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.into_iter().next().unwrap()
}
