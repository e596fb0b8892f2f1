//! `for` expressions.

use super::Evaluator;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Span};
use terrane_syntax::{Expr, ForExpr, Ident};
use terrane_value::{Kind, Marks, Type, Value, convert};

/// What there is to iterate.
pub(super) enum Iteration {
    /// These keys and values; the marks of the collection are for the result.
    Elements(Vec<(Value, Value)>, Marks),
    /// It is not known yet.
    Unknown(Marks),
    /// It has no value for now.
    Blocked,
    /// Nothing, and that has been said.
    Failed,
}

/// What a `for` expression has collected.
#[derive(Default)]
struct Results {
    marks: Marks,
    /// Unset once a condition or key has no known value: then nothing is known of the result.
    incomplete: bool,
}

impl Evaluator<'_> {
    pub(super) fn for_expr(&mut self, f: &ForExpr, expr: &Expr) -> Value {
        let (elements, marks) = match self.iterate(&f.collection, expr.span) {
            Iteration::Elements(elements, marks) => (elements, marks),
            Iteration::Unknown(marks) => {
                self.condition_is_valid(f, expr);
                return Value::UNKNOWN.with_marks(&marks);
            }
            Iteration::Blocked | Iteration::Failed => return Value::UNKNOWN,
        };
        if elements.is_empty() && !self.condition_is_valid(f, expr) {
            return Value::UNKNOWN;
        }
        let mut results = Results { marks, incomplete: false };
        match &f.result_key {
            Some(key) => self.for_object(f, key, elements, expr, &mut results),
            None => {
                let mut found = Vec::with_capacity(elements.len());
                for (k, v) in elements {
                    let result = self.bound(f.key.as_ref(), &f.value, k, v, |e| {
                        e.included(f, expr, &mut results).then(|| e.eval(&f.result))
                    });
                    found.extend(result);
                }
                let value = if results.incomplete { Value::UNKNOWN } else { Value::tuple(found) };
                value.with_marks(&results.marks)
            }
        }
    }

    fn for_object(
        &mut self,
        f: &ForExpr,
        key: &Expr,
        elements: Vec<(Value, Value)>,
        expr: &Expr,
        results: &mut Results,
    ) -> Value {
        let mut single: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (k, v) in elements {
            self.bound(f.key.as_ref(), &f.value, k, v, |e| {
                if !e.included(f, expr, results) {
                    return;
                }
                let name = e.result_key(key, expr, results);
                let value = e.eval(&f.result);
                let Some(name) = name else { return };
                if f.group {
                    groups.entry(name).or_default().push(value);
                    return;
                }
                match single.entry(name) {
                    Entry::Vacant(entry) => {
                        entry.insert(value);
                    }
                    Entry::Occupied(entry) => {
                        let detail = format!(
                            "Two different items produced the key {:?} in this 'for' expression. If duplicates are \
                             expected, use the ellipsis (...) after the value expression to enable grouping by key.",
                            &**entry.key()
                        );
                        let d = Diagnostic::error("Duplicate object key", detail).at(key.span).within(expr.span);
                        e.fail_in(key, d);
                        results.incomplete = true;
                    }
                }
            });
        }
        let value = if results.incomplete {
            Value::UNKNOWN
        } else if f.group {
            Value::object(groups.into_iter().map(|(k, vs)| (k, Value::tuple(vs))))
        } else {
            Kind::Object(Arc::new(single)).into()
        };
        value.with_marks(&results.marks)
    }

    /// The elements of `collection`.
    pub(super) fn iterate(&mut self, collection: &Expr, context: Span) -> Iteration {
        let errors = self.errors;
        let (value, blocked) = self.watched(|e| e.eval(collection));
        if blocked {
            return Iteration::Blocked;
        }
        if self.errors != errors {
            return Iteration::Failed;
        }
        let (value, marks) = value.unmark();
        if value.is_null() {
            let d = Diagnostic::error(
                "Iteration over null value",
                "A null value cannot be used as the collection in a 'for' expression.",
            );
            self.fail_in(collection, d.at(collection.span).within(context));
            return Iteration::Failed;
        }
        let elements: Vec<(Value, Value)> = match value.kind() {
            Kind::List(_, vs) | Kind::Tuple(vs) => {
                vs.iter().enumerate().map(|(i, v)| (Value::number(i as i64), v.clone())).collect()
            }
            Kind::Set(_, vs) => vs.iter().map(|v| (v.clone(), v.clone())).collect(),
            Kind::Map(_, vs) | Kind::Object(vs) => {
                vs.iter().map(|(k, v)| (Value::from(Kind::String(k.clone())), v.clone())).collect()
            }
            Kind::Unknown(ty, _) if !ty.is_primitive() => return Iteration::Unknown(marks),
            _ => {
                let detail = format!(
                    "A value of type {} cannot be used as the collection in a 'for' expression.",
                    value.ty().friendly_name()
                );
                let d = Diagnostic::error("Iteration over non-iterable value", detail);
                self.fail_in(collection, d.at(collection.span).within(context));
                return Iteration::Failed;
            }
        };
        Iteration::Elements(elements, marks)
    }

    /// Does `work` with `name` bound to `value`.
    pub(crate) fn with_name<T>(
        &mut self,
        name: Arc<str>,
        value: Value,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.locals.push((name, value));
        let result = work(self);
        self.locals.pop();
        result
    }

    /// Does `work` with the variables of a `for` bound.
    pub(super) fn bound<T>(
        &mut self,
        key: Option<&Ident>,
        value: &Ident,
        k: Value,
        v: Value,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = self.locals.len();
        if let Some(key) = key {
            self.locals.push((key.name.clone(), k));
        }
        self.locals.push((value.name.clone(), v));
        let result = work(self);
        self.locals.truncate(before);
        result
    }

    /// Of a collection that is empty or not known yet, the condition is still checked: for any element.
    fn condition_is_valid(&mut self, f: &ForExpr, expr: &Expr) -> bool {
        let Some(_) = &f.condition else { return true };
        let errors = self.errors;
        let mut ignored = Results::default();
        let (_, blocked) = self.watched(|e| {
            e.bound(f.key.as_ref(), &f.value, Value::UNKNOWN, Value::UNKNOWN, |e| {
                e.included(f, expr, &mut ignored)
            })
        });
        !blocked && self.errors == errors
    }

    /// Whether the `if` clause lets the current element in.
    fn included(&mut self, f: &ForExpr, expr: &Expr, results: &mut Results) -> bool {
        let Some(condition) = &f.condition else { return true };
        let errors = self.errors;
        let (value, blocked) = self.watched(|e| e.eval(condition));
        if blocked || self.errors != errors {
            results.incomplete = true;
            return false;
        }
        results.marks = results.marks.union(value.marks());
        let (summary, detail) = if value.is_null() {
            ("Condition is null", "The value of the 'if' clause must not be null.".to_owned())
        } else {
            match convert(&value, &Type::Bool) {
                Ok(value) => {
                    results.incomplete |= !value.is_known();
                    return value.as_bool().unwrap_or(false);
                }
                Err(e) => {
                    ("Invalid 'for' condition", format!("The 'if' clause value is invalid: {}.", e.message))
                }
            }
        };
        results.incomplete = true;
        self.fail_in(condition, Diagnostic::error(summary, detail).at(condition.span).within(expr.span));
        false
    }

    /// The key of the current element's result.
    fn result_key(&mut self, key: &Expr, expr: &Expr, results: &mut Results) -> Option<Arc<str>> {
        let errors = self.errors;
        let (value, blocked) = self.watched(|e| e.eval(key));
        if blocked || self.errors != errors {
            results.incomplete = true;
            return None;
        }
        results.marks = results.marks.union(value.marks());
        let detail = if value.is_null() {
            "Key expression in 'for' expression must not produce a null value.".to_owned()
        } else {
            match convert(&value, &Type::String) {
                Ok(name) => {
                    results.incomplete |= !name.is_known();
                    return name.as_str().map(Arc::from);
                }
                Err(e) => format!("The key expression produced an invalid result: {}.", e.message),
            }
        };
        results.incomplete = true;
        let d = Diagnostic::error("Invalid object key", detail).at(key.span).within(expr.span);
        self.fail_in(key, d);
        None
    }
}
