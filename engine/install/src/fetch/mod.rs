//! Fetching a package: one file a method.

mod checksum;
mod git;
mod http;
mod local;
mod netrc;
mod object_store;
mod oci;
mod query;
mod signing;

use crate::archive::{self, Kind, LIMITS};
use crate::error::{Failure, Fetched, io};
use crate::http::Http;
use crate::surroundings::Surroundings;
use std::fs::File;
use std::path::Path;
use terrane_address::RemoteModule;

/// How often one place may refer to another.
const REFERRALS: usize = 5;

/// What all methods need.
pub(crate) struct Fetcher<'a> {
    pub(crate) http: &'a Http,
    pub(crate) surroundings: &'a Surroundings,
}

/// What a method did.
enum Done {
    /// The package is there.
    Here,
    /// The package is elsewhere.
    At(RemoteModule),
}

impl Fetcher<'_> {
    /// Fetches a package into `to`, which does not exist. Gives the subdirectory in it that the place
    /// itself names, if it only refers to another one.
    pub(crate) async fn fetch(&self, module: &RemoteModule, to: &Path) -> Fetched<String> {
        let mut at = module.clone();
        for _ in 0..REFERRALS {
            let done = match at.method() {
                "git" => git::fetch(self, &at, to).await?,
                "http" | "https" => http::fetch(self, &at, to).await?,
                "file" => local::fetch(self, &at, to)?,
                "s3" => object_store::s3(self, &at, to).await?,
                "gcs" => object_store::gcs(self, &at, to).await?,
                "oci" => oci::fetch(self, &at, to).await?,
                "hg" => {
                    return Err(Failure::new("Mercurial repositories are not supported").advise(
                        "Convert the repository to Git, or serve the module as an archive over HTTPS.",
                    ));
                }
                other => {
                    return Err(Failure::new(format!("there is no way to fetch {other:?} addresses"))
                        .advise("Known are git, https, http, s3, gcs, oci and file."));
                }
            };
            match done {
                // What this address itself has as subdirectory is the caller's to find.
                Done::Here if at == *module => return Ok(String::new()),
                Done::Here => return Ok(at.subdirectory().to_owned()),
                Done::At(next) => at = next,
            }
        }
        Err(Failure::new(format!("{} refers to other places more than {REFERRALS} times", module.package())))
    }
}

/// Unpacks an archive into `to`, which does not exist, on a thread where that may take its time.
async fn unpack(file: File, kind: Kind, to: &Path) -> Fetched<()> {
    let to = to.to_owned();
    let work = move || {
        std::fs::create_dir_all(&to).map_err(io(format!("making {}", to.display())))?;
        archive::unpack(file, kind, &to, LIMITS)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Failure::new(format!("unpacking was given up: {error}"))),
    }
}

/// A file that has no name, for what is downloaded.
fn scratch() -> Fetched<File> {
    tempfile::tempfile().map_err(io("making a temporary file"))
}
