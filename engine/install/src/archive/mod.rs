//! Unpacking archives that nobody vouches for.
//!
//! Everything stays in the directory that is unpacked to: names must not lead out of it, links must
//! not point out of it, and nothing is written through a link. Devices and the like are refused.
//! How much an archive may grow to is limited. Files are readable by everybody and executable when
//! the archive says so; no other permission is taken over.

mod place;
mod tarball;
mod zip_file;

use crate::error::{Failure, Fetched, io};
use place::Place;
pub(crate) use place::make_link;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// How archives are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Zip,
    Tar(Compression),
}

/// How a tar archive is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Bzip2,
    Xz,
}

/// What an archive may grow to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes as they are sent.
    pub(crate) packed: u64,
    /// Bytes of all files together.
    pub(crate) unpacked: u64,
    /// Files, directories and links.
    pub(crate) entries: u64,
}

/// Enough for any module, and for the disk of a laptop.
pub(crate) const LIMITS: Limits = Limits { packed: 1 << 30, unpacked: 4 << 30, entries: 200_000 };

/// Endings of file names and values of `archive=`.
const ENDINGS: [(&str, Kind); 9] = [
    ("zip", Kind::Zip),
    ("tar.gz", Kind::Tar(Compression::Gzip)),
    ("tgz", Kind::Tar(Compression::Gzip)),
    ("tar.bz2", Kind::Tar(Compression::Bzip2)),
    ("tar.tbz2", Kind::Tar(Compression::Bzip2)),
    ("tbz2", Kind::Tar(Compression::Bzip2)),
    ("tar.xz", Kind::Tar(Compression::Xz)),
    ("txz", Kind::Tar(Compression::Xz)),
    ("tar", Kind::Tar(Compression::None)),
];

impl Kind {
    /// By the value of `archive=`.
    pub(crate) fn named(name: &str) -> Option<Kind> {
        ENDINGS.iter().find(|(ending, _)| *ending == name).map(|(_, kind)| *kind)
    }

    /// By the name of a file.
    pub(crate) fn of_file(name: &str) -> Option<Kind> {
        let ends = |ending: &str| {
            name.len() > ending.len() + 1
                && name.ends_with(ending)
                && name[..name.len() - ending.len()].ends_with('.')
        };
        ENDINGS.iter().find(|(ending, _)| ends(ending)).map(|(_, kind)| *kind)
    }

    /// The values that `archive=` can have.
    pub(crate) fn names() -> String {
        ENDINGS.map(|(name, _)| name).join(", ")
    }
}

/// Unpacks `file` into `to`, a directory that must be empty.
pub(crate) fn unpack(file: File, kind: Kind, to: &Path, limits: Limits) -> Fetched<()> {
    let mut place = Place::new(to, limits);
    let reader = BufReader::new(file);
    match kind {
        Kind::Zip => zip_file::unpack(reader, &mut place)?,
        Kind::Tar(Compression::None) => tarball::unpack(reader, &mut place)?,
        Kind::Tar(Compression::Gzip) => {
            tarball::unpack(flate2::bufread::MultiGzDecoder::new(reader), &mut place)?;
        }
        Kind::Tar(Compression::Bzip2) => {
            tarball::unpack(bzip2::bufread::MultiBzDecoder::new(reader), &mut place)?;
        }
        Kind::Tar(Compression::Xz) => tarball::unpack(lzma_rust2::XzReader::new(reader, true), &mut place)?,
    }
    place.finish()
}

/// Why an archive cannot be read.
fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::new(format!("the archive cannot be read: {error}"))
}

/// What a hostile or broken archive gets to hear.
fn hostile(name: &str, why: &str) -> Failure {
    Failure::new(format!("the archive has an entry {name:?} {why}")).advise(
        "Archives of modules must hold files, directories, and links between these only. Nothing was installed.",
    )
}

fn write_failed(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    io(format!("writing {}", path.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
