//! What objects in buckets are made from: a text in the configuration or a file. Knows no calls.

use md5::{Digest, Md5};
use terrane_sdk::Error;

/// The contents of an object: its text, or what is in the file.
pub(super) fn contents(text: Option<&str>, file: Option<&str>) -> Result<Vec<u8>, Error> {
    match (text, file) {
        (Some(text), _) => Ok(text.as_bytes().to_vec()),
        (None, Some(file)) => std::fs::read(file).map_err(|e| {
            Error::new("Unreadable source of an object", format!("{file} cannot be read: {e}."))
                .attribute("source")
        }),
        (None, None) => {
            let detail = "Set one of content and source: what the object is to contain.";
            Err(Error::new("An object of nothing", detail).attribute("content"))
        }
    }
}

/// The MD5 sum of contents, as Cloud Storage writes it and in hexadecimal digits.
pub(super) fn sums(contents: &[u8]) -> (String, String) {
    use base64::Engine as _;
    let sum = Md5::digest(contents);
    let hex = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    (base64::engine::general_purpose::STANDARD.encode(sum), hex)
}
