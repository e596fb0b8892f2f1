//! Settling what an interrupted run left in flight: operations that were begun and of which
//! nobody knows how they ended. Each is repeated under its own token, so that the provider finds
//! what the first attempt did. There is no plan here and nothing else is changed; what the
//! configuration says is only asked for where the journal does not know.

use crate::ApplyInputs;
use crate::kept::KeptParts;
use crate::operation::{OperationInput, run_operation};
use crate::provision::Provisioners;
use crate::start::stored_value;
use crate::withheld::Withheld;
use futures::stream::{self, StreamExt};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use terrane_address::{Mode, ProviderConfigAddress, ResourceInstance};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_plan::{
    Action, ResourceChange, decode_object, encode_object, last_provider_config, object_id, write_only_values,
};
use terrane_provider::{Client, PlanRequest, Private, Provider, Providers, ReadObject, ReadResponse};
use terrane_schema::{Schema, proposed_new};
use terrane_state::{JournalEntry, Object, Operation, State, StateWrite};
use terrane_value::{Marks, Path, Value};

/// What became of the operations that were in flight.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The state afterwards.
    pub state: State,
    /// The operations, in the order in which they had begun.
    pub operations: Vec<SettledOperation>,
    /// Problems.
    pub problems: Diagnostics,
}

/// What became of one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledOperation {
    /// The instance.
    pub address: ResourceInstance,
    /// What had been begun: `create`, `update`, `delete`.
    pub action: String,
    /// What is known now.
    pub finding: Finding,
}

/// How an interrupted operation ended after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The object is there, as the operation was to make it, with this id.
    Exists(Option<Arc<str>>),
    /// There is no such object, or no longer.
    Gone,
    /// It failed, and that is recorded.
    Failed,
    /// It is still not known; it stays in the journal.
    Open,
}

/// How many creations of `in_flight` may have sent something that has not arrived yet: those that began in the last ten
/// minutes, and that are looked for by their tokens at something remote. When a run died is not known, only when what it did last
/// had begun.
pub fn arriving(in_flight: &[Operation], providers: &Providers) -> usize {
    let longest = jiff::SignedDuration::from_mins(10);
    let now = jiff::Timestamp::now();
    let young = |operation: &&Operation| match operation.time.parse::<jiff::Timestamp>() {
        Ok(begun) => now.duration_since(begun) < longest,
        Err(_) => true,
    };
    let looks = |operation: &&Operation| {
        let provider = &operation.provider.provider;
        !provider.is_builtin() && providers.get(provider).is_some_and(|p| p.knows_tokens())
    };
    in_flight.iter().filter(|o| o.action == "create").filter(young).filter(looks).count()
}

/// Settles `in_flight`. `ev` must be new. Of the instances in `not_made` somebody knows that what was
/// begun has made nothing.
pub async fn settle(
    ev: &Evaluator<'_>,
    inputs: &ApplyInputs<'_>,
    state: State,
    in_flight: Vec<Operation>,
    not_made: &BTreeSet<ResourceInstance>,
) -> Settled {
    for (address, resource, instance) in state.instances() {
        if let Some(value) = stored_value(inputs.schemas, &address, resource, instance) {
            ev.deliver(&address, &value);
        }
    }
    let mut settled = Settled { state, operations: Vec::new(), problems: Diagnostics::new() };
    let mut clients = Clients { ev, inputs, state: settled.state.clone(), known: HashMap::new() };
    let mut withheld = Withheld::new(ev, inputs);
    let mut begun = Vec::new();
    for operation in in_flight {
        let parts = clients.parts(&operation).await;
        let secrets = match &parts {
            Ok(parts) if operation.withheld && !not_made.contains(&operation.address) => {
                Some(withheld.configuration(&mut clients, &operation.address, &parts.schema.block).await)
            }
            _ => None,
        };
        begun.push((operation, parts, secrets));
    }
    let work = begun.into_iter().map(|(operation, parts, secrets)| {
        let stored = stored(&settled.state, &operation).cloned();
        let taken = operation.action == "create" && settled.state.current(&operation.address).is_some();
        async move {
            let done = match parts {
                Ok(_) if *inputs.stop.borrow() => Done::open(Diagnostics::new()),
                Ok(_) if not_made.contains(&operation.address) && operation.action == "create" => {
                    recorded(inputs, &operation, Vec::new(), Finding::Gone).await
                }
                Ok(_) if taken => Done::open(taken_address(&operation).into()),
                Ok(parts) => one(inputs, ev, &operation, Parts { secrets, ..parts }, stored).await,
                Err(problems) => Done::open(problems),
            };
            (operation, done)
        }
    });
    let done: Vec<(Operation, Done)> =
        stream::iter(work).buffered(inputs.parallelism.per_api.max(1)).collect().await;
    for (operation, done) in done {
        done.writes.into_iter().for_each(|write| settled.state.write(write));
        settled.problems.append(about(done.problems, &operation));
        settled.operations.push(SettledOperation {
            address: operation.address,
            action: operation.action,
            finding: done.finding,
        });
    }
    settled.problems.append(withheld.close().await);
    settled
}

