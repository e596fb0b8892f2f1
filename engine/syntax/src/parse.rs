//! Text to tree.

use crate::{Body, Expr};
use terrane_diagnostics::{Diagnostics, FileId, SourceMap};

/// Parses the file `file` of `sources`: JSON when its name ends in `.json`, native syntax
/// otherwise. After an error the rest of the file is still read, so one run reports every error.
pub fn parse_file(sources: &SourceMap, file: FileId) -> (Body, Diagnostics) {
    parse_file_placeholder(sources, file)
}

/// Parses the whole text of `file` as one expression.
pub fn parse_expression(sources: &SourceMap, file: FileId) -> (Option<Expr>, Diagnostics) {
    let _ = (sources, file);
    (None, Diagnostics::new())
}

/// Parses the whole text of `file` as a template, as `templatefile` does.
pub fn parse_template(sources: &SourceMap, file: FileId) -> (Option<Expr>, Diagnostics) {
    let _ = (sources, file);
    (None, Diagnostics::new())
}

fn parse_file_placeholder(sources: &SourceMap, file: FileId) -> (Body, Diagnostics) {
    let end = sources.get(file).map_or(0, |f| f.text.len() as u32);
    let span = terrane_diagnostics::Span { file, start: 0, end };
    (
        Body::Native(crate::NativeBody { attributes: vec![], blocks: vec![], span, missing: span }),
        Diagnostics::new(),
    )
}
