//! Tests of values, types and their operations, through the public interface.
#![allow(clippy::unwrap_used)]

mod arbitrary;
mod conversion;
mod json;
mod msgpack;
mod numbers;
mod operations;
mod sets;
mod unification;

use terrane_value::{Type, Value, from_json};

/// A value from JSON text: objects and tuples, as literals of the language are.
fn v(json: &str) -> Value {
    from_json(&serde_json::from_str(json).unwrap())
}

/// An object type from attribute names and types, those with a question mark optional.
fn object(attributes: &[(&str, Type)]) -> Type {
    let optional = attributes.iter().filter_map(|(name, _)| name.strip_suffix('?'));
    Type::object_with_optional(
        attributes.iter().map(|(name, ty)| (name.trim_end_matches('?'), ty.clone())),
        optional,
    )
}
