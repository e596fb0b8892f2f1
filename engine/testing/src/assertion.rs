//! Whether what must hold after a run does.

use crate::scope::TestScope;
use terrane_config::CheckRule;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::{evaluate, referenced_values};
use terrane_value::{Kind, Marks, Type, Value, convert};

/// How an assertion turned out.
pub(crate) enum Asserted {
    /// It holds.
    Holds,
    /// It does not.
    Fails(Diagnostic),
    /// It has no answer.
    Broken(Diagnostics),
}

/// Evaluates an assertion.
pub(crate) fn check(rule: &CheckRule, scope: &TestScope<'_, '_>) -> Asserted {
    let outcome = evaluate(&rule.condition, scope);
    if outcome.diagnostics.has_errors() {
        return Asserted::Broken(outcome.diagnostics);
    }
    let broken = |summary: &str, detail: String| {
        let mut problem = Diagnostic::error(summary, detail).at(rule.condition.span).within(rule.span);
        problem.values = referenced_values(&rule.condition, scope);
        Asserted::Broken(problem.into())
    };
    let (value, _) = outcome.value.unmark_deep();
    if !outcome.blocked.is_empty() || !value.is_known() {
        return broken(
            "Unknown condition value",
            "The condition depends on a value that is not known: this run plans only, and the value is known after \
             apply. Leave the value out of the condition, let the run apply, or give the value in an override or a \
             mock with override_during = plan. With -override-during=plan, as in OpenTofu, this counts for all of them."
                .into(),
        );
    }
    if value.is_null() {
        return broken(
            "Invalid condition run result",
            "The condition must be true or false, not null.".into(),
        );
    }
    let condition = match convert(&value, &Type::Bool) {
        Ok(condition) => condition,
        Err(error) => return broken("Invalid condition run result", format!("The condition: {error}.")),
    };
    if let Kind::Bool(true) = condition.kind() {
        return Asserted::Holds;
    }
    match message(rule, scope) {
        Ok(message) => {
            let problem = Diagnostic::error("Test assertion failed", message);
            let mut problem = problem.at(rule.condition.span).within(rule.span);
            problem.values = referenced_values(&rule.condition, scope);
            Asserted::Fails(problem)
        }
        Err(problems) => Asserted::Broken(problems),
    }
}

fn message(rule: &CheckRule, scope: &TestScope<'_, '_>) -> Result<String, Diagnostics> {
    let outcome = evaluate(&rule.error_message, scope);
    if outcome.diagnostics.has_errors() {
        return Err(outcome.diagnostics);
    }
    let hidden = |what: &str| {
        format!(
            "The error message refers to {what} values, so it is not shown. Take them out of error_message."
        )
    };
    if outcome.value.any_marks(&Marks::is_sensitive) {
        return Ok(hidden("sensitive"));
    }
    if outcome.value.any_marks(&Marks::is_ephemeral) {
        return Ok(hidden("ephemeral"));
    }
    let text = convert(&outcome.value.unmark_deep().0, &Type::String).unwrap_or(Value::NULL);
    Ok(text.as_str().map_or_else(
        || "The assertion does not hold, and its error_message has no value that can be shown.".to_owned(),
        |text| text.trim().to_owned(),
    ))
}
