//! `refresh`

use crate::arguments::PlanArgs;
use crate::context::{Context, Outcome};
use crate::run as runs;
use clap::Args;
use terrane_plan::PlanMode;

/// Update the state to match remote systems.
///
/// Reads all objects and writes what they are now to the state, without asking. Prefer
/// "apply -refresh-only", which shows the differences first.
#[derive(Args)]
pub(crate) struct RefreshArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
}

pub(crate) fn run(args: &RefreshArgs, context: &mut Context) -> Outcome {
    runs::apply(context, &args.plan, Some(PlanMode::RefreshOnly), true, "OperationTypeRefresh")
}
