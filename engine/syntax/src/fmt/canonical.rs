//! Old spellings that formatting replaces: `"${x}"` as a whole value, quoted type constraints
//! of variables, and block labels without quotes.

use super::Piece;
use crate::Body;
use crate::token::{Token, TokenKind};
use std::borrow::Cow;
use std::collections::HashMap;
use terrane_diagnostics::Span;

/// What to do with the tokens of one range.
enum Edit {
    /// The value of an argument.
    Value,
    /// The type constraint of a variable.
    Type,
    /// Block labels; in quotes they read like this.
    Labels(Vec<String>),
}

/// The tokens of `text` with the old spellings in `body` replaced.
pub(super) fn rewrite<'a>(text: &'a str, tokens: &[Token], body: &Body) -> Vec<Piece<'a>> {
    let mut edits = HashMap::new();
    let comments: Vec<u32> =
        tokens.iter().filter(|t| t.kind == TokenKind::BlockComment).map(|t| t.start).collect();
    collect(body, &[], &comments, &mut edits);
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut i = 0;
    while let Some(token) = tokens.get(i) {
        let edit = edits.get(&token.start).filter(|_| token.kind != TokenKind::Newline);
        let Some((end, edit)) = edit else {
            pieces.push(piece(text, *token));
            i += 1;
            continue;
        };
        let len = tokens[i..].iter().take_while(|t| t.start < *end).count().max(1);
        let range = &tokens[i..i + len];
        match edit {
            Edit::Value => pieces.extend(value(text, range)),
            Edit::Type => pieces.extend(type_constraint(text, range)),
            Edit::Labels(labels) => {
                for label in labels {
                    pieces.push(made(TokenKind::OpenQuote, "\""));
                    pieces.push(made(TokenKind::QuotedText, label.clone()));
                    pieces.push(made(TokenKind::CloseQuote, "\""));
                }
            }
        }
        i += len;
    }
    pieces
}

/// Notes the edits by where they start, with where they end. `within` are the types of the
/// enclosing blocks; comments between a block's type and its labels go with the labels.
fn collect<'a>(body: &'a Body, within: &[&'a str], comments: &[u32], edits: &mut HashMap<u32, (u32, Edit)>) {
    let Body::Native(body) = body else { return };
    for attribute in &body.attributes {
        let Span { start, end, .. } = attribute.expr.span;
        let is_type = within == ["variable"] && &*attribute.name.name == "type";
        edits.insert(start, (end, if is_type { Edit::Type } else { Edit::Value }));
    }
    for inner in &body.blocks {
        if let (Some(first), Some(last)) = (inner.labels.first(), inner.labels.last()) {
            let labels = inner.labels.iter().map(|l| escaped(&l.text)).collect();
            let comment = comments.iter().find(|c| (inner.kind.span.end..first.span.start).contains(c));
            let start = comment.copied().unwrap_or(first.span.start);
            edits.insert(start, (last.span.end, Edit::Labels(labels)));
        }
        let within: Vec<&str> = within.iter().copied().chain([&*inner.kind.name]).collect();
        collect(&inner.body, &within, comments, edits);
    }
}

fn piece<'a>(text: &'a str, token: Token) -> Piece<'a> {
    Piece { kind: token.kind, text: Cow::Borrowed(token.text(text)), spaces: 0 }
}

fn made<'a>(kind: TokenKind, text: impl Into<Cow<'a, str>>) -> Piece<'a> {
    Piece { kind, text: text.into(), spaces: 0 }
}

/// A label as the inside of a quoted string.
fn escaped(label: &str) -> String {
    let mut result = String::with_capacity(label.len());
    for c in label.chars() {
        match c {
            '"' | '\\' => result.extend(['\\', c]),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            _ => result.push(c),
        }
    }
    result.replace("${", "$${").replace("%{", "%%{")
}

/// The tokens of a value; if they are one interpolation in quotes and nothing else, those inside
/// of it.
fn value<'a>(text: &'a str, tokens: &[Token]) -> Vec<Piece<'a>> {
    use TokenKind::*;
    let unchanged = || tokens.iter().map(|t| piece(text, *t)).collect();
    let kinds: Vec<TokenKind> = tokens.iter().map(|t| t.kind).collect();
    let [OpenQuote, Interpolation, .., TemplateEnd, CloseQuote] = kinds[..] else { return unchanged() };
    if tokens.len() < 5 {
        return unchanged();
    }
    let mut inside = &tokens[2..tokens.len() - 2];
    // Another interpolation on the same level means that this is text of several.
    let mut quotes = 0;
    for token in inside {
        match token.kind {
            OpenQuote => quotes += 1,
            CloseQuote => quotes -= 1,
            Interpolation | TemplateEnd if quotes == 0 => return unchanged(),
            _ => {}
        }
    }
    while let [Token { kind: Newline, .. }, rest @ ..] = inside {
        inside = rest;
    }
    while let [rest @ .., Token { kind: Newline, .. }] = inside {
        inside = rest;
    }
    // What would follow a comment at the end would become part of it.
    if inside.last().is_none_or(|t| t.kind == LineComment) {
        return unchanged();
    }
    // Strip markers say nothing about a value.
    let mut pieces: Vec<Piece<'a>> = inside.iter().map(|t| piece(text, *t)).collect();
    let ends = (inside.first().map(|t| t.kind), inside.last().map(|t| t.kind));
    let several_lines = inside.iter().any(|t| matches!(t.kind, Newline | LineComment));
    if several_lines && ends != (Some(OpenParen), Some(CloseParen)) {
        pieces.insert(0, made(OpenParen, "("));
        pieces.push(made(CloseParen, ")"));
    }
    pieces
}

/// The tokens of a type constraint in today's spelling.
fn type_constraint<'a>(text: &'a str, tokens: &[Token]) -> Vec<Piece<'a>> {
    let of = |name: &'static str, element: &'static str| {
        vec![
            made(TokenKind::Ident, name),
            made(TokenKind::OpenParen, "("),
            made(TokenKind::Ident, element),
            made(TokenKind::CloseParen, ")"),
        ]
    };
    let words: Vec<&str> = tokens.iter().map(|t| t.text(text)).collect();
    match words[..] {
        ["list"] => of("list", "any"),
        ["map"] => of("map", "any"),
        ["set"] => of("set", "any"),
        ["\"", "string", "\""] => vec![made(TokenKind::Ident, "string")],
        ["\"", "list", "\""] => of("list", "string"),
        ["\"", "map", "\""] => of("map", "string"),
        _ => tokens.iter().map(|t| piece(text, *t)).collect(),
    }
}
