//! Installing modules: versions are chosen, packages fetched at the same time and each once, and put
//! where the manifest says.

use crate::error::{Failure, Fetched, io};
use crate::fetch::Fetcher;
use crate::http::Http;
use crate::registry::{Registry, choose};
use crate::store::{copy, replace, subdirectory, temporary};
use crate::surroundings::Surroundings;
use futures::StreamExt;
use futures::stream;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;
use terrane_address::{Constraint, ModulePath, ModuleSource, RegistryModule, RemoteModule, Version};
use terrane_config::InstalledModule;
use terrane_diagnostics::{Diagnostic, Diagnostics, Span};

/// How many packages are fetched at the same time.
const AT_ONCE: usize = 8;

/// How often a registry is asked again, unless `TF_REGISTRY_DISCOVERY_RETRY` says.
const RETRIES: u32 = 1;

/// A module to install.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path of calls that leads to it.
    pub path: ModulePath,
    /// Where it comes from. Local sources need no installing, and are an error here.
    pub source: ModuleSource,
    /// Which versions are allowed.
    pub constraint: Option<Constraint>,
    /// Where the source stands.
    pub source_span: Span,
    /// Where the version constraint stands, or else the source.
    pub version_span: Span,
}

/// What happens while modules are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A package is fetched.
    Downloading {
        /// For which module.
        path: ModulePath,
        /// Its address, without secrets.
        package: String,
        /// Its version, when it is from a registry.
        version: Option<Version>,
    },
}

/// Installs modules into one directory, whose lock the caller has.
pub struct Installer<'a> {
    surroundings: &'a Surroundings,
    /// The directory, as paths in the manifest begin.
    dir: PathBuf,
    http: OnceLock<Http>,
    /// Packages that are installed already, with a directory that has one.
    fetched: BTreeMap<String, (PathBuf, String)>,
}

/// A request whose package is known.
struct Resolved {
    request: Request,
    version: Option<Version>,
    package: RemoteModule,
    /// What is wanted of the package.
    subdirectory: String,
}

/// A package in a temporary directory; where its own subdirectory is.
type Package = (TempDir, String);

impl<'a> Installer<'a> {
    /// An installer into `dir`, which is `.terraform/modules` or its like, relative to the root
    /// module's directory.
    pub fn new(surroundings: &'a Surroundings, dir: impl Into<PathBuf>) -> Installer<'a> {
        Installer { surroundings, dir: dir.into(), http: OnceLock::new(), fetched: BTreeMap::new() }
    }

    /// Installs modules. What failed is in the diagnostics, and is as it was before; the others
    /// are installed. `replacing` is called with the modules whose directories are about to
    /// change, before anything does.
    pub async fn install(
        &mut self,
        requests: Vec<Request>,
        events: &(dyn Fn(Event) + Sync),
        replacing: &mut (dyn FnMut(&[ModulePath]) -> std::io::Result<()> + Send),
    ) -> (BTreeMap<ModulePath, InstalledModule>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let mut resolved = diagnostics.take(self.resolve(requests).await);
        resolved.sort_by(|a, b| a.request.path.cmp(&b.request.path));
        for module in &resolved {
            let (package, version) = match &module.request.source {
                ModuleSource::Registry(source) => (source.package(), module.version.clone()),
                _ => (crate::redact(&module.package.package()), None),
            };
            events(Event::Downloading { path: module.request.path.clone(), package, version });
        }
        let packages = self.fetch(&resolved).await;
        let arrived = |module: &Resolved| match packages.get(&module.package.package()) {
            Some(Err(failure)) => Err(failure.clone()),
            _ => Ok(()),
        };
        let mut ready = Vec::new();
        for module in resolved {
            match arrived(&module) {
                Ok(()) => ready.push(module),
                Err(failure) => diagnostics.push(download_failed(&module, &failure)),
            }
        }
        let changing: Vec<ModulePath> = ready.iter().map(|m| m.request.path.clone()).collect();
        let mut installed = BTreeMap::new();
        if changing.is_empty() {
            return (installed, diagnostics);
        }
        if let Err(error) = replacing(&changing) {
            diagnostics.push(Diagnostic::error("Failed to write module manifest", format!("{error}.")));
            return (installed, diagnostics);
        }
        let mut packages: BTreeMap<String, Package> =
            packages.into_iter().filter_map(|(name, fetched)| Some((name, fetched.ok()?))).collect();
        for module in ready {
            match self.place(&module, &mut packages) {
                Ok(dir) => {
                    let source = module.request.source.to_string();
                    let version = module.version.map(|v| v.to_string());
                    installed.insert(module.request.path, InstalledModule { source, version, dir });
                }
                Err(failure) => diagnostics.push(download_failed(&module, &failure)),
            }
        }
        (installed, diagnostics)
    }

    fn http(&self) -> Fetched<&Http> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let retries = self.surroundings.setting("REGISTRY_DISCOVERY_RETRY").and_then(|r| r.parse().ok());
        let http = Http::new(self.surroundings, retries.unwrap_or(RETRIES))?;
        Ok(self.http.get_or_init(|| http))
    }

