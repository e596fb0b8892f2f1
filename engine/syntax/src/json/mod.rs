//! The JSON form of the language: text to the same tree that native syntax gives.
//!
//! What is an argument and what a block can only be told by who reads the body; so reading
//! yields the document as an expression, and [`content`] takes it apart.

pub(crate) mod content;
mod reader;
mod string;

use crate::{Body, Expr, ExprKind};
use terrane_diagnostics::{Diagnostic, Diagnostics, FileId, SourceFile, Span};

/// Parses a file. Its body is empty when the text is not valid JSON.
pub(crate) fn parse_file(source: &SourceFile, file: FileId) -> (Body, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let empty = Expr { kind: ExprKind::Object(Vec::new()), span: Span { file, start: 0, end: 0 } };
    let body = match reader::read(&source.text, file, &mut diagnostics) {
        Err(problem) => {
            diagnostics.push(*problem);
            empty
        }
        Ok(expr) if matches!(expr.kind, ExprKind::Object(_) | ExprKind::Tuple(_)) => expr,
        Ok(expr) => {
            diagnostics.push(
                Diagnostic::error(
                    "Root value must be object",
                    "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.",
                )
                .at(expr.span),
            );
            empty
        }
    };
    (Body::Json(body), diagnostics)
}
