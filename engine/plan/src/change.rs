//! The change of one managed instance: what the provider would make of prior object and
//! configuration.

use crate::ignore::with_ignored;
use crate::objects::{mark_object, stored_sensitive_paths};
use crate::refresh::{PriorObject, with_address};
use crate::{Action, ActionReason, ResourceChange, WriteOnlyKey};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_evaluate::DesiredInstance;
use terrane_provider::{Client, ImportKey, PlanRequest, PlanResponse, Private, Provider};
use terrane_schema::{Block, Schema, assert_plan_valid, proposed_new};
use terrane_value::{Path, Value};

/// Everything that planning one instance needs, so that it can run beside others.
pub(crate) struct ChangeInput {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) client: Arc<dyn Client>,
    pub(crate) schema: Arc<Schema>,
    pub(crate) desired: DesiredInstance,
    pub(crate) prior: Option<PriorObject>,
    /// The resource block's header, for problems that the provider finds.
    pub(crate) span: Option<Span>,
    pub(crate) write_only_key: Option<WriteOnlyKey>,
    /// Why it must be replaced whatever the provider says.
    pub(crate) forced: Option<ActionReason>,
    /// What the prior object was found by, when it is imported.
    pub(crate) importing: Option<ImportKey>,
}

/// Plans the change.
pub(crate) async fn plan_change(input: ChangeInput) -> (Option<ResourceChange>, Diagnostics) {
    let address = input.desired.address.clone();
    let span = input.span;
    let (change, problems) = plan(input).await;
    let mut problems = with_address(problems, &address);
    for problem in problems.iter_mut() {
        problem.subject = problem.subject.or(span);
    }
    (change, problems)
}

async fn plan(input: ChangeInput) -> (Option<ResourceChange>, Diagnostics) {
    let ChangeInput { provider, client, desired, prior, forced, importing, .. } = input;
    let schema = &input.schema.block;
    let type_name = desired.address.resource.type_name.to_string();
    let maker = desired.provider.provider.short();
    let mut problems = Diagnostics::new();
    let config_sensitive = stored_sensitive_paths(schema, &desired.config);
    let (config, _) = desired.config.unmark_deep();
    problems.append(provider.validate_resource(&type_name, &config));
    if problems.has_errors() {
        return (None, problems);
    }

    let present = prior.as_ref().and_then(|p| p.current.clone());
    let before = present.clone().unwrap_or_else(|| Value::null(schema.implied_type()));
    let (prior_plain, _) = before.unmark_deep();
    let private = prior.as_ref().map_or_else(|| Private::from([]), |p| p.private.clone());
    let effective = with_ignored(&desired, &prior_plain, &config);

    let ask = |prior: Value, config: Value, private: Private| {
        let proposed = proposed_new(schema, &prior, &config);
        let request = PlanRequest { type_name: type_name.clone(), prior, config, proposed, private };
        provider.plan(&client, request)
    };
    let null = Value::null(schema.implied_type());
    let tainted = prior.as_ref().is_some_and(|p| p.tainted && p.current.is_some());
    let first = ask(prior_plain.clone(), effective.clone(), private.clone()).await;
    problems.append(checked(schema, &prior_plain, &effective, &first, &maker));
    if problems.has_errors() {
        return (None, problems);
    }

    let mut answer = first;
    let exists = present.is_some();
    let requires_replace: Vec<Path> = (answer.requires_replace.iter())
        .filter(|path| exists && prior_plain.at(path) != answer.planned.at(path))
        .cloned()
        .collect();
    let (mut action, mut reason) = (Action::NoOp, None);
    if !exists {
        // What is made anyway has been triggered all the same, as Terraform says it.
        let triggered = forced.filter(|forced| *forced == ActionReason::ReplaceByTriggers);
        (action, reason) = (Action::Create, triggered);
    } else if tainted {
        (action, reason) = (Action::DeleteThenCreate, Some(ActionReason::ReplaceBecauseTainted));
    } else if let Some(forced) = forced {
        (action, reason) = (Action::DeleteThenCreate, Some(forced));
    } else if !requires_replace.is_empty() {
        (action, reason) = (Action::DeleteThenCreate, Some(ActionReason::ReplaceBecauseCannotUpdate));
    }
    if action == Action::DeleteThenCreate {
        // Of a new object there is nothing yet whose changes could be ignored.
        answer = ask(null.clone(), config.clone(), Private::from([])).await;
        problems.append(checked(schema, &null, &config, &answer, &maker));
        if problems.has_errors() {
            return (None, problems);
        }
    }
    let after = mark_object(schema, &answer.planned, &config_sensitive);
    // What stays as it is is held once.
    let after = if after == before { before.clone() } else { after };
    if action == Action::NoOp && after != before {
        action = Action::Update;
    }
    if provider.compares_write_only()
        && let Some(kept) = prior.as_ref().and_then(|p| p.object.kept.write_only.as_ref())
    {
        let key = input.write_only_key.as_ref();
        let found = key.map(|key| key.compare(schema, &config, Some(kept)));
        match found {
            Some(found) if !found.other_key => {
                if action == Action::NoOp && !found.changed.is_empty() {
                    (action, reason) = (Action::Update, Some(ActionReason::UpdateBecauseWriteOnlyChanged));
                }
            }
            _ => problems.push(Diagnostic::warning(
                "Write-only values cannot be compared",
                "Whether a value of a write-only argument has changed is seen by digests under a key, and the one that \
                 was used last is not here. If it has changed, plan with the same key (TERRANE_WRITE_ONLY_KEY), or \
                 replace the object with -replace.",
            )),
        }
    }
    let change = ResourceChange {
        address: desired.address.clone(),
        previous_address: None,
        deposed: None,
        provider: desired.provider.clone(),
        action,
        reason,
        before,
        after,
        requires_replace: if action == Action::DeleteThenCreate && !tainted {
            requires_replace
        } else {
            Vec::new()
        },
        private: answer.private,
        importing,
        generated_config: None,
        dependencies: desired.dependencies.iter().cloned().collect(),
        create_before_destroy: desired.create_before_destroy,
    };
    if change.action.is_replace() && desired.prevent_destroy {
        problems.push(prevented(&change));
    }
    (Some(change), problems)
}

