//! Data source `aws_kms_public_key`: the public half of a key.

use crate::Aws;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The public half of a key of two.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_kms_public_key")]
pub struct PublicKeyData {
    /// The ARN of the key.
    pub arn: Computed<String>,
    /// What kind of key it is.
    pub customer_master_key_spec: Computed<String>,
    /// How it encrypts.
    pub encryption_algorithms: Computed<Vec<String>>,
    /// Tokens of grants that are not known everywhere yet.
    pub grant_tokens: Vec<String>,
    /// The ARN of the key.
    pub id: Computed<String>,
    /// The key: its id, its ARN, or a name of it.
    pub key_id: String,
    /// What the key is for.
    pub key_usage: Computed<String>,
    /// The public half, in DER, as base64.
    pub public_key: Computed<String>,
    /// The public half, as PEM.
    pub public_key_pem: Computed<String>,
    /// How it signs.
    pub signing_algorithms: Computed<Vec<String>>,
}

/// A public key as PEM.
fn pem(base64: &str) -> String {
    let mut lines = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (n, letter) in base64.chars().enumerate() {
        if n > 0 && n % 64 == 0 {
            lines.push('\n');
        }
        lines.push(letter);
    }
    lines.push_str("\n-----END PUBLIC KEY-----\n");
    lines
}

#[async_trait]
impl DataSource for PublicKeyData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tokens = Some(config.grant_tokens.clone()).filter(|tokens| !tokens.is_empty());
        let call = aws.kms().get_public_key().key_id(&config.key_id).set_grant_tokens(tokens);
        let found = aws.call("kms:GetPublicKey", call.send()).await?;
        let key = STANDARD.encode(found.public_key().map(AsRef::as_ref).unwrap_or_default());
        let names = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let encryption = names(found.encryption_algorithms().iter().map(|a| a.as_str()).collect());
        let signing = names(found.signing_algorithms().iter().map(|a| a.as_str()).collect());
        let spec = found.key_spec().map(|s| s.as_str().to_owned()).unwrap_or_default();
        let usage = found.key_usage().map(|u| u.as_str().to_owned()).unwrap_or_default();
        let arn = found.key_id.unwrap_or_default();
        Ok(PublicKeyData {
            arn: arn.as_str().into(),
            customer_master_key_spec: spec.into(),
            encryption_algorithms: encryption.into(),
            id: arn.into(),
            key_usage: usage.into(),
            public_key_pem: pem(&key).into(),
            public_key: key.into(),
            signing_algorithms: signing.into(),
            ..config
        })
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn lines_of_pem_have_64_letters() {
        let text = super::pem(&"A".repeat(70));
        let lines: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lines, [26, 64, 6, 24]);
        assert!(super::pem(&"A".repeat(64)).contains("A\n-----END"), "no empty line");
    }
}
