//! The most general type that values of several types can all be converted to.
//!
//! Conditionals, `tolist` and the functions that combine collections use it: unify the types,
//! then convert each value to the result.

use crate::Type;
use crate::convert::conversion_exists;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// The type that all of `types` convert to, by cty's rules; `None` when there is none or `types`
/// is empty. Conversions that can fail for some values (string to number) count as possible.
///
/// The result is [`Type::Dynamic`] when collections or structures meet a value whose type is not
/// known yet, so that the common type cannot be known either.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_with(types, true)
}

/// Like [`unify`], but with conversions that never fail only.
pub fn unify_safe(types: &[Type]) -> Option<Type> {
    unify_with(types, false)
}

fn unify_with(types: &[Type], unsafe_: bool) -> Option<Type> {
    let first = types.first()?;
    if types.iter().all(|t| t == first) {
        return Some(first.clone());
    }
    let mut seen = HashSet::new();
    let types: Vec<&Type> = types.iter().filter(|t| seen.insert(*t)).collect();
    let count = |test: fn(&Type) -> bool| types.iter().filter(|t| test(t)).count();
    let dynamics = count(|t| *t == Type::Dynamic);
    let lists = count(|t| matches!(t, Type::List(_)));
    let sets = count(|t| matches!(t, Type::Set(_)));
    let maps = count(|t| matches!(t, Type::Map(_)));
    let tuples = count(|t| matches!(t, Type::Tuple(_)));
    let objects = count(|t| matches!(t, Type::Object(_)));
    let only = |kinds: usize| kinds > 0 && kinds + dynamics == types.len();
    if only(maps) || only(lists) || only(sets) || only(objects) || only(tuples) {
        // With a type that is not known yet, neither is the way the others would go.
        if dynamics > 0 {
            return Some(Type::Dynamic);
        }
        return match first {
            Type::Object(_) => unify_objects(&types, unsafe_),
            Type::Tuple(_) => unify_tuples(&types, unsafe_),
            _ => unify_collections(first, &types, unsafe_),
        };
    }
    if maps > 0 && only(maps + objects) {
        let structural = |t: &Type| matches!(t, Type::Object(_));
        let replaced = replace_with(&types, structural, |of| objects_as_map(of, unsafe_));
        if let Some(t @ Type::Map(_)) = replaced.and_then(|types| unify_with(&types, unsafe_)) {
            return Some(t);
        }
    } else if lists > 0 && only(lists + tuples) {
        let structural = |t: &Type| matches!(t, Type::Tuple(_));
        let replaced = replace_with(&types, structural, |of| tuples_as_list(of, unsafe_));
        if let Some(t @ Type::List(_)) = replaced.and_then(|types| unify_with(&types, unsafe_)) {
            return Some(t);
        }
    } else if objects > 0 && tuples > 0 {
        return None;
    }
    let wanted = by_preference(&types).into_iter().find(|wanted| all_convert(&types, wanted, unsafe_));
    wanted.cloned()
}

fn all_convert(types: &[&Type], to: &Type, unsafe_: bool) -> bool {
    types.iter().all(|from| *from == to || conversion_exists(from, to, unsafe_))
}

/// The types, with what `structural` selects replaced by the one type that `unified` finds.
fn replace_with(
    types: &[&Type],
    structural: impl Fn(&Type) -> bool,
    unified: impl Fn(&[&Type]) -> Option<Type>,
) -> Option<Vec<Type>> {
    let selected: Vec<&Type> = types.iter().copied().filter(|t| structural(t)).collect();
    let with = unified(&selected)?;
    Some(types.iter().map(|t| if structural(t) { with.clone() } else { (*t).clone() }).collect())
}

fn unify_collections(kind: &Type, types: &[&Type], unsafe_: bool) -> Option<Type> {
    let elements: Vec<Type> = types.iter().filter_map(|t| t.element().cloned()).collect();
    let element = unify_with(&elements, unsafe_)?;
    let to = match kind {
        Type::List(_) => Type::list(element),
        Type::Set(_) => Type::set(element),
        _ => Type::map(element),
    };
    all_convert(types, &to, unsafe_).then_some(to)
}

