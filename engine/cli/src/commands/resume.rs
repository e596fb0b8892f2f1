//! `resume`

use crate::arguments::{LockArgs, SettleArgs, StateFileArgs, VariableArgs, parallelism};
use crate::backend;
use crate::context::{Context, Exit, Outcome, Problems};
use crate::run::{How, Project, Sink, settle};
use clap::Args;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_apply::Parallelism;
use terrane_backend::StateManager;

/// Settle what an interrupted run left unfinished.
///
/// A run that was killed, or lost its connection, may have begun operations whose end it never
/// learned. This command finds out: it repeats each of them under the name of the first attempt, so
/// that what that made is found and not made again, and saves what it learned. It makes no plan and
/// changes nothing else.
///
/// "apply", "destroy" and "refresh" do the same before anything else.
#[derive(Args)]
pub(crate) struct ResumeArgs {
    #[command(flatten)]
    variables: VariableArgs,
    /// Limit the number of concurrent operations.
    #[arg(long, value_name = "n", value_parser = parallelism)]
    parallelism: Option<Parallelism>,
    /// The address of an instance whose creation was interrupted and, as you have found out, has
    /// made nothing. May be used more than once.
    #[arg(long, value_name = "address")]
    not_made: Vec<String>,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    settle: SettleArgs,
    #[command(flatten)]
    state: StateFileArgs,
}

pub(crate) fn run(args: &ResumeArgs, context: &mut Context) -> Outcome {
    let (lease, manager) = backend::open_locked(context, &args.state, &args.lock, "OperationTypeResume")?;
    let outcome = resume(args, context, Arc::new(manager));
    backend::release(context, lease);
    outcome
}

fn resume(args: &ResumeArgs, context: &Context, manager: Arc<StateManager>) -> Outcome {
    if manager.recovered() > 0 {
        let count = manager.recovered();
        let plural = if count == 1 { "" } else { "s" };
        let what = format!("The journal of an interrupted run had {count} change{plural} of the state.");
        context.output.line(&what);
    }
    if manager.in_flight().is_empty() {
        context.block_on(manager.save()).map_err(backend::save_failed)?;
        context.output.line("No operation was interrupted: there is nothing to settle.");
        return Ok(Exit::Success);
    }
    let not_made = not_made(args, &manager)?;
    let project = Project::load(context, &args.variables, true)?;
    let sink = Sink::for_people(context);
    let how = How { delay: args.settle.settle_delay, parallelism: args.parallelism.unwrap_or_default() };
    settle(context, &project, &sink, &manager, how, &not_made)
}

fn not_made(args: &ResumeArgs, manager: &StateManager) -> Result<BTreeSet<ResourceInstance>, Problems> {
    let creations: Vec<_> = manager.in_flight().into_iter().filter(|o| o.action == "create").collect();
    let known = |text: &String| {
        let found = creations.iter().find(|operation| operation.address.to_string() == *text);
        found.map(|operation| operation.address.clone()).ok_or_else(|| {
            let all: Vec<String> = creations.iter().map(|o| format!("\n  {}", o.address)).collect();
            let which = if all.is_empty() { " none".to_owned() } else { all.concat() };
            let detail = format!("No creation of {text:?} was interrupted. The interrupted ones are:{which}");
            Problems::new("No such interrupted creation", detail)
        })
    };
    args.not_made.iter().map(known).collect()
}
