//! Addresses: the names of modules, resources, their instances, and providers, the sources of
//! modules, and versions; how they are written and read.

mod module;
mod module_source;
mod parse;
mod provider;
mod resource;
mod target;
mod version;

pub use module::{InstanceKey, ModuleInstance, ModulePath, ModuleStep};
pub use module_source::{ModuleSource, ModuleSourceError, RegistryModule, RemoteModule};
pub use parse::AddressError;
pub use provider::{ProviderAddress, ProviderConfigAddress};
pub use resource::{ConfigResource, Mode, Resource, ResourceAddress, ResourceInstance};
pub use target::Target;
pub use version::{Constraint, Version, VersionError};
