//! Splat expressions.

use super::Evaluator;
use terrane_diagnostics::Diagnostic;
use terrane_syntax::Expr;
use terrane_value::{Kind, Refinement, Type, Value, unify};

impl Evaluator<'_> {
    /// `source[*].each`. A value that is no sequence is taken for a sequence of it alone, and
    /// null for an empty one.
    pub(super) fn splat(&mut self, source: &Expr, each: &Expr, expr: &Expr) -> Value {
        let before = (self.errors, self.blocks);
        let value = self.eval(source);
        if before != (self.errors, self.blocks) {
            return Value::UNKNOWN;
        }
        let (value, marks) = value.unmark();
        let ty = value.ty();
        let is_sequence = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
        if value.is_null() {
            if !is_sequence {
                return Value::tuple([]).with_marks(&marks);
            }
            let d = Diagnostic::error(
                "Splat of null value",
                "Splat expressions (with the * symbol) cannot be applied to null sequences.",
            );
            return self.fail_in(source, d.at(source.span).within(expr.span));
        }
        if ty == Type::Dynamic {
            return Value::UNKNOWN.with_marks(&marks);
        }
        let result = match (value.kind(), &ty) {
            (Kind::Unknown(_, refinement), Type::List(t) | Type::Set(t)) => {
                // What no element can have is refused at once, though there may be no element; but
                // whether an attempt fails is not known before it is known that there is one.
                let unknown = Value::unknown((**t).clone());
                let element = if self.trying > 0 {
                    let (element, found) = self.attempt(|e| e.element(unknown, each).ty());
                    if found.has_errors() {
                        return Value::UNKNOWN.with_marks(&marks);
                    }
                    self.diagnostics.append(found);
                    element
                } else {
                    self.element(unknown, each).ty()
                };
                let lengths = refinement.as_deref().filter(|_| matches!(ty, Type::List(_)));
                let refinement = Refinement {
                    not_null: true,
                    length_min: lengths.and_then(|r| r.length_min),
                    length_max: lengths.and_then(|r| r.length_max),
                    ..Refinement::default()
                };
                Value::unknown_refined(Type::list(element), refinement)
            }
            (Kind::Unknown(..), Type::Tuple(types)) => {
                let elements = types.iter().map(|t| self.element(Value::unknown(t.clone()), each).ty());
                Value::unknown_refined(Type::Tuple(elements.collect()), Refinement::not_null())
            }
            (Kind::Unknown(..), _) if !value.is_definitely_not_null() => {
                // It may be null, and the result empty; what it cannot have otherwise is refused at once.
                let (_, found) = self.attempt(|e| e.element(value, each));
                if self.trying == 0 {
                    self.diagnostics.append(found);
                }
                Value::UNKNOWN
            }
            (Kind::List(t, elements) | Kind::Set(t, elements), _) => {
                let results: Vec<Value> = elements.iter().map(|v| self.element(v.clone(), each)).collect();
                match results.first() {
                    None => {
                        let (element, _) = self.attempt(|e| e.element(Value::unknown(t.clone()), each).ty());
                        Value::list(element, [])
                    }
                    Some(_) => list(results),
                }
            }
            (Kind::Tuple(elements), _) => {
                Value::tuple(elements.iter().map(|v| self.element(v.clone(), each)).collect::<Vec<_>>())
            }
            _ => Value::tuple([self.element(value, each)]),
        };
        result.with_marks(&marks)
    }

    fn element(&mut self, element: Value, each: &Expr) -> Value {
        self.elements.push(element);
        let value = self.eval(each);
        self.elements.pop();
        value
    }
}

/// A list of `values`, which almost always have one type; where parts of unknown type make a
/// difference, a tuple.
fn list(values: Vec<Value>) -> Value {
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    match types.first() {
        _ if values.iter().any(|v| matches!(v.kind(), Kind::Unknown(Type::Dynamic, _))) => {
            let length = Some(values.len() as u64);
            let refinement = Refinement {
                not_null: true,
                length_min: length,
                length_max: length,
                ..Refinement::default()
            };
            Value::unknown_refined(Type::list(Type::Dynamic), refinement)
        }
        Some(first) if types.iter().all(|t| t == first) => Value::list(first.clone(), values),
        _ => {
            let converted = unify(&types).filter(|t| !t.has_dynamic()).and_then(|t| {
                Some((
                    values.iter().map(|v| terrane_value::convert(v, &t).ok()).collect::<Option<Vec<_>>>()?,
                    t,
                ))
            });
            match converted {
                Some((values, ty)) => Value::list(ty, values),
                None => Value::tuple(values),
            }
        }
    }
}
