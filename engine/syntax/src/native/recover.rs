//! Where to go on after an error.

use super::Parser;
use crate::token::TokenKind;

impl Parser<'_> {
    /// Moves behind the broken item that starts at the token `start`: to the line end behind the
    /// error where all brackets of the item are closed again, or in front of the brace that
    /// closes the enclosing block. When a bracket was left open, the next line that looks like
    /// the header of a top-level block ends the search, and all enclosing blocks.
    pub(super) fn recover(&mut self, start: usize) {
        if self.unclosed {
            return;
        }
        let broken_at = self.at;
        let mut open: Vec<TokenKind> = Vec::new();
        let mut index = start;
        loop {
            let token = self.token(index);
            match token.kind {
                TokenKind::Eof => break,
                TokenKind::OpenBrace | TokenKind::OpenBracket | TokenKind::OpenParen => {
                    open.push(token.kind);
                }
                TokenKind::CloseBracket => pop(&mut open, TokenKind::OpenBracket),
                TokenKind::CloseParen => pop(&mut open, TokenKind::OpenParen),
                TokenKind::CloseBrace if open.contains(&TokenKind::OpenBrace) => {
                    // Brackets that were opened in between and not closed are what is wrong.
                    while open.pop().is_some_and(|kind| kind != TokenKind::OpenBrace) {}
                }
                TokenKind::CloseBrace if index >= broken_at => break,
                TokenKind::Newline if index >= broken_at && open.is_empty() => {
                    index += 1;
                    break;
                }
                TokenKind::Newline if index >= broken_at && self.is_block_start(index + 1) => {
                    index += 1;
                    self.resync = true;
                    break;
                }
                _ => {}
            }
            index += 1;
        }
        self.at = index.min(self.tokens.len().saturating_sub(1));
    }

    /// The first token behind `start` that looks like the header of a top-level block.
    pub(super) fn block_start_after(&self, start: usize) -> Option<usize> {
        (start + 1..self.tokens.len())
            .find(|&index| self.token(index - 1).kind == TokenKind::Newline && self.is_block_start(index))
    }

    /// Whether a line starts here that looks like the header of a top-level block: a name in the
    /// first column, then a label or an opening brace.
    fn is_block_start(&self, index: usize) -> bool {
        let (name, next) = (self.token(index), self.token(index + 1));
        let column_one =
            name.start == 0 || self.source.as_bytes().get(name.start as usize - 1) == Some(&b'\n');
        name.kind == TokenKind::Ident
            && column_one
            && matches!(next.kind, TokenKind::OpenQuote | TokenKind::OpenBrace)
    }
}

fn pop(open: &mut Vec<TokenKind>, kind: TokenKind) {
    if open.last() == Some(&kind) {
        open.pop();
    }
}
