//! A value as three JSON documents: what is known, where it is unknown, where it is sensitive.

use serde_json::{Map, Value as Json};
use terrane_schema::Schema;
use terrane_value::{Kind, Marks, Type, Value, to_json};

/// What is known of a value: unknown attributes and map elements are left out, unknown elements
/// of sequences are null. `None` when the value itself is unknown.
pub(crate) fn known_json(value: &Value, show_sensitive: bool) -> Option<Json> {
    if value.marks().is_sensitive() && !show_sensitive && value.is_known() {
        return Some(Json::Null);
    }
    Some(match value.kind() {
        Kind::Unknown(..) => return None,
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => {
            vs.iter().map(|v| known_json(v, show_sensitive).unwrap_or(Json::Null)).collect()
        }
        Kind::Map(_, vs) | Kind::Object(vs) => Json::Object(
            vs.iter().filter_map(|(k, v)| Some((k.to_string(), known_json(v, show_sensitive)?))).collect(),
        ),
        // Scalars and nulls always translate.
        _ => to_json(&value.unmark().0).unwrap_or(Json::Null),
    })
}

/// A wholly known value as JSON.
pub(crate) fn plain_json(value: &Value, show_sensitive: bool) -> Json {
    known_json(value, show_sensitive).unwrap_or(Json::Null)
}

/// Where a value is unknown: true there; false keys of objects and maps are left out, sequences
/// keep their positions.
pub(crate) fn unknown_json(value: &Value) -> Json {
    match value.kind() {
        Kind::Unknown(..) => Json::Bool(true),
        _ => masked(value, &|v| unknown_json(v)),
    }
}

/// Where a value is sensitive, in the same form.
pub(crate) fn sensitive_json(value: &Value) -> Json {
    if value.marks().is_sensitive() {
        return Json::Bool(true);
    }
    match value.kind() {
        Kind::Unknown(Type::List(_) | Type::Set(_) | Type::Tuple(_), _) => Json::Array(Vec::new()),
        Kind::Unknown(Type::Map(_) | Type::Object(_), _) => Json::Object(Map::new()),
        _ => masked(value, &|v| sensitive_json(v)),
    }
}

fn masked(value: &Value, mask: &dyn Fn(&Value) -> Json) -> Json {
    match value.kind() {
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => vs.iter().map(mask).collect(),
        Kind::Map(_, vs) | Kind::Object(vs) => Json::Object(
            vs.iter()
                .map(|(k, v)| (k.to_string(), mask(v)))
                .filter(|(_, m)| *m != Json::Bool(false))
                .collect(),
        ),
        _ => Json::Bool(false),
    }
}

/// The object with what its schema says is sensitive marked too.
pub(crate) fn marked_by(schema: Option<&Schema>, object: &Value) -> Value {
    let Some(schema) = schema.filter(|_| !object.is_null() && object.is_known()) else {
        return object.clone();
    };
    let marks: Vec<_> =
        schema.block.sensitive_paths(object).into_iter().map(|p| (p, Marks::sensitive())).collect();
    object.mark_paths(&marks)
}
