//! Values of variables: from the command line, the environment, files and module calls.

use crate::evaluator::{converted, declared_marks, finish};
use crate::scope::{Each, ModuleScope};
use crate::{Evaluator, Stop};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use terrane_address::ModuleInstance;
use terrane_config::{Config, Variable};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use terrane_lang::{FunctionContext, Resolved, Scope, Step, evaluate};
use terrane_syntax::{Expr, parse_expression};
use terrane_value::{Value, to_json_text};

/// A value that somebody gave for a root module variable, before its type is known.
#[derive(Clone, Debug)]
pub struct RawVariable {
    /// Who gave it.
    pub source: VariableSource,
    /// The expression of a values file, or the text of the command line or environment, which
    /// is an expression only when the variable's type is not a primitive one.
    pub value: Result<Expr, String>,
}

/// Who gave a value for a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableSource {
    /// `-var`.
    CommandLine,
    /// The answer to a question.
    Prompt,
    /// `TF_VAR_name`.
    Environment(String),
    /// A `.tfvars` file; `automatic` when it was not named on the command line.
    File {
        /// The file.
        path: PathBuf,
        /// Whether it was found, not named.
        automatic: bool,
    },
}

/// The values of the root module's variables: given ones converted, defaults
/// otherwise; their validations are checked when they are used. `given` holds the value that takes precedence for each name. Texts that are
/// expressions are added to `sources`.
pub fn root_variables(
    config: &Config,
    given: &BTreeMap<Arc<str>, RawVariable>,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
    values_of(config, given, sources, |variable| Err(no_value(&variable.name, variable.span)))
}

/// As [`root_variables`], where variables that nobody gave a value are not known.
pub fn root_variables_in_part(
    config: &Config,
    given: &BTreeMap<Arc<str>, RawVariable>,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
    values_of(config, given, sources, |variable| {
        let marks = declared_marks(variable.sensitive, variable.ephemeral);
        Ok(Value::unknown(variable.ty.clone()).with_marks(&marks))
    })
}

fn values_of(
    config: &Config,
    given: &BTreeMap<Arc<str>, RawVariable>,
    sources: &mut SourceMap,
    unset: impl Fn(&Variable) -> Result<Value, Diagnostic>,
) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
    let (mut values, mut problems) = (BTreeMap::new(), Diagnostics::new());
    let Some(root) = config.module(&terrane_address::ModulePath::root()) else { return (values, problems) };
    problems.append(all_undeclared(given, &root.variables));
    for (name, variable) in &root.variables {
        let raw = given.get(name);
        if let (Some(raw), Some(message)) = (raw, &variable.deprecated) {
            let detail =
                format!("The variable \"{name}\" is deprecated: {message}{}", raw.source.describe(name));
            problems.push(Diagnostic::warning("Deprecated variable", detail).at(variable.span));
        }
        let value = match raw.map(|raw| raw_value(name, raw, variable, sources)) {
            Some(Ok(value)) => Some(value),
            Some(Err(more)) => {
                problems.append(more);
                continue;
            }
            None => None,
        };
        if value.is_none() && variable.default.is_none() {
            match unset(variable) {
                Ok(value) => drop(values.insert(name.clone(), value)),
                Err(problem) => problems.push(problem),
            }
            continue;
        }
        let span = match raw.map(|raw| &raw.value) {
            Some(Ok(expr)) => expr.span,
            _ => variable.span,
        };
        match prepare_value(variable, value.map(|v| (v, span))) {
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(Stop::Failed(more)) => {
                let source = raw.map(|raw| raw.source.describe(name)).unwrap_or_default();
                problems.extend(more.into_iter().map(|d| Diagnostic { detail: d.detail + &source, ..d }));
            }
            Err(Stop::Blocked(_)) => {}
        }
    }
    (values, problems)
}

/// The values that were given for variables of the root module, as they were before they became of the
/// variables' types, where that makes a difference. Ephemeral ones are left out.
pub fn given_values(
    config: &Config,
    given: &BTreeMap<Arc<str>, RawVariable>,
    values: &BTreeMap<Arc<str>, Value>,
) -> BTreeMap<Arc<str>, Value> {
    let root = config.module(&terrane_address::ModulePath::root());
    let declared = root.into_iter().flat_map(|module| &module.variables).filter(|(_, v)| !v.ephemeral);
    let mut sources = SourceMap::default();
    let mut found = BTreeMap::new();
    for (name, variable) in declared {
        let (Some(raw), Some(value)) = (given.get(name), values.get(name)) else { continue };
        let Ok(before) = raw_value(name, raw, variable, &mut sources) else { continue };
        if to_json_text(&before).ok() != to_json_text(&value.unmark_deep().0).ok() {
            found.insert(name.clone(), before.with_marks(value.marks()));
        }
    }
    found
}

