//! One operation on one object, from intent to outcome.

use crate::kept::KeptParts;
use crate::provision::Provisioners;
use crate::{RecordError, Recorder};
use std::sync::Arc;
use std::time::{Duration, Instant};
use terrane_address::{ConfigResource, ResourceInstance};
use terrane_config::{ProvisionerWhen, ResourceBlock};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_evaluate::DesiredProvisioner;
use terrane_plan::{Action, Event, Events, ResourceChange, encode_object, object_id};
use terrane_provider::{ApplyRequest, ApplyResponse, Client, OperationToken, PlanRequest, Private, Provider};
use terrane_schema::{Schema, assert_object_compatible, proposed_new};
use terrane_state::{JournalEntry, Object, ObjectStatus, Operation, StateWrite};
use terrane_value::{Marks, Path, Value};

/// Everything that one operation needs, so that it can run beside others.
pub(crate) struct OperationInput<'a> {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) client: Arc<dyn Client>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) change: Arc<ResourceChange>,
    /// What is done: create, update or delete.
    pub(crate) action: Action,
    /// The configuration, marked and wholly known; null for a deletion.
    pub(crate) config: Value,
    /// The object as it is, marked; null for a creation.
    pub(crate) prior: Value,
    pub(crate) private: Private,
    pub(crate) dependencies: Vec<ConfigResource>,
    /// The key under which the present object is deposed first, or under which the object to
    /// delete is kept.
    pub(crate) deposed: Option<Arc<str>>,
    pub(crate) kept: KeptParts,
    /// Whether the object is tainted. Nothing is provisioned before the destruction of one that was
    /// never whole.
    pub(crate) tainted: bool,
    pub(crate) provisioners: Provisioners<'a>,
    /// The token of the same operation in an earlier run, which was interrupted.
    pub(crate) interrupted: Option<OperationToken>,
    /// The block in the configuration.
    pub(crate) block: Option<&'a ResourceBlock>,
    pub(crate) events: Events,
    pub(crate) recorder: Arc<dyn Recorder>,
}

/// What became of it.
pub(crate) struct OperationResult {
    pub(crate) address: ResourceInstance,
    pub(crate) action: Action,
    /// The changes of the state, all journaled.
    pub(crate) writes: Vec<StateWrite>,
    /// The object, marked; null when there is none.
    pub(crate) value: Value,
    pub(crate) problems: Diagnostics,
    /// The journal cannot be written: nothing more may be done.
    pub(crate) journal_lost: bool,
}

/// How often a long operation says that it is still going on.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(10);

/// Runs one operation.
pub(crate) async fn run_operation(input: OperationInput<'_>) -> OperationResult {
    let address = input.change.address.clone();
    let (events, action, block) = (input.events.clone(), input.action, input.block);
    let began = Instant::now();
    let planned = planned(&input).await;
    if let Ok((planned, _)) = &planned
        && is_unneeded(&input, planned)
    {
        let result = left_alone(&input, planned).await;
        events(Event::ApplyUnneeded { address, action });
        return result;
    }
    events(Event::ApplyStarted { address: address.clone(), action, id: object_id(&input.prior) });
    let ticker = {
        let (events, address) = (events.clone(), address.clone());
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(PROGRESS_INTERVAL).await;
                events(Event::ApplyProgress { address: address.clone(), action, elapsed: began.elapsed() });
            }
        })
    };
    let mut result = perform(input, planned).await;
    ticker.abort();
    for problem in result.problems.iter_mut() {
        if let Some(block) = block {
            block.locate(problem);
        }
        if !problem.about.iter().any(|(kind, _)| *kind == Context::Address) {
            problem.about.push((Context::Address, address.to_string().into()));
        }
    }
    let elapsed = began.elapsed();
    events(if result.problems.has_errors() {
        Event::ApplyFailed { address, action, elapsed }
    } else {
        Event::ApplyDone { address, action, id: object_id(&result.value), elapsed }
    });
    result
}

/// Whether an update that was planned while something was unknown turns out to change nothing.
fn is_unneeded(input: &OperationInput<'_>, planned: &Value) -> bool {
    input.action == Action::Update
        && input.interrupted.is_none()
        && input.kept.write_only_changed.is_empty()
        && marked(input, planned) == input.prior
}

