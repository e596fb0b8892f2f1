//! Actions: that what triggers name is declared, and that a plan cannot carry them out.

use super::Problems;
use crate::{Config, Module, Repetition};
use terrane_diagnostics::{Diagnostic, nearest};

pub(super) fn check(config: &Config, module: &Module, problems: &mut Problems) {
    for action in module.actions.values() {
        let wanted = &action.provider;
        if config.provider_config(&module.path, &wanted.local_name, wanted.alias.as_ref()).is_none() {
            let detail = format!(
                "action.{}.{} needs the provider configuration {wanted}, which its module does not have. Declare it with a \
                 \"provider\" block, or have it passed by the \"providers\" argument of the module's call.",
                action.name.0, action.name.1
            );
            problems.errors.push(
                Diagnostic::error("Provider configuration not present", detail).at(action.provider.span),
            );
        }
    }
    for trigger in module.resources.values().flat_map(|r| &r.lifecycle.action_triggers) {
        for reference in &trigger.actions {
            let (kind, name) = &reference.action;
            let Some(action) = module.actions.get(&reference.action) else {
                let declared: Vec<String> =
                    module.actions.keys().map(|(kind, name)| format!("action.{kind}.{name}")).collect();
                let hint = nearest(&format!("action.{kind}.{name}"), declared.iter().map(String::as_str))
                    .map(|near| format!(" Did you mean {near}?"))
                    .unwrap_or_default();
                let detail = format!("No action \"{kind}\" \"{name}\" is declared in this module.{hint}");
                problems
                    .errors
                    .push(Diagnostic::error("Reference to undeclared action", detail).at(reference.span));
                continue;
            };
            if reference.key.is_some() && matches!(action.repetition, Repetition::Single) {
                let detail = format!(
                    "action.{kind}.{name} has neither \"count\" nor \"for_each\", so there is nothing to choose by a key."
                );
                problems
                    .errors
                    .push(Diagnostic::error("Invalid action reference", detail).at(reference.span));
            }
        }
        let detail = "Actions are understood, but cannot be carried out yet. Remove the \"action_trigger\" block, or do \
                      what it is for with a provisioner.";
        problems.planning.push(Diagnostic::error("Actions are not carried out", detail).at(trigger.span));
    }
}
