//! `sensitive_attributes`: paths as lists of steps.

use super::StateError;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use terrane_value::{Path, PathStep, Type, Value};

/// A step as stored: `{"type":"get_attr","value":"tags"}` or
/// `{"type":"index","value":{"value":0,"type":"number"}}`.
#[derive(Serialize, Deserialize)]
pub(super) struct StepJson {
    #[serde(rename = "type")]
    kind: String,
    value: Json,
}

pub(super) fn path_to_json(path: &Path) -> Result<Vec<StepJson>, StateError> {
    let index = |value: Json, ty: Json| StepJson {
        kind: "index".into(),
        value: json!({ "value": value, "type": ty }),
    };
    path.0
        .iter()
        .map(|step| {
            Ok(match step {
                PathStep::Attribute(name) => StepJson { kind: "get_attr".into(), value: json!(&**name) },
                PathStep::Index(n) => index(json!(n), json!("number")),
                PathStep::Key(key) => index(json!(&**key), json!("string")),
                PathStep::Element(value) => index(
                    terrane_value::to_json(value).map_err(|e| {
                        StateError(format!("The sensitive path {path} cannot be stored: {e}"))
                    })?,
                    terrane_value::type_to_json(&value.ty()),
                ),
            })
        })
        .collect()
}

pub(super) fn path_from_json(steps: Vec<StepJson>) -> Result<Path, String> {
    steps.into_iter().map(step_from_json).collect::<Result<_, _>>().map(Path)
}

fn step_from_json(step: StepJson) -> Result<PathStep, String> {
    match (step.kind.as_str(), &step.value) {
        ("get_attr", Json::String(name)) => Ok(PathStep::Attribute(name.as_str().into())),
        ("index", Json::Object(typed)) => index_from_json(typed),
        (kind, _) => Err(format!("a step of type {kind:?} with an unsuitable value")),
    }
}

fn index_from_json(typed: &serde_json::Map<String, Json>) -> Result<PathStep, String> {
    let (Some(value), Some(ty)) = (typed.get("value"), typed.get("type")) else {
        return Err("an index without value and type".into());
    };
    match (ty.as_str(), value) {
        (Some("string"), Json::String(key)) => Ok(PathStep::Key(key.as_str().into())),
        (Some("number"), Json::Number(n)) if n.as_u64().is_some() => {
            Ok(PathStep::Index(n.as_u64().unwrap_or_default()))
        }
        _ => {
            let ty: Type = terrane_value::type_from_json(ty).map_err(|e| e.to_string())?;
            let value: Value = terrane_value::from_json_with_type(value, &ty).map_err(|e| e.to_string())?;
            Ok(PathStep::Element(Box::new(value)))
        }
    }
}