/// The stored object that an update or deletion is about.
fn stored<'s>(state: &'s State, operation: &Operation) -> Option<&'s Arc<Object>> {
    let instance = state.instance(&operation.address)?;
    match &operation.deposed {
        Some(key) if operation.action == "delete" => instance.deposed.get(key),
        _ => instance.current.as_ref(),
    }
}

/// What is needed to repeat an operation.
struct Parts {
    provider: Arc<dyn Provider>,
    client: Arc<dyn Client>,
    schema: Arc<Schema>,
    /// A configuration with the write-only values that the journal does not have.
    secrets: Option<Result<Value, Diagnostics>>,
}

pub(crate) struct Clients<'a, 'c> {
    ev: &'a Evaluator<'c>,
    inputs: &'a ApplyInputs<'c>,
    pub(crate) state: State,
    known: HashMap<ProviderConfigAddress, Result<Arc<dyn Client>, Diagnostics>>,
}

impl Clients<'_, '_> {
    async fn parts(&mut self, operation: &Operation) -> Result<Parts, Diagnostics> {
        let address = &operation.provider;
        let type_name = &operation.address.resource.type_name;
        let provider = self.inputs.providers.get(&address.provider).cloned();
        let schema = self.inputs.schemas.shared(&address.provider, Mode::Managed, type_name).cloned();
        let (Some(provider), Some(schema)) = (provider, schema) else {
            let detail = format!(
                "The provider {} with the resource type {type_name} is needed for it and is not part of this build \
                 of Terrane. Use the one with which the interrupted run was made.",
                address.provider.short()
            );
            return Err(Diagnostic::error("Cannot settle an interrupted operation", detail).into());
        };
        let client = self.client(address, &provider).await?;
        Ok(Parts { provider, client, schema, secrets: None })
    }

    /// The client of a provider configuration.
    pub(crate) async fn client(
        &mut self,
        address: &ProviderConfigAddress,
        provider: &Arc<dyn Provider>,
    ) -> Result<Arc<dyn Client>, Diagnostics> {
        if let Some(known) = self.known.get(address) {
            return known.clone();
        }
        let client = self.configure(address, provider).await;
        self.known.insert(address.clone(), client.clone());
        client
    }

    async fn configure(
        &self,
        address: &ProviderConfigAddress,
        provider: &Arc<dyn Provider>,
    ) -> Result<Arc<dyn Client>, Diagnostics> {
        let last = last_provider_config(self.ev, self.inputs.schemas, &self.state, address);
        let config = match last {
            Ok(Some(config)) => Ok((config, Diagnostics::new())),
            Ok(None) => self.ev.provider_config(address),
            Err(stop) => Err(stop),
        };
        match config {
            Ok((config, _)) => provider.configure(&config.unmark_deep().0).await,
            Err(Stop::Failed(problems)) => Err(problems),
            Err(Stop::Blocked(on)) => {
                let on: Vec<&str> = on.iter().map(|a| &**a).collect();
                let detail = format!(
                    "The configuration of {address} is needed for it, and depends on {}, which the state does not \
                     have. Give the provider block known values until what was interrupted is settled.",
                    on.join(", ")
                );
                Err(Diagnostic::error("Cannot settle an interrupted operation", detail).into())
            }
        }
    }
}

