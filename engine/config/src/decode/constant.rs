//! Arguments whose values must be known before anything is evaluated.

use std::path::PathBuf;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_lang::{FunctionContext, Resolved, Scope, Step, evaluate};
use terrane_syntax::{Expr, ExprKind, ObjectItem, ObjectKey};
use terrane_value::{Type, Value, convert};

use crate::visit;

/// A scope in which nothing has a name.
struct Nothing(FunctionContext);

impl Scope for Nothing {
    fn resolve(&self, _root: &str, span: Span, _steps: &[Step]) -> Resolved {
        let detail = "Variables may not be used here.";
        Resolved::Failed(vec![Diagnostic::error("Variables not allowed", detail).at(span)])
    }

    fn functions(&self) -> &FunctionContext {
        &self.0
    }
}

/// The value of an expression without references and function calls. Strings of JSON are taken as
/// they are, since nothing is evaluated.
pub(crate) fn constant(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Value> {
    if let Some(value) = json_value(expr) {
        return Some(value);
    }
    let called = visit::refuse_calls(expr);
    if called.has_errors() {
        diagnostics.append(called);
        return None;
    }
    let outcome =
        evaluate(expr, &Nothing(FunctionContext { base_dir: PathBuf::from("."), ..Default::default() }));
    let failed = outcome.diagnostics.has_errors();
    diagnostics.append(outcome.diagnostics);
    (!failed).then_some(outcome.value)
}

/// What a JSON value, or a literal, says without templates; `None` for other expressions.
fn json_value(expr: &Expr) -> Option<Value> {
    match &expr.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        ExprKind::JsonString { text, .. } => Some(Value::string(&**text)),
        ExprKind::Tuple(elements) => {
            elements.iter().map(json_value).collect::<Option<Vec<_>>>().map(Value::tuple)
        }
        ExprKind::Object(items) => {
            let item = |item: &ObjectItem| match &item.key {
                ObjectKey::Expr(Expr { kind: ExprKind::JsonString { text, .. }, .. }) => {
                    Some((text.clone(), json_value(&item.value)?))
                }
                _ => None,
            };
            items.iter().map(item).collect::<Option<Vec<_>>>().map(Value::object)
        }
        _ => None,
    }
}

fn constant_of(expr: &Expr, ty: &Type, diagnostics: &mut Diagnostics) -> Option<Value> {
    let value = constant(expr, diagnostics)?;
    match convert(&value, ty) {
        Ok(value) => Some(value),
        Err(error) => {
            let detail = format!("Unsuitable value: {}.", error.message);
            diagnostics.push(Diagnostic::error("Unsuitable value type", detail).at(expr.span));
            None
        }
    }
}

/// A constant string.
pub(crate) fn string(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<String> {
    let value = constant_of(expr, &Type::String, diagnostics)?;
    if value.is_null() {
        let detail = "Unsuitable value: value must not be null.";
        diagnostics.push(Diagnostic::error("Unsuitable value type", detail).at(expr.span));
    }
    value.as_str().map(str::to_owned)
}

/// A constant boolean.
pub(crate) fn boolean(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<bool> {
    let value = constant_of(expr, &Type::Bool, diagnostics)?;
    if value.is_null() {
        let detail = "Unsuitable value: value must not be null.";
        diagnostics.push(Diagnostic::error("Unsuitable value type", detail).at(expr.span));
    }
    value.as_bool()
}

/// A string as it stands in the source, without anything to evaluate.
pub(crate) fn literal_string(expr: &Expr) -> Option<Arc<str>> {
    literal(expr).map(Into::into)
}

fn literal(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(value) => value.as_str(),
        ExprKind::JsonString { text, .. } => Some(text),
        _ => None,
    }
}

/// A word such as `all` or `create`, bare or, as JSON and old configurations have it, quoted.
pub(crate) fn keyword(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name.clone()),
        _ => literal_string(expr),
    }
}

/// The elements of a list that is written out.
pub(crate) fn list<'a>(expr: &'a Expr, what: &str, diagnostics: &mut Diagnostics) -> &'a [Expr] {
    match &expr.without_parens().kind {
        ExprKind::Tuple(elements) => elements,
        _ => {
            let detail = format!("A static list expression is required: {what}.");
            diagnostics.push(Diagnostic::error("Invalid expression", detail).at(expr.span));
            &[]
        }
    }
}

/// The items of a JSON body: of its object, or of all objects of its array.
pub(crate) fn json_items(expr: &Expr) -> Vec<(&str, &Expr)> {
    match &expr.kind {
        ExprKind::Object(items) => items
            .iter()
            .filter_map(|item| {
                let name = match &item.key {
                    ObjectKey::Name(name) => &*name.name,
                    ObjectKey::Expr(key) => literal(key)?,
                };
                Some((name, &item.value))
            })
            .collect(),
        ExprKind::Tuple(elements) => elements.iter().flat_map(json_items).collect(),
        _ => Vec::new(),
    }
}