/// What is wrong with values for variables that the root module does not have. Of the warnings
/// about files, two are enough.
fn all_undeclared(
    given: &BTreeMap<Arc<str>, RawVariable>,
    declared: &BTreeMap<Arc<str>, Variable>,
) -> Diagnostics {
    const SHOWN: usize = 2;
    let undeclared = given.iter().filter(|(name, _)| !declared.contains_key(*name));
    let found: Vec<Diagnostic> =
        undeclared.filter_map(|(name, raw)| undeclared_value(name, &raw.source, declared.keys())).collect();
    let is_warning = |d: &Diagnostic| d.severity == terrane_diagnostics::Severity::Warning;
    let (warnings, errors): (Vec<Diagnostic>, Vec<Diagnostic>) = found.into_iter().partition(is_warning);
    let more = warnings.len().saturating_sub(SHOWN);
    let mut problems: Diagnostics = errors.into_iter().chain(warnings.into_iter().take(SHOWN)).collect();
    if more > 0 {
        let detail = format!(
            "There are {more} more values in files for variables that the root module does not declare."
        );
        problems.push(Diagnostic::warning("Values for undeclared variables", detail));
    }
    problems
}

impl VariableSource {
    /// A sentence that says where the value of variable `name` is from; none for values in
    /// files, since these have a place.
    fn describe(&self, name: &str) -> String {
        match self {
            VariableSource::CommandLine => format!(" The value is from the -var option for {name}."),
            VariableSource::Prompt => " The value is the one that was entered.".to_owned(),
            VariableSource::Environment(variable) => {
                format!(" The value is from the environment variable {variable}.")
            }
            VariableSource::File { .. } => String::new(),
        }
    }
}

/// The values of the root module's variables when a plan is applied: those that the plan has, and
/// ephemeral ones as they are given now. The ones in `needed` had a value while planning.
pub fn apply_variables(
    config: &Config,
    planned: &BTreeMap<Arc<str>, Value>,
    needed: &BTreeSet<Arc<str>>,
    given: &BTreeMap<Arc<str>, RawVariable>,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, Value>, Diagnostics) {
    let (mut values, mut problems) = (planned.clone(), Diagnostics::new());
    let root = config.module(&terrane_address::ModulePath::root());
    let declared = root.map(|m| &m.variables);
    let on_command_line = given.iter().filter(|(_, raw)| raw.source == VariableSource::CommandLine);
    for (name, _) in on_command_line {
        if declared.and_then(|d| d.get(name)).is_none_or(|v| !v.ephemeral) {
            let detail = format!(
                "The saved plan has the value of {name:?} already, or the root module does not declare it. Only ephemeral \
                 variables, which a plan does not store, are set when it is applied. Make a new plan instead."
            );
            problems.push(Diagnostic::error("Can't change a saved plan", detail));
        }
    }
    for (name, variable) in declared.into_iter().flatten().filter(|(_, v)| v.ephemeral) {
        let raw = given.get(name);
        let problem = match (raw, needed.contains(name)) {
            (None, true) => Some((
                "No value for required variable",
                format!(
                    "The ephemeral input variable {name:?} was set during the plan phase, and so must also be set \
                     during the apply phase."
                ),
            )),
            (Some(raw), false) if raw.source == VariableSource::CommandLine => Some((
                "Ephemeral variable was not set during planning",
                format!(
                    "The ephemeral input variable {name:?} was not set during the planning phase, and so must remain \
                     unset during the apply phase."
                ),
            )),
            _ => None,
        };
        if let Some((summary, detail)) = problem {
            problems.push(Diagnostic::error(summary, detail).at(variable.span));
            continue;
        }
        let raw = raw.filter(|_| needed.contains(name));
        let value = match raw.map(|raw| raw_value(name, raw, variable, sources)).transpose() {
            Ok(value) => value.map(|v| (v, variable.span)),
            Err(more) => {
                problems.append(more);
                continue;
            }
        };
        match prepare_value(variable, value) {
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(Stop::Failed(more)) => problems.append(more),
            Err(Stop::Blocked(_)) => {}
        }
    }
    (values, problems)
}

/// `value`, when the variable's validations hold for it.
pub(crate) fn validated(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    variable: &Variable,
    value: Value,
) -> Result<Value, Stop> {
    if variable.validations.is_empty() {
        return Ok(value);
    }
    let inner = ModuleScope::new(ev, module.clone(), Each::None);
    let scope = OwnVariable { inner, name: &variable.name, value: &value };
    let (failed, _) = crate::condition::check_all(
        &variable.validations,
        Some(module),
        &scope,
        "Invalid value for variable",
    )?;
    if failed.has_errors() { Err(Stop::Failed(failed)) } else { Ok(value) }
}

/// The scope of a variable's validations: the variable itself is known already.
pub(crate) struct OwnVariable<'a, S> {
    pub(crate) inner: S,
    pub(crate) name: &'a str,
    pub(crate) value: &'a Value,
}

impl<S: Scope> Scope for OwnVariable<'_, S> {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        match (root, steps.first()) {
            ("var", Some(Step::Attribute(name, _))) if &**name == self.name => {
                Resolved::Value(self.value.clone(), 1)
            }
            _ => self.inner.resolve(root, span, steps),
        }
    }

    fn functions(&self) -> &FunctionContext {
        self.inner.functions()
    }
}

