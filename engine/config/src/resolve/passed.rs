//! Whether the `providers` maps of module calls and what the modules expect fit together.

use crate::{Config, Module, ModuleCall, ProviderBlock, ProviderRef, Repetition};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::BodySchema;

/// Checks all module calls of the configuration.
pub(super) fn check(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for module in config.modules.values() {
        for call in module.calls.values() {
            let Some(child) = config.module(&module.path.child(call.name.clone())) else { continue };
            check_call(module, call, child, &mut diagnostics);
            check_repeatable(config, call, child, &mut diagnostics);
        }
    }
    diagnostics
}

fn check_call(caller: &Module, call: &ModuleCall, child: &Module, diagnostics: &mut Diagnostics) {
    let passed = |r: &ProviderRef| {
        call.providers.iter().any(|(c, _)| c.local_name == r.local_name && c.alias == r.alias)
    };
    for (local_name, required) in &child.required_providers {
        for alias in &required.configuration_aliases {
            let key = (alias.local_name.clone(), alias.alias.clone());
            if passed(alias) || child.providers.contains_key(&key) {
                continue;
            }
            let detail = format!(
                "The child module requires an additional configuration for provider {}, with the local name \
                 \"{alias}\".\n\nRefer to the module's documentation to understand the intended purpose of this \
                 additional provider configuration, and then add an entry for {alias} in the \"providers\" \
                 meta-argument in the module block to choose which provider configuration the module should \
                 use for that purpose.",
                child.provider_address(local_name).short()
            );
            diagnostics
                .push(Diagnostic::error("Missing required provider configuration", detail).at(call.span));
        }
    }
    for (inner, outer) in &call.providers {
        let declared = child.required_providers.get(&inner.local_name);
        let expected = declared.is_some_and(|r| {
            r.span.is_some()
                && (inner.alias.is_none() || r.configuration_aliases.iter().any(|a| a.alias == inner.alias))
        });
        let block = child.providers.get(&(inner.local_name.clone(), inner.alias.clone()));
        let wanted = child.provider_address(&inner.local_name);
        if let Some(block) = block
            && !is_empty(block)
        {
            let detail = format!(
                "The configuration of {} has its own local configuration for {inner}, and so it cannot accept \
                 an overridden configuration provided by {}.",
                child.path,
                name(caller)
            );
            diagnostics
                .push(Diagnostic::error("Cannot override provider configuration", detail).at(inner.span));
            continue;
        }
        if !expected && block.is_none() {
            let source = wanted.short();
            let detail = format!(
                "There is no explicit declaration for local provider name \"{inner}\" in {}, so a configuration \
                 for \"{source}\" is assumed to be meant.\n\nIf you also control the child module, add a \
                 required_providers entry named \"{inner}\" with the source address \"{source}\".",
                child.path
            );
            diagnostics.push(Diagnostic::warning("Reference to undefined provider", detail).at(inner.span));
        }
        let given = caller.provider_address(&outer.local_name);
        if given != wanted {
            let detail = format!(
                "The local name \"{outer}\" in {} represents provider \"{}\", but \"{inner}\" in {} represents \
                 \"{}\".\n\nEach provider has its own distinct configuration schema and provider types, so \
                 this module's \"{inner}\" can be assigned only a configuration for {}.",
                name(caller),
                given.short(),
                child.path,
                wanted.short(),
                wanted.short()
            );
            diagnostics.push(Diagnostic::error("Provider type mismatch", detail).at(outer.span));
        } else if outer.alias.is_some() && !exists(caller, outer) {
            let detail = format!(
                "There is no provider configuration \"{outer}\" in {}, which is to be passed to {} as \
                 \"{inner}\". Declare it with a \"provider\" block whose alias is \"{}\".",
                name(caller),
                child.path,
                outer.alias.as_deref().unwrap_or_default()
            );
            diagnostics.push(Diagnostic::error("Provider configuration not present", detail).at(outer.span));
        }
    }
}

/// Whether `module` declares the configuration, or expects its caller to pass it.
fn exists(module: &Module, wanted: &ProviderRef) -> bool {
    module.providers.contains_key(&(wanted.local_name.clone(), wanted.alias.clone()))
        || module
            .required_providers
            .get(&wanted.local_name)
            .is_some_and(|r| r.configuration_aliases.iter().any(|a| a.alias == wanted.alias))
}

fn name(module: &Module) -> String {
    if module.path.is_root() { "the root module".to_owned() } else { module.path.to_string() }
}

/// Whether a `provider` block says nothing but its alias, as modules once declared that they
/// expect a configuration.
fn is_empty(block: &ProviderBlock) -> bool {
    let (content, _) = block.body.partial_content(&BodySchema::new(&["alias", "version"], &[]));
    content.unexpected.is_empty()
}

/// A module with provider configurations of its own, in it or deeper, cannot be repeated:
/// removing an instance would remove the configuration that is needed to destroy its objects.
fn check_repeatable(config: &Config, call: &ModuleCall, child: &Module, diagnostics: &mut Diagnostics) {
    let reason = match &call.repetition {
        Repetition::Count(expr) => expr.span,
        Repetition::ForEach(expr) => expr.span,
        Repetition::Enabled(_) | Repetition::Single => match call.depends_on.first() {
            Some(dependency) => dependency.reference.span,
            None => return,
        },
    };
    let within = config.modules.values().filter(|m| m.path.0.starts_with(&child.path.0));
    for module in within {
        if module.providers.values().any(|p| !is_empty(p)) {
            let detail = format!(
                "The module at {} is a legacy module which contains its own local provider configurations, and \
                 so calls to it may not use the count, for_each, or depends_on arguments.\n\nIf you also \
                 control the module \"{}\", consider updating this module to instead expect provider \
                 configurations to be passed by its caller.",
                module.path, call.source
            );
            let summary = "Module is incompatible with count, for_each, and depends_on";
            diagnostics.push(Diagnostic::error(summary, detail).at(reason));
        }
    }
}
