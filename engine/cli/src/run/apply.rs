//! From a plan to a changed state.

use super::interrupt::Interrupt;
use super::plan::{Planned, check_current};
use super::project::Purpose;
use super::settle::{settle_first, wait_first};
use super::sink::Sink;
use super::{MANIFEST, Project, Snapshot, approval, history};
use crate::arguments::PlanArgs;
use crate::backend;
use crate::context::{Context, Exit, Outcome, Problems};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use terrane_address::ResourceInstance;
use terrane_apply::{Applied, ApplyInputs, Parallelism, RecordError, Recorder};
use terrane_backend::StateManager;
use terrane_config::Files;
use terrane_plan::{Action, Events, Plan, PlanFile, PlanMode, ResourceChange};
use terrane_state::{JournalEntry, Operation};
use terrane_view::{Estimate, Options};

/// The journal of a state manager.
pub(crate) struct Journal(Arc<StateManager>);

impl Journal {
    pub(crate) fn of(manager: &Arc<StateManager>) -> Journal {
        Journal(manager.clone())
    }
}

#[async_trait::async_trait]
impl Recorder for Journal {
    async fn record(&self, entries: Vec<JournalEntry>) -> Result<(), RecordError> {
        self.0.record(entries).await.map_err(|e| RecordError(e.to_string()))
    }
}

/// Plans, asks and applies. `mode` is the command's, where it has one of its own.
pub(crate) fn apply(
    context: &Context,
    args: &PlanArgs,
    mode: Option<PlanMode>,
    auto_approve: bool,
    operation: &str,
) -> Outcome {
    if args.format.json && !auto_approve {
        return Err(Problems::new(
            "Plan file or auto-approve required",
            "Terrane cannot ask for interactive approval when -json is set. You can either apply a saved plan \
             file, or enable the -auto-approve option.",
        ));
    }
    let misplaced = match mode {
        Some(PlanMode::Destroy) if args.refresh_only => Some(("-refresh-only", "destroy")),
        Some(PlanMode::RefreshOnly) if args.destroy => Some(("-destroy", "refresh")),
        _ => None,
    };
    if let Some((flag, command)) = misplaced {
        return Err(Problems::new(
            "Invalid mode option",
            format!("The {flag} option is not valid for \"terrane {command}\"."),
        ));
    }
    let (lease, manager) = backend::open_locked(context, &args.state, &args.lock, operation)?;
    let outcome = plan_and_apply(context, args, mode, auto_approve, Arc::new(manager));
    backend::release(context, lease);
    outcome
}

fn plan_and_apply(
    context: &Context,
    args: &PlanArgs,
    mode: Option<PlanMode>,
    auto_approve: bool,
    manager: Arc<StateManager>,
) -> Outcome {
    settle_first(context, args, auto_approve, &manager)?;
    let mut args = args.clone();
    loop {
        let (exit, round) = plan_and_apply_once(context, &args, mode, auto_approve, &manager)?;
        match round {
            Round::More { planned } if exit == Exit::Success => args.replace.retain(|a| !planned.contains(a)),
            _ => return Ok(exit),
        }
    }
}

/// Whether there is more to plan after a plan was applied.
enum Round {
    /// There is, and these instances were planned in this one: what of them was to be replaced is.
    More {
        planned: BTreeSet<ResourceInstance>,
    },
    Last,
}

