//! Checks of a whole configuration that need no values: that every reference leads somewhere
//! and stands where it may, and that modules are called with the arguments they expect.

mod instances;
mod module_calls;
mod place;
mod references;

use crate::sites::{Owner, Site, sites};
use crate::{Config, Module, MovedTarget, decode, static_graph::StaticGraph};
use terrane_address::{ConfigResource, Mode};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::{Reference, Subject};

/// Checks the configuration. [`crate::load`] must have had no errors; otherwise some of what is
/// found here only follows from those.
pub fn check(config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for module in config.modules.values() {
        check_module(config, module, &mut diagnostics);
    }
    for (resource, block) in config.resources() {
        if !config.resource_providers.contains_key(&resource) {
            diagnostics.push(missing_provider(config, &resource).at(block.provider.span));
        }
    }
    if let Some(cycle) = StaticGraph::new(config).find_cycle() {
        diagnostics.push(cycle.diagnostic(config));
    }
    diagnostics
}

fn check_module(config: &Config, module: &Module, diagnostics: &mut Diagnostics) {
    for site in sites(module) {
        for reference in references_at(config, &site, diagnostics) {
            references::check(config, module, &reference, diagnostics);
            place::check(&site, &reference, diagnostics);
        }
        instances::check(module, &site, diagnostics);
    }
    let depends_on = (module.resources.values().flat_map(|r| &r.depends_on))
        .chain(module.calls.values().flat_map(|c| &c.depends_on))
        .chain(module.outputs.values().flat_map(|o| &o.depends_on));
    for dependency in depends_on {
        let reference = &dependency.reference;
        let partial = match &reference.subject {
            Subject::Resource { attribute, .. } => attribute.is_some(),
            Subject::Module { output, .. } => output.is_some(),
            _ => false,
        };
        if partial {
            let detail = "References in depends_on must be to a whole object (resource, etc), not to an \
                          attribute of an object.";
            diagnostics.push(Diagnostic::error("Invalid depends_on reference", detail).at(reference.span));
        } else {
            references::check(config, module, reference, diagnostics);
        }
    }
    check_validations(module, diagnostics);
    for call in module.calls.values() {
        if let Some(child) = config.module(&module.path.child(call.name.clone())) {
            module_calls::check(call, child, diagnostics);
        }
    }
    check_removed(config, module, diagnostics);
}

/// The references in an expression, without names that `dynamic` blocks bind.
pub(crate) fn references_at(
    config: &Config,
    site: &Site<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Reference> {
    let (mut references, problems) = terrane_lang::references(site.expr);
    if site.bound.is_empty() {
        diagnostics.append(problems);
        return references;
    }
    let is_bound = |name: &str| site.bound.iter().any(|b| **b == *name);
    references.retain(|r| match &r.subject {
        Subject::Resource { mode: Mode::Managed, type_name, .. } | Subject::Other(type_name) => {
            !is_bound(type_name)
        }
        _ => true,
    });
    diagnostics.extend(problems.into_iter().filter(|problem| {
        let text = problem.subject.and_then(|span| config.sources.text(span)).unwrap_or_default();
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
        !is_bound(&text[..end])
    }));
    references
}

/// A validation must be about the variable that it belongs to.
fn check_validations(module: &Module, diagnostics: &mut Diagnostics) {
    for variable in module.variables.values() {
        for rule in &variable.validations {
            let (references, _) = terrane_lang::references(&rule.condition);
            if !references.iter().any(|r| r.subject == Subject::Variable(variable.name.clone())) {
                let name = &variable.name;
                let detail = format!(
                    "The condition for variable \"{name}\" must refer to var.{name} in order to test incoming values."
                );
                diagnostics.push(
                    Diagnostic::error("Invalid variable validation condition", detail)
                        .at(rule.condition.span),
                );
            }
        }
    }
}

/// What a `removed` block names must not be declared any more.
fn check_removed(config: &Config, module: &Module, diagnostics: &mut Diagnostics) {
    for removed in &module.removed {
        let (what, name, declared) = match &removed.from {
            MovedTarget::Resource(instance) => {
                let inside = instance.module.path();
                let path = inside.0.iter().fold(module.path.clone(), |path, step| path.child(step.clone()));
                let resource = ConfigResource { module: path, resource: instance.resource.clone() };
                ("resource", resource.to_string(), config.resource(&resource).map(|r| r.span))
            }
            MovedTarget::Module(instance) => {
                let inside = instance.path();
                let path = inside.0.iter().fold(module.path.clone(), |path, step| path.child(step.clone()));
                let call = path
                    .split()
                    .and_then(|(parent, name)| config.module(&parent)?.calls.get(name))
                    .map(|c| c.span);
                ("module", path.to_string(), call)
            }
        };
        if let Some(span) = declared {
            let detail = format!(
                "This statement declares that {name} was removed, but it is still declared at {}.",
                decode::place(&config.sources, span)
            );
            let summary = format!("Removed {what} still exists");
            diagnostics.push(Diagnostic::error(summary, detail).at(removed.span));
        }
    }
}

fn missing_provider(config: &Config, resource: &ConfigResource) -> Diagnostic {
    let block = config.resource(resource);
    let (wanted, alias) = block.map_or_else(Default::default, |b| {
        (b.provider.to_string(), b.provider.alias.as_deref().unwrap_or_default().to_owned())
    });
    let module =
        if resource.module.is_root() { "the root module".into() } else { resource.module.to_string() };
    let detail = format!(
        "{resource} needs the provider configuration {wanted}, which {module} does not have. Declare it with a \
         \"provider\" block whose alias is \"{alias}\", or, in a module that is called, have it passed by the \
         \"providers\" argument of the call and list it in configuration_aliases."
    );
    Diagnostic::error("Provider configuration not present", detail)
}

/// What an owner is called in messages.
pub(crate) fn owner_name(owner: Owner<'_>) -> String {
    match owner {
        Owner::Variable(v) => format!("var.{}", v.name),
        Owner::Local(l) => format!("local.{}", l.name),
        Owner::Output(o) => format!("output.{}", o.name),
        Owner::Resource(r) => r.resource.to_string(),
        Owner::Provider(p) => format!("provider.{}", p.local_name),
        Owner::Call(c) | Owner::Argument(c, _) => format!("module.{}", c.name),
        Owner::Statement => String::new(),
    }
}
