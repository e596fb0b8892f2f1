//! `dynamic` blocks: how they are written.

use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::{Block, Body, BodySchema, Expr, ExprKind};

/// A `dynamic` block.
pub(super) struct Dynamic {
    /// The collection to make blocks from.
    pub(super) for_each: Option<Expr>,
    /// The name that stands for the current element.
    pub(super) iterator: Arc<str>,
    /// The labels of the blocks.
    pub(super) labels: Vec<Expr>,
    /// What each block contains.
    pub(super) content: Option<Body>,
}

impl Dynamic {
    /// Reads `block`, whose first label is the type of the blocks to make.
    pub(super) fn read(block: &Block) -> (Dynamic, Diagnostics) {
        let mut schema = BodySchema::new(&["for_each", "iterator", "labels"], &[("content", &[])]);
        if let Some((_, required)) = schema.attributes.first_mut() {
            *required = true;
        }
        let (content, mut diagnostics) = block.body.content(&schema);
        let kind = block.labels.first().map_or_else(|| Arc::from(""), |l| l.text.clone());
        let iterator = match content.attribute("iterator").map(|a| &a.expr) {
            None => kind.clone(),
            Some(expr) => match &expr.kind {
                ExprKind::Variable(name) => name.clone(),
                ExprKind::JsonString { text, .. } => text.clone(),
                _ => {
                    let detail = "Dynamic iterator must be a single variable name.";
                    diagnostics.push(Diagnostic::error("Invalid expression", detail).at(expr.span));
                    kind.clone()
                }
            },
        };
        let labels = match content.attribute("labels").map(|a| &a.expr) {
            None => Vec::new(),
            Some(Expr { kind: ExprKind::Tuple(items), .. }) => items.clone(),
            Some(expr) => {
                let detail = "The labels of a dynamic block must be a list of expressions.";
                diagnostics.push(Diagnostic::error("Invalid expression", detail).at(expr.span));
                Vec::new()
            }
        };
        let mut bodies = content.blocks("content");
        let body = bodies.next().map(|b| b.body.clone());
        if body.is_none() && !diagnostics.has_errors() {
            let detail = format!(
                "The contents of the blocks of type {:?} must be given in a nested block of type \"content\".",
                &*kind
            );
            let at = block.body.missing_span();
            diagnostics.push(Diagnostic::error("Missing content block", detail).at(at));
        }
        if let Some(extra) = bodies.next() {
            let detail = "A dynamic block must have exactly one nested block of type \"content\".";
            diagnostics.push(Diagnostic::error("Extraneous content block", detail).at(extra.header));
        }
        let for_each = content.attribute("for_each").map(|a| a.expr.clone());
        (Dynamic { for_each, iterator, labels, content: body }, diagnostics)
    }
}
