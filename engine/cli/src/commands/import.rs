//! `import`

use crate::arguments::{LockArgs, StateFileArgs, VariableArgs, switch};
use crate::backend::{open_locked, release, save_failed};
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{Project, Purpose};
use clap::{ArgAction, Args};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::{Mode, ProviderConfigAddress, ResourceInstance};
use terrane_backend::StateManager;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::Stop;
use terrane_plan::encode_object;
use terrane_provider::{Client, ReadObject};
use terrane_state::{JournalEntry, ObjectStatus, State, StateWrite};
use terrane_value::Value;

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
    /// Import everything that a file lists, instead of one object: on each line the address of an
    /// instance, spaces, and its import id. Empty lines and lines that begin with "#" mean nothing.
    #[arg(long, value_name = "path", conflicts_with_all = ["address", "id"])]
    from: Option<PathBuf>,
    /// The resource instance to import to.
    #[arg(value_name = "ADDRESS", required_unless_present = "from")]
    address: Option<ResourceInstance>,
    /// The object's import id, whose form depends on the resource type.
    #[arg(value_name = "ID", required_unless_present = "from")]
    id: Option<String>,
}

pub(crate) fn run(args: &ImportArgs, context: &mut Context) -> Outcome {
    let context = &*context;
    let wanted = match (&args.from, &args.address, &args.id) {
        (Some(path), ..) => listed(context, path)?,
        (None, Some(address), Some(id)) => vec![(address.clone(), id.clone())],
        _ => Vec::new(),
    };
    let project = Project::load(context, &args.variables, args.input)?;
    let (lease, manager) = open_locked(context, &args.state, &args.lock, "OperationTypeImport")?;
    let outcome = import(&wanted, context, &project, &manager);
    release(context, lease);
    outcome
}

/// The addresses and ids in a file.
fn listed(context: &Context, path: &Path) -> Result<Vec<(ResourceInstance, String)>, Problems> {
    let fail = |reason: String| {
        Problems::new("Failed to read the list of imports", format!("{}: {reason}", path.display()))
    };
    let bytes = context.environment.read(path).map_err(|e| fail(format!("{e}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| fail("the file is not UTF-8 text.".into()))?;
    let mut found = Vec::new();
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let entry = split(line).ok_or_else(|| {
            fail(format!(
                "line {}: the address of a resource instance and an import id are needed.",
                number + 1
            ))
        })?;
        found.push(entry);
    }
    if found.is_empty() { Err(fail("it lists nothing.".into())) } else { Ok(found) }
}

/// Address and id: the address ends at a space that is not in a key.
fn split(line: &str) -> Option<(ResourceInstance, String)> {
    let spaces = line.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    spaces.into_iter().find_map(|at| {
        let address = line[..at].parse().ok()?;
        let id = line[at..].trim();
        (!id.is_empty()).then(|| (address, id.to_owned()))
    })
}

fn import(
    wanted: &[(ResourceInstance, String)],
    context: &Context,
    project: &Project,
    manager: &StateManager,
) -> Outcome {
    let state = manager.state();
    let mut importer = Importer { project, clients: HashMap::new() };
    let (mut entries, mut problems) = (Vec::new(), Diagnostics::new());
    for (address, id) in wanted {
        if let Some(problem) = refusal(project, &state, address) {
            problems.push(problem);
            continue;
        }
        context.output.line(&format!("{address}: Importing from ID {id:?}..."));
        match context.block_on(importer.find(address, id)) {
            Ok(write) => entries.push(JournalEntry::Write(write)),
            Err(more) => problems.append(more),
        }
    }
    if !entries.is_empty() {
        context
            .block_on(async {
                manager.record(entries).await?;
                manager.save().await
            })
            .map_err(save_failed)?;
    }
    // What was found stays imported: asking for it again would only be refused.
    if problems.has_errors() {
        return Err(project.problems(problems));
    }
    let style = context.output.palette().success;
    context.output.line(&format!(
        "\n{style}Import successful!{style:#}\n\nThe resources that were imported are shown above. These resources are \
         now in\nyour Terrane state and will henceforth be managed by Terrane.\n"
    ));
    Ok(Exit::Success)
}

/// Why nothing can be imported to `address`.
fn refusal(project: &Project, state: &State, address: &ResourceInstance) -> Option<Diagnostic> {
    if address.resource.mode != Mode::Managed || project.config.resource(&address.config()).is_none() {
        return Some(Diagnostic::error(
            "Resource address does not exist in the configuration",
            format!(
                "Before importing {address}, please create its configuration. For example:\n\nresource {:?} {:?} \
                 {{\n  # (resource arguments)\n}}",
                &*address.resource.type_name, &*address.resource.name
            ),
        ));
    }
    state.current(address).map(|_| {
        Diagnostic::error(
            "Resource already managed by Terrane",
            format!(
                "Terrane is already managing a remote object for {address}. To import to this address you must first \
                 remove the existing object from the state."
            ),
        )
    })
}

/// Finds objects, each provider configuration asked once.
struct Importer<'a> {
    project: &'a Project,
    clients: HashMap<ProviderConfigAddress, Arc<dyn Client>>,
}

impl Importer<'_> {
    /// The object as it is now, as a change of the state.
    async fn find(&mut self, address: &ResourceInstance, id: &str) -> Result<StateWrite, Diagnostics> {
        let project = self.project;
        let type_name = &*address.resource.type_name;
        let fail = |summary: &str, detail: String| Diagnostics::from(Diagnostic::error(summary, detail));
        let missing = || fail("Provider not available", format!("There is no provider for {address}."));
        let provider_config = project.config.resource_providers.get(&address.config()).ok_or_else(missing)?;
        let provider = project.providers.get(&provider_config.provider).ok_or_else(missing)?;
        let schemas = provider.schema();
        let schema = schemas.resources.get(type_name).ok_or_else(missing)?;
        let client = match self.clients.get(provider_config) {
            Some(client) => client.clone(),
            None => {
                let client = provider.configure(&self.configuration(provider_config)?).await?;
                self.clients.insert(provider_config.clone(), client.clone());
                client
            }
        };
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
        Ok(StateWrite::Put {
            address: address.clone(),
            deposed: None,
            provider: provider_config.clone(),
            object: Arc::new(object),
        })
    }

    fn configuration(&self, address: &ProviderConfigAddress) -> Result<Value, Diagnostics> {
        match self.project.evaluator(None, Purpose::Apply).provider_config(address) {
            Ok((config, _)) => Ok(config.unmark_deep().0),
            Err(Stop::Failed(problems)) => Err(problems),
            Err(Stop::Blocked(_)) => Err(Diagnostic::error(
                "Invalid provider configuration",
                format!("The configuration of {address} depends on resources and cannot be used to import."),
            )
            .into()),
        }
    }
}
