//! What a plan changes of who may do what.

use crate::{Action, Plan, PlanMode, ResourceChange};
use std::collections::{BTreeMap, BTreeSet};
use terrane_address::{Mode, ProviderConfigAddress, ResourceInstance};
use terrane_provider::{Access, AccessObject, Given, Grant, Schemas};
use terrane_value::{Marks, Value};

/// That somebody may do something, or is denied it, only before or only after a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessChange {
    /// The object that the plan changes and that gives it.
    pub address: ResourceInstance,
    /// The provider configuration, which tells accounts apart.
    pub provider: ProviderConfigAddress,
    /// In which direction.
    pub turn: Turn,
    /// What comes or goes.
    pub grant: Grant,
    /// Narrower grants of the same kind that were there before, or stay; the widest of them.
    pub but: Vec<Grant>,
}

/// In which direction a grant changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// It comes.
    Gained,
    /// It goes.
    Lost,
    /// What comes is not known before the plan is applied, or is sensitive.
    Unknown,
}

/// What a plan changes of who may do what, as far as its objects say, by provider configuration and in the order of grants. Nothing is
/// said of a plan that destroys everything.
pub fn access_changes(plan: &Plan, schemas: &Schemas) -> Vec<AccessChange> {
    if plan.mode != PlanMode::Normal {
        return Vec::new();
    }
    let mut concerned: BTreeMap<&ProviderConfigAddress, (Access, Vec<&ResourceChange>)> = BTreeMap::new();
    for change in &plan.changes {
        let managed = change.address.resource.mode == Mode::Managed && change.deposed.is_none();
        let access = schemas.get(&change.provider.provider).and_then(|schema| schema.access);
        if let Some(access) = access.filter(|a| managed && (a.concerns)(&change.address.resource.type_name)) {
            concerned.entry(&change.provider).or_insert((access, Vec::new())).1.push(change);
        }
    }
    let concerned = concerned.into_values().filter(|(_, all)| all.iter().any(|c| changes(c)));
    concerned.flat_map(|(access, all)| of_configuration(access, &all)).collect()
}

fn changes(change: &ResourceChange) -> bool {
    !matches!(change.action, Action::NoOp | Action::Forget)
}

/// What changes of one provider configuration.
fn of_configuration(access: Access, all: &[&ResourceChange]) -> Vec<AccessChange> {
    let positions: BTreeMap<&ResourceInstance, usize> =
        all.iter().enumerate().map(|(n, change)| (&change.address, n)).collect();
    let addresses: Vec<String> = all.iter().map(|change| change.address.to_string()).collect();
    let references: Vec<Vec<usize>> = (all.iter())
        .map(|change| change.dependencies.iter().filter_map(|d| positions.get(d).copied()).collect())
        .collect();
    let given = |value: fn(&ResourceChange) -> &Value| {
        let objects: Vec<AccessObject<'_>> = (all.iter().enumerate())
            .map(|(n, change)| AccessObject {
                type_name: &change.address.resource.type_name,
                address: &addresses[n],
                value: disclosed(value(change)),
                refers_to: &references[n],
            })
            .collect();
        (access.given)(&objects)
    };
    let before = given(|change| &change.before);
    let after = given(|change| if change.action == Action::Forget { &change.before } else { &change.after });
    let unclear: BTreeSet<usize> =
        after.iter().filter(|given| given.grant.what.is_none()).flat_map(|given| given.by.clone()).collect();

    let tell = |given: &Given, turn: Turn, others: &ByWho<'_>| {
        let none = BTreeSet::new();
        let others = others.get(&*given.grant.who).unwrap_or(&none);
        // Most are the same before and after.
        if others.contains(&given.grant) || others.iter().any(|other| other.covers(&given.grant)) {
            return None;
        }
        let by = given.by.iter().map(|n| all[*n]).find(|change| changes(change))?;
        let narrower: BTreeSet<&Grant> =
            others.iter().filter(|other| given.grant.covers(other)).copied().collect();
        let within = |one: &Grant| narrower.iter().any(|other| *other != one && other.covers(one));
        Some(AccessChange {
            address: by.address.clone(),
            provider: by.provider.clone(),
            turn,
            grant: given.grant.clone(),
            but: narrower.iter().filter(|one| !within(one)).map(|one| (*one).clone()).collect(),
        })
    };
    let (were, will) = (by_who(&before), by_who(&after));
    let come = after.iter().filter_map(|given| {
        let turn = if given.grant.what.is_some() { Turn::Gained } else { Turn::Unknown };
        tell(given, turn, &were)
    });
    let go = before.iter().filter(|given| !given.by.iter().any(|n| unclear.contains(n)));
    let mut found: Vec<AccessChange> =
        come.chain(go.filter_map(|given| tell(given, Turn::Lost, &will))).collect();
    let order = |change: &AccessChange| {
        (change.grant.who.clone(), change.turn, change.address.clone(), change.grant.clone())
    };
    found.sort_by_cached_key(order);
    found.dedup();
    found
}

type ByWho<'a> = BTreeMap<&'a str, BTreeSet<&'a Grant>>;

fn by_who(given: &[Given]) -> ByWho<'_> {
    let mut all = ByWho::new();
    for given in given {
        all.entry(&given.grant.who).or_default().insert(&given.grant);
    }
    all
}

/// An object without marks, in which what is sensitive is unknown.
fn disclosed(object: &Value) -> Value {
    let Some(attributes) = object.as_map() else { return object.unmark_deep().0 };
    Value::object(attributes.iter().map(|(name, value)| {
        let value = match value.any_marks(&Marks::is_sensitive) {
            true => Value::unknown(value.ty()),
            false => value.unmark_deep().0,
        };
        (name.clone(), value)
    }))
}
