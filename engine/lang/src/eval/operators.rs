//! Operators.

use super::Evaluator;
use terrane_diagnostics::Diagnostic;
use terrane_syntax::{BinaryOp, Expr, UnaryOp};
use terrane_value::{Marks, Refinement, Type, Value};

impl Evaluator<'_> {
    pub(super) fn unary(&mut self, op: UnaryOp, operand: &Expr, expr: &Expr) -> Value {
        let value = self.eval(operand);
        let ty = match op {
            UnaryOp::Negate => Type::Number,
            UnaryOp::Not => Type::Bool,
        };
        let value = match Self::to_primitive(&value, &ty) {
            Ok(value) => value,
            Err(e) => {
                let detail = format!("Unsuitable value for unary operand: {}.", e.message);
                let d = Diagnostic::error("Invalid operand", detail).at(operand.span).within(expr.span);
                self.fail_in(operand, d);
                return unknown(ty);
            }
        };
        if value.is_null() {
            return self.operation_failed(expr, "argument must not be null", ty);
        }
        let result = match op {
            UnaryOp::Negate => value.negate(),
            UnaryOp::Not => value.not(),
        };
        match result {
            Ok(result) => result,
            Err(e) => self.operation_failed(expr, &e.0, ty),
        }
    }

    pub(super) fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, expr: &Expr) -> Value {
        match op {
            BinaryOp::And | BinaryOp::Or => self.logical(op == BinaryOp::Or, left, right, expr),
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let (left, right) = (self.eval(left), self.eval(right));
                let ((left, left_marks), (right, right_marks)) = (left.unmark_deep(), right.unmark_deep());
                let mut result = left.equals(&right);
                if op == BinaryOp::NotEqual {
                    result = match result.not() {
                        Ok(result) => result,
                        Err(e) => self.operation_failed(expr, &e.0, Type::Bool),
                    };
                }
                result.with_marks(&left_marks.union(&right_marks))
            }
            _ => self.arithmetic(op, left, right, expr),
        }
    }

    fn arithmetic(&mut self, op: BinaryOp, left: &Expr, right: &Expr, expr: &Expr) -> Value {
        let ty = match op {
            BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => {
                Type::Bool
            }
            _ => Type::Number,
        };
        let a = self.operand(left, "left", &Type::Number, expr);
        let b = self.operand(right, "right", &Type::Number, expr);
        let (Some(a), Some(b)) = (a, b) else { return unknown(ty) };
        if a.is_null() || b.is_null() {
            return self.operation_failed(expr, "argument must not be null", ty);
        }
        let result = match op {
            BinaryOp::Add => a.add(&b),
            BinaryOp::Subtract => a.subtract(&b),
            BinaryOp::Multiply => a.multiply(&b),
            BinaryOp::Divide => a.divide(&b),
            BinaryOp::Modulo => a.modulo(&b),
            BinaryOp::Less => a.less_than(&b),
            BinaryOp::LessOrEqual => a.less_or_equal(&b),
            BinaryOp::Greater => a.greater_than(&b),
            _ => a.greater_or_equal(&b),
        };
        match result {
            Ok(result) => result,
            Err(e) => self.operation_failed(expr, &e.0, ty),
        }
    }

    /// `&&` and `||`. A left side that decides leaves the right side unevaluated. When the left
    /// side is unknown, errors of the right side do not count: the left side may turn out to
    /// guard against them.
    fn logical(&mut self, or: bool, left: &Expr, right: &Expr, expr: &Expr) -> Value {
        let (a, blocked) = self.watched(|e| e.operand(left, "left", &Type::Bool, expr));
        if blocked {
            return unknown(Type::Bool);
        }
        let Some(a) = a else {
            self.eval(right);
            return unknown(Type::Bool);
        };
        if a.is_null() {
            return self.operation_failed(expr, "argument must not be null", Type::Bool);
        }
        if a.as_bool() == Some(or) {
            return a;
        }
        let b = if a.is_known() {
            match self.operand(right, "right", &Type::Bool, expr) {
                Some(b) => b,
                None => return unknown(Type::Bool),
            }
        } else {
            let (b, problems) = self.attempt(|e| e.operand(right, "right", &Type::Bool, expr));
            match b.filter(|_| !problems.has_errors()) {
                Some(b) => b,
                None => return unknown(Type::Bool).with_marks(a.marks()),
            }
        };
        if b.is_null() {
            return self.operation_failed(expr, "argument must not be null", Type::Bool);
        }
        let result = if or { a.or(&b) } else { a.and(&b) };
        match result {
            Ok(result) => result,
            Err(e) => self.operation_failed(expr, &e.0, Type::Bool),
        }
    }

    fn operand(&mut self, operand: &Expr, side: &str, ty: &Type, expr: &Expr) -> Option<Value> {
        let value = self.eval(operand);
        match Self::to_primitive(&value, ty) {
            Ok(value) => Some(value),
            Err(e) => {
                let detail = format!("Unsuitable value for {side} operand: {}.", e.message);
                let d = Diagnostic::error("Invalid operand", detail).at(operand.span).within(expr.span);
                self.fail_in(operand, d);
                None
            }
        }
    }

    fn operation_failed(&mut self, expr: &Expr, why: &str, ty: Type) -> Value {
        let detail = format!("Error during operation: {why}.");
        self.fail_in(expr, Diagnostic::error("Operation failed", detail).at(expr.span));
        unknown(ty)
    }
}

/// The result of an operator on something that is not known.
fn unknown(ty: Type) -> Value {
    Value::unknown_refined(ty, Refinement::not_null()).with_marks(&Marks::NONE)
}
