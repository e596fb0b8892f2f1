//! Planning as a whole: what the driver found becomes a [`Plan`].

use crate::change::prevented;
use crate::driver::{Driver, Found};
use crate::moves::moved_state;
use crate::options::{PlanInputs, PlanOptions};
use crate::order::spread_create_before_destroy;
use crate::refresh::PriorObject;
use crate::{
    Action, ActionReason, ChangeKind, CheckResult, CheckStatus, Event, OutputChange, Plan, PlanMode,
    ResourceChange,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, ModulePath, ResourceInstance};
use terrane_config::Repetition;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{ConditionStatus, Evaluator, Stop};
use terrane_provider::Private;
use terrane_state::StateWrite;
use terrane_value::{Marks, Type, Value};

/// Makes a plan. With errors the plan is incomplete, marked so, and only good for showing.
pub async fn plan(ev: &Evaluator<'_>, inputs: &PlanInputs<'_>, options: &PlanOptions) -> (Plan, Diagnostics) {
    if options.mode == PlanMode::Destroy {
        deliver_stored_data(ev, inputs).await;
    }
    let (moved, previous, mut problems) = moved_state(inputs);
    let mut found = Driver::new(ev, inputs, options, moved).run().await;
    problems.append(std::mem::take(&mut found.problems));
    problems.append(not_supported(inputs));
    let failed = problems.has_errors();
    if !failed && options.mode != PlanMode::Destroy {
        forget_undeclared_data(&mut found);
    }

    let mut changes: Vec<ResourceChange> = std::mem::take(&mut found.changes).into_values().collect();
    if options.mode != PlanMode::RefreshOnly {
        changes.extend(deletions(inputs, options, &found, failed));
        for change in changes.iter().filter(|c| c.action == Action::Delete && c.deposed.is_none()) {
            match ev.prevent_destroy(&change.address) {
                Ok(true) => problems.push(prevented(change)),
                Ok(false) | Err(Stop::Blocked(_)) => {}
                Err(Stop::Failed(more)) => problems.append(more),
            }
        }
    }
    for change in &mut changes {
        change.previous_address = previous.get(&change.address).cloned();
    }
    resolve_depends_on(&mut changes, &found);
    spread_create_before_destroy(&mut changes);
    changes.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));

    let outputs = outputs(ev, inputs, options, &mut problems);
    let checks = if failed || options.mode == PlanMode::Destroy {
        Vec::new()
    } else {
        check_blocks(ev, &mut problems)
    };
    let drift: Vec<Arc<ResourceChange>> = drift(&found).into_iter().map(Arc::new).collect();
    let changes: Vec<Arc<ResourceChange>> = changes.into_iter().map(Arc::new).collect();
    for change in &drift {
        (inputs.events)(Event::Drift(change.clone()));
    }
    for change in changes.iter().filter(|c| c.action != Action::NoOp) {
        (inputs.events)(Event::Planned(change.clone()));
    }
    let plan = Plan {
        mode: options.mode,
        variables: ev.inputs().variables.clone(),
        changes,
        drift,
        outputs,
        checks,
        base_state: inputs.state.clone(),
        prior_state: found.state,
        timestamp: inputs.timestamp.clone(),
        errored: problems.has_errors(),
    };
    (plan, problems)
}

/// What the configuration asks for and this version cannot do. Ignoring it would change what an
/// apply means, so it is refused.
fn not_supported(inputs: &PlanInputs<'_>) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let mut refuse = |what: &str, span| {
        problems.push(
            Diagnostic::error(
                "Not supported",
                format!("{what} are not supported by this version of Terrane."),
            )
            .at(span),
        );
    };
    for module in inputs.config.modules.values() {
        for import in &module.imports {
            refuse("Import blocks", import.span);
        }
        for provisioner in module.resources.values().flat_map(|r| &r.provisioners) {
            refuse("Provisioners", provisioner.span);
        }
    }
    problems
}

/// A destroy plan does not read data sources: provider configurations that are made from them
/// use what the state remembers.
async fn deliver_stored_data(ev: &Evaluator<'_>, inputs: &PlanInputs<'_>) {
    for (address, resource, instance) in inputs.state.instances() {
        let (Mode::Data, Some(object)) = (address.resource.mode, &instance.current) else { continue };
        let schema =
            inputs.schemas.resource(&resource.provider.provider, Mode::Data, &address.resource.type_name);
        let Some(schema) = schema else { continue };
        if let Ok(value) =
            terrane_value::from_json_with_type(&object.attributes, &schema.block.implied_type())
        {
            ev.deliver(
                &address,
                &crate::objects::mark_object(&schema.block, &value, &object.sensitive_paths),
            );
        }
    }
}

