//! `count` and `for_each`: how many instances there are, and under which keys.

use crate::evaluator::finish;
use crate::scope::{Each, ModuleScope};
use crate::{Evaluator, Stop, ephemeral};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use terrane_address::{InstanceKey, ModuleInstance, ResourceAddress, ResourceInstance};
use terrane_config::{ModuleCall, Repetition};
use terrane_diagnostics::Diagnostic;
use terrane_lang::{evaluate, referenced_values};
use terrane_syntax::Expr;
use terrane_value::{Kind, Marks, Type, Value, convert};

/// The instances of a resource or module call.
#[derive(Clone, Debug)]
pub enum Expansion {
    /// One without a key.
    Single,
    /// None or one without a key, by `enabled`.
    Enabled(bool),
    /// That many, and the marks of the number.
    Count(u64, Marks),
    /// One for each key, with `each.value`, and the marks of the collection.
    ForEach(BTreeMap<Arc<str>, Value>, Marks),
}

impl Expansion {
    /// The keys of the instances in order.
    pub fn keys(&self) -> Vec<InstanceKey> {
        match self {
            Expansion::Single | Expansion::Enabled(true) => vec![InstanceKey::None],
            Expansion::Enabled(false) => Vec::new(),
            Expansion::Count(n, _) => (0..*n).map(InstanceKey::Int).collect(),
            Expansion::ForEach(map, _) => map.keys().cloned().map(InstanceKey::String).collect(),
        }
    }

    /// Whether there is an instance with this key.
    pub fn has(&self, key: &InstanceKey) -> bool {
        match (self, key) {
            (Expansion::Single | Expansion::Enabled(true), InstanceKey::None) => true,
            (Expansion::Count(n, _), InstanceKey::Int(i)) => i < n,
            (Expansion::ForEach(map, _), InstanceKey::String(k)) => map.contains_key(k),
            _ => false,
        }
    }

    /// The marks of the expression that says how many there are.
    pub fn marks(&self) -> Marks {
        match self {
            Expansion::Count(_, marks) | Expansion::ForEach(_, marks) => marks.clone(),
            _ => Marks::NONE,
        }
    }

    /// What `each` and `count` are for the instance with this key.
    pub(crate) fn each(&self, key: &InstanceKey) -> Each {
        match (self, key) {
            (Expansion::Count(..), InstanceKey::Int(i)) => Each::Index(*i),
            (Expansion::ForEach(map, _), InstanceKey::String(k)) => {
                Each::Pair(k.clone(), map.get(k).cloned().unwrap_or(Value::NULL))
            }
            _ => Each::None,
        }
    }
}

impl Evaluator<'_> {
    /// The instances of a module call.
    pub fn expand_call(&self, caller: &ModuleInstance, call: &ModuleCall) -> Result<Rc<Expansion>, Stop> {
        let memo = self.memo.module(caller);
        if let Some(found) = memo.calls.borrow().get(&call.name) {
            return Ok(found.clone());
        }
        let expansion = Rc::new(self.expand_repetition(caller, &call.repetition, &|| {
            caller.child(call.name.clone(), InstanceKey::None).to_string()
        })?);
        memo.calls.borrow_mut().insert(call.name.clone(), expansion.clone());
        Ok(expansion)
    }

    /// The instances of a resource in a module instance.
    pub fn expand(&self, address: &ResourceAddress) -> Result<Rc<Expansion>, Stop> {
        let memo = self.memo.module(&address.module);
        if let Some(found) = memo.resources.borrow().get(&address.resource).and_then(|r| r.expansion.clone())
        {
            return Ok(found);
        }
        let block = self.inputs.config.resource(&address.config()).ok_or_else(|| {
            Stop::from(Diagnostic::error(
                "Reference to undeclared resource",
                format!("The configuration declares no {address}."),
            ))
        })?;
        let expansion =
            Rc::new(self.expand_repetition(&address.module, &block.repetition, &|| address.to_string())?);
        let mut resources = memo.resources.borrow_mut();
        resources.entry(address.resource.clone()).or_default().expansion = Some(expansion.clone());
        Ok(expansion)
    }

    pub(crate) fn each_of_call(
        &self,
        caller: &ModuleInstance,
        call: &ModuleCall,
        key: &InstanceKey,
    ) -> Result<Each, Stop> {
        if self.inputs.validating {
            // What refers to `each` or `count` without reason was told before, with the source at hand.
            return Ok(Each::Any);
        }
        Ok(self.expand_call(caller, call)?.each(key))
    }

    /// Every instance of every module, callers first, as far as that is known; and what the
    /// others wait for.
    pub fn module_instances(&self) -> (Vec<ModuleInstance>, Vec<Stop>) {
        let (mut found, mut stops) = (vec![ModuleInstance::root()], Vec::new());
        let mut next = 0;
        while let Some(module) = found.get(next).cloned() {
            next += 1;
            let Some(config) = self.module_config(&module) else { continue };
            for call in config.calls.values() {
                match self.expand_call(&module, call) {
                    Ok(expansion) => {
                        let children =
                            expansion.keys().into_iter().map(|k| module.child(call.name.clone(), k));
                        found.extend(children.filter(|child| !self.is_given(child)));
                    }
                    Err(stop) => stops.push(stop),
                }
            }
        }
        (found, stops)
    }

    /// The instances of a resource block in a module instance.
    pub fn instances_of(&self, address: &ResourceAddress) -> Result<Vec<ResourceInstance>, Stop> {
        Ok(self.expand(address)?.keys().into_iter().map(|key| address.instance(key)).collect())
    }

    /// `what` says whose instances they are.
    pub(crate) fn expand_repetition(
        &self,
        module: &ModuleInstance,
        repetition: &Repetition,
        what: &dyn Fn() -> String,
    ) -> Result<Expansion, Stop> {
        if self.is_given(module) {
            return Ok(Expansion::Enabled(false));
        }
        let scope = ModuleScope::new(self, module.clone(), Each::None);
        let expr = match repetition {
            Repetition::Single => return Ok(Expansion::Single),
            Repetition::Enabled(expr) | Repetition::Count(expr) | Repetition::ForEach(expr) => expr,
        };
        let (value, _) = finish(evaluate(expr, &scope))?;
        self.expansion_of(module, repetition, value, what)
    }

    /// The instances where the expression that says which there are has this value.
    pub(crate) fn expansion_of(
        &self,
        module: &ModuleInstance,
        repetition: &Repetition,
        value: Value,
        what: &dyn Fn() -> String,
    ) -> Result<Expansion, Stop> {
        self.check_known(what, repetition, &value)?;
        match repetition {
            Repetition::Single => Ok(Expansion::Single),
            Repetition::Enabled(expr) => enabled(self, module, expr, value),
            Repetition::Count(expr) => count(self, module, expr, value),
            Repetition::ForEach(expr) => for_each(self, module, expr, value),
        }
    }
}

