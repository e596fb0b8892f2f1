//! Provider configurations: which instance of one serves a resource instance, and what it says.

use crate::evaluator::{finish, static_instance};
use crate::scope::{Each, ModuleScope};
use crate::variables::Constant;
use crate::{Evaluated, Evaluator, Expansion, Stop};
use std::rc::Rc;
use terrane_address::{
    InstanceKey, ModuleInstance, ProviderAddress, ProviderConfigAddress, ResourceInstance,
};
use terrane_config::{ProviderBlock, ProviderMeta, ProviderRef, Repetition};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::{FunctionContext, decode_body, evaluate};
use terrane_value::{Marks, Type, Value, convert};

impl<'c> Evaluator<'c> {
    /// The configuration of a provider, as an object of the provider's schema. A default
    /// configuration that no block declares is empty.
    pub fn provider_config(&self, address: &ProviderConfigAddress) -> Evaluated<Value> {
        let Some(schema) = self.inputs.schemas.get(&address.provider) else {
            return Err(Diagnostic::error(
                "Provider not available",
                format!("The provider {} is not installed.", address.provider.short()),
            )
            .into());
        };
        if let Some(given) = self.given_providers.get(address) {
            return Ok((given.clone(), Diagnostics::new()));
        }
        let Some(block) = self.provider_block(address) else {
            if address.alias.is_some() || address.key != InstanceKey::None {
                return Err(not_present(address, &[]).into());
            }
            return Ok((schema.provider.block.empty_value(), Diagnostics::new()));
        };
        let expansion = self.provider_instances(address, block)?;
        if !expansion.has(&address.key) {
            return Err(not_present(address, &expansion.keys()).at(block.span).into());
        }
        let module = static_instance(&address.module);
        let scope = ModuleScope::new(self, module, expansion.each(&address.key));
        let decoded = decode_body(&block.body, &schema.provider.block, ProviderBlock::META_ARGUMENTS, &scope);
        let (config, warnings) = finish(decoded)?;
        let origins = expansion.marks().with(|m| (m.sensitive, m.ephemeral) = (false, false));
        Ok((config.with_marks(&origins), warnings))
    }

    /// What a module says of itself to a provider, in a `provider_meta` block without any references: an object of
    /// the provider's schema for it, or null.
    pub fn provider_meta(&self, module: &ModuleInstance, provider: &ProviderAddress) -> Evaluated<Value> {
        let block = self.provider_meta_block(module, provider);
        let (Some(block), Some(schema)) = (block, self.inputs.schemas.get(provider)) else {
            return Ok((Value::null(Type::Dynamic), Diagnostics::new()));
        };
        let Some(meta) = &schema.meta else {
            let detail = format!("The provider {} takes no provider_meta blocks.", provider.short());
            return Err(Diagnostic::error("Unsupported provider_meta block", detail).at(block.span).into());
        };
        finish(decode_body(&block.body, &meta.block, &[], &Constant(FunctionContext::default())))
    }

    /// Whether a module says something of itself to a provider.
    pub fn has_provider_meta(&self, module: &ModuleInstance, provider: &ProviderAddress) -> bool {
        self.provider_meta_block(module, provider).is_some()
    }

