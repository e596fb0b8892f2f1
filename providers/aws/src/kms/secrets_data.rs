//! Data source `aws_kms_secrets`: texts that a key has encrypted, decrypted.

use crate::Aws;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::EncryptionAlgorithmSpec;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait, try_join_all, validate};

/// Texts that a key has encrypted. They are in the state as plain text.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_kms_secrets")]
pub struct SecretsData {
    /// The region.
    pub id: Computed<String>,
    /// The texts, by their names.
    #[attr(sensitive)]
    pub plaintext: Computed<BTreeMap<String, String>>,
    /// What is to be decrypted.
    #[block(min = 1)]
    pub secret: BTreeSet<Secret>,
}

/// A text that a key has encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Secret {
    /// What it was encrypted together with.
    pub context: BTreeMap<String, String>,
    /// How it was encrypted, where the key is one of two halves.
    #[attr(validate = validate::one_of(EncryptionAlgorithmSpec::values()))]
    pub encryption_algorithm: Option<String>,
    /// Tokens of grants that are not known everywhere yet.
    pub grant_tokens: Vec<String>,
    /// The key, where it is one of two halves.
    pub key_id: Option<String>,
    /// A name for the text.
    pub name: String,
    /// The text, encrypted, as base64.
    pub payload: String,
}

async fn decrypt(aws: &Aws, secret: &Secret) -> Result<(String, String), Error> {
    let about = |summary: &str, detail: String| Error::new(summary, detail).attribute("secret");
    let payload = STANDARD.decode(&secret.payload).map_err(|e| {
        about("Invalid secret", format!("The payload of {:?} is no base64: {e}.", secret.name))
    })?;
    let set = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let context = secret.context.clone().into_iter().collect();
    let call = (aws.kms().decrypt().ciphertext_blob(Blob::new(payload)))
        .set_encryption_context(Some(context).filter(|_| !secret.context.is_empty()))
        .set_encryption_algorithm(
            set(&secret.encryption_algorithm).map(|a| EncryptionAlgorithmSpec::from(a.as_str())),
        )
        .set_grant_tokens(Some(secret.grant_tokens.clone()).filter(|tokens| !tokens.is_empty()))
        .set_key_id(set(&secret.key_id));
    let plain = aws.call("kms:Decrypt", call.send()).await?.plaintext.unwrap_or_else(|| Blob::new([]));
    let text = String::from_utf8(plain.into_inner()).map_err(|_| {
        let detail =
            format!("What {:?} decrypts to is no text in UTF-8, and cannot be a value.", secret.name);
        about("The secret is no text", detail)
    })?;
    Ok((secret.name.clone(), text))
}

#[async_trait]
impl DataSource for SecretsData {
    type Client = Aws;

    /// KMS decrypts one text at a time.
    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let texts = try_join_all(config.secret.iter().map(|secret| decrypt(aws, secret))).await?;
        let texts: BTreeMap<String, String> = texts.into_iter().collect();
        Ok(SecretsData { id: aws.region().into(), plaintext: texts.into(), ..config })
    }
}
