//! What names mean in a module instance.

mod any;

use crate::memo::Named;
use crate::{Evaluator, Expansion, Stop};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_address::{InstanceKey, Mode, ModuleInstance, Resource, ResourceAddress, ResourceInstance};
use terrane_diagnostics::{Diagnostic, Span, nearest};
use terrane_lang::{FunctionContext, Resolved, Scope, Step};
use terrane_value::{Kind, Marks, Type, Value};

/// What `each` and `count` stand for.
#[derive(Clone, Debug)]
pub(crate) enum Each {
    None,
    Index(u64),
    Pair(Arc<str>, Value),
    /// Some instance, while only the configuration as such is looked at.
    Any,
}

/// The scope of an expression in a module instance.
pub(crate) struct ModuleScope<'e, 'c> {
    evaluator: &'e Evaluator<'c>,
    module: ModuleInstance,
    each: Each,
    own: Option<Value>,
    /// The instance whose provisioners run, which has no result yet: its name means what `self` means.
    provisioned: Option<ResourceInstance>,
}

impl<'e, 'c> ModuleScope<'e, 'c> {
    pub(crate) fn new(evaluator: &'e Evaluator<'c>, module: ModuleInstance, each: Each) -> Self {
        ModuleScope { evaluator, module, each, own: None, provisioned: None }
    }

    /// The same scope in which `self` stands for `value`.
    pub(crate) fn with_self(mut self, value: Value) -> Self {
        self.own = Some(value);
        self
    }

    /// The same scope in which `self` and the name of the instance stand for `value`.
    pub(crate) fn provisioning(mut self, instance: &ResourceInstance, value: Value) -> Self {
        self.provisioned = Some(instance.clone());
        self.with_self(value)
    }

    fn value_of(&self, name: Named, steps: usize) -> Resolved {
        match self.evaluator.named(&self.module, &name) {
            Ok(value) => Resolved::Value(value, steps),
            Err(stop) => stop.into(),
        }
    }

    /// The names that may follow `root`, for suggestions.
    fn declared(&self, root: &str) -> Vec<Arc<str>> {
        let Some(module) = self.evaluator.module_config(&self.module) else { return Vec::new() };
        match root {
            "var" => module.variables.keys().cloned().collect(),
            "local" => module.locals.keys().cloned().collect(),
            "module" => module.calls.keys().cloned().collect(),
            _ => Vec::new(),
        }
    }

    fn undeclared(&self, root: &str, name: &str, span: Span) -> Resolved {
        let (summary, what) = match root {
            "var" => ("Reference to undeclared input variable", "An input variable"),
            "local" => ("Reference to undeclared local value", "A local value"),
            _ => ("Reference to undeclared module", "A module call"),
        };
        let declared = self.declared(root);
        let hint = nearest(name, declared.iter().map(|n| &**n))
            .map(|n| format!(" Did you mean {n:?}?"))
            .unwrap_or_default();
        failed(summary, format!("{what} with the name {name:?} has not been declared.{hint}"), span)
    }

    fn module_call(&self, span: Span, steps: &[Step]) -> Resolved {
        let Some(Step::Attribute(name, _)) = steps.first() else {
            return failed("Invalid reference", "A module name must follow \"module\".".into(), span);
        };
        let Some(call) = self.evaluator.module_config(&self.module).and_then(|m| m.calls.get(name)) else {
            return self.undeclared("module", name, span);
        };
        if self.evaluator.inputs.validating {
            return self.any_output(call, steps);
        }
        let expansion = match self.evaluator.expand_call(&self.module, call) {
            Ok(expansion) => expansion,
            Err(stop) => return stop.into(),
        };
        let (key, taken) = match key_step(&expansion, steps.get(1)) {
            Some(key) => (Some(key), 2),
            None if matches!(*expansion, Expansion::Single | Expansion::Enabled(true)) => {
                (Some(InstanceKey::None), 1)
            }
            None => (None, 1),
        };
        let Some(key) = key else {
            return self.whole(
                &expansion,
                |key| self.module_outputs(&self.module.child(name.clone(), key)),
                taken,
            );
        };
        let child = self.module.child(name.clone(), key);
        match steps.get(taken) {
            Some(Step::Attribute(output, at)) => {
                let outputs = self.evaluator.module_config(&child).map(|m| &m.outputs);
                if outputs.is_some_and(|o| o.contains_key(output)) {
                    return match self.evaluator.named(&child, &Named::Output(output.clone())) {
                        Ok(value) => Resolved::Value(value, taken + 1),
                        Err(stop) => stop.into(),
                    };
                }
                match self.evaluator.module_config(&child) {
                    Some(config) => self.no_output(output, config, *at),
                    None => Resolved::Value(Value::UNKNOWN, taken + 1),
                }
            }
            _ => match self.module_outputs(&child) {
                Ok(value) => Resolved::Value(value, taken),
                Err(stop) => stop.into(),
            },
        }
    }

