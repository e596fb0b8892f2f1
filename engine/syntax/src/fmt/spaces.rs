//! Where a space stands between two tokens of a line.

use super::Piece;
use crate::token::TokenKind::{self, *};

/// How many brackets the token opens, or closes when negative.
pub(super) fn bracket_change(kind: TokenKind) -> i32 {
    match kind {
        OpenBrace | OpenBracket | OpenParen | Interpolation | Directive => 1,
        CloseBrace | CloseBracket | CloseParen | TemplateEnd => -1,
        _ => 0,
    }
}

/// Whether a space stands between `left` and `right`; `before` is the token before `left` in the
/// same cell.
pub(super) fn space_between(before: Option<TokenKind>, left: &Piece<'_>, right: &Piece<'_>) -> bool {
    match (left.kind, right.kind) {
        (_, Newline | Eof) => false,
        (Ident, OpenParen) => false,
        // `a.0. 1` is valid, and `a.0.1` is not, to which Terraform makes it.
        (Dot, Number) if before == Some(Number) => true,
        (Dot | DoubleColon, _) | (_, Dot | DoubleColon) => false,
        (_, Comma | Ellipsis) => false,
        (Comma, _) => true,
        // Nothing may come between the parts of a string.
        (QuotedText | TemplateText | OpenQuote | OpenHeredoc, _) => false,
        (_, QuotedText | TemplateText | CloseQuote | CloseHeredoc) => false,
        // `in` of a `for` expression is no name that an index could follow.
        (Ident, _) if left.text == "in" && before == Some(Ident) => true,
        (Ident | Number, OpenBracket) => false,
        (left, OpenBracket) if bracket_change(left) < 0 => false,
        (Bang, _) => false,
        (Minus, _) => before.is_some_and(ends_operand),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        (Interpolation | Directive, OpenBrace) | (CloseBrace, TemplateEnd) => true,
        (TemplateEnd, Interpolation | Directive) => false,
        (left, right) => bracket_change(left) <= 0 && bracket_change(right) >= 0,
    }
}

/// Whether a minus after this token is a subtraction.
fn ends_operand(kind: TokenKind) -> bool {
    !matches!(
        kind,
        OpenParen
            | OpenBrace
            | OpenBracket
            | Assign
            | Colon
            | Comma
            | Question
            | Plus
            | Star
            | Slash
            | Percent
            | Minus
            | Equal
            | NotEqual
            | Greater
            | GreaterOrEqual
            | Less
            | LessOrEqual
            | And
            | Or
            | Bang
    )
}
