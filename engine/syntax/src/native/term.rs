//! Terms: literals, names, calls, collections and whatever stands in parentheses.

use super::{Parsed, Parser};
use crate::token::{Token, TokenKind};
use crate::{Expr, ExprKind, Ident, ObjectItem, ObjectKey, UnaryOp};
use std::sync::Arc;
use terrane_diagnostics::Span;
use terrane_value::{Number, Type, Value};

impl Parser<'_> {
    /// A term without what can follow it.
    pub(super) fn term(&mut self) -> Parsed<Expr> {
        let token = self.peek();
        match token.kind {
            TokenKind::OpenParen => self.parentheses(),
            TokenKind::Number => self.number(),
            TokenKind::Ident => self.name_or_call(),
            TokenKind::OpenQuote => self.quoted_template(),
            TokenKind::OpenHeredoc => self.heredoc(),
            TokenKind::Minus => self.unary(UnaryOp::Negate),
            TokenKind::Bang => self.unary(UnaryOp::Not),
            TokenKind::OpenBracket => self.tuple_or_for(),
            TokenKind::OpenBrace => self.object_or_for(),
            _ => self.no_term(token),
        }
    }

    fn no_term(&mut self, token: Token) -> Parsed<Expr> {
        self.bad_character(token)?;
        let span = self.span(token);
        match token.kind {
            TokenKind::Eof => self.broken(
                "Missing expression",
                "Expected the start of an expression, but found the end of the file.",
                span,
            ),
            TokenKind::Newline => self.broken(
                "Invalid expression",
                "Expected the start of an expression, but found the end of the line. The value has to start on the line of its \"=\"; wrap it in parentheses to continue it on the following lines.",
                span,
            ),
            _ => {
                let found = self.found(token);
                self.broken(
                    "Invalid expression",
                    format!("Expected the start of an expression, but found {found}."),
                    span,
                )
            }
        }
    }

    fn parentheses(&mut self) -> Parsed<Expr> {
        let open = self.read();
        self.with_newlines(false, |p| {
            let inner = p.expression()?;
            let height = p.height;
            let close = p.peek();
            if p.accept(TokenKind::CloseParen).is_none() {
                p.bad_character(close)?;
                let span = p.span(close);
                return p.broken(
                    "Unbalanced parentheses",
                    "Expected a closing parenthesis to terminate the expression.",
                    span,
                );
            }
            let span = p.range(open.start, close.end);
            p.node(ExprKind::Parens(Box::new(inner)), span, height)
        })
    }

    fn number(&mut self) -> Parsed<Expr> {
        let token = self.read();
        let span = self.span(token);
        match self.text(token).parse::<Number>() {
            Ok(number) => self.literal(Value::number(number), span),
            Err(_) => self.broken(
                "Invalid number literal",
                "Failed to recognize the value of this number literal.",
                span,
            ),
        }
    }

    pub(super) fn literal(&mut self, value: Value, span: Span) -> Parsed<Expr> {
        self.node(ExprKind::Literal(value), span, 0)
    }

    fn unary(&mut self, operator: UnaryOp) -> Parsed<Expr> {
        let token = self.read();
        let operand = self.nested(Self::term_with_traversal)?;
        let span = self.span(token).to(operand.span);
        let height = self.height;
        self.node(ExprKind::Unary(operator, Box::new(operand)), span, height)
    }

    fn name_or_call(&mut self) -> Parsed<Expr> {
        let token = self.read();
        if matches!(self.peek().kind, TokenKind::OpenParen | TokenKind::DoubleColon) {
            return self.nested(|p| p.call(token));
        }
        let span = self.span(token);
        match self.text(token) {
            "true" => self.literal(Value::from(true), span),
            "false" => self.literal(Value::from(false), span),
            "null" => self.literal(Value::null(Type::Dynamic), span),
            name => self.node(ExprKind::Variable(normal(name)), span, 0),
        }
    }

    fn call(&mut self, first: Token) -> Parsed<Expr> {
        let mut name = self.text(first).to_owned();
        let mut name_span = self.span(first);
        while self.accept(TokenKind::DoubleColon).is_some() {
            let part = self.peek();
            if self.accept(TokenKind::Ident).is_none() {
                let span = self.span(part);
                return self.broken(
                    "Missing function name",
                    "Function scope resolution symbol :: must be followed by a function name in this scope.",
                    span,
                );
            }
            name.push_str("::");
            name.push_str(self.text(part));
            name_span = name_span.to(self.span(part));
        }
        let open = self.peek();
        if self.accept(TokenKind::OpenParen).is_none() {
            let span = self.span(open);
            return self.broken(
                "Missing open parenthesis",
                "Function selector must be followed by an open parenthesis to begin the function call.",
                span,
            );
        }
        let name = Ident { name: name.into(), span: name_span };
        self.with_newlines(false, |p| p.arguments(name))
    }

    fn arguments(&mut self, name: Ident) -> Parsed<Expr> {
        let (mut args, mut height, mut expand_final) = (Vec::new(), 0, false);
        let close = loop {
            if let Some(close) = self.accept(TokenKind::CloseParen) {
                break close;
            }
            if self.peek().kind == TokenKind::Eof {
                return self.unterminated_call(name.span);
            }
            args.push(self.expression()?);
            height = height.max(self.height);
            if let Some(close) = self.accept(TokenKind::CloseParen) {
                break close;
            }
            if self.accept(TokenKind::Ellipsis).is_some() {
                expand_final = true;
                let close = self.peek();
                if self.accept(TokenKind::CloseParen).is_none() {
                    let span = self.span(close);
                    return self.broken(
                        "Missing closing parenthesis",
                        "An expanded function argument (with ...) must be immediately followed by closing parentheses.",
                        span,
                    );
                }
                break close;
            }
            let comma = self.peek();
            if comma.kind == TokenKind::Eof {
                return self.unterminated_call(name.span);
            }
            if self.accept(TokenKind::Comma).is_none() {
                self.bad_character(comma)?;
                let span = self.span(comma);
                return self.broken(
                    "Missing argument separator",
                    "A comma is required to separate each function argument from the next.",
                    span,
                );
            }
        };
        let span = name.span.to(self.span(close));
        self.node(ExprKind::Call { name, args, expand_final }, span, height)
    }

    fn unterminated_call(&mut self, name: Span) -> Parsed<Expr> {
        self.broken(
            "Unterminated function call",
            "There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.",
            name,
        )
    }

    fn tuple_or_for(&mut self) -> Parsed<Expr> {
        let open = self.read();
        self.with_newlines(false, |p| {
            if p.peek_word("for") {
                return p.for_expr(open, false);
            }
            let (mut elements, mut height) = (Vec::new(), 0);
            let close = loop {
                if let Some(close) = p.accept(TokenKind::CloseBracket) {
                    break close;
                }
                if p.peek().kind == TokenKind::Eof {
                    return p.unterminated_tuple(open);
                }
                elements.push(p.expression()?);
                height = height.max(p.height);
                if let Some(close) = p.accept(TokenKind::CloseBracket) {
                    break close;
                }
                let comma = p.peek();
                if p.accept(TokenKind::Comma).is_none() {
                    p.bad_character(comma)?;
                    if comma.kind == TokenKind::Eof {
                        return p.unterminated_tuple(open);
                    }
                    let span = p.span(comma);
                    return p.broken(
                        "Missing item separator",
                        "Expected a comma to mark the beginning of the next item.",
                        span,
                    );
                }
            };
            let span = p.range(open.start, close.end);
            p.node(ExprKind::Tuple(elements), span, height)
        })
    }

    fn unterminated_tuple(&mut self, open: Token) -> Parsed<Expr> {
        let span = self.span(open);
        self.broken(
            "Unterminated tuple constructor expression",
            "There is no corresponding closing bracket before the end of the file. This may be caused by incorrect bracket nesting elsewhere in this file.",
            span,
        )
    }

    fn object_or_for(&mut self) -> Parsed<Expr> {
        let open = self.read();
        // As the first key of an object, the word needs quotes.
        let for_expr = self.with_newlines(false, |p| p.peek_word("for"));
        if for_expr {
            return self.with_newlines(false, |p| p.for_expr(open, true));
        }
        self.with_newlines(true, |p| p.object(open))
    }

    fn object(&mut self, open: Token) -> Parsed<Expr> {
        let (mut items, mut height) = (Vec::new(), 0);
        let close = loop {
            if self.accept(TokenKind::Newline).is_some() {
                continue;
            }
            if let Some(close) = self.accept(TokenKind::CloseBrace) {
                break close;
            }
            if self.peek().kind == TokenKind::Eof {
                return self.unterminated_object(open);
            }
            let key = self.expression()?;
            height = height.max(self.height);
            let equals = self.peek();
            if !matches!(equals.kind, TokenKind::Assign | TokenKind::Colon) {
                return self.bad_object_item(open, equals);
            }
            self.read();
            let value = self.expression()?;
            height = height.max(self.height);
            items.push(ObjectItem { key: object_key(key, self.source), value });
            let next = self.peek();
            match next.kind {
                TokenKind::CloseBrace => {}
                TokenKind::Comma | TokenKind::Newline => {
                    self.read();
                }
                _ => {
                    self.bad_character(next)?;
                    return self.bad_object_separator(open, next);
                }
            }
        };
        let span = self.range(open.start, close.end);
        self.node(ExprKind::Object(items), span, height)
    }

    fn bad_object_item(&mut self, open: Token, found: Token) -> Parsed<Expr> {
        self.bad_character(found)?;
        match found.kind {
            TokenKind::Newline | TokenKind::Comma => {
                let span = self.span(found);
                self.broken(
                    "Missing attribute value",
                    "Expected an attribute value, introduced by an equals sign (\"=\").",
                    span,
                )
            }
            TokenKind::Eof => self.unterminated_object(open),
            _ => {
                let span = self.span(found);
                self.broken(
                    "Missing key/value separator",
                    "Expected an equals sign (\"=\") to mark the beginning of the attribute value. If you intended to give an attribute name containing periods or spaces, write the name in quotes to create a string literal.",
                    span,
                )
            }
        }
    }

    fn bad_object_separator(&mut self, open: Token, found: Token) -> Parsed<Expr> {
        if found.kind == TokenKind::Eof {
            return self.unterminated_object(open);
        }
        let span = self.span(found);
        self.broken(
            "Missing attribute separator",
            "Expected a newline or comma to mark the beginning of the next attribute.",
            span,
        )
    }

    fn unterminated_object(&mut self, open: Token) -> Parsed<Expr> {
        let span = self.span(open);
        self.broken(
            "Unterminated object constructor expression",
            "There is no corresponding closing brace before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
            span,
        )
    }
}

/// What a key expression stands for: a bare name, `true`, `false` and `null` included, is
/// itself.
pub(super) fn object_key(key: Expr, source: &str) -> ObjectKey {
    let text = || source.get(key.span.start as usize..key.span.end as usize).unwrap_or("");
    match &key.kind {
        ExprKind::Variable(name) => ObjectKey::Name(Ident { name: name.clone(), span: key.span }),
        ExprKind::Literal(value) if value.is_null() || value.as_bool().is_some() => {
            ObjectKey::Name(Ident { name: text().into(), span: key.span })
        }
        _ => ObjectKey::Expr(key),
    }
}

/// A name in the normal form in which values hold attribute names.
pub(super) fn normal(name: &str) -> Arc<str> {
    if name.is_ascii() {
        return name.into();
    }
    unicode_normalization::UnicodeNormalization::nfc(name).collect::<String>().into()
}
