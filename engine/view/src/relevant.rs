//! Which attributes of resources the planned changes were made from: what is referred to where
//! something changes, through local values, variables, outputs of modules, and arguments of resources.
//!
//! Outputs of modules other than the root are in no state, so that to Terraform each of them changes in
//! every plan.

use crate::json::traversal::{Step, Traversal, as_traversal, traversals};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use terrane_address::{
    ConfigResource, InstanceKey, Mode, ModuleInstance, Resource, ResourceAddress, ResourceInstance,
};
use terrane_config::{Config, ModuleCall, Repetition, ResourceBlock};
use terrane_plan::{Action, Plan};
use terrane_provider::Schemas;
use terrane_schema::Block;
use terrane_syntax::{Body, Expr};
use terrane_value::{Path, PathStep};

/// An attribute that something which changes was made from.
pub(crate) struct RelevantAttribute {
    /// The object, without keys that are not constant in the reference.
    resource: ResourceInstance,
    /// The path in it, as far as that is constant; empty for all of it.
    path: Vec<Step>,
}

impl RelevantAttribute {
    /// As the member `relevant_attributes` of a plan has it.
    pub(crate) fn json(&self) -> Json {
        let steps: Vec<Json> = self.path.iter().map(Step::json).collect();
        json!({ "resource": self.resource.to_string(), "attribute": steps })
    }

    /// Whether it is, is in, or has in it, what is at `path` of an object. Which of several instances is meant may be
    /// open: then it is any of them.
    pub(crate) fn touches(&self, object: &ResourceInstance, path: &Path) -> bool {
        let fits = |(own, step): (&Step, &PathStep)| match (own, step) {
            (Step::Name(own) | Step::Key(own), PathStep::Attribute(name) | PathStep::Key(name)) => {
                own == name
            }
            (Step::Index(own), PathStep::Index(n)) => own == n,
            _ => true,
        };
        self.resource.config() == object.config()
            && (self.resource.key == InstanceKey::None || self.resource.key == object.key)
            && self.path.iter().zip(&path.0).all(fits)
    }
}

/// All of them, in the order in which they are found.
pub(crate) fn relevant_attributes(plan: &Plan, config: &Config, schemas: &Schemas) -> Vec<RelevantAttribute> {
    let mut search =
        Search { config, schemas, found: Vec::new(), seen: BTreeSet::new(), each: None, within: Vec::new() };
    for (name, change) in &plan.outputs {
        if change.action != Action::NoOp
            && let Some(output) =
                config.modules.get(&ModuleInstance::root().path()).and_then(|m| m.outputs.get(name))
        {
            search.expr(&output.expr, &ModuleInstance::root());
        }
    }
    let changed: BTreeSet<ResourceAddress> = (plan.changes.iter())
        .filter(|c| c.action != Action::NoOp)
        .map(|c| c.address.resource_address())
        .collect();
    for address in changed {
        let config_address: ConfigResource = address.config();
        let Some(block) = config.resource(&config_address) else { continue };
        let provider = config.resource_providers.get(&config_address);
        let schema = provider
            .and_then(|p| schemas.resource(&p.provider, address.resource.mode, &address.resource.type_name));
        search.resource(block, schema.map(|s| &s.block), &address.module);
    }
    for (module, names) in &plan.module_outputs {
        let Some(outputs) = config.module(&module.path()).map(|m| &m.outputs) else { continue };
        for output in names.iter().filter_map(|name| outputs.get(name)) {
            search.expr(&output.expr, module);
        }
    }
    search.found
}

struct Search<'a> {
    config: &'a Config,
    schemas: &'a Schemas,
    found: Vec<RelevantAttribute>,
    seen: BTreeSet<String>,
    /// What `each` is made from, where there is one.
    each: Option<Expr>,
    /// The resources whose arguments are being followed.
    within: Vec<ResourceAddress>,
}

