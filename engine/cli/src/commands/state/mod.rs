//! `state`

mod identities;
mod list;
mod mv;
mod pull;
mod push;
mod replace_provider;
mod rm;
mod show;

use crate::arguments::{LockArgs, StateFileArgs};
use crate::backend::{open_locked, release, save_failed, storage};
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Subcommand;
use std::cmp::Ordering;
use std::path::PathBuf;
use terrane_address::{Mode, ResourceInstance, Target};
use terrane_backend::StateManager;
use terrane_state::{JournalEntry, State, StateWrite};

/// Advanced state management.
///
/// These subcommands can be used to slice and dice the state. This is sometimes necessary in
/// advanced cases. For your safety, all state management commands that modify the state create
/// a timestamped backup of the state prior to making modifications.
///
/// The structure and output of the commands is specifically tailored to work well with the
/// common Unix utilities such as grep, awk, etc. We recommend using those tools to perform more
/// advanced state tasks.
#[derive(Subcommand)]
pub(crate) enum StateCommand {
    Identities(identities::IdentitiesArgs),
    List(list::ListArgs),
    Mv(mv::MvArgs),
    Pull(pull::PullArgs),
    Push(push::PushArgs),
    ReplaceProvider(replace_provider::ReplaceProviderArgs),
    Rm(rm::RmArgs),
    Show(show::ShowArgs),
}

pub(crate) fn run(command: &StateCommand, context: &mut Context) -> Outcome {
    match command {
        StateCommand::Identities(args) => identities::run(args, context),
        StateCommand::List(args) => list::run(args, context),
        StateCommand::Mv(args) => mv::run(args, context),
        StateCommand::Pull(args) => pull::run(args, context),
        StateCommand::Push(args) => push::run(args, context),
        StateCommand::ReplaceProvider(args) => replace_provider::run(args, context),
        StateCommand::Rm(args) => rm::run(args, context),
        StateCommand::Show(args) => show::run(args, context),
    }
}

/// The state, which must exist.
fn existing(context: &Context, files: &StateFileArgs) -> Result<State, Problems> {
    let manager = crate::backend::open(context, files)?;
    if manager.exists() { Ok(manager.state()) } else { Err(no_state()) }
}

fn no_state() -> Problems {
    Problems::new(
        "No state file was found!",
        "State management commands require a state file. Run this command in a directory where Terrane has been run \
         or use the -state flag to point the command to a specific state location.",
    )
}

/// Changes the state, which must exist, under its lock, keeping a backup with the time in its name.
/// `change` says what to write, or nothing to leave the state as it is.
pub(super) fn change(
    context: &Context,
    files: &StateFileArgs,
    lock: &LockArgs,
    operation: &str,
    change: impl FnOnce(&State) -> Result<Vec<StateWrite>, Problems>,
) -> Outcome {
    change_or_make(context, files, lock, operation, false, change)
}

/// The same; a state that does not exist is made where `may_make` says so.
fn change_or_make(
    context: &Context,
    files: &StateFileArgs,
    lock: &LockArgs,
    operation: &str,
    may_make: bool,
    change: impl FnOnce(&State) -> Result<Vec<StateWrite>, Problems>,
) -> Outcome {
    let mut files = files.clone();
    if files.backup.is_none() {
        let time = context.environment.now().replace([':', '-'], "");
        files.backup = Some(PathBuf::from(format!("{}.{time}.backup", storage(context, &files)?.location())));
    }
    let (lease, manager) = open_locked(context, &files, lock, operation)?;
    let outcome = match may_make || manager.exists() {
        true => changed(context, &manager, change),
        false => Err(no_state()),
    };
    release(context, lease);
    outcome
}

fn changed(
    context: &Context,
    manager: &StateManager,
    change: impl FnOnce(&State) -> Result<Vec<StateWrite>, Problems>,
) -> Outcome {
    let writes = change(&manager.state())?;
    if writes.is_empty() {
        return Ok(Exit::Success);
    }
    let entries = writes.into_iter().map(JournalEntry::Write).collect();
    context
        .block_on(async {
            manager.record(entries).await?;
            manager.save().await
        })
        .map_err(save_failed)?;
    Ok(Exit::Success)
}

/// The order in which instances are listed: modules by depth, then data sources first.
fn listed_order(a: &ResourceInstance, b: &ResourceInstance) -> Ordering {
    let key = |i: &ResourceInstance| i.resource.mode != Mode::Data;
    (a.module.0.len().cmp(&b.module.0.len()))
        .then_with(|| a.module.cmp(&b.module))
        .then_with(|| key(a).cmp(&key(b)))
        .then_with(|| (&a.resource, &a.key).cmp(&(&b.resource, &b.key)))
}

/// All instances in that order.
fn listed(state: &State) -> Vec<ResourceInstance> {
    let mut all: Vec<ResourceInstance> = state.instances().map(|(address, ..)| address).collect();
    all.sort_by(listed_order);
    all
}

/// An error when the state has nothing of what an address names.
fn only_known(addresses: &[Target], all: &[ResourceInstance]) -> Result<(), Problems> {
    let Some(target) = addresses.iter().find(|target| !all.iter().any(|address| target.contains(address)))
    else {
        return Ok(());
    };
    let kind = if matches!(target, Target::Module(_)) { "module" } else { "resource" };
    Err(Problems::new(
        format!("Unknown {kind}"),
        format!(
            "The current state contains no {kind} {target}. If you've just added this {kind} to the configuration, \
             you must run \"terrane apply\" first to create the {kind}'s entry in the state."
        ),
    ))
}
