//! JSON text to expressions with spans. It is our own reader because the common ones keep no
//! positions.

use super::string;
use crate::native::MAX_NESTING;
use crate::{Expr, ExprKind, ObjectItem, ObjectKey};
use terrane_diagnostics::{Diagnostic, Diagnostics, FileId, Span, nearest};
use terrane_value::{Number, Type, Value};

type Read<T> = Result<T, Box<Diagnostic>>;

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    at: usize,
    depth: u32,
    /// Whether what is read is the value of a `//` property, in which nothing matters.
    comment: bool,
    /// Problems in templates, which do not end the reading.
    diagnostics: &'a mut Diagnostics,
}

/// Reads the whole text as one JSON value.
pub(super) fn read(text: &str, file: FileId, diagnostics: &mut Diagnostics) -> Read<Expr> {
    let mut reader = Reader { text, file, at: 0, depth: 0, comment: false, diagnostics };
    let value = reader.value()?;
    reader.skip_space();
    if reader.at < text.len() {
        let span = reader.token_span();
        return fail("Extraneous data after value", "Extra characters appear after the JSON value.", span);
    }
    Ok(value)
}

fn fail<T>(summary: &str, detail: impl Into<String>, span: Span) -> Read<T> {
    Err(Box::new(Diagnostic::error(summary, detail).at(span)))
}

