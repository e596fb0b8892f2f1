//! Source files and places in them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file known to a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range from the start of `self` to the end of `other`, which must be in the same file.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end, ..self }
    }
}

/// A place in a text as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode grapheme clusters, from 1.
    pub column: u32,
    /// Offset in bytes, from 0.
    pub byte: u32,
}

/// A file's name as shown to users, and its text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to the root module's directory, or a name such as `<console-input>`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
}

/// All source files of a run. Only grows.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Named ranges of files, by file, start and end: a range comes before those inside of it.
    names: BTreeMap<(FileId, u32, Reverse<u32>), Arc<str>>,
}

impl SourceMap {
    /// Adds a file. Texts of 4 GiB and more are not supported.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i as u32 + 1)).collect();
        self.files.push(SourceFile { name: name.into(), text, line_starts });
        FileId(self.files.len() as u32 - 1)
    }

    /// The same files by other names.
    pub fn renamed(mut self, name: impl Fn(&str) -> String) -> SourceMap {
        for file in &mut self.files {
            file.name = name(&file.name).into();
        }
        self
    }

    /// The file, when `id` came from this map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// Names a range, such as a block, as messages about places in it shall name it:
    /// `resource "aws_vpc" "main"`.
    pub fn name_range(&mut self, span: Span, name: impl Into<Arc<str>>) {
        self.names.insert((span.file, span.start, Reverse(span.end)), name.into());
    }

    /// The name of the smallest named range around `span`.
    pub(crate) fn range_name(&self, span: Span) -> Option<String> {
        let before = (span.file, 0, Reverse(u32::MAX))..=(span.file, span.start, Reverse(0));
        let mut ranges = self.names.range(before).rev();
        ranges.find(|((.., end), _)| span.start <= end.0).map(|(_, name)| name.to_string())
    }

    /// The text that `span` covers.
    pub fn text(&self, span: Span) -> Option<&str> {
        self.get(span.file)?.text.get(span.start as usize..span.end as usize)
    }
}

impl SourceFile {
    /// Where the byte at `offset` is; offsets past the end are at the end.
    pub fn position(&self, offset: u32) -> Position {
        let offset = offset.min(self.text.len() as u32);
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts[line - 1];
        let before = self.text.get(start as usize..offset as usize).unwrap_or("");
        let column = unicode_segmentation::UnicodeSegmentation::graphemes(before, true).count() as u32 + 1;
        Position { line: line as u32, column, byte: offset }
    }

    /// The text of line `line` (from 1) without its line end.
    pub fn line(&self, line: u32) -> &str {
        let Some(&start) = (line as usize).checked_sub(1).and_then(|i| self.line_starts.get(i)) else {
            return "";
        };
        let rest = &self.text[start as usize..];
        rest.split('\n').next().unwrap_or("").trim_end_matches('\r')
    }
}
