//! `destroy`

use crate::arguments::PlanArgs;
use crate::context::{Context, Outcome};
use crate::run as runs;
use clap::Args;
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
}

pub(crate) fn run(args: &DestroyArgs, context: &mut Context) -> Outcome {
    runs::apply(context, &args.plan, Some(PlanMode::Destroy), args.auto_approve, "OperationTypeDestroy")
}
