//! What is only known after apply and decides what there is: put off to a later round, or told.

use crate::{Evaluator, Stop};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_config::Repetition;
use terrane_diagnostics::Diagnostic;
use terrane_syntax::Expr;
use terrane_value::{Kind, Type, Value};

/// Something that cannot be planned before an apply has made known what it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deferred {
    /// What it is: a resource, a module call or a provider configuration.
    pub what: String,
    /// The argument that is not known.
    pub argument: String,
    /// The instances whose results it waits for.
    pub waits_for: BTreeSet<ResourceInstance>,
}

impl Evaluator<'_> {
    /// From now on, what is only known after apply is put off: who asks for it is blocked on a
    /// result that does not come.
    pub fn plan_in_rounds(&self) {
        self.in_rounds.set(true);
    }

    /// Whether what is not known is put off.
    pub fn is_in_rounds(&self) -> bool {
        self.in_rounds.get()
    }

    /// What was put off so far, each thing once.
    pub fn deferred(&self) -> Vec<Deferred> {
        self.deferred.borrow().values().cloned().collect()
    }

    /// Puts something off.
    pub fn defer(&self, deferred: Deferred) -> Stop {
        let fact: Arc<str> = format!("later round: {} {}", deferred.what, deferred.argument).into();
        self.deferred.borrow_mut().insert(fact.clone(), deferred);
        Stop::Blocked([fact].into())
    }

    /// The instances that `value` was made from and whose results are not wholly known yet.
    pub fn unknown_origins(&self, value: &Value) -> BTreeSet<ResourceInstance> {
        let origins = value.origins();
        let origins = origins.iter().filter_map(|origin| origin.parse::<ResourceInstance>().ok());
        origins
            .filter(|origin| self.result(origin).is_some_and(|v| !v.unmark_deep().0.is_wholly_known()))
            .collect()
    }

    /// Puts instances off, or fails, when the value that says which there are is not known.
    pub(crate) fn check_known(
        &self,
        what: &dyn Fn() -> String,
        repetition: &Repetition,
        value: &Value,
    ) -> Result<(), Stop> {
        let (argument, expr) = match repetition {
            Repetition::Single => return Ok(()),
            Repetition::Enabled(expr) => ("enabled", expr),
            Repetition::Count(expr) => ("count", expr),
            Repetition::ForEach(expr) => ("for_each", expr),
        };
        let forbidden = value.marks().is_ephemeral() || value.marks().is_sensitive() && argument != "count";
        if forbidden || is_known(repetition, value) {
            return Ok(());
        }
        let waits_for = self.unknown_origins(value);
        let deferred = Deferred { what: what(), argument: argument.to_owned(), waits_for };
        if self.is_in_rounds() {
            return Err(self.defer(deferred));
        }
        Err(unknown(&deferred, expr).into())
    }
}

fn is_known(repetition: &Repetition, value: &Value) -> bool {
    match (repetition, value.kind()) {
        (Repetition::ForEach(_), Kind::Unknown(ty, _)) => {
            // Other types are refused for what they are.
            !matches!(ty, Type::Map(_) | Type::Set(_) | Type::Object(_) | Type::Dynamic)
        }
        (Repetition::ForEach(_), Kind::Set(Type::String | Type::Dynamic, elements)) => {
            elements.iter().all(Value::is_known)
        }
        (Repetition::ForEach(_), _) => true,
        (_, kind) => !matches!(kind, Kind::Unknown(..)),
    }
}

fn unknown(deferred: &Deferred, expr: &Expr) -> Diagnostic {
    let argument = &deferred.argument;
    let consequence = match &**argument {
        "count" => "Terrane cannot predict how many instances will be created",
        "for_each" => "Terrane cannot determine the full set of keys that will identify the instances",
        _ => "Terrane cannot tell whether the resource exists",
    };
    let keys = match &**argument {
        "for_each" => {
            " Keys that the configuration itself defines, with apply-time results only in the values, avoid this \
             altogether."
        }
        _ => "",
    };
    let detail = format!(
        "The \"{argument}\" value of {} depends on resource attributes that cannot be determined until apply, so \
         {consequence}.{}{keys}",
        deferred.what,
        how_to_know(&deferred.waits_for)
    );
    Diagnostic::error(format!("Invalid {argument} argument"), detail).at(expr.span)
}

/// Sentences that say what would make something known that waits for these.
pub fn how_to_know(waits_for: &BTreeSet<ResourceInstance>) -> String {
    const SHOWN: usize = 5;
    let rounds = "-rounds, which plans and applies in rounds what is known in each";
    if waits_for.is_empty() {
        return format!(" Use {rounds}.");
    }
    let names: Vec<String> = waits_for.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if waits_for.len() > SHOWN { ", ..." } else { "" };
    let targets: Vec<String> = waits_for.iter().take(SHOWN).map(|a| format!("-target='{a}'")).collect();
    format!(
        " It is known when these are applied: {}{more}. Apply them first ({}{more}), or use {rounds}.",
        names.join(", "),
        targets.join(" ")
    )
}