/// The object stays as it is; what is kept with it becomes what the configuration says now.
async fn left_alone(input: &OperationInput<'_>, planned: &Value) -> OperationResult {
    let mut result = OperationResult {
        address: input.change.address.clone(),
        action: Action::NoOp,
        writes: Vec::new(),
        value: input.prior.clone(),
        problems: Diagnostics::new(),
        journal_lost: false,
    };
    let response = ApplyResponse {
        state: planned.clone(),
        private: input.private.clone(),
        legacy_types: true,
        diagnostics: Diagnostics::new(),
    };
    (result.writes, result.value, result.problems) = outcome(input, planned, response);
    let entries = result.writes.iter().cloned().map(JournalEntry::Write).collect();
    if let Err(error) = input.recorder.record(entries).await {
        result.problems.push(journal_problem(&error));
        result.journal_lost = true;
    }
    result
}

async fn perform(
    input: OperationInput<'_>,
    planned: Result<(Value, Private), Diagnostics>,
) -> OperationResult {
    let nothing = |problems: Diagnostics, journal_lost: bool| OperationResult {
        address: input.change.address.clone(),
        action: input.action,
        writes: Vec::new(),
        value: input.prior.clone(),
        problems,
        journal_lost,
    };
    let (planned, private) = match planned {
        Ok(planned) => planned,
        Err(problems) => return nothing(problems, false),
    };
    let mut warnings = match before_destruction(&input).await {
        problems if problems.has_errors() => return nothing(problems, false),
        warnings => warnings,
    };
    let repeated = input.interrupted.is_some();
    let token =
        input.interrupted.clone().unwrap_or_else(|| OperationToken(uuid::Uuid::new_v4().to_string().into()));
    let mut entries = Vec::new();
    let mut writes = Vec::new();
    if let (Action::Create, Some(key)) = (input.action, &input.deposed) {
        let depose = StateWrite::Depose { address: input.change.address.clone(), key: key.clone() };
        entries.push(JournalEntry::Write(depose.clone()));
        writes.push(depose);
    }
    entries.push(JournalEntry::Intent(intent(&input, &token)));
    if let Err(error) = input.recorder.record(entries).await {
        return nothing(journal_problem(&error).into(), true);
    }

    let (config, _) = input.config.unmark_deep();
    let (prior, _) = input.prior.unmark_deep();
    let request = ApplyRequest {
        type_name: input.change.address.resource.type_name.to_string(),
        prior,
        config,
        planned: planned.clone(),
        private,
        token: token.clone(),
        write_only_changed: input.kept.write_only_changed.clone(),
        repeated,
    };
    let response = input.provider.apply(&input.client, request).await;
    // Nothing is known, so nothing is recorded: the operation stays in flight.
    if response.diagnostics.iter().any(|d| d.outcome_unknown) && response.state == unmarked_prior(&input) {
        let mut problems = response.diagnostics;
        problems.iter_mut().filter(|d| d.outcome_unknown).for_each(|d| {
            d.detail.push_str(
                " The operation is kept as interrupted: the next run, or \"terrane resume\", finds out what became \
                 of it.",
            );
        });
        return OperationResult { writes, ..nothing(problems, false) };
    }
    let (outcome, value, problems) = outcome(&input, &planned, response);
    let failed = problems.has_errors();
    // The object exists, and is not whole before it is provisioned.
    let (outcome, whole, provisioners) = match after_creation(&input, failed, &value) {
        Ok(provisioners) if provisioners.is_empty() => (outcome, Vec::new(), Ok(provisioners)),
        provisioners => (outcome.iter().cloned().map(tainted).collect(), outcome, provisioners),
    };
    writes.extend(outcome.clone());
    let entry = JournalEntry::Outcome { token, writes: outcome, failed };
    let (mut problems, mut journal_lost) = (problems, false);
    if let Err(error) = input.recorder.record(vec![entry]).await {
        problems.push(journal_problem(&error));
        journal_lost = true;
    } else if input.action == Action::Create && !failed {
        // Only now: as long as the outcome could get lost, the object must be found by its token.
        let (object, _) = value.unmark_deep();
        input.provider.settled(&input.client, &input.change.address.resource.type_name, &object).await;
    }
    if !journal_lost && !whole.is_empty() {
        let found = match provisioners {
            Ok(provisioners) => input.provisioners.run(provisioners).await,
            Err(problems) => problems,
        };
        if !found.has_errors() {
            let entries = whole.iter().cloned().map(JournalEntry::Write).collect();
            match input.recorder.record(entries).await {
                Ok(()) => writes.extend(whole),
                Err(error) => {
                    problems.push(journal_problem(&error));
                    journal_lost = true;
                }
            }
        }
        problems.append(found);
    }
    warnings.append(problems);
    OperationResult {
        address: input.change.address.clone(),
        action: input.action,
        writes,
        value,
        problems: warnings,
        journal_lost,
    }
}

