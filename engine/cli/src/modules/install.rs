//! `init` and `get`: modules are installed level by level, since what a module calls is known only
//! when it is there.

use super::run_module::RunModules;
use super::{Early, directory, manifest_file};
use crate::context::{Context, Problems};
use crate::environment::Environment;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use terrane_address::{ModulePath, ModuleSource};
use terrane_config::{Config, InstalledModule, Located, ModuleCall, ModuleManifest, Modules};
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_install::{CliConfig, Event, InstallLock, Installer, Request, Surroundings, read_cli_config};

/// How modules are installed.
pub(crate) struct Install {
    /// Whether what is installed already is fetched anew.
    pub(crate) upgrade: bool,
    /// Where test files are.
    pub(crate) test_directory: PathBuf,
}

/// Modules that are installed, and requests for the others.
pub(super) struct Plan {
    manifest: ModuleManifest,
    /// Whether what is in the manifest and not in `fresh` must be fetched anew.
    upgrade: bool,
    /// Modules that this run has installed.
    fresh: BTreeSet<ModulePath>,
    requests: Vec<Request>,
}

impl Modules for Plan {
    fn text(
        &mut self,
        _: &Config,
        _: &ModulePath,
        expr: &terrane_syntax::Expr,
    ) -> Result<String, Diagnostics> {
        // Whoever wraps this evaluates.
        let detail = "The value is not known here.";
        Err(Diagnostic::error("Invalid module source", detail).at(expr.span).into())
    }

    fn locate(&mut self, path: &ModulePath, call: &ModuleCall, source: &ModuleSource) -> Located {
        let kept = !self.upgrade || self.fresh.contains(path);
        if kept
            && let Located::At(dir) = self.manifest.locate(path, call, source)
            && dir.is_dir()
        {
            return Located::At(dir);
        }
        let version = call.version.as_ref();
        self.requests.push(Request {
            path: path.clone(),
            source: source.clone(),
            constraint: version.and_then(|(text, _)| text.parse().ok()),
            source_span: call.source_span,
            version_span: version.map_or(call.source_span, |(_, span)| *span),
        });
        Located::Pending
    }
}

/// The configuration without modules that are not there.
pub(crate) fn outline(context: &Context) -> (Config, Diagnostics) {
    let plan = Plan::new(&context.environment, false);
    terrane_config::load_with(
        &context.environment,
        Path::new("."),
        &mut Early { context, variables: None, modules: plan },
    )
}

/// What was installed.
pub(crate) struct Installed {
    /// The whole configuration.
    pub(crate) config: Config,
    /// The modules that only test files run, by the names under which they are installed.
    pub(crate) for_tests: Vec<(ModulePath, Config)>,
}

