//! The content of a state.

use crate::{Document, Kept};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{
    ConfigResource, InstanceKey, ProviderConfigAddress, ResourceAddress, ResourceInstance,
};
use terrane_provider::Private;
use terrane_value::{Path, Value};

/// A state as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Goes up by one with every save that changes something.
    pub serial: u64,
    /// Names the history that this state belongs to; empty for a state never saved.
    pub lineage: String,
    /// Values of the root module's outputs.
    pub outputs: BTreeMap<Arc<str>, OutputState>,
    /// The objects, by resource. A copy of the state shares those that stay as they are.
    pub resources: BTreeMap<ResourceAddress, Arc<ResourceState>>,
    /// `check_results`, kept as they were read.
    pub check_results: serde_json::Value,
}

/// The value of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputState {
    /// The value, without marks.
    pub value: Value,
    /// Whether it is sensitive.
    pub sensitive: bool,
}

/// The objects of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceState {
    /// The provider configuration that manages them, without the key of an instance of it: that
    /// is with each object.
    pub provider: ProviderConfigAddress,
    /// The instances.
    pub instances: BTreeMap<InstanceKey, InstanceState>,
}

impl ResourceState {
    /// The provider configuration that manages `object`, which is one of these.
    pub fn provider_of(&self, object: &Object) -> ProviderConfigAddress {
        self.provider.with_key(object.provider_key.clone())
    }
}

/// The objects of one resource instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceState {
    /// The present object.
    pub current: Option<Arc<Object>>,
    /// Objects that were replaced and are still to be destroyed, by a key of eight hexadecimal
    /// digits.
    pub deposed: BTreeMap<Arc<str>, Arc<Object>>,
}

/// A remote object as stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// The version of the schema that `attributes` follows.
    pub schema_version: u64,
    /// The object as JSON, in the shape of that schema's implied type.
    pub attributes: Document,
    /// Which parts of it are sensitive.
    pub sensitive_paths: Vec<Path>,
    /// Which instance of the provider configuration manages it.
    pub provider_key: InstanceKey,
    /// What the provider keeps with it.
    pub private: Private,
    /// What the engine itself keeps with it.
    pub kept: Kept,
    /// The resources it depends on, which must outlive it.
    pub dependencies: Vec<ConfigResource>,
    /// Whether it is as it should be.
    pub status: ObjectStatus,
    /// Whether its replacement is created before it is destroyed.
    pub create_before_destroy: bool,
}

/// Whether an object is as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectStatus {
    /// It is.
    Ready,
    /// Its creation failed half way: it is to be replaced.
    Tainted,
}

impl State {
    /// The instance's objects.
    pub fn instance(&self, address: &ResourceInstance) -> Option<&InstanceState> {
        self.resources.get(&address.resource_address())?.instances.get(&address.key)
    }

    /// The instance's present object.
    pub fn current(&self, address: &ResourceInstance) -> Option<&Arc<Object>> {
        self.instance(address)?.current.as_ref()
    }

    /// All instances in the order of their addresses.
    pub fn instances(&self) -> impl Iterator<Item = (ResourceInstance, &ResourceState, &InstanceState)> {
        self.resources.iter().flat_map(|(address, resource)| {
            resource
                .instances
                .iter()
                .map(move |(key, instance)| (address.instance(key.clone()), &**resource, instance))
        })
    }

    /// Whether there are neither objects nor outputs.
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.outputs.is_empty()
    }
}
