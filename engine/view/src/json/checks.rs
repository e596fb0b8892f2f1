//! Results of conditions.

use super::change::instance_key;
use serde_json::{Map, Value as Json, json};
use terrane_address::{InstanceKey, ModuleInstance, ResourceInstance};
use terrane_plan::{ChangeKind, CheckResult, CheckStatus};

/// `checks` of a plan.
pub(crate) fn checks_json(checks: &[CheckResult]) -> Json {
    let mut entries: Vec<(String, Json)> = checks
        .iter()
        .map(|check| {
            let kind = match check.kind {
                ChangeKind::Resource => "resource",
                ChangeKind::OutputValue => "output_value",
                ChangeKind::Check => "check",
                ChangeKind::Var => "var",
            };
            let instances = check.instances.iter().map(|(address, status, messages)| {
                instance(kind, address, status_word(*status), messages.iter().map(String::as_str))
            });
            (
                check.address.clone(),
                entry(kind, &check.address, status_word(check.status), instances.collect()),
            )
        })
        .collect();
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    entries.into_iter().map(|(_, e)| e).collect()
}

/// `checks` of a state, from its `check_results`. `None` when it has none.
pub(crate) fn stored_checks_json(results: &Json) -> Option<Json> {
    let results = results.as_array()?;
    let text = |v: &Json, name: &str| v.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let entries = results.iter().map(|result| {
        let kind = match text(result, "object_kind").as_str() {
            "output" => "output_value".to_owned(),
            other => other.to_owned(),
        };
        let objects = result.get("objects").and_then(Json::as_array).into_iter().flatten();
        let instances = objects.map(|object| {
            let messages = object.get("failure_messages").and_then(Json::as_array).into_iter().flatten();
            let messages = messages.filter_map(Json::as_str);
            instance(&kind, &text(object, "object_addr"), &text(object, "status"), messages)
        });
        entry(&kind, &text(result, "config_addr"), &text(result, "status"), instances.collect())
    });
    let entries: Vec<Json> = entries.collect();
    (!entries.is_empty()).then_some(Json::Array(entries))
}

fn status_word(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Pass => "pass",
        CheckStatus::Fail => "fail",
        CheckStatus::Error => "error",
        CheckStatus::Unknown => "unknown",
    }
}

fn entry(kind: &str, address: &str, status: &str, instances: Vec<Json>) -> Json {
    let mut of = Map::new();
    of.insert("kind".into(), json!(kind));
    let (module, rest) = split_module(address);
    if !module.is_empty() {
        of.insert("module".into(), json!(module));
    }
    if kind == "resource" {
        let (mode, rest) = match rest.strip_prefix("data.") {
            Some(rest) => ("data", rest),
            None => ("managed", rest),
        };
        let (type_name, name) = rest.split_once('.').unwrap_or(("", rest));
        of.insert("mode".into(), json!(mode));
        of.insert("name".into(), json!(name));
        of.insert("to_display".into(), json!(address));
        of.insert("type".into(), json!(type_name));
    } else {
        of.insert("name".into(), json!(rest.rsplit('.').next().unwrap_or(rest)));
        of.insert("to_display".into(), json!(address));
    }
    let mut out = Map::new();
    out.insert("address".into(), Json::Object(of));
    out.insert("status".into(), json!(status));
    if !instances.is_empty() {
        out.insert("instances".into(), Json::Array(instances));
    }
    Json::Object(out)
}

/// The module part of an address that is not a resource's, and the rest. Names of checks, outputs
/// and variables have no dots.
fn split_module(address: &str) -> (&str, &str) {
    let mut rest = address;
    while let Some(after) = rest.strip_prefix("module.") {
        let mut end = after.len();
        let mut quoted = false;
        let mut escaped = false;
        for (i, c) in after.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                '.' if !quoted => {
                    end = i;
                    break;
                }
                _ => {}
            }
        }
        rest = after.get(end + 1..).unwrap_or("");
    }
    (address[..address.len() - rest.len()].trim_end_matches('.'), rest)
}

fn instance<'a>(kind: &str, address: &str, status: &str, messages: impl Iterator<Item = &'a str>) -> Json {
    let mut of = Map::new();
    let parsed = if kind == "resource" { address.parse::<ResourceInstance>().ok() } else { None };
    let (key, module) = match &parsed {
        Some(address) => (&address.key, address.module.to_string()),
        None => (&InstanceKey::None, split_module(address).0.to_owned()),
    };
    if let Some(key) = instance_key(key) {
        of.insert("instance_key".into(), key);
    }
    if !module.is_empty() && module != ModuleInstance::root().to_string() {
        of.insert("module".into(), json!(module));
    }
    of.insert("to_display".into(), json!(address));
    let mut out = Map::new();
    out.insert("address".into(), Json::Object(of));
    out.insert("status".into(), json!(status));
    let problems: Vec<Json> = messages.map(|m| json!({ "message": m })).collect();
    if !problems.is_empty() {
        out.insert("problems".into(), Json::Array(problems));
    }
    Json::Object(out)
}
