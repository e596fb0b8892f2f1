//! From project and state to a plan.

use super::project::Purpose;
use super::{Project, sink::Sink};
use crate::arguments::PlanArgs;
use crate::context::{Context, Problems};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_plan::{Plan, PlanInputs, PlanMode, PlanOptions};
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
    refuse_unsupported(args)?;
    let project = Project::load(context, &args.variables, args.input && !args.format.json)?;
    let sink = Sink::new(context, args.format.json, &project.config.sources);
    let options = PlanOptions {
        mode: mode.unwrap_or(match (args.destroy, args.refresh_only) {
            (true, _) => PlanMode::Destroy,
            (_, true) => PlanMode::RefreshOnly,
            _ => PlanMode::Normal,
        }),
        refresh: args.refresh,
        replace: args.replace.iter().cloned().collect(),
        parallelism: args.parallelism,
    };
    let timestamp = context.environment.now();
    let (plan, problems) = {
        let ev = project.evaluator(Some(&timestamp), Purpose::Plan);
        let inputs = PlanInputs {
            config: &project.config,
            schemas: &project.schemas,
            providers: &project.providers,
            state,
            events: sink.events(),
            timestamp: timestamp.clone(),
        };
        context.block_on(terrane_plan::plan(&ev, &inputs, &options))
    };
    let view = Options { show_sensitive: args.show_sensitive, ..context.output.options() };
    let nothing_to_show = plan.errored && plan.counts() == Default::default();
    if !nothing_to_show {
        sink.plan(context, &plan, &project.schemas, &view);
    }
    Ok(Planned { project, plan, problems, sink, options: view })
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
    if base.serial == state.serial && (never_saved || base.lineage == state.lineage) {
        return Ok(());
    }
    let detail = if base.lineage == state.lineage || never_saved {
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

/// Flags that are known and not yet supported are refused: leaving them out would plan more, or
/// less, than was asked for.
fn refuse_unsupported(args: &PlanArgs) -> Result<(), Problems> {
    let flag = match (args.target.is_empty(), args.exclude.is_empty()) {
        (false, _) => "-target",
        (_, false) => "-exclude",
        _ => return Ok(()),
    };
    let detail = format!("{flag} is not supported by this version of Terrane.");
    Err(Diagnostic::error("Not supported", detail).into())
}
