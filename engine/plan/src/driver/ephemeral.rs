//! Ephemeral resources: opened when something needs their values, and open until planning ends.

use super::{Done, Driver, Job};
use crate::open::{OpenResource, mark_opened};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{Mode, ResourceInstance};
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::{DesiredInstance, Stop};
use terrane_value::Value;

impl Driver<'_, '_> {
    /// Checks an ephemeral resource, and opens it when that is wanted. Its value stays unknown
    /// when something about it is not known yet; it is opened during apply then.
    pub(super) fn ephemeral(&mut self, address: ResourceInstance) -> Result<(), Stop> {
        if self.opening.contains(&address) {
            return Ok(());
        }
        let (desired, warnings) = self.ev.instance(&address)?;
        let wanted = self.wanted.contains(&address) || self.has_postconditions(&address);
        if wanted && !desired.depends_on.is_empty() && !self.released.contains(&address) {
            self.held.push(address);
            return Ok(());
        }
        let provider = self.provider(&desired.provider)?;
        let schema = self.schema(&desired.provider, Mode::Ephemeral, &address.resource.type_name)?;
        let (config, _) = desired.config.unmark_deep();
        let mut problems = provider.validate_ephemeral(&address.resource.type_name, &config);
        problems = self.at_block(crate::refresh::with_address(problems, &address), &address);
        if problems.has_errors() {
            self.opening.insert(address);
            return Err(Stop::Failed(problems));
        }
        if !wanted {
            return Ok(());
        }
        let pending = self.pending_dependency(&desired.depends_on);
        let known = config.is_wholly_known();
        let client = if known && !pending { Some(self.client(&desired.provider)?) } else { None };
        self.opening.insert(address.clone());
        self.found.problems.append(warnings);
        self.found.problems.append(problems);
        let made_from = (desired.dependencies.clone(), desired.depends_on.clone());
        self.found.ephemeral.insert(address.clone(), made_from);
        let Some(client) = client else {
            let mut value = config;
            for (name, attribute) in &schema.block.attributes {
                if attribute.computed && value.attribute(name).is_some_and(|v| v.is_null()) {
                    value = value.with_attribute(name, Value::unknown(attribute.value_type()));
                }
            }
            let value = mark_opened(&schema.block, &desired.config, &value);
            self.arrived(&address, &value);
            return Ok(());
        };
        let events = self.inputs.events.clone();
        self.running.push(Box::pin(async move {
            let opened = OpenResource::open(address, provider, client, config, events).await;
            Done::Opened(Box::new(desired), opened.map(Box::new))
        }));
        Ok(())
    }

    pub(super) fn opened(&mut self, desired: DesiredInstance, value: Value, resource: OpenResource) {
        let address = desired.address.clone();
        let of_client = self.client_origins.get(&desired.provider).into_iter().flatten();
        self.open.insert(&address, resource, desired.dependencies.iter().chain(of_client));
        let Ok(schema) = self.schema(&desired.provider, Mode::Ephemeral, &address.resource.type_name) else {
            return;
        };
        let value = mark_opened(&schema.block, &desired.config, &value);
        self.settle(&address, &value);
    }

    /// Notes which ephemeral resources are needed; gives whether any of them was not before.
    pub(super) fn want(&mut self, facts: &BTreeSet<Arc<str>>) -> bool {
        let mut new = false;
        for fact in facts {
            let Some(address) = ephemeral_address(fact) else { continue };
            if self.wanted.insert(address.clone()) {
                self.board.push(Job::Instance(address));
                new = true;
            }
        }
        new
    }

    /// At the end: what outputs and checks still need. Gives whether there is anything.
    pub(super) fn want_for_conclusions(&mut self) -> bool {
        let destroy = self.options.mode == crate::PlanMode::Destroy;
        if destroy || !self.inputs.config.resources().any(|(r, _)| r.resource.mode == Mode::Ephemeral) {
            return false;
        }
        let needed = conclusions(self.ev);
        self.want(&needed)
    }

    fn has_postconditions(&self, address: &ResourceInstance) -> bool {
        let block = self.inputs.config.resource(&address.config());
        block.is_some_and(|b| !b.lifecycle.postconditions.is_empty())
    }

    pub(super) async fn close_all(&mut self) {
        let problems: Diagnostics = self.open.close_all().await;
        self.found.problems.append(problems);
    }
}

/// The ephemeral instance that a fact names.
pub(super) fn ephemeral_address(fact: &str) -> Option<ResourceInstance> {
    if !fact.starts_with("ephemeral.") && !fact.contains(".ephemeral.") {
        return None;
    }
    let address: ResourceInstance = fact.parse().ok()?;
    (address.resource.mode == Mode::Ephemeral).then_some(address)
}

/// The results that the root module's outputs and the checks of all modules wait for.
pub fn conclusions(ev: &terrane_evaluate::Evaluator<'_>) -> BTreeSet<Arc<str>> {
    let mut needed = BTreeSet::new();
    let config = ev.inputs().config;
    let root = config.module(&terrane_address::ModulePath::root());
    for name in root.iter().flat_map(|m| m.outputs.keys()) {
        if let Err(Stop::Blocked(on)) = ev.output(name) {
            needed.extend(on);
        }
    }
    for module in ev.module_instances().0 {
        let Some(declared) = config.module(&module.path()) else { continue };
        for name in declared.checks.keys() {
            if let Err(Stop::Blocked(on)) = ev.check_block(&module, name) {
                needed.extend(on);
            }
        }
    }
    needed
}
