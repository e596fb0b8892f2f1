//! Which provider configuration serves which resource: `providers` maps of module calls,
//! configurations of the module itself, and default configurations that modules inherit.

mod passed;

use crate::{Config, Module};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{ConfigResource, InstanceKey, ModulePath, ProviderAddress, ProviderConfigAddress};
use terrane_diagnostics::Diagnostics;

/// The configuration for every resource block that has one, and what is wrong with the
/// `providers` maps. A resource that is left out refers to a configuration that does not exist.
pub(crate) fn resource_providers(
    config: &Config,
) -> (BTreeMap<ConfigResource, ProviderConfigAddress>, Diagnostics) {
    let mut found = BTreeMap::new();
    for (resource, block) in config.resources() {
        let wanted = &block.provider;
        let address = provider_config(config, &resource.module, &wanted.local_name, wanted.alias.as_ref());
        if let Some(address) = address {
            found.insert(resource, address);
        }
    }
    (found, passed::check(config))
}

/// The configuration that `local_name` and `alias` mean in the module at `path`; `None` when
/// there is none.
pub(crate) fn provider_config(
    config: &Config,
    path: &ModulePath,
    local_name: &str,
    alias: Option<&Arc<str>>,
) -> Option<ProviderConfigAddress> {
    let module = config.module(path)?;
    let provider = module.provider_address(local_name);
    if let Some(address) = given(config, module, &provider, local_name, alias) {
        return Some(address);
    }
    if alias.is_some() {
        return None;
    }
    inherited(config, path, provider)
}

/// A configuration that is passed to `module` or declared in it.
fn given(
    config: &Config,
    module: &Module,
    provider: &ProviderAddress,
    local_name: &str,
    alias: Option<&Arc<str>>,
) -> Option<ProviderConfigAddress> {
    if let Some((parent, name)) = module.path.split() {
        let call = config.module(&parent)?.calls.get(name)?;
        let entry = call
            .providers
            .iter()
            .find(|(child, _)| *child.local_name == *local_name && child.alias.as_ref() == alias);
        if let Some((_, passed)) = entry {
            return provider_config(config, &parent, &passed.local_name, passed.alias.as_ref());
        }
    }
    let declared = module.providers.values().find(|p| {
        p.alias.as_ref() == alias
            && (*p.local_name == *local_name || module.provider_address(&p.local_name) == *provider)
    })?;
    Some(ProviderConfigAddress {
        module: module.path.clone(),
        provider: provider.clone(),
        alias: declared.alias.clone(),
        key: InstanceKey::None,
    })
}

/// The default configuration that the module at `path` inherits: that of the nearest module
/// above which has one for the same provider, or an empty one in the root module.
fn inherited(config: &Config, path: &ModulePath, provider: ProviderAddress) -> Option<ProviderConfigAddress> {
    let mut at = path.clone();
    while let Some((parent, _)) = at.split() {
        let module = config.module(&parent)?;
        let names = module.required_providers.iter().filter(|(_, required)| required.source == provider);
        for (local_name, _) in names {
            if let Some(address) = given(config, module, &provider, local_name, None) {
                return Some(address);
            }
        }
        at = parent;
    }
    Some(ProviderConfigAddress { module: ModulePath::root(), provider, alias: None, key: InstanceKey::None })
}
