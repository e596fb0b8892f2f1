//! What names mean in a test file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::ModuleInstance;
use terrane_config::TestFile;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span, nearest};
use terrane_evaluate::{Evaluator, Stop};
use terrane_lang::{FunctionContext, Resolved, Scope, Step, evaluate};
use terrane_syntax::Expr;
use terrane_value::Value;

/// What expressions of a test file can refer to, apart from the module that is run.
#[derive(Clone, Default)]
pub(crate) struct Surroundings {
    /// Values for variables, or what is wrong with them.
    pub(crate) variables: BTreeMap<Arc<str>, Result<Value, Diagnostics>>,
    /// Those of them that have their values from the file.
    pub(crate) of_file: BTreeSet<Arc<str>>,
    /// The outputs of the runs so far.
    pub(crate) runs: BTreeMap<Arc<str>, Value>,
    /// All runs of the file.
    pub(crate) names: Vec<Arc<str>>,
}

/// The scope of an expression of a test file.
pub(crate) struct TestScope<'a, 'c> {
    around: &'a Surroundings,
    /// The module that was run.
    module: Option<&'a Evaluator<'c>>,
    functions: FunctionContext,
}

impl Surroundings {
    /// At the beginning of a file.
    pub(crate) fn new(file: &TestFile) -> Surroundings {
        Surroundings {
            names: file.runs.iter().map(|run| run.name.clone()).collect(),
            ..Surroundings::default()
        }
    }

    /// The scope of expressions that can refer to nothing else.
    pub(crate) fn scope(&self) -> TestScope<'_, '_> {
        let functions = FunctionContext { base_dir: ".".into(), ..FunctionContext::default() };
        TestScope { around: self, module: None, functions }
    }

    /// The scope of expressions about the module that `ev` has the results of.
    pub(crate) fn scope_of<'a, 'c>(&'a self, ev: &'a Evaluator<'c>) -> TestScope<'a, 'c> {
        TestScope { around: self, module: Some(ev), functions: ev.inputs().functions.clone() }
    }

    /// The value of an expression.
    pub(crate) fn value(&self, expr: &Expr) -> Result<Value, Diagnostics> {
        let outcome = evaluate(expr, &self.scope());
        if outcome.diagnostics.has_errors() { Err(outcome.diagnostics) } else { Ok(outcome.value) }
    }

    fn run(&self, name: &str, span: Span) -> Resolved {
        if let Some(outputs) = self.runs.get(name) {
            return Resolved::Value(outputs.clone(), 1);
        }
        if self.names.iter().any(|known| **known == *name) {
            return failed(
                "Reference to unavailable run block",
                format!(
                    "The run block {name:?} has not executed yet, or did not get to its end. You can only reference run \
                     blocks that are in the same test file and are before this one."
                ),
                span,
            );
        }
        let hint = nearest(name, self.names.iter().map(|n| &**n));
        let hint = hint.map(|n| format!(" Did you mean {n:?}?")).unwrap_or_default();
        failed(
            "Reference to unknown run block",
            format!("This test file has no run block {name:?}.{hint}"),
            span,
        )
    }
}

impl Scope for TestScope<'_, '_> {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        let first = match steps.first() {
            Some(Step::Attribute(name, _)) => Some(name),
            _ => None,
        };
        match (root, first, self.module) {
            ("run", Some(name), _) => self.around.run(name, span),
            ("run", None, _) => failed(
                "Invalid reference",
                "The name of a run block must follow \"run\": run.NAME.OUTPUT.".into(),
                span,
            ),
            ("var", Some(name), module) => {
                let declared = module.is_some_and(|ev| declares(ev, name));
                match (module, self.around.variables.get(name)) {
                    (Some(ev), _) if declared => ev.scope(&ModuleInstance::root()).resolve(root, span, steps),
                    (_, Some(Ok(value))) => Resolved::Value(value.clone(), 1),
                    (_, Some(Err(problems))) => Resolved::Failed(problems.iter().cloned().collect()),
                    (Some(ev), None) => ev.scope(&ModuleInstance::root()).resolve(root, span, steps),
                    (None, None) => failed(
                        "Reference to unavailable variable",
                        format!(
                            "The variable {name:?} has no value here. Give it one in the variables block of the file, or \
                             with -var."
                        ),
                        span,
                    ),
                }
            }
            ("output", Some(name), Some(ev)) => output(ev, name, span),
            (_, _, Some(ev)) => ev.scope(&ModuleInstance::root()).resolve(root, span, steps),
            (_, _, None) => failed(
                "Invalid reference",
                "Only variables (var.NAME) and outputs of earlier runs (run.NAME.OUTPUT) can be referred to here."
                    .into(),
                span,
            ),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }

    fn call_provider_function(&self, name: &str, args: &[Value]) -> Option<Resolved> {
        self.module?.scope(&ModuleInstance::root()).call_provider_function(name, args)
    }

    fn is_builtin_provider(&self, local_name: &str) -> bool {
        self.module.is_some_and(|ev| ev.scope(&ModuleInstance::root()).is_builtin_provider(local_name))
    }
}

fn declares(ev: &Evaluator<'_>, name: &str) -> bool {
    let root = ev.inputs().config.module(&terrane_address::ModulePath::root());
    root.is_some_and(|module| module.variables.contains_key(name))
}

/// An output of the module that was run.
fn output(ev: &Evaluator<'_>, name: &str, span: Span) -> Resolved {
    let root = ev.inputs().config.module(&terrane_address::ModulePath::root());
    let names = root.map(|module| &module.outputs);
    if !names.is_some_and(|outputs| outputs.contains_key(name)) {
        let known = names.into_iter().flatten().map(|(name, _)| &**name);
        let hint = nearest(name, known).map(|n| format!(" Did you mean {n:?}?")).unwrap_or_default();
        let detail = format!("An output value with the name {name:?} has not been declared.{hint}");
        return failed("Reference to undeclared output value", detail, span);
    }
    match ev.output_of(&ModuleInstance::root(), name) {
        Ok(value) => Resolved::Value(value, 1),
        Err(Stop::Blocked(on)) => Resolved::Blocked(on.into_iter().collect()),
        Err(Stop::Failed(problems)) => Resolved::Failed(problems.into_iter().collect()),
    }
}

fn failed(summary: &str, detail: String, span: Span) -> Resolved {
    Resolved::Failed(vec![Diagnostic::error(summary, detail).at(span)])
}
