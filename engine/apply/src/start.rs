//! The start of a run: what is known already, and where objects have moved.

use crate::run::Run;
use std::sync::Arc;
use terrane_address::{Mode, Resource, ResourceInstance};
use terrane_diagnostics::Diagnostic;
use terrane_plan::{Action, Event, PlanMode};
use terrane_provider::{OperationToken, Schemas};
use terrane_state::{InstanceState, JournalEntry, ResourceState, StateWrite};
use terrane_value::{Marks, Path, Value, from_json_with_type};

impl Run<'_, '_> {
    /// Makes known what this run does not change: objects that stay as they are, and data that
    /// was read while planning. In a destroy run also what is still there, for provider
    /// configurations that are made from it.
    pub(crate) fn deliver_known(&self) {
        for change in &self.plan.changes {
            let stays = change.action == Action::NoOp;
            let going = self.plan.mode == PlanMode::Destroy && change.deposed.is_none();
            if stays {
                self.ev.deliver(&change.address, &change.after);
            } else if going {
                self.ev.deliver(&change.address, &change.before);
            }
        }
        for (address, resource, instance) in self.plan.prior_state.instances() {
            if self.ev.result(&address).is_some() {
                continue;
            }
            let is_data = address.resource.mode == Mode::Data;
            if !is_data && self.plan.mode != PlanMode::RefreshOnly {
                continue;
            }
            if let Some(value) = stored_value(self.inputs.schemas, &address, resource, instance) {
                self.ev.deliver(&address, &value);
            }
        }
    }

    /// Writes down the objects that are imported, which the state of the plan has already.
    pub(crate) async fn imports(&mut self) {
        let mut entries = Vec::new();
        let imported = self.plan.changes.iter().filter(|c| c.importing.is_some());
        for change in imported {
            if let Some(object) = self.state.current(&change.address) {
                entries.push(JournalEntry::Write(StateWrite::Put {
                    address: change.address.clone(),
                    deposed: None,
                    provider: change.provider.clone(),
                    object: object.clone(),
                }));
            }
        }
        if entries.is_empty() {
            return;
        }
        self.counts.import = entries.len();
        if let Err(error) = self.inputs.recorder.record(entries).await {
            self.problems.push(Diagnostic::error("Failed to write the journal", error.0));
            self.stopped = true;
            return;
        }
        for change in self.plan.changes.iter() {
            if let Some(key) = &change.importing {
                let (address, key) = (change.address.clone(), key.clone());
                (self.inputs.events)(Event::Imported { address, key });
            }
        }
    }

    /// The objects of an instance whose type has changed, as planning has made them over.
    fn made_over(&self, to: &ResourceInstance) -> Vec<StateWrite> {
        let state = &self.plan.prior_state;
        let resource = state.resources.get(&to.resource_address());
        let instance = state.instance(to);
        // What is gone meanwhile is found as such like any other.
        let Some((resource, instance)) = resource.zip(instance) else { return Vec::new() };
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter().map(|(key, object)| (Some(key.clone()), object));
        let put = |(deposed, object): (_, &Arc<terrane_state::Object>)| StateWrite::Put {
            address: to.clone(),
            deposed,
            provider: resource.provider_of(object),
            object: object.clone(),
        };
        current.chain(deposed).map(put).collect()
    }

    /// Writes down what planning found, before anything is done: which objects have new addresses (a
    /// journal that had only their new state would make each of them two), and which are gone (their
    /// successors would seem to have places that are taken).
    pub(crate) async fn moved_and_gone(&mut self) {
        let mut entries = Vec::new();
        let mut stored = self.plan.base_state.clone();
        for (from, to) in self.plan.moves.iter().cloned() {
            let other_type = from.resource.type_name != to.resource.type_name;
            let objects = if other_type { self.made_over(&to) } else { Vec::new() };
            let moved = StateWrite::Move { from, to };
            let writes: Vec<StateWrite> = [moved.clone()].into_iter().chain(objects).collect();
            writes.iter().for_each(|write| stored.write(write.clone()));
            entries.push(match other_type {
                false => JournalEntry::Write(moved),
                // An object must not be left with the attributes of its former type: all at once.
                true => JournalEntry::Outcome {
                    token: OperationToken(uuid::Uuid::new_v4().to_string().into()),
                    writes,
                    failed: false,
                },
            });
        }
        let mut writes = Vec::new();
        for (address, _, instance) in stored.instances().filter(|(a, ..)| a.resource.mode == Mode::Managed) {
            let found = self.plan.prior_state.instance(&address);
            let deposed =
                instance.deposed.keys().filter(|key| !found.is_some_and(|f| f.deposed.contains_key(*key)));
            let gone = deposed.map(|key| Some(key.clone()));
            let current = instance.current.is_some() && found.is_none_or(|f| f.current.is_none());
            writes.extend(
                gone.chain(current.then_some(None))
                    .map(|deposed| StateWrite::Remove { address: address.clone(), deposed }),
            );
        }
        entries.extend(writes.into_iter().map(JournalEntry::Write));
        if entries.is_empty() {
            return;
        }
        if let Err(error) = self.inputs.recorder.record(entries).await {
            self.problems.push(Diagnostic::error("Failed to write the journal", error.0));
            self.stopped = true;
        }
    }
}

/// The present object of an instance as the state has it, marked; `None` when it has none, or one
/// that the present schema does not read.
pub(crate) fn stored_value(
    schemas: &Schemas,
    address: &ResourceInstance,
    resource: &ResourceState,
    instance: &InstanceState,
) -> Option<Value> {
    let object = instance.current.as_ref()?;
    let Resource { mode, type_name, .. } = &address.resource;
    let schema = schemas.resource(&resource.provider.provider, *mode, type_name)?;
    let value = from_json_with_type(&object.attributes.json(), &schema.block.implied_type()).ok()?;
    let marks: Vec<(Path, Marks)> = (schema.block.sensitive_paths(&value).into_iter())
        .chain(object.sensitive_paths.iter().cloned())
        .map(|p| (p, Marks::sensitive()))
        .collect();
    Some(value.mark_paths(&marks))
}
