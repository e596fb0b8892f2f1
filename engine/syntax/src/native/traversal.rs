//! What can follow a term: attributes, indexes and splats.

use super::term::normal;
use super::{Parsed, Parser};
use crate::token::{Token, TokenKind};
use crate::{Expr, ExprKind, Ident};
use terrane_diagnostics::Span;
use terrane_value::{Number, Value};

impl Parser<'_> {
    pub(super) fn term_with_traversal(&mut self) -> Parsed<Expr> {
        let term = self.term()?;
        self.traversal(term)
    }

    /// Attributes, indexes and splats after `from`, whose height is the last one noted.
    fn traversal(&mut self, mut from: Expr) -> Parsed<Expr> {
        loop {
            match self.peek().kind {
                TokenKind::Dot => {
                    self.read();
                    from = match self.peek().kind {
                        TokenKind::Star => self.attribute_splat(from)?,
                        _ => self.after_dot(from)?,
                    };
                }
                TokenKind::OpenBracket => {
                    let open = self.read();
                    let splat = self.with_newlines(false, Self::splat_bracket)?;
                    from = match splat {
                        Some(close) => self.full_splat(from, open, close)?,
                        None => self.with_newlines(false, |p| p.bracket(from))?,
                    };
                }
                _ => return Ok(from),
            }
        }
    }

    /// `name`, `0` or `0.1` after a dot.
    fn after_dot(&mut self, from: Expr) -> Parsed<Expr> {
        let token = self.peek();
        let span = self.span(token);
        let height = self.height;
        match token.kind {
            TokenKind::Ident => {
                self.read();
                let name = Ident { name: normal(self.text(token)), span };
                let span = from.span.to(span);
                self.node(ExprKind::GetAttr(Box::new(from), name), span, height)
            }
            TokenKind::Number => {
                self.read();
                self.legacy_index(from, token)
            }
            _ => self.broken("Invalid attribute name", "An attribute name is required after a dot.", span),
        }
    }

    /// `a.0`. In `a.0.1` the indexes look like one number, and are refused.
    fn legacy_index(&mut self, from: Expr, token: Token) -> Parsed<Expr> {
        let (text, span) = (self.text(token), self.span(token));
        match text.parse::<Number>() {
            Ok(number) if text.bytes().all(|b| b.is_ascii_digit()) => self.index(from, number, span),
            _ if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') => {
                let proper: String = text.split('.').map(|part| format!("[{part}]")).collect();
                let detail = format!(
                    "When using the legacy index syntax, chaining two indexes together is not permitted. Use the \
                     proper index syntax instead, like {proper}."
                );
                self.broken("Invalid legacy index syntax", &detail, span)
            }
            _ => self.broken(
                "Invalid legacy index syntax",
                "When using the legacy index syntax, an index is a whole number in decimal digits.",
                span,
            ),
        }
    }

    pub(super) fn index(&mut self, from: Expr, number: Number, span: Span) -> Parsed<Expr> {
        let height = self.height;
        let key = Expr { kind: ExprKind::Literal(Value::number(number)), span };
        let span = from.span.to(span);
        self.node(ExprKind::Index(Box::new(from), Box::new(key)), span, height)
    }

    /// `*` after a dot, and the attributes that follow it; an index after them applies to the
    /// whole result.
    fn attribute_splat(&mut self, source: Expr) -> Parsed<Expr> {
        let star = self.read();
        let source_height = std::mem::take(&mut self.height);
        let mut each = Expr { kind: ExprKind::SplatElement, span: self.span(star) };
        while self.peek().kind == TokenKind::Dot {
            self.read();
            let next = self.peek();
            if next.kind == TokenKind::Star {
                let span = self.span(next);
                return self.broken(
                    "Nested splat expression not allowed",
                    "A splat expression (*) cannot be used inside another attribute-only splat expression.",
                    span,
                );
            }
            each = self.after_dot(each)?;
        }
        let height = self.height.max(source_height);
        let span = source.span.to(each.span);
        self.node(
            ExprKind::Splat { source: Box::new(source), full: false, each: Box::new(each) },
            span,
            height,
        )
    }

    /// The key and closing bracket after `[`.
    fn bracket(&mut self, from: Expr) -> Parsed<Expr> {
        let from_height = self.height;
        let key = self.expression()?;
        let height = from_height.max(self.height);
        let close = self.peek();
        if self.accept(TokenKind::CloseBracket).is_none() {
            self.bad_character(close)?;
            let span = self.span(close);
            return self.broken(
                "Missing close bracket on index",
                "The index operator must end with a closing bracket (\"]\").",
                span,
            );
        }
        let span = from.span.to(self.span(close));
        self.node(ExprKind::Index(Box::new(from), Box::new(key)), span, height)
    }

    /// The closing bracket when `*]` follows `[`.
    fn splat_bracket(&mut self) -> Parsed<Option<Token>> {
        if self.accept(TokenKind::Star).is_none() {
            return Ok(None);
        }
        let close = self.peek();
        if self.accept(TokenKind::CloseBracket).is_some() {
            return Ok(Some(close));
        }
        let span = self.span(close);
        self.broken(
            "Missing close bracket on splat index",
            "The star for a full splat operator must be immediately followed by a closing bracket (\"]\").",
            span,
        )
    }

    /// A full splat applies everything that follows it to each element.
    fn full_splat(&mut self, source: Expr, open: Token, close: Token) -> Parsed<Expr> {
        let source_height = std::mem::take(&mut self.height);
        let element = Expr { kind: ExprKind::SplatElement, span: self.range(open.start, close.end) };
        let each = self.nested(|p| p.traversal(element))?;
        let height = self.height.max(source_height);
        let span = source.span.to(each.span);
        self.node(
            ExprKind::Splat { source: Box::new(source), full: true, each: Box::new(each) },
            span,
            height,
        )
    }
}
