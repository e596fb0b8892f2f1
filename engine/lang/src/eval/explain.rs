//! What the references in a failing expression stand for, in words.

use super::Evaluator;
use crate::{Scope, Step};
use std::sync::Arc;
use terrane_diagnostics::{ReferencedValue, Span};
use terrane_syntax::{Expr, ExprKind, ObjectKey, TemplatePart};
use terrane_value::{Kind, Type, Value};

/// Takes a reference: its first name, where that stands, and the steps that follow.
type Report<'r> = dyn FnMut(&Arc<str>, Span, Vec<Step>) + 'r;

/// A reference with constant steps.
pub(crate) struct Chain {
    pub(crate) root: Arc<str>,
    pub(crate) span: Span,
    pub(crate) steps: Vec<Step>,
}

/// The references in `expr` with the constant steps that follow each. Names that `for`
/// expressions inside of it bind are left out.
pub(crate) fn chains(expr: &Expr) -> Vec<Chain> {
    let mut found = Vec::new();
    visit_references(expr, &mut Vec::new(), &mut |root, span, mut steps| {
        let constant = |s: &Step| !matches!(s, Step::Index(key, _) if !key.is_known());
        steps.truncate(steps.iter().position(|s| !constant(s)).unwrap_or(steps.len()));
        found.push(Chain { root: root.clone(), span, steps });
    });
    found
}

/// Calls `report` for each reference in `expr` to a name that is not in `bound`, with the steps
/// that follow. A key that is not constant is unknown; references in it are reported too. The
/// span of an index step is that of the whole expression up to its closing bracket.
pub(crate) fn visit_references(expr: &Expr, bound: &mut Vec<Arc<str>>, report: &mut Report<'_>) {
    collect(expr, bound, 0, report);
}

fn collect(expr: &Expr, bound: &mut Vec<Arc<str>>, depth: u32, report: &mut Report<'_>) {
    if depth > super::MAX_DEPTH {
        return;
    }
    let depth = depth + 1;
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::SplatElement => {}
        ExprKind::Variable(_) | ExprKind::GetAttr(..) | ExprKind::Index(..) => {
            collect_chain(expr, bound, depth, report);
        }
        ExprKind::For(f) => {
            collect(&f.collection, bound, depth, report);
            let before = bound.len();
            bound.extend(f.key.iter().chain([&f.value]).map(|i| i.name.clone()));
            for inner in f.result_key.iter().chain([&f.result]).chain(&f.condition) {
                collect(inner, bound, depth, report);
            }
            bound.truncate(before);
        }
        ExprKind::Template(parts) => collect_parts(parts, bound, depth, report),
        // The second argument is a type constraint, whose words refer to nothing.
        ExprKind::Call { name, args, .. } if matches!(&*name.name, "convert" | "core::convert") => {
            args.iter().take(1).for_each(|arg| collect(arg, bound, depth, report));
        }
        _ => children(expr, &mut |child| collect(child, bound, depth, report)),
    }
}

fn collect_chain(expr: &Expr, bound: &mut Vec<Arc<str>>, depth: u32, report: &mut Report<'_>) {
    let mut chain = Vec::new();
    let mut root = expr;
    while let ExprKind::GetAttr(source, _) | ExprKind::Index(source, _) = &root.kind {
        chain.push(root);
        root = source;
    }
    let mut steps = Vec::with_capacity(chain.len());
    for x in chain.iter().rev() {
        match &x.kind {
            ExprKind::GetAttr(_, name) => steps.push(Step::Attribute(name.name.clone(), name.span)),
            ExprKind::Index(_, key) => match &key.without_parens().kind {
                ExprKind::Literal(key) => steps.push(Step::Index(key.clone(), x.span)),
                _ => {
                    steps.push(Step::Index(Value::UNKNOWN, x.span));
                    collect(key, bound, depth, report);
                }
            },
            _ => {}
        }
    }
    match &root.kind {
        ExprKind::Variable(name) if bound.contains(name) => {}
        ExprKind::Variable(name) => report(name, root.span, steps),
        _ => collect(root, bound, depth, report),
    }
}

fn collect_parts(parts: &[TemplatePart], bound: &mut Vec<Arc<str>>, depth: u32, report: &mut Report<'_>) {
    for part in parts {
        match part {
            TemplatePart::Literal(..) => {}
            TemplatePart::Interpolation(inner) => collect(inner, bound, depth, report),
            TemplatePart::If { condition, then, otherwise, .. } => {
                collect(condition, bound, depth, report);
                collect_parts(then, bound, depth, report);
                collect_parts(otherwise, bound, depth, report);
            }
            TemplatePart::For { key, value, collection, body, .. } => {
                collect(collection, bound, depth, report);
                let before = bound.len();
                bound.extend(key.iter().chain([value]).map(|i| i.name.clone()));
                collect_parts(body, bound, depth, report);
                bound.truncate(before);
            }
        }
    }
}

