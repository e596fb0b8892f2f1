//! What an encrypted document looks like, and trying the methods one after the other.

use super::keys::{KeyRing, Meta};
use super::method::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

const VERSION: &str = "v0";

/// The document, with the names that OpenTofu has.
#[derive(Serialize, Deserialize)]
struct Document {
    /// Of states: so that they can be told apart without the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    serial: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lineage: Option<String>,
    /// What each key provider needs to find its key: JSON in base64.
    meta: BTreeMap<String, String>,
    encrypted_data: String,
    encryption_version: String,
}

/// The methods of one target.
pub struct Cipher {
    what: String,
    /// The first one writes, all of them read.
    methods: Vec<Arc<Method>>,
    writes: bool,
    keys: Arc<KeyRing>,
}

/// Why something was not encrypted or not decrypted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CipherError(pub String);

/// Whether a text is an encrypted document.
pub fn is_encrypted(text: &[u8]) -> bool {
    // A whole parse of a large state only to see that it is none would be a waste.
    let marker = b"\"encryption_version\"";
    text.windows(marker.len()).any(|window| window == marker)
        && serde_json::from_slice::<Document>(text).is_ok()
}

impl Cipher {
    pub(super) fn new(what: &str, methods: Vec<Arc<Method>>, writes: bool, keys: Arc<KeyRing>) -> Cipher {
        Cipher { what: what.to_owned(), methods, writes, keys }
    }

    fn encrypts(&self) -> bool {
        self.writes && self.methods.first().is_some_and(|method| !method.is_unencrypted())
    }

    /// A document with `plain` in it; `plain` itself where the method says so. A state's serial and
    /// lineage stay readable.
    pub async fn encrypt(&self, plain: &[u8]) -> Result<Vec<u8>, CipherError> {
        let method = match self.methods.first() {
            Some(method) if self.encrypts() => method,
            _ => return Ok(plain.to_vec()),
        };
        #[derive(Default, Deserialize)]
        struct Head {
            serial: Option<u64>,
            lineage: Option<String>,
        }
        let head: Head = serde_json::from_slice(plain).unwrap_or_default();
        let mut meta = Meta::new();
        let failed = |e: String| CipherError(format!("Encryption of the {} failed: {e}", self.what));
        let key = match method.keys() {
            Some(name) => Some(self.keys.to_encrypt(name, &mut meta).await.map_err(failed)?),
            None => None,
        };
        let data = method.encrypt(key.as_deref().map(Vec::as_slice), plain).await.map_err(failed)?;
        let document = Document {
            serial: head.serial,
            lineage: head.lineage,
            meta: meta.into_iter().map(|(name, meta)| (name, STANDARD.encode(meta.to_string()))).collect(),
            encrypted_data: STANDARD.encode(data),
            encryption_version: VERSION.to_owned(),
        };
        serde_json::to_vec(&document).map_err(|e| failed(e.to_string()))
    }

    /// What is in a document, and whether [`Cipher::encrypt`] would encrypt it by the same method.
    pub async fn decrypt(&self, text: &[u8]) -> Result<(Vec<u8>, bool), CipherError> {
        if !is_encrypted(text) {
            return match self.methods.is_empty() || self.methods.iter().any(|m| m.is_unencrypted()) {
                true => Ok((text.to_vec(), !self.encrypts())),
                false => Err(CipherError(format!(
                    "The {} is not encrypted, and the configuration asks for encryption. To encrypt it from now on, \
                     declare a block method \"unencrypted\" and use it in a block \"fallback\" until everything is \
                     written anew.",
                    self.what
                ))),
            };
        }
        let bad = |e: String| CipherError(format!("The encrypted {} is damaged: {e}.", self.what));
        let document: Document = serde_json::from_slice(text).map_err(|e| bad(e.to_string()))?;
        if document.encryption_version != VERSION {
            return Err(CipherError(format!(
                "The {} is encrypted in version {:?} of the form, and this version of Terrane knows {VERSION:?}.",
                self.what, document.encryption_version
            )));
        }
        let data = STANDARD.decode(&document.encrypted_data).map_err(|e| bad(e.to_string()))?;
        let mut meta = Meta::new();
        for (name, text) in &document.meta {
            let json = STANDARD.decode(text).map_err(|e| bad(e.to_string()))?;
            meta.insert(name.clone(), serde_json::from_slice::<Json>(&json).map_err(|e| bad(e.to_string()))?);
        }
        let mut problems = Vec::new();
        for (at, method) in self.methods.iter().enumerate().filter(|(_, method)| !method.is_unencrypted()) {
            match self.decrypt_by(method, &data, &meta).await {
                Ok(plain) => return Ok((plain, at == 0 && self.encrypts())),
                Err(problem) => problems.push(format!("\n  - method.{}: {problem}", method.name())),
            }
        }
        if problems.is_empty() {
            problems.push("\n  - no method that decrypts is configured".to_owned());
        }
        Err(CipherError(format!(
            "The {} could not be decrypted by any method. Is the key the one that it was encrypted with?{}",
            self.what,
            problems.concat()
        )))
    }

    async fn decrypt_by(&self, method: &Method, data: &[u8], meta: &Meta) -> Result<Vec<u8>, String> {
        let key = match method.keys() {
            Some(name) => Some(self.keys.to_decrypt(name, meta).await?),
            None => None,
        };
        method.decrypt(key.as_deref().map(Vec::as_slice), data).await
    }
}
