//! References, attributes and indexes.

use super::Evaluator;
use crate::{Resolved, Step};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Span, nearest};
use terrane_syntax::{Expr, ExprKind};
use terrane_value::{Kind, Type, Value, convert};

/// The text that comes after `source` in `expr`: `.name` or `[key]`.
fn step_span(expr: &Expr, source: &Expr) -> Span {
    if source.span.file == expr.span.file && source.span.end < expr.span.end {
        Span { start: source.span.end, ..expr.span }
    } else {
        expr.span
    }
}

/// Where an expression starts, as function arguments are pointed at: the first name of a
/// reference, the opening bracket of a constructor, the text inside of quotes.
pub(crate) fn start_span(expr: &Expr) -> Span {
    let first = |n: u32| Span { end: (expr.span.start + n).min(expr.span.end), ..expr.span };
    match &expr.kind {
        ExprKind::Tuple(_) | ExprKind::Object(_) | ExprKind::For(_) => first(1),
        ExprKind::Literal(v) if v.as_str().is_some() && expr.span.end >= expr.span.start + 2 => {
            Span { start: expr.span.start + 1, end: expr.span.end - 1, ..expr.span }
        }
        ExprKind::Call { name, .. } => Span { end: (name.span.end + 1).min(expr.span.end), ..name.span },
        _ => expr.span,
    }
}

impl Evaluator<'_> {
    /// A chain of attributes and indexes from a name, or one step from any other expression.
    pub(super) fn traversal(&mut self, expr: &Expr) -> Value {
        let mut chain = Vec::new();
        let mut root = expr;
        while let ExprKind::GetAttr(source, _) | ExprKind::Index(source, _) = &root.kind {
            chain.push(root);
            root = source;
        }
        chain.reverse();
        let ((value, taken), steps) = if let ExprKind::Variable(name) = &root.kind {
            let (steps, blocked) = self.watched(|e| chain.iter().map(|x| e.step(x)).collect::<Vec<_>>());
            if blocked {
                return Value::UNKNOWN;
            }
            match self.root(name, root.span, &steps) {
                Some(found) => (found, steps),
                None => return Value::UNKNOWN,
            }
        } else {
            let before = (self.errors, self.blocks);
            let value = self.eval(root);
            let steps = chain.iter().map(|x| self.step(x)).collect::<Vec<_>>();
            if before != (self.errors, self.blocks) {
                return Value::UNKNOWN;
            }
            ((value, 0), steps)
        };
        let mut value = value;
        for (step, at) in steps.iter().zip(&chain).skip(taken) {
            match apply_step(&value, step) {
                Ok(next) => value = next,
                Err(diagnostic) => return self.fail_in(at, *diagnostic),
            }
        }
        value
    }

    /// The last step of `expr`, its key evaluated.
    fn step(&mut self, expr: &Expr) -> Step {
        match &expr.kind {
            ExprKind::GetAttr(source, name) => Step::Attribute(name.name.clone(), step_span(expr, source)),
            ExprKind::Index(source, key) => Step::Index(self.eval(key), step_span(expr, source)),
            _ => Step::Index(Value::UNKNOWN, expr.span),
        }
    }

    /// The value that `name` and as many of `steps` as it takes stand for, and that number.
    fn root(&mut self, name: &Arc<str>, span: Span, steps: &[Step]) -> Option<(Value, usize)> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(bound, _)| bound == name) {
            return Some((value.clone(), 0));
        }
        match self.scope.resolve(name, span, steps) {
            Resolved::Value(value, taken) => return Some((value, taken)),
            Resolved::Blocked(addresses) => {
                self.block(addresses);
            }
            Resolved::Failed(diagnostics) => diagnostics.into_iter().for_each(|d| {
                self.fail(d);
            }),
        }
        None
    }

    /// The value of a name with constant steps, without noting anything; `None` when there is
    /// no value.
    pub(super) fn look(&self, name: &Arc<str>, span: Span, steps: &[Step]) -> Option<Value> {
        let local = self.locals.iter().rev().find(|(bound, _)| bound == name);
        let (value, taken) = match local {
            Some((_, value)) => (value.clone(), 0),
            None => match self.scope.resolve(name, span, steps) {
                Resolved::Value(value, taken) => (value, taken),
                _ => return None,
            },
        };
        steps.iter().skip(taken).try_fold(value, |value, step| apply_step(&value, step).ok())
    }
}