impl Search<'_> {
    fn resource(&mut self, block: &ResourceBlock, schema: Option<&Block>, module: &ModuleInstance) {
        self.repetition(&block.repetition, module);
        let around = std::mem::replace(&mut self.each, each(&block.repetition));
        self.body(&block.body, schema, module);
        self.each = around;
    }

    fn repetition(&mut self, repetition: &Repetition, module: &ModuleInstance) {
        if let Repetition::ForEach(e) = repetition {
            self.expr(e, module);
        }
    }

    fn body(&mut self, body: &Body, schema: Option<&Block>, module: &ModuleInstance) {
        match body {
            Body::Json(expr) => self.expr(expr, module),
            Body::Native(native) => {
                let expected = |name: &str| schema.is_none_or(|s| s.attributes.contains_key(name));
                for attribute in native.attributes.iter().filter(|a| expected(&a.name.name)) {
                    self.expr(&attribute.expr, module);
                }
                for block in &native.blocks {
                    let name = &*block.kind.name;
                    let nested = schema.and_then(|s| s.blocks.get(name)).map(|b| &b.block);
                    // Blocks of the language (lifecycle, provisioner) make no planned values.
                    if nested.is_some() || name == "dynamic" {
                        self.body(&block.body, nested, module);
                    }
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr, module: &ModuleInstance) {
        for traversal in traversals(expr) {
            self.reference(&traversal, module);
        }
    }

    fn reference(&mut self, traversal: &Traversal, module: &ModuleInstance) {
        let mark = format!("{module}|{traversal:?}");
        if !self.seen.insert(mark) {
            return;
        }
        let (subject, rest) = traversal.steps.split_at(traversal.subject_steps());
        let name = match subject.first() {
            Some(Step::Name(name)) => name.clone(),
            _ => return,
        };
        let declared = self.config.module(&module.path()).cloned();
        match &*traversal.root {
            "local" => {
                if let Some(local) = declared.as_ref().and_then(|m| m.locals.get(&name)) {
                    self.through(&local.expr, rest, module);
                }
            }
            "var" => {
                let Some((caller, step)) = module.split() else { return };
                let call = self.config.module(&caller.path()).and_then(|m| m.calls.get(&step.name)).cloned();
                let argument = call.as_ref().and_then(|c| argument(c, &name));
                if let (Some(argument), Some(call)) = (argument, call) {
                    let around = std::mem::replace(&mut self.each, each(&call.repetition));
                    self.through(&argument, rest, &caller);
                    self.each = around;
                }
            }
            "module" => {
                let child = module.child(name, key(subject.get(1)));
                let outputs = self.config.module(&child.path()).cloned();
                let Some(outputs) = outputs.as_ref().map(|m| &m.outputs) else { return };
                match rest.split_first() {
                    Some((Step::Name(output), rest)) => {
                        if let Some(output) = outputs.get(output) {
                            self.through(&output.expr, rest, &child);
                        }
                    }
                    _ => outputs.values().for_each(|o| self.through(&o.expr, &[], &child)),
                }
            }
            "each" => {
                if let Some(each) = self.each.take() {
                    self.expr(&each, module);
                    self.each = Some(each);
                }
            }
            "path" | "count" | "terraform" | "tofu" | "self" | "ephemeral" => {}
            "data" => {
                if let Some(Step::Name(type_name)) = subject.first()
                    && let Some(Step::Name(name)) = subject.get(1)
                {
                    let resource =
                        Resource { mode: Mode::Data, type_name: type_name.clone(), name: name.clone() };
                    self.attribute(module, resource, key(subject.get(2)), rest);
                }
            }
            type_name => {
                self.attribute(module, Resource::managed(type_name, name), key(subject.get(1)), rest);
            }
        }
    }

    /// Goes on at `expr`. When that is a reference itself, `rest` applies to what it refers to.
    fn through(&mut self, expr: &Expr, rest: &[Step], module: &ModuleInstance) {
        match as_traversal(expr) {
            Some(mut traversal) => {
                traversal.steps.extend_from_slice(rest);
                self.reference(&traversal, module);
            }
            None => self.expr(expr, module),
        }
    }

    fn attribute(&mut self, module: &ModuleInstance, resource: Resource, key: InstanceKey, path: &[Step]) {
        let resource = ResourceAddress { module: module.clone(), resource };
        let address = resource.instance(key);
        let entry = RelevantAttribute { resource: address, path: path.to_vec() };
        if self.seen.insert(entry.json().to_string()) {
            self.found.push(entry);
            self.arguments(resource, path);
        }
    }

    /// What an argument of a resource is made from, or all of them; nothing for what it does not set.
    fn arguments(&mut self, resource: ResourceAddress, path: &[Step]) {
        let config_address = resource.config();
        let Some(block) = self.config.resource(&config_address) else { return };
        if self.within.contains(&resource) {
            return;
        }
        let schema = self.config.resource_providers.get(&config_address).and_then(|provider| {
            let (mode, type_name) = (resource.resource.mode, &resource.resource.type_name);
            self.schemas.resource(&provider.provider, mode, type_name)
        });
        let around = std::mem::replace(&mut self.each, each(&block.repetition));
        self.within.push(resource.clone());
        match (path.first(), &block.body) {
            (Some(Step::Name(name)), Body::Native(native)) => {
                for attribute in native.attributes.iter().filter(|a| a.name.name == *name) {
                    self.expr(&attribute.expr, &resource.module);
                }
                let named = |b: &&terrane_syntax::Block| {
                    b.kind.name == *name || b.labels.first().is_some_and(|l| *l.text == **name)
                };
                for nested in native.blocks.iter().filter(named) {
                    self.body(&nested.body, None, &resource.module);
                }
            }
            _ => self.body(&block.body, schema.map(|s| &s.block), &resource.module),
        }
        self.within.pop();
        self.each = around;
    }
}

fn key(step: Option<&Step>) -> InstanceKey {
    match step {
        Some(Step::Index(n)) => InstanceKey::Int(*n),
        Some(Step::Key(k)) => InstanceKey::String(k.clone()),
        Some(Step::Name(_)) | None => InstanceKey::None,
    }
}

fn argument(call: &ModuleCall, name: &str) -> Option<Expr> {
    let (attributes, _) = call.body.just_attributes();
    attributes.into_iter().find(|a| &*a.name.name == name).map(|a| a.expr)
}

/// What `each` is made from in a block that is repeated so.
fn each(repetition: &Repetition) -> Option<Expr> {
    match repetition {
        Repetition::ForEach(expr) => Some(expr.clone()),
        _ => None,
    }
}
