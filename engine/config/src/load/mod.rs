//! Reading a directory and everything it calls.

mod directory;
mod merge;
mod query_files;
mod source;
mod test_files;
mod values;

pub use directory::is_config_file;
pub use query_files::{is_query_file, load_queries};
pub use source::{InstalledModules, Located, Modules};
pub use test_files::load_tests;
pub use values::load_values_file;

use crate::manifest::join;
use crate::{Config, Constraint, Files, Module, ModuleCall, ProviderBlock, Version};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::{ModulePath, ModuleSource};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};

/// The version of the language that Terrane implements, which `required_version` is about.
pub const LANGUAGE_VERSION: &str = "1.15.0";

/// Loads the root module in `dir` and all modules it calls.
///
/// The result has errors in what the files say and in how modules and provider configurations
/// fit together. Whether references lead anywhere is for [`crate::check`] to say, which commands
/// that only need the outline (`init`, `providers`) leave out.
///
/// Sources of modules must be constants here, and what is not local is where
/// `.terraform/modules/modules.json` says.
pub fn load(files: &dyn Files, dir: &Path) -> (Config, Diagnostics) {
    let mut modules = InstalledModules::read(files, &dir.join(".terraform/modules/modules.json"));
    load_with(files, dir, &mut modules)
}

/// As [`load`], with `modules` to say what sources mean and where modules are.
pub fn load_with(files: &dyn Files, dir: &Path, modules: &mut dyn Modules) -> (Config, Diagnostics) {
    load_from(files, dir, modules, Start::default())
}

/// Where loading starts.
#[derive(Clone, Debug)]
pub struct Start {
    /// The directory of the root module, relative to the one that everything is relative to.
    pub module: PathBuf,
    /// Files that are known already.
    pub sources: SourceMap,
    /// Provider configurations that the root module has instead of its own, as far as it or a module
    /// that it calls uses such a provider.
    pub providers: Vec<ProviderBlock>,
}

impl Default for Start {
    fn default() -> Start {
        Start { module: PathBuf::from("."), sources: SourceMap::default(), providers: Vec::new() }
    }
}

/// As [`load_with`], from a module that need not be in `dir` itself.
pub fn load_from(
    files: &dyn Files,
    dir: &Path,
    modules: &mut dyn Modules,
    start: Start,
) -> (Config, Diagnostics) {
    let config = Config { sources: start.sources, ..Config::default() };
    let mut loader = Loader { files, root: dir, modules, config, diagnostics: Diagnostics::new() };
    loader.module(ModulePath::root(), start.module, &mut Vec::new(), None);
    loader.give_providers(start.providers);
    let Loader { mut config, mut diagnostics, .. } = loader;
    config.resource_providers = diagnostics.take(crate::resolve::resource_providers(&config));
    (config, diagnostics)
}

