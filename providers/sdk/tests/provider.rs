//! A native provider through the trait that the engine uses.
#![allow(missing_docs, unreachable_pub, dead_code)]

mod widget;

use serde_json::{Value as Json, json};
use std::sync::Arc;
use terrane_provider::{ApplyRequest, OperationToken, Private, Provider, ReadObject, UpgradeRequest};
use terrane_sdk::{Context, NativeProvider, Type, Value, testing};
use terrane_value::to_json;
use widget::{Definition, Region};

fn provider() -> NativeProvider<Definition> {
    NativeProvider::new(Definition)
}

fn object(provider: &NativeProvider<Definition>, json: Json) -> Value {
    testing::object(&provider.schema().resources["test_widget"].block, &json).expect("the object is right")
}

async fn create(
    provider: &NativeProvider<Definition>,
    fail: bool,
    json: Json,
) -> terrane_provider::ApplyResponse {
    let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail }));
    let config = object(provider, json);
    let request = terrane_provider::PlanRequest {
        type_name: "test_widget".to_owned(),
        prior: Value::NULL,
        proposed: config.clone(),
        config: config.clone(),
        private: Default::default(),
    };
    let planned = provider.plan(&client, request).await;
    let request = ApplyRequest {
        type_name: "test_widget".to_owned(),
        prior: Value::NULL,
        config,
        planned: planned.planned,
        private: planned.private,
        write_only_changed: Vec::new(),
        token: OperationToken("t-1".into()),
        repeated: false,
    };
    provider.apply(&client, request).await
}

#[tokio::test]
async fn what_is_created_is_what_was_planned() {
    let provider = provider();
    let config = json!({
        "name": "a", "region": "us", "policy": "{ \"a\": 1 }", "secret": "s3", "tags": {},
        "timeouts": { "create": "5s", "delete": null },
        "rule": [{ "cidr": null, "from": 1, "groups": null }],
        "port": [{ "number": 1, "protocol": null, "uid": null }],
    });
    let made = create(&provider, false, config).await;
    assert!(made.diagnostics.is_empty(), "{:?}", made.diagnostics);
    let made = to_json(&made.state).expect("the state is known");
    for (name, want) in [
        // In the region of the configuration, which the struct does not have.
        ("id", json!("us/a")),
        ("region", json!("us")),
        // As written, not as answered.
        ("policy", json!("{ \"a\": 1 }")),
        ("note", Json::Null),
        ("enabled", Json::Null),
        ("tags", json!({})),
        ("secret", Json::Null),
        ("size", json!(1)),
        ("timeouts", json!({ "create": "5s", "delete": null })),
        ("rule", json!([{ "cidr": "", "from": 1, "groups": [] }])),
        ("port", json!([{ "number": 1, "protocol": "tcp", "uid": "u" }])),
        ("options", json!([{ "mode": "Some(5) Some(\"s3\")" }])),
    ] {
        assert_eq!(made[name], want, "{name}");
    }
}

#[tokio::test]
async fn what_half_exists_is_kept() {
    let provider = provider();
    let made = create(&provider, true, json!({ "name": "a" })).await;
    assert_eq!(made.state.attribute("id"), Some(Value::from("eu/a")));
    let problems: Vec<_> = made.diagnostics.iter().map(|d| (d.summary.as_str(), d.about.clone())).collect();
    assert_eq!(problems, [("creating widget", vec![(Context::Code, "Broken".into())])]);
}

#[tokio::test]
async fn what_cannot_be_deleted_stays() {
    let provider = provider();
    let prior = create(&provider, false, json!({ "name": "a" })).await.state;
    for (fail, want) in [(true, prior.clone()), (false, Value::null(prior.ty()))] {
        let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail }));
        let request = ApplyRequest {
            type_name: "test_widget".to_owned(),
            prior: prior.clone(),
            config: Value::null(prior.ty()),
            planned: Value::null(prior.ty()),
            private: Default::default(),
            write_only_changed: Vec::new(),
            token: OperationToken("t-2".into()),
            repeated: false,
        };
        let response = provider.apply(&client, request).await;
        assert_eq!((response.state, response.diagnostics.has_errors()), (want, fail));
    }
}

#[tokio::test]
async fn reads_are_batched_by_client_and_answered_in_order() {
    let provider = provider();
    let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail: false }));
    let objects = [("w-1", "eu"), ("gone", "eu"), ("w-2", ""), ("w-3", "eu")]
        .map(|(id, region)| json!({ "id": id, "name": "a", "region": region }))
        .map(|json| ReadObject { state: object(&provider, json), private: Private::from(*b"kept") });
    let answers = provider.read(&client, "test_widget", objects.to_vec()).await;
    let told: Vec<String> = (answers.iter())
        .map(|answer| match answer {
            Ok(None) => "gone".to_owned(),
            Err(problems) => problems.iter().map(|d| d.detail.clone()).collect(),
            Ok(Some(read)) => {
                assert_eq!(&*read.private, b"kept");
                let part = |name| to_json(&read.state.attribute(name).unwrap_or(Value::NULL));
                format!("{:?} {:?} {:?}", part("id"), part("revision"), part("enabled"))
            }
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"Ok(String("w-1")) Ok(Number(3)) Ok(Null)"#,
            "gone",
            "No region.",
            r#"Ok(String("w-3")) Ok(Number(3)) Ok(Null)"#,
        ]
    );
}

