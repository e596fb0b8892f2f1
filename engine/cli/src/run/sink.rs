//! Where a run tells what it does: to people, to programs, or to both.

use super::Project;
use crate::arguments::PlanArgs;
use crate::context::{Context, Problems};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use terrane_apply::{Applied, Finding, SettledOperation};
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_plan::{Events, Plan, PlanMode};
use terrane_provider::Traffic;
use terrane_view::{
    Estimate, JsonLines, Options, Progress, apply_summary, incomplete_summary, render_outputs, render_plan,
    render_traffic,
};

/// Who is told.
pub(crate) struct Sink {
    people: Option<Arc<Progress>>,
    programs: Option<Arc<JsonLines>>,
    /// Whether the command is `destroy`, which says so at its end.
    destroying: bool,
}

impl Sink {
    /// People alone.
    pub(crate) fn for_people(context: &Context) -> Sink {
        let palette = context.output.palette();
        let progress = if context.environment.width() > 0 {
            Progress::live(palette)
        } else {
            Progress::lines(Box::new(anstream::stdout()), palette)
        };
        Sink { people: Some(Arc::new(progress)), programs: None, destroying: false }
    }

    /// Those that the flags name: standard output is for people or, with `-json`, for programs;
    /// `-json-into` names a file for programs beside it.
    pub(crate) fn new(
        context: &Context,
        args: &PlanArgs,
        sources: &SourceMap,
        destroying: bool,
    ) -> Result<Sink, Problems> {
        let json = args.format.json;
        let stream = |out| {
            let stream = Arc::new(JsonLines::new(out, context.environment.clock()));
            stream.set_sources(Arc::new(sources.clone()));
            stream
        };
        let programs = match &args.json_into {
            // The output has begun the stream already.
            None if json => Some(stream(Box::new(anstream::stdout()))),
            None => None,
            Some(path) => {
                let file = context.environment.create(path).map_err(|e| {
                    Problems::new(
                        "Failed to open the file of -json-into",
                        format!("{}: {e}.", path.display()),
                    )
                })?;
                let stream = stream(file);
                stream.version(env!("CARGO_PKG_VERSION"));
                Some(stream)
            }
        };
        let palette = context.output.palette();
        let people = (!json).then(|| {
            Arc::new(match (args.concise, context.environment.width() > 0) {
                (true, _) => Progress::lines(Box::new(std::io::sink()), palette),
                (false, true) => Progress::live(palette),
                (false, false) => Progress::lines(Box::new(anstream::stdout()), palette),
            })
        });
        Ok(Sink { people, programs, destroying })
    }

    /// Whether people read it.
    pub(crate) fn is_for_people(&self) -> bool {
        self.people.is_some()
    }

    /// The receiver of a run's events.
    pub(crate) fn events(&self) -> Events {
        match (&self.people, &self.programs) {
            (Some(people), None) => people.receiver(),
            (None, Some(programs)) => programs.receiver(),
            (Some(people), Some(programs)) => {
                let (people, programs) = (people.receiver(), programs.receiver());
                Arc::new(move |event| {
                    people(event.clone());
                    programs(event);
                })
            }
            (None, None) => Arc::new(|_| {}),
        }
    }

    /// Shows a plan.
    pub(crate) fn plan(&self, context: &Context, plan: &Plan, project: &Project, options: &Options) {
        if let Some(progress) = &self.people {
            progress.finish();
            let palette = context.output.palette();
            let text = render_plan(plan, &project.config, &project.schemas, &palette, options);
            context.output.print(&text);
        }
        if let Some(stream) = self.programs.as_ref().filter(|_| !plan.errored) {
            stream.plan_summary(&plan.counts());
            stream.output_changes(&plan.outputs);
        }
    }

    /// Shows what the calls of providers have cost.
    pub(crate) fn traffic(&self, context: &Context, traffic: &BTreeMap<&str, Vec<Traffic>>) {
        if self.people.is_some() {
            context.output.print(&render_traffic(traffic, &context.output.palette()));
        }
        if let Some(stream) = &self.programs {
            stream.traffic(traffic);
        }
    }

    /// Shows programs what became of an operation that an interrupted run had begun.
    pub(crate) fn settled(&self, operation: &SettledOperation, message: &str) {
        let (outcome, id) = match &operation.finding {
            Finding::Exists(id) => ("exists", id.as_deref()),
            Finding::Gone => ("gone", None),
            Finding::Failed => ("failed", None),
            Finding::Open => ("open", None),
        };
        if let Some(stream) = &self.programs {
            stream.settled(&operation.address, &operation.action, outcome, id, message);
        }
    }

    /// How many changes are going to be made, and how long they may take.
    pub(crate) fn expect(&self, changes: usize, estimate: &Arc<Mutex<Estimate>>) {
        if let Some(progress) = &self.people {
            progress.expect(changes, estimate);
        }
    }

    /// Shows what an apply did.
    pub(crate) fn applied(
        &self,
        context: &Context,
        applied: &Applied,
        changes: usize,
        estimate: &Mutex<Estimate>,
        options: &Options,
    ) {
        if let Some(progress) = &self.people {
            progress.finish();
        }
        let mode = if self.destroying { PlanMode::Destroy } else { PlanMode::Normal };
        if applied.problems.has_errors() || applied.stopped {
            if self.people.is_some() && changes > 0 {
                let estimate = estimate.lock().unwrap_or_else(PoisonError::into_inner);
                let (failed, left) = (estimate.failed(), estimate.left());
                let summary = incomplete_summary(mode, &applied.counts, changes, failed, left);
                context.output.line(&format!("\n{summary}"));
            }
            return;
        }
        if let Some(stream) = &self.programs {
            stream.apply_summary(mode, &applied.counts);
            stream.outputs(&applied.state.outputs);
        }
        if self.people.is_some() {
            let palette = context.output.palette();
            let style = palette.success;
            let summary = apply_summary(mode, &applied.counts);
            context.output.line(&format!("\n{style}{summary}{style:#}"));
            let outputs = &applied.state.outputs;
            if !outputs.is_empty() {
                context.output.line(&format!("\n{style}Outputs:{style:#}\n"));
                context.output.print(&render_outputs(outputs, &palette, options));
            }
        }
    }

    /// Shows problems.
    pub(crate) fn problems(&self, context: &Context, problems: &Diagnostics, sources: &SourceMap) {
        if let Some(progress) = &self.people {
            progress.finish();
            context.output.diagnostics(problems, sources);
        }
        if let Some(stream) = &self.programs {
            problems.iter().for_each(|d| stream.diagnostic(d, sources));
        }
    }

    /// Problems that end the command: shown here to programs, left to the caller for people.
    pub(crate) fn fail(&self, problems: Problems) -> Problems {
        if let Some(stream) = &self.programs {
            problems.diagnostics.iter().for_each(|d| stream.diagnostic(d, &problems.sources));
        }
        match &self.people {
            Some(progress) => {
                progress.finish();
                problems
            }
            None => Problems::default(),
        }
    }
}