struct Loader<'a> {
    files: &'a dyn Files,
    root: &'a Path,
    modules: &'a mut dyn Modules,
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
                    // Sources that are not local lead to the directory of an installed module.
                    Some(call) if !matches!(call.source.parse(), Ok(ModuleSource::Local(_))) => {
                        Diagnostic::error(
                            "Module not installed",
                            format!(
                                "This module's local cache directory {} could not be read. Run \"terrane init\" to \
                                 install all modules required by this configuration.",
                                dir.display()
                            ),
                        )
                        .at(call.span)
                    }
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
        if path.is_root() {
            self.config.unread.extend(self.diagnostics.iter().filter(|d| d.is_error()).cloned());
        }
        self.check_place(&module);
        self.check_versions(&module);
        self.config.modules.insert(path.clone(), Arc::new(module));
        let Some(module) = self.resolve_sources(&path) else { return };
        above.push(dir);
        for call in module.calls.values() {
            if let Some(dir) = self.directory_of(call, &module, above) {
                self.module(path.child(call.name.clone()), dir, above, Some(call));
            }
        }
        above.pop();
    }

    /// Puts provider configurations in the place of those of the root module.
    fn give_providers(&mut self, providers: Vec<ProviderBlock>) {
        for block in providers {
            let Some(root) = self.config.modules.get(&ModulePath::root()) else { return };
            let address = root.provider_address(&block.local_name);
            let uses = |module: &Arc<Module>| module.required_providers.values().any(|r| r.source == address);
            if !self.config.modules.values().any(uses) {
                continue;
            }
            if let Some(root) = self.config.modules.get_mut(&ModulePath::root()) {
                let key = (block.local_name.clone(), block.alias.clone());
                Arc::make_mut(root).providers.insert(key, block);
            }
        }
    }

    /// Works out the sources and versions of the calls in the module at `path`, which refer to
    /// variables; gives the module.
    fn resolve_sources(&mut self, path: &ModulePath) -> Option<Arc<Module>> {
        let module = self.config.modules.get(path)?.clone();
        let mut resolved = Vec::new();
        for call in module.calls.values() {
            let mut text = |expr| match self.modules.text(&self.config, path, expr) {
                Ok(text) => Some(text),
                Err(diagnostics) => {
                    self.diagnostics.append(diagnostics);
                    None
                }
            };
            let source = call.source_expr.as_ref().and_then(&mut text);
            let version = call.version_expr.as_ref().and_then(|expr| Some((text(expr)?, expr.span)));
            if source.is_some() || version.is_some() {
                resolved.push((call.name.clone(), source, version));
            }
        }
        if resolved.is_empty() {
            return Some(module);
        }
        drop(module);
        let module = Arc::make_mut(self.config.modules.get_mut(path)?);
        for (name, source, version) in resolved {
            let Some(call) = module.calls.get_mut(&name) else { continue };
            if let Some(source) = source {
                self.diagnostics.append(check_source(&source, call.source_span));
                call.source = source;
            }
            if let Some((version, span)) = version {
                self.diagnostics.append(check_constraint(&version, span));
                call.version = Some((version, span));
            }
        }
        self.config.modules.get(path).cloned()
    }

    /// Where the module that `call` means is, relative to the root.
    fn directory_of(&mut self, call: &ModuleCall, module: &Module, above: &[PathBuf]) -> Option<PathBuf> {
        let path = module.path.child(call.name.clone());
        // What is no source was reported where it was read.
        let source = call.source.parse::<ModuleSource>().ok()?;
        if let (Some((_, span)), false) = (&call.version, matches!(source, ModuleSource::Registry(_))) {
            let detail = format!(
                "A version constraint cannot be applied to module \"{}\", because its source is {}. Only modules \
                 of a registry have versions.",
                call.name,
                match source {
                    ModuleSource::Local(_) => "a local directory",
                    _ => "a package at a location, whose version is part of the address where it has one",
                }
            );
            self.diagnostics.push(Diagnostic::error("Invalid version argument", detail).at(*span));
        }
        let dir = match &source {
            ModuleSource::Local(relative) => join(&module.dir, Path::new(relative)),
            _ => match self.modules.locate(&path, call, &source) {
                Located::At(dir) => dir,
                Located::Pending => return None,
                Located::Missing(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    return None;
                }
            },
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
            return self.check_root(module);
        }
        for import in &module.imports {
            let detail = format!(
                "An import block was detected in {}. Import blocks are only allowed in the root module.",
                module.path
            );
            self.diagnostics.push(Diagnostic::error("Invalid import configuration", detail).at(import.span));
        }
        if let Some(cloud) = module.cloud {
            let detail = "A \"cloud\" block has a meaning in the root module only, where Terrane refuses it: it has \
                          no effect here.";
            self.diagnostics.push(Diagnostic::warning("Cloud configuration ignored", detail).at(cloud));
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

    /// Refuses what may not stand in the root module.
    fn check_root(&mut self, module: &Module) {
        for output in module.outputs.values().filter(|o| o.ephemeral) {
            let detail = "Outputs of the root module are kept in the state, where ephemeral values must never be. \
                          Only outputs of modules that are called can be ephemeral.";
            self.diagnostics.push(Diagnostic::error("Ephemeral output not allowed", detail).at(output.span));
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

/// What is wrong with a module source.
pub(crate) fn check_source(text: &str, span: Span) -> Diagnostics {
    match text.parse::<ModuleSource>() {
        Ok(_) => Diagnostics::new(),
        Err(error) => Diagnostic::error("Invalid module source address", error.to_string()).at(span).into(),
    }
}

/// What is wrong with a version constraint of a module.
pub(crate) fn check_constraint(text: &str, span: Span) -> Diagnostics {
    match text.parse::<Constraint>() {
        Ok(_) => Diagnostics::new(),
        Err(error) => {
            let detail = format!("This string does not use correct version constraint syntax: {error}.");
            Diagnostic::error("Invalid version constraint", detail).at(span).into()
        }
    }
}
