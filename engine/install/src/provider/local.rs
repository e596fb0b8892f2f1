//! Mirrors in directories: `HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/` with the files of a package, or
//! `HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip`.

use crate::error::{Fetched, io};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use terrane_address::{ProviderAddress, Version};

/// A package in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LocalPackage {
    /// The directory that has its files.
    Unpacked(PathBuf),
    /// Its archive.
    Packed(PathBuf),
}

/// The packages of a provider for a machine that the mirror in `root` has, by version. A mirror that
/// does not exist has none.
pub(super) fn packages(
    root: &Path,
    address: &ProviderAddress,
    platform: &str,
) -> Fetched<BTreeMap<Version, LocalPackage>> {
    let dir = root.join(&*address.hostname).join(&*address.namespace).join(&*address.type_name);
    let mut found = BTreeMap::new();
    let entries = match fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(found);
        }
        Err(e) => return Err(io(format!("reading {}", dir.display()))(e)),
    };
    let archive = (format!("terraform-provider-{}_", address.type_name), format!("_{platform}.zip"));
    for entry in entries {
        let entry = entry.map_err(io(format!("reading {}", dir.display())))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let packed = name.strip_prefix(&archive.0).and_then(|rest| rest.strip_suffix(&archive.1));
        if let Some(version) = packed.and_then(|v| v.parse::<Version>().ok()) {
            // An unpacked package needs no work.
            found.entry(version).or_insert(LocalPackage::Packed(entry.path()));
        } else if let Ok(version) = name.parse::<Version>() {
            let unpacked = entry.path().join(platform);
            if unpacked.is_dir() {
                found.insert(version, LocalPackage::Unpacked(unpacked));
            }
        }
    }
    Ok(found)
}

/// Whether a mirror has a provider for any machine at all.
pub(super) fn has(root: &Path, address: &ProviderAddress) -> bool {
    let dir = root.join(&*address.hostname).join(&*address.namespace).join(&*address.type_name);
    fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_layouts_are_found() {
        let root = tempfile::tempdir().unwrap();
        let address: ProviderAddress = "ops/thing".parse().unwrap();
        assert!(packages(root.path(), &address, "linux_amd64").unwrap().is_empty());
        let dir = root.path().join("registry.terraform.io/ops/thing");
        fs::create_dir_all(dir.join("1.2.0/linux_amd64")).unwrap();
        fs::create_dir_all(dir.join("1.3.0/darwin_arm64")).unwrap();
        for name in [
            "terraform-provider-thing_1.1.0_linux_amd64.zip",
            "terraform-provider-thing_1.2.0_linux_amd64.zip",
            "terraform-provider-thing_1.4.0_windows_amd64.zip",
            "notes.txt",
        ] {
            fs::write(dir.join(name), "").unwrap();
        }
        let found = packages(root.path(), &address, "linux_amd64").unwrap();
        let versions: Vec<String> = found.keys().map(ToString::to_string).collect();
        assert_eq!(versions, ["1.1.0", "1.2.0"]);
        assert!(matches!(found[&"1.2.0".parse().unwrap()], LocalPackage::Unpacked(_)));
        assert!(matches!(found[&"1.1.0".parse().unwrap()], LocalPackage::Packed(_)));
        assert!(has(root.path(), &address));
    }
}
