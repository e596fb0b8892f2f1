//! Text to tree.

use crate::{Body, Expr, json, native};
use std::fmt::Write;
use terrane_diagnostics::{Diagnostics, FileId, SourceMap};

/// Parses the file `file` of `sources`: JSON when its name ends in `.json`, native syntax
/// otherwise. After an error the rest of the file is still read, so one run reports every error.
pub fn parse_file(sources: &SourceMap, file: FileId) -> (Body, Diagnostics) {
    match sources.get(file) {
        Some(source) if source.name.ends_with(".json") => json::parse_file(source, file),
        Some(source) => native::parse_file(source, file),
        None => {
            let span = terrane_diagnostics::Span { file, start: 0, end: 0 };
            let body = crate::NativeBody { attributes: Vec::new(), blocks: Vec::new(), span, missing: span };
            (Body::Native(body), Diagnostics::new())
        }
    }
}

/// Parses the whole text of `file` as one expression.
pub fn parse_expression(sources: &SourceMap, file: FileId) -> (Option<Expr>, Diagnostics) {
    match sources.get(file) {
        Some(source) => native::parse_expression(source, file),
        None => (None, Diagnostics::new()),
    }
}

/// Parses the whole text of `file` as a template, as `templatefile` does.
pub fn parse_template(sources: &SourceMap, file: FileId) -> (Option<Expr>, Diagnostics) {
    match sources.get(file) {
        Some(source) => native::parse_template(source, file),
        None => (None, Diagnostics::new()),
    }
}

/// Names the top-level blocks of a body, so that messages about places in them can say "in
/// resource "aws_vpc" "main"". Without it they are found by their layout, which fails for blocks
/// that do not start in the first column.
pub fn name_blocks(sources: &mut SourceMap, body: &Body) {
    let Body::Native(body) = body else { return };
    for block in &body.blocks {
        let mut name = block.kind.name.to_string();
        for label in &block.labels {
            // Writing to a string cannot fail.
            let _ = write!(name, " \"{}\"", label.text);
        }
        sources.name_range(block.span, name);
    }
}
