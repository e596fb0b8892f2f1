//! Settling what an interrupted run left in flight, for `resume` and before other runs.

use super::apply::Journal;
use super::interrupt::Interrupt;
use super::project::Purpose;
use super::sink::Sink;
use super::{Project, approval};
use crate::arguments::PlanArgs;
use crate::backend::rescue;
use crate::context::{Context, Exit, Outcome, Problems};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use terrane_address::ResourceInstance;
use terrane_apply::{ApplyInputs, Finding, Parallelism, Settled, SettledOperation};
use terrane_backend::StateManager;
use tokio::sync::watch;

/// How interrupted operations are settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// How long to wait for what may not have arrived.
    pub(crate) delay: Duration,
    /// How many operations run at the same time.
    pub(crate) parallelism: Parallelism,
}

impl How {
    /// What the arguments of a run say.
    pub(crate) fn of(args: &PlanArgs) -> How {
        How { delay: args.settle.settle_delay, parallelism: args.parallelism.unwrap_or_default() }
    }
}

/// Settles everything that is in flight, says what was found, and saves the state. Fails unless
/// all is known afterwards and nothing went wrong. The creations of `not_made` have made nothing.
pub(crate) fn settle(
    context: &Context,
    project: &Project,
    sink: &Sink,
    manager: &Arc<StateManager>,
    how: How,
    not_made: &BTreeSet<ResourceInstance>,
) -> Outcome {
    let (settled, saved) = context.block_on(async {
        let interrupt = Interrupt::listen(&project.providers);
        wait_for_arrivals(context, project, sink, manager, how.delay, interrupt.receiver()).await;
        let ev = project.evaluator(None, Purpose::Apply);
        let inputs = ApplyInputs {
            config: &project.config,
            schemas: &project.schemas,
            providers: &project.providers,
            events: sink.events(),
            recorder: Arc::new(Journal::of(manager)),
            stop: interrupt.receiver(),
            write_only_key: None,
            parallelism: how.parallelism,
            interrupted: HashMap::new(),
        };
        let settled =
            terrane_apply::settle(&ev, &inputs, manager.state(), manager.in_flight(), not_made).await;
        let saved = match manager.save().await {
            Ok(_) => Ok(()),
            Err(error) => Err(rescue(manager, &error).await),
        };
        (settled, saved)
    });
    for operation in &settled.operations {
        sink.settled(operation, &described_one(operation));
    }
    sink.problems(context, &settled.problems, &project.config.sources);
    if sink.is_for_people() {
        context.output.line(&described(&settled));
    }
    saved?;
    let open = settled.operations.iter().any(|o| o.finding == Finding::Open);
    Ok(if open || settled.problems.has_errors() { Exit::Failure } else { Exit::Success })
}

/// Waits for what a run had sent when it died, where that may not have arrived: a creation that nobody has seen by its token
/// yet would be made a second time. Ends early when the run is interrupted.
async fn wait_for_arrivals(
    context: &Context,
    project: &Project,
    sink: &Sink,
    manager: &StateManager,
    delay: Duration,
    mut stop: watch::Receiver<bool>,
) {
    let count = terrane_apply::arriving(&manager.in_flight(), &project.providers);
    if count == 0 || delay.is_zero() {
        return;
    }
    if sink.is_for_people() {
        let plural = if count == 1 { "" } else { "s" };
        context.output.line(&format!(
            "Waiting {} s for what an interrupted run may have sent at its end: {count} creation{plural}.",
            delay.as_secs_f64()
        ));
    }
    tokio::select! {
        () = tokio::time::sleep(delay) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

/// Lets the creations of a saved plan that an earlier run had begun arrive. An error when that is interrupted.
pub(super) fn wait_first(
    context: &Context,
    project: &Project,
    sink: &Sink,
    manager: &StateManager,
    delay: Duration,
) -> Result<(), Problems> {
    let stopped = context.block_on(async {
        let interrupt = Interrupt::listen(&project.providers);
        wait_for_arrivals(context, project, sink, manager, delay, interrupt.receiver()).await;
        *interrupt.receiver().borrow()
    });
    match stopped {
        true => Err(Problems::new("Interrupted", "The run was interrupted before anything was done.")),
        false => Ok(()),
    }
}

/// Settles what is in flight before something else is done, after asking unless `approved`. What
/// cannot be settled ends the command: it could be lost if the run went on.
pub(crate) fn settle_first(
    context: &Context,
    args: &PlanArgs,
    approved: bool,
    manager: &Arc<StateManager>,
) -> Result<(), Problems> {
    if manager.in_flight().is_empty() {
        return Ok(());
    }
    let project = Project::load(context, &args.variables, args.input)?;
    if !approved && !approval::ask_to_settle(context)? {
        return Err(Problems::new(
            "Interrupted operations are not settled",
            "It is not known what the operations of an interrupted run have made, so nothing else can be done safely. \
             Run \"terrane resume\" when you want them settled.",
        ));
    }
    let sink = Sink::new(context, args, &project.config.sources, false)?;
    match settle(context, &project, &sink, manager, How::of(args), &BTreeSet::new())? {
        Exit::Success => Ok(()),
        _ => Err(sink.fail(Problems::new(
            "Interrupted operations ended with errors",
            "What an interrupted run had begun was settled first, and that did not go well: the errors are above. \
             Nothing else was done. What is known is saved; run the command again to go on.",
        ))),
    }
}

fn described(settled: &Settled) -> String {
    let count = settled.operations.iter().filter(|o| o.finding != Finding::Open).count();
    let total = settled.operations.len();
    let plural = if total == 1 { "" } else { "s" };
    let list: String =
        settled.operations.iter().map(|operation| format!("\n  - {}", described_one(operation))).collect();
    format!("\nSettled {count} of {total} interrupted operation{plural}:{list}\n")
}

fn described_one(operation: &SettledOperation) -> String {
    let SettledOperation { address, action, finding } = operation;
    let found = match (&**action, finding) {
        (_, Finding::Exists(Some(id))) => format!("done [id={id}]"),
        (_, Finding::Exists(None)) => "done".to_owned(),
        ("delete", Finding::Gone) => "done, the object is gone".to_owned(),
        (_, Finding::Gone) => "the object does not exist".to_owned(),
        (_, Finding::Failed) => "failed, which the state says now".to_owned(),
        (_, Finding::Open) => "still open".to_owned(),
    };
    format!("{action} of {address}: {found}")
}
