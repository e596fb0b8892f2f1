//! What names stand for while only the configuration as such is looked at: anything of the right type.

use super::{ModuleScope, failed};
use crate::evaluator::declared_marks;
use terrane_address::{InstanceKey, Mode, Resource, ResourceAddress};
use terrane_config::{Module, ModuleCall, Repetition};
use terrane_diagnostics::{Span, nearest};
use terrane_lang::{Resolved, Step, follow};
use terrane_value::{Marks, Type, Value};

impl ModuleScope<'_, '_> {
    /// A module's output without values: unknown, but its name must exist.
    pub(super) fn any_output(&self, call: &ModuleCall, steps: &[Step]) -> Resolved {
        let child = self.module.child(call.name.clone(), InstanceKey::None);
        let Some(config) = self.evaluator.module_config(&child) else {
            return Resolved::Value(Value::UNKNOWN, 1);
        };
        let outputs = || Type::object(config.outputs.keys().map(|name| (name.clone(), Type::Dynamic)));
        let whole = match (&call.repetition, steps.get(1)) {
            (Repetition::Single, Some(Step::Attribute(output, at))) => {
                if let Some(declared) = config.outputs.get(output) {
                    // Terraform does not look at sensitivity here, and says more only while planning.
                    let marks = declared_marks(false, declared.ephemeral);
                    return Resolved::Value(Value::UNKNOWN.with_marks(&marks), 2);
                }
                return self.no_output(output, config, *at);
            }
            (Repetition::Single, _) => Type::Dynamic,
            (Repetition::Enabled(_), _) => outputs(),
            (Repetition::Count(_), _) => Type::list(outputs()),
            (Repetition::ForEach(_), _) => Type::map(outputs()),
        };
        Resolved::Value(Value::unknown(whole), 1)
    }

    pub(super) fn no_output(&self, output: &str, module: &Module, span: Span) -> Resolved {
        let hint = nearest(output, module.outputs.keys().map(|k| &**k))
            .map(|n| format!(" Did you mean {n:?}?"))
            .or_else(|| {
                let declared = module.variables.contains_key(output)
                    || module.locals.contains_key(output)
                    || module.resources.keys().any(|r| &*r.type_name == output);
                let why = " Only the outputs of a module can be referred to from outside of it.";
                declared.then(|| why.to_owned())
            })
            .unwrap_or_default();
        let detail = format!(
            "This object does not have an attribute named {output:?}: module {:?} has no such output.{hint}",
            module.path.0.last().map_or("", |name| &**name)
        );
        failed("Unsupported attribute", detail, span)
    }

    /// A resource's object without values: unknown, of the schema's type where the resource has
    /// a single instance.
    pub(super) fn any_object(&self, address: &ResourceAddress) -> Value {
        let block = self.evaluator.inputs.config.resource(&address.config());
        if block.is_some_and(|b| matches!(b.repetition, Repetition::Single | Repetition::Enabled(_))) {
            return self.any_instance(address);
        }
        let ephemeral = address.resource.mode == Mode::Ephemeral;
        Value::UNKNOWN.with_marks(&if ephemeral { Marks::ephemeral() } else { Marks::NONE })
    }

    /// The object of an instance of a resource without values.
    fn any_instance(&self, address: &ResourceAddress) -> Value {
        let provider = self.evaluator.inputs.config.resource_providers.get(&address.config());
        let Resource { mode, type_name, .. } = &address.resource;
        let marks = if *mode == Mode::Ephemeral { Marks::ephemeral() } else { Marks::NONE };
        let schema =
            provider.and_then(|p| self.evaluator.inputs.schemas.resource(&p.provider, *mode, type_name));
        match schema {
            Some(schema) => Value::unknown(schema.block.implied_type()).with_marks(&marks),
            None => Value::UNKNOWN.with_marks(&marks),
        }
    }

    /// Notes what no object of the resource can have of what `steps`, which begin with the resource's name,
    /// select from it. It is wrong where `try` would pass over it, too.
    pub(super) fn check_steps(&self, address: &ResourceAddress, object: &Value, steps: &[Step]) {
        let repetition = self.evaluator.inputs.config.resource(&address.config()).map(|b| &b.repetition);
        let found = match (repetition, steps.get(1)) {
            (Some(Repetition::Single | Repetition::Enabled(_)), _) => follow(object, &steps[1..]),
            (Some(_), Some(Step::Index(..))) if steps.len() > 2 => {
                follow(&self.any_instance(address), &steps[2..])
            }
            _ => return,
        };
        if let Err(diagnostic) = found {
            self.evaluator.impossible.borrow_mut().push(*diagnostic);
        }
    }
}
