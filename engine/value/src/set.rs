//! The canonical order of the elements of a set.

use crate::Value;

/// `elements` without duplicates, in canonical order.
pub(crate) fn canonical(mut elements: Vec<Value>) -> Vec<Value> {
    elements.sort();
    elements.dedup();
    elements
}
