//! Moves: objects that have a new address, because a `moved` block says so or because a resource
//! gained or lost `count`.

mod check;

pub(crate) use check::check_moves;

use crate::objects::{encode_object, mark_object};
use crate::options::PlanInputs;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use terrane_address::{
    InstanceKey, Mode, ModuleInstance, ModuleStep, ProviderConfigAddress, ResourceInstance,
};
use terrane_config::{Moved, MovedTarget, Repetition};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::MoveRequest;
use terrane_state::{Kept, Object, State, StateWrite};

/// The state with every object at its new address, and the first address of each that moved. Objects that
/// get another type are made over by the provider of that type.
pub(crate) async fn moved_state(
    inputs: &PlanInputs<'_>,
) -> (State, HashMap<ResourceInstance, ResourceInstance>, Diagnostics) {
    let (mut state, mut problems) = (inputs.state.clone(), Diagnostics::new());
    let taken: BTreeSet<ResourceInstance> = inputs.state.instances().map(|(address, ..)| address).collect();
    let mut targets: BTreeMap<ResourceInstance, ResourceInstance> = BTreeMap::new();
    for old in &taken {
        let new = destination(inputs, old, &taken);
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
            let (provider, object) = if new.resource.type_name == old.resource.type_name {
                (provider.clone(), object)
            } else {
                match made_over(inputs, &old, &new, &provider, object).await {
                    Ok((provider, object)) => (provider, Arc::new(object)),
                    Err(more) => {
                        problems.append(more);
                        continue;
                    }
                }
            };
            state.write(StateWrite::Put { address: new.clone(), deposed, provider, object });
        }
        previous.insert(new, old);
    }
    (state, previous, problems)
}

/// An object as one of another type, under the provider configuration that the configuration has for it.
async fn made_over(
    inputs: &PlanInputs<'_>,
    old: &ResourceInstance,
    new: &ResourceInstance,
    source: &ProviderConfigAddress,
    object: Arc<Object>,
) -> Result<(ProviderConfigAddress, Object), Diagnostics> {
    let type_name = &new.resource.type_name;
    let moved = inputs.config.modules.iter().flat_map(|(path, module)| {
        module.moved.iter().filter(|moved| applied(&path.0, moved, old).is_some())
    });
    let span = moved.map(|moved| moved.span).next();
    let problem = |detail: String| {
        let problem = Diagnostic::error("Resource type mismatch", detail);
        Diagnostics::from(match span {
            Some(span) => problem.at(span),
            None => problem,
        })
    };
    let Some(target) = inputs.config.resource_providers.get(&new.config()) else {
        return Err(problem(format!(
            "A moved block moves {old} to {new}, which is of another type, and the configuration does not declare \
             that. Declare it, so that its provider is known."
        )));
    };
    let (provider, schema) = match (
        inputs.providers.serving(target),
        inputs.schemas.resource(&target.provider, Mode::Managed, type_name),
    ) {
        (Some(provider), Some(schema)) => (provider, schema),
        _ => return Err(problem(format!("There is no provider for {new}, which is to take over {old}."))),
    };
    let request = MoveRequest {
        source_provider: source.provider.to_string(),
        source_type: old.resource.type_name.to_string(),
        source_version: object.schema_version,
        source: object.attributes.json(),
        source_private: object.private.clone(),
        type_name: type_name.to_string(),
    };
    let Some(made) = provider.move_state(request).await? else {
        return Err(problem(format!(
            "This statement declares a move from {old} to {new}, which is a resource instance of a different type, \
             and the provider {} cannot move objects between these types.",
            target.provider.short()
        )));
    };
    let value = mark_object(&schema.block, &made.state, &[]);
    let Object { dependencies, status, create_before_destroy, kept, .. } = Arc::unwrap_or_clone(object);
    let moved = encode_object(schema, &value, made.private, dependencies, status, create_before_destroy)?;
    let kept = Kept { prevent_destroy: kept.prevent_destroy, retain: kept.retain, ..Kept::default() };
    Ok((target.clone(), Object { kept, ..moved }))
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
) -> ResourceInstance {
    let (mut at, mut seen) = (start.clone(), BTreeSet::new());
    while seen.insert(at.clone()) {
        let next =
            inputs.config.modules.iter().find_map(|(path, module)| {
                module.moved.iter().find_map(|moved| applied(&path.0, moved, &at))
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

/// `a` and `a[0]` are the same object when the resource gained or lost `count`, unless a `moved` block names
/// the resource.
fn implied(inputs: &PlanInputs<'_>, at: &ResourceInstance) -> ResourceInstance {
    let resource = at.config();
    let named = inputs.config.modules.iter().any(|(path, module)| {
        let is_it = |target: &MovedTarget| match target {
            MovedTarget::Resource(r) => {
                let calls = path.0.iter().chain(r.module.0.iter().map(|step| &step.name));
                r.resource == resource.resource && calls.eq(resource.module.0.iter())
            }
            MovedTarget::Module(_) => false,
        };
        module.moved.iter().any(|moved| is_it(&moved.from) || is_it(&moved.to))
    });
    let block = inputs.config.resource(&resource).filter(|_| !named);
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
