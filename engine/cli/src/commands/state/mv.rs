//! `state mv`

use super::{change, change_or_make, listed};
use crate::arguments::{LockArgs, StateFileArgs};
use crate::backend::storage;
use crate::context::{Context, Outcome, Problems};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use terrane_address::{ConfigResource, InstanceKey, ModuleInstance, ResourceInstance, Target};
use terrane_state::{Object, State, StateWrite};

/// Move an item in the state.
///
/// This command will move an item matched by the address given to the destination address.
/// This can be used for simple resource renaming, moving items to and from a module, moving
/// entire modules, and more. With -state-out it goes to another state file.
#[derive(Args)]
pub(crate) struct MvArgs {
    /// If set, prints out what would've been moved but doesn't actually move anything.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    state: StateFileArgs,
    /// Path of another state file to move to, which is made when it does not exist.
    #[arg(long, value_name = "path")]
    state_out: Option<PathBuf>,
    /// Path of the backup of that file. The default has the time in its name.
    #[arg(long, value_name = "path", requires = "state_out")]
    backup_out: Option<PathBuf>,
    /// What to move: a module, a resource or an instance.
    #[arg(value_name = "SOURCE")]
    source: Target,
    /// Where to.
    #[arg(value_name = "DESTINATION")]
    destination: Target,
}

pub(crate) fn run(args: &MvArgs, context: &mut Context) -> Outcome {
    let context = &*context;
    if let Some(path) = &args.state_out {
        let there = StateFileArgs { state: Some(path.clone()), backup: args.backup_out.clone(), out: None };
        if storage(context, &there)?.location() != storage(context, &args.state)?.location() {
            return between(args, context, &there);
        }
    }
    let (source, destination) = (&args.source, &args.destination);
    change(context, &args.state, &args.lock, "state-mv", |state| {
        let moves = moves(state, source, destination)?;
        let taken = moves.iter().find(|(from, to)| from != to && state.instance(to).is_some());
        if let Some((_, taken)) = taken {
            return Err(occupied(taken));
        }
        let word = if args.dry_run { "Would move" } else { "Move" };
        context.output.line(&format!("{word} \"{source}\" to \"{destination}\""));
        if args.dry_run {
            return Ok(Vec::new());
        }
        context.output.line("Successfully moved 1 object(s).");
        let renamed = dependents(state, &moves);
        let moves = moves.into_iter().map(|(from, to)| StateWrite::Move { from, to });
        Ok(moves.chain(renamed).collect())
    })
}

/// Objects that depend on what moved name it by its new address from now on.
fn dependents(state: &State, moves: &Moves) -> Vec<StateWrite> {
    let mut after = state.clone();
    for (from, to) in moves {
        after.write(StateWrite::Move { from: from.clone(), to: to.clone() });
    }
    let left: BTreeSet<ConfigResource> = after.instances().map(|(address, ..)| address.config()).collect();
    let renamed: BTreeMap<ConfigResource, ConfigResource> = (moves.iter())
        .map(|(from, to)| (from.config(), to.config()))
        .filter(|(from, to)| from != to && !left.contains(from))
        .collect();
    let mut writes = Vec::new();
    for (address, resource, instance) in after.instances() {
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(key.clone()), object));
        for (deposed, object) in current.chain(deposed) {
            if !object.dependencies.iter().any(|d| renamed.contains_key(d)) {
                continue;
            }
            let mut object = (**object).clone();
            for dependency in &mut object.dependencies {
                if let Some(new) = renamed.get(dependency) {
                    *dependency = new.clone();
                }
            }
            object.dependencies.sort();
            object.dependencies.dedup();
            writes.push(StateWrite::Put {
                address: address.clone(),
                deposed,
                provider: resource.provider_of(&object),
                object: Arc::new(object),
            });
        }
    }
    writes
}

