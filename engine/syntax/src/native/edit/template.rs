//! Templates. hcl-edit's tree of directives is laid flat again, since strip markers and the
//! indentation of `<<-` work on the flat sequence, and the parser assembles it.

use super::super::template::{PieceKind, PieceList};
use super::super::{Broken, Parsed};
use super::Lowering;
use crate::Expr;
use crate::token::{Token, TokenKind};
use hcl_edit::template::{Directive, Element, HeredocTemplate, StringTemplate, Strip, Template};
use terrane_diagnostics::Span;

/// The flat sequence while it is made.
#[derive(Default)]
struct Flat {
    list: PieceList,
    /// The greatest height of the expressions in it.
    height: u32,
    /// Whether it is a quoted string, with escapes.
    quoted: bool,
}

impl Lowering<'_> {
    pub(super) fn quoted_template(&mut self, template: &StringTemplate) -> Parsed<Expr> {
        let span = self.span(template)?;
        let flat = Flat { quoted: true, ..Flat::default() };
        let flat = self.nested(|l| l.flat(flat, template))?;
        let end = Token { kind: TokenKind::CloseQuote, start: span.end.saturating_sub(1), end: span.end };
        self.parser.template(flat.list.ended(flat.height, end), span)
    }

    pub(super) fn heredoc(&mut self, heredoc: &HeredocTemplate) -> Parsed<Expr> {
        let span = self.span(heredoc)?;
        let flat = self.nested(|l| l.flat(Flat::default(), &heredoc.template))?;
        // Where the closing marker stands must be where the lexer sees it, too.
        let end = self.parser.token(self.index_at(self.span(&heredoc.template)?.end)?);
        if end.kind != TokenKind::CloseHeredoc {
            return Err(Broken);
        }
        let mut pieces = flat.list.ended(flat.height, end);
        if self.text(span).starts_with("<<-") {
            pieces.remove_indentation();
        }
        self.parser.template(pieces, self.parser.range(span.start, end.end))
    }

    /// The whole text as a template.
    pub(super) fn bare_template(&mut self) -> Parsed<Expr> {
        let text = self.parser.source;
        let template = hcl_edit::parser::parse_template(&text[self.base..]).map_err(|_| Broken)?;
        let flat = self.flat(Flat::default(), &template)?;
        let len = text.len() as u32;
        let end = Token { kind: TokenKind::Eof, start: len, end: len };
        self.parser.template(flat.list.ended(flat.height, end), self.parser.range(0, len))
    }

    fn flat(&mut self, mut flat: Flat, template: &Template) -> Parsed<Flat> {
        self.elements(&mut flat, template)?;
        Ok(flat)
    }

    fn elements(&mut self, flat: &mut Flat, template: &Template) -> Parsed<()> {
        for element in template {
            let span = self.span(element)?;
            match element {
                Element::Literal(text) if flat.quoted => flat.list.text(text.value().clone(), span),
                Element::Literal(_) => self.lines(flat, span)?,
                Element::Interpolation(interpolation) => {
                    let expr = self.in_sequence(flat, interpolation.strip, &interpolation.expr)?;
                    self.marker(flat, PieceKind::Interpolation(expr), span, interpolation.strip);
                }
                Element::Directive(directive) => self.directive(flat, directive, span)?,
            }
        }
        Ok(())
    }

    /// Text of a heredoc or bare template, a piece for each line. All of it must be text to the
    /// lexer, too.
    fn lines(&mut self, flat: &mut Flat, span: Span) -> Parsed<()> {
        let mut index = self.index_at(span.start)?;
        let mut at = span.start;
        while at < span.end {
            let token = self.parser.token(index);
            if token.kind != TokenKind::TemplateText || token.end > span.end {
                return Err(Broken);
            }
            flat.list.text(self.parser.template_text(token), self.parser.span(token));
            at = token.end;
            index += 1;
        }
        Ok(())
    }

    /// The expression in a sequence.
    fn in_sequence(
        &mut self,
        flat: &mut Flat,
        strip: Strip,
        expr: &hcl_edit::expr::Expression,
    ) -> Parsed<Expr> {
        if strip.strip_start() {
            flat.list.trim_last();
        }
        let expr = self.expression(expr)?;
        flat.height = flat.height.max(self.parser.height);
        Ok(expr)
    }

    fn marker(&mut self, flat: &mut Flat, kind: PieceKind, span: Span, strip: Strip) {
        flat.list.sequence(kind, span, strip.strip_end());
    }

    fn directive(&mut self, flat: &mut Flat, directive: &Directive, whole: Span) -> Parsed<()> {
        match directive {
            Directive::If(directive) => {
                let intro = &directive.if_expr;
                let condition = self.in_sequence(flat, intro.strip, &intro.cond_expr)?;
                self.index_at(condition.span.start)?;
                let body = self.span(&intro.template)?;
                let span = Span { end: body.start, ..whole };
                self.marker(flat, PieceKind::If(condition), span, intro.strip);
                self.nested(|l| l.elements(flat, &intro.template))?;
                let mut end = body.end;
                if let Some(otherwise) = &directive.else_expr {
                    let body = self.span(&otherwise.template)?;
                    let span = Span { start: end, end: body.start, ..whole };
                    self.bare_marker(flat, PieceKind::Else, span, otherwise.strip);
                    self.nested(|l| l.elements(flat, &otherwise.template))?;
                    end = body.end;
                }
                let span = Span { start: end, ..whole };
                self.bare_marker(flat, PieceKind::EndIf, span, directive.endif_expr.strip);
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                let key = intro.key_var.as_ref().map(|name| self.variable(name)).transpose()?;
                let value = self.variable(&intro.value_var)?;
                self.index_at(key.as_ref().unwrap_or(&value).span.start)?;
                let collection = self.in_sequence(flat, intro.strip, &intro.collection_expr)?;
                self.index_at(collection.span.start)?;
                let body = self.span(&intro.template)?;
                let span = Span { end: body.start, ..whole };
                self.marker(flat, PieceKind::For(key, value, collection), span, intro.strip);
                self.nested(|l| l.elements(flat, &intro.template))?;
                let span = Span { start: body.end, ..whole };
                self.bare_marker(flat, PieceKind::EndFor, span, directive.endfor_expr.strip);
            }
        }
        Ok(())
    }

    /// A marker without an expression.
    fn bare_marker(&mut self, flat: &mut Flat, kind: PieceKind, span: Span, strip: Strip) {
        if strip.strip_start() {
            flat.list.trim_last();
        }
        self.marker(flat, kind, span, strip);
    }
}
