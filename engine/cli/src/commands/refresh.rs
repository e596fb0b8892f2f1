//! `refresh`

use crate::arguments::PlanArgs;
use clap::Args;

/// Update the state to match remote systems.
///
/// Reads all objects and writes what they are now to the state, without asking. Prefer
/// "apply -refresh-only", which shows the differences first.
#[derive(Args)]
pub(crate) struct RefreshArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
}
