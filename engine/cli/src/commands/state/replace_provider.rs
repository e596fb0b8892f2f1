//! `state replace-provider`

use super::change;
use crate::arguments::{LockArgs, StateFileArgs};
use crate::context::{Context, Outcome};
use clap::Args;
use terrane_address::{ProviderAddress, ProviderConfigAddress};
use terrane_state::{State, StateWrite};

/// Replace provider in the state.
///
/// Replace provider for resources in the state: all that FROM serves is then served by TO.
#[derive(Args)]
pub(crate) struct ReplaceProviderArgs {
    /// Skip interactive approval.
    #[arg(long)]
    auto_approve: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    state: StateFileArgs,
    /// The provider that is replaced.
    #[arg(value_name = "FROM")]
    from: ProviderAddress,
    /// The provider that replaces it.
    #[arg(value_name = "TO")]
    to: ProviderAddress,
}

pub(crate) fn run(args: &ReplaceProviderArgs, context: &mut Context) -> Outcome {
    let context = &*context;
    change(context, &args.state, &args.lock, "state-replace-provider", |state| {
        let writes = replacements(state, &args.from, &args.to);
        if writes.is_empty() {
            context.output.line("No matching resources found.");
            return Ok(writes);
        }
        let list: String = writes.iter().filter_map(address).map(|a| format!("  {a}\n")).collect();
        context.output.print(&format!(
            "Terrane will perform the following actions:\n\n  ~ Updating provider:\n    - {}\n    + {}\n\nChanging {} \
             objects:\n\n{list}\n",
            args.from,
            args.to,
            writes.len()
        ));
        if !args.auto_approve {
            context.output.print("Do you want to make these changes?\nOnly 'yes' will be accepted to continue.\n\nEnter a value: ");
            let answer = context.environment.read_line().ok().flatten();
            if answer.as_deref().map(str::trim) != Some("yes") {
                context.output.line("\nCancelled replacing providers.");
                return Ok(Vec::new());
            }
        }
        context.output.line(&format!("\nSuccessfully replaced provider for {} objects.", writes.len()));
        Ok(writes)
    })
}

fn replacements(state: &State, from: &ProviderAddress, to: &ProviderAddress) -> Vec<StateWrite> {
    let mut writes = Vec::new();
    for (address, resource, instance) in state.instances().filter(|(_, r, _)| r.provider.provider == *from) {
        let provider = ProviderConfigAddress { provider: to.clone(), ..resource.provider.clone() };
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(key.clone()), object));
        for (deposed, object) in deposed.chain(instance.current.iter().map(|object| (None, object))) {
            writes.push(StateWrite::Put {
                address: address.clone(),
                deposed,
                provider: provider.with_key(object.provider_key.clone()),
                object: object.clone(),
            });
        }
    }
    writes
}

fn address(write: &StateWrite) -> Option<String> {
    match write {
        StateWrite::Put { address, .. } => Some(address.to_string()),
        _ => None,
    }
}
