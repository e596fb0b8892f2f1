//! Bodies: arguments and blocks, and going on after an error in one of them.

use super::{Parsed, Parser};
use crate::token::{Token, TokenKind};
use crate::{Attribute, Block, Body, Ident, Label, NativeBody};
use std::collections::HashMap;
use std::sync::Arc;
use terrane_diagnostics::Span;

/// How many times reading starts again behind a block without an end.
const MAX_RESTARTS: u32 = 20;

/// How many errors of one file are told; a text with more is hardly a configuration.
const MAX_ERRORS: usize = 1000;

/// The items of a body while it is read.
#[derive(Default)]
struct Items {
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
    names: HashMap<Arc<str>, Span>,
}

impl Parser<'_> {
    /// The whole file as a body.
    pub(super) fn whole_file(&mut self) -> NativeBody {
        let mut items = Items::default();
        let mut restarts = 0;
        loop {
            self.resync = false;
            let start = self.next_index();
            let token = self.peek();
            match token.kind {
                TokenKind::Eof => break,
                _ if self.diagnostics.len() >= MAX_ERRORS => break,
                TokenKind::Newline => {
                    self.read();
                }
                TokenKind::CloseBrace => {
                    self.read();
                    let span = self.span(token);
                    self.error(
                        "Argument or block definition required",
                        "An argument or block definition is required here. This closing brace has no opening brace.",
                        span,
                    );
                }
                _ => self.item(&mut items),
            }
            if std::mem::take(&mut self.unclosed)
                && restarts < MAX_RESTARTS
                && let Some(index) = self.block_start_after(start)
            {
                restarts += 1;
                self.restart_at(index, &mut items);
            }
        }
        let span = self.range(0, self.source.len() as u32);
        let missing = self.range(0, 0);
        NativeBody { attributes: items.attributes, blocks: items.blocks, span, missing }
    }

    /// Goes back to the token `index` and forgets what was read from there on: the block before
    /// it has no end, so what follows is more likely its neighbour than its content.
    fn restart_at(&mut self, index: usize, items: &mut Items) {
        let offset = self.token(index).start;
        self.at = index;
        if let Some(block) = items.blocks.last_mut()
            && let Body::Native(body) = &mut block.body
        {
            cut(body, offset);
        }
        let kept = std::mem::take(&mut self.diagnostics);
        self.diagnostics = kept.into_iter().filter(|d| d.subject.is_none_or(|s| s.start < offset)).collect();
    }

    /// One argument or block; after an error, goes on behind it.
    fn item(&mut self, items: &mut Items) {
        let start = self.next_index();
        if self.try_item(items).is_err() {
            self.recover(start);
        }
    }

    fn try_item(&mut self, items: &mut Items) -> Parsed<()> {
        let name = self.peek();
        if self.accept(TokenKind::Ident).is_none() {
            return self.no_item(name);
        }
        let ident = Ident { name: self.text(name).into(), span: self.span(name) };
        let next = self.peek();
        match next.kind {
            TokenKind::Assign => {
                self.read();
                let attribute = self.attribute(ident)?;
                let end = self.item_end(
                    "Missing newline after argument",
                    "An argument definition must end with a newline.",
                );
                self.add_attribute(items, attribute);
                end
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                let block = self.block(ident)?;
                items.blocks.push(block);
                if self.resync || self.unclosed {
                    return Ok(());
                }
                self.item_end(
                    "Missing newline after block definition",
                    "A block definition must end with a newline.",
                )
            }
            _ => {
                self.bad_character(next)?;
                self.broken(
                    "Argument or block definition required",
                    "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.",
                    ident.span,
                )
            }
        }
    }

    fn no_item(&mut self, token: Token) -> Parsed<()> {
        self.bad_character(token)?;
        let span = self.span(token);
        match token.kind {
            TokenKind::OpenQuote => {
                self.broken("Invalid argument name", "Argument names must not be quoted.", span)
            }
            _ => self.broken(
                "Argument or block definition required",
                "An argument or block definition is required here.",
                span,
            ),
        }
    }

    fn add_attribute(&mut self, items: &mut Items, attribute: Attribute) {
        let name = &attribute.name;
        if let Some(&before) = items.names.get(&name.name) {
            let place = self.place(before);
            let (text, span) = (name.name.clone(), name.span);
            return self.error(
                "Attribute redefined",
                format!(
                    "The argument \"{text}\" was already set at {place}. Each argument may be set only once."
                ),
                span,
            );
        }
        items.names.insert(name.name.clone(), name.span);
        items.attributes.push(attribute);
    }

    /// The value of an argument, behind its `=`.
    fn attribute(&mut self, name: Ident) -> Parsed<Attribute> {
        let expr = self.with_newlines(true, Self::expression)?;
        let span = name.span.to(expr.span);
        Ok(Attribute { name, expr, span })
    }

    /// The end of the line behind an item.
    fn item_end(&mut self, summary: &str, detail: &str) -> Parsed<()> {
        let end = self.peek();
        match end.kind {
            TokenKind::Newline => {
                self.read();
                Ok(())
            }
            TokenKind::Eof => Ok(()),
            TokenKind::Comma if summary.ends_with("argument") => {
                let span = self.span(end);
                self.broken(
                    "Unexpected comma after argument",
                    "Argument definitions must be separated by newlines, not commas. An argument definition must end with a newline.",
                    span,
                )
            }
            _ => {
                self.bad_character(end)?;
                let span = self.span(end);
                self.broken(summary, detail, span)
            }
        }
    }

    fn block(&mut self, kind: Ident) -> Parsed<Block> {
        let labels = self.labels()?;
        let open = self.read();
        let header_end = labels.last().map_or(kind.span, |l: &Label| l.span);
        let header = kind.span.to(header_end);
        let missing = self.span(open);
        let body = match self.peek().kind {
            TokenKind::Newline => self.nested(|p| Ok(p.block_items(header, open)))?,
            _ => self.one_line_body(open)?,
        };
        let end = self.previous_end();
        let body_end = if self.unclosed || self.resync { end } else { end.saturating_sub(1) };
        let body = NativeBody {
            attributes: body.attributes,
            blocks: body.blocks,
            span: self.range(open.end, body_end.max(open.end)),
            missing,
        };
        let span = self.range(kind.span.start, end);
        Ok(Block { kind, labels, body: Body::Native(body), header, span })
    }

    /// Labels up to the opening brace.
    fn labels(&mut self) -> Parsed<Vec<Label>> {
        let mut labels = Vec::new();
        loop {
            let token = self.peek();
            let span = self.span(token);
            match token.kind {
                TokenKind::OpenBrace => return Ok(labels),
                TokenKind::Ident => {
                    self.read();
                    labels.push(Label { text: self.text(token).into(), span });
                }
                TokenKind::OpenQuote => labels.push(self.quoted_label()?),
                TokenKind::Assign => {
                    return self.broken(
                        "Invalid block definition",
                        "The equals sign \"=\" indicates an argument definition, and must not be used when defining a block.",
                        span,
                    );
                }
                TokenKind::Newline | TokenKind::Eof => {
                    return self.broken(
                        "Invalid block definition",
                        "A block definition must have block content delimited by \"{\" and \"}\", starting on the same line as the block header.",
                        span,
                    );
                }
                _ => {
                    self.bad_character(token)?;
                    return self.broken(
                        "Invalid block definition",
                        "Either a quoted string block label or an opening brace (\"{\") is expected here.",
                        span,
                    );
                }
            }
        }
    }

    /// The items of a block up to its closing brace.
    fn block_items(&mut self, header: Span, open: Token) -> Items {
        let mut items = Items::default();
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::Newline | TokenKind::CloseBrace => {
                    self.read();
                    if token.kind == TokenKind::CloseBrace {
                        return items;
                    }
                }
                TokenKind::Eof => {
                    // The innermost block is where the brace is missing, as far as one can tell.
                    if !self.unclosed {
                        let span = self.span(open);
                        let diagnostic = terrane_diagnostics::Diagnostic::error(
                            "Unclosed configuration block",
                            "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
                        );
                        self.diagnostics.push(diagnostic.at(span).within(header.to(span)));
                    }
                    self.unclosed = true;
                    return items;
                }
                _ => self.item(&mut items),
            }
            if self.resync || self.unclosed {
                return items;
            }
        }
    }

    /// `{}` or `{ name = value }`.
    fn one_line_body(&mut self, open: Token) -> Parsed<Items> {
        let mut items = Items::default();
        let first = self.peek();
        match first.kind {
            TokenKind::CloseBrace => {}
            TokenKind::Ident => {
                self.read();
                let ident = Ident { name: self.text(first).into(), span: self.span(first) };
                let next = self.peek();
                match next.kind {
                    TokenKind::Assign => {
                        self.read();
                        let attribute = self.attribute(ident)?;
                        self.add_attribute(&mut items, attribute);
                    }
                    TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                        let span = ident.span.to(self.span(next));
                        let name = ident.name;
                        return self.broken(
                            "Argument definition required",
                            format!(
                                "A single-line block definition can contain only a single argument. If you meant to define argument \"{name}\", use an equals sign to assign it a value. To define a nested block, place it on a line of its own within its parent block."
                            ),
                            span,
                        );
                    }
                    _ => {
                        self.bad_character(next)?;
                        return self.broken(
                            "Argument or block definition required",
                            "An argument or block definition is required here. To set an argument, use the equals sign \"=\" to introduce the argument value.",
                            ident.span,
                        );
                    }
                }
            }
            TokenKind::Eof => {
                let span = self.span(open);
                self.unclosed = true;
                return self.broken(
                    "Unclosed configuration block",
                    "There is no closing brace for this block before the end of the file. This may be caused by incorrect brace nesting elsewhere in this file.",
                    span,
                );
            }
            _ => {
                self.bad_character(first)?;
                let span = self.span(first);
                return self.broken(
                    "Argument or block definition required",
                    "An argument or block definition is required here.",
                    span,
                );
            }
        }
        let close = self.peek();
        if self.accept(TokenKind::CloseBrace).is_some() {
            return Ok(items);
        }
        self.bad_character(close)?;
        let span = self.span(close);
        let detail = match close.kind {
            TokenKind::Comma => {
                "Single-line block syntax can include only one argument definition. To define multiple arguments, use the multi-line block syntax with one argument definition per line."
            }
            _ => {
                "A single-line block definition must end with a closing brace immediately after its single argument definition."
            }
        };
        self.broken("Invalid single-argument block definition", detail, span)
    }
}

/// Takes away what starts at `offset` or behind it.
fn cut(body: &mut NativeBody, offset: u32) {
    body.attributes.retain(|a| a.span.start < offset);
    body.blocks.retain(|b| b.span.start < offset);
    body.span.end = body.span.end.min(offset);
    if let Some(Block { body: Body::Native(inner), span, .. }) = body.blocks.last_mut() {
        span.end = span.end.min(offset);
        cut(inner, offset);
    }
}
