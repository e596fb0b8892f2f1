//! Bodies: arguments and blocks.

use super::super::{Broken, Parsed};
use super::Lowering;
use crate::token::TokenKind;
use crate::{Attribute, Block, Body, Ident, Label, NativeBody};
use hcl_edit::Decorated;
use hcl_edit::structure::{self, BlockLabel, Structure};
use terrane_diagnostics::Span;

impl Lowering<'_> {
    pub(super) fn whole_file(&mut self, body: &structure::Body) -> Parsed<NativeBody> {
        let span = self.parser.range(0, self.parser.source.len() as u32);
        let missing = self.parser.range(0, 0);
        self.body(body, span, missing)
    }

    fn body(&mut self, body: &structure::Body, span: Span, missing: Span) -> Parsed<NativeBody> {
        let blocks = body.iter().filter(|item| matches!(item, Structure::Block(_))).count();
        let mut lowered = NativeBody {
            attributes: Vec::with_capacity(body.len() - blocks),
            blocks: Vec::with_capacity(blocks),
            span,
            missing,
        };
        for item in body {
            match item {
                Structure::Attribute(attribute) => lowered.attributes.push(self.attribute(attribute)?),
                Structure::Block(block) => lowered.blocks.push(self.block(block)?),
            }
        }
        Ok(lowered)
    }

    fn attribute(&mut self, attribute: &structure::Attribute) -> Parsed<Attribute> {
        let name = self.name(&attribute.key)?;
        let expr = self.expression(&attribute.value)?;
        let span = name.span.to(expr.span);
        Ok(Attribute { name, expr, span })
    }

    /// A name as it is written.
    fn name(&self, ident: &Decorated<hcl_edit::Ident>) -> Parsed<Ident> {
        Ok(Ident { name: ident.as_str().into(), span: self.span(ident)? })
    }

    fn block(&mut self, block: &structure::Block) -> Parsed<Block> {
        let kind = self.name(&block.ident)?;
        let labels = block.labels.iter().map(|l| self.label(l)).collect::<Parsed<Vec<_>>>()?;
        let header = kind.span.to(labels.last().map_or(kind.span, |label: &Label| label.span));
        let open = self.next_token(header.end);
        if open.kind != TokenKind::OpenBrace {
            return Err(Broken);
        }
        let missing = self.parser.range(open.start, open.end);
        let end = self.span(block)?.end;
        let inner = self.parser.range(open.end, end.saturating_sub(1).max(open.end));
        let body = self.nested(|l| l.body(&block.body, inner, missing))?;
        let span = self.parser.range(kind.span.start, end);
        Ok(Block { kind, labels, body: Body::Native(body), header, span })
    }

    fn label(&self, label: &BlockLabel) -> Parsed<Label> {
        Ok(Label { text: label.as_str().into(), span: self.span(label)? })
    }
}