fn plan_and_apply_once(
    context: &Context,
    args: &PlanArgs,
    mode: Option<PlanMode>,
    auto_approve: bool,
    manager: &Arc<StateManager>,
) -> Result<(Exit, Round), Problems> {
    let mut planned = super::plan(context, args, mode, manager.state())?;
    planned.report(context)?;
    let Planned { project, plan, sink, options, .. } = planned;
    if !plan.deferred.is_empty() && !plan.is_applyable() {
        return Err(Problems::new(
            "No round can be planned",
            "What is left waits for values that nothing in this configuration would make known.",
        ));
    }
    if !auto_approve && plan.is_applyable() && !approval::ask(context, plan.mode, &project.workspace)? {
        let what = if plan.mode == PlanMode::Destroy { "Destroy" } else { "Apply" };
        context.output.line(&format!("{what} cancelled."));
        return Ok((Exit::Failure, Round::Last));
    }
    let round = match plan.deferred.is_empty() {
        true => Round::Last,
        false => Round::More { planned: plan.changes.iter().map(|c| c.address.clone()).collect() },
    };
    let exit = run(
        context,
        &project,
        &plan,
        manager.clone(),
        &sink,
        &options,
        args.parallelism.unwrap_or_default(),
    )?;
    Ok((exit, round))
}

/// Applies exactly what a plan file says.
pub(crate) fn apply_file(context: &Context, args: &PlanArgs, path: &Path) -> Outcome {
    if args.destroy || args.refresh_only || !args.replace.is_empty() {
        return Err(Problems::new(
            "Can't change a saved plan",
            "A saved plan includes what is to be done: -destroy, -refresh-only and -replace have no place beside it. Make \
             a new plan instead.",
        ));
    }
    let PlanFile { plan, files, workspace } = read_plan(context, path)?;
    let selected = crate::workspace::selected(&context.environment);
    if workspace != selected {
        return Err(Problems::new(
            "Plan is for another workspace",
            format!("The plan was made in workspace {workspace:?}, and {selected:?} is selected now."),
        ));
    }
    if plan.errored {
        return Err(Problems::new(
            "Cannot apply incomplete plan",
            "Terrane encountered errors when it made this plan, so it cannot be applied.",
        ));
    }
    if context.output.ci().is_some() {
        check_same_configuration(context, &files)?;
    }
    let project = Project::of_plan(context, &Snapshot::new(files), &plan, &args.variables)?;
    let sink = Sink::new(context, args, &project.config.sources, false)?;
    context.output.set_compact_warnings(args.compact_warnings);
    let options = Options { show_sensitive: args.show_sensitive, ..context.output.options() };
    let (lease, manager) = backend::open_locked(context, &args.state, &args.lock, "OperationTypeApply")?;
    let manager = Arc::new(manager);
    let checked = (check_current(&plan, &manager.state()))
        .and_then(|()| check_settled(&plan, &manager))
        .and_then(|()| wait_first(context, &project, &sink, &manager, args.settle.settle_delay));
    let parallelism = args.parallelism.unwrap_or_default();
    let outcome = checked.and_then(|()| run(context, &project, &plan, manager, &sink, &options, parallelism));
    backend::release(context, lease);
    outcome
}

/// Whether a plan was made from the configuration that is here: in CI, what was approved and what is
/// checked out are the same, or somebody has merged something else meanwhile.
fn check_same_configuration(context: &Context, planned: &BTreeMap<String, String>) -> Result<(), Problems> {
    let loaded = context.look_at_config();
    let (config, diagnostics) = &*loaded;
    if diagnostics.has_errors() {
        return Err(Problems { diagnostics: diagnostics.clone(), sources: config.sources.clone() });
    }
    let here = Snapshot::take(context, config);
    // Files with values of variables are in the plan as well, and no part of the configuration.
    let now = |name: &String| match here.get(name) {
        Some(text) => Some(text.clone()),
        None => Files::read(&context.environment, Path::new(name)).ok(),
    };
    let differs = |name: &&String| **name != MANIFEST && planned.get(*name) != now(name).as_ref();
    let all: BTreeSet<&String> = planned.keys().chain(here.keys()).collect();
    let changed: Vec<String> =
        all.iter().copied().filter(differs).map(|name| format!("  - {name}")).collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Problems::new(
        "Saved plan is stale",
        format!(
            "The configuration that is checked out is not the one that the plan was made from. These files differ, or \
             one of the two has them:\n{}\n\nMake the plan again, and have it approved again.",
            changed.join("\n")
        ),
    ))
}

