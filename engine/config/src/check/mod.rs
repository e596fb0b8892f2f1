//! Checks of a whole configuration that need no values: that every reference leads somewhere
//! and stands where it may, and that modules are called with the arguments they expect.

mod actions;
mod imports;
mod instances;
mod module_calls;
mod place;
mod references;

use crate::sites::{Allowed, Owner, Site, sites};
use crate::{Config, Dependency, Module, MovedTarget, ProviderRef, decode, static_graph::StaticGraph};
use std::collections::BTreeSet;
use terrane_address::{ConfigResource, InstanceKey, Mode, ModulePath, ProviderConfigAddress};
use terrane_diagnostics::{Diagnostic, Diagnostics, Severity};
use terrane_lang::{Reference, Subject};
use terrane_syntax::Expr;

/// Checks the configuration: everything that a plan would refuse for it. [`crate::load`] must
/// have had no errors; otherwise some of what is found here only follows from those.
pub fn check(config: &Config) -> Diagnostics {
    let mut problems = Problems::of_config(config);
    problems.errors.append(problems.planning);
    problems.errors
}

/// Whether the configuration is valid, which Terraform understands more widely: what only a plan
/// would refuse is a warning here.
pub fn check_validity(config: &Config) -> Diagnostics {
    let mut problems = Problems::of_config(config);
    problems.errors.extend(problems.planning.into_iter().map(|d| {
        let detail = format!("{}\n\nThe configuration counts as valid, but cannot be planned.", d.detail);
        Diagnostic { severity: Severity::Warning, detail, ..d }
    }));
    problems.errors
}

/// Checks an expression that stands in no file as if it stood in the module at `path`: that what it refers to exists, also
/// where nothing would come of it (in `try`, or behind a condition).
pub fn check_expression(config: &Config, path: &ModulePath, expr: &Expr) -> Diagnostics {
    let Some(module) = config.module(path) else { return Diagnostics::new() };
    let (bound, allowed) = (Vec::new(), Allowed::default());
    let site = Site { owner: Owner::Statement, expr, bound, allowed, trigger: false };
    let mut problems = Problems::default();
    for reference in references_at(config, &site, &mut problems.errors) {
        references::check_existence(module, &reference, &mut problems.errors);
        place::check(&site, &reference, &mut problems);
    }
    problems.errors.append(problems.planning);
    problems.errors
}

/// What is wrong, by how much.
#[derive(Default)]
pub(crate) struct Problems {
    /// What makes a configuration invalid, and warnings.
    errors: Diagnostics,
    /// What planning would refuse.
    planning: Diagnostics,
}

impl Problems {
    fn of_config(config: &Config) -> Problems {
        let mut problems = Problems::default();
        let used = used_providers(config);
        for module in config.modules.values() {
            check_module(config, module, &used, &mut problems);
        }
        for (resource, block) in config.resources() {
            match config.resource_providers.get(&resource) {
                None => problems.errors.push(missing_provider(config, &resource).at(block.provider.span)),
                Some(address) => problems.errors.extend(provider_key(config, address, &block.provider)),
            }
        }
        let root = config.module(&ModulePath::root());
        for output in root.iter().flat_map(|m| m.outputs.values()).filter(|o| o.ephemeral) {
            let detail = "The outputs of the root module are stored in the state, so they cannot be ephemeral. Only \
                          outputs of modules that are called from another module can.";
            let problem = Diagnostic::error("Ephemeral output not allowed", detail);
            problems.errors.push(problem.at(output.span));
        }
        imports::check(config, &mut problems.errors);
        if let Some(cycle) = StaticGraph::new(config).find_cycle() {
            problems.errors.push(cycle.diagnostic(config));
        }
        problems
    }

    /// Where problems go that only planning would refuse, or other ones.
    fn of(&mut self, planning: bool) -> &mut Diagnostics {
        if planning { &mut self.planning } else { &mut self.errors }
    }
}

/// The provider configurations that something in the configuration is served by.
fn used_providers(config: &Config) -> BTreeSet<&ProviderConfigAddress> {
    config.resource_providers.values().collect()
}

/// Whether nothing is served by the configuration that `owner` declares. Terraform never
/// evaluates such a configuration.
fn is_unused(module: &Module, owner: Owner<'_>, used: &BTreeSet<&ProviderConfigAddress>) -> bool {
    let Owner::Provider(block) = owner else { return false };
    let address = ProviderConfigAddress {
        module: module.path.clone(),
        provider: module.provider_address(&block.local_name),
        alias: block.alias.clone(),
        key: InstanceKey::None,
    };
    !used.contains(&address)
}

