//! Starting the plugins that `init` has installed.

use super::install::{directory, read_lock};
use crate::context::{Context, Problems};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use terrane_address::ProviderAddress;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_install::{Installation, LockFile, executable, provider_dir};
use terrane_plugin::{PluginProvider, Program, Reattach};
use terrane_provider::Providers;

/// A plugin that is to be used.
struct Plugin {
    address: ProviderAddress,
    source: Source,
    /// What messages call it.
    name: String,
}

/// Where a plugin is.
enum Source {
    Program(PathBuf),
    Running(Reattach),
}

/// Adds the plugins that are `needed`, or that the lock file names, to `providers`, which has the
/// native ones.
pub(super) fn start(
    context: &Context,
    installation: &Installation,
    needed: &BTreeSet<ProviderAddress>,
    providers: &mut Providers,
) -> Result<(), Problems> {
    let lock = read_lock(context)?;
    let running = running(context)?;
    let mut wanted = needed.clone();
    wanted.extend(lock.providers.keys().cloned());
    let mut plugins = Vec::new();
    let mut missing = Vec::new();
    for address in wanted {
        if providers.get(&address).is_some() && !running.contains_key(&address.to_string()) {
            continue;
        }
        if let Some(at) = running.get(&address.to_string()) {
            let name = format!("{} (already running)", address.short());
            plugins.push(Plugin { address, source: Source::Running(at.clone()), name });
            continue;
        }
        match find(context, installation, &lock, &address) {
            Ok(plugin) => plugins.push(plugin),
            // What only the lock file names may be left over from before.
            Err(why) if needed.contains(&address) => missing.push(format!("- {}: {why}", address.short())),
            Err(_) => {}
        }
    }
    if !missing.is_empty() {
        let detail = format!(
            "This configuration needs providers that are not installed here:\n  {}\n\nTo install what is needed, \
             run:\n  terrane init",
            missing.join("\n  ")
        );
        return Err(Problems::new("Required plugins are not installed", detail));
    }
    let launcher = super::launch::launcher();
    let schemas = Some(context.environment.data_dir().join("plugin-schemas"));
    let starts = plugins.iter().map(|plugin| async {
        match &plugin.source {
            Source::Program(path) => {
                let (path, name) = (path.clone(), plugin.name.clone());
                let (launcher, schemas) = (launcher.clone(), schemas.clone());
                PluginProvider::start(Program { path, name, launcher, schemas }).await
            }
            Source::Running(at) => PluginProvider::attach(at, plugin.name.clone()).await,
        }
    });
    let started = context.block_on(futures::future::join_all(starts));
    let mut problems = Diagnostics::new();
    for (plugin, provider) in plugins.iter().zip(started) {
        match provider {
            Ok(provider) => providers.insert(&plugin.address, Arc::new(provider)),
            Err(diagnostics) => problems.append(diagnostics),
        }
    }
    if problems.has_errors() { Err(problems.into()) } else { Ok(()) }
}

/// The plugins that somebody else has started.
pub(super) fn running(context: &Context) -> Result<BTreeMap<String, Reattach>, Problems> {
    let Some(json) = context.environment.setting("REATTACH_PROVIDERS") else { return Ok(BTreeMap::new()) };
    Reattach::read(json).map_err(|e| {
        Problems::new("Invalid TF_REATTACH_PROVIDERS", format!("The variable is not as expected: {e}."))
    })
}

fn find(
    context: &Context,
    installation: &Installation,
    lock: &LockFile,
    address: &ProviderAddress,
) -> Result<Plugin, String> {
    let plugin = |path: PathBuf, name: String| Plugin {
        address: address.clone(),
        source: Source::Program(path),
        name,
    };
    if let Some(dir) = installation.dev_overrides.get(address) {
        let path = match context.environment.is_dir(dir) {
            true => executable(dir, &address.type_name)?,
            false => dir.clone(),
        };
        return Ok(plugin(path, format!("{} (development override)", address.short())));
    }
    let locked = lock.providers.get(address).ok_or("no version has been chosen yet")?;
    let dir = provider_dir(&directory(&context.environment), address, &locked.version);
    if !context.environment.is_dir(&dir) {
        return Err(format!(
            "version {} is not in {}",
            locked.version,
            directory(&context.environment).display()
        ));
    }
    let path = executable(&dir, &address.type_name)?;
    Ok(plugin(runnable(&path), format!("{} {}", address.short(), locked.version)))
}

/// A path that the system takes for one, and not for the name of a program to look for.
fn runnable(path: &Path) -> PathBuf {
    if path.is_absolute() { path.to_owned() } else { Path::new(".").join(path) }
}

/// Warns that development overrides are used whatever their version.
pub(super) fn announce_overrides(context: &Context, installation: &Installation) {
    if installation.dev_overrides.is_empty() {
        return;
    }
    let list: Vec<String> = (installation.dev_overrides.iter())
        .map(|(address, dir)| format!("  - {} in {}", address.short(), dir.display()))
        .collect();
    let warning = Diagnostic::warning(
        "Provider development overrides are in effect",
        format!(
            "The CLI configuration names programs that are used whatever their version:\n{}\n\nTheir behaviour may \
             not match that of a released version, and applying changes may make the state one that released versions \
             cannot read.",
            list.join("\n")
        ),
    );
    context.output.problems(&warning.into());
}
