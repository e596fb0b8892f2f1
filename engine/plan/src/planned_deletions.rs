//! Deletions that providers want to plan themselves: they may refuse, warn, or keep something for when the
//! object is deleted.

use crate::driver::Found;
use crate::kept::last_provider_config;
use crate::options::PlanInputs;
use crate::refresh::with_address;
use crate::{Action, ResourceChange};
use futures::StreamExt;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_provider::PlanRequest;
use terrane_value::Value;

/// Asks the providers that want to be asked what they make of the deletions among `changes`. One whose configuration is only known
/// after apply is not.
pub(crate) async fn plan_deletions(
    ev: &Evaluator<'_>,
    inputs: &PlanInputs<'_>,
    found: &mut Found,
    changes: &mut [Arc<ResourceChange>],
    at_a_time: usize,
) -> Diagnostics {
    let problems = connect(ev, inputs, found, changes).await;
    if problems.has_errors() {
        return problems;
    }
    let found = &*found;
    let deletions = changes.iter_mut().filter(|change| change.action == Action::Delete);
    let asks = deletions.map(|change| plan_deletion(ev, inputs, found, Arc::make_mut(change)));
    let answers: Vec<Diagnostics> = futures::stream::iter(asks).buffered(at_a_time.max(1)).collect().await;
    problems.into_iter().chain(answers.into_iter().flatten()).collect()
}

/// Connects to the providers that want to be asked and that no object was read with (`-refresh=false`).
async fn connect(
    ev: &Evaluator<'_>,
    inputs: &PlanInputs<'_>,
    found: &mut Found,
    changes: &[Arc<ResourceChange>],
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let mut tried = BTreeSet::new();
    for change in changes.iter().filter(|change| change.action == Action::Delete) {
        let address = &change.provider;
        let provider = inputs.providers.serving_instance(address, &change.address);
        let Some(provider) = provider.filter(|provider| provider.plans_deletions()) else { continue };
        if found.clients.contains_key(address) || !tried.insert(address) {
            continue;
        }
        let last = last_provider_config(ev, inputs.schemas, &found.state, address);
        let config =
            match last.and_then(|last| last.map_or_else(|| ev.provider_config(address).map(|c| c.0), Ok)) {
                Ok(config) => config.unmark_deep().0,
                Err(Stop::Blocked(_)) => continue,
                Err(Stop::Failed(failed)) => {
                    problems.append(failed);
                    continue;
                }
            };
        if config.is_wholly_known() {
            match provider.configure(&config).await {
                Ok(client) => drop(found.clients.insert(address.clone(), client)),
                Err(failed) => problems.append(failed),
            }
        }
    }
    problems
}

async fn plan_deletion(
    ev: &Evaluator<'_>,
    inputs: &PlanInputs<'_>,
    found: &Found,
    change: &mut ResourceChange,
) -> Diagnostics {
    let provider = inputs.providers.serving_instance(&change.provider, &change.address);
    let Some(provider) = provider.filter(|provider| provider.plans_deletions()) else {
        return Diagnostics::new();
    };
    let Some(client) = found.clients.get(&change.provider) else { return Diagnostics::new() };
    // A module that is gone says nothing of itself any more.
    let client = match ev.provider_meta(&change.address.module, &change.provider.provider) {
        Ok((meta, _)) => provider.for_module(client.clone(), meta),
        Err(Stop::Blocked(_)) => client.clone(),
        Err(Stop::Failed(problems)) => return problems,
    };
    let (prior, _) = change.before.unmark_deep();
    let null = Value::null(prior.ty());
    let request = PlanRequest {
        type_name: change.address.resource.type_name.to_string(),
        prior,
        config: null.clone(),
        proposed: null,
        private: change.private.clone(),
    };
    let answer = provider.plan(&client, request).await;
    let mut problems = answer.diagnostics;
    if !problems.has_errors() && !answer.planned.is_null() {
        problems.push(Diagnostic::error(
            "Provider produced invalid plan",
            format!(
                "The provider {} planned to keep something of {}, which is to be destroyed. This is a defect of the \
                 provider.",
                change.provider.provider.short(),
                change.address
            ),
        ));
    }
    change.private = answer.private;
    with_address(problems, &change.address)
}