/// Whether `value` can say how many instances there are, as far as that is known.
pub(crate) fn check_repetition(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    repetition: &Repetition,
    value: &Value,
) -> Result<(), Stop> {
    let (bare, marks) = value.clone().unmark();
    let checked = match repetition {
        Repetition::Single => return Ok(()),
        Repetition::Enabled(expr) if !bare.is_known() => {
            enabled(ev, module, expr, as_known(Value::from(true), &bare, &marks))
        }
        Repetition::Enabled(expr) => enabled(ev, module, expr, value.clone()),
        Repetition::Count(expr) if !bare.is_known() => {
            count(ev, module, expr, as_known(Value::number(0), &bare, &marks))
        }
        Repetition::Count(expr) => count(ev, module, expr, value.clone()),
        Repetition::ForEach(expr) => match bare.kind() {
            Kind::Unknown(Type::Map(_) | Type::Set(_) | Type::Object(_) | Type::Dynamic, _) => {
                for_each(ev, module, expr, Value::object(Vec::<(Arc<str>, Value)>::new()).with_marks(&marks))
            }
            Kind::Set(element, elements)
                if matches!(*element, Type::String | Type::Dynamic)
                    && elements.iter().any(|e| !e.is_known()) =>
            {
                for_each(ev, module, expr, Value::object(Vec::<(Arc<str>, Value)>::new()).with_marks(&marks))
            }
            _ => for_each(ev, module, expr, value.clone()),
        },
    };
    checked.map(drop)
}

/// A value to check in place of an unknown one: `example` when the types fit, and otherwise the
/// unknown value's type at least shows in a null.
fn as_known(example: Value, unknown: &Value, marks: &Marks) -> Value {
    let fits = convert(unknown, &example.ty()).is_ok();
    let stand_in = if fits { example } else { unknown.clone() };
    stand_in.with_marks(marks)
}

/// The problem of instances that an ephemeral value decides on.
pub(crate) fn from_ephemeral(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    expr: &Expr,
    argument: &str,
) -> Diagnostic {
    let detail = format!(
        "The given \"{argument}\" is derived from an ephemeral value, which cannot be kept between plan and apply. Use \
         only non-ephemeral values to say which instances there are.{}",
        ephemeral::describe(ev, module, expr)
    );
    Diagnostic::error(format!("Invalid {argument} argument"), detail).at(expr.span)
}

fn enabled(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    expr: &Expr,
    value: Value,
) -> Result<Expansion, Stop> {
    let (value, marks) = value.unmark();
    let fail =
        |detail: String| Stop::from(Diagnostic::error("Invalid enabled argument", detail).at(expr.span));
    if marks.is_sensitive() {
        return Err(fail("A sensitive value cannot decide whether a resource is enabled.".into()));
    }
    if marks.is_ephemeral() {
        return Err(from_ephemeral(ev, module, expr, "enabled").into());
    }
    match convert(&value, &Type::Bool).ok().as_ref().map(Value::kind) {
        Some(Kind::Bool(b)) => Ok(Expansion::Enabled(*b)),
        Some(Kind::Unknown(..)) => Err(fail(
            "The value is not known before apply, so Terrane cannot tell whether the resource exists.".into(),
        )),
        _ => Err(fail("The value must be true or false.".into())),
    }
}

