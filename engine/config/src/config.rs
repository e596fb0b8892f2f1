//! The whole configuration: the root module and everything it calls.

use crate::{Module, ResourceBlock};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{ConfigResource, ModulePath, ProviderConfigAddress};
use terrane_diagnostics::SourceMap;

/// A loaded configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Every module by the path of calls that leads to it; the root module is always there.
    pub modules: BTreeMap<ModulePath, Arc<Module>>,
    /// All source files.
    pub sources: SourceMap,
    /// The provider configuration that serves each resource block, with inheritance and
    /// `providers` maps of module calls followed.
    pub resource_providers: BTreeMap<ConfigResource, ProviderConfigAddress>,
}

impl Config {
    /// The module at `path`.
    pub fn module(&self, path: &ModulePath) -> Option<&Arc<Module>> {
        self.modules.get(path)
    }

    /// The block that declares `resource`.
    pub fn resource(&self, resource: &ConfigResource) -> Option<&ResourceBlock> {
        self.modules.get(&resource.module)?.resources.get(&resource.resource)
    }

    /// All resource blocks of all modules.
    pub fn resources(&self) -> impl Iterator<Item = (ConfigResource, &ResourceBlock)> {
        self.modules.iter().flat_map(|(path, module)| {
            module.resources.iter().map(move |(resource, block)| {
                (ConfigResource { module: path.clone(), resource: resource.clone() }, block)
            })
        })
    }
}
