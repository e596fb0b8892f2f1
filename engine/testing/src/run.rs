//! One run: a plan and, unless it ends with that, an apply.

use crate::Host;
use crate::assertion::{Asserted, check};
use crate::event::{Outcome, TestStatus};
use crate::expected::{Conditions, missing};
use crate::prepare::Given;
use crate::scope::Surroundings;
use crate::variables::RunValues;
use async_trait::async_trait;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;
use terrane_address::{ModuleInstance, ModulePath};
use terrane_apply::{Applied, ApplyInputs, Parallelism, RecordError, Recorder};
use terrane_config::{Config, TestCommand, TestRun};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Inputs};
use terrane_lang::FunctionContext;
use terrane_plan::{Plan, PlanInputs, PlanMode, PlanOptions, Selection};
use terrane_provider::{Providers, Schemas};
use terrane_state::{JournalEntry, State};
use terrane_value::Value;
use tokio::sync::watch;

/// What a run works with. What it leaves behind is destroyed with it.
pub(crate) struct Prepared {
    pub(crate) config: Config,
    pub(crate) providers: Providers,
    pub(crate) schemas: Schemas,
    pub(crate) given: Given,
    pub(crate) variables: RunValues,
    pub(crate) timestamp: String,
    pub(crate) workspace: String,
    pub(crate) working_dir: String,
    pub(crate) parallelism: Parallelism,
    pub(crate) stop: watch::Receiver<bool>,
}

/// What came of a run.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) status: TestStatus,
    pub(crate) problems: Diagnostics,
    /// The outputs, for later runs.
    pub(crate) outputs: Option<Value>,
    /// The state afterwards, when it applied.
    pub(crate) state: Option<State>,
    pub(crate) outcome: Option<Arc<Outcome>>,
}

/// Problems without warnings that say the same as one of the errors: a condition that fails where it is
/// used fails again for those who only look at it.
fn once(problems: Diagnostics) -> Diagnostics {
    let said = |d: &Diagnostic| {
        problems
            .iter()
            .any(|e| e.is_error() && (&e.summary, &e.detail, e.subject) == (&d.summary, &d.detail, d.subject))
    };
    problems.iter().filter(|d| d.is_error() || !said(d)).cloned().collect()
}

impl Prepared {
    pub(crate) fn new(
        host: &dyn Host,
        config: Config,
        providers: Providers,
        given: Given,
        variables: RunValues,
    ) -> Prepared {
        Prepared {
            schemas: providers.schemas(),
            config,
            providers,
            given,
            variables,
            timestamp: host.now(),
            workspace: host.workspace(),
            working_dir: host.working_dir(),
            parallelism: host.parallelism(),
            stop: host.stop(),
        }
    }

