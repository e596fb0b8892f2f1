//! What the client asked to see of an answer: the `fields` of partial responses, and enumerations as numbers.

use crate::discovery::{Document, Schema, number_of};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The fields that are kept. No fields at all means everything beneath.
#[derive(Debug, Default, PartialEq)]
struct Mask(BTreeMap<String, Mask>);

/// Keeps only the fields of a mask such as `items(name,routingConfig/routingMode),nextPageToken`.
pub(crate) fn project(value: Value, fields: &str) -> Value {
    let mut rest = fields;
    let mask = read(&mut rest);
    apply(value, &mask)
}

fn read(rest: &mut &str) -> Mask {
    let mut mask = Mask::default();
    loop {
        let end = rest.find([',', '(', ')', '/']).unwrap_or(rest.len());
        let name = rest[..end].trim().to_owned();
        *rest = &rest[end..];
        let inner = mask.0.entry(name).or_default();
        // A path goes down one name at a time and is as good as parentheses around the rest of it.
        let mut here = inner;
        while let Some(below) = rest.strip_prefix('/') {
            let end = below.find([',', '(', ')', '/']).unwrap_or(below.len());
            here = here.0.entry(below[..end].trim().to_owned()).or_default();
            *rest = &below[end..];
        }
        if let Some(inside) = rest.strip_prefix('(') {
            *rest = inside;
            let nested = read(rest);
            here.0.extend(nested.0);
            *rest = rest.strip_prefix(')').unwrap_or(rest);
        }
        match rest.strip_prefix(',') {
            Some(next) => *rest = next,
            None => return mask,
        }
    }
}

fn apply(value: Value, mask: &Mask) -> Value {
    if mask.0.is_empty() {
        return value;
    }
    match value {
        Value::Array(list) => Value::Array(list.into_iter().map(|item| apply(item, mask)).collect()),
        Value::Object(object) => {
            let kept = object.into_iter().filter_map(|(name, inner)| {
                let below = mask.0.get(&name).or_else(|| mask.0.get("*"))?;
                Some((name, apply(inner, below)))
            });
            Value::Object(kept.collect())
        }
        other => other,
    }
}

/// Writes enumerations as the numbers of their words.
pub(crate) fn number_words(document: &Document, schema: &Schema, value: Value) -> Value {
    let schema = document.resolve(schema);
    match value {
        Value::String(word) => {
            let found = schema.words.as_ref().and_then(|words| number_of(words, &word));
            found.map_or(Value::String(word), |number| json!(number))
        }
        Value::Array(list) => {
            let Some(items) = &schema.items else { return Value::Array(list) };
            Value::Array(list.into_iter().map(|item| number_words(document, items, item)).collect())
        }
        Value::Object(object) => Value::Object(number_object(document, schema, object)),
        other => other,
    }
}

fn number_object(document: &Document, schema: &Schema, object: Map<String, Value>) -> Map<String, Value> {
    // What an operation answers with says its type itself.
    let typed = object.get("@type").and_then(Value::as_str).and_then(|name| name.rsplit(['.', '/']).next());
    let schema = typed.and_then(|name| document.schemas.get(name)).unwrap_or(schema);
    let fields = |name: &str| {
        let named = schema.properties.as_ref().and_then(|fields| fields.get(name));
        named.or(schema.additional_properties.as_deref())
    };
    object
        .into_iter()
        .map(|(name, inner)| match fields(&name) {
            Some(field) => {
                let inner = number_words(document, field, inner);
                (name, inner)
            }
            None => (name, inner),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::discovery::Discovery;

    #[test]
    fn masks_keep_what_they_name() {
        let value =
            json!({"items": [{"name": "a", "x": 1, "deep": {"y": 2, "z": 3}}], "kind": "k", "token": "t"});
        assert_eq!(project(value.clone(), "kind"), json!({"kind": "k"}));
        let expected = json!({"items": [{"name": "a", "deep": {"y": 2}}], "token": "t"});
        assert_eq!(project(value.clone(), "items(name,deep/y),token"), expected);
        assert_eq!(project(value.clone(), "items/name"), json!({"items": [{"name": "a"}]}));
        assert_eq!(project(value.clone(), "*"), value);
    }

    #[test]
    fn words_become_their_numbers() {
        let discovery = Discovery::embedded().unwrap();
        let document = discovery.document("cloudresourcemanager.v3").unwrap();
        let answer = json!({
            "name": "operations/1", "done": true,
            "response": {"@type": "type.googleapis.com/google.cloud.resourcemanager.v3.Project", "state": "ACTIVE"},
        });
        let numbered = number_words(document, &document.schemas["Operation"], answer);
        assert_eq!(numbered["response"]["state"], json!(1));
        let project =
            number_words(document, &document.schemas["Project"], json!({"state": "DELETE_REQUESTED"}));
        assert_eq!(project, json!({"state": 2}));
    }
}
