//! How alike two values are: whether one is the other, changed.

use super::diff::same;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_value::{Kind, Value};

/// Attributes that say which thing an element is. Elements that agree in one are taken for the
/// same thing unless nearly everything else differs.
const IDENTIFYING: &[&str] = &["id", "name", "key", "arn", "sid", "rule_id", "device_name"];

/// Whether an attribute of this name says which thing an element is.
pub(crate) fn is_identifying(name: &str) -> bool {
    IDENTIFYING.iter().any(|i| i.eq_ignore_ascii_case(name))
}

/// The least likeness of an element before and after a change.
pub(crate) const SAME_THING: f64 = 0.5;

/// From 0 (nothing in common) to 1 (the same). Elements of at least [`SAME_THING`] are the
/// same thing, changed.
pub(crate) fn similarity(a: &Value, b: &Value) -> f64 {
    match (a.kind(), b.kind()) {
        _ if same(a, b) => 1.0,
        (Kind::Object(x), Kind::Object(y)) | (Kind::Map(_, x), Kind::Map(_, y)) => entries(x, y),
        (
            Kind::List(_, x) | Kind::Set(_, x) | Kind::Tuple(x),
            Kind::List(_, y) | Kind::Set(_, y) | Kind::Tuple(y),
        ) => {
            let shared = x.iter().filter(|v| y.iter().any(|w| same(v, w))).count();
            shared as f64 / x.len().max(y.len()).max(1) as f64
        }
        (Kind::String(x), Kind::String(y)) if x.contains('\n') && y.contains('\n') => {
            let (x, y): (Vec<&str>, Vec<&str>) = (x.lines().collect(), y.lines().collect());
            let shared = x.iter().filter(|l| y.contains(l)).count();
            shared as f64 / x.len().max(y.len()).max(1) as f64
        }
        _ => 0.0,
    }
}

fn entries(x: &BTreeMap<Arc<str>, Value>, y: &BTreeMap<Arc<str>, Value>) -> f64 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for name in x.keys().chain(y.keys().filter(|k| !x.contains_key(*k))) {
        let (p, q) = (x.get(name).filter(|v| !is_unset(v)), y.get(name).filter(|v| !is_unset(v)));
        let identifying = is_identifying(name);
        match (p, q) {
            (None, None) => {}
            // What is not known yet speaks neither for nor against.
            (Some(v), _) | (_, Some(v)) if !v.is_known() => {}
            (Some(p), Some(q)) => {
                let likeness = similarity(p, q);
                let w = if identifying && likeness == 1.0 { 3.0 } else { 1.0 };
                sum += likeness * w;
                weight += w;
            }
            _ => weight += 1.0,
        }
    }
    if weight == 0.0 { 0.0 } else { sum / weight }
}

/// Whether the value says nothing: both lacking it is nothing in common.
fn is_unset(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::Bool(b) => !b,
        Kind::String(s) => s.is_empty(),
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => vs.is_empty(),
        Kind::Map(_, vs) | Kind::Object(vs) => vs.is_empty(),
        _ => false,
    }
}
