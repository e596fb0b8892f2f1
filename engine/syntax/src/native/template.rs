//! Templates: quoted strings, heredocs and bare templates.
//!
//! They are read in two steps, because strip markers and the indentation of `<<-` work on the
//! flat sequence of literals and markers, before it is known what is nested in what.

use super::{Parsed, Parser};
use crate::token::{Token, TokenKind};
use crate::{Expr, ExprKind, Ident, TemplatePart};
use terrane_diagnostics::Span;
use terrane_value::Value;

/// An element of the flat sequence.
pub(super) struct Piece {
    kind: PieceKind,
    span: Span,
}

pub(super) enum PieceKind {
    Text(String),
    Interpolation(Expr),
    If(Expr),
    Else,
    EndIf,
    For(Option<Ident>, Ident, Expr),
    EndFor,
}

/// The flat sequence while it is read.
#[derive(Default)]
pub(super) struct PieceList {
    list: Vec<Piece>,
    /// Whether the sequence read last ends with a strip marker.
    trim_next: bool,
}

impl PieceList {
    /// Text: in a quoted string all of it up to the next sequence, elsewhere up to one line end.
    pub(super) fn text(&mut self, text: String, span: Span) {
        let text = if std::mem::take(&mut self.trim_next) { text.trim_start().to_owned() } else { text };
        self.list.push(Piece { kind: PieceKind::Text(text), span });
    }

    /// Called in front of what is in a sequence that begins with a strip marker.
    pub(super) fn trim_last(&mut self) {
        if let Some(Piece { kind: PieceKind::Text(text), .. }) = self.list.last_mut() {
            text.truncate(text.trim_end().len());
        }
    }

    /// An interpolation or marker of a directive, and whether it ends with a strip marker.
    pub(super) fn sequence(&mut self, kind: PieceKind, span: Span, trim_next: bool) {
        self.trim_next = trim_next;
        self.list.push(Piece { kind, span });
    }

    /// The whole sequence, which `end` ended and whose expressions are at most `height` high.
    pub(super) fn ended(self, height: u32, end: Token) -> Pieces {
        Pieces { list: self.list, height, end }
    }
}

/// The flat sequence and what was learned while it was read.
pub(super) struct Pieces {
    list: Vec<Piece>,
    /// The greatest height of the expressions in it.
    height: u32,
    /// The token that ended it.
    end: Token,
}

impl Pieces {
    /// Takes away what `<<-` takes away.
    pub(super) fn remove_indentation(&mut self) {
        remove_indentation(&mut self.list);
    }
}

