//! When two values that differ mean the same: JSON texts, and the zero values that Terraform's
//! SDK stores for what is not set.

use crate::resource::zero;
use crate::spec::AttributeSpec;
use terrane_value::{Kind, Type, Value};

/// Whether two texts are the same JSON document, whatever their spacing and order of keys.
/// Texts that are not JSON are equivalent when they are equal.
pub fn json_equivalent(a: &str, b: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    a == b || parse(a).is_some_and(|a| Some(a) == parse(b))
}

/// An empty text or collection.
pub(crate) fn is_empty(value: &Value) -> bool {
    match value.kind() {
        Kind::String(s) => s.is_empty(),
        Kind::List(_, vs) | Kind::Set(_, vs) => vs.is_empty(),
        Kind::Map(_, vs) => vs.is_empty(),
        _ => false,
    }
}

/// Whether values of an attribute, neither of them null, mean the same.
pub(crate) fn same(spec: &AttributeSpec, a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    if let Some(equivalent) = spec.equivalent {
        let texts = |a: &Value, b: &Value| a.as_str().zip(b.as_str()).is_some_and(|(a, b)| equivalent(a, b));
        return match (a.kind(), b.kind()) {
            (Kind::List(_, a), Kind::List(_, b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| texts(a, b))
            }
            (Kind::Set(_, a), Kind::Set(_, b)) => {
                a.iter().all(|a| b.iter().any(|b| texts(a, b)))
                    && b.iter().all(|b| a.iter().any(|a| texts(a, b)))
            }
            _ => texts(a, b),
        };
    }
    holds_objects(&spec.ty) && filled(a) == filled(b)
}

fn holds_objects(ty: &Type) -> bool {
    ty.element().is_some_and(|t| matches!(t, Type::Object(_)) || holds_objects(t))
}

/// The value with zero values for what is null in the objects inside it.
pub(crate) fn filled(value: &Value) -> Value {
    match value.kind() {
        Kind::List(t, vs) => Value::list(t.clone(), vs.iter().map(filled)),
        Kind::Set(t, vs) => Value::set(t.clone(), vs.iter().map(filled)),
        Kind::Object(vs) => Value::object(
            vs.iter().map(|(name, v)| (name.clone(), if v.is_null() { zero(&v.ty()) } else { filled(v) })),
        ),
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_compared_by_meaning() {
        for (a, b, want) in [
            (r#"{"a":1,"b":[2]}"#, "{ \"b\": [2], \"a\": 1 }", true),
            (r#"{"a":[1,2]}"#, r#"{"a":[2,1]}"#, false),
            ("not json", "not json", true),
            ("not json", "not  json", false),
            ("{}", "", false),
        ] {
            assert_eq!(json_equivalent(a, b), want, "{a} {b}");
        }
    }

    #[test]
    fn lists_and_sets_are_compared_text_by_text() {
        let texts = |all: &[&str]| all.iter().map(Value::string).collect::<Vec<_>>();
        let list = |all: &[&str]| Value::list(Type::String, texts(all));
        let set = |all: &[&str]| Value::set(Type::String, texts(all));
        let mut spec = AttributeSpec::new(Type::String, crate::spec::Presence::Optional);
        spec.equivalent = Some(|a, b| a.eq_ignore_ascii_case(b));
        for (a, b, want) in [
            (list(&["a", "B"]), list(&["A", "b"]), true),
            (list(&["a", "b"]), list(&["b", "a"]), false),
            (list(&["a"]), list(&["a", "b"]), false),
            (set(&["a", "b"]), set(&["B", "A"]), true),
            (set(&["a"]), set(&["A", "b"]), false),
            (set(&["a", "b"]), set(&["A"]), false),
        ] {
            assert_eq!(same(&spec, &a, &b), want, "{a:?} {b:?}");
        }
    }
}
