//! The tokens of native syntax, shared by the parser and the formatter.

/// A token: its kind and the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The kinds of tokens. White space other than line ends is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    OpenParen,
    CloseParen,
    /// `"` that starts a string.
    OpenQuote,
    /// `"` that ends a string.
    CloseQuote,
    /// `<<EOT` or `<<-EOT` with its line end.
    OpenHeredoc,
    /// The closing marker with the white space before it, without its line end.
    CloseHeredoc,
    Star,
    Slash,
    Plus,
    Minus,
    Percent,
    Assign,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Bang,
    Dot,
    Comma,
    Ellipsis,
    FatArrow,
    Question,
    Colon,
    DoubleColon,
    /// `${` or `${~`.
    Interpolation,
    /// `%{` or `%{~`.
    Directive,
    /// `}` or `~}` that ends an interpolation or directive.
    TemplateEnd,
    /// Text in a quoted string, escapes as written.
    QuotedText,
    /// Text in a heredoc or bare template, up to and including one line end.
    TemplateText,
    /// Where a quoted string meets the end of its line; covers the line end or nothing.
    QuotedLineEnd,
    Number,
    Ident,
    /// `#` or `//` to the end of the line, without the line end.
    LineComment,
    /// `/* ... */`.
    BlockComment,
    /// `/*` without an end.
    UnclosedComment,
    Newline,
    Eof,
    /// `&`, `|`, `^` or `~`, which HCL has no use for.
    Bitwise,
    Apostrophe,
    Backtick,
    Semicolon,
    /// Any other character.
    Invalid,
}

impl Token {
    /// The text that the token covers.
    pub(crate) fn text(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}
