//! The two readers of native syntax, each on its own, for tests and measurements that hold them
//! against each other. Nothing else has a use for them: [`parse_file`](crate::parse_file) and its
//! siblings choose the reader.

use crate::{Body, Expr, native};
use terrane_diagnostics::{Diagnostics, FileId, SourceMap};

/// What a text as a whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A configuration file.
    File,
    /// One expression.
    Expression,
    /// One template.
    Template,
}

/// What a text is read as.
#[derive(Clone, Debug)]
pub enum Tree {
    /// A configuration file.
    Body(Body),
    /// An expression or template.
    Expr(Expr),
}

/// What hcl-edit reads; nothing when the text is for the other reader, because hcl-edit rejects
/// it or is known to depart from the language in something that it contains.
pub fn by_hcl_edit(sources: &SourceMap, file: FileId, form: Form) -> Option<Tree> {
    native::by_hcl_edit(sources.get(file)?, file, form)
}

/// What the mend reads, the parser for texts that are not for hcl-edit.
pub fn by_mend(sources: &SourceMap, file: FileId, form: Form) -> (Option<Tree>, Diagnostics) {
    match sources.get(file) {
        Some(source) => native::by_mend(source, file, form),
        None => (None, Diagnostics::new()),
    }
}
