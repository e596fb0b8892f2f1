//! Validation: every expression of a configuration evaluated once, with nothing known.

use crate::evaluator::{finish, static_instance};
use crate::instance::schema_of;
use crate::memo::Named;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluator, Stop};
use terrane_address::{InstanceKey, Mode, ModuleInstance, ProviderConfigAddress};
use terrane_config::{Module, ModuleCall, ProviderBlock, Repetition, ResourceBlock};
use terrane_diagnostics::{Diagnostics, Span};
use terrane_lang::{Outcome, decode_body, evaluate};
use terrane_syntax::{BodySchema, Expr};
use terrane_value::Value;

/// A configuration that its provider should check: an object of the schema with unknown values,
/// without marks.
#[derive(Clone, Debug)]
pub struct ToValidate {
    /// The provider.
    pub provider: ProviderConfigAddress,
    /// The resource's mode and type; `None` for the provider's own configuration.
    pub resource: Option<(Mode, String)>,
    /// The configuration.
    pub config: Value,
    /// The block's header.
    pub span: Span,
}

impl Evaluator<'_> {
    /// Evaluates every expression of every module, and gives what providers should check. The
    /// evaluator must be a validating one ([`crate::Inputs::validating`]).
    pub fn validate(&self) -> (Vec<ToValidate>, Diagnostics) {
        let mut all = Validation { ev: self, found: Vec::new(), problems: Diagnostics::new() };
        for (path, module) in &self.inputs.config.modules {
            all.module(&static_instance(path), module);
        }
        (all.found, all.problems)
    }
}

struct Validation<'e, 'c> {
    ev: &'e Evaluator<'c>,
    found: Vec<ToValidate>,
    problems: Diagnostics,
}

impl Validation<'_, '_> {
    fn module(&mut self, instance: &ModuleInstance, module: &Module) {
        let names = (module.locals.keys().cloned().map(Named::Local))
            .chain(module.outputs.keys().cloned().map(Named::Output));
        for name in names {
            if let Err(Stop::Failed(problems)) = self.ev.named(instance, &name) {
                self.problems.append(problems);
            }
        }
        for call in module.calls.values() {
            self.call(instance, call);
        }
        for block in module.providers.values() {
            self.provider(instance, module, block);
        }
        for block in module.resources.values() {
            self.resource(instance, block);
        }
        for rule in module.checks.values().flat_map(|c| &c.asserts) {
            let scope = ModuleScope::new(self.ev, instance.clone(), Each::None);
            self.keep(evaluate(&rule.condition, &scope));
            self.keep(evaluate(&rule.error_message, &scope));
        }
    }

    /// The value of an outcome; its problems are kept.
    fn keep(&mut self, outcome: Outcome) -> Option<Value> {
        match finish(outcome) {
            Ok((value, warnings)) => {
                self.problems.append(warnings);
                Some(value)
            }
            Err(Stop::Failed(problems)) => {
                self.problems.append(problems);
                None
            }
            Err(Stop::Blocked(_)) => None,
        }
    }

    /// What `each` and `count` are, after a look at the expression that they come from.
    fn each(&mut self, instance: &ModuleInstance, repetition: &Repetition) -> Each {
        let expr = match repetition {
            Repetition::Single => return Each::None,
            Repetition::Enabled(expr) => {
                self.expression(instance, expr);
                return Each::None;
            }
            Repetition::Count(expr) | Repetition::ForEach(expr) => expr,
        };
        self.expression(instance, expr);
        Each::Any
    }

    fn expression(&mut self, instance: &ModuleInstance, expr: &Expr) -> Option<Value> {
        let scope = ModuleScope::new(self.ev, instance.clone(), Each::None);
        self.keep(evaluate(expr, &scope))
    }

    fn call(&mut self, instance: &ModuleInstance, call: &ModuleCall) {
        let each = self.each(instance, &call.repetition);
        let child = self.ev.module_config(&instance.child(call.name.clone(), Default::default()));
        let names: Vec<&str> = child.iter().flat_map(|m| m.variables.keys().map(|k| &**k)).collect();
        let (content, _) = call.body.partial_content(&BodySchema::new(&names, &[]));
        for argument in &content.attributes {
            let scope = ModuleScope::new(self.ev, instance.clone(), each.clone());
            let Some(value) = self.keep(evaluate(&argument.expr, &scope)) else { continue };
            let Some(variable) = child.and_then(|m| m.variables.get(&argument.name.name)) else { continue };
            if let Err(Stop::Failed(problems)) =
                crate::variables::prepare_value(variable, Some((value, argument.expr.span)))
            {
                self.problems.append(problems);
            }
        }
    }

    fn provider(&mut self, instance: &ModuleInstance, module: &Module, block: &ProviderBlock) {
        let provider = module.provider_address(&block.local_name);
        let Some(schema) = self.ev.inputs.schemas.get(&provider) else { return };
        let scope = ModuleScope::new(self.ev, instance.clone(), Each::None);
        let outcome = decode_body(&block.body, &schema.provider.block, ProviderBlock::META_ARGUMENTS, &scope);
        let Some(config) = self.keep(outcome) else { return };
        let provider = ProviderConfigAddress {
            module: module.path.clone(),
            provider,
            alias: block.alias.clone(),
            key: InstanceKey::None,
        };
        self.found.push(ToValidate {
            provider,
            resource: None,
            config: config.unmark_deep().0,
            span: block.span,
        });
    }

    fn resource(&mut self, instance: &ModuleInstance, block: &ResourceBlock) {
        let each = self.each(instance, &block.repetition);
        let address =
            terrane_address::ConfigResource { module: instance.path(), resource: block.resource.clone() };
        let Some(provider) = self.ev.inputs.config.resource_providers.get(&address) else { return };
        let schema = match schema_of(self.ev, block, provider) {
            Ok(schema) => schema,
            Err(Stop::Failed(problems)) => return self.problems.append(problems),
            Err(Stop::Blocked(_)) => return,
        };
        let scope = ModuleScope::new(self.ev, instance.clone(), each.clone());
        let outcome = decode_body(&block.body, &schema.block, ResourceBlock::META_ARGUMENTS, &scope);
        if let Some(config) = self.keep(outcome) {
            let resource = Some((block.resource.mode, block.resource.type_name.to_string()));
            let config = config.unmark_deep().0;
            self.found.push(ToValidate { provider: provider.clone(), resource, config, span: block.span });
        }
        for rule in &block.lifecycle.preconditions {
            self.keep(evaluate(&rule.condition, &scope));
            self.keep(evaluate(&rule.error_message, &scope));
        }
        let own = Value::unknown(schema.block.implied_type());
        let scope = ModuleScope::new(self.ev, instance.clone(), each).with_self(own);
        for rule in &block.lifecycle.postconditions {
            self.keep(evaluate(&rule.condition, &scope));
            self.keep(evaluate(&rule.error_message, &scope));
        }
    }
}
