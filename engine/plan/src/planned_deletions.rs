//! Deletions that providers want to plan themselves: they may refuse, warn, or keep something for when the
//! object is deleted.

use crate::driver::Found;
use crate::options::PlanInputs;
use crate::refresh::with_address;
use crate::{Action, ResourceChange};
use futures::StreamExt;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::PlanRequest;
use terrane_value::Value;

/// Asks the providers that want to be asked what they make of the deletions among `changes`. A provider that no object
/// was read with (`-refresh=false`) is not connected to for this alone.
pub(crate) async fn plan_deletions(
    inputs: &PlanInputs<'_>,
    found: &Found,
    changes: &mut [ResourceChange],
    at_a_time: usize,
) -> Diagnostics {
    let deletions = changes.iter_mut().filter(|change| change.action == Action::Delete);
    let asks = deletions.map(|change| plan_deletion(inputs, found, change));
    let answers: Vec<Diagnostics> = futures::stream::iter(asks).buffered(at_a_time.max(1)).collect().await;
    answers.into_iter().flatten().collect()
}

async fn plan_deletion(inputs: &PlanInputs<'_>, found: &Found, change: &mut ResourceChange) -> Diagnostics {
    let provider = inputs.providers.serving_instance(&change.provider, &change.address);
    let Some(provider) = provider.filter(|provider| provider.plans_deletions()) else {
        return Diagnostics::new();
    };
    let Some(client) = found.clients.get(&change.provider) else { return Diagnostics::new() };
    let (prior, _) = change.before.unmark_deep();
    let null = Value::null(prior.ty());
    let request = PlanRequest {
        type_name: change.address.resource.type_name.to_string(),
        prior,
        config: null.clone(),
        proposed: null,
        private: change.private.clone(),
    };
    let answer = provider.plan(client, request).await;
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
