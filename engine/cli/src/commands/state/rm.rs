//! `state rm`

use super::{change, listed};
use crate::arguments::{LockArgs, StateFileArgs};
use crate::context::{Context, Outcome, Problems};
use clap::Args;
use terrane_address::Target;
use terrane_state::StateWrite;

/// Remove instances from the state.
///
/// Remove one or more items from the state, causing Terrane to "forget" those items without
/// first destroying them in the remote system.
#[derive(Args)]
pub(crate) struct RmArgs {
    /// If set, prints out what would've been removed but doesn't actually remove anything.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    state: StateFileArgs,
    /// Modules, resources or instances.
    #[arg(value_name = "ADDRESS", required = true)]
    addresses: Vec<Target>,
}

pub(crate) fn run(args: &RmArgs, context: &mut Context) -> Outcome {
    let context = &*context;
    change(context, &args.state, &args.lock, "state-rm", |state| {
        let all = listed(state);
        for target in &args.addresses {
            if !all.iter().any(|address| target.contains(address)) {
                return Err(Problems::new(
                    "Invalid target address",
                    format!(
                        "No objects matching {target} found. To view the available instances, use \"terrane state \
                         list\". Please modify the address to reference a specific instance."
                    ),
                ));
            }
        }
        let mut writes = Vec::new();
        let chosen: Vec<_> =
            all.into_iter().filter(|a| args.addresses.iter().any(|t| t.contains(a))).collect();
        for address in &chosen {
            context
                .output
                .line(&format!("{} {address}", if args.dry_run { "Would remove" } else { "Removed" }));
            let Some(instance) = state.instance(address) else { continue };
            let deposed = instance.deposed.keys().map(|key| Some(key.clone()));
            for deposed in deposed.chain(instance.current.is_some().then_some(None)) {
                writes.push(StateWrite::Remove { address: address.clone(), deposed });
            }
        }
        if args.dry_run {
            return Ok(Vec::new());
        }
        context.output.line(&format!("Successfully removed {} resource instance(s).", chosen.len()));
        Ok(writes)
    })
}