/// What one step leads to.
pub(super) fn apply_step(value: &Value, step: &Step) -> Result<Value, Box<Diagnostic>> {
    match step {
        Step::Attribute(name, span) => attribute(value, name, *span),
        Step::Index(key, span) => index(value, key, *span),
    }
}

/// What `steps` lead to from a value; an error says what no such value has.
pub fn follow(value: &Value, steps: &[Step]) -> Result<Value, Box<Diagnostic>> {
    steps.iter().try_fold(value.clone(), |value, step| apply_step(&value, step))
}

fn failed<T>(span: Span, summary: &str, detail: impl Into<String>) -> Result<T, Box<Diagnostic>> {
    Err(Box::new(Diagnostic::error(summary, detail).at(span)))
}

fn did_you_mean<'a>(name: &str, names: impl Iterator<Item = &'a Arc<str>>) -> String {
    nearest(name, names.map(|n| &**n)).map_or_else(String::new, |n| format!(" Did you mean {n:?}?"))
}

fn attribute(value: &Value, name: &str, span: Span) -> Result<Value, Box<Diagnostic>> {
    let unsupported = |detail: String| failed(span, "Unsupported attribute", detail);
    match value.kind() {
        Kind::Null(_) => failed(
            span,
            "Attempt to get attribute from null value",
            "This value is null, so it does not have any attributes.",
        ),
        Kind::Object(attributes) => match attributes.get(name) {
            Some(found) => Ok(found.with_marks(value.marks())),
            None => unsupported(format!(
                "This object does not have an attribute named {name:?}.{}",
                did_you_mean(name, attributes.keys())
            )),
        },
        Kind::Map(_, elements) => match elements.get(name) {
            Some(found) => Ok(found.with_marks(value.marks())),
            None => failed(
                span,
                "Missing map element",
                format!(
                    "This map does not have an element with the key {name:?}.{}",
                    did_you_mean(name, elements.keys())
                ),
            ),
        },
        Kind::Unknown(Type::Dynamic, _) => Ok(Value::UNKNOWN.with_marks(value.marks())),
        Kind::Unknown(Type::Map(element), _) => {
            Ok(Value::unknown((**element).clone()).with_marks(value.marks()))
        }
        Kind::Unknown(Type::Object(object), _) => match object.attributes.get(name) {
            Some(ty) => Ok(Value::unknown(ty.clone()).with_marks(value.marks())),
            None => unsupported(format!(
                "This object does not have an attribute named {name:?}.{}",
                did_you_mean(name, object.attributes.keys())
            )),
        },
        _ => match value.ty() {
            Type::List(element) if matches!(*element, Type::Object(_)) => unsupported(
                if element.attribute(name).is_some() {
                    format!(
                        "Can't access attributes on a list of objects. Did you mean to access attribute \
                         {name:?} for a specific element of the list, or across all elements of the list?"
                    )
                } else {
                    "Can't access attributes on a list of objects. Did you mean to access an attribute for a \
                     specific element of the list, or across all elements of the list?"
                        .into()
                },
            ),
            Type::Set(element) if matches!(*element, Type::Object(_)) => unsupported(
                "Can't access attributes on a set of objects. Did you mean to access an attribute across all \
                 elements of the set?"
                    .into(),
            ),
            ty if ty.is_primitive() => unsupported(format!(
                "Can't access attributes on a primitive-typed value ({}).",
                ty.friendly_name()
            )),
            _ => unsupported("This value does not have any attributes.".into()),
        },
    }
}

