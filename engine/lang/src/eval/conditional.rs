//! `condition ? then : otherwise`, and `if` directives of templates, which follow the same rules.

use super::Evaluator;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};
use terrane_syntax::Expr;
use terrane_value::{Kind, MarkSet, Marks, Refinement, Type, Value, convert, unify};

/// The outcome of a condition.
pub(super) enum Condition {
    /// It is known; with its marks.
    Known(bool, Marks),
    /// It is not known yet; with its marks.
    Unknown(Marks),
    /// It has no value for now: nothing that depends on it is evaluated.
    Blocked,
    /// It was wrong, and that has been said.
    Failed,
}

impl Evaluator<'_> {
    /// Both sides are evaluated whatever the condition is, since the type of the result follows
    /// from both; but problems of the side that is not taken do not count.
    pub(super) fn conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        expr: &Expr,
    ) -> Value {
        let condition = self.condition(condition, expr.span);
        if matches!(condition, Condition::Blocked) {
            return Value::UNKNOWN;
        }
        let (yes, yes_problems) = self.attempt(|e| e.eval(then));
        let (no, no_problems) = self.attempt(|e| e.eval(otherwise));
        let ty = match result_type(&yes, &no) {
            Some(ty) => ty,
            None => {
                let detail = format!(
                    "The true and false result expressions must have consistent types. {}.",
                    mismatch(&yes.ty(), &no.ty())
                );
                let d = Diagnostic::error("Inconsistent conditional result types", detail)
                    .at(then.span.to(otherwise.span))
                    .within(expr.span);
                return self.fail_in(expr, d);
            }
        };
        match condition {
            Condition::Known(true, marks) => self
                .chosen("true", &yes, yes_problems, then, &ty, expr.span)
                .with_marks(&marks.union(&confidential(no.marks()))),
            Condition::Known(false, marks) => self
                .chosen("false", &no, no_problems, otherwise, &ty, expr.span)
                .with_marks(&marks.union(&confidential(yes.marks()))),
            Condition::Unknown(marks) => either(&yes, &no, ty, &marks),
            Condition::Blocked | Condition::Failed => Value::unknown(ty),
        }
    }

    /// Evaluates a condition of the construct at `context`.
    pub(super) fn condition(&mut self, condition: &Expr, context: Span) -> Condition {
        let errors = self.errors;
        let (value, blocked) = self.watched(|e| e.eval(condition));
        if blocked {
            return Condition::Blocked;
        }
        if self.errors != errors {
            return Condition::Failed;
        }
        if value.is_null() {
            let d = Diagnostic::error(
                "Null condition",
                "The condition value is null. Conditions must either be true or false.",
            );
            self.fail_in(condition, d.at(condition.span).within(context));
            return Condition::Failed;
        }
        match Self::to_primitive(&value, &Type::Bool) {
            Ok(value) => match value.as_bool() {
                Some(b) => Condition::Known(b, value.marks().clone()),
                None => Condition::Unknown(value.marks().clone()),
            },
            Err(_) => {
                let d = Diagnostic::error(
                    "Incorrect condition type",
                    "The condition expression must be of type bool.",
                );
                self.fail_in(condition, d.at(condition.span).within(context));
                Condition::Failed
            }
        }
    }

    /// The side that the condition chose, converted to the type of the whole.
    fn chosen(
        &mut self,
        which: &str,
        value: &Value,
        problems: Diagnostics,
        side: &Expr,
        ty: &Type,
        context: Span,
    ) -> Value {
        self.errors += problems.iter().filter(|d| d.is_error()).count();
        let failed = problems.has_errors();
        // Problems found in an attempt have no explanations; look again to have them.
        if failed && self.trying == 0 {
            return self.eval(side);
        }
        self.diagnostics.append(problems);
        match convert(value, ty) {
            Ok(value) => value,
            Err(e) => {
                let detail = format!("The {which} result value has the wrong type: {}.", e.message);
                let d = Diagnostic::error("Inconsistent conditional result types", detail)
                    .at(side.span)
                    .within(context);
                self.fail_in(side, d)
            }
        }
    }
}

/// The marks that the side which is not taken leaves on the result, so that it is confidential whatever the condition is.
pub(super) fn confidential(marks: &Marks) -> Marks {
    let (sensitive, ephemeral) = (marks.is_sensitive(), marks.is_ephemeral());
    Marks::new(MarkSet { sensitive, ephemeral, ..MarkSet::default() })
}

