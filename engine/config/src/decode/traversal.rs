//! Expressions that name something instead of having a value: `aws_vpc.main[0].tags["Name"]`.

use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use terrane_syntax::{Expr, ExprKind, Ident, parse_expression};
use terrane_value::{Path, PathStep, Value};

use super::constant::literal_string;

/// A name and what follows it.
#[derive(Clone, Debug)]
pub(crate) struct Traversal {
    /// The first name.
    pub(crate) root: Arc<str>,
    /// Attributes and constant keys after it.
    pub(crate) steps: Vec<Step>,
    /// The whole of it.
    pub(crate) span: Span,
}

/// A step after the first name.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name`
    Attribute(Arc<str>),
    /// `[key]`, a constant string or number.
    Key(Value),
}

/// What is to be made of a bare expression that is written in quotes in a native file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quoted {
    /// It is read, with a warning: old configurations wrote it so.
    Deprecated,
    /// It is a string, which is refused later.
    Refused,
}

/// `expr`, or what a string holds where a bare expression is expected, as JSON has it and, in
/// some places, old configurations wrote it.
pub(crate) fn bare(expr: &Expr, quoted: Quoted, diagnostics: &mut Diagnostics) -> Option<Expr> {
    let Some(text) = literal_string(expr) else { return Some(expr.clone()) };
    if !matches!(expr.kind, ExprKind::JsonString { .. }) {
        if quoted == Quoted::Refused {
            return Some(expr.clone());
        }
        let detail = "In this context, references are expected literally rather than in quotes. Remove the \
                      quotes.";
        diagnostics.push(Diagnostic::warning("Quoted references are deprecated", detail).at(expr.span));
    }
    let mut sources = SourceMap::default();
    let file = sources.add("", text);
    let (parsed, problems) = parse_expression(&sources, file);
    match parsed {
        Some(mut parsed) if !problems.has_errors() => {
            set_span(&mut parsed, expr.span);
            Some(parsed)
        }
        _ => {
            diagnostics.extend(problems.into_iter().map(|d| Diagnostic { context: None, ..d }.at(expr.span)));
            None
        }
    }
}

/// Points everything in a parsed string at the string itself.
fn set_span(expr: &mut Expr, span: Span) {
    expr.span = span;
    match &mut expr.kind {
        ExprKind::GetAttr(source, name) => {
            name.span = span;
            set_span(source, span);
        }
        ExprKind::Index(source, key) => {
            set_span(source, span);
            set_span(key, span);
        }
        ExprKind::Parens(inner) => set_span(inner, span),
        ExprKind::Splat { source, each, .. } => {
            set_span(source, span);
            set_span(each, span);
        }
        ExprKind::Tuple(elements) => elements.iter_mut().for_each(|e| set_span(e, span)),
        ExprKind::Call { name, args, .. } => {
            *name = Ident { name: name.name.clone(), span };
            args.iter_mut().for_each(|e| set_span(e, span));
        }
        _ => {}
    }
}

/// The traversal that `expr` is, when it is one with constant keys only.
pub(crate) fn traversal(expr: &Expr) -> Option<Traversal> {
    let mut steps = Vec::new();
    let mut at = expr;
    loop {
        if let Some(root) = root_name(at) {
            steps.reverse();
            return Some(Traversal { root, steps, span: expr.span });
        }
        match &at.kind {
            ExprKind::GetAttr(source, name) => {
                steps.push(Step::Attribute(name.name.clone()));
                at = source;
            }
            ExprKind::Index(source, key) => {
                steps.push(Step::Key(constant_key(key)?));
                at = source;
            }
            _ => return None,
        }
    }
}

/// The name that `expr` is alone. `null`, `true` and `false` are names where a name is expected:
/// there is a provider called null.
pub(crate) fn root_name(expr: &Expr) -> Option<Arc<str>> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name.clone()),
        ExprKind::Literal(value) if value.is_null() => Some("null".into()),
        ExprKind::Literal(value) => value.as_bool().map(|b| if b { "true" } else { "false" }.into()),
        _ => None,
    }
}

fn constant_key(key: &Expr) -> Option<Value> {
    match &key.kind {
        ExprKind::Literal(value) if value.as_str().is_some() || value.as_number().is_some() => {
            Some(value.clone())
        }
        ExprKind::JsonString { text, .. } => Some(Value::string(text)),
        _ => None,
    }
}

/// Reads `expr` as a traversal or says that `what` needs one.
pub(crate) fn expect(
    expr: &Expr,
    quoted: Quoted,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Traversal> {
    let expr = bare(expr, quoted, diagnostics)?;
    let found = traversal(&expr);
    if found.is_none() {
        let detail = format!("A single static variable reference is required: {what}.");
        diagnostics.push(Diagnostic::error("Invalid expression", detail).at(expr.span));
    }
    found
}

impl Traversal {
    /// As a path into a value that has attribute `root`.
    pub(crate) fn path(&self) -> Path {
        let mut path = Path::root().attribute(self.root.clone());
        for step in &self.steps {
            path.0.push(match step {
                Step::Attribute(name) => PathStep::Attribute(name.clone()),
                Step::Key(value) => match (value.as_str(), index(value)) {
                    (Some(key), _) => PathStep::Key(key.into()),
                    (None, Some(index)) => PathStep::Index(index),
                    (None, None) => PathStep::Element(Box::new(value.clone())),
                },
            });
        }
        path
    }
}

/// The whole number that a key is.
pub(crate) fn index(value: &Value) -> Option<u64> {
    value.as_number()?.to_u64()
}
