//! `convert`, whose second argument is a type constraint, and what is said of functions that take
//! expressions when they are called in another way.

use super::Evaluator;
use super::start_span;
use crate::type_constraint;
use terrane_diagnostics::Diagnostic;
use terrane_syntax::{Expr, Ident};
use terrane_value::{Type, Value, convert};

impl Evaluator<'_> {
    /// `convert(value, type)`: the value as the type constraint wants it, as if it were given to
    /// a variable of that type.
    pub(super) fn convert_call(&mut self, args: &[Expr], expr: &Expr) -> Value {
        let [value, constraint] = args else { return Value::UNKNOWN };
        let (ty, defaults, problems) = type_constraint(constraint);
        let before = (self.errors, self.blocks);
        let value = self.eval(value);
        if problems.has_errors() {
            for problem in problems {
                self.fail_in(expr, problem.within(expr.span));
            }
            return Value::UNKNOWN;
        }
        if before != (self.errors, self.blocks) {
            return Value::unknown(ty);
        }
        match convert(&defaults.apply(&value), &ty) {
            Ok(value) => value,
            Err(e) => {
                let detail = format!(
                    "Invalid value for \"value\" parameter: cannot convert {} to {}: {}.",
                    value.ty().friendly_name(),
                    ty.friendly_name(),
                    e.message
                );
                let d = Diagnostic::error("Invalid function argument", detail).at(start_span(&args[0]));
                self.fail_in(expr, d.within(expr.span));
                Value::unknown(if ty.has_dynamic() { Type::Dynamic } else { ty })
            }
        }
    }

    /// `can`, `convert` or `try` with arguments that cannot be right.
    pub(super) fn special_misused(
        &mut self,
        called: &Ident,
        args: &[Expr],
        expand: bool,
        expr: &Expr,
    ) -> Value {
        let name = called.name.strip_prefix("core::").unwrap_or(&called.name);
        let (wanted, what) = match name {
            "can" => (1, "an expression"),
            "convert" => (2, "a value and a type constraint"),
            _ => (1, "expressions"),
        };
        let (summary, detail) = if expand {
            (
                "Invalid expanding argument value",
                format!(
                    "Function {name:?} takes {what} as written, so its arguments cannot be expanded with \"...\"."
                ),
            )
        } else if args.len() < wanted {
            (
                "Not enough function arguments",
                format!("Function {name:?} expects {wanted} argument(s): {what}. It has {}.", args.len()),
            )
        } else {
            (
                "Too many function arguments",
                format!(
                    "Function {name:?} expects only {wanted} argument(s): {what}. It has {}.",
                    args.len()
                ),
            )
        };
        let d = Diagnostic::error(summary, detail).at(start_span(expr)).within(expr.span);
        self.fail_call(called, expr, d)
    }
}