/// The type that both sides can have.
fn result_type(yes: &Value, no: &Value) -> Option<Type> {
    let untyped_null = |v: &Value| matches!(v.kind(), Kind::Null(Type::Dynamic));
    let (a, b) = (yes.ty(), no.ty());
    if untyped_null(yes) || a == b {
        Some(b)
    } else if untyped_null(no) {
        Some(a)
    } else {
        unify(&[a, b])
    }
}

/// What is known when it is not known which of two values it will be.
fn either(yes: &Value, no: &Value, ty: Type, condition: &Marks) -> Value {
    let marks = condition.union(yes.marks()).union(no.marks());
    if yes.is_null() && no.is_null() {
        return Value::null(ty).with_marks(&marks);
    }
    let mut refinement = Refinement {
        not_null: yes.is_definitely_not_null() && no.is_definitely_not_null(),
        ..Refinement::default()
    };
    if yes.ty() == no.ty() {
        let (a, b) = (bounds(yes), bounds(no));
        let lower = |a: &(terrane_value::Number, bool), b: &(terrane_value::Number, bool)| {
            (a.0.clone(), !a.1) <= (b.0.clone(), !b.1)
        };
        refinement.number_min =
            a.number_min.zip(b.number_min).map(|(a, b)| if lower(&a, &b) { a } else { b });
        let higher = |a: &(terrane_value::Number, bool), b: &(terrane_value::Number, bool)| {
            (a.0.clone(), a.1) >= (b.0.clone(), b.1)
        };
        refinement.number_max =
            a.number_max.zip(b.number_max).map(|(a, b)| if higher(&a, &b) { a } else { b });
        refinement.length_min = a.length_min.zip(b.length_min).map(|(a, b)| a.min(b));
        refinement.length_max = a.length_max.zip(b.length_max).map(|(a, b)| a.max(b));
    }
    if ty == Type::Dynamic || refinement == Refinement::default() {
        return Value::unknown(ty).with_marks(&marks);
    }
    refinement.settle(ty).with_marks(&marks)
}

/// The bounds of a number or of a collection's length that are known of `value`.
fn bounds(value: &Value) -> Refinement {
    match value.kind() {
        Kind::Number(n) => Refinement {
            number_min: Some((n.clone(), true)),
            number_max: Some((n.clone(), true)),
            ..Refinement::default()
        },
        Kind::List(_, vs) => length(vs.len(), vs.len()),
        Kind::Set(_, vs) if value.is_wholly_known() => length(vs.len(), vs.len()),
        Kind::Set(_, vs) => length(vs.len().min(1), vs.len()),
        Kind::Map(_, vs) => length(vs.len(), vs.len()),
        Kind::Unknown(_, Some(r)) => (**r).clone(),
        _ => Refinement::default(),
    }
}

fn length(min: usize, max: usize) -> Refinement {
    Refinement { length_min: Some(min as u64), length_max: Some(max as u64), ..Refinement::default() }
}

/// Where two types that do not unify differ.
fn mismatch(yes: &Type, no: &Type) -> String {
    match (yes, no) {
        (Type::Object(a), Type::Object(b)) => {
            for (name, ty) in &a.attributes {
                let Some(other) = b.attributes.get(name) else {
                    return format!(
                        "The 'true' value includes object attribute {name:?}, which is absent in the 'false' \
                         value"
                    );
                };
                if unify(&[ty.clone(), other.clone()]).is_none() {
                    return format!("Type mismatch for object attribute {name:?}: {}", mismatch(ty, other));
                }
            }
            if let Some(name) = b.attributes.keys().find(|n| !a.attributes.contains_key(*n)) {
                return format!(
                    "The 'false' value includes object attribute {name:?}, which is absent in the 'true' value"
                );
            }
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            if a.len() != b.len() {
                return format!(
                    "The 'true' tuple has length {}, but the 'false' tuple has length {}",
                    a.len(),
                    b.len()
                );
            }
            for (i, (ty, other)) in a.iter().zip(b.iter()).enumerate() {
                if unify(&[ty.clone(), other.clone()]).is_none() {
                    return format!("Type mismatch for tuple element {i}: {}", mismatch(ty, other));
                }
            }
        }
        _ => {}
    }
    format!("The 'true' value is {}, but the 'false' value is {}", yes.friendly_name(), no.friendly_name())
}
