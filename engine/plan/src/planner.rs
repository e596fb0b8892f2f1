//! Planning as a whole: what the driver found becomes a [`Plan`].

use crate::change::{kept_and_replaced, prevented, prevented_without_block};
use crate::checks::{check_results, unknown_checks};
use crate::deletions::{Reasons, deletions, is_destroyed_on_purpose};
use crate::dependencies::StaticDependencies;
use crate::drift::drift;
use crate::driver::{Driver, Found};
use crate::ephemeral::{apply_variables, see_through_ephemeral, stored_variables};
use crate::moves::{check_moves, in_order, moved_state};
use crate::options::{PlanInputs, PlanOptions};
use crate::order::spread_create_before_destroy;
use crate::outputs::{module_outputs, outputs};
use crate::planned_deletions::plan_deletions;
use crate::{Action, DeferredPart, Event, Plan, PlanMode, ResourceChange};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use terrane_address::{ConfigResource, Mode, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{Evaluator, Stop};
use terrane_state::{State, StateWrite};

/// Makes a plan. With errors the plan is incomplete, marked so, and only good for showing.
pub async fn plan(ev: &Evaluator<'_>, inputs: &PlanInputs<'_>, options: &PlanOptions) -> (Plan, Diagnostics) {
    let all = options.selection.is_all();
    if options.mode == PlanMode::Destroy {
        deliver_stored(ev, inputs, !all);
    }
    let wrong_moves = check_moves(ev, inputs.config);
    if wrong_moves.has_errors() {
        return (nothing(ev, inputs, options), wrong_moves);
    }
    if options.rounds {
        ev.plan_in_rounds();
    }
    let (moved, previous, mut problems) = moved_state(inputs).await;
    let mut found = Driver::new(ev, inputs, options, moved).run().await;
    problems.append(std::mem::take(&mut found.problems));
    if all && options.mode != PlanMode::Destroy {
        problems.append(ev.problems_of_values());
    }
    problems.append(left_behind(options, &previous, &found));
    let failed = problems.has_errors();
    let deferred = ev.deferred();
    // Which instances there should be, and who still needs what goes, is certain in the last round.
    let last_round = deferred.is_empty();
    if all && !failed && last_round && options.mode != PlanMode::Destroy {
        forget_undeclared_data(&mut found);
    }

    let mut changes: Vec<Arc<ResourceChange>> = std::mem::take(&mut found.changes).into_values().collect();
    if options.mode != PlanMode::RefreshOnly && last_round {
        let modules = ev.module_instances().0.into_iter().collect();
        let reasons = Reasons { ev, inputs, modules, previous: &previous };
        changes.extend(deletions(&reasons, options, &found, failed).into_iter().map(Arc::new));
        problems.append(plan_deletions(ev, inputs, &mut found, &mut changes, options.parallelism).await);
        for change in changes.iter().filter(|c| c.action.is_replace()) {
            if inputs.config.retains(&change.address.config()) {
                problems.push(kept_and_replaced(change));
            }
        }
        for change in changes.iter().filter(|c| c.action == Action::Delete && c.deposed.is_none()) {
            if inputs.config.resource(&change.address.config()).is_none() {
                let prior = found.prior.get(&(change.address.clone(), None));
                let kept = prior.is_some_and(|p| p.object.kept.prevent_destroy);
                if kept && !is_destroyed_on_purpose(inputs, &change.address) {
                    problems.push(prevented_without_block(change));
                }
                continue;
            }
            match ev.prevent_destroy(&change.address) {
                Ok(true) => problems.push(prevented(change)),
                Ok(false) | Err(Stop::Blocked(_)) => {}
                Err(Stop::Failed(more)) => problems.append(more),
            }
        }
    }
    if options.mode != PlanMode::Destroy {
        for change in changes.iter_mut().filter(|change| previous.contains_key(&change.address)) {
            Arc::make_mut(change).previous_address = previous.get(&change.address).cloned();
        }
    }
    let dependencies = StaticDependencies::new(inputs.config);
    add_mentioned(&mut changes, &found.desired, &dependencies);
    see_through_ephemeral(&mut changes, &found);
    if !all {
        problems.push(partial_warning());
    }
    if !failed && last_round && options.mode == PlanMode::Normal {
        problems.append(without_instance(options, &found.desired));
    }
    let whole = (all && options.mode != PlanMode::Destroy).then_some(inputs.config);
    spread_create_before_destroy(&mut changes, whole, &dependencies);
    if options.mode == PlanMode::Normal {
        renew_stored(ev, &changes, &mut found.state, &dependencies);
        keep_providers(&changes, &mut found);
    }
    changes.sort_by(|a, b| (&a.address, &a.deposed).cmp(&(&b.address, &b.deposed)));

    let outputs = outputs(ev, inputs, options, &mut problems);
    let checks = if options.mode == PlanMode::Destroy {
        unknown_checks(inputs.config)
    } else {
        let part: HashSet<ConfigResource> = match all {
            true => HashSet::new(),
            false => found.desired.iter().map(ResourceInstance::config).collect(),
        };
        check_results(ev, (!all).then_some(&part), &found.failures, &mut problems)
    };
    let drift: Vec<Arc<ResourceChange>> =
        drift(&found, options.mode, &previous).into_iter().map(Arc::new).collect();
    for change in &drift {
        (inputs.events)(Event::Drift(change.clone()));
    }
    let told = |c: &ResourceChange| {
        c.action != Action::NoOp || c.importing.is_some() || c.previous_address.is_some()
    };
    for change in changes.iter().filter(|c| told(c)) {
        (inputs.events)(Event::Planned(change.clone()));
    }
    let plan = Plan {
        changes,
        drift,
        outputs,
        module_outputs: if all { module_outputs(ev, options) } else { BTreeMap::new() },
        checks,
        prior_state: found.state,
        moves: in_order(&previous),
        deferred: deferred.into_iter().map(deferred_part).collect(),
        errored: problems.has_errors(),
        ..nothing(ev, inputs, options)
    };
    (plan, problems)
}

/// The plan of a run that came to nothing.
fn nothing(ev: &Evaluator<'_>, inputs: &PlanInputs<'_>, options: &PlanOptions) -> Plan {
    Plan {
        mode: options.mode,
        variables: stored_variables(ev),
        given: BTreeMap::new(),
        apply_variables: apply_variables(ev, options),
        changes: Vec::new(),
        drift: Vec::new(),
        outputs: BTreeMap::new(),
        module_outputs: BTreeMap::new(),
        checks: Vec::new(),
        base_state: inputs.state.clone(),
        moves: Vec::new(),
        prior_state: inputs.state.clone(),
        timestamp: inputs.timestamp.clone(),
        partial: !options.selection.is_all(),
        refreshed: options.refresh,
        deferred: Vec::new(),
        errored: true,
    }
}

fn deferred_part(deferred: terrane_evaluate::Deferred) -> DeferredPart {
    DeferredPart {
        what: deferred.what,
        argument: deferred.argument,
        waits_for: deferred.waits_for.iter().map(ToString::to_string).collect(),
    }
}

/// Adds the instances of resources that the configuration names and no value came from:
/// `depends_on`, conditions, the branch of a conditional that was not taken.
fn add_mentioned(
    changes: &mut [Arc<ResourceChange>],
    desired: &HashSet<ResourceInstance>,
    dependencies: &StaticDependencies,
) {
    let mut by_resource: HashMap<ConfigResource, Vec<&ResourceInstance>> = HashMap::new();
    for address in desired {
        by_resource.entry(address.config()).or_default().push(address);
    }
    for change in changes.iter_mut().filter(|c| desired.contains(&c.address)).map(Arc::make_mut) {
        let known: HashSet<ConfigResource> =
            change.dependencies.iter().map(ResourceInstance::config).collect();
        for resource in dependencies.direct(&change.address.config()).filter(|r| !known.contains(r)) {
            change.dependencies.extend(by_resource.get(resource).into_iter().flatten().copied().cloned());
        }
        change.dependencies.sort();
        change.dependencies.dedup();
    }
}

/// With objects that stay as they are is stored what the configuration says now: their dependencies,
/// whether their successors come first, whether they must not be destroyed, and whether they are left alone
/// when they are no longer wanted.
fn renew_stored(
    ev: &Evaluator<'_>,
    changes: &[Arc<ResourceChange>],
    state: &mut State,
    dependencies: &StaticDependencies,
) {
    let mut stored: HashMap<ConfigResource, Vec<ConfigResource>> = HashMap::new();
    for change in changes.iter().filter(|c| c.action == Action::NoOp) {
        let resource = change.address.config();
        let wanted = stored.entry(resource).or_insert_with_key(|resource| dependencies.stored(resource));
        let Some(object) = state.current(&change.address) else { continue };
        let prevent_destroy = ev.prevent_destroy(&change.address).unwrap_or(object.kept.prevent_destroy);
        let retain = ev.inputs().config.retains(&change.address.config());
        let as_stored = object.kept.prevent_destroy == prevent_destroy
            && object.kept.retain == retain
            && object.create_before_destroy == change.create_before_destroy;
        if object.dependencies == *wanted && as_stored {
            continue;
        }
        let mut object = (**object).clone();
        object.dependencies.clone_from(wanted);
        object.create_before_destroy = change.create_before_destroy;
        object.kept.prevent_destroy = prevent_destroy;
        object.kept.retain = retain;
        state.write(StateWrite::Put {
            address: change.address.clone(),
            deposed: None,
            provider: change.provider.clone(),
            object: Arc::new(object),
        });
    }
}

/// Objects that stay as they are keep the provider configuration that they are managed with now.
fn keep_providers(changes: &[Arc<ResourceChange>], found: &mut Found) {
    let managed =
        changes.iter().filter(|c| c.action == Action::NoOp && c.address.resource.mode == Mode::Managed);
    for change in managed {
        let Some(kept) = found.kept_providers.get(&change.provider) else { continue };
        let Some(object) = found.state.current(&change.address).filter(|o| o.kept.provider != *kept) else {
            continue;
        };
        let mut object = (**object).clone();
        object.kept.provider.clone_from(kept);
        found.state.write(StateWrite::Put {
            address: change.address.clone(),
            deposed: None,
            provider: change.provider.clone(),
            object: Arc::new(object),
        });
    }
}

/// Objects that moved must be planned together with everything else that did.
fn left_behind(
    options: &PlanOptions,
    previous: &HashMap<ResourceInstance, ResourceInstance>,
    found: &Found,
) -> Diagnostics {
    let planned = |new: &ResourceInstance| found.prior.contains_key(&(new.clone(), None));
    let mut left: Vec<_> = previous.iter().filter(|(new, _)| !planned(new)).collect();
    if options.selection.is_all() || options.mode == PlanMode::Destroy || left.is_empty() {
        return Diagnostics::new();
    }
    left.sort();
    let lines: Vec<String> = left.iter().map(|(new, old)| format!("  - {old}, now {new}")).collect();
    Diagnostic::error(
        "Moved resource instances excluded by targeting",
        format!(
            "Objects in the state have new addresses, and a plan must have all of them in it to be right, but \
             -target or -exclude leaves out:\n{}\n\nInclude these too, or plan without -target and -exclude.",
            lines.join("\n")
        ),
    )
    .into()
}

fn partial_warning() -> Diagnostic {
    Diagnostic::warning(
        "Resource targeting is in effect",
        "You are creating a plan with the -target or -exclude option, which means that the result of this plan may \
         not represent all of the changes requested by the current configuration.\n\nThese options are not for \
         routine use, and are provided only for exceptional situations such as recovering from errors or mistakes, \
         or when Terrane specifically suggests to use them as part of an error message.",
    )
}

/// Requests to replace what is no instance come to nothing, which must not pass for having been done.
fn without_instance(options: &PlanOptions, desired: &HashSet<ResourceInstance>) -> Diagnostics {
    let warning = |address: &ResourceInstance| {
        let mut instances: Vec<_> = desired.iter().filter(|i| i.config() == address.config()).collect();
        instances.sort();
        let hint = match instances.as_slice() {
            [] => String::new(),
            some => {
                let lines: Vec<String> =
                    some.iter().map(|i| format!("  -replace={:?}", i.to_string())).collect();
                format!(" Its instances are replaced by:\n{}", lines.join("\n"))
            }
        };
        Diagnostic::warning(
            "Nothing to replace",
            format!("The plan has no resource instance {address}, which -replace names.{hint}"),
        )
    };
    let mut missing: Vec<_> = options.replace.iter().filter(|a| !desired.contains(a)).collect();
    missing.sort();
    missing.into_iter().map(warning).collect()
}

/// A destroy plan does not read data sources: provider configurations that are made from them
/// use what the state remembers, and so for objects that are left out.
fn deliver_stored(ev: &Evaluator<'_>, inputs: &PlanInputs<'_>, objects_too: bool) {
    for (address, resource, instance) in inputs.state.instances() {
        let mode = address.resource.mode;
        let Some(object) = &instance.current else { continue };
        if mode != Mode::Data && !objects_too {
            continue;
        }
        let schema = inputs.schemas.resource(&resource.provider.provider, mode, &address.resource.type_name);
        let Some(schema) = schema else { continue };
        if let Ok(value) =
            terrane_value::from_json_with_type(&object.attributes.json(), &schema.block.implied_type())
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
