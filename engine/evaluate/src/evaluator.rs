//! The evaluator: one configuration, its inputs, and everything worked out from them.

use crate::memo::{Finished, Memo, Named};
use crate::scope::{Each, ModuleScope};
use crate::{Deferred, DesiredInstance, Evaluated};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::{Mode, ModuleInstance, ProviderConfigAddress, ResourceInstance};
use terrane_config::{Config, Module, ModuleCall, Variable};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_lang::{FunctionContext, Outcome, Scope, evaluate};
use terrane_provider::Schemas;
use terrane_syntax::{BodySchema, Expr};
use terrane_value::{MarkSet, Marks, Refinement, Type, Value, convert};

/// Where so little is left of the stack, more is taken for what an expression refers to.
const RED_ZONE: usize = 256 << 10;
const MORE_STACK: usize = 4 << 20;

/// What evaluation starts from.
pub struct Inputs<'c> {
    /// The configuration.
    pub config: &'c Config,
    /// The schemas of its providers.
    pub schemas: &'c Schemas,
    /// The values of the root module's variables, as [`crate::root_variables`] makes them.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// The workspace's name.
    pub workspace: String,
    /// The directory that Terrane was started in, for `path.cwd`.
    pub working_dir: String,
    /// What functions may know of their surroundings.
    pub functions: FunctionContext,
    /// Whether only the configuration as such is looked at: variables, instance keys and all
    /// results are unknown then, whatever they are given as.
    pub validating: bool,
}

/// Why there is no value.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The results of the instances with these addresses are needed first.
    Blocked(BTreeSet<Arc<str>>),
    /// The configuration is wrong.
    Failed(Diagnostics),
}

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Stop {
        Stop::Failed(diagnostic.into())
    }
}

/// Evaluates one configuration. See the crate's documentation.
pub struct Evaluator<'c> {
    pub(crate) inputs: Inputs<'c>,
    pub(crate) memo: Memo,
    pub(crate) in_rounds: Cell<bool>,
    /// What was put off to a later round, by the fact that blocks those who need it.
    pub(crate) deferred: RefCell<BTreeMap<Arc<str>, Deferred>>,
    /// What was found wrong with references whatever the values are, while validating.
    pub(crate) impossible: RefCell<Diagnostics>,
    /// Provider configurations that are what is said here, whatever their blocks say.
    pub(crate) given_providers: BTreeMap<ProviderConfigAddress, Value>,
    /// Module instances that have these outputs, and nothing else in them.
    given_modules: BTreeMap<ModuleInstance, Value>,
}

impl<'c> Evaluator<'c> {
    /// An evaluator that knows no results yet.
    pub fn new(inputs: Inputs<'c>) -> Evaluator<'c> {
        Evaluator {
            inputs,
            memo: Memo::default(),
            in_rounds: Cell::new(false),
            deferred: RefCell::default(),
            impossible: RefCell::default(),
            given_providers: BTreeMap::new(),
            given_modules: BTreeMap::new(),
        }
    }

    /// The same with provider configurations that are objects of their schemas' types, and not what
    /// their blocks say.
    #[must_use]
    pub fn with_providers(self, given: BTreeMap<ProviderConfigAddress, Value>) -> Evaluator<'c> {
        Evaluator { given_providers: given, ..self }
    }

