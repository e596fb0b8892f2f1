//! Reading a directory and everything it calls.

use crate::{Config, Files};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_syntax::Expr;

/// Whether a file of this name is part of a module's configuration.
pub fn is_config_file(name: &str) -> bool {
    [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|suffix| name.ends_with(suffix))
}

/// Loads the root module in `dir` and all modules it calls.
pub fn load(files: &dyn Files, dir: &Path) -> (Config, Diagnostics) {
    let _ = (files, dir);
    (Config::default(), Diagnostics::new())
}

/// Loads the variable values of a `.tfvars` or `.tfvars.json` file: constant expressions by
/// variable name. The file is added to `sources`.
pub fn load_values_file(
    files: &dyn Files,
    path: &Path,
    sources: &mut SourceMap,
) -> (BTreeMap<Arc<str>, Expr>, Diagnostics) {
    let _ = (files, path, sources);
    (BTreeMap::new(), Diagnostics::new())
}
