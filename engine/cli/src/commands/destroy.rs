//! `destroy`

use crate::arguments::PlanArgs;
use crate::context::{Context, Outcome};
use crate::run as runs;
use clap::Args;
use std::path::PathBuf;
use terrane_plan::PlanMode;

/// Destroy previously-created infrastructure.
///
/// Destroys all objects that this configuration manages. The same as "apply -destroy".
#[derive(Args)]
pub(crate) struct DestroyArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Skip interactive approval before destroying.
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Path to write the state to, instead of the file it was read from.
    #[arg(long, value_name = "path")]
    pub(crate) state_out: Option<PathBuf>,
}

pub(crate) fn run(args: &DestroyArgs, context: &mut Context) -> Outcome {
    let plan = args.plan.with_state_out(args.state_out.as_deref());
    runs::apply(context, &plan, Some(PlanMode::Destroy), args.auto_approve, "OperationTypeDestroy")
}
