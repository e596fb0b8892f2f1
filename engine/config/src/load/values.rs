//! Files with values for variables.

use crate::Files;
use crate::decode::constant::constant;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_syntax::{Body, Expr, ExprKind, parse_file};

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
    if let Body::Native(native) = &body
        && let Some(block) = native.blocks.iter().find(|b| &*b.kind.name == "variable")
    {
        let name = block.labels.first().map_or("NAME", |label| &label.text);
        let detail = format!(
            "A .tfvars file is used to assign values to variables that have already been declared in .tf files, not \
             to declare new variables. To declare variable \"{name}\", place this block in one of your .tf files, such \
             as variables.tf.\n\nTo set a value for this variable in {}, use the definition syntax instead:\n    \
             {name} = <value>",
            path.display()
        );
        diagnostics.push(Diagnostic::error("Variable declaration in .tfvars file", detail).at(block.header));
        return (BTreeMap::new(), diagnostics);
    }
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
