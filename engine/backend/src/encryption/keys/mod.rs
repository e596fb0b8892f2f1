//! Where keys come from. A provider makes a key for encrypting, with what it needs to find the key
//! again; that is stored beside what is encrypted.
//!
//! Each makes one key in a run, however much is encrypted in it: deriving one takes long on purpose,
//! and others cost a request.

mod aws_kms;
mod external;
mod google_kms;
mod openbao;
mod pbkdf2;

use super::EncryptionPart;
use crate::Surroundings;
use crate::argument::ConfigureError;
use async_trait::async_trait;
use serde_json::Value as Json;
use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What was stored for each provider by its name in the document.
pub(super) type Meta = BTreeMap<String, Json>;

/// A key. Not shown anywhere.
pub(super) type Key = Arc<Vec<u8>>;

/// One kind of provider.
#[async_trait]
trait KeyProvider: Send + Sync {
    /// A new key and what to store. `chained` is the key of the provider that `chain` names.
    async fn make(&self, chained: Option<&[u8]>) -> Result<(Vec<u8>, Json), String>;

    /// The key that belongs to what was stored.
    async fn find(&self, chained: Option<&[u8]>, stored: &Json) -> Result<Vec<u8>, String>;
}

/// All providers.
pub(super) struct KeyRing {
    entries: HashMap<String, Entry>,
}

struct Entry {
    /// Its name in documents.
    stored_as: String,
    chain: Option<String>,
    provider: Box<dyn KeyProvider>,
    made: Mutex<Option<(Key, Json)>>,
    found: Mutex<HashMap<String, Key>>,
}

type Waiting<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

impl KeyRing {
    pub(super) fn new(
        parts: &BTreeMap<String, EncryptionPart>,
        surroundings: &Surroundings,
    ) -> Result<KeyRing, ConfigureError> {
        let mut entries = HashMap::new();
        for (name, part) in parts {
            let place = format!("key_provider.{name}");
            let mut part = part.clone();
            let alias = part.values.remove("encrypted_metadata_alias");
            let alias = alias.and_then(|alias| alias.as_str().map(str::to_owned));
            let provider: Box<dyn KeyProvider> = match part.kind.as_str() {
                "pbkdf2" => Box::new(pbkdf2::Pbkdf2::new(&place, &part)?),
                "aws_kms" => Box::new(aws_kms::AwsKms::new(&place, &part, surroundings)?),
                "gcp_kms" => Box::new(google_kms::GoogleKms::new(&place, &part, surroundings)?),
                "openbao" => Box::new(openbao::OpenBao::new(&place, &part, surroundings)?),
                "external" => Box::new(external::External::new(&place, &part)?),
                other => {
                    return Err(ConfigureError(format!(
                        "There is no key provider {other:?}. There are: aws_kms, external, gcp_kms, openbao, pbkdf2."
                    )));
                }
            };
            let entry = Entry {
                stored_as: alias.unwrap_or(place),
                chain: part.keys.clone(),
                provider,
                made: Mutex::default(),
                found: Mutex::default(),
            };
            entries.insert(name.clone(), entry);
        }
        let ring = KeyRing { entries };
        for name in parts.keys() {
            ring.check(name).map_err(|why| ConfigureError(format!("key_provider.{name}: {why}")))?;
        }
        Ok(ring)
    }

    /// Whether there is this provider, and all that it is made with.
    pub(super) fn check(&self, name: &str) -> Result<(), String> {
        let (mut seen, mut next) = (Vec::new(), Some(name));
        while let Some(name) = next {
            if seen.contains(&name) {
                return Err(format!("key_provider.{name} is made with itself"));
            }
            seen.push(name);
            next = self.entry(name)?.chain.as_deref();
        }
        Ok(())
    }

    fn entry(&self, name: &str) -> Result<&Entry, String> {
        self.entries.get(name).ok_or_else(|| format!("there is no key_provider.{name}"))
    }

    /// The key to encrypt with; adds to `meta` what must be stored.
    pub(super) fn to_encrypt<'a>(&'a self, name: &'a str, meta: &'a mut Meta) -> Waiting<'a, Key> {
        Box::pin(async move {
            let entry = self.entry(name)?;
            let chained = match &entry.chain {
                Some(chain) => Some(self.to_encrypt(chain, meta).await?),
                None => None,
            };
            let mut made = entry.made.lock().await;
            let (key, stored) = match &*made {
                Some(made) => made.clone(),
                None => {
                    let (key, stored) = entry.provider.make(chained.as_deref().map(Vec::as_slice)).await?;
                    made.insert((Arc::new(key), stored)).clone()
                }
            };
            meta.insert(entry.stored_as.clone(), stored);
            Ok(key)
        })
    }

    /// The key that belongs to what was stored.
    pub(super) fn to_decrypt<'a>(&'a self, name: &'a str, meta: &'a Meta) -> Waiting<'a, Key> {
        Box::pin(async move {
            let entry = self.entry(name)?;
            let stored = meta.get(&entry.stored_as).ok_or_else(|| {
                format!("it was encrypted without {}, which has no key for it", entry.stored_as)
            })?;
            let chained = match &entry.chain {
                Some(chain) => Some(self.to_decrypt(chain, meta).await?),
                None => None,
            };
            let mut found = entry.found.lock().await;
            let text = stored.to_string();
            if let Some(key) = found.get(&text) {
                return Ok(key.clone());
            }
            let key = Arc::new(entry.provider.find(chained.as_deref().map(Vec::as_slice), stored).await?);
            found.insert(text, key.clone());
            Ok(key)
        })
    }
}

/// Bytes that were stored as base64 under a name.
fn stored_bytes(stored: &Json, name: &str) -> Result<Vec<u8>, String> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let text =
        stored.get(name).and_then(Json::as_str).ok_or_else(|| format!("what was stored has no {name:?}"))?;
    STANDARD.decode(text).map_err(|e| format!("what was stored as {name:?} is not base64: {e}"))
}