/// How settling one operation went.
struct Done {
    finding: Finding,
    /// Changes of the state, all journaled.
    writes: Vec<StateWrite>,
    problems: Diagnostics,
}

impl Done {
    fn open(problems: Diagnostics) -> Done {
        Done { finding: Finding::Open, writes: Vec::new(), problems }
    }
}

async fn one(
    inputs: &ApplyInputs<'_>,
    ev: &Evaluator<'_>,
    operation: &Operation,
    parts: Parts,
    stored: Option<Arc<Object>>,
) -> Done {
    let result = match (&*operation.action, stored) {
        ("create", _) => create(inputs, ev, operation, parts).await,
        ("delete", Some(object)) => delete(inputs, ev, operation, parts, object).await,
        ("update", Some(object)) => update(inputs, ev, operation, parts, object).await,
        // The state has no such object: there is nothing left that could be unknown.
        _ => Ok(recorded(inputs, operation, Vec::new(), Finding::Gone).await),
    };
    result.unwrap_or_else(Done::open)
}

async fn create(
    inputs: &ApplyInputs<'_>,
    ev: &Evaluator<'_>,
    operation: &Operation,
    parts: Parts,
) -> Result<Done, Diagnostics> {
    if !parts.provider.knows_tokens() {
        return Err(unknown_creation(operation).into());
    }
    let config = configuration(operation, &parts).await?;
    let prior = Value::null(parts.schema.block.implied_type());
    let (planned, _) = plan(operation, &parts, &config, &prior).await?;
    let change = change(operation, Action::Create, prior.clone(), planned);
    Ok(repeat(inputs, ev, operation, parts, change, Action::Create, config, prior, Private::from([])).await)
}

async fn delete(
    inputs: &ApplyInputs<'_>,
    ev: &Evaluator<'_>,
    operation: &Operation,
    parts: Parts,
    object: Arc<Object>,
) -> Result<Done, Diagnostics> {
    let type_name = &operation.address.resource.type_name;
    let value = decode_object(&*parts.provider, type_name, &object).await?;
    if !parts.provider.knows_tokens() {
        let asked = vec![ReadObject { state: value.clone(), private: object.private.clone() }];
        let answer = parts.provider.read(&parts.client, type_name, asked).await.into_iter().next();
        if answer.transpose()?.is_some_and(|read| read.is_none()) {
            let (address, deposed) = (operation.address.clone(), operation.deposed.clone());
            let remove = StateWrite::Remove { address, deposed };
            return Ok(recorded(inputs, operation, vec![remove], Finding::Gone).await);
        }
    }
    let prior = marked(&parts.schema, &value, &object.sensitive_paths);
    let nothing = Value::null(parts.schema.block.implied_type());
    let change = change(operation, Action::Delete, prior.clone(), nothing.clone());
    Ok(repeat(inputs, ev, operation, parts, change, Action::Delete, nothing, prior, object.private.clone())
        .await)
}

/// A creation by a provider that cannot tell what an earlier attempt made.
fn unknown_creation(operation: &Operation) -> Diagnostic {
    let address = &operation.address;
    Diagnostic::error(
        "Nobody knows whether an object was made",
        format!(
            "An interrupted run had begun to create {address}, and the provider {} is a plugin, which cannot tell what \
             became of that. Look whether the object exists. If it does not, run:\n  terrane resume \
             -not-made='{address}'\nIf it does, do the same and take it into the state before anything else:\n  terrane \
             import '{address}' ID",
            operation.provider.provider.short()
        ),
    )
}

