//! Loading the configuration with its modules, and installing those.

mod from_module;
mod install;
mod run_module;

pub(crate) use from_module::copy_here;
pub(crate) use install::{Install, Installed, cli_config, install, outline, surroundings};
pub(crate) use run_module::{MISSING_PROVIDER, load_for_test, run_modules, tests_run_modules};

use crate::context::Context;
use crate::early;
use crate::environment::Environment;
use crate::run::{MANIFEST, plain};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::{ModulePath, ModuleSource};
use terrane_config::{Config, Files, InstalledModules, Located, ModuleCall, Modules};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::Expr;
use terrane_value::{Marks, Type, Value, convert};

/// Loads the configuration of the working directory. Modules that are not local must be
/// installed.
pub(crate) fn load(context: &Context) -> (Config, Diagnostics) {
    let installed = InstalledModules::read(&context.environment, &manifest_file(&context.environment));
    let mut modules = Early { context, variables: None, modules: installed };
    terrane_config::load_with(&context.environment, Path::new("."), &mut modules)
}

/// Loads the configuration of a plan file, which has the values of the root module's variables.
pub(crate) fn load_snapshot(
    context: &Context,
    files: &dyn Files,
    variables: &BTreeMap<Arc<str>, Value>,
) -> (Config, Diagnostics) {
    let modules = InstalledModules::read(files, Path::new(MANIFEST));
    let mut modules = Early { context, variables: Some(variables), modules };
    terrane_config::load_with(files, Path::new("."), &mut modules)
}

/// The directory of installed modules, without detours, as paths of modules begin.
pub(crate) fn directory(environment: &Environment) -> PathBuf {
    plain(&environment.data_dir().join("modules"))
}

/// The file that says where the modules are.
pub(crate) fn manifest_file(environment: &Environment) -> PathBuf {
    directory(environment).join("modules.json")
}

/// Modules whose sources may refer to variables.
struct Early<'a, M> {
    context: &'a Context,
    /// The values of the root module's variables, when they are not to be looked for.
    variables: Option<&'a BTreeMap<Arc<str>, Value>>,
    modules: M,
}

impl<M: Modules> Modules for Early<'_, M> {
    fn text(&mut self, config: &Config, module: &ModulePath, expr: &Expr) -> Result<String, Diagnostics> {
        early_text(self.context, config, module, self.variables, expr)
    }

    fn locate(&mut self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located {
        self.modules.locate(path, call, source)
    }
}

/// The value of a `source` or `version` argument.
fn early_text(
    context: &Context,
    config: &Config,
    module: &ModulePath,
    variables: Option<&BTreeMap<Arc<str>, Value>>,
    expr: &Expr,
) -> Result<String, Diagnostics> {
    let value = early::value(context, config, module, variables, expr)?;
    let refuse = |why: &str| {
        let detail = format!("The source and version of a module {why}.");
        Err(Diagnostics::from(Diagnostic::error("Invalid module source", detail).at(expr.span)))
    };
    if value.any_marks(&Marks::is_sensitive) {
        return refuse("are written to disk, so that they cannot be sensitive");
    }
    if value.any_marks(&Marks::is_ephemeral) {
        return refuse("must be the same each time, so that they cannot be ephemeral");
    }
    let value = value.unmark_deep().0;
    if !value.is_known() {
        return refuse(
            "must be known before anything else: variables that they refer to need a value or a default, also for \
             \"init\" and \"validate\"",
        );
    }
    match convert(&value, &Type::String).ok().as_ref().and_then(|v| v.as_str()) {
        Some(text) => Ok(text.to_owned()),
        None => refuse("must be strings, and not null"),
    }
}
