//! `destroy`

use crate::arguments::PlanArgs;
use clap::Args;

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