/// The expressions directly in `expr`, where those bind no names.
pub(crate) fn children<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::JsonString { template, .. } => visit(template),
        ExprKind::Splat { source, each, .. } => [source, each].into_iter().for_each(|x| visit(x)),
        ExprKind::Tuple(items) => items.iter().for_each(visit),
        ExprKind::Object(items) => items.iter().for_each(|item| {
            if let ObjectKey::Expr(key) = &item.key {
                visit(key);
            }
            visit(&item.value);
        }),
        ExprKind::Call { args, .. } => args.iter().for_each(visit),
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|x| visit(x)),
        ExprKind::Unary(_, a) | ExprKind::Parens(a) => visit(a),
        ExprKind::Binary(_, a, b) => [a, b].into_iter().for_each(|x| visit(x)),
        _ => {}
    }
}

impl Evaluator<'_> {
    /// The references in `expr` and their values, sorted, each reference once. Of a reference
    /// that has no value, the longest part that has one.
    pub(super) fn explain(&self, expr: &Expr) -> Vec<ReferencedValue> {
        let mut values: Vec<ReferencedValue> = Vec::new();
        let mut add = |root: &Arc<str>, span: Span, steps: &[Step]| {
            for n in (1..=steps.len()).rev() {
                let Some(value) = self.look(root, span, &steps[..n]) else { continue };
                if let Some(statement) = describe(&value) {
                    let reference = steps[..n].iter().fold(root.to_string(), |text, s| text + &printed(s));
                    values.push(ReferencedValue { reference, statement });
                }
                return;
            }
        };
        for chain in chains(expr) {
            add(&chain.root, chain.span, &chain.steps);
        }
        values.sort_by(|a, b| a.reference.cmp(&b.reference));
        values.dedup_by(|a, b| a.reference == b.reference);
        values
    }
}

/// What the references in `expr` stand for, in words, for problems that are not found by evaluating.
pub fn referenced_values(expr: &Expr, scope: &dyn Scope) -> Vec<ReferencedValue> {
    Evaluator::new(scope).explain(expr)
}

fn printed(step: &Step) -> String {
    match step {
        Step::Attribute(name, _) => format!(".{name}"),
        Step::Index(key, _) => match key.kind() {
            Kind::String(s) => format!("[{s:?}]"),
            Kind::Number(n) => format!("[{n}]"),
            _ => "[...]".into(),
        },
    }
}

/// What can be said of a value after its name.
fn describe(value: &Value) -> Option<String> {
    if value.marks().is_sensitive() {
        return Some("has a sensitive value".into());
    }
    if value.marks().is_ephemeral() {
        return Some("has an ephemeral value".into());
    }
    Some(match value.kind() {
        Kind::Unknown(Type::Dynamic, _) => "will be known only after apply".into(),
        Kind::Unknown(ty, _) => format!("is a {}, known only after apply", ty.friendly_name()),
        _ => format!("is {}", compact(value)),
    })
}

/// How much of a text is shown. A file can be behind it.
const SHOWN: usize = 1000;

/// A text, or how it begins.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => format!("{text:?}"),
        Some((end, _)) => {
            format!("a string of {} characters that begins with {:?}", text.chars().count(), &text[..end])
        }
    }
}

fn counted(what: &str, n: usize) -> String {
    match n {
        0 => format!("empty {what}"),
        1 => format!("{what} with 1 element"),
        n => format!("{what} with {n} elements"),
    }
}

fn compact(value: &Value) -> String {
    match value.kind() {
        Kind::Null(_) => "null".into(),
        Kind::Unknown(..) => "(not yet known)".into(),
        Kind::Bool(b) => b.to_string(),
        Kind::Number(n) => n.to_string(),
        Kind::String(s) => shortened(s),
        Kind::List(_, vs) | Kind::Set(_, vs) => counted(&value.ty().friendly_name(), vs.len()),
        Kind::Map(_, vs) => counted(&value.ty().friendly_name(), vs.len()),
        Kind::Tuple(vs) => counted("tuple", vs.len()),
        Kind::Object(vs) => match vs.len() {
            0 => "object with no attributes".into(),
            1 => format!("object with 1 attribute {:?}", vs.keys().next().map_or("", |k| k)),
            n => format!("object with {n} attributes"),
        },
    }
}
