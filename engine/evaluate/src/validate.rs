//! Validation: every expression of a configuration evaluated once, with nothing known.

use crate::condition::message_type;
use crate::evaluator::{finish, static_instance};
use crate::expansion::check_repetition;
use crate::import::{import_collection, words};
use crate::instance::schema_of;
use crate::memo::Named;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluator, Stop, provision, unserved};
use std::collections::BTreeSet;
use terrane_address::{InstanceKey, Mode, ModuleInstance, ProviderConfigAddress};
use terrane_config::{
    IgnoreChanges, Import, ImportKey, Module, ProviderBlock, Repetition, ResourceBlock, import_target,
};
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_lang::{Outcome, decode_body, evaluate};
use terrane_provider::no_identities;
use terrane_schema::Schema;
use terrane_syntax::{Body, Expr};
use terrane_value::{PathStep, Type, Value, convert};

/// A configuration that its provider should check: an object of the schema with unknown values,
/// without marks.
#[derive(Clone, Debug)]
pub struct ToValidate<'c> {
    /// The provider.
    pub provider: ProviderConfigAddress,
    /// The resource's mode and type; `None` for the provider's own configuration.
    pub resource: Option<(Mode, String)>,
    /// The configuration.
    pub config: Value,
    /// The block's header.
    pub span: Span,
    /// What is written in it.
    pub body: &'c Body,
}

impl<'c> Evaluator<'c> {
    /// Evaluates every expression of every module, and gives what providers should check. The
    /// evaluator must be a validating one ([`crate::Inputs::validating`]).
    pub fn validate(&self) -> (Vec<ToValidate<'c>>, Diagnostics) {
        let used = self.inputs.config.resource_providers.values().collect();
        let mut all = Validation {
            ev: self,
            used,
            found: Vec::new(),
            problems: Diagnostics::new(),
            unserved: unserved::Met::default(),
        };
        for (path, module) in &self.inputs.config.modules {
            all.module(&static_instance(path), module);
        }
        all.problems.append(all.unserved.warnings());
        // Where nothing passed over them, they are told already; and one step can have been met as part
        // of several expressions.
        for d in self.impossible.take() {
            if !all.problems.iter().any(|told| same_place(told, &d)) {
                all.problems.push(d);
            }
        }
        (all.found, all.problems)
    }
}

fn same_place(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.subject.zip(b.subject).is_some_and(|(a, b)| a.file == b.file && a.start < b.end && b.start < a.end)
}

struct Validation<'e, 'c> {
    ev: &'e Evaluator<'c>,
    /// The provider configurations that serve something; others are not looked at.
    used: BTreeSet<&'c ProviderConfigAddress>,
    found: Vec<ToValidate<'c>>,
    problems: Diagnostics,
    unserved: unserved::Met,
}