/// An update is looked at first: what it has reached already is not done again.
async fn update(
    inputs: &ApplyInputs<'_>,
    ev: &Evaluator<'_>,
    operation: &Operation,
    parts: Parts,
    object: Arc<Object>,
) -> Result<Done, Diagnostics> {
    let address = &operation.address;
    let type_name = &address.resource.type_name;
    let state = decode_object(&*parts.provider, type_name, &object).await?;
    let asked = vec![ReadObject { state: state.clone(), private: object.private.clone() }];
    let Some(answer) = parts.provider.read(&parts.client, type_name, asked).await.into_iter().next() else {
        return Err(Diagnostic::error(
            "Provider did not answer",
            format!("{address} was not read. This is a bug in the provider."),
        )
        .into());
    };
    let read = answer?;
    let gone = read.is_none();
    // What seems to be gone may have another name since.
    let read = read.unwrap_or(ReadResponse { state, private: object.private.clone() });
    let config = configuration(operation, &parts).await?;
    let mut sensitive = object.sensitive_paths.clone();
    sensitive.extend(sensitive_paths(&config));
    let prior = marked(&parts.schema, &read.state, &sensitive);
    let (planned, replaces) = plan(operation, &parts, &config, &prior).await?;
    if !gone && (replaces || planned == read.state) {
        let (dependencies, before) = match &operation.made_from {
            Some(made) => (made.dependencies.clone(), made.create_before_destroy),
            None => (object.dependencies.clone(), object.create_before_destroy),
        };
        let id = object_id(&read.state);
        let now = encode_object(&parts.schema, &prior, read.private, dependencies, object.status, before)?;
        let put = StateWrite::Put {
            address: address.clone(),
            deposed: None,
            provider: operation.provider.clone(),
            object: Arc::new(Object { kept: object.kept.clone(), ..now }),
        };
        return Ok(recorded(inputs, operation, vec![put], Finding::Exists(id)).await);
    }
    let change = change(operation, Action::Update, prior.clone(), planned);
    let done =
        repeat(inputs, ev, operation, parts, change, Action::Update, config, prior, read.private).await;
    if !gone || done.finding != Finding::Failed {
        return Ok(done);
    }
    let remove = StateWrite::Remove { address: address.clone(), deposed: None };
    Ok(recorded(inputs, operation, vec![remove], Finding::Gone).await)
}

/// What the provider makes of a configuration, and whether that needs a new object.
async fn plan(
    operation: &Operation,
    parts: &Parts,
    config: &Value,
    prior: &Value,
) -> Result<(Value, bool), Diagnostics> {
    let (config, _) = config.unmark_deep();
    let (prior, _) = prior.unmark_deep();
    let proposed = proposed_new(&parts.schema.block, &prior, &config);
    let type_name = operation.address.resource.type_name.to_string();
    let before = prior.clone();
    let request = PlanRequest { type_name, prior, config, proposed, private: Private::from([]) };
    let answer = parts.provider.plan(&parts.client, request).await;
    if answer.diagnostics.has_errors() {
        return Err(answer.diagnostics);
    }
    let replaces = answer.requires_replace.iter().any(|path| before.at(path) != answer.planned.at(path));
    Ok((answer.planned, replaces))
}

/// What the object is made from: what the journal has, and write-only values from the configuration.
async fn configuration(operation: &Operation, parts: &Parts) -> Result<Value, Diagnostics> {
    let Some(made_from) = &operation.made_from else {
        let detail = format!("The journal does not say what {} is made from.", operation.address);
        return Err(Diagnostic::error("Cannot settle an interrupted operation", detail).into());
    };
    let config = decode_object(&*parts.provider, &operation.address.resource.type_name, made_from).await?;
    let config = marked(&parts.schema, &config, &made_from.sensitive_paths);
    match &parts.secrets {
        Some(secrets) => Ok(parts.schema.block.with_write_only(&config, &secrets.clone()?)),
        None => Ok(config),
    }
}

fn change(operation: &Operation, action: Action, before: Value, after: Value) -> ResourceChange {
    ResourceChange {
        address: operation.address.clone(),
        previous_address: None,
        deposed: operation.deposed.clone().filter(|_| action == Action::Delete),
        provider: operation.provider.clone(),
        action,
        reason: None,
        before,
        after,
        requires_replace: Vec::new(),
        private: Private::from([]),
        importing: None,
        generated_config: None,
        dependencies: Vec::new(),
        create_before_destroy: operation.made_from.as_ref().is_some_and(|o| o.create_before_destroy),
    }
}

