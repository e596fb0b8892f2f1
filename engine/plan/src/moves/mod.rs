//! Moves: objects that have a new address, because a `moved` block says so or because a resource
//! gained or lost `count`.

mod check;

pub(crate) use check::check_moves;

use crate::options::PlanInputs;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use terrane_address::{InstanceKey, ModuleInstance, ModuleStep, ResourceInstance};
use terrane_config::{Moved, MovedTarget, Repetition};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_state::{State, StateWrite};

/// The state with every object at its new address, and the first address of each that moved.
pub(crate) fn moved_state(
    inputs: &PlanInputs<'_>,
) -> (State, HashMap<ResourceInstance, ResourceInstance>, Diagnostics) {
    let (mut state, mut problems) = (inputs.state.clone(), Diagnostics::new());
    let taken: BTreeSet<ResourceInstance> = inputs.state.instances().map(|(address, ..)| address).collect();
    let mut targets: BTreeMap<ResourceInstance, ResourceInstance> = BTreeMap::new();
    for old in &taken {
        let new = destination(inputs, old, &taken, &mut problems);
        if new != *old {
            targets.entry(new).or_insert_with(|| old.clone());
        }
    }
    // A target is free when nothing is there, or when what is there moves away itself.
    let leaving: BTreeSet<ResourceInstance> = targets.values().cloned().collect();
    let (free, blocked): (Vec<_>, Vec<_>) =
        targets.into_iter().partition(|(new, _)| !taken.contains(new) || leaving.contains(new));
    for (new, old) in blocked {
        problems.push(Diagnostic::warning(
            "Unresolved resource instance address changes",
            format!("{old} could not move to {new}, since there is an object at that address already."),
        ));
    }
    // All leave before any arrives, so that two can change places.
    let mut lifted = Vec::new();
    for (new, old) in free {
        let (provider, instance) = match (state.resources.get(&old.resource_address()), state.instance(&old))
        {
            (Some(resource), Some(instance)) => (resource.provider.clone(), instance.clone()),
            _ => continue,
        };
        state.write(StateWrite::Remove { address: old.clone(), deposed: None });
        for key in instance.deposed.keys() {
            state.write(StateWrite::Remove { address: old.clone(), deposed: Some(key.clone()) });
        }
        lifted.push((new, old, provider, instance));
    }
    let mut previous = HashMap::new();
    for (new, old, provider, instance) in lifted {
        let objects = (instance.current.into_iter().map(|o| (None, o)))
            .chain(instance.deposed.into_iter().map(|(key, o)| (Some(key), o)));
        for (deposed, object) in objects {
            state.write(StateWrite::Put {
                address: new.clone(),
                deposed,
                provider: provider.clone(),
                object: Box::new(object),
            });
        }
        previous.insert(new, old);
    }
    (state, previous, problems)
}

/// The moves one after the other, old address and new, so that each finds its target free.
pub(crate) fn in_order(
    previous: &HashMap<ResourceInstance, ResourceInstance>,
) -> Vec<(ResourceInstance, ResourceInstance)> {
    let mut left: BTreeMap<ResourceInstance, ResourceInstance> =
        previous.iter().map(|(new, old)| (old.clone(), new.clone())).collect();
    let mut moves = Vec::new();
    while !left.is_empty() {
        let free: Vec<ResourceInstance> =
            left.iter().filter(|(_, new)| !left.contains_key(*new)).map(|(old, _)| old.clone()).collect();
        // Statements that go in a circle are refused.
        let next = if free.is_empty() { left.keys().cloned().collect() } else { free };
        moves.extend(next.into_iter().filter_map(|old| left.remove_entry(&old)));
    }
    moves
}

/// Where an object belongs: `moved` blocks followed to the end, then `count` gained or lost.
fn destination(
    inputs: &PlanInputs<'_>,
    start: &ResourceInstance,
    taken: &BTreeSet<ResourceInstance>,
    problems: &mut Diagnostics,
) -> ResourceInstance {
    let (mut at, mut seen) = (start.clone(), BTreeSet::new());
    while seen.insert(at.clone()) {
        let next = inputs.config.modules.iter().find_map(|(path, module)| {
            module.moved.iter().find_map(|moved| {
                let next = applied(&path.0, moved, &at)?;
                if next.resource.type_name != at.resource.type_name {
                    problems.push(
                        Diagnostic::error(
                            "Resource type mismatch",
                            format!(
                                "This statement declares a move from {at} to {next}, which is a resource instance of a \
                                 different type. No provider of this build can move objects between these types."
                            ),
                        )
                        .at(moved.span),
                    );
                    return None;
                }
                Some(next)
            })
        });
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    // An object that a statement speaks of is where the statement says.
    let implied = if at == *start { implied(inputs, &at) } else { at.clone() };
    if implied != at && !taken.contains(&implied) { implied } else { at }
}

/// Where a `moved` block of the module at `path` moves the object at `at`; `None` when it says
/// nothing of it.
fn applied(path: &[std::sync::Arc<str>], moved: &Moved, at: &ResourceInstance) -> Option<ResourceInstance> {
    let steps = &at.module.0;
    let declared_in = steps.get(..path.len())?;
    if !declared_in.iter().map(|s| &s.name).eq(path) {
        return None;
    }
    let inside = &steps[path.len()..];
    match (&moved.from, &moved.to) {
        (MovedTarget::Resource(from), MovedTarget::Resource(to)) => {
            if from.module.0[..] != *inside || from.resource != at.resource {
                return None;
            }
            let whole = from.key == InstanceKey::None && to.key == InstanceKey::None;
            if !whole && from.key != at.key {
                return None;
            }
            let key = if whole { at.key.clone() } else { to.key.clone() };
            let module = declared_in.iter().cloned().chain(to.module.0.iter().cloned()).collect();
            Some(ResourceInstance { module: ModuleInstance(module), resource: to.resource.clone(), key })
        }
        (MovedTarget::Module(from), MovedTarget::Module(to)) => {
            let (last, before) = from.0.split_last()?;
            let (target, _) = to.0.split_last()?;
            let (call, rest) = (inside.get(before.len())?, inside.get(before.len() + 1..)?);
            if inside[..before.len()] != *before || call.name != last.name {
                return None;
            }
            let whole = last.key == InstanceKey::None && target.key == InstanceKey::None;
            if !whole && call.key != last.key {
                return None;
            }
            let key = if whole { call.key.clone() } else { target.key.clone() };
            let moved_call = ModuleStep { name: target.name.clone(), key };
            let module = (declared_in.iter().cloned())
                .chain(to.0[..to.0.len() - 1].iter().cloned())
                .chain([moved_call])
                .chain(rest.iter().cloned())
                .collect();
            Some(ResourceInstance { module: ModuleInstance(module), ..at.clone() })
        }
        _ => None,
    }
}

/// `a` and `a[0]` are the same object when the resource gained or lost `count`.
fn implied(inputs: &PlanInputs<'_>, at: &ResourceInstance) -> ResourceInstance {
    let block = inputs.config.resource(&at.config());
    let key = block.map_or_else(|| at.key.clone(), |b| fitting(&b.repetition, &at.key));
    ResourceInstance { key, ..at.clone() }
}

fn fitting(repetition: &Repetition, key: &InstanceKey) -> InstanceKey {
    match (repetition, key) {
        (Repetition::Count(_), InstanceKey::None) => InstanceKey::Int(0),
        (Repetition::Single | Repetition::Enabled(_), InstanceKey::Int(0)) => InstanceKey::None,
        _ => key.clone(),
    }
}
