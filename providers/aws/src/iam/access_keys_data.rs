//! Data source `aws_iam_access_keys`: the access keys of a user.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

use super::access_key::keys_of;
use super::date;

/// Finds the access keys of an IAM user. Their secrets AWS does not tell.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_iam_access_keys")]
pub struct AccessKeysData {
    /// The user's name.
    pub id: Computed<String>,
    /// The keys.
    pub access_keys: Computed<BTreeSet<Key>>,
    /// The user's name.
    pub user: String,
}

/// An access key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Key {
    /// The id of the key.
    pub access_key_id: String,
    /// When the key was made.
    pub create_date: String,
    /// `Active` or `Inactive`.
    pub status: String,
}

#[async_trait]
impl DataSource for AccessKeysData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let keys = keys_of(aws, &config.user).await?.into_iter().map(|key| Key {
            access_key_id: key.access_key_id.unwrap_or_default(),
            create_date: key.create_date.as_ref().and_then(date).unwrap_or_default(),
            status: key.status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        });
        let keys: BTreeSet<Key> = keys.collect();
        Ok(AccessKeysData { id: config.user.clone().into(), access_keys: keys.into(), ..config })
    }
}
