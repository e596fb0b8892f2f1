//! Checks of a configuration against the rules of its schema. Unknown values pass. What is deprecated the engine tells, by the
//! schema.

use crate::duration::parse_duration;
use crate::plan::TIMEOUTS;
use crate::spec::{BlockSpec, NestedSpec, Presence};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_schema::Nesting;
use terrane_value::{Path, PathStep, Value};

/// Checks `config`, a block at `at`.
pub(crate) fn validate(spec: &BlockSpec, at: &Path, config: &Value, diagnostics: &mut Diagnostics) {
    if config.is_null() || !config.is_known() {
        return;
    }
    for (name, attribute) in &spec.attributes {
        let path = at.attribute(*name);
        let value = config.attribute(name).unwrap_or(Value::NULL);
        if value.is_null() {
            if attribute.presence == Presence::Required {
                let detail = format!("The argument {name:?} is required, but no definition was found.");
                diagnostics.push(Diagnostic::error("Missing required argument", detail).on_attribute(&path));
            }
            continue;
        }
        if !value.is_known() {
            continue;
        }
        check_conflicts(name, &attribute.conflicts_with, &path, config, diagnostics);
        for check in &attribute.validators {
            if let Err(problem) = check(&value) {
                let problem =
                    if attribute.sensitive { "the value is not valid.".to_owned() } else { problem };
                let detail = format!("Invalid value for {path}: {problem}");
                diagnostics.push(Diagnostic::error("Invalid attribute value", detail).on_attribute(&path));
            }
        }
    }
    for (name, nested) in &spec.blocks {
        let path = at.attribute(*name);
        let Some(value) = config.attribute(name).filter(|v| v.is_known() && !v.is_null()) else { continue };
        if *name == TIMEOUTS && nested.nesting == Nesting::Single {
            check_timeouts(&path, &value, diagnostics);
        }
        let Some(blocks) = value.as_slice() else {
            validate(&nested.block, &path, &value, diagnostics);
            continue;
        };
        if !blocks.is_empty() {
            check_conflicts(name, &nested.conflicts_with, &path, config, diagnostics);
        }
        check_count(name, nested, blocks, &path, diagnostics);
        for (i, block) in blocks.iter().enumerate() {
            let step = match nested.nesting {
                Nesting::Set => PathStep::Element(Box::new(block.clone())),
                _ => PathStep::Index(i as u64),
            };
            validate(&nested.block, &path.then(step), block, diagnostics);
        }
    }
}

fn check_conflicts(name: &str, others: &[&str], path: &Path, config: &Value, diagnostics: &mut Diagnostics) {
    for other in others {
        let set = config
            .attribute(other)
            .is_some_and(|v| v.is_known() && !v.is_null() && !v.as_slice().is_some_and(<[Value]>::is_empty));
        if set {
            let detail = format!("{name:?} conflicts with {other:?}: only one of them can be set.");
            diagnostics
                .push(Diagnostic::error("Conflicting configuration arguments", detail).on_attribute(path));
        }
    }
}

fn check_count(name: &str, spec: &NestedSpec, blocks: &[Value], path: &Path, diagnostics: &mut Diagnostics) {
    let count = blocks.len() as u64;
    let unknown = blocks.iter().any(|b| !b.is_known());
    if count < spec.min && !unknown {
        let detail = format!("At least {} {name:?} blocks are required, got {count}.", spec.min);
        diagnostics.push(Diagnostic::error("Insufficient blocks", detail).on_attribute(path));
    }
    if spec.max > 0 && count > spec.max {
        let detail = format!("No more than {} {name:?} blocks are allowed, got {count}.", spec.max);
        diagnostics.push(Diagnostic::error("Too many blocks", detail).on_attribute(path));
    }
}

fn check_timeouts(path: &Path, timeouts: &Value, diagnostics: &mut Diagnostics) {
    for (operation, value) in timeouts.as_map().into_iter().flatten() {
        if let Some(text) = value.as_str().filter(|t| parse_duration(t).is_none()) {
            let detail = format!(
                "{text:?} is no duration: write a number and a unit, such as \"90s\", \"20m\" or \"1h30m\"."
            );
            let path = path.attribute(operation.clone());
            diagnostics.push(Diagnostic::error("Invalid timeout", detail).on_attribute(path));
        }
    }
}