/// Installs all modules that are called, and those that test files run.
pub(crate) fn install(context: &Context, how: &Install) -> Result<Installed, Problems> {
    context.forget_config();
    let runs = RunModules::read(context, &how.test_directory);
    let before = manifest(&context.environment);
    let mut modules =
        Early { context, variables: None, modules: Plan::new(&context.environment, how.upgrade) };
    let surroundings = surroundings(context);
    let mut tools: Option<(InstallLock, Installer<'_>)> = None;
    loop {
        modules.modules.requests.clear();
        let (config, mut diagnostics) =
            terrane_config::load_with(&context.environment, Path::new("."), &mut modules);
        diagnostics.append(escapes(context, &config));
        let for_tests = diagnostics.take(runs.load(context, &mut modules.modules));
        if diagnostics.has_errors() {
            return Err(Problems { diagnostics, sources: config.sources });
        }
        let plan = &mut modules.modules;
        if plan.requests.is_empty() {
            context.output.diagnostics(&diagnostics, &config.sources);
            let installed = Installed { config, for_tests };
            finish(context, &installed, &runs, &plan.manifest, &before, &plan.fresh, how.upgrade)?;
            return Ok(installed);
        }
        let Some((_, installer)) = &mut tools else {
            let lock = lock(context)?;
            tools = Some((lock, Installer::new(&surroundings, directory(&context.environment))));
            // While this run waited, another one may have installed what is asked for.
            plan.manifest = manifest(&context.environment);
            continue;
        };
        let requests = std::mem::take(&mut plan.requests);
        let names: Vec<ModulePath> = requests.iter().map(|r| r.path.clone()).collect();
        let mut remaining = plan.manifest.clone();
        let mut replacing = |paths: &[ModulePath]| {
            remaining.0.retain(|path, _| !paths.iter().any(|p| path.0.starts_with(&p.0)));
            write(&context.environment, &remaining)
        };
        let events = |event| announce(context, &event);
        let work = installer.install(requests, &events, &mut replacing);
        let (installed, problems) = context.block_on(work);
        plan.manifest = remaining;
        plan.fresh.extend(installed.keys().cloned());
        plan.manifest.0.extend(installed);
        write(&context.environment, &plan.manifest).map_err(|e| manifest_failed(&e))?;
        if problems.has_errors() {
            return Err(Problems { diagnostics: problems, sources: config.sources });
        }
        for name in names {
            if let Some(module) = plan.manifest.0.get(&name) {
                context.output.line(&format!("- {} in {}", name.0.join("."), module.dir.display()));
            }
        }
    }
}

impl Plan {
    fn new(environment: &Environment, upgrade: bool) -> Plan {
        Plan { manifest: manifest(environment), upgrade, fresh: BTreeSet::new(), requests: Vec::new() }
    }
}

/// Writes the manifest of the whole configuration, and says where local modules are that were
/// not called before; of all, when what is installed is fetched anew.
fn finish(
    context: &Context,
    all: &Installed,
    runs: &RunModules,
    installed: &ModuleManifest,
    before: &ModuleManifest,
    fresh: &BTreeSet<ModulePath>,
    upgrade: bool,
) -> Result<(), Problems> {
    let entry = |path: &ModulePath, dir: &Path, source: Option<&str>| match source
        .and_then(|source| source.parse::<ModuleSource>().ok())
    {
        None => InstalledModule { dir: dir.to_owned(), ..InstalledModule::default() },
        Some(ModuleSource::Local(source)) => InstalledModule { source, version: None, dir: dir.to_owned() },
        Some(_) => installed.0.get(path).cloned().unwrap_or_default(),
    };
    let root = ModulePath::root();
    let configs = std::iter::once((&root, &all.config)).chain(all.for_tests.iter().map(|(p, c)| (p, c)));
    let mut found: BTreeMap<ModulePath, InstalledModule> = BTreeMap::new();
    for (prefix, config) in configs {
        for (path, module) in &config.modules {
            let whole = ModulePath(prefix.0.iter().chain(path.0.iter()).cloned().collect());
            let source = match path.is_root() {
                true => runs.source(prefix),
                false => config.call(path).map(|call| call.source.as_str()),
            };
            let entry = entry(&whole, &module.dir, source);
            found.insert(whole, entry);
        }
    }
    for (path, module) in &found {
        if !path.is_root() && !fresh.contains(path) && (upgrade || before.0.get(path) != Some(module)) {
            context.output.line(&format!("- {} in {}", path.0.join("."), module.dir.display()));
        }
    }
    let manifest = ModuleManifest(found);
    if (manifest.0.len() > 1 || !before.0.is_empty()) && manifest != *before {
        write(&context.environment, &manifest).map_err(|e| manifest_failed(&e))?;
    }
    Ok(())
}

/// Local sources must not lead out of the package that the calling module came in.
fn escapes(context: &Context, config: &Config) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    let modules = directory(&context.environment);
    for (path, call) in config.calls() {
        let (Some(module), Ok(ModuleSource::Local(_))) = (config.module(&path), call.source.parse()) else {
            continue;
        };
        let is_package = |path: &ModulePath| {
            let call = config.call(path)?;
            (!matches!(call.source.parse(), Ok(ModuleSource::Local(_))))
                .then(|| modules.join(path.0.join(".")))
        };
        let mut above = path.clone();
        let package = loop {
            let Some((parent, _)) = above.split() else { break None };
            if let Some(package) = is_package(&parent) {
                break Some(package);
            }
            above = parent;
        };
        if package.is_some_and(|package| !module.dir.starts_with(package)) {
            let detail = format!(
                "The source {:?} of module {:?} leads to {}, which is outside of the package that the calling module \
                 came in.",
                call.source,
                path.0.join("."),
                module.dir.display()
            );
            diagnostics.push(
                Diagnostic::error("Local module path escapes module package", detail).at(call.source_span),
            );
        }
    }
    diagnostics
}

