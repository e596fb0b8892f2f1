//! What `init` does for providers: it says which are part of this program, installs the others, and
//! keeps the lock file.

use super::native;
use super::plugins::{announce_overrides, running};
use crate::backend;
use crate::commands::providers::requirements;
use crate::context::{Context, Problems};
use crate::environment::Environment;
use crate::modules::surroundings;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use terrane_address::{Constraint, ProviderAddress};
use terrane_backend::StateManager;
use terrane_config::Config;
use terrane_diagnostics::{Diagnostics, SourceMap};
use terrane_install::{
    InstallLock, Installation, LockFile, LockedProvider, Method, Patterns, Place, ProviderInstaller,
    ProviderRequest, Surroundings,
};

pub(super) const LOCK_FILE: &str = ".terraform.lock.hcl";

/// How to install.
pub(crate) struct InstallPlugins<'a> {
    /// Choose the newest versions, whatever the lock file says.
    pub(crate) upgrade: bool,
    /// Refuse to change the lock file.
    pub(crate) readonly: bool,
    /// Install what objects in the state need as well.
    pub(crate) with_state: bool,
    /// Take packages from these directories only.
    pub(crate) plugin_dirs: &'a [String],
}

/// Where plugins are installed.
pub(super) fn directory(environment: &Environment) -> PathBuf {
    environment.data_dir().join("providers")
}

/// The lock file; empty when there is none.
pub(super) fn read_lock(context: &Context) -> Result<LockFile, Problems> {
    let bytes = match context.environment.read(Path::new(LOCK_FILE)) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(LockFile::default()),
        Err(e) => {
            return Err(Problems::new("Failed to read dependency lock file", format!("{LOCK_FILE}: {e}.")));
        }
    };
    let mut sources = SourceMap::default();
    let (lock, diagnostics) = LockFile::parse(LOCK_FILE, &String::from_utf8_lossy(&bytes), &mut sources);
    if diagnostics.has_errors() { Err(Problems { diagnostics, sources }) } else { Ok(lock) }
}

/// Installs the providers that configurations and the state need.
pub(crate) fn install(
    context: &Context,
    configs: &[&Config],
    how: &InstallPlugins<'_>,
) -> Result<(), Problems> {
    let mut needed = needed(configs);
    if how.with_state {
        for address in in_state(context) {
            needed.entry(address).or_default();
        }
    }
    needed.retain(|address, _| !address.is_builtin());
    if needed.is_empty() {
        return Ok(());
    }
    let surroundings = surroundings(context);
    let mut installation = surroundings.cli.installation.clone().unwrap_or_default();
    if !how.plugin_dirs.is_empty() {
        let place =
            |dir: &String| Method { place: Place::Filesystem(dir.into()), patterns: Patterns::default() };
        installation.methods = how.plugin_dirs.iter().map(place).collect();
    }
    context.output.line("Initializing provider plugins...");
    announce_overrides(context, &installation);
    let native = native(context, &installation);
    let lock = read_lock(context)?;
    let running = running(context)?;
    let mut requests = Vec::new();
    for (address, versions) in &needed {
        if native.get(address).is_some() {
            let versions = match versions.is_empty() {
                true => String::new(),
                false => format!(", whatever its version ({})", versions.join(", ")),
            };
            context.output.line(&format!("- {} is part of Terrane{versions}", address.short()));
        } else if !installation.dev_overrides.contains_key(address)
            && !running.contains_key(&address.to_string())
        {
            let constraints: Vec<Constraint> = versions.iter().filter_map(|v| v.parse().ok()).collect();
            let locked = lock.providers.get(address).filter(|_| !how.upgrade).cloned();
            requests.push(ProviderRequest { address: address.clone(), constraints, locked });
        }
    }
    let mut new = lock.clone();
    // Entries of native providers are for Terraform, which shares the file.
    new.providers.retain(|address, _| needed.contains_key(address));
    let chosen = install_all(context, &surroundings, &installation, &requests)?;
    for (request, locked) in requests.iter().zip(chosen) {
        new.providers.insert(request.address.clone(), locked);
    }
    write_lock(context, how, &lock, &new)
}

pub(super) fn needed(configs: &[&Config]) -> BTreeMap<ProviderAddress, Vec<String>> {
    let mut needed: BTreeMap<ProviderAddress, Vec<String>> = BTreeMap::new();
    for (config, path) in
        configs.iter().flat_map(|config| config.modules.keys().map(move |path| (config, path)))
    {
        for (address, versions) in requirements(config, path) {
            needed.entry(address).or_default().extend(versions);
        }
    }
    for versions in needed.values_mut() {
        versions.sort();
        versions.dedup();
    }
    needed
}

