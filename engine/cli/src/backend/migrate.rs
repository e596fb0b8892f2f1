//! Copying states from one backend to another.

use super::{BackendSettings, configured, open_failed, release, save_failed, storage_failed, take_lock};
use crate::arguments::LockArgs;
use crate::context::{Context, Problems};
use std::sync::Arc;
use terrane_backend::{Backend, DEFAULT_WORKSPACE, Lease, StateManager};

/// What to do about existing states.
pub(crate) struct Migration<'a> {
    /// Copy without asking.
    pub(crate) force: bool,
    /// Whether somebody may be asked.
    pub(crate) ask: bool,
    pub(crate) lock: &'a LockArgs,
}

/// Copies the states of all workspaces that have something in them. Nothing is copied unless
/// somebody agrees, and nothing at all is written when one of the states cannot be read.
pub(crate) fn migrate(
    context: &Context,
    from: &BackendSettings,
    to: &BackendSettings,
    how: &Migration<'_>,
) -> Result<(), Problems> {
    let (source, target) = (configured(context, from)?, configured(context, to)?);
    let names = context.block_on(source.workspaces()).map_err(storage_failed)?;
    let mut found = Vec::new();
    for name in names {
        let (old, new) = (open(context, &source, &name)?, open(context, &target, &name)?);
        if old.location() != new.location() && !old.state().is_empty() {
            if !old.in_flight().is_empty() {
                return Err(Problems::new(
                    "A run was interrupted",
                    format!(
                        "The journal of {} has operations of which it is not known how they ended. Run \"terrane \
                         apply\" with the previous backend first, then migrate.",
                        old.location()
                    ),
                ));
            }
            found.push((name, old, new));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    if !target.has_workspaces()
        && let Some((name, ..)) = found.iter().find(|(name, ..)| name != DEFAULT_WORKSPACE)
    {
        return Err(Problems::new(
            "Workspaces not supported",
            format!(
                "The backend {:?} keeps one state only, and there is a state in the workspace {name:?}. Move or delete \
                 the other workspaces first.",
                to.kind
            ),
        ));
    }
    if !how.force && !agreed(context, from, to, &found, how.ask)? {
        context.output.line("\nThe existing state was left where it is, and not copied.");
        return Ok(());
    }
    for (name, ..) in &found {
        copy(context, &source, &target, name, how)?;
    }
    Ok(())
}

fn open(context: &Context, backend: &Arc<dyn Backend>, name: &str) -> Result<StateManager, Problems> {
    context.block_on(StateManager::open(backend.state(name))).map_err(open_failed)
}

/// Asks whether to copy.
fn agreed(
    context: &Context,
    from: &BackendSettings,
    to: &BackendSettings,
    found: &[(String, StateManager, StateManager)],
    ask: bool,
) -> Result<bool, Problems> {
    let mut list = String::new();
    for (name, old, new) in found {
        let replaced = match new.state().is_empty() {
            true => String::new(),
            false => " (replaces the state that is there)".to_owned(),
        };
        list += &format!("\n  - {name}: from {} to {}{replaced}", old.location(), new.location());
    }
    let failed = |why: &str| {
        Err(Problems::new(
            "Error asking for state migration action",
            format!(
                "{why} These states would be copied from the backend {:?} to {:?}:{list}\n\nUse -force-copy to copy \
                 without being asked, or -reconfigure to leave them where they are.",
                from.kind, to.kind
            ),
        ))
    };
    if !ask {
        return failed("Nobody may be asked, since -input=false is set.");
    }
    context.output.print(&format!(
        "\nDo you want to copy existing state to the new backend?{list}\n\n  Enter \"yes\" to copy and \"no\" to \
         leave it where it is.\n\n  Enter a value: "
    ));
    let answer = context.environment.read_line();
    context.output.line("");
    match answer.ok().flatten().as_deref() {
        Some("yes") => Ok(true),
        Some("no") => Ok(false),
        Some(_) => failed("The answer was neither \"yes\" nor \"no\"."),
        None => failed("The input ended before an answer."),
    }
}

/// Copies one state under the locks of both places.
fn copy(
    context: &Context,
    source: &Arc<dyn Backend>,
    target: &Arc<dyn Backend>,
    name: &str,
    how: &Migration<'_>,
) -> Result<(), Problems> {
    let lock = |backend: &Arc<dyn Backend>| -> Result<Option<Lease>, Problems> {
        match how.lock.lock {
            true => Ok(Some(take_lock(context, backend.state(name), how.lock, "migration")?)),
            false => Ok(None),
        }
    };
    let source_lease = lock(source)?;
    let target_lease = match lock(target) {
        Ok(lease) => lease,
        Err(problems) => {
            release(context, source_lease);
            return Err(problems);
        }
    };
    let result = copy_locked(context, source, target, name, &source_lease, &target_lease);
    release(context, target_lease);
    release(context, source_lease);
    result
}

fn copy_locked(
    context: &Context,
    source: &Arc<dyn Backend>,
    target: &Arc<dyn Backend>,
    name: &str,
    source_lease: &Option<Lease>,
    target_lease: &Option<Lease>,
) -> Result<(), Problems> {
    // Through the storage that has the lock, so that it is checked.
    let manager = |backend: &Arc<dyn Backend>, lease: &Option<Lease>| {
        let storage = lease.as_ref().map_or_else(|| backend.state(name), |lease| lease.storage().clone());
        context.block_on(StateManager::open(storage)).map_err(open_failed)
    };
    let (old, new) = (manager(source, source_lease)?, manager(target, target_lease)?);
    let (from, to) = (old.location(), new.location());
    new.replace(old.state());
    context.block_on(new.save()).map_err(save_failed)?;
    context.block_on(source.retire(name)).map_err(storage_failed)?;
    context.output.line(&format!("- {name}: copied from {from} to {to}"));
    Ok(())
}
