//! What Terrane tells its users when something is wrong: diagnostics, the source locations they
//! point at, and their renderings.
//!
//! Nothing here knows what the problems are about.

mod diagnostic;
mod json;
mod snippet;
mod source;
mod suggest;
mod terminal;
mod wrap;

pub use diagnostic::{Context, Diagnostic, Diagnostics, FailedCall, ReferencedValue, Severity};
pub use json::to_json;
pub use source::{FileId, Position, SourceFile, SourceMap, Span};
pub use suggest::nearest;
pub use terminal::{Look, render_terminal};
