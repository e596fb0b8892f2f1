//! Attempts whose errors do not count: `try`, `can`, and sides of operators that may be guarded.

use super::Evaluator;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Expr, Ident};
use terrane_value::{Type, Value};

impl Evaluator<'_> {
    /// What `work` gives, and the problems that it would have reported.
    pub(super) fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let outer = std::mem::take(&mut self.diagnostics);
        let errors = self.errors;
        self.trying += 1;
        let result = work(self);
        self.trying -= 1;
        self.errors = errors;
        (result, std::mem::replace(&mut self.diagnostics, outer))
    }

    /// `try(...)`: the first argument that has a value. One that fails although not everything
    /// is known fails for good. As long as something in the value of one that does not fail is not
    /// known yet, whether it will have a value is not known either. A value that is known counts,
    /// whatever it was made from, so that `try(length(var.ids), 0)` is known before the ids are.
    pub(super) fn try_call(&mut self, name: &Ident, args: &[Expr], expr: &Expr) -> Value {
        if args.is_empty() {
            return self.try_failed(name, expr, "at least one argument is required");
        }
        let mut problems = Diagnostics::new();
        for arg in args {
            let ((value, found), blocked) = self.watched(|e| e.attempt(|e| e.eval(arg)));
            if blocked {
                return Value::UNKNOWN;
            }
            if found.has_errors() {
                problems.append(found);
                continue;
            }
            if !value.is_wholly_known() {
                return Value::UNKNOWN.with_marks(&value.unmark_deep().1);
            }
            self.diagnostics.append(found);
            return value;
        }
        let mut why = String::from("no expression succeeded:\n");
        for d in problems.iter().filter(|d| d.is_error()) {
            why.push_str(&format!("- {}\n  {}\n", d.summary, d.detail));
        }
        why.push_str("\nAt least one expression must produce a successful result");
        self.try_failed(name, expr, &why)
    }

    /// `can(...)`: whether the argument has a value.
    pub(super) fn can_call(&mut self, arg: &Expr) -> Value {
        let ((value, found), blocked) = self.watched(|e| e.attempt(|e| e.eval(arg)));
        if !blocked && found.has_errors() {
            return Value::FALSE;
        }
        if blocked || !value.is_wholly_known() {
            return Value::unknown(Type::Bool);
        }
        Value::TRUE
    }

    fn try_failed(&mut self, name: &Ident, expr: &Expr, why: &str) -> Value {
        let detail = format!("Call to function \"try\" failed: {why}.");
        let d =
            Diagnostic::error("Error in function call", detail).at(super::start_span(expr)).within(expr.span);
        self.fail_call(name, expr, d)
    }
}