    /// All outputs of a module instance as an object.
    fn module_outputs(&self, module: &ModuleInstance) -> Result<Value, Stop> {
        let names =
            self.evaluator.module_config(module).map(|m| m.outputs.keys().cloned().collect::<Vec<_>>());
        let mut values = Vec::new();
        let mut blocked = BTreeSet::new();
        for name in names.unwrap_or_default() {
            match self.evaluator.named(module, &Named::Output(name.clone())) {
                Ok(value) => values.push((name, value)),
                Err(Stop::Blocked(on)) => blocked.extend(on),
                Err(failed) => return Err(failed),
            }
        }
        if blocked.is_empty() { Ok(Value::object(values)) } else { Err(Stop::Blocked(blocked)) }
    }

    /// The value of all instances together: an object by key for `for_each`, a tuple for `count`.
    fn whole(
        &self,
        expansion: &Expansion,
        instance: impl Fn(InstanceKey) -> Result<Value, Stop>,
        taken: usize,
    ) -> Resolved {
        let mut values = Vec::new();
        let mut blocked = BTreeSet::new();
        for key in expansion.keys() {
            match instance(key.clone()) {
                Ok(value) => values.push((key, value)),
                Err(Stop::Blocked(on)) => blocked.extend(on),
                Err(failed) => return failed.into(),
            }
        }
        if !blocked.is_empty() {
            return Resolved::Blocked(blocked.into_iter().collect());
        }
        let value = match expansion {
            Expansion::ForEach(..) => {
                Value::object(values.into_iter().filter_map(|(key, value)| match key {
                    InstanceKey::String(key) => Some((key, value)),
                    _ => None,
                }))
            }
            Expansion::Count(..) => Value::tuple(values.into_iter().map(|(_, value)| value)),
            Expansion::Single | Expansion::Enabled(_) => {
                values.into_iter().next().map_or(Value::NULL, |(_, value)| value)
            }
        };
        Resolved::Value(value.with_marks(&expansion.marks()), taken)
    }

    /// `steps` begin with the resource's name, which is step number `offset` of the reference.
    fn resource(&self, mode: Mode, type_name: &str, span: Span, steps: &[Step], offset: usize) -> Resolved {
        let Some(Step::Attribute(name, _)) = steps.first() else {
            return failed(
                "Invalid reference",
                "A reference to a resource type must be followed by at least one attribute access, specifying \
                 the resource name."
                    .into(),
                span,
            );
        };
        let resource = Resource { mode, type_name: type_name.into(), name: name.clone() };
        let address = ResourceAddress { module: self.module.clone(), resource };
        if self
            .evaluator
            .module_config(&self.module)
            .is_none_or(|m| !m.resources.contains_key(&address.resource))
        {
            return self.undeclared_resource(&address, span);
        }
        if self.evaluator.inputs.validating {
            let object = self.any_object(&address);
            self.check_steps(&address, &object, steps);
            return Resolved::Value(object, offset + 1);
        }
        let expansion = match self.evaluator.expand(&address) {
            Ok(expansion) => expansion,
            Err(stop) => return stop.into(),
        };
        if let Some(key) = key_step(&expansion, steps.get(1)) {
            return self.one(&address.instance(key), offset + 2);
        }
        if matches!(*expansion, Expansion::Single | Expansion::Enabled(true)) {
            return self.one(&address.instance(InstanceKey::None), offset + 1);
        }
        let memo = self.evaluator.memo.module(&self.module);
        if let Some(whole) = memo.resources.borrow().get(&address.resource).and_then(|r| r.whole.clone()) {
            return Resolved::Value(whole, offset + 1);
        }
        let resolved = self.whole(
            &expansion,
            |key| {
                let instance = address.instance(key);
                self.evaluator
                    .result(&instance)
                    .ok_or_else(|| Stop::Blocked([instance.to_string().into()].into()))
            },
            offset + 1,
        );
        if let Resolved::Value(whole, _) = &resolved
            && let Some(resource) = memo.resources.borrow_mut().get_mut(&address.resource)
        {
            resource.whole = Some(whole.clone());
        }
        resolved
    }

