//! Reading native syntax with hcl-edit: its tree, lowered to ours.
//!
//! hcl-edit is the parser of native syntax. It reads every text that is valid and ordinary. What
//! stands beside this folder, the parser of [`super`], is the mend for what hcl-edit cannot do:
//!
//! - tell all errors of a text, each with the exact token, and still read the rest. hcl-edit
//!   stops at the first one, so a text that it rejects is read again by the mend, which either
//!   reports what is wrong or, where only hcl-edit objects (repeated object keys, more than 128
//!   operators in a chain, more than 64 levels), accepts it;
//! - texts that hcl-edit accepts and the language does not, or that it reads as something else.
//!   They are listed in [`departures`] and never reach it, or they show in its tree and the
//!   lowering gives up with [`Broken`].
//!
//! Both give the same nodes with the same spans; tests hold them against each other. Where
//! hcl-edit has no span for something, such as the opening brace of a block, the token at that
//! place tells; where it loses something, such as digits of numbers, the source text does.

mod body;
pub(crate) mod departures;
mod expr;
mod template;
mod traversal;

use super::{Broken, MAX_NESTING, Parsed, Parser};
use crate::readers::Form;
use crate::token::{Token, TokenKind};
use crate::{Expr, NativeBody};
use std::ops::Range;
use terrane_diagnostics::{FileId, SourceFile, Span};

/// The lowering's state. Of the parser it uses the tokens, the making of nodes with the limit on
/// their height, and the assembling of templates; errors that arise there are not told.
struct Lowering<'a> {
    parser: Parser<'a>,
    /// Offset of the text that hcl-edit was given in the whole text.
    base: usize,
}

/// A file as hcl-edit reads it, or its tokens when it is for the mend.
pub(super) fn file(source: &SourceFile, file: FileId, tokens: Vec<Token>) -> Result<NativeBody, Vec<Token>> {
    read(source, file, tokens, Form::File, Lowering::whole_file)
}

/// An expression as hcl-edit reads it.
pub(super) fn expression(source: &SourceFile, file: FileId, tokens: Vec<Token>) -> Result<Expr, Vec<Token>> {
    read(source, file, tokens, Form::Expression, |lowering, _| lowering.whole_expression())
}

/// A template as hcl-edit reads it.
pub(super) fn template(source: &SourceFile, file: FileId, tokens: Vec<Token>) -> Result<Expr, Vec<Token>> {
    read(source, file, tokens, Form::Template, |lowering, _| lowering.bare_template())
}

fn read<'a, Tree>(
    source: &'a SourceFile,
    file: FileId,
    tokens: Vec<Token>,
    form: Form,
    lower: impl FnOnce(&mut Lowering<'a>, &[u32]) -> Parsed<Tree>,
) -> Result<Tree, Vec<Token>> {
    let Some(cuts) = departures::scan(&source.text, &tokens, form) else { return Err(tokens) };
    let base = if source.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lowering = Lowering { parser: Parser::new(source, file, tokens), base };
    lower(&mut lowering, &cuts).map_err(|Broken| lowering.parser.tokens)
}

impl<'a> Lowering<'a> {
    /// Where a node of hcl-edit stands. One that was parsed has a span always.
    fn span(&self, node: &impl hcl_edit::Span) -> Parsed<Span> {
        let Range { start, end } = node.span().ok_or(Broken)?;
        Ok(self.parser.range((start + self.base) as u32, (end + self.base) as u32))
    }

    fn text(&self, span: Span) -> &'a str {
        self.parser.source.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Index of the token that starts at `offset`. hcl-edit reads keywords without regard to
    /// where the word ends (`if` in `ifx`), so that its next node may start within a token.
    fn index_at(&self, offset: u32) -> Parsed<usize> {
        self.parser.tokens.binary_search_by_key(&offset, |token| token.start).map_err(|_| Broken)
    }

    /// The first token at `offset` or behind it that is no comment.
    fn next_token(&self, offset: u32) -> Token {
        let mut index = self.parser.tokens.partition_point(|token| token.start < offset);
        while matches!(self.parser.token(index).kind, TokenKind::LineComment | TokenKind::BlockComment) {
            index += 1;
        }
        self.parser.token(index)
    }

    /// Runs `lower` one level deeper, as the parser counts levels.
    fn nested<T>(&mut self, lower: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.parser.depth >= MAX_NESTING {
            return Err(Broken);
        }
        self.parser.depth += 1;
        let result = lower(self);
        self.parser.depth -= 1;
        result
    }
}
