//! Moving a tree that was parsed from a text of its own to where that text stands in a file.

use crate::{Expr, ExprKind, Ident, ObjectKey, TemplatePart};
use terrane_diagnostics::Span;

/// Replaces every span in the tree by what `place` makes of it.
pub(crate) fn relocate(expr: &mut Expr, place: &dyn Fn(Span) -> Span) {
    expr.span = place(expr.span);
    let name = |ident: &mut Ident| ident.span = place(ident.span);
    match &mut expr.kind {
        ExprKind::Literal(_) | ExprKind::Variable(_) | ExprKind::SplatElement => {}
        ExprKind::Template(parts) => relocate_parts(parts, place),
        ExprKind::JsonString { template, .. } => relocate(template, place),
        ExprKind::GetAttr(source, attribute) => {
            relocate(source, place);
            name(attribute);
        }
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            relocate(a, place);
            relocate(b, place);
        }
        ExprKind::Splat { source, each, .. } => {
            relocate(source, place);
            relocate(each, place);
        }
        ExprKind::Tuple(items) => items.iter_mut().for_each(|item| relocate(item, place)),
        ExprKind::Object(items) => {
            for item in items {
                match &mut item.key {
                    ObjectKey::Name(key) => name(key),
                    ObjectKey::Expr(key) => relocate(key, place),
                }
                relocate(&mut item.value, place);
            }
        }
        ExprKind::Call { name: function, args, .. } => {
            name(function);
            args.iter_mut().for_each(|arg| relocate(arg, place));
        }
        ExprKind::Conditional(a, b, c) => {
            relocate(a, place);
            relocate(b, place);
            relocate(c, place);
        }
        ExprKind::Unary(_, inner) | ExprKind::Parens(inner) => relocate(inner, place),
        ExprKind::For(f) => {
            f.key.iter_mut().for_each(name);
            name(&mut f.value);
            relocate(&mut f.collection, place);
            f.result_key.iter_mut().for_each(|key| relocate(key, place));
            relocate(&mut f.result, place);
            f.condition.iter_mut().for_each(|condition| relocate(condition, place));
        }
    }
}

fn relocate_parts(parts: &mut [TemplatePart], place: &dyn Fn(Span) -> Span) {
    for part in parts {
        match part {
            TemplatePart::Literal(_, span) => *span = place(*span),
            TemplatePart::Interpolation(expr) => relocate(expr, place),
            TemplatePart::If { condition, then, otherwise, span } => {
                *span = place(*span);
                relocate(condition, place);
                relocate_parts(then, place);
                relocate_parts(otherwise, place);
            }
            TemplatePart::For { key, value, collection, body, span } => {
                *span = place(*span);
                for ident in key.iter_mut().chain([value]) {
                    ident.span = place(ident.span);
                }
                relocate(collection, place);
                relocate_parts(body, place);
            }
        }
    }
}
