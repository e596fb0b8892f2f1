//! Conditions: preconditions, postconditions, validations and asserts.

use crate::evaluator::finish;
use crate::memo::Named;
use crate::scope::{Each, ModuleScope};
use crate::variables::OwnVariable;
use crate::{Evaluated, Evaluator, Stop};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{ModuleInstance, ResourceInstance};
use terrane_config::CheckRule;
use terrane_diagnostics::{Context, Diagnostic, Diagnostics, Severity};
use terrane_lang::{Scope, evaluate, referenced_values};
use terrane_syntax::ExprKind;
use terrane_value::{Kind, Marks, Type, Value, convert};

/// How one condition turned out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionResult {
    /// The outcome.
    pub status: ConditionStatus,
    /// What is said when it does not hold; `None` when that is secret.
    pub message: Option<String>,
}

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// It does.
    Pass,
    /// It does not.
    Fail,
    /// Only apply can tell.
    Unknown,
}

/// Something that has conditions of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Checkable {
    /// A resource instance: its preconditions, and its postconditions once its object is there.
    Resource(ResourceInstance),
    /// An output value of a module instance.
    Output(ModuleInstance, Arc<str>),
    /// A `check` block of a module instance.
    Check(ModuleInstance, Arc<str>),
    /// A variable of a module instance.
    Variable(ModuleInstance, Arc<str>),
}

/// Evaluates all rules. Those that do not hold are errors with `summary`, that name `module` when given.
pub(crate) fn check_all(
    rules: &[CheckRule],
    module: Option<&ModuleInstance>,
    scope: &dyn Scope,
    summary: &str,
) -> Result<(Diagnostics, Vec<ConditionResult>), Stop> {
    let (mut problems, mut results, mut blocked) = (Diagnostics::new(), Vec::new(), BTreeSet::new());
    for rule in rules {
        match check(rule, scope, summary) {
            Ok((result, problem)) => {
                results.push(result);
                problems.extend(problem.map(|d| named(module, d)));
            }
            Err(Stop::Failed(more)) => problems.append(more),
            Err(Stop::Blocked(on)) => blocked.extend(on),
        }
    }
    if blocked.is_empty() { Ok((problems, results)) } else { Err(Stop::Blocked(blocked)) }
}

/// Says which instance of a module it is.
fn named(module: Option<&ModuleInstance>, problem: Diagnostic) -> Diagnostic {
    match module.filter(|module| !module.is_root()) {
        Some(module) => problem.about(Context::Module, module.to_string()),
        None => problem,
    }
}

/// The results alone: a rule that does not hold is no problem here.
fn results_of(rules: &[CheckRule], scope: &dyn Scope) -> Result<Vec<ConditionResult>, Stop> {
    (rules.iter())
        .map(|rule| match check(rule, scope, "") {
            Ok((result, _)) => Ok(result),
            Err(Stop::Blocked(_)) => Ok(ConditionResult::UNKNOWN),
            Err(failed) => Err(failed),
        })
        .collect()
}

impl ConditionResult {
    const UNKNOWN: ConditionResult = ConditionResult { status: ConditionStatus::Unknown, message: None };
}

fn check(
    rule: &CheckRule,
    scope: &dyn Scope,
    summary: &str,
) -> Result<(ConditionResult, Option<Diagnostic>), Stop> {
    let (condition, _) = finish(evaluate(&rule.condition, scope))?;
    let (condition, _) = condition.unmark_deep();
    let invalid = |detail: String| {
        Stop::from(Diagnostic::error("Invalid condition result", detail).at(rule.condition.span))
    };
    if condition.is_null() {
        return Err(invalid("Condition expression must return either true or false, not null.".into()));
    }
    let condition = convert(&condition, &Type::Bool)
        .map_err(|e| invalid(format!("Invalid condition result value: {e}.")))?;
    match condition.kind() {
        Kind::Bool(true) => Ok((ConditionResult { status: ConditionStatus::Pass, message: None }, None)),
        Kind::Bool(false) => {
            let message = error_message(rule, scope)?;
            let said = message.clone().unwrap_or_else(|| SENSITIVE_MESSAGE.to_owned());
            let mut problem = Diagnostic::error(summary, said).at(rule.condition.span).within(rule.span);
            problem.values = referenced_values(&rule.condition, scope);
            Ok((ConditionResult { status: ConditionStatus::Fail, message }, Some(problem)))
        }
        _ => Ok((ConditionResult { status: ConditionStatus::Unknown, message: None }, None)),
    }
}

const SENSITIVE_MESSAGE: &str = "The error message included a sensitive value, so it will not be displayed. \
                                 Consider correcting it so that it does not refer to sensitive values.";

/// A message that can be no string, or has no value, is refused, whether it is said or not. Most are written as strings.
pub(crate) fn message_type(rule: &CheckRule, scope: &dyn Scope) -> Evaluated<()> {
    if matches!(&rule.error_message.kind, ExprKind::Literal(value) if value.as_str().is_some()) {
        return Ok(((), Diagnostics::new()));
    }
    let (message, warnings) = match finish(evaluate(&rule.error_message, scope)) {
        Ok(found) => found,
        Err(Stop::Blocked(_)) => return Ok(((), Diagnostics::new())),
        Err(failed) => return Err(failed),
    };
    let why = match convert(&message.unmark_deep().0, &Type::String) {
        Ok(message) if message.is_null() => "it must not be null".to_owned(),
        Ok(_) => return Ok(((), warnings)),
        Err(error) => error.message,
    };
    let detail = format!("Unsuitable value for error message: {why}.");
    Err(Diagnostic::error("Invalid error message", detail).at(rule.error_message.span).into())
}

