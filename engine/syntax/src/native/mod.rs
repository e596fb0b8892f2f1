//! Native syntax: text to tree.
//!
//! hcl-edit is the parser; [`edit`] lowers what it reads. It reads every ordinary file. What is
//! in this folder otherwise is a recursive descent parser of our own, the mend. It reads what
//! hcl-edit rejects and what hcl-edit is known to read otherwise than Terraform does, and this is
//! why it has to exist: a file that Terraform accepts must never be refused (repeated object
//! keys, chains of more than a hundred operators, nesting as deep as generated files have it),
//! one that Terraform refuses must be refused (a line end in a quoted string), and errors must
//! be told all in one run, each with the exact token, with the rest of the file still readable.
//!
//! So a text without errors and departures is parsed once, by hcl-edit, after a pass over its
//! tokens; any other is parsed by the mend, which has the last word.

mod body;
pub(crate) mod edit;
mod expr;
mod for_expr;
mod literal;
mod recover;
mod template;
mod term;
mod traversal;

use crate::lexer::{lex, lex_expression, lex_template};
use crate::readers::{Form, Tree};
use crate::token::{Token, TokenKind};
use crate::{Body, Expr, ExprKind};
use terrane_diagnostics::{Diagnostic, Diagnostics, FileId, SourceFile, Span};

/// How deep constructs may nest; deeper input is refused before it can exhaust the stack.
pub(crate) const MAX_NESTING: u32 = 200;

/// How high a tree may be, nesting and chains of operators and of attributes taken together.
/// Whatever walks a tree recursively relies on it.
pub(crate) const MAX_HEIGHT: u32 = 1000;

/// The construct at hand cannot be read; why is in the diagnostics already.
pub(crate) struct Broken;

type Parsed<T> = Result<T, Broken>;

/// The parser's state.
pub(crate) struct Parser<'a> {
    source: &'a str,
    /// The file, for positions in messages.
    source_file: &'a SourceFile,
    file: FileId,
    tokens: Vec<Token>,
    /// Index of the next token.
    at: usize,
    /// Whether line ends are tokens to the construct at hand.
    newlines: bool,
    /// Constructs that are open.
    depth: u32,
    /// Height of the expression that was read last.
    height: u32,
    diagnostics: Diagnostics,
    /// Set when recovery has found the start of another top-level block, so that all enclosing
    /// bodies end here.
    resync: bool,
    /// Set when the file ended within a block.
    unclosed: bool,
}

/// What hcl-edit reads in a text; nothing when the text is for the mend.
pub(crate) fn by_hcl_edit(source: &SourceFile, file: FileId, form: Form) -> Option<Tree> {
    match form {
        Form::File => edit::file(source, file, lex(&source.text)).ok().map(|b| Tree::Body(Body::Native(b))),
        Form::Expression => edit::expression(source, file, lex_expression(&source.text)).ok().map(Tree::Expr),
        Form::Template => edit::template(source, file, lex_template(&source.text)).ok().map(Tree::Expr),
    }
}

/// What the mend reads in a text.
pub(crate) fn by_mend(source: &SourceFile, file: FileId, form: Form) -> (Option<Tree>, Diagnostics) {
    match form {
        Form::File => {
            let (body, diagnostics) = Parser::new(source, file, lex(&source.text)).into_file();
            (Some(Tree::Body(body)), diagnostics)
        }
        Form::Expression => {
            let parser = Parser::new(source, file, lex_expression(&source.text));
            let (expr, diagnostics) = parser.into_expression();
            (expr.map(Tree::Expr), diagnostics)
        }
        Form::Template => {
            let (expr, diagnostics) = Parser::new(source, file, lex_template(&source.text)).into_template();
            (expr.map(Tree::Expr), diagnostics)
        }
    }
}

/// Parses a file.
pub(crate) fn parse_file(source: &SourceFile, file: FileId) -> (Body, Diagnostics) {
    match edit::file(source, file, lex(&source.text)) {
        Ok(body) => (Body::Native(body), Diagnostics::new()),
        Err(tokens) => Parser::new(source, file, tokens).into_file(),
    }
}

/// Parses a text that is one expression.
pub(crate) fn parse_expression(source: &SourceFile, file: FileId) -> (Option<Expr>, Diagnostics) {
    match edit::expression(source, file, lex_expression(&source.text)) {
        Ok(expr) => (Some(expr), Diagnostics::new()),
        Err(tokens) => Parser::new(source, file, tokens).into_expression(),
    }
}

/// Parses a text that is one template.
pub(crate) fn parse_template(source: &SourceFile, file: FileId) -> (Option<Expr>, Diagnostics) {
    match edit::template(source, file, lex_template(&source.text)) {
        Ok(expr) => (Some(expr), Diagnostics::new()),
        Err(tokens) => Parser::new(source, file, tokens).into_template(),
    }
}