/// Moves to another state. The objects are safe there before they leave this one: a crash in between
/// leaves them in both, and the same command, given again, finishes what it began.
fn between(args: &MvArgs, context: &Context, there: &StateFileArgs) -> Outcome {
    let (source, destination) = (&args.source, &args.destination);
    change(context, &args.state, &args.lock, "state-mv", |state| {
        let moves = moves(state, source, destination)?;
        let word = if args.dry_run { "Would move" } else { "Move" };
        context.output.line(&format!("{word} \"{source}\" to \"{destination}\""));
        change_or_make(context, there, &args.lock, "state-mv", true, |other| {
            let arrives = |(from, to): &&(ResourceInstance, ResourceInstance)| {
                other.instance(to) != state.instance(from)
            };
            let missing: Vec<_> = moves.iter().filter(arrives).collect();
            if let Some((_, taken)) = missing.iter().find(|(_, to)| other.instance(to).is_some()) {
                return Err(occupied(taken));
            }
            let puts = missing.into_iter().flat_map(|(from, to)| puts(state, from, to));
            Ok(if args.dry_run { Vec::new() } else { puts.collect() })
        })?;
        if args.dry_run {
            return Ok(Vec::new());
        }
        context.output.line("Successfully moved 1 object(s).");
        Ok(moves.iter().flat_map(|(from, _)| removals(state, from)).collect())
    })
}

/// All objects of an instance, as they are written to another state.
fn puts(state: &State, from: &ResourceInstance, to: &ResourceInstance) -> Vec<StateWrite> {
    let Some(resource) = state.resources.get(&from.resource_address()) else { return Vec::new() };
    let put = |deposed: Option<Arc<str>>, object: &Arc<Object>| StateWrite::Put {
        address: to.clone(),
        deposed,
        provider: resource.provider_of(object),
        object: object.clone(),
    };
    let Some(instance) = resource.instances.get(&from.key) else { return Vec::new() };
    let deposed = instance.deposed.iter().map(|(key, object)| put(Some(key.clone()), object));
    instance.current.iter().map(|object| put(None, object)).chain(deposed).collect()
}

fn removals(state: &State, from: &ResourceInstance) -> Vec<StateWrite> {
    let Some(instance) = state.instance(from) else { return Vec::new() };
    let current = instance.current.iter().map(|_| None);
    let deposed = instance.deposed.keys().map(|key| Some(key.clone()));
    current.chain(deposed).map(|deposed| StateWrite::Remove { address: from.clone(), deposed }).collect()
}

type Moves = Vec<(ResourceInstance, ResourceInstance)>;

/// Which instances go where.
fn moves(state: &State, source: &Target, destination: &Target) -> Result<Moves, Problems> {
    let invalid = |why: &str| {
        Problems::new("Invalid state move request", format!("Cannot move {source} to {destination}: {why}."))
    };
    let moves: Moves = match (source, destination) {
        (Target::Module(from), Target::Module(to)) => listed(state)
            .into_iter()
            .filter(|a| a.module.is_within(from))
            .map(|a| {
                let module = to.0.iter().chain(&a.module.0[from.0.len()..]).cloned().collect();
                let moved = ResourceInstance { module: ModuleInstance(module), ..a.clone() };
                (a, moved)
            })
            .collect(),
        (Target::Resource(from), Target::Resource(to)) => {
            if from.resource.mode != to.resource.mode || from.resource.type_name != to.resource.type_name {
                return Err(invalid("resource types don't match"));
            }
            resource_moves(state, from, to).ok_or_else(|| {
                invalid("the source has several instances and the destination is one instance")
            })?
        }
        (Target::Module(_), Target::Resource(_)) => return Err(invalid("the target must also be a module")),
        (Target::Resource(_), Target::Module(_)) => {
            return Err(invalid("the target must also be a resource"));
        }
    };
    if moves.is_empty() {
        return Err(Problems::new(
            "Invalid source address",
            format!("Cannot move {source}: does not match anything in the current state."),
        ));
    }
    Ok(moves)
}

fn occupied(taken: &ResourceInstance) -> Problems {
    Problems::new(
        "Invalid target address",
        format!(
            "Cannot move to {taken}: there is already a resource instance at that address in the current state."
        ),
    )
}

/// `None` when several instances would go to one. Without a key, an instance without key is
/// meant where there is one, and otherwise all of the resource.
fn resource_moves(state: &State, from: &ResourceInstance, to: &ResourceInstance) -> Option<Moves> {
    if from.key != InstanceKey::None || state.instance(from).is_some() {
        let found = state.instance(from).is_some();
        return Some(found.then(|| (from.clone(), to.clone())).into_iter().collect());
    }
    let all: Vec<ResourceInstance> =
        listed(state).into_iter().filter(|a| a.resource_address() == from.resource_address()).collect();
    if to.key != InstanceKey::None && !all.is_empty() {
        return None;
    }
    Some(all.into_iter().map(|a| (a.clone(), to.resource_address().instance(a.key))).collect())
}