#[tokio::test]
async fn imported_objects_show_what_they_are() {
    let provider = provider();
    let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail: false }));
    let found = provider.import(&client, "test_widget", "w-7").await.expect("it can be imported");
    assert_eq!(found[0].state.attribute("id"), Some(Value::from("w-7")));
    let object = ReadObject { state: found[0].state.clone(), private: found[0].private.clone() };
    let read = provider.read(&client, "test_widget", vec![object]).await.remove(0);
    let read = read.expect("it can be read").expect("it exists");
    assert_eq!(read.state.attribute("enabled"), Some(Value::FALSE));
    assert_eq!(read.state.attribute("region"), Some(Value::from("eu")));
    assert!(read.private.is_empty());
}

#[tokio::test]
async fn what_is_listed_by_import_ids_is_what_is_there() {
    let provider = provider();
    let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail: false }));
    let found = provider.list(&client, "test_widget").await.expect("it is listed").expect("it can be listed");
    let told = found.iter().map(|o| (o.state.attribute("id"), o.state.attribute("name")));
    assert_eq!(told.collect::<Vec<_>>(), [(Some("here".into()), Some("imported".into()))]);
    assert!(provider.schema().parts.contains("test_widget"));
}

#[tokio::test]
async fn older_objects_are_upgraded() {
    let provider = provider();
    let upgrade = |version| UpgradeRequest {
        type_name: "test_widget".to_owned(),
        version,
        json: json!({ "id": "w-1", "gone": true, "disk": [{ "size": 1, "gone": 2 }] }),
    };
    let state = provider.upgrade(upgrade(1)).await.expect("it can be upgraded");
    assert_eq!(state, object(&provider, json!({ "id": "w-1", "disk": [{ "size": 1 }] })));
    assert!(provider.upgrade(upgrade(3)).await.is_err());
}

#[test]
fn configurations_are_checked() {
    let provider = provider();
    for (json, want) in [
        (json!({ "name": "a" }), ""),
        (json!({}), "Missing required argument on name"),
        (json!({ "name": "far-too-long" }), "Invalid attribute value on name"),
        (json!({ "name": "a", "zone": "z", "zone_id": "i" }), "Conflicting configuration arguments on zone"),
        (json!({ "name": "a", "zone": "", "zone_id": "" }), "Conflicting configuration arguments on zone"),
        (json!({ "name": "a", "policy": "{" }), "Invalid attribute value on policy"),
        (
            json!({ "name": "a", "disk": [{ "size": 1 }, { "size": 1 }, { "size": 1 }] }),
            "Too many blocks on disk",
        ),
        (json!({ "name": "a", "disk": [{}] }), "Missing required argument on disk[0].size"),
        (
            json!({ "name": "a", "timeouts": { "create": "soon", "delete": null } }),
            "Invalid timeout on timeouts.create",
        ),
    ] {
        let config = object(&provider, json.clone());
        let problems: Vec<String> = (provider.validate_resource("test_widget", &config).iter())
            .map(|d| format!("{} on {}", d.summary, d.attribute.clone().unwrap_or_default()))
            .collect();
        assert_eq!(problems.join("; "), want, "{json}");
    }
    // What is not known yet may be null.
    let config = object(&provider, json!({ "name": "a", "zone_id": "i" }));
    let config = config.with_attribute("zone", Value::unknown(Type::String));
    assert!(provider.validate_resource("test_widget", &config).is_empty());
}

#[tokio::test]
async fn ephemeral_resources_are_opened_and_closed_with_what_opening_left() {
    let provider = provider();
    let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail: false }));
    let schema = &provider.schema().ephemeral["test_ticket"].block;
    let config =
        |holder: &str| testing::object(schema, &json!({ "holder": holder })).expect("the object is right");
    assert!(provider.validate_ephemeral("test_ticket", &config("a")).is_empty());
    let opened = provider.open(&client, "test_ticket", config("a")).await.expect("it opens");
    let value = to_json(&opened.value).expect("it is known");
    assert_eq!(value, json!({ "holder": "a", "number": "a of eu" }));
    let renewed = provider.renew(&client, "test_ticket", &opened.renewal.private).await.expect("it stays");
    assert!(provider.close(&client, "test_ticket", &renewed.private).await.is_empty());
    let other = provider.open(&client, "test_ticket", config("b")).await.expect("it opens");
    assert!(provider.close(&client, "test_ticket", &other.renewal.private).await.has_errors());
    assert!(provider.open(&client, "test_nothing", config("a")).await.is_err());
}

#[tokio::test]
async fn reading_takes_no_longer_than_the_configuration_allows() {
    let provider = provider();
    let client = provider.handle(Arc::new(Region { name: "eu".to_owned(), fail: false }));
    let schema = &provider.schema().data_sources["test_search"].block;
    let config = |text: &str, limit: &str| {
        testing::object(schema, &json!({ "text": text, "timeouts": { "read": limit } }))
            .expect("the object is right")
    };
    let read = provider.read_data(&client, "test_search", config("a", "20m")).await.expect("it is there");
    assert_eq!(read.attribute("found"), Some(Value::from("a")));
    let problems = provider
        .read_data(&client, "test_search", config("forever", "5ms"))
        .await
        .expect_err("it takes too long");
    let text: Vec<_> = problems.iter().map(|p| format!("{}: {}", p.summary, p.detail)).collect();
    assert!(text[0].contains("test_search took longer than 0.005 s"), "{text:?}");
    assert!(provider.validate_data_source("test_search", &config("a", "soon")).has_errors());
}
