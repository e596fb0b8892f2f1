//! Signatures over lists of checksums, made with OpenPGP keys.

use pgp::composed::{Deserializable, DetachedSignature, SignedPublicKey};
use pgp::types::KeyDetails;
use std::io::Cursor;

/// Checks that `signature` over `data` was made with one of `keys`: each with its id, its text in
/// ASCII armor, and whose it is. Gives by whom, or why not.
pub(super) fn check(data: &[u8], signature: &[u8], keys: &[(&str, &str, &str)]) -> Result<String, String> {
    if keys.is_empty() {
        return Err("the registry names no key with which they are signed".into());
    }
    let signature = match signature.starts_with(b"-----BEGIN") {
        true => DetachedSignature::from_armor_single(Cursor::new(signature)).map(|(s, _)| s),
        false => DetachedSignature::from_bytes(Cursor::new(signature)),
    };
    let signature = signature.map_err(|e| format!("the signature cannot be read: {e}"))?;
    let mut unread = Vec::new();
    for (id, armor, source) in keys {
        let key = match SignedPublicKey::from_armor_single(Cursor::new(armor.as_bytes())) {
            Ok((key, _)) => key,
            Err(e) => {
                unread.push(format!("key {id} cannot be read: {e}"));
                continue;
            }
        };
        let by_subkey = || key.public_subkeys.iter().any(|subkey| signature.verify(subkey, data).is_ok());
        if signature.verify(&key.primary_key, data).is_ok() || by_subkey() {
            let fingerprint = key.primary_key.fingerprint().to_string().to_uppercase();
            return Ok(match source.is_empty() {
                true => format!("key {fingerprint}"),
                false => format!("{source}, key {fingerprint}"),
            });
        }
    }
    match unread.is_empty() {
        true => Err("none of the keys that the registry names made the signature".into()),
        false => Err(unread.join("; ")),
    }
}