    /// Finds the packages of all requests.
    async fn resolve(&self, requests: Vec<Request>) -> (Vec<Resolved>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let mut resolved = Vec::new();
        let mut by_module: BTreeMap<String, (RegistryModule, Vec<Request>)> = BTreeMap::new();
        for request in requests {
            match &request.source {
                ModuleSource::Local(_) => {}
                ModuleSource::Remote(remote) => resolved.push(Resolved {
                    version: None,
                    package: remote.clone(),
                    subdirectory: remote.subdirectory().to_owned(),
                    request,
                }),
                ModuleSource::Registry(module) => {
                    let entry =
                        by_module.entry(module.package()).or_insert_with(|| (module.clone(), Vec::new()));
                    entry.1.push(request);
                }
            }
        }
        let asked = by_module.into_values().map(|(module, requests)| self.resolve_registry(module, requests));
        let mut answers = stream::iter(asked).buffer_unordered(AT_ONCE);
        while let Some((more, problems)) = answers.next().await {
            resolved.extend(more);
            diagnostics.append(problems);
        }
        (resolved, diagnostics)
    }

    /// Chooses the versions of one module for all requests of it.
    async fn resolve_registry(
        &self,
        module: RegistryModule,
        requests: Vec<Request>,
    ) -> (Vec<Resolved>, Diagnostics) {
        let (mut resolved, mut diagnostics) = (Vec::new(), Diagnostics::new());
        let versions = match self.http() {
            Ok(http) => Registry { http, surroundings: self.surroundings }.versions(&module).await,
            Err(failure) => Err(failure),
        };
        let mut locations: BTreeMap<Version, Fetched<RemoteModule>> = BTreeMap::new();
        for request in requests {
            let versions = match &versions {
                Ok(versions) => versions,
                Err(failure) => {
                    diagnostics.push(registry_failed(&request, &module, failure));
                    continue;
                }
            };
            let Some(version) = choose(versions, request.constraint.as_ref()) else {
                diagnostics.push(no_version(&request, &module, versions));
                continue;
            };
            if !locations.contains_key(&version) {
                let located = match self.http() {
                    Ok(http) => {
                        Registry { http, surroundings: self.surroundings }.location(&module, &version).await
                    }
                    Err(failure) => Err(failure),
                };
                locations.insert(version.clone(), located);
            }
            match locations.get(&version) {
                Some(Ok(remote)) => {
                    let ModuleSource::Registry(source) = &request.source else { continue };
                    resolved.push(Resolved {
                        subdirectory: remote.clone().below(&source.subdirectory).subdirectory().to_owned(),
                        package: remote.clone(),
                        version: Some(version),
                        request,
                    });
                }
                Some(Err(failure)) => diagnostics.push(registry_failed(&request, &module, failure)),
                None => {}
            }
        }
        (resolved, diagnostics)
    }

