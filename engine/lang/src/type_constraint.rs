//! Type constraints: `map(object({ a = string, b = optional(number, 1) }))`.

use crate::{FunctionContext, Resolved, Scope, Step, evaluate};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span, nearest};
use terrane_syntax::{Expr, ExprKind, Ident, ObjectKey, parse_expression};
use terrane_value::{Kind, Type, Value, convert};

const INVALID: &str = "Invalid type specification";
const FORMS: &str = "A type specification is either a primitive type keyword (bool, number, string) or a complex \
                     type constructor call, like list(string).";

/// The default values of optional attributes at each level of a type constraint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// The defaults of this object's own attributes.
    pub values: BTreeMap<Arc<str>, Value>,
    /// The defaults inside of attributes (by name), tuple elements (by position as text), or
    /// all elements of a collection (by the empty string).
    pub children: BTreeMap<Arc<str>, Defaults>,
}

impl Defaults {
    /// Whether there is no default at any level.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.children.values().all(Defaults::is_empty)
    }

    /// `value`, which is yet to be converted to the constraint, with absent and null optional
    /// attributes replaced by their defaults, at every level.
    #[must_use]
    pub fn apply(&self, value: &Value) -> Value {
        if self.is_empty() {
            return value.clone();
        }
        let at = |key: &str, v: &Value| match self.children.get(key).or_else(|| self.children.get("")) {
            Some(child) => child.apply(v),
            None => v.clone(),
        };
        let indexed = |vs: &[Value]| -> Vec<Value> {
            vs.iter().enumerate().map(|(i, v)| at(&i.to_string(), v)).collect()
        };
        let changed: Value = match value.kind() {
            Kind::Object(vs) => self.apply_to_attributes(vs, &at),
            Kind::Map(_, vs) if !self.values.is_empty() => self.apply_to_attributes(vs, &at),
            Kind::Map(_, vs) => {
                as_collection(Value::object(vs.iter().map(|(k, v)| (k.clone(), at(k, v)))), Type::map)
            }
            Kind::List(_, vs) => as_collection(Value::tuple(indexed(vs)), Type::list),
            Kind::Set(_, vs) => as_collection(Value::tuple(indexed(vs)), Type::set),
            Kind::Tuple(vs) => Value::tuple(indexed(vs)),
            _ => return value.clone(),
        };
        changed.with_marks(value.marks())
    }

    fn apply_to_attributes(
        &self,
        vs: &BTreeMap<Arc<str>, Value>,
        at: &dyn Fn(&str, &Value) -> Value,
    ) -> Value {
        let mut attributes: BTreeMap<Arc<str>, Value> = vs.clone();
        for (name, default) in &self.values {
            let value = attributes.entry(name.clone()).or_insert(Value::NULL);
            if value.is_null() {
                *value = default.clone();
            }
        }
        for (name, value) in &mut attributes {
            *value = at(name, value);
        }
        Kind::Object(Arc::new(attributes)).into()
    }
}

/// The elements of what was a collection before defaults came in. Where they differ so much now
/// that they have no type in common, the structure holds them until conversion.
fn as_collection(structure: Value, kind: fn(Type) -> Type) -> Value {
    convert(&structure, &kind(Type::Dynamic)).unwrap_or(structure)
}

/// The type constraint that `expr` writes, and its defaults.
pub fn type_constraint(expr: &Expr) -> (Type, Defaults, Diagnostics) {
    let mut reader = Reader { diagnostics: Diagnostics::new() };
    if let Some(text) = quoted(expr) {
        // JSON has no other way to write an expression than as a string.
        if matches!(expr.kind, ExprKind::JsonString { .. }) {
            let (ty, defaults) = reader.embedded(&text, expr.span);
            return (ty, defaults, reader.diagnostics);
        }
        reader.legacy(&text, expr.span);
        return (Type::Dynamic, Defaults::default(), reader.diagnostics);
    }
    let (ty, defaults) = match (&expr.without_parens().kind, expr.span) {
        (ExprKind::Variable(name), _) if &**name == "list" => {
            (Type::list(Type::Dynamic), Defaults::default())
        }
        (ExprKind::Variable(name), _) if &**name == "map" => (Type::map(Type::Dynamic), Defaults::default()),
        _ => reader.read(expr),
    };
    (ty, defaults, reader.diagnostics)
}

