//! From project and state to a plan.

use super::interrupt::Interrupt;
use super::project::Purpose;
use super::{Project, sink::Sink};
use crate::arguments::PlanArgs;
use crate::context::{Context, Problems};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use terrane_address::{Mode, ResourceInstance, Target};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_plan::{Action, Events, Plan, PlanInputs, PlanMode, PlanOptions, Selection};
use terrane_state::State;
use terrane_view::Options;

/// A plan that was shown, and what it was made with.
pub(crate) struct Planned {
    pub(crate) project: Project,
    pub(crate) plan: Plan,
    pub(crate) problems: Diagnostics,
    pub(crate) sink: Sink,
    pub(crate) options: Options,
}

/// Plans against `state` and shows the plan and its warnings. With errors the plan is shown as
/// far as it goes, and the errors are left in `problems`.
pub(crate) fn plan(
    context: &Context,
    args: &PlanArgs,
    mode: Option<PlanMode>,
    state: State,
) -> Result<Planned, Problems> {
    plan_with(context, args, mode, state, false)
}

/// The same; with `generate_config`, objects that import blocks name may have no configuration.
pub(crate) fn plan_with(
    context: &Context,
    args: &PlanArgs,
    mode: Option<PlanMode>,
    state: State,
    generate_config: bool,
) -> Result<Planned, Problems> {
    let planner = Planner::new(context, args, mode, generate_config)?;
    let made = planner.plan(context, args, state);
    Ok(planner.shown(context, args, made.plan, made.problems))
}

/// A plan that nobody has seen yet.
pub(crate) struct Made {
    pub(crate) plan: Plan,
    pub(crate) problems: Diagnostics,
    /// Whether the user has stopped it.
    pub(crate) interrupted: bool,
}

/// A project that is loaded to be planned.
pub(crate) struct Planner {
    pub(crate) project: Project,
    sink: Sink,
    options: PlanOptions,
}

impl Planner {
    /// The project in the working directory, to be planned as the arguments say.
    pub(crate) fn new(
        context: &Context,
        args: &PlanArgs,
        mode: Option<PlanMode>,
        generate_config: bool,
    ) -> Result<Planner, Problems> {
        let selection = selection(context, args)?;
        check_replace(args, mode)?;
        check_refresh(args)?;
        let project = Project::load(context, &args.variables, args.input && !args.format.json)?;
        let sink = Sink::new(context, args, &project.config.sources, mode == Some(PlanMode::Destroy))?;
        context.output.set_compact_warnings(args.compact_warnings);
        let options = PlanOptions {
            mode: mode.unwrap_or(match (args.destroy, args.refresh_only) {
                (true, _) => PlanMode::Destroy,
                (_, true) => PlanMode::RefreshOnly,
                _ => PlanMode::Normal,
            }),
            refresh: args.refresh,
            replace: args.replace.iter().cloned().collect(),
            selection,
            refresh_only: None,
            rounds: args.rounds,
            given: project.given.clone(),
            write_only_key: project.write_only_key.clone(),
            stop: None,
            generate_config,
            parallelism: args.parallelism.unwrap_or_default().per_api,
        };
        Ok(Planner { project, sink, options })
    }

    /// Plans against `state`. With errors the plan is there as far as it goes.
    pub(crate) fn plan(&self, context: &Context, args: &PlanArgs, state: State) -> Made {
        let Planner { project, sink, options } = self;
        let timestamp = context.environment.now();
        let make = |state: State, events: Events, options: &PlanOptions| {
            let ev = project.evaluator(Some(&timestamp), Purpose::Plan);
            let inputs = PlanInputs {
                config: &project.config,
                schemas: &project.schemas,
                providers: &project.providers,
                state,
                events,
                timestamp: timestamp.clone(),
            };
            context.block_on(async {
                let interrupt = Interrupt::listen(&project.providers);
                let options = PlanOptions { stop: Some(interrupt.receiver()), ..options.clone() };
                let (plan, problems) = terrane_plan::plan(&ev, &inputs, &options).await;
                Made { plan, problems, interrupted: *interrupt.receiver().borrow() }
            })
        };
        let mut options = options.clone();
        let mut unread = None;
        if args.minimal_refresh && options.refresh {
            let by_state = PlanOptions { refresh: false, ..options.clone() };
            let first = make(state.clone(), Arc::new(|_| {}), &by_state);
            let wanted = worth_reading(&first.plan);
            unread = Some(unread_note(&state, &wanted));
            options.refresh_only = Some(Arc::new(wanted));
        }
        let mut made = make(state, sink.events(), &options);
        made.problems.extend(unread.flatten());
        made.plan.given = project.as_given.clone();
        made
    }

