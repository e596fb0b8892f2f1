//! Expressions: the conditional and the binary operators.

use super::{Parsed, Parser};
use crate::token::{Token, TokenKind};
use crate::{BinaryOp, Expr, ExprKind};

/// The operator that a token is, and how tightly it binds.
fn binary_operator(kind: TokenKind) -> Option<(BinaryOp, u8)> {
    Some(match kind {
        TokenKind::Or => (BinaryOp::Or, 1),
        TokenKind::And => (BinaryOp::And, 2),
        TokenKind::Equal => (BinaryOp::Equal, 3),
        TokenKind::NotEqual => (BinaryOp::NotEqual, 3),
        TokenKind::Greater => (BinaryOp::Greater, 4),
        TokenKind::GreaterOrEqual => (BinaryOp::GreaterOrEqual, 4),
        TokenKind::Less => (BinaryOp::Less, 4),
        TokenKind::LessOrEqual => (BinaryOp::LessOrEqual, 4),
        TokenKind::Plus => (BinaryOp::Add, 5),
        TokenKind::Minus => (BinaryOp::Subtract, 5),
        TokenKind::Star => (BinaryOp::Multiply, 6),
        TokenKind::Slash => (BinaryOp::Divide, 6),
        TokenKind::Percent => (BinaryOp::Modulo, 6),
        _ => return None,
    })
}

impl Parser<'_> {
    /// An expression of any kind.
    pub(super) fn expression(&mut self) -> Parsed<Expr> {
        self.nested(Self::conditional)
    }

    /// The text as one expression, with nothing after it.
    pub(super) fn whole_expression(&mut self) -> Parsed<Expr> {
        self.newlines = false;
        let expr = self.expression()?;
        let next = self.peek();
        if next.kind != TokenKind::Eof {
            self.bad_character(next)?;
            let span = self.span(next);
            return self.broken(
                "Extra characters after expression",
                "An expression was successfully parsed, but extra characters were found after it.",
                span,
            );
        }
        Ok(expr)
    }

    /// A conditional, or what stands alone without its `?`. A chain of conditionals in the false
    /// branch, as long as such chains get, is read in a loop.
    fn conditional(&mut self) -> Parsed<Expr> {
        let mut chain = Vec::new();
        let mut last = self.binary(1)?;
        let mut heights = vec![self.height];
        while self.accept(TokenKind::Question).is_some() {
            let then = self.expression()?;
            heights.push(self.height);
            self.conditional_colon()?;
            let condition = std::mem::replace(&mut last, self.binary(1)?);
            heights.push(self.height);
            chain.push((condition, then));
        }
        self.height = heights.pop().unwrap_or(0);
        for (condition, then) in chain.into_iter().rev() {
            let below = [heights.pop(), heights.pop(), Some(self.height)];
            let height = below.into_iter().flatten().max().unwrap_or(0);
            let span = condition.span.to(last.span);
            let kind = ExprKind::Conditional(Box::new(condition), Box::new(then), Box::new(last));
            last = self.node(kind, span, height)?;
        }
        Ok(last)
    }

    fn conditional_colon(&mut self) -> Parsed<()> {
        let colon = self.peek();
        if self.accept(TokenKind::Colon).is_some() {
            return Ok(());
        }
        self.bad_character(colon)?;
        let span = self.span(colon);
        self.broken(
            "Missing false expression in conditional",
            "The conditional operator (...?...:...) requires a false expression, delimited by a colon.",
            span,
        )
    }

    /// Operators that bind at least as tightly as `least`, all of them left to right.
    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let mut left = self.term_with_traversal()?;
        let mut height = self.height;
        while let Some((operator, binding)) = binary_operator(self.peek().kind) {
            if binding < least {
                break;
            }
            self.read();
            let right = self.binary(binding + 1)?;
            height = height.max(self.height);
            let span = left.span.to(right.span);
            left = self.node(ExprKind::Binary(operator, Box::new(left), Box::new(right)), span, height)?;
            height = self.height;
        }
        self.height = height;
        Ok(left)
    }

    /// Complains about characters that have no meaning anywhere in the language.
    pub(super) fn bad_character(&mut self, token: Token) -> Parsed<()> {
        let (summary, detail) = match token.kind {
            TokenKind::Bitwise => {
                let (text, instead) = match self.text(token) {
                    "&" => ("&", " Did you mean boolean AND (\"&&\")?"),
                    "|" => ("|", " Did you mean boolean OR (\"||\")?"),
                    "~" => ("~", " Did you mean boolean NOT (\"!\")?"),
                    other => (other, ""),
                };
                (
                    "Unsupported operator",
                    format!("Bitwise operators such as \"{text}\" are not supported.{instead}"),
                )
            }
            TokenKind::Apostrophe => (
                "Invalid character",
                "Single quotes are not valid. Use double quotes (\") to enclose strings.".to_owned(),
            ),
            TokenKind::Backtick => (
                "Invalid character",
                "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, like \"<<EOT\".".to_owned(),
            ),
            TokenKind::Semicolon => (
                "Invalid character",
                "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to separate items in collection values.".to_owned(),
            ),
            TokenKind::UnclosedComment => (
                "Unclosed comment",
                "There is no \"*/\" for this comment before the end of the file.".to_owned(),
            ),
            TokenKind::Invalid => (
                "Invalid character",
                "This character is not used within the language.".to_owned(),
            ),
            _ => return Ok(()),
        };
        let span = self.span(token);
        self.broken(summary, detail, span)
    }
}
