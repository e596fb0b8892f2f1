//! Text to tokens. Strings, heredocs and templates nest, so the lexer keeps a stack of modes as
//! the reference scanner does; it never fails: what it does not know becomes a token for the
//! parser to complain about.

use crate::token::{Token, TokenKind};

/// What the lexer is inside of.
enum Mode {
    /// Configuration or an expression; when `template` is set, one inside of `${` or `%{`, which
    /// the `}` that finds no open brace ends.
    Normal { braces: u32, template: bool },
    /// A quoted string.
    Quoted,
    /// A heredoc that ends at a line of `marker`.
    Heredoc { marker: (usize, usize), line_start: bool },
    /// A template that is the whole text.
    Template,
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    tokens: Vec<Token>,
    modes: Vec<Mode>,
    /// Whether the closing marker of a heredoc may end the text. In a file it has to have a line
    /// end.
    marker_at_end: bool,
}

/// The tokens of a configuration file; the last is always [`TokenKind::Eof`].
pub(crate) fn lex(source: &str) -> Vec<Token> {
    run(source, Mode::Normal { braces: 0, template: false }, false)
}

/// The tokens of a text that is one expression.
pub(crate) fn lex_expression(source: &str) -> Vec<Token> {
    run(source, Mode::Normal { braces: 0, template: false }, true)
}

/// The tokens of a text that is a template as a whole.
pub(crate) fn lex_template(source: &str) -> Vec<Token> {
    run(source, Mode::Template, true)
}

fn run(source: &str, mode: Mode, marker_at_end: bool) -> Vec<Token> {
    let bom = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lexer = Lexer {
        source,
        at: bom,
        tokens: Vec::with_capacity(source.len() / 4 + 1),
        modes: vec![mode],
        marker_at_end,
    };
    while lexer.at < source.len() {
        match lexer.modes.last() {
            Some(Mode::Quoted) => lexer.quoted(),
            Some(Mode::Heredoc { .. } | Mode::Template) => lexer.template(),
            _ => lexer.normal(),
        }
    }
    lexer.finish();
    lexer.tokens
}

pub(crate) fn is_ident_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

