//! Directories of this machine, by absolute path: linked, so that they are what they are now.

use super::{Done, Fetcher};
use crate::archive::make_link;
use crate::error::{Failure, Fetched, io};
use std::path::{Path, PathBuf};
use terrane_address::RemoteModule;

pub(super) fn fetch(fetcher: &Fetcher<'_>, module: &RemoteModule, to: &Path) -> Fetched<Done> {
    let path = module.url().trim_start_matches("file://");
    let path = PathBuf::from(path.split('?').next().unwrap_or(path));
    let from = if path.is_absolute() { path } else { fetcher.surroundings.root.join(path) };
    if !from.is_dir() {
        return Err(Failure::new(format!("there is no directory {}", from.display())));
    }
    make_link(&from, to).map_err(io(format!("linking {}", from.display())))?;
    Ok(Done::Here)
}
