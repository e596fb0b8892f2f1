//! All places of a module where expressions stand, with whom they belong to and what may be
//! referred to there.

use crate::{
    Action, Check, CheckRule, Local, Module, ModuleCall, Output, ProviderBlock, Provisioner, ProvisionerWhen,
    Repetition, ResourceBlock, Variable, import_target, visit,
};
use std::sync::Arc;
use terrane_syntax::{Body, Expr};

/// An expression and where it stands.
pub(crate) struct Site<'a> {
    /// The declaration that it is part of.
    pub(crate) owner: Owner<'a>,
    /// The expression.
    pub(crate) expr: &'a Expr,
    /// Names bound by `dynamic` blocks around it.
    pub(crate) bound: Vec<Arc<str>>,
    /// What may be referred to besides what the module declares.
    pub(crate) allowed: Allowed,
    /// Whether it is an element of `replace_triggered_by`, which is looked at while planning only.
    pub(crate) trigger: bool,
}

/// A declaration with expressions.
#[derive(Clone, Copy)]
pub(crate) enum Owner<'a> {
    /// A variable's validation.
    Variable(&'a Variable),
    /// A local value.
    Local(&'a Local),
    /// An output value.
    Output(&'a Output),
    /// A resource.
    Resource(&'a ResourceBlock),
    /// A provider configuration.
    Provider(&'a ProviderBlock),
    /// `count` or `for_each` of a module call.
    Call(&'a ModuleCall),
    /// An argument of a module call, which is the value of a variable in the module.
    Argument(&'a ModuleCall, &'a str),
    /// An action, to which only triggers refer.
    Action(&'a Action),
    /// A `check` block, to which nothing can refer.
    Check(&'a Check),
    /// Another statement that nothing can refer to: `import`, `removed`.
    Statement,
}

/// What may be referred to in a place.
#[derive(Clone, Copy, Default)]
pub(crate) struct Allowed {
    /// `count.index`
    pub(crate) count: bool,
    /// `each.key` and `each.value`
    pub(crate) each: bool,
    /// `self`
    pub(crate) own: bool,
    /// The resource that the place belongs to, by its name.
    pub(crate) own_name: bool,
    /// Whether it is the condition of a check, which is looked at even if nothing is planned.
    pub(crate) condition: bool,
    /// Nothing but those, as when a resource is destroyed.
    pub(crate) only_these: bool,
}

impl Allowed {
    fn by(repetition: &Repetition) -> Allowed {
        Allowed {
            count: matches!(repetition, Repetition::Count(_)),
            each: matches!(repetition, Repetition::ForEach(_)),
            ..Allowed::default()
        }
    }
}

/// The expression of a repetition.
fn repetition(repetition: &Repetition) -> Option<&Expr> {
    match repetition {
        Repetition::Single => None,
        Repetition::Count(expr) | Repetition::ForEach(expr) | Repetition::Enabled(expr) => Some(expr),
    }
}

/// All expressions of `module`. Elements of `depends_on` are no expressions and left out.
pub(crate) fn sites(module: &Module) -> Vec<Site<'_>> {
    let mut sites = Sites(Vec::new());
    for variable in module.variables.values() {
        let owner = Owner::Variable(variable);
        sites.rules(owner, &variable.validations, Allowed::default());
    }
    for local in module.locals.values() {
        sites.push(Owner::Local(local), &local.expr, Allowed::default());
    }
    for output in module.outputs.values() {
        sites.push(Owner::Output(output), &output.expr, Allowed::default());
        sites.rules(Owner::Output(output), &output.preconditions, Allowed::default());
    }
    for provider in module.providers.values() {
        let owner = Owner::Provider(provider);
        let allowed = Allowed { each: provider.for_each.is_some(), ..Allowed::default() };
        sites.body(owner, &provider.body, ProviderBlock::META_ARGUMENTS, allowed);
        provider.for_each.iter().for_each(|e| sites.push(owner, e, Allowed::default()));
    }
    for resource in module.resources.values() {
        sites.resource(resource);
    }
    for call in module.calls.values() {
        sites.call(call);
    }
    for action in module.actions.values() {
        let (owner, allowed) = (Owner::Action(action), Allowed::by(&action.repetition));
        repetition(&action.repetition).into_iter().for_each(|e| sites.push(owner, e, Allowed::default()));
        action.config.iter().for_each(|body| sites.body(owner, body, &[], allowed));
        action.provider.key.iter().for_each(|e| sites.push(owner, e, allowed));
    }
    for check in module.checks.values() {
        sites.rules(Owner::Check(check), &check.asserts, Allowed::default());
    }
    for import in &module.imports {
        let allowed = Allowed { each: import.for_each.is_some(), ..Allowed::default() };
        sites.push(Owner::Statement, import.key.expr(), allowed);
        import.for_each.iter().for_each(|e| sites.push(Owner::Statement, e, Allowed::default()));
        sites.import_keys(&import.to, allowed);
    }
    for removed in &module.removed {
        sites.provisioners(Owner::Statement, &removed.provisioners, Allowed::default());
    }
    sites.0
}

struct Sites<'a>(Vec<Site<'a>>);

impl<'a> Sites<'a> {
    fn push(&mut self, owner: Owner<'a>, expr: &'a Expr, allowed: Allowed) {
        self.0.push(Site { owner, expr, bound: Vec::new(), allowed, trigger: false });
    }

    fn body(&mut self, owner: Owner<'a>, body: &'a Body, except: &[&str], allowed: Allowed) {
        visit::body(body, except, &mut |found| {
            self.0.push(Site { owner, expr: found.expr, bound: found.bound, allowed, trigger: false });
        });
    }

    fn rules(&mut self, owner: Owner<'a>, rules: &'a [CheckRule], allowed: Allowed) {
        let allowed = Allowed { condition: true, ..allowed };
        for rule in rules {
            self.push(owner, &rule.condition, allowed);
            self.push(owner, &rule.error_message, allowed);
        }
    }

    fn resource(&mut self, resource: &'a ResourceBlock) {
        let owner = Owner::Resource(resource);
        let allowed = Allowed::by(&resource.repetition);
        let own = Allowed { own: true, ..allowed };
        if let Some(expr) = repetition(&resource.repetition) {
            self.push(owner, expr, Allowed::default());
        }
        self.body(owner, &resource.body, ResourceBlock::META_ARGUMENTS, allowed);
        resource.provider.key.iter().for_each(|e| self.push(owner, e, allowed));
        let lifecycle = &resource.lifecycle;
        lifecycle.prevent_destroy.iter().for_each(|e| self.push(owner, e, Allowed::default()));
        for expr in &lifecycle.replace_triggered_by {
            self.0.push(Site { owner, expr, bound: Vec::new(), allowed, trigger: true });
        }
        for trigger in &lifecycle.action_triggers {
            let keys = trigger.actions.iter().filter_map(|a| a.key.as_ref());
            let named = Allowed { own_name: true, condition: true, ..allowed };
            trigger.condition.iter().chain(keys).for_each(|e| self.push(owner, e, named));
        }
        self.rules(owner, &lifecycle.preconditions, allowed);
        self.rules(owner, &lifecycle.postconditions, own);
        // Only provisioners use the connection: without any it is never evaluated.
        if let Some(connection) = resource.connection.as_ref().filter(|_| !resource.provisioners.is_empty()) {
            // A destroy-time provisioner uses it too.
            let destroy = resource.provisioners.iter().any(|p| p.when == ProvisionerWhen::Destroy);
            self.body(owner, connection, &[], Allowed { own_name: true, only_these: destroy, ..own });
        }
        self.provisioners(owner, &resource.provisioners, allowed);
    }

    fn provisioners(&mut self, owner: Owner<'a>, provisioners: &'a [Provisioner], allowed: Allowed) {
        for provisioner in provisioners {
            let only_these = provisioner.when == ProvisionerWhen::Destroy;
            let allowed = Allowed { own: true, own_name: true, only_these, ..allowed };
            self.body(owner, &provisioner.body, &["when", "on_failure"], allowed);
        }
    }

    fn call(&mut self, call: &'a ModuleCall) {
        let allowed = Allowed::by(&call.repetition);
        if let Some(expr) = repetition(&call.repetition) {
            self.push(Owner::Call(call), expr, Allowed::default());
        }
        for (_, passed) in &call.providers {
            passed.key.iter().for_each(|e| self.push(Owner::Call(call), e, allowed));
        }
        visit::arguments(&call.body, ModuleCall::META_ARGUMENTS, &mut |name, expr| {
            self.push(Owner::Argument(call, name), expr, allowed);
        });
    }

    fn import_keys(&mut self, to: &'a Expr, allowed: Allowed) {
        if import_target(to).is_none() {
            return;
        }
        visit::expressions(to, &mut |expr| {
            if let terrane_syntax::ExprKind::Index(_, key) = &expr.kind {
                self.push(Owner::Statement, key, allowed);
            }
        });
    }
}
