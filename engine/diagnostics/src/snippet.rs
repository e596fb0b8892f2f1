//! The part of a source file that a diagnostic shows.

use crate::{Diagnostic, SourceFile, SourceMap, Span};

/// Whole lines around the subject of a diagnostic, and where the subject is in them.
pub(crate) struct Snippet<'a> {
    pub(crate) file: &'a SourceFile,
    /// The subject; never empty, as an empty one covers the place behind it.
    pub(crate) subject: Span,
    /// The enclosing block as messages name it: `resource "aws_vpc" "main"`.
    pub(crate) context: Option<String>,
    /// The lines without the last line end.
    pub(crate) code: &'a str,
    /// Number of the first line, from 1.
    pub(crate) start_line: u32,
    /// Where the subject starts and ends in `code`, in bytes.
    pub(crate) highlight: (usize, usize),
}

impl<'a> Snippet<'a> {
    /// The snippet for a diagnostic, when its subject is in a known file.
    pub(crate) fn new(diagnostic: &Diagnostic, sources: &'a SourceMap) -> Option<Snippet<'a>> {
        let mut subject = diagnostic.subject?;
        let file = sources.get(subject.file)?;
        if subject.end <= subject.start {
            subject.end = subject.start + 1;
        }
        let around = match diagnostic.context {
            Some(c) if c.file == subject.file => (c.start.min(subject.start), c.end.max(subject.end)),
            _ => (subject.start, subject.end),
        };
        let text = &*file.text;
        let clamp = |offset: u32| floor(text, offset as usize);
        let start = text[..clamp(around.0)].rfind('\n').map_or(0, |i| i + 1);
        let end = clamp(around.1).max(start);
        let end = text[end..].find('\n').map_or(text.len(), |i| end + i);
        let code = text[start..end].trim_end_matches(['\n', '\r']);
        let within = |offset: u32| clamp(offset).saturating_sub(start).min(code.len());
        let highlight = (within(subject.start), within(subject.end));
        let context = sources.range_name(subject).or_else(|| enclosing_block(text, clamp(subject.start)));
        let start_line = file.position(start as u32).line;
        Some(Snippet { file, subject, context, code, start_line, highlight })
    }
}

/// The nearest character boundary at `offset` or before it.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The header of the top-level block around `offset`, found by its place in the first column;
/// this is a guess for files of which no ranges were named.
fn enclosing_block(text: &str, offset: usize) -> Option<String> {
    let line_end = text[offset..].find('\n').map_or(text.len(), |i| offset + i);
    let mut own_line = true;
    for line in text[..line_end].rsplit('\n') {
        if let Some(header) = block_header(line) {
            return Some(header);
        }
        // Something else at the top level comes first.
        let first = line.chars().next();
        let top_level = first == Some('}') && !own_line || first.is_some_and(|c| c.is_alphabetic());
        if top_level {
            return None;
        }
        own_line = false;
    }
    None
}

/// A line such as `resource "a" b {`, as messages write it.
fn block_header(line: &str) -> Option<String> {
    if !line.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let (words, _) = line.split_once('{')?;
    if words.contains(['=', '$', '#', '(']) {
        return None;
    }
    let mut words = words.split_whitespace();
    let mut header = words.next()?.to_owned();
    for word in words {
        header.push_str(&format!(" \"{}\"", word.trim_matches('"')));
    }
    Some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enclosing_block_is_found_by_its_header() {
        let text = "a = 1\nresource \"x\" y {\n  b {\n    c = 1\n  }\n}\nd = 2\nlocals { e = 1 }\nf = {\n  g = 1\n}\n";
        for (needle, want) in [
            ("a = 1", None),
            ("resource", Some("resource \"x\" \"y\"")),
            ("c = 1", Some("resource \"x\" \"y\"")),
            ("}\nd", Some("resource \"x\" \"y\"")),
            ("d = 2", None),
            ("e = 1", Some("locals")),
            ("g = 1", None),
        ] {
            let offset = text.find(needle).expect("the needle");
            assert_eq!(enclosing_block(text, offset).as_deref(), want, "{needle}");
        }
    }

    #[test]
    fn spans_beyond_the_text_do_no_harm() {
        let mut sources = SourceMap::default();
        let file = sources.add("t.tf", "é = 1");
        for (start, end) in [(0, 0), (1, 1), (1, 2), (0, 100), (100, 100), (5, 2)] {
            let diagnostic = Diagnostic::error("e", "").at(Span { file, start, end });
            let snippet = Snippet::new(&diagnostic, &sources).expect("a snippet");
            assert_eq!(snippet.code, "é = 1");
            assert!(
                snippet.code.get(snippet.highlight.0..snippet.highlight.1.max(snippet.highlight.0)).is_some()
            );
        }
    }
}