impl<'a> Parser<'a> {
    fn new(source_file: &'a SourceFile, file: FileId, tokens: Vec<Token>) -> Parser<'a> {
        Parser {
            source: &source_file.text,
            source_file,
            file,
            tokens,
            at: 0,
            newlines: true,
            depth: 0,
            height: 0,
            diagnostics: Diagnostics::new(),
            resync: false,
            unclosed: false,
        }
    }

    fn into_file(mut self) -> (Body, Diagnostics) {
        let body = self.whole_file();
        (Body::Native(body), self.diagnostics)
    }

    fn into_expression(mut self) -> (Option<Expr>, Diagnostics) {
        let expr = self.whole_expression().ok();
        (expr, self.diagnostics)
    }

    fn into_template(mut self) -> (Option<Expr>, Diagnostics) {
        let expr = self.bare_template().ok();
        (expr, self.diagnostics)
    }

    /// Index of the next token that is not skipped here.
    fn next_index(&self) -> usize {
        let mut at = self.at;
        while let Some(token) = self.tokens.get(at) {
            match token.kind {
                TokenKind::LineComment | TokenKind::BlockComment => {}
                TokenKind::Newline if !self.newlines => {}
                _ => break,
            }
            at += 1;
        }
        at
    }

    fn token(&self, index: usize) -> Token {
        let end = self.source.len() as u32;
        self.tokens.get(index).copied().unwrap_or(Token { kind: TokenKind::Eof, start: end, end })
    }

    fn peek(&self) -> Token {
        self.token(self.next_index())
    }

    fn read(&mut self) -> Token {
        let index = self.next_index();
        let token = self.token(index);
        // The last token, the end of the file, is never left behind.
        self.at = (index + 1).min(self.tokens.len().saturating_sub(1));
        token
    }

    /// Reads the next token if it is of this kind.
    fn accept(&mut self, kind: TokenKind) -> Option<Token> {
        (self.peek().kind == kind).then(|| self.read())
    }

    fn text(&self, token: Token) -> &'a str {
        token.text(self.source)
    }

    /// Where the token is; the line end behind a comment takes the comment along.
    fn span(&self, token: Token) -> Span {
        let mut start = token.start;
        if token.kind == TokenKind::Newline {
            let index = self.tokens.partition_point(|t| t.start < token.start);
            let before = index.checked_sub(1).map(|i| self.token(i));
            start = before.filter(|b| b.kind == TokenKind::LineComment).map_or(start, |b| b.start);
        }
        self.range(start, token.end)
    }

    fn range(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end }
    }

    /// Offset after the last token that was read.
    fn previous_end(&self) -> u32 {
        match self.at.checked_sub(1) {
            Some(index) => self.token(index).end,
            None => 0,
        }
    }

    /// Whether the next token is this word.
    fn peek_word(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Ident && self.text(token) == word
    }

    fn error(&mut self, summary: &str, detail: impl Into<String>, span: Span) {
        self.diagnostics.push(Diagnostic::error(summary, detail).at(span));
    }

    fn broken<T>(&mut self, summary: &str, detail: impl Into<String>, span: Span) -> Parsed<T> {
        self.error(summary, detail, span);
        Err(Broken)
    }

    /// Runs `read` with line ends as tokens or not.
    fn with_newlines<T>(&mut self, newlines: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.newlines, newlines);
        let result = read(self);
        self.newlines = before;
        result
    }

    /// Runs `read` one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_NESTING {
            let span = self.span(self.peek());
            return self.broken(
                "Too deeply nested",
                format!("Blocks, expressions and templates may be nested at most {MAX_NESTING} levels deep."),
                span,
            );
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Makes a node over children whose greatest height is `below`.
    fn node(&mut self, kind: ExprKind, span: Span, below: u32) -> Parsed<Expr> {
        if below >= MAX_HEIGHT {
            return self.broken(
                "Expression too complex",
                format!(
                    "This expression combines more than {MAX_HEIGHT} operators or accesses in one chain. Split it into several local values."
                ),
                span,
            );
        }
        self.height = below + 1;
        Ok(Expr { kind, span })
    }

    /// What the next token looks like to a reader, for messages.
    fn found(&self, token: Token) -> String {
        match token.kind {
            TokenKind::Eof => "the end of the file".to_owned(),
            TokenKind::Newline | TokenKind::QuotedLineEnd => "the end of the line".to_owned(),
            _ => {
                let text = self.text(token);
                let shown: String = text.lines().next().unwrap_or("").chars().take(20).collect();
                format!("\"{shown}\"")
            }
        }
    }

    /// A range as messages name it: `main.tf:3,1-5`.
    fn place(&self, span: Span) -> String {
        let (start, end) = (self.source_file.position(span.start), self.source_file.position(span.end));
        let name = &self.source_file.name;
        if start.line == end.line {
            format!("{name}:{},{}-{}", start.line, start.column, end.column)
        } else {
            format!("{name}:{},{}-{},{}", start.line, start.column, end.line, end.column)
        }
    }
}