/// Results of data sources that the configuration no longer has mean nothing any more.
fn forget_undeclared_data(found: &mut Found) {
    let stale: Vec<ResourceInstance> = (found.state.instances())
        .map(|(address, ..)| address)
        .filter(|address| address.resource.mode == Mode::Data && !found.desired.contains(address))
        .collect();
    for address in stale {
        found.state.write(StateWrite::Remove { address, deposed: None });
    }
}

/// Objects that are no longer wanted: all of them in a destroy plan, otherwise those of
/// instances that the configuration does not have, and deposed ones.
fn deletions(
    inputs: &PlanInputs<'_>,
    options: &PlanOptions,
    found: &Found,
    failed: bool,
) -> Vec<ResourceChange> {
    let mut deletions = Vec::new();
    for ((address, deposed), prior) in &found.prior {
        let Some(current) = &prior.current else { continue };
        // With errors it is not certain which instances there should be.
        let wanted = deposed.is_none() && (found.desired.contains(address) || failed);
        if wanted && options.mode != PlanMode::Destroy {
            continue;
        }
        let reason = match (options.mode, deposed) {
            (PlanMode::Destroy, _) | (_, Some(_)) => None,
            _ => Some(deletion_reason(inputs, address)),
        };
        let forget = deposed.is_none() && options.mode != PlanMode::Destroy && is_forgotten(inputs, address);
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
        dependencies: Vec::new(),
        create_before_destroy: prior.object.create_before_destroy,
    }
}

/// Whether a `removed` block says that the object stays.
fn is_forgotten(inputs: &PlanInputs<'_>, address: &ResourceInstance) -> bool {
    inputs.config.modules.iter().any(|(path, module)| {
        module.removed.iter().any(|removed| {
            !removed.destroy
                && match &removed.from {
                    terrane_config::MovedTarget::Resource(from) => {
                        let at: Vec<_> =
                            path.0.iter().cloned().chain(from.module.path().0.iter().cloned()).collect();
                        at[..] == address.module.path().0[..] && from.resource == address.resource
                    }
                    terrane_config::MovedTarget::Module(from) => {
                        let at: Vec<_> =
                            path.0.iter().cloned().chain(from.path().0.iter().cloned()).collect();
                        address.module.path().0.starts_with(&at)
                    }
                }
        })
    })
}

fn deletion_reason(inputs: &PlanInputs<'_>, address: &ResourceInstance) -> ActionReason {
    let config = address.config();
    if !inputs.config.modules.contains_key(&config.module) {
        return ActionReason::DeleteBecauseNoModule;
    }
    let Some(block) = inputs.config.resource(&config) else {
        return ActionReason::DeleteBecauseNoResourceConfig;
    };
    match (&block.repetition, &address.key) {
        (Repetition::Count(_), InstanceKey::Int(_)) => ActionReason::DeleteBecauseCountIndex,
        (Repetition::ForEach(_), InstanceKey::String(_)) => ActionReason::DeleteBecauseEachKey,
        (Repetition::Single, InstanceKey::None) => ActionReason::DeleteBecauseNoModule,
        _ => ActionReason::DeleteBecauseWrongRepetition,
    }
}

/// Adds the instances of the resources that `depends_on` names to the dependencies.
fn resolve_depends_on(changes: &mut [ResourceChange], found: &Found) {
    let mut by_resource: BTreeMap<_, Vec<ResourceInstance>> = BTreeMap::new();
    for address in found.desired.iter() {
        by_resource.entry(address.config()).or_default().push(address.clone());
    }
    for change in changes {
        let Some(depends_on) = found.depends_on.get(&change.address) else { continue };
        for resource in depends_on {
            change.dependencies.extend(by_resource.get(resource).into_iter().flatten().cloned());
        }
        change.dependencies.sort();
        change.dependencies.dedup();
    }
}

