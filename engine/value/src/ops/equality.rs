//! Equality of values that may be unknown in part.

use super::unknown_not_null;
use crate::{Kind, Type, Value};

impl Value {
    /// `==`: a bool, unknown when that depends on unknown parts. Values of different types are
    /// not equal. The marks of both values, and of all that is in them, go to the result.
    #[must_use]
    pub fn equals(&self, other: &Value) -> Value {
        let (a, a_marks) = self.unmark_deep();
        let (b, b_marks) = other.unmark_deep();
        let marks = a_marks.union(&b_marks);
        match compare(&a, &b) {
            Some(equal) => Value::from(equal).with_marks(&marks),
            None => unknown_not_null(Type::Bool, &marks),
        }
    }
}

/// Whether the values are equal; `None` when that is not known yet.
fn compare(a: &Value, b: &Value) -> Option<bool> {
    match (a.kind(), b.kind()) {
        (Kind::Null(_), Kind::Null(_)) => Some(true),
        (Kind::Null(_), _) => {
            if b.is_definitely_not_null() {
                Some(false)
            } else {
                None
            }
        }
        (_, Kind::Null(_)) => {
            if a.is_definitely_not_null() {
                Some(false)
            } else {
                None
            }
        }
        (Kind::Unknown(Type::Dynamic, _), _) | (_, Kind::Unknown(Type::Dynamic, _)) => None,
        (Kind::Unknown(t, r), Kind::Unknown(u, s)) => {
            let compatible = may_be_same_type(t, u)
                && r.as_deref().zip(s.as_deref()).is_none_or(|(r, s)| r.and(s).is_some());
            if compatible { None } else { Some(false) }
        }
        (Kind::Unknown(t, r), _) => {
            let possible = may_be_same_type(t, &b.ty()) && r.as_ref().is_none_or(|r| r.allows(b));
            if possible { None } else { Some(false) }
        }
        (_, Kind::Unknown(..)) => compare(b, a),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::String(a), Kind::String(b)) => Some(a == b),
        (Kind::List(t, vs), Kind::List(u, ws)) => {
            if !may_be_same_type(t, u) || vs.len() != ws.len() {
                return Some(false);
            }
            all(vs.iter().zip(ws.iter()))
        }
        (Kind::Tuple(vs), Kind::Tuple(ws)) => {
            if vs.len() != ws.len() || !may_be_same_type(&a.ty(), &b.ty()) {
                return Some(false);
            }
            all(vs.iter().zip(ws.iter()))
        }
        (Kind::Map(t, vs), Kind::Map(u, ws)) => {
            if !may_be_same_type(t, u) || !vs.keys().eq(ws.keys()) {
                return Some(false);
            }
            all(vs.values().zip(ws.values()))
        }
        (Kind::Object(vs), Kind::Object(ws)) => {
            if !vs.keys().eq(ws.keys()) || !may_be_same_type(&a.ty(), &b.ty()) {
                return Some(false);
            }
            all(vs.values().zip(ws.values()))
        }
        (Kind::Set(t, vs), Kind::Set(u, ws)) => {
            if !may_be_same_type(t, u) {
                return Some(false);
            }
            // Which unknown element is equal to which other is not known.
            if !a.is_wholly_known() || !b.is_wholly_known() {
                return None;
            }
            Some(vs == ws)
        }
        _ => Some(false),
    }
}

/// What the first pair that is different or not known to be equal says.
fn all<'a>(mut pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> Option<bool> {
    pairs
        .find_map(|(a, b)| match compare(a, b) {
            Some(true) => None,
            other => Some(other),
        })
        .unwrap_or(Some(true))
}

/// Whether the types are the same, or may turn out to be.
fn may_be_same_type(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dynamic, _) | (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            may_be_same_type(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| may_be_same_type(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.keys().eq(b.attributes.keys())
                && a.attributes.values().zip(b.attributes.values()).all(|(a, b)| may_be_same_type(a, b))
        }
        (a, b) => a == b,
    }
}
