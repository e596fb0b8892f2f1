//! `state show`

use super::existing;
use crate::arguments::StateFileArgs;
use crate::context::{Context, Exit, Outcome, Problems};
use clap::Args;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_state::{InstanceState, ResourceState, State};

/// Show a resource in the state.
///
/// Shows the attributes of a single resource instance in the state, whose address must be
/// given completely.
#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    state: StateFileArgs,
    /// Show the values of sensitive attributes.
    #[arg(long)]
    show_sensitive: bool,
    /// The resource instance.
    #[arg(value_name = "ADDRESS")]
    address: String,
}

const ADVICE: &str = "This command requires that the address references one specific instance. To view the available \
                      instances, use \"terrane state list\". Please modify the address to reference a specific \
                      instance.";

pub(crate) fn run(args: &ShowArgs, context: &mut Context) -> Outcome {
    let address: ResourceInstance = args
        .address
        .parse()
        .map_err(|_| Problems::new(format!("Error parsing instance address: {}", args.address), ADVICE))?;
    let state = existing(context, &args.state)?;
    let resource_address = address.resource_address();
    let found = state.resources.get(&resource_address).and_then(|resource| {
        let current = resource.instances.get(&address.key)?.current.clone()?;
        Some((resource.provider.clone(), current))
    });
    let Some((provider, current)) = found else {
        return Err(Problems::new("No instance found for the given address!", ADVICE));
    };
    let instance = InstanceState { current: Some(current), ..InstanceState::default() };
    let resource = ResourceState { provider, instances: [(address.key, instance)].into() };
    let only = State { resources: [(resource_address, Arc::new(resource))].into(), ..State::default() };
    let mut options = context.output.options();
    options.show_sensitive = args.show_sensitive;
    let schemas = crate::providers::schemas_for_state(context)?;
    let text = terrane_view::render_state(&only, &schemas, &options);
    context.output.line(text.trim_end());
    Ok(Exit::Success)
}
