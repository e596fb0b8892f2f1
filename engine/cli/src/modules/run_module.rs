//! Loading what test files run: the root module, or the module of a run, which is installed under a name
//! made of those of the file and the run.

use super::{Early, manifest_file};
use crate::context::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::{ModulePath, ModuleSource};
use terrane_config::{
    Config, InstalledModules, Located, ModuleCall, Modules, Repetition, Start, TestFile, TestModule,
    load_from, load_tests,
};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_syntax::{Body, Expr, NativeBody};
use terrane_testing::RunModule;

/// Loads the root module, or the module of a run.
pub(crate) fn load_for_test(
    context: &Context,
    module: Option<RunModule<'_>>,
    start: Start,
) -> (Config, Diagnostics) {
    let environment = &context.environment;
    let installed = InstalledModules::read(environment, &manifest_file(environment));
    let Some(run) = module else {
        let mut modules = Early { context, variables: None, modules: installed };
        return load_from(environment, Path::new("."), &mut modules, start);
    };
    let mut modules = Within { prefix: installed_as(run.file, run.run), modules: installed };
    let dir = match modules.directory(run.module) {
        Ok(dir) => dir,
        Err(problem) => {
            let config = Config { sources: start.sources, ..Config::default() };
            return (config, problem.into());
        }
    };
    let mut modules = Early { context, variables: None, modules };
    load_from(environment, Path::new("."), &mut modules, Start { module: dir, ..start })
}

/// What is wrong with the modules that `files` run. Their files are added to `sources`.
pub(crate) fn run_modules(context: &Context, files: &[TestFile], sources: &mut SourceMap) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let mut seen = Vec::new();
    for (file, run) in files.iter().flat_map(|file| file.runs.iter().map(move |run| (file, run))) {
        let Some(module) = &run.module else { continue };
        let version = module.version.as_ref().map(|(text, _)| text);
        if seen.contains(&(&module.source, version)) {
            continue;
        }
        seen.push((&module.source, version));
        let module = RunModule { file: &file.name, run: &run.name, module };
        let start = Start { sources: std::mem::take(sources), ..Start::default() };
        let (config, problems) = load_for_test(context, Some(module), start);
        let failed = problems.has_errors();
        diagnostics.extend(problems.into_iter().filter(|d| d.summary != MISSING_PROVIDER));
        if !failed {
            diagnostics.append(terrane_config::check_validity(&config));
        }
        *sources = config.sources;
    }
    diagnostics
}

/// The modules that test files run, to be installed.
pub(super) struct RunModules {
    runs: Vec<(ModulePath, TestModule)>,
    sources: SourceMap,
}

impl RunModules {
    /// Those of the test files of the working directory. What is wrong with the files is for `test` to say.
    pub(super) fn read(context: &Context, test_directory: &Path) -> RunModules {
        let mut sources = SourceMap::default();
        let (files, _) = load_tests(&context.environment, Path::new("."), test_directory, &mut sources);
        let mut runs = Vec::new();
        for file in files {
            for run in file.runs {
                runs.extend(run.module.map(|module| (installed_as(&file.name, &run.name), module)));
            }
        }
        RunModules { runs, sources }
    }

    /// The source of the module that is installed as `path`.
    pub(super) fn source(&self, path: &ModulePath) -> Option<&str> {
        self.runs.iter().find(|(name, _)| name == path).map(|(_, module)| module.source.as_str())
    }

    /// Loads those that are there, and lets `modules` know of the others. What is wrong with a module points
    /// into its own sources, and so is told without its place.
    pub(super) fn load<M: Modules>(
        &self,
        context: &Context,
        modules: &mut M,
    ) -> (Vec<(ModulePath, Config)>, Diagnostics) {
        let (mut found, mut diagnostics) = (Vec::new(), Diagnostics::new());
        for (prefix, module) in &self.runs {
            let mut within = Within { prefix: prefix.clone(), modules: &mut *modules };
            let dir = match within.place(module) {
                Some(Located::At(dir)) => dir,
                Some(Located::Missing(problem)) => {
                    diagnostics.push(Diagnostic { subject: None, context: None, ..problem });
                    continue;
                }
                Some(Located::Pending) | None => continue,
            };
            let start = Start { module: dir, sources: self.sources.clone(), ..Start::default() };
            let mut modules = Early { context, variables: None, modules: within };
            let (config, problems) = load_from(&context.environment, Path::new("."), &mut modules, start);
            let errors = problems.into_iter().filter(|d| d.is_error() && d.summary != MISSING_PROVIDER);
            diagnostics.extend(errors.map(|d| Diagnostic { subject: None, context: None, ..d }));
            found.push((prefix.clone(), config));
        }
        (found, diagnostics)
    }
}

