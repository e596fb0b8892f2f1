//! What was changed outside of Terrane.

use crate::driver::Found;
use crate::{Action, PlanMode, ResourceChange};
use std::collections::HashMap;
use terrane_address::ResourceInstance;
use terrane_provider::Private;
use terrane_value::Value;

/// What was changed outside of Terrane: objects that are not as the state has them.
///
/// In a refresh-only plan, objects that only moved are among it, since nothing else tells of them.
pub(crate) fn drift(
    found: &Found,
    mode: PlanMode,
    previous: &HashMap<ResourceInstance, ResourceInstance>,
) -> Vec<ResourceChange> {
    let mut drift: Vec<ResourceChange> = (found.prior.iter())
        .filter(|((_, deposed), _)| deposed.is_none())
        .filter_map(|((address, _), prior)| {
            let (action, after) = match &prior.current {
                None => (Action::Delete, Value::null(prior.stored.ty())),
                Some(current) if *current != prior.stored => (Action::Update, current.clone()),
                Some(current) if mode == PlanMode::RefreshOnly && previous.contains_key(address) => {
                    (Action::NoOp, current.clone())
                }
                Some(_) => return None,
            };
            Some(ResourceChange {
                address: address.clone(),
                previous_address: previous.get(address).cloned(),
                deposed: None,
                provider: prior.provider.clone(),
                action,
                reason: None,
                before: prior.stored.clone(),
                after,
                requires_replace: Vec::new(),
                private: Private::from([]),
                importing: None,
                generated_config: None,
                dependencies: Vec::new(),
                create_before_destroy: false,
            })
        })
        .collect();
    drift.sort_by(|a, b| a.address.cmp(&b.address));
    drift
}