    fn one(&self, instance: &ResourceInstance, taken: usize) -> Resolved {
        let own = self.own.as_ref().filter(|_| self.provisioned.as_ref() == Some(instance));
        match own.cloned().or_else(|| self.evaluator.result(instance)) {
            Some(value) => Resolved::Value(value, taken),
            None => Resolved::Blocked(vec![instance.to_string().into()]),
        }
    }

    fn undeclared_resource(&self, address: &ResourceAddress, span: Span) -> Resolved {
        let wanted = address.resource.to_string();
        let declared: Vec<String> = (self.evaluator.module_config(&self.module).into_iter())
            .flat_map(|m| m.resources.keys().map(ToString::to_string))
            .collect();
        let hint = nearest(&wanted, declared.iter().map(String::as_str))
            .map(|n| format!(" Did you mean {n}?"))
            .unwrap_or_default();
        let kind = if address.resource.mode == Mode::Data { "data" } else { "managed" };
        let place = if self.module.is_root() { "the root module".into() } else { self.module.to_string() };
        failed(
            "Reference to undeclared resource",
            format!(
                "A {kind} resource {:?} {:?} has not been declared in {place}.{hint}",
                &*address.resource.type_name, &*address.resource.name
            ),
            span,
        )
    }

    fn path(&self, name: &str, span: Span) -> Resolved {
        let dir = |dir: &std::path::Path| {
            let text = dir.to_string_lossy();
            if text.is_empty() { ".".to_owned() } else { text.into_owned() }
        };
        let value = match name {
            "root" => ".".to_owned(),
            "cwd" => self.evaluator.inputs.working_dir.clone(),
            "module" => self.evaluator.module_config(&self.module).map_or(".".into(), |m| dir(&m.dir)),
            _ => {
                return failed(
                    "Invalid \"path\" attribute",
                    format!(
                        "The \"path\" object does not have an attribute named {name:?}: it has cwd, module and root."
                    ),
                    span,
                );
            }
        };
        Resolved::Value(Value::string(value), 1)
    }
}

impl Scope for ModuleScope<'_, '_> {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        let first = match steps.first() {
            Some(Step::Attribute(name, _)) => Some(name),
            _ => None,
        };
        match (root, first) {
            ("var" | "local", Some(name)) => {
                let module = self.evaluator.module_config(&self.module);
                let declared = module.is_some_and(|m| match root {
                    "var" => m.variables.contains_key(name),
                    _ => m.locals.contains_key(name),
                });
                if !declared {
                    return self.undeclared(root, name, span);
                }
                let named = if root == "var" { Named::Variable(name.clone()) } else { Named::Local(name.clone()) };
                self.value_of(named, 1)
            }
            ("count", Some(name)) => match (&self.each, &**name) {
                (Each::Index(n), "index") => Resolved::Value(Value::number(*n as i64), 1),
                (Each::Any, "index") => Resolved::Value(Value::unknown(Type::Number), 1),
                (_, "index") => failed(
                    "Reference to \"count\" in non-counted context",
                    "The \"count\" object can only be used in \"module\", \"resource\", and \"data\" blocks, and \
                     only when the \"count\" argument is set."
                        .into(),
                    span,
                ),
                _ => failed(
                    "Invalid \"count\" attribute",
                    format!("The \"count\" object does not have an attribute named {name:?}. The only supported attribute is count.index, which is the index of each instance of a resource block that has the \"count\" argument set."),
                    span,
                ),
            },
            ("each", Some(name)) => match (&self.each, &**name) {
                (Each::Pair(key, _), "key") => Resolved::Value(Value::from(&**key), 1),
                (Each::Pair(_, value), "value") => Resolved::Value(value.clone(), 1),
                (Each::Any, "key") => Resolved::Value(Value::unknown(Type::String), 1),
                (Each::Any, "value") => Resolved::Value(Value::UNKNOWN, 1),
                (_, "key" | "value") => failed(
                    "Reference to \"each\" in context without for_each",
                    "The \"each\" object can be used only in \"module\" or \"resource\" blocks, and only when the \
                     \"for_each\" argument is set."
                        .into(),
                    span,
                ),
                _ => failed(
                    "Invalid \"each\" attribute",
                    format!("The \"each\" object does not have an attribute named {name:?}: it has key and value."),
                    span,
                ),
            },
            ("path", Some(name)) => self.path(name, span),
            ("terraform" | "tofu", Some(name)) if &**name == "workspace" => {
                Resolved::Value(Value::string(&self.evaluator.inputs.workspace), 1)
            }
            ("terraform" | "tofu", Some(name)) if &**name == "applying" => {
                Resolved::Value(self.evaluator.applying().with_marks(&Marks::ephemeral()), 1)
            }
            ("terraform" | "tofu", _) => failed(
                "Invalid \"terraform\" attribute",
                "The \"terraform\" object has only the attributes \"workspace\" and \"applying\".".into(),
                span,
            ),
            ("self", _) => match &self.own {
                Some(value) => Resolved::Value(value.clone(), 0),
                None => failed(
                    "Invalid \"self\" reference",
                    "The \"self\" object is not available in this context. It can be used only in resource \
                     provisioner, connection, and postcondition blocks."
                        .into(),
                    span,
                ),
            },
            ("module", _) => self.module_call(span, steps),
            ("data" | "ephemeral", Some(type_name)) => {
                let mode = if root == "data" { Mode::Data } else { Mode::Ephemeral };
                self.resource(mode, type_name, span, &steps[1..], 1)
            }
            ("resource", Some(type_name)) => self.resource(Mode::Managed, type_name, span, &steps[1..], 1),
            ("var" | "local" | "count" | "each" | "path" | "data" | "ephemeral", None) => failed(
                "Invalid reference",
                format!("The {root:?} object cannot be accessed directly. Instead, access one of its attributes."),
                span,
            ),
            _ => self.resource(Mode::Managed, root, span, steps, 0),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.evaluator.inputs.functions
    }