fn check_module(
    config: &Config,
    module: &Module,
    used: &BTreeSet<&ProviderConfigAddress>,
    problems: &mut Problems,
) {
    for site in sites(module) {
        let unused = is_unused(module, site.owner, used);
        let mut found = Problems::default();
        for reference in references_at(config, &site, &mut found.errors) {
            references::check(module, &site, &reference, found.of(site.trigger));
            found.errors.extend(deprecated_output(config, module, &reference));
            place::check(&site, &reference, &mut found);
        }
        instances::check(module, &site, &mut found.errors);
        if site.trigger {
            found.planning.extend(place::calculated_trigger(site.expr));
        }
        if unused {
            found.errors.iter_mut().for_each(|d| d.severity = Severity::Warning);
        }
        problems.errors.append(found.errors);
        problems.planning.append(found.planning);
    }
    check_versions(module, &mut problems.errors);
    check_depends_on(module, &mut problems.errors);
    check_validations(module, &mut problems.errors);
    for call in module.calls.values() {
        if let Some(child) = config.module(&module.path.child(call.name.clone())) {
            module_calls::check(call, child, &mut problems.errors);
        }
    }
    check_removed(config, module, &mut problems.planning);
    actions::check(config, module, problems);
}

/// A warning for who refers to an output that is deprecated.
fn deprecated_output(config: &Config, module: &Module, reference: &Reference) -> Option<Diagnostic> {
    let Subject::Module { name, output: Some(output), .. } = &reference.subject else { return None };
    let called = config.module(&module.path.child(name.clone()))?;
    let message = called.outputs.get(output)?.deprecated.as_ref()?;
    let detail = format!("The output \"{output}\" of module.{name} is deprecated: {message}");
    Some(Diagnostic::warning("Deprecated output", detail).at(reference.span))
}

/// The builtin provider has no versions to choose from.
fn check_versions(module: &Module, diagnostics: &mut Diagnostics) {
    for required in module.required_providers.values().filter(|r| r.source.is_builtin()) {
        let Some((_, span)) = required.versions.first() else { continue };
        let detail = format!(
            "The provider {} is part of Terrane itself and has no versions. Remove the version constraint.",
            required.source
        );
        diagnostics.push(Diagnostic::error("Invalid dependency on built-in provider", detail).at(*span));
    }
}

fn check_depends_on(module: &Module, diagnostics: &mut Diagnostics) {
    let depends_on = (module.resources.values().flat_map(|r| &r.depends_on))
        .chain(module.calls.values().flat_map(|c| &c.depends_on))
        .chain(module.outputs.values().flat_map(|o| &o.depends_on));
    for dependency in depends_on {
        let reference = &dependency.reference;
        match &reference.subject {
            Subject::Resource { attribute: Some(_), .. } => {
                let detail = "References in depends_on must be to a whole object (resource, etc), not to an \
                              attribute of an object.";
                diagnostics
                    .push(Diagnostic::error("Invalid depends_on reference", detail).at(reference.span));
            }
            Subject::Each(_) | Subject::Count(_) => {
                let detail = "The elements of depends_on are the same for all instances, so they cannot be made \
                              from \"each\" or \"count\".";
                diagnostics
                    .push(Diagnostic::error("Invalid depends_on reference", detail).at(reference.span));
            }
            _ => references::check_existence(module, reference, diagnostics),
        }
    }
    for call in module.calls.values() {
        let own = |d: &&Dependency| matches!(&d.reference.subject, Subject::Module { name, .. } if *name == call.name);
        if let Some(dependency) = call.depends_on.iter().find(own) {
            let detail = format!("module.{} cannot depend on itself.", call.name);
            diagnostics.push(Diagnostic::error("Cycle", detail).at(dependency.reference.span));
        }
    }
}

/// Whether `wanted` has a key exactly when the configuration is one of several by `for_each`.
fn provider_key(
    config: &Config,
    address: &ProviderConfigAddress,
    wanted: &ProviderRef,
) -> Option<Diagnostic> {
    let key = wanted.key.as_ref()?;
    let declaring = config.module(&address.module)?;
    let block = declaring
        .providers
        .values()
        .find(|p| p.alias == address.alias && declaring.provider_address(&p.local_name) == address.provider);
    if block.is_some_and(|b| b.for_each.is_some()) {
        return None;
    }
    let detail = format!(
        "The provider configuration {wanted} is a single one, since its \"provider\" block has no \"for_each\", so \
         there is nothing to choose by a key."
    );
    Some(Diagnostic::error("Invalid provider configuration reference", detail).at(key.span))
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
        Owner::Action(a) => format!("action.{}.{}", a.name.0, a.name.1),
        Owner::Check(c) => format!("check.{}", c.name),
        Owner::Statement => String::new(),
    }
}
