//! Cloud KMS: key rings and keys. Neither can be taken away for good: a key ring stays, and of a key the versions are
//! destroyed.

mod crypto_key;
mod key_ring;

pub use crypto_key::{CryptoKey, PrimaryVersion, VersionTemplate};
pub use key_ring::KeyRing;

use crate::Google;
use crate::client::{Named, is_taken};
use terrane_sdk::{Error, ResourceType, resources};

const API: Named = Named { service: "cloudkms", endpoint: "kms" };

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![CryptoKey, KeyRing]
}

/// The path of a key ring, or of what is in one, which may be written without its collections: `PROJECT/LOCATION/RING`, and
/// `LOCATION/RING` in the connection's project. `inside` is the collection of what is in it.
pub(crate) fn path(google: &Google, written: &str, inside: Option<&str>) -> Result<String, Error> {
    let written = crate::names::path_of(written);
    let words: Vec<&str> = written.split('/').collect();
    let (words, name) = match (inside, words.as_slice()) {
        (_, ["projects", ..]) => return Ok(written.to_owned()),
        (Some(collection), [words @ .., name]) => (words, format!("/{collection}/{name}")),
        (_, words) => (words, String::new()),
    };
    let (project, location, ring) = match words {
        [project, location, ring] => (*project, location, ring),
        [location, ring] => (crate::provider::project_of(google, None)?, location, ring),
        _ => {
            let form = "projects/PROJECT/locations/LOCATION/keyRings/RING";
            return Err(Error::new(
                "Invalid path",
                format!("{written:?} is not of the form \"{form}\", nor short for it."),
            ));
        }
    };
    Ok(format!("projects/{project}/locations/{location}/keyRings/{ring}{name}"))
}

/// Whether two paths mean the same, as far as they say: the collections may be left out.
pub(crate) fn same_path(one: &str, other: &str) -> bool {
    let words = |path: &str| -> Vec<String> {
        let words = crate::names::path_of(path).split('/');
        let kept = words.filter(|w| !matches!(*w, "projects" | "locations" | "keyRings" | "cryptoKeys"));
        kept.map(str::to_owned).collect()
    };
    let (a, b) = (words(one), words(other));
    a == b || a.ends_with(&b) && b.len() + 1 == a.len() || b.ends_with(&a) && a.len() + 1 == b.len()
}

/// What to do about a name that is taken: it may be that of something forgotten, which is never gone.
fn never_gone(error: Error, what: &str) -> Error {
    if !is_taken(&error) {
        return error;
    }
    let mut error = error;
    error.detail.push_str(&format!(
        " Google Cloud deletes no {what}, also when it is destroyed here: import it, or choose another name."
    ));
    error
}
