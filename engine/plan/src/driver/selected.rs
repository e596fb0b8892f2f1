//! Planning a part of everything: what is selected is planned for its own sake, and what that needs
//! as soon as it asks for it. Nothing else is read or planned, and its objects stay as they are.

use super::{Driver, Job, prior_fact};
use crate::PlanMode;
use crate::selection::Selection;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{ConfigResource, ModuleInstance, ResourceAddress, ResourceInstance};
use terrane_evaluate::{Evaluator, Stop};

impl Driver<'_, '_> {
    /// Plans the instances whose results a job waits for.
    pub(super) fn demand(&mut self, facts: &BTreeSet<Arc<str>>) {
        if !matches!(self.options.selection, Selection::Only(_)) {
            return;
        }
        for address in facts.iter().filter_map(|fact| fact.parse::<ResourceInstance>().ok()) {
            if self.asked_instances.insert(address.clone()) {
                self.found.desired.insert(address.clone());
                self.board.push(Job::Instance(address));
            }
        }
    }

    /// Blocks until the objects of an instance in state were refreshed, which is asked for here.
    pub(super) fn refreshed_first(&mut self, address: &ResourceInstance) -> Result<(), Stop> {
        if !self.had_object(address) || self.found.prior.contains_key(&(address.clone(), None)) {
            return Ok(());
        }
        self.ask_refresh(address.clone());
        Err(Stop::Blocked([prior_fact(address)].into()))
    }

    fn ask_refresh(&mut self, address: ResourceInstance) {
        if self.asked_refreshes.insert(address.clone()) {
            self.to_refresh.insert(address);
        }
    }

    /// Begins the refreshes that were asked for, together. Whether there were any.
    pub(super) fn begin_refreshes(&mut self) -> bool {
        if self.to_refresh.is_empty() {
            return false;
        }
        let wanted = std::mem::take(&mut self.to_refresh);
        for group in self.refresh_groups(|address| wanted.contains(address)) {
            self.board.push(Job::Refresh(group));
        }
        true
    }

    /// At the end, asks for the objects that are selected and no longer wanted. Whether there are
    /// any.
    pub(super) fn sweep(&mut self) -> bool {
        if self.options.selection.is_all() || self.swept || self.options.mode == PlanMode::Destroy {
            return false;
        }
        self.swept = true;
        let kept = self.options.selection.needed_by_excluded(&self.found.state);
        let gone: Vec<ResourceInstance> = (self.found.state.instances())
            .map(|(address, ..)| address)
            .filter(|a| self.options.selection.names(a) && !kept.contains(&a.config()))
            .filter(|a| is_declared(self.ev, a) == Some(false))
            .collect();
        for address in gone {
            self.ask_refresh(address);
        }
        self.begin_refreshes()
    }

    /// Blocks until everything that `depends_on` names is planned: where only a part is, values
    /// alone do not show that it is needed.
    pub(super) fn named_first(&self, depends_on: &BTreeSet<ConfigResource>) -> Result<(), Stop> {
        if self.options.selection.is_all() {
            return Ok(());
        }
        let (modules, _) = self.ev.module_instances();
        let mut missing: BTreeSet<Arc<str>> = BTreeSet::new();
        for resource in depends_on {
            for module in modules.iter().filter(|m| m.path() == resource.module) {
                let address = ResourceAddress { module: module.clone(), resource: resource.resource.clone() };
                let instances = self.ev.instances_of(&address)?;
                missing.extend(
                    instances.iter().filter(|i| self.ev.result(i).is_none()).map(|i| i.to_string().into()),
                );
            }
        }
        if missing.is_empty() { Ok(()) } else { Err(Stop::Blocked(missing)) }
    }
}

/// Whether the configuration has an instance; `None` when that cannot be told yet.
pub(crate) fn is_declared(ev: &Evaluator<'_>, address: &ResourceInstance) -> Option<bool> {
    let config = ev.inputs().config;
    let mut module = ModuleInstance::root();
    for step in address.module.0.iter() {
        let Some(call) = config.module(&module.path()).and_then(|m| m.calls.get(&step.name)) else {
            return Some(false);
        };
        match ev.expand_call(&module, call) {
            Ok(expansion) if expansion.has(&step.key) => {}
            Ok(_) => return Some(false),
            Err(_) => return None,
        }
        module = module.child(step.name.clone(), step.key.clone());
    }
    if config.resource(&address.config()).is_none() {
        return Some(false);
    }
    ev.expand(&address.resource_address()).ok().map(|expansion| expansion.has(&address.key))
}
