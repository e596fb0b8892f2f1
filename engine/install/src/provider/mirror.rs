//! Mirrors that are written: a directory with the archives of packages and the documents that describe
//! them, for the methods `filesystem_mirror` and, behind a web server, `network_mirror`.

use super::package::zh;
use crate::error::{Failure, Fetched, io};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use terrane_address::{ProviderAddress, Version};
use terrane_diagnostics::Diagnostic;

/// Keeps an archive in the mirror in `root`.
pub(super) fn keep(
    archive: &Path,
    root: &Path,
    address: &ProviderAddress,
    version: &Version,
    platform: &str,
) -> Fetched<()> {
    let dir = root.join(address.to_string());
    let place = dir.join(format!("terraform-provider-{}_{version}_{platform}.zip", address.type_name));
    let failed = || io(format!("writing {}", place.display()));
    fs::create_dir_all(&dir).map_err(failed())?;
    // Whole or not at all.
    let aside = tempfile::NamedTempFile::new_in(&dir).map_err(failed())?;
    fs::copy(archive, aside.path()).map_err(failed())?;
    aside.persist(&place).map_err(|e| failed()(e.error))?;
    Ok(())
}

/// Describes all archives that the mirror in `root` has of a provider: which versions there are, and for
/// which platforms, under which hash.
pub fn describe_mirror(root: &Path, address: &ProviderAddress) -> Result<(), Diagnostic> {
    describe(root, address).map_err(|failure| {
        Diagnostic::error("Failed to describe mirror", format!("{}: {failure}", address.short()))
    })
}

fn describe(root: &Path, address: &ProviderAddress) -> Fetched<()> {
    let dir = root.join(address.to_string());
    let mut versions: BTreeMap<Version, BTreeMap<String, Value>> = BTreeMap::new();
    for (name, path) in archives(&dir)? {
        let Some((version, platform)) = described(&name, &address.type_name) else { continue };
        let archive = json!({ "hashes": [zh(&path)?], "url": name });
        versions.entry(version).or_default().insert(platform, archive);
    }
    for (version, archives) in &versions {
        write(&dir.join(format!("{version}.json")), &json!({ "archives": archives }))?;
    }
    let index: BTreeMap<String, Value> =
        versions.keys().map(|version| (version.to_string(), json!({}))).collect();
    write(&dir.join("index.json"), &json!({ "versions": index }))
}

fn archives(dir: &Path) -> Fetched<Vec<(String, PathBuf)>> {
    let failed = || io(format!("reading {}", dir.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed())? {
        let entry = entry.map_err(failed())?;
        if let Ok(name) = entry.file_name().into_string() {
            found.push((name, entry.path()));
        }
    }
    Ok(found)
}

/// Version and platform in the name of an archive.
fn described(name: &str, type_name: &str) -> Option<(Version, String)> {
    let rest = name.strip_prefix(&format!("terraform-provider-{type_name}_"))?.strip_suffix(".zip")?;
    let (version, platform) = rest.split_once('_')?;
    Some((version.parse().ok()?, platform.to_owned()))
}

fn write(path: &Path, document: &Value) -> Fetched<()> {
    let text = serde_json::to_string_pretty(document).map_err(|e| Failure::new(e.to_string()))?;
    fs::write(path, text + "\n").map_err(io(format!("writing {}", path.display())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_of_archives_say_what_they_are() {
        let read =
            |name: &str| described(name, "thing").map(|(version, platform)| (version.to_string(), platform));
        let good = read("terraform-provider-thing_1.2.0-beta.1_linux_amd64.zip").unwrap();
        assert_eq!(good, ("1.2.0-beta.1".to_owned(), "linux_amd64".to_owned()));
        for other in [
            "terraform-provider-other_1.0.0_linux_amd64.zip",
            "index.json",
            "terraform-provider-thing_x_y.zip",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
