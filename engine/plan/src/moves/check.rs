//! What `moved` blocks must not say.

use std::collections::HashMap;
use terrane_address::{InstanceKey, ModuleInstance, ModulePath, ResourceInstance};
use terrane_config::{Config, Moved, MovedTarget};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::Evaluator;

/// The problems of all `moved` blocks: those that say nothing, that contradict each other, that
/// lead in a circle, and whose origin is still declared.
pub(crate) fn check_moves(ev: &Evaluator<'_>, config: &Config) -> Diagnostics {
    let mut problems = Diagnostics::new();
    for (path, module) in &config.modules {
        let (mut by_from, mut by_to) = (HashMap::new(), HashMap::new());
        for moved in &module.moved {
            let (from, to) = (text(&moved.from), text(&moved.to));
            if from == to {
                let detail = format!(
                    "This statement declares a move from {from} to the same address, which is the same as not \
                     declaring this move at all. Remove it."
                );
                problems.push(Diagnostic::error("Redundant move statement", detail).at(moved.span));
                continue;
            }
            if let Some(other) = by_from.insert(from.clone(), to.clone()).filter(|other| *other != to) {
                let detail = format!(
                    "Another statement declares that {from} moved to {other}, but this statement instead declares \
                     that it moved to {to}. Each object can have moved to one place only: remove one of them."
                );
                problems.push(Diagnostic::error("Ambiguous move statements", detail).at(moved.span));
            }
            if let Some(other) = by_to.insert(to.clone(), from.clone()).filter(|other| *other != from) {
                let detail = format!(
                    "Another statement declares that {other} moved to {to}, but this statement instead declares \
                     that {from} moved there. Each object can have moved from one place only: remove one of them."
                );
                problems.push(Diagnostic::error("Ambiguous move statements", detail).at(moved.span));
            }
            if is_declared(ev, config, path, moved) {
                let detail = format!(
                    "This statement declares a move from {from}, but that is still declared. Change the \
                     configuration so that it is declared as {to} instead, or remove the statement."
                );
                problems.push(Diagnostic::error("Moved object still exists", detail).at(moved.span));
            }
        }
        for moved in &module.moved {
            if let Some(around) = circle(&by_from, &text(&moved.from)) {
                let detail = format!(
                    "The move statements lead in a circle, so there is no place where the object belongs: {around}."
                );
                problems
                    .push(Diagnostic::error("Cyclic dependency in move statements", detail).at(moved.span));
                break;
            }
        }
    }
    problems
}

fn text(target: &MovedTarget) -> String {
    match target {
        MovedTarget::Module(module) => module.to_string(),
        MovedTarget::Resource(resource) => resource.to_string(),
    }
}

/// The way from `start` back to it along the statements.
fn circle(moves: &HashMap<String, String>, start: &str) -> Option<String> {
    let (mut at, mut way) = (start, vec![start]);
    while let Some(next) = moves.get(at) {
        way.push(next);
        if next == start {
            return Some(way.join(" -> "));
        }
        if way.len() > moves.len() + 1 {
            return None;
        }
        at = next;
    }
    None
}

/// Whether what a statement says has moved is there as before.
fn is_declared(ev: &Evaluator<'_>, config: &Config, path: &ModulePath, moved: &Moved) -> bool {
    let has_instance = |from: &ResourceInstance, key: Option<&InstanceKey>| {
        let (modules, _) = ev.module_instances();
        modules.iter().filter(|m| m.path() == *path).any(|declaring| {
            let module = ModuleInstance(declaring.0.iter().chain(from.module.0.iter()).cloned().collect());
            if !modules.contains(&module) {
                return false;
            }
            let address = ResourceInstance { module, ..from.clone() };
            config.resource(&address.config()).is_some()
                && key.is_none_or(|key| ev.expand(&address.resource_address()).is_ok_and(|e| e.has(key)))
        })
    };
    match (&moved.from, &moved.to) {
        (MovedTarget::Resource(from), MovedTarget::Resource(to)) => {
            let whole = from.key == InstanceKey::None && to.key == InstanceKey::None;
            has_instance(from, (!whole).then_some(&from.key))
        }
        (MovedTarget::Module(from), MovedTarget::Module(to)) => {
            let (Some((last, before)), Some((target, _))) = (from.0.split_last(), to.0.split_last()) else {
                return false;
            };
            let whole = last.key == InstanceKey::None && target.key == InstanceKey::None;
            let (modules, _) = ev.module_instances();
            modules.iter().filter(|m| m.path() == *path).any(|declaring| {
                let caller = ModuleInstance(declaring.0.iter().chain(before).cloned().collect());
                if !modules.contains(&caller) {
                    return false;
                }
                let call = config.module(&caller.path()).and_then(|m| m.calls.get(&last.name));
                call.is_some_and(|call| {
                    whole || ev.expand_call(&caller, call).is_ok_and(|e| e.has(&last.key))
                })
            })
        }
        _ => false,
    }
}
