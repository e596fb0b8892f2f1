//! In words, why no value of one type can be converted to another.

use super::conversion_exists;
use crate::Type;
use crate::ty::ObjectType;

/// Why values of type `from` do not convert to the constraint `to`: `list of string required`,
/// `attribute "x" is required`. To be used after the conversion was found impossible.
pub fn mismatch_message(from: &Type, to: &Type) -> String {
    match (from, to) {
        (Type::Object(a), Type::Object(b)) => objects(a, b),
        (Type::Tuple(_), Type::List(t)) if **t == Type::Dynamic => {
            "all list elements must have the same type".into()
        }
        (Type::Tuple(_), Type::Set(t)) if **t == Type::Dynamic => {
            "all set elements must have the same type".into()
        }
        (Type::Object(_), Type::Map(t)) if **t == Type::Dynamic => {
            "all map elements must have the same type".into()
        }
        (Type::Tuple(ts), Type::List(t) | Type::Set(t)) => {
            let wrong = ts.iter().enumerate().find(|(_, from)| !conversion_exists(from, t, true));
            match wrong {
                Some((i, from)) => format!("element {i}: {}", mismatch_message(from, t)),
                None => format!("all elements must be {}", constraint_name(t)),
            }
        }
        (Type::Object(o), Type::Map(t)) => {
            let wrong = o.attributes.iter().find(|(_, from)| !conversion_exists(from, t, true));
            match wrong {
                Some((name, from)) => format!("element {name:?}: {}", mismatch_message(from, t)),
                None => format!("all elements must be {}", constraint_name(t)),
            }
        }
        (Type::List(a) | Type::Set(a), Type::List(b)) => {
            format!("incorrect list element type: {}", mismatch_message(a, b))
        }
        (Type::List(a) | Type::Set(a), Type::Set(b)) => {
            format!("incorrect set element type: {}", mismatch_message(a, b))
        }
        (Type::Map(a), Type::Map(b)) => format!("incorrect map element type: {}", mismatch_message(a, b)),
        _ => format!("{} required", constraint_name(to)),
    }
}

fn objects(from: &ObjectType, to: &ObjectType) -> String {
    let missing: Vec<String> = to
        .attributes
        .keys()
        .filter(|name| !from.attributes.contains_key(*name) && !to.optional.contains(*name))
        .map(|name| format!("{name:?}"))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return format!("attribute {one} is required"),
        [one, two] => return format!("attributes {one} and {two} are required"),
        [rest @ .., last] => return format!("attributes {}, and {last} are required", rest.join(", ")),
    }
    let wrong = |unsafe_: bool| {
        to.attributes.iter().find_map(|(name, to)| {
            let from = from.attributes.get(name)?;
            (!conversion_exists(from, to, unsafe_))
                .then(|| format!("attribute {name:?}: {}", mismatch_message(from, to)))
        })
    };
    wrong(true).or_else(|| wrong(false)).unwrap_or_else(|| "incorrect object attributes".into())
}

/// The constraint in words: `string`, `list of any single type`.
fn constraint_name(ty: &Type) -> String {
    let element = |t: &Type| match t {
        Type::Dynamic => "any single type".to_owned(),
        t => constraint_name(t),
    };
    match ty {
        Type::Dynamic => "any type".into(),
        Type::List(t) => format!("list of {}", element(t)),
        Type::Set(t) => format!("set of {}", element(t)),
        Type::Map(t) => format!("map of {}", element(t)),
        other => other.friendly_name(),
    }
}