/// A saved plan repeats the creations among its own that were interrupted. Nothing else can be settled
/// in its course, since it was made from the state as it is.
fn check_settled(plan: &Plan, manager: &StateManager) -> Result<(), Problems> {
    let creates = |change: &ResourceChange| change.action == Action::Create || change.action.is_replace();
    let repeated = |operation: &Operation| {
        operation.action == "create"
            && plan.changes.iter().any(|change| change.address == operation.address && creates(change))
    };
    if manager.in_flight().iter().all(repeated) {
        return Ok(());
    }
    Err(Problems::new(
        "Interrupted operations are not settled",
        "A run was interrupted in operations that this plan does not repeat. Run \"terrane resume\" to settle them, and \
         make the plan again.",
    ))
}

/// Reads a plan file.
pub(crate) fn read_plan(context: &Context, path: &Path) -> Result<PlanFile, Problems> {
    let fail =
        |reason: String| Problems::new("Failed to read plan file", format!("{}: {reason}", path.display()));
    let bytes = context.environment.read(path).map_err(|e| fail(format!("{e}.")))?;
    let bytes = backend::decrypt_file(context, bytes)?;
    let text =
        String::from_utf8(bytes).map_err(|_| fail("This is not a plan file that Terrane wrote.".into()))?;
    PlanFile::from_text(&text).map_err(|e| fail(e.to_string()))
}

fn run(
    context: &Context,
    project: &Project,
    plan: &Plan,
    manager: Arc<StateManager>,
    sink: &Sink,
    options: &Options,
    parallelism: Parallelism,
) -> Outcome {
    let changes = plan.changes.iter().map(|change| &**change);
    let estimate = Estimate::new(history::read(&context.environment), changes);
    let count = estimate.left();
    let estimate = Arc::new(Mutex::new(estimate));
    sink.expect(count, &estimate);
    let (events, counted) = (sink.events(), estimate.clone());
    let events: Events = Arc::new(move |event| {
        counted.lock().unwrap_or_else(PoisonError::into_inner).event(&event);
        events(event);
    });
    let mut applied = context.block_on(execute(project, plan, &manager, events, parallelism));
    if count > 0 {
        let durations = estimate.lock().unwrap_or_else(PoisonError::into_inner).durations();
        history::write(&context.environment, &durations);
    }
    if plan.partial {
        applied.problems.push(super::plan::incomplete_warning());
    }
    let sources = &project.config.sources;
    sink.problems(context, &applied.problems, sources);
    sink.applied(context, &applied, count, &estimate, options);
    if applied.stopped {
        context.output.error("Stopped before everything was done. What was done is in the state.");
    }
    let failed = applied.problems.has_errors() || applied.stopped;
    if let Some(ci) = context.output.ci() {
        ci.applied(&applied.counts, !failed);
    }
    Ok(if failed { Exit::Failure } else { Exit::Success })
}

/// Runs the plan, journaling every step, and saves the state at the end whatever happened.
async fn execute(
    project: &Project,
    plan: &Plan,
    manager: &Arc<StateManager>,
    events: Events,
    parallelism: Parallelism,
) -> Applied {
    let interrupt = Interrupt::listen(&project.providers);
    let ev = project.evaluator(Some(&plan.timestamp), Purpose::Apply);
    let interrupted: HashMap<_, _> = (manager.in_flight().into_iter())
        .filter(|operation| operation.action == "create")
        .map(|operation| (operation.address, operation.token))
        .collect();
    let inputs = ApplyInputs {
        config: &project.config,
        schemas: &project.schemas,
        providers: &project.providers,
        events,
        recorder: Arc::new(Journal::of(manager)),
        stop: interrupt.receiver(),
        write_only_key: project.write_only_key.clone(),
        parallelism,
        interrupted,
    };
    let mut applied = terrane_apply::apply(&ev, &inputs, plan).await;
    manager.replace(applied.state.clone());
    if let Err(error) = manager.save().await {
        applied.problems.push(backend::rescue(manager, &error).await);
    }
    applied
}
