//! `state pull`

use crate::arguments::StateFileArgs;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;

/// Pull current state and output to stdout.
///
/// Prints the state of the current workspace, with what an interrupted run has journaled, in
/// the form of a state file.
#[derive(Args)]
pub(crate) struct PullArgs {
    #[command(flatten)]
    state: StateFileArgs,
}

pub(crate) fn run(args: &PullArgs, context: &mut Context) -> Outcome {
    let manager = crate::backend::open(context, &args.state)?;
    if manager.exists() {
        let text = terrane_state::to_json(&manager.state())
            .map_err(|e| Problems::new("Failed to write state", e.to_string()))?;
        context.output.print(&text);
    }
    Ok(Exit::Success)
}