impl Reader<'_> {
    fn span(&self, start: usize) -> Span {
        Span { file: self.file, start: start as u32, end: self.at as u32 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space; it is not consumed.
    fn next(&mut self) -> Option<u8> {
        self.skip_space();
        self.byte()
    }

    fn skip_space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// The next word or character, for messages.
    fn token_span(&self) -> Span {
        let rest = &self.text[self.at..];
        let word = rest.find(|c: char| !c.is_alphanumeric() && !"_-+.".contains(c)).unwrap_or(rest.len());
        let len = if word > 0 { word } else { rest.chars().next().map_or(0, char::len_utf8) };
        Span { file: self.file, start: self.at as u32, end: (self.at + len) as u32 }
    }

    fn value(&mut self) -> Read<Expr> {
        let first = self.next();
        let start = self.at;
        match first {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string(),
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => self.number(),
            Some(c) if c.is_ascii_alphabetic() || c == b'_' => self.keyword(),
            Some(_) => {
                let span = self.token_span();
                fail(
                    "Missing JSON value",
                    "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.",
                    span,
                )
            }
            None => fail("Missing value", "The JSON data ends prematurely.", self.span(start)),
        }
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read<Expr>) -> Read<Expr> {
        if self.depth >= MAX_NESTING {
            let detail = format!("JSON values may be nested at most {MAX_NESTING} levels deep.");
            return fail("Too deeply nested", detail, self.token_span());
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn keyword(&mut self) -> Read<Expr> {
        let span = self.token_span();
        let word = &self.text[span.start as usize..span.end as usize];
        let value = match word {
            "true" => Value::from(true),
            "false" => Value::from(false),
            "null" => Value::null(Type::Dynamic),
            "undefined" => {
                return fail(
                    "Invalid JSON keyword",
                    "The JavaScript identifier \"undefined\" cannot be used in JSON.",
                    span,
                );
            }
            _ => {
                let hint = nearest(word, ["true", "false", "null"])
                    .map(|name| format!(" Did you mean \"{name}\"?"))
                    .unwrap_or_default();
                let detail = format!("\"{word}\" is not a valid JSON keyword.{hint}");
                return fail("Invalid JSON keyword", detail, span);
            }
        };
        self.at = span.end as usize;
        Ok(Expr { kind: ExprKind::Literal(value), span })
    }

    fn number(&mut self) -> Read<Expr> {
        let span = self.token_span();
        let text = &self.text[span.start as usize..span.end as usize];
        match text.parse::<Number>() {
            Ok(number) if is_json_number(text) => {
                self.at = span.end as usize;
                Ok(Expr { kind: ExprKind::Literal(Value::number(number)), span })
            }
            _ => fail("Invalid JSON number", "There is a syntax error in the given JSON number.", span),
        }
    }

    fn string(&mut self) -> Read<Expr> {
        let (start, rest) = (self.at, &self.text[self.at..]);
        let length = string::length(rest);
        self.at += length.unwrap_or_else(|| rest.find('\n').unwrap_or(rest.len()));
        let span = self.span(start);
        if length.is_none() {
            return fail("Unclosed JSON string", "The string has no closing quote on its line.", span);
        }
        let raw = &self.text[start + 1..self.at - 1];
        let decoded = string::decode(raw).map_err(|problem| {
            let at = span.start + 1 + problem.offset;
            let at = Span { start: at, end: at + problem.length, ..span };
            Box::new(Diagnostic::error("Invalid JSON string", problem.detail).at(at))
        })?;
        let mut problems = Diagnostics::new();
        let template = string::template(raw, &decoded, span, &mut problems);
        if !self.comment {
            self.diagnostics.append(problems);
        }
        let kind = ExprKind::JsonString { text: decoded.into(), template: Box::new(template) };
        Ok(Expr { kind, span })
    }

    fn array(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            match self.next() {
                Some(b']') if !comma => break,
                Some(b']') => {
                    let span = self.token_span();
                    return fail(
                        "Trailing comma in array",
                        "JSON does not permit a trailing comma after the final item in an array.",
                        span,
                    );
                }
                None => {
                    self.at = start + 1;
                    let detail = "No closing bracket was found for this JSON array.";
                    return fail("Unclosed array", detail, self.span(start));
                }
                _ => items.push(self.value()?),
            }
            comma = false;
            match self.next() {
                Some(b',') => {
                    self.at += 1;
                    comma = true;
                }
                Some(b']') => {}
                Some(b':') => {
                    let detail = "A colon is not used to introduce values in a JSON array.";
                    return fail("Invalid array value", detail, self.token_span());
                }
                Some(b'}') => {
                    let detail = "A JSON array must be closed with a bracket, not a brace.";
                    return fail("Mismatched brackets", detail, self.token_span());
                }
                None => {
                    self.at = start + 1;
                    let detail = "No closing bracket was found for this JSON array.";
                    return fail("Unclosed array", detail, self.span(start));
                }
                Some(_) => {
                    let detail = "A comma must appear between each item in an array.";
                    return fail("Missing item separator comma", detail, self.token_span());
                }
            }
        }
        self.at += 1;
        Ok(Expr { kind: ExprKind::Tuple(items), span: self.span(start) })
    }

    fn object(&mut self) -> Read<Expr> {
        let start = self.at;
        self.at += 1;
        let mut items = Vec::new();
        let mut comma = false;
        loop {
            match self.next() {
                Some(b'}') if !comma => break,
                Some(b'}') => {
                    let span = self.token_span();
                    return fail(
                        "Trailing comma in object",
                        "JSON does not permit a trailing comma after the final property in an object.",
                        span,
                    );
                }
                None => return self.unclosed_object(start),
                Some(b'"') => items.push(self.property()?),
                Some(_) => {
                    let detail = "A JSON object property name must be a string in double quotes.";
                    return fail("Invalid object property name", detail, self.token_span());
                }
            }
            comma = false;
            match self.next() {
                Some(b',') => {
                    self.at += 1;
                    comma = true;
                }
                Some(b'}') => {}
                Some(b']') => {
                    let detail = "A JSON object must be closed with a brace, not a bracket.";
                    return fail("Mismatched braces", detail, self.token_span());
                }
                None => return self.unclosed_object(start),
                Some(_) => {
                    let detail = "A comma must appear between each property definition in an object.";
                    return fail("Missing property separator comma", detail, self.token_span());
                }
            }
        }
        self.at += 1;
        Ok(Expr { kind: ExprKind::Object(items), span: self.span(start) })
    }

    fn unclosed_object<T>(&mut self, start: usize) -> Read<T> {
        self.at = start + 1;
        fail("Unclosed object", "No closing brace was found for this JSON object.", self.span(start))
    }

    fn property(&mut self) -> Read<ObjectItem> {
        let key = self.string()?;
        match self.next() {
            Some(b':') => self.at += 1,
            Some(b'=') => {
                let detail = "JSON uses a colon as its name/value delimiter, not an equals sign.";
                return fail("Missing property value colon", detail, self.token_span());
            }
            _ => {
                let detail = "A colon must appear between an object property's name and its value.";
                return fail("Missing property value colon", detail, self.token_span());
            }
        }
        let before = self.comment;
        self.comment |= matches!(&key.kind, ExprKind::JsonString { text, .. } if &**text == "//");
        let value = self.value()?;
        self.comment = before;
        Ok(ObjectItem { key: ObjectKey::Expr(key), value })
    }
}

/// Whether the text, which is a number to us, is one to JSON too: no plus sign, no leading
/// zeros, digits on both sides of the point.
fn is_json_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)))
}
