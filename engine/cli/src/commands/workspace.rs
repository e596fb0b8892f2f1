//! `workspace list|show|select|new|delete`

use crate::arguments::{LockArgs, StateFileArgs};
use crate::backend::{backend, open_failed, release, save_failed, storage_failed, take_lock};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::workspace::{DEFAULT, is_valid_name, select, selected};
use clap::{Args, Subcommand};
use std::sync::Arc;
use terrane_backend::{Lease, StateManager, StateStorage};

/// Workspace management.
///
/// Each workspace has a state of its own for the same configuration.
#[derive(Subcommand)]
pub(crate) enum WorkspaceCommand {
    Delete(DeleteArgs),
    List(ListArgs),
    New(NewArgs),
    Select(SelectArgs),
    Show(ShowArgs),
}

/// List workspaces.
#[derive(Args)]
pub(crate) struct ListArgs {}

/// Show the name of the current workspace.
#[derive(Args)]
pub(crate) struct ShowArgs {}

/// Select a workspace.
#[derive(Args)]
pub(crate) struct SelectArgs {
    /// Create the workspace if it doesn't exist.
    #[arg(long)]
    or_create: bool,
    /// The workspace.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Create a new workspace and select it.
#[derive(Args)]
pub(crate) struct NewArgs {
    #[command(flatten)]
    state: StateFileArgs,
    #[command(flatten)]
    lock: LockArgs,
    /// The workspace.
    #[arg(value_name = "NAME")]
    name: String,
}

/// Delete a workspace.
#[derive(Args)]
pub(crate) struct DeleteArgs {
    /// Remove even a workspace that still manages objects, which are then no longer managed.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lock: LockArgs,
    /// The workspace.
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(command: &WorkspaceCommand, context: &mut Context) -> Outcome {
    match command {
        WorkspaceCommand::List(_) => {
            let current = selected(&context.environment);
            for name in names(context)? {
                context.output.line(&format!("{} {name}", if name == current { "*" } else { " " }));
            }
            context.output.line("");
        }
        WorkspaceCommand::Show(_) => context.output.line(&selected(&context.environment)),
        WorkspaceCommand::Select(args) => choose(args, context)?,
        WorkspaceCommand::New(args) => create(context, &args.name, Some(args))?,
        WorkspaceCommand::Delete(args) => delete(args, context)?,
    }
    Ok(Exit::Success)
}

fn names(context: &Context) -> Result<Vec<String>, Problems> {
    context.block_on(backend(context)?.workspaces()).map_err(storage_failed)
}

/// `TF_WORKSPACE` would make the selection have no effect.
fn refuse_override(context: &Context) -> Result<(), Problems> {
    match context.environment.setting("WORKSPACE") {
        None => Ok(()),
        Some(name) => Err(Problems::new(
            "Workspace is overridden",
            format!(
                "The selected workspace is currently overridden using the TF_WORKSPACE environment variable ({name:?}). To select another one, unset or change it."
            ),
        )),
    }
}

fn choose(args: &SelectArgs, context: &Context) -> Result<(), Problems> {
    refuse_override(context)?;
    let name = &args.name;
    if !names(context)?.contains(name) {
        if args.or_create {
            return create(context, name, None);
        }
        return Err(Problems::new(
            format!("Workspace {name:?} doesn't exist"),
            "You can create this workspace with the \"new\" subcommand or include the \"-or-create\" flag with the \
             \"select\" subcommand.",
        ));
    }
    select(&context.environment, name)?;
    let style = context.output.palette().success;
    context.output.line(&format!("{style}Switched to workspace \"{name}\".{style:#}"));
    Ok(())
}

/// `args` may say what the state is copied from.
fn create(context: &Context, name: &str, args: Option<&NewArgs>) -> Result<(), Problems> {
    refuse_override(context)?;
    if !is_valid_name(name) {
        return Err(Problems::new(
            "Invalid workspace name",
            format!(
                "The workspace name {name:?} is not allowed. It may have letters, digits and the characters - _ . ~ only."
            ),
        ));
    }
    if names(context)?.iter().any(|n| n == name) {
        return Err(Problems::new(
            format!("Workspace {name:?} already exists"),
            "Select it with \"workspace select\".",
        ));
    }
    let backend = backend(context)?;
    if !backend.has_workspaces() {
        return Err(Problems::new(
            "Workspaces not supported",
            "The backend in use keeps one state only, so there can be no workspace beside \"default\".",
        ));
    }
    let failed = |e| Problems::new("Failed to create workspace", format!("{e}."));
    context.block_on(backend.create_workspace(name)).map_err(failed)?;
    if let Some(args) = args.filter(|a| a.state.state.is_some()) {
        let lease = lock(context, backend.state(name), &args.lock)?;
        let copied = copy(context, &args.state, backend.state(name));
        release(context, lease);
        copied?;
    }
    select(&context.environment, name)?;
    let style = context.output.palette().success;
    context.output.line(&format!(
        "{style}Created and switched to workspace \"{name}\"!{style:#}\n\nYou're now on a new, empty workspace. \
         Workspaces isolate their state,\nso if you run \"terrane plan\" Terrane will not see any existing state\n\
         for this configuration."
    ));
    Ok(())
}

fn copy(context: &Context, from: &StateFileArgs, to: Arc<dyn StateStorage>) -> Result<(), Problems> {
    let from = crate::backend::open(context, from)?.state();
    let to = context.block_on(StateManager::open(to)).map_err(open_failed)?;
    to.replace(from);
    context.block_on(to.save()).map_err(save_failed)?;
    Ok(())
}

fn lock(context: &Context, state: Arc<dyn StateStorage>, args: &LockArgs) -> Result<Option<Lease>, Problems> {
    args.lock.then(|| take_lock(context, state, args, "workspace")).transpose()
}

fn delete(args: &DeleteArgs, context: &Context) -> Result<(), Problems> {
    let name = &args.name;
    let refuse = |why: String| Err(Problems::new("Workspace cannot be deleted", why));
    if name == DEFAULT {
        return refuse("The workspace \"default\" always exists.".into());
    }
    if *name == selected(&context.environment) {
        return refuse(format!("Workspace {name:?} is your active workspace. Select another one first."));
    }
    if !names(context)?.contains(name) {
        return refuse(format!("Workspace {name:?} doesn't exist."));
    }
    let backend = backend(context)?;
    // Given back before the state goes, since some backends keep the lock with it.
    let lease = lock(context, backend.state(name), &args.lock)?;
    let opened = context.block_on(StateManager::open(backend.state(name)));
    release(context, lease);
    let state = opened.map_err(open_failed)?.state();
    if !state.resources.is_empty() && !args.force {
        let some: String = state.instances().take(10).map(|(a, ..)| format!("\n  - {a}")).collect();
        return refuse(format!(
            "Workspace {name:?} is currently tracking the following resource instances:{some}\n\nDeleting it would \
             cause Terrane to lose track of them. Destroy them first, or use -force."
        ));
    }
    let failed = |e| Problems::new("Failed to delete workspace", format!("{e}."));
    context.block_on(backend.delete_workspace(name)).map_err(failed)?;
    let style = context.output.palette().success;
    context.output.line(&format!("{style}Deleted workspace \"{name}\"!{style:#}"));
    Ok(())
}
