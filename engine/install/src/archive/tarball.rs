//! Tar archives.

use super::place::Place;
use super::{broken, hostile};
use crate::error::Fetched;
use std::io::Read;
use tar::EntryType;

/// Unpacks all entries.
pub(super) fn unpack(reader: impl Read, place: &mut Place<'_>) -> Fetched<()> {
    let mut archive = tar::Archive::new(reader);
    let mut any = false;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        any = true;
        let name = text(&entry.path_bytes());
        let target = || entry.link_name_bytes().map(|t| text(&t)).unwrap_or_default();
        match entry.header().entry_type() {
            EntryType::Directory => place.directory(&name)?,
            EntryType::Symlink => place.link(&name, &target())?,
            EntryType::Link => place.hard_link(&name, &target())?,
            // A file by an old program can end in a slash, and then is a directory.
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse if name.ends_with('/') => {
                place.directory(&name)?;
            }
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
                place.file(&name, executable, &mut entry)?;
            }
            EntryType::XGlobalHeader => {}
            _ => return Err(hostile(&name, "that is neither a file nor a directory nor a link")),
        }
    }
    if any { Ok(()) } else { Err(broken("it is empty")) }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
