//! The values of the variables of a run: those of its own block before those of its file, and these
//! before what was given from outside.

use crate::scope::Surroundings;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use terrane_address::ModulePath;
use terrane_config::{Config, Module, TestFile, TestRun};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_evaluate::{RawVariable, VariableSource, root_variables, undeclared_variable};
use terrane_lang::{Subject, references};
use terrane_syntax::{Expr, ExprKind};
use terrane_value::Value;

/// The values that were given from outside, whether the root module declares the variables or not, and those of variables that
/// the file declares itself, which have their defaults otherwise.
pub(crate) fn given_values(
    config: &Config,
    file: &TestFile,
    given: &BTreeMap<Arc<str>, RawVariable>,
    sources: &mut SourceMap,
) -> BTreeMap<Arc<str>, Result<Value, Diagnostics>> {
    let (values, _) = root_variables(config, &declared_of(config, given), sources);
    let mut all: BTreeMap<_, _> = (values.into_iter().filter(|(name, _)| given.contains_key(name)))
        .map(|(name, value)| (name, Ok(value)))
        .collect();
    for (name, raw) in given {
        if !all.contains_key(name) && !is_declared(config, name) {
            all.insert(name.clone(), undeclared_variable(name, raw, sources));
        }
    }
    for (name, variable) in &file.declared {
        let module = Module { variables: [(name.clone(), variable.clone())].into(), ..Module::default() };
        let alone = Config { modules: [(ModulePath::root(), Arc::new(module))].into(), ..Config::default() };
        let (mut values, problems) = root_variables(&alone, &declared_of(&alone, given), sources);
        let value = match values.remove(name) {
            Some(value) if !problems.has_errors() => Ok(value),
            _ => Err(problems),
        };
        all.insert(name.clone(), value);
    }
    all
}

/// Those of `given` that the root module of `config` declares.
fn declared_of(config: &Config, given: &BTreeMap<Arc<str>, RawVariable>) -> BTreeMap<Arc<str>, RawVariable> {
    let declared = given.iter().filter(|(name, _)| is_declared(config, name));
    declared.map(|(name, raw)| (name.clone(), raw.clone())).collect()
}

fn is_declared(config: &Config, name: &str) -> bool {
    config.module(&ModulePath::root()).is_some_and(|module| module.variables.contains_key(name))
}

/// Whether something that a run asserts refers to the variable.
fn asserts_refer_to(run: &TestRun, variable: &str) -> bool {
    let exprs = run.asserts.iter().flat_map(|rule| [&rule.condition, &rule.error_message]);
    (exprs.flat_map(|expr| references(expr).0))
        .any(|reference| matches!(&reference.subject, Subject::Variable(name) if **name == *variable))
}

/// Adds the values of a file's variables to what its expressions can refer to, as far as they are not there yet: they may
/// refer to runs, and to each other's values from outside.
pub(crate) fn add_file_values(file: &TestFile, around: &mut Surroundings) {
    let open = file.variables.iter().filter(|(name, _)| !around.of_file.contains(*name));
    let values: Vec<_> = open.map(|(name, expr)| (name.clone(), around.value(expr))).collect();
    for (name, value) in values {
        if value.is_ok() {
            around.of_file.insert(name.clone());
        }
        around.variables.insert(name, value);
    }
}

/// The values of the variables of the module that a run is about, and what the expressions of the run
/// can refer to.
pub(crate) fn run_values(
    file: &TestFile,
    run: &TestRun,
    config: &Config,
    given: &BTreeMap<Arc<str>, RawVariable>,
    around: &mut Surroundings,
    sources: &mut SourceMap,
) -> (RunValues, Diagnostics) {
    let mut problems = Diagnostics::new();
    let own: Vec<_> =
        run.variables.iter().map(|(name, expr)| (name.clone(), expr, around.value(expr))).collect();
    let mut raw = declared_of(config, given);
    for (name, expr) in file.variables.iter().filter(|(name, _)| is_declared(config, name)) {
        if run.variables.contains_key(name) {
            continue;
        }
        match around.variables.get(name) {
            Some(Ok(value)) => {
                raw.insert(name.clone(), literal(expr, value));
            }
            Some(Err(more)) => problems.append(more.clone()),
            None => {}
        }
    }
    for (name, expr, value) in own {
        match &value {
            Ok(value) if is_declared(config, &name) => {
                raw.insert(name.clone(), literal(expr, value));
            }
            Ok(_) if asserts_refer_to(run, &name) => {}
            Ok(_) => {
                let detail = format!(
                    "The module under test does not declare a variable named {:?}, but it is declared in run block {:?}.",
                    &*name, &*run.name
                );
                problems.push(Diagnostic::warning("Value for undeclared variable", detail).at(expr.span));
            }
            Err(more) => problems.append(more.clone()),
        }
        around.variables.insert(name, value);
    }
    if problems.has_errors() {
        return (RunValues::default(), problems);
    }
    let (values, found) = root_variables(config, &raw, sources);
    problems.extend(found.into_iter().map(|problem| match &*problem.summary {
        "No value for required variable" => Diagnostic {
            detail: format!(
                "The module under test for run block {:?} has a required variable without a value. Give it one in a \
                 \"variables\" block of the run or of the test file, or with -var or -var-file.",
                &*run.name
            ),
            ..problem
        },
        _ => problem,
    }));
    (RunValues { values, given: raw.keys().cloned().collect() }, problems)
}

/// The values of a run's variables.
#[derive(Clone, Default)]
pub(crate) struct RunValues {
    pub(crate) values: BTreeMap<Arc<str>, Value>,
    /// Those that have no default as their value.
    pub(crate) given: std::collections::BTreeSet<Arc<str>>,
}

fn literal(expr: &Expr, value: &Value) -> RawVariable {
    RawVariable {
        source: VariableSource::File { path: PathBuf::new(), automatic: false },
        value: Ok(Expr { kind: ExprKind::Literal(value.clone()), span: expr.span }),
    }
}
