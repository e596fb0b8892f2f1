//! Data source `aws_iam_user_ssh_key`: an SSH public key of a user.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait, validate};

use super::{not_found, user_ssh_key};

/// Finds an SSH public key of an IAM user.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_user_ssh_key")]
pub struct UserSshKeyData {
    /// The id that AWS gave the key.
    pub id: Computed<String>,
    /// The form in which to give the key: `SSH` or `PEM`.
    #[attr(validate = validate::one_of(&["SSH", "PEM"]))]
    pub encoding: String,
    /// The MD5 sum of the key.
    pub fingerprint: Computed<String>,
    /// The key.
    pub public_key: Computed<String>,
    /// The id that AWS gave the key.
    pub ssh_public_key_id: String,
    /// `Active` or `Inactive`.
    pub status: Computed<String>,
    /// The name of the user.
    pub username: String,
}

#[async_trait]
impl DataSource for UserSshKeyData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let (user, id) = (&config.username, &config.ssh_public_key_id);
        let missing = || aws.here(not_found("SSH public key", id).operation("iam:GetSSHPublicKey"));
        let key = user_ssh_key::get(aws, user, id, &config.encoding).await?.ok_or_else(missing)?;
        Ok(UserSshKeyData {
            id: key.ssh_public_key_id.into(),
            fingerprint: key.fingerprint.into(),
            public_key: key.ssh_public_key_body.into(),
            status: key.status.as_str().into(),
            ..config
        })
    }
}
