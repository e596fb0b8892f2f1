//! Values and types as JSON, as cty writes them.

use crate::{Type, Value};

/// Why JSON and values do not translate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(pub String);

/// The value as plain JSON. Marks are dropped; unknown values are an error.
pub fn to_json(_value: &Value) -> Result<serde_json::Value, JsonError> {
    Err(JsonError("not written".into()))
}

/// JSON as a value of the type it implies: objects and tuples, never maps and lists.
pub fn from_json(_json: &serde_json::Value) -> Value {
    Value::NULL
}

/// JSON as a value of type `ty`. Where `ty` is dynamic, JSON of the form
/// `{"type": ..., "value": ...}` is expected, as cty writes it.
pub fn from_json_with_type(_json: &serde_json::Value, _ty: &Type) -> Result<Value, JsonError> {
    Err(JsonError("not written".into()))
}

/// A type as cty writes it: `"string"`, `["list","string"]`, `["object",{"a":"string"}]`.
pub fn type_to_json(_ty: &Type) -> serde_json::Value {
    serde_json::Value::Null
}

/// The inverse of [`type_to_json`].
pub fn type_from_json(_json: &serde_json::Value) -> Result<Type, JsonError> {
    Err(JsonError("not written".into()))
}