    /// Shows a plan, with errors as far as it goes.
    pub(crate) fn shown(
        self,
        context: &Context,
        args: &PlanArgs,
        plan: Plan,
        problems: Diagnostics,
    ) -> Planned {
        let Planner { project, sink, .. } = self;
        let view = Options { show_sensitive: args.show_sensitive, ..context.output.options() };
        let nothing_to_show = plan.errored && plan.counts() == Default::default();
        if !nothing_to_show {
            sink.plan(context, &plan, &project, &view);
            if let Some(ci) = context.output.ci() {
                ci.plan(&plan, &project.config, &project.schemas);
            }
        }
        if !args.format.json && !plan.errored {
            context.output.print(&left_to_later(&plan));
        }
        Planned { project, plan, problems, sink, options: view }
    }
}

impl Planned {
    /// Errors end the command; warnings are shown.
    pub(crate) fn report(&mut self, context: &Context) -> Result<(), Problems> {
        let problems = std::mem::take(&mut self.problems);
        if problems.has_errors() {
            return Err(self.sink.fail(self.project.problems(problems)));
        }
        self.sink.problems(context, &problems, &self.project.config.sources);
        Ok(())
    }
}

/// Whether `state` is what a saved plan was made from.
pub(crate) fn check_current(plan: &Plan, state: &State) -> Result<(), Problems> {
    let base = &plan.base_state;
    // A state that was never saved has a new lineage each time it is opened.
    let never_saved = base.serial == 0 && state.serial == 0;
    // What an interrupted run did is in its journal, and the serial is still that of the last save.
    let journaled = base.resources != state.resources;
    if base.serial == state.serial && !journaled && (never_saved || base.lineage == state.lineage) {
        return Ok(());
    }
    let detail = if base.serial == state.serial && journaled {
        "A run that was interrupted changed the state after the plan was made: part of the plan may be done already. \
         Make the plan again."
            .to_owned()
    } else if base.lineage == state.lineage || never_saved {
        format!(
            "The plan was made from state serial {}, and the state has serial {} now: another operation changed it \
             after the plan was made. Make the plan again.",
            base.serial, state.serial
        )
    } else {
        "The plan was made from another state: its lineage differs. Apply it where it was made.".to_owned()
    };
    Err(Problems::new("Saved plan is stale", detail))
}

/// What changes by what the state says, and what that depends on.
fn worth_reading(plan: &Plan) -> HashSet<ResourceInstance> {
    let changing = plan.changes.iter().filter(|c| c.action != Action::NoOp);
    changing.flat_map(|c| c.dependencies.iter().cloned().chain([c.address.clone()])).collect()
}

/// What `-minimal-refresh` left out.
fn unread_note(state: &State, read: &HashSet<ResourceInstance>) -> Option<Diagnostic> {
    const SHOWN: usize = 10;
    let left: Vec<String> = (state.instances())
        .filter(|(address, ..)| address.resource.mode == Mode::Managed && !read.contains(address))
        .map(|(address, ..)| address.to_string())
        .collect();
    if left.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = left.iter().take(SHOWN).map(|a| format!("  - {a}")).collect();
    if left.len() > SHOWN {
        lines.push(format!("  - and {} more", left.len() - SHOWN));
    }
    Some(Diagnostic::warning(
        "Some objects were not refreshed",
        format!(
            "Because of -minimal-refresh, these were taken as they are in the state, whatever happened to them outside \
             of Terrane:\n{}",
            lines.join("\n")
        ),
    ))
}

