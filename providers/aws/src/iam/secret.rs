//! Secrets that AWS, or the provider, makes: passwords, their encryption with a key of the one who
//! shall have them, and what mail clients need instead of a secret key. Knows no resource type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use pgp::composed::{Deserializable, MessageBuilder, SignedPublicKey, SignedPublicSubKey};
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::types::{EncryptionKey, KeyDetails};
use rand::rngs::OsRng;
use rand::seq::SliceRandom;
use sha2::Sha256;
use std::io::Cursor;
use terrane_sdk::{Error, Value};

/// The kinds of characters that passwords are made of. IAM allows these, and a password policy may
/// ask for each of them.
const ALPHABETS: [&str; 4] =
    ["abcdefghijkmnopqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!@#$%^&*()_+-=[]{}|'"];

/// A password of `length` characters, with at least one of each kind.
pub(super) fn password(length: usize) -> String {
    let one_of =
        |alphabet: &str| alphabet.as_bytes().choose(&mut OsRng).map_or('a', |&byte| char::from(byte));
    let mut characters: Vec<char> = ALPHABETS.iter().map(|alphabet| one_of(alphabet)).collect();
    let all = ALPHABETS.concat();
    while characters.len() < length {
        characters.push(one_of(&all));
    }
    characters.truncate(length);
    characters.shuffle(&mut OsRng);
    characters.into_iter().collect()
}

/// The password for Amazon SES's mail server in `region` that belongs to a secret key, by version 4
/// of Amazon SES's algorithm.
pub(super) fn smtp_password(secret: &str, region: &str) -> Result<String, Error> {
    let mut key = format!("AWS4{secret}").into_bytes();
    for message in ["11111111", region, "ses", "aws4_request", "SendRawEmail"] {
        let mac = Hmac::<Sha256>::new_from_slice(&key);
        let mut mac = mac.map_err(|e| Error::new("Making the SMTP password failed", format!("{e}.")))?;
        mac.update(message.as_bytes());
        key = mac.finalize().into_bytes().to_vec();
    }
    key.insert(0, 4);
    Ok(STANDARD.encode(key))
}

/// A PGP key that secrets are encrypted with.
pub(super) struct Recipient(SignedPublicKey);

impl Recipient {
    /// The key that `pgp_key` gives: base 64 of an OpenPGP public key.
    pub(super) fn parse(pgp_key: &str) -> Result<Recipient, Error> {
        let problem = |detail: String| Error::new("Invalid PGP key", detail).attribute("pgp_key");
        if pgp_key.starts_with("keybase:") {
            return Err(problem(
                "Keys are not fetched from Keybase. Give the key itself, in base 64, as \
                 \"gpg --export NAME | base64\" prints it."
                    .to_owned(),
            ));
        }
        let compact: String = pgp_key.chars().filter(|c| !c.is_whitespace()).collect();
        let bytes = STANDARD.decode(compact).map_err(|e| {
            problem(format!(
                "The key must be in base 64, without the armor of a text file ({e}). \
                 \"gpg --export NAME | base64\" prints it."
            ))
        })?;
        let key = SignedPublicKey::from_bytes(Cursor::new(bytes))
            .map_err(|e| problem(format!("This is no OpenPGP public key: {e}.")))?;
        Ok(Recipient(key))
    }

    /// The fingerprint of the key, in hexadecimal digits.
    pub(super) fn fingerprint(&self) -> String {
        self.0.primary_key.fingerprint().to_string().to_lowercase()
    }

    /// `secret` as only the key's owner can read it, in base 64.
    pub(super) fn encrypt(&self, secret: &str) -> Result<String, Error> {
        let encrypts = |subkey: &&SignedPublicSubKey| {
            let flags = subkey.signatures.iter().map(|signature| signature.key_flags());
            flags.into_iter().any(|flags| flags.encrypt_comms() || flags.encrypt_storage())
        };
        // The newest subkey for encryption; a key without one may encrypt itself.
        match self.0.public_subkeys.iter().rfind(encrypts) {
            Some(subkey) => encrypt_to(subkey, secret),
            None => encrypt_to(&self.0.primary_key, secret),
        }
    }
}

fn encrypt_to(key: &impl EncryptionKey, secret: &str) -> Result<String, Error> {
    let written = || {
        let message = MessageBuilder::from_bytes("", secret.as_bytes().to_vec());
        let mut message = message.seipd_v1(OsRng, SymmetricKeyAlgorithm::AES256);
        message.encrypt_to_key(OsRng, key)?;
        message.to_vec(OsRng)
    };
    let bytes = written().map_err(|e: pgp::errors::Error| {
        Error::new("Encrypting with the PGP key failed", format!("{e}.")).attribute("pgp_key")
    })?;
    Ok(STANDARD.encode(bytes))
}

/// Checks a `pgp_key`. An empty one is none.
pub(super) fn valid_key(value: &Value) -> Result<(), String> {
    match value.as_str().filter(|key| !key.is_empty()).map(Recipient::parse) {
        Some(Err(error)) => Err(error.detail.clone()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pgp::composed::{
        EncryptionCaps, KeyType, Message, SecretKeyParamsBuilder, SignedSecretKey, SubkeyParamsBuilder,
    };
    use pgp::ser::Serialize;
    use pgp::types::Password;

    #[test]
    fn passwords_have_all_kinds_of_characters() {
        for length in [5, 20, 128] {
            let made = password(length);
            assert_eq!(made.len(), length);
            assert!(ALPHABETS.iter().all(|a| made.chars().any(|c| a.contains(c))), "{made}");
        }
        assert_ne!(password(20), password(20));
    }

    #[test]
    fn smtp_passwords_are_derived() {
        for (secret, region, want) in [
            ("some+secret+key", "eu-central-1", "BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2"),
            ("another+secret+key", "us-west-1", "BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF"),
        ] {
            assert_eq!(smtp_password(secret, region).as_deref(), Ok(want));
        }
    }

    fn secret_key() -> SignedSecretKey {
        let subkey = SubkeyParamsBuilder::default()
            .key_type(KeyType::X25519)
            .can_encrypt(EncryptionCaps::All)
            .build()
            .expect("the parameters are right");
        SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519)
            .can_certify(true)
            .can_sign(true)
            .primary_user_id("a <a@example.com>".into())
            .subkey(subkey)
            .build()
            .expect("the parameters are right")
            .generate(OsRng)
            .expect("a key can be made")
    }

    #[test]
    fn only_the_owner_reads_a_secret() {
        let secret_key = secret_key();
        let public = secret_key.to_public_key().to_bytes().expect("a key has bytes");
        let recipient = Recipient::parse(&STANDARD.encode(public)).expect("the key is right");
        assert_eq!(recipient.fingerprint().len(), 40);
        let encrypted = recipient.encrypt("a secret").expect("it can be encrypted");
        let bytes = STANDARD.decode(encrypted).expect("it is base 64");
        let message = Message::from_bytes(Cursor::new(bytes)).expect("it is a message");
        let mut message = message.decrypt(&Password::empty(), &secret_key).expect("the owner can read it");
        assert_eq!(message.as_data_string().expect("it is text"), "a secret");
    }

    #[test]
    fn keys_are_checked() {
        for (key, want) in [
            ("keybase:someone", "Keys are not fetched from Keybase"),
            ("-----BEGIN PGP", "The key must be in base 64"),
            ("aGVsbG8=", "This is no OpenPGP public key"),
        ] {
            let problem = valid_key(&Value::from(key)).expect_err("the key is wrong");
            assert!(problem.starts_with(want), "{problem}");
        }
        assert_eq!(valid_key(&Value::from("")), Ok(()));
    }
}
