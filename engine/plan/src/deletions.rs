//! Objects that are in state and no longer wanted.

use crate::driver::{Found, is_declared};
use crate::options::{PlanInputs, PlanOptions};
use crate::refresh::PriorObject;
use crate::{Action, ActionReason, PlanMode, ResourceChange};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use terrane_address::{InstanceKey, ModuleInstance, ResourceInstance};
use terrane_config::{MovedTarget, Repetition};
use terrane_evaluate::Evaluator;
use terrane_value::Value;

/// Why objects go.
pub(crate) struct Reasons<'a> {
    pub(crate) ev: &'a Evaluator<'a>,
    pub(crate) inputs: &'a PlanInputs<'a>,
    /// The module instances that there are.
    pub(crate) modules: HashSet<ModuleInstance>,
    /// Where objects were before they moved.
    pub(crate) previous: &'a HashMap<ResourceInstance, ResourceInstance>,
}

/// Objects that are no longer wanted: all of them in a destroy plan, otherwise those of
/// instances that the configuration does not have, and deposed ones.
pub(crate) fn deletions(
    reasons: &Reasons<'_>,
    options: &PlanOptions,
    found: &Found,
    failed: bool,
) -> Vec<ResourceChange> {
    let mut deletions = Vec::new();
    for ((address, deposed), prior) in &found.prior {
        let Some(current) = &prior.current else { continue };
        // With errors it is not certain which instances there should be.
        let declared = || {
            if options.selection.is_all() {
                failed || found.desired.contains(address)
            } else {
                is_declared(reasons.ev, address) != Some(false)
            }
        };
        let wanted = deposed.is_none() && declared();
        if wanted && options.mode != PlanMode::Destroy {
            continue;
        }
        let reason = match (options.mode, deposed) {
            (PlanMode::Destroy, _) | (_, Some(_)) => None,
            _ => Some(reasons.of(address)),
        };
        let retained = match reasons.inputs.config.resource(&address.config()) {
            Some(block) => block.lifecycle.destroy == Some(false),
            None => prior.object.kept.retain && !is_destroyed_on_purpose(reasons.inputs, address),
        };
        let forget = deposed.is_none()
            && (retained || (options.mode != PlanMode::Destroy && is_forgotten(reasons.inputs, address)));
        deletions.push(deletion(address, deposed.as_ref(), prior, current, reason, forget));
    }
    deletions
}

fn deletion(
    address: &ResourceInstance,
    deposed: Option<&Arc<str>>,
    prior: &PriorObject,
    current: &Value,
    reason: Option<ActionReason>,
    forget: bool,
) -> ResourceChange {
    ResourceChange {
        address: address.clone(),
        previous_address: None,
        deposed: deposed.cloned(),
        provider: prior.provider.clone(),
        action: if forget { Action::Forget } else { Action::Delete },
        reason,
        before: current.clone(),
        after: Value::null(current.ty()),
        requires_replace: Vec::new(),
        private: prior.private.clone(),
        importing: None,
        generated_config: None,
        dependencies: Vec::new(),
        create_before_destroy: prior.object.create_before_destroy,
    }
}

/// Whether a `removed` block says that the object stays.
fn is_forgotten(inputs: &PlanInputs<'_>, address: &ResourceInstance) -> bool {
    removals(inputs, address).any(|destroy| !destroy)
}

/// Whether a `removed` block says that the object is to be destroyed.
pub(crate) fn is_destroyed_on_purpose(inputs: &PlanInputs<'_>, address: &ResourceInstance) -> bool {
    removals(inputs, address).any(|destroy| destroy)
}

/// What the `removed` blocks that speak of an object say: whether it is destroyed.
fn removals<'a>(
    inputs: &'a PlanInputs<'_>,
    address: &'a ResourceInstance,
) -> impl Iterator<Item = bool> + 'a {
    inputs.config.modules.iter().flat_map(move |(path, module)| {
        let speaks = move |from: &MovedTarget| match from {
            MovedTarget::Resource(from) => {
                let at: Vec<_> = path.0.iter().cloned().chain(from.module.path().0.iter().cloned()).collect();
                at[..] == address.module.path().0[..] && from.resource == address.resource
            }
            MovedTarget::Module(from) => {
                let at: Vec<_> = path.0.iter().cloned().chain(from.path().0.iter().cloned()).collect();
                address.module.path().0.starts_with(&at)
            }
        };
        module.removed.iter().filter(move |removed| speaks(&removed.from)).map(|removed| removed.destroy)
    })
}

impl Reasons<'_> {
    fn of(&self, address: &ResourceInstance) -> ActionReason {
        let Some(block) = self.inputs.config.resource(&address.config()) else {
            return if self.previous.contains_key(address) {
                ActionReason::DeleteBecauseNoMoveTarget
            } else {
                ActionReason::DeleteBecauseNoResourceConfig
            };
        };
        if !self.modules.contains(&address.module) {
            return ActionReason::DeleteBecauseNoModule;
        }
        match (&block.repetition, &address.key) {
            (Repetition::Count(_), InstanceKey::Int(_)) => ActionReason::DeleteBecauseCountIndex,
            (Repetition::ForEach(_), InstanceKey::String(_)) => ActionReason::DeleteBecauseEachKey,
            _ => ActionReason::DeleteBecauseWrongRepetition,
        }
    }
}
