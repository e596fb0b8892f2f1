//! Reading a directory and everything it calls.

mod directory;
mod merge;
mod source;
mod values;

pub use directory::is_config_file;
pub use values::load_values_file;

use crate::{Config, Constraint, Files, Module, ModuleCall, Version};
use source::{Manifest, Source};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::ModulePath;
use terrane_diagnostics::{Diagnostic, Diagnostics};

/// The version of the language that Terrane implements, which `required_version` is about.
pub const LANGUAGE_VERSION: &str = "1.12.0";

/// Loads the root module in `dir` and all modules it calls.
///
/// The result has errors in what the files say and in how modules and provider configurations
/// fit together. Whether references lead anywhere is for [`crate::check`] to say, which commands
/// that only need the outline (`init`, `providers`) leave out.
pub fn load(files: &dyn Files, dir: &Path) -> (Config, Diagnostics) {
    let mut loader = Loader {
        files,
        root: dir,
        manifest: None,
        config: Config::default(),
        diagnostics: Diagnostics::new(),
    };
    loader.module(ModulePath::root(), PathBuf::from("."), &mut Vec::new(), None);
    let Loader { mut config, mut diagnostics, .. } = loader;
    config.resource_providers = diagnostics.take(crate::resolve::resource_providers(&config));
    (config, diagnostics)
}

struct Loader<'a> {
    files: &'a dyn Files,
    root: &'a Path,
    manifest: Option<Manifest>,
    config: Config,
    diagnostics: Diagnostics,
}

impl Loader<'_> {
    /// Loads the module in `dir` (relative to the root) and what it calls. `above` are the
    /// directories of the modules that lead to it, `call` is the block that calls it.
    fn module(
        &mut self,
        path: ModulePath,
        dir: PathBuf,
        above: &mut Vec<PathBuf>,
        call: Option<&ModuleCall>,
    ) {
        let read = directory::read(self.files, self.root, &dir, &mut self.config.sources);
        let blocks = match read {
            Ok((blocks, diagnostics)) => {
                self.diagnostics.append(diagnostics);
                blocks
            }
            Err(error) => {
                let diagnostic = match call {
                    Some(call) => Diagnostic::error(
                        "Unreadable module directory",
                        format!(
                            "The directory {} could not be read for module \"{}\": {}.",
                            dir.display(),
                            call.name,
                            error.message
                        ),
                    )
                    .at(call.source_span),
                    None => Diagnostic::error(
                        "Failed to read module directory",
                        format!(
                            "The directory {} could not be read: {}.",
                            self.root.display(),
                            error.message
                        ),
                    ),
                };
                self.diagnostics.push(diagnostic);
                self.config.modules.insert(path.clone(), Arc::new(Module { path, dir, ..Module::default() }));
                return;
            }
        };
        let module = Module { path: path.clone(), dir: dir.clone(), ..Module::default() };
        let module = self.diagnostics.take(merge::declare(blocks, module, &self.config.sources));
        self.check_place(&module);
        self.check_versions(&module);
        let module = Arc::new(module);
        self.config.modules.insert(path.clone(), module.clone());
        above.push(dir);
        for call in module.calls.values() {
            if let Some(dir) = self.directory_of(call, &module, above) {
                self.module(path.child(call.name.clone()), dir, above, Some(call));
            }
        }
        above.pop();
    }

    /// Where the module that `call` means is, relative to the root.
    fn directory_of(&mut self, call: &ModuleCall, module: &Module, above: &[PathBuf]) -> Option<PathBuf> {
        let path = module.path.child(call.name.clone());
        let dir = match source::classify(&call.source) {
            Source::Local(relative) => {
                if let Some((_, span)) = &call.version {
                    let detail = format!(
                        "A version constraint cannot be applied to module \"{}\", because its source is a \
                         local directory. Only modules of a registry have versions.",
                        call.name
                    );
                    self.diagnostics.push(Diagnostic::error("Invalid version argument", detail).at(*span));
                }
                source::join(&module.dir, &relative)
            }
            Source::Remote => {
                let manifest = self.manifest.get_or_insert_with(|| Manifest::read(self.files, self.root));
                match manifest.directory(&path, call) {
                    Ok(dir) => dir,
                    Err(diagnostic) => {
                        self.diagnostics.push(diagnostic);
                        return None;
                    }
                }
            }
        };
        if above.contains(&dir) {
            let detail = format!(
                "Module \"{}\" is in the directory {}, which is that of a module that calls it, directly or \
                 through others. A module cannot contain itself.",
                call.name,
                dir.display()
            );
            self.diagnostics.push(Diagnostic::error("Module calls itself", detail).at(call.source_span));
            return None;
        }
        Some(dir)
    }

    /// Refuses what may stand in the root module only.
    fn check_place(&mut self, module: &Module) {
        if module.path.is_root() {
            return;
        }
        for import in &module.imports {
            let detail = format!(
                "An import block was detected in {}. Import blocks are only allowed in the root module.",
                module.path
            );
            self.diagnostics.push(Diagnostic::error("Invalid import configuration", detail).at(import.span));
        }
        if let Some(backend) = &module.backend {
            let detail = "Any selected backend applies to the entire configuration, so backend \
                          configurations are only expected in the root module.\n\nThis is a warning rather than \
                          an error because it's sometimes convenient to temporarily call a root module as a \
                          child module for testing purposes, but this backend configuration block will have no \
                          effect.";
            self.diagnostics
                .push(Diagnostic::warning("Backend configuration ignored", detail).at(backend.span));
        }
    }

    /// Checks `required_version`.
    fn check_versions(&mut self, module: &Module) {
        let Ok(language) = LANGUAGE_VERSION.parse::<Version>() else { return };
        for (text, span) in &module.required_versions {
            let Ok(constraint) = text.parse::<Constraint>() else { continue };
            if constraint.matches(&language) {
                continue;
            }
            let whose = if module.path.is_root() {
                "This configuration".to_owned()
            } else {
                format!("Module {} (in {})", module.path, module.dir.display())
            };
            let detail = format!(
                "{whose} does not support version {language} of the language, which this Terrane implements. \
                 To proceed, choose another version of Terrane or update this version constraint. Version \
                 constraints are normally set for good reason, so updating the constraint may lead to other \
                 errors or unexpected behavior."
            );
            self.diagnostics.push(Diagnostic::error("Unsupported Terraform Core version", detail).at(*span));
        }
    }
}