/// Runs what is to be run before the object goes. One that has a successor already is not
/// provisioned, and neither is one for which an interrupted run did so.
async fn before_destruction(input: &OperationInput<'_>) -> Diagnostics {
    let provisioned = input.deposed.is_none() && !input.tainted && input.interrupted.is_none();
    if input.action != Action::Delete || !provisioned {
        return Diagnostics::new();
    }
    match input.provisioners.find(ProvisionerWhen::Destroy, &input.prior) {
        Ok(provisioners) => input.provisioners.run(provisioners).await,
        Err(problems) => problems,
    }
}

/// What is to be run after the object was made.
fn after_creation(
    input: &OperationInput<'_>,
    failed: bool,
    value: &Value,
) -> Result<Vec<DesiredProvisioner>, Diagnostics> {
    if input.action != Action::Create || failed {
        return Ok(Vec::new());
    }
    input.provisioners.find(ProvisionerWhen::Create, value)
}

fn tainted(write: StateWrite) -> StateWrite {
    match write {
        StateWrite::Put { address, deposed, provider, mut object } => {
            Arc::make_mut(&mut object).status = ObjectStatus::Tainted;
            StateWrite::Put { address, deposed, provider, object }
        }
        other => other,
    }
}

fn unmarked_prior(input: &OperationInput<'_>) -> Value {
    input.prior.unmark_deep().0
}

/// What the provider is to make: planned again now that the configuration is wholly known, and
/// compared with what was promised.
async fn planned(input: &OperationInput<'_>) -> Result<(Value, Private), Diagnostics> {
    if input.action == Action::Delete {
        return Ok((Value::null(input.schema.block.implied_type()), input.private.clone()));
    }
    let block = &input.schema.block;
    let (config, _) = input.config.unmark_deep();
    let (prior, _) = input.prior.unmark_deep();
    let proposed = proposed_new(block, &prior, &config);
    let type_name = input.change.address.resource.type_name.to_string();
    let request = PlanRequest { type_name, prior, config, proposed, private: input.private.clone() };
    let answer = input.provider.plan(&input.client, request).await;
    if answer.diagnostics.has_errors() {
        return Err(answer.diagnostics);
    }
    if answer.legacy_types {
        return Ok((answer.planned, answer.private));
    }
    let (promised, _) = input.change.after.unmark_deep();
    let mut problems = Diagnostics::new();
    for (path, why) in assert_object_compatible(block, &promised, &answer.planned) {
        problems.push(
            Diagnostic::error(
                "Provider produced an inconsistent final plan",
                format!(
                    "With the values that became known during apply, {} would become something else than planned: \
                     {why}. Nothing was changed. This is a bug in the provider.",
                    input.change.address
                ),
            )
            .on_attribute(path),
        );
    }
    if problems.has_errors() { Err(problems) } else { Ok((answer.planned, answer.private)) }
}

fn intent(input: &OperationInput<'_>, token: &OperationToken) -> Operation {
    let action = match input.action {
        Action::Create => "create",
        Action::Delete => "delete",
        _ => "update",
    };
    Operation {
        token: token.clone(),
        address: input.change.address.clone(),
        action: action.to_owned(),
        time: jiff::Timestamp::now().to_string(),
        provider: input.change.provider.clone(),
        deposed: input.deposed.clone(),
        made_from: made_from(input).map(Box::new),
        withheld: is_withheld(input),
    }
}

/// Whether something in the configuration must not be stored.
fn is_withheld(input: &OperationInput<'_>) -> bool {
    let set = |path: &Path| input.config.at(path).is_some_and(|v| !v.is_null());
    input.action != Action::Delete && input.schema.block.write_only_paths(&input.config).iter().any(set)
}

/// The configuration as it is journaled, without write-only values, and with what is stored beside the
/// object.
fn made_from(input: &OperationInput<'_>) -> Option<Object> {
    if input.action == Action::Delete {
        return None;
    }
    let stored = encode_object(
        &input.schema,
        &input.schema.block.with_write_only(&input.config, &Value::NULL),
        Private::from([]),
        input.dependencies.clone(),
        ObjectStatus::Ready,
        input.change.create_before_destroy,
    );
    stored.ok().map(|object| Object { kept: input.kept.after.clone(), ..object })
}

