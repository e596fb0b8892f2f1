//! `state push`

use crate::arguments::{LockArgs, StateFileArgs};
use crate::backend::{open_locked, release, save_failed};
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;
use std::path::{Path, PathBuf};
use terrane_backend::StateManager;
use terrane_state::State;

/// Update remote state from a local state file.
///
/// Replaces the state of the current workspace by a state file. For protection, a state of
/// another lineage, with a lower serial, or different with the same serial is refused.
#[derive(Args)]
pub(crate) struct PushArgs {
    /// Write the state even if lineages don't match or the serial is not higher.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    lock: LockArgs,
    /// The state file; "-" for standard input.
    #[arg(value_name = "PATH")]
    path: PathBuf,
}

pub(crate) fn run(args: &PushArgs, context: &mut Context) -> Outcome {
    let new = read(context, &args.path)?;
    let (lease, manager) = open_locked(context, &StateFileArgs::default(), &args.lock, "state-push")?;
    let outcome = push(args, context, &manager, new);
    release(context, lease);
    outcome
}

fn read(context: &Context, path: &Path) -> Result<State, Problems> {
    let fail =
        |reason: String| Problems::new("Failed to read state", format!("{}: {reason}", path.display()));
    let bytes = match path == Path::new("-") {
        true => context.environment.read_stdin(),
        false => context.environment.read(path),
    };
    let bytes = bytes.map_err(|e| fail(format!("{e}.")))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| fail(format!("it is not UTF-8: {e}.")))?;
    terrane_state::from_json(text).map_err(|e| fail(e.to_string()))
}

fn push(args: &PushArgs, context: &Context, manager: &StateManager, new: State) -> Outcome {
    let present = manager.state();
    let refuse = |why: String| Err(Problems::new("Failed to write state", why));
    if manager.exists() && !args.force {
        if !new.lineage.is_empty() && new.lineage != present.lineage {
            return refuse(format!(
                "Cannot import state with lineage {:?} over unrelated state with lineage {:?}. Use -force to do so.",
                new.lineage, present.lineage
            ));
        }
        if new.serial < present.serial {
            return refuse(format!(
                "Cannot import state with serial {} over newer state with serial {}. Use -force to do so.",
                new.serial, present.serial
            ));
        }
        if new.serial == present.serial && new != (State { lineage: new.lineage.clone(), ..present }) {
            return refuse(format!(
                "Cannot import a state that differs from the present one and has the same serial, {}: one of them may \
                 lack what is in the other. Increase the serial of the file, or use -force.",
                new.serial
            ));
        }
    }
    manager.replace(new);
    context.block_on(manager.save()).map_err(save_failed)?;
    Ok(Exit::Success)
}
