//! Whether a body is one that Google would read: unknown fields, types, enumerations, patterns. What only the server
//! writes is dropped, numbers that travel as text become text, enumerations sent as numbers become words.

use crate::discovery::{Document, Schema, word_of};
use crate::refusal::Refusal;
use base64::Engine;
use regex::Regex;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// How a body is read.
pub(crate) struct Reading<'a> {
    /// The API that the body is for.
    pub(crate) document: &'a Document,
    /// The id of the method, for the fields that only some methods require.
    pub(crate) method: &'a str,
    /// What the body is called in messages, such as `resource`; empty if it has no name.
    pub(crate) root: &'a str,
    /// Whether `null` is kept, since it takes a field away.
    pub(crate) keep_null: bool,
}

/// Methods whose document requires fields that Google does not: a peering may be said in a field of its own.
const LENIENT: [&str; 1] = ["compute.networks.addPeering"];

impl Reading<'_> {
    /// The body as it is meant.
    ///
    /// # Errors
    /// In Google's words, when it does not fit the schema of that name.
    pub(crate) fn body(&self, schema: &str, body: &Value) -> Result<Value, Refusal> {
        let Some(schema) = self.document.schemas.get(schema) else { return Ok(body.clone()) };
        let read = self.value(schema, body, self.root)?.unwrap_or_else(|| json!({}));
        for (name, field) in schema.properties.iter().flatten() {
            let empty =
                matches!(read.get(name), None | Some(Value::Null)) || read.get(name) == Some(&json!(""));
            let asked = field.required_by.iter().any(|method| method == self.method);
            if empty && asked && !field.read_only && !LENIENT.contains(&self.method) {
                return Err(missing(&self.inner(self.root, name)));
            }
        }
        Ok(read)
    }

    fn value(&self, schema: &Schema, value: &Value, path: &str) -> Result<Option<Value>, Refusal> {
        if schema.reference.is_some() {
            return self.value(self.document.resolve(schema), value, path);
        }
        if value.is_null() {
            return Ok(self.keep_null.then_some(Value::Null));
        }
        let read = match schema.kind.as_deref() {
            Some("object") => self.object(schema, value, path)?,
            Some("array") => self.array(schema, value, path)?,
            Some("boolean") if value.is_boolean() => value.clone(),
            Some("boolean") => match value.as_str() {
                Some("true") => json!(true),
                Some("false") => json!(false),
                _ => return Err(wrong_type(path, "TYPE_BOOL", value)),
            },
            Some("integer") => integer(schema, value, path)?,
            Some("number") if value.is_number() => value.clone(),
            Some("number") => return Err(wrong_type(path, "TYPE_DOUBLE", value)),
            Some("string") => string(schema, value, path)?,
            _ => value.clone(),
        };
        Ok(Some(read))
    }

    fn object(&self, schema: &Schema, value: &Value, path: &str) -> Result<Value, Refusal> {
        let Value::Object(object) = value else { return Err(wrong_type(path, "object", value)) };
        let mut read = Map::new();
        for (name, inner) in object {
            let here = self.inner(path, name);
            let field = schema.properties.as_ref().and_then(|fields| fields.get(name));
            let kept = match (field, &schema.additional_properties) {
                (Some(field), _) if field.read_only => None,
                (Some(field), _) => self.value(field, inner, &here)?,
                (None, Some(field)) => self.value(field, inner, &here)?,
                (None, None) if schema.properties.is_none() => Some(inner.clone()),
                (None, None) => return Err(unknown(name, path)),
            };
            if let Some(kept) = kept {
                read.insert(name.clone(), kept);
            }
        }
        Ok(Value::Object(read))
    }

    fn array(&self, schema: &Schema, value: &Value, path: &str) -> Result<Value, Refusal> {
        let Value::Array(list) = value else { return Err(wrong_type(path, "array", value)) };
        let Some(items) = &schema.items else { return Ok(value.clone()) };
        let mut read = Vec::new();
        for (index, item) in list.iter().enumerate() {
            read.extend(self.value(items, item, &format!("{path}[{index}]"))?);
        }
        Ok(Value::Array(read))
    }

    fn inner(&self, path: &str, name: &str) -> String {
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    }
}

fn integer(schema: &Schema, value: &Value, path: &str) -> Result<Value, Refusal> {
    let number = match value {
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64))
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let range = match schema.format.as_deref() {
        Some("uint32") => 0..=i64::from(u32::MAX),
        _ => i64::from(i32::MIN)..=i64::from(i32::MAX),
    };
    number
        .filter(|number| range.contains(number))
        .map(|number| json!(number))
        .ok_or_else(|| wrong_type(path, "TYPE_INT32", value))
}