pub(crate) fn is_ident_continue(c: char) -> bool {
    c == '-' || unicode_ident::is_xid_continue(c)
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn emit(&mut self, kind: TokenKind, len: usize) {
        let start = self.at as u32;
        self.at += len;
        self.tokens.push(Token { kind, start, end: self.at as u32 });
    }

    fn finish(&mut self) {
        if let Some(Mode::Quoted) = self.modes.last() {
            self.emit(TokenKind::QuotedLineEnd, 0);
        }
        self.emit(TokenKind::Eof, 0);
    }

    fn normal(&mut self) {
        let bytes = self.source.as_bytes();
        let at = |i: usize| bytes.get(self.at + i).copied().unwrap_or(0);
        let (first, second, third) = (at(0), at(1), at(2));
        let (kind, len) = match (first, second, third) {
            (b' ' | b'\t', ..) => {
                self.at += 1;
                return;
            }
            (b'\n', ..) => (TokenKind::Newline, 1),
            (b'\r', b'\n', _) => (TokenKind::Newline, 2),
            (b'#', ..) | (b'/', b'/', _) => (TokenKind::LineComment, self.line_length()),
            (b'/', b'*', _) => match self.rest()[2..].find("*/") {
                Some(i) => (TokenKind::BlockComment, i + 4),
                None => (TokenKind::UnclosedComment, self.rest().len()),
            },
            (b'0'..=b'9', ..) => (TokenKind::Number, number_length(self.rest())),
            (b'"', ..) => {
                self.modes.push(Mode::Quoted);
                (TokenKind::OpenQuote, 1)
            }
            (b'<', b'<', _) if self.heredoc() => return,
            (b'{', ..) => {
                if let Some(Mode::Normal { braces, .. }) = self.modes.last_mut() {
                    *braces += 1;
                }
                (TokenKind::OpenBrace, 1)
            }
            (b'}', ..) => (self.close_brace(), 1),
            (b'~', b'}', _)
                if matches!(self.modes.last(), Some(Mode::Normal { braces: 0, template: true })) =>
            {
                self.modes.pop();
                (TokenKind::TemplateEnd, 2)
            }
            _ => match operator(first, second, third) {
                Some(found) => found,
                None => self.word(),
            },
        };
        self.emit(kind, len);
    }

    /// The kind of a `}`, which ends a template sequence when no brace is open in it.
    fn close_brace(&mut self) -> TokenKind {
        match self.modes.last_mut() {
            Some(Mode::Normal { braces: 0, template: true }) => {
                self.modes.pop();
                TokenKind::TemplateEnd
            }
            Some(Mode::Normal { braces, .. }) => {
                *braces = braces.saturating_sub(1);
                TokenKind::CloseBrace
            }
            _ => TokenKind::CloseBrace,
        }
    }

    fn word(&self) -> (TokenKind, usize) {
        let mut chars = self.rest().chars();
        match chars.next() {
            Some(c) if is_ident_start(c) => {
                let len =
                    self.rest().find(|c: char| !is_ident_continue(c)).unwrap_or_else(|| self.rest().len());
                (TokenKind::Ident, len)
            }
            Some(c) => (TokenKind::Invalid, c.len_utf8()),
            None => (TokenKind::Invalid, 0),
        }
    }

    fn line_length(&self) -> usize {
        let rest = self.rest();
        let len = rest.find('\n').unwrap_or(rest.len());
        if rest[..len].ends_with('\r') && len < rest.len() { len - 1 } else { len }
    }

    /// Starts a heredoc when one starts here: `<<`, perhaps `-`, a name, and the line end.
    fn heredoc(&mut self) -> bool {
        let rest = self.rest();
        let name_start = if rest[2..].starts_with('-') { 3 } else { 2 };
        let name = &rest[name_start..];
        if !name.starts_with(is_ident_start) {
            return false;
        }
        let name_len = name.find(|c: char| !is_ident_continue(c)).unwrap_or(name.len());
        let after = &name[name_len..];
        let line_end = if after.starts_with("\r\n") {
            2
        } else if after.starts_with('\n') {
            1
        } else {
            return false;
        };
        let marker = (self.at + name_start, self.at + name_start + name_len);
        self.emit(TokenKind::OpenHeredoc, name_start + name_len + line_end);
        self.modes.push(Mode::Heredoc { marker, line_start: true });
        true
    }

    /// One token inside of a quoted string.
    fn quoted(&mut self) {
        if self.sequence() {
            return;
        }
        let rest = self.rest();
        let bytes = rest.as_bytes();
        match bytes[0] {
            b'"' => {
                self.modes.pop();
                return self.emit(TokenKind::CloseQuote, 1);
            }
            b'\n' => {
                self.modes.pop();
                return self.emit(TokenKind::QuotedLineEnd, 0);
            }
            b'\r' if bytes.get(1) == Some(&b'\n') => {
                self.modes.pop();
                return self.emit(TokenKind::QuotedLineEnd, 0);
            }
            _ => {}
        }
        let mut i = 0;
        while i < bytes.len() {
            match bytes[i] {
                b'"' | b'\n' => break,
                b'\r' if bytes.get(i + 1) == Some(&b'\n') => break,
                // An escape takes its next character along, unless that is the end of the line.
                b'\\' => i += 1 + usize::from(!matches!(bytes.get(i + 1), None | Some(b'\n' | b'\r'))),
                b'$' | b'%' => match sequence_at(&bytes[i..]) {
                    Sequence::Escaped => i += 3,
                    Sequence::Starts => break,
                    Sequence::None => i += 1,
                },
                _ => i += 1,
            }
        }
        // A backslash before a character of several bytes can leave `i` inside of it.
        while !rest.is_char_boundary(i) {
            i += 1;
        }
        self.emit(TokenKind::QuotedText, i);
    }

    /// One token inside of a heredoc or a bare template.
    fn template(&mut self) {
        if let Some(len) = self.heredoc_end() {
            self.modes.pop();
            return self.emit(TokenKind::CloseHeredoc, len);
        }
        if self.sequence() {
            return;
        }
        let bytes = self.rest().as_bytes();
        let mut i = 0;
        let mut ends_line = false;
        while i < bytes.len() {
            match bytes[i] {
                b'\n' => {
                    ends_line = true;
                    i += 1;
                    break;
                }
                b'$' | b'%' => match sequence_at(&bytes[i..]) {
                    Sequence::Escaped => i += 3,
                    Sequence::Starts => break,
                    Sequence::None => i += 1,
                },
                _ => i += 1,
            }
        }
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
            *line_start = ends_line;
        }
        self.emit(TokenKind::TemplateText, i);
    }

    /// The length of the closing marker with the space before it, when this line is one.
    fn heredoc_end(&self) -> Option<usize> {
        let Some(&Mode::Heredoc { marker: (start, end), line_start: true }) = self.modes.last() else {
            return None;
        };
        let rest = self.rest();
        let line = rest.split('\n').next()?;
        if line.len() == rest.len() && !self.marker_at_end {
            return None;
        }
        (line.trim() == &self.source[start..end]).then(|| line.trim_end_matches('\r').len())
    }

    /// Starts an interpolation or directive when one starts here.
    fn sequence(&mut self) -> bool {
        let bytes = self.rest().as_bytes();
        if !matches!(sequence_at(bytes), Sequence::Starts) {
            return false;
        }
        let kind = if bytes[0] == b'$' { TokenKind::Interpolation } else { TokenKind::Directive };
        let len = if bytes.get(2) == Some(&b'~') { 3 } else { 2 };
        if let Some(Mode::Heredoc { line_start, .. }) = self.modes.last_mut() {
            *line_start = false;
        }
        self.modes.push(Mode::Normal { braces: 0, template: true });
        self.emit(kind, len);
        true
    }
}