fn index(value: &Value, key: &Value, span: Span) -> Result<Value, Box<Diagnostic>> {
    const NOT_THERE: &str = "The given key does not identify an element in this collection value";
    let invalid = |detail: String| failed(span, "Invalid index", detail);
    let marks = value.marks().union(key.marks());
    let marked = |found: &Value| Ok(found.with_marks(&marks));
    if key.is_null() {
        return invalid("Can't use a null value as an indexing key.".into());
    }
    if value.is_null() {
        let detail = "This value is null, so it does not have any indices.";
        return failed(span, "Attempt to index null value", detail);
    }
    let (sequence, wanted) = match value.kind() {
        Kind::Unknown(Type::Dynamic, _) => return marked(&Value::UNKNOWN),
        Kind::List(..) | Kind::Tuple(_) => (true, Type::Number),
        Kind::Unknown(Type::List(_) | Type::Tuple(_), _) => (true, Type::Number),
        Kind::Map(..) | Kind::Object(_) => (false, Type::String),
        Kind::Unknown(Type::Map(_) | Type::Object(_), _) => (false, Type::String),
        Kind::Set(..) | Kind::Unknown(Type::Set(_), _) => {
            return invalid(
                "Elements of a set are identified only by their value and don't have any separate index or \
                 key to select with, so it's only possible to perform operations across all elements of the \
                 set."
                    .into(),
            );
        }
        _ => return invalid("This value does not have any indices.".into()),
    };
    let key = match convert(key, &wanted) {
        Ok(key) => key,
        Err(e) => return invalid(format!("{NOT_THERE}: {}.", e.message)),
    };
    let unknown_element = || match value.ty() {
        Type::List(t) | Type::Map(t) => Value::unknown((*t).clone()),
        _ => Value::UNKNOWN,
    };
    if !key.is_known() {
        return marked(&unknown_element());
    }
    if sequence {
        let Some(n) = key.as_number() else { return marked(&Value::UNKNOWN) };
        if n.to_f64() < 0.0 {
            return invalid(format!("{NOT_THERE}: a negative number is not a valid index for a sequence."));
        }
        let Some(n) = n.to_i64() else {
            return invalid(if n.to_f64().fract() == 0.0 {
                format!("{NOT_THERE}.")
            } else {
                format!(
                    "{NOT_THERE}: indexing a sequence requires a whole number, but the given index has a \
                     fractional part."
                )
            });
        };
        let at = usize::try_from(n).unwrap_or(usize::MAX);
        let outside = |length: usize| {
            let why = match length {
                0 => "the collection has no elements",
                _ => "the given index is greater than or equal to the length of the collection",
            };
            invalid(format!("{NOT_THERE}: {why}."))
        };
        return match value.kind() {
            Kind::List(_, elements) | Kind::Tuple(elements) => match elements.get(at) {
                Some(found) => marked(found),
                None => outside(elements.len()),
            },
            Kind::Unknown(Type::Tuple(types), _) => match types.get(at) {
                Some(ty) => marked(&Value::unknown(ty.clone())),
                None => outside(types.len()),
            },
            _ => marked(&unknown_element()),
        };
    }
    let Some(name) = key.as_str() else { return marked(&Value::UNKNOWN) };
    match value.kind() {
        Kind::Map(_, elements) | Kind::Object(elements) => match elements.get(name) {
            Some(found) => marked(found),
            None => invalid(format!("{NOT_THERE}.{}", did_you_mean(name, elements.keys()))),
        },
        // What it does not have is told when its value is known, as Terraform does: it may be in a branch that is not taken.
        Kind::Unknown(Type::Object(object), _) => {
            marked(&object.attributes.get(name).map_or(Value::UNKNOWN, |ty| Value::unknown(ty.clone())))
        }
        _ => marked(&unknown_element()),
    }
}