fn string(schema: &Schema, value: &Value, path: &str) -> Result<Value, Refusal> {
    if let (Some(words), Some(number)) = (&schema.words, value.as_u64()) {
        let word = word_of(words, number);
        return word.map(|word| json!(word)).ok_or_else(|| wrong_type(path, "TYPE_ENUM", value));
    }
    let text = match (schema.format.as_deref(), value) {
        (_, Value::String(text)) => text.clone(),
        (Some("int64" | "uint64"), Value::Number(number)) => number.to_string(),
        _ => return Err(wrong_type(path, "TYPE_STRING", value)),
    };
    match schema.format.as_deref() {
        Some("int64") if text.parse::<i64>().is_err() => return Err(wrong_type(path, "TYPE_INT64", value)),
        Some("uint64") if text.parse::<u64>().is_err() => return Err(wrong_type(path, "TYPE_UINT64", value)),
        Some("byte") if !is_base64(&text) => return Err(wrong_type(path, "TYPE_BYTES", value)),
        _ => {}
    }
    if text.is_empty() && schema.words.is_none() {
        return Ok(json!(text));
    }
    if let Some(words) = &schema.words
        && !words.contains(&text)
    {
        return Err(Refusal::invalid(format!(
            "Invalid value at '{path}' (TYPE_ENUM), \"{text}\". It must be one of: {}.",
            words.join(", ")
        )));
    }
    if let Some(pattern) = &schema.pattern
        && !matches(pattern, &text)
    {
        return Err(Refusal::invalid(format!(
            "Invalid value for field '{path}': '{text}'. Must be a match of regex '{pattern}'"
        )));
    }
    Ok(json!(text))
}

/// Whether the whole text matches; a pattern that this engine cannot read matches everything.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    static READ: LazyLock<Mutex<HashMap<String, Option<Regex>>>> = LazyLock::new(Mutex::default);
    let Ok(mut read) = READ.lock() else { return true };
    let regex =
        read.entry(pattern.to_owned()).or_insert_with(|| Regex::new(&format!("^(?:{pattern})$")).ok());
    regex.as_ref().is_none_or(|regex| regex.is_match(text))
}

fn is_base64(text: &str) -> bool {
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD]
        .iter()
        .any(|engine| engine.decode(text).is_ok())
}

/// A field that has to be there and is not.
pub(crate) fn missing(path: &str) -> Refusal {
    Refusal::invalid(format!("Invalid value for field '{path}': ''. Required field not specified."))
        .because("required")
}

fn unknown(name: &str, path: &str) -> Refusal {
    let place = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
    Refusal::invalid(format!(
        "Invalid JSON payload received. Unknown name \"{name}\"{place}: Cannot find field."
    ))
    .because("badRequest")
}

fn wrong_type(path: &str, kind: &str, value: &Value) -> Refusal {
    Refusal::invalid(format!("Invalid value at '{path}' ({kind}), {value}")).because("badRequest")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::discovery::Discovery;

    fn read(schema: &str, body: &Value) -> Result<Value, String> {
        let discovery = Discovery::embedded().unwrap();
        let document = discovery.document("compute.v1").unwrap();
        Reading { document, method: "compute.routers.insert", root: "resource", keep_null: false }
            .body(schema, body)
            .map_err(|refusal| refusal.message)
    }

    #[test]
    fn what_google_would_not_read_is_refused() {
        let table = [
            (json!({"name": "n", "bogus": 1}), "Unknown name \"bogus\" at 'resource'"),
            (json!({"name": "Bad_Name"}), "Must be a match of regex"),
            (json!({"name": "n", "autoCreateSubnetworks": "maybe"}), "TYPE_BOOL"),
            (json!({"name": "n", "mtu": "many"}), "TYPE_INT32"),
            (json!({"name": "n", "routingConfig": {"routingMode": "LOCAL"}}), "TYPE_ENUM"),
            (json!({"name": "n", "routingConfig": {"routingMode": ""}}), "TYPE_ENUM"),
            (json!({"name": "n", "routingConfig": []}), "(object)"),
        ];
        for (body, message) in table {
            let refused = read("Network", &body).unwrap_err();
            assert!(refused.contains(message), "{refused}");
        }
        assert!(read("Router", &json!({"name": "r"})).unwrap_err().contains("resource.network"));
    }

    #[test]
    fn what_only_the_server_writes_is_dropped() {
        let body = json!({"name": "n", "id": "7", "selfLink": "x", "mtu": 1460, "description": null});
        assert_eq!(read("Network", &body).unwrap(), json!({"name": "n", "mtu": 1460}));
    }
}