    fn provider_meta_block(
        &self,
        module: &ModuleInstance,
        provider: &ProviderAddress,
    ) -> Option<&'c ProviderMeta> {
        let declared = self.inputs.config.module(&module.path())?;
        let mut blocks = declared.provider_metas.iter();
        blocks.find(|(name, _)| declared.provider_address(name) == *provider).map(|(_, block)| block)
    }

    /// Whether the configuration declares this provider configuration, and the instance of it.
    pub fn has_provider(&self, address: &ProviderConfigAddress) -> Result<bool, Stop> {
        match self.provider_block(address) {
            Some(block) => Ok(self.provider_instances(address, block)?.has(&address.key)),
            None => Ok(false),
        }
    }

    /// The provider configuration that serves a resource instance. Which instance of a
    /// configuration with `for_each` it is can depend on the resource instance, and on those of the
    /// modules around it.
    pub fn provider_of(&self, address: &ResourceInstance) -> Result<ProviderConfigAddress, Stop> {
        let config = self.inputs.config;
        let resource = address.config();
        let Some(served) = config.resource_providers.get(&resource) else {
            return Err(Diagnostic::error("Provider not known", format!("{address} has no provider.")).into());
        };
        let declared = self.provider_block(served).filter(|block| block.for_each.is_some());
        let (Some(declared), Some(resource)) = (declared, config.resource(&resource)) else {
            return Ok(served.clone());
        };
        let each = self.expand(&address.resource_address())?.each(&address.key);
        let key = self.provider_key(&address.module, &resource.provider, each)?;
        let Some(key) = key else {
            let keys = self.provider_instances(served, declared)?.keys();
            let detail = format!(
                "The provider configuration {} has for_each, so that {address} must say which instance of it serves \
                 it: {}[KEY].{}",
                resource.provider,
                resource.provider,
                known_keys(&keys)
            );
            let problem = Diagnostic::error("Provider instance key required", detail);
            return Err(problem.at(resource.provider.span).into());
        };
        Ok(served.with_key(key))
    }

    /// The key that a reference to a provider configuration chooses, in the module itself or in the
    /// `providers` map of a call around it.
    pub(crate) fn provider_key(
        &self,
        module: &ModuleInstance,
        wanted: &ProviderRef,
        each: Each,
    ) -> Result<Option<InstanceKey>, Stop> {
        let (mut module, mut wanted, mut each) = (module.clone(), wanted, each);
        loop {
            let passed = self.call_of(&module).and_then(|(caller, call)| {
                let mut passed = call.providers.iter();
                let same = |child: &ProviderRef| {
                    child.local_name == wanted.local_name && child.alias == wanted.alias
                };
                let (_, outer) = passed.find(|(child, _)| same(child))?;
                Some((caller, call, outer))
            });
            let Some((caller, call, outer)) = passed else { break };
            let key = module.split().map(|(_, step)| step.key.clone()).unwrap_or_default();
            each = self.each_of_call(&caller, call, &key)?;
            (module, wanted) = (caller, outer);
        }
        let Some(expr) = &wanted.key else { return Ok(None) };
        let scope = ModuleScope::new(self, module.clone(), each);
        let (value, _) = finish(evaluate(expr, &scope))?;
        let fail = |detail: String| {
            Stop::from(Diagnostic::error("Invalid provider instance key", detail).at(expr.span))
        };
        if value.any_marks(&Marks::is_sensitive) || value.any_marks(&Marks::is_ephemeral) {
            return Err(fail(
                "The key of a provider instance is stored in the state, so it must not be made from sensitive or \
                 ephemeral values."
                    .into(),
            ));
        }
        let (value, _) = value.unmark_deep();
        if !value.is_known() {
            return Err(fail(
                "Which provider instance is meant is only known after apply. Make the key from values that are known \
                 before."
                    .into(),
            ));
        }
        let text = convert(&value, &Type::String).ok();
        match text.as_ref().and_then(Value::as_str) {
            Some(text) => Ok(Some(InstanceKey::String(text.into()))),
            None => Err(fail("The key of a provider instance must be a string.".into())),
        }
    }

    /// The instances of a provider configuration.
    pub(crate) fn provider_instances(
        &self,
        address: &ProviderConfigAddress,
        block: &ProviderBlock,
    ) -> Result<Rc<Expansion>, Stop> {
        let Some(for_each) = &block.for_each else { return Ok(Rc::new(Expansion::Single)) };
        let module = static_instance(&address.module);
        let memo = self.memo.module(&module);
        let name = (block.local_name.clone(), block.alias.clone());
        if let Some(found) = memo.providers.borrow().get(&name) {
            return Ok(found.clone());
        }
        let repetition = Repetition::ForEach(for_each.clone());
        let expansion =
            Rc::new(self.expand_repetition(&module, &repetition, &|| address.block().to_string())?);
        memo.providers.borrow_mut().insert(name, expansion.clone());
        Ok(expansion)
    }

    pub(crate) fn provider_block(&self, address: &ProviderConfigAddress) -> Option<&'c ProviderBlock> {
        let module = self.inputs.config.module(&address.module)?;
        module
            .providers
            .values()
            .find(|p| p.alias == address.alias && module.provider_address(&p.local_name) == address.provider)
    }
}

fn known_keys(keys: &[InstanceKey]) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> = keys.iter().take(SHOWN).map(ToString::to_string).collect();
    match (shown.len(), keys.len()) {
        (0, _) => " It has no instances.".to_owned(),
        (n, all) if n < all => format!(" It has {all} instances: {}, ...", shown.join(", ")),
        _ => format!(" It has {}.", shown.join(", ")),
    }
}

fn not_present(address: &ProviderConfigAddress, keys: &[InstanceKey]) -> Diagnostic {
    let detail = if address.key == InstanceKey::None {
        format!(
            "The configuration has no provider block for {address}, which objects in the state still need. Put the \
             block back until those objects are destroyed."
        )
    } else {
        format!(
            "The configuration has no instance {} of {}.{}",
            address.key,
            address.block(),
            known_keys(keys)
        )
    };
    Diagnostic::error("Provider configuration not present", detail)
}