impl<'c> Validation<'_, 'c> {
    fn module(&mut self, instance: &ModuleInstance, module: &'c Module) {
        let names = (module.locals.keys().cloned().map(Named::Local))
            .chain(module.outputs.keys().cloned().map(Named::Output));
        for name in names {
            if let Err(Stop::Failed(problems)) = self.ev.named(instance, &name) {
                self.problems.append(problems);
            }
        }
        self.variables(instance, module);
        for call in module.calls.values() {
            self.each(instance, &call.repetition);
        }
        for provider in module.provider_metas.keys().map(|name| module.provider_address(name)) {
            // That a provider takes none is for the plan to say, if it has anything to do.
            if self.ev.inputs.schemas.get(&provider).is_some_and(|schema| schema.meta.is_some()) {
                let told = self.ev.provider_meta(instance, &provider);
                let told = told.map(|(_, warnings)| self.problems.append(warnings));
                self.keep_problems(told);
            }
        }
        for block in module.providers.values() {
            self.provider(instance, module, block);
        }
        for block in module.resources.values() {
            self.resource(instance, block);
        }
        for import in &module.imports {
            self.import(instance, import);
        }
        for rule in module.checks.values().flat_map(|c| &c.asserts) {
            let scope = ModuleScope::new(self.ev, instance.clone(), Each::None);
            self.keep(evaluate(&rule.condition, &scope));
            let told = message_type(rule, &scope).map(|((), warnings)| self.problems.append(warnings));
            self.keep_problems(told);
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
                self.repetition(instance, repetition, expr);
                return Each::None;
            }
            Repetition::Count(expr) | Repetition::ForEach(expr) => expr,
        };
        self.repetition(instance, repetition, expr);
        Each::Any
    }

    /// What says how many instances there are.
    fn repetition(&mut self, instance: &ModuleInstance, repetition: &Repetition, expr: &Expr) {
        let Some(value) = self.expression(instance, expr) else { return };
        self.keep_problems(check_repetition(self.ev, instance, repetition, &value));
    }

    fn keep_problems(&mut self, result: Result<(), Stop>) {
        if let Err(Stop::Failed(problems)) = result {
            self.problems.append(problems);
        }
    }

    fn expression(&mut self, instance: &ModuleInstance, expr: &Expr) -> Option<Value> {
        let scope = ModuleScope::new(self.ev, instance.clone(), Each::None);
        self.keep(evaluate(expr, &scope))
    }

    /// The variables: what callers pass to them, and their validations.
    fn variables(&mut self, instance: &ModuleInstance, module: &Module) {
        for name in module.variables.keys() {
            if let Err(Stop::Failed(problems)) = self.ev.named(instance, &Named::Variable(name.clone())) {
                self.problems.append(problems);
            }
        }
        for rule in module.variables.values().flat_map(|variable| &variable.validations) {
            self.expression(instance, &rule.error_message);
        }
    }

    fn provider(&mut self, instance: &ModuleInstance, module: &Module, block: &'c ProviderBlock) {
        let provider = module.provider_address(&block.local_name);
        let Some(schema) = self.ev.inputs.schemas.get(&provider) else { return };
        let address = ProviderConfigAddress {
            module: module.path.clone(),
            provider,
            alias: block.alias.clone(),
            key: InstanceKey::None,
        };
        if !self.used.contains(&address) {
            return;
        }
        let each = match &block.for_each {
            Some(expr) => {
                self.expression(instance, expr);
                Each::Any
            }
            None => Each::None,
        };
        let scope = ModuleScope::new(self.ev, instance.clone(), each);
        let outcome = decode_body(&block.body, &schema.provider.block, ProviderBlock::META_ARGUMENTS, &scope);
        let Some(config) = self.keep(outcome) else { return };
        self.found.push(ToValidate {
            provider: address,
            resource: None,
            config: config.unmark_deep().0,
            span: block.span,
            body: &block.body,
        });
    }

    fn resource(&mut self, instance: &ModuleInstance, block: &'c ResourceBlock) {
        let each = self.each(instance, &block.repetition);
        let address =
            terrane_address::ConfigResource { module: instance.path(), resource: block.resource.clone() };
        let Some(provider) = self.ev.inputs.config.resource_providers.get(&address) else { return };
        if self.unserved.meet(self.ev, block, provider) {
            let scope = ModuleScope::new(self.ev, instance.clone(), each.clone());
            for outcome in unserved::expressions(&block.body, &scope) {
                self.keep(outcome);
            }
            let own = ModuleScope::new(self.ev, instance.clone(), each).with_self(Value::UNKNOWN);
            return self.conditions(block, &scope, &own);
        }
        let schema = match schema_of(self.ev, block, provider) {
            Ok(schema) => schema,
            Err(Stop::Failed(problems)) => return self.problems.append(problems),
            Err(Stop::Blocked(_)) => return,
        };
        let scope = ModuleScope::new(self.ev, instance.clone(), each.clone());
        let mut parts = Vec::new();
        let outcome =
            unserved::decode(self.ev, &provider.provider, (block, &schema.block), &scope, &mut parts);
        parts.iter().for_each(|part| self.unserved.note(block, provider, Some(part)));
        if let Some(config) = self.keep(outcome) {
            let misplaced = crate::ephemeral::problems(self.ev, instance, block, &schema.block, &config);
            self.problems.append(misplaced);
            let resource = Some((block.resource.mode, block.resource.type_name.to_string()));
            let config = config.unmark_deep().0;
            let (provider, span, body) = (provider.clone(), block.span, &block.body);
            self.found.push(ToValidate { provider, resource, config, span, body });
        }
        self.lifecycle(block, schema, &scope);
        let own = Value::unknown(schema.block.implied_type());
        let own = ModuleScope::new(self.ev, instance.clone(), each).with_self(own);
        self.conditions(block, &scope, &own);
        self.problems.append(provision::check(&block.provisioners, block.connection.as_ref(), &own));
    }

    /// What must hold before and after; `own` is the scope that has the object itself.
    fn conditions(&mut self, block: &ResourceBlock, scope: &ModuleScope<'_, '_>, own: &ModuleScope<'_, '_>) {
        let before = block.lifecycle.preconditions.iter().map(|rule| (rule, scope));
        let after = block.lifecycle.postconditions.iter().map(|rule| (rule, own));
        for (rule, scope) in before.chain(after) {
            self.keep(evaluate(&rule.condition, scope));
            self.keep(evaluate(&rule.error_message, scope));
        }
    }

    /// `prevent_destroy` and `ignore_changes`.
    fn lifecycle(&mut self, block: &ResourceBlock, schema: &Schema, scope: &ModuleScope<'_, '_>) {
        if let Some(expr) = &block.lifecycle.prevent_destroy
            && let Some(value) = self.keep(evaluate(expr, scope))
            && (value.is_null() || convert(&value, &Type::Bool).is_err())
        {
            let detail = "Unsuitable value: prevent_destroy must be true or false.";
            self.problems.push(Diagnostic::error("Unsuitable value type", detail).at(expr.span));
        }
        let IgnoreChanges::Paths(paths) = &block.lifecycle.ignore_changes else { return };
        for (path, span) in paths {
            let Some(PathStep::Attribute(name)) = path.0.first() else { continue };
            if let Some(attribute) = schema.block.attributes.get(name) {
                if attribute.computed && !attribute.optional && path.0.len() == 1 {
                    let detail = format!(
                        "Adding an attribute to ignore_changes makes changes of the configuration go unnoticed. {name} \
                         is decided by the provider alone and cannot be configured, so there is nothing to ignore."
                    );
                    let summary = "Redundant ignore_changes element";
                    self.problems.push(Diagnostic::warning(summary, detail).at(*span));
                }
                continue;
            }
            if schema.block.blocks.contains_key(name) {
                continue;
            }
            let known = schema.block.attributes.keys().chain(schema.block.blocks.keys()).map(|k| &**k);
            let hint = terrane_diagnostics::nearest(name, known)
                .map(|n| format!(" Did you mean {n:?}?"))
                .unwrap_or_default();
            let detail = format!(
                "This object has no argument, nested block, or exported attribute named {:?}.{hint}",
                &**name
            );
            self.problems.push(Diagnostic::error("Unsupported attribute", detail).at(*span));
        }
    }

    /// What is wrong with the identity in an `import` block, as far as that is known.
    fn identity_problem(&self, import: &Import, value: &Value) -> Option<String> {
        let inputs = self.ev.inputs();
        let target = import_target(&import.to)?.resource;
        let type_name = &target.resource.type_name;
        let provider = inputs.config.resource_providers.get(&target)?;
        let Some(schema) = inputs.schemas.get(&provider.provider)?.identities.get(type_name) else {
            return Some(no_identities(type_name).detail);
        };
        if !value.is_wholly_known() {
            return None;
        }
        let why = schema.import_value(&value.unmark_deep().0).err()?;
        Some(format!("The identity of {target} {why}."))
    }

    /// What an `import` block says, as far as it is known.
    fn import(&mut self, instance: &ModuleInstance, import: &Import) {
        let each = match &import.for_each {
            Some(expr) => {
                if let Some(value) = self.expression(instance, expr)
                    && let Err(problem) = import_collection(&value.unmark().0, expr.span)
                {
                    self.problems.push(problem);
                }
                Each::Any
            }
            None => Each::None,
        };
        let scope = ModuleScope::new(self.ev, instance.clone(), each);
        let expr = import.key.expr();
        let Some(value) = self.keep(evaluate(expr, &scope)) else { return };
        let (value, marks) = value.unmark();
        let by_id = matches!(import.key, ImportKey::Id(_));
        if !value.is_known() && (!by_id || convert(&value, &Type::String).is_ok()) {
            return;
        }
        let (summary, subject) = words(&import.key);
        let why = if value.is_null() {
            format!("{subject} cannot be null.")
        } else if marks.is_ephemeral() {
            format!("{subject} cannot be made from ephemeral values.")
        } else if !by_id {
            match self.identity_problem(import, &value) {
                Some(why) => why,
                None => return,
            }
        } else {
            match convert(&value, &Type::String) {
                Ok(id) if id.as_str() == Some("") => {
                    "The import ID evaluates to an empty string: a non-empty value is required.".to_owned()
                }
                Ok(_) => return,
                Err(e) => format!("The import ID is unsuitable: {e}."),
            }
        };
        self.problems.push(Diagnostic::error(summary, why).at(expr.span));
    }
}
