//! `taint` and `untaint`

use super::state::change;
use crate::arguments::{LockArgs, StateFileArgs};
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;
use std::sync::Arc;
use terrane_address::{Mode, ResourceInstance};
use terrane_state::{Object, ObjectStatus, State, StateWrite};

/// Mark a resource instance as not fully functional.
///
/// Terrane uses the term "tainted" to describe a resource instance which may not be fully
/// functional, either because its creation partially failed or because you've manually marked
/// it as such using this command. The next plan replaces it.
#[derive(Args)]
pub(crate) struct TaintArgs {
    #[command(flatten)]
    flags: Flags,
}

/// Remove the 'tainted' state from a resource instance.
///
/// The object is then assumed to be fully functional and not in need of replacement.
#[derive(Args)]
pub(crate) struct UntaintArgs {
    #[command(flatten)]
    flags: Flags,
}

#[derive(Args)]
struct Flags {
    /// If specified, the command will succeed even if the resource is missing.
    #[arg(long)]
    allow_missing: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    state: StateFileArgs,
    /// The resource instance.
    #[arg(value_name = "ADDRESS")]
    address: ResourceInstance,
}

pub(crate) fn taint(args: &TaintArgs, context: &mut Context) -> Outcome {
    set(&args.flags, context, ObjectStatus::Tainted)
}

pub(crate) fn untaint(args: &UntaintArgs, context: &mut Context) -> Outcome {
    set(&args.flags, context, ObjectStatus::Ready)
}

fn set(flags: &Flags, context: &Context, status: ObjectStatus) -> Outcome {
    let address = &flags.address;
    if address.resource.mode != Mode::Managed {
        return Err(Problems::new(
            "Invalid resource address",
            format!("{address} cannot be marked: only managed resources are replaced."),
        ));
    }
    let operation = if status == ObjectStatus::Tainted { "taint" } else { "untaint" };
    let mut found = false;
    let outcome = change(context, &flags.state, &flags.lock, operation, |state| {
        let write = put(state, address, status)?;
        found = true;
        Ok(vec![write])
    });
    match outcome {
        Ok(exit) => {
            let done = match status {
                ObjectStatus::Tainted => "has been marked as tainted",
                ObjectStatus::Ready => "has been successfully untainted",
            };
            context.output.line(&format!("Resource instance {address} {done}."));
            Ok(exit)
        }
        Err(problems) if flags.allow_missing && !found => {
            context.output.problems(&problems.into_warnings());
            Ok(Exit::Success)
        }
        Err(problems) => Err(problems),
    }
}

fn put(state: &State, address: &ResourceInstance, status: ObjectStatus) -> Result<StateWrite, Problems> {
    let resource = state.resources.get(&address.resource_address());
    let Some((resource, object)) = resource.zip(state.current(address)) else {
        return Err(Problems::new(
            "No such resource instance",
            format!(
                "There is no resource instance in the state with the address {address}. If the resource \
                 configuration has just been added, you must run \"terrane apply\" once to create the \
                 corresponding instance(s) before they can be tainted."
            ),
        ));
    };
    if object.status == status && status == ObjectStatus::Ready {
        return Err(Problems::new(
            "Resource instance is not tainted",
            format!("Resource instance {address} is not currently tainted, and so it cannot be untainted."),
        ));
    }
    Ok(StateWrite::Put {
        address: address.clone(),
        deposed: None,
        provider: resource.provider_of(object),
        object: Arc::new(Object { status, ..(**object).clone() }),
    })
}
