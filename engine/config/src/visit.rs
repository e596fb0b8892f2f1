//! Walking through expressions and bodies without knowing what they mean.

use crate::decode::constant::{json_items, keyword};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Body, Expr, ExprKind, ObjectKey, TemplatePart};

/// Calls `found` with `expr` and everything in it, outermost first.
pub(crate) fn expressions<'a>(expr: &'a Expr, found: &mut dyn FnMut(&'a Expr)) {
    found(expr);
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Variable(_) | ExprKind::SplatElement => {}
        ExprKind::Template(parts) => template(parts, found),
        ExprKind::JsonString { template, .. } => expressions(template, found),
        ExprKind::GetAttr(source, _) => expressions(source, found),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            expressions(a, found);
            expressions(b, found);
        }
        ExprKind::Splat { source, each, .. } => {
            expressions(source, found);
            expressions(each, found);
        }
        ExprKind::Tuple(elements) => elements.iter().for_each(|e| expressions(e, found)),
        ExprKind::Object(items) => {
            for item in items {
                if let ObjectKey::Expr(key) = &item.key {
                    expressions(key, found);
                }
                expressions(&item.value, found);
            }
        }
        ExprKind::Call { args, .. } => args.iter().for_each(|e| expressions(e, found)),
        ExprKind::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|e| expressions(e, found)),
        ExprKind::Unary(_, e) | ExprKind::Parens(e) => expressions(e, found),
        ExprKind::For(f) => {
            expressions(&f.collection, found);
            let optional = [f.result_key.as_ref(), Some(&f.result), f.condition.as_ref()];
            optional.into_iter().flatten().for_each(|e| expressions(e, found));
        }
    }
}

/// What is said where an expression calls functions and may not.
pub fn refuse_calls(expr: &Expr) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    expressions(expr, &mut |e| {
        if let ExprKind::Call { name, .. } = &e.kind {
            let detail = "Functions may not be called here.";
            diagnostics.push(Diagnostic::error("Function calls not allowed", detail).at(name.span));
        }
    });
    diagnostics
}

/// Whether an expression refers to anything or calls a function.
pub(crate) fn has_names(expr: &Expr) -> bool {
    let mut found = false;
    expressions(expr, &mut |e| {
        found |= matches!(e.kind, ExprKind::Variable(_) | ExprKind::Call { .. });
    });
    found
}

fn template<'a>(parts: &'a [TemplatePart], found: &mut dyn FnMut(&'a Expr)) {
    for part in parts {
        match part {
            TemplatePart::Literal(..) => {}
            TemplatePart::Interpolation(e) => expressions(e, found),
            TemplatePart::If { condition, then, otherwise, .. } => {
                expressions(condition, found);
                template(then, found);
                template(otherwise, found);
            }
            TemplatePart::For { collection, body, .. } => {
                expressions(collection, found);
                template(body, found);
            }
        }
    }
}

/// An expression that stands in a body, and the iterators of the `dynamic` blocks around it,
/// whose names are no references.
pub(crate) struct Found<'a> {
    /// The expression: the whole value of an argument.
    pub(crate) expr: &'a Expr,
    /// Names that the `dynamic` blocks around it bind.
    pub(crate) bound: Vec<Arc<str>>,
}

/// All argument values in `body` and the blocks in it, without those named in `except` on the
/// first level. Of a JSON body, whose meaning needs a schema, every value counts as one
/// expression.
pub(crate) fn body<'a>(body: &'a Body, except: &[&str], found: &mut dyn FnMut(Found<'a>)) {
    walk_body(body, except, &[], found);
}

fn walk_body<'a>(body: &'a Body, except: &[&str], bound: &[Arc<str>], found: &mut dyn FnMut(Found<'a>)) {
    match body {
        Body::Native(native) => {
            for attribute in &native.attributes {
                if !except.contains(&&*attribute.name.name) {
                    found(Found { expr: &attribute.expr, bound: bound.to_vec() });
                }
            }
            for block in native.blocks.iter().filter(|b| !except.contains(&&*b.kind.name)) {
                match (&*block.kind.name, block.labels.as_slice(), &block.body) {
                    ("dynamic", [label], Body::Native(inner)) => {
                        let iterator = inner
                            .attributes
                            .iter()
                            .find(|a| &*a.name.name == "iterator")
                            .and_then(|a| keyword(&a.expr))
                            .unwrap_or_else(|| label.text.clone());
                        let mut inside = bound.to_vec();
                        inside.push(iterator);
                        for attribute in inner.attributes.iter().filter(|a| &*a.name.name != "iterator") {
                            let bound = if &*attribute.name.name == "labels" {
                                inside.clone()
                            } else {
                                bound.to_vec()
                            };
                            found(Found { expr: &attribute.expr, bound });
                        }
                        for content in &inner.blocks {
                            walk_body(&content.body, &[], &inside, found);
                        }
                    }
                    _ => walk_body(&block.body, &[], bound, found),
                }
            }
        }
        Body::Json(expr) => {
            for (key, value) in json_items(expr) {
                // "//" is how JSON has comments.
                if key != "//" && !except.contains(&key) {
                    json_value(key, value, bound, found);
                }
            }
        }
    }
}

fn json_value<'a>(key: &str, value: &'a Expr, bound: &[Arc<str>], found: &mut dyn FnMut(Found<'a>)) {
    if key != "dynamic" {
        return found(Found { expr: value, bound: bound.to_vec() });
    }
    for (label, inner) in json_items(value) {
        let mut inside = bound.to_vec();
        inside.push(label.into());
        for (name, value) in json_items(inner) {
            if name == "iterator" {
                inside.extend(keyword(value));
            }
        }
        for (name, value) in json_items(inner) {
            match name {
                "iterator" => {}
                "for_each" => found(Found { expr: value, bound: bound.to_vec() }),
                _ => found(Found { expr: value, bound: inside.clone() }),
            }
        }
    }
}

/// The arguments of a body that may have no blocks, without those named in `except`.
pub(crate) fn arguments<'a>(body: &'a Body, except: &[&str], found: &mut dyn FnMut(&'a str, &'a Expr)) {
    match body {
        Body::Native(native) => {
            for attribute in native.attributes.iter().filter(|a| !except.contains(&&*a.name.name)) {
                found(&attribute.name.name, &attribute.expr);
            }
        }
        Body::Json(expr) => {
            for (name, value) in json_items(expr) {
                if name != "//" && !except.contains(&name) {
                    found(name, value);
                }
            }
        }
    }
}
