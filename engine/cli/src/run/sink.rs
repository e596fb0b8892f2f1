//! Where a run tells what it does: to people or to programs.

use crate::context::{Context, Problems};
use std::sync::Arc;
use terrane_apply::Applied;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_plan::{Events, Plan};
use terrane_provider::Schemas;
use terrane_view::{JsonLines, Options, Progress, apply_summary, render_outputs, render_plan};

/// What a run tells, in one of two forms.
pub(crate) enum Sink {
    People(Arc<Progress>),
    Programs(Arc<JsonLines>),
}

impl Sink {
    pub(crate) fn new(context: &Context, json: bool, sources: &SourceMap) -> Sink {
        if json {
            let stream = Arc::new(JsonLines::new(Box::new(anstream::stdout()), context.environment.clock()));
            stream.set_sources(Arc::new(sources.clone()));
            stream.version(env!("CARGO_PKG_VERSION"));
            return Sink::Programs(stream);
        }
        let palette = context.output.palette();
        Sink::People(Arc::new(if context.environment.width() > 0 {
            Progress::live(palette)
        } else {
            Progress::lines(Box::new(anstream::stdout()), palette)
        }))
    }

    /// Whether people read it.
    pub(crate) fn is_for_people(&self) -> bool {
        matches!(self, Sink::People(_))
    }

    /// The receiver of a run's events.
    pub(crate) fn events(&self) -> Events {
        match self {
            Sink::People(progress) => progress.receiver(),
            Sink::Programs(stream) => stream.receiver(),
        }
    }

    /// Shows a plan.
    pub(crate) fn plan(&self, context: &Context, plan: &Plan, schemas: &Schemas, options: &Options) {
        match self {
            Sink::People(progress) => {
                progress.finish();
                context.output.print(&render_plan(plan, schemas, &context.output.palette(), options));
            }
            Sink::Programs(stream) => {
                if !plan.errored {
                    stream.plan_summary(&plan.counts());
                    stream.output_changes(&plan.outputs);
                }
            }
        }
    }

    /// How many changes are going to be made.
    pub(crate) fn expect(&self, changes: usize) {
        if let Sink::People(progress) = self {
            progress.expect(changes);
        }
    }

    /// Shows what an apply did.
    pub(crate) fn applied(&self, context: &Context, plan: &Plan, applied: &Applied, options: &Options) {
        match self {
            Sink::People(progress) => {
                progress.finish();
                if applied.problems.has_errors() {
                    return;
                }
                let palette = context.output.palette();
                let style = palette.success;
                let summary = apply_summary(plan.mode, &applied.counts);
                context.output.line(&format!("\n{style}{summary}{style:#}"));
                let outputs = &applied.state.outputs;
                if !outputs.is_empty() {
                    context.output.line(&format!("\n{style}Outputs:{style:#}\n"));
                    context.output.print(&render_outputs(outputs, &palette, options));
                }
            }
            Sink::Programs(stream) => {
                if !applied.problems.has_errors() {
                    stream.apply_summary(plan.mode, &applied.counts);
                    stream.outputs(&applied.state.outputs);
                }
            }
        }
    }

    /// Shows problems.
    pub(crate) fn problems(&self, context: &Context, problems: &Diagnostics, sources: &SourceMap) {
        match self {
            Sink::People(progress) => {
                progress.finish();
                context.output.diagnostics(problems, sources);
            }
            Sink::Programs(stream) => problems.iter().for_each(|d| stream.diagnostic(d, sources)),
        }
    }

    /// Problems that end the command: shown here to programs, left to the caller for people.
    pub(crate) fn fail(&self, problems: Problems) -> Problems {
        match self {
            Sink::People(progress) => {
                progress.finish();
                problems
            }
            Sink::Programs(stream) => {
                problems.diagnostics.iter().for_each(|d| stream.diagnostic(d, &problems.sources));
                Problems::default()
            }
        }
    }
}
