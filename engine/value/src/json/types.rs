//! Types as JSON.

use super::JsonError;
use crate::{ObjectType, Type};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A type as cty writes it: `"string"`, `["list","string"]`, `["object",{"a":"string"}]`; the
/// names of optional attributes follow the attributes.
pub fn type_to_json(ty: &Type) -> Json {
    match ty {
        Type::Dynamic => json!("dynamic"),
        Type::Bool => json!("bool"),
        Type::Number => json!("number"),
        Type::String => json!("string"),
        Type::List(t) => json!(["list", type_to_json(t)]),
        Type::Set(t) => json!(["set", type_to_json(t)]),
        Type::Map(t) => json!(["map", type_to_json(t)]),
        Type::Tuple(ts) => json!(["tuple", ts.iter().map(type_to_json).collect::<Vec<_>>()]),
        Type::Object(o) => {
            let attributes: serde_json::Map<String, Json> =
                o.attributes.iter().map(|(k, t)| (k.to_string(), type_to_json(t))).collect();
            if o.optional.is_empty() {
                json!(["object", attributes])
            } else {
                json!(["object", attributes, o.optional])
            }
        }
    }
}

/// The inverse of [`type_to_json`].
pub fn type_from_json(json: &Json) -> Result<Type, JsonError> {
    let invalid = || JsonError(format!("invalid type specification: {json}"));
    match json {
        Json::String(name) => match name.as_str() {
            "dynamic" => Ok(Type::Dynamic),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::String),
            _ => Err(invalid()),
        },
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(kind), inner] if kind == "list" => Ok(Type::list(type_from_json(inner)?)),
            [Json::String(kind), inner] if kind == "set" => Ok(Type::set(type_from_json(inner)?)),
            [Json::String(kind), inner] if kind == "map" => Ok(Type::map(type_from_json(inner)?)),
            [Json::String(kind), Json::Array(inner)] if kind == "tuple" => {
                Ok(Type::tuple(inner.iter().map(type_from_json).collect::<Result<Vec<_>, _>>()?))
            }
            [Json::String(kind), Json::Object(attributes), rest @ ..] if kind == "object" => {
                let mut object = ObjectType::default();
                for (name, t) in attributes {
                    object.attributes.insert(name.as_str().into(), type_from_json(t)?);
                }
                let optional = match rest {
                    [] => &[] as &[Json],
                    [Json::Array(names)] => names,
                    _ => return Err(invalid()),
                };
                for name in optional {
                    let name: Arc<str> = name.as_str().ok_or_else(invalid)?.into();
                    if !object.attributes.contains_key(&name) {
                        return Err(invalid());
                    }
                    object.optional.insert(name);
                }
                Ok(Type::Object(Arc::new(object)))
            }
            _ => Err(invalid()),
        },
        _ => Err(invalid()),
    }
}
