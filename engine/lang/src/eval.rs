//! Evaluation of expressions.
//!
//! The [`Evaluator`] walks the tree once. Whatever has no value yet (an error, or a result that
//! is still to come) stands as an unknown value of any type, so the walk always goes on to the
//! end and finds every problem and every blocker.

mod call;
mod conditional;
mod constructor;
mod converting;
mod explain;
mod for_expr;
mod operators;
mod splat;
mod template;
mod traversal;
mod trying;

pub use explain::referenced_values;
pub(crate) use explain::{chains, visit_references};
pub(crate) use template::safe_prefix;
pub use traversal::follow;
use traversal::start_span;

use crate::Scope;
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Expr, ExprKind};
use terrane_value::{ConvertError, TooLarge, Type, Value, convert};

/// How deep expressions may be nested in each other.
const MAX_DEPTH: u32 = 500;

/// How deep collections in what an expression gives may be nested, and how many parts it may have: values are walked
/// by recursion, and a few names that hold each other twice stand for more than any memory holds.
const MAX_LEVELS: usize = 200;
const MAX_PARTS: u64 = 20_000_000;

/// What evaluation gives.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The value; only meaningful when nothing blocked and there is no error.
    pub value: Value,
    /// Problems. Only final when nothing blocked.
    pub diagnostics: Diagnostics,
    /// Addresses of the results without which there is no value yet.
    pub blocked: BTreeSet<Arc<str>>,
}

/// The value of `expr` in `scope`.
pub fn evaluate(expr: &Expr, scope: &dyn Scope) -> Outcome {
    let mut evaluator = Evaluator::new(scope);
    let mut value = evaluator.eval(expr);
    if let Err(why) = value.fits(MAX_LEVELS, MAX_PARTS) {
        let problem = match why {
            TooLarge::Deep => Diagnostic::error(
                "Value too deeply nested",
                format!(
                    "Collections may be nested at most {MAX_LEVELS} levels deep. Make the value of this expression \
                     flatter."
                ),
            ),
            TooLarge::Big => Diagnostic::error(
                "Value too large",
                "The value of this expression has more parts, or longer texts, than can be worked with. Look for a \
                 value that is put several times into the next one, again and again.",
            ),
        };
        value = evaluator.fail(problem.at(expr.span));
    }
    evaluator.finish(value)
}

/// One evaluation under way.
pub(crate) struct Evaluator<'a> {
    scope: &'a dyn Scope,
    diagnostics: Diagnostics,
    blocked: BTreeSet<Arc<str>>,
    /// How often something blocked, the same address counted again.
    blocks: usize,
    /// How many errors were found, the same error counted again.
    errors: usize,
    /// Names bound by the `for` expressions around, innermost last.
    locals: Vec<(Arc<str>, Value)>,
    /// Elements of the splats around, innermost last.
    elements: Vec<Value>,
    depth: u32,
    /// How many `try` and `can` are around: errors will not be shown, so nothing explains them.
    trying: u32,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(scope: &'a dyn Scope) -> Evaluator<'a> {
        Evaluator {
            scope,
            diagnostics: Diagnostics::new(),
            blocked: BTreeSet::new(),
            blocks: 0,
            errors: 0,
            locals: Vec::new(),
            elements: Vec::new(),
            depth: 0,
            trying: 0,
        }
    }

    pub(crate) fn finish(self, value: Value) -> Outcome {
        Outcome { value, diagnostics: self.diagnostics, blocked: self.blocked }
    }

    /// The value of `expr`; unknown when it has none.
    pub(crate) fn eval(&mut self, expr: &Expr) -> Value {
        if self.depth >= MAX_DEPTH {
            return self.fail(
                Diagnostic::error(
                    "Expression nested too deeply",
                    format!("Expressions may be nested in each other {MAX_DEPTH} times at most."),
                )
                .at(expr.span),
            );
        }
        self.depth += 1;
        let value = match &expr.kind {
            ExprKind::Literal(value) => value.clone(),
            ExprKind::Template(parts) => self.template(parts, expr),
            ExprKind::JsonString { template, .. } => self.eval(template),
            ExprKind::Variable(_) | ExprKind::GetAttr(..) | ExprKind::Index(..) => self.traversal(expr),
            ExprKind::Splat { source, each, .. } => self.splat(source, each, expr),
            ExprKind::SplatElement => self.elements.last().cloned().unwrap_or(Value::UNKNOWN),
            ExprKind::Tuple(items) => self.tuple(items),
            ExprKind::Object(items) => self.object(items),
            ExprKind::Call { name, args, expand_final } => self.call(name, args, *expand_final, expr),
            ExprKind::Conditional(condition, then, otherwise) => {
                self.conditional(condition, then, otherwise, expr)
            }
            ExprKind::Unary(op, operand) => self.unary(*op, operand, expr),
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, expr),
            ExprKind::For(for_expr) => self.for_expr(for_expr, expr),
            ExprKind::Parens(inner) => self.eval(inner),
        };
        self.depth -= 1;
        value
    }

    /// What `work` gives, and whether something in it blocked.
    pub(crate) fn watched<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        let before = self.blocks;
        let result = work(self);
        (result, self.blocks != before)
    }

    /// Notes that there is no value before the results with these addresses are in.
    fn block(&mut self, addresses: Vec<Arc<str>>) -> Value {
        self.blocks += 1;
        self.blocked.extend(addresses);
        Value::UNKNOWN
    }

    /// Notes an error and gives the value that stands for what failed.
    pub(crate) fn fail(&mut self, diagnostic: Diagnostic) -> Value {
        self.errors += usize::from(diagnostic.is_error());
        self.diagnostics.push(diagnostic);
        Value::UNKNOWN
    }

    /// Notes an error in `expr`, with the values of the references in it.
    pub(crate) fn fail_in(&mut self, expr: &Expr, mut diagnostic: Diagnostic) -> Value {
        if self.trying == 0 {
            diagnostic.values = self.explain(expr);
        }
        self.fail(diagnostic)
    }

    /// `value` as a bool, number or string.
    fn to_primitive(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
        use terrane_value::Kind;
        match (value.kind(), ty) {
            (Kind::Bool(_), Type::Bool)
            | (Kind::Number(_), Type::Number)
            | (Kind::String(_), Type::String) => Ok(value.clone()),
            _ => convert(value, ty),
        }
    }
}
