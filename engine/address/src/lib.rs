//! Addresses: the names of modules, resources, their instances, and providers; how they are
//! written and read.

mod module;
mod parse;
mod provider;
mod resource;
mod target;

pub use module::{InstanceKey, ModuleInstance, ModulePath, ModuleStep};
pub use parse::AddressError;
pub use provider::{ProviderAddress, ProviderConfigAddress};
pub use resource::{ConfigResource, Mode, Resource, ResourceAddress, ResourceInstance};
pub use target::Target;