/// What was changed outside of Terrane: objects that are not as the state has them.
fn drift(found: &Found) -> Vec<ResourceChange> {
    let mut drift: Vec<ResourceChange> = (found.prior.iter())
        .filter(|((_, deposed), _)| deposed.is_none())
        .filter_map(|((address, _), prior)| {
            let (action, after) = match &prior.current {
                None => (Action::Delete, Value::null(prior.stored.ty())),
                Some(current) if *current != prior.stored => (Action::Update, current.clone()),
                Some(_) => return None,
            };
            Some(ResourceChange {
                address: address.clone(),
                previous_address: None,
                deposed: None,
                provider: prior.provider.clone(),
                action,
                reason: None,
                before: prior.stored.clone(),
                after,
                requires_replace: Vec::new(),
                private: Private::from([]),
                importing: None,
                dependencies: Vec::new(),
                create_before_destroy: false,
            })
        })
        .collect();
    drift.sort_by(|a, b| a.address.cmp(&b.address));
    drift
}

fn outputs(
    ev: &Evaluator<'_>,
    inputs: &PlanInputs<'_>,
    options: &PlanOptions,
    problems: &mut Diagnostics,
) -> BTreeMap<Arc<str>, OutputChange> {
    let mut changes = BTreeMap::new();
    let root = inputs.config.module(&ModulePath::root());
    let declared = root.map(|m| &m.outputs);
    for (name, before) in &inputs.state.outputs {
        if options.mode == PlanMode::Destroy || declared.is_none_or(|d| !d.contains_key(name)) {
            let change = OutputChange {
                before: before.value.clone(),
                after: Value::null(Type::Dynamic),
                sensitive: before.sensitive,
                action: Action::Delete,
            };
            changes.insert(name.clone(), change);
        }
    }
    if options.mode == PlanMode::Destroy {
        return changes;
    }
    for (name, output) in declared.into_iter().flatten() {
        let value = match ev.output(name) {
            Ok((value, warnings)) => {
                problems.append(warnings);
                value
            }
            Err(Stop::Failed(more)) => {
                problems.append(more);
                continue;
            }
            // Something that it needs failed, which is reported already.
            Err(Stop::Blocked(_)) => continue,
        };
        if output.ephemeral {
            continue;
        }
        let sensitive = output.sensitive || value.any_marks(&Marks::is_sensitive);
        let (after, _) = value.unmark_deep();
        let prior = inputs.state.outputs.get(name);
        let before = prior.map_or_else(|| Value::null(Type::Dynamic), |p| p.value.clone());
        let action = match prior {
            None if after.is_null() => Action::NoOp,
            None => Action::Create,
            Some(_) if after.is_null() => Action::Delete,
            Some(prior) if prior.value == after && prior.sensitive == output.sensitive => Action::NoOp,
            Some(_) => Action::Update,
        };
        changes.insert(name.clone(), OutputChange { before, after, sensitive, action });
    }
    changes
}

/// How the asserts of all `check` blocks turn out with what is known. What does not hold is a
/// warning.
pub fn check_blocks(ev: &Evaluator<'_>, problems: &mut Diagnostics) -> Vec<CheckResult> {
    let mut results: BTreeMap<String, CheckResult> = BTreeMap::new();
    for module in ev.module_instances().0 {
        let Some(config) = ev.inputs().config.module(&module.path()) else { continue };
        for name in config.checks.keys() {
            let dot = if module.is_root() { "" } else { "." };
            let (own, address) =
                (format!("{module}{dot}check.{name}"), format!("{}{dot}check.{name}", module.path()));
            let (status, messages) = match ev.check_block(&module, name) {
                Ok((conditions, warnings)) => {
                    problems.append(warnings);
                    let messages = conditions.iter().filter_map(|c| c.message.clone()).collect::<Vec<_>>();
                    (summary(conditions.iter().map(|c| c.status)), messages)
                }
                Err(Stop::Blocked(_)) => (CheckStatus::Unknown, Vec::new()),
                Err(Stop::Failed(more)) => {
                    problems.append(more);
                    (CheckStatus::Error, Vec::new())
                }
            };
            let result = results.entry(address.clone()).or_insert_with(|| CheckResult {
                kind: ChangeKind::Check,
                address,
                status: CheckStatus::Pass,
                instances: Vec::new(),
            });
            result.status = worse(result.status, status);
            result.instances.push((own, status, messages));
        }
    }
    results.into_values().collect()
}

fn summary(conditions: impl Iterator<Item = ConditionStatus>) -> CheckStatus {
    conditions.fold(CheckStatus::Pass, |worst, condition| {
        worse(
            worst,
            match condition {
                ConditionStatus::Pass => CheckStatus::Pass,
                ConditionStatus::Fail => CheckStatus::Fail,
                ConditionStatus::Unknown => CheckStatus::Unknown,
            },
        )
    })
}

fn worse(a: CheckStatus, b: CheckStatus) -> CheckStatus {
    let rank = |s| match s {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}