fn quoted(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::JsonString { text, .. } => Some(text.clone()),
        ExprKind::Literal(v) => v.as_str().map(Arc::from),
        _ => None,
    }
}

struct Reader {
    diagnostics: Diagnostics,
}

impl Reader {
    fn error(&mut self, at: Span, context: Span, detail: impl Into<String>) -> (Type, Defaults) {
        self.diagnostics.push(Diagnostic::error(INVALID, detail).at(at).within(context));
        (Type::Dynamic, Defaults::default())
    }

    /// A constraint in quotes, which very old configurations have.
    fn legacy(&mut self, text: &str, span: Span) {
        let (summary, hint) = match text {
            "string" => ("Invalid quoted type constraints", String::new()),
            "list" | "map" => (
                "Invalid quoted type constraints",
                format!(
                    " and write {text}(string) instead to explicitly indicate that the {text} elements are strings"
                ),
            ),
            _ => {
                let detail = "To provide a full type expression, remove the surrounding quotes and give the type \
                              expression directly.";
                let d = Diagnostic::error("Invalid legacy variable type hint", detail);
                self.diagnostics.push(d.at(span));
                return;
            }
        };
        let detail = format!(
            "Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is no \
             longer supported. Remove the quotes around {text:?}{hint}."
        );
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    /// A constraint inside of a JSON string.
    fn embedded(&mut self, text: &str, span: Span) -> (Type, Defaults) {
        match text {
            "list" => return (Type::list(Type::Dynamic), Defaults::default()),
            "map" => return (Type::map(Type::Dynamic), Defaults::default()),
            _ => {}
        }
        let mut sources = SourceMap::default();
        let file = sources.add("<type>", text);
        let (expr, problems) = parse_expression(&sources, file);
        let mut inner = Reader { diagnostics: problems };
        let result = match expr {
            Some(expr) => inner.read(&expr),
            None => (Type::Dynamic, Defaults::default()),
        };
        // Those places are in a text that only exists here: point at the string.
        self.diagnostics.extend(inner.diagnostics.into_iter().map(|mut d| {
            (d.subject, d.context) = (Some(span), None);
            d
        }));
        result
    }

    fn read(&mut self, expr: &Expr) -> (Type, Defaults) {
        match &expr.without_parens().kind {
            ExprKind::Variable(name) => self.keyword(name, expr),
            ExprKind::Literal(v) if v.is_null() => {
                self.error(expr.span, expr.span, "The keyword \"null\" is not a valid type specification.")
            }
            ExprKind::Call { name, args, expand_final: false } => self.constructor(name, args, expr),
            _ => self.error(expr.span, expr.span, FORMS),
        }
    }

    fn keyword(&mut self, name: &str, expr: &Expr) -> (Type, Defaults) {
        let ty = match name {
            "bool" => Type::Bool,
            "number" => Type::Number,
            "string" => Type::String,
            "any" => Type::Dynamic,
            "list" | "set" | "map" => {
                let detail =
                    format!("The {name} type constructor requires one argument specifying the element type.");
                return self.error(expr.span, expr.span, detail);
            }
            "object" => {
                let detail = "The object type constructor requires one argument specifying the attribute types and \
                              values as a map.";
                return self.error(expr.span, expr.span, detail);
            }
            "tuple" => {
                let detail = "The tuple type constructor requires one argument specifying the element types as a list.";
                return self.error(expr.span, expr.span, detail);
            }
            "optional" => return self.misplaced_optional(expr.span, expr.span),
            _ => {
                let known = ["bool", "number", "string", "any", "list", "set", "map", "object", "tuple"];
                let hint = nearest(name, known).map_or_else(String::new, |n| format!(" Did you mean {n:?}?"));
                let detail = format!("The keyword {name:?} is not a valid type specification.{hint}");
                return self.error(expr.span, expr.span, detail);
            }
        };
        (ty, Defaults::default())
    }

    fn misplaced_optional(&mut self, at: Span, context: Span) -> (Type, Defaults) {
        let detail = "Keyword \"optional\" is valid only as a modifier for object type attributes.";
        self.error(at, context, detail)
    }

    fn constructor(&mut self, name: &Ident, args: &[Expr], expr: &Expr) -> (Type, Defaults) {
        let parens = Span { start: name.span.end, ..expr.span };
        let element_text = || {
            format!("The {} type constructor requires one argument specifying the element type.", name.name)
        };
        match (&*name.name, args) {
            ("list", [of]) => self.collection(of, Type::list),
            ("set", [of]) => self.collection(of, Type::set),
            ("map", [of]) => self.collection(of, Type::map),
            ("object", [of]) => self.object(of, expr),
            ("tuple", [of]) => self.tuple(of, expr),
            ("optional", _) => self.misplaced_optional(name.span, expr.span),
            ("any", _) => {
                let detail = "Type constraint keyword \"any\" does not expect arguments.";
                self.error(parens, expr.span, detail)
            }
            ("bool" | "number" | "string", _) => {
                let detail = format!("Primitive type keyword {:?} does not expect arguments.", &*name.name);
                self.error(parens, expr.span, detail)
            }
            ("list" | "set" | "map", []) => self.error(parens, expr.span, element_text()),
            ("list" | "set" | "map", [_, extra, ..]) => self.error(extra.span, expr.span, element_text()),
            ("object" | "tuple", rest) => {
                let detail = if &*name.name == "object" {
                    "The object type constructor requires one argument specifying the attribute types and values \
                     as a map."
                } else {
                    "The tuple type constructor requires one argument specifying the element types as a list."
                };
                self.error(rest.get(1).map_or(parens, |e| e.span), expr.span, detail)
            }
            _ => {
                let detail = format!("Keyword {:?} is not a valid type constructor.", &*name.name);
                self.error(expr.span, expr.span, detail)
            }
        }
    }

    fn collection(&mut self, of: &Expr, make: fn(Type) -> Type) -> (Type, Defaults) {
        let (element, child) = self.read(of);
        let mut defaults = Defaults::default();
        if !child.is_empty() {
            defaults.children.insert("".into(), child);
        }
        (make(element), defaults)
    }

    fn tuple(&mut self, of: &Expr, expr: &Expr) -> (Type, Defaults) {
        let ExprKind::Tuple(items) = &of.kind else {
            let detail = "Tuple type constructor requires a list of element types.";
            return self.error(of.span, expr.span, detail);
        };
        let (mut types, mut defaults) = (Vec::new(), Defaults::default());
        for (i, item) in items.iter().enumerate() {
            let (ty, child) = self.read(item);
            types.push(ty);
            if !child.is_empty() {
                defaults.children.insert(i.to_string().into(), child);
            }
        }
        (Type::tuple(types), defaults)
    }

    fn object(&mut self, of: &Expr, expr: &Expr) -> (Type, Defaults) {
        let ExprKind::Object(items) = &of.kind else {
            let detail = "Object type constructor requires a map whose keys are attribute names and whose values \
                          are the corresponding attribute types.";
            return self.error(of.span, expr.span, detail);
        };
        let mut types: BTreeMap<Arc<str>, Type> = BTreeMap::new();
        let (mut optional, mut defaults) = (Vec::new(), Defaults::default());
        for item in items {
            let name = match &item.key {
                ObjectKey::Name(name) => name.clone(),
                ObjectKey::Expr(key) => match &key.kind {
                    ExprKind::Variable(name) => Ident { name: name.clone(), span: key.span },
                    _ => {
                        let detail = "Object constructor map keys must be attribute names.";
                        self.error(key.span, expr.span, detail);
                        continue;
                    }
                },
            };
            if types.contains_key(&name.name) {
                self.error(name.span, expr.span, "Object constructor map keys must be unique.");
                continue;
            }
            let (ty, child) = match &item.value.kind {
                ExprKind::Call { name: modifier, args, .. } if &*modifier.name == "optional" => {
                    optional.push(name.name.clone());
                    self.optional(&name.name, modifier, args, &item.value, &mut defaults)
                }
                _ => self.read(&item.value),
            };
            if !child.is_empty() {
                defaults.children.insert(name.name.clone(), child);
            }
            types.insert(name.name, ty);
        }
        (Type::object_with_optional(types, optional), defaults)
    }

    /// `optional(type, default)`, the value of attribute `name`.
    fn optional(
        &mut self,
        name: &Arc<str>,
        modifier: &Ident,
        args: &[Expr],
        expr: &Expr,
        defaults: &mut Defaults,
    ) -> (Type, Defaults) {
        let parens = Span { start: modifier.span.end, ..expr.span };
        let (of, default) = match args {
            [of] => (of, None),
            [of, default] => (of, Some(default)),
            [] => {
                let detail = "Optional attribute modifier requires the attribute type as its argument.";
                return self.error(parens, expr.span, detail);
            }
            _ => {
                let detail = "Optional attribute modifier expects at most two arguments: the attribute type, and a default \
                     value.";
                return self.error(parens, expr.span, detail);
            }
        };
        let (ty, child) = self.read(of);
        if let Some(call) = default.and_then(function_call) {
            let detail = "Functions may not be called here.";
            self.diagnostics.push(Diagnostic::error("Function calls not allowed", detail).at(call));
        } else if let Some(default) = default {
            let outcome = evaluate(default, &NoNames::default());
            let failed = outcome.diagnostics.has_errors();
            self.diagnostics.append(outcome.diagnostics);
            match convert(&child.apply(&outcome.value), &ty) {
                Ok(value) if !failed && !value.is_null() => {
                    defaults.values.insert(name.clone(), value);
                }
                Ok(_) => {}
                Err(e) => {
                    let detail = format!(
                        "This default value is not compatible with the attribute's type constraint: {}.",
                        e.message
                    );
                    let d = Diagnostic::error("Invalid default value for optional attribute", detail);
                    self.diagnostics.push(d.at(default.span));
                }
            }
        }
        (ty, child)
    }
}

/// The first call of a function in `expr`.
fn function_call(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Call { .. } => Some(expr.span),
        ExprKind::JsonString { template, .. } => function_call(template),
        ExprKind::Parens(e) | ExprKind::Unary(_, e) | ExprKind::GetAttr(e, _) => function_call(e),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => function_call(a).or_else(|| function_call(b)),
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().find_map(|e| function_call(e)),
        ExprKind::Tuple(elements) => elements.iter().find_map(function_call),
        ExprKind::Object(items) => items.iter().find_map(|item| match &item.key {
            ObjectKey::Expr(key) => function_call(key).or_else(|| function_call(&item.value)),
            ObjectKey::Name(_) => function_call(&item.value),
        }),
        _ => None,
    }
}

/// A scope without any names.
#[derive(Default)]
struct NoNames(FunctionContext);

impl Scope for NoNames {
    fn resolve(&self, _root: &str, span: Span, _steps: &[Step]) -> Resolved {
        let d = Diagnostic::error("Variables not allowed", "Variables may not be used here.");
        Resolved::Failed(vec![d.at(span)])
    }

    fn functions(&self) -> &FunctionContext {
        &self.0
    }
}
