//! Strings in JSON: their escapes, and the templates in them.

use crate::relocate::relocate;
use crate::{Expr, ExprKind, native};
use terrane_diagnostics::{Diagnostics, SourceMap, Span};
use terrane_value::Value;

/// What is wrong in a string, and where in it.
pub(super) struct Problem {
    pub(super) offset: u32,
    pub(super) length: u32,
    pub(super) detail: String,
}

/// The length of the string that `text` begins with, quotes included; none when it has no end
/// on its line.
pub(super) fn length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut i = 1;
    loop {
        match bytes.get(i)? {
            b'"' => return Some(i + 1),
            b'\n' => return None,
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
}

/// The text between the quotes with its escapes resolved.
pub(super) fn decode(raw: &str) -> Result<String, Problem> {
    let mut result = String::with_capacity(raw.len());
    for piece in pieces(raw) {
        let (offset, text, c) = piece;
        match c {
            None => result.push_str(text),
            Some(Ok(c)) => result.push(c),
            Some(Err(())) => {
                return Err(Problem {
                    offset: offset as u32,
                    length: text.len() as u32,
                    detail: format!("\"{text}\" is not a valid escape in a JSON string."),
                });
            }
        }
    }
    if let Some(offset) = raw.find(|c: char| c.is_ascii_control()) {
        let detail = "Control characters must be written as escapes in a JSON string.".to_owned();
        return Err(Problem { offset: offset as u32, length: 1, detail });
    }
    Ok(result)
}

/// A stretch of a raw string: its offset, its text, and the character it stands for when it is an
/// escape.
type Piece<'a> = (usize, &'a str, Option<Result<char, ()>>);

fn pieces(raw: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &raw[at..];
        if rest.is_empty() {
            return None;
        }
        let offset = at;
        let (len, c) = match rest.find('\\') {
            Some(0) => escape(rest),
            Some(i) => (i, None),
            None => (rest.len(), None),
        };
        at += len;
        Some((offset, &rest[..len], c))
    })
}

/// The length of the escape that `rest` begins with, and its character.
fn escape(rest: &str) -> (usize, Option<Result<char, ()>>) {
    let Some(selector) = rest[1..].chars().next() else { return (1, Some(Err(()))) };
    let c = match selector {
        '"' | '\\' | '/' => selector,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unicode_escape(rest),
        _ => return (1 + selector.len_utf8(), Some(Err(()))),
    };
    (2, Some(Ok(c)))
}

fn unicode_escape(rest: &str) -> (usize, Option<Result<char, ()>>) {
    let unit = |at: usize| {
        let hex = rest.get(at..at + 6)?.strip_prefix("\\u")?;
        if !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(hex, 16).ok()
    };
    let Some(high) = unit(0) else { return (2, Some(Err(()))) };
    if let (0xd800..=0xdbff, Some(low @ 0xdc00..=0xdfff)) = (high, unit(6)) {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (12, Some(Ok(char::from_u32(code).unwrap_or('\u{fffd}'))));
    }
    // Half of a pair stands for no character.
    (6, Some(Ok(char::from_u32(high).unwrap_or('\u{fffd}'))))
}

/// The string as a template. `raw` is what stands between the quotes of `span`, `text` is what
/// it decodes to.
pub(super) fn template(raw: &str, text: &str, span: Span, diagnostics: &mut Diagnostics) -> Expr {
    let plain = || Expr { kind: ExprKind::Literal(Value::string(text)), span };
    if !text.contains("${") && !text.contains("%{") {
        return plain();
    }
    let mut sources = SourceMap::default();
    let id = sources.add("", text);
    let Some(source) = sources.get(id) else { return plain() };
    let (expr, problems) = native::parse_template(source, id);
    let offsets = Offsets::new(raw);
    let place = |inner: Span| Span {
        file: span.file,
        start: span.start + 1 + offsets.raw(inner.start),
        end: span.start + 1 + offsets.raw(inner.end),
    };
    diagnostics.extend(problems.into_iter().map(|mut problem| {
        problem.subject = problem.subject.map(place);
        problem.context = problem.context.map(place);
        problem
    }));
    match expr {
        Some(mut expr) => {
            relocate(&mut expr, &place);
            expr.span = span;
            expr
        }
        None => plain(),
    }
}

/// Where in the raw text each stretch of the decoded text comes from.
struct Offsets {
    /// Decoded offset and raw offset of the start of each stretch; the last is the end.
    stretches: Vec<(u32, u32)>,
}

impl Offsets {
    fn new(raw: &str) -> Offsets {
        let mut decoded = 0;
        let mut stretches = Vec::new();
        for (offset, text, c) in pieces(raw) {
            stretches.push((decoded, offset as u32));
            decoded += match c {
                Some(Ok(c)) => c.len_utf8(),
                _ => text.len(),
            } as u32;
        }
        stretches.push((decoded, raw.len() as u32));
        Offsets { stretches }
    }

    /// The raw offset of a decoded offset.
    fn raw(&self, decoded: u32) -> u32 {
        let next = self.stretches.partition_point(|(d, _)| *d <= decoded);
        let Some(&(d, raw)) = next.checked_sub(1).and_then(|i| self.stretches.get(i)) else { return 0 };
        let end = self.stretches.get(next).map_or(raw, |(_, raw)| *raw);
        (raw + decoded - d).min(end)
    }
}
