//! `import`

use crate::arguments::{LockArgs, StateFileArgs, VariableArgs, switch};
use crate::backend::{open_locked, release, save_failed};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{Project, Purpose};
use clap::{ArgAction, Args};
use terrane_address::{Mode, ResourceInstance};
use terrane_backend::StateManager;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::Stop;
use terrane_plan::encode_object;
use terrane_provider::ReadObject;
use terrane_state::{JournalEntry, ObjectStatus, StateWrite};

/// Associate existing infrastructure with a Terrane resource.
///
/// Import existing infrastructure into your state. This will find and import the specified
/// resource into your state, allowing existing infrastructure to come under management without
/// having to be initially created by Terrane.
///
/// The resource must be declared in the configuration. An "import" block does the same as part
/// of a plan.
#[derive(Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    variables: VariableArgs,
    /// Ask for input for variables that are not set.
    #[arg(long, value_name = "true", default_value_t = true, default_missing_value = "true", num_args = 0..=1,
          require_equals = true, action = ArgAction::Set, value_parser = switch)]
    input: bool,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    state: StateFileArgs,
    /// The resource instance to import to.
    #[arg(value_name = "ADDRESS")]
    address: ResourceInstance,
    /// The object's import id, whose form depends on the resource type.
    #[arg(value_name = "ID")]
    id: String,
}

pub(crate) fn run(args: &ImportArgs, context: &mut Context) -> Outcome {
    let context = &*context;
    let project = Project::load(context, &args.variables, args.input)?;
    let (lease, manager) = open_locked(context, &args.state, &args.lock, "OperationTypeImport")?;
    let outcome = import(args, context, &project, &manager);
    release(context, lease);
    outcome
}

fn import(args: &ImportArgs, context: &Context, project: &Project, manager: &StateManager) -> Outcome {
    let (address, id) = (&args.address, &args.id);
    if address.resource.mode != Mode::Managed || project.config.resource(&address.config()).is_none() {
        return Err(Problems::new(
            "Resource address does not exist in the configuration",
            format!(
                "Before importing this resource, please create its configuration. For example:\n\nresource {:?} {:?} \
                 {{\n  # (resource arguments)\n}}",
                &*address.resource.type_name, &*address.resource.name
            ),
        ));
    }
    if manager.state().current(address).is_some() {
        return Err(Problems::new(
            "Resource already managed by Terrane",
            format!(
                "Terrane is already managing a remote object for {address}. To import to this address you must first \
                 remove the existing object from the state."
            ),
        ));
    }
    context.output.line(&format!("{address}: Importing from ID {id:?}..."));
    let writes =
        context.block_on(find(project, address, id)).map_err(|problems| project.problems(problems))?;
    let entries = writes.into_iter().map(JournalEntry::Write).collect();
    context
        .block_on(async {
            manager.record(entries).await?;
            manager.save().await
        })
        .map_err(save_failed)?;
    let style = context.output.palette().success;
    context.output.line(&format!(
        "\n{style}Import successful!{style:#}\n\nThe resources that were imported are shown above. These resources are \
         now in\nyour Terrane state and will henceforth be managed by Terrane.\n"
    ));
    Ok(Exit::Success)
}

/// The object as it is now, as a change of the state.
async fn find(
    project: &Project,
    address: &ResourceInstance,
    id: &str,
) -> Result<Vec<StateWrite>, Diagnostics> {
    let type_name = &*address.resource.type_name;
    let fail = |summary: &str, detail: String| Diagnostics::from(Diagnostic::error(summary, detail));
    let missing = || fail("Provider not available", format!("There is no provider for {address}."));
    let provider_config = project.config.resource_providers.get(&address.config()).ok_or_else(missing)?;
    let provider = project.providers.get(&provider_config.provider).ok_or_else(missing)?;
    let schemas = provider.schema();
    let schema = schemas.resources.get(type_name).ok_or_else(missing)?;
    let config = match project.evaluator(None, Purpose::Apply).provider_config(provider_config) {
        Ok((config, _)) => config.unmark_deep().0,
        Err(Stop::Failed(problems)) => return Err(problems),
        Err(Stop::Blocked(_)) => {
            return Err(fail(
                "Invalid provider configuration",
                format!(
                    "The configuration of {provider_config} depends on resources and cannot be used to import."
                ),
            ));
        }
    };
    let client = provider.configure(&config).await?;
    let not_found = || {
        fail(
            "Cannot import non-existent remote object",
            format!(
                "While attempting to import an existing object to {address:?}, the provider detected that no object \
                 exists with the given id. Only pre-existing objects can be imported; check that the id is correct \
                 and that it is associated with the provider's configured region or endpoint, or use \"terrane \
                 apply\" to create a new remote object for this resource.",
                address = address.to_string()
            ),
        )
    };
    let found = provider.import(&client, type_name, id).await?;
    let Some(imported) = found.into_iter().find(|i| i.type_name == type_name) else {
        return Err(not_found());
    };
    let object = ReadObject { state: imported.state, private: imported.private };
    let read = provider.read(&client, type_name, vec![object]).await.into_iter().next();
    let Some(Some(read)) = read.transpose()? else { return Err(not_found()) };
    let marks: Vec<_> = schema
        .block
        .sensitive_paths(&read.state)
        .into_iter()
        .map(|path| (path, terrane_value::Marks::sensitive()))
        .collect();
    let value = read.state.mark_paths(&marks);
    let object = encode_object(schema, &value, read.private, Vec::new(), ObjectStatus::Ready, false)?;
    Ok(vec![StateWrite::Put {
        address: address.clone(),
        deposed: None,
        provider: provider_config.clone(),
        object: Box::new(object),
    }])
}
