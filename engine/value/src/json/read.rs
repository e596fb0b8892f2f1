//! JSON as values.

use super::{JsonError, type_from_json};
use crate::{Number, Path, PathStep, Type, Value};
use serde_json::Value as Json;
use std::sync::Arc;

/// JSON as a value of the type it implies: objects and tuples, never maps and lists. A number
/// beyond the range of numbers becomes the largest double.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::NULL,
        Json::Bool(b) => Value::from(*b),
        Json::Number(n) => Value::number(
            n.as_str()
                .parse::<Number>()
                .unwrap_or_else(|_| Number::from(n.as_f64().unwrap_or(f64::INFINITY))),
        ),
        Json::String(s) => Value::string(s),
        Json::Array(vs) => Value::tuple(vs.iter().map(from_json)),
        Json::Object(vs) => Value::object(vs.iter().map(|(k, v)| (key(k), from_json(v)))),
    }
}

/// JSON as a value of type `ty`. Where `ty` is dynamic, JSON of the form
/// `{"type": ..., "value": ...}` is expected, as cty writes it.
pub fn from_json_with_type(json: &Json, ty: &Type) -> Result<Value, JsonError> {
    read(json, ty, &Path::root())
}

fn read(json: &Json, ty: &Type, path: &Path) -> Result<Value, JsonError> {
    if let Type::Dynamic = ty {
        if json.is_null() {
            return Ok(Value::NULL);
        }
        return dynamic(json, path);
    }
    let required = || Err(JsonError::at(path, format_args!("{} is required", ty.friendly_name())));
    let elements = |vs: &[Json], t: &Type| -> Result<Vec<Value>, JsonError> {
        vs.iter().enumerate().map(|(i, v)| read(v, t, &path.then(PathStep::Index(i as u64)))).collect()
    };
    Ok(match (json, ty) {
        (Json::Null, _) => Value::null(ty.clone()),
        (Json::Bool(b), Type::Bool) => Value::from(*b),
        (Json::Bool(b), Type::String) => Value::string(if *b { "true" } else { "false" }),
        (Json::Number(n), Type::String) => Value::string(n.as_str()),
        (Json::String(s), Type::String) => Value::string(s),
        (Json::String(s), Type::Bool) => match s.as_str() {
            "true" | "1" => Value::TRUE,
            "false" | "0" => Value::FALSE,
            _ => return required(),
        },
        (Json::Number(_) | Json::String(_), Type::Number) => {
            let text = match json {
                Json::Number(n) => n.as_str(),
                other => other.as_str().unwrap_or_default(),
            };
            match text.parse::<Number>() {
                Ok(n) => Value::number(n),
                Err(_) => return required(),
            }
        }
        (Json::Array(vs), Type::List(t)) => Value::list(t.without_optional(), elements(vs, t)?),
        (Json::Array(vs), Type::Set(t)) => Value::set(t.without_optional(), elements(vs, t)?),
        (Json::Array(vs), Type::Tuple(ts)) => {
            if vs.len() != ts.len() {
                let amount = if vs.len() < ts.len() { "not enough" } else { "too many" };
                return Err(JsonError::at(path, format_args!("{amount} tuple elements (need {})", ts.len())));
            }
            let values = vs.iter().zip(ts.iter()).enumerate();
            let values = values.map(|(i, (v, t))| read(v, t, &path.then(PathStep::Index(i as u64))));
            Value::tuple(values.collect::<Result<Vec<_>, _>>()?)
        }
        (Json::Object(vs), Type::Map(t)) => {
            let members = vs.iter().map(|(k, v)| {
                let k = key(k);
                Ok((k.clone(), read(v, t, &path.then(PathStep::Key(k)))?))
            });
            Value::map(t.without_optional(), members.collect::<Result<Vec<_>, JsonError>>()?)
        }
        (Json::Object(vs), Type::Object(o)) => {
            let mut attributes = Vec::with_capacity(o.attributes.len());
            for (k, v) in vs {
                // The type's own names are shared by all objects of the type.
                let known = o.attributes.get_key_value(k.as_str());
                let Some((k, t)) = known.or_else(|| o.attributes.get_key_value(&key(k))) else {
                    return Err(JsonError::at(path, format_args!("unsupported attribute {:?}", key(k))));
                };
                attributes.push((k.clone(), read(v, t, &path.attribute(k.clone()))?));
            }
            let value = Value::object(attributes);
            let missing = o.attributes.keys().find(|k| value.as_map().is_some_and(|vs| !vs.contains_key(*k)));
            match missing {
                Some(name) => {
                    return Err(JsonError::at(path, format_args!("attribute {name:?} is required")));
                }
                None => value,
            }
        }
        _ => return required(),
    })
}

/// A value with its type beside it.
fn dynamic(json: &Json, path: &Path) -> Result<Value, JsonError> {
    if json.is_null() {
        return Ok(Value::NULL);
    }
    let wrapped = json.as_object().filter(|o| o.keys().all(|k| k == "type" || k == "value"));
    match wrapped.map(|o| (o.get("type"), o.get("value"))) {
        Some((Some(ty), Some(value))) => {
            let ty = type_from_json(ty)?;
            // Within a dynamic value there is nothing dynamic but what is null.
            if ty == Type::Dynamic && value.is_null() {
                return Ok(Value::NULL);
            }
            read(value, &ty, path)
        }
        Some((None, _)) => Err(JsonError::at(path, "missing type in dynamically-typed value")),
        Some((_, None)) => Err(JsonError::at(path, "missing value in dynamically-typed value")),
        None => Err(JsonError::at(path, "an object with the keys type and value is required")),
    }
}

/// A key in normalisation form C, as all strings are.
fn key(text: &str) -> Arc<str> {
    match Value::string(text).kind() {
        crate::Kind::String(s) => s.clone(),
        _ => text.into(),
    }
}
