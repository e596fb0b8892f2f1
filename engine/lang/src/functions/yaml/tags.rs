//! Tags: what a document says that a value is.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use libyaml_safer::{Mark, Scanner, TokenData};
use std::fmt;

const PREFIX: &str = "tag:yaml.org,2002:";

/// A tag that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    None,
    String,
    Binary,
    Null,
    Bool,
    /// `!!int` and `!!float`, which are the same.
    Number,
    Timestamp,
    Map,
    Sequence,
}

impl Tag {
    /// What a tag in full stands for.
    pub(super) fn of(tag: Option<&str>) -> Result<Tag, String> {
        let Some(tag) = tag else { return Ok(Tag::None) };
        Ok(match tag.strip_prefix(PREFIX).unwrap_or_default() {
            "str" => Tag::String,
            "binary" => Tag::Binary,
            "null" => Tag::Null,
            "bool" => Tag::Bool,
            "int" | "float" => Tag::Number,
            "timestamp" => Tag::Timestamp,
            "map" => Tag::Map,
            "seq" => Tag::Sequence,
            _ => return Err(format!("unsupported tag {}", tag.replacen(PREFIX, "!!", 1))),
        })
    }

    /// Refuses a collection that is said to be something else than `wanted`.
    pub(super) fn expect(self, wanted: Tag) -> Result<(), String> {
        if matches!(self, Tag::None) || self == wanted {
            return Ok(());
        }
        let what = if wanted == Tag::Map { "mapping" } else { "sequence" };
        Err(format!("cannot use a {what} as {self}"))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Tag::None => "a value",
            Tag::String => "!!str",
            Tag::Binary => "!!binary",
            Tag::Null => "!!null",
            Tag::Bool => "!!bool",
            Tag::Number => "a number",
            Tag::Timestamp => "!!timestamp",
            Tag::Map => "!!map",
            Tag::Sequence => "!!seq",
        })
    }
}

/// Whether this is what `!!binary` may be. It stays text.
pub(super) fn is_base64(text: &str) -> bool {
    BASE64_STANDARD.decode(text.replace(['\r', '\n'], "")).is_ok()
}

/// The first place where a tag ends at a comma, as in `[!!str, a]`: an error, at which the parser would panic.
pub(super) fn before_comma(text: &str) -> Option<Mark> {
    let starts = text.match_indices('!').filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '[' | '{' | ',' | ':' | '"' | '\''))
    });
    let mut seen = 0;
    for (start, _) in starts {
        let end =
            text[start..].find(|c: char| c.is_whitespace() || c == ',').map_or(text.len(), |end| start + end);
        // One look at what is before it is enough for each comma.
        if end < seen || !text[end..].starts_with(',') {
            continue;
        }
        seen = end + 1;
        if let Some(mark) = ends_with_tag(&text[..end]) {
            return Some(mark);
        }
    }
    None
}

/// Where the tag begins with which this beginning of a document ends.
fn ends_with_tag(text: &str) -> Option<Mark> {
    let mut input = text.as_bytes();
    let mut scanner = Scanner::new();
    scanner.set_input_string(&mut input);
    let mut last = None;
    while let Some(Ok(token)) = scanner.next() {
        match token.data {
            TokenData::Tag { .. } => last = Some((token.start_mark, token.end_mark)),
            TokenData::BlockEnd | TokenData::StreamEnd => {}
            _ => last = None,
        }
    }
    last.filter(|(_, end)| end.index == text.len() as u64).map(|(start, _)| start)
}
