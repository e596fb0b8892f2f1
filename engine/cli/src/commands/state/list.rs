//! `state list`

use super::{existing, listed, only_known};
use crate::arguments::StateFileArgs;
use crate::context::{Context, Exit, Outcome};
use clap::Args;
use terrane_address::Target;

/// List resources in the state.
///
/// This command lists resource instances in the state. The address argument can be used to
/// filter the instances by resource or module. If no pattern is given, all resource instances
/// are listed.
#[derive(Args)]
pub(crate) struct ListArgs {
    /// Filters the results to include only instances whose resource types have an attribute named
    /// "id" whose value equals the given id string.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    state: StateFileArgs,
    /// Modules, resources or instances.
    #[arg(value_name = "address")]
    addresses: Vec<Target>,
}

pub(crate) fn run(args: &ListArgs, context: &mut Context) -> Outcome {
    let state = existing(context, &args.state)?;
    let all = listed(&state);
    only_known(&args.addresses, &all)?;
    for address in &all {
        let wanted = args.addresses.is_empty() || args.addresses.iter().any(|t| t.contains(address));
        let has_id = args.id.as_deref().is_none_or(|id| {
            state
                .current(address)
                .is_some_and(|o| o.attributes.json().get("id").and_then(|v| v.as_str()) == Some(id))
        });
        if wanted && has_id {
            context.output.line(&address.to_string());
        }
    }
    Ok(Exit::Success)
}