/// The problem of a plan that would destroy what must not be destroyed.
pub(crate) fn prevented(change: &ResourceChange) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!(
            "{} has lifecycle.prevent_destroy set, but the plan calls for it to be destroyed. To go on, either \
             set it to false for this resource, or leave the resource out of the plan (-exclude).",
            change.address
        ),
    )
}

/// The problem of a plan that would replace what must not be destroyed either way.
pub(crate) fn kept_and_replaced(change: &ResourceChange) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be replaced",
        format!(
            "{} has lifecycle.destroy = false, which keeps its object from being destroyed, but the plan calls for it \
             to be replaced. Take the object out of the state first (terrane state rm), so that a new one is made \
             beside it, or take the argument out of the configuration.",
            change.address
        ),
    )
}

/// The same, when only the state still knows.
pub(crate) fn prevented_without_block(change: &ResourceChange) -> Diagnostic {
    Diagnostic::error(
        "Instance cannot be destroyed",
        format!(
            "{0} was made with lifecycle.prevent_destroy set, and its block is no longer in the configuration, so the \
             plan calls for it to be destroyed. To destroy it on purpose, replace the block with:\n  removed {{\n    \
             from = {1}\n    lifecycle {{\n      destroy = true\n    }}\n  }}\nWith destroy = false the object stays \
             and is no longer managed. To keep managing it, put the block back.",
            change.address,
            change.address.config()
        ),
    )
}

/// The problems of a provider's answer: its own, and departures from the rules.
fn checked(
    schema: &Block,
    prior: &Value,
    config: &Value,
    answer: &PlanResponse,
    provider: &str,
) -> Diagnostics {
    let mut problems = answer.diagnostics.clone();
    if problems.has_errors() || answer.legacy_types {
        return problems;
    }
    for (path, why) in assert_plan_valid(schema, prior, config, &answer.planned) {
        problems.push(
            Diagnostic::error(
                "Provider produced an invalid plan",
                format!("The provider {provider} planned something that the configuration does not allow: {why}. This is a bug in the provider."),
            )
            .on_attribute(path),
        );
    }
    problems
}
