//! The canonical style of configuration files, as `terraform fmt` has it.
//!
//! Formatting works on tokens and changes white space alone, apart from three spellings that are
//! brought up to date first (see [`canonical`]). Text that is not valid stays as it is.

mod canonical;
mod lines;
mod spaces;

use crate::lexer::lex;
use crate::native;
use crate::token::TokenKind;
use std::borrow::Cow;
use terrane_diagnostics::{Diagnostics, FileId, SourceMap};

/// White space within a line.
const BLANKS: [char; 2] = [' ', '\t'];

/// A token on its way out: what it is, its text, and how many spaces precede it.
struct Piece<'a> {
    kind: TokenKind,
    text: Cow<'a, str>,
    spaces: usize,
}

/// The text in canonical style; invalid text is returned unchanged, see [`format_file`] for why
/// it is invalid.
pub fn format(text: &str) -> String {
    let mut sources = SourceMap::default();
    let file = sources.add("", text);
    format_file(&sources, file).0
}

/// The text of the file in canonical style, or the text unchanged and the errors in it.
pub fn format_file(sources: &SourceMap, file: FileId) -> (String, Diagnostics) {
    let Some(source) = sources.get(file) else { return (String::new(), Diagnostics::new()) };
    let (body, diagnostics) = native::parse_file(source, file);
    if diagnostics.has_errors() {
        return (source.text.to_string(), diagnostics);
    }
    let text = &*source.text;
    let tokens = lex(text);
    let mut pieces = canonical::rewrite(text, &tokens, &body);
    lines::arrange(&mut pieces);
    let mut result = String::with_capacity(text.len() + text.len() / 8);
    for piece in pieces.iter().filter(|p| !p.text.is_empty()) {
        result.extend(std::iter::repeat_n(' ', piece.spaces));
        result.push_str(&piece.text);
    }
    // The end of the file stays where it is: no line end is added, and blanks before it are kept.
    if !result.ends_with(BLANKS) {
        let blanks = text.len() - text.trim_end_matches(BLANKS).len();
        result.extend(std::iter::repeat_n(' ', blanks));
    }
    (result, diagnostics)
}
