//! Installing providers: a version is chosen for each, its package found in a cache, a mirror or a
//! registry, checked against the lock file, and put where the engine finds it.

use super::local::{self, LocalPackage};
use super::lock::LockedProvider;
use super::methods::{Installation, Method, Patterns, Place};
use super::network::Mirror;
use super::package::{executable, h1, platform, unpack, zh};
use crate::error::{Failure, Fetched, io};
use crate::http::{Http, refused, save};
use crate::registry::{Registry, choose};
use crate::store::{InstallLock, copy, replace, temporary};
use crate::surroundings::Surroundings;
use reqwest::header::HeaderMap;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::NamedTempFile;
use terrane_address::{Constraint, ProviderAddress, Version};
use terrane_diagnostics::Diagnostic;
use url::Url;

/// How often a server is asked again.
const RETRIES: u32 = 1;

/// A provider to install.
#[derive(Clone, Debug)]
pub struct ProviderRequest {
    /// Which one.
    pub address: ProviderAddress,
    /// What all modules ask for.
    pub constraints: Vec<Constraint>,
    /// What the lock file says, unless a newer version is wanted.
    pub locked: Option<LockedProvider>,
}

/// A provider that is installed.
#[derive(Clone, Debug)]
pub struct InstalledProvider {
    /// Its version.
    pub version: Version,
    /// Its hashes: those that the lock file had for this version, and those that are known now.
    pub hashes: BTreeSet<String>,
    /// Whether it was in its place already.
    pub reused: bool,
    /// By whom its checksums are signed, when its registry says so.
    pub signed_by: Option<String>,
}

/// Installs providers into one directory, whose lock the caller has.
pub struct ProviderInstaller<'a> {
    surroundings: &'a Surroundings,
    dir: PathBuf,
    methods: Vec<Method>,
    cache: Option<PathBuf>,
    platform: String,
    /// Where archives are kept as they came.
    archives: Option<PathBuf>,
    http: OnceLock<Http>,
}

/// Where a version was found.
enum Found {
    Local(LocalPackage),
    Network(String),
    Direct,
}