/// Makes the same call again, under the same token.
#[allow(clippy::too_many_arguments)]
async fn repeat(
    inputs: &ApplyInputs<'_>,
    ev: &Evaluator<'_>,
    operation: &Operation,
    parts: Parts,
    change: ResourceChange,
    action: Action,
    config: Value,
    prior: Value,
    private: Private,
) -> Done {
    let stored = operation.made_from.as_ref().map(|o| o.kept.clone()).unwrap_or_default();
    let write_only_changed = match action {
        // What was sent is not known, so all of it is.
        Action::Update => write_only_values(&parts.schema.block, &config.unmark_deep().0),
        _ => Vec::new(),
    };
    let kept = KeptParts { before: stored.clone(), after: stored, write_only_changed };
    let result = run_operation(OperationInput {
        provider: parts.provider,
        client: parts.client,
        schema: parts.schema,
        change: Arc::new(change),
        action,
        config,
        prior,
        private,
        dependencies: operation.made_from.as_ref().map(|o| o.dependencies.clone()).unwrap_or_default(),
        deposed: operation.deposed.clone(),
        kept,
        tainted: false,
        provisioners: Provisioners::of(ev, &operation.address, &inputs.events),
        interrupted: Some(operation.token.clone()),
        block: inputs.config.resource(&operation.address.config()),
        events: inputs.events.clone(),
        recorder: inputs.recorder.clone(),
    })
    .await;
    let unknown = result.problems.iter().any(|d| d.outcome_unknown);
    let finding = match (result.journal_lost || unknown, result.problems.has_errors(), result.value.is_null())
    {
        (true, ..) => Finding::Open,
        (false, true, _) => Finding::Failed,
        (false, false, true) => Finding::Gone,
        (false, false, false) => Finding::Exists(object_id(&result.value)),
    };
    Done { finding, writes: result.writes, problems: result.problems }
}

/// Records what is known without a call.
async fn recorded(
    inputs: &ApplyInputs<'_>,
    operation: &Operation,
    writes: Vec<StateWrite>,
    finding: Finding,
) -> Done {
    let token = operation.token.clone();
    let entry = JournalEntry::Outcome { token, writes: writes.clone(), failed: false };
    match inputs.recorder.record(vec![entry]).await {
        Ok(()) => Done { finding, writes, problems: Diagnostics::new() },
        Err(error) => Done::open(Diagnostic::error("Failed to write the journal", error.0).into()),
    }
}

fn marked(schema: &Schema, value: &Value, sensitive: &[Path]) -> Value {
    let paths = schema.block.sensitive_paths(value).into_iter().chain(sensitive.iter().cloned());
    let marks: Vec<(Path, Marks)> = paths.map(|p| (p, Marks::sensitive())).collect();
    value.mark_paths(&marks)
}

fn sensitive_paths(value: &Value) -> impl Iterator<Item = Path> {
    value.unmark_paths().1.into_iter().filter(|(_, marks)| marks.is_sensitive()).map(|(path, _)| path)
}

fn taken_address(operation: &Operation) -> Diagnostic {
    Diagnostic::error(
        "Cannot settle an interrupted operation",
        format!(
            "The creation of {0} was interrupted at {1}, and the state has another object at {0} now. Move that one to \
             another address with \"terrane state mv\", settle the creation with \"terrane resume\", and decide then \
             which of the two stays.",
            operation.address, operation.time
        ),
    )
}

fn about(problems: Diagnostics, operation: &Operation) -> Diagnostics {
    let has_address = |d: &Diagnostic| d.about.iter().any(|(kind, _)| *kind == Context::Address);
    let address = || operation.address.to_string();
    problems
        .into_iter()
        .map(|d| if has_address(&d) { d } else { d.about(Context::Address, address()) })
        .collect()
}
