//! The references of an expression as they are written, attribute by attribute, in source order.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use terrane_syntax::{Expr, ExprKind, ForExpr, ObjectKey, TemplatePart};
use terrane_value::{Kind, Value};

/// A name and the constant steps that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Traversal {
    /// The first name.
    pub(crate) root: Arc<str>,
    /// What follows, up to the first step that is not constant.
    pub(crate) steps: Vec<Step>,
}

/// A constant step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.name`
    Name(Arc<str>),
    /// `[0]`
    Index(u64),
    /// `["key"]`
    Key(Arc<str>),
}

impl Step {
    /// The step as an element of a path in JSON.
    pub(crate) fn json(&self) -> Json {
        match self {
            Step::Name(name) | Step::Key(name) => json!(name),
            Step::Index(n) => json!(n),
        }
    }

    /// The step's text in the language.
    fn text(&self) -> String {
        match self {
            Step::Name(name) => format!(".{name}"),
            Step::Index(n) => format!("[{n}]"),
            Step::Key(key) => format!("[{}]", crate::text::quote(key)),
        }
    }
}

impl Traversal {
    /// How many steps belong to the name of what is referred to, instance key included.
    pub(crate) fn subject_steps(&self) -> usize {
        let (names, keyed) = match &*self.root {
            "var" | "local" | "path" | "count" | "each" | "terraform" | "tofu" => (1, false),
            "self" => (0, false),
            "module" => (1, true),
            "data" | "ephemeral" => (2, true),
            _ => (1, true),
        };
        let key = keyed && self.steps.get(names).is_some_and(|s| !matches!(s, Step::Name(_)));
        (names + usize::from(key)).min(self.steps.len())
    }

    /// The reference and everything it goes through: `a.b[0].id`, `a.b[0]`, `a.b`.
    pub(crate) fn references(&self) -> Vec<String> {
        let text = |n: usize| -> String {
            self.root.to_string() + &self.steps[..n].iter().map(Step::text).collect::<String>()
        };
        let subject = self.subject_steps();
        let mut all: Vec<String> = (subject..=self.steps.len()).rev().map(text).collect();
        let is_resource = !matches!(
            &*self.root,
            "var" | "local" | "path" | "count" | "each" | "terraform" | "tofu" | "self" | "module"
        );
        let keyed = matches!(self.steps.get(subject.wrapping_sub(1)), Some(Step::Index(_) | Step::Key(_)));
        if is_resource && keyed {
            all.push(text(subject - 1));
        }
        all
    }
}

/// All references in `expr`.
pub(crate) fn traversals(expr: &Expr) -> Vec<Traversal> {
    let mut walk = Walk { found: Vec::new(), bound: Vec::new(), calls: false };
    walk.expr(expr);
    walk.found
}

/// Whether a function is called in `expr`.
pub(crate) fn has_calls(expr: &Expr) -> bool {
    let mut walk = Walk { found: Vec::new(), bound: Vec::new(), calls: false };
    walk.expr(expr);
    walk.calls
}

/// The reference that `expr` is, when it is nothing but one.
pub(crate) fn as_traversal(expr: &Expr) -> Option<Traversal> {
    let (traversal, rest) = chain(expr)?;
    rest.is_none().then_some(traversal)
}

struct Walk {
    found: Vec<Traversal>,
    bound: Vec<Arc<str>>,
    calls: bool,
}

impl Walk {
    fn expr(&mut self, expr: &Expr) {
        if let Some((traversal, _)) = chain(expr) {
            if !self.bound.contains(&traversal.root) {
                self.found.push(traversal);
            }
            self.indexes(expr);
            return;
        }
        match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Variable(_) | ExprKind::SplatElement => {}
            ExprKind::Template(parts) => self.parts(parts),
            ExprKind::JsonString { template, .. } => self.expr(template),
            ExprKind::GetAttr(source, _) => self.expr(source),
            ExprKind::Index(source, key) => {
                self.expr(source);
                self.expr(key);
            }
            ExprKind::Splat { source, each, .. } => {
                self.expr(source);
                self.expr(each);
            }
            ExprKind::Tuple(items) => items.iter().for_each(|e| self.expr(e)),
            ExprKind::Object(items) => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        self.expr(key);
                    }
                    self.expr(&item.value);
                }
            }
            ExprKind::Call { args, .. } => {
                self.calls = true;
                args.iter().for_each(|e| self.expr(e));
            }
            ExprKind::Conditional(condition, then, otherwise) => {
                self.expr(condition);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Unary(_, operand) => self.expr(operand),
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::For(each) => self.for_expr(each),
            ExprKind::Parens(inner) => self.expr(inner),
        }
    }

    /// References in the index keys of a chain of steps that are not constant.
    fn indexes(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::GetAttr(source, _) => self.indexes(source),
            ExprKind::Index(source, key) => {
                self.indexes(source);
                self.expr(key);
            }
            _ => {}
        }
    }

    fn for_expr(&mut self, each: &ForExpr) {
        self.expr(&each.collection);
        let bound = self.bound.len();
        self.bound.extend(each.key.iter().chain([&each.value]).map(|i| i.name.clone()));
        each.result_key.iter().chain([&each.result]).chain(&each.condition).for_each(|e| self.expr(e));
        self.bound.truncate(bound);
    }

    fn parts(&mut self, parts: &[TemplatePart]) {
        for part in parts {
            match part {
                TemplatePart::Literal(..) => {}
                TemplatePart::Interpolation(expr) => self.expr(expr),
                TemplatePart::If { condition, then, otherwise, .. } => {
                    self.expr(condition);
                    self.parts(then);
                    self.parts(otherwise);
                }
                TemplatePart::For { key, value, collection, body, .. } => {
                    self.expr(collection);
                    let bound = self.bound.len();
                    self.bound.extend(key.iter().chain([value]).map(|i| i.name.clone()));
                    self.parts(body);
                    self.bound.truncate(bound);
                }
            }
        }
    }
}

/// A name with the steps after it: the constant ones, and whether others follow.
fn chain(expr: &Expr) -> Option<(Traversal, Option<()>)> {
    match &expr.kind {
        ExprKind::Variable(name) => Some((Traversal { root: name.clone(), steps: Vec::new() }, None)),
        ExprKind::GetAttr(source, name) => {
            let (mut traversal, rest) = chain(source)?;
            if rest.is_none() {
                traversal.steps.push(Step::Name(name.name.clone()));
            }
            Some((traversal, rest))
        }
        ExprKind::Index(source, key) => {
            let (mut traversal, rest) = chain(source)?;
            match constant_key(key) {
                Some(step) if rest.is_none() => traversal.steps.push(step),
                _ => return Some((traversal, Some(()))),
            }
            Some((traversal, None))
        }
        _ => None,
    }
}

fn constant_key(key: &Expr) -> Option<Step> {
    let value: &Value = match &key.kind {
        ExprKind::Literal(value) => value,
        _ => return None,
    };
    match value.kind() {
        Kind::String(s) => Some(Step::Key(s.clone())),
        Kind::Number(n) => n.to_u64().map(Step::Index),
        _ => None,
    }
}
