//! Resources and their instances.

use crate::{InstanceKey, ModuleInstance, ModulePath};
use std::fmt;
use std::sync::Arc;

/// What kind of thing a resource block declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// `resource`: Terrane creates, changes and deletes it.
    Managed,
    /// `data`: Terrane only reads it.
    Data,
    /// `ephemeral`: opened for one run, never stored.
    Ephemeral,
}

/// A resource within its module: `aws_vpc.main`, `data.aws_ami.base`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Resource {
    /// Managed, data or ephemeral.
    pub mode: Mode,
    /// The resource type.
    pub type_name: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

/// A resource block in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConfigResource {
    /// The module that declares it.
    pub module: ModulePath,
    /// The resource within it.
    pub resource: Resource,
}

/// A resource in a module instance: all of its instances.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceAddress {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource within it.
    pub resource: Resource,
}

/// One instance of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceInstance {
    /// The module instance.
    pub module: ModuleInstance,
    /// The resource within it.
    pub resource: Resource,
    /// Which instance of it.
    pub key: InstanceKey,
}

impl Resource {
    /// A managed resource.
    pub fn managed(type_name: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Resource {
        Resource { mode: Mode::Managed, type_name: type_name.into(), name: name.into() }
    }
}

impl ConfigResource {
    /// This resource in module instance `module`.
    pub fn in_module(&self, module: ModuleInstance) -> ResourceAddress {
        ResourceAddress { module, resource: self.resource.clone() }
    }
}

impl ResourceAddress {
    /// Instance `key` of this resource.
    pub fn instance(&self, key: InstanceKey) -> ResourceInstance {
        ResourceInstance { module: self.module.clone(), resource: self.resource.clone(), key }
    }

    /// The block in the configuration.
    pub fn config(&self) -> ConfigResource {
        ConfigResource { module: self.module.path(), resource: self.resource.clone() }
    }
}

impl ResourceInstance {
    /// The resource that this is an instance of.
    pub fn resource_address(&self) -> ResourceAddress {
        ResourceAddress { module: self.module.clone(), resource: self.resource.clone() }
    }

    /// The block in the configuration.
    pub fn config(&self) -> ConfigResource {
        ConfigResource { module: self.module.path(), resource: self.resource.clone() }
    }
}

impl Mode {
    /// What stands before the type in an address: `data.` or nothing.
    pub fn prefix(self) -> &'static str {
        match self {
            Mode::Managed => "",
            Mode::Data => "data.",
            Mode::Ephemeral => "ephemeral.",
        }
    }

    /// The word in state and plan files: `managed`, `data`.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Managed => "managed",
            Mode::Data => "data",
            Mode::Ephemeral => "ephemeral",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}", self.mode.prefix(), self.type_name, self.name)
    }
}

impl fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.module.is_root() { "" } else { "." };
        write!(f, "{}{dot}{}", self.module, self.resource)
    }
}

impl fmt::Display for ResourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.module.is_root() { "" } else { "." };
        write!(f, "{}{dot}{}", self.module, self.resource)
    }
}

impl fmt::Display for ResourceInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dot = if self.module.is_root() { "" } else { "." };
        write!(f, "{}{dot}{}{}", self.module, self.resource, self.key)
    }
}
