//! The whole configuration: the root module and everything it calls.

use crate::{Module, ModuleCall, ResourceBlock};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{ConfigResource, ModulePath, ProviderConfigAddress};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};

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
    /// What is wrong in the files of the root module themselves: what they declare is known in part only.
    pub unread: Diagnostics,
}

impl Config {
    /// The module at `path`.
    pub fn module(&self, path: &ModulePath) -> Option<&Arc<Module>> {
        self.modules.get(path)
    }

    /// Why state cannot be kept where the configuration wants it: with a `cloud` block.
    pub fn cloud_refusal(&self) -> Option<Diagnostic> {
        let cloud = self.modules.get(&ModulePath::root())?.cloud?;
        let detail = "State cannot be kept in HCP Terraform or Terraform Enterprise, so the \"cloud\" block is not \
                      supported. Choose where to keep state with a \"backend\" block instead.";
        Some(Diagnostic::error("HCP Terraform is not supported", detail).at(cloud))
    }

    /// The block that calls the module at `path`; `None` for the root module.
    pub fn call(&self, path: &ModulePath) -> Option<&ModuleCall> {
        let (parent, name) = path.split()?;
        self.modules.get(&parent)?.calls.get(name)
    }

    /// All module calls, by the path of the module that is called.
    pub fn calls(&self) -> impl Iterator<Item = (ModulePath, &ModuleCall)> {
        self.modules.values().flat_map(|module| {
            module.calls.values().map(move |call| (module.path.child(call.name.clone()), call))
        })
    }

    /// The configuration of the provider named `local_name` with `alias` in the module at
    /// `path`, with inheritance followed; `None` when there is none.
    pub fn provider_config(
        &self,
        path: &ModulePath,
        local_name: &str,
        alias: Option<&Arc<str>>,
    ) -> Option<ProviderConfigAddress> {
        crate::resolve::provider_config(self, path, local_name, alias)
    }

    /// The block that declares `resource`.
    pub fn resource(&self, resource: &ConfigResource) -> Option<&ResourceBlock> {
        self.modules.get(&resource.module)?.resources.get(&resource.resource)
    }

    /// Whether a resource's block says `destroy = false`: its objects are forgotten, and not
    /// destroyed, when they are no longer wanted.
    pub fn retains(&self, resource: &ConfigResource) -> bool {
        self.resource(resource).is_some_and(|block| block.lifecycle.destroy == Some(false))
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