enum Sequence {
    /// `$${` or `%%{`.
    Escaped,
    /// `${` or `%{`.
    Starts,
    None,
}

fn sequence_at(bytes: &[u8]) -> Sequence {
    match bytes {
        [b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..] => Sequence::Escaped,
        [b'$' | b'%', b'{', ..] => Sequence::Starts,
        _ => Sequence::None,
    }
}

fn operator(first: u8, second: u8, third: u8) -> Option<(TokenKind, usize)> {
    use TokenKind::*;
    Some(match (first, second, third) {
        (b'.', b'.', b'.') => (Ellipsis, 3),
        (b'=', b'=', _) => (Equal, 2),
        (b'!', b'=', _) => (NotEqual, 2),
        (b'<', b'=', _) => (LessOrEqual, 2),
        (b'>', b'=', _) => (GreaterOrEqual, 2),
        (b'&', b'&', _) => (And, 2),
        (b'|', b'|', _) => (Or, 2),
        (b'=', b'>', _) => (FatArrow, 2),
        (b':', b':', _) => (DoubleColon, 2),
        (b'[', ..) => (OpenBracket, 1),
        (b']', ..) => (CloseBracket, 1),
        (b'(', ..) => (OpenParen, 1),
        (b')', ..) => (CloseParen, 1),
        (b'*', ..) => (Star, 1),
        (b'/', ..) => (Slash, 1),
        (b'+', ..) => (Plus, 1),
        (b'-', ..) => (Minus, 1),
        (b'%', ..) => (Percent, 1),
        (b'=', ..) => (Assign, 1),
        (b'<', ..) => (Less, 1),
        (b'>', ..) => (Greater, 1),
        (b'!', ..) => (Bang, 1),
        (b'.', ..) => (Dot, 1),
        (b',', ..) => (Comma, 1),
        (b'?', ..) => (Question, 1),
        (b':', ..) => (Colon, 1),
        (b'&' | b'|' | b'^' | b'~', ..) => (Bitwise, 1),
        (b'\'', ..) => (Apostrophe, 1),
        (b'`', ..) => (Backtick, 1),
        (b';', ..) => (Semicolon, 1),
        _ => return None,
    })
}

/// The length of the number that `text`, which begins with a digit, begins with.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut len = digits(0);
    if bytes.get(len) == Some(&b'.') {
        let fraction = digits(len + 1);
        if fraction > 0 {
            len += 1 + fraction;
        }
    }
    if matches!(bytes.get(len), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(len + 1), Some(b'+' | b'-')));
        let start = len + 1 + sign;
        if start < bytes.len() {
            let exponent = digits(start);
            if exponent > 0 {
                len = start + exponent;
            }
        }
    }
    len
}
