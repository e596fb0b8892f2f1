//! Files with values for variables.

use crate::Files;
use crate::decode::constant::constant;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_syntax::{Expr, ExprKind, parse_file};

/// Loads the variable values of a `.tfvars` or `.tfvars.json` file: constant expressions by
/// variable name. The file is added to `sources`.
pub fn load_values_file(
    files: &dyn Files,
    path: &Path,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, Expr>, Diagnostics) {
    let text = match files.read(path) {
        Ok(text) => text,
        Err(error) => {
            let summary = "Failed to read variables file";
            let detail = if error.missing {
                format!("Given variables file {} does not exist.", path.display())
            } else {
                format!("{}: {}.", path.display(), error.message)
            };
            return (BTreeMap::new(), Diagnostic::error(summary, detail).into());
        }
    };
    let file = sources.add(path.display().to_string(), text);
    let (body, mut diagnostics) = parse_file(sources, file);
    let attributes = diagnostics.take(body.just_attributes());
    let mut values = BTreeMap::new();
    for attribute in attributes {
        if let Some(value) = constant(&attribute.expr, &mut diagnostics) {
            let span = attribute.expr.span;
            values.insert(attribute.name.name, Expr { kind: ExprKind::Literal(value), span });
        }
    }
    (values, diagnostics)
}
