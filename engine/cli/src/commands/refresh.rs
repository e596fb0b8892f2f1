//! `refresh`

use crate::arguments::PlanArgs;
use crate::context::{Context, Outcome};
use crate::run as runs;
use clap::Args;
use std::path::PathBuf;
use terrane_plan::PlanMode;

/// Update the state to match remote systems.
///
/// Reads all objects and writes what they are now to the state, without asking. Prefer
/// "apply -refresh-only", which shows the differences first.
#[derive(Args)]
pub(crate) struct RefreshArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Path to write the state to, instead of the file it was read from.
    #[arg(long, value_name = "path")]
    pub(crate) state_out: Option<PathBuf>,
}

pub(crate) fn run(args: &RefreshArgs, context: &mut Context) -> Outcome {
    let plan = args.plan.with_state_out(args.state_out.as_deref());
    runs::apply(context, &plan, Some(PlanMode::RefreshOnly), true, "OperationTypeRefresh")
}
