//! Installing from servers that run here: Git, registries over TLS, archives, buckets.
#![allow(clippy::unwrap_used)]

mod archives;
mod buckets;
mod directory;
mod git;
mod oci;
mod providers;
mod registry;
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tempfile::TempDir;
use terrane_address::{ModulePath, ModuleSource};
use terrane_config::InstalledModule;
use terrane_diagnostics::{FileId, Span};
use terrane_install::{Event, Installer, Request, Surroundings};

/// A directory of modules, and what installing into it is told.
pub(crate) struct Project {
    dir: TempDir,
    pub(crate) surroundings: Surroundings,
    said: Mutex<Vec<String>>,
}

impl Project {
    pub(crate) fn new() -> Project {
        let dir = tempfile::tempdir().unwrap();
        let mut surroundings = Surroundings { root: dir.path().to_owned(), ..Surroundings::default() };
        // The home directory is empty, so that nobody's credentials are used.
        let home = dir.path().join("home");
        fs::create_dir(&home).unwrap();
        surroundings.variables.insert("HOME".into(), home.display().to_string());
        surroundings.variables.insert("TF_REGISTRY_DISCOVERY_RETRY".into(), "0".into());
        surroundings.variables.insert("AWS_EC2_METADATA_DISABLED".into(), "true".into());
        surroundings.variables.insert("NO_GCE_CHECK".into(), "true".into());
        Project { dir, surroundings, said: Mutex::default() }
    }

    /// A project that trusts a server.
    pub(crate) fn trusting(server: &server::Server) -> Project {
        let mut project = Project::new();
        project.set("SSL_CERT_FILE", &server.authority().display().to_string());
        project
    }

    pub(crate) fn set(&mut self, variable: &str, value: &str) {
        self.surroundings.variables.insert(variable.into(), value.into());
    }

    pub(crate) fn modules(&self) -> PathBuf {
        self.dir.path().join("modules")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Installs `(name, source, version)`. Gives what is installed, and the errors as text.
    pub(crate) async fn install(
        &self,
        wanted: &[(&str, &str, &str)],
    ) -> (BTreeMap<String, InstalledModule>, Vec<String>) {
        let requests = wanted.iter().map(|(name, source, version)| request(name, source, version)).collect();
        let mut installer = Installer::new(&self.surroundings, self.modules());
        let events = |Event::Downloading { path, package, version }| {
            let version = version.map(|v| format!(" {v}")).unwrap_or_default();
            self.said.lock().unwrap().push(format!("{package}{version} for {}", path.0.join(".")));
        };
        let (installed, problems) = installer.install(requests, &events, &mut |_| Ok(())).await;
        let installed = installed.into_iter().map(|(path, module)| (path.0.join("."), module)).collect();
        let problems = problems.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect();
        assert_eq!(self.leftovers(), Vec::<String>::new(), "temporary directories are removed");
        (installed, problems)
    }

    /// Installs one module and gives its directory.
    pub(crate) async fn installed(&self, source: &str, version: &str) -> PathBuf {
        let (installed, problems) = self.install(&[("m", source, version)]).await;
        assert!(problems.is_empty(), "{problems:?}");
        installed["m"].dir.clone()
    }

    /// Fails to install one module, which leaves nothing. Gives the error.
    pub(crate) async fn refused(&self, source: &str, version: &str) -> String {
        let (installed, problems) = self.install(&[("m", source, version)]).await;
        assert!(installed.is_empty(), "{source}");
        assert!(!self.modules().join("m").exists(), "nothing is left of {source}");
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("\"m\""), "the module is named: {problems:?}");
        problems[0].clone()
    }

    /// What is said while fetching, so far.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    fn leftovers(&self) -> Vec<String> {
        let names = fs::read_dir(self.modules()).into_iter().flatten();
        let names = names.map(|e| e.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with('.') && name != ".lock").collect()
    }
}

/// A program of this name in `dir`, which is made, with a shell script for its work.
#[cfg(unix)]
pub(crate) fn program(dir: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(dir).unwrap();
    let file = dir.join(name);
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

pub(crate) fn request(name: &str, source: &str, version: &str) -> Request {
    let span = Span { file: FileId(0), start: 0, end: 0 };
    Request {
        path: ModulePath(name.split('.').map(Into::into).collect()),
        source: source.parse::<ModuleSource>().unwrap(),
        constraint: (!version.is_empty()).then(|| version.parse().unwrap()),
        source_span: span,
        version_span: span,
    }
}

/// A ZIP archive of files with their content.
pub(crate) fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        out.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut out, content.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A tar archive of files with their content.
pub(crate) fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        out.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    out.into_inner().unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn text(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap_or_else(|e| panic!("{}/{name}: {e}", dir.display()))
}

/// Asserts that a text has all of these parts.
pub(crate) fn has(text: &str, parts: &[&str]) {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(flat.contains(part), "{part:?} is not in {flat}");
    }
}
