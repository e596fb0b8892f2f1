//! The items of two collections, side by side.

use crate::Nesting;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_value::{PathStep, Value};

/// Items of two collections at the same position or key.
pub(crate) struct Pair {
    pub(crate) step: PathStep,
    pub(crate) left: Option<Value>,
    pub(crate) right: Option<Value>,
}

/// The items of two lists, tuples, maps or objects by position or key.
pub(crate) fn pairs(left: &Value, right: &Value) -> Vec<Pair> {
    let pair = |step: PathStep| {
        let (left, right) = (item(left, &step), item(right, &step));
        Pair { step, left, right }
    };
    if left.as_map().is_some() || right.as_map().is_some() {
        let keys =
            |v: &Value| -> Vec<Arc<str>> { v.as_map().into_iter().flat_map(|m| m.keys().cloned()).collect() };
        let all: BTreeSet<Arc<str>> = keys(left).into_iter().chain(keys(right)).collect();
        return all.into_iter().map(|key| pair(PathStep::Key(key))).collect();
    }
    let length = |v: &Value| v.as_slice().map_or(0, <[Value]>::len);
    (0..length(left).max(length(right))).map(|i| pair(PathStep::Index(i as u64))).collect()
}

/// The item of a collection at `step`.
pub(crate) fn item(value: &Value, step: &PathStep) -> Option<Value> {
    match step {
        PathStep::Key(key) | PathStep::Attribute(key) => value.as_map()?.get(key).cloned(),
        PathStep::Index(i) => value.as_slice()?.get(usize::try_from(*i).ok()?).cloned(),
        PathStep::Element(_) => None,
    }
}

/// The numbers of items of two lists, when they differ.
pub(crate) fn lengths_differ(nesting: Nesting, left: &Value, right: &Value) -> Option<(usize, usize)> {
    let length = |v: &Value| v.as_slice().map_or(0, <[Value]>::len);
    let (left, right) = (length(left), length(right));
    (nesting == Nesting::List && left != right).then_some((left, right))
}