/// The providers of objects in the state. A state that cannot be read needs none yet: whoever wants
/// to use it will be told.
fn in_state(context: &Context) -> BTreeSet<ProviderAddress> {
    let opened = backend::storage(context, &Default::default())
        .ok()
        .and_then(|storage| context.block_on(StateManager::open(storage)).ok());
    let state = opened.map(|manager| manager.state()).unwrap_or_default();
    state.resources.values().map(|resource| resource.provider.provider.clone()).collect()
}

fn install_all(
    context: &Context,
    surroundings: &Surroundings,
    installation: &Installation,
    requests: &[ProviderRequest],
) -> Result<Vec<LockedProvider>, Problems> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let dir = directory(&context.environment);
    let waiting = || context.output.line("Waiting for another run that installs providers here...");
    let _lock = InstallLock::take(&dir, &waiting).map_err(|e| {
        Problems::new("Failed to lock provider directory", format!("{}: {e}.", dir.display()))
    })?;
    let cache = cache(context, surroundings);
    let implied = implied_mirrors(&context.environment);
    let installer = ProviderInstaller::new(surroundings, dir, installation, &implied, cache);
    let mut problems = Diagnostics::new();
    let mut chosen = Vec::new();
    for request in requests {
        let address = request.address.short();
        match (&request.locked, constraints(request)) {
            (Some(_), _) => {
                context
                    .output
                    .line(&format!("- Reusing previous version of {address} from the dependency lock file"));
            }
            (None, asked) if asked.is_empty() => {
                context.output.line(&format!("- Finding latest version of {address}..."));
            }
            (None, asked) => {
                context.output.line(&format!("- Finding {address} versions matching \"{asked}\"..."));
            }
        }
        match context.block_on(installer.install(request)) {
            Ok(installed) => {
                let version = &installed.version;
                context.output.line(&match (installed.reused, &installed.signed_by) {
                    (true, _) => format!("- Using previously-installed {address} v{version}"),
                    (false, Some(by)) => format!("- Installed {address} v{version} (signed by {by})"),
                    (false, None) => format!("- Installed {address} v{version} (unauthenticated)"),
                });
                chosen.push(LockedProvider {
                    version: version.clone(),
                    constraints: constraints(request),
                    hashes: installed.hashes,
                });
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.has_errors() { Err(problems.into()) } else { Ok(chosen) }
}

pub(super) fn constraints(request: &ProviderRequest) -> String {
    let texts: Vec<String> = request.constraints.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

/// The directory that shares packages between working directories.
fn cache(context: &Context, surroundings: &Surroundings) -> Option<PathBuf> {
    let environment = &context.environment;
    if let Some(dir) = environment.setting("PLUGIN_CACHE_DIR") {
        return Some(dir.into());
    }
    let named = surroundings.cli.plugin_cache_dir.as_deref()?;
    let home = environment.variable("HOME").unwrap_or_default();
    Some(PathBuf::from(named.replace("$HOME", home)))
}

/// The directories where packages are looked for without being told.
pub(super) fn implied_mirrors(environment: &Environment) -> Vec<PathBuf> {
    let mut dirs = vec![PathBuf::from("terraform.d/plugins")];
    if let Some(home) = environment.variable("HOME") {
        let home = PathBuf::from(home);
        dirs.push(home.join(".terraform.d/plugins"));
        dirs.push(home.join(".local/share/terraform/plugins"));
    }
    dirs.push("/usr/local/share/terraform/plugins".into());
    dirs.push("/usr/share/terraform/plugins".into());
    dirs.retain(|dir| environment.is_dir(dir));
    dirs
}

fn write_lock(
    context: &Context,
    how: &InstallPlugins<'_>,
    old: &LockFile,
    new: &LockFile,
) -> Result<(), Problems> {
    if old == new {
        return Ok(());
    }
    if how.readonly {
        return Err(Problems::new(
            "Dependency lock file would change",
            "The providers that this configuration needs differ from what the lock file says, and with -lockfile=readonly \
             it must not change. Run \"terrane init\" without it, and check the new lock file in.",
        ));
    }
    context
        .environment
        .replace(Path::new(LOCK_FILE), new.render().as_bytes())
        .map_err(|e| Problems::new("Failed to write dependency lock file", format!("{LOCK_FILE}: {e}.")))?;
    context.output.line(match old.providers.is_empty() {
        true => {
            "\nTerrane has created a lock file .terraform.lock.hcl to record the provider\nselections it made above. \
             Include this file in your version control repository,\nso that Terrane can guarantee to make the same \
             selections by default when\nyou run \"terrane init\" in the future."
        }
        false => {
            "\nTerrane has made some changes to the provider dependency selections recorded\nin the .terraform.lock.hcl \
             file. Review those changes and commit them to your\nversion control system if they represent changes you \
             intended to make."
        }
    });
    Ok(())
}
