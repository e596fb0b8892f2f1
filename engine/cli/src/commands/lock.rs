//! `lock list|show|break` and `force-unlock`

use crate::arguments::StateFileArgs;
use crate::backend::{self, storage, storage_failed};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::workspace;
use clap::{Args, Subcommand};
use terrane_backend::LockError;

/// Show and break locks on states.
#[derive(Subcommand)]
pub(crate) enum LockCommand {
    List(ListArgs),
    Show(ShowArgs),
    Break(BreakArgs),
}

/// List the locks on the states of all workspaces.
#[derive(Args)]
pub(crate) struct ListArgs {}

/// Show who has the lock on the state of the current workspace.
#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    state: StateFileArgs,
}

/// Break a lock that a run has left behind.
#[derive(Args)]
pub(crate) struct BreakArgs {
    #[command(flatten)]
    state: StateFileArgs,
    /// The lock's ID, as "lock show" prints it.
    #[arg(value_name = "ID")]
    id: String,
}

/// Release a stuck lock on the current workspace.
///
/// Manually unlock the state for the defined configuration. The same as "lock break".
#[derive(Args)]
pub(crate) struct ForceUnlockArgs {
    /// Don't ask for input for unlock confirmation.
    #[arg(long)]
    force: bool,
    /// The lock's ID, as the error message gave it.
    #[arg(value_name = "LOCK_ID")]
    id: String,
}

pub(crate) fn run(command: &LockCommand, context: &mut Context) -> Outcome {
    match command {
        LockCommand::List(_) => list(context),
        LockCommand::Show(args) => {
            let storage = storage(context, &args.state)?;
            match context.block_on(storage.holder()).map_err(storage_failed)? {
                Some(info) => context.output.line(&info.to_string()),
                None => context.output.line(&format!("{} is not locked.", storage.location())),
            }
            Ok(Exit::Success)
        }
        LockCommand::Break(args) => unlock(context, &args.state, &args.id),
    }
}

pub(crate) fn force_unlock(args: &ForceUnlockArgs, context: &mut Context) -> Outcome {
    if !args.force {
        if !context.environment.can_ask() {
            return Err(Problems::new(
                "Approval needed",
                "Nobody can be asked, since standard input is no terminal. Use -force to unlock without asking.",
            ));
        }
        context.output.print(
            "Do you really want to force-unlock?\n  Terrane will remove the lock on the state. Only 'yes' will be \
             accepted to confirm.\n\n  Enter a value: ",
        );
        let answer = context.environment.read_line().ok().flatten();
        if answer.as_deref().map(str::trim) != Some("yes") {
            context.output.line("\nforce-unlock cancelled.");
            return Ok(Exit::Failure);
        }
    }
    unlock(context, &StateFileArgs::default(), &args.id)
}

fn list(context: &Context) -> Outcome {
    let backend = backend::backend(context)?;
    for name in context.block_on(backend.workspaces()).map_err(storage_failed)? {
        let storage = backend.state(&name);
        if let Some(info) = context.block_on(storage.holder()).map_err(storage_failed)? {
            let marker = if name == workspace::selected(&context.environment) { "*" } else { " " };
            context
                .output
                .line(&format!("{marker} {name}: {} by {} since {}", info.id, info.who, info.created));
        }
    }
    Ok(Exit::Success)
}

fn unlock(context: &Context, files: &StateFileArgs, id: &str) -> Outcome {
    let storage = storage(context, files)?;
    match context.block_on(storage.break_lock(id)) {
        Ok(info) => {
            context.output.line(&format!("The lock of {} has been removed.", info.who));
            Ok(Exit::Success)
        }
        Err(LockError::Held { holder }) => {
            let holder = holder.map(|info| format!("\n{info}")).unwrap_or_default();
            let why = "The run that has the lock still exists. Stop it first; that releases the lock.";
            Err(Problems::new("Failed to unlock state", format!("{why}{holder}")))
        }
        Err(error) => Err(Problems::new("Failed to unlock state", format!("{error}."))),
    }
}