/// What is said; `None` when that is secret.
fn error_message(rule: &CheckRule, scope: &dyn Scope) -> Result<Option<String>, Stop> {
    let (message, _) = finish(evaluate(&rule.error_message, scope))?;
    if message.any_marks(&Marks::is_sensitive) {
        return Ok(None);
    }
    if message.any_marks(&Marks::is_ephemeral) {
        return Ok(Some(
            "The error message included an ephemeral value, so it will not be displayed. Consider correcting it so \
             that it does not refer to ephemeral values."
                .into(),
        ));
    }
    let message = convert(&message.unmark_deep().0, &Type::String).unwrap_or(Value::NULL);
    Ok(Some(message.as_str().map_or_else(
        || "The condition does not hold, and its error_message has no value that can be shown.".to_owned(),
        |text| text.trim().to_owned(),
    )))
}

impl Evaluator<'_> {
    /// How the conditions of one object turn out with the results so far. A condition that waits
    /// for a result is unknown; one that cannot be evaluated is a failure of the call.
    pub fn conditions(&self, of: &Checkable) -> Result<Vec<ConditionResult>, Stop> {
        match of {
            Checkable::Resource(address) => {
                let block = crate::instance::resource_block(self, address)?;
                let each = self.expand(&address.resource_address())?.each(&address.key);
                let scope = ModuleScope::new(self, address.module.clone(), each.clone());
                let mut results = results_of(&block.lifecycle.preconditions, &scope)?;
                let rules = &block.lifecycle.postconditions;
                match self.result(address) {
                    Some(object) => {
                        let scope = ModuleScope::new(self, address.module.clone(), each).with_self(object);
                        results.extend(results_of(rules, &scope)?);
                    }
                    // Where a precondition does not hold, there is no object to look at.
                    None if results.iter().any(|r| r.status == ConditionStatus::Fail) => {}
                    None => results.extend(rules.iter().map(|_| ConditionResult::UNKNOWN)),
                }
                Ok(results)
            }
            Checkable::Output(module, name) => {
                let output = self.module_config(module).and_then(|m| m.outputs.get(name));
                let scope = ModuleScope::new(self, module.clone(), Each::None);
                results_of(output.map_or(&[][..], |o| &o.preconditions), &scope)
            }
            Checkable::Check(module, name) => {
                let block = self.module_config(module).and_then(|m| m.checks.get(name));
                let scope = ModuleScope::new(self, module.clone(), Each::None);
                results_of(block.map_or(&[][..], |b| &b.asserts), &scope)
            }
            Checkable::Variable(module, name) => {
                let variable = self.module_config(module).and_then(|m| m.variables.get(name));
                let Some(variable) = variable.filter(|v| !v.validations.is_empty()) else {
                    return Ok(Vec::new());
                };
                let value = self.unchecked_variable(module, name)?;
                let inner = ModuleScope::new(self, module.clone(), Each::None);
                let scope = OwnVariable { inner, name, value: &value };
                results_of(&variable.validations, &scope)
            }
        }
    }

    /// Evaluates every variable, local value and output of all module instances that are known
    /// so far, used or not, and says what is wrong with them.
    pub fn problems_of_values(&self) -> Diagnostics {
        let mut problems = Diagnostics::new();
        for module in self.module_instances().0 {
            let Some(config) = self.module_config(&module) else { continue };
            let names = (config.variables.keys().cloned().map(Named::Variable))
                .chain(config.locals.keys().cloned().map(Named::Local))
                .chain(config.outputs.keys().cloned().map(Named::Output));
            for name in names {
                if let Err(Stop::Failed(more)) = self.named(&module, &name) {
                    problems.append(more);
                }
            }
        }
        problems
    }

    /// How the asserts of a `check` block of a module instance turned out. What does not hold is a warning: it never stops
    /// a plan. What cannot be evaluated is an error, as everywhere.
    pub fn check_block(&self, module: &ModuleInstance, name: &str) -> Evaluated<Vec<ConditionResult>> {
        let Some(block) = self.module_config(module).and_then(|m| m.checks.get(name)) else {
            return Ok((Vec::new(), Diagnostics::new()));
        };
        let scope = ModuleScope::new(self, module.clone(), Each::None);
        let (mut problems, mut results, mut blocked) = (Diagnostics::new(), Vec::new(), BTreeSet::new());
        for rule in &block.asserts {
            let outcome = message_type(rule, &scope)
                .and_then(|(_, found)| Ok((found, check(rule, &scope, "Check block assertion failed")?)));
            match outcome {
                Ok((found, (result, failed))) => {
                    problems.append(found);
                    results.push(result);
                    let warning = |d| named(Some(module), Diagnostic { severity: Severity::Warning, ..d });
                    problems.extend(failed.map(warning));
                }
                Err(Stop::Failed(found)) => problems.append(found),
                Err(Stop::Blocked(on)) => blocked.extend(on),
            }
        }
        if blocked.is_empty() { Ok((results, problems)) } else { Err(Stop::Blocked(blocked)) }
    }
}
