//! Plans without a trace of ephemeral values.

use crate::ResourceChange;
use crate::driver::Found;
use crate::options::PlanOptions;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::{Mode, ModulePath, ResourceInstance};
use terrane_evaluate::Evaluator;
use terrane_value::Value;

fn ephemeral_variables<'e>(ev: &'e Evaluator<'_>) -> impl Iterator<Item = &'e Arc<str>> {
    let root = ev.inputs().config.module(&ModulePath::root());
    root.into_iter().flat_map(|m| m.variables.values()).filter(|v| v.ephemeral).map(|v| &v.name)
}

/// The variables as a plan keeps them: ephemeral ones are given again when it is applied.
pub(crate) fn stored_variables(ev: &Evaluator<'_>) -> BTreeMap<Arc<str>, Value> {
    let mut variables = ev.inputs().variables.clone();
    for name in ephemeral_variables(ev) {
        variables.remove(name);
    }
    variables
}

/// The ephemeral variables that were given a value.
pub(crate) fn apply_variables(ev: &Evaluator<'_>, options: &PlanOptions) -> BTreeSet<Arc<str>> {
    ephemeral_variables(ev).filter(|name| options.given.contains(*name)).cloned().collect()
}

/// What an object was made from with the help of ephemeral resources is what those were made
/// from: they themselves leave no trace.
pub(crate) fn see_through_ephemeral(changes: &mut [Arc<ResourceChange>], found: &Found) {
    if !found.desired.iter().any(|address| address.resource.mode == Mode::Ephemeral) {
        return;
    }
    let mut by_resource: BTreeMap<_, Vec<ResourceInstance>> = BTreeMap::new();
    for address in &found.desired {
        by_resource.entry(address.config()).or_default().push(address.clone());
    }
    for change in changes.iter_mut().map(Arc::make_mut) {
        let mut open = std::mem::take(&mut change.dependencies);
        let mut seen = BTreeSet::new();
        while let Some(dependency) = open.pop() {
            if !seen.insert(dependency.clone()) {
                continue;
            }
            if dependency.resource.mode != Mode::Ephemeral {
                change.dependencies.push(dependency);
                continue;
            }
            let Some((origins, depends_on)) = found.ephemeral.get(&dependency) else { continue };
            open.extend(origins.iter().cloned());
            open.extend(depends_on.iter().filter_map(|r| by_resource.get(r)).flatten().cloned());
        }
        change.dependencies.sort();
    }
}
