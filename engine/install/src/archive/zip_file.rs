//! ZIP archives.

use super::place::Place;
use super::{broken, hostile};
use crate::error::Fetched;
use std::io::{Read, Seek};

/// The longest target of a link.
const TARGET: u64 = 4096;

/// Unpacks all entries.
pub(super) fn unpack(reader: impl Read + Seek, place: &mut Place<'_>) -> Fetched<()> {
    let mut archive = zip::ZipArchive::new(reader).map_err(broken)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(broken)?;
        // Archives from Windows have backslashes.
        let name = entry.name().replace('\\', "/");
        let mode = entry.unix_mode();
        match mode.map_or(0, |mode| mode & 0o170_000) {
            0o120_000 => {
                let mut target = Vec::new();
                (&mut entry).take(TARGET).read_to_end(&mut target).map_err(broken)?;
                place.link(&name, &String::from_utf8_lossy(&target))?;
            }
            _ if name.ends_with('/') => place.directory(&name)?,
            0 | 0o100_000 => {
                place.file(&name, mode.is_some_and(|mode| mode & 0o111 != 0), &mut entry)?;
            }
            _ => return Err(hostile(&name, "that is neither a file nor a directory nor a link")),
        }
    }
    Ok(())
}
