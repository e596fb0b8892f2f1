//! A scope in which names have values of all kinds.

use crate::texts::expect_told_well;
use crate::values::Bytes;
use terrane_diagnostics::{Diagnostic, SourceMap, Span};
use terrane_lang::{FunctionContext, Outcome, Resolved, Scope, Step, evaluate};
use terrane_syntax::{Expr, ExprKind, ForExpr, ObjectKey, TemplatePart, parse_expression};
use terrane_value::{Refinement, Type, Value};

/// A scope in which `v` is an object of values.
pub(crate) struct Values(Value, FunctionContext);

impl Values {
    /// These values as `v.a0`, `v.a1` and so on.
    pub(crate) fn new(values: impl IntoIterator<Item = Value>) -> Values {
        let named = values.into_iter().enumerate().map(|(i, v)| (format!("a{i}"), v));
        Values(
            Value::object(named),
            FunctionContext { base_dir: "/nowhere".into(), ..FunctionContext::default() },
        )
    }

    /// Values that are known, null, unknown, sensitive and nested, of every type.
    pub(crate) fn of_all_kinds() -> Values {
        let texts = || ["x", "é", "k"].map(Value::from);
        let object = Value::object([("a", Value::number(1)), ("b", Value::from("x").sensitive())]);
        Values::new([
            Value::from("text"),
            Value::number(5),
            Value::TRUE,
            Value::NULL,
            object.clone(),
            Value::list(Type::String, texts()),
            Value::set(Type::String, texts()),
            Value::map(Type::String, [("k", Value::from("v")), ("a", Value::null(Type::String))]),
            Value::tuple([Value::from("a"), Value::number(2), object.clone()]),
            Value::list(object.ty(), [object.clone(), object]),
            Value::from("hidden").sensitive(),
            Value::list(Type::Number, [Value::number(1)]).sensitive(),
            Value::unknown(Type::String),
            Value::unknown_refined(
                Type::String,
                Refinement { prefix: Some("pre-".into()), ..Refinement::not_null() },
            ),
            Value::unknown(Type::list(Type::String)),
            Value::unknown(Type::map(Type::Number)),
            Value::unknown(Type::Bool),
            Value::UNKNOWN,
            Value::null(Type::list(Type::String)),
            Value::set(Type::Number, [Value::unknown(Type::Number), Value::number(3)]),
            Bytes(b"\x09\x03\x05\x01a\x05\x01b\x06\x02\x0c\x02\x02\x01\x06\x03\x0b\x02\x02\x07").value(3),
        ])
    }

    /// What `text` gives; nothing when it is no expression.
    pub(crate) fn outcome(&self, text: &str) -> Option<Outcome> {
        let mut sources = SourceMap::default();
        let file = sources.add("fuzz", text);
        let (expr, problems) = parse_expression(&sources, file);
        self.evaluate(&sources, &expr.filter(|_| !problems.has_errors())?)
    }

    /// What `expr` gives; nothing when it asks for what is slow for whoever writes it.
    pub(crate) fn evaluate(&self, sources: &SourceMap, expr: &Expr) -> Option<Outcome> {
        if !is_cheap(expr, 2) {
            return None;
        }
        let outcome = evaluate(expr, self);
        expect_told_well(sources, &outcome.diagnostics);
        Some(outcome)
    }
}

impl Scope for Values {
    fn resolve(&self, root: &str, span: Span, _: &[Step]) -> Resolved {
        match root {
            "v" => Resolved::Value(self.0.clone(), 0),
            "later" => Resolved::Blocked(vec!["later".into()]),
            _ => Resolved::Failed(vec![
                Diagnostic::error("Invalid reference", "There is no such name.").at(span),
            ]),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.1
    }
}

/// Whether a call of the function `name` touches no files, and is not slow because somebody asked
/// for it: the cost of `bcrypt` is for people to choose.
pub(crate) fn is_harmless(name: &str) -> bool {
    !name.contains("file") && name != "bcrypt" && name != "templatestring"
}

/// Whether loops are nested no more than `loops` deep, and all functions are harmless: a loop in a
/// loop in a loop may run as long as somebody asked for.
fn is_cheap(expr: &Expr, loops: usize) -> bool {
    let cheap = |e: &Expr| is_cheap(e, loops);
    match &expr.kind {
        ExprKind::Template(parts) => are_cheap(parts, loops),
        ExprKind::JsonString { template, .. } => cheap(template),
        ExprKind::GetAttr(a, _) | ExprKind::Unary(_, a) | ExprKind::Parens(a) => cheap(a),
        ExprKind::Splat { source, each, .. } => cheap(source) && loops > 0 && is_cheap(each, loops - 1),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => cheap(a) && cheap(b),
        ExprKind::Conditional(a, b, c) => cheap(a) && cheap(b) && cheap(c),
        ExprKind::Tuple(items) => items.iter().all(cheap),
        ExprKind::Call { name, args, .. } => is_harmless(&name.name) && args.iter().all(cheap),
        ExprKind::Object(items) => items.iter().all(|item| {
            cheap(&item.value) && if let ObjectKey::Expr(key) = &item.key { cheap(key) } else { true }
        }),
        ExprKind::For(f) => {
            let ForExpr { collection, result, result_key, condition, .. } = &**f;
            let inner = [Some(result), result_key.as_ref(), condition.as_ref()];
            cheap(collection) && loops > 0 && inner.into_iter().flatten().all(|e| is_cheap(e, loops - 1))
        }
        _ => true,
    }
}

/// The same of the parts of a template.
fn are_cheap(parts: &[TemplatePart], loops: usize) -> bool {
    parts.iter().all(|part| match part {
        TemplatePart::Literal(..) => true,
        TemplatePart::Interpolation(inner) => is_cheap(inner, loops),
        TemplatePart::If { condition, then, otherwise, .. } => {
            is_cheap(condition, loops) && are_cheap(then, loops) && are_cheap(otherwise, loops)
        }
        TemplatePart::For { collection, body, .. } => {
            is_cheap(collection, loops) && loops > 0 && are_cheap(body, loops - 1)
        }
    })
}