impl Parser<'_> {
    pub(super) fn quoted_template(&mut self) -> Parsed<Expr> {
        let open = self.read();
        let pieces = self.nested(|p| p.pieces(open))?;
        let span = self.range(open.start, pieces.end.end);
        self.template(pieces, span)
    }

    pub(super) fn heredoc(&mut self) -> Parsed<Expr> {
        let open = self.read();
        let mut pieces = self.nested(|p| p.pieces(open))?;
        if self.text(open).starts_with("<<-") {
            pieces.remove_indentation();
        }
        let span = self.range(open.start, pieces.end.end);
        self.template(pieces, span)
    }

    pub(super) fn bare_template(&mut self) -> Parsed<Expr> {
        let pieces = self.pieces(Token { kind: TokenKind::Eof, start: 0, end: 0 })?;
        let span = self.range(0, self.source.len() as u32);
        self.template(pieces, span)
    }

    /// Reads until the token that ends what `open` starts.
    fn pieces(&mut self, open: Token) -> Parsed<Pieces> {
        let (mut list, mut height) = (PieceList::default(), 0);
        loop {
            let token = self.read();
            match token.kind {
                TokenKind::QuotedText => list.text(self.quoted_text(token)?, self.span(token)),
                TokenKind::TemplateText => list.text(self.template_text(token), self.span(token)),
                TokenKind::Interpolation | TokenKind::Directive => {
                    if self.text(token).ends_with('~') {
                        list.trim_last();
                    }
                    self.height = 0;
                    let (kind, end) = self.with_newlines(false, |p| p.sequence(token))?;
                    height = height.max(self.height);
                    let trim_next = self.text(end).starts_with('~');
                    list.sequence(kind, self.range(token.start, end.end), trim_next);
                }
                TokenKind::CloseQuote | TokenKind::CloseHeredoc => return Ok(list.ended(height, token)),
                TokenKind::Eof if open.kind == TokenKind::Eof => return Ok(list.ended(height, token)),
                TokenKind::QuotedLineEnd => return self.unended_string(open, token),
                _ => return self.unterminated(open, token),
            }
        }
    }

    /// What is between `${` or `%{` and its closing brace, which is returned too.
    fn sequence(&mut self, open: Token) -> Parsed<(PieceKind, Token)> {
        if open.kind == TokenKind::Interpolation {
            let expr = self.expression()?;
            let end = self.sequence_end(
                open,
                "Extra characters after interpolation expression",
                "Expected a closing brace to end the interpolation expression, but found extra characters.",
            )?;
            return Ok((PieceKind::Interpolation(expr), end));
        }
        let keyword = self.peek();
        let span = self.span(keyword);
        if self.accept(TokenKind::Ident).is_none() {
            return self.broken(
                "Invalid template directive",
                "A template directive keyword (\"if\", \"for\", etc) is expected at the beginning of a %{ sequence.",
                span,
            );
        }
        let name = self.text(keyword);
        let kind = match name {
            "if" => PieceKind::If(self.expression()?),
            "else" => PieceKind::Else,
            "endif" => PieceKind::EndIf,
            "for" => {
                let (key, value) = self.for_variables("directive")?;
                PieceKind::For(key, value, self.expression()?)
            }
            "endfor" => PieceKind::EndFor,
            _ => {
                return self.broken(
                    "Invalid template control keyword",
                    format!("\"{name}\" is not a valid template control keyword."),
                    span,
                );
            }
        };
        let summary = format!("Extra characters in {name} marker");
        let detail = "Expected a closing brace to end the sequence, but found extra characters.";
        let end = self.sequence_end(open, &summary, detail)?;
        Ok((kind, end))
    }

    fn sequence_end(&mut self, open: Token, summary: &str, detail: &str) -> Parsed<Token> {
        let end = self.peek();
        match end.kind {
            TokenKind::TemplateEnd => Ok(self.read()),
            TokenKind::Eof => {
                let span = self.span(open);
                self.broken(
                    "Unclosed template interpolation sequence",
                    "There is no closing brace for this interpolation sequence before the end of the file. This might be caused by incorrect nesting inside the given expression.",
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

    /// The expression for the flat sequence.
    pub(super) fn template(&mut self, pieces: Pieces, span: Span) -> Parsed<Expr> {
        let lone = pieces.list.len() == 1;
        let end = self.span(pieces.end);
        let mut assembly = Assembly { pieces: pieces.list.into_iter(), end, levels: 0 };
        let (mut parts, end) = self.parts(&mut assembly, 0)?;
        if let Some(Piece { kind, span }) = end {
            let name = match kind {
                PieceKind::Else => "else",
                PieceKind::EndIf => "endif",
                _ => "endfor",
            };
            let opener = if name == "endfor" { "for" } else { "if" };
            return self.broken(
                &format!("Unexpected {name} directive"),
                format!("There is no open \"{opener}\" directive that this could belong to."),
                span,
            );
        }
        match &parts[..] {
            [] => return self.literal(Value::string(""), span),
            [TemplatePart::Literal(text, _)] => {
                let value = Value::string(text);
                return self.literal(value, span);
            }
            // Text of which nothing was left beside the interpolation still makes a string of it.
            [TemplatePart::Interpolation(expr)] if !lone => {
                let empty = Span { start: expr.span.end, ..expr.span };
                parts.push(TemplatePart::Literal("".into(), empty));
            }
            _ => {}
        }
        let height = pieces.height + assembly.levels;
        self.node(ExprKind::Template(parts), span, height)
    }

    /// Parts up to the end, or to a marker that ends a directive and is returned.
    fn parts(&mut self, assembly: &mut Assembly, level: u32) -> Parsed<(Vec<TemplatePart>, Option<Piece>)> {
        assembly.levels = assembly.levels.max(level);
        let mut parts: Vec<TemplatePart> = Vec::new();
        while let Some(Piece { kind, span }) = assembly.pieces.next() {
            match kind {
                PieceKind::Text(text) => {
                    let (text, span) = assembly.following_text(text, span);
                    if !text.is_empty() {
                        parts.push(TemplatePart::Literal(text.into(), span));
                    }
                }
                PieceKind::Interpolation(expr) => parts.push(TemplatePart::Interpolation(expr)),
                PieceKind::If(condition) => {
                    let part = self.nested(|p| p.if_directive(assembly, level, condition, span))?;
                    parts.push(part);
                }
                PieceKind::For(key, value, collection) => {
                    let (body, end) = self.nested(|p| p.parts(assembly, level + 1))?;
                    let span = span.to(self.directive_end(assembly.end, end, "for", span)?);
                    parts.push(TemplatePart::For { key, value, collection, body, span });
                }
                PieceKind::Else | PieceKind::EndIf | PieceKind::EndFor => {
                    return Ok((parts, Some(Piece { kind, span })));
                }
            }
        }
        Ok((parts, None))
    }

    fn if_directive(
        &mut self,
        assembly: &mut Assembly,
        level: u32,
        condition: Expr,
        span: Span,
    ) -> Parsed<TemplatePart> {
        let (then, mut end) = self.parts(assembly, level + 1)?;
        let mut otherwise = Vec::new();
        if let Some(Piece { kind: PieceKind::Else, .. }) = end {
            (otherwise, end) = self.parts(assembly, level + 1)?;
        }
        let span = span.to(self.directive_end(assembly.end, end, "if", span)?);
        Ok(TemplatePart::If { condition, then, otherwise, span })
    }

    /// Checks that a directive ends with its own end marker, whose span is returned.
    fn directive_end(
        &mut self,
        template_end: Span,
        end: Option<Piece>,
        name: &str,
        opener: Span,
    ) -> Parsed<Span> {
        let is_if = name == "if";
        let found = match &end {
            Some(Piece { kind: PieceKind::EndIf, span }) if is_if => return Ok(*span),
            Some(Piece { kind: PieceKind::EndFor, span }) if !is_if => return Ok(*span),
            Some(Piece { kind: PieceKind::Else, span }) => ("else", *span),
            Some(Piece { kind: PieceKind::EndIf, span }) => ("endif", *span),
            Some(Piece { span, .. }) => ("endfor", *span),
            None => {
                let place = self.place(opener);
                return self.broken(
                    "Unexpected end of template",
                    format!(
                        "The {name} directive at {place} is missing its corresponding end{name} directive."
                    ),
                    template_end,
                );
            }
        };
        let place = self.place(opener);
        self.broken(
            &format!("Unexpected {} directive", found.0),
            format!("Expecting an end{name} directive for the {name} started at {place}."),
            found.1,
        )
    }
}

struct Assembly {
    pieces: std::vec::IntoIter<Piece>,
    /// Where the template ends.
    end: Span,
    /// How deep directives were nested.
    levels: u32,
}

impl Assembly {
    /// The text with all text that follows it: a heredoc has a piece for each line.
    fn following_text(&mut self, mut text: String, mut span: Span) -> (String, Span) {
        while let [Piece { kind: PieceKind::Text(more), span: end }, ..] = self.pieces.as_slice() {
            text.push_str(more);
            span = span.to(*end);
            self.pieces.next();
        }
        (text, span)
    }
}

/// Takes the white space away that all lines of a `<<-` heredoc begin with. Lines of nothing but
/// white space do not count and stay as they are; a line that begins with an interpolation has
/// none.
fn remove_indentation(pieces: &mut [Piece]) {
    let mut least = None::<usize>;
    let mut line_start = true;
    let mut starts = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let text = match &piece.kind {
            PieceKind::Text(text) => text.as_str(),
            _ => "",
        };
        if line_start {
            let indentation = text.chars().take_while(|c| c.is_whitespace()).count();
            let blank = text.ends_with('\n') && text.trim_start().is_empty();
            if !blank {
                least = Some(least.map_or(indentation, |l| l.min(indentation)));
                starts.push(i);
            }
        }
        line_start = text.ends_with('\n');
    }
    let least = least.unwrap_or(0);
    for i in starts {
        if let PieceKind::Text(text) = &mut pieces[i].kind {
            *text = text.chars().skip(least).collect();
        }
    }
}
