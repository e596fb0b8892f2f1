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
            (Nesting::Set, Some(before), Some(after)) if lasting(&nested.block, before, after) => {}
            _ => found.push(at),
        }
    }
}

/// Whether two sets of blocks, which have no identity but their content, have the same of what needs a new object.
fn lasting(spec: &BlockSpec, before: &[Value], after: &[Value]) -> bool {
    let mut left: Vec<&Value> = before.iter().collect();
    let found = after.iter().all(|block| {
        let same = left.iter().position(|old| {
            let mut differences = Vec::new();
            paths(spec, &Path::root(), old, block, &mut differences);
            differences.is_empty()
        });
        same.map(|i| left.swap_remove(i)).is_some()
    });
    found && left.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{AttributeSpec, NestedSpec, Presence};
    use terrane_value::Type;

    #[test]
    fn sets_of_blocks_last_while_what_needs_a_new_object_is_the_same() {
        let attribute =
            |force_new| AttributeSpec { force_new, ..AttributeSpec::new(Type::String, Presence::Optional) };
        let block = BlockSpec {
            attributes: [("device", attribute(true)), ("label", attribute(false))].into(),
            ..BlockSpec::default()
        };
        let disks = NestedSpec {
            nesting: Nesting::Set,
            min: 0,
            max: 0,
            force_new: false,
            computed: false,
            conflicts_with: Vec::new(),
            block,
        };
        let spec = BlockSpec { blocks: [("disk", disks)].into(), ..BlockSpec::default() };
        let object = |disks: &[(&str, &str)]| {
            let disk = |(device, label): &(&str, &str)| {
                Value::object([("device", Value::from(*device)), ("label", Value::from(*label))])
            };
            Value::object([("disk", Value::set(Type::Dynamic, disks.iter().map(disk)))])
        };
        let replaces = |after: &[(&str, &str)]| {
            let mut found = Vec::new();
            paths(&spec, &Path::root(), &object(&[("a", "x"), ("b", "y")]), &object(after), &mut found);
            !found.is_empty()
        };
        assert!(!replaces(&[("a", "y"), ("b", "y")]));
        assert!(!replaces(&[("b", "x"), ("a", "z")]));
        assert!(replaces(&[("a", "x"), ("c", "y")]));
        assert!(replaces(&[("a", "x")]));
        assert!(replaces(&[("a", "x"), ("b", "y"), ("c", "z")]));
    }
}
