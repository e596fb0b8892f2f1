//! `apply`

use crate::arguments::PlanArgs;
use crate::context::{Context, Outcome};
use crate::run as runs;
use clap::Args;
use std::path::PathBuf;

/// Create or update infrastructure.
///
/// Creates or updates infrastructure according to the configuration in the current directory.
///
/// By default, a new plan is made and you are asked to approve it. When a saved plan is given,
/// exactly that is done, without asking.
#[derive(Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Skip interactive approval of the plan before applying.
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Path to write the state to, instead of the file it was read from.
    #[arg(long, value_name = "path")]
    pub(crate) state_out: Option<PathBuf>,
    /// A plan that "plan -out" has saved.
    #[arg(value_name = "PLAN")]
    pub(crate) plan_file: Option<PathBuf>,
}

pub(crate) fn run(args: &ApplyArgs, context: &mut Context) -> Outcome {
    let plan = args.plan.with_state_out(args.state_out.as_deref());
    match &args.plan_file {
        Some(path) => runs::apply_file(context, &plan, path),
        None => runs::apply(context, &plan, None, args.auto_approve, "OperationTypeApply"),
    }
}
