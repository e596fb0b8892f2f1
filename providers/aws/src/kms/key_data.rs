//! Data source `aws_kms_key`: what is known of a key.

use crate::Aws;
use aws_sdk_kms::types::{self, MultiRegionConfiguration};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use terrane_sdk::{Block, Computed, DataSource, Error, async_trait};

/// A key.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_kms_key")]
pub struct KeyData {
    /// The ARN of the key.
    pub arn: Computed<String>,
    /// The account that owns the key.
    pub aws_account_id: Computed<String>,
    /// The cluster with the key's material.
    pub cloud_hsm_cluster_id: Computed<String>,
    /// When the key was made.
    pub creation_date: Computed<String>,
    /// What kind of key it is.
    pub customer_master_key_spec: Computed<String>,
    /// The store with the key's material.
    pub custom_key_store_id: Computed<String>,
    /// When the key goes, if it does.
    pub deletion_date: Computed<String>,
    /// What the key is for.
    pub description: Computed<String>,
    /// Whether the key can be used.
    pub enabled: Computed<bool>,
    /// Whether the key's material expires.
    pub expiration_model: Computed<String>,
    /// Tokens of grants that may not be known everywhere yet.
    pub grant_tokens: Vec<String>,
    /// The id of the key.
    pub id: Computed<String>,
    /// The key, by its id, ARN, or a name.
    pub key_id: String,
    /// `AWS` or `CUSTOMER`.
    pub key_manager: Computed<String>,
    /// What kind of key it is.
    pub key_spec: Computed<String>,
    /// Whether the key can be used, and if not, why.
    pub key_state: Computed<String>,
    /// What the key is used for.
    pub key_usage: Computed<String>,
    /// Whether the key can have copies in other regions.
    pub multi_region: Computed<bool>,
    /// The copies in other regions.
    pub multi_region_configuration: Computed<Vec<Copies>>,
    /// Where the key's material is from.
    pub origin: Computed<String>,
    /// For how many days a key on its way can be brought back.
    pub pending_deletion_window_in_days: Computed<i64>,
    /// When the key's material expires.
    pub valid_to: Computed<String>,
    /// The key in a store outside of AWS.
    pub xks_key_configuration: Computed<Vec<ExternalKey>>,
}

/// The copies of a key.
#[derive(Clone, Debug, Default, Block)]
pub struct Copies {
    /// `PRIMARY` or `REPLICA`.
    pub multi_region_key_type: String,
    /// The first one.
    pub primary_key: Vec<RegionKey>,
    /// The others.
    pub replica_keys: Vec<RegionKey>,
}

/// One of the copies.
#[derive(Clone, Debug, Default, Block)]
pub struct RegionKey {
    /// Its ARN.
    pub arn: String,
    /// Its region.
    pub region: String,
}

/// A key outside of AWS.
#[derive(Clone, Debug, Default, Block)]
pub struct ExternalKey {
    /// Its id.
    pub id: String,
}

fn copies(configuration: MultiRegionConfiguration) -> Copies {
    let key = |key: types::MultiRegionKey| RegionKey {
        arn: key.arn.unwrap_or_default(),
        region: key.region.unwrap_or_default(),
    };
    Copies {
        multi_region_key_type: (configuration.multi_region_key_type)
            .map(|t| t.as_str().to_owned())
            .unwrap_or_default(),
        primary_key: configuration.primary_key.into_iter().map(key).collect(),
        replica_keys: configuration.replica_keys.into_iter().flatten().map(key).collect(),
    }
}

fn date(date: Option<DateTime>) -> Computed<String> {
    date.and_then(|d| DateTime::from_secs(d.secs()).fmt(Format::DateTime).ok()).unwrap_or_default().into()
}

#[async_trait]
impl DataSource for KeyData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let tokens = Some(config.grant_tokens.clone()).filter(|t| !t.is_empty());
        let call = aws.kms().describe_key().key_id(&config.key_id).set_grant_tokens(tokens).send();
        let found = aws.call("kms:DescribeKey", call).await?.key_metadata;
        let Some(key) = found else {
            let error = Error::new("DescribeKey failed", "The answer has no key.");
            return Err(aws.here(error.operation("kms:DescribeKey")));
        };
        let spec = key.key_spec.map(|s| s.as_str().to_owned()).unwrap_or_default();
        Ok(KeyData {
            arn: key.arn.unwrap_or_default().into(),
            aws_account_id: key.aws_account_id.unwrap_or_default().into(),
            cloud_hsm_cluster_id: key.cloud_hsm_cluster_id.unwrap_or_default().into(),
            creation_date: date(key.creation_date),
            customer_master_key_spec: spec.as_str().into(),
            custom_key_store_id: key.custom_key_store_id.unwrap_or_default().into(),
            deletion_date: date(key.deletion_date),
            description: key.description.unwrap_or_default().into(),
            enabled: key.enabled.into(),
            expiration_model: key.expiration_model.map(|m| m.as_str().to_owned()).unwrap_or_default().into(),
            id: key.key_id.into(),
            key_manager: key.key_manager.map(|m| m.as_str().to_owned()).unwrap_or_default().into(),
            key_spec: spec.into(),
            key_state: key.key_state.map(|s| s.as_str().to_owned()).unwrap_or_default().into(),
            key_usage: key.key_usage.map(|u| u.as_str().to_owned()).unwrap_or_default().into(),
            multi_region: key.multi_region.unwrap_or_default().into(),
            multi_region_configuration: key
                .multi_region_configuration
                .into_iter()
                .map(copies)
                .collect::<Vec<_>>()
                .into(),
            origin: key.origin.map(|o| o.as_str().to_owned()).unwrap_or_default().into(),
            pending_deletion_window_in_days: i64::from(
                key.pending_deletion_window_in_days.unwrap_or_default(),
            )
            .into(),
            valid_to: date(key.valid_to),
            xks_key_configuration: key
                .xks_key_configuration
                .into_iter()
                .map(|x| ExternalKey { id: x.id.unwrap_or_default() })
                .collect::<Vec<_>>()
                .into(),
            ..config
        })
    }
}
