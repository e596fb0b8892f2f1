//! `plan`

use crate::arguments::PlanArgs;
use clap::Args;
use std::path::PathBuf;

/// Show changes required by the current configuration.
///
/// Generates a speculative execution plan, showing what actions Terrane would take to apply
/// the current configuration. This command will not actually perform the planned actions.
///
/// You can optionally save the plan to a file, which you can then pass to the "apply" command
/// to perform exactly the actions described in the plan.
#[derive(Args)]
pub(crate) struct PlanCommandArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Write a plan file to the given path, as input to "apply".
    #[arg(long, value_name = "file")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 0 when there is nothing to do, with 1 on errors, with 2 when there is something to do.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}
