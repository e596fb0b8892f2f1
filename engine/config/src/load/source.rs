//! Where the modules are that are called.

use crate::{Config, decode::constant};
use crate::{Constraint, Files, ModuleCall, ModuleManifest, Version};
use std::path::{Path, PathBuf};
use terrane_address::{ModulePath, ModuleSource};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_syntax::Expr;

/// What loading asks about called modules, since it neither evaluates nor installs.
pub trait Modules {
    /// The value of a `source` or `version` argument in `module`, which may refer to variables and
    /// locals. `config` has the modules that lead there.
    fn text(&mut self, config: &Config, module: &ModulePath, expr: &Expr) -> Result<String, Diagnostics>;

    /// Where the module is that `call` installs as `path`. Not asked about local sources.
    fn locate(&mut self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located;
}

impl<M: Modules + ?Sized> Modules for &mut M {
    fn text(&mut self, config: &Config, module: &ModulePath, expr: &Expr) -> Result<String, Diagnostics> {
        (**self).text(config, module, expr)
    }

    fn locate(&mut self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located {
        (**self).locate(path, call, source)
    }
}

/// Where a module is.
pub enum Located {
    /// In this directory, relative to the root module's.
    At(PathBuf),
    /// Nowhere yet, and that is no error: the caller is about to install it. What it calls is not
    /// looked at.
    Pending,
    /// Not where it should be.
    Missing(Diagnostic),
}

/// Modules as a manifest has them, in a configuration whose sources are constants.
pub struct InstalledModules(pub ModuleManifest);

impl InstalledModules {
    /// Reads a manifest; without that file nothing is installed.
    pub fn read(files: &dyn Files, manifest: &Path) -> InstalledModules {
        InstalledModules(ModuleManifest::parse(&files.read(manifest).unwrap_or_default()))
    }
}

impl Modules for InstalledModules {
    fn text(&mut self, _: &Config, _: &ModulePath, expr: &Expr) -> Result<String, Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        constant::string(expr, &mut diagnostics).ok_or(diagnostics)
    }

    fn locate(&mut self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located {
        self.0.locate(path, call, source)
    }
}

impl ModuleManifest {
    /// Where the module is that `call` installs as `path`, if it is what the call asks for.
    pub fn locate(&self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located {
        let Some(installed) = self.0.get(path) else {
            let detail = "This module is not yet installed. Run \"terrane init\" to install all modules required by \
                          this configuration.";
            return Located::Missing(Diagnostic::error("Module not installed", detail).at(call.span));
        };
        if installed.source != source.to_string() {
            let detail = "The source address was changed since this module was installed. Run \"terrane init\" to \
                          install all modules required by this configuration.";
            let problem = Diagnostic::error("Module source has changed", detail).at(call.source_span);
            return Located::Missing(problem);
        }
        let constraint = call.version.as_ref().and_then(|(text, span)| Some((text.parse().ok()?, span)));
        let version = installed.version.as_ref().and_then(|v| v.parse::<Version>().ok());
        if let (Some((constraint, span)), Some(version)) = (constraint, version) {
            let constraint: Constraint = constraint;
            if !constraint.matches(&version) {
                let detail = format!(
                    "The version requirements have changed since this module was installed and the installed \
                     version ({version}) is no longer acceptable. Run \"terrane init\" to install all modules \
                     required by this configuration."
                );
                let problem = Diagnostic::error("Module version requirements have changed", detail);
                return Located::Missing(problem.at(*span));
            }
        }
        Located::At(installed.dir.clone())
    }
}