impl<'a> ProviderInstaller<'a> {
    /// An installer into `dir` from the places that `installation` names, or the usual ones: the
    /// directories in `implied`, and registries for what is not in them. Packages are shared with
    /// others through `cache`.
    pub fn new(
        surroundings: &'a Surroundings,
        dir: PathBuf,
        installation: &Installation,
        implied: &[PathBuf],
        cache: Option<PathBuf>,
    ) -> ProviderInstaller<'a> {
        let mut methods = installation.methods.clone();
        if methods.is_empty() {
            let place = |place| Method { place, patterns: Patterns::default() };
            methods.extend(implied.iter().cloned().map(Place::Filesystem).map(place));
            methods.push(place(Place::Direct));
        }
        let (platform, http) = (platform(), OnceLock::new());
        ProviderInstaller { surroundings, dir, methods, cache, platform, archives: None, http }
    }

    /// Installs packages for machines of another kind: `darwin_arm64`.
    pub fn for_platform(self, platform: &str) -> ProviderInstaller<'a> {
        ProviderInstaller { platform: platform.to_owned(), ..self }
    }

    /// Keeps the archives of packages in this directory as well, as a packed mirror has them. What is only there
    /// unpacked is refused.
    pub fn keeping_archives(self, dir: &Path) -> ProviderInstaller<'a> {
        ProviderInstaller { archives: Some(dir.to_owned()), ..self }
    }

    /// Installs one provider.
    pub async fn install(&self, request: &ProviderRequest) -> Result<InstalledProvider, Diagnostic> {
        let failed = |failure: Failure| {
            Diagnostic::error("Failed to install provider", format!("{}: {failure}", request.address.short()))
        };
        self.install_one(request).await.map_err(failed)
    }

    /// The directory of a version.
    pub fn place(&self, address: &ProviderAddress, version: &Version) -> PathBuf {
        self.place_in(&self.dir, address, version)
    }

    fn place_in(&self, root: &Path, address: &ProviderAddress, version: &Version) -> PathBuf {
        root.join(address.to_string()).join(version.to_string()).join(&self.platform)
    }

    async fn install_one(&self, request: &ProviderRequest) -> Fetched<InstalledProvider> {
        let address = &request.address;
        let locked = request.locked.as_ref();
        if let Some(locked) = locked {
            let place = self.place(address, &locked.version);
            if executable(&place, &address.type_name).is_ok() {
                let hash = h1(&place)?;
                if locked.hashes.is_empty() || locked.hashes.contains(&hash) {
                    let mut hashes = locked.hashes.clone();
                    hashes.insert(hash);
                    let version = locked.version.clone();
                    return Ok(InstalledProvider { version, hashes, reused: true, signed_by: None });
                }
            }
        }
        let available = self.available(address).await?;
        let version = self.choose(request, &available)?;
        let found = available.get(&version).ok_or_else(|| {
            Failure::new(format!(
                "version {version}, which the lock file names, is not among the available ones: {}",
                listed(available.keys())
            ))
            .advise("Run \"terrane init -upgrade\" to choose another version.")
        })?;
        let known = locked.filter(|l| l.version == version).map(|l| l.hashes.clone()).unwrap_or_default();
        if let Some(hashes) = self.cached(address, &version, known.clone())? {
            return Ok(InstalledProvider { version, hashes, reused: false, signed_by: None });
        }
        let (hashes, signed_by) = self.fetch(address, &version, found, &known).await?;
        Ok(InstalledProvider { version, hashes, reused: false, signed_by })
    }

    /// Takes a version from the cache, when the lock file vouches for what is there.
    fn cached(
        &self,
        address: &ProviderAddress,
        version: &Version,
        mut known: BTreeSet<String>,
    ) -> Fetched<Option<BTreeSet<String>>> {
        let Some(cache) = &self.cache else { return Ok(None) };
        let shared = self.place_in(cache, address, version);
        if !shared.is_dir() {
            return Ok(None);
        }
        let hash = h1(&shared)?;
        if !known.contains(&hash) {
            return Ok(None);
        }
        link(&shared, &self.place(address, version))?;
        known.insert(hash);
        Ok(Some(known))
    }

    /// All versions that can be had for the platform, each with the first place that has it.
    async fn available(&self, address: &ProviderAddress) -> Fetched<BTreeMap<Version, Found>> {
        let mut all = BTreeMap::new();
        let mut asked = Vec::new();
        for method in &self.methods {
            if !method.patterns.match_provider(address) {
                continue;
            }
            match &method.place {
                Place::Filesystem(root) => {
                    asked.push(root.display().to_string());
                    for (version, package) in local::packages(root, address, &self.platform)? {
                        all.entry(version).or_insert(Found::Local(package));
                    }
                    // As Terraform has it: what a usual directory has is not asked of the registry.
                    if method.patterns == Patterns::default() && local::has(root, address) {
                        break;
                    }
                }
                Place::Network(base) => {
                    asked.push(base.clone());
                    let mirror = Mirror { http: self.http()?, surroundings: self.surroundings, base };
                    for version in mirror.versions(address).await? {
                        all.entry(version).or_insert_with(|| Found::Network(base.clone()));
                    }
                }
                Place::Direct => {
                    asked.push(address.hostname.to_string());
                    let registry = Registry { http: self.http()?, surroundings: self.surroundings };
                    for published in registry.provider_versions(address, &self.platform).await? {
                        if published.for_this_platform {
                            all.entry(published.version).or_insert(Found::Direct);
                        }
                    }
                }
            }
        }
        if !all.is_empty() {
            return Ok(all);
        }
        let places =
            if asked.is_empty() { "the CLI configuration allows no place".into() } else { asked.join(", ") };
        Err(Failure::new(format!("no package for {} was found; asked: {places}", self.platform)))
    }

    fn choose(&self, request: &ProviderRequest, available: &BTreeMap<Version, Found>) -> Fetched<Version> {
        let allowed = |version: &Version| {
            request.constraints.iter().all(|c| choose(std::slice::from_ref(version), Some(c)).is_some())
        };
        let constraints = || {
            let texts: Vec<String> = request.constraints.iter().map(ToString::to_string).collect();
            texts.join(", ")
        };
        if let Some(locked) = &request.locked {
            let fits = request.constraints.iter().all(|c| c.matches(&locked.version));
            return match fits {
                true => Ok(locked.version.clone()),
                false => Err(Failure::new(format!(
                    "the lock file has version {}, and the configuration asks for {}",
                    locked.version,
                    constraints()
                ))
                .advise("Run \"terrane init -upgrade\" to choose another version.")),
            };
        }
        let stable = |version: &&Version| !request.constraints.is_empty() || version.prerelease().is_empty();
        let newest = available.keys().filter(stable).filter(|v| allowed(v)).max();
        newest.cloned().ok_or_else(|| {
            let asked = match request.constraints.is_empty() {
                true => "no version that is no prerelease".into(),
                false => format!("no version for {}", constraints()),
            };
            Failure::new(format!("{asked} is available, only {}", listed(available.keys())))
        })
    }

    /// Puts a package in its place. Gives its hashes and by whom they are signed.
    async fn fetch(
        &self,
        address: &ProviderAddress,
        version: &Version,
        found: &Found,
        known: &BTreeSet<String>,
    ) -> Fetched<(BTreeSet<String>, Option<String>)> {
        let place = self.place(address, version);
        let check = |hashes: &BTreeSet<String>| self.check(address, version, known, hashes);
        let mut hashes = known.clone();
        let (archive, signed_by) = match found {
            Found::Local(LocalPackage::Unpacked(dir)) if self.archives.is_some() => {
                return Err(Failure::new(format!(
                    "version {version} is only there unpacked, in {}: a mirror has archives",
                    dir.display()
                )));
            }
            Found::Local(LocalPackage::Unpacked(dir)) => {
                let hash = h1(dir)?;
                executable(dir, &address.type_name).map_err(Failure::new)?;
                check(&[hash.clone()].into())?;
                hashes.insert(hash);
                link(dir, &place)?;
                return Ok((hashes, None));
            }
            Found::Local(LocalPackage::Packed(archive)) => {
                let hash = zh(archive)?;
                hashes.insert(hash);
                (Package::File(archive.clone()), None)
            }
            Found::Network(base) => {
                let mirror = Mirror { http: self.http()?, surroundings: self.surroundings, base };
                let offered = mirror.archive(address, version, &self.platform).await?;
                let file = self.download(&offered.url).await?;
                let zip = zh(file.path())?;
                let said: Vec<&String> = offered.hashes.iter().filter(|h| h.starts_with("zh:")).collect();
                if !said.is_empty() && !said.contains(&&zip) {
                    return Err(mismatch(address, version, "the mirror's"));
                }
                hashes.insert(zip);
                (Package::Temporary(file), None)
            }
            Found::Direct => {
                let registry = Registry { http: self.http()?, surroundings: self.surroundings };
                let offered = registry.provider_archive(address, version, &self.platform).await?;
                let file = self.download(&offered.url).await?;
                if offered.hashes.first() != Some(&zh(file.path())?) {
                    return Err(mismatch(address, version, "the registry's signed"));
                }
                hashes.extend(offered.hashes);
                (Package::Temporary(file), Some(offered.signed_by))
            }
        };
        let parent = place.parent().unwrap_or(&self.dir);
        let aside = temporary(parent)?;
        let unpacked = aside.path().join("package");
        fs::create_dir(&unpacked).map_err(io(format!("making {}", unpacked.display())))?;
        unpack(archive.path(), &unpacked)?;
        executable(&unpacked, &address.type_name).map_err(Failure::new)?;
        let content = h1(&unpacked)?;
        check(&[content.clone(), zh(archive.path())?].into())?;
        hashes.insert(content);
        if let Some(dir) = &self.archives {
            super::mirror::keep(archive.path(), dir, address, version, &self.platform)?;
        }
        match &self.cache {
            None => replace(&unpacked, &place, aside.path())?,
            Some(cache) => self.share(cache, address, version, &unpacked)?,
        }
        Ok((hashes, signed_by))
    }

    /// Puts a package into the cache, and a link to it in its place.
    fn share(
        &self,
        cache: &Path,
        address: &ProviderAddress,
        version: &Version,
        unpacked: &Path,
    ) -> Fetched<()> {
        let shared = self.place_in(cache, address, version);
        let _lock = InstallLock::take(cache, &|| {}).map_err(io(format!("locking {}", cache.display())))?;
        let same = shared.is_dir() && h1(&shared)? == h1(unpacked)?;
        if !same {
            let parent = shared.parent().unwrap_or(cache);
            let aside = temporary(parent)?;
            let package = aside.path().join("package");
            copy(unpacked, &package)?;
            replace(&package, &shared, aside.path())?;
        }
        link(&shared, &self.place(address, version))
    }

    /// Refuses a package that the lock file does not know.
    fn check(
        &self,
        address: &ProviderAddress,
        version: &Version,
        known: &BTreeSet<String>,
        hashes: &BTreeSet<String>,
    ) -> Fetched<()> {
        if known.is_empty() || !known.is_disjoint(hashes) {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the package of {} {version} has none of the checksums in the lock file",
            address.short()
        ))
        .advise(
            "Either the package is not the one that was locked, or the lock file was made for other machines only: then \
             \"terrane init -upgrade\" adds this one. Nothing was installed.",
        ))
    }

    async fn download(&self, url: &Url) -> Fetched<NamedTempFile> {
        let mut file = NamedTempFile::new_in(&self.dir).map_err(io("making a temporary file"))?;
        let response = self.http()?.get(url, &HeaderMap::new(), &HeaderMap::new()).await?;
        if !response.status().is_success() {
            return Err(refused(url, response.status()));
        }
        save(url, response, super::package::LIMITS.packed, file.as_file_mut()).await?;
        Ok(file)
    }

    fn http(&self) -> Fetched<&Http> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = Http::new(self.surroundings, RETRIES)?;
        Ok(self.http.get_or_init(|| http))
    }
}

