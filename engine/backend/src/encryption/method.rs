//! The methods of encryption: AES in GCM, another program, and none.

use super::keys::KeyRing;
use super::program::converse;
use super::{EncryptionPart, converted};
use crate::argument::{Argument, ArgumentKind, ConfigureError};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value as Json, json};

/// A method, by its name.
pub(super) struct Method {
    name: String,
    keys: Option<String>,
    kind: Kind,
}

enum Kind {
    Unencrypted,
    AesGcm { authenticated: Vec<u8> },
    External { encrypt: Vec<String>, decrypt: Vec<String> },
}

const AES_GCM: &[Argument] = &[Argument { kind: ArgumentKind::Texts, ..Argument::text("aad") }];
const EXTERNAL: &[Argument] = &[Argument::texts("encrypt_command"), Argument::texts("decrypt_command")];
const MAGIC: &str = "OpenTofu-External-Encryption-Method";

impl Method {
    pub(super) fn new(name: &str, part: &EncryptionPart, keys: &KeyRing) -> Result<Method, ConfigureError> {
        let place = format!("method.{name}");
        let need = |what: &str| ConfigureError(format!("{place} needs the argument {what:?}."));
        if let Some(keys_of) = &part.keys {
            keys.check(keys_of).map_err(|why| ConfigureError(format!("{place}: {why}")))?;
        }
        let kind = match part.kind.as_str() {
            "unencrypted" => Kind::Unencrypted,
            "aes_gcm" => {
                if part.keys.is_none() {
                    return Err(need("keys"));
                }
                Kind::AesGcm { authenticated: authenticated(&place, part)? }
            }
            "external" => {
                let values = converted(&place, part, EXTERNAL)?;
                let command = |argument: &str| -> Result<Vec<String>, ConfigureError> {
                    let words = values.get(argument).and_then(Json::as_array).into_iter().flatten();
                    let words: Vec<_> = words.filter_map(Json::as_str).map(str::to_owned).collect();
                    if words.is_empty() { Err(need(argument)) } else { Ok(words) }
                };
                Kind::External { encrypt: command("encrypt_command")?, decrypt: command("decrypt_command")? }
            }
            other => {
                return Err(ConfigureError(format!(
                    "There is no encryption method {other:?}. There are: aes_gcm, external, unencrypted."
                )));
            }
        };
        Ok(Method { name: name.to_owned(), keys: part.keys.clone(), kind })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn keys(&self) -> Option<&str> {
        self.keys.as_deref()
    }

    pub(super) fn is_unencrypted(&self) -> bool {
        matches!(self.kind, Kind::Unencrypted)
    }

    pub(super) async fn encrypt(&self, key: Option<&[u8]>, plain: &[u8]) -> Result<Vec<u8>, String> {
        match &self.kind {
            Kind::Unencrypted => Ok(plain.to_vec()),
            Kind::AesGcm { authenticated } => {
                let mut nonce = [0; NONCE_LEN];
                SystemRandom::new().fill(&mut nonce).map_err(|_| "there is no randomness".to_owned())?;
                let mut data = plain.to_vec();
                aes(key)?
                    .seal_in_place_append_tag(
                        Nonce::assume_unique_for_key(nonce),
                        Aad::from(authenticated),
                        &mut data,
                    )
                    .map_err(|_| "the text is too long".to_owned())?;
                Ok([&nonce[..], &data].concat())
            }
            Kind::External { encrypt, .. } => external(encrypt, key, plain).await,
        }
    }

    pub(super) async fn decrypt(&self, key: Option<&[u8]>, data: &[u8]) -> Result<Vec<u8>, String> {
        match &self.kind {
            Kind::Unencrypted => Ok(data.to_vec()),
            Kind::AesGcm { authenticated } => {
                let wrong = || "it was encrypted with another key, or changed since".to_owned();
                let (nonce, data) = data.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
                let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
                let mut data = data.to_vec();
                let plain = aes(key)?
                    .open_in_place(nonce, Aad::from(authenticated), &mut data)
                    .map_err(|_| wrong())?;
                Ok(plain.to_vec())
            }
            Kind::External { decrypt, .. } => external(decrypt, key, data).await,
        }
    }
}

/// The bytes that `aad` lists.
fn authenticated(place: &str, part: &EncryptionPart) -> Result<Vec<u8>, ConfigureError> {
    if let Some(name) = part.values.keys().find(|name| !AES_GCM.iter().any(|a| a.name == name.as_str())) {
        return Err(ConfigureError(format!("{place} has no argument {name:?}.")));
    }
    let bytes = match part.values.get("aad") {
        None | Some(Json::Null) => Some(Vec::new()),
        Some(Json::Array(items)) => items.iter().map(|item| item.as_u64()?.try_into().ok()).collect(),
        Some(_) => None,
    };
    bytes.ok_or_else(|| ConfigureError(format!("{place}: the argument \"aad\" must be a list of bytes.")))
}

fn aes(key: Option<&[u8]>) -> Result<LessSafeKey, String> {
    let key = key.unwrap_or_default();
    let algorithm = match key.len() {
        16 => &AES_128_GCM,
        32 => &AES_256_GCM,
        length => return Err(format!("a key for AES must have 16 or 32 bytes, and this one has {length}")),
    };
    let key = UnboundKey::new(algorithm, key).map_err(|_| "the key is not valid".to_owned())?;
    Ok(LessSafeKey::new(key))
}

async fn external(command: &[String], key: Option<&[u8]>, payload: &[u8]) -> Result<Vec<u8>, String> {
    let mut input = json!({ "payload": STANDARD.encode(payload) });
    if let Some(key) = key {
        input["key"] = STANDARD.encode(key).into();
    }
    let output = converse(command, MAGIC, &input).await?;
    let payload = output.get("payload").and_then(Json::as_str).ok_or("the program gave no payload")?;
    STANDARD.decode(payload).map_err(|e| format!("the program's payload is not base64: {e}"))
}
