//! Bodies: arguments and blocks.

use super::super::{Broken, Parsed};
use super::Lowering;
use crate::token::TokenKind;
use crate::{Attribute, Block, Body, Ident, Label, NativeBody};
use hcl_edit::Decorated;
use hcl_edit::structure::{self, BlockLabel, Structure};
use std::collections::HashSet;

impl Lowering<'_> {
    /// The file, cut into parts at the offsets in `cuts`.
    pub(super) fn whole_file(&mut self, cuts: &[u32]) -> Parsed<NativeBody> {
        let text = self.parser.source;
        let span = self.parser.range(0, text.len() as u32);
        let missing = self.parser.range(0, 0);
        let mut file = NativeBody { attributes: Vec::new(), blocks: Vec::new(), span, missing };
        let ends = cuts[1..].iter().map(|cut| *cut as usize).chain([text.len()]);
        for end in ends {
            let part = text.get(self.base..end).ok_or(Broken)?;
            let body = hcl_edit::parser::parse_body(part).map_err(|_| Broken)?;
            self.items(&body, &mut file)?;
            self.base = end;
        }
        // An argument may be set once; hcl-edit has seen to that in each part.
        let mut names = HashSet::new();
        if cuts.len() > 1 && !file.attributes.iter().all(|a| names.insert(&a.name.name)) {
            return Err(Broken);
        }
        Ok(file)
    }

    /// Adds what `body` holds.
    fn items(&mut self, body: &structure::Body, lowered: &mut NativeBody) -> Parsed<()> {
        let blocks = body.iter().filter(|item| matches!(item, Structure::Block(_))).count();
        lowered.attributes.reserve(body.len() - blocks);
        lowered.blocks.reserve(blocks);
        for item in body {
            match item {
                Structure::Attribute(attribute) => lowered.attributes.push(self.attribute(attribute)?),
                Structure::Block(block) => lowered.blocks.push(self.block(block)?),
            }
        }
        Ok(())
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
        let mut body = NativeBody { attributes: Vec::new(), blocks: Vec::new(), span: inner, missing };
        self.nested(|l| l.items(&block.body, &mut body))?;
        let span = self.parser.range(kind.span.start, end);
        Ok(Block { kind, labels, body: Body::Native(body), header, span })
    }

    fn label(&self, label: &BlockLabel) -> Parsed<Label> {
        Ok(Label { text: label.as_str().into(), span: self.span(label)? })
    }
}