pub(crate) fn prepare_value(variable: &Variable, given: Option<(Value, Span)>) -> Result<Value, Stop> {
    let (value, span, what) = match given {
        Some((value, span)) if !value.is_null() || variable.nullable => (value, span, "given"),
        _ => match &variable.default {
            Some(expr) => (constant(expr)?, expr.span, "default"),
            None if given_null(&given) => {
                return Err(Diagnostic::error(
                    "Required variable not set",
                    format!(
                        "The variable {:?} is required, so null is not allowed for it (nullable = false).",
                        &*variable.name
                    ),
                )
                .at(variable.span)
                .into());
            }
            None => return Err(no_value(&variable.name, variable.span).into()),
        },
    };
    let value = variable.defaults.apply(&value);
    let value = converted(&value, &variable.ty).map_err(|message| {
        Stop::from(
            Diagnostic::error(
                "Invalid value for input variable",
                format!(
                    "The {what} value is not suitable for var.{} declared in the configuration: {message}.",
                    variable.name
                ),
            )
            .at(span),
        )
    })?;
    let marks = declared_marks(variable.sensitive, variable.ephemeral);
    Ok(value.with_marks(&marks))
}

fn given_null(given: &Option<(Value, Span)>) -> bool {
    given.as_ref().is_some_and(|(value, _)| value.is_null())
}

/// The value of an expression without references.
fn constant(expr: &Expr) -> Result<Value, Stop> {
    finish(evaluate(expr, &Constant(FunctionContext::default()))).map(|(value, _)| value)
}

/// A scope in which nothing has a name.
pub(crate) struct Constant(pub(crate) FunctionContext);

impl Scope for Constant {
    fn resolve(&self, _root: &str, span: Span, _steps: &[Step]) -> Resolved {
        Resolved::Failed(vec![
            Diagnostic::error("Variables not allowed", "Variables may not be used here.").at(span),
        ])
    }

    fn functions(&self) -> &FunctionContext {
        &self.0
    }
}

fn raw_value(
    name: &str,
    raw: &RawVariable,
    variable: &Variable,
    sources: &mut SourceMap,
) -> Result<Value, Diagnostics> {
    match &raw.value {
        Err(text) if variable.ty.is_primitive() || !variable.typed => Ok(Value::string(text)),
        _ => expression_value(name, raw, sources),
    }
}

/// What was given for a variable that nobody declares: a text is an expression where it can be one.
pub fn undeclared_variable(
    name: &str,
    raw: &RawVariable,
    sources: &mut SourceMap,
) -> Result<Value, Diagnostics> {
    match (expression_value(name, raw, sources), &raw.value) {
        (Err(_), Err(text)) => Ok(Value::string(text)),
        (value, _) => value,
    }
}

fn expression_value(name: &str, raw: &RawVariable, sources: &mut SourceMap) -> Result<Value, Diagnostics> {
    let expr = match &raw.value {
        Ok(expr) => expr.clone(),
        Err(text) => {
            let file = sources.add(format!("<value for var.{name}>"), text.as_str());
            let (expr, problems) = parse_expression(sources, file);
            match expr {
                Some(expr) if !problems.has_errors() => expr,
                _ => return Err(problems),
            }
        }
    };
    let called = terrane_config::refuse_calls(&expr);
    if called.has_errors() {
        return Err(called);
    }
    match constant(&expr) {
        Ok(value) => Ok(value),
        Err(Stop::Failed(problems)) => Err(problems),
        Err(Stop::Blocked(_)) => {
            Err(Diagnostic::error("Variables not allowed", "Variables may not be used here.").into())
        }
    }
}

fn no_value(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(
        "No value for required variable",
        format!(
            "The root module input variable {name:?} is not set, and has no default value. Use a -var or -var-file \
             command line argument, or the environment variable TF_VAR_{name}, to provide a value for this variable."
        ),
    )
    .at(span)
}

fn undeclared_value<'a>(
    name: &str,
    source: &VariableSource,
    declared: impl Iterator<Item = &'a Arc<str>>,
) -> Option<Diagnostic> {
    let declared: BTreeSet<&str> = declared.map(|n| &**n).collect();
    let hint = terrane_diagnostics::nearest(name, declared)
        .map(|n| format!(" Did you mean {n:?}?"))
        .unwrap_or_default();
    match source {
        VariableSource::Environment(_) | VariableSource::Prompt => None,
        VariableSource::CommandLine => Some(Diagnostic::error(
            "Value for undeclared variable",
            format!(
                "A variable named {name:?} was assigned on the command line, but the root module does not declare a \
                 variable of that name.{hint} To use this value, add a \"variable\" block to the configuration."
            ),
        )),
        VariableSource::File { path, .. } => Some(Diagnostic::warning(
            "Value for undeclared variable",
            format!(
                "The root module does not declare a variable named {name:?} but a value was found in file \
                 {}.{hint} If you meant to use this value, add a \"variable\" block to the configuration.",
                path.display()
            ),
        )),
    }
}