    fn call_provider_function(&self, name: &str, args: &[Value]) -> Option<Resolved> {
        let (local_name, function) = name.strip_prefix("provider::")?.split_once("::")?;
        let module = self.evaluator.module_config(&self.module)?;
        let required = module.required_providers.get(local_name)?;
        let offered = self.evaluator.inputs.schemas.get(&required.source)?;
        let found = offered.functions.get(function)?;
        Some(match found.invoke(args) {
            Ok(value) => Resolved::Value(value, 0),
            Err(error) => {
                let parameter =
                    error.argument.and_then(|i| found.parameters.get(i).or(found.variadic.as_ref()));
                let of = parameter.map_or_else(String::new, |p| format!(" for the parameter {:?}", p.name));
                let summary =
                    if parameter.is_some() { "Invalid function argument" } else { "Error in function call" };
                let detail =
                    format!("Call to function {name:?} failed{of}: {}.", error.text.trim_end_matches('.'));
                Resolved::Failed(vec![Diagnostic::error(summary, detail)])
            }
        })
    }

    fn is_builtin_provider(&self, local_name: &str) -> bool {
        let module = self.evaluator.module_config(&self.module);
        let required = module.and_then(|m| m.required_providers.get(local_name));
        // One that is implied by use has no functions here.
        required.is_some_and(|r| r.span.is_some() && r.source.is_builtin())
    }
}

/// The key that `step` selects, when the expansion has keys and the step is a known one of them.
fn key_step(expansion: &Expansion, step: Option<&Step>) -> Option<InstanceKey> {
    let key = match (expansion, step?) {
        (Expansion::Count(..), Step::Index(value, _)) => match value.kind() {
            Kind::Number(n) => InstanceKey::Int(u64::try_from(n.to_i64()?).ok()?),
            Kind::String(s) => InstanceKey::Int(s.parse().ok()?),
            _ => return None,
        },
        (Expansion::ForEach(..), Step::Index(value, _)) => match value.kind() {
            Kind::String(s) => InstanceKey::String(s.clone()),
            Kind::Number(n) => InstanceKey::String(n.to_string().into()),
            _ => return None,
        },
        (Expansion::ForEach(..), Step::Attribute(name, _)) => InstanceKey::String(name.clone()),
        _ => return None,
    };
    expansion.has(&key).then_some(key)
}

pub(super) fn failed(summary: &str, detail: String, span: Span) -> Resolved {
    Resolved::Failed(vec![Diagnostic::error(summary, detail).at(span)])
}

impl From<Stop> for Resolved {
    fn from(stop: Stop) -> Resolved {
        match stop {
            Stop::Blocked(on) => Resolved::Blocked(on.into_iter().collect()),
            Stop::Failed(problems) => Resolved::Failed(problems.into_iter().collect()),
        }
    }
}