/// Whether there are test files with runs of other modules.
pub(crate) fn tests_run_modules(context: &Context, test_directory: &Path) -> bool {
    !RunModules::read(context, test_directory).runs.is_empty()
}

/// What is said of provider configurations that a module expects from its caller, and that a test file may
/// have.
pub(crate) const MISSING_PROVIDER: &str = "Provider configuration not present";

/// The name under which the module of a run is installed: that of its file without the ending, with the
/// directories, and its own.
pub(super) fn installed_as(file: &str, run: &str) -> ModulePath {
    let name = file.split(".tftest.").next().unwrap_or(file);
    let name = name.split(".tofutest.").next().unwrap_or(name);
    let parts = name.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".");
    let all = std::iter::once("test").chain(parts).chain([run]);
    ModulePath(all.map(Arc::from).collect())
}

/// The modules that the module of a run calls: their names begin with that under which it is installed.
pub(super) struct Within<M> {
    pub(super) prefix: ModulePath,
    pub(super) modules: M,
}

impl<M: Modules> Within<M> {
    /// Where the module itself is, relative to the root module.
    fn directory(&mut self, module: &TestModule) -> Result<PathBuf, Diagnostic> {
        match self.place(module) {
            Some(Located::At(dir)) => Ok(dir),
            Some(Located::Missing(problem)) => Err(problem),
            Some(Located::Pending) | None => {
                Err(Diagnostic::error("Module not installed", "The module has not been installed.")
                    .at(module.source_span))
            }
        }
    }

    /// Where the module itself is; `None` when its source is none, which was said where it was read.
    pub(super) fn place(&mut self, module: &TestModule) -> Option<Located> {
        let source = module.source.parse::<ModuleSource>().ok()?;
        if let ModuleSource::Local(relative) = &source {
            return Some(Located::At(crate::run::plain(Path::new(relative))));
        }
        let prefix = self.prefix.clone();
        Some(self.modules.locate(&prefix, &as_call(&prefix, module), &source))
    }
}

/// The module of a run as if a `module` block called it.
fn as_call(path: &ModulePath, module: &TestModule) -> ModuleCall {
    let span = module.source_span;
    let nothing = NativeBody { attributes: Vec::new(), blocks: Vec::new(), span, missing: span };
    ModuleCall {
        name: path.0.last().cloned().unwrap_or_default(),
        source: module.source.clone(),
        source_expr: None,
        source_span: span,
        version: module.version.clone(),
        version_expr: None,
        body: Body::Native(nothing),
        repetition: Repetition::Single,
        providers: Vec::new(),
        depends_on: Vec::new(),
        span,
    }
}

impl<M: Modules> Modules for Within<M> {
    fn text(&mut self, config: &Config, module: &ModulePath, expr: &Expr) -> Result<String, Diagnostics> {
        self.modules.text(config, module, expr)
    }

    fn locate(&mut self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located {
        let path = ModulePath(self.prefix.0.iter().chain(path.0.iter()).cloned().collect());
        self.modules.locate(&path, call, source)
    }
}

#[cfg(test)]
mod tests {
    use super::installed_as;

    /// As Terraform 1.11.4 calls them.
    #[test]
    fn modules_of_runs_are_installed_under_the_names_of_file_and_run() {
        assert_eq!(installed_as("tests/main.tftest.hcl", "setup").0.join("."), "test.tests.main.setup");
        assert_eq!(installed_as("a.tofutest.json", "b").0.join("."), "test.a.b");
    }
}
