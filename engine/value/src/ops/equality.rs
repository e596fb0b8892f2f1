//! Equality of values that may be unknown in part.

use super::unknown_not_null;
use crate::{Kind, Refinement, Type, Value};

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
            let compatible = may_be_same_type(t, u) && ranges_meet(r.as_deref(), s.as_deref());
            if compatible { None } else { Some(false) }
        }
        (Kind::Unknown(t, r), _) => {
            let possible = may_be_same_type(t, &b.ty()) && r.as_ref().is_none_or(|r| is_possible(r, b));
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

/// Whether a value of which `r` is known can turn out to be the known value `v`.
fn is_possible(r: &Refinement, v: &Value) -> bool {
    let length = |n: usize| {
        let n = n as u64;
        r.length_min.is_none_or(|min| n >= min) && r.length_max.is_none_or(|max| n <= max)
    };
    match v.kind() {
        Kind::String(s) => r.prefix.as_ref().is_none_or(|prefix| s.starts_with(&**prefix)),
        Kind::Number(n) => {
            r.number_min.as_ref().is_none_or(|(min, inclusive)| n > min || (*inclusive && n == min))
                && r.number_max.as_ref().is_none_or(|(max, inclusive)| n < max || (*inclusive && n == max))
        }
        Kind::List(_, vs) => length(vs.len()),
        Kind::Set(_, vs) if v.is_wholly_known() => length(vs.len()),
        Kind::Map(_, vs) => length(vs.len()),
        _ => true,
    }
}

/// Whether two unknown values can turn out to be equal.
fn ranges_meet(a: Option<&Refinement>, b: Option<&Refinement>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return true };
    let prefixes = match (&a.prefix, &b.prefix) {
        (Some(a), Some(b)) => a.starts_with(&**b) || b.starts_with(&**a),
        _ => true,
    };
    let below = |a: &Refinement, b: &Refinement| {
        let number = match (&a.number_max, &b.number_min) {
            (Some((max, x)), Some((min, y))) => max < min || (max == min && !(*x && *y)),
            _ => false,
        };
        let length = matches!((a.length_max, b.length_min), (Some(max), Some(min)) if max < min);
        number || length
    };
    prefixes && !below(a, b) && !below(b, a)
}
