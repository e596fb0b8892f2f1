//! Reports of drift in all their forms: what each says, and what none of them shows.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::attribute;
use serde_json::Value as Json;
use std::path::Path as FilePath;
use std::sync::Arc;
use terrane_address::{InstanceKey, ModulePath, ProviderAddress, ProviderConfigAddress};
use terrane_diagnostics::{Context, Diagnostic};
use terrane_drift::{
    AccountReport, Finding, History, Ignored, Kind, Report, Rule, StackReport, Unmanaged, differences,
};
use terrane_plan::{Action, ResourceChange};
use terrane_provider::{HistoryEvent, Private, Scope};
use terrane_schema::{Block, Schema};
use terrane_value::{Type, Value};
use terrane_view::{
    Options, Palette, drift_html, drift_json, drift_junit, drift_markdown, drift_message, render_drift,
};

const SECRET: &str = "hunter2";

fn schema() -> Schema {
    let mut block = Block::default();
    for name in ["id", "name", "password"] {
        block.attributes.insert(name.into(), attribute(Type::String));
    }
    block.attributes.insert("tags".into(), attribute(Type::map(Type::String)));
    if let Some(password) = block.attributes.get_mut("password") {
        password.sensitive = true;
    }
    Schema { version: 0, block }
}

fn object(name: &str, owner: &str, password: &str) -> Value {
    Value::object([
        ("id", Value::string("db-1")),
        ("name", Value::string(name)),
        ("password", Value::string(password).sensitive()),
        ("tags", Value::map(Type::String, [("Owner", Value::string(owner))])),
    ])
}

fn events() -> History {
    History::Events(vec![HistoryEvent {
        time: "2026-11-26T14:03:00Z".into(),
        operation: "rds:ModifyDBInstance".into(),
        principal: "arn:aws:sts::111122223333:assumed-role/Admin/mia".into(),
        source_address: Some("203.0.113.7".into()),
        tool: Some("aws-cli/2.17 <b>\u{1b}[31m".into()),
        request_id: Some("r-1".into()),
        error: None,
    }])
}

fn finding(address: &str, after: Option<Value>) -> Finding {
    let before = object("main", "a", "old-secret");
    let (kind, action) = match after {
        Some(_) => (Kind::Changed, Action::Update),
        None => (Kind::Vanished, Action::Delete),
    };
    let after = after.unwrap_or_else(|| Value::null(before.ty()));
    let differences = if kind == Kind::Changed { differences(&before, &after) } else { Vec::new() };
    let change = ResourceChange {
        address: address.parse().unwrap(),
        previous_address: None,
        deposed: None,
        provider: ProviderConfigAddress {
            module: ModulePath::root(),
            provider: ProviderAddress::default_for("aws"),
            alias: None,
            key: InstanceKey::None,
        },
        action,
        reason: None,
        before,
        after,
        requires_replace: Vec::new(),
        private: Private::from([]),
        importing: None,
        generated_config: None,
        dependencies: Vec::new(),
        create_before_destroy: false,
    };
    Finding {
        kind,
        change: Arc::new(change),
        schema: Arc::new(schema()),
        scope: Scope { account: "111122223333".into(), region: "eu-west-1".into() },
        differences,
        expected: 0,
        history: events(),
    }
}

fn rule(name: &str) -> Arc<Rule> {
    Arc::new(Rule {
        name: name.into(),
        addresses: vec!["*".into()],
        unmanaged: Vec::new(),
        attributes: Vec::new(),
        stacks: Vec::new(),
        kinds: vec![Kind::Changed],
        reason: "The scaler | sets it.".into(),
        owner: "platform".into(),
        expires: "2026-10-31".into(),
        place: "drift.terrane.hcl:3".into(),
        stack: None,
    })
}

fn report() -> Report {
    let drifted = StackReport {
        name: "live/prod".into(),
        workspace: "default".into(),
        serial: Some(12),
        lineage: "l".into(),
        managed: 5,
        read: 4,
        findings: vec![
            finding("aws_db_instance.main", Some(object("main <i>", "b", SECRET))),
            finding("module.a[\"x\"].aws_db_instance.gone", None),
        ],
        ignored: vec![Ignored {
            kind: Kind::Changed,
            subject: "aws_db_instance.scaled".into(),
            rule: rule("scaling"),
        }],
        problems: Diagnostic::error("Access denied", "You may not.")
            .about(Context::Address, "aws_db_instance.other")
            .into(),
        ..StackReport::default()
    };
    let clean = StackReport {
        name: "live/test".into(),
        serial: Some(1),
        managed: 3,
        read: 3,
        ..StackReport::default()
    };
    let account = AccountReport {
        scope: Scope { account: "111122223333".into(), region: "".into() },
        name: "prod".into(),
        types: 7,
        objects: 40,
        unmanaged: vec![Unmanaged {
            type_name: "aws_iam_user".into(),
            id: "break`glass".into(),
            name: Some("break|glass".into()),
            scope: Scope::default(),
            history: History::Unknown("the audit log has no change of it since 2026-11-20T00:00:00Z".into()),
        }],
        ..AccountReport::default()
    };
    Report {
        started: "2026-11-27T03:17:00Z".into(),
        finished: "2026-11-27T03:18:30Z".into(),
        shard: "1/4".parse().ok(),
        stacks: vec![drifted, clean],
        accounts: vec![account],
        expired: vec![rule("old")],
        unused: vec![rule("idle")],
        ..Report::default()
    }
}