    /// The same with module instances that have nothing in them and whose outputs are attributes of an object, and null
    /// where it has none.
    #[must_use]
    pub fn with_modules(self, given: BTreeMap<ModuleInstance, Value>) -> Evaluator<'c> {
        Evaluator { given_modules: given, ..self }
    }

    /// Whether a module instance, or one that it is in, has its outputs given and nothing in it.
    pub(crate) fn is_given(&self, module: &ModuleInstance) -> bool {
        self.given_modules.keys().any(|given| module.0.starts_with(&given.0))
    }

    /// What names mean at the top level of a module instance.
    pub fn scope(&self, module: &ModuleInstance) -> impl Scope + use<'_, 'c> {
        ModuleScope::new(self, module.clone(), Each::None)
    }

    /// What evaluation starts from.
    pub fn inputs(&self) -> &Inputs<'c> {
        &self.inputs
    }

    /// Makes the object of an instance known: planned while planning, final while applying. Its
    /// origin is marked on it here.
    pub fn deliver(&self, address: &ResourceInstance, object: &Value) {
        let mut origin = Marks::origin(address.to_string());
        if address.resource.mode == Mode::Ephemeral {
            origin = origin.union(&Marks::ephemeral());
        }
        self.memo.deliver(address, object.with_marks(&origin));
    }

    /// The object of an instance, once it was delivered.
    pub fn result(&self, address: &ResourceInstance) -> Option<Value> {
        self.memo.result(address)
    }

    /// The value of an expression at the top level of a module instance, for `console`.
    pub fn expression(&self, module: &ModuleInstance, expr: &Expr) -> Evaluated<Value> {
        finish(evaluate(expr, &ModuleScope::new(self, module.clone(), Each::None)))
    }

    /// The value of the root module's output `name`, marked sensitive when it is declared so.
    pub fn output(&self, name: &str) -> Evaluated<Value> {
        let value = self.named(&ModuleInstance::root(), &Named::Output(name.into()))?;
        Ok((value, Diagnostics::new()))
    }

    /// The value of an output of any module.
    pub fn output_of(&self, module: &ModuleInstance, name: &str) -> Result<Value, Stop> {
        self.named(module, &Named::Output(name.into()))
    }

    /// Whether a plan is being carried out.
    pub(crate) fn applying(&self) -> Value {
        match self.inputs.validating {
            true => Value::unknown_refined(Type::Bool, Refinement::not_null()),
            false => Value::from(!self.inputs.functions.impure_unknown),
        }
    }

    /// What the instance should be. Its configuration is decoded by the provider's schema.
    pub fn instance(&self, address: &ResourceInstance) -> Evaluated<DesiredInstance> {
        crate::instance::evaluate_instance(self, address)
    }

    pub(crate) fn module_config(&self, module: &ModuleInstance) -> Option<&'c Arc<Module>> {
        self.inputs.config.module(&module.path())
    }

    /// The call that made `module`, and the module instance that it stands in.
    pub(crate) fn call_of(&self, module: &ModuleInstance) -> Option<(ModuleInstance, &'c ModuleCall)> {
        let (caller, step) = module.split()?;
        let call = self.module_config(&caller)?.calls.get(&step.name)?;
        Some((caller, call))
    }

    /// The value of something named in a module, from the memo when it was worked out before.
    pub(crate) fn named(&self, module: &ModuleInstance, name: &Named) -> Result<Value, Stop> {
        let memo = self.memo.module(module);
        if let Some(finished) = memo.values.borrow().get(name) {
            return finished.clone().map_err(Stop::Failed);
        }
        if memo.active.borrow().contains(name) {
            return Err(Diagnostic::error(
                "Cycle",
                format!("The value of {name:?} in {module} depends on itself."),
            )
            .into());
        }
        memo.active.borrow_mut().insert(name.clone());
        // A chain of references may be longer than the stack is deep.
        let worked_out = stacker::maybe_grow(RED_ZONE, MORE_STACK, || match name {
            Named::Variable(name) => self.variable(module, name),
            Named::Local(name) => self.local(module, name),
            Named::Output(name) => self.module_output(module, name),
        });
        memo.active.borrow_mut().remove(name);
        let finished: Finished = match worked_out {
            Ok(value) => Ok(value),
            Err(Stop::Failed(problems)) => Err(problems),
            Err(blocked) => return Err(blocked),
        };
        memo.values.borrow_mut().insert(name.clone(), finished.clone());
        finished.map_err(Stop::Failed)
    }

    fn local(&self, module: &ModuleInstance, name: &Arc<str>) -> Result<Value, Stop> {
        let local =
            self.module_config(module).and_then(|m| m.locals.get(name)).ok_or_else(|| undeclared(name))?;
        let scope = ModuleScope::new(self, module.clone(), Each::None);
        finish(evaluate(&local.expr, &scope)).map(|(value, _)| value)
    }

    fn module_output(&self, module: &ModuleInstance, name: &Arc<str>) -> Result<Value, Stop> {
        let output =
            self.module_config(module).and_then(|m| m.outputs.get(name)).ok_or_else(|| undeclared(name))?;
        if let Some(given) = self.given_modules.get(module) {
            return Ok(given.attribute(name).unwrap_or(Value::NULL));
        }
        let scope = ModuleScope::new(self, module.clone(), Each::None);
        let (value, _) = finish(evaluate(&output.expr, &scope))?;
        let mut value = converted(&output.defaults.apply(&value), &output.ty).map_err(|message| {
            let detail = format!("The value does not fit the type of the output {name:?}: {message}.");
            Stop::from(Diagnostic::error("Invalid value for output", detail).at(output.expr.span))
        })?;
        if output.ephemeral {
            value = value.with_marks(&Marks::ephemeral());
        } else if value.any_marks(&Marks::is_ephemeral) {
            return Err(Diagnostic::error(
                "Ephemeral value not allowed",
                format!(
                    "The output value {name:?} is not declared as returning an ephemeral value, so it cannot be set to a \
                     result derived from an ephemeral value.{}",
                    crate::ephemeral::advice(self, module, &output.expr)
                ),
            )
            .at(output.expr.span)
            .into());
        }
        if output.sensitive {
            value = value.sensitive();
        } else if module.is_root() && value.any_marks(&Marks::is_sensitive) {
            return Err(Diagnostic::error(
                "Output refers to sensitive values",
                "To reduce the risk of accidentally exporting sensitive data that was intended to be only \
                 internal, any root module output containing sensitive data must be explicitly marked as \
                 sensitive, to confirm your intent.\n\nIf you do intend to export this data, annotate the \
                 output value as sensitive by adding the following argument:\n    sensitive = true",
            )
            .at(output.span)
            .into());
        }
        if let Some(message) = &output.deprecated {
            value = value.with_marks(&Marks::NONE.with(|m| {
                m.deprecated.insert(message.as_str().into());
            }));
        }
        for rule in &output.preconditions {
            crate::condition::message_type(rule, &scope)?;
        }
        let (failed, _) = crate::condition::check_all(
            &output.preconditions,
            Some(module),
            &scope,
            "Module output value precondition failed",
        )?;
        if failed.has_errors() { Err(Stop::Failed(failed)) } else { Ok(value) }
    }

    /// A variable of a called module takes ephemeral values only when it is declared so.
    pub(crate) fn refuse_ephemeral_argument(
        &self,
        module: &ModuleInstance,
        variable: &Variable,
        value: &Value,
        expr: &Expr,
    ) -> Result<(), Stop> {
        if variable.ephemeral || !value.any_marks(&Marks::is_ephemeral) {
            return Ok(());
        }
        let advice = module.split().map(|(caller, _)| crate::ephemeral::advice(self, &caller, expr));
        let detail = format!(
            "The variable {:?} of {module} is not declared with ephemeral = true, so it cannot be set to a result \
             derived from an ephemeral value.{}",
            &*variable.name,
            advice.unwrap_or_default()
        );
        Err(Diagnostic::error("Ephemeral value not allowed", detail).at(expr.span).into())
    }

    fn variable(&self, module: &ModuleInstance, name: &Arc<str>) -> Result<Value, Stop> {
        let value = self.unchecked_variable(module, name)?;
        let Some(variable) = self.module_config(module).and_then(|m| m.variables.get(name)) else {
            return Ok(value);
        };
        let value = crate::variables::validated(self, module, variable, value)?;
        // A module is validated for all that its callers may give it: what they give must fit its
        // rules, but a value must not make wrong what its own condition takes care of.
        if self.inputs.validating && !module.is_root() { Ok(unknown(variable)) } else { Ok(value) }
    }

    /// The value of a variable whatever its validations say.
    pub(crate) fn unchecked_variable(&self, module: &ModuleInstance, name: &Arc<str>) -> Result<Value, Stop> {
        let variable =
            self.module_config(module).and_then(|m| m.variables.get(name)).ok_or_else(|| undeclared(name))?;
        if module.is_root() {
            return Ok(self.inputs.variables.get(name).cloned().unwrap_or_else(|| unknown(variable)));
        }
        let Some((caller, call)) = self.call_of(module) else { return Err(undeclared(name)) };
        let (content, _) = call.body.partial_content(&BodySchema::new(&[name], &[]));
        let given = content.attribute(name);
        let key = module.split().map(|(_, step)| step.key.clone()).unwrap_or_default();
        let value = match given {
            Some(argument) => {
                let each = self.each_of_call(&caller, call, &key)?;
                let scope = ModuleScope::new(self, caller, each);
                let value = finish(evaluate(&argument.expr, &scope))?.0;
                self.refuse_ephemeral_argument(module, variable, &value, &argument.expr)?;
                Some((value, argument.expr.span))
            }
            None => None,
        };
        crate::variables::prepare_value(variable, value)
    }
}

