//! Changes of a state.

use crate::{InstanceState, Object, OutputState, ResourceState, State};
use std::sync::Arc;
use terrane_address::{ProviderConfigAddress, ResourceAddress, ResourceInstance};

/// One change of a state. What `apply` emits, the journal stores and a state takes in.
#[derive(Clone, Debug, PartialEq)]
pub enum StateWrite {
    /// The instance's present object (`deposed` is `None`), or one of its deposed ones, is now this.
    Put {
        /// The instance.
        address: ResourceInstance,
        /// Which deposed object, if any.
        deposed: Option<Arc<str>>,
        /// The provider configuration that manages it.
        provider: ProviderConfigAddress,
        /// The object.
        object: Arc<Object>,
    },
    /// The object no longer exists, or is no longer managed.
    Remove {
        /// The instance.
        address: ResourceInstance,
        /// Which deposed object, if any.
        deposed: Option<Arc<str>>,
    },
    /// The instance's present object becomes a deposed one under this key.
    Depose {
        /// The instance.
        address: ResourceInstance,
        /// The new deposed key.
        key: Arc<str>,
    },
    /// The deposed object becomes the present one again, since its replacement was not created.
    Restore {
        /// The instance.
        address: ResourceInstance,
        /// The deposed key.
        key: Arc<str>,
    },
    /// All objects of the instance belong to another address now.
    Move {
        /// The old address.
        from: ResourceInstance,
        /// The new address.
        to: ResourceInstance,
    },
    /// An output has this value; `None` when it has none any more.
    Output {
        /// Its name.
        name: Arc<str>,
        /// Its value.
        value: Option<OutputState>,
    },
}

impl State {
    /// Makes the change. Changes of objects that are not there are ignored, so a change can be
    /// made twice.
    pub fn write(&mut self, write: StateWrite) {
        match write {
            StateWrite::Put { address, deposed, provider, object } => {
                let resource = self.resource(address.resource_address(), || provider.block());
                let mut object = object;
                if object.provider_key != provider.key {
                    Arc::make_mut(&mut object).provider_key = provider.key.clone();
                }
                resource.provider = provider.block();
                let instance = resource.instances.entry(address.key).or_default();
                match deposed {
                    None => instance.current = Some(object),
                    Some(key) => {
                        instance.deposed.insert(key, object);
                    }
                }
            }
            StateWrite::Remove { address, deposed } => self.change(&address, |instance| match deposed {
                None => instance.current = None,
                Some(key) => {
                    instance.deposed.remove(&key);
                }
            }),
            StateWrite::Depose { address, key } => self.change(&address, |instance| {
                if let Some(object) = instance.current.take() {
                    instance.deposed.insert(key, object);
                }
            }),
            StateWrite::Restore { address, key } => self.change(&address, |instance| {
                if instance.current.is_none() {
                    instance.current = instance.deposed.remove(&key);
                }
            }),
            StateWrite::Move { from, to } => {
                let provider = self.resources.get(&from.resource_address()).map(|r| r.provider.clone());
                let mut moved = None;
                self.change(&from, |instance| moved = Some(std::mem::take(instance)));
                if let (Some(provider), Some(instance)) = (provider, moved) {
                    self.resource(to.resource_address(), || provider).instances.insert(to.key, instance);
                }
            }
            StateWrite::Output { name, value } => {
                match value {
                    Some(value) => self.outputs.insert(name, value),
                    None => self.outputs.remove(&name),
                };
            }
        }
    }

    /// The resource at `address`, which is made when there is none yet.
    fn resource(
        &mut self,
        address: ResourceAddress,
        provider: impl FnOnce() -> ProviderConfigAddress,
    ) -> &mut ResourceState {
        let made = || Arc::new(ResourceState { provider: provider(), instances: Default::default() });
        Arc::make_mut(self.resources.entry(address).or_insert_with(made))
    }

    /// Changes an instance that exists and drops what is empty afterwards.
    fn change(&mut self, address: &ResourceInstance, change: impl FnOnce(&mut InstanceState)) {
        let resource_address = address.resource_address();
        let Some(resource) = self.resources.get_mut(&resource_address).map(Arc::make_mut) else { return };
        let Some(instance) = resource.instances.get_mut(&address.key) else { return };
        change(instance);
        if instance.current.is_none() && instance.deposed.is_empty() {
            resource.instances.remove(&address.key);
        }
        if resource.instances.is_empty() {
            self.resources.remove(&resource_address);
        }
    }
}
