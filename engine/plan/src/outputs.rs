//! Changes of the root module's outputs.

use crate::options::{PlanInputs, PlanOptions};
use crate::selection::Selection;
use crate::{Action, OutputChange, PlanMode};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::{ModuleInstance, ModulePath};
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::{Evaluator, Stop};
use terrane_value::{Marks, Type, Value};

/// What becomes of each output.
pub(crate) fn outputs(
    ev: &Evaluator<'_>,
    inputs: &PlanInputs<'_>,
    options: &PlanOptions,
    problems: &mut Diagnostics,
) -> BTreeMap<Arc<str>, OutputChange> {
    let mut changes = BTreeMap::new();
    let root = inputs.config.module(&ModulePath::root());
    let declared = root.map(|m| &m.outputs);
    for (name, before) in &inputs.state.outputs {
        if !options.selection.is_all() {
            continue;
        }
        if options.mode == PlanMode::Destroy || declared.is_none_or(|d| !d.contains_key(name)) {
            let change = OutputChange {
                before: before.value.clone(),
                after: Value::null(Type::Dynamic),
                sensitive: before.sensitive,
                action: Action::Delete,
            };
            changes.insert(name.clone(), change);
        }
    }
    if options.mode == PlanMode::Destroy {
        return changes;
    }
    for (name, output) in declared.into_iter().flatten() {
        let value = match ev.output(name) {
            Ok((value, warnings)) => {
                problems.append(warnings);
                value
            }
            Err(Stop::Failed(more)) => {
                problems.append(more);
                continue;
            }
            // Something that it needs failed, which is reported already.
            Err(Stop::Blocked(_)) => continue,
        };
        // Of a part of everything, only what comes from it.
        let only = matches!(options.selection, Selection::Only(_));
        if output.ephemeral || (only && value.origins().is_empty()) {
            continue;
        }
        let declared_sensitive = output.sensitive || value.any_marks(&Marks::is_sensitive);
        let (after, _) = value.unmark_deep();
        let prior = inputs.state.outputs.get(name);
        let sensitive = declared_sensitive || prior.is_some_and(|p| p.sensitive);
        let before = prior.map_or_else(|| Value::null(Type::Dynamic), |p| p.value.clone());
        let action = match prior {
            None if after.is_null() => Action::NoOp,
            None => Action::Create,
            Some(prior) if prior.value == after && prior.sensitive == output.sensitive => Action::NoOp,
            Some(_) => Action::Update,
        };
        changes.insert(name.clone(), OutputChange { before, after, sensitive, action });
    }
    changes
}

/// The outputs of all modules but the root that have a value. What is wrong with others is said by
/// whoever needs them.
pub(crate) fn module_outputs(
    ev: &Evaluator<'_>,
    options: &PlanOptions,
) -> BTreeMap<ModuleInstance, BTreeSet<Arc<str>>> {
    if options.mode == PlanMode::Destroy {
        return BTreeMap::new();
    }
    let (modules, _) = ev.module_instances();
    let mut found = BTreeMap::new();
    for module in modules.into_iter().filter(|module| !module.is_root()) {
        let Some(outputs) = ev.inputs().config.module(&module.path()).map(|m| &m.outputs) else { continue };
        let has_value = |name: &&Arc<str>| {
            let value = ev.output_of(&module, name);
            value.is_ok_and(|value| !value.unmark_deep().0.is_null())
        };
        let names: BTreeSet<Arc<str>> = outputs.keys().filter(has_value).cloned().collect();
        if !names.is_empty() {
            found.insert(module, names);
        }
    }
    found
}
