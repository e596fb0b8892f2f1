//! `for` expressions, and the variables that `for` directives of templates share with them.

use super::term::normal;
use super::{Parsed, Parser};
use crate::token::{Token, TokenKind};
use crate::{Expr, ExprKind, ForExpr, Ident};

impl Parser<'_> {
    /// What follows the opening bracket `open`, from the word `for` to the closing bracket.
    pub(super) fn for_expr(&mut self, open: Token, object: bool) -> Parsed<Expr> {
        self.read();
        let close_kind = if object { TokenKind::CloseBrace } else { TokenKind::CloseBracket };
        let (key, value) = self.for_variables("expression")?;
        let collection = self.expression()?;
        let mut height = self.height;
        self.for_token(TokenKind::Colon, "A colon is required after the collection expression.")?;
        let mut result = self.expression()?;
        height = height.max(self.height);
        let mut result_key = None;
        let arrow = self.peek();
        if self.accept(TokenKind::FatArrow).is_some() {
            if !object {
                let span = self.span(arrow);
                return self.broken(
                    "Invalid 'for' expression",
                    "A key expression is not valid when building a tuple.",
                    span,
                );
            }
            result_key = Some(result);
            result = self.expression()?;
            height = height.max(self.height);
        } else if object {
            let span = result.span;
            return self.broken(
                "Invalid 'for' expression",
                "A key expression is required when building an object: write \"key => value\" after the colon.",
                span,
            );
        }
        let ellipsis = self.accept(TokenKind::Ellipsis);
        if let (Some(token), false) = (ellipsis, object) {
            let span = self.span(token);
            return self.broken(
                "Invalid 'for' expression",
                "Grouping ellipsis (...) cannot be used when building a tuple.",
                span,
            );
        }
        let mut condition = None;
        if self.peek_word("if") {
            self.read();
            condition = Some(self.expression()?);
            height = height.max(self.height);
        }
        let close = self.for_token(close_kind, "Extra characters after the end of the 'for' expression.")?;
        let span = self.range(open.start, close.end);
        let group = ellipsis.is_some();
        let for_expr = ForExpr { key, value, collection, result_key, result, group, condition };
        self.node(ExprKind::For(Box::new(for_expr)), span, height)
    }

    fn for_token(&mut self, kind: TokenKind, detail: &str) -> Parsed<Token> {
        let token = self.peek();
        if token.kind == kind {
            return Ok(self.read());
        }
        self.bad_character(token)?;
        let span = self.span(token);
        self.broken("Invalid 'for' expression", detail, span)
    }

    /// `key, value in` or `value in`, after the word `for`.
    pub(super) fn for_variables(&mut self, what: &str) -> Parsed<(Option<Ident>, Ident)> {
        let summary =
            if what == "directive" { "Invalid 'for' directive" } else { "Invalid 'for' expression" };
        let first = self.for_variable(summary, "For expression requires variable name after 'for'.")?;
        let mut names = (None, first);
        if self.accept(TokenKind::Comma).is_some() {
            let second =
                self.for_variable(summary, "For expression requires value variable name after comma.")?;
            names = (Some(names.1), second);
        }
        if !self.peek_word("in") {
            let span = self.span(self.peek());
            return self.broken(
                summary,
                "For expression requires the 'in' keyword after its name declarations.",
                span,
            );
        }
        self.read();
        Ok(names)
    }

    fn for_variable(&mut self, summary: &str, detail: &str) -> Parsed<Ident> {
        let token = self.peek();
        let span = self.span(token);
        match self.accept(TokenKind::Ident) {
            Some(_) => Ok(Ident { name: normal(self.text(token)), span }),
            None => self.broken(summary, detail, span),
        }
    }
}