fn lock(context: &Context) -> Result<InstallLock, Problems> {
    let dir = directory(&context.environment);
    let waiting = || context.output.line("Waiting for another run that installs modules here...");
    InstallLock::take(&dir, &waiting)
        .map_err(|e| Problems::new("Failed to lock module directory", format!("{}: {e}.", dir.display())))
}

pub(super) fn announce(context: &Context, event: &Event) {
    let Event::Downloading { path, package, version } = event;
    let version = version.as_ref().map(|v| format!(" {v}")).unwrap_or_default();
    context.output.line(&format!("Downloading {package}{version} for {}...", path.0.join(".")));
}

/// The environment and what the CLI configuration files say. Their problems are warnings.
pub(crate) fn surroundings(context: &Context) -> Surroundings {
    let (cli, problems) = cli_config(context);
    let problems = problems.into_warnings();
    context.output.diagnostics(&problems.diagnostics, &problems.sources);
    Surroundings {
        variables: context.environment.all_variables(),
        cli,
        root: PathBuf::from("."),
        ..Surroundings::default()
    }
}

/// What the CLI configuration files say, and what is wrong with them.
pub(crate) fn cli_config(context: &Context) -> (CliConfig, Problems) {
    let environment = &context.environment;
    let (mut cli, mut sources, mut problems) =
        (CliConfig::default(), SourceMap::default(), Diagnostics::new());
    for path in cli_config_files(environment) {
        let name = path.display().to_string();
        match environment.read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                cli.or(problems.take(read_cli_config(&name, &text, &mut sources)));
            }
            Err(error) => problems.push(Diagnostic::warning(
                "Unable to open CLI configuration file",
                format!("The CLI configuration file {name}: {error}."),
            )),
        }
    }
    (cli, Problems { diagnostics: problems, sources })
}

/// The CLI configuration files, the first of which takes precedence: the one that
/// `TF_CLI_CONFIG_FILE` names or the user's, and those in `~/.terraform.d`.
fn cli_config_files(environment: &Environment) -> Vec<PathBuf> {
    let home =
        environment.variable("HOME").or_else(|| environment.variable("USERPROFILE")).map(PathBuf::from);
    let mut files = Vec::new();
    match (environment.setting("CLI_CONFIG_FILE"), &home) {
        (Some(named), _) => files.push(PathBuf::from(named)),
        (None, Some(home)) => {
            let usual = [".terranerc", ".terraformrc", ".tofurc"].map(|name| home.join(name));
            files.extend(usual.into_iter().find(|path| environment.exists(path)));
        }
        (None, None) => {}
    }
    let dir = home.map(|home| home.join(".terraform.d")).unwrap_or_default();
    let more = environment.entries(&dir).unwrap_or_default();
    let is_config = |name: &str| name.ends_with(".tfrc") || name.ends_with(".tfrc.json");
    files.extend(more.into_iter().filter(|e| !e.is_dir && is_config(&e.name)).map(|e| dir.join(e.name)));
    files
}

/// What is installed.
fn manifest(environment: &Environment) -> ModuleManifest {
    let bytes = environment.read(&manifest_file(environment)).unwrap_or_default();
    ModuleManifest::parse(&String::from_utf8_lossy(&bytes))
}

fn write(environment: &Environment, manifest: &ModuleManifest) -> io::Result<()> {
    environment.replace(&manifest_file(environment), manifest.to_json().as_bytes())
}

fn manifest_failed(error: &io::Error) -> Problems {
    Problems::new("Failed to write module manifest", format!("{error}."))
}
