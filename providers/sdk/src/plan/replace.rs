//! Which changes need a new object.

use crate::spec::BlockSpec;
use terrane_schema::Nesting;
use terrane_value::{Path, PathStep, Value};

/// Adds to `found` the paths in `planned`, an object at `at`, where a change from `prior` needs
/// a new object.
pub(super) fn paths(spec: &BlockSpec, at: &Path, prior: &Value, planned: &Value, found: &mut Vec<Path>) {
    for (name, _) in spec.attributes.iter().filter(|(_, a)| a.force_new) {
        if prior.attribute(name) != planned.attribute(name) {
            found.push(at.attribute(*name));
        }
    }
    for (name, nested) in &spec.blocks {
        let (before, after) = (prior.attribute(name), planned.attribute(name));
        if before == after || !(nested.force_new || nested.block.has_force_new()) {
            continue;
        }
        let at = at.attribute(*name);
        let (Some(before), Some(after)) = (before, after) else { continue };
        if nested.force_new {
            found.push(at);
            continue;
        }
        match (nested.nesting, before.as_slice(), after.as_slice()) {
            (Nesting::List, Some(before), Some(after)) if before.len() == after.len() => {
                for (i, (before, after)) in before.iter().zip(after).enumerate() {
                    paths(&nested.block, &at.then(PathStep::Index(i as u64)), before, after, found);
                }
            }
            (Nesting::Single | Nesting::Group, ..) if !before.is_null() && !after.is_null() => {
                paths(&nested.block, &at, &before, &after, found);
            }
            _ => found.push(at),
        }
    }
}