/// An object with the same attributes, each unified; a map when the attributes are not the same.
fn unify_objects(types: &[&Type], unsafe_: bool) -> Option<Type> {
    let objects: Vec<_> = types
        .iter()
        .filter_map(|t| match t {
            Type::Object(o) => Some(o),
            _ => None,
        })
        .collect();
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|o| !o.attributes.keys().eq(first.attributes.keys())) {
        return objects_as_map(types, unsafe_);
    }
    let mut attributes = BTreeMap::new();
    for name in first.attributes.keys() {
        let across: Vec<Type> = objects.iter().filter_map(|o| o.attributes.get(name).cloned()).collect();
        attributes.insert(name.clone(), unify_with(&across, unsafe_)?);
    }
    let to = Type::object(attributes);
    if all_convert(types, &to, unsafe_) { Some(to) } else { objects_as_map(types, unsafe_) }
}

fn objects_as_map(types: &[&Type], unsafe_: bool) -> Option<Type> {
    let attributes: Vec<Type> = types
        .iter()
        .flat_map(|t| match t {
            Type::Object(o) => o.attributes.values().cloned().collect(),
            _ => Vec::new(),
        })
        .collect();
    let to = Type::map(unify_with(&attributes, unsafe_)?);
    all_convert(types, &to, unsafe_).then_some(to)
}

/// A tuple of the same length, each element unified; a list when the lengths are not the same.
fn unify_tuples(types: &[&Type], unsafe_: bool) -> Option<Type> {
    let tuples: Vec<&Arc<[Type]>> = types
        .iter()
        .filter_map(|t| match t {
            Type::Tuple(ts) => Some(ts),
            _ => None,
        })
        .collect();
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|ts| ts.len() != first.len()) {
        return tuples_as_list(types, unsafe_);
    }
    let mut elements = Vec::with_capacity(first.len());
    for i in 0..first.len() {
        let across: Vec<Type> = tuples.iter().map(|ts| ts[i].clone()).collect();
        elements.push(unify_with(&across, unsafe_)?);
    }
    let to = Type::tuple(elements);
    if all_convert(types, &to, unsafe_) { Some(to) } else { tuples_as_list(types, unsafe_) }
}

fn tuples_as_list(types: &[&Type], unsafe_: bool) -> Option<Type> {
    let elements: Vec<Type> = types
        .iter()
        .flat_map(|t| match t {
            Type::Tuple(ts) => ts.to_vec(),
            _ => Vec::new(),
        })
        .collect();
    let to = Type::list(unify_with(&elements, unsafe_)?);
    all_convert(types, &to, unsafe_).then_some(to)
}

/// The types in the order in which they are tried: none comes before one that is preferred to it.
fn by_preference<'a>(types: &[&'a Type]) -> Vec<&'a Type> {
    let mut rest: Vec<&Type> = types.to_vec();
    let mut ordered = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let best = (0..rest.len())
            .find(|i| rest.iter().all(|other| preference(other, rest[*i]) != Ordering::Less))
            .unwrap_or(0);
        ordered.push(rest.remove(best));
    }
    ordered
}

/// Less when `a` is to be preferred as the common type of both.
fn preference(a: &Type, b: &Type) -> Ordering {
    use Type::{Bool, Dynamic, List, Map, Number, Object, Set, String, Tuple};
    let of_elements = |pairs: &mut dyn Iterator<Item = (&Type, &Type)>| {
        let (mut less, mut greater) = (false, false);
        for (a, b) in pairs {
            match preference(a, b) {
                Ordering::Less => less = true,
                Ordering::Greater => greater = true,
                Ordering::Equal => {}
            }
        }
        greater.cmp(&less)
    };
    match (a, b) {
        (Dynamic, Dynamic) => Ordering::Equal,
        (Dynamic, _) => Ordering::Greater,
        (_, Dynamic) => Ordering::Less,
        (String, Bool | Number) => Ordering::Less,
        (Bool | Number, String) => Ordering::Greater,
        (List(a), List(b)) | (Set(a), Set(b)) | (Map(a), Map(b)) => preference(a, b),
        (List(_) | Tuple(_), Set(_)) | (List(_), Tuple(_)) | (Map(_), Object(_)) => Ordering::Less,
        (Set(_), List(_) | Tuple(_)) | (Tuple(_), List(_)) | (Object(_), Map(_)) => Ordering::Greater,
        (Object(a), Object(b)) if a.attributes.keys().eq(b.attributes.keys()) => {
            of_elements(&mut a.attributes.values().zip(b.attributes.values()))
        }
        (Tuple(a), Tuple(b)) if a.len() == b.len() => of_elements(&mut a.iter().zip(b.iter())),
        _ => Ordering::Equal,
    }
}