/// What is said after a plan was applied that is about a part of everything.
pub(crate) fn incomplete_warning() -> Diagnostic {
    Diagnostic::warning(
        "Applied changes may be incomplete",
        "The plan was created with the -target or -exclude option in effect, so some changes requested in the \
         configuration may have been ignored and the output values may not be fully updated. Run the following \
         command to verify that no other changes are pending:\n    terrane plan",
    )
}

/// Replacing something by request is part of an ordinary plan, and only objects can be replaced.
fn check_replace(args: &PlanArgs, mode: Option<PlanMode>) -> Result<(), Problems> {
    let ordinary = !args.destroy && !args.refresh_only && mode.is_none_or(|m| m == PlanMode::Normal);
    if !ordinary && !args.replace.is_empty() {
        return Err(Problems::new(
            "Unsupported plan mode",
            "Forcing resource instance replacement (with -replace=...) is allowed only in normal planning mode.",
        ));
    }
    match args.replace.iter().find(|address| address.resource.mode != Mode::Managed) {
        Some(address) => Err(Problems::new(
            format!("Invalid force-replace address {:?}", address.to_string()),
            "Only managed resources can be used with the -replace=... option.",
        )),
        None => Ok(()),
    }
}

/// Modes that are about refreshing need it.
fn check_refresh(args: &PlanArgs) -> Result<(), Problems> {
    match (args.refresh_only, args.minimal_refresh) {
        (true, _) if !args.refresh => Err(Problems::new(
            "Incompatible refresh options",
            "With -refresh=false beside -refresh-only there is nothing to do.",
        )),
        (_, true) if !args.refresh => Err(Problems::new(
            "Incompatible refresh options",
            "-minimal-refresh says what is refreshed, and -refresh=false that nothing is.",
        )),
        _ => Ok(()),
    }
}

/// What the flags select: `-target` and `-exclude`, and the files with such addresses.
fn selection(context: &Context, args: &PlanArgs) -> Result<Selection, Problems> {
    let mut targets = args.target.clone();
    for path in &args.target_file {
        targets.extend(read_targets(context, path)?);
    }
    let mut excluded = args.exclude.clone();
    for path in &args.exclude_file {
        excluded.extend(read_targets(context, path)?);
    }
    Ok(match (targets.is_empty(), excluded.is_empty()) {
        (true, true) => Selection::All,
        (false, _) => Selection::Only(targets),
        (true, false) => Selection::AllBut(excluded),
    })
}

/// The addresses in a file, one a line. Empty lines and what follows a `#` at the beginning of a line
/// or after a space mean nothing.
fn read_targets(context: &Context, path: &Path) -> Result<Vec<Target>, Problems> {
    let fail =
        |reason: String| Problems::new("Failed to read addresses", format!("{}: {reason}", path.display()));
    let bytes = context.environment.read(path).map_err(|e| fail(format!("{e}.")))?;
    let text = String::from_utf8(bytes).map_err(|_| fail("the file is not UTF-8 text.".into()))?;
    let mut targets = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let end = if line.trim_start().starts_with('#') { 0 } else { line.find(" #").unwrap_or(line.len()) };
        let address = line[..end].trim();
        if address.is_empty() {
            continue;
        }
        let target = address.parse().map_err(|e| fail(format!("line {}: {address:?}: {e}.", number + 1)))?;
        targets.push(target);
    }
    if targets.is_empty() {
        return Err(fail("the file names nothing; an empty selection would mean everything.".into()));
    }
    Ok(targets)
}

/// What a plan leaves to a later round, in words; nothing when there is nothing.
fn left_to_later(plan: &Plan) -> String {
    if plan.deferred.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = (plan.deferred.iter())
        .map(|part| {
            let names = part.waits_for.join(", ");
            let why = if names.is_empty() { String::new() } else { format!(" from {names}") };
            format!("  - {}: {} is not known yet{why}\n", part.what, part.argument)
        })
        .collect();
    format!(
        "\nLeft to a later round, with all that depends on it and all that is to be destroyed:\n{}\nAfter this plan is \
         applied, the next round is planned and shown.\n",
        lines.concat()
    )
}
