//! Text in quotes: escapes, and strings that may not have interpolations.

use super::{Parsed, Parser};
use crate::Label;
use crate::token::{Token, TokenKind};

impl Parser<'_> {
    /// Text of a token of a heredoc or bare template, which knows the escapes `$${` and `%%{`
    /// only.
    pub(super) fn template_text(&self, token: Token) -> String {
        let text = self.text(token);
        if !text.contains("{") {
            return text.to_owned();
        }
        text.replace("$${", "${").replace("%%{", "%{")
    }

    /// Text of a token of a quoted string, with all escapes.
    pub(super) fn quoted_text(&mut self, token: Token) -> Parsed<String> {
        let text = self.text(token);
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(i) = rest.find(['\\', '$', '%']) {
            result.push_str(&rest[..i]);
            rest = &rest[i..];
            if rest.starts_with("$${") || rest.starts_with("%%{") {
                result.push_str(&rest[1..3]);
                rest = &rest[3..];
            } else if rest.starts_with('\\') {
                let (c, len) = self.escape(token, rest)?;
                result.push(c);
                rest = &rest[len..];
            } else {
                result.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
        result.push_str(rest);
        Ok(result)
    }

    /// The character for the escape that `rest`, the end of the token's text, begins with, and
    /// the length of the escape.
    fn escape(&mut self, token: Token, rest: &str) -> Parsed<(char, usize)> {
        let start = token.end - rest.len() as u32;
        let Some(selector) = rest[1..].chars().next() else {
            let span = self.range(start, token.end);
            return self.broken(
                "Invalid escape sequence",
                "Backslash must be followed by an escape sequence selector character.",
                span,
            );
        };
        let simple = match selector {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' => '"',
            '\\' => '\\',
            'u' => return self.unicode_escape(start, rest, 4),
            'U' => return self.unicode_escape(start, rest, 8),
            _ => {
                let span = self.range(start, start + 1 + selector.len_utf8() as u32);
                return self.broken(
                    "Invalid escape sequence",
                    format!(
                        "The symbol \"{selector}\" is not a valid escape sequence selector. To write a backslash, double it: \"\\\\\"."
                    ),
                    span,
                );
            }
        };
        Ok((simple, 2))
    }

    fn unicode_escape(&mut self, start: u32, rest: &str, digits: usize) -> Parsed<(char, usize)> {
        let hex = rest.get(2..2 + digits).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(hex) = hex else {
            let shown: usize = rest[2..].bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
            let span = self.range(start, start + 2 + shown as u32);
            let (selector, count) = if digits == 4 { ("u", "four") } else { ("U", "eight") };
            return self.broken(
                "Invalid escape sequence",
                format!("The \\{selector} escape sequence must be followed by {count} hexadecimal digits."),
                span,
            );
        };
        // Half of a surrogate pair is a code point that no text can have, even where both halves
        // are there.
        let Some(c) = u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) else {
            let span = self.range(start, start + 2 + digits as u32);
            let hint = match digits {
                4 => " Characters beyond U+FFFF are written with \\U and eight digits.",
                _ => "",
            };
            return self.broken(
                "Invalid escape sequence",
                format!("There is no character U+{}.{hint}", hex.to_ascii_uppercase()),
                span,
            );
        };
        Ok((c, 2 + digits))
    }

    /// A block label in quotes.
    pub(super) fn quoted_label(&mut self) -> Parsed<Label> {
        let open = self.read();
        let mut text = String::new();
        loop {
            let token = self.read();
            match token.kind {
                TokenKind::CloseQuote => {
                    let span = self.range(open.start, token.end);
                    return Ok(Label { text: text.into(), span });
                }
                TokenKind::QuotedText => text.push_str(&self.quoted_text(token)?),
                TokenKind::Interpolation | TokenKind::Directive => {
                    let span = self.span(token);
                    let (what, sign) = match token.kind {
                        TokenKind::Directive => ("\"%\"", "\"%%\""),
                        _ => ("\"$\"", "\"$$\""),
                    };
                    return self.broken(
                        "Invalid string literal",
                        format!(
                            "Template sequences are not allowed in this string. To include a literal {what}, double it (as {sign}) to escape it."
                        ),
                        span,
                    );
                }
                _ => return self.unended_string(open, token),
            }
        }
    }

    /// Complains that the text ended within the string that `open` starts.
    pub(super) fn unterminated<T>(&mut self, open: Token, end: Token) -> Parsed<T> {
        let place = self.place(self.span(open));
        let span = self.range(end.end, end.end);
        self.broken(
            "Unterminated template string",
            format!("No closing marker was found for the string that starts at {place}."),
            span,
        )
    }

    /// Complains that the line, or the file, ended within a quoted string.
    pub(super) fn unended_string<T>(&mut self, open: Token, end: Token) -> Parsed<T> {
        if end.end as usize >= self.source.len() {
            return self.unterminated(open, end);
        }
        let line_end = if self.source[end.start as usize..].starts_with('\r') { 2 } else { 1 };
        let span = self.range(end.start, end.start + line_end);
        self.broken(
            "Invalid multi-line string",
            "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax.",
            span,
        )
    }
}
