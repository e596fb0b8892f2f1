//! Conditions: preconditions, postconditions, validations and asserts.

use crate::evaluator::finish;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluated, Evaluator, Stop};
use std::collections::BTreeSet;
use terrane_address::ModuleInstance;
use terrane_config::CheckRule;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::{Scope, evaluate};
use terrane_value::{Kind, Marks, Type, Value, convert};

/// How one condition turned out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionResult {
    /// The outcome.
    pub status: ConditionStatus,
    /// What is said when it does not hold.
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

/// Evaluates all rules. Those that do not hold are errors with `summary`.
pub(crate) fn check_all(
    rules: &[CheckRule],
    scope: &dyn Scope,
    summary: &str,
) -> Result<(Diagnostics, Vec<ConditionResult>), Stop> {
    let (mut problems, mut results, mut blocked) = (Diagnostics::new(), Vec::new(), BTreeSet::new());
    for rule in rules {
        match check(rule, scope, summary) {
            Ok((result, problem)) => {
                results.push(result);
                problems.extend(problem);
            }
            Err(Stop::Failed(more)) => problems.append(more),
            Err(Stop::Blocked(on)) => blocked.extend(on),
        }
    }
    if blocked.is_empty() { Ok((problems, results)) } else { Err(Stop::Blocked(blocked)) }
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
            let problem =
                Diagnostic::error(summary, message.clone()).at(rule.condition.span).within(rule.span);
            Ok((ConditionResult { status: ConditionStatus::Fail, message: Some(message) }, Some(problem)))
        }
        _ => Ok((ConditionResult { status: ConditionStatus::Unknown, message: None }, None)),
    }
}

fn error_message(rule: &CheckRule, scope: &dyn Scope) -> Result<String, Stop> {
    let (message, _) = finish(evaluate(&rule.error_message, scope))?;
    if message.any_marks(&Marks::is_sensitive) {
        return Ok("The error message included a sensitive value, so it will not be displayed. Consider \
                   correcting it so that it does not refer to sensitive values."
            .into());
    }
    let message = convert(&message.unmark_deep().0, &Type::String).unwrap_or(Value::NULL);
    Ok(message.as_str().map_or_else(
        || "The condition does not hold, and its error_message has no value that can be shown.".to_owned(),
        |text| text.trim().to_owned(),
    ))
}

impl Evaluator<'_> {
    /// How the asserts of a `check` block of a module instance turned out. What does not hold,
    /// or cannot be evaluated, is a warning: checks never stop a plan.
    pub fn check_block(&self, module: &ModuleInstance, name: &str) -> Evaluated<Vec<ConditionResult>> {
        let Some(block) = self.module_config(module).and_then(|m| m.checks.get(name)) else {
            return Ok((Vec::new(), Diagnostics::new()));
        };
        let scope = ModuleScope::new(self, module.clone(), Each::None);
        let (problems, results) = match check_all(&block.asserts, &scope, "Check block assertion failed") {
            Err(Stop::Failed(problems)) => (problems, Vec::new()),
            other => other?,
        };
        let warnings = problems
            .into_iter()
            .map(|d| Diagnostic { severity: terrane_diagnostics::Severity::Warning, ..d })
            .collect();
        Ok((results, warnings))
    }
}