/// What the provider's answer makes of the state.
fn outcome(
    input: &OperationInput<'_>,
    planned: &Value,
    response: ApplyResponse,
) -> (Vec<StateWrite>, Value, Diagnostics) {
    let address = input.change.address.clone();
    let mut problems = response.diagnostics;
    let block = &input.schema.block;
    // Who could not change an object, and says nothing of what it is now, has left it as it was.
    if response.state.is_null() && problems.has_errors() && input.action != Action::Create {
        return (Vec::new(), input.prior.clone(), problems);
    }
    if response.state.is_null() {
        if !problems.has_errors() && input.action != Action::Delete {
            problems.push(Diagnostic::error(
                "Provider returned no object",
                format!(
                    "The provider made {address} and returned nothing for it. This is a bug in the provider."
                ),
            ));
        }
        let write = match (input.action, &input.deposed) {
            (Action::Create, Some(key)) => vec![StateWrite::Restore { address, key: key.clone() }],
            (Action::Create, None) => vec![],
            (_, deposed) => vec![StateWrite::Remove { address, deposed: deposed.clone() }],
        };
        return (write, Value::null(block.implied_type()), problems);
    }
    if input.action == Action::Delete && !problems.has_errors() {
        problems.push(Diagnostic::error(
            "Provider kept an object that it was to delete",
            format!("{address} still exists. This is a bug in the provider."),
        ));
    }
    let state = with_known_parts(&response.state);
    if !problems.has_errors() && !response.legacy_types {
        for (path, why) in assert_object_compatible(block, planned, &state) {
            problems.push(
                Diagnostic::error(
                    "Provider produced an inconsistent result after apply",
                    format!(
                        "{address} did not become what was planned: {why}. This is a bug in the provider {}.",
                        input.change.provider.provider.short()
                    ),
                )
                .on_attribute(path),
            );
        }
    }
    let value = marked(input, &state);
    let tainted = input.action == Action::Create && problems.has_errors();
    let status = if tainted { ObjectStatus::Tainted } else { ObjectStatus::Ready };
    let object = encode_object(
        &input.schema,
        &value,
        response.private,
        input.dependencies.clone(),
        status,
        input.change.create_before_destroy,
    );
    let deposed = if input.action == Action::Delete { input.deposed.clone() } else { None };
    match object {
        Ok(object) => {
            // What a failed change has sent is not known, so it is to be seen again.
            let done = input.action == Action::Create || !problems.has_errors();
            let kept = if done { input.kept.after.clone() } else { input.kept.before.clone() };
            (vec![put(input, deposed, Object { kept, ..object })], value, problems)
        }
        Err(problem) => {
            problems.push(problem);
            (Vec::new(), value, problems)
        }
    }
}

fn put(input: &OperationInput<'_>, deposed: Option<Arc<str>>, object: Object) -> StateWrite {
    StateWrite::Put {
        address: input.change.address.clone(),
        deposed,
        provider: input.change.provider.clone(),
        object: Arc::new(object),
    }
}

/// Marks on a final object: those of the schema, and sensitivity where the configuration has it.
fn marked(input: &OperationInput<'_>, state: &Value) -> Value {
    let mut paths = input.schema.block.sensitive_paths(state);
    let source = if input.action == Action::Delete { &input.prior } else { &input.config };
    let (_, marks) = source.unmark_paths();
    // What is never stored has no place among the stored marks.
    let never = input.schema.block.write_only_paths(source);
    let stored = |path: &Path| !never.iter().any(|n| path.starts_with(n));
    paths.extend(marks.into_iter().filter(|(p, m)| m.is_sensitive() && stored(p)).map(|(path, _)| path));
    let marks: Vec<(Path, Marks)> = paths.into_iter().map(|p| (p, Marks::sensitive())).collect();
    state.mark_paths(&marks)
}

/// The object with null in the place of parts that the provider left unknown, so that what is
/// known of a half-made object is not lost.
fn with_known_parts(value: &Value) -> Value {
    if value.is_wholly_known() {
        return value.clone();
    }
    match (value.is_known(), value.as_map()) {
        (false, _) => Value::null(value.ty()),
        (true, Some(_)) if matches!(value.ty(), terrane_value::Type::Object(_)) => {
            Value::object(value.as_map().into_iter().flatten().map(|(k, v)| (k.clone(), with_known_parts(v))))
        }
        (true, _) => Value::null(value.ty()),
    }
}

fn journal_problem(error: &RecordError) -> Diagnostic {
    Diagnostic::error(
        "Failed to write the journal",
        format!(
            "{}. Terrane stops here: without the journal, what it does could be lost. Nothing that was done so far is.",
            error.0
        ),
    )
}
