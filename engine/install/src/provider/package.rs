//! Packages of providers: for which machines they are, which file in them is the program, and the
//! hashes by which a lock file knows them.

use crate::archive::{self, Kind, Limits};
use crate::error::{Failure, Fetched, io};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What a package may grow to: the largest providers have nearly a gigabyte.
pub(super) const LIMITS: Limits = Limits { packed: 2 << 30, unpacked: 8 << 30, entries: 20_000 };

/// The machine that this program runs on, as registries name machines: `linux_amd64`.
pub fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}_{architecture}")
}

/// The program in the package in `dir` of a provider whose type is `type_name`:
/// `terraform-provider-aws_v3.39.0_x5`.
pub fn executable(dir: &Path, type_name: &str) -> Result<PathBuf, String> {
    let prefix = format!("terraform-provider-{type_name}");
    let is_program = |name: &str| {
        let rest = name.strip_prefix(&prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '.']))
    };
    let entries = fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            (is_program(&name) && entry.path().is_file()).then(|| entry.path())
        })
        .collect();
    found.sort();
    let none = || format!("the package in {} has no program named {prefix}", dir.display());
    found.into_iter().next().ok_or_else(none)
}

/// The hash of a package's content, however it is packed: `h1:...`.
pub fn package_hash(dir: &Path) -> Result<String, String> {
    h1(dir).map_err(|failure| failure.what)
}

pub(super) fn h1(dir: &Path) -> Fetched<String> {
    let mut files = Vec::new();
    collect(dir, "", &mut files)?;
    files.sort();
    let mut summary = String::new();
    for name in files {
        if name.contains('\n') {
            return Err(Failure::new("the package has a file with a line break in its name"));
        }
        let _ = writeln!(summary, "{}  {name}", hex(&digest_of(&dir.join(&name))?));
    }
    Ok(format!("h1:{}", STANDARD.encode(Sha256::digest(summary.as_bytes()))))
}

/// The hash of an archive as registries publish it: `zh:...`.
pub(super) fn zh(archive: &Path) -> Fetched<String> {
    Ok(format!("zh:{}", hex(&digest_of(archive)?)))
}

fn collect(dir: &Path, prefix: &str, files: &mut Vec<String>) -> Fetched<()> {
    let reading = || io(format!("reading {}", dir.display()));
    for entry in fs::read_dir(dir).map_err(reading())? {
        let entry = entry.map_err(reading())?;
        let name = entry.file_name().into_string().map_err(|name| {
            Failure::new(format!("the package has a file whose name is not Unicode: {}", name.display()))
        })?;
        let name = format!("{prefix}{name}");
        if fs::metadata(entry.path()).map_err(reading())?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

fn digest_of(path: &Path) -> Fetched<Vec<u8>> {
    let reading = || io(format!("reading {}", path.display()));
    let mut digest = Sha256::new();
    std::io::copy(&mut File::open(path).map_err(reading())?, &mut Hasher(&mut digest)).map_err(reading())?;
    Ok(digest.finalize().to_vec())
}

struct Hasher<'a>(&'a mut Sha256);

impl std::io::Write for Hasher<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Unpacks a package into `to`, a directory that is empty.
pub(super) fn unpack(archive: &Path, to: &Path) -> Fetched<()> {
    let file = File::open(archive).map_err(io(format!("reading {}", archive.display())))?;
    archive::unpack(file, Kind::Zip, to, LIMITS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_by_its_content() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("terraform-provider-x_v1.0.0"), "program").unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("sub/a"), "").unwrap();
        // Of `sha256sum` over names and files, sorted, in the format of `sha256sum`.
        assert_eq!(h1(dir.path()).unwrap(), "h1:aqZFb4/r7AtgxrJ/BZ5jFNd1MD4aOSmE1L4FF3GCtzo=");
        fs::write(dir.path().join("sub/a"), "x").unwrap();
        assert_ne!(h1(dir.path()).unwrap(), "h1:aqZFb4/r7AtgxrJ/BZ5jFNd1MD4aOSmE1L4FF3GCtzo=");
    }

    #[test]
    fn programs_are_found_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let named = |name: &str| fs::write(dir.path().join(name), "").unwrap();
        named("LICENSE.txt");
        named("terraform-provider-xyz_v1.0.0");
        let error = executable(dir.path(), "x").unwrap_err();
        assert!(error.contains("no program named terraform-provider-x"), "{error}");
        named("terraform-provider-x_v1.0.0_x5");
        assert!(executable(dir.path(), "x").unwrap().ends_with("terraform-provider-x_v1.0.0_x5"));
    }
}
