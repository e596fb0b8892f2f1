//! Tags: what a document says that a value is.

use super::read::located;
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
    crate::functions::encoding::decode(text).is_some()
}

/// How many bytes are looked at to tell tags from texts with exclamation marks.
const MOST_SCANNED: usize = 1 << 26;

/// An error at the first place where a tag ends at a comma, as in `[!!str, a]`, at which the parser would panic.
pub(super) fn before_commas(text: &str) -> Result<(), String> {
    // In the middle of a word an exclamation mark is a part of it.
    let starts = text.match_indices('!').filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '!')
    });
    let mut scanned = 0;
    for (start, _) in starts {
        let word = text[start..].find(|c: char| c.is_whitespace() || c == ',').unwrap_or(text.len() - start);
        let end = start + word;
        if !text[end..].starts_with(',') {
            continue;
        }
        scanned += end;
        if scanned > MOST_SCANNED {
            return Err("too many exclamation marks before commas".into());
        }
        if let Some(at) = ends_with_tag(&text[..end]) {
            return Err(located(at, "did not find expected whitespace or line break after a tag"));
        }
    }
    Ok(())
}

/// Where the tag begins with which this beginning of a document ends.
fn ends_with_tag(text: &str) -> Option<Mark> {
    let ended = format!("{text}\n");
    let mut input = ended.as_bytes();
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