    /// Fetches the packages that are not there yet, by address.
    async fn fetch(&self, resolved: &[Resolved]) -> BTreeMap<String, Fetched<Package>> {
        let mut wanted: BTreeMap<String, &RemoteModule> = BTreeMap::new();
        for module in resolved {
            let name = module.package.package();
            if !self.fetched.contains_key(&name) {
                wanted.insert(name, &module.package);
            }
        }
        let fetches = wanted.into_iter().map(|(name, module)| async move {
            let fetched = async {
                let holder = temporary(&self.dir)?;
                let fetcher = Fetcher { http: self.http()?, surroundings: self.surroundings };
                let own = fetcher.fetch(module, &holder.path().join("package")).await?;
                Ok((holder, own))
            };
            (name, fetched.await)
        });
        stream::iter(fetches).buffer_unordered(AT_ONCE).collect().await
    }

    /// Puts a package into the module's directory; gives that of the module itself.
    fn place(&mut self, module: &Resolved, packages: &mut BTreeMap<String, Package>) -> Fetched<PathBuf> {
        let name = module.package.package();
        let target = self.dir.join(module.request.path.0.join("."));
        let (holder, own) = match packages.remove(&name) {
            Some(package) => package,
            None => {
                // The package has been put elsewhere already.
                let (from, own) = self
                    .fetched
                    .get(&name)
                    .ok_or_else(|| Failure::new("the package was fetched and is gone"))?;
                let holder = temporary(&self.dir)?;
                duplicate(from, &holder.path().join("package"))?;
                (holder, own.clone())
            }
        };
        let package = holder.path().join("package");
        let wanted = format!("{own}/{}", module.subdirectory);
        let below = match subdirectory(&package, &wanted) {
            Ok(below) => below,
            Err(failure) => {
                // The next module of the same package may have a better one.
                packages.insert(name, (holder, own));
                return Err(failure);
            }
        };
        replace(&package, &target, holder.path())?;
        self.fetched.insert(name, (target.clone(), own));
        Ok(if below.as_os_str().is_empty() { target } else { target.join(below) })
    }
}

/// A package a second time: what is a link is a link again.
fn duplicate(from: &Path, to: &Path) -> Fetched<()> {
    match std::fs::read_link(from) {
        Ok(target) => {
            crate::archive::make_link(&target, to).map_err(io(format!("linking {}", target.display())))
        }
        Err(_) => copy(from, to),
    }
}

/// A module's name for messages.
fn name(path: &ModulePath) -> String {
    path.0.join(".")
}

fn download_failed(module: &Resolved, failure: &Failure) -> Diagnostic {
    let package = crate::redact(&module.package.package());
    let detail = format!(
        "Could not download module {:?} source code from {package:?}: {failure}",
        name(&module.request.path)
    );
    Diagnostic::error("Failed to download module", detail).at(module.request.source_span)
}

fn registry_failed(request: &Request, module: &RegistryModule, failure: &Failure) -> Diagnostic {
    let detail = format!(
        "Failed to find module {:?} ({}) in the registry {}: {failure}",
        name(&request.path),
        module.short(),
        module.host
    );
    Diagnostic::error("Error accessing remote module registry", detail).at(request.source_span)
}

fn no_version(request: &Request, module: &RegistryModule, versions: &[Version]) -> Diagnostic {
    let whose = format!("module {:?} ({})", name(&request.path), module.short());
    let mut sorted: Vec<&Version> = versions.iter().collect();
    sorted.sort();
    let newest = sorted.iter().rev().find(|v| v.prerelease().is_empty()).or(sorted.last());
    let (summary, detail) = match (newest, &request.constraint) {
        (None, _) => {
            ("Module has no versions", format!("The registry {} has no versions of {whose}.", module.host))
        }
        (Some(newest), Some(constraint)) => {
            let prerelease = sorted.iter().any(|v| !v.prerelease().is_empty() && constraint.matches(v));
            let hint = match prerelease {
                true => " Prereleases are only used when the constraint names one exactly.",
                false => "",
            };
            (
                "Unresolvable module version constraint",
                format!(
                    "There is no version of {whose} that matches \"{constraint}\". The newest available version is \
                     {newest}.{hint}"
                ),
            )
        }
        (Some(newest), None) => (
            "Unresolvable module version constraint",
            format!(
                "The registry has only prereleases of {whose}, the newest of them {newest}. To use one, name it with \
                 the argument \"version\"."
            ),
        ),
    };
    Diagnostic::error(summary, detail).at(request.version_span)
}