/// Where a version is in a directory of unpacked packages.
pub fn provider_dir(root: &Path, address: &ProviderAddress, version: &Version) -> PathBuf {
    root.join(address.to_string()).join(version.to_string()).join(platform())
}

/// An archive of a package.
enum Package {
    File(PathBuf),
    Temporary(NamedTempFile),
}

impl Package {
    fn path(&self) -> &Path {
        match self {
            Package::File(path) => path,
            Package::Temporary(file) => file.path(),
        }
    }
}

fn mismatch(address: &ProviderAddress, version: &Version, whose: &str) -> Failure {
    Failure::new(format!(
        "the package of {} {version} that was sent does not have {whose} checksum",
        address.short()
    ))
    .advise("Nothing was installed. Try again; if it goes on, the server is broken or hostile.")
}

fn listed<'a>(versions: impl DoubleEndedIterator<Item = &'a Version>) -> String {
    let newest: Vec<String> = versions.rev().take(10).map(ToString::to_string).collect();
    newest.join(", ")
}

/// Makes `place` a link to the directory `to`.
fn link(to: &Path, place: &Path) -> Fetched<()> {
    let failed = || io(format!("linking {}", place.display()));
    let to = fs::canonicalize(to).map_err(failed())?;
    let parent = place.parent().unwrap_or(place);
    let aside = temporary(parent)?;
    let link = aside.path().join("link");
    crate::archive::make_link(&to, &link).map_err(failed())?;
    replace(&link, place, aside.path())
}
