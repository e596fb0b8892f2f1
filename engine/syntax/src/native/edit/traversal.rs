//! What follows a term. hcl-edit lists the operators; which of them belong to a splat is up to
//! the lowering.

use super::super::{Broken, Parsed};
use super::Lowering;
use crate::{Expr, ExprKind};
use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};
use terrane_diagnostics::Span;
use terrane_value::Number;

impl Lowering<'_> {
    pub(super) fn traversal(&mut self, traversal: &Traversal) -> Parsed<Expr> {
        // The minus sign of a number applies to what follows the number too.
        let (minus, from) = match &traversal.expr {
            Expression::Number(number) => self.number(self.span(number)?)?,
            term => (None, self.operand(term)?),
        };
        let traversed = self.operators(from, &traversal.operators)?;
        self.negated(minus, traversed)
    }

    /// The operators applied to `from`, whose height is the last one noted.
    fn operators(&mut self, mut from: Expr, operators: &[Decorated<TraversalOperator>]) -> Parsed<Expr> {
        let mut rest = operators;
        while let Some((operator, after)) = rest.split_first() {
            rest = after;
            from = match operator.value() {
                TraversalOperator::AttrSplat(star) => {
                    let is_attribute = |operator: &&Decorated<TraversalOperator>| {
                        matches!(
                            operator.value(),
                            TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_)
                        )
                    };
                    let (each, after) = after.split_at(after.iter().take_while(is_attribute).count());
                    rest = after;
                    // `a.*.*` is an error.
                    if matches!(after.first().map(|o| o.value()), Some(TraversalOperator::AttrSplat(_))) {
                        return Err(Broken);
                    }
                    let element = self.span(star)?;
                    self.splat(from, element, false, |l, element| l.operators(element, each))?
                }
                TraversalOperator::FullSplat(_) => {
                    let element = self.span(operator)?;
                    let each = |l: &mut Self, element| l.nested(|l| l.operators(element, after));
                    return self.splat(from, element, true, each);
                }
                TraversalOperator::GetAttr(name) => {
                    let height = self.parser.height;
                    let name = self.variable(name)?;
                    let span = from.span.to(name.span);
                    self.parser.node(ExprKind::GetAttr(Box::new(from), name), span, height)?
                }
                TraversalOperator::LegacyIndex(index) => {
                    // `a.0.1` is an error.
                    if matches!(after.first().map(|o| o.value()), Some(TraversalOperator::LegacyIndex(_))) {
                        return Err(Broken);
                    }
                    let span = self.span(index)?;
                    let number: Number = self.text(span).parse().map_err(|_| Broken)?;
                    self.parser.index(from, number, span)?
                }
                TraversalOperator::Index(key) => {
                    let from_height = self.parser.height;
                    let key = self.expression(key)?;
                    let height = from_height.max(self.parser.height);
                    let span = from.span.to(self.span(operator)?);
                    self.parser.node(ExprKind::Index(Box::new(from), Box::new(key)), span, height)?
                }
            };
        }
        Ok(from)
    }

    fn splat(
        &mut self,
        source: Expr,
        element: Span,
        full: bool,
        each: impl FnOnce(&mut Self, Expr) -> Parsed<Expr>,
    ) -> Parsed<Expr> {
        let source_height = std::mem::take(&mut self.parser.height);
        let each = each(self, Expr { kind: ExprKind::SplatElement, span: element })?;
        let height = self.parser.height.max(source_height);
        let span = source.span.to(each.span);
        let kind = ExprKind::Splat { source: Box::new(source), full, each: Box::new(each) };
        self.parser.node(kind, span, height)
    }
}
