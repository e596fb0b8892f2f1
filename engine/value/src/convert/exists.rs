//! Which conversions are possible, as far as types tell.

use crate::{Kind, ObjectType, Type, Value, unify};

/// Whether values of type `from` can be converted to the constraint `to`. With `unsafe_`, also
/// where that fails for some values (string to number, map to object) or loses something (list to
/// set); without it only where it always succeeds.
pub fn conversion_exists(from: &Type, to: &Type, unsafe_: bool) -> bool {
    if same_type(from, to) {
        return true;
    }
    let exists = |from: &Type, to: &Type| conversion_exists(from, to, unsafe_);
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => unsafe_,
        (Type::Bool | Type::Number, Type::String) => true,
        (Type::String, Type::Bool | Type::Number) => unsafe_,
        (Type::List(a) | Type::Set(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) => exists(a, b),
        (Type::List(a), Type::Set(b)) => unsafe_ && exists(a, b),
        (Type::Map(a), Type::Map(b)) => exists(a, b),
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| exists(a, b))
        }
        (Type::Tuple(a), Type::List(b) | Type::Set(b)) => all_exist(from, a.iter(), b, unsafe_),
        (Type::Object(a), Type::Map(b)) => all_exist(from, a.attributes.values(), b, unsafe_),
        (Type::Object(a), Type::Object(b)) => {
            b.attributes.iter().all(|(name, to)| match a.attributes.get(name) {
                Some(from) => exists(from, to),
                None => b.optional.contains(name),
            })
        }
        (Type::Map(a), Type::Object(b)) => {
            unsafe_ && b.attributes.iter().all(|(name, to)| exists(a, to) || b.optional.contains(name))
        }
        _ => false,
    }
}

/// Whether all element types of the structure `from` convert to `to`, or for `any` have a type in
/// common.
fn all_exist<'a>(from: &Type, mut types: impl Iterator<Item = &'a Type>, to: &Type, unsafe_: bool) -> bool {
    if *to != Type::Dynamic {
        return types.all(|from| conversion_exists(from, to, unsafe_));
    }
    match type_of_elements(from, unsafe_) {
        None => false,
        // Neither known nor unknown alike: there is no telling what the elements are. In a map,
        // those of no type of their own get that of the others.
        Some(Type::Dynamic) => matches!(from, Type::Object(_)) || types.all(|t| *t == Type::Dynamic),
        Some(common) => types.all(|from| conversion_exists(from, &common, unsafe_)),
    }
}

/// The type that the elements of a collection or structure of type `from` have, or have in common.
pub(super) fn type_of_elements(from: &Type, unsafe_: bool) -> Option<Type> {
    let types: Vec<Type> = match from {
        Type::List(t) | Type::Set(t) | Type::Map(t) => return Some((**t).clone()),
        Type::Tuple(ts) => ts.to_vec(),
        Type::Object(o) => o.attributes.values().cloned().collect(),
        _ => return Some(Type::Dynamic),
    };
    if types.is_empty() {
        return Some(Type::Dynamic);
    }
    if unsafe_ { unify(&types) } else { crate::unify_safe(&types) }
}

/// The constraint `to` with `any` replaced by what `from` has in its place.
pub(super) fn replace_dynamic(from: &Type, to: &Type) -> Type {
    let element = |to: &Type| match from {
        Type::Dynamic => to.without_optional(),
        _ => replace_dynamic(&type_of_elements(from, true).unwrap_or(Type::Dynamic), to),
    };
    match (from, to) {
        (_, Type::Dynamic) => from.clone(),
        (_, Type::List(t)) => Type::list(element(t)),
        (_, Type::Set(t)) => Type::set(element(t)),
        (_, Type::Map(t)) => Type::map(element(t)),
        (Type::Tuple(from), Type::Tuple(to)) if from.len() == to.len() => {
            Type::tuple(from.iter().zip(to.iter()).map(|(from, to)| replace_dynamic(from, to)))
        }
        (_, Type::Object(to)) => Type::object(to.attributes.iter().map(|(name, to)| {
            let from = from.attribute(name).or(from.element()).unwrap_or(&Type::Dynamic);
            (name.clone(), replace_dynamic(from, to))
        })),
        _ => to.without_optional(),
    }
}

/// Whether the types are the same but for which attributes are optional.
pub(super) fn same_type(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            same_type(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same_type(a, b))
        }
        (Type::Object(a), Type::Object(b)) => same_attributes(a, b),
        _ => a == b,
    }
}

fn same_attributes(a: &ObjectType, b: &ObjectType) -> bool {
    a.attributes.len() == b.attributes.len()
        && a.attributes.iter().zip(&b.attributes).all(|((a, at), (b, bt))| a == b && same_type(at, bt))
}

/// Whether the value is of type `ty` already, so that conversion would change nothing. Builds no
/// types to find out.
pub(super) fn has_type(value: &Value, ty: &Type) -> bool {
    match (value.kind(), ty) {
        (Kind::Null(t) | Kind::Unknown(t, _), _) => same_type(t, ty),
        (Kind::Bool(_), Type::Bool) | (Kind::Number(_), Type::Number) | (Kind::String(_), Type::String) => {
            true
        }
        (Kind::List(a, _), Type::List(b))
        | (Kind::Set(a, _), Type::Set(b))
        | (Kind::Map(a, _), Type::Map(b)) => same_type(a, b),
        (Kind::Tuple(vs), Type::Tuple(ts)) => {
            vs.len() == ts.len() && vs.iter().zip(ts.iter()).all(|(v, t)| has_type(v, t))
        }
        (Kind::Object(vs), Type::Object(o)) => {
            vs.len() == o.attributes.len()
                && vs.iter().zip(&o.attributes).all(|((k, v), (name, t))| k == name && has_type(v, t))
        }
        _ => false,
    }
}
