//! Objects in state: read in batches, and their new values taken in.

use super::{Done, Driver, prior_fact};
use crate::objects::object_id;
use crate::refresh::{PriorObject, RefreshGroup, RefreshGroups, Refreshed, refresh_group};
use crate::{Event, PlanMode};
use std::sync::Arc;
use terrane_address::{Mode, ProviderConfigAddress, ResourceInstance};
use terrane_diagnostics::Context;
use terrane_evaluate::Stop;
use terrane_state::StateWrite;

impl Driver<'_, '_> {
    /// The objects of the instances that `wanted` names, together where they can be read together.
    pub(super) fn refresh_groups(&self, wanted: impl Fn(&ResourceInstance) -> bool) -> Vec<RefreshGroup> {
        let mut groups = RefreshGroups::default();
        let only = self.options.refresh_only.as_deref();
        for (address, resource, instance) in self.found.state.instances() {
            if address.resource.mode != Mode::Managed || !wanted(&address) {
                continue;
            }
            let served = self.served_by(&address);
            let real = self.inputs.providers.stand_in(&address).is_none();
            let read = self.options.refresh && real && only.is_none_or(|only| only.contains(&address));
            let current = instance.current.iter().map(|o| (None, o));
            let deposed = instance.deposed.iter().map(|(key, o)| (Some(key.clone()), o));
            for (deposed, object) in current.chain(deposed) {
                let provider = served.clone().unwrap_or_else(|| resource.provider_of(object));
                groups.add(self.ev, provider, (&address, deposed, object), read);
            }
        }
        groups.into_groups().collect()
    }

    /// The provider configuration that the configuration has for an instance now. Where the
    /// instance is one of several of a configuration and that cannot be told yet, or the
    /// configuration does not have it any more, its object is read with the one that manages it.
    fn served_by(&self, address: &ResourceInstance) -> Option<ProviderConfigAddress> {
        let served = self.inputs.config.resource_providers.get(&address.config())?;
        if self.ev.has_provider(served).unwrap_or(false) || served.alias.is_none() {
            return Some(served.clone());
        }
        let declared = super::is_declared(self.ev, address) == Some(true);
        let one = self.ev.provider_of(address).ok().filter(|_| declared)?;
        self.ev.has_provider(&one).unwrap_or(false).then_some(one)
    }

    pub(super) fn refresh(&mut self, group: RefreshGroup) -> Result<(), Stop> {
        let provider = self.provider(&group.provider)?;
        let schema = self.schema(&group.provider, Mode::Managed, &group.type_name)?;
        let client = match &group.module {
            _ if !group.read => None,
            Some(module) => Some(self.client_for(&group.provider, module)?),
            None => Some(self.client(&group.provider)?),
        };
        let (turns, events) = (self.refreshes.clone(), &self.inputs.events);
        self.running.push(Box::pin(async move {
            // Only the driver could close it, which waits for this.
            let _turn = turns.acquire().await;
            if client.is_some() {
                let addresses = group.objects.iter().map(|(address, ..)| address.clone()).collect();
                events(Event::RefreshStarted { addresses, type_name: group.type_name.clone() });
            }
            Done::Refreshed(refresh_group(provider, client, schema, group).await)
        }));
        Ok(())
    }

    pub(super) fn refreshed(&mut self, objects: Refreshed) {
        for (address, deposed, prior) in objects {
            let prior = match prior {
                Ok(prior) => prior,
                Err(problems) => {
                    let problems = self.at_block(problems, &address);
                    self.found.problems.append(problems);
                    continue;
                }
            };
            if prior.read {
                let id = object_id(prior.current.as_ref().unwrap_or(&prior.stored));
                self.emit(Event::Refreshed { address: address.clone(), id });
                self.note_refreshed(&address, deposed.as_ref(), &prior);
            }
            if self.options.mode == PlanMode::Destroy && deposed.is_none() {
                // Provider configurations may be made from objects that are still there.
                let value = prior.current.as_ref().unwrap_or(&prior.stored);
                self.arrived(&address, value);
            }
            let fact = deposed.is_none().then(|| prior_fact(&address));
            self.found.prior.insert((address, deposed), prior);
            if let Some(fact) = fact {
                self.board.arrive(&fact);
            }
        }
    }

    /// Takes what a refresh found into the state.
    pub(super) fn note_refreshed(
        &mut self,
        address: &ResourceInstance,
        deposed: Option<&Arc<str>>,
        prior: &PriorObject,
    ) {
        if prior.is_as_stored() {
            return;
        }
        let write = if prior.current.is_none() {
            StateWrite::Remove { address: address.clone(), deposed: deposed.cloned() }
        } else {
            let Ok(schema) = self.schema(&prior.provider, Mode::Managed, &address.resource.type_name) else {
                return;
            };
            match prior.renewed(&schema) {
                Ok(Some(object)) => StateWrite::Put {
                    address: address.clone(),
                    deposed: deposed.cloned(),
                    provider: prior.provider.clone(),
                    object: Arc::new(object),
                },
                Ok(None) => return,
                Err(problem) => {
                    self.found.problems.push(problem.about(Context::Address, address.to_string()));
                    return;
                }
            }
        };
        self.found.state.write(write);
    }
}