fn count(ev: &Evaluator<'_>, module: &ModuleInstance, expr: &Expr, value: Value) -> Result<Expansion, Stop> {
    let fail = |detail: String| unsuitable(ev, module, expr, "count", detail);
    // That the number is sensitive is accepted: only keys would be shown.
    let (value, marks) = value.unmark();
    if marks.is_ephemeral() {
        return Err(from_ephemeral(ev, module, expr, "count").into());
    }
    if value.is_null() {
        return Err(fail("The given \"count\" argument value is null. An integer is required.".into()));
    }
    let number = convert(&value, &Type::Number)
        .map_err(|e| fail(format!("The given \"count\" argument value is unsuitable: {e}.")))?;
    if !number.is_known() {
        return Err(fail(
            "The \"count\" value depends on resource attributes that cannot be determined until apply, so \
             Terrane cannot predict how many instances will be created. Apply first only what the count depends \
             on (-target), or make it depend on values that are known."
                .into(),
        ));
    }
    let n = number.as_number().and_then(terrane_value::Number::to_i64);
    match n.map(u64::try_from) {
        Some(Ok(n)) => Ok(Expansion::Count(n, marks)),
        Some(Err(_)) => Err(fail(
            "The given \"count\" argument value is unsuitable: must be greater than or equal to zero.".into(),
        )),
        None => {
            Err(fail("The given \"count\" argument value is unsuitable: a whole number is required.".into()))
        }
    }
}

pub(crate) fn for_each(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    expr: &Expr,
    value: Value,
) -> Result<Expansion, Stop> {
    let fail = |detail: String| unsuitable(ev, module, expr, "for_each", detail);
    let (value, marks) = value.unmark();
    if marks.is_sensitive() {
        return Err(fail(
            "Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If \
             used, the sensitive value could be disclosed as a resource instance key."
                .into(),
        ));
    }
    if marks.is_ephemeral() {
        return Err(from_ephemeral(ev, module, expr, "for_each").into());
    }
    match value.kind() {
        Kind::Null(_) => Err(fail(
            "The given \"for_each\" argument value is unsuitable: the given \"for_each\" argument value is null. \
             A map, or set of strings is allowed."
                .into(),
        )),
        Kind::Unknown(Type::Map(_) | Type::Set(_) | Type::Object(_) | Type::Dynamic, _) => {
            Err(fail(unknown_keys("map")))
        }
        Kind::Map(_, map) | Kind::Object(map) => Ok(Expansion::ForEach((**map).clone(), marks)),
        Kind::Set(element, elements) if *element == Type::String || elements.is_empty() => {
            let mut map = BTreeMap::new();
            for element in elements.iter() {
                match element.kind() {
                    Kind::String(s) => map.insert(s.clone(), element.clone()),
                    Kind::Null(_) => {
                        return Err(fail(
                            "The given \"for_each\" argument value is unsuitable: \"for_each\" sets must not \
                             contain null values."
                                .into(),
                        ));
                    }
                    _ => return Err(fail(unknown_keys("set"))),
                };
            }
            Ok(Expansion::ForEach(map, marks))
        }
        Kind::Set(element, _) => Err(fail(format!(
            "The given \"for_each\" argument value is unsuitable: \"for_each\" supports maps and sets of strings, \
             but you have provided a set containing type {}.",
            element.friendly_name()
        ))),
        _ => Err(fail(format!(
            "The given \"for_each\" argument value is unsuitable: the \"for_each\" argument must be a map, or set \
             of strings, and you have provided a value of type {}. toset() makes a set of a list of strings.",
            value.ty().friendly_name()
        ))),
    }
}

/// What is wrong with the value of an argument, and what the references in it stand for.
fn unsuitable(
    ev: &Evaluator<'_>,
    module: &ModuleInstance,
    expr: &Expr,
    argument: &str,
    detail: String,
) -> Stop {
    let scope = ModuleScope::new(ev, module.clone(), Each::None);
    let mut problem = Diagnostic::error(format!("Invalid {argument} argument"), detail).at(expr.span);
    problem.values = referenced_values(expr, &scope);
    Stop::from(problem)
}

fn unknown_keys(collection: &str) -> String {
    format!(
        "The \"for_each\" {collection} includes keys derived from resource attributes that cannot be determined \
         until apply, so Terrane cannot determine the full set of keys that will identify the instances. Use keys \
         that the configuration defines, and put apply-time results only in the values; or apply first only what \
         the keys depend on (-target)."
    )
}
