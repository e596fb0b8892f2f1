//! `state identities`

use super::{existing, listed, only_known};
use crate::arguments::StateFileArgs;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;
use serde_json::{Map, Value as Json};
use terrane_address::Target;

/// List the identities of resources in the state.
///
/// Prints in JSON what names each object for its provider, by address. Objects that have no
/// identity, or an id alone, are left out. The address arguments can be used to filter the
/// instances by resource or module.
#[derive(Args)]
pub(crate) struct IdentitiesArgs {
    /// Print in JSON. There is no other form, and the flag is required.
    #[arg(long)]
    json: bool,
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

pub(crate) fn run(args: &IdentitiesArgs, context: &mut Context) -> Outcome {
    if !args.json {
        return Err(Problems::new(
            "The flag -json is required",
            "\"terrane state identities\" prints in JSON alone: run it again with -json.",
        ));
    }
    let state = existing(context, &args.state)?;
    let all = listed(&state);
    only_known(&args.addresses, &all)?;
    let mut identities = Map::new();
    for address in all {
        let wanted = args.addresses.is_empty() || args.addresses.iter().any(|t| t.contains(&address));
        let Some(object) = state.current(&address).filter(|_| wanted) else { continue };
        let attributes = object.attributes.json();
        let id = attributes.get("id").and_then(Json::as_str);
        let has_id = args.id.is_none() || args.id.as_deref() == id;
        if let Some(identity) = object.private.identity.as_ref().filter(|_| has_id) {
            identities.insert(address.to_string(), identity.attributes.clone());
        }
    }
    context.output.line(&Json::Object(identities).to_string());
    Ok(Exit::Success)
}
