//! Changes of write-only values, which no state holds: seen by digests under a key that is not in
//! the state either.
//!
//! Each digest is an HMAC of the value under the key, with a salt of the object's own. Whoever has
//! the state alone can neither read a value nor try guesses against it; whoever has the key too
//! can try guesses. Where the key is kept is the business of the caller.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use terrane_schema::Block;
use terrane_state::KeptWriteOnly;
use terrane_value::{Path, PathStep, Type, Value, to_msgpack};

/// The key of the digests.
#[derive(Clone)]
pub struct WriteOnlyKey(Arc<[u8]>);

impl fmt::Debug for WriteOnlyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteOnlyKey")
    }
}

/// What can be told of the write-only values of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteOnlyChanges {
    /// Attributes whose values differ from those of the last create or update.
    pub changed: Vec<Path>,
    /// Whether digests were kept under another key, so that nothing can be told.
    pub other_key: bool,
}

impl WriteOnlyKey {
    /// A key from secret bytes; 16 random ones or more.
    pub fn new(secret: &[u8]) -> WriteOnlyKey {
        WriteOnlyKey(secret.into())
    }

    /// Names the key and does not reveal it.
    fn name(&self) -> String {
        self.digest(&[b"name of the key"])[..12].to_owned()
    }

    fn digest(&self, parts: &[&[u8]]) -> String {
        // A key of any length is valid for HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }

    fn of_value(&self, salt: &str, path: &str, value: &Value) -> Option<String> {
        let bytes = to_msgpack(value, &Type::Dynamic).ok()?;
        Some(self.digest(&[salt.as_bytes(), path.as_bytes(), &bytes]))
    }

    /// Compares the values in `config`, an unmarked object of the schema, with what was kept. Values
    /// that are not known, and those whose version arguments say when they change, are left out.
    pub fn compare(&self, schema: &Block, config: &Value, kept: Option<&KeptWriteOnly>) -> WriteOnlyChanges {
        let mut changes = WriteOnlyChanges::default();
        let Some(kept) = kept else { return changes };
        if kept.key != self.name() {
            changes.other_key = true;
            return changes;
        }
        for (path, value) in values(schema, config) {
            if has_version(config, &path) || !value.is_wholly_known() {
                continue;
            }
            let name = path.to_string();
            let now = if value.is_null() { None } else { self.of_value(&kept.salt, &name, &value) };
            if now.as_ref() != kept.digests.get(&name) {
                changes.changed.push(path);
            }
        }
        changes
    }

    /// What to keep of the values in `config`; `None` when there are none.
    pub fn keep(&self, schema: &Block, config: &Value, salt: &str) -> Option<KeptWriteOnly> {
        let digests: BTreeMap<String, String> = (values(schema, config).into_iter())
            .filter(|(_, value)| !value.is_null() && value.is_wholly_known())
            .filter_map(|(path, value)| {
                let name = path.to_string();
                let digest = self.of_value(salt, &name, &value)?;
                Some((name, digest))
            })
            .collect();
        (!digests.is_empty()).then(|| KeptWriteOnly { key: self.name(), salt: salt.to_owned(), digests })
    }
}

/// The write-only attributes that have values in `config`.
pub fn write_only_values(schema: &Block, config: &Value) -> Vec<Path> {
    values(schema, config).into_iter().filter(|(_, value)| !value.is_null()).map(|(path, _)| path).collect()
}

fn values(schema: &Block, config: &Value) -> Vec<(Path, Value)> {
    (schema.write_only_paths(config).into_iter())
        .filter_map(|path| {
            let value = config.at(&path)?.clone();
            Some((path, value))
        })
        .collect()
}

/// Whether an argument beside the attribute, `password_wo_version` for `password_wo`, says when its
/// value changes.
fn has_version(config: &Value, path: &Path) -> bool {
    let Some((PathStep::Attribute(name), around)) = path.0.split_last() else { return false };
    let version = Path(around.to_vec()).attribute(format!("{name}_version"));
    config.at(&version).is_some_and(|v| !v.is_null())
}
