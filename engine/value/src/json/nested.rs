//! JSON text that is nested deeper than serde_json reads by itself.
//!
//! A value and its type beside it, as states hold them, are nested twice as deep in JSON as the value is, and what
//! has been written must be readable.

use super::JsonError;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// How deep text may be nested.
const MAX_LEVELS: usize = 500;

/// Whether this is why serde_json does not read a text: [`nested_json`] may.
pub fn is_too_nested(error: &serde_json::Error) -> bool {
    error.is_syntax() && error.to_string().starts_with("recursion limit exceeded")
}

/// Reads JSON text that is nested up to 500 levels deep.
pub fn nested_json(text: &str) -> Result<Json, JsonError> {
    if levels(text) > MAX_LEVELS {
        return Err(JsonError(format!("nested more than {MAX_LEVELS} levels deep")));
    }
    read(text)
}

/// How deep a text is nested, if it is valid.
fn levels(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                most = most.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    most
}

fn read(text: &str) -> Result<Json, JsonError> {
    match serde_json::from_str(text) {
        Err(error) if is_too_nested(&error) => split(text),
        read => read.map_err(|error| JsonError(error.to_string())),
    }
}

/// Reads the parts of a collection one by one. Loops, since each frame of the stack counts here.
fn split(text: &str) -> Result<Json, JsonError> {
    let failed = |e: serde_json::Error| JsonError(e.to_string());
    if text.trim_ascii_start().starts_with('[') {
        let parts: Vec<&RawValue> = serde_json::from_str(text).map_err(failed)?;
        let mut items = Vec::with_capacity(parts.len());
        for part in parts {
            items.push(read(part.get())?);
        }
        return Ok(Json::Array(items));
    }
    let parts: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(failed)?;
    let mut members = serde_json::Map::new();
    for (name, part) in parts {
        members.insert(name, read(part.get())?);
    }
    Ok(Json::Object(members))
}
