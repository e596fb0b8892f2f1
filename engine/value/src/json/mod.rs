//! Values and types as JSON, as cty writes them.

mod nested;
mod read;
mod text;
mod types;

pub use nested::{is_too_nested, nested_json};
pub use read::{from_json, from_json_with_type};
pub use text::to_json_text;
pub use types::{type_from_json, type_to_json};

use crate::{Kind, Path, Type, Value};

/// Why JSON and values do not translate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(pub String);

impl JsonError {
    fn at(path: &Path, message: impl std::fmt::Display) -> JsonError {
        if path.0.is_empty() {
            JsonError(message.to_string())
        } else {
            JsonError(format!("{path}: {message}"))
        }
    }
}

/// The value as plain JSON. Marks are dropped; unknown values are an error.
pub fn to_json(value: &Value) -> Result<serde_json::Value, JsonError> {
    write(value, None)
}

/// The value as JSON from which [`from_json_with_type`] with the same type restores it: where
/// `ty` is dynamic it is wrapped as `{"value": ..., "type": ...}`.
pub fn to_json_with_type(value: &Value, ty: &Type) -> Result<serde_json::Value, JsonError> {
    write(value, Some(ty))
}

fn write(value: &Value, ty: Option<&Type>) -> Result<serde_json::Value, JsonError> {
    use serde_json::Value as Json;
    if let Some(Type::Dynamic) = ty
        && value.ty() != Type::Dynamic
    {
        if !value.is_known() {
            return Err(not_known());
        }
        let wrapped = [
            ("value".to_owned(), write(value, Some(&value.ty()))?),
            ("type".to_owned(), type_to_json(&value.ty())),
        ];
        return Ok(Json::Object(wrapped.into_iter().collect()));
    }
    Ok(match value.kind() {
        Kind::Null(_) => Json::Null,
        Kind::Unknown(..) => return Err(not_known()),
        Kind::Bool(b) => Json::Bool(*b),
        Kind::Number(n) => {
            let text = n.to_string();
            Json::Number(text.parse().map_err(|_| JsonError(format!("{text} is not a number in JSON")))?)
        }
        Kind::String(s) => Json::String(s.to_string()),
        Kind::List(_, vs) | Kind::Set(_, vs) => {
            let element = ty.and_then(Type::element);
            Json::Array(vs.iter().map(|v| write(v, element)).collect::<Result<_, _>>()?)
        }
        Kind::Tuple(vs) => {
            let element = |i: usize| match ty {
                Some(Type::Tuple(ts)) => ts.get(i),
                _ => None,
            };
            Json::Array(vs.iter().enumerate().map(|(i, v)| write(v, element(i))).collect::<Result<_, _>>()?)
        }
        Kind::Map(_, vs) | Kind::Object(vs) => {
            let element = |k: &str| ty.and_then(|t| t.attribute(k).or_else(|| t.element()));
            let members = vs.iter().map(|(k, v)| Ok((k.to_string(), write(v, element(k))?)));
            Json::Object(members.collect::<Result<_, _>>()?)
        }
    })
}

fn not_known() -> JsonError {
    JsonError("value is not known".into())
}