    fn evaluator(&self, applying: bool) -> Evaluator<'_> {
        let inputs = Inputs {
            config: &self.config,
            schemas: &self.schemas,
            variables: self.variables.values.clone(),
            workspace: self.workspace.clone(),
            working_dir: self.working_dir.clone(),
            functions: FunctionContext {
                base_dir: PathBuf::from("."),
                plan_timestamp: Some(self.timestamp.clone()),
                impure_unknown: !applying,
            },
            validating: false,
        };
        Evaluator::new(inputs)
            .with_providers(self.given.providers.clone())
            .with_modules(self.given.modules.clone())
    }

    async fn plan(&self, ev: &Evaluator<'_>, state: State, options: PlanOptions) -> (Plan, Diagnostics) {
        let inputs = PlanInputs {
            config: &self.config,
            schemas: &self.schemas,
            providers: &self.providers,
            state,
            events: Arc::new(|_| {}),
            timestamp: self.timestamp.clone(),
        };
        let (plan, problems) = terrane_plan::plan(ev, &inputs, &options).await;
        (plan, once(problems))
    }

    async fn apply(&self, ev: &Evaluator<'_>, plan: &Plan, stop: watch::Receiver<bool>) -> Applied {
        let inputs = ApplyInputs {
            config: &self.config,
            schemas: &self.schemas,
            providers: &self.providers,
            events: Arc::new(|_| {}),
            recorder: Arc::new(Forgetful),
            stop,
            write_only_key: None,
            parallelism: self.parallelism,
            interrupted: HashMap::new(),
        };
        terrane_apply::apply(ev, &inputs, plan).await
    }

    /// Destroys what is in a state. Gives what is left, and what went wrong. An interrupt does not keep
    /// this from being done.
    pub(crate) async fn destroy(&self, state: State) -> (State, Diagnostics) {
        let options = PlanOptions { mode: PlanMode::Destroy, ..self.options() };
        let ev = self.evaluator(false);
        let (plan, mut problems) = self.plan(&ev, state.clone(), options).await;
        if problems.has_errors() {
            return (state, problems);
        }
        let applied = self.apply(&self.evaluator(true), &plan, watch::channel(false).1).await;
        problems.append(applied.problems);
        (applied.state, problems)
    }

    fn options(&self) -> PlanOptions {
        PlanOptions { given: self.variables.given.clone(), ..PlanOptions::default() }
    }

    /// Does what a run says.
    pub(crate) async fn run(&self, run: &TestRun, around: &Surroundings, state: State) -> Done {
        let conditions = Conditions::of(&self.config);
        let unknown = conditions.unknown(run, &self.config);
        if unknown.has_errors() {
            return Done { status: TestStatus::Error, problems: unknown, ..Done::default() };
        }
        let options = PlanOptions {
            mode: if run.options.refresh_only { PlanMode::RefreshOnly } else { PlanMode::Normal },
            refresh: run.options.refresh,
            replace: run.options.replace.iter().cloned().collect(),
            selection: match run.options.target.is_empty() {
                true => Selection::All,
                false => Selection::Only(run.options.target.clone()),
            },
            stop: Some(self.stop.clone()),
            ..self.options()
        };
        let ev = self.evaluator(false);
        let (plan, problems) = self.plan(&ev, state, options).await;
        if run.command == TestCommand::Plan {
            let (mut problems, came, taken) = conditions.take_expected(run, problems);
            let failed_as_expected = taken.has_errors() && !problems.has_errors();
            let outputs = (!plan.errored).then(|| outputs(&ev));
            problems.append(missing(run, &came));
            let status = match (problems.has_errors(), failed_as_expected) {
                (true, _) => TestStatus::Error,
                (false, true) => TestStatus::Pass,
                (false, false) => assert(run, &ev, around, &mut problems),
            };
            return Done {
                status,
                problems,
                outputs,
                state: None,
                outcome: Some(self.outcome(Some(plan), None)),
            };
        }
        // What checks say now is said again after the apply.
        let problems = problems.into_iter().filter(|problem| !conditions.is_of_check(problem)).collect();
        let (mut problems, came, taken) = conditions.take_expected(run, problems);
        if taken.has_errors() {
            // There is nothing to apply.
            problems.append(hindered(run, &came));
            problems.append(taken);
            return Done { status: TestStatus::Fail, problems, ..Done::default() };
        }
        if problems.has_errors() {
            return Done { status: TestStatus::Error, problems, ..Done::default() };
        }
        let ev = self.evaluator(true);
        let applied = self.apply(&ev, &plan, self.stop.clone()).await;
        let warnings = problems;
        let (mut problems, came, taken) = conditions.take_expected(run, applied.problems);
        problems.append(warnings);
        problems.append(missing(run, &came));
        let broken = problems.has_errors() || applied.stopped;
        let status = match (broken, taken.has_errors()) {
            (true, _) => TestStatus::Error,
            (false, true) => TestStatus::Pass,
            (false, false) => assert(run, &ev, around, &mut problems),
        };
        let outputs = (!taken.has_errors() && !broken).then(|| outputs(&ev));
        let outcome = Some(self.outcome(None, Some(applied.state.clone())));
        Done { status, problems, outputs, state: Some(applied.state), outcome }
    }

    fn outcome(&self, plan: Option<Plan>, state: Option<State>) -> Arc<Outcome> {
        Arc::new(Outcome { plan, state, schemas: self.schemas.clone(), config: self.config.clone() })
    }
}

/// Checks the assertions of a run.
fn assert(
    run: &TestRun,
    ev: &Evaluator<'_>,
    around: &Surroundings,
    problems: &mut Diagnostics,
) -> TestStatus {
    let scope = around.scope_of(ev);
    let mut status = TestStatus::Pass;
    for rule in &run.asserts {
        let worse = match check(rule, &scope) {
            Asserted::Holds => TestStatus::Pass,
            Asserted::Fails(problem) => {
                problems.push(problem);
                TestStatus::Fail
            }
            Asserted::Broken(more) => {
                problems.append(more);
                TestStatus::Error
            }
        };
        status = status.max(worse);
    }
    status
}

/// All outputs of the module that was run, as far as they have values.
fn outputs(ev: &Evaluator<'_>) -> Value {
    let root = ev.inputs().config.module(&ModulePath::root());
    let names = root.into_iter().flat_map(|module| module.outputs.iter());
    let values = names.map(|(name, output)| {
        let value = ev.output_of(&ModuleInstance::root(), name);
        (name.clone(), value.unwrap_or_else(|_| Value::unknown(output.ty.clone())))
    });
    // Where they came from means nothing to other configurations.
    let plain = |value: Value| value.map_marks(&mut |_, marks| marks.with(|m| m.origins.clear()));
    Value::object(values.map(|(name, value)| (name, plain(value))))
}

/// An expected failure came so early that nothing could be applied.
fn hindered(run: &TestRun, came: &BTreeSet<usize>) -> Diagnostics {
    let expected = run.expect_failures.iter().enumerate().filter(|(index, _)| came.contains(index));
    expected
        .map(|(_, (expected, span))| {
            let detail = format!(
                "A custom condition of {expected} failed while planning, so that the apply that this run asks for could \
                 not be done. Set command = plan where that is what is to be tested."
            );
            Diagnostic::warning("Expected failure while planning", detail).at(*span)
        })
        .collect()
}

/// A journal that nobody keeps: states of tests are in memory only.
struct Forgetful;

#[async_trait]
impl Recorder for Forgetful {
    async fn record(&self, _entries: Vec<JournalEntry>) -> Result<(), RecordError> {
        Ok(())
    }
}