#[test]
fn nothing_shows_a_sensitive_value() {
    let report = report();
    let options = Options::default();
    let all = [
        render_drift(&report, &Palette::plain(), &options),
        drift_json(&report, "0.1.0").to_string(),
        drift_markdown(&report),
        drift_junit(&report),
        drift_html(&report),
        drift_message(&report).to_string(),
    ];
    for text in all {
        assert!(text.contains("aws_db_instance.main"), "{text}");
        assert!(!text.contains(SECRET) && !text.contains("old-secret"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
    let json = drift_json(&report, "0.1.0");
    let paths: Vec<_> = (json["stacks"][0]["findings"][0]["differences"].as_array().unwrap().iter())
        .map(|d| (d["path"].as_str().unwrap(), d["before"].clone(), d["sensitive"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        paths,
        [
            ("name", Json::from("main"), false),
            ("password", Json::Null, true),
            ("tags[\"Owner\"]", Json::from("a"), false)
        ]
    );
}

#[test]
fn the_text_says_what_happened_to_whom_by_whom() {
    insta::assert_snapshot!(render_drift(&report(), &Palette::plain(), &Options::default()));
}

#[test]
fn markdown_has_a_table_and_a_section_for_each_stack() {
    insta::assert_snapshot!(drift_markdown(&report()));
}

#[test]
fn junit_has_a_case_for_each_finding() {
    insta::assert_snapshot!(drift_junit(&report()));
}

#[test]
fn the_message_names_what_drifted_and_mentions_nobody() {
    insta::assert_snapshot!(format!("{:#}", drift_message(&report())));
}

#[test]
fn the_page_needs_nothing_else_and_nothing_in_it_is_markup() {
    let page = drift_html(&report());
    for outside in ["http://", "https://", " src=", " href=", "<script", "url(", "@import", "<i>", "<b>"] {
        assert!(!page.contains(outside), "{outside}: {page}");
    }
    assert!(page.contains("main &lt;i&gt;") && page.contains("prefers-color-scheme: dark"), "{page}");
    for said in ["live/prod", "mia", "break`glass", "Access denied", "hide nothing", "1/4"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[test]
fn json_is_what_its_schema_says() {
    let path = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/drift-report.schema.json");
    let schema: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut problems = Vec::new();
    for report in [report(), Report::default()] {
        conform(&drift_json(&report, "0.1.0"), &schema, &schema, "report", &mut problems);
    }
    assert_eq!(problems, Vec::<String>::new());
    let mut wrong = drift_json(&report(), "0.1.0");
    wrong["stacks"][0]["status"] = "broken".into();
    wrong["stacks"][1]["extra"] = 1.into();
    conform(&wrong, &schema, &schema, "report", &mut problems);
    assert_eq!(problems.len(), 2, "{problems:?}");
}

/// The part of JSON Schema that the schema uses.
fn conform(value: &Json, schema: &Json, root: &Json, at: &str, problems: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let target = root.pointer(name.trim_start_matches('#')).unwrap();
        return conform(value, target, root, at, problems);
    }
    let is = |ty: &str| match ty {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("{other}"),
    };
    let fits = match &schema["type"] {
        Json::String(ty) => is(ty),
        Json::Array(types) => types.iter().any(|ty| is(ty.as_str().unwrap())),
        _ => true,
    };
    if !fits {
        problems.push(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(words) = schema["enum"].as_array()
        && !words.contains(value)
    {
        problems.push(format!("{at}: {value} is none of {words:?}"));
    }
    for item in value.as_array().into_iter().flatten() {
        conform(item, &schema["items"], root, &format!("{at}[]"), problems);
    }
    let Some(object) = value.as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !object.contains_key(name.as_str().unwrap()) {
            problems.push(format!("{at} lacks {name}"));
        }
    }
    for (name, inner) in object {
        match schema["properties"].get(name) {
            Some(schema) => conform(inner, schema, root, &format!("{at}.{name}"), problems),
            None => problems.push(format!("{at}: {name} is not in the schema")),
        }
    }
}
