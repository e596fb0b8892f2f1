//! Keys that are derived from a passphrase.

use super::{KeyProvider, stored_bytes};
use crate::argument::{Argument, ConfigureError};
use crate::encryption::{EncryptionPart, converted};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::pbkdf2::{Algorithm, PBKDF2_HMAC_SHA256, PBKDF2_HMAC_SHA512, derive};
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::{Value as Json, json};
use std::num::NonZeroU32;

const ARGUMENTS: &[Argument] = &[
    Argument::text("passphrase"),
    Argument::number("key_length"),
    Argument::number("iterations"),
    Argument::text("hash_function"),
    Argument::number("salt_length"),
];

const SHORTEST_PASSPHRASE: usize = 16;
const FEWEST_ITERATIONS: u64 = 200_000;

pub(super) struct Pbkdf2 {
    /// `None` where another key provider gives it.
    passphrase: Option<String>,
    parameters: Parameters,
    salt_length: usize,
}

#[derive(Clone)]
struct Parameters {
    iterations: NonZeroU32,
    hash: String,
    algorithm: Algorithm,
    key_length: usize,
}

impl Parameters {
    fn new(iterations: u64, hash: &str, key_length: u64) -> Result<Parameters, String> {
        let algorithm = match hash {
            "sha256" => PBKDF2_HMAC_SHA256,
            "sha512" => PBKDF2_HMAC_SHA512,
            _ => return Err(format!("the hash function {hash:?} is neither \"sha256\" nor \"sha512\"")),
        };
        let iterations = u32::try_from(iterations).ok().and_then(NonZeroU32::new);
        let key_length = usize::try_from(key_length).ok().filter(|length| (1..=1024).contains(length));
        Ok(Parameters {
            iterations: iterations.ok_or("the number of iterations is not valid")?,
            hash: hash.to_owned(),
            algorithm,
            key_length: key_length.ok_or("the length of the key is not valid")?,
        })
    }
}

impl Pbkdf2 {
    pub(super) fn new(place: &str, part: &EncryptionPart) -> Result<Pbkdf2, ConfigureError> {
        let values = converted(place, part, ARGUMENTS)?;
        let bad = |why: &str| ConfigureError(format!("{place}: {why}."));
        let number = |name: &str, default: u64| values.get(name).and_then(Json::as_u64).unwrap_or(default);
        let passphrase = values.get("passphrase").and_then(Json::as_str).map(str::to_owned);
        match (&passphrase, &part.keys) {
            (None, None) => return Err(bad("the argument \"passphrase\" is required")),
            (Some(_), Some(_)) => {
                return Err(bad("the arguments \"passphrase\" and \"chain\" exclude each other"));
            }
            (Some(passphrase), None) if passphrase.chars().count() < SHORTEST_PASSPHRASE => {
                return Err(bad(&format!(
                    "the passphrase is too short (minimum {SHORTEST_PASSPHRASE} characters)"
                )));
            }
            _ => {}
        }
        let iterations = number("iterations", 600_000);
        if iterations < FEWEST_ITERATIONS {
            return Err(bad(&format!(
                "the number of iterations is dangerously low (minimum {FEWEST_ITERATIONS})"
            )));
        }
        let hash = values.get("hash_function").and_then(Json::as_str).unwrap_or("sha512");
        let salt_length = usize::try_from(number("salt_length", 32)).ok().filter(|n| (1..=1024).contains(n));
        Ok(Pbkdf2 {
            passphrase,
            parameters: Parameters::new(iterations, hash, number("key_length", 32))
                .map_err(|why| bad(&why))?,
            salt_length: salt_length.ok_or_else(|| bad("the length of the salt is not valid"))?,
        })
    }

    async fn derive(
        &self,
        parameters: Parameters,
        chained: Option<&[u8]>,
        salt: Vec<u8>,
    ) -> Result<Vec<u8>, String> {
        let passphrase =
            chained.map_or_else(|| self.passphrase.clone().unwrap_or_default().into_bytes(), <[u8]>::to_vec);
        let work = move || {
            let mut key = vec![0; parameters.key_length];
            derive(parameters.algorithm, parameters.iterations, &salt, &passphrase, &mut key);
            key
        };
        tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
    }
}

#[async_trait]
impl KeyProvider for Pbkdf2 {
    async fn make(&self, chained: Option<&[u8]>) -> Result<(Vec<u8>, Json), String> {
        let mut salt = vec![0; self.salt_length];
        SystemRandom::new().fill(&mut salt).map_err(|_| "there is no randomness".to_owned())?;
        let stored = json!({
            "salt": STANDARD.encode(&salt),
            "iterations": self.parameters.iterations.get(),
            "hash_function": self.parameters.hash,
            "key_length": self.parameters.key_length,
        });
        Ok((self.derive(self.parameters.clone(), chained, salt).await?, stored))
    }

    async fn find(&self, chained: Option<&[u8]>, stored: &Json) -> Result<Vec<u8>, String> {
        let number = |name: &str| stored.get(name).and_then(Json::as_u64).unwrap_or_default();
        let hash = stored.get("hash_function").and_then(Json::as_str).unwrap_or_default();
        let parameters = Parameters::new(number("iterations"), hash, number("key_length"))?;
        self.derive(parameters, chained, stored_bytes(stored, "salt")?).await
    }
}