/// An outcome as value and warnings, or why there is none.
pub(crate) fn finish(outcome: Outcome) -> Evaluated<Value> {
    if !outcome.blocked.is_empty() {
        Err(Stop::Blocked(outcome.blocked))
    } else if outcome.diagnostics.has_errors() {
        Err(Stop::Failed(outcome.diagnostics))
    } else {
        Ok((outcome.value, outcome.diagnostics))
    }
}

/// `value` converted to `ty`; marks of the conversion's input are on the result.
pub(crate) fn converted(value: &Value, ty: &Type) -> Result<Value, String> {
    convert(value, ty)
        .map_err(|e| if e.path.0.is_empty() { e.message } else { format!("{}: {}", e.path, e.message) })
}

/// The only instance of a module that is called without `count` and `for_each` all the way.
pub(crate) fn static_instance(path: &terrane_address::ModulePath) -> ModuleInstance {
    path.0.iter().fold(ModuleInstance::root(), |module, name| {
        module.child(name.clone(), terrane_address::InstanceKey::None)
    })
}

/// A variable of which only its declaration is known.
fn unknown(variable: &Variable) -> Value {
    let marks = declared_marks(variable.sensitive, variable.ephemeral);
    Value::unknown(variable.ty.clone()).with_marks(&marks)
}

fn undeclared(name: &str) -> Stop {
    Diagnostic::error("Reference to undeclared name", format!("Nothing called {name:?} is declared.")).into()
}

/// Marks for a value that must not be shown, must not be stored, or both.
pub(crate) fn declared_marks(sensitive: bool, ephemeral: bool) -> Marks {
    Marks::new(MarkSet { sensitive, ephemeral, ..MarkSet::default() })
}
